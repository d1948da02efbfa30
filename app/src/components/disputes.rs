//! Settings, goals and lists that hold several values because people set them while apart: every value, who set it and
//! when. One click settles it for everybody.

use leptos::prelude::*;
use shared::model::{DisputedValue, Thing};

use crate::{
    components::unverified,
    platform::device,
    state::{
        desk::Desk,
        disputes::{self, Disputed},
        layer::Layer,
    },
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
    words,
};

/// The way to all of them, while there are any.
pub fn chip(desk: Desk) -> AnyView {
    let count = Memo::new(move |_| disputes::all(desk).len());
    let text = move || {
        let count = words::count(count.get(), "setting", "settings");
        format!("{count} with 2 values")
    };
    view! {
        <Show when=move || count.get().gt(&0)>
            <button
                class="quiet disputed"
                aria-haspopup="dialog"
                title="Set while apart: choose what holds"
                on:click=move |_| desk.show_layer(Layer::Disputes)
            >
                {icon(Icon::Warning)}
                {text}
            </button>
        </Show>
    }
    .into_any()
}

/// All of them.
#[component]
pub fn DisputesDialog(desk: Desk) -> impl IntoView {
    let all = Memo::new(move |_| disputes::all(desk));
    view! {
        <Dialog label="Two values" shape=Shape::Card on_close=move |()| desk.close_layer()>
            <div class="question disputes">
                <h2>"Set while apart"</h2>
                {move || all.get().into_iter().map(|one| card(desk, one)).collect_view()}
                <Show when=move || all.with(Vec::is_empty)>
                    <p class="soft">"Everything is settled."</p>
                </Show>
                <div class="buttons">
                    <button class="primary" on:click=move |_| desk.close_layer()>"Close"</button>
                </div>
            </div>
        </Dialog>
    }
}

/// The values of one register, below its field, while it holds several.
pub fn of_register(desk: Desk, thing: Thing, key: &str) -> AnyView {
    let key = key.to_owned();
    let found = Memo::new(move |_| disputes::of(desk, thing, &key));
    (move || found.get().map(|one| card(desk, one))).into_any()
}

fn card(desk: Desk, one: Disputed) -> AnyView {
    let name = disputes::name(desk, &one);
    let label = format!("2 values: {name}");
    let values = one.dispute.values.clone();
    view! {
        <section class="conflict-card" aria-label=label>
            <h3>{icon(Icon::Warning)} {name} ": 2 values"</h3>
            <ul>
                {values
                    .into_iter()
                    .enumerate()
                    .map(|(nth, value)| line(desk, &one, nth, value))
                    .collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

fn line(desk: Desk, one: &Disputed, nth: usize, value: DisputedValue) -> AnyView {
    let shown = disputes::value(desk, one, value.value.as_ref());
    let by = value.by;
    let who = by.map_or_else(
        || "somebody".to_owned(),
        |by| words::person(desk, by.person),
    );
    let said = format!("{who}, {}", words::ago(device::now(), value.at));
    let keep = format!("Keep {shown}");
    let one = one.clone();
    let settle = move |_| disputes::settle(desk, &one, value.value.clone());
    view! {
        <li>
            <span class="value">{shown}</span>
            <span class="soft">{said} {unverified::mark(desk, by)} {(nth == 0).then_some(" · shown now")}</span>
            <button type="button" aria-label=keep on:click=settle>"Keep"</button>
        </li>
    }
    .into_any()
}
