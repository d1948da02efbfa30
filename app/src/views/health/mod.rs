//! How well the backlog is kept, in numbers that lead to the items behind them (PB-17, PB-18, PB-26, PB-31, BT-40).

mod mix;
pub mod review;

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    model::{Place, Row, Status},
    planning::{
        health::{Health, Item, Part, health},
        ready::{Stage, ready_ahead},
        staleness::Tier,
    },
    product::{Check, releases::Unit, settings::TOP},
};

use crate::{
    components::list_link::list_link,
    state::{desk::Desk, filter::Filter},
    words,
};

/// What the panel shows besides the shares.
#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    health: Health,
    /// Sprints of ready work at the top; `None` without a velocity.
    ahead: Option<f64>,
    /// Items that were put away within thirty days.
    cleared: usize,
    /// Items that have not changed since the last refinement.
    untouched: usize,
}

/// The screen.
#[component]
pub fn HealthView(desk: Desk) -> impl IntoView {
    let found = Memo::new(move |_| find(desk));
    view! {
        <div class="screen-scroll">
            <div class="health">
                <h2 class="hidden">"Health"</h2>
                <section aria-label="Numbers">
                    <ul class="figures">{figures(desk, found)}</ul>
                </section>
                {review::section(desk, Signal::derive(move || found.with(|found| found.untouched)))}
                {mix::section(desk)}
            </div>
        </div>
    }
}

fn find(desk: Desk) -> Found {
    let judge = Arc::new(desk.judge.get().knowing(desk.alike.get()));
    let shares = desk.shares.get();
    desk.rows.with(|rows| {
        let look = |id| rows.row(id).map(AsRef::as_ref);
        let list = rows.ranked_in(Place::Product);
        let ready = |row: &Row| judge.meter_at(row, Stage::Product, &look).is_ready();
        let items: Vec<Item> = list
            .iter()
            .map(|row| Item {
                ready: ready(row),
                estimated: row.estimate.is_some(),
                aligned: judge.strategy.is_aligned(row),
                stale: judge.tier(row) >= Tier::Stale,
                criteria: row.criteria.1 > 0,
                duplicate: judge.holds(Check::Duplicate, row, &look),
            })
            .collect();
        let top = items
            .iter()
            .zip(list.iter())
            .map(|(item, row)| (item.ready, shares.share(row, Unit::Points).size()));
        let count = |rows: &[Arc<Row>], check: Check| {
            let holds = |row: &&Arc<Row>| judge.holds(check, row, &look);
            rows.iter().filter(holds).count()
        };
        Found {
            ahead: ready_ahead(top, judge.settings.velocity),
            health: health(&items, TOP),
            cleared: count(rows.closed(), Check::Cleared),
            untouched: count(&list, Check::Untouched),
        }
    })
}

/// A number with what it means, and the list behind it.
struct Figure {
    label: &'static str,
    number: Signal<String>,
    more: Signal<String>,
    /// What it leads to, in words.
    link: Signal<String>,
    filter: Filter,
    /// The number as a share, from 0 to 1, where it is one.
    share: Signal<Option<f64>>,
}

