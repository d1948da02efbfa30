//! When a snapshot is worth making.

use crate::time::Timestamp;

/// How many changes after the last snapshot call for another, unless the relay is set otherwise.
pub const COMPACT_CHANGES: u64 = 2_000;

/// How many bytes of changes after the last snapshot call for another.
pub(super) const COMPACT_BYTES: usize = 512 * 1024;

/// How long nothing is to be appended before a snapshot is made, in milliseconds.
pub(super) const COMPACT_QUIET_MS: i64 = 30_000;

/// After how many changes a snapshot does not wait for quiet any more.
pub(super) const COMPACT_AT_ONCE_CHANGES: u64 = 20_000;

/// How long a snapshot that was asked for may take before it is asked for again, in milliseconds.
const COMPACT_PATIENCE_MS: i64 = 600_000;

/// What came since the last snapshot.
#[derive(Debug)]
pub(super) struct Upkeep {
    snapshot_seq: Option<u64>,
    /// How many changes call for a snapshot.
    every: u64,
    /// Of changes that this room appended itself.
    bytes: usize,
    appended: Timestamp,
    asked: Option<Timestamp>,
    /// The number up to which a snapshot is being made.
    making: Option<u64>,
    /// The change that no snapshot can hold.
    unusable: Option<u64>,
}

impl Upkeep {
    pub(super) fn new(snapshot_seq: Option<u64>) -> Self {
        Self {
            snapshot_seq,
            every: COMPACT_CHANGES,
            bytes: 0,
            appended: Timestamp::default(),
            asked: None,
            making: None,
            unusable: None,
        }
    }

    pub(super) fn set_every(&mut self, changes: u64) {
        self.every = changes;
    }

    pub(super) fn snapshot_seq(&self) -> Option<u64> {
        self.snapshot_seq
    }

    pub(super) fn snapshot_made(&mut self, seq: u64) {
        self.snapshot_seq = self.snapshot_seq.max(Some(seq));
        self.bytes = 0;
        self.asked = None;
        self.making = None;
    }

    /// The snapshot that was asked for is not made; patience runs on before the next is asked for.
    pub(super) fn no_snapshot(&mut self, unusable: Option<u64>) {
        self.making = None;
        if unusable.is_some() {
            self.unusable = unusable;
            // What comes before it is worth a snapshot at once.
            self.asked = None;
        }
    }

    /// How far a snapshot can reach in a log of this length.
    pub(super) fn reach(&self, last_seq: u64) -> u64 {
        let before = self.unusable.map(|seq| seq.saturating_sub(1));
        before.map_or(last_seq, |before| before.min(last_seq))
    }

    /// Somebody needs a snapshot that lacks at most so many changes. Says whether it is to be asked for: not when one
    /// is being made already.
    pub(super) fn demand(&mut self, last_seq: u64, tail_max: u64) -> bool {
        if self.making.is_some_and(|seq| seq + tail_max >= last_seq) {
            return false;
        }
        self.making = Some(last_seq);
        true
    }

    pub(super) fn appended(&mut self, bytes: usize, now: Timestamp) {
        self.bytes += bytes;
        self.appended = now;
    }

    /// When [`Upkeep::compact`] next says yes.
    pub(super) fn due(&self, last_seq: u64) -> Option<Timestamp> {
        let reach = self.reach(last_seq);
        let tail = reach.saturating_sub(self.snapshot_seq.unwrap_or(0));
        let is_large = self.bytes >= COMPACT_BYTES && reach == last_seq;
        if tail < self.every && !is_large {
            return None;
        }
        let quiet = if tail < COMPACT_AT_ONCE_CHANGES {
            self.appended.plus_ms(COMPACT_QUIET_MS)
        } else {
            self.appended
        };
        let again = self.asked.map(|asked| asked.plus_ms(COMPACT_PATIENCE_MS));
        Some(again.map_or(quiet, |again| again.max(quiet)))
    }

    /// The number up to which a snapshot is to be made now, if one is.
    pub(super) fn compact(&mut self, last_seq: u64, now: Timestamp) -> Option<u64> {
        if self.due(last_seq)? > now {
            return None;
        }
        let seq = self.reach(last_seq);
        self.asked = Some(now);
        self.making = Some(seq);
        Some(seq)
    }
}
