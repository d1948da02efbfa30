//! The burndown of a sprint, and what is looked at every day (BT-24).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    model::{Collection, Field, Place, Thing, thing},
    planning::{
        burndown::{Burndown, Span, burndown, sprint_on_track},
        day::Day,
    },
    product::{
        Term, sprints,
        trail::{Scope, Trail, last_moved, sprint_span},
    },
};

use super::{
    behind,
    chart::{self, Chart, Look, Series},
    dates,
    how::how,
    pick,
    source::Source,
};
use crate::words;

/// A sprint with its chart.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    span: Span,
    trail: Trail,
    chart: Burndown,
}

/// The sprint's report; `is_daily` leaves out what is of no use in a daily meeting and adds what is.
pub fn report(source: Source, is_daily: bool) -> AnyView {
    let desk = source.desk;
    let options = Memo::new(move |_| source.records(Collection::Sprints));
    let sprint = Memo::new(move |_| {
        let chosen = pick::sprint(desk);
        let known = options
            .with(|options| chosen.filter(|chosen| options.iter().any(|(id, _)| id == chosen)));
        known.or_else(|| current(source, is_daily))
    });
    let drawn = Memo::new(move |_| {
        let (sprint, today) = (sprint.get()?, source.today());
        source.look(|past, things, zone| {
            let facts = things.get(&Thing::Record(Collection::Sprints, sprint))?;
            let span = sprint_span(facts, today, zone)?;
            let mut trail = Trail::of(past, &Scope::sprint(sprint));
            let own = sprints::one(things, sprint);
            if let (Some(own), Some(closed)) = (own, span.closed) {
                trail = trail.with_splits(&own.finished, closed);
            }
            let chart = burndown(&trail.events, &span, &source.calendar(), zone);
            Some(Arc::new(Drawn { span, trail, chart }))
        })
    });
    let has_chart = Memo::new(move |_| drawn.with(Option::is_some));
    let body = move || {
        if has_chart.get() {
            return shown(source, sprint, drawn, is_daily);
        }
        let sprints = words::terms(desk, Term::Sprint).to_lowercase();
        let said = match (source.is_told(), sprint.get()) {
            (false, _) => "reading…".to_owned(),
            (true, None) => format!("There are no {sprints} yet."),
            (true, Some(_)) => {
                "It has not been committed yet. The chart begins with the commitment.".to_owned()
            }
        };
        view! { <p class="soft">{said}</p> }.into_any()
    };
    view! {
        {pick::pick(source, options, sprint, Term::Sprint, Place::Sprint)}
        {body}
    }
    .into_any()
}

/// The sprint that is shown first: the last one under way, else the last one; for the daily meeting only one under way.
fn current(source: Source, is_daily: bool) -> Option<RecordId> {
    let records = source.records(Collection::Sprints);
    source.desk.things.with(|things| {
        let state = |id: RecordId| {
            let facts = things.get(&Thing::Record(Collection::Sprints, id));
            facts.map_or("", |facts| thing::text(facts, "state"))
        };
        let find = |wanted: &str| records.iter().find(|(id, _)| state(*id) == wanted);
        let found = find("committed").or_else(|| find("closed").filter(|_| !is_daily));
        found.or(records.first()).map(|(id, _)| *id)
    })
}

fn shown(
    source: Source,
    sprint: Memo<Option<RecordId>>,
    drawn: Memo<Option<Arc<Drawn>>>,
    is_daily: bool,
) -> AnyView {
    let desk = source.desk;
    let at = RwSignal::new(None::<usize>);
    // Another sprint is looked at from its own end.
    Effect::new(move |_| {
        let _sprint = sprint.get();
        at.set(None);
    });
    let picture = Memo::new(move |_| {
        let name = format!("{} burndown", words::term(desk, Term::Sprint));
        let unit = words::terms(desk, Term::Points).to_lowercase();
        drawn
            .with(|drawn| {
                drawn
                    .as_ref()
                    .map(|drawn| picture(&drawn.chart, name, unit))
            })
            .unwrap_or_default()
    });
    let point = Memo::new(move |_| picture.with(|chart| at.get().unwrap_or_else(|| chart.last())));
    let lines = Memo::new(move |_| {
        drawn
            .with(|drawn| {
                let found = drawn.as_ref();
                found.map(|drawn| behind::at_point(desk, &drawn.chart, &drawn.trail, point.get()))
            })
            .unwrap_or_default()
    });
    let heading = Memo::new(move |_| {
        let label = picture.with(|chart| chart.labels.get(point.get()).cloned());
        format!("Changes of {}", label.unwrap_or_default())
    });
    let more = match is_daily {
        true => daily(source, sprint),
        false => closing(source, drawn),
    };
    view! {
        {statement(source, drawn)}
        {chart::figure(picture, at)}
        {behind::list(source, heading, lines)}
        {more}
    }
    .into_any()
}

