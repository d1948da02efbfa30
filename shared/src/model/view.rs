//! A backlog as one screen needs it, and how it changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    ids::{ItemId, PersonId},
    model::item::Row,
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
}

impl ViewPatch {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.name.is_none()
            && self.rows.is_empty()
            && self.gone.is_empty()
            && self.people.is_empty()
    }
}
