//! The short name by which people call an item.

use crate::{ids::ItemId, model::item::Row};

/// How short a reference made from an id can be.
const DIGITS_MIN: usize = 4;

/// The imported key of an item, else the shortest upper-case prefix of its id, of at least four characters, that no
/// other item of the backlog shares.
#[must_use]
pub fn reference<'a>(row: &Row, all: impl Iterator<Item = &'a ItemId>) -> String {
    if row.key.is_empty() {
        short(row.id, all)
    } else {
        row.key.clone()
    }
}

/// The shortest upper-case prefix of an id, of at least four characters, that none of the others shares.
#[must_use]
pub fn short<'a>(id: ItemId, all: impl Iterator<Item = &'a ItemId>) -> String {
    let shared = all
        .filter(|other| **other != id)
        .map(|other| common_prefix(id, *other))
        .max()
        .unwrap_or(0);
    id.as_str()
        .chars()
        .take((shared + 1).max(DIGITS_MIN))
        .collect::<String>()
        .to_ascii_uppercase()
}

fn common_prefix(a: ItemId, b: ItemId) -> usize {
    a.as_str()
        .bytes()
        .zip(b.as_str().bytes())
        .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_as_short_as_it_can_be() {
        let ids: Vec<ItemId> = ["abcd11111111", "ABCD22222222", "xyzw33333333"]
            .iter()
            .map(|id| id.parse().unwrap())
            .collect();
        assert_eq!(short(ids[0], ids.iter()), "ABCD1");
        assert_eq!(short(ids[2], ids.iter()), "XYZW");
    }
}
