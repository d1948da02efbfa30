//! All keys on one sheet.

use leptos::prelude::*;

use crate::{
    commands::{self, Group},
    state::desk::Desk,
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
};

/// The sheet.
#[component]
pub fn Shortcuts(desk: Desk) -> impl IntoView {
    view! {
        <Dialog label="Keyboard shortcuts" shape=Shape::Sheet on_close=move |()| desk.close_layer()>
            <div class="dialog-head">
                <h2>"Keyboard shortcuts"</h2>
                <button class="quiet" aria-label="Close" on:click=move |_| desk.close_layer()>{icon(Icon::Close)}</button>
            </div>
            <div class="keys">
                {Group::ALL
                    .iter()
                    .map(|group| {
                        let rows = commands::all()
                            .filter(|command| command.group == *group && !command.keys.is_empty())
                            .map(|command| {
                                let keys = command
                                    .keys
                                    .iter()
                                    .map(|key| view! { <kbd>{commands::shown_key(key)}</kbd> })
                                    .collect_view();
                                view! { <div class="key"><dt>{command.label_for(desk)}</dt><dd>{keys}</dd></div> }
                            })
                            .collect_view();
                        view! { <section><h3>{group.label()}</h3><dl>{rows}</dl></section> }
                    })
                    .collect_view()}
            </div>
        </Dialog>
    }
}
