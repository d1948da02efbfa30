//! Where a release stands: burndown, burnup, bars by sprint; the rate that is needed beside the one that is reached; and
//! what would be if (BT-23).

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    model::{Collection, Facts, Field, Place, Thing, Things, thing},
    planning::{
        burndown::{Bar, Burndown, Fan, Span, bars, burndown, fan, sums_at},
        day::{Day, Zone},
        velocity::Velocity,
    },
    product::{
        Term,
        check::moment,
        forecasts::{Outlook, outlook},
        releases,
        sprints::{Source as From, TeamVelocity},
        trail::{Scope, Trail, release_span},
    },
    time::Timestamp,
};

use super::{
    behind,
    chart::{self, Chart, Look, Series},
    dates,
    how::how,
    pick,
    source::{Source, span},
    sprint::scope_marks,
};
use crate::{state::desk::Desk, ui::tabs::tab, words};

/// Which picture of it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Picture {
    Burndown,
    Burnup,
    Bars,
}

impl Picture {
    const ALL: &[(Self, &'static str)] = &[
        (Self::Burndown, "Burndown"),
        (Self::Burnup, "Burnup"),
        (Self::Bars, "By sprint"),
    ];
}

/// A release with its charts.
#[derive(Clone, Debug, PartialEq)]
struct Drawn {
    span: Span,
    target: Option<Day>,
    sprint_days: i64,
    trail: Trail,
    chart: Burndown,
    /// Each with its name and the moment up to which it counts, which is not part of it.
    bars: Vec<(String, Timestamp, Bar)>,
}

/// What somebody supposes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Suppose {
    velocity: Option<f64>,
    target: Option<Day>,
}

/// The report.
pub fn report(source: Source) -> AnyView {
    let desk = source.desk;
    let options = Memo::new(move |_| source.records(Collection::Releases));
    let release = Memo::new(move |_| {
        let chosen = pick::release(desk);
        options.with(|options| {
            let known = chosen.filter(|chosen| options.iter().any(|(id, _)| id == chosen));
            known.or_else(|| open_release(source, options))
        })
    });
    // What is part of what changes seldom, rows often.
    let parents = Memo::new(move |_| {
        desk.rows.with(|rows| {
            let parts = rows
                .all()
                .filter_map(|row| Some((row.id, row.item(Field::Parent)?)));
            parts.collect::<BTreeMap<ItemId, ItemId>>()
        })
    });
    let drawn = Memo::new(move |_| {
        let (release, today) = (release.get()?, source.today());
        source.look(|past, things, zone| {
            let facts = things.get(&Thing::Record(Collection::Releases, release))?;
            let span = release_span(facts, today, zone)?;
            let scope = Scope::release(things, release);
            let trail = Trail::of(past, &scope).counting_once(&parents.get());
            let chart = burndown(&trail.events, &span, &source.calendar(), zone);
            Some(Arc::new(Drawn {
                bars: by_sprint(things, release, &trail, &span, zone),
                target: thing::text(facts, "target").parse().ok(),
                sprint_days: releases::one(things, release).map_or(14, |one| one.sprint_days),
                span,
                trail,
                chart,
            }))
        })
    });
    let has_chart = Memo::new(move |_| drawn.with(Option::is_some));
    let body = move || {
        if has_chart.get() {
            return shown(source, drawn);
        }
        let said = match (source.is_told(), release.get()) {
            (false, _) => "reading…".to_owned(),
            (true, None) => format!(
                "There are no {} yet.",
                words::terms(desk, Term::Release).to_lowercase()
            ),
            (true, Some(_)) => "It has no start yet.".to_owned(),
        };
        view! { <p class="soft">{said}</p> }.into_any()
    };
    view! {
        {pick::pick(source, options, release, Term::Release, Place::Release)}
        {body}
    }
    .into_any()
}

