//! Not now: until a day that is a click away, or any other.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Field, Status},
    planning::day::Day,
};

use super::{form, set, together};
use crate::{state::desk::Desk, words};

const SPANS: [(&str, i64); 4] = [
    ("Tomorrow", 1),
    ("In a week", 7),
    ("In a month", 30),
    ("In 3 months", 91),
];

pub(super) fn dialog(desk: Desk, items: Vec<ItemId>) -> AnyView {
    let today = desk.today.get_untracked();
    let after = |days: i64| -> String {
        let day = today.parse::<Day>().ok();
        day.map_or_else(String::new, |day| day.plus(days).to_string())
    };
    let day = RwSignal::new(after(7));
    let wrong = RwSignal::new(false);
    let own = items.clone();
    let now = today.clone();
    let submit = move || {
        let day = day.get_untracked();
        if day <= now {
            wrong.set(true);
            return;
        }
        desk.decide(&own, snooze(desk, &own, &day));
    };
    let spans = SPANS
        .iter()
        .map(|(label, days)| {
            let until = after(*days);
            let own = until.clone();
            view! {
                <button
                    type="button"
                    class="chip"
                    aria-pressed=move || (day.get() == own).to_string()
                    on:click=move |_| day.set(until.clone())
                >
                    {*label}
                </button>
            }
        })
        .collect_view();
    let body = view! {
        <div class="spans" role="group" aria-label="Until">{spans}</div>
        <label>
            "Until"
            <input
                class="field"
                data-focus=""
                type="date"
                aria-label="Snooze until"
                prop:value=move || day.get()
                on:input=move |event| day.set(event_target_value(&event))
            />
        </label>
        <p class="wrong" role="alert">{move || wrong.get().then_some("Choose a day after today.")}</p>
    }
    .into_any();
    form(desk, "Snooze", &items, submit, body)
}

/// What was declined is looked at again that day; what is in the Inbox waits again.
fn snooze(desk: Desk, items: &[ItemId], day: &str) -> Intent {
    let (declined, open): (Vec<ItemId>, Vec<ItemId>) = desk.rows.with_untracked(|rows| {
        let is_declined = |id: &ItemId| {
            rows.row(*id)
                .is_some_and(|row| row.status == Status::Declined)
        };
        items.iter().copied().partition(is_declined)
    });
    let mut parts = Vec::new();
    for (items, field) in [(declined, Field::ReconsiderOn), (open, Field::SnoozedUntil)] {
        if !items.is_empty() {
            parts.push(set(&items, field, Some(day.into())));
        }
    }
    let count = words::count(items.len(), "item", "items");
    together("snooze", format!("Snoozed {count} until {day}"), parts)
}
