//! Finding, choosing and opening items.

use leptos::prelude::*;

use super::{Command, Group, always, has_targets};
use crate::{
    components::{filter_bar, list::LIST_PAGE},
    parts,
    platform::page,
    state::{desk::Desk, layer::Layer},
};

pub(super) const COMMANDS: &[Command] = &[
    Command::new(
        "palette",
        "Find a command",
        Group::Go,
        &["Mod+k"],
        always,
        |desk| desk.show_layer(Layer::Palette),
    )
    .everywhere(),
    Command::new(
        "search",
        "Search items",
        Group::Go,
        &["/", "Mod+f"],
        always,
        |_| page::focus(filter_bar::SEARCH),
    ),
    Command::new("filter", "Filter…", Group::Go, &["f"], always, |desk| {
        desk.show_layer(Layer::Filters)
    }),
    Command::new(
        "clear-filter",
        "Show the whole list",
        Group::Go,
        &["Shift+f"],
        is_filtered,
        |desk| desk.bar.refine(|filter| *filter = filter.cleared()),
    ),
    Command::new(
        "up",
        "Previous item",
        Group::Go,
        &["ArrowUp", "k"],
        always,
        |desk| go(desk, Step::By(-1)),
    ),
    Command::new(
        "down",
        "Next item",
        Group::Go,
        &["ArrowDown", "j"],
        always,
        |desk| go(desk, Step::By(1)),
    ),
    Command::new(
        "page-up",
        "A screen up",
        Group::Go,
        &["PageUp"],
        always,
        |desk| go(desk, Step::By(-LIST_PAGE)),
    ),
    Command::new(
        "page-down",
        "A screen down",
        Group::Go,
        &["PageDown"],
        always,
        |desk| go(desk, Step::By(LIST_PAGE)),
    ),
    Command::new(
        "first",
        "First item",
        Group::Go,
        &["Home"],
        always,
        |desk| go(desk, Step::First),
    ),
    Command::new("last", "Last item", Group::Go, &["End"], always, |desk| {
        go(desk, Step::Last)
    }),
    Command::new(
        "open",
        "Open item",
        Group::Go,
        &["Enter", "o"],
        has_targets,
        open,
    ),
    Command::new(
        "select",
        "Select item",
        Group::Go,
        &["x", " "],
        has_targets,
        |desk| {
            if let Some(item) = desk.selection.cursor.get_untracked() {
                desk.selection.toggle(item);
            }
        },
    ),
    Command::new(
        "select-up",
        "Select upwards",
        Group::Go,
        &["Shift+ArrowUp"],
        always,
        |desk| extend(desk, -1),
    ),
    Command::new(
        "select-down",
        "Select downwards",
        Group::Go,
        &["Shift+ArrowDown"],
        always,
        |desk| extend(desk, 1),
    ),
    Command::new(
        "select-all",
        "Select all",
        Group::Go,
        &["Mod+a"],
        always,
        |desk| {
            desk.selection.set(desk.here().ids().into_iter());
        },
    ),
    Command::new(
        "close",
        "Close, then select nothing",
        Group::Go,
        &["Escape"],
        always,
        close,
    ),
];

enum Step {
    By(isize),
    First,
    Last,
}

fn is_filtered(desk: Desk) -> bool {
    desk.filter.with_untracked(|filter| !filter.is_empty())
}

fn go(desk: Desk, step: Step) {
    let shown = desk.here();
    let next = (|| {
        let last = shown.len().checked_sub(1)?;
        let here = desk
            .selection
            .cursor
            .get_untracked()
            .and_then(|item| shown.place(item));
        let place = match (step, here) {
            (Step::First, _) => 0,
            (Step::Last, _) => last,
            (Step::By(_), None) => 0,
            (Step::By(by), Some(here)) => here.saturating_add_signed(by).min(last),
        };
        shown.id(place)
    })();
    if let Some(item) = next {
        desk.place_cursor(item);
        if desk.item.get_untracked().is_some() {
            desk.open_item(item);
        }
        desk.focus_list();
    }
}

fn extend(desk: Desk, by: isize) {
    let shown = desk.here();
    let ids = shown.ids();
    let here = desk
        .selection
        .cursor
        .get_untracked()
        .and_then(|item| shown.place(item));
    let place = here.map_or(0, |here| here.saturating_add_signed(by));
    if let Some(item) = ids.get(place.min(ids.len().saturating_sub(1))) {
        desk.selection.extend(*item, &ids);
        desk.reveal.update(|count| *count += 1);
    }
}

fn open(desk: Desk) {
    if let Some(item) = desk.selection.cursor.get_untracked() {
        desk.open_item(item);
        parts::PANEL.after_paint(|| page::focus(crate::components::panel::TITLE));
    }
}

fn close(desk: Desk) {
    if desk.item.get_untracked().is_some() {
        desk.close_item();
    } else {
        desk.selection.clear();
    }
}
