//! The mark beside a name that nobody vouches for (`PROTOCOL.md` A14). Pressing it says what it means.

use leptos::prelude::*;
use shared::{model::Author, session::messages::Level};

use crate::state::desk::Desk;

const UNVERIFIED: &str = "The relay got this from somebody else than the person whose name it carries. It may be work that a colleague passed on for them; it may also be somebody who used their name.";

const UNSIGNED: &str =
    "This name came with an import or from another program. No person of this backlog signed it.";

/// The mark of a change that its author did not bring; nothing where that is sure.
pub fn mark(desk: Desk, author: Option<Author>) -> AnyView {
    match author {
        Some(Author {
            verified: false, ..
        }) => button(desk, "unverified", UNVERIFIED),
        Some(_) | None => ().into_any(),
    }
}

/// The mark of a name that stands for no person of the backlog.
pub fn unsigned(desk: Desk) -> AnyView {
    button(desk, "unsigned", UNSIGNED)
}

fn button(desk: Desk, word: &'static str, why: &'static str) -> AnyView {
    view! {
        <button
            type="button"
            class="quiet unverified"
            title=why
            on:click=move |_| desk.notices.tell(Level::Info, why.to_owned(), None)
        >
            {word}
        </button>
    }
    .into_any()
}
