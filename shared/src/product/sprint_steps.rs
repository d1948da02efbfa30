//! What people do with a sprint, each as one step of undo: commit, propose, close, and split what is too large.
//!
//! What becomes of it when two people do it while apart follows from the registers: every story has its own, so two
//! commitments or two closes add up, and a story that went two ways has one place and shows the other (`MODEL.md` P4).

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::{ItemId, PersonId, RecordId},
    intent::{Intent, NewItem, Target, Value},
    model::{Field, Kind, Place, Row, Scalar, Status, Things},
    planning::{round, split::INVEST},
    time::Timestamp,
};

use super::{
    ready::Find,
    sprints::{self, Sprint, State},
};

type Values = Vec<(String, Option<Scalar>)>;

fn set(key: impl Into<String>, value: impl Into<Scalar>) -> (String, Option<Scalar>) {
    (key.into(), Some(value.into()))
}

#[allow(
    clippy::cast_precision_loss,
    reason = "milliseconds of this era are exact"
)]
fn moment(at: Timestamp) -> Scalar {
    Scalar::Number(at.ms() as f64)
}

/// The team commits to what is in a sprint (BT-06): its stories with their estimates are the commitment from now on.
#[must_use]
pub fn commit<'a>(
    sprint: &Sprint,
    stories: impl IntoIterator<Item = &'a Row>,
    by: PersonId,
    now: Timestamp,
) -> Intent {
    let mut values: Values = vec![
        set("state", State::Committed.word()),
        set("committed_at", moment(now)),
        set("committed_by", by.to_string()),
    ];
    for row in stories {
        if row.status.is_open() || row.status == Status::Done {
            values.push(set(
                format!("story:{}", row.id),
                row.estimate.unwrap_or(0.0),
            ));
        }
    }
    together(
        "commit",
        format!("Committed to {}", sprint.name),
        vec![put(sprint, values)],
    )
}

/// Somebody who does not decide suggests stories for a sprint.
#[must_use]
pub fn propose(sprint: &Sprint, items: &[ItemId], by: PersonId) -> Intent {
    let values = items
        .iter()
        .map(|item| set(format!("proposed:{item}"), by.to_string()));
    let said = format!("Proposed {} for {}", many(items.len()), sprint.name);
    together("propose", said, vec![put(sprint, values.collect())])
}

/// The team takes proposed stories into the sprint.
#[must_use]
pub fn accept(sprint: &Sprint, items: &[ItemId]) -> Intent {
    let parts = vec![
        Intent::Place {
            items: items.to_vec(),
            place: sprint.place(),
            at: None,
        },
        put(sprint, unproposed(items)),
    ];
    together(
        "accept",
        format!("Took {} into {}", many(items.len()), sprint.name),
        parts,
    )
}

/// The team leaves proposed stories where they are.
#[must_use]
pub fn turn_down(sprint: &Sprint, items: &[ItemId]) -> Intent {
    let said = format!("Turned down {} for {}", many(items.len()), sprint.name);
    together("turn down", said, vec![put(sprint, unproposed(items))])
}

fn unproposed(items: &[ItemId]) -> Values {
    without("proposed", items)
}

fn without(prefix: &str, items: &[ItemId]) -> Values {
    let registers = items.iter().map(|item| format!("{prefix}:{item}"));
    registers.map(|register| (register, None)).collect()
}

/// The open stories that an intent takes out of sprints that a team committed to, with their sprint: who is not of the
/// team proposes that instead (BT-06). What becomes of stories when their release ships is decided by who ships it.
#[must_use]
pub fn taken_out(
    things: &Things,
    intent: &Intent,
    find: Find<'_>,
) -> BTreeMap<RecordId, Vec<ItemId>> {
    let mut found: BTreeMap<RecordId, Vec<ItemId>> = BTreeMap::new();
    let (items, to) = match intent {
        Intent::Place { items, place, .. } => (items, Some(*place)),
        Intent::Archive { items, .. }
        | Intent::Decline { items, .. }
        | Intent::Merge { items, .. } => (items, None),
        Intent::Together { name, parts, .. } if name != "ship" => {
            for (sprint, items) in parts.iter().flat_map(|part| taken_out(things, part, find)) {
                found.entry(sprint).or_default().extend(items);
            }
            return found;
        }
        _ => return found,
    };
    for row in items.iter().filter_map(|item| find(*item)) {
        let Place::Sprint(id) = row.place else {
            continue;
        };
        let leaves = row.status.is_open() && to != Some(row.place);
        let is_committed =
            || sprints::one(things, id).is_some_and(|sprint| sprint.state == State::Committed);
        if leaves && is_committed() {
            found.entry(id).or_default().push(row.id);
        }
    }
    found
}

