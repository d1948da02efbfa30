//! Which items of a backlog are fresh and which are stale, and why (PB-24): the rules of
//! [`crate::planning::staleness`] over rows and things.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{
        Collection, Field, Place, Row, Status, Thing, Things,
        thing::{self, number, text},
    },
    planning::{
        day::{Day, Fixed},
        staleness::{self, Facts, Thresholds, Tier},
    },
    time::Timestamp,
};

/// What decides over the freshness of every item: today, the settings, and what became of goals, people, releases.
#[derive(Clone, Debug, PartialEq)]
pub struct Freshness {
    today: Day,
    zone: Fixed,
    thresholds: Thresholds,
    /// Goals and initiatives that are pursued, as marks name them: `goal:<id>`.
    pursued: BTreeSet<String>,
    /// People who have left.
    left: BTreeSet<String>,
    /// The day on which each release is to be out.
    targets: BTreeMap<Place, Day>,
    /// The present version of each scorecard.
    versions: BTreeMap<String, f64>,
}

impl Freshness {
    /// Reads what decides.
    #[must_use]
    pub fn of(things: &Things, now: Timestamp, zone: Fixed) -> Self {
        let mut freshness = Self {
            today: Day::of(now, &zone),
            zone,
            thresholds: things
                .get(&Thing::Product)
                .map(thresholds)
                .unwrap_or_default(),
            pursued: BTreeSet::new(),
            left: BTreeSet::new(),
            targets: BTreeMap::new(),
            versions: BTreeMap::new(),
        };
        for (collection, prefix) in [
            (Collection::Goals, "goal"),
            (Collection::Initiatives, "initiative"),
        ] {
            let records = thing::records(things, collection).into_iter();
            let marks = records.map(|(id, _)| format!("{prefix}:{id}"));
            freshness.pursued.extend(marks);
        }
        for (id, facts) in thing::records(things, Collection::Releases) {
            if let Ok(day) = text(facts, "target").parse() {
                freshness.targets.insert(Place::Release(id), day);
            }
        }
        for (id, facts) in thing::records(things, Collection::Scorecards) {
            let version = number(facts, "version").unwrap_or(0.0);
            freshness.versions.insert(id.to_string(), version);
        }
        for (thing, facts) in things {
            if let Thing::Person(person) = thing
                && thing::is_on(facts, "left")
            {
                freshness.left.insert(person.to_string());
            }
        }
        freshness
    }

    /// How fresh an item is.
    #[must_use]
    pub fn tier(&self, row: &Row) -> Tier {
        staleness::tier_of(&self.facts(row), self.today, &self.thresholds)
    }

    /// Why else it should be looked at, as people read it.
    #[must_use]
    pub fn reasons(&self, row: &Row) -> Vec<String> {
        staleness::reasons(&self.facts(row), self.today, &self.thresholds)
    }

    /// Whether an item waits for a review: open, in the product backlog or a list of it, and stale or dormant.
    #[must_use]
    pub fn is_due(&self, row: &Row) -> bool {
        row.status == Status::Todo
            && row.place.is_product_backlog()
            && self.tier(row) >= Tier::Stale
    }

    /// Days since the last meaningful touch.
    #[must_use]
    pub fn age(&self, row: &Row) -> i64 {
        self.today.days_since(Day::of(row.touched, &self.zone))
    }

    fn facts(&self, row: &Row) -> Facts {
        let day = |at: Timestamp| Day::of(at, &self.zone);
        let named = |field: Field| row.text(field).parse().ok();
        let mut aims = row
            .marks
            .iter()
            .filter(|(key, value)| {
                value.is_on() && (key.starts_with("goal:") || key.starts_with("initiative:"))
            })
            .peekable();
        let has_aims = aims.peek().is_some();
        let older = |(card, version): (&str, f64)| {
            let now = self.versions.get(card);
            now.is_some_and(|now| version < *now)
        };
        let scored = row
            .marks
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix("scored:")?, value.number()?)));
        Facts {
            estimated: row.estimated.map(day),
            reworded: row.reworded.map(day),
            wanted_until: named(Field::WantedUntil),
            reconsider_on: named(Field::ReconsiderOn),
            release_target: self.targets.get(&row.place).copied(),
            orphaned: has_aims && aims.all(|(key, _)| !self.pursued.contains(key)),
            scored_on_older: scored.into_iter().any(older),
            owner_left: self.left.contains(row.text(Field::Assignee)),
            never_refined: row.touched <= row.created,
            ..Facts::touched(day(row.touched))
        }
    }
}

