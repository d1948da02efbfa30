//! What each item counts for in a sum, so that no effort counts twice (`MODEL.md` R3, BT-31).
//!
//! A story that stands in the same whole as its feature is part of it: where stories are estimated they count and the
//! feature does not, where none is the feature counts and they do not. A whole is a release with its sprints, or any other
//! place. What is part of something elsewhere counts on its own. Every sum asks here: the gauge of a release, the totals
//! of lists, groups and columns, and the cut lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::ItemId,
    model::{Field, Place, Row, Status, Things},
    planning::{
        round,
        split::{Child, RollUp, roll_up},
    },
};

use super::releases::{Unit, release_of};

/// Stories of stories are followed so deep; people who are apart can make a feature part of its own story.
const DEPTH_MAX: usize = 32;

/// What an item adds to a sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    /// So much.
    Counts(f64),
    /// It counts, and has no size.
    Unknown,
    /// Nothing: its stories count, or what it is part of.
    Within,
}

impl Share {
    fn own(size: Option<f64>) -> Self {
        size.and_then(round::amount)
            .map_or(Self::Unknown, Self::Counts)
    }

    /// The size that is known.
    #[must_use]
    pub const fn size(self) -> Option<f64> {
        match self {
            Self::Counts(size) => Some(size),
            Self::Unknown => None,
            Self::Within => Some(0.0),
        }
    }
}

/// What every item counts for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shares {
    /// Those of items that are part of something or have parts, by unit.
    by_unit: BTreeMap<Unit, BTreeMap<ItemId, Share>>,
}

impl Shares {
    /// Reads them from all rows.
    #[must_use]
    pub fn of<'a>(things: &Things, rows: impl Iterator<Item = &'a Row> + Clone) -> Self {
        Self::shared_out(wholes(things, related(rows)).values())
    }

    /// The same among these items alone, wherever they are.
    #[must_use]
    pub fn among<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> Self {
        let counted =
            related(rows).filter(|row| row.status.is_open() || row.status == Status::Done);
        let mut whole = Whole {
            rows: counted.map(|row| (row.id, row)).collect(),
            ..Whole::default()
        };
        whole.join();
        Self::shared_out([whole].iter())
    }

    fn shared_out<'w, 'a: 'w>(wholes: impl Iterator<Item = &'w Whole<'a>> + Clone) -> Self {
        let by_unit = Unit::ALL.iter().map(|unit| {
            let mut shares = BTreeMap::new();
            for whole in wholes.clone() {
                whole.share_out(*unit, &mut shares);
            }
            (*unit, shares)
        });
        Self {
            by_unit: by_unit.collect(),
        }
    }

    /// What one item counts for.
    #[must_use]
    pub fn share(&self, row: &Row, unit: Unit) -> Share {
        let shared_out = self.by_unit.get(&unit).and_then(|of| of.get(&row.id));
        shared_out
            .copied()
            .unwrap_or_else(|| Share::own(unit.size(row)))
    }

    /// What items add up to.
    #[must_use]
    pub fn sum<'a>(&self, rows: impl IntoIterator<Item = &'a Row>, unit: Unit) -> f64 {
        let sizes = rows
            .into_iter()
            .filter_map(|row| self.share(row, unit).size());
        round::nine(sizes.sum())
    }
}

/// The items that are part of something or may have parts.
fn related<'a>(rows: impl Iterator<Item = &'a Row> + Clone) -> impl Iterator<Item = &'a Row> {
    let named = rows.clone().filter_map(|row| row.item(Field::Parent));
    let parents: BTreeSet<ItemId> = named.collect();
    rows.filter(move |row| parents.contains(&row.id) || row.item(Field::Parent).is_some())
}

/// The items of one whole, with what is part of what among them.
#[derive(Clone, Debug, Default)]
pub(super) struct Whole<'a> {
    pub(super) rows: BTreeMap<ItemId, &'a Row>,
    /// Those that are part of none of the others.
    pub(super) roots: Vec<ItemId>,
    below: BTreeMap<ItemId, Vec<ItemId>>,
}

/// Every whole that has anything in it, in one pass: what is open or done.
pub(super) fn wholes<'a>(
    things: &Things,
    rows: impl Iterator<Item = &'a Row>,
) -> BTreeMap<Place, Whole<'a>> {
    let mut wholes: BTreeMap<Place, Whole<'a>> = BTreeMap::new();
    for row in rows.filter(|row| row.status.is_open() || row.status == Status::Done) {
        let place = release_of(things, row.place).map_or(row.place, Place::Release);
        wholes.entry(place).or_default().rows.insert(row.id, row);
    }
    for whole in wholes.values_mut() {
        whole.join();
    }
    wholes
}

