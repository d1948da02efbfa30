//! Everything a person can want of a backlog, as plain data.
//!
//! An intent is applied as one step of undo. Undo and redo are not intents: they belong to the session, which keeps the
//! inverse of each.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CommentId, CriterionId, ItemId, PersonId},
    model::{Field, Kind, Person, Place, Scalar, Status, Thing},
    time::Timestamp,
};

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Intent {
    /// Add items at a place of the ranked list: quick add, paste, import.
    Add {
        /// The new items, in their order.
        items: Vec<NewItem>,
        /// Where the first of them goes.
        at: Target,
    },
    /// Set one field of one or many items.
    Set {
        /// The items.
        items: Vec<ItemId>,
        /// The field with its new value.
        value: Value,
    },
    /// Put a tag on items or take it off.
    Tag {
        /// The items.
        items: Vec<ItemId>,
        /// The tag's name.
        tag: String,
        /// On or off.
        on: bool,
    },
    /// Move items, in their present order, to a place of the ranked list.
    Move {
        /// The items.
        items: Vec<ItemId>,
        /// Where they go.
        to: Target,
    },
    /// Put items away, for a reason that may be empty.
    Archive {
        /// The items.
        items: Vec<ItemId>,
        /// Why.
        reason: String,
    },
    /// Bring archived items back to the status and rank they had.
    Restore {
        /// The items.
        items: Vec<ItemId>,
    },
    /// Change the description by one splice.
    EditDescription {
        /// The item.
        item: ItemId,
        /// [`crate::model::Detail::description_version`] that the tab's text was last rebased on.
        version: u64,
        /// The change, made on that version plus this tab's edits sent since.
        edit: TextEdit,
    },
    /// Add an acceptance criterion after the others.
    AddCriterion {
        /// The item.
        item: ItemId,
        /// The new criterion's id.
        id: CriterionId,
        /// What must hold.
        text: String,
        /// Whether it is a requirement rather than an acceptance criterion.
        requirement: bool,
    },
    /// Change what a criterion says.
    SetCriterionText {
        /// The item.
        item: ItemId,
        /// The criterion.
        id: CriterionId,
        /// What must hold.
        text: String,
    },
    /// Say whether a criterion is met.
    MeetCriterion {
        /// The item.
        item: ItemId,
        /// The criterion.
        id: CriterionId,
        /// Whether it is.
        met: bool,
    },
    /// Move a criterion before another one, or to the end.
    MoveCriterion {
        /// The item.
        item: ItemId,
        /// The criterion.
        id: CriterionId,
        /// The one that it then stands before.
        before: Option<CriterionId>,
    },
    /// Take a criterion off the item.
    RemoveCriterion {
        /// The item.
        item: ItemId,
        /// The criterion.
        id: CriterionId,
    },
    /// Say something about an item.
    AddComment {
        /// The item.
        item: ItemId,
        /// The new comment's id.
        id: CommentId,
        /// What, in Markdown.
        text: String,
    },
    /// Change what a comment says.
    SetComment {
        /// The item.
        item: ItemId,
        /// The comment.
        id: CommentId,
        /// What, in Markdown.
        text: String,
    },
    /// Take a comment back.
    RemoveComment {
        /// The item.
        item: ItemId,
        /// The comment.
        id: CommentId,
    },
    /// Settle a field with two values by choosing one.
    Settle {
        /// The item.
        item: ItemId,
        /// The field.
        field: Field,
        /// [`crate::model::ConflictValue::token`] of the chosen value.
        token: String,
    },
    /// Give the backlog a name.
    Rename {
        /// The name.
        name: String,
    },
    /// Say who one is.
    Introduce {
        /// The person.
        person: PersonId,
        /// Their name and colour.
        profile: Person,
    },
    /// Take over a file: add what is new in it, and bring items that are there to what it says.
    Import {
        /// The new items, in their order.
        items: Vec<NewItem>,
        /// Where the first of them goes.
        at: Target,
        /// What the file says of items that are there.
        updates: Vec<Update>,
    },
    /// Move items, in their present order, to another backlog or list.
    Place {
        /// The items.
        items: Vec<ItemId>,
        /// Where they go.
        place: Place,
        /// Where in it; the rank they had there before, or last, when unsaid.
        at: Option<Target>,
    },
    /// Give items, which stand in one place, the order in which they are named. They share out the ranks they have, so
    /// that nobody else's rank changes.
    Order {
        /// The items in their new order.
        items: Vec<ItemId>,
    },
    /// Set or take away a mark: a link to a goal, a score, a dependency.
    Mark {
        /// The items.
        items: Vec<ItemId>,
        /// Which: see [`crate::model::item::mark_spec`].
        key: String,
        /// The value, or nothing.
        value: Option<Scalar>,
    },
    /// Set registers of a goal, list, release, person or of the backlog itself; a record is made where it is new.
    Put {
        /// Of what.
        thing: Thing,
        /// Names and values: see [`crate::model::thing::spec`].
        values: Vec<(String, Option<Scalar>)>,
    },
    /// Turn items down, for one of [`crate::model::item::DECLINE_REASONS`].
    Decline {
        /// The items.
        items: Vec<ItemId>,
        /// Why.
        reason: String,
        /// More words, or none.
        note: String,
        /// The day on which to look again, or none.
        reconsider_on: Option<String>,
    },
    /// Make an item part of another one, which keeps its evidence.
    Merge {
        /// The items that go.
        items: Vec<ItemId>,
        /// The one that stays.
        into: ItemId,
    },
    /// Say that items are still wanted (PB-24).
    Keep {
        /// The items.
        items: Vec<ItemId>,
        /// The day until which that holds, or none.
        until: Option<String>,
    },
    /// Several intents as one step, planned on the backlog as it is.
    Together {
        /// The step's name, kept in each change's message.
        name: String,
        /// What was done, in the past tense.
        said: String,
        /// The parts.
        parts: Vec<Intent>,
    },
}

