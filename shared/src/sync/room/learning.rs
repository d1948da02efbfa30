//! What the gate has to know of a log before it can judge a change: where its operations stand (G8). It is read when the
//! first change comes, so that a backlog that people only look at costs nothing; until then pushes wait.

use crate::{
    sync::room::{Effect, Room, StoreTrouble, Ticket},
    time::Timestamp,
};

/// How many bytes of the log are read at once. Taking them in is a few hundredths of a second in which nobody else in
/// the room is heard.
const READ_BYTES: usize = 128 * 1024;

/// The read of the next part of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Learning {
    #[default]
    No,
    Asked(Ticket),
    /// The store could not be read; the room tries again after a while.
    Postponed,
}

impl Room {
    /// Whether changes can be judged. If not, what is missing is being read.
    pub(super) fn can_judge(&mut self) -> bool {
        if self.book.can_judge() {
            return true;
        }
        if self.learning == Learning::No {
            let ticket = self.ticket();
            self.learning = Learning::Asked(ticket);
            self.effects.push(Effect::Read {
                ticket,
                after: self.book.learnt(),
                bytes_max: READ_BYTES,
            });
        }
        false
    }

    pub(super) fn learn(
        &mut self,
        result: Result<Vec<(u64, Vec<u8>)>, StoreTrouble>,
        now: Timestamp,
    ) {
        self.learning = Learning::No;
        let changes = match result {
            Ok(changes) => changes,
            Err(StoreTrouble::Full) => {
                self.learning = Learning::Postponed;
                return self.postpone_reading(now);
            }
            Err(StoreTrouble::Replaced) => return self.replaced(),
            Err(StoreTrouble::Broken) => return self.broken(),
        };
        if changes.is_empty() || !self.book.learn(&changes) {
            return self.replaced();
        }
        self.work_queue();
    }

    pub(super) fn learn_again(&mut self) {
        if self.learning == Learning::Postponed {
            self.learning = Learning::No;
            self.work_queue();
        }
    }
}
