//! Goals, initiatives and themes, and the items behind them (PB-10, PB-11, PB-25, PB-46).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::RecordId,
    model::{
        Collection, Facts, Place, Row, Status, Thing, Things,
        thing::{exists, flagged, is_on, number},
    },
};

use super::{once::Shares, releases::Unit};

/// Which goals and initiatives are pursued, and which initiative serves which goal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strategy {
    goals: BTreeSet<RecordId>,
    initiatives: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

impl Strategy {
    /// Reads it.
    #[must_use]
    pub fn of(things: &Things) -> Self {
        let mut strategy = Self::default();
        for (thing, facts) in things {
            if !exists(facts) || is_on(facts, "archived") {
                continue;
            }
            match thing {
                Thing::Record(Collection::Goals, id) => {
                    strategy.goals.insert(*id);
                }
                Thing::Record(Collection::Initiatives, id) => {
                    let goals = flagged(facts, "goal").filter_map(|goal| goal.parse().ok());
                    strategy.initiatives.insert(*id, goals.collect());
                }
                Thing::Record(..) | Thing::Product | Thing::Person(_) => {}
            }
        }
        strategy
    }

    /// Whether there is any goal or initiative to be aligned with.
    #[must_use]
    pub fn is_pursued(&self) -> bool {
        !self.goals.is_empty() || !self.initiatives.is_empty()
    }

    /// Whether an item is linked to a goal or an initiative that is pursued.
    #[must_use]
    pub fn is_aligned(&self, row: &Row) -> bool {
        linked(row, "goal").any(|goal| self.goals.contains(&goal)) || self.has_initiative(row)
    }

    /// Whether an item is linked to goals or initiatives, all of which were archived (PB-25).
    #[must_use]
    pub fn is_orphaned(&self, row: &Row) -> bool {
        let has_links = linked(row, "goal")
            .chain(linked(row, "initiative"))
            .next()
            .is_some();
        has_links && !self.is_aligned(row)
    }

    /// Whether an item serves a goal: linked to it, or to an initiative that is.
    #[must_use]
    pub fn serves(&self, row: &Row, goal: RecordId) -> bool {
        linked(row, "goal").any(|own| own == goal)
            || linked(row, "initiative").any(|initiative| {
                let goals = self.initiatives.get(&initiative);
                goals.is_some_and(|goals| goals.contains(&goal))
            })
    }

    fn has_initiative(&self, row: &Row) -> bool {
        linked(row, "initiative").any(|one| self.initiatives.contains_key(&one))
    }
}

fn linked<'a>(row: &'a Row, prefix: &'a str) -> impl Iterator<Item = RecordId> + 'a {
    row.marked(prefix).filter_map(|id| id.parse().ok())
}

/// How far a goal is, from 0 to 1, and what is missing where that can't be said (PB-11).
///
/// # Errors
/// With the reason, for people.
pub fn progress(goal: &Facts) -> Result<f64, &'static str> {
    let target = number(goal, "target").ok_or("no target yet")?;
    let baseline = number(goal, "baseline").ok_or("no baseline yet")?;
    let current = number(goal, "current").ok_or("no current value yet")?;
    if target == baseline {
        return Err("the target is the baseline");
    }
    Ok(((current - baseline) / (target - baseline)).clamp(0.0, 1.0))
}

/// Where an item stands on its way (PB-46).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Wanted, in no release and no sprint.
    Open,
    /// In a release or sprint.
    Planned,
    /// Done.
    Shipped,
    /// Will not be done.
    Away,
}

impl Stage {
    /// Where an item stands.
    #[must_use]
    pub const fn of(row: &Row) -> Self {
        match row.status {
            Status::Done => Self::Shipped,
            Status::Dropped
            | Status::Archived
            | Status::Declined
            | Status::Merged
            | Status::Withdrawn => Self::Away,
            Status::Todo | Status::Doing => match row.place {
                Place::Release(_) | Place::Sprint(_) => Self::Planned,
                Place::Inbox | Place::Product | Place::List(_) => Self::Open,
            },
        }
    }
}

/// The items behind a goal, initiative or theme, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RollUp {
    /// Wanted, in no release and no sprint.
    pub open: usize,
    /// In a release or sprint.
    pub planned: usize,
    /// Done.
    pub shipped: usize,
    /// Effort of what is done.
    pub points_done: f64,
    /// Effort of all of these.
    pub points: f64,
    /// How many of these have no estimate.
    pub unestimated: usize,
}

impl RollUp {
    /// Counts items; what will not be done counts nowhere, and no effort counts twice (BT-31).
    #[must_use]
    pub fn of<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Self {
        let shares = Shares::among(rows.clone());
        let mut sum = Self::default();
        for row in rows {
            let points = shares.share(row, Unit::Points).size().unwrap_or_default();
            match Stage::of(row) {
                Stage::Open => sum.open += 1,
                Stage::Planned => sum.planned += 1,
                Stage::Shipped => {
                    sum.shipped += 1;
                    sum.points_done += points;
                }
                Stage::Away => continue,
            }
            sum.points += points;
            sum.unestimated += usize::from(row.estimate.is_none());
        }
        sum
    }

