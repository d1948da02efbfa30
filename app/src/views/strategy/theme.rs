//! A theme: a subject with a colour, and its items.

use leptos::prelude::*;
use shared::model::Scalar;

use super::{items, shelf::Card};
use crate::{
    components::register::{Register, text},
    state::filter::Filter,
    words,
};

pub(super) fn card(card: Card) -> AnyView {
    let filter = Signal::derive(move || Filter {
        themes: [card.id].into(),
        everywhere: true,
        ..Filter::default()
    });
    view! {
        <div class="registers">
            {text(card.register("description"), "Description", "What belongs to it")}
            {colour(card.register("colour"))}
        </div>
        {items::rolled_up(card.desk, filter)}
    }
    .into_any()
}

/// One of the twelve colours by name, beside the colour itself.
pub fn colour(register: Register) -> AnyView {
    let value = register.value();
    let chosen = move || value.with(|value| value.as_ref().and_then(Scalar::number));
    let options = words::COLOURS
        .iter()
        .zip(0_u8..)
        .map(|(word, index)| {
            let is_chosen = move || chosen() == Some(f64::from(index));
            view! { <option value=index.to_string() prop:selected=is_chosen>{*word}</option> }
        })
        .collect_view();
    view! {
        <label class="register">
            <span>"Colour"</span>
            <span class="with-dot">
                <span class=move || format!("dot c{}", chosen().unwrap_or(11.0)) aria-hidden="true"></span>
                <select
                    aria-label="Colour"
                    on:change=move |event| {
                        register.set(event_target_value(&event).parse().ok().map(Scalar::Number));
                    }
                >
                    <option value="" prop:selected=move || chosen().is_none()>"None"</option>
                    {options}
                </select>
            </span>
        </label>
    }
    .into_any()
}