fn figures(desk: Desk, found: Memo<Found>) -> AnyView {
    let part =
        move |get: fn(&Health) -> Part| Memo::new(move |_| found.with(|found| get(&found.health)));
    let check = |check: Check| Filter::checking(check);
    let wanted = |label, part: Memo<Part>, rest: &'static str, filter| Figure {
        label,
        number: Signal::derive(move || share(part.get())),
        more: Signal::derive(move || of(part.get())),
        link: Signal::derive(move || {
            let part = part.get();
            format!("{} {rest}", words::number(part.all - part.some))
        }),
        filter,
        share: Signal::derive(move || part.get().percent().map(|percent| percent / 100.0)),
    };
    let unwanted = |label, part: Memo<Part>, rest: &'static str, filter| Figure {
        label,
        number: Signal::derive(move || share(part.get())),
        more: Signal::derive(move || of(part.get())),
        link: Signal::derive(move || format!("{} {rest}", words::number(part.get().some))),
        filter,
        share: Signal::derive(move || part.get().percent().map(|percent| percent / 100.0)),
    };
    [
        wanted(
            "Top 20 ready",
            part(|health| health.ready),
            "not ready",
            Filter {
                top: Some(TOP),
                ..check(Check::Unready)
            },
        ),
        wanted(
            "Estimated",
            part(|health| health.estimated),
            "unestimated",
            Filter {
                unestimated: true,
                ..Filter::default()
            },
        ),
        wanted(
            "Aligned",
            part(|health| health.aligned),
            "not aligned",
            check(Check::Unaligned),
        ),
        unwanted(
            "Stale",
            part(|health| health.stale),
            "stale or dormant",
            Filter {
                checks: [Check::Stale, Check::Dormant].into(),
                ..Filter::default()
            },
        ),
        unwanted(
            "Without acceptance criteria",
            part(|health| health.without_criteria),
            "without criteria",
            check(Check::NoCriteria),
        ),
        duplicates(part(|health| health.duplicates)),
        ahead(desk, found),
        cleared(found),
    ]
    .map(|figure| one(desk, figure))
    .into_iter()
    .collect_view()
    .into_any()
}

fn duplicates(part: Memo<Part>) -> Figure {
    Figure {
        label: "Possible duplicates",
        number: Signal::derive(move || words::number(part.get().some)),
        more: Signal::derive(move || of(part.get())),
        link: Signal::derive(move || format!("{} alike", words::number(part.get().some))),
        filter: Filter::checking(Check::Duplicate),
        share: Signal::derive(|| None),
    }
}

fn ahead(desk: Desk, found: Memo<Found>) -> Figure {
    let wanted = move || desk.judge.with(|judge| judge.settings.ready_ahead);
    let now = move || found.with(|found| found.ahead);
    Figure {
        label: "Ready ahead",
        number: Signal::derive(move || match now() {
            Some(sprints) => words::points((sprints * 10.0).round() / 10.0),
            None => "–".to_owned(),
        }),
        more: Signal::derive(move || match now() {
            Some(_) => {
                let sprints = words::terms(desk, shared::product::Term::Sprint).to_lowercase();
                format!(
                    "{sprints} of ready work, of {} wanted",
                    words::points(wanted())
                )
            }
            None => "no velocity yet".to_owned(),
        }),
        link: Signal::derive(|| "Ready items".to_owned()),
        filter: Filter::checking(Check::Ready),
        share: Signal::derive(move || {
            let wanted = wanted();
            now()
                .filter(|_| wanted > 0.0)
                .map(|now| (now / wanted).min(1.0))
        }),
    }
}

fn cleared(found: Memo<Found>) -> Figure {
    let count = move || found.with(|found| found.cleared);
    Figure {
        label: "Cleared in the last 30 days",
        number: Signal::derive(move || words::number(count())),
        more: Signal::derive(|| "archived, declined, dropped or merged".to_owned()),
        link: Signal::derive(move || words::count(count(), "item", "items")),
        filter: Filter {
            everywhere: true,
            statuses: [
                Status::Archived,
                Status::Declined,
                Status::Dropped,
                Status::Merged,
            ]
            .into(),
            ..Filter::checking(Check::Cleared)
        },
        share: Signal::derive(|| None),
    }
}

fn one(desk: Desk, figure: Figure) -> AnyView {
    let Figure {
        label,
        number,
        more,
        link,
        filter,
        share,
    } = figure;
    let bar = move || {
        share.get().map(|share| {
            view! { <progress aria-label=label max="1" prop:value=share></progress> }
        })
    };
    view! {
        <li class="figure" aria-label=label>
            <span class="soft">{label}</span>
            <strong>{move || number.get()}</strong>
            {bar}
            <span class="soft small">{move || more.get()}</span>
            {list_link(desk, Signal::derive(move || filter.clone()), link)}
        </li>
    }
    .into_any()
}

fn share(part: Part) -> String {
    words::share(part.some, part.all).unwrap_or_else(|| "–".to_owned())
}

fn of(part: Part) -> String {
    format!(
        "{} of {}",
        words::number(part.some),
        words::count(part.all, "item", "items")
    )
}
