//! Search and filters. They live in the address, so a link shows the same list.

mod dialog;
mod part;

use leptos::prelude::*;

pub use self::dialog::FilterDialog;
use self::part::Part;
use crate::{
    platform::page,
    state::{desk::Desk, filter::Filter, layer::Layer},
    ui::icon::{Icon, icon},
    words,
};

/// The search field.
pub const SEARCH: &str = "search";
const BUTTON: &str = "filter-button";

/// The line between header and list.
#[component]
pub fn FilterBar(desk: Desk) -> impl IntoView {
    let text = Memo::new(move |_| desk.filter.with(|filter| filter.text.clone()));
    let parts = Memo::new(move |_| desk.filter.with(Filter::parts));
    let is_filtered = Memo::new(move |_| desk.filter.with(|filter| !filter.is_empty()));
    let found = Memo::new(move |_| {
        let found = desk.shown.with(|shown| shown.len());
        let all = desk.totals.with(|totals| totals.items);
        format!("{} of {}", words::number(found), words::number(all))
    });
    view! {
        <div class="filters" role="search" aria-label="Items">
            <label class="search">
                {icon(Icon::Search)}
                <input
                    id=SEARCH
                    type="search"
                    aria-label="Search"
                    placeholder="Search"
                    autocomplete="off"
                    prop:value=move || text.get()
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        desk.bar.refine(|filter| filter.text = text);
                    }
                    on:keydown=move |event| {
                        if matches!(event.key().as_str(), "Escape" | "Enter" | "ArrowDown") {
                            event.prevent_default();
                            if event.key() == "Escape" {
                                desk.bar.refine(|filter| filter.text.clear());
                            }
                            page::focus(crate::state::desk::LIST);
                        }
                    }
                />
            </label>
            <button
                id=BUTTON
                class="quiet"
                aria-label="Filter"
                aria-haspopup="dialog"
                on:click=move |_| desk.show_layer(Layer::Filters)
            >
                {icon(Icon::Filter)}
                <span class="word">"Filter"</span>
                {move || (parts.get() > 0).then(|| view! { <span class="badge">{parts.get()}</span> })}
            </button>
            <ActiveParts desk/>
            <Show when=move || is_filtered.get()>
                <span class="soft found">{move || found.get()}</span>
                <button class="quiet" on:click=move |_| desk.bar.refine(|filter| *filter = filter.cleared())>
                    "Show all"
                </button>
            </Show>
        </div>
    }
}

#[component]
fn ActiveParts(desk: Desk) -> impl IntoView {
    let parts = Memo::new(move |_| desk.filter.with(Part::of));
    view! {
        <For each=move || parts.get() key=Clone::clone let(part)>
            {chip(desk, part)}
        </For>
    }
}

fn chip(desk: Desk, part: Part) -> AnyView {
    let shown = part.clone();
    let label = Memo::new(move |_| shown.label(desk));
    view! {
        <button
            class="chip active"
            aria-label=move || format!("Remove filter {}", label.get())
            on:click=move |_| desk.bar.refine(|filter| part.toggle(filter))
        >
            <span>{move || label.get()}</span>
            {icon(Icon::Close)}
        </button>
    }
    .into_any()
}
