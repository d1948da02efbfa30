//! One part of a filter: what a chip or a check box puts on and takes off.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Kind, Status, Thing, thing},
    product::Check,
};

use crate::{
    state::{
        desk::Desk,
        filter::{Assignee, Filter},
    },
    words,
};

/// How a tag is asked for (PB-28).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Wish {
    /// Items must have it.
    All,
    /// Items must have one of these.
    Any,
    /// Items must not have it.
    Not,
}

impl Wish {
    pub(super) const CHOICES: &[Self] = &[Self::All, Self::Any, Self::Not];

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::All => "All of",
            Self::Any => "Any of",
            Self::Not => "None of",
        }
    }

    fn tags(self, filter: &Filter) -> &BTreeSet<String> {
        match self {
            Self::All => &filter.tags,
            Self::Any => &filter.any_tags,
            Self::Not => &filter.no_tags,
        }
    }

    fn tags_mut(self, filter: &mut Filter) -> &mut BTreeSet<String> {
        match self {
            Self::All => &mut filter.tags,
            Self::Any => &mut filter.any_tags,
            Self::Not => &mut filter.no_tags,
        }
    }
}

/// One part of a filter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Everywhere,
    Top(usize),
    Kind(Kind),
    Status(Status),
    Check(Check),
    Goal(RecordId),
    Initiative(RecordId),
    Theme(RecordId),
    Category(String),
    Assignee(Assignee),
    Tag(Wish, String),
    Unestimated,
    Conflicted,
}

impl Part {
    /// The parts of a filter.
    pub(super) fn of(filter: &Filter) -> Vec<Self> {
        let mut parts = Vec::new();
        parts.extend(filter.everywhere.then_some(Self::Everywhere));
        parts.extend(filter.top.map(Self::Top));
        parts.extend(filter.kinds.iter().copied().map(Self::Kind));
        parts.extend(filter.statuses.iter().copied().map(Self::Status));
        parts.extend(filter.checks.iter().copied().map(Self::Check));
        parts.extend(filter.goals.iter().copied().map(Self::Goal));
        parts.extend(filter.initiatives.iter().copied().map(Self::Initiative));
        parts.extend(filter.themes.iter().copied().map(Self::Theme));
        parts.extend(filter.categories.iter().cloned().map(Self::Category));
        parts.extend(filter.assignees.iter().copied().map(Self::Assignee));
        for wish in Wish::CHOICES {
            let tags = wish.tags(filter).iter();
            parts.extend(tags.map(|tag| Self::Tag(*wish, tag.clone())));
        }
        parts.extend(filter.unestimated.then_some(Self::Unestimated));
        parts.extend(filter.conflicted.then_some(Self::Conflicted));
        parts
    }

    /// What people read.
    pub(super) fn label(&self, desk: Desk) -> String {
        let record = |collection: Collection, id: &RecordId| {
            let thing = Thing::Record(collection, *id);
            let name = desk.things.with(|things| {
                let facts = things.get(&thing);
                facts.map_or_else(String::new, |facts| thing::text(facts, "name").to_owned())
            });
            format!("{}: {name}", collection.label())
        };
        match self {
            Self::Everywhere => "Every list".to_owned(),
            Self::Top(top) => format!("First {}", words::number(*top)),
            Self::Kind(kind) => words::kind(desk, *kind),
            Self::Status(status) => status.label().to_owned(),
            Self::Check(check) => check.label().to_owned(),
            Self::Goal(id) => record(Collection::Goals, id),
            Self::Initiative(id) => record(Collection::Initiatives, id),
            Self::Theme(id) => record(Collection::Themes, id),
            Self::Category(name) if name.is_empty() => "No category".to_owned(),
            Self::Category(name) => name.clone(),
            Self::Assignee(Assignee::Nobody) => "Nobody".to_owned(),
            Self::Assignee(Assignee::Person(person)) => words::person(desk, *person),
            Self::Tag(Wish::All, tag) => tag.clone(),
            Self::Tag(Wish::Any, tag) => format!("or {tag}"),
            Self::Tag(Wish::Not, tag) => format!("not {tag}"),
            Self::Unestimated => "Unestimated".to_owned(),
            Self::Conflicted => "2 values".to_owned(),
        }
    }

    /// Whether a filter has it.
    pub(super) fn is_on(&self, filter: &Filter) -> bool {
        Self::of(filter).contains(self)
    }

    /// Puts it on, or takes it off.
    pub(super) fn toggle(&self, filter: &mut Filter) {
        match self {
            Self::Everywhere => filter.everywhere ^= true,
            Self::Top(top) => filter.top = filter.top.is_none().then_some(*top),
            Self::Kind(kind) => toggle(&mut filter.kinds, *kind),
            Self::Status(status) => toggle(&mut filter.statuses, *status),
            Self::Check(check) => toggle(&mut filter.checks, *check),
            Self::Goal(id) => toggle(&mut filter.goals, *id),
            Self::Initiative(id) => toggle(&mut filter.initiatives, *id),
            Self::Theme(id) => toggle(&mut filter.themes, *id),
            Self::Category(name) => toggle(&mut filter.categories, name.clone()),
            Self::Assignee(assignee) => toggle(&mut filter.assignees, *assignee),
            Self::Tag(wish, tag) => toggle(wish.tags_mut(filter), tag.clone()),
            Self::Unestimated => filter.unestimated ^= true,
            Self::Conflicted => filter.conflicted ^= true,
        }
    }
}

fn toggle<T: Ord + Clone>(set: &mut BTreeSet<T>, value: T) {
    if !set.remove(&value) {
        set.insert(value);
    }
}
