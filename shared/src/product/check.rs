//! Questions about single items that lists are filtered by and that the health panel counts (PB-10, PB-17, PB-24).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    ids::{ItemId, PersonId, RecordId},
    model::{
        Collection, Field, Place, Row, Status, Thing, Things,
        item::words,
        thing::{self, number},
    },
    planning::{
        day::{Day, Fixed},
        ready::{self, Meter, Stage},
        similar::Titles,
        staleness::{self, Thresholds, Tier},
    },
    time::Timestamp,
};

use super::{
    ready::{Find, all_checks, capacities, facts, open_dependencies, stage},
    settings::Settings,
    strategy::Strategy,
};

words! {
    /// Something that may be said of an item.
    Check {
        /// Linked to no goal and no initiative that is pursued (PB-10).
        Unaligned = "unaligned", "Not aligned";
        /// Linked only to goals and initiatives that were archived (PB-25).
        Orphaned = "orphaned", "Linked only to what was archived";
        /// Passes the Definition of Ready (PB-32).
        Ready = "ready", "Ready";
        /// Does not pass the Definition of Ready.
        Unready = "unready", "Not ready";
        /// Without acceptance criteria.
        NoCriteria = "no-criteria", "No acceptance criteria";
        /// Looks like another item.
        Duplicate = "duplicate", "Possible duplicate";
        /// Touched lately.
        Fresh = "fresh", "Fresh";
        /// Getting old.
        Aging = "aging", "Aging";
        /// To be reviewed.
        Stale = "stale", "Stale";
        /// Long forgotten.
        Dormant = "dormant", "Dormant";
        /// In a release or sprint (PB-46).
        Planned = "planned", "Planned";
        /// In no release and no sprint.
        Unplanned = "unplanned", "Not planned";
        /// Something keeps work on it from going on.
        Blocked = "blocked", "Blocked";
        /// Not changed since the last refinement.
        Untouched = "untouched", "Not changed since the last refinement";
        /// Put away within the last thirty days (PB-26).
        Cleared = "cleared", "Cleared in the last 30 days";
    }
}

impl Check {
    /// The tier of staleness that it asks for, of which an item has one.
    #[must_use]
    pub const fn tier(self) -> Option<Tier> {
        match self {
            Self::Fresh => Some(Tier::Fresh),
            Self::Aging => Some(Tier::Aging),
            Self::Stale => Some(Tier::Stale),
            Self::Dormant => Some(Tier::Dormant),
            Self::Unaligned
            | Self::Orphaned
            | Self::Ready
            | Self::Unready
            | Self::NoCriteria
            | Self::Duplicate
            | Self::Planned
            | Self::Unplanned
            | Self::Blocked
            | Self::Untouched
            | Self::Cleared => None,
        }
    }

    /// Whether it asks for a tier of staleness.
    #[must_use]
    pub const fn is_tier(self) -> bool {
        self.tier().is_some()
    }
}

/// For so long an item counts as just cleared, in milliseconds.
const CLEARED_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What the checks need to know besides the item.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// The backlog's settings.
    pub settings: Settings,
    /// The backlog's strategy.
    pub strategy: Strategy,
    /// From when on items are aging, stale, dormant.
    pub thresholds: Thresholds,
    /// The Definition of Ready.
    pub checks: Vec<ready::Check>,
    /// When the backlog was refined last.
    pub refined: Option<Timestamp>,
    /// Today, in the backlog's time zone.
    pub today: Day,
    zone: Fixed,
    now: Timestamp,
    capacities: BTreeMap<Place, f64>,
    targets: BTreeMap<Place, Day>,
    cards: BTreeMap<RecordId, f64>,
    left: BTreeSet<PersonId>,
    alike: Arc<BTreeSet<ItemId>>,
}

impl Judge {
    /// Reads what is needed. The zone is in minutes east of UTC.
    #[must_use]
    pub fn of(things: &Things, now: Timestamp, offset_minutes: i32) -> Self {
        let zone = Fixed(offset_minutes);
        let none = thing_facts(things);
        let checks = all_checks(things).into_iter();
        let version = |(id, facts): (RecordId, &_)| (id, number(facts, "version").unwrap_or(1.0));
        let target = |(id, facts): (RecordId, &_)| {
            Some((
                Place::Release(id),
                thing::text(facts, "target").parse().ok()?,
            ))
        };
        Self {
            settings: Settings::of(things),
            strategy: Strategy::of(things),
            thresholds: thresholds(&none),
            checks: checks
                .filter(|(_, on)| *on)
                .map(|(check, _)| check)
                .collect(),
            refined: moment(number(&none, "refined")),
            today: Day::of(now, &zone),
            zone,
            now,
            capacities: capacities(things),
            targets: thing::records(things, Collection::Releases)
                .into_iter()
                .filter_map(target)
                .collect(),
            cards: thing::records(things, Collection::Scorecards)
                .into_iter()
                .map(version)
                .collect(),
            left: left(things),
            alike: Arc::default(),
        }
    }