    /// How many items these are.
    #[must_use]
    pub const fn items(&self) -> usize {
        self.open + self.planned + self.shipped
    }
}

/// How many of the open items are linked: (linked, open).
#[must_use]
pub fn alignment<'a>(strategy: &Strategy, open: impl Iterator<Item = &'a Row>) -> (usize, usize) {
    open.fold((0, 0), |(linked, all), row| {
        (linked + usize::from(strategy.is_aligned(row)), all + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scalar;

    fn id(letter: char) -> RecordId {
        letter.to_string().repeat(12).parse().unwrap()
    }

    fn record(collection: Collection, letter: char, facts: &[(&str, Scalar)]) -> (Thing, Facts) {
        let mut all: Facts = [("created".to_owned(), 1.0.into())].into();
        all.extend(
            facts
                .iter()
                .map(|(key, value)| ((*key).to_owned(), value.clone())),
        );
        (Thing::Record(collection, id(letter)), all)
    }

    fn row(marks: &[(&str, char)]) -> Row {
        let mut row = Row::blank("abcdefghijkm".parse().unwrap());
        for (prefix, letter) in marks {
            row.set_mark(&format!("{prefix}:{}", id(*letter)), Some(true.into()));
        }
        row
    }

    fn things(goal_archived: bool) -> Things {
        let link = format!("goal:{}", id('g'));
        [
            record(
                Collection::Goals,
                'g',
                &[("archived", goal_archived.into())],
            ),
            record(Collection::Initiatives, 'i', &[(&link, true.into())]),
            record(Collection::Initiatives, 'o', &[("archived", true.into())]),
        ]
        .into()
    }

    #[test]
    fn pb_10_items_are_aligned_by_what_is_pursued() {
        let strategy = Strategy::of(&things(false));
        assert!(!strategy.is_aligned(&row(&[])));
        assert!(strategy.is_aligned(&row(&[("goal", 'g')])));
        assert!(strategy.is_aligned(&row(&[("initiative", 'i')])));
        assert!(!strategy.is_aligned(&row(&[("initiative", 'o')])));
        assert!(!strategy.is_aligned(&row(&[("goal", 'x'), ("theme", 'g')])));
        let rows = [row(&[]), row(&[("goal", 'g')])];
        assert_eq!(alignment(&strategy, rows.iter()), (1, 2));
    }

    #[test]
    fn pb_25_items_linked_only_to_what_was_archived_are_named() {
        let strategy = Strategy::of(&things(true));
        assert!(strategy.is_orphaned(&row(&[("goal", 'g')])));
        assert!(strategy.is_orphaned(&row(&[("goal", 'g'), ("initiative", 'o')])));
        assert!(!strategy.is_orphaned(&row(&[("goal", 'g'), ("initiative", 'i')])));
        assert!(!strategy.is_orphaned(&row(&[])));
    }

    #[test]
    fn pb_46_goals_are_served_through_initiatives_too() {
        let strategy = Strategy::of(&things(false));
        assert!(strategy.serves(&row(&[("goal", 'g')]), id('g')));
        assert!(strategy.serves(&row(&[("initiative", 'i')]), id('g')));
        assert!(!strategy.serves(&row(&[("initiative", 'o')]), id('g')));
    }

    #[test]
    fn pb_11_progress_is_clamped_or_missing_with_a_reason() {
        let goal = |baseline: f64, target: f64, current: f64| {
            let facts = [
                ("baseline", baseline.into()),
                ("target", target.into()),
                ("current", current.into()),
            ];
            progress(&record(Collection::Goals, 'g', &facts).1)
        };
        assert_eq!(goal(10.0, 20.0, 15.0), Ok(0.5));
        assert_eq!(goal(40.0, 20.0, 35.0), Ok(0.25));
        assert_eq!(goal(10.0, 20.0, 50.0), Ok(1.0));
        assert_eq!(goal(10.0, 20.0, 5.0), Ok(0.0));
        assert_eq!(goal(7.0, 7.0, 7.0), Err("the target is the baseline"));
        assert_eq!(progress(&Facts::new()), Err("no target yet"));
    }

    #[test]
    fn pb_11_a_roll_up_counts_what_will_be_done() {
        let item = |status: Status, place: Place, estimate: Option<f64>| Row {
            status,
            place,
            estimate,
            ..row(&[])
        };
        let rows = [
            item(Status::Doing, Place::Product, Some(3.0)),
            item(Status::Todo, Place::Inbox, None),
            item(Status::Todo, Place::Release(id('r')), Some(5.0)),
            item(Status::Done, Place::Sprint(id('s')), Some(2.0)),
            item(Status::Dropped, Place::Product, Some(100.0)),
            item(Status::Archived, Place::Product, None),
        ];
        let sum = RollUp::of(rows.iter());
        assert_eq!(
            (sum.open, sum.planned, sum.shipped, sum.items()),
            (2, 1, 1, 4)
        );
        assert_eq!(
            (sum.points_done, sum.points, sum.unestimated),
            (2.0, 10.0, 1)
        );
    }
}
