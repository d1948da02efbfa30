//! Moving items up and down the ranked list.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, Target},
    model::Place,
};

use super::{Command, Group, has_targets};
use crate::state::{desk::Desk, layer::Layer};

pub(super) const COMMANDS: &[Command] = &[
    Command::new(
        "move-up",
        "Move up",
        Group::Order,
        &["Alt+ArrowUp"],
        has_ranked,
        |desk| step(desk, Way::Up),
    ),
    Command::new(
        "move-down",
        "Move down",
        Group::Order,
        &["Alt+ArrowDown"],
        has_ranked,
        |desk| step(desk, Way::Down),
    ),
    Command::new(
        "move-top",
        "Move to top",
        Group::Order,
        &["Alt+Shift+ArrowUp", "Alt+Home"],
        has_ranked,
        |desk| move_to(desk, Target::Top),
    ),
    Command::new(
        "move-bottom",
        "Move to bottom",
        Group::Order,
        &["Alt+Shift+ArrowDown", "Alt+End"],
        has_ranked,
        |desk| move_to(desk, Target::Bottom),
    ),
    Command::new(
        "move-to-rank",
        "Move to rank…",
        Group::Order,
        &["m"],
        has_ranked,
        |desk| desk.show_layer(Layer::MoveToRank),
    ),
];

/// Why a row that stands in another order is not moved by hand.
pub const SORTED: &str =
    "This list is sorted. Sort it by rank to move items by hand, or apply this order as rank.";

enum Way {
    Up,
    Down,
}

fn has_ranked(desk: Desk) -> bool {
    has_targets(desk)
}

/// The items among the targets that are in the ranked list, in rank order.
#[must_use]
pub fn ranked_targets(desk: Desk) -> Vec<ItemId> {
    let targets = desk.targets();
    desk.rows.with_untracked(|rows| {
        let open = |id: &ItemId| rows.row(*id).is_some_and(|row| row.status.is_open());
        targets.into_iter().filter(open).collect()
    })
}

/// The place in which the targets are ranked.
#[must_use]
pub fn place_of_targets(desk: Desk) -> Place {
    let first = ranked_targets(desk).into_iter().next();
    let place = first.and_then(|id| desk.rows.with_untracked(|rows| Some(rows.row(id)?.place)));
    place.unwrap_or(Place::Product)
}

/// Moves the targets.
pub fn move_to(desk: Desk, to: Target) {
    let items = ranked_targets(desk);
    if items.is_empty() {
        return;
    }
    desk.intend(Intent::Move { items, to });
    desk.reveal.update(|count| *count += 1);
}

/// Moves the targets so that the first of them gets a number, from 1.
pub fn move_to_rank(desk: Desk, number: usize) {
    let items = ranked_targets(desk);
    let place = place_of_targets(desk);
    let target = desk.rows.with_untracked(|rows| {
        let list = rows.ranked_in(place);
        let mut others = list.iter().filter(|row| !items.contains(&row.id));
        let before = number.saturating_sub(1);
        match before.checked_sub(1) {
            None => Target::Top,
            Some(nth) => {
                let after = others.clone().nth(nth).or(others.next_back());
                after.map_or(Target::Bottom, |row| Target::After(row.id))
            }
        }
    });
    if !items.is_empty() {
        desk.intend_loudly(Intent::Move { items, to: target });
        desk.reveal.update(|count| *count += 1);
    }
}

/// One place up or down among the rows that are shown; a scattered selection gathers.
fn step(desk: Desk, way: Way) {
    let items = ranked_targets(desk);
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        return;
    };
    let shown = desk.here();
    if shown.is_sorted() {
        desk.notices.say(SORTED);
        return;
    }
    let target = (|| {
        let home = place_of_targets(desk);
        let here = |id| {
            desk.rows
                .with_untracked(|rows| rows.row(id).map(|row| row.place))
                == Some(home)
        };
        let stays = |place: &usize| {
            let id = shown.id(*place);
            id.is_some_and(|id| !items.contains(&id) && here(id))
        };
        match way {
            Way::Up => {
                let at = shown.place(*first)?;
                let other = (0..at).rev().find(stays)?;
                shown.id(other).map(Target::Before)
            }
            Way::Down => {
                let at = shown.place(*last)?;
                let ranked = |place: &usize| shown.number(*place) > 0;
                let other = (at + 1..shown.len()).take_while(ranked).find(stays)?;
                shown.id(other).map(Target::After)
            }
        }
    })();
    match target {
        Some(target) => move_to(desk, target),
        None => desk.notices.say(match way {
            Way::Up => "Already first.",
            Way::Down => "Already last.",
        }),
    }
}
