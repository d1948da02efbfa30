//! What is in a release, and how much it is: every item once (BT-02, BT-20, BT-31).
//!
//! An item of one of its sprints is in the release. A story whose feature is in the same release is part of the feature,
//! by the rule of [`once`]; so splitting a feature into stories of the same sum leaves the scope as it is.

use std::collections::BTreeMap;

use crate::{
    ids::{ItemId, RecordId},
    model::{Collection, Field, Place, Row, Status, Thing, Things, thing},
    planning::{
        limit::{self, Entry, Missing},
        round,
        split::RollUp,
    },
    product::once::{self, Whole},
};

use super::{Unit, one};

/// An item that counts for a release on its own.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Member {
    /// Which.
    pub item: ItemId,
    /// Its size with its stories.
    pub size: RollUp,
    /// Whether it is done.
    pub is_done: bool,
    /// Whether it names its problem and has acceptance criteria (BT-20).
    pub is_defined: bool,
}

/// What is in a release.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// Each item that counts on its own, by id.
    pub members: Vec<Member>,
    /// The sizes that are known, in the release's unit.
    pub known: f64,
    /// What those without a size are taken for.
    pub guessed: f64,
    /// How many have none.
    pub unestimated: usize,
    /// The part that is done.
    pub done: f64,
}

impl Scope {
    /// Everything, with what is guessed.
    #[must_use]
    pub fn total(&self) -> f64 {
        round::nine(self.known + self.guessed)
    }

    /// What is not done yet.
    #[must_use]
    pub fn remaining(&self) -> f64 {
        round::nine((self.total() - self.done).max(0.0))
    }

    /// How many are done.
    #[must_use]
    pub fn done_count(&self) -> usize {
        self.members.iter().filter(|member| member.is_done).count()
    }

    /// The share that is done, 0 to 1: of the effort, or of the items where nothing is estimated.
    #[must_use]
    pub fn progress(&self) -> f64 {
        let total = self.total();
        if total > 0.0 {
            (self.done / total).clamp(0.0, 1.0)
        } else if self.members.is_empty() {
            0.0
        } else {
            self.done_count() as f64 / self.members.len() as f64
        }
    }

    /// How many name their problem and have acceptance criteria (BT-20).
    #[must_use]
    pub fn defined(&self) -> usize {
        let defined = self.members.iter().filter(|member| member.is_defined);
        defined.count()
    }
}

/// The release that an item's place belongs to.
#[must_use]
pub fn release_of(things: &Things, place: Place) -> Option<RecordId> {
    match place {
        Place::Release(id) => Some(id),
        Place::Sprint(id) => {
            let facts = things.get(&Thing::Record(Collection::Sprints, id))?;
            thing::text(facts, "release").parse().ok()
        }
        Place::Inbox | Place::Product | Place::List(_) => None,
    }
}

/// The scope of every release that has anything in it, in one pass over all rows.
#[must_use]
pub fn scopes<'a>(
    things: &Things,
    rows: impl Iterator<Item = &'a Row>,
) -> BTreeMap<RecordId, Scope> {
    let missing = things
        .get(&Thing::Product)
        .map_or_else(Missing::default, |facts| {
            Missing::from_word(thing::text(facts, "missing_estimate"))
        });
    let in_releases = rows.filter(|row| release_of(things, row.place).is_some());
    once::wholes(things, in_releases)
        .iter()
        .filter_map(|(place, whole)| {
            let id = release_of(things, *place)?;
            let unit = one(things, id).map_or(Unit::Points, |release| release.unit);
            Some((id, scope(whole, unit, missing)))
        })
        .collect()
}

fn scope(whole: &Whole<'_>, unit: Unit, missing: Missing) -> Scope {
    let members = whole.roots.iter().filter_map(|id| {
        let row = whole.rows.get(id)?;
        Some(Member {
            item: *id,
            size: whole.size(*id, unit),
            is_done: row.status == Status::Done,
            is_defined: row.criteria.1 > 0 && !row.text(Field::Problem).is_empty(),
        })
    });
    sums(members.collect(), missing)
}

