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

use crate::{address::Screen, state::desk::Desk};

/// The screen's content.
pub fn view_of(desk: Desk, screen: Screen) -> AnyView {
    match screen {
        Screen::Scores => view! { <scores::ScoresView desk/> }.into_any(),
        Screen::Cut => view! { <cut::CutView desk/> }.into_any(),
        Screen::Review => view! { <review::ReviewView desk/> }.into_any(),
        Screen::Board => view! { <board::BoardView desk/> }.into_any(),
        Screen::Releases => view! { <releases::ReleasesView desk/> }.into_any(),
        Screen::Reports => view! { <reports::ReportsView desk/> }.into_any(),
        Screen::List => view! { <list::ListView desk/> }.into_any(),
        Screen::Sprints => view! { <sprints::SprintsView desk/> }.into_any(),
        Screen::Inbox => view! { <inbox::InboxView desk/> }.into_any(),
        Screen::Strategy => view! { <strategy::StrategyView desk/> }.into_any(),
        Screen::Health => view! { <health::HealthView desk/> }.into_any(),
        Screen::Settings => view! { <settings::SettingsView desk/> }.into_any(),
    }
}
