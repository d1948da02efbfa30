//! What a backlog holds besides items: goals, lists, releases, scorecards, settings. Each is a set of named registers.
//!
//! [`spec`] is the one table of which registers there are and what they take.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{item::words, scalar::Scalar};
use crate::ids::{PersonId, RecordId};

words! {
    /// The top-level maps whose entries are records.
    Collection {
        /// Lists beside the ranked one: parking lots and planning stages.
        Lists = "lists", "List";
        /// Releases.
        Releases = "releases", "Release";
        /// Sprints.
        Sprints = "sprints", "Sprint";
        /// What the product is to reach, measurably.
        Goals = "goals", "Goal";
        /// Efforts towards goals.
        Initiatives = "initiatives", "Initiative";
        /// Subjects across initiatives.
        Themes = "themes", "Theme";
        /// What somebody asked for.
        Feedback = "feedback", "Feedback";
        /// Ways to score items.
        Scorecards = "scorecards", "Scorecard";
        /// Refinement and planning meetings.
        Meetings = "meetings", "Meeting";
    }
}

/// Something with named registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Thing {
    /// The backlog's own settings.
    Product,
    /// What the backlog knows of a person besides name and colour.
    Person(PersonId),
    /// An entry of a collection.
    Record(Collection, RecordId),
}

/// The registers of a thing that hold something, by name.
pub type Facts = BTreeMap<String, Scalar>;

/// All things of a backlog.
pub type Things = BTreeMap<Thing, Facts>;

/// What a register takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spec {
    /// One line of words.
    Line,
    /// Words with lines.
    Text,
    /// A number from, to.
    Number(f64, f64),
    /// A day, `2026-11-21`.
    Day,
    /// Yes or no.
    Flag,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A person's id.
    Person,
    /// The id of whoever did it, written by themselves.
    Doer,
    /// The sign-off of a release's scope: the id of whoever signed first, written by themselves.
    Signature,
    /// A record's id.
    Record(Collection),
    /// An item's id.
    Item,
    /// A rank key.
    Order,
    /// What the document says of a file.
    File,
}

/// The roles of people in a backlog (BT-04).
pub const ROLES: &[&str] = &["pm", "po", "team", "stakeholder"];
/// The kinds of source of feedback (PB-09).
pub const SOURCES: &[&str] = &["internal", "customer", "support", "sales", "partner"];
/// What a limit line counts (PB-44).
pub const LIMIT_UNITS: &[&str] = &["points", "hours", "count"];

type Table = &'static [(&'static str, Spec)];

const ANY: Spec = Spec::Number(-1e12, 1e12);
const AMOUNT: Spec = Spec::Number(0.0, 1e9);
const DAYS: Spec = Spec::Number(0.0, 36_500.0);
const COLOUR: Spec = Spec::Number(0.0, 11.0);
const MS: Spec = Spec::Number(0.0, 9e15);

/// Registers that every record has.
const COMMON: Table = &[
    ("name", Spec::Line),
    ("description", Spec::Text),
    ("colour", COLOUR),
    ("order", Spec::Order),
    ("owner", Spec::Person),
    ("archived", Spec::Flag),
    ("created", MS),
    ("by", Spec::Doer),
];

const PRODUCT: Table = &[
    ("name", Spec::Line),
    ("vision", Spec::Text),
    ("purpose", Spec::Line),
    ("method", Spec::Choice(&["scrum", "kanban", "none"])),
    ("unit", Spec::Choice(&["points", "hours", "days"])),
    (
        "scale",
        Spec::Choice(&["fibonacci", "powers", "tshirt", "hours", "custom"]),
    ),
    ("scale_values", Spec::Line),
    ("rate", AMOUNT),
    ("zone", Spec::Line),
    ("weekday:*", Spec::Flag),
    ("term:*", Spec::Line),
    ("intake", Spec::Choice(&["open", "reviewed"])),
    ("next_up", Spec::Number(0.0, 1_000.0)),
    ("velocity", AMOUNT),
    ("velocity_window", Spec::Number(0.0, 1_000.0)),
    ("velocity_mean", Spec::Choice(&["mean", "median"])),
    (
        "missing_estimate",
        Spec::Choice(&["median", "zero", "stop"]),
    ),
    ("accountable", Spec::Person),
    ("supporting:*", Spec::Flag),
    ("stale:fresh", DAYS),
    ("stale:aging", DAYS),
    ("stale:stale", DAYS),
    ("stale:estimate", DAYS),
    ("ready:*:label", Spec::Line),
    ("ready:*:rule", Spec::Line),
    ("ready:*:required", Spec::Flag),
    ("ready:*:off", Spec::Flag),
    ("ready:*:stage", Spec::Line),
    ("ready:*:kinds", Spec::Line),
    ("line:*:name", Spec::Line),
    ("line:*:capacity", Spec::Number(0.0, 1e9)),
    ("line:*:unit", Spec::Choice(LIMIT_UNITS)),
    ("line:*:place", Spec::Line),
    ("line:*:colour", COLOUR),
    ("line:*:removed", Spec::Flag),
    ("tag:*:colour", COLOUR),
    ("tag:*:pattern", Spec::Line),
    ("tag:*:now", Spec::Line),
    ("view:*:name", Spec::Line),
    ("view:*:query", Spec::Line),
    ("view:*:removed", Spec::Flag),
    ("process:*", Spec::Line),
    ("refined", MS),
    ("reviewed:*", MS),
    ("reviewed_by:*", Spec::Doer),
    ("scorecard", Spec::Record(Collection::Scorecards)),
    ("custom:*:name", Spec::Line),
    (
        "custom:*:kind",
        Spec::Choice(&["text", "number", "day", "yes"]),
    ),
    ("custom:*:removed", Spec::Flag),
];

