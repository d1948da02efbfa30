//! Type, Enter, type: items as fast as they come to mind. Many lines pasted make as many items in one step; rows copied from
//! a spreadsheet with their header go through the import, which keeps their columns (BT-49).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    import,
    intent::{Intent, NewItem, Target},
};
use wasm_bindgen::JsCast;
use web_sys::{ClipboardEvent, HtmlInputElement};

use super::new_items;
use crate::{
    platform::{device, page::GivenFile},
    state::desk::Desk,
    ui::icon::{Icon, icon},
};

/// The field.
pub const FIELD: &str = "quick-add";

/// The line below the list.
#[component]
pub fn QuickAdd(desk: Desk) -> impl IntoView {
    let at_top = RwSignal::new(false);
    let text = RwSignal::new(String::new());
    let add = move |lines: String| {
        let mut items: Vec<NewItem> =
            desk.draw(|rng| new_items::from_lines(&lines, device::now(), rng));
        let place = desk.place_of_new();
        for item in &mut items {
            item.place = place;
        }
        let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let (Some(first), Some(last)) = (ids.first().copied(), ids.last().copied()) else {
            return;
        };
        let top = at_top.get_untracked();
        let at = if top { Target::Top } else { Target::Bottom };
        let intent = Intent::Add { items, at };
        if ids.len() > 1 {
            desk.intend_loudly(intent);
        } else {
            desk.intend(intent);
        }
        desk.place_cursor(if top { first } else { last });
    };
    let paste = move |event: ClipboardEvent| {
        let pasted = event
            .clipboard_data()
            .and_then(|data| data.get_data("text/plain").ok())
            .unwrap_or_default();
        if import::is_copied_table(&pasted) {
            event.prevent_default();
            let top = at_top.get_untracked();
            let file = GivenFile {
                name: "Pasted.tsv".to_owned(),
                content: Ok(Arc::new(pasted.into_bytes())),
            };
            desk.import(file, if top { Target::Top } else { Target::Bottom });
        } else if pasted.trim().lines().count() > 1 {
            event.prevent_default();
            let typed = text.get_untracked();
            add(format!("{typed}{pasted}"));
            text.set(String::new());
        }
    };
    view! {
        <form
            class="quick-add"
            on:submit=move |event| {
                event.prevent_default();
                add(text.get_untracked());
                text.set(String::new());
            }
        >
            <span class="plus" aria-hidden="true">{icon(Icon::Plus)}</span>
            <input
                id=FIELD
                aria-label="Add an item"
                placeholder="Add an item: type, Enter, type. Paste many lines for many items."
                autocomplete="off"
                enterkeyhint="done"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:paste=paste
                on:keydown=move |event| {
                    if event.key() == "Escape"
                        && let Some(field) = event
                            .target()
                            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
                    {
                        event.prevent_default();
                        drop(field.blur());
                        crate::platform::page::focus(crate::state::desk::LIST);
                    }
                }
            />
            <select
                aria-label="Where new items go"
                on:change=move |event| at_top.set(event_target_value(&event) == "top")
            >
                <option value="bottom">"at the bottom"</option>
                <option value="top">"at the top"</option>
            </select>
            <button class="add" type="submit">"Add"</button>
        </form>
    }
}