/// The release that is shown first: the next one that is not shipped, else the last one.
fn open_release(source: Source, options: &[(RecordId, String)]) -> Option<RecordId> {
    source.desk.things.with(|things| {
        let facts = |id: RecordId| things.get(&Thing::Record(Collection::Releases, id));
        let is_open = |(id, _): &&(RecordId, String)| {
            facts(*id).is_some_and(|facts| thing::text(facts, "state") != "shipped")
        };
        let next = options.iter().rev().find(is_open);
        next.or(options.first()).map(|(id, _)| *id)
    })
}

/// What stood when each sprint of the release began, and what stands now.
fn by_sprint(
    things: &Things,
    release: RecordId,
    trail: &Trail,
    span: &Span,
    zone: &dyn Zone,
) -> Vec<(String, Timestamp, Bar)> {
    let stop = span.stop(zone);
    let begun = |facts: &Facts| {
        let day = thing::text(facts, "start").parse::<Day>().ok();
        let start = moment(thing::number(facts, "committed_at"));
        let is_planned = !matches!(thing::text(facts, "state"), "committed" | "closed");
        start
            .or_else(|| day.map(|day| day.start(zone)))
            .filter(|at| !is_planned && *at <= stop)
    };
    let mut starts: Vec<(Timestamp, String)> = things
        .iter()
        .filter_map(|(thing, facts)| {
            let is_own = matches!(thing, Thing::Record(Collection::Sprints, _))
                && thing::text(facts, "release").parse() == Ok(release);
            let at = begun(facts).filter(|_| is_own)?;
            Some((at.plus_ms(1), thing::text(facts, "name").to_owned()))
        })
        .collect();
    starts.sort();
    starts.push((stop.plus_ms(1), "Now".to_owned()));
    let moments: Vec<Timestamp> = starts.iter().map(|(at, _)| *at).collect();
    let found = bars(&sums_at(&trail.events, &moments));
    starts
        .into_iter()
        .zip(found)
        .map(|((at, name), bar)| (name, at, bar))
        .collect()
}

fn shown(source: Source, drawn: Memo<Option<Arc<Drawn>>>) -> AnyView {
    let desk = source.desk;
    let at = RwSignal::new(None::<usize>);
    let kind = RwSignal::new(Picture::Burndown);
    let suppose = RwSignal::new(Suppose::default());
    let velocity = Memo::new(move |_| {
        let known = source.velocity.get();
        let supposed = suppose.get().velocity;
        supposed.map_or(known, |value| {
            Some(TeamVelocity {
                value,
                source: From::Typed,
                measured: None,
            })
        })
    });
    let picture = Memo::new(move |_| {
        let unit = words::terms(desk, Term::Points).to_lowercase();
        let term = words::term(desk, Term::Release);
        let velocity = velocity.get();
        drawn
            .with(|drawn| {
                let drawn = drawn.as_ref()?;
                Some(match kind.get() {
                    Picture::Burndown => down(drawn, &term, unit),
                    Picture::Burnup => up(drawn, velocity.as_ref().map(span).as_ref(), &term, unit),
                    Picture::Bars => sprints(drawn, &term, words::term(desk, Term::Sprint), unit),
                })
            })
            .unwrap_or_default()
    });
    let toggles = Picture::ALL.iter().map(|(one, label)| {
        let (one, label) = (*one, *label);
        let choose = move || {
            at.set(None);
            kind.set(one);
        };
        let label = move || match one {
            Picture::Bars => format!("By {}", words::term(desk, Term::Sprint).to_lowercase()),
            Picture::Burndown | Picture::Burnup => label.to_owned(),
        };
        tab(label, Signal::derive(move || kind.get() == one), choose)
    });
    let point = Memo::new(move |_| picture.with(|chart| at.get().unwrap_or_else(|| chart.last())));
    let lines = Memo::new(move |_| {
        let point = point.get();
        drawn
            .with(|drawn| {
                let drawn = drawn.as_ref()?;
                Some(match kind.get() {
                    Picture::Bars => behind_bar(desk, drawn, point),
                    Picture::Burndown | Picture::Burnup => {
                        behind::at_point(desk, &drawn.chart, &drawn.trail, point)
                    }
                })
            })
            .unwrap_or_default()
    });
    let heading = Memo::new(move |_| {
        let label = picture.with(|chart| chart.labels.get(point.get()).cloned());
        format!("Changes of {}", label.unwrap_or_default())
    });
    let outlook = Memo::new(move |_| {
        let velocity = velocity.get()?;
        let today = source.today();
        let suppose = suppose.get();
        drawn.with(|drawn| {
            let drawn = drawn.as_ref()?;
            let target = suppose.target.or(drawn.target);
            let remaining = drawn.chart.now.remaining();
            Some(outlook(
                remaining,
                velocity.value,
                today,
                target,
                drawn.sprint_days,
            ))
        })
    });
    view! {
        {statement(source, drawn, velocity, outlook, suppose)}
        <div class="tabs" role="group" aria-label="Picture">{toggles.collect_view()}</div>
        {chart::figure(picture, at)}
        {behind::list(source, heading, lines)}
    }
    .into_any()
}

