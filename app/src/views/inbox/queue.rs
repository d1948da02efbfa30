//! What waits, in order, and what was put off.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::{Field, Row},
};

use crate::{
    components::kind_icon::kind_label,
    platform::device,
    state::{
        desk::Desk,
        triage::{self, Why},
    },
    words,
};

/// The list beside the card.
#[component]
pub(super) fn Queue(desk: Desk) -> impl IntoView {
    let waiting = move || {
        desk.waiting.with(|waiting| {
            waiting
                .iter()
                .map(|one| (one.row.id, one.why))
                .collect::<Vec<_>>()
        })
    };
    let put_off = Memo::new(move |_| {
        let today = desk.today.get();
        desk.rows.with(|rows| triage::put_off(rows, &today))
    });
    view! {
        <section class="queue" aria-label="Waiting">
            <ol>
                <For each=waiting key=|one| *one let((id, why))>
                    {one(desk, id, why)}
                </For>
            </ol>
            <Show when=move || put_off.with(|off| !off.is_empty())>
                <details class="put-off">
                    <summary>
                        {move || words::count(put_off.with(Vec::len), "item put off", "items put off")}
                    </summary>
                    <ul>
                        {move || put_off.get().into_iter().map(|row| later(desk, &row)).collect_view()}
                    </ul>
                </details>
            </Show>
        </section>
    }
}

fn one(desk: Desk, id: ItemId, why: Why) -> AnyView {
    let row = desk.row(id);
    let is_here = Memo::new(move |_| desk.card() == Some(id));
    let title = move || row.with(|row| row.as_ref().map(|row| row.title.clone()));
    let age = move || {
        row.with(|row| {
            row.as_ref()
                .map(|row| words::age(device::now(), row.created))
        })
    };
    view! {
        <li>
            <button
                class="waiting"
                aria-current=move || is_here.get().then_some("true")
                on:click=move |_| desk.look_at(Some(id))
            >
                {move || row.with(|row| row.as_ref().map(|row| kind_label(row.kind)))}
                <span class="cut grow">{title}</span>
                {(why != Why::New).then(|| view! { <span class="why">{why.label()}</span> })}
                <span class="soft">{age}</span>
            </button>
        </li>
    }
    .into_any()
}

fn later(desk: Desk, row: &Arc<Row>) -> AnyView {
    let id = row.id;
    let until = row.text(Field::SnoozedUntil);
    let when = if until.is_empty() {
        "asked".to_owned()
    } else {
        format!("until {until}")
    };
    view! {
        <li>
            <button class="waiting" on:click=move |_| desk.look_at(Some(id))>
                {kind_label(row.kind)}
                <span class="cut grow">{row.title.clone()}</span>
                <span class="soft">{when}</span>
            </button>
        </li>
    }
    .into_any()
}
