//! What the product is, how the team works, and in what it estimates.

use leptos::prelude::*;
use shared::{
    model::Scalar,
    product::settings::{Method, Scale, Unit, WEEKDAYS},
};

use super::{options, own};
use crate::{
    components::register::{choice, line, number},
    platform::clock,
    state::desk::Desk,
};

pub(super) fn section(desk: Desk) -> AnyView {
    let methods: Vec<(&str, &str)> = Method::ALL.iter().skip(1).map(pair).collect();
    let zones = clock::zones();
    let zones = zones.into_iter().map(|zone| (zone.clone(), zone)).collect();
    super::section(
        "Product",
        "What everybody sees at the top.",
        view! {
            <div class="registers">
                {line(own(desk, "name"), "Name", "Name")}
                {line(own(desk, "purpose"), "Purpose", "What this backlog is for")}
                {choice(own(desk, "method"), "Method", "Scrum", options(&methods))}
                {choice(own(desk, "zone"), "Time zone", "As on each device", zones)}
                {choice(own(desk, "intake"), "New items", "Into the inbox, reviewed", options(&[("open", "Into the backlog, open to all")]))}
                {number(own(desk, "next_up"), "Next up", "5")}
            </div>
            {working_days(desk)}
        }
        .into_any(),
    )
}

/// The days of the week that sprints, limits and charts count (BT-12). One of them always stays.
fn working_days(desk: Desk) -> AnyView {
    let day = |(at, (word, name)): (usize, &'static (&'static str, &'static str))| {
        let register = own(desk, &format!("weekday:{word}"));
        let disputed = register.disputed();
        let weekdays = move || desk.judge.with(|judge| judge.settings.calendar.weekdays);
        let is_on = move || weekdays()[at];
        let is_last = move || is_on() && weekdays().iter().filter(|works| **works).count() == 1;
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=is_on
                    disabled=is_last
                    on:change=move |event| {
                        register.set(Some(event_target_checked(&event).into()));
                    }
                />
                <span>{*name}</span>
            </label>
            {disputed}
        }
    };
    view! {
        <fieldset class="weekdays">
            <legend>"Working days"</legend>
            {WEEKDAYS.iter().enumerate().map(day).collect_view()}
        </fieldset>
    }
    .into_any()
}

fn pair(method: &Method) -> (&'static str, &'static str) {
    (method.word(), method.label())
}

/// Unit, scale, velocity, and what a missing estimate counts as (BT-13).
pub(super) fn estimates(desk: Desk) -> AnyView {
    let units: Vec<(&str, &str)> = Unit::ALL
        .iter()
        .skip(1)
        .map(|unit| (unit.word(), unit.label()))
        .collect();
    let scales: Vec<(&str, &str)> = Scale::ALL
        .iter()
        .skip(1)
        .map(|scale| (scale.word(), scale.label()))
        .collect();
    let scale = own(desk, "scale").value();
    let is_custom =
        move || scale.with(|scale| scale.as_ref().and_then(Scalar::text) == Some("custom"));
    let shown = move || {
        let steps = desk.judge.with(|judge| judge.settings.scale.clone());
        let names: Vec<String> = steps
            .into_iter()
            .map(|step| {
                let value = step.value.to_string();
                if step.label == value {
                    value
                } else {
                    format!("{} = {value}", step.label)
                }
            })
            .collect();
        names.join(" · ")
    };
    super::section(
        "Estimates",
        "What is estimated in, and the values that are one click away.",
        view! {
            <div class="registers">
                {choice(own(desk, "unit"), "Unit", "Points", options(&units))}
                {choice(own(desk, "scale"), "Scale", "Fibonacci", options(&scales))}
                <Show when=is_custom>
                    {line(own(desk, "scale_values"), "Values", "S=1, M=3, L=8")}
                </Show>
                {number(own(desk, "velocity"), "Velocity per sprint", "from past sprints")}
                {choice(
                    own(desk, "missing_estimate"),
                    "A missing estimate counts as",
                    "the median of the list",
                    options(&[("zero", "zero"), ("stop", "the end of what fits")]),
                )}
            </div>
            <p class="soft" aria-label="Values">{shown}</p>
        }
        .into_any(),
    )
}
