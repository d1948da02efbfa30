//! What the team finished in its sprints, and what it had said (`formulas.md` §5.8).

use leptos::prelude::*;
use shared::{
    planning::velocity::rolling,
    product::{
        Term,
        sprints::{self, TeamVelocity},
    },
};

use super::{
    behind,
    chart::{self, Chart, Look, Series},
    how::how,
    source::Source,
};
use crate::{state::desk::Desk, words};

/// The report.
pub fn report(source: Source) -> AnyView {
    let desk = source.desk;
    let at = RwSignal::new(None::<usize>);
    let picture = Memo::new(move |_| {
        let rule = desk.things.with(sprints::rule);
        let unit = words::terms(desk, Term::Points).to_lowercase();
        let name = format!(
            "Velocity by {}",
            words::term(desk, Term::Sprint).to_lowercase()
        );
        source.closed.with(|closed| {
            let numbers: Vec<_> = closed.iter().map(|(_, numbers)| numbers.clone()).collect();
            let each = |of: fn(&shared::planning::velocity::Closed) -> f64| -> Vec<Option<f64>> {
                numbers.iter().map(|numbers| Some(of(numbers))).collect()
            };
            Chart {
                name,
                points: words::term(desk, Term::Sprint),
                labels: closed
                    .iter()
                    .map(|(sprint, _)| sprint.name.clone())
                    .collect(),
                series: vec![
                    Series::new("Done", Look::Bars, "k-main", each(|sprint| sprint.done)),
                    Series::new(
                        "Committed",
                        Look::Ticks,
                        "k-more",
                        each(|sprint| sprint.committed),
                    ),
                    Series::new("Rolling", Look::Dashed, "k-scope", rolling(&numbers, rule)),
                ],
                unit,
                ..Chart::default()
            }
        })
    });
    let is_empty = Memo::new(move |_| source.closed.with(|closed| closed.is_empty()));
    let body = move || match is_empty.get() {
        true if !source.is_told() => view! { <p class="soft">"reading…"</p> }.into_any(),
        true => {
            let sprint = words::term(desk, Term::Sprint).to_lowercase();
            view! { <p class="soft">{format!("No {sprint} has been closed yet.")}</p> }.into_any()
        }
        false => view! {
            {statement(source)}
            {chart::figure(picture, at)}
            {behind(source, picture, at)}
            {table(source)}
        }
        .into_any(),
    };
    body.into_any()
}

/// What the sprint that is looked at finished.
fn behind(source: Source, picture: Memo<Chart>, at: RwSignal<Option<usize>>) -> AnyView {
    let desk = source.desk;
    let point = Memo::new(move |_| picture.with(|chart| at.get().unwrap_or_else(|| chart.last())));
    let lines = Memo::new(move |_| {
        let point = point.get();
        let found = source.look(|past, _, _| {
            source.closed.with(|closed| {
                let (sprint, _) = closed.get(point)?;
                let items = sprints::finished(closed, point);
                Some(behind::finished(desk, past, items, sprint.closed.0?))
            })
        });
        found.unwrap_or_default()
    });
    let heading = Memo::new(move |_| {
        let label = picture.with(|chart| chart.labels.get(point.get()).cloned());
        format!("Finished in {}", label.unwrap_or_default())
    });
    behind::list(source, heading, lines)
}

/// `15.3 points, mean of the last 3 sprints, 12–18`.
#[must_use]
pub fn said(desk: Desk, velocity: &TeamVelocity) -> String {
    let rule = desk.things.with(sprints::rule);
    let value = words::effort(desk, velocity.value);
    format!("{value}, {}", velocity.explained(rule))
}

fn statement(source: Source) -> AnyView {
    let desk = source.desk;
    let text = move || {
        source
            .velocity
            .get()
            .map(|velocity| format!("Velocity {}", said(desk, &velocity)))
    };
    let inputs = move || {
        let rule = desk.things.with(sprints::rule);
        let window = match rule.window {
            0 => "all".to_owned(),
            window => format!("the last {window}"),
        };
        source.closed.with(|closed| {
            let from = match rule.window {
                0 => 0,
                window => closed.len().saturating_sub(window),
            };
            let mut lines = vec![
                (
                    format!("{} that count", words::terms(desk, Term::Sprint)),
                    window,
                ),
                ("Average".to_owned(), rule.average.label().to_owned()),
            ];
            let used = closed[from..].iter();
            lines.extend(
                used.map(|(sprint, numbers)| (sprint.name.clone(), words::points(numbers.done))),
            );
            lines
        })
    };
    view! {
        <div class="statement" role="status">
            <p class="say">
                {text}
                {how(
                    "how-velocity",
                    "velocity",
                    "The velocity of a sprint is the sum of the estimates, at completion, of what was finished in it while it was in it. What is opened again after the close changes nothing. Excluded sprints do not count; fewer than three are provisional.",
                    inputs,
                )}
            </p>
        </div>
    }
    .into_any()
}

/// Say and do of each sprint.
fn table(source: Source) -> AnyView {
    let rows = move || {
        source.closed.with(|closed| {
            let rows = closed.iter().rev().map(|(sprint, numbers)| {
                let share = numbers.say_do();
                let share = share.map_or_else(
                    || "–".to_owned(),
                    |share| format!("{} %", words::points((share * 100.0).round())),
                );
                view! {
                    <tr>
                        <th scope="row">{sprint.name.clone()}</th>
                        <td>{words::points(numbers.committed)}</td>
                        <td>{words::points(numbers.done)}</td>
                        <td>{share}</td>
                        <td>{numbers.excluded.clone()}</td>
                    </tr>
                }
            });
            rows.collect_view()
        })
    };
    view! {
        <section class="behind" aria-label="Say and do">
            <h3>"Say and do"</h3>
            <div class="table-scroll" tabindex="0" role="group" aria-label="Table of say and do">
                <table class="sheet-table report-table">
                    <thead>
                        <tr>
                            <th scope="col">{move || words::term(source.desk, Term::Sprint)}</th>
                            <th scope="col">"Committed"</th>
                            <th scope="col">"Done"</th>
                            <th scope="col">"Of what was committed"</th>
                            <th scope="col">"Excluded because"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}
