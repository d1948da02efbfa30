//! The items behind a goal, initiative or theme: counted by stage, each count a link, and listed (PB-11, PB-46).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::{Row, Status},
    product::{
        Check, Term,
        strategy::{RollUp, Stage},
    },
};

use crate::{
    components::{
        kind_icon::{kind_label, status_label},
        list_link::list_link,
    },
    state::{desk::Desk, filter::Filter},
    words,
};

/// So many items are listed; the links show the rest.
const SHOWN_MAX: usize = 50;

/// Counts, points, and the items themselves on request.
pub(super) fn rolled_up(desk: Desk, filter: Signal<Filter>) -> AnyView {
    let items = Memo::new(move |_| {
        let mut filter = filter.get();
        filter.statuses = Status::CHOICES.iter().copied().collect();
        let sieve = desk.sieve(filter);
        desk.rows.with(|rows| {
            let all = rows.all().filter(|row| Stage::of(row) != Stage::Away);
            Arc::new(
                all.filter(|row| sieve.fits(row, rows))
                    .cloned()
                    .collect::<Vec<_>>(),
            )
        })
    });
    let sum = Memo::new(move |_| items.with(|items| RollUp::of(items.iter().map(AsRef::as_ref))));
    let open = RwSignal::new(false);
    view! {
        <div class="roll-up">
            {count(desk, filter, Stage::Open, Signal::derive(move || sum.get().open))}
            {count(desk, filter, Stage::Planned, Signal::derive(move || sum.get().planned))}
            {count(desk, filter, Stage::Shipped, Signal::derive(move || sum.get().shipped))}
            <span class="soft">{move || points(desk, &sum.get())}</span>
        </div>
        <Show when=move || sum.get().items().gt(&0)>
            <details class="behind" on:toggle=move |_| open.update(|open| *open = !*open)>
                <summary>"Items"</summary>
                {move || open.get().then(|| stages(desk, items))}
            </details>
        </Show>
    }
    .into_any()
}

fn points(desk: Desk, sum: &RollUp) -> String {
    let mut text = format!(
        "{} of {} {} done",
        words::points(sum.points_done),
        words::points(sum.points),
        words::terms(desk, Term::Points).to_lowercase()
    );
    if sum.unestimated > 0 {
        text.push_str(&format!(
            " · {} unestimated",
            words::number(sum.unestimated)
        ));
    }
    text
}

fn count(desk: Desk, filter: Signal<Filter>, stage: Stage, count: Signal<usize>) -> AnyView {
    let filter = Signal::derive(move || {
        let mut filter = filter.get();
        match stage {
            Stage::Open => drop(filter.checks.insert(Check::Unplanned)),
            Stage::Planned => drop(filter.checks.insert(Check::Planned)),
            Stage::Shipped | Stage::Away => drop(filter.statuses.insert(Status::Done)),
        }
        filter
    });
    let text = Signal::derive(move || format!("{} {}", words::number(count.get()), label(stage)));
    list_link(desk, filter, text)
}

const fn label(stage: Stage) -> &'static str {
    match stage {
        Stage::Open => "open",
        Stage::Planned => "planned",
        Stage::Shipped => "shipped",
        Stage::Away => "away",
    }
}

fn stages(desk: Desk, items: Memo<Arc<Vec<Arc<Row>>>>) -> AnyView {
    let stage = move |stage: Stage| {
        let rows = Memo::new(move |_| {
            let items = items.get();
            let own = items.iter().filter(|row| Stage::of(row) == stage);
            own.take(SHOWN_MAX)
                .map(|row| row.id)
                .collect::<Vec<ItemId>>()
        });
        view! {
            <Show when=move || rows.with(|rows| !rows.is_empty())>
                <h4>{label(stage)}</h4>
                <ul class="item-list">
                    <For each=move || rows.get() key=|id| *id let(id)>
                        {entry(desk, id)}
                    </For>
                </ul>
            </Show>
        }
        .into_any()
    };
    [Stage::Open, Stage::Planned, Stage::Shipped]
        .map(stage)
        .into_iter()
        .collect_view()
        .into_any()
}

/// One item: what it is, and the way to it.
fn entry(desk: Desk, id: ItemId) -> AnyView {
    let row = desk.row(id);
    (move || {
        row.get().map(|row| {
            let reference = desk.rows.with_untracked(|rows| rows.reference(&row));
            view! {
                <li>
                    {kind_label(row.kind)}
                    <span class="soft reference">{reference}</span>
                    <button class="quiet title cut" on:click=move |_| desk.open_item(id)>
                        {row.title.clone()}
                    </button>
                    {status_label(row.status)}
                </li>
            }
        })
    })
    .into_any()
}