/// What happened since the bar before: it is what stood when its sprint began.
fn behind_bar(desk: Desk, drawn: &Drawn, bar: usize) -> Vec<behind::Line> {
    let at = |bar: usize| drawn.bars.get(bar).map(|(_, at, _)| *at);
    let from = bar.checked_sub(1).and_then(at);
    let lines = at(bar).map(|at| behind::between(desk, &drawn.chart, &drawn.trail, from, at));
    lines.unwrap_or_default()
}

fn days(drawn: &Drawn) -> Vec<String> {
    let points = drawn.chart.points.iter();
    points
        .map(|point| point.day.map_or_else(|| "Start".to_owned(), dates::short))
        .collect()
}

fn sums(drawn: &Drawn, of: fn(&shared::planning::burndown::Sums) -> f64) -> Vec<Option<f64>> {
    let points = drawn.chart.points.iter();
    points.map(|point| point.sums.as_ref().map(of)).collect()
}

fn down(drawn: &Drawn, term: &str, unit: String) -> Chart {
    let ideal = drawn.chart.points.iter().map(|point| Some(point.ideal));
    Chart {
        name: format!("{term} burndown"),
        points: "Day".to_owned(),
        labels: days(drawn),
        series: vec![
            Series::new(
                "Scope",
                Look::Line,
                "k-scope",
                sums(drawn, |sums| sums.scope),
            ),
            Series::new("Ideal", Look::Dashed, "k-soft", ideal.collect()),
            Series::new(
                "Remaining",
                Look::Line,
                "k-main",
                sums(drawn, |sums| sums.remaining()),
            ),
        ],
        marks: scope_marks(&drawn.chart),
        shaded: Vec::new(),
        unit,
    }
}

/// Scope and done, and what velocity makes of it. Where the fan goes beyond the target, days are added.
fn up(drawn: &Drawn, velocity: Option<&Velocity>, term: &str, unit: String) -> Chart {
    let mut labels = days(drawn);
    let mut series = vec![
        Series::new(
            "Scope",
            Look::Line,
            "k-scope",
            sums(drawn, |sums| sums.scope),
        ),
        Series::new("Done", Look::Line, "k-good", sums(drawn, |sums| sums.done)),
    ];
    if let Some(velocity) = velocity.filter(|_| drawn.span.closed.is_none()) {
        let known = drawn
            .chart
            .points
            .iter()
            .rposition(|point| point.sums.is_some());
        let from = known.unwrap_or(0);
        let fan = fan(&drawn.chart.now, velocity);
        let length = drawn.sprint_days.unsigned_abs() as usize;
        let needed = fan.likely.done.len().min(26) * length + from + 1;
        let first = drawn.span.first;
        while labels.len() < needed {
            labels.push(dates::short(first.plus(labels.len() as i64 - 1)));
        }
        series.extend(rays(&fan, drawn.chart.now.done, from, length, labels.len()));
    }
    for one in &mut series {
        one.values.resize(labels.len(), None);
    }
    Chart {
        name: format!("{term} burnup"),
        points: "Day".to_owned(),
        labels,
        series,
        marks: scope_marks(&drawn.chart),
        shaded: Vec::new(),
        unit,
    }
}

