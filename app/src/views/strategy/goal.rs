//! A goal: what is measured, how far it is, and the items that serve it (PB-11).

use leptos::prelude::*;
use shared::{
    model::{Facts, thing},
    product::strategy,
};

use super::{items, shelf::Card};
use crate::{
    components::register::{day, line, number, person},
    state::{desk::Desk, filter::Filter, things},
    words,
};

pub(super) fn card(card: Card) -> AnyView {
    let facts = things::facts(card.desk, card.thing());
    let filter = Signal::derive(move || Filter {
        goals: [card.id].into(),
        everywhere: true,
        ..Filter::default()
    });
    view! {
        {measure(card.desk, facts)}
        <div class="registers">
            {line(card.register("metric"), "Metric", "Weekly active teams")}
            {line(card.register("unit"), "Unit", "teams")}
            {number(card.register("baseline"), "Baseline", "none")}
            {number(card.register("current"), "Current", "none")}
            {number(card.register("target"), "Target", "none")}
            {day(card.register("due"), "Due")}
            {person(card.register("owner"), "Owner")}
        </div>
        {items::rolled_up(card.desk, filter)}
    }
    .into_any()
}

/// How far it is, as a bar and in words.
fn measure(desk: Desk, facts: Memo<Facts>) -> AnyView {
    let progress = Memo::new(move |_| facts.with(strategy::progress));
    let words = move || {
        facts.with(|facts| match progress.get() {
            Ok(part) => format!("{} · {}", percent(part), values(facts)),
            Err(missing) => format!("No progress: {missing}"),
        })
    };
    let due = move || {
        let today = desk.judge.with(|judge| judge.today.to_string());
        facts.with(|facts| {
            let due = thing::text(facts, "due");
            let done = progress.get().is_ok_and(|part| part >= 1.0);
            (!due.is_empty()).then(|| {
                let late = due < today.as_str() && !done;
                let text = if late {
                    format!("was due {due}")
                } else {
                    format!("due {due}")
                };
                view! { <span class:late=late>{text}</span> }
            })
        })
    };
    let share = move || progress.get().unwrap_or_default();
    view! {
        <div class="measure">
            <progress
                aria-label="Progress"
                max="1"
                aria-valuetext=words
                prop:value=share
            ></progress>
            <p class="soft"><span>{words}</span> {due}</p>
        </div>
    }
    .into_any()
}

fn percent(part: f64) -> String {
    format!("{} %", (part * 100.0).round())
}

/// From where to where: `Weekly teams 12 → 20 of 40 teams`.
fn values(facts: &Facts) -> String {
    let number = |key: &str| thing::number(facts, key).map(words::points);
    let (Some(baseline), Some(current), Some(target)) =
        (number("baseline"), number("current"), number("target"))
    else {
        return String::new();
    };
    let text = format!(
        "{} {baseline} → {current} of {target} {}",
        thing::text(facts, "metric"),
        thing::text(facts, "unit")
    );
    text.trim().to_owned()
}
