//! Items as people see them: the row in the list and the detail beside it.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CommentId, CriterionId, ItemId, PersonId},
    time::Timestamp,
};

/// An enum whose values stand in documents as fixed words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every value, in the order people are offered them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The word that stands in documents, addresses and exports.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The name that people read.
            #[must_use]
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The value of a word.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

words! {
    /// The type of an item (PB-01).
    Kind {
        /// A slice of functionality with a benefit for somebody.
        Feature = "feature", "Feature";
        /// A change for the better to something that exists.
        Improvement = "improvement", "Improvement";
        /// Something that does not do what it should.
        Bug = "bug", "Bug";
        /// Work that users do not see.
        Technical = "technical", "Technical";
        /// A question to answer.
        Research = "research", "Research";
        /// A need from a user's point of view: as a …, I want …, so that ….
        Story = "story", "Story";
    }
}

words! {
    /// Where an item stands. Deleting is a status, never a removed key (`MODEL.md` I4).
    Status {
        /// Not begun.
        Todo = "todo", "To do";
        /// Begun.
        Doing = "doing", "Doing";
        /// Finished.
        Done = "done", "Done";
        /// Will not be done.
        Dropped = "dropped", "Dropped";
        /// Put away; can be restored.
        Archived = "archived", "Archived";
        /// Its creation was undone. Shown nowhere; redo brings it back.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

impl Status {
    /// Whether an item with this status is in the ranked list (PB-03).
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Todo | Self::Doing)
    }

    /// The statuses that people can choose directly; the others have verbs of their own.
    pub const CHOICES: &[Self] = &[Self::Todo, Self::Doing, Self::Done, Self::Dropped];
}

words! {
    /// The fields of an item that hold one value each, and can therefore hold two after people set them while apart.
    Field {
        /// What it is called.
        Title = "title", "Title";
        /// Its type.
        Kind = "kind", "Type";
        /// Where it stands.
        Status = "status", "Status";
        /// Effort, in the backlog's unit.
        Estimate = "estimate", "Estimate";
        /// Who needs it (the "as a …" of a story).
        ForWhom = "for_whom", "For whom";
        /// Why they need it (the "so that …" of a story).
        Benefit = "benefit", "Benefit";
        /// The text, where two people first edited an imported one while apart.
        Description = "description", "Description";
        /// Its place in the ranked list.
        Rank = "rank", "Rank";
        /// Which backlog or list it is in.
        Place = "place", "Place";
    }
}

/// What the list shows of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The item.
    pub id: ItemId,
    /// The imported key (`MESOS-313`); empty where people see the short form of the id.
    pub key: String,
    /// Its title: one line of plain text.
    pub title: String,
    /// Its type.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// Effort in the backlog's unit, never negative; `None` while unestimated.
    pub estimate: Option<f64>,
    /// Who needs it; empty when unsaid.
    pub for_whom: String,
    /// Its tags, in alphabetical order.
    pub tags: Vec<String>,
    /// Its rank key in the product list; rows are ordered by (rank, id).
    pub rank: String,
    /// Acceptance criteria: (met, all).
    pub criteria: (u32, u32),
    /// How many comments it has.
    pub comments: u32,
    /// Whether it has a description.
    pub described: bool,
    /// The fields that hold two values.
    pub conflicts: Vec<Field>,
    /// When it was made.
    pub created: Timestamp,
}

/// What the side panel shows of an item besides its row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detail {
    /// The item.
    pub id: ItemId,
    /// The description in Markdown.
    pub description: String,
    /// Counts the versions of `description` that this session showed; edits name the one they were made on.
    pub description_version: u64,
    /// How many of the edits that this tab sent since it began to watch the item are in `description`.
    pub edits_included: u64,
    /// Why it is needed; empty when unsaid.
    pub benefit: String,
    /// Acceptance criteria in their order.
    pub criteria: Vec<Criterion>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Fields with two or more values.
    pub conflicts: Vec<Conflict>,
    /// Who made the item, where known.
    pub created_by: Option<PersonId>,
    /// Status, place and estimate transitions, oldest first: (when, what, e.g. `status=done`).
    pub trail: Vec<(Timestamp, String)>,
}

/// One thing that must hold for the item to be accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// The criterion.
    pub id: CriterionId,
    /// What must hold.
    pub text: String,
    /// Whether it does.
    pub met: bool,
}

/// Something somebody said about the item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// The comment.
    pub id: CommentId,
    /// Who said it, where they are a person of this backlog.
    pub by: Option<PersonId>,
    /// The name it was imported under, or that of the person when they said it.
    pub name: String,
    /// When.
    pub at: Timestamp,
    /// What, in Markdown.
    pub text: String,
}

/// One field with the values that people set while apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The field.
    pub field: Field,
    /// Its values; the first is the one everybody sees until somebody settles it.
    pub values: Vec<ConflictValue>,
}

/// One of the values of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConflictValue {
    /// The value as people read it.
    pub shown: String,
    /// Who set it, where the change says so.
    pub by: Option<PersonId>,
    /// When they set it.
    pub at: Timestamp,
    /// Names the value within the document, for [`crate::intent::Intent::Settle`].
    pub token: String,
}
