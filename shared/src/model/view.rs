//! A backlog as one screen needs it, and how it changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ItemId, PersonId},
    model::{Collection, Disputes, Doubted, Facts, Place, Thing, Things, item::Row, thing},
};

/// Somebody who edits this backlog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Their colour: an index into the palette of the app, 0–11.
    pub colour: u8,
}

/// Everything the lists need. Kept on the device as the instant view, so it stays small and plain.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The backlog's name.
    pub name: String,
    /// Every item that is not withdrawn, in no particular order.
    pub rows: Vec<Row>,
    /// Everybody who has edited, by id.
    pub people: BTreeMap<PersonId, Person>,
    /// Settings, roles, goals, lists, releases, scorecards and the like.
    pub things: Things,
    /// Those of their registers that hold several values.
    pub disputes: Disputes,
    /// Those that say who did something, where that person did not write it themselves.
    pub doubted: Doubted,
}

/// What has changed in a [`View`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ViewPatch {
    /// The new name.
    pub name: Option<String>,
    /// Rows that are new or changed, whole.
    pub rows: Vec<Row>,
    /// Items that are no longer shown anywhere.
    pub gone: Vec<ItemId>,
    /// People who are new or changed.
    pub people: BTreeMap<PersonId, Person>,
    /// Things that are new or changed, each whole.
    pub things: BTreeMap<Thing, Facts>,
    /// Things whose disputes changed, each with all that are left.
    pub disputes: Disputes,
    /// Things of which other registers are doubted now, each with all that are.
    pub doubted: Doubted,
}

impl ViewPatch {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.rows.is_empty()
            && self.gone.is_empty()
            && self.people.is_empty()
            && self.things.is_empty()
            && self.disputes.is_empty()
            && self.doubted.is_empty()
    }
}

/// What people call a place.
#[must_use]
pub fn place_name(things: &Things, place: Place) -> String {
    let (collection, id) = match place {
        Place::Inbox => return "Inbox".to_owned(),
        Place::Product => return "Product backlog".to_owned(),
        Place::List(id) => (Collection::Lists, id),
        Place::Release(id) => (Collection::Releases, id),
        Place::Sprint(id) => (Collection::Sprints, id),
    };
    let name = things
        .get(&Thing::Record(collection, id))
        .map_or("", |facts| thing::text(facts, "name"));
    if name.is_empty() {
        format!("a {} that was removed", collection.label().to_lowercase())
    } else {
        name.to_owned()
    }
}
