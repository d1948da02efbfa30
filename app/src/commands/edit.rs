//! Changing items.

use leptos::prelude::*;
use shared::{intent::Intent, model::Status};

use super::{Command, Group, always, has_targets};
use crate::{
    components::quick_add,
    platform::page,
    state::{
        desk::Desk,
        layer::{Layer, Pick},
    },
};

pub(super) const COMMANDS: &[Command] = &[
    Command::new("add", "Add an item", Group::Edit, &["c"], always, |_| {
        page::focus(quick_add::FIELD)
    }),
    Command::new(
        "edit-title",
        "Edit title",
        Group::Edit,
        &["e", "F2"],
        has_targets,
        edit_title,
    ),
    Command::new(
        "type",
        "Set type…",
        Group::Edit,
        &["t"],
        has_targets,
        |desk| pick(desk, Pick::Kind),
    ),
    Command::new(
        "status",
        "Set status…",
        Group::Edit,
        &["s"],
        has_targets,
        |desk| pick(desk, Pick::Status),
    ),
    Command::new(
        "estimate",
        "Set estimate…",
        Group::Edit,
        &["p"],
        has_targets,
        |desk| pick(desk, Pick::Estimate),
    ),
    Command::new(
        "tags",
        "Set tags…",
        Group::Edit,
        &["g"],
        has_targets,
        |desk| pick(desk, Pick::Tags),
    ),
    Command::new(
        "links",
        "Link to goals and initiatives…",
        Group::Edit,
        &["a"],
        has_targets,
        |desk| pick(desk, Pick::Links),
    ),
    Command::new(
        "archive",
        "Archive…",
        Group::Edit,
        &["Backspace", "Delete"],
        has_archivable,
        |desk| desk.show_layer(Layer::Archive),
    ),
    Command::new("restore", "Restore", Group::Edit, &["r"], has_away, restore),
    Command::new("undo", "Undo", Group::Edit, &["Mod+z"], always, Desk::undo),
    Command::new(
        "redo",
        "Redo",
        Group::Edit,
        &["Mod+Shift+z", "Mod+y"],
        always,
        Desk::redo,
    ),
];

fn pick(desk: Desk, pick: Pick) {
    desk.show_layer(Layer::Pick(pick));
}

fn edit_title(desk: Desk) {
    if let Some(item) = desk.selection.cursor.get_untracked() {
        desk.editing.set(Some(item));
    }
}

fn any_target(desk: Desk, is: impl Fn(Status) -> bool) -> bool {
    let targets = desk.targets();
    desk.rows.with_untracked(|rows| {
        targets
            .iter()
            .any(|id| rows.row(*id).is_some_and(|row| is(row.status)))
    })
}

fn has_archivable(desk: Desk) -> bool {
    any_target(desk, |status| status != Status::Archived)
}

fn has_away(desk: Desk) -> bool {
    any_target(desk, Status::is_away)
}

fn restore(desk: Desk) {
    let targets = desk.targets();
    let items = desk.rows.with_untracked(|rows| {
        let away = |id: &_| rows.row(*id).is_some_and(|row| row.status.is_away());
        targets.into_iter().filter(away).collect()
    });
    desk.intend_loudly(Intent::Restore { items });
    desk.selection.clear();
}
