//! One choice of several in a row, which is wider than a narrow window.

use leptos::{html, prelude::*};

use crate::platform::page;

/// A button of the row. The chosen one stays in sight.
pub fn tab(
    label: impl Fn() -> String + Send + 'static,
    is_chosen: Signal<bool>,
    choose: impl Fn() + 'static,
) -> impl IntoView {
    let node = NodeRef::<html::Button>::new();
    Effect::new(move |_| {
        let button = node.get().filter(|_| is_chosen.get())?;
        page::keep_in_sight(&button)
    });
    view! {
        <button
            class="tab"
            node_ref=node
            aria-pressed=move || is_chosen.get().to_string()
            on:click=move |_| choose()
        >
            {label}
        </button>
    }
}
