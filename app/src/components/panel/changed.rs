//! When a group of the item's details last changed, and who did it, in few words (PB-33).

use leptos::prelude::*;
use shared::{model::Part, time::Timestamp};

use super::Open;
use crate::{components::unverified, platform::device, words};

/// The line of a group; nothing while it never held anything.
pub(super) fn line(open: Open, part: Part) -> AnyView {
    let said = said(open, part);
    let by = move || open.detail.with(|detail| detail.as_ref()?.last(part)?.by);
    (move || {
        said.get().map(|said| {
            view! { <span class="soft changed">{said} {unverified::mark(open.desk, by())}</span> }
        })
    })
    .into_any()
}

/// The heading of a group with its line.
pub(super) fn heading(open: Open, name: impl Into<String>, part: Part) -> AnyView {
    view! {
        <div class="section-head">
            <h2>{name.into()}</h2>
            <span class="grow"></span>
            {line(open, part)}
        </div>
    }
    .into_any()
}

/// What the line says.
pub(super) fn said(open: Open, part: Part) -> Memo<Option<String>> {
    Memo::new(move |_| {
        open.detail.with(|detail| {
            let changed = detail.as_ref()?.last(part)?;
            // Whether that is sure is said beside it.
            let by = changed
                .by
                .map(|author| words::person(open.desk, author.person));
            Some(in_words(changed.at, by))
        })
    })
}

/// `changed 3 d ago by Ada`.
pub(crate) fn in_words(at: Timestamp, by: Option<String>) -> String {
    let ago = words::ago(device::now(), at);
    match by {
        Some(by) => format!("changed {ago} by {by}"),
        None => format!("changed {ago}"),
    }
}