impl Whole<'_> {
    fn join(&mut self) {
        let ids: Vec<ItemId> = self.rows.keys().copied().collect();
        for id in ids {
            match self.parent(id) {
                Some(parent) => self.below.entry(parent).or_default().push(id),
                None => self.roots.push(id),
            }
        }
    }

    /// The item that another one is part of; none where it would be part of itself.
    fn parent(&self, id: ItemId) -> Option<ItemId> {
        let up = |id: ItemId| {
            let parent = self.rows.get(&id)?.item(Field::Parent)?;
            self.rows.contains_key(&parent).then_some(parent)
        };
        let first = up(id)?;
        let mut seen = BTreeSet::from([id]);
        let mut here = first;
        while seen.insert(here) {
            if seen.len() > DEPTH_MAX {
                return None;
            }
            match up(here) {
                Some(next) => here = next,
                None => return Some(first),
            }
        }
        // A circle: its smallest is on its own, the others are part of it.
        let mut circle = BTreeSet::from([here]);
        let mut next = up(here);
        while let Some(one) = next.filter(|one| *one != here) {
            circle.insert(one);
            next = up(one);
        }
        (circle.first() != Some(&id)).then_some(first)
    }

    fn stories(&self, id: ItemId) -> &[ItemId] {
        self.below.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The size of an item with its stories. Items that are counted are counted whole.
    pub(super) fn size(&self, id: ItemId, unit: Unit) -> RollUp {
        let Some(row) = self.rows.get(&id) else {
            return RollUp::default();
        };
        match unit {
            Unit::Count => roll_up(unit.size(row), row.status == Status::Done, &[]),
            Unit::Points | Unit::Hours => self.size_below(id, unit, 0),
        }
    }

    fn size_below(&self, id: ItemId, unit: Unit, depth: usize) -> RollUp {
        let row = self.rows.get(&id);
        let own = row.and_then(|row| unit.size(row));
        let own_done = row.is_some_and(|row| row.status == Status::Done);
        let stories = self.stories(id);
        if depth > DEPTH_MAX {
            return roll_up(own, own_done, &[]);
        }
        let mut all = Vec::with_capacity(stories.len());
        for story in stories {
            let part = self.size_below(*story, unit, depth + 1);
            let is_done = self
                .rows
                .get(story)
                .is_some_and(|row| row.status == Status::Done);
            let (done, open) = match (part.size, is_done) {
                (Some(size), true) => (size, 0.0),
                (Some(size), false) => (part.done, round::nine(size - part.done)),
                (None, _) => (0.0, 0.0),
            };
            all.push(child(
                part.size.map(|_| open),
                false,
                is_done && done == 0.0,
            ));
            if done > 0.0 {
                all.push(child(Some(done), true, false));
            }
        }
        let all: Vec<Child> = all.into_iter().flatten().collect();
        RollUp {
            children: stories.len(),
            ..roll_up(own, own_done, &all)
        }
    }

    /// Says what each item counts for.
    fn share_out(&self, unit: Unit, shares: &mut BTreeMap<ItemId, Share>) {
        // Items under something that counts for them.
        let mut within: Vec<ItemId> = Vec::new();
        let mut counted = self.roots.clone();
        while let Some(id) = counted.pop() {
            let size = self.size(id, unit);
            if size.from_children {
                shares.insert(id, Share::Within);
                for story in self.stories(id) {
                    // A story without a size stands in those that have one.
                    let of = match self.size(*story, unit).size {
                        Some(_) => &mut counted,
                        None => &mut within,
                    };
                    of.push(*story);
                }
            } else {
                shares.insert(id, Share::own(size.size));
                within.extend(self.stories(id));
            }
        }
        while let Some(id) = within.pop() {
            if shares.insert(id, Share::Within).is_none() {
                within.extend(self.stories(id));
            }
        }
    }
}

