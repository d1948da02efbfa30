//! What people asked for, by item (PB-09, PB-20). Pure: made once when feedback or merges change, then asked per row.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    ids::{ItemId, RecordId},
    model::{
        Collection, Field, Row, Status, Thing, Things,
        thing::{self, SOURCES},
    },
};

/// What a piece of feedback weighs where nobody said.
const WEIGHT: f64 = 1.0;
/// Longest chain of merges that is followed.
const MERGES_MAX: usize = 64;

/// The feedback of one item and of those that were merged into it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// How many pieces.
    pub count: usize,
    /// The sum of their weights.
    pub weight: f64,
    /// How many of each kind of source, in the order of [`SOURCES`].
    pub by_source: [usize; SOURCES.len()],
    /// How many came since the last refinement; none while there was none.
    pub since: usize,
    /// The pieces, oldest first.
    pub records: Vec<RecordId>,
}

impl Heard {
    /// `3 customer, 2 sales`.
    #[must_use]
    pub fn by_kind(&self) -> String {
        let kinds = SOURCES.iter().zip(self.by_source);
        let said = kinds.filter(|(_, count)| *count > 0);
        let said: Vec<String> = said
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        said.join(", ")
    }
}

/// The feedback of every item that has some.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    by_item: BTreeMap<ItemId, Heard>,
}

impl Evidence {
    /// Gathers it. `merged` says which item became part of which: see [`merged`].
    #[must_use]
    pub fn of(things: &Things, merged: &BTreeMap<ItemId, ItemId>) -> Self {
        let product = things.get(&Thing::Product);
        let refined = product.and_then(|facts| thing::number(facts, "refined"));
        let mut records: Vec<_> = thing::records(things, Collection::Feedback);
        let made = |facts| thing::number(facts, "created").unwrap_or_default();
        records.sort_by(|(a, x), (b, y)| made(x).total_cmp(&made(y)).then(a.cmp(b)));
        let mut evidence = Self::default();
        for (id, facts) in records {
            let source = thing::text(facts, "source");
            let kind = SOURCES.iter().position(|kind| *kind == source).unwrap_or(0);
            let is_new = refined.is_some_and(|refined| made(facts) > refined);
            let items: BTreeSet<ItemId> = thing::flagged(facts, "item")
                .filter_map(|item| item.parse().ok())
                .map(|item| survivor(merged, item))
                .collect();
            for item in items {
                let heard = evidence.by_item.entry(item).or_default();
                heard.count += 1;
                heard.weight += thing::number(facts, "weight").unwrap_or(WEIGHT);
                heard.by_source[kind] += 1;
                heard.since += usize::from(is_new);
                heard.records.push(id);
            }
        }
        evidence
    }

    /// What was heard of an item.
    #[must_use]
    pub fn heard(&self, item: ItemId) -> Option<&Heard> {
        self.by_item.get(&item)
    }

    /// Whether nothing was heard of anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_item.is_empty()
    }

    /// How many pieces of feedback an item has.
    #[must_use]
    pub fn count(&self, item: ItemId) -> usize {
        self.heard(item).map_or(0, |heard| heard.count)
    }
}

/// Which items became part of which.
#[must_use]
pub fn merged<'a>(rows: impl Iterator<Item = &'a Row>) -> BTreeMap<ItemId, ItemId> {
    rows.filter(|row| row.status == Status::Merged)
        .filter_map(|row| Some((row.id, row.item(Field::MergedInto)?)))
        .collect()
}

/// The item that stays at the end of an item's merges.
#[must_use]
pub fn survivor(merged: &BTreeMap<ItemId, ItemId>, item: ItemId) -> ItemId {
    let mut here = item;
    for _ in 0..MERGES_MAX {
        match merged.get(&here) {
            Some(next) => here = *next,
            None => break,
        }
    }
    here
}

#[cfg(test)]
mod tests {
    use shared::model::{Facts, Scalar};

    use super::*;
    use crate::state::rows::tests::row;

    fn feedback(id: &str, source: &str, at: f64, items: &[ItemId]) -> (Thing, Facts) {
        let mut facts: Facts = [
            ("created".to_owned(), Scalar::Number(at)),
            ("source".to_owned(), source.into()),
        ]
        .into();
        for item in items {
            facts.insert(format!("item:{item}"), true.into());
        }
        (
            Thing::Record(Collection::Feedback, id.parse().unwrap()),
            facts,
        )
    }

    #[test]
    fn pb_09_feedback_counts_by_kind_and_weight() {
        let (a, b) = (row("a", "V").id, row("b", "V").id);
        let mut heavy = feedback("bbbbbbbbbbbb", "sales", 2.0, &[a, b]);
        heavy.1.insert("weight".to_owned(), 5.0.into());
        let mut gone = feedback("cccccccccccc", "sales", 3.0, &[a]);
        gone.1.insert("archived".to_owned(), true.into());
        let things: Things = [feedback("dddddddddddd", "customer", 1.0, &[a]), heavy, gone].into();
        let evidence = Evidence::of(&things, &BTreeMap::new());
        let heard = |item| {
            let heard = evidence.heard(item).unwrap();
            (heard.count, heard.weight)
        };
        assert_eq!((heard(a), heard(b)), ((2, 6.0), (1, 5.0)));
        assert_eq!(evidence.heard(a).unwrap().by_kind(), "1 customer, 1 sales");
        assert_eq!(
            evidence.heard(a).unwrap().records[0].as_str(),
            "dddddddddddd"
        );
        assert_eq!(evidence.count(row("c", "V").id), 0);
    }

    #[test]
    fn pb_09_evidence_of_merged_items_counts_for_the_one_that_stays() {
        let [a, b, c] = ["a", "b", "c"].map(|id| row(id, "V").id);
        let into = |id: &str, other: ItemId| {
            let mut row = row(id, "V");
            row.status = Status::Merged;
            row.set_field(Field::MergedInto, Some(other.to_string().into()));
            row
        };
        let rows = [into("a", b), into("b", c), row("c", "V")];
        let merged = merged(rows.iter());
        let things: Things = [
            feedback("aaaaaaaaaaaa", "customer", 1.0, &[a, c]),
            feedback("bbbbbbbbbbbb", "support", 2.0, &[b]),
        ]
        .into();
        let evidence = Evidence::of(&things, &merged);
        assert_eq!((evidence.count(c), evidence.count(a)), (2, 0));
        // Nobody waits for ever where two were merged into each other.
        let circle = BTreeMap::from([(a, b), (b, a)]);
        assert!([a, b].contains(&survivor(&circle, a)));
    }

    #[test]
    fn pb_20_what_came_since_the_last_refinement_is_counted() {
        let a = row("a", "V").id;
        let mut things: Things = [
            feedback("aaaaaaaaaaaa", "customer", 1_000.0, &[a]),
            feedback("bbbbbbbbbbbb", "customer", 3_000.0, &[a]),
        ]
        .into();
        let since = |things: &Things| {
            Evidence::of(things, &BTreeMap::new())
                .heard(a)
                .unwrap()
                .since
        };
        assert_eq!(since(&things), 0);
        let refined = [("refined".to_owned(), 2_000.0.into())];
        things.insert(Thing::Product, refined.into());
        assert_eq!(since(&things), 1);
    }
}
