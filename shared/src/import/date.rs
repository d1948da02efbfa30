//! Dates as trackers write them. Each layout is pinned; what none of them accepts is not a date, and what two of them
//! accept is decided by the file or by the person, never guessed.

use crate::time::Timestamp;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// A date as one cell gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Year, month and day are told apart.
    Sure(Moment),
    /// Day and month are numbers whose order the cell does not tell.
    Either {
        first: i64,
        second: i64,
        year: i64,
        clock: Clock,
    },
}

/// A day with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    year: i64,
    month: i64,
    day: i64,
    clock: Clock,
}

/// A time of day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clock {
    ms: i64,
    /// Minutes east of UTC, where the cell says so.
    offset: Option<i64>,
}

impl Reading {
    /// The moment, where `day_first` settles the order and such a day exists. Times without a zone are in the zone that
    /// many minutes east of UTC.
    pub(super) fn resolve(
        self,
        day_first: Option<bool>,
        utc_offset_minutes: i32,
    ) -> Option<Timestamp> {
        let moment = match self {
            Self::Sure(moment) => moment,
            Self::Either {
                first,
                second,
                year,
                clock,
            } => {
                let (day, month) = if day_first? {
                    (first, second)
                } else {
                    (second, first)
                };
                Moment {
                    year,
                    month,
                    day,
                    clock,
                }
            }
        };
        moment.timestamp(utc_offset_minutes)
    }

    /// What this cell says about the order of day and month in its file.
    pub(super) fn tells_day_first(self) -> Option<bool> {
        match self {
            Self::Either { first, .. } if first > 12 => Some(true),
            Self::Either { second, .. } if second > 12 => Some(false),
            _ => None,
        }
    }
}

impl Moment {
    fn timestamp(self, utc_offset_minutes: i32) -> Option<Timestamp> {
        let valid = (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day);
        let offset = self.clock.offset.unwrap_or(i64::from(utc_offset_minutes));
        let days = days_since_epoch(self.year, self.month, self.day);
        valid.then(|| Timestamp::from_ms(days * DAY_MS + self.clock.ms - offset * MINUTE_MS))
    }
}

/// Reads a cell; `None` where it is not a date in any known layout.
pub(super) fn read(text: &str) -> Option<Reading> {
    let text = text.trim();
    if text.len() > 80 {
        return None;
    }
    iso(text)
        .or_else(|| with_month_name(text))
        .or_else(|| numeric(text))
        .or_else(|| javascript(text))
}

/// The moment as RFC 3339 writes it, in UTC with milliseconds; `None` outside the years 0 to 9999.
#[must_use]
pub fn to_text(at: Timestamp) -> Option<String> {
    let days = at.ms().div_euclid(DAY_MS);
    let ms = at.ms().rem_euclid(DAY_MS);
    let (year, month, day) = day_of(days);
    (0..=9999).contains(&year).then(|| {
        let (hour, minute, second) = (ms / 3_600_000, ms / MINUTE_MS % 60, ms / 1_000 % 60);
        format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
            ms % 1_000
        )
    })
}

/// `2026-07-01`, `2026-07-01 10:00`, `2026-07-01T10:00:00.123Z`, `…+02:00`.
fn iso(text: &str) -> Option<Reading> {
    let mut cursor = Cursor(text);
    let year = cursor.number(4..=4)?;
    let separator = cursor.one_of("-/")?;
    let month = cursor.number(1..=2)?;
    cursor.literal(separator)?;
    let day = cursor.number(1..=2)?;
    if cursor.one_of("Tt").is_none() {
        cursor.spaces();
    }
    let clock = cursor.clock_to_end()?;
    Some(Reading::Sure(Moment {
        year,
        month,
        day,
        clock,
    }))
}

/// `24/Jun/26 5:39 PM`, `11/May/24`, `Jul/23/26 7:36 PM`, `23 Jul 2026`, `Jul 23, 2026`.
fn with_month_name(text: &str) -> Option<Reading> {
    let mut cursor = Cursor(text);
    let (day, month) = match cursor.number(1..=2) {
        Some(day) => {
            cursor.separator()?;
            (day, month_named(cursor.word())?)
        }
        None => {
            let month = month_named(cursor.word())?;
            cursor.separator()?;
            (cursor.number(1..=2)?, month)
        }
    };
    cursor.separator()?;
    let year = cursor.year()?;
    cursor.one_of(",");
    cursor.spaces();
    let clock = cursor.clock_to_end()?;
    Some(Reading::Sure(Moment {
        year,
        month,
        day,
        clock,
    }))
}

