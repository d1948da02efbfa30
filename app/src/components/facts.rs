//! What holds for the backlog as a whole, beside the screens: alignment, who owns it, when its order was reviewed, what
//! changed lately (PB-10, PB-13, PB-31, BT-30).

use leptos::prelude::*;
use shared::product::Check;

use super::list_link::list_link;
use crate::{
    state::{desk::Desk, filter::Filter},
    views::settings::people::owners,
    words,
};

/// The line.
#[component]
pub fn BacklogFacts(desk: Desk) -> impl IntoView {
    view! {
        <div class="facts" role="group" aria-label="About this backlog">
            {alignment(desk)}
            {owned(desk)}
        </div>
    }
}

/// `62 % aligned`, once there is anything to be aligned with; it leads to the rest.
fn alignment(desk: Desk) -> AnyView {
    let share = Memo::new(move |_| {
        let is_pursued = desk.judge.with(|judge| judge.strategy.is_pursued());
        let (linked, open) = desk.alignment();
        is_pursued.then(|| words::share(linked, open)).flatten()
    });
    let text = Signal::derive(move || format!("{} aligned", share.get().unwrap_or_default()));
    let filter = Signal::derive(|| Filter::checking(Check::Unaligned));
    (move || {
        share
            .with(Option::is_some)
            .then(|| list_link(desk, filter, text))
    })
    .into_any()
}

fn owned(desk: Desk) -> AnyView {
    let owners = Memo::new(move |_| owners(desk));
    view! {
        <For each=move || owners.get() key=Clone::clone let((how, who))>
            <span class="owner"><span class="soft">{how}</span> " " {who}</span>
        </For>
    }
    .into_any()
}
