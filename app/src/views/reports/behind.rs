//! What happened at a point of a chart: who did what to which item, and what that changed.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::{Author, Became, view::place_name},
    planning::{
        burndown::{Burndown, Change, Kind},
        day::{Day, Zone},
        flow::{Move, Step},
    },
    product::trail::{Deed, Past, STATES, Trail, finish},
    time::Timestamp,
};

use super::{dates, source::Source};
use crate::{components::unverified, state::desk::Desk, words};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    at: Timestamp,
    item: ItemId,
    by: Option<Author>,
    what: String,
}

/// What happened at a point of a burndown.
#[must_use]
pub fn at_point(desk: Desk, chart: &Burndown, trail: &Trail, point: usize) -> Vec<Line> {
    changes(desk, chart, trail, |change| change.point == point)
}

/// What happened in a burndown from one moment to another, which is not part of it.
#[must_use]
pub fn between(
    desk: Desk,
    chart: &Burndown,
    trail: &Trail,
    from: Option<Timestamp>,
    until: Timestamp,
) -> Vec<Line> {
    changes(desk, chart, trail, |change| {
        let event = trail.events.get(change.event);
        event.is_some_and(|event| from.is_none_or(|from| from <= event.at) && event.at < until)
    })
}

/// What closed sprints finished: who did it, and what it counts for.
#[must_use]
pub fn finished(
    desk: Desk,
    past: &Past,
    items: impl Iterator<Item = (ItemId, f64)>,
    closed: Timestamp,
) -> Vec<Line> {
    let line = |(item, size): (ItemId, f64)| {
        let deed = finish(past.item(item)?, closed)?;
        Some(line(&deed, format!("done, {}", words::effort(desk, size))))
    };
    let mut lines: Vec<Line> = items.filter_map(line).collect();
    lines.sort_by_key(|line| line.at);
    lines
}

/// What brought a day of the cumulative flow about.
#[must_use]
pub fn moved(past: &Past, moves: &[&Move<ItemId>]) -> Vec<Line> {
    let lines = moves.iter().map(|entry| {
        let by = past.item(entry.item).and_then(|history| {
            let mut all = history.transitions().iter();
            let own = all.find(|transition| transition.at == entry.at)?;
            history.by(own)
        });
        let what = match entry.to {
            Step::State(state) => {
                let name = STATES.get(state).copied().unwrap_or_default();
                format!("came to {name}")
            }
            Step::Dropped => "left undone".to_owned(),
        };
        Line {
            at: entry.at,
            item: entry.item,
            by,
            what,
        }
    });
    lines.collect()
}

fn changes(
    desk: Desk,
    chart: &Burndown,
    trail: &Trail,
    is_meant: impl Fn(&Change) -> bool,
) -> Vec<Line> {
    let changes = chart.changes.iter().filter(|change| is_meant(change));
    changes
        .filter_map(|change| {
            let deed = trail.deeds.get(change.event)?;
            let effect = match change.kind.is_scope() {
                true => change.scope,
                false => -change.done,
            };
            let counted = match effect {
                0.0 => "no effort".to_owned(),
                effect if change.kind.is_scope() => format!("scope {}", plus(effect)),
                effect => format!("remaining {}", plus(effect)),
            };
            let is_own = trail.events.get(change.event)?.item == deed.item;
            let what = match is_own {
                true => label(desk, change.kind, deed),
                false => "for what it is part of".to_owned(),
            };
            Some(line(deed, format!("{what}, {counted}")))
        })
        .collect()
}

/// What happened to the items of a closed sprint after its close.
#[must_use]
pub fn after_close(desk: Desk, chart: &Burndown, trail: &Trail) -> Vec<Line> {
    let deeds = chart.after_close.iter();
    deeds
        .filter_map(|event| {
            let deed = trail.deeds.get(*event)?;
            Some(line(deed, say(desk, deed)))
        })
        .collect()
}

fn line(deed: &Deed, what: String) -> Line {
    Line {
        at: deed.at,
        item: deed.item,
        by: deed.by,
        what,
    }
}

/// `+5`, `-3`.
#[must_use]
pub fn plus(amount: f64) -> String {
    match amount > 0.0 {
        true => format!("+{}", words::points(amount)),
        false => words::points(amount),
    }
}

fn label(desk: Desk, kind: Kind, deed: &Deed) -> String {
    match kind {
        Kind::Added => "came in".to_owned(),
        Kind::Removed => format!("left: {}", say(desk, deed)),
        Kind::Reestimated => match deed.became {
            Became::Estimate(Some(size)) => format!("estimated {}", words::points(size)),
            _ => "estimate taken away".to_owned(),
        },
        Kind::Done => "done".to_owned(),
        Kind::Reopened => "opened again".to_owned(),
    }
}

fn say(desk: Desk, deed: &Deed) -> String {
    match deed.became {
        Became::Status(status) => status.label().to_lowercase(),
        Became::Kind(kind) => kind.label().to_lowercase(),
        Became::Place(place) => {
            let name = desk.things.with(|things| place_name(things, place));
            format!("moved to {name}")
        }
        Became::Estimate(Some(size)) => format!("estimated {}", words::points(size)),
        Became::Estimate(None) => "estimate taken away".to_owned(),
    }
}

/// The list.
pub fn list(source: Source, name: Memo<String>, lines: Memo<Vec<Line>>) -> AnyView {
    let desk = source.desk;
    let shown = move || {
        let lines = lines.get();
        if lines.is_empty() {
            return view! { <p class="soft">"Nothing changed."</p> }.into_any();
        }
        // Behind a point of more than a day the time alone says little.
        let day = |line: &Line| source.zone.with(|zone| Day::of(line.at, &**zone));
        let first = lines.first().map(day);
        let is_long = lines.iter().any(|line| Some(day(line)) != first);
        let lines = lines
            .into_iter()
            .map(|line| one(source, desk, line, is_long));
        view! { <ul class="deeds">{lines.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="behind" aria-label="Changes behind the point">
            <h3>{move || name.get()}</h3>
            {shown}
        </section>
    }
    .into_any()
}

fn one(source: Source, desk: Desk, line: Line, is_long: bool) -> AnyView {
    let Line { at, item, by, what } = line;
    let time = source.zone.with(|zone| {
        let minutes = at.ms().div_euclid(60_000) + i64::from(zone.offset_minutes(at));
        let minutes = minutes.rem_euclid(24 * 60);
        let time = format!("{:02}:{:02}", minutes / 60, minutes % 60);
        match is_long {
            true => format!("{} {time}", dates::short(Day::of(at, &**zone))),
            false => time,
        }
    });
    let name = by.map(|by| words::person(desk, by.person));
    view! {
        <li>
            <span class="soft time">{time}</span>
            {item_link(desk, item)}
            <span class="what">{what}</span>
            <span class="soft">{name} {unverified::mark(desk, by)}</span>
        </li>
    }
    .into_any()
}

/// An item's title, which opens it.
pub fn item_link(desk: Desk, item: ItemId) -> AnyView {
    let row = desk.row(item);
    match row.get_untracked() {
        Some(row) => {
            let title = row.title.clone();
            view! {
                <button class="quiet title" on:click=move |_| desk.open_item(item)>{title}</button>
            }
            .into_any()
        }
        None => {
            view! { <span class="soft title">"an item whose making was undone"</span> }.into_any()
        }
    }
}
