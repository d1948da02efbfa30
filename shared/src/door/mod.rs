//! The door: what the relay needs so that stock Automerge clients open a backlog by its `automerge:` URL.
//!
//! [`ClientMessage`] and [`RelayMessage`] are automerge-repo's WebSocket messages (protocol version "1");
//! [`DoorSync`] is the relay's end of Automerge's sync protocol with one client about one backlog. It answers from the
//! graph of changes alone, never from a document: what a client sends goes through the [`gate`](crate::gate) and the log
//! like any other change, and what it gets are the log's chunks. It does not decide who may come in.

mod bloom;
mod chunks;
mod message;
mod sync;
mod sync_message;

pub use self::{
    message::{ClientMessage, RELAY_NAME, RelayMessage},
    sync::{DoorSync, Received},
};

/// The longest WebSocket message that is taken from a stock client, in bytes. Its sync protocol does not split, so
/// this is also how much work it can bring back from offline at once.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// How many changes go in one message: applying a thousand in one call costs a stock client gigabytes of memory.
pub const CHANGES_PER_MESSAGE_MAX: usize = 128;

/// How many bytes of changes go in one message, except that it always may hold one change.
pub const CHANGES_BYTES_PER_MESSAGE_MAX: usize = 256 * 1024;

/// How many changes may be on their way to a client that it has not confirmed.
pub const UNCONFIRMED_MAX: usize = 512;

/// How many bytes of changes are kept while the changes that they are built on are asked for.
pub const HELD_BYTES_MAX: usize = 1024 * 1024;

/// Why a stock client's message is refused, which ends its connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// It is longer than [`MESSAGE_BYTES_MAX`].
    #[error("the message has {0} bytes, more than {MESSAGE_BYTES_MAX}")]
    TooLong(usize),
    /// It can't be read, or claims more than its bytes hold.
    #[error("the message is malformed ({0})")]
    Malformed(&'static str),
    /// It holds a whole document where the relay asked for changes.
    #[error("whole documents are not taken, only changes")]
    WholeDocument,
    /// Too many of its changes are built on changes that it does not send.
    #[error("too many changes are built on changes that were not sent")]
    TooManyHeld,
}
