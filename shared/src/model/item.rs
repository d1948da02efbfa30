//! Items as people see them: the row in the list and the detail beside it.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{CommentId, CriterionId, ItemId, PersonId},
    time::Timestamp,
};

use super::{Author, Changed, Part, Place, Scalar, thing::Spec};

/// An enum whose values stand in documents as fixed words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
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

pub(crate) use words;

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
        /// Turned down at triage, with a reason; can be restored.
        Declined = "declined", "Declined";
        /// Became part of another item, which [`Field::MergedInto`] names.
        Merged = "merged", "Merged";
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

    /// Whether an item with this status was put away, and can be restored to the status it had.
    #[must_use]
    pub const fn is_away(self) -> bool {
        matches!(
            self,
            Self::Archived | Self::Declined | Self::Merged | Self::Withdrawn
        )
    }

    /// Whether an item with this status was cleared out rather than done (PB-26).
    #[must_use]
    pub const fn is_cleared(self) -> bool {
        matches!(
            self,
            Self::Dropped | Self::Archived | Self::Declined | Self::Merged
        )
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
        /// What it is worth, as a number (BT-36).
        Value = "value", "Business value";
        /// Effort in hours, beside the estimate (BT-44).
        Hours = "hours", "Hours";
        /// How much it is needed (BT-18).
        Criticality = "criticality", "Criticality";
        /// What users would feel (Kano).
        Kano = "kano", "Kano";
        /// A word to group by.
        Category = "category", "Category";
        /// What users should experience, at a high level (BT-41).
        Experience = "experience", "Desired experience";
        /// The problem that it solves (BT-20).
        Problem = "problem", "Problem";
        /// Who works on it.
        Assignee = "assignee", "Assignee";
        /// Why work can't go on; absent while it can.
        Blocked = "blocked", "Blocked";
        /// What has to be answered first.
        Question = "question", "Question";
        /// The feature that a story belongs to.
        Parent = "parent", "Part of";
        /// The item that took its place (PB-25).
        SupersededBy = "superseded_by", "Superseded by";
        /// Why it is no longer wanted (PB-25).
        ObsoleteBecause = "obsolete_because", "Obsolete because";
        /// The item that it became part of (PB-21).
        MergedInto = "merged_into", "Merged into";
        /// Why it was archived.
        ArchiveReason = "archive_reason", "Archived because";
        /// Why it was declined (PB-21).
        DeclineReason = "decline_reason", "Declined because";
        /// The words beside the reason.
        DeclineNote = "decline_note", "Note";
        /// Who declined it.
        DeclinedBy = "declined_by", "Declined by";
        /// The day on which a declined item is looked at again (PB-23).
        ReconsiderOn = "reconsider_on", "Reconsider on";
        /// What has to come true for that.
        ReconsiderIf = "reconsider_if", "Reconsider if";
        /// The day on which it comes back to triage.
        SnoozedUntil = "snoozed_until", "Snoozed until";
        /// When its author was asked something at triage, in UTC milliseconds: whatever number is set, the moment of
        /// the change is what is kept.
        AskedAt = "asked_at", "Asked";
        /// Who said "still wanted" (PB-24).
        WantedBy = "wanted_by", "Still wanted by";
        /// The day until which that holds.
        WantedUntil = "wanted_until", "Still wanted until";
        /// What it is not ready for although it was pulled (PB-32).
        PulledNotReady = "pulled_not_ready", "Pulled not ready";
    }
}

/// The words of [`Field::Criticality`], most needed first: MoSCoW.
pub const CRITICALITIES: &[&str] = &["must", "should", "could", "wont"];
/// The words of [`Field::Kano`].
pub const KANO: &[&str] = &[
    "attractive",
    "one-dimensional",
    "must-be",
    "indifferent",
    "reverse",
    "questionable",
];
/// The words of [`Field::DeclineReason`] (PB-21).
pub const DECLINE_REASONS: &[&str] = &[
    "out-of-vision",
    "low-impact",
    "duplicate",
    "obsolete",
    "too-costly",
    "other",
];

