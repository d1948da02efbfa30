//! Issues as GitHub's REST interface and `gh issue list --json` give them.

use serde_json::Value;

use super::{List, list, text};
use crate::{
    import::{
        ImportedComment, ImportedItem,
        error::ImportError,
        preview::{Format, Preview},
        read_instant, story, words,
    },
    model::{Kind, Status},
};

/// The issues of a file: a list, pages of lists, or a list below `items`.
pub(super) fn issues(value: &Value) -> Option<Vec<&Value>> {
    let entries = value
        .as_array()
        .or_else(|| value.get("items")?.as_array())?;
    let issues: Vec<&Value> = entries
        .iter()
        .flat_map(|entry| match entry {
            Value::Array(page) => page.iter().collect(),
            other => vec![other],
        })
        .collect();
    let is_issue = |entry: &&Value| {
        entry.get("number").is_some_and(Value::is_u64) && entry.get("title").is_some()
    };
    issues.iter().all(is_issue).then_some(issues)
}

pub(super) fn read(issues: &[&Value], name: String) -> Result<Preview, ImportError> {
    let mut sorted = issues.to_vec();
    sorted.sort_by_key(|issue| issue.get("number").and_then(Value::as_u64));
    let mut list = List::default();
    for issue in sorted {
        let row = list.next_entry();
        if issue
            .get("pull_request")
            .is_some_and(|pull| !pull.is_null())
        {
            list.problems
                .leave_out(row, text(issue, "title"), "It is a pull request.");
            continue;
        }
        let (item, comments_left) = item(issue);
        if comments_left > 0 {
            let reason = "GitHub's list only counts comments; their text is not in the file.";
            list.problems.leave_out(
                row,
                &format!("{} comments of {}", comments_left, item.key),
                reason,
            );
        }
        list.take(item)?;
    }
    list.finish(name, Format::GitHubJson)
}

/// The item, and how many comments the file only counts.
fn item(issue: &Value) -> (ImportedItem, u64) {
    let either = |snake: &str, camel: &str| {
        let found = text(issue, snake);
        if found.is_empty() {
            text(issue, camel).to_owned()
        } else {
            found.to_owned()
        }
    };
    let mut item = ImportedItem::titled(text(issue, "title"));
    item.key = key(issue);
    item.description = text(issue, "body").replace("\r\n", "\n").trim().to_owned();
    item.created = read_instant(&either("created_at", "createdAt"));
    item.status = status(issue, &either("state_reason", "stateReason"));
    read_labels(issue, &mut item);
    item.comments = list(issue, "comments").map(comment).collect();
    let may_tell = matches!(item.kind, Kind::Feature | Kind::Story);
    if may_tell {
        story::tell(&mut item);
    }
    let counted = issue
        .get("comments")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    (item, counted)
}

/// `owner/repo#number`, from the address of the issue.
fn key(issue: &Value) -> String {
    let number = issue
        .get("number")
        .and_then(Value::as_u64)
        .unwrap_or_default();
    let address = match text(issue, "html_url") {
        "" => text(issue, "url"),
        address => address,
    };
    let parts: Vec<&str> = address.split('/').collect();
    match parts.as_slice() {
        [.., owner, repository, "issues", _] => format!("{owner}/{repository}#{number}"),
        _ => format!("#{number}"),
    }
}

fn status(issue: &Value, reason: &str) -> Status {
    let closed = text(issue, "state").eq_ignore_ascii_case("closed");
    let given_up = ["not_planned", "duplicate"]
        .iter()
        .any(|word| reason.eq_ignore_ascii_case(word));
    match (closed, given_up) {
        (true, true) => Status::Dropped,
        (true, false) => Status::Done,
        (false, _) => Status::Todo,
    }
}

/// Labels that tell a type or a size say so; all of them stay as tags.
fn read_labels(issue: &Value, item: &mut ImportedItem) {
    item.kind = issue
        .get("type")
        .and_then(|kind| words::kind(text(kind, "name")))
        .unwrap_or(Kind::Feature);
    for label in list(issue, "labels") {
        let name = label.as_str().unwrap_or_else(|| text(label, "name"));
        let (group, value) = name
            .split_once(':')
            .map_or(("", name), |(group, value)| (group.trim(), value.trim()));
        if let Some(kind) = words::kind(value).filter(|_| matches!(group, "" | "type" | "kind")) {
            item.kind = kind;
        }
        if matches!(group, "size" | "points" | "estimate") && item.estimate.is_none() {
            item.estimate = crate::import::cells::points(value);
        }
        item.tags.push(name.to_owned());
    }
}

fn comment(comment: &Value) -> ImportedComment {
    let author = comment.get("author").or_else(|| comment.get("user"));
    let at = match text(comment, "createdAt") {
        "" => text(comment, "created_at"),
        at => at,
    };
    ImportedComment {
        name: author
            .map(|author| text(author, "login"))
            .unwrap_or_default()
            .to_owned(),
        at: read_instant(at),
        text: text(comment, "body").replace("\r\n", "\n"),
    }
}
