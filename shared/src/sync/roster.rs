//! Who is here: the latest presence of each connection, coalesced. Never stored.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    mem,
};

use crate::{
    sync::{
        frame::{self, Presence, RelayFrame},
        room::{PeerId, SharedBytes},
    },
    time::Timestamp,
};

/// How long a connection's presence rests after it was told to others, in milliseconds (`PROTOCOL.md` P2).
pub const PRESENCE_REST_MS: i64 = 50;

/// How many characters of a name others see (P5).
pub const NAME_CHARS_MAX: usize = 80;

/// How many departures are remembered for those who did not keep up (P6).
const DEPARTURES_MAX: usize = 1_000;

/// The presence of each connection that said something of itself.
#[derive(Debug, Default)]
pub struct Roster {
    present: BTreeMap<PeerId, Entry>,
    /// Whose latest presence others have yet to be told, and when.
    waiting: BTreeSet<(Timestamp, PeerId)>,
    departed: VecDeque<PeerId>,
    departures: u64,
}

#[derive(Debug)]
struct Entry {
    presence: Presence,
    frame: SharedBytes,
    told: Timestamp,
}

impl Roster {
    /// Takes what a connection says of itself; gives the frame for the others, unless it has to wait.
    pub fn say(
        &mut self,
        peer: PeerId,
        mut presence: Presence,
        now: Timestamp,
    ) -> Option<SharedBytes> {
        if let Some((end, _)) = presence.profile.name.char_indices().nth(NAME_CHARS_MAX) {
            presence.profile.name.truncate(end);
        }
        let known = self.present.get(&peer);
        if known.is_some_and(|entry| entry.presence == presence) {
            return None;
        }
        let frame = frame_of(peer, Some(&presence));
        let told = known.map(|entry| entry.told);
        let rests_until = told.map(|told| told.plus_ms(PRESENCE_REST_MS));
        let waits = rests_until.filter(|until| now < *until);
        let entry = Entry {
            presence,
            frame: frame.clone(),
            told: told.filter(|_| waits.is_some()).unwrap_or(now),
        };
        self.present.insert(peer, entry);
        if let Some(until) = rests_until {
            self.waiting.remove(&(until, peer));
        }
        if let Some(until) = waits {
            self.waiting.insert((until, peer));
            return None;
        }
        Some(frame)
    }

    /// The frames whose rest is over.
    pub fn due(&mut self, now: Timestamp) -> Vec<(PeerId, SharedBytes)> {
        let later = self.waiting.split_off(&(now.plus_ms(1), PeerId(0)));
        let due = mem::replace(&mut self.waiting, later);
        let mut frames = Vec::with_capacity(due.len());
        for (_, peer) in due {
            if let Some(entry) = self.present.get_mut(&peer) {
                entry.told = now;
                frames.push((peer, entry.frame.clone()));
            }
        }
        frames
    }

    /// When [`Roster::due`] next has something.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(at, _)| *at)
    }

    /// A connection is gone; gives the frame for the others if they know of it.
    pub fn leave(&mut self, peer: PeerId) -> Option<SharedBytes> {
        let entry = self.present.remove(&peer)?;
        let until = entry.told.plus_ms(PRESENCE_REST_MS);
        self.waiting.remove(&(until, peer));
        self.departures += 1;
        self.departed.push_back(peer);
        if self.departed.len() > DEPARTURES_MAX {
            self.departed.pop_front();
        }
        Some(frame_of(peer, None))
    }

    /// A frame for each of the others who is here.
    pub fn others(&self, peer: PeerId) -> impl Iterator<Item = SharedBytes> {
        self.present
            .iter()
            .filter(move |(other, _)| **other != peer)
            .map(|(_, entry)| entry.frame.clone())
    }

    /// How many have departed so far.
    #[must_use]
    pub fn departures(&self) -> u64 {
        self.departures
    }

    /// A frame for each departure since there were `departures`; `None` when they are no longer remembered.
    #[must_use]
    pub fn departed_since(&self, departures: u64) -> Option<Vec<SharedBytes>> {
        let missed = usize::try_from(self.departures - departures).ok()?;
        let skipped = self.departed.len().checked_sub(missed)?;
        let frames = self.departed.iter().skip(skipped);
        Some(frames.map(|peer| frame_of(*peer, None)).collect())
    }
}

fn frame_of(peer: PeerId, presence: Option<&Presence>) -> SharedBytes {
    frame::encode(&RelayFrame::Presence {
        peer: peer.0,
        present: presence.cloned(),
    })
    .into()
}
