//! The scorecard itself: metrics, weights, scales, and the equation. Changes count at once.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{Collection, Thing},
    planning::{
        equation,
        score::{Method, Metric, Scorecard, Sequence, values_of},
    },
};

use super::TemplateList;
use crate::{
    state::{
        desk::Desk,
        scores::{self, Card},
    },
    ui::icon::{Icon, icon},
    words,
};

/// The editor of the chosen scorecard.
#[component]
pub fn Editor(desk: Desk) -> impl IntoView {
    let card = Memo::new(move |_| desk.things.with(scores::chosen));
    view! {
        <div class="screen-scroll">
            {move || card.get().map(|card| edit(desk, &card))}
            <details class="more-cards">
                <summary>"Another scorecard"</summary>
                <TemplateList desk/>
            </details>
        </div>
    }
}

/// Keeps an edited scorecard under its next version; refuses one whose equation is wrong, and says why.
fn keep(desk: Desk, card: &Card, change: impl FnOnce(&mut Scorecard)) {
    let mut edited = card.card.clone();
    change(&mut edited);
    let revised = card.card.revised(edited);
    if let Err(problem) = revised.scorer() {
        desk.notices
            .say(&format!("Not changed: {}", problem.message));
        return;
    }
    desk.intend(Intent::Put {
        thing: Thing::Record(Collection::Scorecards, card.id),
        values: scores::changes(&revised, &card.card),
    });
}

fn edit(desk: Desk, card: &Card) -> AnyView {
    let metric = |(at, metric): (usize, &Metric)| metric_row(desk, card, at, metric);
    let rows = card
        .card
        .metrics
        .iter()
        .enumerate()
        .map(metric)
        .collect_view();
    let added = card.clone();
    let add = move |_| {
        let id = desk.draw(RecordId::random).to_string();
        keep(desk, &added, |card| {
            let name = format!("Metric {}", card.metrics.len() + 1);
            card.metrics.push(Metric::new(&id, &name, 0.0, 10.0));
        });
    };
    let id = card.id;
    let remove = move |_| {
        desk.intend_loudly(Intent::Put {
            thing: Thing::Record(Collection::Scorecards, id),
            values: vec![("archived".to_owned(), Some(true.into()))],
        });
    };
    view! {
        {head(desk, card)}
        <table class="sheet-table metrics">
            <thead>
                <tr>
                    <th scope="col">"Metric"</th>
                    <th scope="col">"What its values mean"</th>
                    <th scope="col">"Values"</th>
                    <th scope="col">"From"</th>
                    <th scope="col">"To"</th>
                    <th scope="col">"Step or list"</th>
                    <th scope="col">"Weight"</th>
                    <th scope="col">"Unit"</th>
                    <td></td>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
        <div class="cut-tools">
            <button on:click=add>{icon(Icon::Plus)} "Add a metric"</button>
            <button class="quiet" on:click=remove>"Remove this scorecard"</button>
        </div>
    }
    .into_any()
}

fn head(desk: Desk, card: &Card) -> AnyView {
    let method = card.card.method;
    let line = |label: &'static str, value: &str, write: fn(&mut Scorecard, &str)| {
        let card = card.clone();
        view! {
            <label class="labelled">
                <span>{label}</span>
                <input
                    class="field"
                    autocomplete="off"
                    spellcheck="false"
                    maxlength="900"
                    prop:value=value.to_owned()
                    on:change=move |event| {
                        keep(desk, &card, |card| write(card, event_target_value(&event).trim()));
                    }
                />
            </label>
        }
        .into_any()
    };
    let equation = (method == Method::Equation).then(|| {
        let names: Vec<&str> = card
            .card
            .metrics
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        let help = format!(
            "Numbers, + − * / ( ), comparisons, min max round ceil abs if(a, b, c), and {}.",
            names.join(", ")
        );
        let field = line("Equation", &card.card.equation, |card, typed| {
            typed.clone_into(&mut card.equation);
        });
        view! { {field} <p class="soft">{help}</p> }
    });
    let problem = card.card.scorer().err().map(|problem| problem.message);
    let version = format!(
        "Version {}. When a scale changes, inputs made on the older one are marked.",
        card.card.version
    );
    view! {
        <div class="card-head">
            {line("Name", &card.card.name, |card, typed| {
                if !typed.is_empty() {
                    typed.clone_into(&mut card.name);
                }
            })}
            {method_field(desk, card)}
            {equation}
            {line("Period", &card.card.period, |card, typed| typed.clone_into(&mut card.period))}
            <p class="wrong" role="alert">{problem}</p>
            <p class="soft">{version}</p>
        </div>
    }
    .into_any()
}

