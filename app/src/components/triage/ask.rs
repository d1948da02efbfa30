//! Its author has to answer first: the question is a comment, and the item waits again once something happens to it.

use leptos::prelude::*;
use shared::{
    ids::{CommentId, ItemId},
    intent::Intent,
    model::Field,
};

use super::{form, set};
use crate::{platform::device, state::desk::Desk};

pub(super) fn dialog(desk: Desk, items: Vec<ItemId>) -> AnyView {
    let text = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let own = items.clone();
    let ask = move || {
        let text = text.get_untracked().trim().to_owned();
        if text.is_empty() {
            wrong.set(true);
            return;
        }
        let mut parts: Vec<Intent> = own
            .iter()
            .map(|item| Intent::AddComment {
                item: *item,
                id: desk.draw(CommentId::random),
                text: text.clone(),
            })
            .collect();
        let now = device::now().ms() as f64;
        parts.push(set(&own, Field::AskedAt, Some(now.into())));
        let intent = Intent::Together {
            name: "ask".to_owned(),
            said: "Asked".to_owned(),
            parts,
        };
        desk.decide(&own, intent);
    };
    let ask = Callback::new(move |()| ask());
    let body = view! {
        <label>
            "Question"
            <textarea
                class="field"
                data-focus=""
                aria-label="Question"
                rows="3"
                on:input=move |event| text.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                        event.prevent_default();
                        ask.run(());
                    }
                }
            ></textarea>
        </label>
        <p class="soft">"It becomes a comment. The item waits here again when somebody answers."</p>
        <p class="wrong" role="alert">{move || wrong.get().then_some("Write the question.")}</p>
    }
    .into_any();
    form(desk, "Ask", &items, move || ask.run(()), body)
}
