//! Sprints: who may put stories into them, committing and closing them, and splitting what is too large.

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::{Intent, Target},
    model::{Place, Row, role::Right},
    product::{
        sprint_steps,
        sprints::{self, Sprint, State},
    },
    session::messages::Level,
};

use super::{Command, Group, has_targets};
use crate::{
    address::Screen,
    platform::device,
    state::{desk::Desk, layer::Layer},
};

pub(super) const COMMANDS: &[Command] = &[
    Command::new(
        "split",
        "Split into stories…",
        Group::Edit,
        &["Shift+s"],
        has_targets,
        |desk| {
            if let Some(item) = desk.targets().first() {
                desk.show_layer(Layer::Split(*item));
            }
        },
    ),
    Command::new(
        "commit-sprint",
        "Commit the sprint",
        Group::Backlog,
        &[],
        may_commit,
        |desk| {
            if let Some(sprint) = here(desk) {
                commit(desk, &sprint);
            }
        },
    ),
    Command::new(
        "close-sprint",
        "Close the sprint…",
        Group::Backlog,
        &[],
        may_close,
        |desk| {
            if let Some(sprint) = here(desk) {
                desk.show_layer(Layer::CloseSprint(sprint.id));
            }
        },
    ),
];

fn here(desk: Desk) -> Option<Sprint> {
    untrack(|| {
        let id = desk
            .sprint_here()
            .filter(|_| desk.screen.get() == Screen::Sprints)?;
        desk.things.with(|things| sprints::one(things, id))
    })
}

fn may_commit(desk: Desk) -> bool {
    here(desk).is_some_and(|sprint| sprint.state == State::Planned)
        && untrack(|| desk.confirmed.get() && desk.may(Right::Commit))
}

fn may_close(desk: Desk) -> bool {
    here(desk).is_some_and(|sprint| sprint.state != State::Closed)
        && untrack(|| desk.may(Right::Commit))
}

/// Everything in a sprint, whatever its status.
#[must_use]
pub fn stories(desk: Desk, sprint: RecordId) -> Vec<std::sync::Arc<Row>> {
    desk.rows.with(|rows| {
        let mut found = rows.ranked_in(Place::Sprint(sprint)).to_vec();
        let closed = rows.closed().iter();
        found.extend(
            closed
                .filter(|row| row.place == Place::Sprint(sprint))
                .cloned(),
        );
        found
    })
}

/// The team commits to what is in a sprint (BT-06).
pub fn commit(desk: Desk, sprint: &Sprint) {
    let stories = untrack(|| stories(desk, sprint.id));
    let rows = stories.iter().map(AsRef::as_ref);
    desk.intend_loudly(sprint_steps::commit(sprint, rows, desk.me, device::now()));
}

/// What becomes of items that are put into a place.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// They are in it.
    Open,
    /// They wait as proposals for a sprint: the team decides what is in it (BT-06).
    Proposed(Box<Sprint>),
    /// Nothing: the sprint with that name is closed.
    Closed(String),
}

/// What becomes of items that somebody here puts into a place.
#[must_use]
pub fn entry(desk: Desk, place: Place) -> Entry {
    let Place::Sprint(id) = place else {
        return Entry::Open;
    };
    match desk
        .things
        .with_untracked(|things| sprints::one(things, id))
    {
        Some(sprint) if sprint.state == State::Closed => Entry::Closed(sprint.name),
        Some(sprint) if !untrack(|| desk.may(Right::Commit)) => Entry::Proposed(Box::new(sprint)),
        Some(_) | None => Entry::Open,
    }
}

/// What puts items into a place; nothing, with a word about it, where it takes none.
#[must_use]
pub fn placing(desk: Desk, items: Vec<ItemId>, place: Place, at: Option<Target>) -> Option<Intent> {
    match entry(desk, place) {
        Entry::Open => Some(Intent::Place { items, place, at }),
        Entry::Proposed(sprint) => Some(sprint_steps::propose(&sprint, &items, desk.me)),
        Entry::Closed(name) => {
            let said = format!("{name} is closed: nothing can be put into it.");
            desk.notices.tell(Level::Warning, said, None);
            None
        }
    }
}
