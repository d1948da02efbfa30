//! Releases as the backlog holds them: their days, what is in them, and how much of it is done (BT-02, BT-11, BT-20).
//!
//! What fits them is in [`outlook`], who agreed to what in [`sign`], and what becomes of them in [`ship`]. All of it is
//! computed from registers and rows; nothing is stored that follows from them.

pub mod outlook;
pub mod scope;
pub mod ship;
pub mod sign;

use crate::{
    ids::RecordId,
    model::{
        Collection, Facts, Field, Place, Row, Thing, Things,
        item::words,
        thing::{self, number, text},
    },
    planning::{day::Day, working_days::Calendar},
};

pub use self::scope::{Member, Scope, release_of, scopes};

/// How long a sprint is where nobody said, in calendar days.
pub const SPRINT_DAYS: i64 = 14;

words! {
    /// What a release's capacity counts.
    Unit {
        /// Estimates.
        Points = "points", "Points";
        /// Hours.
        Hours = "hours", "Hours";
        /// Items.
        Count = "count", "Items";
    }
}

impl Unit {
    /// The size of an item.
    #[must_use]
    pub fn size(self, row: &Row) -> Option<f64> {
        match self {
            Self::Points => row.estimate,
            Self::Hours => row.number(Field::Hours),
            Self::Count => Some(1.0),
        }
    }
}

/// A release.
#[derive(Clone, Debug, PartialEq)]
pub struct Release {
    /// The release.
    pub id: RecordId,
    /// What it is called.
    pub name: String,
    /// What it is to reach; empty when unsaid.
    pub goal: String,
    /// Its first day.
    pub start: Option<Day>,
    /// The day on which it is to ship.
    pub target: Option<Day>,
    /// Whether it was shipped.
    pub is_shipped: bool,
    /// The day on which it was.
    pub shipped: Option<Day>,
    /// What it is to hold at most, where somebody typed it.
    pub capacity: Option<f64>,
    /// What that counts.
    pub unit: Unit,
    /// The length of its sprints in calendar days.
    pub sprint_days: i64,
    /// What was new in it, in Markdown; empty when unsaid.
    pub notes: String,
}

impl Release {
    fn of(id: RecordId, facts: &Facts) -> Self {
        let line = |key| text(facts, key).to_owned();
        let day = |key| text(facts, key).parse().ok();
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the register takes 1 to 365"
        )]
        let sprint_days = number(facts, "sprint_days").map(|days| days.clamp(1.0, 365.0) as i64);
        Self {
            id,
            name: line("name"),
            goal: line("goal"),
            start: day("start"),
            target: day("target"),
            is_shipped: text(facts, "state") == "shipped",
            shipped: day("shipped"),
            capacity: number(facts, "capacity"),
            unit: Unit::from_word(text(facts, "unit")).unwrap_or(Unit::Points),
            sprint_days: sprint_days.unwrap_or(SPRINT_DAYS),
            notes: line("notes"),
        }
    }

    /// The backlog that it is.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place::Release(self.id)
    }

    /// Its record.
    #[must_use]
    pub const fn thing(&self) -> Thing {
        Thing::Record(Collection::Releases, self.id)
    }

    /// Its first and last day, where both are known and in order. People who are apart can set them so that it ends
    /// before it starts.
    #[must_use]
    pub fn days(&self) -> Option<(Day, Day)> {
        let days = self.start.zip(self.target);
        days.filter(|(start, target)| start <= target)
    }

    /// Whether it ends before it starts.
    #[must_use]
    pub fn is_backwards(&self) -> bool {
        self.start
            .zip(self.target)
            .is_some_and(|(start, target)| target < start)
    }

    /// How its days stand today, in words: `starts in 3 days`, `12 days left, 8 of them working days` (BT-11).
    #[must_use]
    pub fn time_left(&self, calendar: &Calendar, today: Day) -> String {
        if self.is_shipped {
            let on = self.shipped.map(|day| format!(" on {day}"));
            return format!("shipped{}", on.unwrap_or_default());
        }
        if self.is_backwards() {
            return "ends before it starts".to_owned();
        }
        let Some(target) = self.target else {
            return "no date yet".to_owned();
        };
        match target.days_since(today) {
            late if late < 0 => format!("{} late", days(-late)),
            0 => "last day today".to_owned(),
            left => {
                let first = self.start.map_or(today, |start| start.max(today));
                let working = calendar.between(first, target);
                let begins = self.start.map(|start| start.days_since(today));
                match begins.filter(|ahead| *ahead > 0) {
                    Some(ahead) => {
                        format!("starts in {}, {working} working days", days(ahead))
                    }
                    None => format!("{} left, {working} of them working days", days(left)),
                }
            }
        }
    }
}

