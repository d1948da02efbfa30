//! A shipped release: its notes, and what was in it, with a way to keep what people say of it (PB-40).

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    product::releases::ship::done_and_open,
};

use super::Known;
use crate::{
    components::panel::markdown,
    state::{desk::Desk, layer::Layer},
    words,
};

/// The page below its head.
pub(super) fn shipped(desk: Desk, id: RecordId, known: Memo<Option<Known>>) -> AnyView {
    let notes = Memo::new(move |_| {
        known.with(|known| {
            let notes = known.as_ref().map(|known| known.release.notes.clone());
            notes.unwrap_or_default()
        })
    });
    let items = Memo::new(move |_| {
        desk.things.with(|things| {
            desk.rows.with(|rows| {
                let (done, _) = done_and_open(things, id, rows.all().map(AsRef::as_ref));
                let told = done.into_iter().map(|row| (row.id, row.title.clone()));
                told.collect::<Vec<(ItemId, String)>>()
            })
        })
    });
    let feedback = Memo::new(move |_| {
        desk.evidence.with(|evidence| {
            items.with(|items| {
                let counts = items.iter().map(|(item, _)| (*item, evidence.count(*item)));
                counts.collect::<std::collections::BTreeMap<ItemId, usize>>()
            })
        })
    });
    view! {
        <div class="screen-scroll shipped">
            <Show when=move || notes.with(|notes| !notes.is_empty())>
                <section class="prose" aria-label="Release notes">
                    {move || notes.with(|notes| markdown::show(notes))}
                </section>
            </Show>
            <section aria-label="Shipped items">
                <h3>{move || items.with(|items| words::count(items.len(), "item shipped", "items shipped"))}</h3>
                <ul class="shipped-items">
                    <For each=move || items.get() key=Clone::clone let((item, title))>
                        <li>
                            <button class="quiet title" on:click=move |_| desk.open_item(item)>{title.clone()}</button>
                            <span class="soft">
                                {move || {
                                    let count = feedback.with(|counts| counts.get(&item).copied().unwrap_or_default());
                                    (count > 0).then(|| words::count(count, "request or answer", "requests and answers"))
                                }}
                            </span>
                            <button
                                class="quiet"
                                aria-label=format!("Feedback on {title}")
                                on:click=move |_| desk.show_layer(Layer::Feedback(Some(item)))
                            >
                                "Feedback\u{2026}"
                            </button>
                        </li>
                    </For>
                </ul>
            </section>
        </div>
    }
    .into_any()
}
