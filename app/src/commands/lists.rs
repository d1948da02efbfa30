//! Moving items from one backlog or list to another (BT-50), and the lists themselves.

use leptos::prelude::*;
use shared::{
    intent::Target,
    model::{Collection, Place},
};

use super::{Command, Group, has_targets};
use crate::state::{
    arrange::{Sort, SortBy},
    desk::Desk,
    filter::Filter,
    layer::{Layer, Pick},
};

pub(super) const COMMANDS: &[Command] = &[
    Command::new(
        "move-to-list",
        "Move to list…",
        Group::Order,
        &["Shift+m"],
        has_targets,
        |desk| desk.show_layer(Layer::Pick(Pick::Place)),
    ),
    Command::new(
        "move-to-release",
        "Move to release…",
        Group::Order,
        &["Shift+r"],
        has_targets,
        |desk| desk.show_layer(Layer::Pick(Pick::Release)),
    ),
    Command::new(
        "move-left",
        "Move to the column on the left",
        Group::Order,
        &["Alt+ArrowLeft"],
        has_targets_on_board,
        |desk| carry(desk, Side::Left),
    ),
    Command::new(
        "move-right",
        "Move to the column on the right",
        Group::Order,
        &["Alt+ArrowRight"],
        has_targets_on_board,
        |desk| carry(desk, Side::Right),
    ),
    Command::new(
        "rank-by-value",
        "Rank by business value…",
        Group::Order,
        &[],
        |_| true,
        |desk| {
            let place = place_on_screen(desk);
            desk.show_layer(Layer::RankBy(place, Sort::by(SortBy::Value)));
        },
    ),
    Command::new(
        "lists",
        "Go to list…",
        Group::Go,
        &["Shift+l"],
        |_| true,
        |desk| desk.show_layer(Layer::Lists),
    ),
    Command::new(
        "left",
        "Column on the left",
        Group::Go,
        &["ArrowLeft"],
        is_on_board,
        |desk| go(desk, Side::Left),
    ),
    Command::new(
        "right",
        "Column on the right",
        Group::Go,
        &["ArrowRight"],
        is_on_board,
        |desk| go(desk, Side::Right),
    ),
    Command::new(
        "new-list",
        "Add a list…",
        Group::Backlog,
        &[],
        |_| true,
        |desk| desk.show_layer(Layer::NewColumn(Collection::Lists)),
    ),
    Command::new(
        "new-release",
        "Add a release…",
        Group::Backlog,
        &[],
        |_| true,
        |desk| desk.show_layer(Layer::NewColumn(Collection::Releases)),
    ),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

fn is_on_board(desk: Desk) -> bool {
    desk.has_columns()
}

fn has_targets_on_board(desk: Desk) -> bool {
    is_on_board(desk) && has_targets(desk)
}

/// The list that commands about a whole list mean.
#[must_use]
pub fn place_on_screen(desk: Desk) -> Place {
    untrack(|| {
        if is_on_board(desk) {
            desk.column_here()
        } else {
            desk.filter.with(Filter::place)
        }
    })
}

/// The next column on a side that is not folded away.
fn beside(desk: Desk, side: Side) -> Option<Place> {
    untrack(|| {
        let here = desk.column_here();
        let mut columns = desk.columns();
        if side == Side::Left {
            columns.reverse();
        }
        columns
            .into_iter()
            .skip_while(|place| *place != here)
            .skip(1)
            .find(|place| !desk.board.is_folded(*place))
    })
}

/// The cursor goes to about the same height of the next column that has anything in it.
fn go(desk: Desk, side: Side) {
    let found = untrack(|| {
        let here = desk.column_here();
        let height = desk
            .selection
            .cursor
            .get()
            .and_then(|item| desk.column(here).place(item))
            .unwrap_or(0);
        let mut columns = desk.columns();
        if side == Side::Left {
            columns.reverse();
        }
        columns
            .into_iter()
            .skip_while(|place| *place != here)
            .skip(1)
            .filter(|place| !desk.board.is_folded(*place))
            .find_map(|place| {
                let shown = desk.column(place);
                shown.id(height.min(shown.len().checked_sub(1)?))
            })
    });
    match found {
        Some(item) => {
            desk.place_cursor(item);
            if desk.item.get_untracked().is_some() {
                desk.open_item(item);
            }
            desk.focus_list();
        }
        None => desk.notices.say("No more items on that side."),
    }
}

fn carry(desk: Desk, side: Side) {
    match beside(desk, side) {
        Some(place) => move_to_place(desk, place),
        None => desk.notices.say("There is no column on that side."),
    }
}

/// Moves the targets to another backlog or list, where they get back the rank they had there, or the last.
pub fn move_to_place(desk: Desk, place: Place) {
    let items = desk.targets();
    let elsewhere = desk.rows.with_untracked(|rows| {
        let away = |item: &&_| rows.row(**item).is_some_and(|row| row.place != place);
        items.iter().filter(away).count()
    });
    if elsewhere == 0 {
        desk.notices.say("They are there already.");
        return;
    }
    move_into(desk, items, place, None);
    desk.reveal.update(|count| *count += 1);
}

/// Moves items to a place of another backlog or list.
pub fn move_into(desk: Desk, items: Vec<shared::ids::ItemId>, place: Place, at: Option<Target>) {
    if items.is_empty() {
        return;
    }
    if let Some(intent) = super::placing(desk, items, place, at) {
        desk.intend_loudly(intent);
    }
}
