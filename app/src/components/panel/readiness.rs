//! How ready the open item is, computed from the Definition of Ready: raw, shaped or ready, and what is missing, each with
//! the way to its field (PB-06, PB-32). In a release or a sprint what that stage asks in addition is a checklist in plain
//! sight (BT-43).

use leptos::prelude::*;
use shared::{
    model::{Field, Row},
    planning::ready::{Lack, Meter, Rule, Stage},
    product::{Term, ready::stage},
};

use super::Open;
use crate::{
    platform::page,
    ui::icon::{Icon, icon},
    words,
};

/// The line; it opens to what is missing.
#[component]
pub(super) fn Readiness(open: Open) -> impl IntoView {
    let desk = open.desk;
    let meter = Memo::new(move |_| {
        let row = open.row.get().filter(|row| row.status.is_open())?;
        desk.items.with(|rows| {
            let find = |id| rows.row(id).map(AsRef::as_ref);
            desk.judge.with(|judge| Some(judge.meter(&row, &find)))
        })
    });
    let reached = open.field(stage);
    let shape = move || meter.with(|meter| meter.as_ref().map_or("", Meter::shape));
    let count = move || {
        meter.with(|meter| {
            let meter = meter.as_ref();
            meter.map_or_else(String::new, |meter| {
                format!("{} of {}", meter.passed, meter.of)
            })
        })
    };
    let lacks = Memo::new(move |_| {
        meter.with(|meter| {
            let meter = meter.as_ref();
            meter.map_or_else(Vec::new, |meter| meter.lacks.clone())
        })
    });
    // What the stage itself asks stands apart, so that it is seen on the way into a release.
    let own = move |lack: &Lack| {
        let stage = reached.get();
        lack.required && lack.stage != Stage::Product && Some(lack.stage) == stage
    };
    let some = move |wanted: &dyn Fn(&Lack) -> bool| {
        let lacks = lacks.get();
        lacks.into_iter().filter(wanted).collect::<Vec<Lack>>()
    };
    let asked = move || some(&own);
    let missing = move || some(&|lack| lack.required && !own(lack));
    let advised = move || some(&|lack| !lack.required);
    let heading = move || {
        let stage = match reached.get() {
            Some(Stage::Sprint) => Term::Sprint,
            _ => Term::Release,
        };
        format!(
            "Missing for the {}",
            words::term(desk, stage).to_lowercase()
        )
    };
    view! {
        <Show when=move || meter.with(Option::is_some)>
            <Show when=move || !asked().is_empty()>
                <section class="readiness asked" aria-label=heading>
                    <h3>{heading}</h3>
                    {move || lines(open, heading(), asked())}
                </section>
            </Show>
            <details class="readiness" class:ready=move || shape() == "Ready">
                <summary>
                    <strong>{shape}</strong>
                    <span class="soft">{count} " checks passed"</span>
                </summary>
                {move || titled(open, "Missing", missing())}
                {move || titled(open, "Advised", advised())}
                {move || lacks.with(Vec::is_empty).then(|| view! { <p class="soft">"Nothing is missing."</p> })}
            </details>
        </Show>
    }
}

fn titled(open: Open, label: &'static str, lacks: Vec<Lack>) -> AnyView {
    if lacks.is_empty() {
        return ().into_any();
    }
    view! {
        <p class="soft">{label}</p>
        {lines(open, label.to_owned(), lacks)}
    }
    .into_any()
}

fn lines(open: Open, label: String, lacks: Vec<Lack>) -> AnyView {
    let line = |lack: Lack| {
        let rule = lack.rule;
        view! {
            <li>
                <button class="quiet" title="Go to its field" on:click=move |_| lead(open, rule)>
                    {icon(Icon::Todo)}
                    {lack.label}
                </button>
            </li>
        }
    };
    view! {
        <ul class="lacks" aria-label=label>
            {lacks.into_iter().map(line).collect_view()}
        </ul>
    }
    .into_any()
}

/// Puts the focus where what a check asks for is written, or on what opens that for writing.
fn lead(open: Open, rule: Rule) {
    let fields = open
        .row
        .with_untracked(|row| row.as_ref().map(|row| fields(rule, row)));
    let fields = fields.unwrap_or_default();
    if let Some(field) = fields.iter().find(|field| page::has(field)) {
        page::lead_to(field);
    }
}

/// Where in the panel a check is answered, the best place first.
fn fields(rule: Rule, row: &Row) -> Vec<String> {
    let named = |label: &str| format!(".panel [aria-label=\"{label}\"]");
    let one = match rule {
        Rule::Description => {
            return vec![
                ".panel .description textarea".to_owned(),
                ".panel .description button".to_owned(),
            ];
        }
        Rule::Aligned => ".panel .to-link".to_owned(),
        Rule::Invest => ".panel .invest-answers select".to_owned(),
        Rule::Benefit | Rule::Story if row.for_whom.is_empty() => named("For whom"),
        Rule::Benefit | Rule::Story => named("Benefit"),
        Rule::Type => named("Type"),
        Rule::Estimate | Rule::EstimateCurrent | Rule::FitsRelease | Rule::FitsSprint => {
            named("Estimate")
        }
        Rule::Value => named(Field::Value.label()),
        Rule::Experience => named(Field::Experience.label()),
        Rule::Criteria | Rule::Testable => named("Add a criterion"),
        Rule::Problem => named(Field::Problem.label()),
        Rule::Unblocked => named(Field::Blocked.label()),
        Rule::DependenciesMet => named("Depends on: add an item"),
        Rule::NoQuestions => named(Field::Question.label()),
    };
    vec![one]
}
