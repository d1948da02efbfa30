//! A time zone over a span of time. Browsers tell an offset slowly and charts ask for it at every midnight, so it is
//! looked up once a week and the moments at which it changes are found between.

use crate::{planning::day::Zone, time::Timestamp};

/// Between two looks, in milliseconds: no zone changes its offset twice within a week.
const STEP_MS: i64 = 7 * 86_400_000;
/// So many weeks are looked at, two hundred years, however long the span is said to be.
const STEPS_MAX: i64 = 10_400;

/// The offsets of a zone from one moment to another; before and after, those of its ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    first: i32,
    /// From when on the offset is another one, in minutes east of UTC.
    changes: Vec<(Timestamp, i32)>,
}

impl Offsets {
    /// Looks up a zone between two moments.
    #[must_use]
    pub fn between(from: Timestamp, to: Timestamp, zone: impl Fn(Timestamp) -> i32) -> Self {
        let first = zone(from);
        let mut offsets = Self {
            first,
            changes: Vec::new(),
        };
        let (mut here, mut offset) = (from, first);
        for _ in 0..STEPS_MAX {
            if here >= to {
                break;
            }
            let next = here.plus_ms(STEP_MS).min(to);
            let then = zone(next);
            if then != offset {
                let at = change(here, next, &zone, offset);
                offsets.changes.push((at, then));
                offset = then;
            }
            here = next;
        }
        offsets
    }
}

/// The first millisecond after `from` and until `to` at which the offset is not this one any more.
fn change(
    from: Timestamp,
    to: Timestamp,
    zone: impl Fn(Timestamp) -> i32,
    offset: i32,
) -> Timestamp {
    let (mut before, mut after) = (from.ms(), to.ms());
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if zone(Timestamp::from_ms(middle)) == offset {
            before = middle;
        } else {
            after = middle;
        }
    }
    Timestamp::from_ms(after)
}

impl Zone for Offsets {
    fn offset_minutes(&self, at: Timestamp) -> i32 {
        let passed = self.changes.partition_point(|(change, _)| *change <= at);
        match passed.checked_sub(1) {
            Some(last) => self.changes[last].1,
            None => self.first,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planning::day::{Day, tests::berlin};

    #[test]
    fn a_looked_up_zone_is_the_zone() {
        let ms = |text: &str| text.parse::<Day>().unwrap().start(&berlin);
        let (from, to) = (ms("2026-01-01"), ms("2027-01-01"));
        let offsets = Offsets::between(from, to, berlin);
        assert_eq!(offsets.changes.len(), 2);
        for hour in -50..24 * 370 {
            for ms in [-1, 0, 1] {
                let at = from.plus_ms(hour * 3_600_000 + ms);
                assert_eq!(offsets.offset_minutes(at), berlin(at), "{at:?}");
            }
        }
    }

    #[test]
    fn absurd_spans_end() {
        let (least, most) = (Timestamp::from_ms(i64::MIN), Timestamp::from_ms(i64::MAX));
        assert_eq!(
            Offsets::between(least, most, |_| 60).offset_minutes(most),
            60
        );
        assert_eq!(
            Offsets::between(most, least, |_| 60).offset_minutes(least),
            60
        );
    }
}
