//! Calendar days and the time zones that decide where they begin.
//!
//! No table of zones is here: a [`Zone`] says its offset from UTC at a moment. The browser and the server each bring
//! their own; [`Utc`] and [`Fixed`] need none.

use std::{fmt, str::FromStr};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A calendar day. It reads and is stored as `2026-11-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

/// It is not a day written as `2026-11-21`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write a day as 2026-11-21")]
pub struct NotADay;

impl Day {
    /// A day of the calendar; `None` where there is no such day.
    #[must_use]
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self)
    }

    /// The day of a moment in a time zone.
    #[must_use]
    pub fn of(at: Timestamp, zone: &dyn Zone) -> Self {
        let local = at
            .ms()
            .saturating_add(i64::from(zone.offset_minutes(at)).saturating_mul(MINUTE_MS));
        let days = i32::try_from(local.div_euclid(DAY_MS)).unwrap_or(0);
        NaiveDate::from_epoch_days(days).map_or(Self(NaiveDate::default()), Self)
    }

    /// The first moment of the day in a time zone. Where clocks go back over midnight it is the earlier one; where
    /// they skip midnight it is the moment they skip to.
    #[must_use]
    pub fn start(self, zone: &dyn Zone) -> Timestamp {
        let local = i64::from(self.0.to_epoch_days()).saturating_mul(DAY_MS);
        // The offset at midnight is one of those in force shortly before and after it.
        let guess = |from: i64| {
            let minutes = zone.offset_minutes(Timestamp::from_ms(local.saturating_add(from)));
            local.saturating_sub(i64::from(minutes) * MINUTE_MS)
        };
        let (before, after) = (guess(-DAY_MS), guess(DAY_MS));
        let (mut low, mut high) = (before.min(after), before.max(after));
        if Self::of(Timestamp::from_ms(low), zone) == self
            && Self::of(Timestamp::from_ms(low - 1), zone) < self
        {
            return Timestamp::from_ms(low);
        }
        low -= 1;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match Self::of(Timestamp::from_ms(middle), zone) < self {
                true => low = middle,
                false => high = middle,
            }
        }
        Timestamp::from_ms(high)
    }

    /// The first moment after the day in a time zone.
    #[must_use]
    pub fn end(self, zone: &dyn Zone) -> Timestamp {
        self.plus(1).start(zone)
    }

    /// The day this many days later; earlier where negative. It stays within the calendar.
    #[must_use]
    pub fn plus(self, days: i64) -> Self {
        let count = Days::new(days.unsigned_abs());
        let (moved, edge) = match days < 0 {
            true => (self.0.checked_sub_days(count), NaiveDate::MIN),
            false => (self.0.checked_add_days(count), NaiveDate::MAX),
        };
        Self(moved.unwrap_or(edge))
    }

    /// Days from `earlier` to here; negative where it is later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from(self.0.to_epoch_days()) - i64::from(earlier.0.to_epoch_days())
    }

    /// The day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }

    /// The day as the calendar library's value.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = (self.0.year(), self.0.month(), self.0.day());
        write!(out, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let mut parts = text.trim().split('-');
        let mut part = |digits: usize| {
            parts
                .next()
                .filter(|part| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()))
                .and_then(|part| part.parse::<u32>().ok())
                .ok_or(NotADay)
        };
        let (year, month, day) = (part(4)?, part(2)?, part(2)?);
        match parts.next() {
            Some(_) => Err(NotADay),
            None => Self::new(year as i32, month, day).ok_or(NotADay),
        }
    }
}

impl TryFrom<String> for Day {
    type Error = NotADay;

    fn try_from(text: String) -> Result<Self, NotADay> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

/// A time zone. A closure from a moment to minutes is one.
pub trait Zone {
    /// Minutes east of UTC at a moment: 60 for Berlin in winter.
    fn offset_minutes(&self, at: Timestamp) -> i32;
}

impl<F: Fn(Timestamp) -> i32> Zone for F {
    fn offset_minutes(&self, at: Timestamp) -> i32 {
        self(at)
    }
}

/// Coordinated universal time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utc;

impl Zone for Utc {
    fn offset_minutes(&self, _: Timestamp) -> i32 {
        0
    }
}

/// The same offset at all times, in minutes east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fixed(pub i32);

impl Zone for Fixed {
    fn offset_minutes(&self, _: Timestamp) -> i32 {
        self.0
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    /// Berlin in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
    pub(crate) fn berlin(at: Timestamp) -> i32 {
        let summer = 1_774_746_000_000..1_792_890_000_000;
        if summer.contains(&at.ms()) { 120 } else { 60 }
    }

    #[test]
    fn days_are_written_as_people_store_them() {
        assert_eq!(day("2026-11-21").to_string(), "2026-11-21");
        for wrong in [
            "",
            "2026",
            "2026-2-3",
            "2026-02-30",
            "21.11.2026",
            "2026-11-21-1",
            "+026-11-21",
        ] {
            assert_eq!(wrong.parse::<Day>(), Err(NotADay), "{wrong}");
        }
        let json = serde_json::to_string(&day("2026-11-21")).unwrap();
        assert_eq!(json, "\"2026-11-21\"");
        assert_eq!(
            serde_json::from_str::<Day>(&json).unwrap(),
            day("2026-11-21")
        );
    }

    #[test]
    fn a_day_is_as_long_as_its_zone_says() {
        let hours = |text: &str| {
            let day = day(text);
            day.end(&berlin).ms_since(day.start(&berlin)) / 3_600_000
        };
        assert_eq!(hours("2026-03-28"), 24);
        assert_eq!(hours("2026-03-29"), 23);
        assert_eq!(hours("2026-10-25"), 25);
        assert_eq!(hours("2026-12-31"), 24);
    }

    #[test]
    fn the_last_hour_of_a_year_is_in_the_next_year_farther_east() {
        let late = Timestamp::from_ms(day("2027-01-01").start(&Utc).ms() - 1);
        assert_eq!(Day::of(late, &Utc), day("2026-12-31"));
        assert_eq!(Day::of(late, &berlin), day("2027-01-01"));
        assert_eq!(Day::of(late, &Fixed(-480)), day("2026-12-31"));
    }

    #[test]
    fn a_midnight_that_clocks_skip_begins_where_they_skip_to() {
        // Summer time begins at local midnight: 00:00 becomes 01:00.
        let change = day("2026-04-24").start(&Fixed(120)).ms();
        let cairo = move |at: Timestamp| if at.ms() < change { 120 } else { 180 };
        let first = day("2026-04-24");
        assert_eq!(first.start(&cairo).ms(), change);
        assert_eq!(
            first.end(&cairo).ms_since(first.start(&cairo)),
            23 * 3_600_000
        );
    }

    #[test]
    fn absurd_moments_have_a_day() {
        for ms in [i64::MIN, i64::MAX] {
            let found = Day::of(Timestamp::from_ms(ms), &Fixed(i32::MAX));
            assert_eq!(
                found
                    .plus(i64::MAX)
                    .plus(i64::MIN)
                    .plus(0)
                    .days_since(found),
                { NaiveDate::MIN.to_epoch_days() as i64 - found.0.to_epoch_days() as i64 }
            );
        }
    }

    proptest! {
        #[test]
        fn every_moment_lies_within_its_day(ms in 1_700_000_000_000_i64..1_900_000_000_000) {
            let at = Timestamp::from_ms(ms);
            let day = Day::of(at, &berlin);
            prop_assert!(day.start(&berlin) <= at && at < day.end(&berlin));
        }
    }
}
