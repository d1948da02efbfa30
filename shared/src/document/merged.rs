//! Items that were merged into each other by people who were apart: a circle would hide them all, so the one with the
//! smallest id stays open (`MODEL.md` G1). Everybody finds the same one.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::ItemId,
    model::{Field, Row, Status},
};

type Rows = BTreeMap<ItemId, Row>;

/// Every item that was merged into another one.
pub(super) fn all(rows: &Rows) -> Vec<ItemId> {
    let merged = rows.values().filter(|row| is_merged(row));
    merged.map(|row| row.id).collect()
}

/// Whether rows that were just read are, or were, merged into others.
pub(super) fn concerns(rows: &Rows, read: &BTreeMap<ItemId, Option<Row>>) -> bool {
    read.iter()
        .any(|(id, row)| row.as_ref().is_some_and(is_merged) || rows.get(id).is_some_and(is_merged))
}

fn is_merged(row: &Row) -> bool {
    row.field(Field::MergedInto).is_some()
}

/// Opens one item of every circle.
pub(super) fn heal(rows: &mut Rows) {
    let into: BTreeMap<ItemId, ItemId> = rows
        .values()
        .filter_map(|row| Some((row.id, merged_into(row)?)))
        .collect();
    for id in openers(&into) {
        if let Some(row) = rows.get_mut(&id) {
            row.status = Status::Todo;
        }
    }
}

/// The same for rows that were just read anew, the others being as they are.
pub(super) fn heal_some(rows: &Rows, read: &mut BTreeMap<ItemId, Option<Row>>) {
    let mut into: BTreeMap<ItemId, ItemId> = rows
        .values()
        .filter_map(|row| Some((row.id, merged_into(row)?)))
        .collect();
    for (id, row) in read.iter() {
        into.remove(id);
        into.extend(row.as_ref().and_then(|row| Some((*id, merged_into(row)?))));
    }
    let openers = openers(&into);
    for (id, row) in read {
        if let Some(row) = row
            && openers.contains(id)
        {
            row.status = Status::Todo;
        }
    }
}

fn merged_into(row: &Row) -> Option<ItemId> {
    if row.status == Status::Merged {
        row.item(Field::MergedInto)
    } else {
        None
    }
}

fn openers(into: &BTreeMap<ItemId, ItemId>) -> BTreeSet<ItemId> {
    let mut openers = BTreeSet::new();
    let mut known: BTreeSet<ItemId> = BTreeSet::new();
    for start in into.keys() {
        let mut path: Vec<ItemId> = Vec::new();
        let mut here = *start;
        while known.insert(here) {
            path.push(here);
            match into.get(&here) {
                Some(next) => here = *next,
                None => break,
            }
        }
        if let Some(at) = path.iter().position(|one| *one == here) {
            openers.extend(path[at..].iter().min());
        }
    }
    // A path that ends where nothing is merged further has no circle.
    openers.retain(|id| into.contains_key(id));
    openers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(letter: char) -> ItemId {
        letter.to_string().repeat(12).parse().unwrap()
    }

    fn merged(pairs: &[(char, char)]) -> Rows {
        let mut rows: Rows = ('a'..='f').map(|it| (id(it), Row::blank(id(it)))).collect();
        for (from, to) in pairs {
            let row = rows.get_mut(&id(*from)).unwrap();
            row.status = Status::Merged;
            row.set_field(Field::MergedInto, Some(id(*to).to_string().into()));
        }
        heal(&mut rows);
        rows
    }

    fn open(rows: &Rows) -> Vec<ItemId> {
        let open = rows.values().filter(|row| row.status.is_open());
        open.map(|row| row.id).collect()
    }

    #[test]
    fn g1_a_circle_of_merges_leaves_one_item_open() {
        assert_eq!(open(&merged(&[('b', 'a')])).len(), 5);
        let rows = merged(&[('a', 'b'), ('b', 'a')]);
        assert_eq!(rows[&id('a')].status, Status::Todo);
        assert_eq!(rows[&id('b')].status, Status::Merged);
        let rows = merged(&[('d', 'c'), ('c', 'b'), ('b', 'c'), ('f', 'd')]);
        assert_eq!(rows[&id('b')].status, Status::Todo);
        assert_eq!(open(&rows), [id('a'), id('b'), id('e')]);
    }
}
