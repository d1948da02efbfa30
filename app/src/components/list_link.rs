//! A number or word that leads to the list behind it (PB-17).

use leptos::prelude::*;

use crate::{
    address::Screen,
    state::{desk::Desk, filter::Filter},
};

/// A link to the list, filtered so.
pub fn list_link(desk: Desk, filter: Signal<Filter>, text: Signal<String>) -> AnyView {
    view! {
        <a
            class="list-link"
            href=move || desk.bar.link_filtered(Screen::List, filter.get())
            on:click=move |event| {
                if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                    event.prevent_default();
                    desk.bar.show_filtered(Screen::List, filter.get_untracked());
                }
            }
        >
            {move || text.get()}
        </a>
    }
    .into_any()
}
