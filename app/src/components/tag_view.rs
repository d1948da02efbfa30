//! A tag as people see it everywhere: its name beside its colour and pattern (PB-28).

use leptos::prelude::*;
use shared::product::tags;

use crate::state::desk::Desk;

/// The tag.
pub fn tag_view(desk: Desk, tag: String) -> AnyView {
    view! { <span class="tag">{tag_mark(desk, tag.clone())} {tag}</span> }.into_any()
}

/// The colour and pattern of a tag, where it has any.
pub fn tag_mark(desk: Desk, tag: String) -> AnyView {
    let look = Memo::new(move |_| desk.things.with(|things| tags::look(things, &tag)));
    (move || {
        look.get().map(|look| {
            let class = format!("tag-mark c{} {}", look.colour, look.pattern.word());
            view! { <span class=class aria-hidden="true"></span> }
        })
    })
    .into_any()
}
