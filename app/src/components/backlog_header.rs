//! The line above the list: the backlog's name, its numbers, who is here, where the work is.

use leptos::prelude::*;
use shared::intent::Intent;

use super::{people_here::PeopleHere, sync_chip::SyncChip};
use crate::{
    commands,
    platform::device,
    state::{desk::Desk, layer::Layer},
    ui::icon::{Icon, icon},
    words,
};

/// The field with the backlog's name.
pub const NAME: &str = "backlog-name";
/// The button that opens the menu.
pub const MENU: &str = "backlog-menu";

/// The header.
#[component]
pub fn BacklogHeader(desk: Desk) -> impl IntoView {
    let command = move |id: &'static str| move |_| commands::run(id, desk);
    view! {
        <header class="top">
            <button class="quiet" aria-label="All backlogs" title="All backlogs" on:click=command("home")>
                {icon(Icon::Back)}
            </button>
            <h1 class="hidden">{move || desk.name.get()}</h1>
            <BacklogName desk/>
            <Numbers desk/>
            <span class="grow"></span>
            <PeopleHere desk/>
            <SyncChip desk/>
            <button class="quiet undo" aria-label="Undo" title="Undo" aria-disabled=move || (!desk.can_undo.get()).to_string() on:click=command("undo")>
                {icon(Icon::Undo)}
            </button>
            <button class="quiet undo" aria-label="Redo" title="Redo" aria-disabled=move || (!desk.can_redo.get()).to_string() on:click=command("redo")>
                {icon(Icon::Redo)}
            </button>
            <button class="share" aria-label="Share: copy link" title="Copy link" on:click=command("share")>
                {icon(Icon::Link)} <span class="word">"Share"</span>
            </button>
            <button
                id=MENU
                class="quiet"
                aria-label="Menu"
                aria-haspopup="menu"
                title="Menu"
                on:click=move |_| desk.show_layer(Layer::Menu)
            >
                {icon(Icon::Menu)}
            </button>
        </header>
    }
}

#[component]
fn BacklogName(desk: Desk) -> impl IntoView {
    let rename = move |name: String| {
        let name = name.trim().to_owned();
        if !name.is_empty() && name != desk.name.get_untracked() {
            desk.name.set(name.clone());
            desk.intend(Intent::Rename { name });
        }
    };
    view! {
        <input
            id=NAME
            class="name"
            aria-label="Backlog name"
            autocomplete="off"
            spellcheck="false"
            maxlength="200"
            readonly=move || !desk.may_edit()
            size=move || desk.name.with(|name| name.chars().count().clamp(6, 40)).to_string()
            prop:value=move || desk.name.get()
            on:change=move |event| rename(event_target_value(&event))
            on:keydown=move |event| {
                if matches!(event.key().as_str(), "Enter" | "Escape") {
                    event.prevent_default();
                    crate::platform::page::focus(crate::state::desk::LIST);
                }
            }
        />
    }
}

#[component]
fn Numbers(desk: Desk) -> impl IntoView {
    let text = Memo::new(move |_| {
        let totals = desk.totals.get();
        let mut parts = vec![words::count(totals.items, "item", "items")];
        if totals.items > 0 {
            parts.push(words::effort(desk, totals.points));
            parts.push(format!("{} unestimated", words::number(totals.unestimated)));
            if let Some(oldest) = totals.oldest {
                parts.push(format!("oldest {}", words::age(device::now(), oldest)));
            }
        }
        parts.join(" · ")
    });
    view! { <p class="numbers" aria-label="Totals">{move || text.get()}</p> }
}
