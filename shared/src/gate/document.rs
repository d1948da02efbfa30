//! Whole documents from a person's file: bounded before automerge reads them (A12). A relay never takes one from a peer.

use std::io::Read;

use flate2::bufread::DeflateDecoder;

use super::{
    Refusal,
    scan::{Scan, at_most, bad, bounded, chunk, rows, skip, take, uncompressed, unsigned},
};
use crate::limits::{
    DOCUMENT_INFLATED_BYTES_MAX, DOCUMENT_WRITERS_MAX, LOG_CHANGES_MAX, LOG_OPERATIONS_MAX,
};

const DOCUMENT: u8 = 0;
/// The bit of a column's specification that says that it is compressed.
const DEFLATED: u64 = 1 << 3;
/// The kinds of column, by the low three bits of their specification.
const KIND: u64 = 7;
/// More columns than any version has written.
const COLUMNS_MAX: u64 = 64;
const HASH_BYTES: u64 = 32;
const ACTOR_BYTES_MAX: u64 = 64;

/// Passes a saved document with changes behind it, or changes alone, if they claim no more than a backlog may have. What
/// they say is not looked at: automerge checks their hashes.
///
/// # Errors
/// When it is no document, or claims more.
pub fn bounded_document(bytes: &[u8]) -> Result<(), Refusal> {
    within(bytes, DOCUMENT_INFLATED_BYTES_MAX)
}

/// The whole document at the beginning of such a file, which may be empty, and the chunks of the changes behind it.
///
/// # Errors
/// When it is cut.
pub fn document_and_changes(mut bytes: &[u8]) -> Result<(&[u8], Vec<&[u8]>), Refusal> {
    let mut changes = Vec::new();
    let mut document: &[u8] = &[];
    while !bytes.is_empty() {
        let next = next_chunk(&mut bytes)?;
        match chunk(next)? {
            (DOCUMENT, _) if document.is_empty() && changes.is_empty() => document = next,
            _ => changes.push(next),
        }
    }
    Ok((document, changes))
}

/// With compressed parts of so many bytes once they are inflated.
pub(super) fn within(mut bytes: &[u8], inflated_max: u64) -> Result<(), Refusal> {
    let first = next_chunk(&mut bytes)?;
    match chunk(first)? {
        (DOCUMENT, body) => document(body, inflated_max)?,
        _ => bounded(&uncompressed(first)?)?,
    }
    while !bytes.is_empty() {
        bounded(&uncompressed(next_chunk(&mut bytes)?)?)?;
    }
    Ok(())
}

/// One chunk of its declared length.
fn next_chunk<'a>(bytes: &mut &'a [u8]) -> Scan<&'a [u8]> {
    const BEFORE_THE_LENGTH: usize = 9;
    let Some(mut rest) = bytes.get(BEFORE_THE_LENGTH..) else {
        return bad("not a chunk");
    };
    let length = unsigned(&mut rest)?;
    let header = (bytes.len() - rest.len()) as u64;
    take(bytes, header.saturating_add(length))
}

fn document(mut body: &[u8], mut inflated: u64) -> Scan<()> {
    let rest = &mut body;
    for _ in 0..at_most(unsigned(rest)?, DOCUMENT_WRITERS_MAX, "writers")? {
        let length = at_most(unsigned(rest)?, ACTOR_BYTES_MAX, "actor")?;
        skip(rest, length)?;
    }
    let heads = at_most(unsigned(rest)?, LOG_CHANGES_MAX, "heads")?;
    skip(rest, heads * HASH_BYTES)?;
    let changes = specifications(rest)?;
    let operations = specifications(rest)?;
    columns(rest, &changes, LOG_CHANGES_MAX, &mut inflated)?;
    columns(rest, &operations, LOG_OPERATIONS_MAX, &mut inflated)?;
    Ok(())
}

fn specifications(rest: &mut &[u8]) -> Scan<Vec<(u64, u64)>> {
    let count = at_most(unsigned(rest)?, COLUMNS_MAX, "columns")?;
    (0..count)
        .map(|_| Ok((unsigned(rest)?, unsigned(rest)?)))
        .collect()
}

/// Walks columns, of which all together may be inflated to so many bytes.
fn columns(
    rest: &mut &[u8],
    specifications: &[(u64, u64)],
    rows_max: u64,
    inflated: &mut u64,
) -> Scan<()> {
    for (specification, length) in specifications {
        let column = take(rest, *length)?;
        if specification & DEFLATED == 0 {
            // A dependency or a value replaced may stand several times in a row.
            rows(column, specification & KIND, rows_max)?;
            continue;
        }
        let mut plain = Vec::new();
        let mut limited = DeflateDecoder::new(column).take(*inflated + 1);
        if limited.read_to_end(&mut plain).is_err() {
            return bad("compression");
        }
        let Some(left) = inflated.checked_sub(plain.len() as u64) else {
            return Err(Refusal::TooLarge {
                limit: usize::try_from(DOCUMENT_INFLATED_BYTES_MAX).unwrap_or(usize::MAX),
            });
        };
        *inflated = left;
        rows(&plain, specification & KIND, rows_max)?;
    }
    Ok(())
}
