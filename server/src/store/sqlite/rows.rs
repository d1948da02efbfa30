//! What is done with the tables: plain functions over a connection, used by the writer, the readers and the repair.

use std::collections::BTreeMap;

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use shared::ids::DocumentId;

use super::{
    super::{
        Appended, DocumentInfo, Epoch, Hash, NewChange, Numbered, Opened, Snapshot, SnapshotInfo,
        StoreError, chunk_has_hash,
    },
    files,
};

/// A document's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct DocumentRow {
    /// Its key in the other tables.
    pub(super) key: i64,
    pub(super) epoch: Epoch,
    pub(super) next_seq: u64,
    /// The size of its changes.
    pub(super) bytes: u64,
}

/// A change's row with everything in it.
#[derive(Clone, Debug)]
pub(super) struct ChangeRow {
    pub(super) seq: u64,
    pub(super) hash: Vec<u8>,
    pub(super) meta: Vec<u8>,
    pub(super) mark: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl ChangeRow {
    /// The hash, when everything in the row agrees with it.
    pub(super) fn sound_hash(&self) -> Option<Hash> {
        let hash: Hash = self.hash.as_slice().try_into().ok()?;
        let sound = chunk_has_hash(&self.body, &hash) && mark_of(&hash, &self.meta) == *self.mark;
        sound.then_some(hash)
    }
}

/// Either what was asked for, or the numbers of the changes that turned out damaged.
#[derive(Debug)]
pub(super) enum Found<T> {
    Sound(T),
    Damaged(Vec<u64>),
}

pub(super) fn document(
    connection: &Connection,
    document: DocumentId,
) -> rusqlite::Result<Option<DocumentRow>> {
    connection
        .prepare_cached("SELECT key, epoch, next_seq, bytes FROM document WHERE id = ?1")?
        .query_row([document.as_bytes()], |row| {
            Ok(DocumentRow {
                key: row.get(0)?,
                epoch: epoch_from(row.get(1)?),
                next_seq: unsigned(row.get(2)?),
                bytes: unsigned(row.get(3)?),
            })
        })
        .optional()
}

pub(super) fn create_document(
    connection: &Connection,
    id: DocumentId,
    epoch: Epoch,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO document (id, epoch, next_seq, bytes)
             SELECT ?1, ?2, 1, 0 WHERE NOT EXISTS (SELECT 1 FROM removed WHERE id = ?1)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(params![id.as_bytes(), epoch.to_be_bytes()])?;
    Ok(())
}

/// Whether the operator removed it.
pub(super) fn is_removed(connection: &Connection, id: DocumentId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM removed WHERE id = ?1)")?
        .query_row([id.as_bytes()], |row| row.get(0))
}

/// Removes all that belongs to a document, and remembers that it is gone. Says whether it was there.
pub(super) fn remove_document(connection: &Connection, id: DocumentId) -> rusqlite::Result<bool> {
    let Some(row) = document(connection, id)? else {
        return Ok(false);
    };
    files::remove_all(connection, row.key)?;
    for table in ["change", "snapshot", "quarantine", "link", "person"] {
        connection.execute(
            &format!("DELETE FROM {table} WHERE document = ?1"),
            [row.key],
        )?;
    }
    connection.execute("DELETE FROM document WHERE key = ?1", [row.key])?;
    connection.execute(
        "INSERT OR IGNORE INTO removed (id) VALUES (?1)",
        [id.as_bytes()],
    )?;
    Ok(true)
}

/// Forgets that a document was removed. Says whether it was.
pub(super) fn readmit(connection: &Connection, id: DocumentId) -> rusqlite::Result<bool> {
    Ok(connection.execute("DELETE FROM removed WHERE id = ?1", [id.as_bytes()])? > 0)
}