    /// The same, knowing which items look like another: see [`alike`].
    #[must_use]
    pub fn knowing(&self, alike: Arc<BTreeSet<ItemId>>) -> Self {
        Self {
            alike,
            ..self.clone()
        }
    }

    /// Whether a check says yes to an item.
    #[must_use]
    pub fn holds(&self, check: Check, row: &Row, find: Find<'_>) -> bool {
        match check {
            Check::Unaligned => !self.strategy.is_aligned(row),
            Check::Orphaned => self.strategy.is_orphaned(row),
            Check::Ready => self.meter(row, find).is_ready(),
            Check::Unready => !self.meter(row, find).is_ready(),
            Check::NoCriteria => row.criteria.1 == 0,
            Check::Duplicate => self.alike.contains(&row.id),
            Check::Fresh | Check::Aging | Check::Stale | Check::Dormant => {
                check.tier() == Some(self.tier(row))
            }
            Check::Planned => !is_unplanned(row),
            Check::Unplanned => is_unplanned(row),
            Check::Blocked => !row.text(Field::Blocked).is_empty(),
            Check::Untouched => self.refined.is_some_and(|refined| row.touched < refined),
            Check::Cleared => is_cleared(row, self.now),
        }
    }

    /// How stale an item is (PB-24).
    #[must_use]
    pub fn tier(&self, row: &Row) -> Tier {
        staleness::tier_of(&self.staleness(row), self.today, &self.thresholds)
    }

    /// Days since somebody last did something that shows an item is wanted.
    #[must_use]
    pub fn age(&self, row: &Row) -> i64 {
        self.today.days_since(Day::of(row.touched, &self.zone))
    }

    /// Whether an item waits for a review: not begun, in the product backlog or a list of it, and stale or dormant
    /// (PB-24).
    #[must_use]
    pub fn is_due(&self, row: &Row) -> bool {
        row.status == Status::Todo
            && row.place.is_product_backlog()
            && self.tier(row) >= Tier::Stale
    }

    /// What else speaks for a review of an item, as people read it.
    #[must_use]
    pub fn reasons(&self, row: &Row) -> Vec<String> {
        staleness::reasons(&self.staleness(row), self.today, &self.thresholds)
    }

    /// How ready an item is at the stage it has come to (PB-32).
    #[must_use]
    pub fn meter(&self, row: &Row, find: Find<'_>) -> Meter {
        self.meter_at(row, stage(row), find)
    }

    /// How ready an item would be at a stage.
    #[must_use]
    pub fn meter_at(&self, row: &Row, stage: Stage, find: Find<'_>) -> Meter {
        let facts = ready::Facts {
            aligned: self.strategy.is_aligned(row),
            estimate_outdated: self.is_estimate_outdated(row),
            release_capacity: self.capacities.get(&row.place).copied(),
            largest_story: self.settings.velocity.map(|velocity| velocity / 2.0),
            open_dependencies: open_dependencies(row, find),
            ..facts(row)
        };
        ready::meter(&self.checks, row.kind, stage, &facts)
    }

    fn is_estimate_outdated(&self, row: &Row) -> bool {
        let Some(estimated) = estimated(row) else {
            return false;
        };
        let age = self.today.days_since(self.day(estimated));
        age > self.thresholds.estimate || row.reworded.is_some_and(|at| at > estimated)
    }

    fn staleness(&self, row: &Row) -> staleness::Facts {
        let written = |field: Field| row.text(field).parse().ok();
        let on_older = |(card, version): (&RecordId, &f64)| {
            let scored = row.mark(&format!("scored:{card}"));
            scored
                .and_then(crate::model::Scalar::number)
                .is_some_and(|scored| scored < *version)
        };
        let assignee = row.text(Field::Assignee).parse();
        staleness::Facts {
            touched: self.day(row.touched),
            estimated: estimated(row).map(|at| self.day(at)),
            reworded: row.reworded.map(|at| self.day(at)),
            wanted_until: written(Field::WantedUntil),
            reconsider_on: written(Field::ReconsiderOn),
            release_target: self.targets.get(&row.place).copied(),
            orphaned: self.strategy.is_orphaned(row),
            scored_on_older: self.cards.iter().any(on_older),
            owner_left: assignee.is_ok_and(|person| self.left.contains(&person)),
            never_refined: row.touched == row.created,
            duplicate: self.alike.contains(&row.id),
        }
    }

    fn day(&self, at: Timestamp) -> Day {
        Day::of(at, &self.zone)
    }
}