impl Field {
    /// What the register takes, where [`crate::intent::Value::Field`] may set it.
    #[must_use]
    pub const fn spec(self) -> Option<Spec> {
        match self {
            Self::Title
            | Self::Kind
            | Self::Status
            | Self::Estimate
            | Self::ForWhom
            | Self::Benefit
            | Self::Description
            | Self::Rank
            | Self::Place => None,
            Self::Value => Some(Spec::Number(-1e9, 1e9)),
            Self::Hours => Some(Spec::Number(0.0, 1e6)),
            Self::Criticality => Some(Spec::Choice(CRITICALITIES)),
            Self::Kano => Some(Spec::Choice(KANO)),
            Self::DeclineReason => Some(Spec::Choice(DECLINE_REASONS)),
            Self::Category
            | Self::Blocked
            | Self::Question
            | Self::ObsoleteBecause
            | Self::ArchiveReason
            | Self::DeclineNote
            | Self::ReconsiderIf
            | Self::PulledNotReady => Some(Spec::Line),
            Self::Experience | Self::Problem => Some(Spec::Text),
            Self::Assignee => Some(Spec::Person),
            Self::DeclinedBy | Self::WantedBy => Some(Spec::Doer),
            Self::Parent | Self::SupersededBy | Self::MergedInto => Some(Spec::Item),
            Self::ReconsiderOn | Self::SnoozedUntil | Self::WantedUntil => Some(Spec::Day),
            Self::AskedAt => Some(Spec::Number(0.0, 9e15)),
        }
    }
}

/// The named registers of an item that are many of a kind, and what they take: links to goals, scores, votes.
const MARKS: &[(&str, Spec)] = &[
    ("goal:*", Spec::Flag),
    ("initiative:*", Spec::Flag),
    ("theme:*", Spec::Flag),
    ("depends:*", Spec::Flag),
    ("score:*", Spec::Number(-1e12, 1e12)),
    ("scored:*", Spec::Number(0.0, 1e9)),
    ("until:*", Spec::Day),
    ("url:*", Spec::Line),
    ("file:*", Spec::File),
    ("custom:*", Spec::Text),
    ("kano:*", Spec::Line),
    ("votes:*", Spec::Number(0.0, 1e6)),
    ("invest:*", Spec::Flag),
];

/// What a mark takes; `None` where there is no such mark.
#[must_use]
pub fn mark_spec(key: &str) -> Option<Spec> {
    super::thing::find(MARKS, key)
}

/// What the marks begin with.
#[cfg(test)]
pub(crate) fn mark_kinds() -> impl Iterator<Item = &'static str> {
    MARKS.iter().map(|(key, _)| key.trim_end_matches(":*"))
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
    /// Whether it says why it is needed.
    pub benefits: bool,
    /// Its tags as they are called now, in alphabetical order.
    pub tags: Vec<String>,
    /// The backlog or list it is in: the product backlog where its own was removed (`MODEL.md` P3).
    pub place: Place,
    /// Its rank key there; rows of a place are ordered by (rank, id).
    pub rank: String,
    /// Acceptance criteria: (met, all).
    pub criteria: (u32, u32),
    /// How many of the acceptance criteria can't be tested (`formulas.md` §5.12).
    pub vague: u32,
    /// Requirements: (met, all).
    pub requirements: (u32, u32),
    /// How many comments it has.
    pub comments: u32,
    /// Whether it has a description.
    pub described: bool,
    /// The fields that hold two values.
    pub conflicts: Vec<Field>,
    /// The fields that say who did something, where that person did not write it themselves.
    pub doubted: Vec<Field>,
    /// When it was made.
    pub created: Timestamp,
    /// When somebody last did something that shows it is wanted (`formulas.md` §5.11); when it was made otherwise.
    pub touched: Timestamp,
    /// When the estimate was last set.
    pub estimated: Option<Timestamp>,
    /// When title, description, requirements or criteria were last changed.
    pub reworded: Option<Timestamp>,
    /// When it was last put away by somebody here: archived, declined, dropped or merged.
    pub cleared: Option<Timestamp>,
    /// Its further registers that hold something.
    pub more: Vec<(Field, Scalar)>,
    /// Its marks: links to goals, scores, dependencies.
    pub marks: Vec<(String, Scalar)>,
}