/// `7/9/2026 10:00`, `12-12-2024 14:42`, `5/28/25 17:00`; with dots the day comes first.
fn numeric(text: &str) -> Option<Reading> {
    let mut cursor = Cursor(text);
    let first = cursor.number(1..=2)?;
    let separator = cursor.one_of("/-.")?;
    let second = cursor.number(1..=2)?;
    cursor.literal(separator)?;
    let year = cursor.year()?;
    cursor.one_of(",");
    cursor.spaces();
    let clock = cursor.clock_to_end()?;
    let moment = |day, month| {
        Reading::Sure(Moment {
            year,
            month,
            day,
            clock,
        })
    };
    match separator {
        '.' => Some(moment(first, second)),
        _ if first == second => Some(moment(first, second)),
        _ => Some(Reading::Either {
            first,
            second,
            year,
            clock,
        }),
    }
}

/// `Wed May 13 2026 11:21:41 GMT+0000 (GMT+00:00)`: the numeric offset counts, the parenthesis does not.
fn javascript(text: &str) -> Option<Reading> {
    let text = text.split('(').next()?.trim_end();
    let mut cursor = Cursor(text);
    cursor.word();
    cursor.separator()?;
    let month = month_named(cursor.word())?;
    cursor.separator()?;
    let day = cursor.number(1..=2)?;
    cursor.separator()?;
    let year = cursor.number(4..=4)?;
    cursor.separator()?;
    let clock = cursor.clock_to_end()?;
    Some(Reading::Sure(Moment {
        year,
        month,
        day,
        clock,
    }))
}

/// The rest of a cell.
struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn number(&mut self, digits: std::ops::RangeInclusive<usize>) -> Option<i64> {
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.0.split_at_checked(length)?;
        if !digits.contains(&length) {
            return None;
        }
        self.0 = rest;
        number.parse().ok()
    }

    /// Four digits, or two for a year from 1970 to 2069.
    fn year(&mut self) -> Option<i64> {
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        match (length, self.number(2..=4)?) {
            (4, year) => Some(year),
            (2, year @ 70..) => Some(1900 + year),
            (2, year) => Some(2000 + year),
            _ => None,
        }
    }

    fn word(&mut self) -> &'a str {
        let end = self
            .0
            .find(|letter: char| !letter.is_alphabetic())
            .unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(end);
        self.0 = rest;
        word
    }

    fn one_of(&mut self, set: &str) -> Option<char> {
        let first = self.0.chars().next().filter(|first| set.contains(*first))?;
        self.0 = &self.0[first.len_utf8()..];
        Some(first)
    }

    fn literal(&mut self, wanted: char) -> Option<()> {
        self.0 = self.0.strip_prefix(wanted)?;
        Some(())
    }

    fn spaces(&mut self) {
        self.0 = self.0.trim_start();
    }

    /// What stands between the parts of a date with a month's name.
    fn separator(&mut self) -> Option<()> {
        let rest = self.0.trim_start_matches(['/', '-', '.', ',', ' ']);
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found.then_some(())
    }

    /// Nothing, or a time of day with nothing after it.
    fn clock_to_end(mut self) -> Option<Clock> {
        if self.0.is_empty() {
            return Some(Clock::default());
        }
        let mut hour = self.number(1..=2)?;
        self.literal(':')?;
        let minute = self.number(2..=2)?;
        let mut ms = 0;
        if self.literal(':').is_some() {
            ms = self.number(2..=2)? * 1_000;
            if self.one_of(".,").is_some() {
                ms += self.fraction_ms()?;
            }
        }
        self.spaces();
        let half = self.0.get(..2).map(str::to_ascii_uppercase);
        if let Some(half @ ("AM" | "PM")) = half.as_deref() {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if half == "PM" { 12 } else { 0 };
            self.0 = &self.0[2..];
            self.spaces();
        }
        let offset = self.offset()?;
        let ms = ms + hour * 3_600_000 + minute * MINUTE_MS;
        let valid = hour < 24 && minute < 60 && self.0.is_empty();
        valid.then_some(Clock { ms, offset })
    }

    fn fraction_ms(&mut self) -> Option<i64> {
        let length = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        let digits = digits
            .get(..length.min(3))
            .filter(|digits| !digits.is_empty())?;
        format!("{digits:0<3}").parse().ok()
    }

    /// `Z`, `+02:00`, `+0200`, `GMT+0200` or nothing; the outer `None` is something else.
    fn offset(&mut self) -> Option<Option<i64>> {
        if self.0.is_empty() {
            return Some(None);
        }
        let named = ["GMT", "UTC", "Z", "z"]
            .iter()
            .find_map(|name| self.0.strip_prefix(name));
        self.0 = named.unwrap_or(self.0);
        if self.0.is_empty() {
            return Some(Some(0));
        }
        let sign = if self.one_of("+-")? == '-' { -1 } else { 1 };
        let (hours, minutes) = match self.number(2..=4)? {
            hours @ 0..100 if self.literal(':').is_some() => (hours, self.number(2..=2)?),
            hours @ 0..100 => (hours, 0),
            both => (both / 100, both % 100),
        };
        (hours < 24 && minutes < 60).then_some(Some(sign * (hours * 60 + minutes)))
    }
}

