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

pub use crate::limits::{
    DOOR_CHANGES_BYTES_PER_MESSAGE_MAX as CHANGES_BYTES_PER_MESSAGE_MAX,
    DOOR_CHANGES_PER_MESSAGE_MAX as CHANGES_PER_MESSAGE_MAX, DOOR_HELD_BYTES_MAX as HELD_BYTES_MAX,
    DOOR_MESSAGE_BYTES_MAX as MESSAGE_BYTES_MAX, DOOR_UNCONFIRMED_MAX as UNCONFIRMED_MAX,
};

pub use self::{
    message::{ClientMessage, RELAY_NAME, RelayMessage},
    sync::{DoorSync, Received},
};

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
