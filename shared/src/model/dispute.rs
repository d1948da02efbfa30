//! Registers of goals, lists and settings that hold several values, because people set them while apart (`MODEL.md` C1).
//! Those of items are [`super::Conflict`]s.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Author,
    scalar::Scalar,
    thing::{Thing, spec},
};
use crate::time::Timestamp;

/// A register with its values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dispute {
    /// The register's name.
    pub key: String,
    /// What it holds; everybody sees the first one until one is chosen.
    pub values: Vec<DisputedValue>,
}

/// One value of several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DisputedValue {
    /// The value; nothing where it was emptied.
    pub value: Option<Scalar>,
    /// Who set it, where its change says so.
    pub by: Option<Author>,
    /// When.
    pub at: Timestamp,
}

/// The disputes of all things that have any.
pub type Disputes = BTreeMap<Thing, Vec<Dispute>>;

/// Whether people can say which value of a register holds. Not: what is written along the way, and places among others,
/// which are seen and set right by moving.
#[must_use]
pub fn can_be_settled(thing: Thing, key: &str) -> bool {
    let last = key.rsplit(':').next().unwrap_or(key);
    !matches!(last, "created" | "by" | "order" | "version" | "since") && spec(thing, key).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_people_set_is_asked_about() {
        assert!(can_be_settled(Thing::Product, "purpose"));
        assert!(can_be_settled(Thing::Product, "line:abc:capacity"));
        assert!(!can_be_settled(Thing::Product, "nonsense"));
        let goal = Thing::Record(
            crate::model::Collection::Goals,
            "abcdefghijkm".parse().unwrap(),
        );
        assert!(can_be_settled(goal, "target"));
        for key in ["order", "created", "by"] {
            assert!(!can_be_settled(goal, key), "{key}");
        }
    }
}