/// A part of a story that counts: nothing where it has no effort left and another part speaks for it.
fn child(estimate: Option<f64>, done: bool, is_only: bool) -> Option<Child> {
    let counts = estimate.is_none_or(|estimate| estimate > 0.0) || is_only;
    counts.then_some(Child {
        estimate,
        done: done || is_only,
        dropped: false,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::releases::{
        scopes,
        tests::{item, record, with},
    };
    use super::*;

    fn row(letter: char, parent: Option<char>, estimate: Option<f64>) -> Row {
        let mut row = Row::blank(item(letter));
        row.estimate = estimate;
        let parent = parent.map(|parent| item(parent).to_string().into());
        row.set_field(Field::Parent, parent);
        row
    }

    fn shares(rows: &[Row]) -> Shares {
        Shares::of(&with(&[]), rows.iter())
    }

    #[test]
    fn bt_31_a_feature_and_its_stories_in_one_list_count_once() {
        let mut rows = [
            row('a', None, Some(20.0)),
            row('b', Some('a'), Some(5.0)),
            row('c', Some('a'), Some(8.0)),
            row('d', Some('a'), None),
            row('e', None, Some(3.0)),
            row('f', Some('e'), None),
            row('g', None, None),
        ];
        let said = |rows: &[Row]| {
            let shares = shares(rows);
            rows.iter()
                .map(|row| shares.share(row, Unit::Points))
                .collect::<Vec<_>>()
        };
        use Share::{Counts, Unknown, Within};
        assert_eq!(
            said(&rows),
            [
                Within,
                Counts(5.0),
                Counts(8.0),
                Within,
                Counts(3.0),
                Within,
                Unknown
            ]
        );
        let sum = |rows: &[Row], unit| shares(rows).sum(rows, unit);
        assert_eq!(sum(&rows, Unit::Points), 16.0);
        assert_eq!(sum(&rows, Unit::Count), 3.0);
        // A story of a feature that is elsewhere counts on its own, and so does the feature.
        rows[1].place = Place::Release(record('r'));
        rows[2].place = Place::Release(record('r'));
        assert_eq!(
            said(&rows)[..4],
            [Counts(20.0), Counts(5.0), Counts(8.0), Within]
        );
        // A release and its sprints are one whole.
        rows[0].place = Place::Release(record('r'));
        rows[1].place = Place::Sprint(record('s'));
        assert_eq!(said(&rows)[..3], [Within, Counts(5.0), Counts(8.0)]);
        // What is done was part of the feature; what was dropped was not.
        rows[1].status = Status::Done;
        rows[2].status = Status::Dropped;
        assert_eq!(said(&rows)[..2], [Within, Counts(5.0)]);
    }

    prop_compose! {
        fn forest()(
            parts in prop::collection::vec(
                (0..12usize, prop::option::of(0..6u8), 0..4u8, 0..4u8),
                1..12,
            )
        ) -> Vec<Row> {
            let letter = |n: usize| char::from(b'a' + u8::try_from(n).unwrap());
            let rows = parts.iter().enumerate().map(|(n, (parent, estimate, status, place))| {
                // Circles too: people who are apart make them.
                let parent = (*parent < parts.len()).then(|| letter(*parent));
                let mut row = row(letter(n), parent, estimate.map(f64::from));
                row.status = [Status::Todo, Status::Doing, Status::Done, Status::Dropped][usize::from(*status)];
                row.place = match place {
                    0 => Place::Product,
                    1 => Place::Release(record('r')),
                    _ => Place::Sprint(record('s')),
                };
                row
            });
            rows.collect()
        }
    }

    proptest! {
        #[test]
        fn r3_bt_31_no_effort_counts_twice(rows in forest()) {
            let things = with(&[]);
            let shares = Shares::of(&things, rows.iter());
            for whole in wholes(&things, rows.iter()).values() {
                for (id, row) in &whole.rows {
                    if shares.share(row, Unit::Points) == Share::Within {
                        continue;
                    }
                    // Nothing that it is part of counts as well.
                    let mut above = whole.parent(*id);
                    while let Some(up) = above {
                        let share = shares.share(whole.rows[&up], Unit::Points);
                        prop_assert_eq!(share, Share::Within, "{:?} is part of {:?}", id, up);
                        above = whole.parent(up);
                    }
                }
            }
        }

        #[test]
        fn r3_bt_31_lists_add_up_to_what_the_gauge_says(rows in forest()) {
            let things = with(&[]);
            let shares = Shares::of(&things, rows.iter());
            let scope = scopes(&things, rows.iter()).remove(&record('r')).unwrap_or_default();
            let of_release: Vec<&Row> = rows
                .iter()
                .filter(|row| row.status.is_open() || row.status == Status::Done)
                .filter(|row| release_of(&things, row.place) == Some(record('r')))
                .collect();
            let sum = |unit| shares.sum(of_release.iter().copied(), unit);
            prop_assert_eq!(sum(Unit::Points), scope.known);
            prop_assert_eq!(sum(Unit::Count), scope.members.len() as f64);
            let unknown = of_release.iter().filter(|row| {
                row.status.is_open() && shares.share(row, Unit::Points) == Share::Unknown
            });
            prop_assert_eq!(unknown.count(), scope.unestimated);
        }
    }
}
