//! A title edited where it stands: a field over the row, which stays when the rows around it change.

use leptos::{html, prelude::*};
use shared::{
    ids::ItemId,
    intent::{Intent, Value},
};

use super::Frame;
use crate::{
    platform::page,
    state::desk::{Desk, LIST},
};

/// The field, while a title is edited.
#[component]
pub(super) fn InlineTitle(desk: Desk, frame: Frame) -> impl IntoView {
    move || {
        desk.editing
            .get()
            .map(|id| view! { <Field desk frame id/> })
    }
}

#[component]
fn Field(desk: Desk, frame: Frame, id: ItemId) -> impl IntoView {
    let node = NodeRef::<html::Input>::new();
    let title = desk
        .rows
        .with_untracked(|rows| rows.row(id).map(|row| row.title.clone()))
        .unwrap_or_default();
    let place = Memo::new(move |_| desk.shown.with(|shown| shown.line_of(id)));
    Effect::new(move |_| {
        if let Some(field) = node.get() {
            drop(field.focus());
            field.select();
        }
    });
    let before = title.clone();
    let finish = move |keep: bool| {
        // Leaving the field by a key takes it away, which the browser tells as leaving once more.
        if desk.editing.get_untracked() != Some(id) {
            return;
        }
        let typed = node
            .get_untracked()
            .map(|field| field.value())
            .unwrap_or_default();
        let typed = typed.trim().to_owned();
        desk.editing.set(None);
        if keep && !typed.is_empty() && typed != before {
            desk.intend(Intent::Set {
                items: vec![id],
                value: Value::Title(typed),
            });
        }
    };
    let leave = finish.clone();
    view! {
        <div
            class="inline-title"
            style:transform=move || {
                let place = place.get().unwrap_or(0);
                format!("translateY({}px)", place as f64 * frame.row_height.get())
            }
        >
            <input
                node_ref=node
                aria-label="Title"
                autocomplete="off"
                prop:value=title
                on:blur=move |_| leave(true)
                on:keydown=move |event| {
                    let keep = event.key() == "Enter";
                    if event.is_composing() || !(keep || event.key() == "Escape") {
                        return;
                    }
                    event.prevent_default();
                    event.stop_propagation();
                    finish(keep);
                    page::focus(LIST);
                }
            />
        </div>
    }
}
