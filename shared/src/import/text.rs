//! From bytes to text: what is refused as a whole before anything is parsed.

use crate::import::{FILE_BYTES_MAX, error::ImportError, table};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// How much of a file is looked at to tell UTF-16 from a damaged file.
const SAMPLE_BYTES: usize = 4_096;

/// The text of a file without its byte order mark.
pub(super) fn decode(mut bytes: Vec<u8>) -> Result<String, ImportError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(ImportError::TooLarge {
            bytes: bytes.len() as u64,
        });
    }
    if bytes.starts_with(b"\xFF\xFE")
        || bytes.starts_with(b"\xFE\xFF")
        || alternates_with_nul(&bytes)
    {
        return Err(ImportError::Utf16);
    }
    if bytes.starts_with(BYTE_ORDER_MARK) {
        bytes.drain(..BYTE_ORDER_MARK.len());
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return Err(ImportError::Nul {
            row: table::row_at(&bytes, at),
        });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        ImportError::NotUtf8 {
            row: table::row_at(bytes, offset),
            offset,
            value: bytes.get(offset).copied().unwrap_or_default(),
        }
    })?;
    if text.trim().is_empty() {
        return Err(ImportError::Empty);
    }
    Ok(text)
}

/// UTF-16 without its mark: every other byte of Latin text is NUL.
fn alternates_with_nul(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let nuls = sample.iter().filter(|byte| **byte == 0).count();
    sample.len() >= 4 && nuls * 5 >= sample.len() * 2
}