const PERSON: Table = &[
    ("role", Spec::Choice(ROLES)),
    ("title", Spec::Line),
    ("left", Spec::Flag),
    ("availability", Spec::Number(0.0, 100.0)),
    ("off:*", Spec::Number(0.0, 1.0)),
];

const LISTS: Table = &[
    ("stage", Spec::Choice(&["parking", "now", "next", "later"])),
    ("ready", Spec::Line),
];

const RELEASES: Table = &[
    ("start", Spec::Day),
    ("target", Spec::Day),
    ("capacity", AMOUNT),
    ("unit", Spec::Choice(LIMIT_UNITS)),
    ("sprint_days", Spec::Number(1.0, 365.0)),
    ("state", Spec::Choice(&["planned", "shipped"])),
    ("shipped", Spec::Day),
    ("notes", Spec::Text),
    ("goal", Spec::Line),
    ("signed:pm", Spec::Signature),
    ("signed:eng", Spec::Signature),
];

const SPRINTS: Table = &[
    ("goal", Spec::Line),
    ("start", Spec::Day),
    ("end", Spec::Day),
    ("release", Spec::Record(Collection::Releases)),
    ("state", Spec::Choice(&["planned", "committed", "closed"])),
    ("committed_at", MS),
    ("committed_by", Spec::Doer),
    ("closed_at", MS),
    ("closed_by", Spec::Doer),
    ("excluded", Spec::Line),
    ("capacity", AMOUNT),
    ("proposed:*", Spec::Doer),
    ("leaving:*", Spec::Doer),
    // What was in it when it was committed, and what was finished when it was closed, each with its estimate then.
    ("story:*", AMOUNT),
    ("finished:*", AMOUNT),
];

const GOALS: Table = &[
    ("metric", Spec::Line),
    ("unit", Spec::Line),
    ("baseline", ANY),
    ("target", ANY),
    ("current", ANY),
    ("due", Spec::Day),
];

const INITIATIVES: Table = &[
    ("start", Spec::Day),
    ("end", Spec::Day),
    ("goal:*", Spec::Flag),
    ("theme:*", Spec::Flag),
];

const FEEDBACK: Table = &[
    ("source", Spec::Choice(SOURCES)),
    ("who", Spec::Line),
    ("day", Spec::Day),
    ("quote", Spec::Text),
    ("weight", Spec::Number(0.0, 1_000_000.0)),
    ("item:*", Spec::Flag),
];

const SCORECARDS: Table = &[
    ("kind", Spec::Choice(&["simple", "equation", "normalised"])),
    ("equation", Spec::Line),
    ("template", Spec::Line),
    ("period", Spec::Line),
    ("missing", Spec::Choice(&["missing", "drop"])),
    ("version", AMOUNT),
    ("split", Spec::Choice(&["midpoint", "median"])),
    ("metric:*:name", Spec::Line),
    ("metric:*:description", Spec::Line),
    (
        "metric:*:sequence",
        Spec::Choice(&["linear", "powers", "fibonacci", "custom"]),
    ),
    ("metric:*:values", Spec::Line),
    ("metric:*:low", ANY),
    ("metric:*:high", ANY),
    ("metric:*:step", AMOUNT),
    ("metric:*:weight", ANY),
    ("metric:*:prefix", Spec::Line),
    ("metric:*:suffix", Spec::Line),
    ("metric:*:order", AMOUNT),
    ("metric:*:since", AMOUNT),
    ("metric:*:removed", Spec::Flag),
];

const MEETINGS: Table = &[("start", MS), ("end", MS), ("goal", Spec::Line)];

/// What a register of a thing takes; `None` where there is no such register.
#[must_use]
pub fn spec(thing: Thing, key: &str) -> Option<Spec> {
    let (own, common): (Table, Table) = match thing {
        Thing::Product => (PRODUCT, &[]),
        Thing::Person(_) => (PERSON, &[]),
        Thing::Record(collection, _) => (
            match collection {
                Collection::Lists => LISTS,
                Collection::Releases => RELEASES,
                Collection::Sprints => SPRINTS,
                Collection::Goals => GOALS,
                Collection::Initiatives => INITIATIVES,
                Collection::Themes => &[],
                Collection::Feedback => FEEDBACK,
                Collection::Scorecards => SCORECARDS,
                Collection::Meetings => MEETINGS,
            },
            COMMON,
        ),
    };
    find(own, key).or_else(|| find(common, key))
}

