//! In which order and under which headings the list is looked at, and views to come back to.

use leptos::prelude::*;

use crate::{
    state::{desk::Desk, grouping::GroupBy, layer::Layer},
    ui::icon::{Icon, icon},
};

/// The buttons.
#[component]
pub(super) fn ArrangeButtons(desk: Desk) -> impl IntoView {
    let sort = move || desk.look.get().sort;
    let group = move || desk.look.get().group();
    view! {
        <div class="arrange" role="group" aria-label="Order and views">
            <button
                class="quiet"
                class:on=move || !sort().is_rank()
                aria-haspopup="menu"
                aria-label=move || format!("Sort: {}", sort().label())
                on:click=move |event| desk.show_layer_at(Layer::SortList, &event)
            >
                {icon(Icon::Sort)}
                <span class="word">{move || sort().by.label()}</span>
            </button>
            <button
                class="quiet"
                class:on=move || group().is_some()
                aria-haspopup="menu"
                aria-label=move || format!("Group: {}", group().map_or("none", GroupBy::label))
                on:click=move |event| desk.show_layer_at(Layer::Group, &event)
            >
                {icon(Icon::Group)}
                <span class="word">{move || group().map_or("Group", GroupBy::label)}</span>
            </button>
            <button
                class="quiet"
                aria-haspopup="menu"
                aria-label="Views"
                on:click=move |event| desk.show_layer_at(Layer::Views, &event)
            >
                {icon(Icon::Star)}
                <span class="word">"Views"</span>
            </button>
        </div>
    }
}
