//! G1–G3: a change's size and shape, read without allocating for what it claims.

use std::io::Read;

use flate2::read::DeflateDecoder;
use sha2::{Digest, Sha256};

use super::{CHANGE_BYTES_MAX, INFLATED_BYTES_MAX, Refusal};
use crate::limits::{
    CHANGE_DEPENDENCIES_MAX, CHANGE_KEY_BYTES_MAX, CHANGE_MESSAGE_BYTES_MAX, CHANGE_OPERATIONS_MAX,
    CHANGE_WRITERS_MAX,
};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Magic and checksum.
const PREFIX: usize = 8;
const CHANGE: u8 = 1;
const COMPRESSED_CHANGE: u8 = 2;

const ACTOR_BYTES: u64 = 16;
const COLUMNS_MAX: u64 = 16;
/// The columns of a change without marks: object, key, operation id, insert, action, value, predecessors.
const COLUMNS: [u64; 12] = [
    0x01, 0x02, 0x11, 0x13, 0x15, 0x34, 0x42, 0x56, 0x57, 0x70, 0x71, 0x73,
];

/// The kinds of column, by the low three bits of their specification.
const KIND: u64 = 7;
const DELTA: u64 = 3;
const BOOLEAN: u64 = 4;
const STRING: u64 = 5;
const VALUE: u64 = 7;

pub(super) type Scan<T> = Result<T, Refusal>;

pub(super) const fn bad<T>(what: &'static str) -> Scan<T> {
    Err(Refusal::Malformed(what))
}

/// G1 and G2: one change chunk of its declared length, inflated within bounds.
pub(super) fn uncompressed(bytes: &[u8]) -> Scan<Vec<u8>> {
    if bytes.len() > CHANGE_BYTES_MAX {
        return Err(Refusal::TooLarge {
            limit: CHANGE_BYTES_MAX,
        });
    }
    let (kind, body) = chunk(bytes)?;
    match kind {
        CHANGE => Ok(bytes.to_vec()),
        COMPRESSED_CHANGE => {
            let mut inflated = Vec::new();
            let limit = INFLATED_BYTES_MAX as u64 + 1;
            let read = DeflateDecoder::new(body)
                .take(limit)
                .read_to_end(&mut inflated);
            if read.is_err() {
                return bad("compression");
            }
            if inflated.len() > INFLATED_BYTES_MAX {
                return Err(Refusal::TooLarge {
                    limit: INFLATED_BYTES_MAX,
                });
            }
            let rewrapped = wrap(&inflated);
            // The checksum is over the uncompressed form, so the compressed chunk has to carry the same one.
            if rewrapped[4..PREFIX] == bytes[4..PREFIX] {
                Ok(rewrapped)
            } else {
                bad("checksum")
            }
        }
        _ => bad("not a change"),
    }
}

/// The chunk's type and contents, when it is exactly one.
pub(super) fn chunk(bytes: &[u8]) -> Scan<(u8, &[u8])> {
    if bytes.len() <= PREFIX || bytes[..4] != MAGIC {
        return bad("not a chunk");
    }
    let mut rest = &bytes[PREFIX + 1..];
    let length = unsigned(&mut rest)?;
    if usize::try_from(length) == Ok(rest.len()) {
        Ok((bytes[PREFIX], rest))
    } else {
        bad("length")
    }
}

/// A change chunk around a body.
pub(super) fn wrap(body: &[u8]) -> Vec<u8> {
    let mut tail = vec![CHANGE];
    let mut length = body.len();
    loop {
        let digit = u8::try_from(length & 0x7f).unwrap_or(0);
        length >>= 7;
        if length == 0 {
            tail.push(digit);
            break;
        }
        tail.push(digit | 0x80);
    }
    tail.extend_from_slice(body);
    let hash = Sha256::digest(&tail);
    [&MAGIC[..], &hash[..4], &tail].concat()
}

