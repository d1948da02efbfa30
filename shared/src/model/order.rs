//! The one order of every ranked list: by rank key, then by id.

use std::cmp::Ordering;

use crate::model::item::Row;

/// Compares two rows as every list shows them (`MODEL.md` O1).
#[must_use]
pub fn compare(a: &Row, b: &Row) -> Ordering {
    (a.rank.as_bytes(), a.id).cmp(&(b.rank.as_bytes(), b.id))
}
