//! Questions about single items that lists are filtered by and that the health panel counts (PB-10, PB-17).

use crate::{
    model::{Field, Place, Row, Thing, Things, item::words, thing},
    time::Timestamp,
};

use super::{settings::Settings, strategy::Strategy};

words! {
    /// Something that may be said of an item.
    Check {
        /// Linked to no goal and no initiative that is pursued (PB-10).
        Unaligned = "unaligned", "Not aligned";
        /// Linked only to goals and initiatives that were archived (PB-25).
        Orphaned = "orphaned", "Linked only to what was archived";
        /// Without acceptance criteria.
        NoCriteria = "no-criteria", "No acceptance criteria";
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
    /// Whether it is one of the tiers of staleness, of which an item has one.
    #[must_use]
    pub const fn is_tier(self) -> bool {
        false
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
    /// When the backlog was refined last.
    pub refined: Option<Timestamp>,
    now: Timestamp,
}

impl Judge {
    /// Reads what is needed.
    #[must_use]
    pub fn of(things: &Things, now: Timestamp) -> Self {
        Self {
            settings: Settings::of(things),
            strategy: Strategy::of(things),
            refined: things
                .get(&Thing::Product)
                .and_then(|facts| moment(thing::number(facts, "refined"))),
            now,
        }
    }

    /// Whether a check says yes to an item.
    #[must_use]
    pub fn holds(&self, check: Check, row: &Row) -> bool {
        match check {
            Check::Unaligned => !self.strategy.is_aligned(row),
            Check::Orphaned => self.strategy.is_orphaned(row),
            Check::NoCriteria => row.criteria.1 == 0,
            Check::Planned => !is_unplanned(row),
            Check::Unplanned => is_unplanned(row),
            Check::Blocked => !row.text(Field::Blocked).is_empty(),
            Check::Untouched => self.refined.is_some_and(|refined| row.touched < refined),
            Check::Cleared => is_cleared(row, self.now),
        }
    }
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
    use crate::model::Status;

    const DAY: i64 = 24 * 60 * 60 * 1000;

    fn row() -> Row {
        Row::blank("abcdefghijkm".parse().unwrap())
    }

    fn judge(refined: i64) -> Judge {
        #[allow(clippy::cast_precision_loss, reason = "small")]
        let facts = [("refined".to_owned(), (refined as f64).into())].into();
        let things = [(Thing::Product, facts)].into();
        Judge::of(&things, Timestamp::from_ms(100 * DAY))
    }

    #[test]
    fn pb_26_cleared_is_what_was_put_away_within_thirty_days() {
        let judge = judge(0);
        let cleared = |status: Status, day: Option<i64>| {
            let cleared = day.map(|day| Timestamp::from_ms(day * DAY));
            judge.holds(
                Check::Cleared,
                &Row {
                    status,
                    cleared,
                    ..row()
                },
            )
        };
        assert!(cleared(Status::Archived, Some(70)));
        assert!(cleared(Status::Declined, Some(99)));
        assert!(!cleared(Status::Archived, Some(69)));
        assert!(!cleared(Status::Todo, Some(99)), "it was brought back");
        assert!(!cleared(Status::Done, Some(99)));
        assert!(!cleared(Status::Archived, None), "an imported one");
    }

    #[test]
    fn pb_17_checks_say_what_is_missing() {
        let judge = judge(50 * DAY);
        let mut item = row();
        assert!(judge.holds(Check::NoCriteria, &item));
        assert!(judge.holds(Check::Unaligned, &item));
        assert!(judge.holds(Check::Untouched, &item));
        assert!(!judge.holds(Check::Blocked, &item));
        assert!(!judge.holds(Check::Orphaned, &item));
        item.criteria = (0, 2);
        item.touched = Timestamp::from_ms(60 * DAY);
        item.set_field(Field::Blocked, Some("waiting".into()));
        assert!(!judge.holds(Check::NoCriteria, &item));
        assert!(!judge.holds(Check::Untouched, &item));
        assert!(judge.holds(Check::Blocked, &item));
    }
}
