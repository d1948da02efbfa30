//! The shape of Cutline's JSON, for writing and for reading. Changing it means a new version that still reads the old.

use serde::{Deserialize, Serialize};

use crate::{
    import::{ImportedComment, ImportedItem, read_instant, to_text},
    model::{Kind, Status},
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
}

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
    pub(super) fn new(name: &str, items: &[ImportedItem]) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            name: name.to_owned(),
            items: items.iter().map(Item::from).collect(),
        }
    }
}

impl From<&ImportedItem> for Item {
    fn from(item: &ImportedItem) -> Self {
        let comments = item.comments.iter().map(|comment| Comment {
            name: comment.name.clone(),
            at: comment.at.and_then(to_text),
            text: comment.text.clone(),
        });
        let criteria = item.criteria.iter().map(|(text, met)| Criterion {
            text: text.clone(),
            met: *met,
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
            criteria: criteria.collect(),
            comments: comments.collect(),
            created: item.created.and_then(to_text),
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
            criteria: item
                .criteria
                .into_iter()
                .map(|criterion| (criterion.text, criterion.met))
                .collect(),
            comments: comments.collect(),
            created: item.created.as_deref().and_then(read_instant),
        }
    }
}
