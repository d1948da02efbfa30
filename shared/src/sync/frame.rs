//! The frames of Cutline's own protocol: one postcard message per binary WebSocket frame.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

pub use crate::limits::{
    FRAME_BYTES_MAX, FRAME_CHANGES_BYTES_MAX as CHANGES_BYTES_MAX, HASHES_PER_FRAME_MAX,
    PUSHES_IN_FLIGHT_MAX, STORED_CHANGE_BYTES_MAX as CHANGE_BYTES_MAX,
};
use crate::{
    ids::{DocumentId, ItemId, PersonId},
    model::Person,
    sync::{access::Role, standing::Span},
};

/// The version of this protocol. A relay answers any other with [`Goodbye::WrongVersion`].
pub const PROTOCOL_VERSION: u16 = 3;

/// The SHA-256 of a change, which names it everywhere.
pub type Hash = [u8; 32];

/// A relay's log of one document, until a restore or a repair makes another one of it.
pub type Epoch = u64;

/// A place in a log, with what stands there and before: a log that was put back and went on differently holds others there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The sequence number, 0 for the place before the first change.
    pub seq: u64,
    /// The hashes of all changes up to that number, joined by exclusive or; zeroes for none. The last one alone would not
    /// do: a log that was put back may come to the same change under the same number by other changes.
    pub sum: Hash,
}

impl Mark {
    /// The mark after these changes, which are the log's first.
    pub fn after<'a>(hashes: impl IntoIterator<Item = &'a Hash>) -> Self {
        hashes.into_iter().fold(Self::default(), Self::then)
    }

    /// The mark one change further on.
    #[must_use]
    pub fn then(mut self, hash: &Hash) -> Self {
        self.seq += 1;
        for (sum, byte) in self.sum.iter_mut().zip(hash) {
            *sum ^= byte;
        }
        self
    }
}

/// How far a client has stored the relay's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The log.
    pub epoch: Epoch,
    /// The last change stored.
    pub mark: Mark,
}

/// From a browser to the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClientFrame {
    /// The first frame of a connection.
    Hello {
        /// [`PROTOCOL_VERSION`].
        protocol: u16,
        /// The backlog.
        document: DocumentId,
        /// Who connects.
        person: PersonId,
        /// How far this client has stored the log, if it ever did.
        cursor: Option<Cursor>,
        /// Whether the client holds changes of its own, so that the relay should begin a log for an unknown backlog.
        holds_changes: bool,
    },
    /// Send me what follows this sequence number, then all that comes.
    Pull {
        /// The last sequence number that the client has.
        after: u64,
    },
    /// I have taken everything up to here; the next page may follow. Not needed for a frame that ends the log.
    Seen {
        /// The last sequence number that the client has.
        seq: u64,
    },
    /// Changes for the log, each after those it depends on.
    Push {
        /// Counts the client's pushes.
        batch: u64,
        /// Change chunks.
        changes: Vec<Vec<u8>>,
        /// The places, from 0, of those that this client did not write itself: it passes them on, and vouches for
        /// nobody.
        passed_on: Vec<u32>,
    },
    /// What I hold, in parts: the answer to [`RelayFrame::Welcome::reconcile`].
    Have {
        /// Hashes of changes.
        hashes: Vec<Hash>,
        /// Whether this is the last part.
        last: bool,
    },
    /// What others may see of me. Never stored.
    Presence {
        /// My name and colour.
        profile: Person,
        /// The item I look at.
        item: Option<ItemId>,
    },
    /// For the authors of which changes behind this sequence number does nobody vouch?
    Doubt {
        /// How far the client has been told.
        after: u64,
    },
}

/// From the relay to a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayFrame {
    /// The answer to Hello.
    Welcome {
        /// The log.
        epoch: Epoch,
        /// Its last sequence number, 0 when empty.
        last_seq: u64,
        /// The last change in the snapshot that can be fetched over HTTP, if there is one.
        snapshot: Option<Mark>,
        /// Whether the client is to say what it holds: its cursor does not stand in this log.
        reconcile: bool,
        /// The number under which others see this connection.
        peer: u64,
    },
    /// These changes are in the log, on disk. Ends the answer to a push: each of its changes is either in here or was
    /// refused before.
    Acknowledged {
        /// The push.
        batch: u64,
        /// Hash and sequence number of each accepted change.
        changes: Vec<(Hash, u64)>,
    },
    /// One pushed change is not in the log.
    Refused {
        /// The push.
        batch: u64,
        /// The change; with [`RefusalCode::Later`] zeroes, for the whole push.
        hash: Hash,
        /// What the client does about it.
        code: RefusalCode,
        /// For people.
        detail: String,
    },
    /// Changes of the log in order. Only these move a client's cursor.
    Changes {
        /// The sequence number of the first.
        from_seq: u64,
        /// Change chunks.
        changes: Vec<Vec<u8>>,
        /// The log's last sequence number when this was made.
        last_seq: u64,
    },
    /// The answer to [`ClientFrame::Have`]; parts of it may come before the last Have is sent.
    Want {
        /// Changes that the relay lacks, of those that the client has.
        hashes: Vec<Hash>,
        /// The client lacks nothing up to here. Stands in the last part; the log's beginning in the others.
        lacks_nothing_until: Mark,
        /// Whether another such frame follows.
        more: bool,
    },
    /// Somebody is here, or no longer.
    Presence {
        /// The connection.
        peer: u64,
        /// Who, and what they look at; `None` when they left.
        present: Option<Presence>,
    },
    /// The relay can't store now; pushed changes wait until it says [`RelayFrame::Recovered`].
    Troubled {
        /// For people.
        detail: String,
    },
    /// The relay stores again; what was not acknowledged is to be sent again.
    Recovered,
    /// The last frame of a connection that the relay ends.
    Goodbye {
        /// Why.
        reason: Goodbye,
        /// For people: what happened and what to do.
        detail: String,
    },
    /// Changes were left out because the client did not keep up; it sends [`ClientFrame::Pull`] from its cursor.
    Resume,
    /// What the client may do. Follows Welcome.
    Access {
        /// The role of its link.
        role: Role,
        /// The name that somebody whom the relay trusts vouches for, under which others see this person.
        name: Option<String>,
    },
    /// The authors of these changes are unverified: an answer to [`ClientFrame::Doubt`], or said as such changes come,
    /// before they are told.
    Unverified {
        /// Which.
        spans: Vec<Span>,
        /// Up to this sequence number the client has been told of all; 0 in what is no answer.
        until: u64,
    },
}