/// When an item was estimated: one that came with its estimate, when it was made.
fn estimated(row: &Row) -> Option<Timestamp> {
    row.estimated.or(row.estimate.map(|_| row.created))
}

/// The open items whose titles look like those of others (PB-17).
#[must_use]
pub fn alike<'a>(open: impl Iterator<Item = &'a Row>) -> BTreeSet<ItemId> {
    let titles = Titles::new(open.map(|row| (row.id, row.title.as_str())));
    titles.doubtful().into_iter().collect()
}

fn thing_facts(things: &Things) -> crate::model::Facts {
    things.get(&Thing::Product).cloned().unwrap_or_default()
}

fn thresholds(facts: &crate::model::Facts) -> Thresholds {
    let usual = Thresholds::default();
    let days = |name: &str, usual: i64| {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the register takes 0 to 36,500"
        )]
        number(facts, &format!("stale:{name}")).map_or(usual, |days| days as i64)
    };
    Thresholds {
        fresh: days("fresh", usual.fresh),
        aging: days("aging", usual.aging),
        stale: days("stale", usual.stale),
        estimate: days("estimate", usual.estimate),
    }
}

fn left(things: &Things) -> BTreeSet<PersonId> {
    let people = things.iter().filter_map(|(thing, facts)| match thing {
        Thing::Person(person) => thing::is_on(facts, "left").then_some(*person),
        Thing::Product | Thing::Record(..) => None,
    });
    people.collect()
}

fn is_unplanned(row: &Row) -> bool {
    match row.place {
        Place::Inbox | Place::Product | Place::List(_) => true,
        Place::Release(_) | Place::Sprint(_) => false,
    }
}

/// Whether an item was put away, rather than done, within the last thirty days.
fn is_cleared(row: &Row, now: Timestamp) -> bool {
    row.status.is_cleared() && row.cleared.is_some_and(|at| now.ms_since(at) <= CLEARED_MS)
}