/// The fan day by day: straight between the ends of sprints.
fn rays(fan: &Fan, done: f64, from: usize, length: usize, count: usize) -> Vec<Series> {
    let ray = |name: &str, ends: &[f64]| {
        let mut values = vec![None; count];
        let mut before = done;
        let mut at = from;
        for end in ends {
            for day in 0..length {
                let value = before + (end - before) * day as f64 / length as f64;
                if let Some(slot) = values.get_mut(at + day) {
                    *slot = Some(value);
                }
            }
            (before, at) = (*end, at + length);
        }
        if let Some(slot) = values.get_mut(at) {
            *slot = Some(before);
        }
        Series::new(name, Look::Dashed, "k-soft", values)
    };
    let mut all = vec![ray("At the velocity", &fan.likely.done)];
    if fan.slow.velocity < fan.likely.velocity {
        all.push(ray("At the slowest", &fan.slow.done));
    }
    if fan.fast.velocity > fan.likely.velocity {
        all.push(ray("At the fastest", &fan.fast.done));
    }
    all
}

fn sprints(drawn: &Drawn, term: &str, sprint: String, unit: String) -> Chart {
    let bars = drawn.bars.iter();
    let tops = bars.clone().map(|(.., bar)| Some(bar.top)).collect();
    let bottoms = bars.clone().map(|(.., bar)| bar.bottom).collect();
    let added = bars
        .clone()
        .enumerate()
        .filter(|(_, (.., bar))| bar.added != 0.0);
    let mut series = Series::new("Top", Look::Bars, "k-main", tops);
    series.base = bottoms;
    let remaining = bars.clone().map(|(.., bar)| Some(bar.remaining)).collect();
    Chart {
        name: format!("{term} burndown by {}", sprint.to_lowercase()),
        points: sprint,
        labels: bars.clone().map(|(name, ..)| name.clone()).collect(),
        marks: added
            .map(|(at, (.., bar))| (at, behind::plus(bar.added)))
            .collect(),
        series: vec![
            series,
            Series::new("Remaining", Look::Unseen, "k-main", remaining),
        ],
        shaded: Vec::new(),
        unit,
    }
}

