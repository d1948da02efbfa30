//! What fills the backlog page beside the open item, one screen a folder.

#![allow(
    unreachable_pub,
    reason = "the component macro makes its types public, whoever may reach them"
)]

mod board;
mod cut;
pub mod health;
mod inbox;
mod list;
pub mod releases;
mod reports;
mod review;
mod scores;
pub mod settings;
pub mod sprints;
mod strategy;

use leptos::prelude::*;

use crate::{address::Screen, parts, state::desk::Desk};

/// The screen's content. The ranked list is there with the page; the others are fetched when they are first shown.
pub fn view_of(desk: Desk, screen: Screen) -> AnyView {
    let part = match screen {
        Screen::List => return view! { <list::ListView desk/> }.into_any(),
        Screen::Cut => return view! { <cut::CutView desk/> }.into_any(),
        Screen::Scores => &parts::SCORES,
        Screen::Review => &parts::REVIEW,
        Screen::Board => &parts::BOARD,
        Screen::Releases => &parts::RELEASES,
        Screen::Reports => &parts::REPORTS,
        Screen::Sprints => &parts::SPRINTS,
        Screen::Inbox => &parts::INBOX,
        Screen::Strategy => &parts::STRATEGY,
        Screen::Health => &parts::HEALTH,
        Screen::Settings => &parts::SETTINGS,
    };
    part.view(
        move |view| view(desk),
        move || desk.bar.show_screen(Screen::List),
    )
}

pub(crate) fn scores(desk: Desk) -> AnyView {
    view! { <scores::ScoresView desk/> }.into_any()
}

pub(crate) fn review(desk: Desk) -> AnyView {
    view! { <review::ReviewView desk/> }.into_any()
}

pub(crate) fn board(desk: Desk) -> AnyView {
    view! { <board::BoardView desk/> }.into_any()
}

pub(crate) fn releases(desk: Desk) -> AnyView {
    view! { <releases::ReleasesView desk/> }.into_any()
}

pub(crate) fn reports(desk: Desk) -> AnyView {
    view! { <reports::ReportsView desk/> }.into_any()
}

pub(crate) fn sprints(desk: Desk) -> AnyView {
    view! { <sprints::SprintsView desk/> }.into_any()
}

pub(crate) fn inbox(desk: Desk) -> AnyView {
    view! { <inbox::InboxView desk/> }.into_any()
}

pub(crate) fn strategy(desk: Desk) -> AnyView {
    view! { <strategy::StrategyView desk/> }.into_any()
}

pub(crate) fn health(desk: Desk) -> AnyView {
    view! { <health::HealthView desk/> }.into_any()
}

pub(crate) fn settings(desk: Desk) -> AnyView {
    view! { <settings::SettingsView desk/> }.into_any()
}
