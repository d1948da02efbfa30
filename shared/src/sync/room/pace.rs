//! How fast one connection may bring something: a bucket that fills with time and that what comes is taken from.

use crate::{limits::Pace, time::Timestamp};

/// What one connection may still bring now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    pace: Pace,
    /// In thousandths; below zero after more came at once than there was.
    level: i64,
    filled: Timestamp,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn new(pace: Pace, now: Timestamp) -> Self {
        Self {
            pace,
            level: pace.at_once * 1_000,
            filled: now,
        }
    }

    /// Whether there is anything left.
    fn allows(&mut self, now: Timestamp) -> bool {
        let passed = now.ms_since(self.filled).max(0);
        self.filled = self.filled.max(now);
        let full = self.pace.at_once * 1_000;
        let more = passed.saturating_mul(self.pace.per_second);
        self.level = self.level.saturating_add(more).min(full);
        self.level > 0
    }

    /// Takes so much if anything is left. It may be more than there is: the rest is waited for afterwards.
    pub(super) fn spend(&mut self, amount: usize, now: Timestamp) -> bool {
        let allowed = self.allows(now);
        if allowed {
            let amount = i64::try_from(amount).unwrap_or(i64::MAX);
            self.level = self.level.saturating_sub(amount.saturating_mul(1_000));
        }
        allowed
    }

    /// When there will be something, if nothing is taken until then.
    pub(super) fn allows_at(&self) -> Timestamp {
        let lacking = (1 - self.level).max(0);
        let ms = (lacking + self.pace.per_second - 1) / self.pace.per_second;
        self.filled.plus_ms(ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_what_it_holds_at_once_and_then_fills_with_time() {
        let pace = Pace {
            per_second: 10,
            at_once: 5,
        };
        let start = Timestamp::from_ms(1_000);
        let mut bucket = Bucket::new(pace, start);
        for _ in 0..5 {
            assert!(bucket.spend(1, start));
        }
        assert!(!bucket.spend(1, start));
        let again = bucket.allows_at();
        assert!(!bucket.spend(1, again.plus_ms(-1)));
        assert!(bucket.spend(11, again));
        let late = again.plus_ms(1_000);
        assert!(!bucket.spend(1, late), "what was too much is waited for");
        assert!(bucket.spend(1, again.plus_ms(1_200)));
        let much_later = again.plus_ms(1_000_000);
        assert!(bucket.spend(5, much_later));
        assert!(!bucket.spend(1, much_later), "it holds no more than five");
    }
}
