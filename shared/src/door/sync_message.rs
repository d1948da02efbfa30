//! Messages of Automerge's sync protocol, read within bounds and without copying, and written.

use super::{DoorError, bloom::Bloom, chunks};
use crate::sync::frame::Hash;

const VERSION_1: u8 = 0x42;
const VERSION_2: u8 = 0x43;

/// More heads than a backlog ever has at once, more requests than one filter leaves open.
const HASHES_MAX: usize = 4_096;
/// Clients send one.
const HAVES_MAX: usize = 4;

/// A flag byte of clients that understand version 2, and what its successor byte is made of.
const UNDERSTANDS_VERSION_2: u8 = 0x02;
const BITS: u8 = 0x80;
const RESET: u8 = 1;
const READ_ONLY: u8 = 1 << 1;

/// A client's message.
#[derive(Debug)]
pub(super) struct SyncMessage<'a> {
    /// The latest changes that the client has.
    pub(super) heads: Vec<Hash>,
    /// Changes that it asks for.
    pub(super) need: Vec<Hash>,
    /// What else it has.
    pub(super) have: Vec<Have<'a>>,
    /// What it sends: change chunks.
    pub(super) changes: Vec<Vec<u8>>,
    /// Whether it can take a whole document in place of changes.
    pub(super) takes_document: bool,
    /// Whether what was sent before is to be sent again.
    pub(super) reset: bool,
    /// Whether it takes no changes now.
    pub(super) read_only: bool,
}

/// What a client has: all up to some heads, and beyond them what is in a filter.
#[derive(Debug)]
pub(super) struct Have<'a> {
    pub(super) last_sync: Vec<Hash>,
    pub(super) filter: Bloom<'a>,
}

impl<'a> SyncMessage<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, DoorError> {
        let mut reader = Reader::new(bytes);
        if !matches!(reader.byte()?, VERSION_1 | VERSION_2) {
            return Err(DoorError::Malformed("not a sync message"));
        }
        let heads = reader.hashes()?;
        let need = reader.hashes()?;
        let count = reader.count(HAVES_MAX)?;
        let mut have = Vec::with_capacity(count);
        for _ in 0..count {
            let last_sync = reader.hashes()?;
            have.push(Have {
                last_sync,
                filter: Bloom::parse(reader.prefixed()?)?,
            });
        }
        let mut changes = Vec::new();
        for _ in 0..reader.unsigned()? {
            chunks::split(reader.prefixed()?, &mut changes)?;
        }
        let flags = if reader.rest().is_empty() {
            &[]
        } else {
            reader.prefixed()?
        };
        let bit = |bit: u8| flags.iter().any(|byte| byte & BITS != 0 && byte & bit != 0);
        Ok(Self {
            heads,
            need,
            have,
            changes,
            takes_document: flags.contains(&UNDERSTANDS_VERSION_2),
            reset: bit(RESET),
            read_only: bit(READ_ONLY),
        })
    }
}

/// What the relay says. It never says that it understands version 2, so that clients send changes, not documents.
#[derive(Debug)]
pub(super) struct OurMessage<'a> {
    /// The latest stored changes, sorted.
    pub(super) heads: &'a [Hash],
    /// Changes asked for, sorted.
    pub(super) need: &'a [Hash],
    /// What the relay has: heads, sorted, and the filter of what it has beyond them. Without it a client sends only
    /// what it is asked for.
    pub(super) have: Option<(Vec<Hash>, Vec<u8>)>,
    /// Change chunks.
    pub(super) changes: &'a [Vec<u8>],
    /// A whole document that comes before the changes.
    pub(super) document: Option<&'a [u8]>,
}

impl OurMessage<'_> {
    pub(super) fn write(&self) -> Vec<u8> {
        let mut bytes = vec![if self.document.is_some() {
            VERSION_2
        } else {
            VERSION_1
        }];
        write_hashes(&mut bytes, self.heads);
        write_hashes(&mut bytes, self.need);
        write_unsigned(&mut bytes, u64::from(self.have.is_some()));
        if let Some((last_sync, filter)) = &self.have {
            write_hashes(&mut bytes, last_sync);
            write_prefixed(&mut bytes, filter);
        }
        if let Some(document) = self.document {
            write_unsigned(&mut bytes, 1);
            let length = document.len() + self.changes.iter().map(Vec::len).sum::<usize>();
            write_unsigned(&mut bytes, length as u64);
            bytes.extend_from_slice(document);
            bytes.extend(self.changes.iter().flatten());
        } else {
            write_unsigned(&mut bytes, self.changes.len() as u64);
            for change in self.changes {
                write_prefixed(&mut bytes, change);
            }
        }
        bytes
    }
}

fn write_hashes(bytes: &mut Vec<u8>, hashes: &[Hash]) {
    write_unsigned(bytes, hashes.len() as u64);
    bytes.extend(hashes.iter().flatten());
}

fn write_prefixed(bytes: &mut Vec<u8>, blob: &[u8]) {
    write_unsigned(bytes, blob.len() as u64);
    bytes.extend_from_slice(blob);
}

/// Writes a LEB128 number.
pub(super) fn write_unsigned(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let [digit, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return bytes.push(digit & 0x7f);
        }
        bytes.push(digit | 0x80);
    }
}

/// Reads from the front of untrusted bytes; allocates nothing for what they merely claim.
#[derive(Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What is not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], DoorError> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(DoorError::Malformed("cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn byte(&mut self) -> Result<u8, DoorError> {
        self.take(1).map(|byte| byte[0])
    }

    /// A LEB128 number of at most ten bytes.
    pub(super) fn unsigned(&mut self) -> Result<u64, DoorError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let digit = u64::from(byte & 0x7f);
            if shift == 63 && digit > 1 {
                break;
            }
            number |= digit << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(DoorError::Malformed("number"))
    }

    fn count(&mut self, limit: usize) -> Result<usize, DoorError> {
        let count = usize::try_from(self.unsigned()?).unwrap_or(usize::MAX);
        if count > limit {
            Err(DoorError::Malformed("too many"))
        } else {
            Ok(count)
        }
    }

    fn prefixed(&mut self) -> Result<&'a [u8], DoorError> {
        let length = usize::try_from(self.unsigned()?).unwrap_or(usize::MAX);
        self.take(length)
    }

    fn hashes(&mut self) -> Result<Vec<Hash>, DoorError> {
        let count = self.count(HASHES_MAX)?;
        let bytes = self.take(count * size_of::<Hash>())?;
        Ok(bytes.as_chunks::<{ size_of::<Hash>() }>().0.to_vec())
    }
}
