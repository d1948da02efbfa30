//! An item as files carry it, on its way into a backlog or out of one.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CommentId, CriterionId, ItemId},
    intent::NewItem,
    model::{Detail, Kind, Place, Row, Status},
    time::Timestamp,
};

/// One item of a file. Every text is within the bounds that a backlog accepts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportedItem {
    /// The key it has elsewhere (`MESOS-313`); empty where it has none.
    pub key: String,
    /// Its title: one line, never empty.
    pub title: String,
    /// Its type.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// Effort, in the file's unit.
    pub estimate: Option<f64>,
    /// Its tags, in alphabetical order.
    pub tags: Vec<String>,
    /// Who needs it; empty when unsaid.
    pub for_whom: String,
    /// Why they need it; empty when unsaid.
    pub benefit: String,
    /// The description in Markdown.
    pub description: String,
    /// Acceptance criteria in their order: (what must hold, whether it does).
    pub criteria: Vec<(String, bool)>,
    /// Comments, in the file's order.
    pub comments: Vec<ImportedComment>,
    /// When it was made, where the file says so.
    pub created: Option<Timestamp>,
}

/// Something somebody said about an item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedComment {
    /// Who said it, as the file names them; empty when unsaid.
    pub name: String,
    /// When, where the file says so.
    pub at: Option<Timestamp>,
    /// What, in Markdown.
    pub text: String,
}

impl ImportedItem {
    /// An item that has nothing but a title.
    #[must_use]
    pub fn titled(title: impl Into<String>) -> Self {
        Self {
            key: String::new(),
            title: title.into(),
            kind: Kind::Feature,
            status: Status::Todo,
            estimate: None,
            tags: Vec::new(),
            for_whom: String::new(),
            benefit: String::new(),
            description: String::new(),
            criteria: Vec::new(),
            comments: Vec::new(),
            created: None,
        }
    }

    /// The item as a backlog adds it, with fresh ids. What has no time in the file gets `now`.
    pub fn into_new_item(self, now: Timestamp, rng: &mut impl Rng) -> NewItem {
        NewItem {
            id: ItemId::random(rng),
            key: self.key,
            title: self.title,
            kind: self.kind,
            status: self.status,
            estimate: self.estimate,
            for_whom: self.for_whom,
            benefit: self.benefit,
            description: self.description,
            tags: self.tags,
            criteria: self
                .criteria
                .into_iter()
                .map(|(text, met)| (CriterionId::random(rng), text, met))
                .collect(),
            comments: self
                .comments
                .into_iter()
                .map(|comment| {
                    let at = comment.at.unwrap_or(now);
                    (CommentId::random(rng), comment.name, at, comment.text)
                })
                .collect(),
            created: self.created,
            place: Place::Product,
            more: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// An item of a backlog as files carry it.
    #[must_use]
    pub fn from_backlog(row: &Row, detail: &Detail) -> Self {
        Self {
            key: row.key.clone(),
            title: row.title.clone(),
            kind: row.kind,
            status: row.status,
            estimate: row.estimate,
            tags: row.tags.clone(),
            for_whom: row.for_whom.clone(),
            benefit: detail.benefit.clone(),
            description: detail.description.clone(),
            criteria: detail
                .criteria
                .iter()
                .filter(|criterion| !criterion.requirement)
                .map(|criterion| (criterion.text.clone(), criterion.met))
                .collect(),
            comments: detail
                .comments
                .iter()
                .map(|comment| ImportedComment {
                    name: comment.name.clone(),
                    at: Some(comment.at),
                    text: comment.text.clone(),
                })
                .collect(),
            created: Some(row.created),
        }
    }
}