/// Adds what is not there yet. The caller holds the transaction and has checked the hashes.
pub(super) fn append(
    connection: &Connection,
    row: DocumentRow,
    changes: &[NewChange],
) -> rusqlite::Result<Appended> {
    let mut find =
        connection.prepare_cached("SELECT seq FROM change WHERE document = ?1 AND hash = ?2")?;
    let mut next_seq = row.next_seq;
    let mut bytes = 0;
    let mut seqs = Vec::with_capacity(changes.len());
    for change in changes {
        let known: Option<i64> = find
            .query_row(params![row.key, change.hash], |row| row.get(0))
            .optional()?;
        if let Some(seq) = known {
            seqs.push(unsigned(seq));
            continue;
        }
        let mark = mark_of(&change.hash, &change.meta);
        insert_change(
            connection,
            row.key,
            &ChangeRow {
                seq: next_seq,
                hash: change.hash.to_vec(),
                meta: change.meta.clone(),
                mark: mark.to_vec(),
                body: change.body.to_vec(),
            },
        )?;
        seqs.push(next_seq);
        next_seq += 1;
        bytes += change.body.len();
    }
    connection
        .prepare_cached("UPDATE document SET next_seq = ?2, bytes = bytes + ?3 WHERE key = ?1")?
        .execute(params![row.key, signed(next_seq), signed(bytes as u64)])?;
    Ok(Appended { seqs })
}

pub(super) fn insert_change(
    connection: &Connection,
    document: i64,
    row: &ChangeRow,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO change (document, seq, hash, meta, mark, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            document,
            signed(row.seq),
            row.hash,
            row.meta,
            row.mark,
            row.body
        ])?;
    Ok(())
}

/// The document with all metas, checked against their marks and for gaps. The caller holds a read transaction.
pub(super) fn open(connection: &Connection, row: DocumentRow) -> rusqlite::Result<Found<Opened>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, hash, meta, mark FROM change WHERE document = ?1 ORDER BY seq",
    )?;
    let mut rows = statement.query([row.key])?;
    let mut metas = Vec::new();
    let mut damaged = Vec::new();
    let mut expected = 1;
    while let Some(change) = rows.next()? {
        let seq = unsigned(change.get(0)?);
        let hash: Vec<u8> = change.get(1)?;
        let meta: Vec<u8> = change.get(2)?;
        let mark: Vec<u8> = change.get(3)?;
        if seq != expected {
            damaged.push(expected);
        } else if mark_of(&hash, &meta) != *mark {
            damaged.push(seq);
        }
        expected = seq + 1;
        metas.push((seq, meta));
    }
    if expected != row.next_seq {
        damaged.push(expected.min(row.next_seq));
    }
    if !damaged.is_empty() {
        return Ok(Found::Damaged(damaged));
    }
    Ok(Found::Sound(Opened {
        epoch: row.epoch,
        last_seq: row.next_seq - 1,
        bytes: row.bytes,
        metas,
        snapshot: snapshot_info(connection, row.key)?,
    }))
}

pub(super) fn read(
    connection: &Connection,
    document: i64,
    from_seq: u64,
    bytes_max: usize,
) -> rusqlite::Result<Found<Vec<Numbered>>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, hash, body FROM change WHERE document = ?1 AND seq >= ?2 ORDER BY seq",
    )?;
    let mut rows = statement.query(params![document, signed(from_seq)])?;
    let mut bytes = 0;
    let mut found = Vec::new();
    while let Some(change) = rows.next()? {
        let seq = unsigned(change.get(0)?);
        let hash: Vec<u8> = change.get(1)?;
        let body: Vec<u8> = change.get(2)?;
        let sound = hash
            .as_slice()
            .try_into()
            .is_ok_and(|hash| chunk_has_hash(&body, hash));
        if !sound {
            return Ok(Found::Damaged(vec![seq]));
        }
        bytes += body.len();
        if bytes > bytes_max && !found.is_empty() {
            break;
        }
        found.push((seq, body));
    }
    Ok(Found::Sound(found))
}

/// All rows from one number on, as they are.
pub(super) fn changes_from(
    connection: &Connection,
    document: i64,
    from_seq: u64,
) -> rusqlite::Result<Vec<ChangeRow>> {
    connection
        .prepare_cached(
            "SELECT seq, hash, meta, mark, body FROM change WHERE document = ?1 AND seq >= ?2 ORDER BY seq",
        )?
        .query_map(params![document, signed(from_seq)], |row| {
            Ok(ChangeRow {
                seq: unsigned(row.get(0)?),
                hash: row.get(1)?,
                meta: row.get(2)?,
                mark: row.get(3)?,
                body: row.get(4)?,
            })
        })?
        .collect()
}

