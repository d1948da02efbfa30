//! What an import would do: shown before anything is changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    import::ImportedItem,
    model::{Kind, Status, Things},
    product::{Term, settings},
};

/// Rows are listed one by one up to this many; beyond it only their number is kept.
const ROWS_LISTED_MAX: usize = 20;

/// Everything that a file holds and what becomes of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Preview {
    /// A name for the backlog, made from the file's own or from its name.
    pub name: String,
    /// What the file was recognised as.
    pub format: Format,
    /// Its columns in their order; empty for files without columns.
    pub columns: Vec<ColumnMapping>,
    /// The items in ranked order.
    pub items: Vec<ImportedItem>,
    /// How many items there are of each type, of the types that occur.
    pub kinds: Vec<(Kind, usize)>,
    /// How many items have each status, of those that occur.
    pub statuses: Vec<(Status, usize)>,
    /// How many items have an estimate.
    pub estimated: usize,
    /// What is left out, and why.
    pub not_imported: Vec<NotImported>,
    /// What is taken, but not exactly as it stands in the file.
    pub warnings: Vec<Warning>,
    /// Lists, goals, settings and the like that the file brings.
    pub things: Things,
    /// A date that may be read in two ways, where the file does not settle which: ask, set
    /// [`Options::day_first`] and import again. Until then such dates are left out.
    pub ambiguous_date: Option<String>,
}

impl Preview {
    pub(super) fn new(
        name: String,
        format: Format,
        columns: Vec<ColumnMapping>,
        items: Vec<ImportedItem>,
        problems: Problems,
    ) -> Self {
        let count =
            |of: &dyn Fn(&ImportedItem) -> bool| items.iter().filter(|item| of(item)).count();
        let kinds = Kind::ALL
            .iter()
            .map(|kind| (*kind, count(&|item| item.kind == *kind)));
        let statuses = Status::ALL
            .iter()
            .map(|status| (*status, count(&|item| item.status == *status)));
        Self {
            name,
            format,
            columns,
            kinds: kinds.filter(|(_, count)| *count > 0).collect(),
            statuses: statuses.filter(|(_, count)| *count > 0).collect(),
            estimated: count(&|item| item.estimate.is_some()),
            items,
            not_imported: problems.not_imported,
            warnings: problems.warnings,
            things: Things::new(),
            ambiguous_date: None,
        }
    }
}

/// A kind of file that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Cutline's own table.
    CutlineCsv,
    /// Cutline's own JSON.
    CutlineJson,
    /// A table exported from Jira.
    JiraCsv,
    /// Issues of a Jira project with their story points, as research on estimation publishes them.
    JiraStoryPoints,
    /// A table exported from Linear.
    LinearCsv,
    /// Any other table with a title column.
    Table,
    /// One user story or item per line.
    Lines,
    /// A list of GitHub issues.
    GitHubJson,
    /// A Trello board.
    TrelloJson,
}

impl Format {
    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::CutlineCsv => "Cutline CSV",
            Self::CutlineJson => "Cutline JSON",
            Self::JiraCsv => "Jira CSV",
            Self::JiraStoryPoints => "Jira issues with story points",
            Self::LinearCsv => "Linear CSV",
            Self::Table => "Table",
            Self::Lines => "One item per line",
            Self::GitHubJson => "GitHub issues",
            Self::TrelloJson => "Trello board",
        }
    }

    /// Whether its texts are in Jira's wiki markup.
    pub(super) const fn is_jira(self) -> bool {
        matches!(self, Self::JiraCsv | Self::JiraStoryPoints)
    }
}

