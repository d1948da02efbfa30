//! The inputs of an item for the chosen scorecard, and the score that comes of them.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{ids::ItemId, model::Row, planning::score::Metric};

use crate::state::{
    desk::Desk,
    scores::{self, Card, Scores},
};

/// All inputs of an item, one under the other, with the score and how it is computed.
#[component]
pub fn ScoreInputs(desk: Desk, item: ItemId) -> impl IntoView {
    let card = Memo::new(move |_| {
        desk.scores
            .with(|scores| Some(scores.as_ref()?.card.clone()))
    });
    let row = desk.row(item);
    move || {
        card.get().map(|card| {
            let metrics = card.card.metrics.clone();
            let inputs = metrics
                .into_iter()
                .map(|metric| {
                    view! {
                        <label class="labelled">
                            <span title=metric.description.clone()>{metric.name.clone()}</span>
                            {input(desk, item, row, &card, metric)}
                        </label>
                    }
                })
                .collect_view();
            view! {
                <div class="score-inputs">
                    {inputs}
                    {result(desk, item, row)}
                </div>
            }
        })
    }
}

/// The control for one input: a choice where the metric offers few values, a number otherwise.
pub fn input(
    desk: Desk,
    item: ItemId,
    row: Memo<Option<Arc<Row>>>,
    card: &Card,
    metric: Metric,
) -> AnyView {
    let key = format!("score:{}:{}", card.id, metric.id);
    let value = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref()?
                .mark(&key)
                .and_then(shared::model::Scalar::number)
        })
    });
    let label = format!("{} of this item", metric.name);
    let set = {
        let (card, metric) = (card.clone(), metric.clone());
        move |value: Option<f64>| {
            desk.intend(scores::score_intent(&card, item, &metric, value));
        }
    };
    let choices = metric.choices();
    if choices.is_empty() || choices.len() > 30 {
        let shown = {
            let metric = metric.clone();
            move || {
                value
                    .get()
                    .map(|value| metric.text(value))
                    .unwrap_or_default()
            }
        };
        let range = format!(
            "{} to {}",
            metric.text(metric.low),
            metric.text(metric.high)
        );
        return view! {
            <input
                class="field score-number"
                aria-label=label
                inputmode="decimal"
                autocomplete="off"
                placeholder="–"
                prop:value=shown
                on:change=move |event| {
                    let typed = event_target_value(&event);
                    if typed.trim().is_empty() {
                        set(None);
                    } else if let Some(value) = metric.read(&typed) {
                        set(Some(value));
                    } else {
                        desk.notices.say(&format!("{} is a number from {range}.", metric.name));
                    }
                }
            />
        }
        .into_any();
    }
    let options = choices
        .iter()
        .map(|choice| {
            let choice = *choice;
            let is_it = move || {
                value
                    .get()
                    .is_some_and(|value| (value - choice).abs() < 1e-9)
            };
            view! {
                <option value=choice.to_string() prop:selected=is_it>{metric.text(choice)}</option>
            }
        })
        .collect_view();
    view! {
        <select
            aria-label=label
            on:change=move |event| set(event_target_value(&event).parse().ok())
        >
            <option value="" prop:selected=move || value.get().is_none()>"–"</option>
            {options}
        </select>
    }
    .into_any()
}

/// The score and what it is made of.
fn result(desk: Desk, item: ItemId, row: Memo<Option<Arc<Row>>>) -> impl IntoView {
    let told = Memo::new(move |_| {
        desk.scores.with(|scores| {
            let scores = scores.as_ref()?;
            row.with(|row| Some(tell(scores, row.as_ref()?, item)))
        })
    });
    move || {
        told.get().map(|(score, formula, notes)| {
            view! {
                <p class="score-result">
                    <strong>{score}</strong>
                    <span class="soft">{formula}</span>
                </p>
                <ul class="score-notes">{notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}</ul>
            }
        })
    }
}

fn tell(scores: &Scores, row: &Row, item: ItemId) -> (String, String, Vec<String>) {
    let card = &scores.card;
    let inputs = scores::inputs(card, row);
    let mut notes = card.card.notes(&inputs);
    let score = match (&scores.problem, scores.score(item)) {
        (Some(problem), _) => {
            notes.push(problem.clone());
            "no score".to_owned()
        }
        (None, Some(Ok(score))) => {
            if score.given < score.asked {
                notes.push(format!("{} of {} inputs", score.given, score.asked));
            }
            scores.shown(score)
        }
        (None, Some(Err(missing))) => {
            notes.push(format!("No score: it {missing}."));
            "no score".to_owned()
        }
        (None, None) => "no score".to_owned(),
    };
    if scores::is_older(card, row) {
        notes.push("Scored on an older scale: check the inputs.".to_owned());
    }
    (score, card.card.formula(), notes)
}
