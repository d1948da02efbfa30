//! Which days are worked on, and sprints cut out of them (`BT-12`, `BT-46`).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::day::Day;

/// A span that is longer than this is absurd and not counted further: about a hundred years.
const SPAN_MAX: i64 = 36_525;
/// More sprints than this are not made at once.
pub const SPRINTS_MAX: usize = 500;

/// The days that are worked on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// Monday to Sunday.
    pub weekdays: [bool; 7],
    /// Days that nobody works on.
    pub holidays: BTreeSet<Day>,
}

impl Default for Calendar {
    /// Monday to Friday.
    fn default() -> Self {
        Self {
            weekdays: [true, true, true, true, true, false, false],
            holidays: BTreeSet::new(),
        }
    }
}

impl Calendar {
    /// Whether a day is worked on.
    #[must_use]
    pub fn is_working(&self, day: Day) -> bool {
        let weekday = day.weekday().num_days_from_monday() as usize;
        self.weekdays[weekday] && !self.holidays.contains(&day)
    }

    /// How many days are worked on, the first and the last included; 0 where the last is before the first.
    #[must_use]
    pub fn between(&self, first: Day, last: Day) -> u32 {
        let working = days(first, last).filter(|day| self.is_working(*day));
        working.count() as u32
    }

    /// The working days left of a span, today included.
    #[must_use]
    pub fn left(&self, first: Day, last: Day, today: Day) -> u32 {
        self.between(first.max(today), last)
    }
}

/// The days from the first to the last, both included.
pub fn days(first: Day, last: Day) -> impl Iterator<Item = Day> {
    let length = last.days_since(first).min(SPAN_MAX);
    (0..=length).map(move |offset| first.plus(offset))
}

/// A sprint that is not made yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Its first day.
    pub start: Day,
    /// Its last day.
    pub end: Day,
}

/// Sprints cut out of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The sprints, one after the other.
    pub sprints: Vec<Slot>,
    /// The days that are left over at the end.
    pub leftover: i64,
}

/// Cuts the days of a release into sprints of a length in calendar days. Dates that end before they start, or no
/// length, make none.
#[must_use]
pub fn sprints(start: Day, target: Day, length_days: i64) -> Cut {
    let all = target
        .days_since(start)
        .saturating_add(1)
        .clamp(0, SPAN_MAX);
    if length_days < 1 {
        return Cut {
            sprints: Vec::new(),
            leftover: all,
        };
    }
    let count = (all / length_days).min(SPRINTS_MAX as i64);
    let slot = |index: i64| Slot {
        start: start.plus(index * length_days),
        end: start.plus((index + 1) * length_days - 1),
    };
    Cut {
        sprints: (0..count).map(slot).collect(),
        leftover: all - count * length_days,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn bt_12_weekends_and_holidays_are_not_worked_on() {
        let mut calendar = Calendar::default();
        let count = |calendar: &Calendar| calendar.between(day("2026-11-16"), day("2026-11-29"));
        assert_eq!(count(&calendar), 10);
        calendar.holidays.insert(day("2026-11-26"));
        calendar.holidays.insert(day("2026-11-28"));
        assert_eq!(count(&calendar), 9);
        assert_eq!(
            calendar.left(day("2026-11-16"), day("2026-11-29"), day("2026-11-25")),
            2
        );
        assert_eq!(calendar.between(day("2026-11-29"), day("2026-11-16")), 0);
    }

    #[test]
    fn bt_12_days_are_counted_over_the_ends_of_years_and_summer_time() {
        let calendar = Calendar::default();
        assert_eq!(calendar.between(day("2026-12-28"), day("2027-01-03")), 5);
        assert_eq!(calendar.between(day("2026-03-23"), day("2026-04-05")), 10);
        assert_eq!(calendar.between(day("2028-02-28"), day("2028-03-01")), 3);
    }

    #[test]
    fn bt_46_sprints_and_leftover_days() {
        let cut = sprints(day("2026-12-14"), day("2027-01-12"), 14);
        let ends: Vec<String> = cut
            .sprints
            .iter()
            .map(|slot| slot.end.to_string())
            .collect();
        assert_eq!(ends, ["2026-12-27", "2027-01-10"]);
        assert_eq!(cut.leftover, 2);
        assert_eq!(
            sprints(day("2026-12-14"), day("2026-12-01"), 14),
            Cut::default()
        );
        assert_eq!(sprints(day("2026-12-14"), day("2026-12-20"), 0).leftover, 7);
        assert_eq!(
            sprints(day("2000-01-01"), day("2099-01-01"), 1)
                .sprints
                .len(),
            SPRINTS_MAX
        );
    }

    proptest! {
        #[test]
        fn sprints_follow_each_other_without_gap(days in 0_i64..1_000, length in 1_i64..60) {
            let start = day("2026-02-20");
            let cut = sprints(start, start.plus(days), length);
            let mut next = start;
            for slot in &cut.sprints {
                prop_assert_eq!(slot.start, next);
                prop_assert_eq!(slot.end.days_since(slot.start), length - 1);
                next = slot.end.plus(1);
            }
            if cut.sprints.len() < SPRINTS_MAX {
                prop_assert!(cut.leftover < length);
            }
            prop_assert_eq!(next.plus(cut.leftover - 1), start.plus(days));
        }
    }
}
