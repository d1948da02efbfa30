//! What happens when a stored change no longer has its hash.
//!
//! First choice: an intact snapshot still holds the change, and its bytes are put back in place. Otherwise the log is
//! wound back to before the damage. Changes that were not built on the damaged one are numbered anew behind it; the
//! others wait in quarantine until a browser has brought the damaged one back. The new epoch makes browsers compare.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use automerge::{Automerge, Change, ChangeHash, ReadDoc};
use rusqlite::{Connection, params};
use shared::sync::room;

use super::{
    super::{Hash, Snapshot, chunk_has_hash},
    files,
    rows::{self, ChangeRow, DocumentRow, Found},
};

/// The bytes of these changes as the snapshot holds them.
pub(super) fn salvage(snapshot: &Snapshot, damaged: &[ChangeRow]) -> Vec<ChangeRow> {
    let wanted = || {
        let document = Automerge::load(&snapshot.body).ok()?;
        let mended = damaged.iter().filter_map(|row| {
            let hash: Hash = row.hash.as_slice().try_into().ok()?;
            let change = document.get_change_by_hash(&ChangeHash(hash))?;
            let mended = ChangeRow {
                body: change.raw_bytes().to_vec(),
                ..row.clone()
            };
            mended.sound_hash().map(|_| mended)
        });
        Some(mended.collect())
    };
    catch_unwind(AssertUnwindSafe(wanted))
        .ok()
        .flatten()
        .unwrap_or_default()
}

/// Puts mended bodies back. The log is what it was before the damage, so its epoch stays.
pub(super) fn put_back(
    connection: &Connection,
    document: DocumentRow,
    mended: &[ChangeRow],
) -> rusqlite::Result<()> {
    for row in mended {
        connection.execute(
            "UPDATE change SET body = ?3, meta = ?4, mark = ?5 WHERE document = ?1 AND seq = ?2",
            params![
                document.key,
                rows::signed(row.seq),
                row.body,
                row.meta,
                row.mark
            ],
        )?;
    }
    Ok(())
}

/// Winds the log back to before the first of the damaged changes and keeps all that can stand without them.
pub(super) fn wind_back(
    connection: &Connection,
    document: DocumentRow,
    from_seq: u64,
) -> rusqlite::Result<()> {
    let cut = rows::changes_from(connection, document.key, from_seq)?;
    let params = params![document.key, rows::signed(from_seq)];
    connection.execute(
        "DELETE FROM change WHERE document = ?1 AND seq >= ?2",
        params,
    )?;
    connection.execute(
        "DELETE FROM snapshot WHERE document = ?1 AND seq >= ?2",
        params,
    )?;
    for row in &cut {
        let reason = match row.sound_hash() {
            Some(_) => "orphaned",
            None => "damaged",
        };
        quarantine(connection, document.key, row, reason)?;
    }
    connection.execute(
        "UPDATE document SET epoch = ?2, next_seq = (SELECT 1 + count(*) FROM change WHERE document = ?1)
         WHERE key = ?1",
        params![document.key, rows::new_epoch()],
    )?;
    release(connection, document.key)?;
    tracing::error!(
        from_seq,
        cut = cut.len(),
        "damaged changes were set aside; browsers that hold them will bring them back"
    );
    Ok(())
}

/// Moves waiting changes back into the log as soon as all that they were built on is there. Says how many.
pub(super) fn release(connection: &Connection, document: i64) -> rusqlite::Result<usize> {
    let mut waiting = waiting(connection, document)?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let mut present = hashes(connection, document)?;
    let mut next_seq: u64 = 1 + present.len() as u64;
    let mut released = 0;
    loop {
        let before = waiting.len();
        let mut still_waiting = Vec::new();
        for (key, mut row, hash) in waiting {
            if !present.contains(&hash) {
                if !depends_only_on(&row.body, &present) {
                    still_waiting.push((key, row, hash));
                    continue;
                }
                row.seq = next_seq;
                rows::insert_change(connection, document, &row)?;
                present.insert(hash);
                next_seq += 1;
                released += 1;
            }
            connection.execute("DELETE FROM quarantine WHERE key = ?1", [key])?;
        }
        waiting = still_waiting;
        if waiting.is_empty() || waiting.len() == before {
            break;
        }
    }
    connection.execute(
        "UPDATE document SET next_seq = ?2,
             bytes = (SELECT coalesce(sum(length(body)), 0) FROM change WHERE document = ?1)
         WHERE key = ?1",
        params![document, rows::signed(next_seq)],
    )?;
    Ok(released)
}

/// Whether anything waits for a change to come back.
pub(super) fn is_waiting(connection: &Connection, document: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM quarantine WHERE document = ?1 AND reason = 'orphaned')",
        )?
        .query_row([document], |row| row.get(0))
}

fn quarantine(
    connection: &Connection,
    document: i64,
    row: &ChangeRow,
    reason: &str,
) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO quarantine (document, seq, hash, meta, mark, body, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            document,
            rows::signed(row.seq),
            row.hash,
            row.meta,
            row.mark,
            row.body,
            reason
        ],
    )?;
    Ok(())
}

