//! Features and the stories they were split into: who is part of whom, and sums that count nothing twice (BT-31, BT-51).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::ItemId,
    model::{Field, Row, Status},
    planning::split::{self, Child, RollUp},
};

/// Which item is part of which. Where people who were apart made a circle, the item of it with the smallest id is part
/// of none, so everybody sees the same tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Family {
    parents: BTreeMap<ItemId, ItemId>,
    children: BTreeMap<ItemId, Vec<ItemId>>,
    sizes: BTreeMap<ItemId, (Option<f64>, Status)>,
}

impl Family {
    /// Reads it from all rows. What names an item that is not there is part of none.
    #[must_use]
    pub fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut family = Self::default();
        let mut named: Vec<(ItemId, ItemId)> = Vec::new();
        for row in rows {
            family.sizes.insert(row.id, (row.estimate, row.status));
            if let Some(parent) = row.item(Field::Parent) {
                named.push((row.id, parent));
            }
        }
        let sizes = &family.sizes;
        family.parents = named
            .into_iter()
            .filter(|(_, parent)| sizes.contains_key(parent))
            .collect();
        for item in family.circles() {
            family.parents.remove(&item);
        }
        for (child, parent) in &family.parents {
            family.children.entry(*parent).or_default().push(*child);
        }
        family
    }

    /// The smallest item of each circle.
    fn circles(&self) -> Vec<ItemId> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for start in self.parents.keys() {
            let mut way = Vec::new();
            let mut here = *start;
            while seen.insert(here) {
                way.push(here);
                match self.parents.get(&here) {
                    Some(parent) => here = *parent,
                    None => break,
                }
            }
            if let Some(at) = way.iter().position(|item| *item == here)
                && self.parents.contains_key(&here)
            {
                found.extend(way[at..].iter().min());
            }
        }
        found
    }

    /// What an item is part of.
    #[must_use]
    pub fn parent(&self, item: ItemId) -> Option<ItemId> {
        self.parents.get(&item).copied()
    }

    /// The parts of an item.
    #[must_use]
    pub fn children(&self, item: ItemId) -> &[ItemId] {
        self.children.get(&item).map_or(&[], Vec::as_slice)
    }

    /// The items that have parts.
    pub fn wholes(&self) -> impl Iterator<Item = ItemId> {
        self.children.keys().copied()
    }

    /// What an item adds up to with its parts, and theirs.
    #[must_use]
    pub fn roll_up(&self, item: ItemId) -> RollUp {
        let mut parts = Vec::new();
        self.parts(item, &mut parts);
        let (own, status) = self.size(item);
        split::roll_up(own, status == Status::Done, &parts)
    }

    /// Whether the parts of an item have estimates, so that they count and its own does not.
    #[must_use]
    pub fn is_split(&self, item: ItemId) -> bool {
        !self.children(item).is_empty() && self.roll_up(item).from_children
    }

    /// A part that was split up itself stands for its own parts.
    fn parts(&self, item: ItemId, parts: &mut Vec<Child>) {
        for child in self.children(item) {
            if self.is_split(*child) {
                self.parts(*child, parts);
                continue;
            }
            let (estimate, status) = self.size(*child);
            parts.push(Child {
                estimate,
                done: status == Status::Done,
                dropped: status != Status::Done && !status.is_open(),
            });
        }
    }

    fn size(&self, item: ItemId) -> (Option<f64>, Status) {
        self.sizes
            .get(&item)
            .copied()
            .unwrap_or((None, Status::Dropped))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: char) -> ItemId {
        n.to_string().repeat(12).parse().unwrap()
    }

    fn row(n: char, parent: Option<char>, estimate: Option<f64>, status: Status) -> Row {
        let mut row = Row {
            estimate,
            status,
            ..Row::blank(id(n))
        };
        row.set_field(
            Field::Parent,
            parent.map(|parent| id(parent).to_string().into()),
        );
        row
    }

    #[test]
    fn bt_31_a_feature_with_estimated_stories_counts_for_their_sum_and_says_so() {
        let rows = [
            row('f', None, Some(13.0), Status::Todo),
            row('a', Some('f'), Some(5.0), Status::Done),
            row('b', Some('f'), Some(20.0), Status::Todo),
            row('c', Some('b'), Some(2.0), Status::Done),
            row('d', Some('b'), Some(1.0), Status::Todo),
            row('e', Some('f'), Some(8.0), Status::Dropped),
            row('g', None, Some(3.0), Status::Todo),
        ];
        let family = Family::of(rows.iter());
        let sum = family.roll_up(id('f'));
        assert_eq!(
            (sum.size, sum.done, sum.from_children),
            (Some(8.0), 7.0, true)
        );
        assert!(family.is_split(id('b')) && !family.is_split(id('g')));
        assert_eq!(family.roll_up(id('g')).size, Some(3.0));
        assert_eq!(family.wholes().collect::<Vec<_>>(), [id('b'), id('f')]);
    }

    #[test]
    fn bt_51_circles_of_parents_are_opened_at_the_smallest_id() {
        let rows = [
            row('c', Some('a'), Some(1.0), Status::Todo),
            row('a', Some('b'), Some(2.0), Status::Todo),
            row('b', Some('c'), Some(4.0), Status::Todo),
            row('d', Some('d'), Some(8.0), Status::Todo),
            row('e', Some('b'), Some(16.0), Status::Todo),
            row('g', Some('z'), None, Status::Todo),
        ];
        let family = Family::of(rows.iter());
        assert_eq!(family.parent(id('a')), None);
        assert_eq!(family.parent(id('b')), Some(id('c')));
        assert_eq!(family.parent(id('d')), None);
        assert_eq!(family.parent(id('g')), None);
        assert_eq!(family.roll_up(id('a')).size, Some(16.0));
    }
}
