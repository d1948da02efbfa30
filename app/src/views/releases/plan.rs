//! Planning a release: the product backlog on the left, the release on the right, by dragging, by keys, or from the top
//! (PB-07, PB-30, BT-50).

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::{Intent, Target},
    model::Place,
    product::releases::outlook::{Pull, pull},
};

use super::{Known, gauge};
use crate::{
    components::bulk_bar::BulkBar,
    state::{cut, desk::Desk},
    views::board::{ColumnView, Dragging, board_events},
    words,
};

/// The two lists.
pub(super) fn split(desk: Desk, id: RecordId, known: Memo<Option<Known>>) -> AnyView {
    let dragging = Dragging::new(desk);
    let columns = Memo::new(move |_| desk.things.with(crate::state::board::columns));
    let place = Place::Release(id);
    let body = view! {
        <div class="plan">
            <ColumnView desk dragging columns place=Place::Product/>
            <ColumnView desk dragging columns place=place/>
        </div>
    };
    view! {
        <div class="plan-side">
            {pulling(desk, id, known)}
            {board_events(dragging, body.into_any())}
            {dragging.ghost()}
        </div>
        <fieldset class="plain" disabled=move || !desk.may_edit()>
            <BulkBar desk/>
        </fieldset>
    }
    .into_any()
}

/// What would be pulled now. Followed.
fn found(desk: Desk, known: &Known) -> Option<Pull> {
    let free = known.outlook.free?;
    let missing = desk.things.with(cut::missing);
    let list = desk.rows.with(|rows| rows.ranked_in(Place::Product));
    let ranked = list.iter().map(AsRef::as_ref);
    Some(pull(ranked, known.release.unit, free, missing))
}

fn pulling(desk: Desk, id: RecordId, known: Memo<Option<Known>>) -> AnyView {
    let pulled =
        Memo::new(move |_| known.with(|known| known.as_ref().and_then(|known| found(desk, known))));
    let has_any =
        move || pulled.with(|pulled| pulled.as_ref().is_some_and(|it| !it.items.is_empty()));
    let told = move || {
        known.with(|known| {
            let known = known.as_ref()?;
            let unit = known.release.unit;
            pulled.with(|pulled| {
                Some(match pulled {
                    None => words::own(desk, "Give the release a capacity to pull what fits it."),
                    Some(pulled) if pulled.items.is_empty() && pulled.stopped => {
                        "The first item has no estimate.".to_owned()
                    }
                    Some(pulled) if pulled.items.is_empty() => {
                        "Nothing fits: the next item is larger than what is free.".to_owned()
                    }
                    Some(pulled) => format!(
                        "The first {} of the product backlog, {}.",
                        words::count(pulled.items.len(), "item", "items"),
                        gauge::amount(desk, unit, pulled.size)
                    ),
                })
            })
        })
    };
    let run = move |_| {
        let items = pulled.with_untracked(|pulled| {
            let items = pulled.as_ref().map(|pulled| pulled.items.clone());
            items.unwrap_or_default()
        });
        if !items.is_empty() {
            desk.intend_loudly(Intent::Place {
                items,
                place: Place::Release(id),
                at: Some(Target::Bottom),
            });
        }
    };
    view! {
        <div class="pulling">
            <button class="primary" disabled=move || !(has_any() && desk.may_edit()) on:click=run>
                "Pull from top"
            </button>
            <span class="soft">{told}</span>
        </div>
    }
    .into_any()
}