/// Somebody who does not decide suggests taking stories out of a committed sprint.
#[must_use]
pub fn propose_out(sprint: &Sprint, items: &[ItemId], by: PersonId) -> Intent {
    let values = items
        .iter()
        .map(|item| set(format!("leaving:{item}"), by.to_string()));
    let said = format!(
        "Proposed to take {} out of {}",
        many(items.len()),
        sprint.name
    );
    together("propose", said, vec![put(sprint, values.collect())])
}

/// The team takes out what was suggested.
#[must_use]
pub fn take_out(sprint: &Sprint, items: &[ItemId], back: Place) -> Intent {
    let parts = vec![
        Intent::Place {
            items: items.to_vec(),
            place: back,
            at: None,
        },
        put(sprint, without("leaving", items)),
    ];
    let said = format!("Took {} out of {}", many(items.len()), sprint.name);
    together("take out", said, parts)
}

/// The team keeps what was suggested to go.
#[must_use]
pub fn keep(sprint: &Sprint, items: &[ItemId]) -> Intent {
    let said = format!("Kept {} in {}", many(items.len()), sprint.name);
    together("keep", said, vec![put(sprint, without("leaving", items))])
}

/// What becomes of a story that is not finished when its sprint closes (BT-57).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fate {
    /// Back to the release, or to the product backlog where the sprint has none.
    Back,
    /// On to the next sprint.
    Next,
    /// So much of it is done and stays; the rest becomes a story of its own with that id.
    Split {
        /// The part that is done, in the backlog's unit.
        done: f64,
        /// The id of the rest.
        rest: ItemId,
    },
}

/// Where stories go when a sprint closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The release, or the product backlog.
    pub back: Place,
    /// The next sprint, where there is one.
    pub next: Option<Place>,
}

/// Closes a sprint. `stories` are all that is in it; `fates` says what becomes of those that are not finished, which go
/// back where it says nothing; `counted` are stories that an earlier sprint finished and that do not count again.
#[must_use]
pub fn close(
    sprint: &Sprint,
    stories: &[&Row],
    fate: impl Fn(ItemId) -> Fate,
    ways: Ways,
    counted: &BTreeSet<ItemId>,
    (by, now): (PersonId, Timestamp),
) -> Intent {
    let mut values: Values = vec![
        set("state", State::Closed.word()),
        set("closed_at", moment(now)),
        set("closed_by", by.to_string()),
    ];
    values.extend(unproposed(
        &sprint.proposed.keys().copied().collect::<Vec<_>>(),
    ));
    let leaving: Vec<ItemId> = sprint.leaving.keys().copied().collect();
    values.extend(without("leaving", &leaving));
    let onward = ways.next.unwrap_or(ways.back);
    let (mut back, mut next, mut parts) = (Vec::new(), Vec::new(), Vec::new());
    let mut rests = Vec::new();
    for row in stories {
        if row.status == Status::Done {
            if !counted.contains(&row.id) {
                values.push(set(
                    format!("finished:{}", row.id),
                    row.estimate.unwrap_or(0.0),
                ));
            }
            continue;
        }
        if !row.status.is_open() {
            continue;
        }
        match fate(row.id) {
            Fate::Back => back.push(row.id),
            Fate::Next => next.push(row.id),
            Fate::Split { done, rest } => {
                let done = done.clamp(0.0, row.estimate.unwrap_or(done).max(0.0));
                values.push(set(format!("finished:{}", row.id), done));
                parts.push(one(row.id, Value::Estimate(Some(done))));
                parts.push(one(row.id, Value::Status(Status::Done)));
                rests.push(rest_of(row, done, rest, onward));
            }
        }
    }
    for (items, place) in [(back, ways.back), (next, onward)] {
        if !items.is_empty() {
            parts.push(Intent::Place {
                items,
                place,
                at: None,
            });
        }
    }
    if !rests.is_empty() {
        parts.push(Intent::Add {
            items: rests,
            at: Target::Bottom,
        });
    }
    parts.push(put(sprint, values));
    together("close", format!("Closed {}", sprint.name), parts)
}