/// What others see of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    pub person: PersonId,
    /// Their name and colour.
    pub profile: Person,
    /// The item they look at.
    pub item: Option<ItemId>,
    /// How far it is sure who they are.
    pub known: Known,
}

/// How far it is sure that somebody is who they say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Known {
    /// They say so.
    #[default]
    Claimed,
    /// It is the same device as before.
    Device,
    /// Somebody whom the relay trusts vouches for the name.
    Vouched,
}

/// Why a change is not in the log, by what the client does about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusalCode {
    /// Send these first, then this one again.
    Needs(Vec<Hash>),
    /// The actor's number is taken by another change: write again under a fresh actor.
    ActorTaken,
    /// The relay never takes this change: keep it aside and tell the person.
    Invalid,
    /// The backlog is full: keep it aside and tell the person.
    TooLarge,
    /// Not now: send it again after [`RelayFrame::Recovered`].
    Later,
    /// The link that the client came by does not let it do this: keep it aside and tell the person.
    Forbidden,
}

impl RefusalCode {
    /// A word for it, for counting.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Needs(_) => "needs",
            Self::ActorTaken => "actor_taken",
            Self::Invalid => "invalid",
            Self::TooLarge => "too_large",
            Self::Later => "later",
            Self::Forbidden => "forbidden",
        }
    }
}

/// Why the relay ends a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goodbye {
    /// This relay speaks another version; load the page anew.
    WrongVersion,
    /// The relay does not know the backlog, and the client holds nothing of it.
    UnknownBacklog,
    /// A frame could not be read or came out of turn.
    Malformed,
    /// Too many connections, or too much in flight; come back later.
    Busy,
    /// The client did not keep up; it resumes from its cursor.
    TooSlow,
    /// The relay stops; come back.
    Stopping,
    /// The relay's own fault; come back.
    Broken,
    /// The link was revoked or has expired.
    NoAccess,
}

impl Goodbye {
    /// The WebSocket close code that goes with it.
    #[must_use]
    pub const fn close_code(self) -> u16 {
        match self {
            Self::Malformed => 4400,
            Self::NoAccess => 4403,
            Self::UnknownBacklog => 4404,
            Self::TooSlow => 4408,
            Self::WrongVersion => 4426,
            Self::Busy => 4429,
            Self::Broken => 4500,
            Self::Stopping => 4503,
        }
    }

    /// A word for it, for counting.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownBacklog => "unknown_backlog",
            Self::TooSlow => "too_slow",
            Self::WrongVersion => "wrong_version",
            Self::Busy => "busy",
            Self::Broken => "broken",
            Self::NoAccess => "no_access",
            Self::Stopping => "stopping",
        }
    }
}

/// A frame that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It is longer than [`FRAME_BYTES_MAX`].
    #[error("the frame has {0} bytes, more than {FRAME_BYTES_MAX}")]
    TooLong(usize),
    /// It is not a frame of this protocol.
    #[error("the frame is malformed")]
    Malformed,
}

/// Writes a frame.
#[must_use]
pub fn encode(frame: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(frame).expect("frames hold nothing that postcard can't write")
}

/// Reads a frame: bounded before it is parsed, and whole.
///
/// # Errors
/// When it is too long, is cut, or has bytes left over.
pub fn decode<F: DeserializeOwned>(bytes: &[u8]) -> Result<F, FrameError> {
    if bytes.len() > FRAME_BYTES_MAX {
        return Err(FrameError::TooLong(bytes.len()));
    }
    match postcard::take_from_bytes(bytes) {
        Ok((frame, [])) => Ok(frame),
        Ok(_) | Err(_) => Err(FrameError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w1_frames_survive_the_wire() {
        let frame = ClientFrame::Push {
            batch: 7,
            changes: vec![vec![1, 2, 3], vec![]],
            passed_on: vec![1],
        };
        assert_eq!(decode(&encode(&frame)), Ok(frame));
    }

    #[test]
    fn w2_cut_padded_and_oversized_frames_are_refused() {
        let bytes = encode(&ClientFrame::Seen { seq: 300 });
        assert_eq!(
            decode::<ClientFrame>(&bytes[..bytes.len() - 1]),
            Err(FrameError::Malformed)
        );
        assert_eq!(
            decode::<ClientFrame>(&[&bytes[..], &[0]].concat()),
            Err(FrameError::Malformed)
        );
        assert_eq!(
            decode::<ClientFrame>(&vec![0; FRAME_BYTES_MAX + 1]),
            Err(FrameError::TooLong(FRAME_BYTES_MAX + 1))
        );
    }
}
