//! Where rank and score disagree most (PB-31).

use leptos::prelude::*;
use shared::{ids::ItemId, planning::score::agreement::agreement};

use crate::{
    state::{desk::Desk, filter::Filter},
    words,
};

const SHOWN: usize = 50;

/// One item whose rank and score differ.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    id: ItemId,
    title: String,
    rank: usize,
    score_rank: f64,
    difference: f64,
    score: String,
}

/// The list, the largest difference first.
#[component]
pub fn Differences(desk: Desk) -> impl IntoView {
    let told = Memo::new(move |_| tell(desk));
    let shown = move || {
        told.get().map(|(summary, lines)| {
            let rows = lines.into_iter().map(|line| row(desk, line)).collect_view();
            view! {
                <p>{summary}</p>
                <table class="sheet-table">
                    <thead>
                        <tr>
                            <th scope="col">"Item"</th>
                            <th scope="col">"Rank"</th>
                            <th scope="col">"By score"</th>
                            <th scope="col">"Difference"</th>
                            <th scope="col">"Score"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            }
        })
    };
    view! { <div class="screen-scroll">{shown}</div> }
}

fn tell(desk: Desk) -> Option<(String, Vec<Line>)> {
    let scores = desk.scores.get()?;
    let place = desk.filter.with(Filter::place);
    let list = desk.rows.with(|rows| rows.ranked_in(place));
    let raw: Vec<Option<f64>> = list.iter().map(|row| scores.raw(row.id)).collect();
    let agreement = agreement(&raw);
    let differing = agreement
        .differences
        .iter()
        .filter(|it| it.difference != 0.0);
    let lines = differing.take(SHOWN).map(|it| Line {
        id: list[it.item].id,
        title: list[it.item].title.clone(),
        rank: it.rank,
        score_rank: it.score_rank,
        difference: it.difference,
        score: scores.text(list[it.item].id),
    });
    let summary = match agreement.rho {
        None => "Score at least two items to compare their ranks with their scores.".to_owned(),
        Some(rho) => format!(
            "Agreement (Spearman’s ρ) {rho:.2} over {}: 1 is the same order, −1 the opposite.",
            words::count(agreement.differences.len(), "scored item", "scored items")
        ),
    };
    Some((summary, lines.collect()))
}

fn row(desk: Desk, line: Line) -> AnyView {
    let id = line.id;
    let says = if line.difference > 0.0 {
        "higher"
    } else {
        "lower"
    };
    let difference = format!("{} {says} by score", words::points(line.difference.abs()));
    view! {
        <tr>
            <td><button class="quiet" on:click=move |_| desk.open_item(id)>{line.title}</button></td>
            <td>{words::number(line.rank)}</td>
            <td>{words::points(line.score_rank)}</td>
            <td>{difference}</td>
            <td>{line.score}</td>
        </tr>
    }
    .into_any()
}