/// A moment from a register that holds UTC milliseconds.
#[must_use]
pub fn moment(ms: Option<f64>) -> Option<Timestamp> {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "such registers take 0 to 9e15"
    )]
    ms.map(|ms| Timestamp::from_ms(ms as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn row() -> Row {
        Row::blank("abcdefghijkm".parse().unwrap())
    }

    fn judge(refined: i64) -> Judge {
        #[allow(clippy::cast_precision_loss, reason = "small")]
        let facts = [("refined".to_owned(), (refined as f64).into())].into();
        let things = [(Thing::Product, facts)].into();
        Judge::of(&things, Timestamp::from_ms(100 * DAY), 0)
    }

    fn says(judge: &Judge, check: Check, row: &Row) -> bool {
        judge.holds(check, row, &|_| None)
    }

    #[test]
    fn pb_24_tiers_follow_the_settings_and_say_why() {
        let facts = [
            ("stale:fresh".to_owned(), 5.0.into()),
            ("stale:aging".to_owned(), 10.0.into()),
        ];
        let things = [(Thing::Product, facts.into())].into();
        let judge = Judge::of(&things, Timestamp::from_ms(100 * DAY), 60);
        let mut item = row();
        let mut tier = |touched: i64| {
            item.touched = Timestamp::from_ms(touched * DAY);
            judge.tier(&item)
        };
        assert_eq!(tier(95), Tier::Fresh);
        assert_eq!(tier(94), Tier::Aging);
        assert_eq!(tier(89), Tier::Stale);
        assert_eq!(tier(-200), Tier::Dormant);
        item.set_field(Field::WantedUntil, Some("1970-05-01".into()));
        assert_eq!(judge.tier(&item), Tier::Fresh);
        item.created = item.touched;
        assert!(judge.reasons(&item).contains(&"never refined".to_owned()));
    }

    #[test]
    fn pb_32_readiness_knows_strategy_settings_and_age() {
        let facts = [
            ("velocity".to_owned(), 10.0.into()),
            ("ready:aligned:off".to_owned(), true.into()),
        ];
        let things = [(Thing::Product, facts.into())].into();
        let judge = Judge::of(&things, Timestamp::from_ms(100 * DAY), 0);
        let mut item = Row {
            described: true,
            benefits: true,
            for_whom: "a buyer".to_owned(),
            estimate: Some(8.0),
            estimated: Some(Timestamp::from_ms(90 * DAY)),
            ..row()
        };
        assert!(says(&judge, Check::Ready, &item));
        let at = |item: &Row, stage| judge.meter_at(item, stage, &|_| None).missing();
        let missing = at(&item, Stage::Sprint);
        assert!(missing.contains(&"Small enough for a sprint".to_owned()));
        assert!(!missing.contains(&"Estimate is current".to_owned()));
        item.reworded = Some(Timestamp::from_ms(95 * DAY));
        assert!(at(&item, Stage::Release).contains(&"Estimate is current".to_owned()));
        item.estimate = None;
        assert!(says(&judge, Check::Unready, &item));
    }

    #[test]
    fn pb_33_an_estimate_is_current_until_it_is_old_or_the_scope_changed() {
        let facts = [("stale:estimate".to_owned(), 20.0.into())].into();
        let things = [(Thing::Product, facts)].into();
        let judge = Judge::of(&things, Timestamp::from_ms(100 * DAY), 0);
        let is_current = |row: &Row| {
            let meter = judge.meter_at(row, Stage::Release, &|_| None);
            !meter.missing().contains(&"Estimate is current".to_owned())
        };
        let estimated = |day: i64| Row {
            estimate: Some(3.0),
            estimated: Some(Timestamp::from_ms(day * DAY)),
            ..row()
        };
        assert!(is_current(&estimated(80)), "as old as the setting allows");
        assert!(!is_current(&estimated(79)), "older");
        let reworded = |ms: i64| Row {
            reworded: Some(Timestamp::from_ms(90 * DAY + ms)),
            ..estimated(90)
        };
        assert!(is_current(&reworded(0)), "of the same change");
        assert!(!is_current(&reworded(1)), "the scope changed later");
        let came_with_it = |day: i64| Row {
            created: Timestamp::from_ms(day * DAY),
            estimated: None,
            ..estimated(0)
        };
        assert!(is_current(&came_with_it(90)));
        assert!(!is_current(&came_with_it(70)), "made long ago");
        assert!(!is_current(&Row {
            reworded: Some(Timestamp::from_ms(95 * DAY)),
            ..came_with_it(90)
        }));
        assert!(!is_current(&row()), "there is none");
    }

    #[test]
    fn pb_17_possible_duplicates_are_known_by_their_titles() {
        let titled = |id: char, title: &str| Row {
            title: title.to_owned(),
            ..Row::blank(id.to_string().repeat(12).parse().unwrap())
        };
        let rows = [
            titled('a', "Export the list as a spreadsheet"),
            titled('b', "Sign in by fingerprint"),
            titled('c', "Export list to spreadsheet"),
        ];
        let judge = judge(0).knowing(Arc::new(alike(rows.iter())));
        let found = rows.iter().map(|row| says(&judge, Check::Duplicate, row));
        assert_eq!(found.collect::<Vec<_>>(), [true, false, true]);
    }

    #[test]
    fn pb_26_cleared_is_what_was_put_away_within_thirty_days() {
        let judge = judge(0);
        let cleared = |status: Status, day: Option<i64>| {
            let cleared = day.map(|day| Timestamp::from_ms(day * DAY));
            let row = Row {
                status,
                cleared,
                ..row()
            };
            says(&judge, Check::Cleared, &row)
        };
        assert!(cleared(Status::Archived, Some(70)));
        assert!(cleared(Status::Declined, Some(99)));
        assert!(!cleared(Status::Archived, Some(69)));
        assert!(!cleared(Status::Todo, Some(99)), "it was brought back");
        assert!(!cleared(Status::Done, Some(99)));
        assert!(!cleared(Status::Archived, None), "an imported one");
    }

    #[test]
    fn pb_24_only_open_work_of_the_product_backlog_waits_for_a_review() {
        let judge = judge(0);
        let due = |change: fn(&mut Row)| {
            let mut row = row();
            change(&mut row);
            judge.is_due(&row)
        };
        let list = Place::List("abcdefghijkm".parse().unwrap());
        assert_eq!(judge.age(&row()), 100);
        assert!(due(|_| {}));
        assert!(!due(|row| row.place = Place::Inbox));
        assert!(!due(|row| row.status = Status::Doing));
        assert!(!due(|row| row.status = Status::Archived));
        assert!(!due(|row| row.touched = Timestamp::from_ms(90 * DAY)));
        let listed = Row {
            place: list,
            ..row()
        };
        assert!(judge.is_due(&listed));
    }

    #[test]
    fn pb_17_checks_say_what_is_missing() {
        let judge = judge(50 * DAY);
        let mut item = row();
        assert!(says(&judge, Check::NoCriteria, &item));
        assert!(says(&judge, Check::Unaligned, &item));
        assert!(says(&judge, Check::Untouched, &item));
        assert!(!says(&judge, Check::Blocked, &item));
        assert!(!says(&judge, Check::Orphaned, &item));
        item.criteria = (0, 2);
        item.touched = Timestamp::from_ms(60 * DAY);
        item.set_field(Field::Blocked, Some("waiting".into()));
        assert!(!says(&judge, Check::NoCriteria, &item));
        assert!(!says(&judge, Check::Untouched, &item));
        assert!(says(&judge, Check::Blocked, &item));
    }
}
