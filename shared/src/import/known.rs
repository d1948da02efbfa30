//! Items of a file whose keys a backlog has already: left alone, brought up to date, or added once more.

use std::collections::BTreeMap;

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{ItemId, RecordId},
    import::{
        ImportedItem,
        preview::{Field, Format, Preview},
    },
    intent::{Intent, NewItem, Target, Update},
    model::{
        Place, Scalar, Things,
        thing::{self, Spec, Thing},
    },
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
    /// Lists, goals, settings and the like.
    pub things: Things,
    /// Whether lists and goals are known by their names: the backlog's own of that name is meant then.
    pub by_name: bool,
}

impl Taken {
    /// What puts it into a backlog as one step; `there` are the things that the backlog has, which stay as they are.
    /// A new backlog, which has none, also gets the settings.
    #[must_use]
    pub fn into_intent(mut self, at: Target, there: &Things) -> Option<Intent> {
        if self.by_name {
            self.mean_those_of(there);
        }
        let Self {
            items,
            updates,
            things,
            ..
        } = self;
        let count = items.len() + updates.len();
        let brought = match (items.is_empty(), updates.is_empty()) {
            (true, true) => None,
            (false, true) => Some(Intent::Add { items, at }),
            (_, false) => Some(Intent::Import { items, at, updates }),
        };
        let is_new = there
            .keys()
            .all(|thing| !matches!(thing, Thing::Record(..)));
        let wanted = |thing: &Thing| match thing {
            Thing::Product | Thing::Person(_) => is_new,
            Thing::Record(..) => !there.get(thing).is_some_and(thing::exists),
        };
        let puts: Vec<Intent> = things
            .into_iter()
            .filter(|(thing, _)| wanted(thing))
            .map(|(thing, facts)| Intent::Put {
                thing,
                values: facts
                    .into_iter()
                    .map(|(key, value)| (key, Some(value)))
                    .collect(),
            })
            .collect();
        if puts.is_empty() {
            return brought;
        }
        Some(Intent::Together {
            name: "import".to_owned(),
            said: format!("Imported {}", words(count)),
            parts: puts.into_iter().chain(brought).collect(),
        })
    }
}

fn words(count: usize) -> String {
    match count {
        1 => "1 item".to_owned(),
        count => format!("{count} items"),
    }
}

impl Preview {
    /// How many items the backlog has, by their keys or ids.
    #[must_use]
    pub fn known(&self, keys: &BTreeMap<String, ItemId>) -> usize {
        let is_known = |item: &&ImportedItem| there(keys, item).is_some();
        self.items.iter().filter(is_known).count()
    }

    /// The items as a backlog takes them. `keys` are those it has, without the empty one, and the ids of
    /// items without a key.
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
        let mut called: BTreeMap<String, ItemId> = BTreeMap::new();
        for item in self.items {
            let name = item.id.clone();
            let id = match (there(keys, &item), known) {
                (None, _) | (Some(_), Known::AddAgain) => {
                    let item = item.into_new_item(now, rng);
                    let id = item.id;
                    taken.items.push(item);
                    id
                }
                (Some(there), Known::Skip) => there,
                (Some(there), Known::Update) => {
                    let item = item.into_new_item(now, rng);
                    taken.updates.push(update(there, item, tells));
                    there
                }
            };
            if !name.is_empty() {
                called.insert(name, id);
            }
        }
        taken.things = self.things;
        taken.by_name = self.format != Format::CutlineJson;
        taken.call_by(&called);
        taken
    }
}

/// The item of the backlog that an item of a file is: by its key, or by its id where it has none.
fn there(keys: &BTreeMap<String, ItemId>, item: &ImportedItem) -> Option<ItemId> {
    let name = if item.key.is_empty() {
        &item.id
    } else {
        &item.key
    };
    keys.get(name).copied()
}

impl Taken {
    /// What the file calls items becomes their ids. What it says of items that it does not hold is dropped.
    fn call_by(&mut self, called: &BTreeMap<String, ItemId>) {
        for item in &mut self.items {
            for (field, value) in &mut item.more {
                if field.spec() == Some(Spec::Item) {
                    let now = value.text().and_then(|name| called.get(name));
                    *value = now.map_or(Scalar::Flag(false), |id| id.to_string().into());
                }
            }
            item.more.retain(|(_, value)| *value != Scalar::Flag(false));
            let marks = std::mem::take(&mut item.marks).into_iter();
            item.marks = marks
                .filter_map(|(key, value)| match key.strip_prefix("depends:") {
                    Some(name) => Some((format!("depends:{}", called.get(name)?), value)),
                    None => Some((key, value)),
                })
                .collect();
            item.marks.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        for facts in self.things.values_mut() {
            let named: Vec<(&str, String)> = facts
                .keys()
                .filter_map(|key| {
                    let mut prefixes = NAMING_ITEMS.iter().copied();
                    Some((
                        prefixes.find(|prefix| key.starts_with(prefix))?,
                        key.clone(),
                    ))
                })
                .collect();
            let taken: Vec<_> = named
                .into_iter()
                .filter_map(|(prefix, key)| {
                    let value = facts.remove(&key)?;
                    let id = called.get(key.strip_prefix(prefix)?)?;
                    Some((format!("{prefix}{id}"), value))
                })
                .collect();
            facts.extend(taken);
        }
    }
}

/// The registers of records whose names end in an item's id: feedback names those it is about, sprints their stories.
const NAMING_ITEMS: &[&str] = &["item:", "proposed:", "leaving:", "story:", "finished:"];

impl Taken {
    /// What the file names is the backlog's own, where it has one of that name.
    fn mean_those_of(&mut self, there: &Things) {
        let mut meant: BTreeMap<RecordId, RecordId> = BTreeMap::new();
        self.things.retain(|thing, facts| {
            let Thing::Record(collection, id) = *thing else {
                return true;
            };
            let name = thing::text(facts, "name").to_lowercase();
            let own = thing::records(there, collection)
                .into_iter()
                .find(|(_, facts)| thing::text(facts, "name").to_lowercase() == name);
            meant.extend(own.map(|(own, _)| (id, own)));
            own.is_none()
        });
        let of = |id: RecordId| meant.get(&id).copied().unwrap_or(id);
        for item in &mut self.items {
            item.place = match item.place {
                Place::List(id) => Place::List(of(id)),
                Place::Release(id) => Place::Release(of(id)),
                Place::Sprint(id) => Place::Sprint(of(id)),
                Place::Inbox | Place::Product => item.place,
            };
            for (key, _) in &mut item.marks {
                let id = key.split_once(':').and_then(|(prefix, id)| {
                    let is_linked = matches!(prefix, "goal" | "initiative" | "theme");
                    let id = id.parse().ok().filter(|_| is_linked)?;
                    Some(format!("{prefix}:{}", of(id)))
                });
                if let Some(now) = id {
                    *key = now;
                }
            }
            item.marks.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
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
