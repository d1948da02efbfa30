//! The files that people attached to items: bytes under their SHA-256, for each document on its own.
//!
//! A file comes in and goes out in chunks, so that none is ever in memory as a whole, and so that what others append in
//! between waits for one chunk and not for a file. It is there for readers once all of it is.

use std::fmt;

use bytes::Bytes;
use shared::ids::{DocumentId, FileHash};

use super::Answer;

/// One chunk's size in bytes, but for the last of a file.
pub const FILE_CHUNK_BYTES: usize = 64 * 1024;

/// Names a file that is coming in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UploadId(pub i64);

/// What became of the wish to put a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is there already.
    Held,
    /// Its chunks may come.
    Taking(UploadId),
    /// The document's files would be too many or too large together.
    NoRoom,
}

/// Files of each document.
///
/// Promises beside those of [`Store`](super::Store), which the contract suite checks:
///
/// - **Whole**: a file is listed and read once it was finished, and only if its chunks have the announced size together.
/// - **Bounded**: files that are there and files that are coming in never exceed [`shared::limits::FILES_BYTES_MAX`] and
///   [`shared::limits::FILES_MAX`] for one document.
/// - **Forgetful**: what was not finished when the store closed is gone when it opens.
///
/// Whether the bytes have the hash is looked at by whoever brings and by whoever reads them.
pub trait FileStore: fmt::Debug + Send + Sync {
    /// The files that are there, in the order of their hashes. An unknown document has none.
    fn hashes(&self, document: DocumentId) -> Answer<Vec<FileHash>>;

    /// Begins to take a file of that many bytes.
    fn begin_file(&self, document: DocumentId, hash: FileHash, bytes: u64) -> Answer<Begun>;

    /// Adds the next chunk. Chunks may be queued before earlier ones are answered.
    fn add_chunk(&self, upload: UploadId, number: u32, chunk: Bytes) -> Answer<()>;

    /// Makes a file of the chunks. Says no when they are not what was announced; then they are gone.
    fn finish_file(&self, upload: UploadId) -> Answer<bool>;

    /// Drops what came so far.
    fn abandon_file(&self, upload: UploadId) -> Answer<()>;

    /// The size of a file that is there.
    fn file_size(&self, document: DocumentId, hash: FileHash) -> Answer<Option<u64>>;

    /// A chunk of a file that is there, by its number from 0.
    fn chunk(&self, document: DocumentId, hash: FileHash, number: u32) -> Answer<Option<Bytes>>;
}
