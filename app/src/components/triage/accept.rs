//! It belongs to the backlog: in which list, and where in it.

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::{Intent, Target},
    model::{Collection, Field, Place, Status, Things, thing, view::place_name},
};

use super::{form, set, together};
use crate::{
    state::{desk::Desk, rows::Rows},
    words,
};

/// Where in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Top,
    Bottom,
    Rank,
}

const POSITIONS: [(Position, &str, &str); 3] = [
    (Position::Bottom, "bottom", "At the bottom"),
    (Position::Top, "top", "At the top"),
    (Position::Rank, "rank", "At a rank\u{2026}"),
];

pub(super) fn dialog(desk: Desk, items: Vec<ItemId>) -> AnyView {
    let places = desk.things.with_untracked(places);
    let place = RwSignal::new(Place::Product);
    let position = RwSignal::new(Position::Bottom);
    let rank = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let own = items.clone();
    let submit = move || {
        let place = place.get_untracked();
        let typed = rank.get_untracked();
        let target = desk
            .rows
            .with_untracked(|rows| target(rows, place, position.get_untracked(), &typed));
        match target {
            Ok(target) => {
                let intent = accept(desk, &own, place, target);
                desk.decide(&own, intent);
            }
            Err(reason) => wrong.set(Some(reason)),
        }
    };
    let options = places
        .into_iter()
        .map(|(own, name)| view! { <option value=own.word() prop:selected=move || place.get() == own>{name}</option> })
        .collect_view();
    let body = view! {
        <label>
            "List"
            <select
                data-focus=""
                aria-label="List"
                on:change=move |event| {
                    if let Some(chosen) = Place::from_word(&event_target_value(&event)) {
                        place.set(chosen);
                    }
                }
            >
                {options}
            </select>
        </label>
        <label>
            "Position"
            <select
                aria-label="Position"
                on:change=move |event| {
                    let word = event_target_value(&event);
                    if let Some((own, ..)) = POSITIONS.iter().find(|(_, own, _)| *own == word) {
                        position.set(*own);
                    }
                }
            >
                {POSITIONS
                    .iter()
                    .map(|(own, word, label)| {
                        let own = *own;
                        view! { <option value=*word prop:selected=move || position.get() == own>{*label}</option> }
                    })
                    .collect_view()}
            </select>
        </label>
        <Show when=move || position.get() == Position::Rank>
            <label>
                "Rank"
                <input
                    class="field"
                    aria-label="Rank"
                    inputmode="numeric"
                    autocomplete="off"
                    on:input=move |event| rank.set(event_target_value(&event))
                />
            </label>
        </Show>
        <p class="wrong" role="alert">{move || wrong.get()}</p>
    }
    .into_any();
    form(desk, "Accept", &items, submit, body)
}

/// Where items can be accepted to: the product backlog and the lists beside it.
fn places(things: &Things) -> Vec<(Place, String)> {
    let lists = thing::records(things, Collection::Lists).into_iter();
    let lists = lists.map(|(id, _): (RecordId, _)| Place::List(id));
    std::iter::once(Place::Product)
        .chain(lists)
        .map(|place| (place, place_name(things, place)))
        .collect()
}

fn target(rows: &Rows, place: Place, position: Position, typed: &str) -> Result<Target, String> {
    let list = rows.ranked_in(place);
    match position {
        Position::Top => Ok(Target::Top),
        Position::Bottom => Ok(Target::Bottom),
        Position::Rank => match typed.trim().replace(',', "").parse::<usize>() {
            Ok(number) if number >= 1 => Ok(list
                .get(number - 1)
                .map_or(Target::Bottom, |row| Target::Before(row.id))),
            Ok(_) | Err(_) => Err(format!(
                "A number from 1 to {}.",
                words::number(list.len() + 1)
            )),
        },
    }
}

/// Restores what was declined, takes the item out of triage and puts it in its place.
fn accept(desk: Desk, items: &[ItemId], place: Place, target: Target) -> Intent {
    let mut parts = Vec::new();
    desk.rows.with_untracked(|rows| {
        let with = |fits: &dyn Fn(&shared::model::Row) -> bool| -> Vec<ItemId> {
            let known = items.iter().filter_map(|id| rows.row(*id));
            known.filter(|row| fits(row)).map(|row| row.id).collect()
        };
        let away = with(&|row| row.status == Status::Declined);
        if !away.is_empty() {
            parts.push(Intent::Restore { items: away });
        }
        for field in [Field::SnoozedUntil, Field::AskedAt] {
            let set_on = with(&|row| row.field(field).is_some());
            if !set_on.is_empty() {
                parts.push(set(&set_on, field, None));
            }
        }
    });
    parts.push(Intent::Place {
        items: items.to_vec(),
        place,
        at: Some(target),
    });
    let name = desk
        .things
        .with_untracked(|things| place_name(things, place));
    let count = words::count(items.len(), "item", "items");
    together("accept", format!("Accepted {count} into {name}"), parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rows::tests::row;

    #[test]
    fn pb_21_a_rank_names_the_item_to_go_above() {
        let mut rows = Rows::default();
        rows.replace(vec![row("a", "A"), row("b", "B")]);
        let at = |typed: &str| target(&rows, Place::Product, Position::Rank, typed);
        assert_eq!(at("2"), Ok(Target::Before(row("b", "B").id)));
        assert_eq!(at("9"), Ok(Target::Bottom));
        assert!(at("0").is_err() && at("first").is_err());
    }
}
