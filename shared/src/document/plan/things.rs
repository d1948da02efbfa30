//! Goals, lists, releases, scorecards, settings, and the marks that link items to them.

use automerge::ScalarValue;
use rand::Rng;

use super::{Context, Edits, many, present_items, values};
use crate::{
    document::{
        Backlog, Rejection,
        edit::{Edit, Slot},
    },
    ids::ItemId,
    intent::Intent,
    model::{
        Attachment, Collection, Facts, Place, Scalar, attachment,
        thing::{self, Thing},
    },
};

type Values = [(String, Option<Scalar>)];

/// The items that feedback or the like was linked to.
pub(super) fn touched_items(values: &Values) -> impl Iterator<Item = ItemId> {
    values
        .iter()
        .filter_map(|(key, _)| key.strip_prefix("item:")?.parse().ok())
}

/// The place that an intent makes or brings back.
pub(super) fn made(intent: &Intent) -> Option<Place> {
    let Intent::Put {
        thing: Thing::Record(collection, id),
        values,
    } = intent
    else {
        return None;
    };
    let removed = values
        .iter()
        .any(|(key, value)| key == "archived" && value.as_ref().is_some_and(Scalar::is_on));
    Place::of_record(*collection, *id).filter(|_| !removed)
}

pub(super) fn put<R: Rng>(
    backlog: &Backlog,
    thing: Thing,
    values: &Values,
    ctx: &Context<'_, R>,
) -> Result<Edits, Rejection> {
    let nothing = Facts::new();
    let facts = backlog.things().get(&thing).unwrap_or(&nothing);
    let is_new = matches!(thing, Thing::Record(..)) && !thing::exists(facts);
    let mut edits = Vec::new();
    if is_new {
        let created: ScalarValue = ctx.now.ms().into();
        edits.push(Edit::put(Slot::of(thing, "created"), created));
        edits.push(Edit::put(Slot::of(thing, "by"), ctx.author.to_string()));
    }
    for (key, value) in values {
        let value = values::of_thing(thing, key, value.as_ref())?;
        if key == "name" && value.is_none() {
            return Err(Rejection::Empty("A name"));
        }
        edits.push(Edit::Put {
            slot: Slot::of(thing, key),
            value,
            only_if: None,
        });
    }
    days_in_order(thing, facts, values)?;
    if edits.is_empty() {
        return Err(Rejection::Nothing("There is nothing to change."));
    }
    Ok(Edits::new("set", edits, said(thing, facts, values, is_new)))
}

/// A release, sprint or initiative does not end before it starts.
fn days_in_order(thing: Thing, facts: &Facts, values: &Values) -> Result<(), Rejection> {
    let after = |key: &str| {
        let set = values.iter().rev().find(|(own, _)| own == key);
        match set {
            Some((_, value)) => value.as_ref(),
            None => facts.get(key),
        }
        .and_then(Scalar::text)
        .unwrap_or_default()
        .to_owned()
    };
    let end = match thing {
        Thing::Record(Collection::Releases, _) => after("target"),
        Thing::Record(Collection::Sprints | Collection::Initiatives, _) => after("end"),
        Thing::Record(..) | Thing::Product | Thing::Person(_) => return Ok(()),
    };
    let start = after("start");
    if !start.is_empty() && !end.is_empty() && end < start {
        return Err(Rejection::Nothing("The end can't be before the start."));
    }
    Ok(())
}

fn said(thing: Thing, facts: &Facts, values: &Values, is_new: bool) -> String {
    let named = values.iter().find(|(key, _)| key == "name");
    let name = named
        .and_then(|(_, value)| value.as_ref()?.text())
        .unwrap_or_else(|| thing::text(facts, "name"));
    let archived = values.iter().find(|(key, _)| key == "archived");
    let verb = match archived.and_then(|(_, value)| value.as_ref()) {
        Some(Scalar::Flag(true)) => "Removed",
        Some(Scalar::Flag(false)) => "Brought back",
        Some(_) | None if is_new => "Added",
        Some(_) | None => "Changed",
    };
    let what = match thing {
        Thing::Product => return "Changed the settings".to_owned(),
        Thing::Person(_) => return "Changed a person\u{2019}s role".to_owned(),
        Thing::Record(collection, _) => collection.label().to_lowercase(),
    };
    format!("{verb} {what} {name}").trim_end().to_owned()
}

pub(super) fn mark(
    backlog: &Backlog,
    items: &[ItemId],
    key: &str,
    value: Option<&Scalar>,
) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    let value = values::of_mark(key, value)?;
    if let Some(other) = key.strip_prefix("depends:")
        && items.iter().any(|item| item.as_str() == other)
    {
        return Err(Rejection::Nothing("An item can't depend on itself."));
    }
    let edits = items.iter().map(|item| Edit::Put {
        slot: Slot::of(super::Owner::Item(*item), key),
        value: value.clone(),
        only_if: None,
    });
    if key.starts_with(attachment::MARK) {
        return Ok(attach(
            backlog,
            &items,
            key,
            value.as_ref(),
            edits.collect(),
        ));
    }
    let what = match key.split(':').next().unwrap_or_default() {
        "goal" => "goals",
        "initiative" => "initiatives",
        "theme" => "themes",
        "depends" => "dependencies",
        "score" | "scored" => "score",
        "url" => "links",
        _ => "fields",
    };
    let said = format!("{}: {what}", many(backlog, &items));
    Ok(Edits::new("mark", edits.collect(), said))
}

/// What was done is told by the file's name.
fn attach(
    backlog: &Backlog,
    items: &[ItemId],
    key: &str,
    value: Option<&ScalarValue>,
    edits: Vec<Edit>,
) -> Edits {
    let name = |said: &str| said.parse().ok().map(|file: Attachment| file.name);
    let added = value.and_then(ScalarValue::as_str).and_then(name);
    let held = || {
        let row = backlog.row(*items.first()?)?;
        attachment::read(row.mark(key)?).map(|file| file.name)
    };
    let what = match added {
        Some(name) => format!("attached {name}"),
        None => format!("removed {}", held().unwrap_or_else(|| "a file".to_owned())),
    };
    Edits::new("attach", edits, format!("{}: {what}", many(backlog, items)))
}
