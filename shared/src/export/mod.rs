//! A backlog as a file: CSV for spreadsheets and other trackers, JSON for programs, Markdown for reading. CSV and JSON
//! import back to the same items ([`crate::import`]); Markdown does not.
//!
//! Items go in and text comes out; which items, and in which order, is decided by the caller. File order is rank order.

mod cells;
mod json;
mod links;

use csv::{QuoteStyle, Terminator, WriterBuilder};

pub use self::links::LINK_COLUMNS;
use self::{
    cells::{comment, criteria, guarded, tags},
    links::Called,
};
pub(crate) use self::{
    cells::{split_comment, unguarded},
    json::{Document, FORMAT, VERSION},
};
use crate::{
    import::{ImportedItem, to_text},
    model::{Field, Scalar, Status, Things},
    product::settings,
};

/// The columns of the table that every one has, in their order. [`LINK_COLUMNS`] follow, then `Comment` once per comment
/// of the item with the most.
pub const COLUMNS: [&str; 15] = [
    "Key",
    "Title",
    "Type",
    "Status",
    "Estimate",
    "Tags",
    "For whom",
    "Benefit",
    "Description",
    "Acceptance criteria",
    "Created",
    "Requirements",
    "Business value",
    "Hours",
    "Category",
];

/// The items as a table (RFC 4180: commas, CRLF, UTF-8). Cells that a spreadsheet would take for a formula are guarded with
/// an apostrophe, which importing takes off. Types are called as the team calls them (PB-14).
#[must_use]
pub fn csv(items: &[ImportedItem], things: &Things) -> String {
    let comments = items
        .iter()
        .map(|item| item.comments.len())
        .max()
        .unwrap_or(0);
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Necessary)
        .from_writer(Vec::new());
    let header = COLUMNS
        .iter()
        .chain(&LINK_COLUMNS)
        .copied()
        .chain(std::iter::repeat_n("Comment", comments));
    let called = links::called(items);
    let mut written = writer.write_record(header);
    for item in items {
        written = written.and_then(|()| {
            writer.write_record(
                row(item, things, &called, comments)
                    .iter()
                    .map(|cell| guarded(cell).into_owned()),
            )
        });
    }
    written.expect("rows of equal length are written to memory");
    let bytes = writer.into_inner().expect("memory takes every write");
    String::from_utf8(bytes).expect("cells are text")
}

fn row(item: &ImportedItem, things: &Things, called: &Called<'_>, comments: usize) -> Vec<String> {
    let mut cells = vec![
        item.key.clone(),
        item.title.clone(),
        settings::kind(things, item.kind),
        item.status.label().to_owned(),
        item.estimate
            .map(|points| points.to_string())
            .unwrap_or_default(),
        tags(&item.tags),
        item.for_whom.clone(),
        item.benefit.clone(),
        item.description.clone(),
        criteria(&item.criteria),
        item.created.and_then(to_text).unwrap_or_default(),
        criteria(&item.requirements),
    ];
    for field in [Field::Value, Field::Hours, Field::Category] {
        let value = item.more.iter().find(|(own, _)| *own == field);
        cells.push(value.map_or_else(String::new, |(_, value)| match value {
            Scalar::Text(text) => text.clone(),
            Scalar::Number(number) => number.to_string(),
            Scalar::Flag(on) => on.to_string(),
        }));
    }
    cells.extend(links::cells(item, things, called));
    cells.extend(item.comments.iter().map(comment));
    cells.resize(COLUMNS.len() + LINK_COLUMNS.len() + comments, String::new());
    cells
}

/// The items as JSON:
///
/// ```json
/// { "format": "cutline-backlog", "version": 1, "name": "…",
///   "items": [ { "key": "A-1", "title": "…", "type": "story", "status": "todo", "estimate": 3.0,
///                "tags": ["…"], "forWhom": "…", "benefit": "…", "description": "…",
///                "criteria": [ { "text": "…", "met": false } ],
///                "comments": [ { "name": "…", "at": "2026-07-01T10:00:00.000Z", "text": "…" } ],
///                "created": "2026-07-01T10:00:00.000Z",
///                "id": "…", "place": "list:…", "requirements": [ … ],
///                "fields": { "value": 5.0, "parent": "…" }, "marks": { "goal:…": true } } ],
///   "settings": { "vision": "…" }, "people": { "…": { "role": "pm" } },
///   "records": { "lists": { "…": { "name": "Later", "order": "V" } }, "goals": { … } } }
/// ```
///
/// Items stand in ranked order. All but `title` may be missing. `type` is one of feature, improvement, bug, technical,
/// research, story; `status` one of todo, doing, done, dropped, archived. `id` is what other items and feedback of the
/// file call the item; `place` is inbox, product, or a list, release or sprint by the id of its record. `fields`, `marks`
/// and registers are those of `MODEL.md`.
#[must_use]
pub fn json(name: &str, items: &[ImportedItem], things: &Things) -> String {
    let document = Document::new(name, items, things);
    let mut text = serde_json::to_string_pretty(&document).expect("plain values are JSON");
    text.push('\n');
    text
}

/// The items as a Markdown list, to paste elsewhere.
#[must_use]
pub fn markdown(name: &str, items: &[ImportedItem]) -> String {
    let mut text = format!("# {name}\n\n");
    for item in items {
        let tick = if item.status == Status::Done {
            "x"
        } else {
            " "
        };
        text.push_str(&format!("- [{tick}] "));
        if !item.key.is_empty() {
            text.push_str(&format!("{}: ", item.key));
        }
        text.push_str(&item.title);
        if let Some(points) = item.estimate {
            text.push_str(&format!(" ({points})"));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests;
