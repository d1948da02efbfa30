//! The stories that an item was split into, with where they are and what they add up to (BT-31, BT-51).

use leptos::prelude::*;

use super::Open;
use crate::{
    state::layer::Layer,
    views::sprints::{face, sum},
};

/// The stories; only the way to make some where there are none.
#[component]
pub(super) fn Stories(open: Open) -> impl IntoView {
    let Open { desk, id, .. } = open;
    let children = Memo::new(move |_| desk.family.with(|family| family.children(id).to_vec()));
    let has_any = move || children.with(|children| !children.is_empty());
    view! {
        <section class="stories" aria-label="Stories">
            <div class="section-head">
                <Show when=has_any><h3>"Stories"</h3></Show>
                <button class="quiet" on:click=move |_| desk.show_layer(Layer::Split(id))>"Split into stories…"</button>
            </div>
            <Show when=has_any>
                <p class="soft">{sum(desk, id)}</p>
                <ul class="story-list">
                    <For each=move || children.get() key=|id| *id let(child)>
                        <li>{move || desk.row(child).get().map(|row| face(desk, &row))}</li>
                    </For>
                </ul>
            </Show>
        </section>
    }
}
