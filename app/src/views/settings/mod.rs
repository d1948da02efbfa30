//! What a team settled about its product and how it works (PB-13, PB-14, PB-18, PB-28, BT-04, BT-13).

mod fields;
pub mod people;
mod process;
mod product;
mod ready;
mod tags;
mod terms;

use leptos::prelude::*;

use crate::{components::register::Register, state::desk::Desk};
use shared::model::Thing;

/// The screen.
#[component]
pub fn SettingsView(desk: Desk) -> impl IntoView {
    view! {
        <div class="screen-scroll">
            <div class="settings">
                <h2 class="hidden">"Settings"</h2>
                {product::section(desk)}
                {people::section(desk)}
                {terms::section(desk)}
                {product::estimates(desk)}
                {process::section(desk)}
                {ready::section(desk)}
                {fields::section(desk)}
                {tags::section(desk)}
            </div>
        </div>
    }
}

/// A register of the backlog itself.
fn own(desk: Desk, key: &str) -> Register {
    Register::new(desk, Thing::Product, key)
}

/// Words with their labels, as a choice takes them.
fn options(words: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(word, label): &(&str, &str)| ((*word).to_owned(), (*label).to_owned());
    words.iter().map(owned).collect()
}

/// One part of the screen.
fn section(heading: &'static str, hint: &'static str, body: AnyView) -> AnyView {
    view! {
        <section class="part" aria-label=heading>
            <h3>{heading}</h3>
            <p class="soft">{hint}</p>
            {body}
        </section>
    }
    .into_any()
}