fn waiting(
    connection: &Connection,
    document: i64,
) -> rusqlite::Result<Vec<(i64, ChangeRow, Hash)>> {
    let rows = connection
        .prepare_cached(
            "SELECT key, seq, hash, meta, mark, body FROM quarantine
             WHERE document = ?1 AND reason = 'orphaned' ORDER BY seq",
        )?
        .query_map([document], |row| {
            Ok((
                row.get(0)?,
                ChangeRow {
                    seq: rows::unsigned(row.get(1)?),
                    hash: row.get(2)?,
                    meta: row.get(3)?,
                    mark: row.get(4)?,
                    body: row.get(5)?,
                },
            ))
        })?
        .collect::<rusqlite::Result<Vec<(i64, ChangeRow)>>>()?;
    Ok(rows
        .into_iter()
        .filter_map(|(key, row)| row.sound_hash().map(|hash| (key, row, hash)))
        .collect())
}

fn hashes(connection: &Connection, document: i64) -> rusqlite::Result<BTreeSet<Hash>> {
    connection
        .prepare_cached("SELECT hash FROM change WHERE document = ?1")?
        .query_map([document], |row| row.get(0))?
        .collect()
}

/// These bytes went through the gate once and still have their hash, so parsing them again is safe; the net is for
/// stores that were filled without a gate.
fn depends_only_on(body: &[u8], present: &BTreeSet<Hash>) -> bool {
    let parse = || Change::from_bytes(body.to_vec()).ok();
    catch_unwind(AssertUnwindSafe(parse))
        .ok()
        .flatten()
        .is_some_and(|change| change.deps().iter().all(|hash| present.contains(&hash.0)))
}

/// Which of the document's changes do not have their hash: the whole log is read.
pub(super) fn damaged_changes(
    connection: &Connection,
    document: i64,
) -> rusqlite::Result<Vec<u64>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, hash, meta, mark, body FROM change WHERE document = ?1 ORDER BY seq",
    )?;
    let mut found = statement.query([document])?;
    let mut damaged = Vec::new();
    while let Some(row) = found.next()? {
        let hash: Vec<u8> = row.get(1)?;
        let meta: Vec<u8> = row.get(2)?;
        let mark: Vec<u8> = row.get(3)?;
        let body: Vec<u8> = row.get(4)?;
        let sound = hash
            .as_slice()
            .try_into()
            .is_ok_and(|hash| chunk_has_hash(&body, hash) && rows::mark_of(hash, &meta) == *mark);
        if !sound {
            damaged.push(rows::unsigned(row.get(0)?));
        }
    }
    Ok(damaged)
}

/// Which of the document's snapshots are not what they were when they were made.
pub(super) fn damaged_snapshots(
    connection: &Connection,
    document: i64,
) -> rusqlite::Result<Vec<u64>> {
    let mut statement = connection
        .prepare_cached("SELECT seq, heads, sha256, body FROM snapshot WHERE document = ?1")?;
    let mut found = statement.query([document])?;
    let mut damaged = Vec::new();
    while let Some(row) = found.next()? {
        let seq = rows::unsigned(row.get(0)?);
        let heads: Vec<u8> = row.get(1)?;
        let digest: Vec<u8> = row.get(2)?;
        let body: Vec<u8> = row.get(3)?;
        if rows::digest_of(seq, &heads, &body) != *digest {
            damaged.push(seq);
        }
    }
    Ok(damaged)
}

/// Repairs every document, in the caller's transaction.
pub(super) fn repair_all(connection: &Connection) -> rusqlite::Result<()> {
    for info in rows::documents(connection)? {
        let Some(row) = rows::document(connection, info.document)? else {
            continue;
        };
        for seq in damaged_snapshots(connection, row.key)? {
            connection.execute(
                "DELETE FROM snapshot WHERE document = ?1 AND seq = ?2",
                params![row.key, rows::signed(seq)],
            )?;
        }
        for (key, _) in files::damaged(connection, row.key)? {
            files::remove(connection, key)?;
        }
        let mut damaged = damaged_changes(connection, row.key)?;
        if let Found::Damaged(missing) = rows::open(connection, row)? {
            damaged.extend(missing);
        }
        let Some(first) = damaged.iter().min().copied() else {
            continue;
        };
        let cut = rows::changes_from(connection, row.key, first)?;
        let broken: Vec<ChangeRow> = cut
            .into_iter()
            .filter(|change| damaged.contains(&change.seq))
            .collect();
        let mut mended: Vec<ChangeRow> = broken.iter().filter_map(describe_again).collect();
        if let Some(snapshot) = rows::snapshot(connection, row)? {
            mended.extend(salvage(&snapshot, &broken));
        }
        put_back(connection, row, &mended)?;
        damaged.retain(|seq| !mended.iter().any(|row| row.seq == *seq));
        if let Some(first) = damaged.iter().min() {
            wind_back(connection, row, *first)?;
        }
    }
    Ok(())
}

/// The row of a change that is intact itself, with what is kept beside it made anew.
fn describe_again(row: &ChangeRow) -> Option<ChangeRow> {
    let hash: Hash = row.hash.as_slice().try_into().ok()?;
    if !chunk_has_hash(&row.body, &hash) {
        return None;
    }
    let describe = || room::meta_of(&row.body);
    let meta = catch_unwind(AssertUnwindSafe(describe)).ok().flatten()?;
    Some(ChangeRow {
        mark: rows::mark_of(&hash, &meta).to_vec(),
        meta,
        ..row.clone()
    })
}
