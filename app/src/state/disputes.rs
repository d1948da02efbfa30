//! What people call the settings, goals and lists that hold several values, and the values.

use leptos::prelude::*;
use shared::{
    ids::{ItemId, PersonId, RecordId},
    intent::Intent,
    model::{
        Collection, Dispute, Facts, Scalar, Thing, Things,
        thing::{self, Spec},
    },
};

use super::desk::Desk;
use crate::words;

/// A register with the thing that it is of.
#[derive(Clone, Debug, PartialEq)]
pub struct Disputed {
    /// Of what.
    pub thing: Thing,
    /// The register and its values.
    pub dispute: Dispute,
}

/// Everything that holds several values and was not put away by undoing its making. Followed.
#[must_use]
pub fn all(desk: Desk) -> Vec<Disputed> {
    desk.things.with(|things| {
        desk.disputes.with(|disputes| {
            let there = disputes
                .iter()
                .filter(|(thing, _)| is_there(things, **thing));
            there
                .flat_map(|(thing, all)| {
                    let one = |dispute: &Dispute| Disputed {
                        thing: *thing,
                        dispute: dispute.clone(),
                    };
                    all.iter().map(one)
                })
                .collect()
        })
    })
}

/// The same of one register. Followed.
#[must_use]
pub fn of(desk: Desk, thing: Thing, key: &str) -> Option<Disputed> {
    desk.disputes.with(|disputes| {
        let all = disputes.get(&thing)?;
        let dispute = all.iter().find(|dispute| dispute.key == key)?.clone();
        Some(Disputed { thing, dispute })
    })
}

/// Chooses one of the values for everybody.
pub fn settle(desk: Desk, disputed: &Disputed, value: Option<Scalar>) {
    desk.intend_loudly(Intent::Put {
        thing: disputed.thing,
        values: vec![(disputed.dispute.key.clone(), value)],
    });
}

fn is_there(things: &Things, thing: Thing) -> bool {
    match thing {
        Thing::Product | Thing::Person(_) => true,
        Thing::Record(..) => things.get(&thing).is_some_and(thing::exists),
    }
}

/// `Goal Revenue: target`, `Settings: velocity`. Followed.
#[must_use]
pub fn name(desk: Desk, disputed: &Disputed) -> String {
    let owner = match disputed.thing {
        Thing::Product => "Settings".to_owned(),
        Thing::Person(person) => words::person(desk, person),
        Thing::Record(collection, id) => {
            let name = record(desk, collection, id);
            format!("{} {name}", words::collection(desk, collection))
        }
    };
    let register = desk.things.with(|things| {
        let none = Facts::new();
        let facts = things.get(&disputed.thing).unwrap_or(&none);
        register(facts, &disputed.dispute.key)
    });
    let register = match register {
        Register::Named(name) => name,
        Register::Of(what, id) => format!("{what} {}", named(desk, &what, &id)),
    };
    format!("{owner}: {register}")
}

/// What a register is called by its key.
#[derive(Debug, PartialEq, Eq)]
enum Register {
    Named(String),
    /// Something of the thing that has an id: a goal that it is linked to.
    Of(String, String),
}

fn register(facts: &Facts, key: &str) -> Register {
    let plain = |word: &str| word.replace('_', " ");
    let Some((prefix, rest)) = key.split_once(':') else {
        return Register::Named(plain(key));
    };
    match rest.rsplit_once(':') {
        Some((middle, last)) => {
            let own = thing::text(facts, &format!("{prefix}:{middle}:name"));
            let name = if own.is_empty() { middle } else { own };
            Register::Named(format!("{} {name}, {}", plain(prefix), plain(last)))
        }
        None if matches!(
            prefix,
            "goal" | "initiative" | "theme" | "item" | "supporting" | "proposed" | "leaving"
        ) =>
        {
            Register::Of(prefix.to_owned(), rest.to_owned())
        }
        None => Register::Named(format!("{}, {}", plain(prefix), plain(rest))),
    }
}

fn named(desk: Desk, what: &str, id: &str) -> String {
    let collection = match what {
        "goal" => Collection::Goals,
        "initiative" => Collection::Initiatives,
        "theme" => Collection::Themes,
        "supporting" => {
            let person = id.parse::<PersonId>();
            return person.map_or_else(|_| id.to_owned(), |id| words::person(desk, id));
        }
        _ => return item(desk, id),
    };
    let parsed = id.parse();
    parsed.map_or_else(|_| id.to_owned(), |id| record(desk, collection, id))
}

fn record(desk: Desk, collection: Collection, id: RecordId) -> String {
    desk.things.with(|things| {
        let facts = things.get(&Thing::Record(collection, id));
        facts.map_or_else(String::new, |facts| thing::text(facts, "name").to_owned())
    })
}

fn item(desk: Desk, id: &str) -> String {
    desk.rows.with(|rows| {
        let row = id.parse::<ItemId>().ok().and_then(|id| rows.row(id));
        row.map_or_else(|| id.to_owned(), |row| rows.reference(row))
    })
}

/// A value as people read it. Followed.
#[must_use]
pub fn value(desk: Desk, disputed: &Disputed, value: Option<&Scalar>) -> String {
    let key = &disputed.dispute.key;
    match (value, thing::spec(disputed.thing, key)) {
        (None, _) => "empty".to_owned(),
        (Some(Scalar::Flag(on)), _) => flag(key, *on).to_owned(),
        (Some(Scalar::Number(number)), _) => number.to_string(),
        (Some(Scalar::Text(id)), Some(Spec::Person | Spec::Doer)) => {
            let person = id.parse();
            person.map_or_else(|_| id.clone(), |person| words::person(desk, person))
        }
        (Some(Scalar::Text(id)), Some(Spec::Record(collection))) => {
            let parsed = id.parse();
            parsed.map_or_else(|_| id.clone(), |id| record(desk, collection, id))
        }
        (Some(Scalar::Text(id)), Some(Spec::Item)) => item(desk, id),
        (Some(Scalar::Text(text)), _) => text.clone(),
    }
}

fn flag(key: &str, on: bool) -> &'static str {
    let last = key.rsplit(':').next().unwrap_or(key);
    match (last, on) {
        ("archived" | "removed", true) => "removed",
        ("archived" | "removed", false) => "kept",
        (_, true) => "yes",
        (_, false) => "no",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registers_are_called_by_what_they_are_of() {
        let facts: Facts = [("line:abc:name".to_owned(), "Commit".into())].into();
        let named = |key: &str| match register(&facts, key) {
            Register::Named(name) => name,
            Register::Of(what, id) => format!("{what}/{id}"),
        };
        assert_eq!(named("next_up"), "next up");
        assert_eq!(named("line:abc:capacity"), "line Commit, capacity");
        assert_eq!(named("tag:a:b:now"), "tag a:b, now");
        assert_eq!(named("term:feature"), "term, feature");
        assert_eq!(named("goal:abcdefghijkm"), "goal/abcdefghijkm");
        assert_eq!(
            (flag("archived", true), flag("goal:x", false)),
            ("removed", "no")
        );
    }
}
