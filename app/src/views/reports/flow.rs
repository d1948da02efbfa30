//! The cumulative flow of the whole backlog or of a release (`formulas.md` §5.9).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    model::{Collection, Place},
    planning::{
        day::Day,
        flow::{self, FlowDay, Move, cumulative_flow, cycle_time, means},
    },
    product::{
        Term,
        trail::{STATES, Scope, moves},
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

/// The spans that are offered, in days.
const SPANS: [i64; 4] = [30, 90, 180, 365];
/// The state with which work begins.
const DOING: usize = 2;

/// The chart, and what it was made of.
#[derive(Clone, Debug, Default, PartialEq)]
struct Drawn {
    days: Vec<FlowDay>,
    moves: Vec<Move<ItemId>>,
}

/// The report.
pub fn report(source: Source) -> AnyView {
    let desk = source.desk;
    let at = RwSignal::new(None::<usize>);
    let span = RwSignal::new(90_i64);
    let release = Memo::new(move |_| pick::release(desk));
    let days = Memo::new(move |_| {
        let (span, release, today) = (span.get(), release.get(), source.today());
        let found = source.look(|past, things, zone| {
            let scope = release.map(|release| Scope::release(things, release));
            let began = past.began().map_or(today, |began| Day::of(began, zone));
            let moves = moves(past, scope.as_ref());
            let first = today.plus(1 - span).max(began);
            let days = cumulative_flow(&moves, STATES.len(), first, today, zone);
            Some(Arc::new(Drawn { days, moves }))
        });
        found.unwrap_or_default()
    });
    let picture = Memo::new(move |_| days.with(|drawn| picture(&drawn.days)));
    let is_empty = Memo::new(move |_| days.with(|drawn| drawn.days.is_empty()));
    let options = move || {
        let option = |(id, name): (RecordId, String)| view! { <option value=id.to_string() prop:selected=move || release.get() == Some(id)>{name}</option> };
        source
            .records(Collection::Releases)
            .into_iter()
            .map(option)
            .collect_view()
    };
    let spans = SPANS.map(|days| {
        view! { <option value=days.to_string() selected=days == 90>{format!("{days} days")}</option> }
    });
    let chosen_span = move |event| {
        at.set(None);
        span.set(event_target_value(&event).parse().unwrap_or(90));
    };
    let body = move || {
        match is_empty.get() {
        true => view! { <p class="soft">{if source.is_told() { "There is nothing to show yet." } else { "reading…" }}</p> }.into_any(),
        false => view! {
            {statement(days)}
            {chart::figure(picture, at)}
            {behind(source, days, picture, at)}
        }
        .into_any(),
    }
    };
    view! {
        <div class="report-choices">
            <label class="inline">
                {move || words::term(desk, Term::Release)}
                <select on:change=move |event| pick::choose(desk, event_target_value(&event).parse().ok().map(Place::Release))>
                    <option value="">"The whole backlog"</option>
                    {options}
                </select>
            </label>
            <label class="inline">"Span" <select on:change=chosen_span>{spans}</select></label>
        </div>
        {body}
    }
    .into_any()
}

fn picture(days: &[FlowDay]) -> Chart {
    let colours = ["k-soft", "k-more", "k-main", "k-good"];
    let state = |nth: usize| {
        let values = days.iter();
        let values = values.map(|day| day.arrivals.get(nth).map(|count| f64::from(*count)));
        Series::new(STATES[nth], Look::Area, colours[nth], values.collect())
    };
    let dropped = days.iter().map(|day| Some(f64::from(day.dropped)));
    let mut series: Vec<Series> = (0..STATES.len()).map(state).collect();
    series.push(Series::new(
        "Dropped",
        Look::Dashed,
        "k-scope",
        dropped.collect(),
    ));
    Chart {
        name: "Cumulative flow".to_owned(),
        points: "Day".to_owned(),
        labels: days.iter().map(|day| dates::short(day.day)).collect(),
        series,
        unit: "items that came this far".to_owned(),
        ..Chart::default()
    }
}

/// What happened on the day that is looked at.
fn behind(
    source: Source,
    drawn: Memo<Arc<Drawn>>,
    picture: Memo<Chart>,
    at: RwSignal<Option<usize>>,
) -> AnyView {
    let point = Memo::new(move |_| picture.with(|chart| at.get().unwrap_or_else(|| chart.last())));
    let lines = Memo::new(move |_| {
        let point = point.get();
        let found = source.look(|past, _, zone| {
            drawn.with(|drawn| {
                let (day, last) = (drawn.days.get(point)?.day, drawn.days.last()?.day);
                let moves = flow::behind(&drawn.moves, STATES.len(), day, last, zone);
                Some(behind::moved(past, &moves))
            })
        });
        found.unwrap_or_default()
    });
    let heading = Memo::new(move |_| {
        let label = picture.with(|chart| chart.labels.get(point.get()).cloned());
        format!("Changes of {}", label.unwrap_or_default())
    });
    behind::list(source, heading, lines)
}

fn statement(drawn: Memo<Arc<Drawn>>) -> AnyView {
    let found = Memo::new(move |_| drawn.with(|drawn| means(&drawn.days, DOING)));
    let one = |value: f64| words::points((value * 10.0).round() / 10.0);
    let said = move || {
        let cycle = found
            .get()
            .and_then(|(under_way, done)| cycle_time(under_way, done));
        match cycle {
            Some(days) => format!("Cycle time about {} days", one(days)),
            None => "Nothing was finished in this span".to_owned(),
        }
    };
    let inputs = move || {
        let (under_way, done) = found.get().unwrap_or_default();
        vec![
            ("Items under way, on average".to_owned(), one(under_way)),
            (
                "Items finished in a day, on average".to_owned(),
                format!("{done:.2}"),
            ),
        ]
    };
    view! {
        <div class="statement" role="status">
            <p class="say">
                {said}
                {how(
                    "how-flow",
                    "the cumulative flow",
                    "A line counts the items that have come into a state or beyond it, from the day on which they first did; lines never go down. What was dropped leaves by its own line. The mean cycle time is what is under way divided by what is finished in a day (Little's law). Imported work counts from its import on.",
                    inputs,
                )}
            </p>
        </div>
    }
    .into_any()
}
