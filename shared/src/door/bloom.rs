//! The Bloom filters of Automerge's sync protocol: a summary of the changes that somebody has.

use super::{
    DoorError,
    sync_message::{Reader, write_unsigned},
};
use crate::sync::frame::Hash;

/// The largest filter that is taken: ten bits for each of 400,000 changes.
const FILTER_BYTES_MAX: usize = 512 * 1024;
/// Clients use seven; each costs a step per change that is looked up.
const PROBES_MAX: u32 = 16;

/// Bits per change and probes of our own filters: one change in ten thousand looks as if it were here while it is not.
const OUR_BITS_PER_ENTRY: usize = 20;
const OUR_PROBES: u32 = 10;

/// A client's filter, as its bytes stand in the message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bloom<'a> {
    probes: u32,
    bits: &'a [u8],
}

impl<'a> Bloom<'a> {
    /// Reads a filter. No bytes are the filter of nothing.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, DoorError> {
        if bytes.is_empty() {
            return Ok(Self {
                probes: 1,
                bits: &[],
            });
        }
        let mut reader = Reader::new(bytes);
        let entries = reader.unsigned()?;
        let bits_per_entry = reader.unsigned()?;
        let probes = u32::try_from(reader.unsigned()?).unwrap_or(u32::MAX);
        let bits = reader.rest();
        let claimed = entries
            .checked_mul(bits_per_entry)
            .map(|bits| bits.div_ceil(8));
        if claimed != Some(bits.len() as u64) || bits.len() > FILTER_BYTES_MAX {
            return Err(DoorError::Malformed("filter size"));
        }
        if entries > 0 && bits.is_empty() || probes == 0 || probes > PROBES_MAX {
            return Err(DoorError::Malformed("filter"));
        }
        Ok(Self { probes, bits })
    }

    /// Whether it is the filter of nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    /// Whether the change is probably in there. Never no for one that is.
    pub(super) fn contains(&self, hash: &Hash) -> bool {
        !self.bits.is_empty()
            && probes(hash, self.bits.len(), self.probes)
                .all(|(byte, bit)| self.bits[byte] & bit != 0)
    }
}

/// Writes the filter of these changes; nothing for none.
pub(super) fn write(hashes: &[Hash]) -> Vec<u8> {
    let mut bytes = Vec::new();
    if hashes.is_empty() {
        return bytes;
    }
    write_unsigned(&mut bytes, hashes.len() as u64);
    write_unsigned(&mut bytes, OUR_BITS_PER_ENTRY as u64);
    write_unsigned(&mut bytes, u64::from(OUR_PROBES));
    let mut bits = vec![0; (hashes.len() * OUR_BITS_PER_ENTRY).div_ceil(8)];
    for hash in hashes {
        for (byte, bit) in probes(hash, bits.len(), OUR_PROBES) {
            bits[byte] |= bit;
        }
    }
    bytes.extend(bits);
    bytes
}

/// Where a change leaves its marks: byte and bit, by the triple hashing that the protocol prescribes.
fn probes(hash: &Hash, bytes: usize, count: u32) -> impl Iterator<Item = (usize, u8)> {
    let modulo = 8 * bytes as u64;
    let word = |at: usize| {
        u64::from(u32::from_le_bytes([
            hash[at],
            hash[at + 1],
            hash[at + 2],
            hash[at + 3],
        ])) % modulo
    };
    let (mut x, mut y, z) = (word(0), word(4), word(8));
    (0..count).map(move |probe| {
        if probe > 0 {
            x = (x + y) % modulo;
            y = (y + z) % modulo;
        }
        (
            usize::try_from(x >> 3).expect("it is below the number of bytes"),
            1 << (x & 7),
        )
    })
}

#[cfg(test)]
mod tests {
    use automerge::{ChangeHash, sync::BloomFilter};

    use super::*;

    fn hashes(from: u8, to: u8) -> Vec<Hash> {
        use sha2::{Digest, Sha256};
        (from..to).map(|n| Sha256::digest([n]).into()).collect()
    }

    #[test]
    fn both_ends_find_the_same_changes() {
        let (inside, outside) = (hashes(0, 100), hashes(100, 200));
        let theirs =
            BloomFilter::from_hashes(inside.iter().map(|hash| ChangeHash(*hash))).to_bytes();
        let read = Bloom::parse(&theirs).unwrap();
        assert!(inside.iter().all(|hash| read.contains(hash)));
        assert!(outside.iter().filter(|hash| read.contains(hash)).count() < 10);
        let ours = BloomFilter::try_from(&write(&inside)[..]).unwrap();
        assert!(
            inside
                .iter()
                .all(|hash| ours.contains_hash(&ChangeHash(*hash)))
        );
        assert!(
            outside
                .iter()
                .all(|hash| !ours.contains_hash(&ChangeHash(*hash)))
        );
        assert!(!Bloom::parse(&write(&[])).unwrap().contains(&[1; 32]));
    }

    #[test]
    fn a1_a2_filters_that_cost_the_reader_are_refused() {
        let filter = |entries, bits: u64, probes, data: &[u8]| {
            let mut bytes = Vec::new();
            for number in [entries, bits, probes] {
                write_unsigned(&mut bytes, number);
            }
            bytes.extend(data);
            Bloom::parse(&bytes).map(drop)
        };
        assert_eq!(filter(1, 0, 7, &[]), Err(DoorError::Malformed("filter")));
        assert_eq!(
            filter(1, 10, u64::from(u32::MAX), &[0xff, 0xff]),
            Err(DoorError::Malformed("filter"))
        );
        assert_eq!(
            filter(1, 10, 100_000_000, &[0xff, 0xff]),
            Err(DoorError::Malformed("filter"))
        );
        assert_eq!(
            filter(u64::MAX, u64::MAX, 7, &[]),
            Err(DoorError::Malformed("filter size"))
        );
        assert_eq!(
            filter(9, 10, 7, &[0; 11]),
            Err(DoorError::Malformed("filter size"))
        );
        assert_eq!(filter(9, 10, 7, &[0; 12]), Ok(()));
    }
}
