//! How the backlog is kept: cadence, what is ready ahead, when items go stale, and what a meeting goes through (PB-18).

use leptos::prelude::*;

use super::own;
use crate::{
    components::register::{line, number, text},
    state::desk::Desk,
};

pub(super) fn section(desk: Desk) -> AnyView {
    super::section(
        "Process",
        "The health panel measures against these.",
        view! {
            <div class="registers">
                {line(own(desk, "process:cadence"), "Refinement", "every second Tuesday")}
                {line(own(desk, "process:ready_ahead"), "Sprints of ready work", "2")}
                {number(own(desk, "stale:fresh"), "Fresh up to, days", "30")}
                {number(own(desk, "stale:aging"), "Aging up to, days", "90")}
                {number(own(desk, "stale:stale"), "Stale up to, days", "180")}
                {number(own(desk, "stale:estimate"), "Estimates hold, days", "180")}
                {text(own(desk, "process:template"), "Meeting template", "What a refinement goes through, one step a line")}
            </div>
        }
        .into_any(),
    )
}
