//! Where the work is, in a few words. Never "saved" before it is.

use leptos::prelude::*;

use crate::{
    state::desk::Desk,
    words::{self, Tone},
};

/// The chip in the header.
#[component]
pub fn SyncChip(desk: Desk) -> impl IntoView {
    let said = Memo::new(move |_| {
        let (tone, text, more) = match desk.broken.get() {
            Some(words) => (Tone::Bad, "does not open here".to_owned(), words),
            None => desk.status.with(words::sync_chip),
        };
        let tone = match tone {
            Tone::Good => "good",
            Tone::Waiting => "waiting",
            Tone::Bad => "bad",
        };
        (tone, text, more)
    });
    view! {
        <span
            class="sync"
            role="status"
            aria-label="Where the work is"
            data-tone=move || said.get().0
            title=move || said.get().2
        >
            <span class="dot" aria-hidden="true"></span>
            <span class="text">{move || said.get().1}</span>
        </span>
    }
}
