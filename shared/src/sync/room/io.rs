//! What a room learns and what it wants done: the border between the room and the shell that runs it.

use std::{fmt, ops::Deref, sync::Arc};

use crate::{
    ids::LinkId,
    sync::{
        access::Grant,
        frame::{Epoch, Hash},
        room::Hello,
    },
};

/// One connection, of either kind. The shell counts them; a number is not used twice while a room lives, and others
/// see it in presence frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerId(pub u64);

/// Names one request of the room to the store; the answer brings it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// A document's log as the store opened it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The log's epoch. For a backlog that the store does not hold, a freshly drawn one: the first [`Effect::Append`]
    /// then makes the document under exactly this epoch, so that opening alone leaves no trace.
    pub epoch: Epoch,
    /// The sequence number of the last change, 0 when there is none.
    pub last_seq: u64,
    /// How many bytes its changes have.
    pub bytes: u64,
    /// What the room gave to the store as [`NewChange::meta`], with the sequence numbers, from the first on.
    pub metas: Vec<(u64, Vec<u8>)>,
    /// The sequence number of the last change in the newest snapshot, if there is one.
    pub snapshot_seq: Option<u64>,
}

/// What a room learns.
#[derive(Clone, Debug)]
pub enum Event {
    /// A Cutline client is connected; its first frame was read by [`Hello::read`].
    Joined {
        /// The new connection.
        peer: PeerId,
        /// Its first frame.
        hello: Hello,
        /// What it may do and for whom it speaks.
        grant: Grant,
    },
    /// A later frame of a Cutline client.
    Frame {
        /// Whose.
        peer: PeerId,
        /// One WebSocket message.
        bytes: Vec<u8>,
    },
    /// A stock Automerge client speaks of this backlog for the first time on its connection.
    DoorJoined {
        /// The connection, as this room knows it.
        peer: PeerId,
        /// The name the client gave itself, to which answers are addressed.
        name: String,
        /// What it may do.
        grant: Grant,
    },
    /// A message of a stock Automerge client about this backlog.
    DoorMessage {
        /// Whose.
        peer: PeerId,
        /// One WebSocket message.
        bytes: Vec<u8>,
    },
    /// A connection of either kind is gone. Also comes after the room closed it.
    Left {
        /// Which.
        peer: PeerId,
    },
    /// A link opens the backlog no more: those who came by it leave. `None` stands for those who came by the backlog's
    /// id alone.
    Revoked {
        /// Which.
        link: Option<LinkId>,
    },
    /// The answer to [`Effect::Append`]: the number of each change in the order given, all on disk.
    Appended {
        /// Which request.
        ticket: Ticket,
        /// The numbers.
        result: Result<Vec<u64>, StoreTrouble>,
    },
    /// The answer to [`Effect::Read`]: numbered change chunks in order, none only when there are none.
    Read {
        /// Which request.
        ticket: Ticket,
        /// The changes.
        result: Result<Vec<(u64, Vec<u8>)>, StoreTrouble>,
    },
    /// A peer's queue was full: the shell has dropped the [`Class::Change`] and [`Class::Presence`] frames in it, keeps
    /// the [`Class::Control`] ones, and will report [`Event::Writable`].
    Lagging {
        /// Whose.
        peer: PeerId,
    },
    /// The queue of a lagging peer is empty again.
    Writable {
        /// Whose.
        peer: PeerId,
    },
    /// The answer to [`Effect::ReadSnapshot`].
    SnapshotRead {
        /// Which request.
        ticket: Ticket,
        /// The newest snapshot of this log with the number of its last change, if there is one.
        result: Result<Option<(u64, Vec<u8>)>, StoreTrouble>,
    },
    /// A snapshot was put in the store.
    SnapshotMade {
        /// The last change in it.
        seq: u64,
    },
    /// A snapshot that was asked for can't be made.
    NoSnapshot {
        /// The number of the change that the document can't take, if that is why. It stays in the log, and no snapshot
        /// will hold it or what follows.
        unusable: Option<u64>,
    },
    /// The time named by [`next_wakeup`](crate::sync::room::Room::next_wakeup) has come.
    Tick,
    /// The relay stops: everybody is sent away.
    Stop,
}

/// What a room wants done. Effects are performed in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Queue one frame for one peer.
    Send {
        /// For whom.
        peer: PeerId,
        /// One WebSocket message.
        frame: SharedBytes,
        /// What may happen to it when the peer is slow.
        class: Class,
    },
    /// Queue the same frame for several peers.
    Broadcast {
        /// For whom.
        peers: Vec<PeerId>,
        /// One WebSocket message.
        frame: SharedBytes,
        /// What may happen to it when a peer is slow.
        class: Class,
    },
    /// Append these changes to the document's log, all or none, and answer [`Event::Appended`] when they are durable.
    /// There is never more than one of these unanswered.
    Append {
        /// Names the request.
        ticket: Ticket,
        /// The log that is meant; the store refuses any other.
        epoch: Epoch,
        /// Each after those it depends on.
        changes: Vec<NewChange>,
    },
    /// Read the log after this number, as many changes as fit and at least one if there is one, and answer
    /// [`Event::Read`].
    Read {
        /// Names the request.
        ticket: Ticket,
        /// The number before the first wanted.
        after: u64,
        /// How many bytes of changes are wanted at most.
        bytes_max: usize,
    },
    /// Send what is queued of [`Class::Control`], then close the connection with this WebSocket close code.
    Close {
        /// Which.
        peer: PeerId,
        /// The code, as [`Goodbye::close_code`](crate::sync::frame::Goodbye::close_code) gives it.
        code: u16,
    },
    /// Read the newest snapshot, and answer [`Event::SnapshotRead`].
    ReadSnapshot {
        /// Names the request.
        ticket: Ticket,
    },
    /// A good time to make a snapshot up to this number; answered by [`Event::SnapshotMade`] or [`Event::NoSnapshot`].
    Compact {
        /// The last change in the log.
        seq: u64,
    },
    /// The room has closed everybody and answers nobody any more: drop it and open the document anew for the next
    /// visitor.
    Retire,
}

/// What may happen to a queued frame when a peer is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Never dropped while the connection lives. A peer whose queue holds more of these than the shell allows is closed.
    Control,
    /// Changes: can be read from the log again.
    Change,
    /// Presence: dropped first.
    Presence,
}

/// A change on its way into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChange {
    /// Its name.
    pub hash: Hash,
    /// What the room wants to find in [`Opened::metas`].
    pub meta: Vec<u8>,
    /// The uncompressed change chunk.
    pub body: SharedBytes,
}

/// Why the store did not do what was asked, by what the room does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreTrouble {
    /// No room on the disk, or no answer for now; nothing of the request was done and it may be repeated.
    #[error("the relay's store takes nothing now")]
    Full,
    /// The log is not the one that was opened: it was restored, repaired or is gone.
    #[error("the backlog's log was replaced")]
    Replaced,
    /// The store can't be trusted any more.
    #[error("the relay's store is broken")]
    Broken,
}

/// Bytes that many holders share: cloning copies a pointer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedBytes(Arc<[u8]>);

impl From<Vec<u8>> for SharedBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Deref for SharedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SharedBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}
