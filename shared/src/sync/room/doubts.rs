//! For the authors of which changes nobody vouches (A14). Nothing is refused for its author: colleagues pass changes on
//! for each other. Who reads a name is told where the relay did not see that person.

use serde::{Deserialize, Serialize};

use crate::{
    gate::ChangeMeta,
    ids::PersonId,
    sync::{
        frame::{self, RelayFrame},
        room::{Class, PeerId, Room},
        standing::{SPANS_PER_FRAME_MAX, Span},
    },
};

/// Whether somebody vouched for a change's author when it came. Kept with the change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Standing {
    /// The relay did not ask then, or does not know any more.
    #[default]
    Unknown,
    /// It came from its author, or names none.
    Vouched,
    /// It came from somebody else, or from somebody who proved nothing.
    Unverified,
}

impl Standing {
    /// The standing of a change of this author that comes from whoever wrote it, as far as that is proved.
    pub(super) fn of(author: Option<[u8; 16]>, speaks_for: Option<PersonId>) -> Self {
        let own = speaks_for.map(|person| *person.as_bytes());
        match author {
            Some(author) if own != Some(author) => Self::Unverified,
            Some(_) | None => Self::Vouched,
        }
    }
}

/// The unverified changes of a log in its order, with those that are being appended.
#[derive(Debug, Default)]
pub(super) struct Doubts {
    changes: Vec<Doubt>,
}

#[derive(Clone, Copy, Debug)]
struct Doubt {
    seq: u64,
    actor: [u8; 16],
    number: u64,
}

impl Doubt {
    fn follows(&self, span: &Span) -> bool {
        span.actor == self.actor && span.first + span.count == self.number
    }
}

impl Doubts {
    /// Takes note of the log's next change.
    pub(super) fn note(&mut self, seq: u64, meta: &ChangeMeta, standing: Standing) {
        if standing == Standing::Unverified {
            self.changes.push(Doubt {
                seq,
                actor: meta.actor,
                number: meta.seq,
            });
        }
    }

    /// Those behind one number up to another, as many as a frame holds, and up to where these are all.
    pub(super) fn told(&self, after: u64, last_seq: u64) -> (Vec<Span>, u64) {
        let from = self.changes.partition_point(|doubt| doubt.seq <= after);
        let mut spans: Vec<Span> = Vec::new();
        let mut until = after;
        for doubt in self.changes[from..]
            .iter()
            .take_while(|doubt| doubt.seq <= last_seq)
        {
            if let Some(span) = spans.last_mut().filter(|span| doubt.follows(span)) {
                span.count += 1;
            } else if spans.len() < SPANS_PER_FRAME_MAX {
                spans.push(Span {
                    actor: doubt.actor,
                    first: doubt.number,
                    count: 1,
                });
            } else {
                return (spans, until);
            }
            until = doubt.seq;
        }
        (spans, last_seq)
    }
}

impl Room {
    pub(super) fn doubt(&mut self, peer: PeerId, after: u64) {
        let last_seq = self.book.last_seq();
        if after > last_seq {
            return self.malformed(peer, "This client has been told of more than there is.");
        }
        let (spans, until) = self.book.doubts.told(after, last_seq);
        self.send(peer, &RelayFrame::Unverified { spans, until });
    }

    /// Tells everybody which of the changes behind this number are unverified: those that were just stored. Who does not
    /// keep up misses it together with the changes, and asks again before pulling them.
    pub(super) fn tell_doubts(&mut self, after: u64) {
        let last_seq = self.book.last_seq();
        let mut told = after;
        while told < last_seq {
            let (spans, until) = self.book.doubts.told(told, last_seq);
            if !spans.is_empty() {
                let told = RelayFrame::Unverified { spans, until: 0 };
                let peers = self.in_touch();
                self.broadcast(peers, frame::encode(&told).into(), Class::Change);
            }
            told = until;
        }
    }
}
