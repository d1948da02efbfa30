//! What can be done with the selected items.

use leptos::prelude::*;

use crate::{
    commands,
    state::desk::Desk,
    ui::icon::{Icon, icon},
    words,
};

const VERBS: &[(&str, &str)] = &[
    ("move-top", "To top"),
    ("move-bottom", "To bottom"),
    ("move-to-rank", "To rank…"),
    ("move-to-list", "To list…"),
    ("status", "Status"),
    ("type", "Type"),
    ("estimate", "Estimate"),
    ("tags", "Tags"),
    ("archive", "Archive"),
    ("restore", "Restore"),
];

/// The bar, while two or more items, or one that was chosen, are selected.
#[component]
pub fn BulkBar(desk: Desk) -> impl IntoView {
    let count = Memo::new(move |_| desk.selection.items.with(|items| items.len()));
    view! {
        <Show when=move || count.get().gt(&0)>
            <div class="bulk" role="toolbar" aria-label="Selected items">
                <strong>{move || format!("{} selected", words::number(count.get()))}</strong>
                {VERBS
                    .iter()
                    .map(|(id, label)| {
                        let enabled = move || {
                            count.track();
                            desk.rows.track();
                            commands::named(id).is_some_and(|command| (command.enabled)(desk))
                        };
                        view! {
                            <button
                                class="quiet"
                                disabled=move || !enabled()
                                on:click=move |_| commands::run(id, desk)
                            >
                                {*label}
                            </button>
                        }
                    })
                    .collect_view()}
                <button class="quiet" aria-label="Select nothing" on:click=move |_| desk.selection.clear()>
                    {icon(Icon::Close)}
                </button>
            </div>
        </Show>
    }
}
