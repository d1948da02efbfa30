//! What people asked for, as it is shown with an item: a badge in its row, a list with its quotes (PB-09, PB-20).

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::Intent,
    model::{Collection, Facts, Thing, thing},
    product::check::moment,
};

use super::{feedback::source_label, panel::changed::in_words};
use crate::{
    state::{
        desk::Desk,
        evidence::{self, Heard},
        layer::Layer,
        things,
    },
    ui::icon::{Icon, icon},
    words,
};

/// How often an item was asked for, and how much of that is new.
pub fn evidence_badge(desk: Desk, id: ItemId) -> AnyView {
    let heard = heard(desk, id);
    (move || {
        heard.get().map(|heard| {
            let label = badge_label(&heard);
            let text = match heard.since {
                0 => words::number(heard.count),
                since => format!("{} new", words::number(since)),
            };
            view! {
                <span class="evidence-badge" class:new={heard.since > 0} role="img" title=label.clone() aria-label=label>
                    {icon(Icon::Comment)}
                    <span>{text}</span>
                    <span class="kinds">{heard.by_kind()}</span>
                </span>
            }
        })
    })
    .into_any()
}

fn badge_label(heard: &Heard) -> String {
    let all = words::count(heard.count, "request", "requests");
    let kinds = heard.by_kind();
    match heard.since {
        0 => format!("{all}: {kinds}"),
        since => format!(
            "{} since last refinement; {all}: {kinds}",
            words::count(since, "new request", "new requests")
        ),
    }
}

fn heard(desk: Desk, id: ItemId) -> Memo<Option<Heard>> {
    Memo::new(move |_| desk.evidence.with(|evidence| evidence.heard(id).cloned()))
}

/// The feedback of an item and of those merged into it. `is_changed` offers to add and detach.
pub fn evidence_list(desk: Desk, id: ItemId, is_changed: bool) -> AnyView {
    let heard = heard(desk, id);
    let records = move || {
        let mut records = heard.get().map(|heard| heard.records).unwrap_or_default();
        records.reverse();
        records
    };
    let total = move || {
        let heard = heard.get().unwrap_or_default();
        let count = words::count(heard.count, "request", "requests");
        match heard.count {
            0 => String::new(),
            _ => format!(
                "{count} \u{b7} weight {} \u{b7} {}{}",
                words::points(heard.weight),
                heard.by_kind(),
                last_heard(desk, &heard)
            ),
        }
    };
    let is_empty = Memo::new(move |_| heard.with(Option::is_none));
    view! {
        <Show when=move || is_changed || !is_empty.get()>
            <section class="evidence" aria-label="Evidence">
                <div class="section-head">
                    <h2>"Evidence"</h2>
                    <span class="soft cut">{total}</span>
                    <span class="grow"></span>
                    {is_changed
                        .then(|| {
                            view! {
                                <button class="quiet" on:click=move |_| desk.show_layer(Layer::Feedback(Some(id)))>"Add feedback"</button>
                            }
                        })}
                </div>
                <ul>
                    <For each=records key=|record| *record let(record)>{piece(desk, id, record, is_changed)}</For>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

/// When the newest piece was written down, and by whom (PB-33).
fn last_heard(desk: Desk, heard: &Heard) -> String {
    let changed = desk.things.with(|things| {
        let newest = heard.records.last()?;
        let thing = Thing::Record(Collection::Feedback, *newest);
        let facts = things.get(&thing)?;
        let at = moment(thing::number(facts, "created"))?;
        let by = thing::text(facts, "by").parse().ok();
        Some(in_words(
            at,
            by.map(|by| words::doer(desk, thing, "by", by)),
        ))
    });
    changed.map_or_else(String::new, |changed| format!(" \u{b7} {changed}"))
}

fn piece(desk: Desk, item: ItemId, record: RecordId, is_changed: bool) -> AnyView {
    let facts = things::facts(desk, Thing::Record(Collection::Feedback, record));
    let by = move || facts.with(who);
    let quote = move || {
        facts.with(|facts| {
            let quote = thing::text(facts, "quote");
            let quote = if quote.is_empty() {
                thing::text(facts, "name")
            } else {
                quote
            };
            quote.to_owned()
        })
    };
    view! {
        <li class="piece">
            <p class="quote">{quote}</p>
            <div class="by soft">
                <span class="cut">{by}</span>
                {is_changed
                    .then(|| {
                        view! {
                            <button
                                class="quiet"
                                aria-label=move || format!("Detach: {}", quote())
                                on:click=move |_| detach(desk, item, record)
                            >
                                "Detach"
                            </button>
                        }
                    })}
            </div>
        </li>
    }
    .into_any()
}

/// `Customer · Acme · 2026-11-21 · weight 3`.
fn who(facts: &Facts) -> String {
    let mut parts = vec![source_label(thing::text(facts, "source")).to_owned()];
    for key in ["who", "day"] {
        let text = thing::text(facts, key);
        if !text.is_empty() {
            parts.push(text.to_owned());
        }
    }
    if let Some(weight) =
        thing::number(facts, "weight").filter(|weight| (*weight - 1.0).abs() > 1e-9)
    {
        parts.push(format!("weight {}", words::points(weight)));
    }
    parts.join(" \u{b7} ")
}

/// Takes a piece off the item and off those that became part of it.
fn detach(desk: Desk, item: ItemId, record: RecordId) {
    let merged = desk
        .rows
        .with_untracked(|rows| evidence::merged(rows.all().map(|row| &**row)));
    let thing = Thing::Record(Collection::Feedback, record);
    let values = desk.things.with_untracked(|things| {
        let facts = things.get(&thing);
        let items = facts
            .into_iter()
            .flat_map(|facts| thing::flagged(facts, "item"));
        items
            .filter_map(|id| id.parse::<ItemId>().ok())
            .filter(|id| evidence::survivor(&merged, *id) == item)
            .map(|id| (format!("item:{id}"), None))
            .collect::<Vec<_>>()
    });
    desk.intend_loudly(Intent::Put { thing, values });
}