/// The settings; the usual ones where nobody set any.
fn thresholds(product: &thing::Facts) -> Thresholds {
    let usual = Thresholds::default();
    let days = |key: &str, usual: i64| {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the register takes 0 to 36,500"
        )]
        number(product, key).map_or(usual, |days| days.clamp(0.0, 36_500.0) as i64)
    };
    Thresholds {
        fresh: days("stale:fresh", usual.fresh),
        aging: days("stale:aging", usual.aging),
        stale: days("stale:stale", usual.stale),
        estimate: days("stale:estimate", usual.estimate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::PersonId, model::Scalar};

    const DAY: i64 = 86_400_000;

    fn row(touched: i64) -> Row {
        let at = Timestamp::from_ms(touched * DAY);
        Row {
            created: Timestamp::from_ms(0),
            touched: at,
            ..Row::blank("abcdefghijkm".parse().unwrap())
        }
    }

    fn on_day(things: &Things, day: i64) -> Freshness {
        Freshness::of(things, Timestamp::from_ms(day * DAY), Fixed(0))
    }

    fn thing(things: &mut Things, thing: Thing, facts: &[(&str, Scalar)]) {
        let facts = facts
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()));
        things.entry(thing).or_default().extend(facts);
    }

    #[test]
    fn pb_24_tiers_follow_the_settings() {
        let mut things = Things::new();
        let tiers = |things: &Things| {
            [30, 31, 90, 91, 180, 181].map(|day| on_day(things, day + 10).tier(&row(10)))
        };
        use Tier::{Aging, Dormant, Fresh, Stale};
        assert_eq!(tiers(&things), [Fresh, Aging, Aging, Stale, Stale, Dormant]);
        thing(&mut things, Thing::Product, &[("stale:fresh", 90.0.into())]);
        assert_eq!(tiers(&things), [Fresh, Fresh, Fresh, Stale, Stale, Dormant]);
    }

    #[test]
    fn pb_24_only_open_work_of_the_product_backlog_waits_for_a_review() {
        let things = Things::new();
        let due = |change: fn(&mut Row)| {
            let mut row = row(1);
            change(&mut row);
            on_day(&things, 200).is_due(&row)
        };
        assert!(due(|_| {}));
        assert!(due(
            |row| row.place = Place::List("abcdefghijkm".parse().unwrap())
        ));
        assert!(!due(|row| row.place = Place::Inbox));
        assert!(!due(
            |row| row.place = Place::Release("abcdefghijkm".parse().unwrap())
        ));
        assert!(!due(|row| row.status = Status::Doing));
        assert!(!due(|row| row.status = Status::Archived));
        assert!(!due(|row| row.touched = Timestamp::from_ms(190 * DAY)));
        // Somebody's word holds until its day.
        assert!(!due(
            |row| row.set_field(Field::WantedUntil, Some("1970-07-20".into()))
        ));
        assert!(due(
            |row| row.set_field(Field::WantedUntil, Some("1970-07-19".into()))
        ));
    }

    #[test]
    fn pb_24_reasons_name_what_became_of_what_it_hangs_on() {
        let (goal, card) = ("a".repeat(12), "b".repeat(12));
        let release = "c".repeat(12).parse().unwrap();
        let person = PersonId::from_bytes([1; 16]);
        let mut things = Things::new();
        let record = |collection, id: &str| Thing::Record(collection, id.parse().unwrap());
        let goal_thing = record(Collection::Goals, &goal);
        thing(&mut things, goal_thing, &[("created", 1.0.into())]);
        thing(
            &mut things,
            record(Collection::Scorecards, &card),
            &[("created", 1.0.into()), ("version", 2.0.into())],
        );
        thing(
            &mut things,
            Thing::Record(Collection::Releases, release),
            &[("created", 1.0.into()), ("target", "1970-01-05".into())],
        );
        let mut item = row(5);
        item.place = Place::Release(release);
        item.set_mark(&format!("goal:{goal}"), Some(true.into()));
        item.set_mark(&format!("scored:{card}"), Some(1.0.into()));
        item.set_field(Field::Assignee, Some(person.to_string().into()));
        let wanted = [
            "scored on an older scorecard",
            "its release date has passed",
        ];
        assert_eq!(on_day(&things, 6).reasons(&item), wanted);
        thing(&mut things, goal_thing, &[("archived", true.into())]);
        thing(&mut things, Thing::Person(person), &[("left", true.into())]);
        assert_eq!(
            on_day(&things, 6).reasons(&item),
            [
                "its goals were archived",
                "scored on an older scorecard",
                "its owner has left",
                "its release date has passed"
            ]
        );
        assert_eq!(on_day(&things, 6).age(&item), 1);
        assert_eq!(
            on_day(&Things::new(), 6).reasons(&row(0)),
            ["never refined"]
        );
    }
}
