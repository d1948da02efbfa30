//! Whose names can be believed (A14): what this device wrote itself, for which it alone can vouch, and what the relay said
//! of the changes of others. Both are kept on the device, so that they are known offline.

use serde::{Deserialize, Serialize};

use crate::{
    document::Backlog,
    session::Session,
    sync::{
        frame::{ClientFrame, Cursor, Epoch, Hash},
        standing::{Span, Unverified},
    },
};

/// So many former actors are remembered. This device changes its actor when something went wrong; what it wrote under
/// older ones is on the relay long since.
const ACTORS_REMEMBERED: usize = 64;

/// What the session knows of it beside what its document does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Trust {
    /// The actors under which this device wrote, with the number of the last change, latest actor last.
    own: Vec<([u8; 16], u64)>,
    /// Up to which change of which log the relay has told of unverified ones.
    told: Option<(Epoch, u64)>,
}

/// What is kept on the device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) trust: Trust,
    pub(super) unverified: Unverified,
}

impl Trust {
    /// This device wrote a change.
    fn wrote(&mut self, actor: [u8; 16], number: u64) {
        if let Some((_, last)) = self.own.iter_mut().find(|(own, _)| *own == actor) {
            *last = number.max(*last);
            return;
        }
        self.own.push((actor, number));
        if self.own.len() > ACTORS_REMEMBERED {
            self.own.remove(0);
        }
    }

    /// The number of this device's last change under an actor; 0 for one that is not its own.
    fn own_until(&self, actor: &[u8; 16]) -> u64 {
        let own = self.own.iter().find(|(own, _)| own == actor);
        own.map_or(0, |(_, last)| *last)
    }

    /// Takes over what was kept by an earlier session.
    pub(super) fn remember(&mut self, earlier: Self) {
        let own = std::mem::replace(&mut self.own, earlier.own);
        for (actor, number) in own {
            self.wrote(actor, number);
        }
    }
}

/// Whether this device wrote a change that its document holds.
pub(super) fn is_own(trust: &Trust, backlog: &Backlog, hash: &Hash) -> bool {
    let place = backlog.place_of(hash);
    place.is_some_and(|(actor, number)| number <= trust.own_until(&actor))
}

impl Session {
    /// Puts another document in place of this one, of which the same is known.
    pub(super) fn hold(&mut self, mut backlog: Backlog) {
        backlog.set_unverified(self.backlog.take_unverified());
        self.backlog = backlog;
    }

    /// What an earlier session kept. A device that kept nothing wrote all that stands under its actor.
    pub(super) fn restore_trust(&mut self, kept: Option<Kept>) {
        match kept {
            Some(Kept { trust, unverified }) => {
                self.trust = trust;
                self.backlog.set_unverified(unverified);
            }
            None => self.trust = Trust::default(),
        }
    }

    /// Once the document is read: versions that kept none of this wrote under one actor.
    pub(super) fn claim_own_actor(&mut self) {
        let actor = self.storage.actor;
        if self.trust.own.is_empty()
            && let Some(last) = self.backlog.last_number_of(actor)
        {
            self.trust.wrote(actor, last);
        }
    }

    /// This device wrote a change.
    pub(super) fn note_own(&mut self, hash: &Hash) {
        if let Some((actor, number)) = self.backlog.place_of(hash) {
            self.trust.wrote(actor, number);
        }
    }

    /// A change of somebody else came. One under this device's actor is no reason to write under it any longer: what
    /// stands behind it would not be told apart from it.
    pub(super) fn note_other(&mut self, hash: &Hash) {
        let place = self.backlog.place_of(hash);
        let is_intruder = place.is_some_and(|(actor, number)| {
            actor == self.storage.actor && number > self.trust.own_until(&actor)
        });
        if is_intruder {
            self.storage.actor = rand::Rng::random(&mut self.rng);
            self.backlog.set_actor(self.storage.actor);
            self.storage.note();
        }
    }

    pub(super) fn kept_trust(&self) -> Kept {
        Kept {
            trust: self.trust.clone(),
            unverified: self.backlog.unverified().clone(),
        }
    }

    /// Asks which changes of the relay's log are unverified, from where it was told last. What it was told beyond the
    /// cursor may have been of a log that was put back since.
    pub(super) fn ask_for_doubts(&mut self, cursor: Cursor) {
        let holds = |(epoch, seq): &(Epoch, u64)| *epoch == cursor.epoch && *seq <= cursor.mark.seq;
        self.trust.told = self.trust.told.filter(holds);
        self.ask_for_more_doubts();
    }

    /// The log may have been put back: what it was told of it is told anew.
    pub(super) fn forget_what_was_told(&mut self) {
        self.trust.told = None;
    }

    fn ask_for_more_doubts(&mut self) {
        let after = self.trust.told.map_or(0, |(_, seq)| seq);
        self.send(&ClientFrame::Doubt { after });
    }

    /// The relay tells of unverified changes.
    pub(super) fn take_unverified(&mut self, spans: &[Span], until: u64) {
        let Some(epoch) = self.relay_epoch() else {
            return;
        };
        let is_answer = until > 0;
        let mut is_news = false;
        if is_answer && self.trust.told.is_none_or(|(told, _)| told != epoch) {
            // What another log was unsure of is told anew, or has come from its author since.
            is_news = !self.backlog.take_unverified().is_empty();
        }
        for span in spans {
            // This device knows what it wrote.
            let own = self.trust.own_until(&span.actor);
            let first = span.first.max(own.saturating_add(1));
            let count = span.count.saturating_sub(first - span.first);
            let span = Span {
                first,
                count,
                ..*span
            };
            is_news |= self.backlog.doubt(&span);
        }
        if is_answer {
            self.trust.told = Some((epoch, until));
            if until < self.relay_last_seq() {
                self.ask_for_more_doubts();
            }
        }
        if is_news {
            self.storage.note();
        }
        // What is said as changes come is said before they are shown.
        if is_news && is_answer && self.backlog.is_ready() {
            self.backlog.read_authors_again();
            self.show_view();
            self.show_histories();
        }
    }
}