impl Row {
    /// An item that has nothing but an id, in the product backlog.
    #[must_use]
    pub fn blank(id: ItemId) -> Self {
        Self {
            id,
            key: String::new(),
            title: String::new(),
            kind: Kind::Feature,
            status: Status::Todo,
            estimate: None,
            for_whom: String::new(),
            benefits: false,
            tags: Vec::new(),
            place: Place::Product,
            rank: String::new(),
            criteria: (0, 0),
            vague: 0,
            requirements: (0, 0),
            comments: 0,
            described: false,
            conflicts: Vec::new(),
            doubted: Vec::new(),
            created: Timestamp::default(),
            touched: Timestamp::default(),
            estimated: None,
            reworded: None,
            cleared: None,
            more: Vec::new(),
            marks: Vec::new(),
        }
    }

    /// What a further register holds.
    #[must_use]
    pub fn field(&self, field: Field) -> Option<&Scalar> {
        let found = self.more.iter().find(|(own, _)| *own == field);
        found.map(|(_, value)| value)
    }

    /// The words of a further register; empty where it holds none.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        self.field(field).and_then(Scalar::text).unwrap_or_default()
    }

    /// The further registers that say who did something, with whom they name.
    pub fn claims(&self) -> impl Iterator<Item = (Field, PersonId)> {
        let claims = self.more.iter();
        let claims = claims.filter(|(field, _)| field.spec() == Some(Spec::Doer));
        claims.filter_map(|(field, value)| Some((*field, value.text()?.parse().ok()?)))
    }

    /// Whoever did what a further register says, as sure as that is.
    #[must_use]
    pub fn doer(&self, field: Field) -> Option<Author> {
        Some(Author {
            person: self.text(field).parse().ok()?,
            verified: !self.doubted.contains(&field),
        })
    }

    /// The number of a further register.
    #[must_use]
    pub fn number(&self, field: Field) -> Option<f64> {
        self.field(field).and_then(Scalar::number)
    }

    /// The item that a further register names.
    #[must_use]
    pub fn item(&self, field: Field) -> Option<ItemId> {
        self.text(field).parse().ok()
    }

    /// What a mark holds.
    #[must_use]
    pub fn mark(&self, key: &str) -> Option<&Scalar> {
        let at = self
            .marks
            .binary_search_by(|(own, _)| own.as_str().cmp(key))
            .ok()?;
        Some(&self.marks[at].1)
    }

    /// The names behind a prefix whose mark is on: the ids of the goals it is linked to.
    pub fn marked<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.marks.iter().filter_map(move |(key, value)| {
            let name = key.strip_prefix(prefix)?.strip_prefix(':')?;
            value.is_on().then_some(name)
        })
    }

    /// Sets a further register; nothing takes it away.
    pub fn set_field(&mut self, field: Field, value: Option<Scalar>) {
        self.more.retain(|(own, _)| *own != field);
        if let Some(value) = value {
            self.more.push((field, value));
            self.more.sort_by_key(|(field, _)| *field);
        }
    }

    /// Sets a mark; nothing takes it away.
    pub fn set_mark(&mut self, key: &str, value: Option<Scalar>) {
        self.marks.retain(|(own, _)| own != key);
        if let Some(value) = value {
            self.marks.push((key.to_owned(), value));
            self.marks.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }
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
    /// Acceptance criteria and requirements in their order.
    pub criteria: Vec<Criterion>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Fields with two or more values.
    pub conflicts: Vec<Conflict>,
    /// Who made the item, where known.
    pub created_by: Option<Author>,
    /// Status, place and estimate transitions, oldest first: (when, what, e.g. `status=done`).
    pub trail: Vec<(Timestamp, String)>,
    /// Who made each transition of the trail, where known.
    pub trail_by: Vec<Option<Author>>,
    /// What each transition of the trail was part of: the word of its intent (`move`, `ship`, `close`), with `undo ` before
    /// it where it was taken back; empty where another program made it.
    pub trail_why: Vec<String>,
    /// When each group of its details last changed, in the order of the groups (PB-33).
    pub changed: Vec<Changed>,
}

impl Detail {
    /// When a group last changed; `None` where it never held anything.
    #[must_use]
    pub fn last(&self, part: Part) -> Option<&Changed> {
        self.changed.iter().find(|changed| changed.part == part)
    }
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
    /// Whether it is a requirement rather than an acceptance criterion.
    pub requirement: bool,
}

/// Something somebody said about the item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// The comment.
    pub id: CommentId,
    /// Who said it, where they are a person of this backlog.
    pub by: Option<Author>,
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
    pub by: Option<Author>,
    /// When they set it.
    pub at: Timestamp,
    /// Names the value within the document, for [`crate::intent::Intent::Settle`].
    pub token: String,
}
