//! The way from screen to screen of a backlog: links, so that they open in tabs and go back.

use leptos::{html, prelude::*};

use super::facts::BacklogFacts;
use crate::{address::Screen, platform::page, state::desk::Desk, words};

/// The row of links below the header.
#[component]
pub fn Screens(desk: Desk) -> impl IntoView {
    let has_sprints = Memo::new(move |_| desk.judge.with(|judge| judge.settings.has_sprints()));
    let links = move || {
        Screen::ALL
            .iter()
            .filter(|screen| **screen != Screen::Sprints || has_sprints.get())
            .map(|screen| link(desk, *screen))
            .collect_view()
    };
    view! {
        <div class="screens-row">
            <nav class="screens" aria-label="Screens">{links}</nav>
            <BacklogFacts desk/>
        </div>
    }
}

fn link(desk: Desk, screen: Screen) -> impl IntoView {
    let is_here = move || desk.screen.get() == screen;
    let node = NodeRef::<html::A>::new();
    Effect::new(move |_| {
        let link = node.get().filter(|_| is_here())?;
        page::keep_in_sight(&link)
    });
    view! {
        <a
            node_ref=node
            href=move || desk.bar.link_to(screen)
            aria-current=move || is_here().then_some("page")
            on:click=move |event| {
                if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                    event.prevent_default();
                    desk.bar.show_screen(screen);
                }
            }
        >
            {move || words::screen(desk, screen)}
            {(screen == Screen::Inbox).then(|| waiting(desk))}
        </a>
    }
}

/// How much waits at triage.
fn waiting(desk: Desk) -> impl IntoView {
    let count = Memo::new(move |_| desk.waiting.with(|waiting| waiting.len()));
    move || {
        (count.get() > 0).then(|| {
            view! {
                <span class="badge" aria-hidden="true">{words::number(count.get())}</span>
                <span class="hidden">{format!(", {} waiting", words::number(count.get()))}</span>
            }
        })
    }
}
