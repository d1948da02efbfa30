//! The ranked list with the score beside the rank, and a way to rank by it.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use shared::{ids::ItemId, intent::Intent, model::Row};

use crate::{
    components::{
        bulk_bar::BulkBar,
        filter_bar::FilterBar,
        list::{Extra, RankedList},
    },
    state::{desk::Desk, filter::Filter, scores},
    ui::dialog::{Dialog, Shape},
    words,
};

/// How many moves a preview shows.
const MOVES_SHOWN: usize = 12;

/// The list.
#[component]
pub fn ScoreList(desk: Desk) -> impl IntoView {
    let preview = RwSignal::new(false);
    let warnings = Memo::new(move |_| warnings(desk));
    let told = move || {
        let line = |warning: String| view! { <p class="wrong" role="status">{warning}</p> };
        warnings.get().into_iter().map(line).collect_view()
    };
    let extra = Extra {
        class: "with-score",
        cells: score_cell,
    };
    view! {
        <div class="list-side cut-side">
            <FilterBar desk/>
            <div class="cut-bar">
                <p class="soft">"Open an item to score it; the arrow keys go on to the next."</p>
                <button on:click=move |_| preview.set(true)>"Rank by score…"</button>
                {told}
            </div>
            <div class="list-frame">
                <RankedList desk extra/>
            </div>
            <BulkBar desk/>
        </div>
        <Show when=move || preview.get()>
            <Preview desk on_close=move |()| preview.set(false)/>
        </Show>
    }
}

fn warnings(desk: Desk) -> Vec<String> {
    let Some(scores) = desk.scores.get() else {
        return Vec::new();
    };
    if let Some(problem) = &scores.problem {
        return vec![format!("The equation has no result: {problem}")];
    }
    let place = desk.filter.with(Filter::place);
    let list = desk.rows.with(|rows| rows.ranked_in(place));
    let inputs = list.iter().map(|row| scores::inputs(&scores.card, row));
    let inputs: Vec<Vec<Option<f64>>> = inputs.collect();
    scores.card.card.warnings(&inputs)
}

fn score_cell(desk: Desk, id: ItemId) -> AnyView {
    let text = Memo::new(move |_| {
        let scores = desk.scores.get();
        scores.map(|scores| scores.text(id)).unwrap_or_default()
    });
    view! { <span class="cell-score" role="gridcell" title="Score">{move || text.get()}</span> }
        .into_any()
}

/// What ranking by score would move, before it does.
#[component]
fn Preview(desk: Desk, #[prop(into)] on_close: Callback<()>) -> impl IntoView {
    let place = desk.filter.with_untracked(Filter::place);
    let list = desk.rows.with_untracked(|rows| rows.ranked_in(place));
    let scores = desk.scores.get_untracked();
    let order = scores.map(|it| it.order(&list)).unwrap_or_default();
    let moves = moves(&list, &order);
    let count = moves.len();
    let shown = moves
        .iter()
        .take(MOVES_SHOWN)
        .map(|(title, from, to)| {
            let way = format!("{} → {}", words::number(*from), words::number(*to));
            view! {
                <li>
                    <span class="cut">{title.clone()}</span>
                    <span class="soft">{way}</span>
                </li>
            }
        })
        .collect_view();
    let more = count.saturating_sub(MOVES_SHOWN);
    let more = (more > 0).then(|| format!("and {} more", words::number(more)));
    let apply = move |_| {
        on_close.run(());
        desk.intend_loudly(Intent::Order {
            items: order.clone(),
        });
    };
    view! {
        <Dialog label="Rank by score" shape=Shape::Card on_close=on_close>
            <div class="question">
                <h2>{format!("{} would move", words::count(count, "item", "items"))}</h2>
                <ul class="moves">{shown}</ul>
                <p class="soft">{more}</p>
                <div class="buttons">
                    <button class="quiet" on:click=move |_| on_close.run(())>"Cancel"</button>
                    <button class="primary" data-focus="" disabled=count == 0 on:click=apply>
                        "Apply this order as rank"
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

/// Title, number before and after of every item that moves; the longest way first.
fn moves(list: &[Arc<Row>], order: &[ItemId]) -> Vec<(String, usize, usize)> {
    let after: BTreeMap<ItemId, usize> = order.iter().copied().zip(1..).collect();
    let moved = list.iter().zip(1..).filter_map(|(row, from)| {
        let to = *after.get(&row.id)?;
        (to != from).then(|| (row.title.clone(), from, to))
    });
    let mut moved: Vec<(String, usize, usize)> = moved.collect();
    moved.sort_by_key(|(_, from, to)| std::cmp::Reverse(from.abs_diff(*to)));
    moved
}