fn method_field(desk: Desk, card: &Card) -> AnyView {
    let method = card.card.method;
    let option = |it: &Method| {
        view! { <option value=it.word() selected=method == *it>{it.label()}</option> }
    };
    let options = Method::ALL.iter().map(option).collect_view();
    let (chosen, dropped) = (card.clone(), card.clone());
    let choose = move |word: String| {
        let Some(method) = Method::from_word(&word) else {
            return;
        };
        keep(desk, &chosen, |card| {
            card.method = method;
            if method == Method::Equation && card.equation.is_empty() {
                let names = card.metrics.iter().map(|it| equation::written(&it.name));
                card.equation = names.collect::<Vec<_>>().join(" + ");
            }
        });
    };
    let drops = (method == Method::Normalised).then(|| {
        view! {
            <label class="inline">
                <input
                    type="checkbox"
                    prop:checked=card.card.drop_missing
                    on:change=move |_| keep(desk, &dropped, |card| card.drop_missing ^= true)
                />
                "Score by the inputs that are there"
            </label>
        }
    });
    view! {
        <label class="labelled">
            <span>"Score is"</span>
            <select on:change=move |event| choose(event_target_value(&event))>{options}</select>
        </label>
        {drops}
    }
    .into_any()
}

fn metric_row(desk: Desk, card: &Card, at: usize, metric: &Metric) -> AnyView {
    let name = metric.name.clone();
    let text = |label: &str, value: String, write: fn(&mut Metric, &str) -> bool| {
        let card = card.clone();
        let keep = move |typed: &str| {
            keep(desk, &card, |card| {
                if let Some(metric) = card.metrics.get_mut(at)
                    && !write(metric, typed)
                {
                    desk.notices.say("That is not a number.");
                }
            });
        };
        view! {
            <td>
                <input
                    class="field"
                    aria-label=format!("{label} of {name}")
                    autocomplete="off"
                    prop:value=value
                    on:change=move |event| keep(event_target_value(&event).trim())
                />
            </td>
        }
        .into_any()
    };
    let steps = match metric.sequence {
        Sequence::Linear => words::points(metric.step),
        Sequence::Custom => {
            let listed: Vec<String> = metric.values.iter().map(ToString::to_string).collect();
            listed.join(", ")
        }
        Sequence::Powers | Sequence::Fibonacci => String::new(),
    };
    let removed = card.clone();
    let remove = move |_| keep(desk, &removed, |card| drop(card.metrics.remove(at)));
    view! {
        <tr>
            {text("Name", metric.name.clone(), |metric, typed| {
                if !typed.is_empty() {
                    typed.clone_into(&mut metric.name);
                }
                true
            })}
            {text("Meaning", metric.description.clone(), |metric, typed| {
                typed.clone_into(&mut metric.description);
                true
            })}
            <td>{sequence_field(desk, card, at, metric)}</td>
            {text("Least", metric.low.to_string(), |metric, typed| number(typed, &mut metric.low))}
            {text("Greatest", metric.high.to_string(), |metric, typed| number(typed, &mut metric.high))}
            {text("Steps", steps, |metric, typed| match metric.sequence {
                Sequence::Linear => number(typed, &mut metric.step),
                Sequence::Custom => {
                    metric.values = values_of(typed);
                    true
                }
                Sequence::Powers | Sequence::Fibonacci => true,
            })}
            {text("Weight", metric.weight.to_string(), |metric, typed| number(typed, &mut metric.weight))}
            {text("Unit", metric.suffix.clone(), |metric, typed| {
                typed.clone_into(&mut metric.suffix);
                true
            })}
            <td>
                <button class="quiet" aria-label=format!("Remove {name}") title="Remove the metric" on:click=remove>
                    {icon(Icon::Close)}
                </button>
            </td>
        </tr>
    }
    .into_any()
}

fn sequence_field(desk: Desk, card: &Card, at: usize, metric: &Metric) -> AnyView {
    let option = |it: &Sequence| {
        view! { <option value=it.word() selected=metric.sequence == *it>{it.label()}</option> }
    };
    let options = Sequence::ALL.iter().map(option).collect_view();
    let card = card.clone();
    let choose = move |word: String| {
        if let Some(sequence) = Sequence::from_word(&word) {
            keep(desk, &card, |card| card.metrics[at].sequence = sequence);
        }
    };
    view! {
        <select
            aria-label=format!("Values of {}", metric.name)
            on:change=move |event| choose(event_target_value(&event))
        >
            {options}
        </select>
    }
    .into_any()
}

fn number(typed: &str, into: &mut f64) -> bool {
    match typed.replace(',', ".").parse::<f64>() {
        Ok(number) if number.is_finite() => {
            *into = number;
            true
        }
        Ok(_) | Err(_) => false,
    }
}