/// What a column can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Field {
    /// The key elsewhere.
    Key,
    /// What the item is called.
    Title,
    /// Its type.
    Kind,
    /// Where it stands.
    Status,
    /// A coarser status, for names of statuses that are not known.
    StatusCategory,
    /// Why it was closed.
    Resolution,
    /// When work on it began: not empty means it has begun.
    Started,
    /// When it was finished: not empty means it is done.
    Completed,
    /// When it was given up: not empty means it is dropped.
    Canceled,
    /// When it was put away: not empty means it is archived.
    Archived,
    /// Effort.
    Estimate,
    /// Tags.
    Tags,
    /// Who needs it.
    ForWhom,
    /// Why they need it.
    Benefit,
    /// The text.
    Description,
    /// Acceptance criteria.
    Criteria,
    /// Something somebody said about it.
    Comment,
    /// When it was made.
    Created,
    /// Its place in the order.
    Rank,
    /// What it must fulfil.
    Requirements,
    /// What it is worth, as a number.
    Value,
    /// Effort in hours.
    Hours,
    /// A word to group by.
    Category,
    /// The backlog, list, release or sprint that it is in.
    List,
    /// Goals that it serves, by name.
    Goals,
    /// Initiatives that it belongs to, by name.
    Initiatives,
    /// Themes that it belongs to, by name.
    Themes,
    /// The item that it is part of.
    PartOf,
    /// The items that have to be done first.
    DependsOn,
    /// Addresses on the web.
    Links,
    /// Files, by their addresses.
    Attachments,
    /// What Cutline calls the item.
    CutlineId,
}

impl Field {
    /// Every field, in the order people are offered them.
    pub const ALL: &[Self] = &[
        Self::Title,
        Self::Key,
        Self::Kind,
        Self::Status,
        Self::StatusCategory,
        Self::Resolution,
        Self::Started,
        Self::Completed,
        Self::Canceled,
        Self::Archived,
        Self::Estimate,
        Self::Tags,
        Self::ForWhom,
        Self::Benefit,
        Self::Description,
        Self::Criteria,
        Self::Comment,
        Self::Created,
        Self::Rank,
        Self::Requirements,
        Self::Value,
        Self::Hours,
        Self::Category,
        Self::List,
        Self::Goals,
        Self::Initiatives,
        Self::Themes,
        Self::PartOf,
        Self::DependsOn,
        Self::Links,
        Self::Attachments,
        Self::CutlineId,
    ];

    /// Whether every column of a field counts, not only the most telling one.
    #[must_use]
    pub const fn takes_many(self) -> bool {
        matches!(
            self,
            Self::Tags
                | Self::Criteria
                | Self::Requirements
                | Self::Comment
                | Self::Estimate
                | Self::Goals
                | Self::Initiatives
                | Self::Themes
                | Self::DependsOn
                | Self::Links
                | Self::Attachments
        )
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Key => "Key",
            Self::Title => "Title",
            Self::Kind => "Type",
            Self::Status => "Status",
            Self::StatusCategory => "Status category",
            Self::Resolution => "Resolution",
            Self::Started => "Started on",
            Self::Completed => "Done on",
            Self::Canceled => "Dropped on",
            Self::Archived => "Archived on",
            Self::Estimate => "Estimate",
            Self::Tags => "Tags",
            Self::ForWhom => "For whom",
            Self::Benefit => "Benefit",
            Self::Description => "Description",
            Self::Criteria => "Acceptance criteria",
            Self::Comment => "Comment",
            Self::Created => "Created",
            Self::Rank => "Rank",
            Self::Requirements => "Requirements",
            Self::Value => "Business value",
            Self::Hours => "Hours",
            Self::Category => "Category",
            Self::List => "List",
            Self::Goals => "Goals",
            Self::Initiatives => "Initiatives",
            Self::Themes => "Themes",
            Self::PartOf => "Part of",
            Self::DependsOn => "Depends on",
            Self::Links => "Links",
            Self::Attachments => "Attachments, as links",
            Self::CutlineId => "Cutline id",
        }
    }
}

/// A column of the file and what it becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// Its name in the header.
    pub column: String,
    /// What it becomes; `None` is left out.
    pub field: Option<Field>,
    /// How many of its cells are not empty.
    pub filled: usize,
    /// The beginning of its first cell that is not empty.
    pub example: String,
}

/// Something that is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotImported {
    /// Where it stands.
    pub source: Source,
    /// How many cells, rows or entries.
    pub count: usize,
    /// The beginning of the first of them.
    pub example: String,
    /// Why.
    pub reason: String,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// A column, by its name.
    Column(String),
    /// Rows, counted from 1 with the header: the first of them, at most twenty.
    Rows(Vec<usize>),
}

