//! Review what went stale, one item at a time: keep, update or archive (PB-24). Nothing is ever closed by itself.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Row, view::place_name},
    planning::staleness::Tier,
    product::Judge,
};
use web_sys::KeyboardEvent;

use crate::{
    components::{freshness::chip, kind_icon::kind_label, panel},
    parts,
    platform::page,
    state::{
        desk::{Desk, REVIEW_CARD},
        rows::Rows,
    },
    words,
};

const REASON: &str = "review-reason";

/// What waits for a review, the longest forgotten first.
fn queue(rows: &Rows, judge: &Judge) -> Vec<Arc<Row>> {
    let mut due: Vec<Arc<Row>> = rows
        .places()
        .filter(|(place, _)| place.is_product_backlog())
        .flat_map(|(_, list)| list.iter().cloned().collect::<Vec<_>>())
        .filter(|row| judge.is_due(row))
        .collect();
    due.sort_by_key(|row| (row.touched, row.id));
    due
}

/// What the review shows: the item on the table, and how many wait.
#[derive(Clone, Debug, PartialEq)]
struct Table {
    item: Option<ItemId>,
    waiting: usize,
    skipped: usize,
}

/// The review.
#[component]
pub fn ReviewView(desk: Desk) -> impl IntoView {
    let skipped: RwSignal<BTreeSet<ItemId>> = RwSignal::new(BTreeSet::new());
    let queue = Memo::new(move |_| {
        let queue = desk
            .judge
            .with(|judge| desk.rows.with(|rows| queue(rows, judge)));
        queue.iter().map(|row| row.id).collect::<Vec<_>>()
    });
    let table = Memo::new(move |_| {
        queue.with(|queue| {
            skipped.with(|skipped| {
                let mut left = queue.iter().filter(|item| !skipped.contains(item));
                Table {
                    item: left.next().copied(),
                    waiting: queue.len(),
                    skipped: queue.iter().filter(|item| skipped.contains(item)).count(),
                }
            })
        })
    });
    view! {
        <div class="screen-scroll review">
            <header class="review-head">
                <h2>"Review what went stale"</h2>
                <p class="soft">
                    {move || {
                        let table = table.get();
                        let waiting = words::count(table.waiting, "item waits", "items wait");
                        if table.skipped == 0 {
                            waiting
                        } else {
                            format!("{waiting}, {} skipped", words::number(table.skipped))
                        }
                    }}
                </p>
            </header>
            {move || match table.get().item {
                Some(item) => view! { <ReviewCard desk item skipped/> }.into_any(),
                None => done(desk, skipped, table),
            }}
        </div>
    }
}

fn done(desk: Desk, skipped: RwSignal<BTreeSet<ItemId>>, table: Memo<Table>) -> AnyView {
    if !desk.has_view.get() {
        return view! { <p class="soft">"reading…"</p> }.into_any();
    }
    view! {
        <div class="review-done">
            <p>"Nothing else waits for a review."</p>
            <p class="soft">
                "Items come here when nobody has touched them for a quarter of a year, or for as long as the settings say."
            </p>
            <Show when=move || { table.get().skipped > 0 }>
                <button on:click=move |_| skipped.set(BTreeSet::new())>"Look at the skipped ones again"</button>
            </Show>
        </div>
    }
    .into_any()
}

