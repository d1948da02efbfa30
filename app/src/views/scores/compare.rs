//! Two to six items side by side, with every input to change (BT-16).

use leptos::prelude::*;
use shared::{ids::ItemId, model::Field};

use crate::{components::score_inputs::input, state::desk::Desk, words};

const AT_MOST: usize = 6;

/// The table.
#[component]
pub fn Compare(desk: Desk) -> impl IntoView {
    let items = Memo::new(move |_| {
        let selected = desk.selection.items.get();
        let shown = desk.shown.with(|shown| shown.ids());
        let mut chosen = shown.clone();
        chosen.retain(|id| selected.contains(id));
        if chosen.len() < 2 {
            chosen = shown;
            chosen.truncate(3);
        }
        chosen.truncate(AT_MOST);
        chosen
    });
    let card = Memo::new(move |_| Some(desk.scores.get()?.card.clone()));
    view! {
        <div class="screen-scroll">
            <p class="soft">
                "Select two to six items in the list to compare them; without a selection these are its first three."
            </p>
            {move || {
                card.track();
                table(desk, &items.get())
            }}
        </div>
    }
}

fn table(desk: Desk, items: &[ItemId]) -> AnyView {
    let Some(scores) = desk.scores.get_untracked() else {
        return ().into_any();
    };
    let card = scores.card.clone();
    let heads = items
        .iter()
        .map(|id| {
            let id = *id;
            let row = desk.row(id);
            let title = move || row.with(|row| row.as_ref().map(|row| row.title.clone()));
            view! {
                <th scope="col">
                    <button class="quiet" on:click=move |_| desk.open_item(id)>{title}</button>
                </th>
            }
        })
        .collect_view();
    let metric = |metric: &shared::planning::score::Metric| {
        let cell = |id: &ItemId| {
            let input = input(desk, *id, desk.row(*id), &card, metric.clone());
            view! { <td>{input}</td> }
        };
        let cells = items.iter().map(cell).collect_view();
        view! { <tr><th scope="row" title=metric.description.clone()>{metric.name.clone()}</th>{cells}</tr> }
    };
    let metrics = card.card.metrics.iter().map(metric).collect_view();
    let line = |label: &'static str, text: fn(Desk, ItemId) -> String| {
        let cell = |id: &ItemId| {
            let id = *id;
            view! { <td>{move || text(desk, id)}</td> }
        };
        let cells = items.iter().map(cell).collect_view();
        view! { <tr><th scope="row">{label}</th>{cells}</tr> }
    };
    view! {
        <table class="sheet-table compare">
            <thead><tr><td></td>{heads}</tr></thead>
            <tbody>
                {metrics}
                {line("Score", score)}
                {line("Rank", rank)}
                {line("Estimate", estimate)}
                {line("Business value", value)}
            </tbody>
        </table>
    }
    .into_any()
}

fn score(desk: Desk, id: ItemId) -> String {
    let scores = desk.scores.get();
    scores.map(|scores| scores.text(id)).unwrap_or_default()
}

fn rank(desk: Desk, id: ItemId) -> String {
    desk.rows.with(|rows| {
        let place = rows.row(id).and_then(|row| rows.rank_of(row));
        place.map_or("–".to_owned(), |place| words::number(place + 1))
    })
}

fn estimate(desk: Desk, id: ItemId) -> String {
    let estimate = desk.rows.with(|rows| rows.row(id)?.estimate);
    estimate.map_or("–".to_owned(), words::points)
}

fn value(desk: Desk, id: ItemId) -> String {
    let value = desk.rows.with(|rows| rows.row(id)?.number(Field::Value));
    value.map_or("–".to_owned(), words::points)
}
