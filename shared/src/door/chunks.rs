//! What a client sends as changes: Automerge's chunks, one after another.

use super::{DoorError, sync_message::Reader};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHECKSUM: usize = 4;
const DOCUMENT: u8 = 0;
const CHANGE: u8 = 1;
const COMPRESSED_CHANGE: u8 = 2;

/// Splits a run of chunks into single changes, whose contents are the gate's business.
pub(super) fn split(bytes: &[u8], changes: &mut Vec<Vec<u8>>) -> Result<(), DoorError> {
    let mut left = bytes;
    while !left.is_empty() {
        let mut reader = Reader::new(left);
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(DoorError::Malformed("not a chunk"));
        }
        reader.take(CHECKSUM)?;
        match reader.byte()? {
            CHANGE | COMPRESSED_CHANGE => {}
            DOCUMENT => return Err(DoorError::WholeDocument),
            _ => return Err(DoorError::Malformed("kind of chunk")),
        }
        let length = reader.unsigned()?;
        reader.take(usize::try_from(length).unwrap_or(usize::MAX))?;
        let (chunk, after) = left.split_at(left.len() - reader.rest().len());
        changes.push(chunk.to_vec());
        left = after;
    }
    Ok(())
}
