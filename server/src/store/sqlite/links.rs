//! The tables of links and people.

use rusqlite::{Connection, OptionalExtension, Row, params, types::Type};
use shared::{
    ids::{DocumentId, PersonId},
    sync::access::{Role, Verifier},
    time::Timestamp,
};

use super::{
    super::{
        StoreError,
        links::{LINKS_MAX, Link, PEOPLE_MAX, Shelf},
    },
    rows,
};

/// Something to write about links and people. Answers yes or no.
#[derive(Clone, Debug)]
pub(super) enum LinkJob {
    Found(Link),
    Put(Link),
    ClaimPerson { person: PersonId, key: Verifier },
}

impl LinkJob {
    /// Does the work inside the transaction.
    pub(super) fn perform(
        &self,
        connection: &Connection,
        document: DocumentId,
    ) -> rusqlite::Result<Result<bool, StoreError>> {
        let row = rows::document(connection, document)?;
        match (self, row) {
            (Self::Found(_), Some(_)) => Ok(Ok(false)),
            (Self::Found(link), None) => {
                let epoch = u64::from_be_bytes(rows::new_epoch());
                rows::create_document(connection, document, epoch)?;
                match rows::document(connection, document)? {
                    Some(row) => put(connection, row.key, link).map(Ok),
                    // The operator removed it.
                    None => Ok(Ok(false)),
                }
            }
            (Self::Put(link), Some(row)) => put(connection, row.key, link).map(Ok),
            (Self::ClaimPerson { person, key }, Some(row)) => {
                claim(connection, row.key, *person, key).map(Ok)
            }
            (Self::Put(_) | Self::ClaimPerson { .. }, None) => Ok(Err(StoreError::UnknownDocument)),
        }
    }
}

pub(super) fn shelf(connection: &Connection, document: DocumentId) -> rusqlite::Result<Shelf> {
    let Some(row) = rows::document(connection, document)? else {
        return Ok(Shelf::default());
    };
    let links = connection
        .prepare_cached(
            "SELECT id, verifier, role, label, created, expires, revoked FROM link
             WHERE document = ?1 ORDER BY created, id",
        )?
        .query_map([row.key], link)?
        .collect::<rusqlite::Result<Vec<Link>>>()?;
    Ok(Shelf {
        exists: true,
        links,
    })
}

fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    let damaged = |column: usize, what: String| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, what.into())
    };
    let id: String = row.get(0)?;
    let role: String = row.get(2)?;
    let time = |ms: Option<i64>| ms.map(Timestamp::from_ms);
    Ok(Link {
        id: id.parse().map_err(|error| damaged(0, format!("{error}")))?,
        verifier: Verifier::from_bytes(row.get(1)?),
        role: Role::from_word(&role).ok_or_else(|| damaged(2, format!("no role: {role}")))?,
        label: row.get(3)?,
        created: Timestamp::from_ms(row.get(4)?),
        expires: time(row.get(5)?),
        revoked: time(row.get(6)?),
    })
}

fn put(connection: &Connection, document: i64, link: &Link) -> rusqlite::Result<bool> {
    let (others, same_secret): (i64, i64) = connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(verifier = ?3), 0) FROM link WHERE document = ?1 AND id <> ?2",
        )?
        .query_row(
            params![document, link.id.as_str(), link.verifier.as_bytes()],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    if others >= i64::try_from(LINKS_MAX).unwrap_or(i64::MAX) || same_secret > 0 {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO link (document, id, verifier, role, label, created, expires, revoked)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            document,
            link.id.as_str(),
            link.verifier.as_bytes(),
            link.role.word(),
            link.label,
            link.created.ms(),
            link.expires.map(Timestamp::ms),
            link.revoked.map(Timestamp::ms),
        ])?;
    Ok(true)
}

fn claim(
    connection: &Connection,
    document: i64,
    person: PersonId,
    key: &Verifier,
) -> rusqlite::Result<bool> {
    let held: Option<[u8; 32]> = connection
        .prepare_cached("SELECT verifier FROM person WHERE document = ?1 AND id = ?2")?
        .query_row(params![document, person.as_bytes()], |row| row.get(0))
        .optional()?;
    if let Some(held) = held {
        return Ok(Verifier::from_bytes(held).matches(key));
    }
    let people: i64 = connection
        .prepare_cached("SELECT count(*) FROM person WHERE document = ?1")?
        .query_row([document], |row| row.get(0))?;
    if people >= i64::try_from(PEOPLE_MAX).unwrap_or(i64::MAX) {
        return Ok(false);
    }
    connection
        .prepare_cached("INSERT INTO person (document, id, verifier) VALUES (?1, ?2, ?3)")?
        .execute(params![document, person.as_bytes(), key.as_bytes()])?;
    Ok(true)
}
