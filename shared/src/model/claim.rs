//! Registers that say who did something: a sign-off, who committed a sprint, who declined an item. Whoever may edit can
//! write them, so each name is held against the author of the change that wrote it (`PROTOCOL.md` A14).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Author, Scalar,
    thing::{Spec, Thing, spec},
};
use crate::ids::PersonId;

/// The registers of things whose name their author did not write.
pub type Doubted = BTreeMap<Thing, BTreeSet<String>>;

/// Whom a register of a thing says to have done it; `None` where it says no such thing.
#[must_use]
pub fn of_thing(thing: Thing, key: &str, value: &Scalar) -> Option<PersonId> {
    let words = value.text()?;
    match spec(thing, key)? {
        Spec::Doer => words.parse().ok(),
        Spec::Signature => words.split(' ').next()?.parse().ok(),
        _ => None,
    }
}

/// Somebody whom a register names, as sure as that is.
#[must_use]
pub fn author(doubted: &Doubted, thing: Thing, key: &str, person: PersonId) -> Author {
    let own = doubted.get(&thing);
    Author {
        person,
        verified: !own.is_some_and(|keys| keys.contains(key)),
    }
}