#[component]
fn ReviewCard(desk: Desk, item: ItemId, skipped: RwSignal<BTreeSet<ItemId>>) -> impl IntoView {
    let row = desk.row(item);
    let reason = RwSignal::new(String::new());
    let until = RwSignal::new(String::new());
    let keep = move || {
        let until = until.get_untracked();
        desk.intend_loudly(Intent::Keep {
            items: vec![item],
            until: (!until.is_empty()).then_some(until),
        });
    };
    let update = move || {
        desk.selection.place(item);
        desk.open_item(item);
        parts::PANEL.after_paint(|| page::focus(panel::TITLE));
    };
    let archive = move || {
        desk.intend_loudly(Intent::Archive {
            items: vec![item],
            reason: reason.get_untracked().trim().to_owned(),
        });
    };
    let skip = move || {
        skipped.update(|skipped| {
            skipped.insert(item);
        });
    };
    let keys = move |event: KeyboardEvent| {
        let held = event.ctrl_key() || event.meta_key() || event.alt_key();
        if held || event.is_composing() || page::is_typing() {
            return;
        }
        match event.key().as_str() {
            "k" | "K" => keep(),
            "u" | "U" => update(),
            "a" | "A" => archive(),
            "s" | "S" | "ArrowRight" => skip(),
            _ => return,
        }
        event.prevent_default();
    };
    // The next card takes the keys of the one before it.
    page::before_paint(|| {
        if page::element(REVIEW_CARD).is_some() && !page::is_typing() {
            page::focus(REVIEW_CARD);
        }
    });
    view! {
        <article id=REVIEW_CARD class="review-card" tabindex="-1" aria-label="Item to review" on:keydown=keys>
            {move || row.get().map(|row| face(desk, &row))}
            <div class="review-more">
                <label>
                    <span>"Still wanted until"</span>
                    <input
                        type="date"
                        class="field"
                        aria-label="Still wanted until"
                        on:input=move |event| until.set(event_target_value(&event))
                    />
                </label>
                <label>
                    <span>"Reason to archive"</span>
                    <input
                        id=REASON
                        class="field"
                        aria-label="Reason to archive"
                        autocomplete="off"
                        maxlength="500"
                        on:input=move |event| reason.set(event_target_value(&event))
                        on:keydown=move |event| {
                            if event.key() == "Enter" && !event.is_composing() {
                                event.prevent_default();
                                archive();
                            }
                        }
                    />
                </label>
            </div>
            <div class="buttons review-verbs">
                <button class="primary" aria-keyshortcuts="K" on:click=move |_| keep()>"Keep" <kbd>"K"</kbd></button>
                <button aria-keyshortcuts="U" on:click=move |_| update()>"Update" <kbd>"U"</kbd></button>
                <button aria-keyshortcuts="A" on:click=move |_| archive()>"Archive" <kbd>"A"</kbd></button>
                <button class="quiet" aria-keyshortcuts="S" on:click=move |_| skip()>"Skip" <kbd>"S"</kbd></button>
            </div>
        </article>
    }
}

fn face(desk: Desk, row: &Arc<Row>) -> impl IntoView + use<> {
    let reference = desk.rows.with_untracked(|rows| rows.reference(row));
    let (tier, age, reasons) = desk
        .judge
        .with_untracked(|judge| (judge.tier(row), judge.age(row), judge.reasons(row)));
    let place = desk
        .things
        .with_untracked(|things| place_name(things, row.place));
    let rank = desk
        .rows
        .with_untracked(|rows| rows.rank_of(row))
        .map(|rank| format!("rank {} in {place}", words::number(rank + 1)));
    let days = words::count(usize::try_from(age).unwrap_or(0), "day", "days");
    let estimate = row
        .estimate
        .map(|estimate| untrack(|| words::effort(desk, estimate)));
    let facts: Vec<String> = [
        Some(reference),
        rank,
        Some(estimate.unwrap_or_else(|| "unestimated".to_owned())),
        (!row.for_whom.is_empty()).then(|| format!("for {}", row.for_whom)),
    ]
    .into_iter()
    .flatten()
    .collect();
    let tags = row.tags.clone();
    let tier: Tier = tier;
    view! {
        <div class="review-top">
            {kind_label(row.kind)}
            {chip(tier)}
            <span class="soft">{format!("last touched {days} ago")}</span>
        </div>
        <h3 class="review-title">{row.title.clone()}</h3>
        <p class="soft">{facts.join(" · ")}</p>
        {(!reasons.is_empty())
            .then(|| {
                view! {
                    <ul class="review-reasons" aria-label="Why else">
                        {reasons.into_iter().map(|reason| view! { <li>{reason}</li> }).collect_view()}
                    </ul>
                }
            })}
        <div class="tag-list">
            {tags.into_iter().map(|tag| view! { <span class="tag">{tag}</span> }).collect_view()}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use shared::{
        model::{Place, Status, Things},
        time::Timestamp,
    };

    use super::*;
    use crate::state::rows::tests::row;

    const DAY: i64 = 86_400_000;

    #[test]
    fn pb_24_the_longest_forgotten_comes_first() {
        let touched = |id: &str, day: i64, place: Place| Row {
            touched: Timestamp::from_ms(day * DAY),
            place,
            ..row(id, "A")
        };
        let list = Place::List("a".repeat(12).parse().unwrap());
        let mut rows = Rows::default();
        rows.replace(vec![
            touched("a", 20, Place::Product),
            touched("b", 10, list),
            touched("c", 190, Place::Product),
            touched("d", 5, Place::Inbox),
            Row {
                status: Status::Archived,
                ..touched("e", 1, Place::Product)
            },
        ]);
        let judge = Judge::of(&Things::new(), Timestamp::from_ms(200 * DAY), 0);
        let titles: String = queue(&rows, &judge)
            .iter()
            .map(|row| row.title.as_str())
            .collect();
        assert_eq!(titles, "ba");
    }
}