/// Something that is taken, but not exactly as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// What is different.
    pub text: String,
    /// The first rows it concerns, at most twenty, counted from 1 with the header.
    pub rows: Vec<usize>,
    /// How many rows it concerns.
    pub count: usize,
}

/// So many different things are told; beyond it they are only counted.
const REASONS_MAX: usize = 100;
const OTHER_REASONS: &str = "Other rows differ in other ways.";

/// What a person decides about an import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Columns by their position from 0, and what they become instead of what was recognised.
    pub columns: BTreeMap<usize, Option<Field>>,
    /// How `3/4/2026` is read, where the file does not settle it.
    pub day_first: Option<bool>,
    /// The time zone of times without one: minutes east of UTC.
    pub utc_offset_minutes: i32,
    /// What the backlog calls things, where it has words of its own (PB-14).
    pub terms: Terms,
}

/// Words of a team's own; each is empty where the usual one is used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// A feature.
    pub feature: String,
    /// A release.
    pub release: String,
    /// A sprint.
    pub sprint: String,
}

impl Terms {
    /// Those of a backlog.
    #[must_use]
    pub fn of(things: &Things) -> Self {
        let of = |term| settings::term(things, term);
        Self {
            feature: of(Term::Feature),
            release: of(Term::Release),
            sprint: of(Term::Sprint),
        }
    }
}

/// Collects what is left out or changed; the same reason is kept once, with its rows.
#[derive(Debug, Default)]
pub(super) struct Problems {
    not_imported: Vec<NotImported>,
    warnings: Vec<Warning>,
}

impl Problems {
    pub(super) fn leave_out(&mut self, row: usize, example: &str, reason: impl Into<String>) {
        let mut reason = reason.into();
        if self.not_imported.len() >= REASONS_MAX && !self.tells_of(&reason) {
            reason = OTHER_REASONS.into();
        }
        let known = self
            .not_imported
            .iter_mut()
            .find_map(|known| match &mut known.source {
                Source::Rows(rows) if known.reason == reason => Some((rows, &mut known.count)),
                _ => None,
            });
        if let Some((rows, count)) = known {
            *count += 1;
            list_row(rows, row);
        } else {
            self.not_imported.push(NotImported {
                source: Source::Rows(vec![row]),
                count: 1,
                example: super::excerpt(example),
                reason,
            });
        }
    }

    fn tells_of(&self, reason: &str) -> bool {
        self.not_imported.iter().any(|known| known.reason == reason)
    }

    pub(super) fn leave_out_column(&mut self, mapping: &ColumnMapping, reason: impl Into<String>) {
        self.not_imported.push(NotImported {
            source: Source::Column(mapping.column.clone()),
            count: mapping.filled,
            example: mapping.example.clone(),
            reason: reason.into(),
        });
    }

    pub(super) fn warn(&mut self, row: usize, text: impl Into<String>) {
        let mut text = text.into();
        if self.warnings.len() >= REASONS_MAX
            && self.warnings.iter().all(|known| known.text != text)
        {
            text = OTHER_REASONS.into();
        }
        if let Some(known) = self.warnings.iter_mut().find(|known| known.text == text) {
            known.count += 1;
            list_row(&mut known.rows, row);
        } else {
            self.warnings.push(Warning {
                text,
                rows: vec![row],
                count: 1,
            });
        }
    }

    /// The first reason for which a row was left out.
    pub(super) fn first_reason(&self) -> Option<String> {
        self.not_imported
            .iter()
            .find_map(|left_out| match &left_out.source {
                Source::Rows(rows) => {
                    let row = rows.first().copied().unwrap_or_default();
                    Some(format!("Row {row}: {}", left_out.reason))
                }
                Source::Column(_) => None,
            })
    }
}

fn list_row(rows: &mut Vec<usize>, row: usize) {
    if rows.len() < ROWS_LISTED_MAX && rows.last() != Some(&row) {
        rows.push(row);
    }
}