/// G3: few dependencies and actors, known columns, and no more rows than a change may have.
pub(super) fn bounded(bytes: &[u8]) -> Scan<()> {
    let (_, mut rest) = chunk(bytes)?;
    let rest = &mut rest;
    let deps = at_most(unsigned(rest)?, CHANGE_DEPENDENCIES_MAX, "dependencies")?;
    skip(rest, deps * 32)?;
    if unsigned(rest)? != ACTOR_BYTES {
        return bad("actor");
    }
    skip(rest, ACTOR_BYTES)?;
    unsigned(rest)?;
    unsigned(rest)?;
    signed(rest)?;
    let message = at_most(unsigned(rest)?, CHANGE_MESSAGE_BYTES_MAX, "message")?;
    skip(rest, message)?;
    let others = at_most(unsigned(rest)?, CHANGE_WRITERS_MAX, "actors")?;
    for _ in 0..others {
        if unsigned(rest)? != ACTOR_BYTES {
            return bad("actor");
        }
        skip(rest, ACTOR_BYTES)?;
    }
    columns(rest)
}

fn columns(rest: &mut &[u8]) -> Scan<()> {
    let count = at_most(unsigned(rest)?, COLUMNS_MAX, "columns")?;
    let mut declared = [(0, 0); COLUMNS_MAX as usize];
    for slot in declared
        .iter_mut()
        .take(usize::try_from(count).unwrap_or(0))
    {
        *slot = (unsigned(rest)?, unsigned(rest)?);
        if !COLUMNS.contains(&slot.0) {
            return bad("column");
        }
    }
    for (specification, length) in declared
        .into_iter()
        .take(usize::try_from(count).unwrap_or(0))
    {
        let column = take(rest, length)?;
        rows(column, specification & KIND, CHANGE_OPERATIONS_MAX)?;
    }
    Ok(())
}

/// Walks the runs of a column of so many rows at most.
pub(super) fn rows(mut column: &[u8], kind: u64, rows_max: u64) -> Scan<()> {
    if kind == VALUE {
        return Ok(());
    }
    let column = &mut column;
    let mut rows: u64 = 0;
    while !column.is_empty() {
        let added = if kind == BOOLEAN {
            unsigned(column)?
        } else {
            run(column, kind, rows_max)?
        };
        rows = rows.saturating_add(added);
        at_most(rows, rows_max, "rows")?;
    }
    Ok(())
}

/// One run: a repeated value, literal values, or nulls. Returns how many rows it is.
fn run(column: &mut &[u8], kind: u64, rows_max: u64) -> Scan<u64> {
    let length = signed(column)?;
    match length {
        0 => unsigned(column),
        1.. => value(column, kind).map(|()| length.unsigned_abs()),
        ..=-1 => {
            let literals = at_most(length.unsigned_abs(), rows_max, "rows")?;
            for _ in 0..literals {
                value(column, kind)?;
            }
            Ok(literals)
        }
    }
}

fn value(column: &mut &[u8], kind: u64) -> Scan<()> {
    match kind {
        DELTA => signed(column).map(drop),
        STRING => {
            let length = at_most(unsigned(column)?, CHANGE_KEY_BYTES_MAX, "text")?;
            skip(column, length)
        }
        _ => unsigned(column).map(drop),
    }
}

pub(super) fn at_most(number: u64, limit: u64, what: &'static str) -> Scan<u64> {
    if number > limit {
        bad(what)
    } else {
        Ok(number)
    }
}

pub(super) fn take<'a>(rest: &mut &'a [u8], length: u64) -> Scan<&'a [u8]> {
    let Ok(length) = usize::try_from(length) else {
        return bad("length");
    };
    let Some((taken, left)) = rest.split_at_checked(length) else {
        return bad("cut short");
    };
    *rest = left;
    Ok(taken)
}

pub(super) fn skip(rest: &mut &[u8], length: u64) -> Scan<()> {
    take(rest, length).map(drop)
}

/// A LEB128 number of at most ten bytes.
pub(super) fn unsigned(rest: &mut &[u8]) -> Scan<u64> {
    let mut number: u64 = 0;
    for shift in (0..64).step_by(7) {
        let Some((byte, left)) = rest.split_first() else {
            return bad("cut short");
        };
        *rest = left;
        let digit = u64::from(byte & 0x7f);
        if shift == 63 && digit > 1 {
            return bad("number");
        }
        number |= digit << shift;
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    bad("number")
}

/// A signed LEB128 number of at most ten bytes.
fn signed(rest: &mut &[u8]) -> Scan<i64> {
    let mut number: i64 = 0;
    for shift in (0..64).step_by(7) {
        let Some((byte, left)) = rest.split_first() else {
            return bad("cut short");
        };
        *rest = left;
        number |= i64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            if shift < 57 && byte & 0x40 != 0 {
                number |= -1 << (shift + 7);
            }
            return Ok(number);
        }
    }
    bad("number")
}
