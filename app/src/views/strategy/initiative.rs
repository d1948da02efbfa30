//! An initiative: when, towards which goals, on which themes, and its open, planned and shipped items (PB-46).

use leptos::prelude::*;
use shared::model::{Collection, Scalar};

use super::{items, shelf::Card};
use crate::{
    components::register::{day, person, text},
    state::{filter::Filter, things},
};

pub(super) fn card(card: Card) -> AnyView {
    let filter = Signal::derive(move || Filter {
        initiatives: [card.id].into(),
        everywhere: true,
        ..Filter::default()
    });
    view! {
        <div class="registers">
            {text(card.register("description"), "Description", "What will be different")}
            {day(card.register("start"), "Start")}
            {day(card.register("end"), "End")}
            {person(card.register("owner"), "Owner")}
        </div>
        {links(card, Collection::Goals, "Goals", "goal")}
        {links(card, Collection::Themes, "Themes", "theme")}
        {items::rolled_up(card.desk, filter)}
    }
    .into_any()
}

/// Which goals or themes it belongs to, as switches.
fn links(card: Card, collection: Collection, label: &'static str, prefix: &'static str) -> AnyView {
    let desk = card.desk;
    let names = things::names(desk, collection);
    view! {
        <Show when=move || names.with(|names| !names.is_empty())>
            <div class="links" role="group" aria-label=label>
                <span class="soft">{label}</span>
                <For each=move || names.get() key=Clone::clone let((id, name))>
                    {
                        let register = card.register(&format!("{prefix}:{id}"));
                        let value = register.value();
                        let is_on = move || value.with(|value| value.as_ref().is_some_and(Scalar::is_on));
                        view! {
                            <button
                                class="chip"
                                aria-pressed=move || is_on().to_string()
                                on:click=move |_| {
                                    let on = untrack(is_on);
                                    register.set((!on).then_some(Scalar::Flag(true)));
                                }
                            >
                                {name}
                            </button>
                        }
                    }
                </For>
            </div>
        </Show>
    }
    .into_any()
}
