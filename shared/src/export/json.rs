//! The shape of Cutline's JSON, for writing and for reading. Changing it means a new version that still reads the old.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    document::{takes_field, takes_mark, takes_register},
    import::{ImportedComment, ImportedItem, read_instant, to_text},
    model::{Collection, Facts, Field, Kind, Place, Scalar, Status, Thing, Things, thing},
};

/// The word by which a file is recognised.
pub(crate) const FORMAT: &str = "cutline-backlog";
/// The version that is written; newer ones are refused.
pub(crate) const VERSION: u64 = 1;

/// A whole file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) format: String,
    pub(crate) version: u64,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) items: Vec<Item>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) settings: Registers,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) people: BTreeMap<String, Registers>,
    /// Lists, releases, goals and the like: collection → id → name → value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) records: BTreeMap<String, BTreeMap<String, Registers>>,
}

/// Registers by name, with words, numbers, and yes or no.
pub(crate) type Registers = BTreeMap<String, Value>;

/// One item; words instead of enums, so that an unknown one costs that field and not the file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    #[serde(default)]
    pub(crate) key: String,
    pub(crate) title: String,
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) estimate: Option<f64>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    #[serde(default)]
    pub(crate) for_whom: String,
    #[serde(default)]
    pub(crate) benefit: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) criteria: Vec<Criterion>,
    #[serde(default)]
    pub(crate) comments: Vec<Comment>,
    #[serde(default)]
    pub(crate) created: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) requirements: Vec<Criterion>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) fields: Registers,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) marks: Registers,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Criterion {
    pub(crate) text: String,
    #[serde(default)]
    pub(crate) met: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Comment {
    #[serde(default)]
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) at: Option<String>,
    pub(crate) text: String,
}

impl Document {
    pub(super) fn new(name: &str, items: &[ImportedItem], things: &Things) -> Self {
        let mut people = BTreeMap::new();
        let mut records: BTreeMap<String, BTreeMap<String, Registers>> = BTreeMap::new();
        let mut settings = Registers::new();
        for (thing, facts) in things {
            let own = registers(facts.iter());
            match thing {
                Thing::Product => settings = own,
                Thing::Person(person) => drop(people.insert(person.to_string(), own)),
                // A record that was never made, or whose making was undone, is none.
                Thing::Record(..) if !thing::exists(facts) => {}
                Thing::Record(collection, id) => {
                    let shelf = records.entry(collection.word().to_owned()).or_default();
                    shelf.insert(id.to_string(), own);
                }
            }
        }
        // The name has its own place.
        settings.remove("name");
        Self {
            settings,
            people,
            records,
            format: FORMAT.to_owned(),
            version: VERSION,
            name: name.to_owned(),
            items: items.iter().map(Item::from).collect(),
        }
    }
}

impl Document {
    /// The things of the file, with the registers that there are. The names of what is no register come second.
    pub(crate) fn things(&self) -> (Things, Vec<String>) {
        let mut things = Things::new();
        let mut unknown = Vec::new();
        let mut take = |thing: Thing, registers: &Registers| {
            let mut facts = Facts::new();
            for (key, value) in registers {
                match scalar(value).filter(|value| takes_register(thing, key, value)) {
                    Some(value) => drop(facts.insert(key.clone(), value)),
                    None => unknown.push(key.clone()),
                }
            }
            if !facts.is_empty() {
                things.insert(thing, facts);
            }
        };
        take(Thing::Product, &self.settings);
        for (id, registers) in &self.people {
            if let Ok(person) = id.parse() {
                take(Thing::Person(person), registers);
            }
        }
        for (word, shelf) in &self.records {
            let Some(collection) = Collection::from_word(word) else {
                continue;
            };
            for (id, registers) in shelf {
                if let Ok(id) = id.parse() {
                    take(Thing::Record(collection, id), registers);
                }
            }
        }
        (things, unknown)
    }
}

fn registers<'a>(facts: impl Iterator<Item = (&'a String, &'a Scalar)>) -> Registers {
    facts
        .map(|(key, value)| (key.clone(), json(value)))
        .collect()
}

fn json(value: &Scalar) -> Value {
    match value {
        Scalar::Text(text) => Value::from(text.as_str()),
        Scalar::Number(number) => Value::from(*number),
        Scalar::Flag(on) => Value::from(*on),
    }
}

fn scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Number(number) => number.as_f64().map(Scalar::Number),
        Value::Bool(on) => Some((*on).into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn criteria(criteria: &[(String, bool)]) -> Vec<Criterion> {
    let one = |(text, met): &(String, bool)| Criterion {
        text: text.clone(),
        met: *met,
    };
    criteria.iter().map(one).collect()
}

fn uncriteria(criteria: Vec<Criterion>) -> Vec<(String, bool)> {
    let one = |criterion: Criterion| (criterion.text, criterion.met);
    criteria.into_iter().map(one).collect()
}

impl From<&ImportedItem> for Item {
    fn from(item: &ImportedItem) -> Self {
        let comments = item.comments.iter().map(|comment| Comment {
            name: comment.name.clone(),
            at: comment.at.and_then(to_text),
            text: comment.text.clone(),
        });
        Self {
            key: item.key.clone(),
            title: item.title.clone(),
            kind: item.kind.word().to_owned(),
            status: item.status.word().to_owned(),
            estimate: item.estimate,
            tags: item.tags.clone(),
            for_whom: item.for_whom.clone(),
            benefit: item.benefit.clone(),
            description: item.description.clone(),
            criteria: criteria(&item.criteria),
            comments: comments.collect(),
            created: item.created.and_then(to_text),
            id: item.id.clone(),
            place: item.place.map(Place::word),
            requirements: criteria(&item.requirements),
            fields: item
                .more
                .iter()
                .map(|(field, value)| (field.word().to_owned(), json(value)))
                .collect(),
            marks: registers(item.marks.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl From<Item> for ImportedItem {
    fn from(item: Item) -> Self {
        let comments = item.comments.into_iter().map(|comment| ImportedComment {
            name: comment.name,
            at: comment.at.as_deref().and_then(read_instant),
            text: comment.text,
        });
        Self {
            key: item.key,
            title: item.title,
            kind: Kind::from_word(&item.kind).unwrap_or(Kind::Feature),
            status: Status::from_word(&item.status)
                .filter(|status| *status != Status::Withdrawn)
                .unwrap_or(Status::Todo),
            estimate: item.estimate,
            tags: item.tags,
            for_whom: item.for_whom,
            benefit: item.benefit,
            description: item.description,
            criteria: uncriteria(item.criteria),
            comments: comments.collect(),
            created: item.created.as_deref().and_then(read_instant),
            id: item.id,
            place: item.place.as_deref().and_then(Place::from_word),
            requirements: uncriteria(item.requirements),
            more: {
                let known = item.fields.iter().filter_map(|(word, value)| {
                    let (field, value) = (Field::from_word(word)?, scalar(value)?);
                    takes_field(field, &value).then_some((field, value))
                });
                let mut more: Vec<(Field, Scalar)> = known.collect();
                more.sort_by_key(|(field, _)| *field);
                more
            },
            marks: item
                .marks
                .iter()
                .filter_map(|(key, value)| {
                    let value = scalar(value)?;
                    takes_mark(key, &value).then(|| (key.clone(), value))
                })
                .collect(),
        }
    }
}
