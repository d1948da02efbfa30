//! One browser's backlog: the document with its storage and its connection, as a core without I/O.
//!
//! The worker of the leading tab runs one [`Session`]: it performs the [`Effect`]s and brings back what became of them
//! as [`Event`]s. A simulation does the same without a browser.

mod access;
mod core;
mod histories;
pub mod messages;
mod recovery;
mod relay;
mod rescue;
mod storage;
mod tabs;
mod trust;

use serde::{Deserialize, Serialize};

pub use self::{
    access::Knock,
    core::Session,
    rescue::{raw_backup, reached_alone},
};
use crate::{
    ids::TabId,
    model::View,
    session::messages::{FromSession, ToSession},
    sync::frame::Hash,
    time::Timestamp,
};

/// The view of a backlog with the heads at which it was made: shown at the next opening before the document is read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CachedView {
    /// [`Self::FORMAT`] of the version that wrote it.
    pub format: u32,
    /// The document's heads.
    pub heads: Vec<Hash>,
    /// The view.
    pub view: View,
}

impl CachedView {
    /// Counts the shapes that a view has had; no version reads another one's.
    pub const FORMAT: u32 = 0x5EED_0005;

    /// A view as a device keeps it; `None` where another version wrote it.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let (format, _) = postcard::take_from_bytes::<u32>(bytes).ok()?;
        if format != Self::FORMAT {
            return None;
        }
        postcard::from_bytes(bytes).ok()
    }
}

/// Opens every backup file; a document id and the document follow.
pub const BACKUP_MAGIC: &[u8; 8] = b"CUTLINE\x01";

/// What the session learns.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// What this device holds of the backlog; the first event of all.
    Opened(Stored),
    /// A page speaks.
    FromTab {
        /// Which.
        tab: TabId,
        /// What it says.
        message: ToSession,
    },
    /// A write is complete and durable as asked.
    Written {
        /// The write's number.
        ticket: u64,
    },
    /// A write failed; nothing of it is stored.
    WriteFailed {
        /// The write's number.
        ticket: u64,
        /// Why, for people.
        reason: String,
        /// Whether there is no room.
        full: bool,
    },
    /// The device's storage, which could not be read at the opening, can be now: this is what it holds. The write was not
    /// performed.
    Recovered {
        /// The write's number.
        ticket: u64,
        /// What the device holds.
        stored: Stored,
    },
    /// The socket is open.
    Connected,
    /// One frame came.
    Received(Vec<u8>),
    /// The socket is closed or could not be opened.
    Disconnected,
    /// The relay did not let this browser in.
    TurnedAway {
        /// Why, for people.
        reason: String,
        /// Whether trying again soon is of no use.
        lasting: bool,
    },
    /// Answer to [`Effect::FetchSnapshot`]: the bytes, or why there are none.
    Snapshot(Result<Vec<u8>, String>),
    /// The time named by [`Session::next_wakeup`] has come.
    Tick,
    /// Answer to [`Effect::Continue`].
    Continue,
}

/// What the session wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Say this to one page.
    ToTab {
        /// Which.
        tab: TabId,
        /// What.
        message: FromSession,
    },
    /// Write in one transaction, then report [`Event::Written`], [`Event::WriteFailed`] or [`Event::Recovered`]. Writes are
    /// performed in order.
    Write {
        /// The write's number.
        ticket: u64,
        /// What.
        write: Write,
    },
    /// Knock with [`Session::knock`] and open the socket; any earlier one is closed.
    Connect,
    /// Send one frame on the open socket.
    Send(Vec<u8>),
    /// Close the socket.
    Disconnect,
    /// Fetch the relay's snapshot of the backlog over HTTP.
    FetchSnapshot,
    /// Come back with [`Event::Continue`] after the other events that wait: a long piece of work is cut into slices.
    Continue,
}

/// What a device holds of a backlog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The session's own record, as last written; `None` when this device does not know the backlog.
    pub meta: Option<Vec<u8>>,
    /// The last snapshot.
    pub snapshot: Option<Vec<u8>>,
    /// Chunks that the snapshot does not cover, by their number, ascending.
    pub chunks: Vec<(u64, Vec<u8>)>,
    /// The encoded [`CachedView`], as last written.
    pub view: Option<Vec<u8>>,
}

/// One transaction on the device's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Write {
    /// Chunks to add, by number.
    pub append: Vec<(u64, Vec<u8>)>,
    /// A snapshot to put in place of the former one, and the number of the last chunk it covers: chunks up to that one
    /// are removed in the same transaction.
    pub snapshot: Option<(u64, Vec<u8>)>,
    /// The session's own record.
    pub meta: Vec<u8>,
    /// What the list of backlogs shows.
    pub summary: Summary,
    /// The encoded [`CachedView`] to show at the next opening, when it is worth writing anew.
    pub view: Option<Vec<u8>>,
    /// Whether `complete` must mean "on the disk" (own changes), or may mean "handed to the system" (what the relay has).
    pub strict: bool,
}

/// What the list of backlogs on this device shows of one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its name.
    pub name: String,
    /// How many items are in its ranked list.
    pub items: u64,
    /// Own changes that the relay has not acknowledged.
    pub unsent: u64,
    /// When it was last open here.
    pub opened: Timestamp,
}
