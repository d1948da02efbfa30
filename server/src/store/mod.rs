//! Where backlogs are kept: an append-only log of changes for each document, with snapshots as a cache beside it.
//!
//! The store knows bytes, hashes and sequence numbers. It does not know what a change means: whether one is admitted
//! is the gate's business, who hears of it the room's. [`memory`] is for tests and trials, [`sqlite`] is the default;
//! both pass the same contract suite.

use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use sha2::{Digest, Sha256};
use shared::ids::DocumentId;

#[cfg(any(test, feature = "testing"))]
pub mod contract;
pub mod files;
pub mod links;
pub mod memory;
pub mod sqlite;

/// An answer that comes later. The work is queued when the method is called, not when the answer is first awaited,
/// and goes on when the answer is dropped.
pub type Answer<T> = BoxFuture<'static, Result<T, StoreError>>;

// A hash is the SHA-256 of a change's uncompressed chunk from its type byte on. An epoch is drawn anew whenever a
// document's log stops being a continuation of what clients have seen: after a restore or a repair.
pub use shared::sync::frame::{Epoch, Hash};

/// A change's chunk with its number in the log.
pub type Numbered = (u64, Vec<u8>);

/// A log of changes per document.
///
/// Promises, which every implementation keeps and the contract suite checks:
///
/// - **Atomic**: all changes of one append are stored, or none.
/// - **Ordered**: a document's changes are numbered from 1 without gaps, in the order in which `append` was called.
/// - **Idempotent**: a change that the document already holds (by hash) is not stored again; the answer is its old
///   number.
/// - **Durable**: an answer means that the data survives the end of the process and of power.
/// - **Fenced**: an append or a snapshot made under an epoch that is no longer the document's is refused.
/// - **Verified**: what `read` and `snapshot` return has the hash under which it was stored. A damaged change is set
///   aside together with what was built on it, the epoch is drawn anew, and [`StoreError::Damaged`] tells the caller
///   to open the document again; a change that a snapshot still holds is mended silently.
/// - **Honest when full**: [`StoreError::Full`] means that nothing of that call is stored and that it may be repeated;
///   reading goes on. After any other failure to write, nothing is acknowledged any more and [`Store::failed`] speaks.
pub trait Store: fmt::Debug + Send + Sync + 'static {
    /// Looks a document up. One that the store does not hold is empty and has a freshly drawn epoch; nothing is stored.
    fn open(&self, document: DocumentId) -> Answer<Opened>;

    /// Adds changes at the end of the document's log. Begins the log under this epoch when there is none.
    fn append(
        &self,
        document: DocumentId,
        epoch: Epoch,
        changes: Vec<NewChange>,
    ) -> Answer<Appended>;

    /// Changes in order from `from_seq` on, as many as fit into `bytes_max` and at least one if there is one. An
    /// unknown document has none.
    fn read(&self, document: DocumentId, from_seq: u64, bytes_max: usize) -> Answer<Vec<Numbered>>;

    /// The newest intact snapshot.
    fn snapshot(&self, document: DocumentId) -> Answer<Option<Snapshot>>;

    /// Keeps a verified snapshot, and drops all but the newest few.
    fn put_snapshot(&self, document: DocumentId, epoch: Epoch, snapshot: Snapshot) -> Answer<()>;

    /// All documents, in the order of their ids.
    fn documents(&self) -> Answer<Vec<DocumentInfo>>;

    /// Removes a document with all that belongs to it, and refuses it from then on as [`StoreError::Removed`].
    fn remove(&self, document: DocumentId) -> Answer<()>;

    /// Takes a removed document again, should somebody bring it.
    fn readmit(&self, document: DocumentId) -> Answer<()>;

    /// Whether changes can be stored now.
    fn health(&self) -> Health;

    /// The links by which its documents are reached, and the people who were there.
    fn links(&self) -> &dyn links::LinkStore;

    /// The files that are attached to its documents' items.
    fn files(&self) -> &dyn files::FileStore;

    /// Resolves with the reason when the store can no longer write and the process has to end.
    fn failed(&self) -> BoxFuture<'static, String>;
}

/// A change on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChange {
    /// Its hash.
    pub hash: Hash,
    /// What the gate needs to know of it when the document is opened; opaque here.
    pub meta: Vec<u8>,
    /// Its uncompressed chunk.
    pub body: Bytes,
}

/// Answer to an append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The number of each change, in the order given.
    pub seqs: Vec<u64>,
}

/// A document as the store holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The epoch of its log.
    pub epoch: Epoch,
    /// The number of its last change; 0 when there is none.
    pub last_seq: u64,
    /// The size of its changes in bytes.
    pub bytes: u64,
    /// What the gate kept of every change, from the first on.
    pub metas: Vec<(u64, Vec<u8>)>,
    /// Its newest snapshot.
    pub snapshot: Option<SnapshotInfo>,
}

impl Opened {
    /// A document that the store does not hold, under an epoch of its own in case that it begins now.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            epoch: rand::random(),
            last_seq: 0,
            bytes: 0,
            metas: Vec::new(),
            snapshot: None,
        }
    }
}

/// Which snapshot there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SnapshotInfo {
    /// The last change in it.
    pub seq: u64,
    /// Its size in bytes.
    pub len: u64,
}

/// A whole document as of one change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The epoch under which `seq` counts. Ignored when a snapshot is put.
    pub epoch: Epoch,
    /// The last change in it.
    pub seq: u64,
    /// The heads of the document.
    pub heads: Vec<Hash>,
    /// The saved document.
    pub body: Bytes,
}

/// A document in the listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentInfo {
    /// Which.
    pub document: DocumentId,
    /// The epoch of its log.
    pub epoch: Epoch,
    /// The number of its last change.
    pub last_seq: u64,
    /// The size of its changes in bytes.
    pub bytes: u64,
    /// The size of its files in bytes.
    pub file_bytes: u64,
    /// Its newest snapshot.
    pub snapshot: Option<SnapshotInfo>,
}

/// Whether changes can be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// Yes.
    Writable,
    /// Not while the disk has so little room.
    Full,
    /// Never again: the process has to end.
    Failed,
}

/// Why the store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No room on the disk. Nothing of this call is stored; it may be repeated later.
    #[error("the relay's disk is full")]
    Full,
    /// There is no such document.
    #[error("the relay does not hold this backlog")]
    UnknownDocument,
    /// The document was removed by the relay's operator.
    #[error("this backlog was removed from the relay")]
    Removed,
    /// The log was restored or repaired since the caller opened the document.
    #[error("the backlog's log was replaced; open it again")]
    EpochChanged,
    /// Damage was found and set aside; the document has a new epoch.
    #[error("damaged changes of the backlog were set aside; open it again")]
    Damaged,
    /// The bytes of a change do not have the hash they are given under.
    #[error("a change does not have its hash")]
    HashMismatch,
    /// Reading failed; the data may be fine.
    #[error("the store could not be read: {0}")]
    Unreadable(String),
    /// Writing failed in a way that leaves no trust in the disk; the relay has to end.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// Whether these bytes are an uncompressed change chunk with this hash.
#[must_use]
pub fn chunk_has_hash(body: &[u8], hash: &Hash) -> bool {
    const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
    const TYPE_AT: usize = 8;
    const CHANGE: u8 = 1;
    body.len() > TYPE_AT
        && body[..4] == MAGIC
        && body[4..TYPE_AT] == hash[..4]
        && body[TYPE_AT] == CHANGE
        && Sha256::digest(&body[TYPE_AT..]).as_slice() == hash
}
