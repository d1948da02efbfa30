//! What holds for the backlog as a whole, beside the screens: alignment, who owns it, when its order was reviewed, what
//! changed lately (PB-10, PB-13, PB-31, BT-30).

use leptos::prelude::*;
use shared::{model::Place, product::Check};

use super::{disputes, list_link::list_link, recent};
use crate::{
    address::Screen,
    platform::device,
    state::{desk::Desk, filter::Filter},
    views::{
        health::review::{days_ago, reviewed},
        settings::people::owners,
    },
    words,
};

/// The line.
#[component]
pub fn BacklogFacts(desk: Desk) -> impl IntoView {
    view! {
        <section class="facts" aria-label="About this backlog">
            {disputes::chip(desk)}
            {next_up(desk)}
            {alignment(desk)}
            {recent::line(desk)}
            {rank_review(desk)}
            {owned(desk)}
        </section>
    }
}

/// `Next up: 5`, which leads to the first items (PB-04).
fn next_up(desk: Desk) -> AnyView {
    let count = Memo::new(move |_| {
        let wanted = desk.judge.with(|judge| judge.settings.next_up);
        let list = desk.items.with(|rows| rows.ranked_in(Place::Product).len());
        wanted.min(list)
    });
    let text = Signal::derive(move || format!("Next up: {}", words::number(count.get())));
    let filter = Signal::derive(move || Filter {
        top: Some(count.get()),
        ..Filter::default()
    });
    (move || (count.get() > 0).then(|| list_link(desk, filter, text))).into_any()
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

/// Who looked through the order of the list last, on the list itself (PB-31).
fn rank_review(desk: Desk) -> AnyView {
    (move || {
        let (at, by) = reviewed(desk).filter(|_| desk.screen.get() == Screen::List)?;
        let days = days_ago(device::now(), at);
        Some(view! { <span class="soft">{format!("Rank reviewed {days} by {by}")}</span> })
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