/// The newest snapshot whose digest is right; damaged ones are passed over.
pub(super) fn snapshot(
    connection: &Connection,
    row: DocumentRow,
) -> rusqlite::Result<Option<Snapshot>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, heads, sha256, body FROM snapshot WHERE document = ?1 ORDER BY seq DESC",
    )?;
    let mut rows = statement.query([row.key])?;
    while let Some(found) = rows.next()? {
        let seq = unsigned(found.get(0)?);
        let heads: Vec<u8> = found.get(1)?;
        let digest: Vec<u8> = found.get(2)?;
        let body: Vec<u8> = found.get(3)?;
        if digest_of(seq, &heads, &body) == *digest {
            return Ok(Some(Snapshot {
                epoch: row.epoch,
                seq,
                heads: heads.as_chunks().0.to_vec(),
                body: Bytes::from(body),
            }));
        }
        tracing::error!(seq, "a snapshot is damaged and is passed over");
    }
    Ok(None)
}

pub(super) fn put_snapshot(
    connection: &Connection,
    document: i64,
    snapshot: &Snapshot,
    kept: u64,
) -> rusqlite::Result<()> {
    let heads = snapshot.heads.concat();
    let digest = digest_of(snapshot.seq, &heads, &snapshot.body);
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO snapshot (document, seq, heads, sha256, body) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            document,
            signed(snapshot.seq),
            heads,
            digest,
            &snapshot.body[..]
        ])?;
    connection
        .prepare_cached(
            "DELETE FROM snapshot WHERE document = ?1 AND seq NOT IN
             (SELECT seq FROM snapshot WHERE document = ?1 ORDER BY seq DESC LIMIT ?2)",
        )?
        .execute(params![document, signed(kept)])?;
    Ok(())
}

fn snapshot_info(connection: &Connection, document: i64) -> rusqlite::Result<Option<SnapshotInfo>> {
    connection
        .prepare_cached(
            "SELECT seq, length(body) FROM snapshot WHERE document = ?1 ORDER BY seq DESC LIMIT 1",
        )?
        .query_row([document], |row| {
            Ok(SnapshotInfo {
                seq: unsigned(row.get(0)?),
                len: unsigned(row.get(1)?),
            })
        })
        .optional()
}

pub(super) fn documents(connection: &Connection) -> rusqlite::Result<Vec<DocumentInfo>> {
    let mut list = connection
        .prepare_cached("SELECT key, id, epoch, next_seq, bytes FROM document ORDER BY id")?
        .query_map([], |row| {
            let info = DocumentInfo {
                document: DocumentId::from_bytes(row.get(1)?),
                epoch: epoch_from(row.get(2)?),
                last_seq: unsigned(row.get(3)?).saturating_sub(1),
                bytes: unsigned(row.get(4)?),
                file_bytes: 0,
                snapshot: None,
            };
            Ok((row.get(0)?, info))
        })?
        .collect::<rusqlite::Result<Vec<(i64, DocumentInfo)>>>()?;
    let file_bytes: BTreeMap<i64, u64> = files::sizes(connection)?.into_iter().collect();
    for (key, info) in &mut list {
        info.file_bytes = file_bytes.get(key).copied().unwrap_or(0);
        info.snapshot = snapshot_info(connection, *key)?;
    }
    Ok(list.into_iter().map(|(_, info)| info).collect())
}

/// The check over what has no hash of its own in Automerge.
pub(super) fn mark_of(hash: &[u8], meta: &[u8]) -> [u8; 8] {
    let digest = Sha256::new()
        .chain_update(hash)
        .chain_update(meta)
        .finalize();
    std::array::from_fn(|at| digest[at])
}

pub(super) fn digest_of(seq: u64, heads: &[u8], body: &[u8]) -> [u8; 32] {
    Sha256::new()
        .chain_update(seq.to_be_bytes())
        .chain_update(heads)
        .chain_update(body)
        .finalize()
        .into()
}

pub(super) fn new_epoch() -> [u8; 8] {
    rand::random()
}

/// Gives every document a new epoch, so that clients compare what they hold.
pub(super) fn renew_epochs(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE document SET epoch = randomblob(8)", [])?;
    Ok(())
}

fn epoch_from(bytes: [u8; 8]) -> Epoch {
    Epoch::from_be_bytes(bytes)
}

/// SQLite's integers are signed. Numbers here are counted from zero and never come near the edge; a negative one can
/// only be damage, and becomes a number that fits nothing.
pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX >> 1)
}

pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A reading error in the terms of the store.
pub(super) fn unreadable(error: rusqlite::Error) -> StoreError {
    StoreError::Unreadable(error.to_string())
}