/// Month names by their beginnings: English, then those of other languages that Jira sites are set to.
fn month_named(word: &str) -> Option<i64> {
    const BEGINNINGS: [&[&str]; 12] = [
        &["jan", "ene"],
        &["feb", "fév", "fev"],
        &["mar", "mär", "mrz"],
        &["apr", "avr", "abr"],
        &["may", "mai", "mag"],
        &["jun", "juin", "giu"],
        &["jul", "juil", "lug"],
        &["aug", "aoû", "ago"],
        &["sep", "set"],
        &["oct", "okt", "out", "ott"],
        &["nov"],
        &["dec", "dez", "déc", "dic"],
    ];
    let word = word.to_lowercase();
    let month = BEGINNINGS.iter().position(|beginnings| {
        beginnings
            .iter()
            .any(|beginning| word.starts_with(beginning))
    })?;
    i64::try_from(month + 1).ok()
}

fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar; years are counted from March, so that a leap day ends one.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    year * 365 + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (month * 306 + 5) / 10
        + day
        - 1
        - 719_468
}

/// The inverse of [`days_since_epoch`].
fn day_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let civil_month = if month < 10 { month + 3 } else { month - 9 };
    (
        year + era * 400 + i64::from(civil_month <= 2),
        civil_month,
        day,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, day_first: Option<bool>) -> String {
        read(text)
            .and_then(|reading| reading.resolve(day_first, 0))
            .and_then(to_text)
            .unwrap_or_else(|| "no".into())
    }

    #[test]
    fn every_layout_measured_in_real_exports_is_read() {
        for (text, expected) in [
            ("24/Jun/26 5:39 PM", "2026-06-24T17:39:00.000Z"),
            ("25/Jun/20 12:44", "2020-06-25T12:44:00.000Z"),
            ("23/Jul/2026 7:36 PM", "2026-07-23T19:36:00.000Z"),
            ("2026-07-01 10:00", "2026-07-01T10:00:00.000Z"),
            ("2026-07-01 10:00:07", "2026-07-01T10:00:07.000Z"),
            ("Jul/23/26 12:36 AM", "2026-07-23T00:36:00.000Z"),
            ("11/May/24", "2024-05-11T00:00:00.000Z"),
            ("2026-05-13T11:21:41.123Z", "2026-05-13T11:21:41.123Z"),
            ("2026-05-13T11:21:41", "2026-05-13T11:21:41.000Z"),
            ("2026-05-13T11:21:41+02:00", "2026-05-13T09:21:41.000Z"),
            (
                "Wed May 13 2026 11:21:41 GMT+0000 (GMT+00:00)",
                "2026-05-13T11:21:41.000Z",
            ),
            (
                "Wed May 13 2026 11:21:41 GMT+0530 (GMT)",
                "2026-05-13T05:51:41.000Z",
            ),
            ("1/dez/25 08:00", "2025-12-01T08:00:00.000Z"),
            ("31.12.1999", "1999-12-31T00:00:00.000Z"),
            ("12-12-2024 14:42", "2024-12-12T14:42:00.000Z"),
        ] {
            assert_eq!(shown(text, None), expected, "{text}");
        }
    }

    #[test]
    fn day_and_month_as_numbers_are_never_guessed() {
        assert_eq!(shown("7/9/2026 10:00", None), "no");
        assert_eq!(
            shown("7/9/2026 10:00", Some(true)),
            "2026-09-07T10:00:00.000Z"
        );
        assert_eq!(
            shown("7/9/2026 10:00", Some(false)),
            "2026-07-09T10:00:00.000Z"
        );
        assert_eq!(read("22/08/2024").unwrap().tells_day_first(), Some(true));
        assert_eq!(
            read("5/28/25 17:00").unwrap().tells_day_first(),
            Some(false)
        );
        assert_eq!(read("5/8/25 17:00").unwrap().tells_day_first(), None);
    }

    #[test]
    fn what_is_not_a_date_is_not_read() {
        for text in [
            "",
            "soon",
            "2026",
            "31/Feb/26",
            "2026-13-01",
            "24/Jun/26 25:00",
            "24/Jun/26 13:00 PM",
            "1/Foo/26",
            "2026-07-01 10:00 or so",
            "é/é/é",
            "99/99/9999",
            "2026-02-29",
            "24/Jun/26 5:39 PMé",
            "-1-1-1",
        ] {
            assert_eq!(shown(text, Some(true)), "no", "{text}");
        }
    }

    #[test]
    fn every_day_survives_text() {
        for day in (-719_000..2_900_000).step_by(997) {
            let at = Timestamp::from_ms(day * DAY_MS + 12_345_678);
            let text = to_text(at).unwrap();
            assert_eq!(read(&text).unwrap().resolve(None, 60), Some(at), "{text}");
        }
        assert_eq!(to_text(Timestamp::from_ms(i64::MAX)), None);
    }
}