fn picture(chart: &Burndown, name: String, unit: String) -> Chart {
    let labels = chart
        .points
        .iter()
        .map(|point| point.day.map_or_else(|| "Start".to_owned(), dates::short))
        .collect();
    let sums = |of: fn(&shared::planning::burndown::Sums) -> f64| -> Vec<Option<f64>> {
        let points = chart.points.iter();
        points.map(|point| point.sums.as_ref().map(of)).collect()
    };
    let ideal = chart.points.iter().map(|point| Some(point.ideal)).collect();
    let points = chart.points.iter().enumerate();
    let free = points.filter(|(_, point)| point.day.is_some() && !point.working);
    Chart {
        name,
        points: "Day".to_owned(),
        labels,
        series: vec![
            Series::new("Scope", Look::Line, "k-scope", sums(|sums| sums.scope)),
            Series::new("Ideal", Look::Dashed, "k-soft", ideal),
            Series::new(
                "Remaining",
                Look::Line,
                "k-main",
                sums(|sums| sums.remaining()),
            ),
        ],
        marks: scope_marks(chart),
        shaded: free.map(|(at, _)| at).collect(),
        unit,
    }
}

/// How much the scope changed at each point.
pub fn scope_marks(chart: &Burndown) -> Vec<(usize, String)> {
    let mut marks: Vec<(usize, f64)> = Vec::new();
    for change in chart.changes.iter().filter(|change| change.kind.is_scope()) {
        match marks.last_mut() {
            Some((point, sum)) if *point == change.point => *sum += change.scope,
            Some(_) | None => marks.push((change.point, change.scope)),
        }
    }
    let marks = marks.into_iter().filter(|(_, sum)| sum.abs() > 1e-9);
    marks
        .map(|(point, sum)| (point, behind::plus(sum)))
        .collect()
}

/// Whether it is on track, in words, and the numbers that say so.
fn statement(source: Source, drawn: Memo<Option<Arc<Drawn>>>) -> AnyView {
    let desk = source.desk;
    let said = move || {
        drawn.with(|drawn| {
            let drawn = drawn.as_ref()?;
            let unit = words::terms(desk, Term::Points).to_lowercase();
            Some(match drawn.span.closed {
                Some(_) => "Closed".to_owned(),
                None => sprint_on_track(&drawn.chart).say(&unit, "working day"),
            })
        })
    };
    let number = move |of: fn(&Burndown) -> f64| {
        drawn.with(|drawn| {
            drawn
                .as_ref()
                .map(|drawn| words::effort(desk, of(&drawn.chart)))
        })
    };
    let cleared = move || {
        let share = drawn.with(|drawn| drawn.as_ref().and_then(|drawn| drawn.chart.cleared()));
        share.map_or_else(
            || "–".to_owned(),
            |share| format!("{} %", words::points(share.floor())),
        )
    };
    let left = move || {
        let today = source.today();
        drawn.with(|drawn| {
            let span = drawn.as_ref()?.span;
            (span.closed.is_none()).then(|| {
                words::count(
                    source.calendar().left(span.first, span.last, today) as usize,
                    "working day",
                    "working days",
                )
            })
        })
    };
    let inputs = move || {
        drawn.with(|drawn| {
            let Some(drawn) = drawn else {
                return Vec::new();
            };
            let line = |name: &str, value: f64| (name.to_owned(), words::effort(desk, value));
            vec![
                line("Commitment", drawn.chart.commitment),
                line("Scope now", drawn.chart.now.scope),
                line("Done now", drawn.chart.now.done),
                line("Ideal now", drawn.chart.ideal_now()),
                ("First day".to_owned(), dates::long(drawn.span.first)),
                ("Planned last day".to_owned(), dates::long(drawn.span.last)),
            ]
        })
    };
    view! {
        <div class="statement" role="status">
            <p class="say">
                {said}
                {how(
                    "how-sprint",
                    "the sprint burndown",
                    "Remaining is scope minus done at the end of each day. The ideal line goes from the commitment to zero over the working days and does not follow the scope. Work that comes in, leaves or is estimated anew after the start is scope change. A closed sprint never changes.",
                    inputs,
                )}
            </p>
            <dl class="facts-line">
                <div><dt>"Committed"</dt><dd>{move || number(|chart| chart.commitment)}</dd></div>
                <div><dt>"Remaining"</dt><dd>{move || number(|chart| chart.now.remaining())}</dd></div>
                <div><dt>"Cleared"</dt><dd>{cleared}</dd></div>
                {move || left().map(|left| view! { <div><dt>"Left"</dt><dd>{left}</dd></div> })}
            </dl>
        </div>
    }
    .into_any()
}