fn days(count: i64) -> String {
    match count {
        1 => "1 day".to_owned(),
        many => format!("{many} days"),
    }
}

/// The releases that are not put away, in their order.
#[must_use]
pub fn all(things: &Things) -> Vec<Release> {
    let records = thing::records(things, Collection::Releases).into_iter();
    records.map(|(id, facts)| Release::of(id, facts)).collect()
}

/// The releases that items can go into: those that are not put away and not shipped.
#[must_use]
pub fn open(things: &Things) -> Vec<Release> {
    let mut releases = all(things);
    releases.retain(|release| !release.is_shipped);
    releases
}

/// One release, unless it is put away.
#[must_use]
pub fn one(things: &Things, id: RecordId) -> Option<Release> {
    thing::is_live(things, Collection::Releases, id)
        .then(|| things.get(&Thing::Record(Collection::Releases, id)))
        .flatten()
        .map(|facts| Release::of(id, facts))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{ids::ItemId, model::Scalar};

    pub(in super::super) fn record(letter: char) -> RecordId {
        letter.to_string().repeat(12).parse().unwrap()
    }

    pub(in super::super) fn item(letter: char) -> ItemId {
        letter.to_string().repeat(12).parse().unwrap()
    }

    pub(in super::super) fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn facts(own: &[(&str, Scalar)]) -> Facts {
        let own = own
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()));
        own.chain([("created".to_owned(), 1.0.into())]).collect()
    }

    /// A release and a sprint of it.
    pub(in super::super) fn with(own: &[(&str, Scalar)]) -> Things {
        let sprint = facts(&[("release", record('r').to_string().into())]);
        [
            (Thing::Record(Collection::Releases, record('r')), facts(own)),
            (Thing::Record(Collection::Sprints, record('s')), sprint),
        ]
        .into()
    }

    #[test]
    fn bt_11_a_release_says_how_its_days_stand() {
        let said = |own: &[(&str, Scalar)], today: &str| {
            one(&with(own), record('r'))
                .unwrap()
                .time_left(&Calendar::default(), day(today))
        };
        let dates = [
            ("start", "2026-11-02".into()),
            ("target", "2026-11-27".into()),
        ];
        assert_eq!(
            said(&dates, "2026-10-31"),
            "starts in 2 days, 20 working days"
        );
        assert_eq!(
            said(&dates, "2026-11-21"),
            "6 days left, 5 of them working days"
        );
        assert_eq!(said(&dates, "2026-11-27"), "last day today");
        assert_eq!(said(&dates, "2026-11-28"), "1 day late");
        assert_eq!(said(&[], "2026-11-21"), "no date yet");
        let backwards = [
            ("start", "2026-11-02".into()),
            ("target", "2026-11-01".into()),
        ];
        assert_eq!(said(&backwards, "2026-11-21"), "ends before it starts");
        let shipped = [
            ("state", "shipped".into()),
            ("shipped", "2026-11-20".into()),
        ];
        assert_eq!(said(&shipped, "2026-11-21"), "shipped on 2026-11-20");
    }

    #[test]
    fn what_is_put_away_or_shipped_takes_nothing() {
        let count = |own: &[(&str, Scalar)]| {
            let things = with(own);
            (all(&things).len(), open(&things).len())
        };
        assert_eq!(count(&[]), (1, 1));
        assert_eq!(count(&[("state", "shipped".into())]), (1, 0));
        assert_eq!(count(&[("archived", true.into())]), (0, 0));
    }
}
