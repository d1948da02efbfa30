//! The cells that say where an item is and what it is linked to, by the names that people read (BT-49).

use std::collections::BTreeMap;

use super::cells::tags;
use crate::{
    import::ImportedItem,
    model::{
        Collection, Field, Place, Scalar, Thing, Things,
        thing::{self},
        view::place_name,
    },
    product::settings,
};

/// The columns of [`cells`], in their order.
pub const LINK_COLUMNS: [&str; 8] = [
    "List",
    "Goals",
    "Initiatives",
    "Themes",
    "Part of",
    "Depends on",
    "Links",
    "Cutline id",
];

/// What items are called in cells that name them: by their keys, or by their ids where they have none.
pub(super) type Called<'a> = BTreeMap<&'a str, &'a str>;

/// What the items of a file are called.
pub(super) fn called(items: &[ImportedItem]) -> Called<'_> {
    let name = |item: &'_ ImportedItem| -> bool { item.key.is_empty() };
    items
        .iter()
        .map(|item| {
            let own = if name(item) { &item.id } else { &item.key };
            (item.id.as_str(), own.as_str())
        })
        .collect()
}

/// The cells of one item.
pub(super) fn cells(item: &ImportedItem, things: &Things, called: &Called<'_>) -> Vec<String> {
    let linked = |prefix: &str, collection: Collection| {
        let names = marked(item, prefix).filter_map(|id| {
            let facts = things.get(&Thing::Record(collection, id.parse().ok()?))?;
            Some(thing::text(facts, "name").to_owned())
        });
        let names: Vec<String> = names.filter(|name| !name.is_empty()).collect();
        tags(&names)
    };
    let named = |id: &str| called.get(id).map(|name| (*name).to_owned());
    let parent = item.more.iter().find(|(field, _)| *field == Field::Parent);
    let depends: Vec<String> = marked(item, "depends").filter_map(named).collect();
    let urls = item
        .marks
        .iter()
        .filter(|(key, _)| key.starts_with("url:"))
        .filter_map(|(_, value)| value.text());
    vec![
        item.place
            .map_or_else(String::new, |place| list(things, place)),
        linked("goal", Collection::Goals),
        linked("initiative", Collection::Initiatives),
        linked("theme", Collection::Themes),
        parent
            .and_then(|(_, value)| named(value.text()?))
            .unwrap_or_default(),
        tags(&depends),
        urls.collect::<Vec<_>>().join("\n"),
        item.id.clone(),
    ]
}

fn marked<'a>(item: &'a ImportedItem, prefix: &'a str) -> impl Iterator<Item = &'a str> {
    item.marks.iter().filter_map(move |(key, value)| {
        let name = key.strip_prefix(prefix)?.strip_prefix(':')?;
        (*value == Scalar::Flag(true)).then_some(name)
    })
}

/// A list by its name; what could be taken for another place says what it is.
fn list(things: &Things, place: Place) -> String {
    let name = place_name(things, place);
    let prefix = match place {
        Place::Inbox | Place::Product => return name,
        Place::Release(_) => settings::collection(things, Collection::Releases),
        Place::Sprint(_) => settings::collection(things, Collection::Sprints),
        Place::List(_) => {
            let taken = ["inbox", "product backlog"].contains(&name.to_lowercase().as_str());
            if !taken && !name.contains(": ") {
                return name;
            }
            Collection::Lists.label().to_owned()
        }
    };
    format!("{prefix}: {name}")
}
