//! Items of a file whose keys a backlog has already: left alone, brought up to date, or added once more.

use std::collections::BTreeMap;

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    ids::ItemId,
    import::{
        ImportedItem,
        preview::{Field, Preview},
    },
    intent::{NewItem, Update},
    time::Timestamp,
};

/// What becomes of items whose keys the backlog has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Known {
    /// They stay as they are in the backlog.
    #[default]
    Skip,
    /// The backlog's items become what the file says.
    Update,
    /// They are added as further items.
    AddAgain,
}

/// What a file comes to in a backlog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Taken {
    /// A name for the backlog, made from the file's own or from its name.
    pub name: String,
    /// Items to add, in ranked order.
    pub items: Vec<NewItem>,
    /// What the file says of items that are there.
    pub updates: Vec<Update>,
}

impl Preview {
    /// How many items have a key that the backlog has.
    #[must_use]
    pub fn known(&self, keys: &BTreeMap<String, ItemId>) -> usize {
        let is_known = |item: &&ImportedItem| keys.contains_key(&item.key);
        self.items.iter().filter(is_known).count()
    }

    /// The items as a backlog takes them. `keys` are those it has, without the empty one.
    pub fn take(
        self,
        keys: &BTreeMap<String, ItemId>,
        known: Known,
        now: Timestamp,
        rng: &mut impl Rng,
    ) -> Taken {
        let tells = Tells::of(&self);
        let mut taken = Taken {
            name: self.name,
            ..Taken::default()
        };
        for item in self.items {
            match (keys.get(&item.key), known) {
                (None, _) | (Some(_), Known::AddAgain) => {
                    taken.items.push(item.into_new_item(now, rng));
                }
                (Some(_), Known::Skip) => {}
                (Some(there), Known::Update) => {
                    let item = item.into_new_item(now, rng);
                    taken.updates.push(update(*there, item, tells));
                }
            }
        }
        taken
    }
}

/// Whether a file says something of fields that every item has.
#[derive(Clone, Copy, Debug)]
struct Tells {
    kind: bool,
    status: bool,
}

impl Tells {
    fn of(preview: &Preview) -> Self {
        let has = |fields: &[Field]| {
            // Only tables have columns; the other formats tell everything, but for plain lines, which have no keys.
            preview.columns.is_empty()
                || preview
                    .columns
                    .iter()
                    .any(|column| column.field.is_some_and(|field| fields.contains(&field)))
        };
        Self {
            kind: has(&[Field::Kind]),
            status: has(&[
                Field::Status,
                Field::StatusCategory,
                Field::Resolution,
                Field::Started,
                Field::Completed,
                Field::Canceled,
                Field::Archived,
            ]),
        }
    }
}

fn update(there: ItemId, item: NewItem, tells: Tells) -> Update {
    let filled = |text: String| (!text.is_empty()).then_some(text);
    Update {
        item: there,
        title: filled(item.title),
        kind: tells.kind.then_some(item.kind),
        status: tells.status.then_some(item.status),
        estimate: item.estimate,
        for_whom: filled(item.for_whom),
        benefit: filled(item.benefit),
        description: filled(item.description),
        tags: item.tags,
        criteria: item.criteria,
        comments: item.comments,
    }
}
