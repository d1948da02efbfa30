//! Shipping a release (PB-40): its notes, and where what is not done goes.

use super::{Release, scope::release_of};
use crate::{
    ids::{ItemId, RecordId},
    intent::{Intent, Target},
    model::{Kind, Place, Row, Scalar, Status, Things, order},
    planning::day::Day,
};

/// Where the open items of a shipped release go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Back to the ranks that they had in the product backlog.
    OldRank,
    /// To the top of the product backlog.
    Top,
    /// To the top of another release.
    Release(RecordId),
}

/// The items of a release and of its sprints: done ones and open ones, each by rank.
#[must_use]
pub fn done_and_open<'a>(
    things: &Things,
    release: RecordId,
    rows: impl Iterator<Item = &'a Row>,
) -> (Vec<&'a Row>, Vec<&'a Row>) {
    let own = rows.filter(|row| release_of(things, row.place) == Some(release));
    let counted = own.filter(|row| row.status.is_open() || row.status == Status::Done);
    let (mut done, mut open): (Vec<&Row>, Vec<&Row>) =
        counted.partition(|row| row.status == Status::Done);
    done.sort_by(|a, b| order::compare(a, b));
    open.sort_by(|a, b| order::compare(a, b));
    (done, open)
}

/// Notes in Markdown out of what is done: by type, in rank order.
#[must_use]
pub fn notes(release: &Release, done: &[&Row]) -> String {
    let mut text = format!("# {}\n", escaped(&release.name));
    if !release.goal.is_empty() {
        text.push_str(&format!("\n{}\n", escaped(&release.goal)));
    }
    for kind in Kind::ALL {
        let mut of_kind = done.iter().filter(|row| row.kind == *kind).peekable();
        if of_kind.peek().is_none() {
            continue;
        }
        text.push_str(&format!("\n## {}\n\n", heading(*kind)));
        for row in of_kind {
            text.push_str(&format!("- {}", escaped(&row.title)));
            if !row.key.is_empty() {
                text.push_str(&format!(" ({})", escaped(&row.key)));
            }
            text.push('\n');
        }
    }
    text
}

const fn heading(kind: Kind) -> &'static str {
    match kind {
        Kind::Feature => "New",
        Kind::Improvement => "Better",
        Kind::Bug => "Fixed",
        Kind::Technical => "Under the hood",
        Kind::Research => "Learned",
        Kind::Story => "Stories",
    }
}

/// A title as it reads, whatever stands in it.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#') {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

/// Ships a release as one step.
#[must_use]
pub fn ship(release: &Release, on: Day, notes: &str, open: Vec<ItemId>, rest: Rest) -> Intent {
    let notes = notes.trim();
    let mut parts = vec![Intent::Put {
        thing: release.thing(),
        values: vec![
            ("state".to_owned(), Some("shipped".into())),
            ("shipped".to_owned(), Some(on.to_string().into())),
            (
                "notes".to_owned(),
                (!notes.is_empty()).then(|| Scalar::from(notes)),
            ),
        ],
    }];
    if !open.is_empty() {
        let (place, at) = match rest {
            Rest::OldRank => (Place::Product, None),
            Rest::Top => (Place::Product, Some(Target::Top)),
            Rest::Release(id) => (Place::Release(id), Some(Target::Top)),
        };
        parts.push(Intent::Place {
            items: open,
            place,
            at,
        });
    }
    Intent::Together {
        name: "ship".to_owned(),
        said: format!("Shipped {}", release.name),
        parts,
    }
}

#[cfg(test)]
mod tests {
    use super::super::one;
    use super::super::tests::{item, record, with};
    use super::*;

    #[test]
    fn pb_40_notes_tell_what_is_done_by_type() {
        let things = with(&[("name", "2.0".into()), ("goal", "Faster".into())]);
        let release = one(&things, record('r')).unwrap();
        let row = |letter, title: &str, kind, status| {
            let mut row = Row::blank(item(letter));
            row.title = title.to_owned();
            row.rank = letter.to_string();
            row.kind = kind;
            row.status = status;
            row.place = Place::Release(record('r'));
            row
        };
        let mut rows = [
            row('b', "It crashed *often*", Kind::Bug, Status::Done),
            row('c', "Dark mode", Kind::Feature, Status::Done),
            row('a', "Search", Kind::Feature, Status::Done),
            row('d', "Later", Kind::Feature, Status::Todo),
            row('e', "In a sprint", Kind::Feature, Status::Doing),
            row('f', "Never", Kind::Feature, Status::Dropped),
        ];
        rows[4].place = Place::Sprint(record('s'));
        rows[0].key = "K-1".to_owned();
        let (done, open) = done_and_open(&things, record('r'), rows.iter());
        assert_eq!(
            notes(&release, &done),
            "# 2.0\n\nFaster\n\n## New\n\n- Search\n- Dark mode\n\n## Fixed\n\n- It crashed \\*often\\* (K-1)\n"
        );
        let ids: Vec<ItemId> = open.iter().map(|row| row.id).collect();
        assert_eq!(ids, [item('d'), item('e')]);
    }
}
