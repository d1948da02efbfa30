//! It is part of another item, which keeps its evidence: similar ones first, any other by its name.

use leptos::prelude::*;
use shared::{ids::ItemId, intent::Intent};

use super::named;
use crate::{
    components::item_finder::ItemFinder,
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
};

pub(super) fn dialog(desk: Desk, items: Vec<ItemId>) -> AnyView {
    let called = named(desk, &items);
    let similar = match items.as_slice() {
        [one] => desk.similar_to(*one),
        _ => Vec::new(),
    };
    let has_similar = !similar.is_empty();
    let own = items.clone();
    let choose = move |into: ItemId| {
        let intent = Intent::Merge {
            items: own.clone(),
            into,
        };
        desk.decide(&own, intent);
    };
    view! {
        <Dialog label="Merge into" shape=Shape::Card on_close=move |()| desk.stay()>
            <div class="question">
                <div>
                    <h2>"Merge into"</h2>
                    <p class="soft clamp">{called}</p>
                </div>
                <ItemFinder desk label="Item to merge into" except=items first=similar is_focused=true on_choose=choose/>
                <p class="soft">
                    {if has_similar { "Similar items are offered first. " } else { "" }}
                    "The chosen item keeps the feedback of both."
                </p>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.stay()>"Cancel"</button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}
