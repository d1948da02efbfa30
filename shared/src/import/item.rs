//! An item as files carry it, on its way into a backlog or out of one.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    ids::{CommentId, CriterionId, ItemId},
    intent::NewItem,
    model::{Detail, Field, Kind, Place, Row, Scalar, Status},
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
    /// What other items of the file call it; empty where none does. It is no id in the backlog.
    pub id: String,
    /// The backlog or list it is in, where the file says so.
    pub place: Option<Place>,
    /// Requirements in their order: (what must hold, whether it does).
    pub requirements: Vec<(String, bool)>,
    /// Its further registers, in the order of the fields.
    pub more: Vec<(Field, Scalar)>,
    /// Its marks, by name.
    pub marks: Vec<(String, Scalar)>,
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
            id: String::new(),
            place: None,
            requirements: Vec::new(),
            more: Vec::new(),
            marks: Vec::new(),
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
            place: self.place.unwrap_or(Place::Product),
            requirements: self
                .requirements
                .into_iter()
                .map(|(text, met)| (CriterionId::random(rng), text, met))
                .collect(),
            more: self.more,
            marks: self.marks,
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
            criteria: criteria(detail, false),
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
            id: row.id.to_string(),
            place: Some(row.place),
            requirements: criteria(detail, true),
            more: row.more.clone(),
            marks: row.marks.clone(),
        }
    }
}

fn criteria(detail: &Detail, requirement: bool) -> Vec<(String, bool)> {
    detail
        .criteria
        .iter()
        .filter(|criterion| criterion.requirement == requirement)
        .map(|criterion| (criterion.text.clone(), criterion.met))
        .collect()
}
