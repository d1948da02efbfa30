//! The relay's end of the protocol for one backlog, as a core without I/O: who is connected, what is on its way to the
//! log, and who has been told what.
//!
//! A shell performs the [`Effect`]s and brings back what became of them as [`Event`]s; it decides nothing. The log is
//! the truth: a room can be dropped at any moment and opened again from the store. `PROTOCOL.md` states the rules.

mod hello;
mod io;

pub use hello::{Farewell, Hello};
pub use io::{Class, Effect, Event, NewChange, Opened, PeerId, SharedBytes, StoreTrouble, Ticket};

use crate::{ids::DocumentId, time::Timestamp};

/// One open backlog.
#[derive(Debug)]
pub struct Room {
    document: DocumentId,
    opened: Opened,
}

impl Room {
    /// A room without anybody in it.
    #[must_use]
    pub fn new(document: DocumentId, opened: Opened) -> Self {
        Self { document, opened }
    }

    /// Takes one event and says what to do about it.
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        let _ = (event, now, &self.document, &self.opened);
        Vec::new()
    }

    /// When the room next wants an [`Event::Tick`], and what for.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        None
    }

    /// Whether nobody is here and nothing is under way, so that the room can be dropped.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        true
    }
}