fn statement(
    source: Source,
    drawn: Memo<Option<Arc<Drawn>>>,
    velocity: Memo<Option<TeamVelocity>>,
    outlook: Memo<Option<Outlook>>,
    suppose: RwSignal<Suppose>,
) -> AnyView {
    let desk = source.desk;
    let is_closed = move || {
        drawn.with(|drawn| {
            drawn
                .as_ref()
                .is_some_and(|drawn| drawn.span.closed.is_some())
        })
    };
    let sprint = move || words::term(desk, Term::Sprint).to_lowercase();
    let said = move || {
        if is_closed() {
            return "Shipped".to_owned();
        }
        let unit = words::terms(desk, Term::Points).to_lowercase();
        let sprint = sprint();
        match outlook.get() {
            None => format!("No velocity yet: close a {sprint}, or type a velocity."),
            Some(outlook) => match outlook.on_track {
                Some(on_track) => on_track.say(&unit, &sprint),
                None => "It has no target day.".to_owned(),
            },
        }
    };
    let effort = move |value: Option<f64>| {
        value.map_or_else(|| "–".to_owned(), |value| words::effort(desk, value))
    };
    let remaining =
        move || drawn.with(|drawn| drawn.as_ref().map(|drawn| drawn.chart.now.remaining()));
    let required = move || outlook.get().and_then(|outlook| outlook.required);
    let reached = move || velocity.get().map(|velocity| velocity.value);
    let finish = move || {
        outlook.get().map_or_else(
            || "–".to_owned(),
            |outlook| match (outlook.left, outlook.finish) {
                (Some(0), _) => "done".to_owned(),
                (Some(left), Some(day)) => {
                    format!("{} ({})", dates::long(day), counted(source, left))
                }
                _ => "never at this rate".to_owned(),
            },
        )
    };
    view! {
        <div class="statement" role="status">
            <p class="say">
                {said}
                {how(
                    "how-release",
                    "the release forecast",
                    "Remaining is scope minus done of what is in the release and in its sprints. Sprints left is remaining divided by velocity, rounded up. The required rate is remaining divided by the whole sprints until the target. Velocity is the mean of the last closed sprints as the settings say.",
                    move || inputs(source, drawn, velocity, outlook),
                )}
            </p>
            <dl class="facts-line">
                <div><dt>"Remaining"</dt><dd>{move || effort(remaining())}</dd></div>
                <div><dt>{move || format!("Needed per {}", sprint())}</dt><dd>{move || effort(required())}</dd></div>
                <div><dt>{move || format!("Reached per {}", sprint())}</dt><dd>{move || effort(reached())}</dd></div>
                <div><dt>"Done by"</dt><dd>{finish}</dd></div>
            </dl>
            {what_if(source, suppose)}
        </div>
    }
    .into_any()
}

fn counted(source: Source, sprints: u32) -> String {
    let desk = source.desk;
    words::count_terms(desk, sprints as usize, Term::Sprint)
}

fn inputs(
    source: Source,
    drawn: Memo<Option<Arc<Drawn>>>,
    velocity: Memo<Option<TeamVelocity>>,
    outlook: Memo<Option<Outlook>>,
) -> Vec<(String, String)> {
    let desk = source.desk;
    let sprint = words::term(desk, Term::Sprint).to_lowercase();
    let mut lines = Vec::new();
    let mut line = |name: &str, value: String| lines.push((name.to_owned(), value));
    drawn.with(|drawn| {
        if let Some(drawn) = drawn {
            line("Scope now", words::effort(desk, drawn.chart.now.scope));
            line("Done now", words::effort(desk, drawn.chart.now.done));
            line(
                &format!("Days of a {sprint}"),
                drawn.sprint_days.to_string(),
            );
            line(
                "Target",
                drawn.target.map_or_else(|| "none".to_owned(), dates::long),
            );
        }
    });
    if let Some(velocity) = velocity.get() {
        line("Velocity", super::velocity::said(desk, &velocity));
    }
    if let Some(until) = outlook.get().and_then(|outlook| outlook.until_target) {
        let sprints = words::terms(desk, Term::Sprint).to_lowercase();
        line(
            &format!("Whole {sprints} until the target"),
            until.to_string(),
        );
    }
    lines
}

/// Another velocity or another target, only here: nothing is written.
fn what_if(source: Source, suppose: RwSignal<Suppose>) -> AnyView {
    let desk = source.desk;
    let label = move || {
        format!(
            "What if {} per {}",
            words::terms(desk, Term::Points).to_lowercase(),
            words::term(desk, Term::Sprint).to_lowercase()
        )
    };
    let velocity = move |event| {
        let typed = words::parse_estimate(&event_target_value(&event)).flatten();
        suppose.update(|suppose| suppose.velocity = typed.filter(|typed| *typed > 0.0));
    };
    let target = move |event| {
        let typed = event_target_value(&event).parse().ok();
        suppose.update(|suppose| suppose.target = typed);
    };
    view! {
        <div class="what-if">
            <label class="inline">{label} <input class="field short" inputmode="decimal" on:input=velocity/></label>
            <label class="inline">"What if it is due" <input class="field" type="date" on:input=target/></label>
        </div>
    }
    .into_any()
}
