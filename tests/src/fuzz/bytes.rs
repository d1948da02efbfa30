//! Bytes made worse, and their checksums made right again.

use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use shared::gate;

/// Bytes that often mean something: ends of ranges, signs, continued numbers.
const ODD: [u8; 8] = [0x00, 0x01, 0x3f, 0x40, 0x7e, 0x7f, 0x80, 0xff];
/// Where Automerge's chunks have their checksum.
const CHECKSUM: std::ops::Range<usize> = 4..8;

/// One change somewhere.
pub(super) fn mutate(bytes: &mut Vec<u8>, other: &[u8], rng: &mut ChaCha8Rng) {
    if bytes.is_empty() {
        bytes.push(rng.random());
    }
    let at = rng.random_range(0..bytes.len());
    match rng.random_range(0..10) {
        0 | 1 => bytes[at] ^= 1 << rng.random_range(0..8),
        2 => bytes[at] = rng.random(),
        3 => bytes[at] = *ODD.choose(rng).unwrap_or(&0),
        4 => bytes[at] = bytes[at].wrapping_add(1),
        5 => drop(bytes.remove(at)),
        6 => bytes.insert(at, rng.random()),
        7 if !other.is_empty() => {
            let from = rng.random_range(0..other.len());
            let until = (from + rng.random_range(1..17)).min(other.len());
            let end = (at + until - from).min(bytes.len());
            bytes.splice(at..end, other[from..until].iter().copied());
        }
        8 => {
            let until = (at + rng.random_range(1..9)).min(bytes.len());
            let again = bytes[at..until].to_vec();
            bytes.splice(at..at, again);
        }
        _ if rng.random_ratio(1, 8) => bytes.truncate(at),
        _ => bytes[at] = bytes[at].wrapping_sub(1),
    }
}

/// Gives an Automerge chunk the length and the checksum that fit what is in it.
pub(super) fn mend_checksum(bytes: &mut Vec<u8>) {
    const LENGTH_AT: usize = 9;
    let Some(rest) = bytes.get(LENGTH_AT..) else {
        return;
    };
    let digits = rest.iter().position(|byte| byte & 0x80 == 0);
    let Some(body_at) = digits.map(|last| LENGTH_AT + last + 1) else {
        return;
    };
    let body = bytes.split_off(body_at);
    bytes.truncate(LENGTH_AT);
    push_unsigned(bytes, body.len() as u64);
    bytes.extend(body);
    let hash = gate::name_of(bytes);
    bytes[CHECKSUM].copy_from_slice(&hash[..4]);
}

/// Writes a LEB128 number.
pub(super) fn push_unsigned(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [digit, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(digit & 0x7f);
        }
        bytes.push(digit | 0x80);
    }
}