fn rest_of(row: &Row, done: f64, id: ItemId, place: Place) -> NewItem {
    NewItem {
        status: Status::Todo,
        estimate: row.estimate.map(|estimate| (estimate - done).max(0.0)),
        place,
        ..part_of(
            row,
            id,
            &format!("{} (remaining)", row.title),
            row.kind,
            row.item(Field::Parent),
        )
    }
}

/// A part in a split.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Its id.
    pub id: ItemId,
    /// What it is called.
    pub title: String,
    /// Its size.
    pub estimate: Option<f64>,
    /// The questions of INVEST that were answered, each with whether it holds.
    pub invest: Vec<(&'static str, bool)>,
}

/// What was answered of INVEST about an item, question by question.
#[must_use]
pub fn answered(row: &Row) -> [Option<bool>; INVEST.len()] {
    std::array::from_fn(|at| {
        let answer = row.mark(&format!("invest:{}", INVEST[at].0));
        answer.map(Scalar::is_on)
    })
}

/// The answers of INVEST that a part keeps. What was said of the whole is said of its parts, and what nobody answered
/// stays open; only whether one is small follows from its own size, where that and the largest size that fits a sprint
/// are known.
#[must_use]
pub fn answers(
    held: &[Option<bool>],
    estimate: Option<f64>,
    largest: Option<f64>,
) -> Vec<(&'static str, bool)> {
    let small = estimate
        .zip(largest)
        .map(|(size, largest)| round::at_most(size, largest));
    let answer = |(&(name, _), held): (&(&'static str, &str), &Option<bool>)| match (name, small) {
        ("small", Some(small)) => Some((name, small)),
        _ => Some((name, (*held)?)),
    };
    INVEST.iter().zip(held).filter_map(answer).collect()
}

/// Splits an item into stories that are part of it (BT-47). They stand where it stands and have its links; it keeps
/// its id, its history and what was written about it.
#[must_use]
pub fn split(whole: &Row, parts: &[Part]) -> Intent {
    let items = parts.iter().map(|part| {
        let mut item = part_of(whole, part.id, &part.title, Kind::Story, Some(whole.id));
        let answers = part.invest.iter();
        let answers = answers.map(|(name, holds)| (format!("invest:{name}"), (*holds).into()));
        item.marks.extend(answers);
        NewItem {
            estimate: part.estimate,
            place: whole.place,
            ..item
        }
    });
    let said = format!("Split {} into {}", whole.title, many(parts.len()));
    let add = Intent::Add {
        items: items.collect(),
        at: if whole.status.is_open() {
            Target::After(whole.id)
        } else {
            Target::Bottom
        },
    };
    together("split", said, vec![add])
}

/// What a part takes over: for whom, tags, and the links to goals, initiatives and themes.
fn part_of(whole: &Row, id: ItemId, title: &str, kind: Kind, parent: Option<ItemId>) -> NewItem {
    let mut more: Vec<(Field, Scalar)> = [Field::Assignee, Field::Criticality, Field::Category]
        .into_iter()
        .filter_map(|field| Some((field, whole.field(field)?.clone())))
        .collect();
    more.extend(parent.map(|parent| (Field::Parent, parent.to_string().into())));
    let links = whole.marks.iter().filter(|(key, _)| {
        ["goal:", "initiative:", "theme:"]
            .iter()
            .any(|prefix| key.starts_with(prefix))
    });
    NewItem {
        kind,
        for_whom: whole.for_whom.clone(),
        tags: whole.tags.clone(),
        more,
        marks: links.cloned().collect(),
        ..NewItem::titled(id, title)
    }
}

fn one(item: ItemId, value: Value) -> Intent {
    Intent::Set {
        items: vec![item],
        value,
    }
}

fn put(sprint: &Sprint, values: Values) -> Intent {
    Intent::Put {
        thing: sprint.thing(),
        values,
    }
}

fn together(name: &str, said: String, parts: Vec<Intent>) -> Intent {
    Intent::Together {
        name: name.to_owned(),
        said,
        parts,
    }
}

fn many(count: usize) -> String {
    match count {
        1 => "1 story".to_owned(),
        count => format!("{count} stories"),
    }
}