fn sums(members: Vec<Member>, missing: Missing) -> Scope {
    let entries: Vec<Entry> = members
        .iter()
        .map(|member| Entry {
            size: member.size.size,
            skipped: member.is_done && member.size.size.is_none(),
        })
        .collect();
    let weights = limit::weigh(&entries, missing);
    let guessed = weights.iter().filter(|weight| weight.guessed);
    Scope {
        known: round::nine(members.iter().filter_map(|member| member.size.size).sum()),
        guessed: round::nine(guessed.clone().map(|weight| weight.size).sum()),
        unestimated: guessed.count(),
        done: round::nine(members.iter().map(done).sum()),
        members,
    }
}

/// A feature that is done is done whole, whatever became of its stories.
fn done(member: &Member) -> f64 {
    match member.is_done {
        true => member.size.size.unwrap_or(0.0),
        false => member.size.done,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{item, record, with};
    use super::*;

    fn row(letter: char, estimate: Option<f64>) -> Row {
        let mut row = Row::blank(item(letter));
        row.place = Place::Release(record('r'));
        row.estimate = estimate;
        row
    }

    fn part_of(mut row: Row, parent: char) -> Row {
        row.set_field(Field::Parent, Some(item(parent).to_string().into()));
        row
    }

    fn of(rows: &[Row]) -> Scope {
        let mut found = scopes(&with(&[]), rows.iter());
        found.remove(&record('r')).unwrap_or_default()
    }

    #[test]
    fn bt_02_bt_32_a_release_holds_its_items_and_those_of_its_sprints() {
        let mut rows = [
            row('a', Some(5.0)),
            row('b', Some(3.0)),
            row('c', Some(8.0)),
            row('d', Some(2.0)),
            row('e', None),
        ];
        rows[1].place = Place::Sprint(record('s'));
        rows[2].status = Status::Dropped;
        rows[3].status = Status::Done;
        rows[4].place = Place::Product;
        let scope = of(&rows);
        assert_eq!(scope.members.len(), 3);
        assert_eq!(
            (scope.known, scope.done, scope.remaining()),
            (10.0, 2.0, 8.0)
        );
        assert!((scope.progress() - 0.2).abs() < 1e-9);
    }

    #[test]
    fn bt_31_stories_count_for_their_feature_and_never_beside_it() {
        let feature = row('a', Some(20.0));
        let mut done = part_of(row('b', Some(5.0)), 'a');
        done.status = Status::Done;
        done.place = Place::Sprint(record('s'));
        let rows = [
            feature,
            done,
            part_of(row('c', Some(8.0)), 'a'),
            part_of(row('d', None), 'a'),
        ];
        let scope = of(&rows);
        assert_eq!(scope.members.len(), 1);
        assert_eq!((scope.known, scope.done), (13.0, 5.0));
        // A story whose feature is elsewhere counts on its own.
        assert_eq!(of(&rows[1..]).known, 13.0);
        assert_eq!(of(&rows[1..]).members.len(), 3);
    }

    #[test]
    fn what_is_part_of_itself_counts_once() {
        let rows = [
            part_of(row('a', Some(5.0)), 'c'),
            part_of(row('b', Some(3.0)), 'a'),
            part_of(row('c', Some(2.0)), 'b'),
            part_of(row('d', Some(1.0)), 'd'),
        ];
        let scope = of(&rows);
        let members: Vec<ItemId> = scope.members.iter().map(|one| one.item).collect();
        assert_eq!(members, [item('a'), item('d')]);
        // The features of the circle count for their stories, and the last of those for itself.
        assert_eq!(scope.known, 3.0);
    }

    #[test]
    fn bt_14_what_has_no_estimate_is_guessed_and_said() {
        let scope = of(&[row('a', Some(5.0)), row('b', Some(3.0)), row('c', None)]);
        assert_eq!(
            (scope.known, scope.guessed, scope.unestimated),
            (8.0, 4.0, 1)
        );
        assert_eq!(scope.total(), 12.0);
    }

    #[test]
    fn bt_20_readiness_counts_criteria_and_problem() {
        let mut defined = row('a', None);
        defined.criteria = (0, 2);
        defined.set_field(Field::Problem, Some("It is slow".into()));
        let mut half = row('b', None);
        half.criteria = (0, 1);
        assert_eq!(of(&[defined, half]).defined(), 1);
    }
}
