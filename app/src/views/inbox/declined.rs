//! What was turned down: why, by whom, when, and until when; it can be restored at any time (PB-23).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    intent::Intent,
    model::{Field, Row, role::Right},
};

use crate::{
    components::triage::reason_label,
    platform::device,
    state::{desk::Desk, triage},
    words,
};

/// The list.
#[component]
pub(super) fn Declined(desk: Desk) -> impl IntoView {
    let all = Memo::new(move |_| desk.rows.with(triage::declined));
    view! {
        <section class="declined" aria-label="Declined">
            <Show when=move || all.with(Vec::is_empty)>
                <p class="soft none">"Nothing was declined. What is turned down at triage is kept here with its reason."</p>
            </Show>
            <ul>
                <For each=move || all.get() key=|row| (row.id, Arc::as_ptr(row) as usize) let(row)>
                    {one(desk, &row)}
                </For>
            </ul>
        </section>
    }
}

fn one(desk: Desk, row: &Arc<Row>) -> AnyView {
    let id = row.id;
    let reference = desk.rows.with_untracked(|rows| rows.reference(row));
    let mut why = reason_label(row.text(Field::DeclineReason)).to_owned();
    let note = row.text(Field::DeclineNote);
    if !note.is_empty() {
        why = format!("{why}: {note}");
    }
    let by = row.doer(Field::DeclinedBy);
    let when = row.cleared.map(|at| words::ago(device::now(), at));
    let decided = move || {
        let by = by.map(|by| words::author(desk, by));
        [by, when.clone()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    };
    let day = row.text(Field::ReconsiderOn);
    let condition = row.text(Field::ReconsiderIf);
    let mut again = Vec::new();
    if !day.is_empty() {
        again.push(format!("reconsider on {day}"));
    }
    if !condition.is_empty() {
        again.push(format!("if {condition}"));
    }
    let title = row.title.clone();
    let label = format!("Restore {title}");
    view! {
        <li>
            <div class="what">
                <button class="quiet title" on:click=move |_| desk.open_item(id)>
                    <span class="soft">{reference}</span>
                    <span>{title}</span>
                </button>
                <p>{why}</p>
                <p class="soft">{decided} {(!again.is_empty()).then(|| format!(" \u{b7} {}", again.join(", ")))}</p>
            </div>
            <Show when=move || desk.may(Right::Accept)>
                <button
                    aria-label=label.clone()
                    on:click=move |_| {
                        desk.intend_loudly(Intent::Restore { items: vec![id] });
                    }
                >
                    "Restore"
                </button>
            </Show>
        </li>
    }
    .into_any()
}