/// The entry whose pattern fits; `*` stands for any name.
pub(crate) fn find(table: Table, key: &str) -> Option<Spec> {
    table
        .iter()
        .find(|(pattern, _)| fits(pattern, key))
        .map(|(_, spec)| *spec)
}

fn fits(pattern: &str, key: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == key,
        Some((before, after)) => {
            key.len() > before.len() + after.len()
                && key.starts_with(before)
                && key.ends_with(after)
        }
    }
}

/// The parts of keys like `line:abc:name` below a prefix (`line`), by their middle: `abc` → `name` → value.
#[must_use]
pub fn groups<'a>(
    facts: &'a Facts,
    prefix: &str,
) -> BTreeMap<&'a str, BTreeMap<&'a str, &'a Scalar>> {
    let from = format!("{prefix}:");
    let mut groups: BTreeMap<&str, BTreeMap<&str, &Scalar>> = BTreeMap::new();
    for (key, value) in facts
        .range(from.clone()..)
        .take_while(|(key, _)| key.starts_with(&from))
    {
        if let Some((middle, last)) = key[from.len()..].rsplit_once(':') {
            groups.entry(middle).or_default().insert(last, value);
        }
    }
    groups
}

/// The names behind a prefix whose flag is on: `goal` → the ids of `goal:…`.
pub fn flagged<'a>(facts: &'a Facts, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    facts.iter().filter_map(move |(key, value)| {
        let name = key.strip_prefix(prefix)?.strip_prefix(':')?;
        value.is_on().then_some(name)
    })
}

/// The words of a register; empty where it holds none.
#[must_use]
pub fn text<'a>(facts: &'a Facts, key: &str) -> &'a str {
    facts.get(key).and_then(Scalar::text).unwrap_or_default()
}

/// The number of a register.
#[must_use]
pub fn number(facts: &Facts, key: &str) -> Option<f64> {
    facts.get(key).and_then(Scalar::number)
}

/// Whether a register says yes.
#[must_use]
pub fn is_on(facts: &Facts, key: &str) -> bool {
    facts.get(key).is_some_and(Scalar::is_on)
}

/// Whether a record was made, and its making was not undone.
#[must_use]
pub fn exists(facts: &Facts) -> bool {
    facts.contains_key("created")
}

/// Whether a record exists and is not put away.
#[must_use]
pub fn is_live(things: &Things, collection: Collection, id: RecordId) -> bool {
    things
        .get(&Thing::Record(collection, id))
        .is_some_and(|facts| exists(facts) && !is_on(facts, "archived"))
}

/// The records of a collection that are not put away, in their order.
#[must_use]
pub fn records(things: &Things, collection: Collection) -> Vec<(RecordId, &Facts)> {
    let mut found: Vec<(RecordId, &Facts)> = things
        .iter()
        .filter_map(|(thing, facts)| match thing {
            Thing::Record(own, id)
                if *own == collection && exists(facts) && !is_on(facts, "archived") =>
            {
                Some((*id, facts))
            }
            Thing::Product | Thing::Person(_) | Thing::Record(..) => None,
        })
        .collect();
    found.sort_by(|(a, x), (b, y)| {
        let key = |facts| text(facts, "order");
        (key(x).is_empty(), key(x).as_bytes(), a).cmp(&(key(y).is_empty(), key(y).as_bytes(), b))
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_by_pattern() {
        assert_eq!(
            spec(Thing::Product, "line:abc:unit"),
            Some(Spec::Choice(LIMIT_UNITS))
        );
        assert_eq!(spec(Thing::Product, "line::unit"), None);
        assert_eq!(spec(Thing::Product, "tag:a:b:colour"), Some(COLOUR));
        assert_eq!(spec(Thing::Product, "nonsense"), None);
        let goal = Thing::Record(Collection::Goals, "abcdefghijkm".parse().unwrap());
        assert_eq!(spec(goal, "due"), Some(Spec::Day));
        assert_eq!(spec(goal, "name"), Some(Spec::Line));
    }

    #[test]
    fn bt_10_a_product_backlog_is_ongoing_and_has_no_end() {
        for key in ["start", "end", "target", "due"] {
            assert_eq!(spec(Thing::Product, key), None, "{key}");
        }
    }

    #[test]
    fn groups_gather_what_belongs_together() {
        let facts: Facts = [
            ("line:a:name", "Commit".into()),
            ("line:a:capacity", 20.0.into()),
            ("line:b:name", "Stretch".into()),
            ("lines", "x".into()),
        ]
        .map(|(key, value): (&str, Scalar)| (key.to_owned(), value))
        .into();
        let lines = groups(&facts, "line");
        assert_eq!(lines.len(), 2);
        assert_eq!(lines["a"]["capacity"].number(), Some(20.0));
        assert_eq!(lines["b"]["name"].text(), Some("Stretch"));
    }
}
