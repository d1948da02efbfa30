//! The Inbox: what waits for a decision, one card at a time, and what was turned down (PB-08, PB-21 to PB-23, BT-33).

mod card;
mod declined;
mod funnel;
mod queue;

use leptos::prelude::*;

use self::{card::Card, declined::Declined, funnel::funnel, queue::Queue};
use crate::{
    state::{desk::Desk, layer::Layer},
    ui::icon::{Icon, icon},
};

/// What of the Inbox is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Waiting,
    Declined,
}

/// The screen.
#[component]
pub fn InboxView(desk: Desk) -> impl IntoView {
    let part = RwSignal::new(Part::Waiting);
    desk.look_at_card();
    let tab = move |own: Part, label: &'static str| {
        view! {
            <button class="chip" aria-pressed=move || (part.get() == own).to_string() on:click=move |_| part.set(own)>
                {label}
            </button>
        }
    };
    view! {
        <div class="inbox">
            <div class="inbox-bar">
                <div class="parts" role="group" aria-label="Show">
                    {tab(Part::Waiting, "Waiting")}
                    {tab(Part::Declined, "Declined")}
                </div>
                {funnel(desk)}
                <span class="grow"></span>
                <button on:click=move |_| desk.show_layer(Layer::Feedback(None))>
                    {icon(Icon::Plus)}
                    "Feedback"
                </button>
            </div>
            {move || match part.get() {
                Part::Waiting => view! { <div class="triage"><Queue desk/><Card desk/></div> }.into_any(),
                Part::Declined => view! { <Declined desk/> }.into_any(),
            }}
        </div>
    }
}