/// What a file says of an item that is there. What it does not say stays as it is, and nothing is taken off the item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// The item.
    pub item: ItemId,
    /// Its title, where the file has one.
    pub title: Option<String>,
    /// Its type.
    pub kind: Option<Kind>,
    /// Where it stands.
    pub status: Option<Status>,
    /// Effort in the backlog's unit.
    pub estimate: Option<f64>,
    /// Who needs it.
    pub for_whom: Option<String>,
    /// Why they need it.
    pub benefit: Option<String>,
    /// The description in Markdown.
    pub description: Option<String>,
    /// Tags to put on.
    pub tags: Vec<String>,
    /// Criteria: (id for one that is not there yet, text, met).
    pub criteria: Vec<(CriterionId, String, bool)>,
    /// Comments: (id for one that is not there yet, name, when, text).
    pub comments: Vec<(CommentId, String, Timestamp, String)>,
}

/// A field with a new value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// What it is called.
    Title(String),
    /// Its type.
    Kind(Kind),
    /// Where it stands; one of [`Status::CHOICES`].
    Status(Status),
    /// Effort in the backlog's unit, or no estimate.
    Estimate(Option<f64>),
    /// Who needs it.
    ForWhom(String),
    /// Why they need it.
    Benefit(String),
    /// One of the further registers, or nothing in it: see [`Field::spec`].
    Field(Field, Option<Scalar>),
}

/// A place in the ranked list. The item is dropped against a neighbour, and stays with it when others move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// First.
    Top,
    /// Last.
    Bottom,
    /// Right before this item.
    Before(ItemId),
    /// Right after this item.
    After(ItemId),
}

/// An item to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewItem {
    /// Its id, drawn by whoever makes it.
    pub id: ItemId,
    /// The key it had elsewhere; empty for one made here.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Its type.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// Effort in the backlog's unit.
    pub estimate: Option<f64>,
    /// Who needs it.
    pub for_whom: String,
    /// Why they need it.
    pub benefit: String,
    /// The description in Markdown.
    pub description: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Acceptance criteria: (id, text, met).
    pub criteria: Vec<(CriterionId, String, bool)>,
    /// Requirements: (id, text, met).
    pub requirements: Vec<(CriterionId, String, bool)>,
    /// Comments: (id, name, when, text).
    pub comments: Vec<(CommentId, String, Timestamp, String)>,
    /// When it was made elsewhere; now for one made here.
    pub created: Option<Timestamp>,
    /// The backlog or list it begins in.
    pub place: Place,
    /// Its further registers.
    pub more: Vec<(Field, Scalar)>,
    /// Its marks.
    pub marks: Vec<(String, Scalar)>,
}

impl NewItem {
    /// An item that has nothing but a title, which is all an item needs (PB-06).
    #[must_use]
    pub fn titled(id: ItemId, title: impl Into<String>) -> Self {
        Self {
            id,
            key: String::new(),
            title: title.into(),
            kind: Kind::Feature,
            status: Status::Todo,
            estimate: None,
            for_whom: String::new(),
            benefit: String::new(),
            description: String::new(),
            tags: Vec::new(),
            criteria: Vec::new(),
            requirements: Vec::new(),
            comments: Vec::new(),
            created: None,
            place: Place::Product,
            more: Vec::new(),
            marks: Vec::new(),
        }
    }
}

/// One splice of a text. Positions and lengths count UTF-16 units, as browsers do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextEdit {
    /// Where it begins.
    pub at: usize,
    /// How much is taken out there.
    pub delete: usize,
    /// What is put in its stead.
    pub insert: String,
}