/// What became of the items of a closed sprint since its close: told, but in no number.
fn closing(source: Source, drawn: Memo<Option<Arc<Drawn>>>) -> AnyView {
    let desk = source.desk;
    let lines = Memo::new(move |_| {
        drawn
            .with(|drawn| {
                let found = drawn.as_ref();
                found.map(|drawn| behind::after_close(desk, &drawn.chart, &drawn.trail))
            })
            .unwrap_or_default()
    });
    let heading = Memo::new(|_| "Since it was closed, in no number above".to_owned());
    view! {
        <Show when=move || lines.with(|lines| !lines.is_empty())>{behind::list(source, heading, lines)}</Show>
    }
    .into_any()
}

/// What is blocked, and what has not moved since the working day before.
fn daily(source: Source, sprint: Memo<Option<RecordId>>) -> AnyView {
    let desk = source.desk;
    let open = Memo::new(move |_| {
        let place = sprint.get().map(Place::Sprint);
        let list = place.map(|place| desk.rows.with(|rows| rows.ranked_in(place)));
        let list = list.unwrap_or_default();
        list.iter().cloned().collect::<Vec<_>>()
    });
    let blocked = Memo::new(move |_| {
        open.with(|open| {
            let blocked = open
                .iter()
                .map(|row| (row.id, row.text(Field::Blocked).to_owned()));
            blocked
                .filter(|(_, why)| !why.is_empty())
                .collect::<Vec<_>>()
        })
    });
    let still = Memo::new(move |_| {
        let since = before(source);
        let found = source.look(|past, _, zone| {
            let rest = open.with(|open| {
                let rest = open.iter().filter_map(|row| {
                    let moved = last_moved(past.item(row.id)?)?;
                    let day = Day::of(moved, zone);
                    (day < since).then(|| (row.id, format!("since {}", dates::short(day))))
                });
                rest.collect::<Vec<_>>()
            });
            Some(rest)
        });
        found.unwrap_or_default()
    });
    let yesterday = move || format!("Not moved since {}", dates::short(before(source)));
    view! {
        <div class="pair-of-lists">
            {items(source, Signal::derive(|| "Blocked".to_owned()), blocked, "Nothing is blocked.")}
            {items(source, Signal::derive(yesterday), still, "Everything moved.")}
        </div>
    }
    .into_any()
}

/// The working day before today.
fn before(source: Source) -> Day {
    let calendar = source.calendar();
    let today = source.today();
    let days = (1..=14).map(|back| today.plus(-back));
    days.into_iter()
        .find(|day| calendar.is_working(*day))
        .unwrap_or_else(|| today.plus(-1))
}

fn items(
    source: Source,
    name: Signal<String>,
    found: Memo<Vec<(ItemId, String)>>,
    none: &'static str,
) -> AnyView {
    let lines = move || {
        let found = found.get();
        if found.is_empty() {
            return view! { <p class="soft">{none}</p> }.into_any();
        }
        let lines = found.into_iter().map(|(item, said)| {
            view! { <li>{behind::item_link(source.desk, item)}<span class="soft">{said}</span></li> }
        });
        view! { <ul class="deeds">{lines.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="behind" aria-label=move || name.get()>
            <h3>{move || name.get()}</h3>
            {lines}
        </section>
    }
    .into_any()
}
