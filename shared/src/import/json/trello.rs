//! A Trello board as its menu exports it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{List, list, text};
use crate::{
    import::{
        ImportedComment, ImportedItem,
        error::ImportError,
        links::file_link,
        preview::{Format, Preview},
        read_instant, story, words,
    },
    model::Status,
    time::Timestamp,
};

/// Trello's export holds no more actions than this, and comments are actions.
const ACTIONS_MAX: usize = 1_000;

pub(super) fn read(board: &Value, name: String) -> Result<Preview, ImportError> {
    let lists: BTreeMap<&str, &Value> = list(board, "lists")
        .map(|column| (text(column, "id"), column))
        .collect();
    let position = |value: &Value| value.get("pos").and_then(Value::as_f64).unwrap_or(f64::MAX);
    let list_of = |card: &Value| lists.get(text(card, "idList")).copied();
    let mut cards: Vec<&Value> = list(board, "cards").collect();
    cards.sort_by(|a, b| {
        let place = |card: &Value| list_of(card).map_or(f64::MAX, position);
        place(a)
            .total_cmp(&place(b))
            .then(position(a).total_cmp(&position(b)))
    });
    let mut comments = comments(board);
    let mut checklists = checklists(board);
    let mut items = List::default();
    for card in cards {
        let row = items.next_entry();
        let id = text(card, "id");
        let mut item = ImportedItem::titled(text(card, "name"));
        item.key = text(card, "shortLink").to_owned();
        if item.key.is_empty() {
            item.key = text(card, "shortUrl")
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .to_owned();
        }
        item.description = text(card, "desc").replace("\r\n", "\n").trim().to_owned();
        item.status = status(card, list_of(card));
        item.tags = list(card, "labels").map(label).collect();
        item.created = created(id);
        item.criteria = checklists.remove(id).unwrap_or_default();
        item.comments = comments.remove(id).unwrap_or_default();
        take_points(&mut item);
        story::tell(&mut item);
        for file in list(card, "attachments") {
            let (name, address) = (text(file, "name"), text(file, "url"));
            let links = file_link(name, address, row, &mut items.problems);
            item.marks.extend(links);
        }
        item.marks.sort_by(|(a, _), (b, _)| a.cmp(b));
        item.marks.dedup();
        items.take(item)?;
    }
    if list(board, "actions").count() >= ACTIONS_MAX {
        let text = "Trello exports the newest 1,000 actions of a board; older comments are not in the file.";
        items.problems.warn(1, text);
    }
    let board_name = text(board, "name");
    let name = if board_name.trim().is_empty() {
        name
    } else {
        board_name.to_owned()
    };
    items.finish(name, Format::TrelloJson)
}

/// Closed cards are archived; otherwise the name of the list tells, as far as it is known.
fn status(card: &Value, column: Option<&Value>) -> Status {
    let closed = |value: &Value| {
        value
            .get("closed")
            .and_then(Value::as_bool)
            .unwrap_or(false)
    };
    if closed(card) || column.is_some_and(closed) {
        return Status::Archived;
    }
    let named = column.and_then(|column| words::status(text(column, "name")));
    let complete = card
        .get("dueComplete")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    named.unwrap_or(if complete { Status::Done } else { Status::Todo })
}

/// A label without a name is known by its colour.
fn label(label: &Value) -> String {
    match text(label, "name") {
        "" => text(label, "color").to_owned(),
        name => name.to_owned(),
    }
}

/// Ids begin with the second in which the card was made.
fn created(id: &str) -> Option<Timestamp> {
    let seconds = i64::from_str_radix(id.get(..8)?, 16).ok()?;
    Some(Timestamp::from_ms(seconds.checked_mul(1_000)?))
}

fn comments(board: &Value) -> BTreeMap<&str, Vec<ImportedComment>> {
    let mut found: BTreeMap<&str, Vec<ImportedComment>> = BTreeMap::new();
    for action in list(board, "actions").filter(|action| text(action, "type") == "commentCard") {
        let Some(data) = action.get("data") else {
            continue;
        };
        let card = data
            .get("card")
            .map(|card| text(card, "id"))
            .unwrap_or_default();
        let author = action.get("memberCreator");
        found.entry(card).or_default().push(ImportedComment {
            name: author
                .map(|author| text(author, "fullName"))
                .unwrap_or_default()
                .to_owned(),
            at: read_instant(text(action, "date")),
            text: text(data, "text").to_owned(),
        });
    }
    for comments in found.values_mut() {
        comments.sort_by_key(|comment| comment.at);
    }
    found
}

fn checklists(board: &Value) -> BTreeMap<&str, Vec<(String, bool)>> {
    let mut found: BTreeMap<&str, Vec<(String, bool)>> = BTreeMap::new();
    for checklist in list(board, "checklists") {
        let position = |value: &Value| value.get("pos").and_then(Value::as_f64).unwrap_or(f64::MAX);
        let mut entries: Vec<&Value> = list(checklist, "checkItems").collect();
        entries.sort_by(|a, b| position(a).total_cmp(&position(b)));
        let entries = entries.into_iter().map(|entry| {
            (
                text(entry, "name").to_owned(),
                text(entry, "state") == "complete",
            )
        });
        found
            .entry(text(checklist, "idCard"))
            .or_default()
            .extend(entries);
    }
    found
}

/// `(5) Title` and `Title [5]` carry points.
fn take_points(item: &mut ImportedItem) {
    let before = item
        .title
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'));
    let after = item
        .title
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['));
    let found = before.or(after.map(|(title, points)| (points, title)));
    if let Some((points, title)) = found
        && let Some(points) = crate::import::cells::points(points)
        && !title.trim().is_empty()
    {
        item.estimate = Some(points);
        item.title = title.trim().to_owned();
    }
}
