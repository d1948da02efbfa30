//! What would move if an order were the rank: shown before anything moves (BT-36, PB-12).

use leptos::prelude::*;
use shared::{ids::ItemId, intent::Intent, model::Place};

use crate::{
    state::{
        arrange::{Moved, Sort, moves},
        desk::Desk,
        filter::Filter,
        shown::Shown,
    },
    ui::dialog::{Dialog, Shape},
    words,
};

/// So many moves are listed; the others are counted.
const LISTED_MAX: usize = 300;

/// The question.
#[component]
pub fn RankBy(desk: Desk, place: Place, sort: Sort) -> impl IntoView {
    let wanted = order(desk, place, sort);
    let list = desk.rows.with_untracked(|rows| rows.ranked_in(place));
    let moves = moves(&list, &wanted);
    let count = moves.len();
    let more = count.saturating_sub(LISTED_MAX);
    let title = format!("Rank by {}", sort.by.label().to_lowercase());
    let lead = match count {
        0 => "Everything is in that order already.".to_owned(),
        _ => format!(
            "{} of {} get another rank. Equal ones, and those without a value, keep their order.",
            words::number(count),
            words::count(wanted.len(), "item", "items"),
        ),
    };
    let apply = move |_| {
        desk.close_layer();
        desk.board.set_sort(place, Sort::default());
        desk.intend_loudly(Intent::Order {
            items: wanted.clone(),
        });
    };
    view! {
        <Dialog label=title.clone() shape=Shape::Card on_close=move |()| desk.close_layer()>
            <div class="question">
                <h2>{title}</h2>
                <p class="soft">{lead}</p>
                <ol class="moves" tabindex="0" aria-label="What moves">
                    {moves.into_iter().take(LISTED_MAX).map(|one| line(desk, one)).collect_view()}
                </ol>
                {(more > 0).then(|| view! { <p class="soft">{format!("and {} more", words::number(more))}</p> })}
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>
                        {if count == 0 { "Close" } else { "Cancel" }}
                    </button>
                    {(count > 0)
                        .then(|| {
                            view! {
                                <button type="button" class="primary" data-focus="" on:click=apply>
                                    "Apply as rank"
                                </button>
                            }
                        })}
                </div>
            </div>
        </Dialog>
    }
}

fn line(desk: Desk, moved: Moved) -> impl IntoView {
    let title = desk
        .rows
        .with_untracked(|rows| rows.row(moved.item).map(|row| row.title.clone()))
        .unwrap_or_default();
    view! {
        <li>
            <span class="soft">{words::number(moved.from)}</span>
            <span aria-hidden="true">"→"</span>
            <span class="hidden">" to "</span>
            <strong>{words::number(moved.to)}</strong>
            <span class="cut">{title}</span>
        </li>
    }
}

/// The open items of the list as it is filtered, in that order.
fn order(desk: Desk, place: Place, sort: Sort) -> Vec<ItemId> {
    let filter = Filter {
        place: Some(place),
        everywhere: false,
        ..desk.filter.get_untracked()
    };
    let sieve = untrack(|| desk.sieve(filter));
    let shown = desk
        .rows
        .with_untracked(|rows| Shown::of(rows, &sieve))
        .sorted(sort, untrack(|| desk.scoring(sort)));
    (0..shown.len())
        .filter(|at| shown.number(*at) > 0)
        .filter_map(|at| shown.id(at))
        .collect()
}
