//! Types and statuses as icon and words: never the icon alone.

use leptos::prelude::*;
use shared::model::{Kind, Status};

use crate::{
    state::desk::Desk,
    ui::icon::{Icon, icon},
    words,
};

/// The icon of a type.
#[must_use]
pub const fn of_kind(kind: Kind) -> Icon {
    match kind {
        Kind::Feature => Icon::Feature,
        Kind::Improvement => Icon::Improvement,
        Kind::Bug => Icon::Bug,
        Kind::Technical => Icon::Technical,
        Kind::Research => Icon::Research,
        Kind::Story => Icon::Story,
    }
}

/// The icon of a status.
#[must_use]
pub const fn of_status(status: Status) -> Icon {
    match status {
        Status::Todo => Icon::Todo,
        Status::Doing => Icon::Doing,
        Status::Done => Icon::Done,
        Status::Dropped | Status::Declined => Icon::Dropped,
        Status::Archived | Status::Merged | Status::Withdrawn => Icon::Archived,
    }
}

/// A type, in the team's word for it.
pub fn kind_label(kind: Kind) -> impl IntoView {
    let desk = use_context::<Desk>();
    let word = move || match desk {
        Some(desk) => words::kind(desk, kind),
        None => kind.label().to_owned(),
    };
    view! {
        <span class=format!("kind kind-{}", kind.word())>
            {icon(of_kind(kind))}
            <span class="word">{word}</span>
        </span>
    }
}

/// A status.
pub fn status_label(status: Status) -> impl IntoView {
    view! {
        <span class=format!("status status-{}", status.word())>
            {icon(of_status(status))}
            <span class="word">{status.label()}</span>
        </span>
    }
}
