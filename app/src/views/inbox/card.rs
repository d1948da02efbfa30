//! The request that is decided now, with what the choice needs: the vision, goals, evidence, similar items (PB-22).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Field, Row, Scalar, Thing, role, role::Right, thing},
};

use crate::{
    commands,
    components::{
        evidence::evidence_list, kind_icon::kind_label, panel::markdown, triage::reason_label,
    },
    platform::{device, page},
    state::{
        desk::{Desk, triage::CARD},
        triage::{self, Why},
    },
    ui::icon::{Icon, icon},
    words,
};

/// The verbs in the order in which they are offered.
const VERBS: [&str; 4] = [
    "triage-accept",
    "triage-decline",
    "triage-snooze",
    "triage-merge",
];

/// The card, or that there is none.
#[component]
pub(super) fn Card(desk: Desk) -> impl IntoView {
    let card = Memo::new(move |_| {
        let id = desk.card()?;
        let today = desk.today.get();
        let why = desk.rows.with(|rows| {
            let row = rows.row(id)?;
            triage::why(row, &today)
        });
        Some((id, why))
    });
    view! {
        <div class="card-side">
            {move || match card.get() {
                Some((id, why)) => one(desk, id, why),
                None => view! {
                    <div id=CARD class="all-done" tabindex="-1">
                        {icon(Icon::Check)}
                        <h2>"Nothing waits"</h2>
                        <p class="soft">"New requests from people who don\u{2019}t decide, and captured feedback, arrive here."</p>
                    </div>
                }
                .into_any(),
            }}
        </div>
    }
}

fn one(desk: Desk, id: ItemId, why: Option<Why>) -> AnyView {
    let row = desk.row(id);
    let place = Memo::new(move |_| {
        desk.waiting.with(|waiting| {
            let at = waiting.iter().position(|one| one.row.id == id)?;
            Some(format!(
                "{} of {}",
                words::number(at + 1),
                words::number(waiting.len())
            ))
        })
    });
    let mark = match why {
        Some(Why::New) => None,
        Some(why) => Some(why.label()),
        None => Some("put off"),
    };
    view! {
        <article id=CARD class="triage-card" tabindex="-1" aria-labelledby="card-title">
            <header>
                <span class="soft">{move || place.get()}</span>
                {mark.map(|mark| view! { <span class="why">{mark}</span> })}
                <span class="grow"></span>
                <button class="quiet" on:click=move |_| desk.open_item(id)>"Open"</button>
            </header>
            {move || row.get().map(|row| about(desk, &row, why))}
            {evidence_list(desk, id, false)}
            {similar(desk, id)}
            {goals(desk, id)}
            {vision(desk)}
            {verbs(desk)}
        </article>
    }
    .into_any()
}

fn about(desk: Desk, row: &Arc<Row>, why: Option<Why>) -> AnyView {
    let reference = desk.rows.with_untracked(|rows| rows.reference(row));
    let mut facts = vec![format!("made {}", words::ago(device::now(), row.created))];
    if let Some(value) = row.number(Field::Value) {
        facts.push(format!("value {}", words::points(value)));
    }
    if let Some(estimate) = row.estimate {
        facts.push(format!("estimate {}", words::points(estimate)));
    }
    let score = desk.scores.with(|scores| {
        let scores = scores.as_ref()?;
        scores.raw(row.id)?;
        Some(format!("score {}", scores.text(row.id)))
    });
    facts.extend(score);
    if !row.for_whom.is_empty() {
        facts.push(format!("for {}", row.for_whom));
    }
    let earlier = (why == Some(Why::Reconsider)).then(|| {
        let reason = reason_label(row.text(Field::DeclineReason)).to_lowercase();
        let note = row.text(Field::DeclineNote);
        let note = if note.is_empty() {
            String::new()
        } else {
            format!(": {note}")
        };
        let by = row.doer(Field::DeclinedBy);
        let by = by.map(|by| words::author(desk, by)).unwrap_or_default();
        format!("Declined by {by}, {reason}{note}.")
    });
    view! {
        <div class="about-card">
            <p class="soft line">{kind_label(row.kind)} {reference} {" \u{b7} "} {facts.join(" \u{b7} ")}</p>
            <h2 id="card-title">{row.title.clone()}</h2>
            {earlier.map(|earlier| view! { <p class="earlier">{earlier}</p> })}
            {text(desk, row.id)}
        </div>
    }
    .into_any()
}

/// What the item says, once it is here.
fn text(desk: Desk, id: ItemId) -> AnyView {
    let is_open = Memo::new(move |_| desk.item.get().is_some());
    // The card's own detail is read while no other item is open beside it.
    Effect::new(move |_| {
        if !is_open.get() {
            // Closing an item ends that one's watch first.
            page::after_paint(move || {
                if is_open.try_get_untracked() == Some(false) {
                    desk.watch(Some(id));
                }
            });
        }
    });
    on_cleanup(move || {
        if is_open.try_get_untracked() == Some(false) {
            desk.watch(None);
        }
    });
    let said = Memo::new(move |_| {
        let detail = desk.detail.get().filter(|detail| detail.id == id);
        detail
            .map(|detail| detail.description.clone())
            .unwrap_or_default()
    });
    let asked = Memo::new(move |_| {
        let detail = desk.detail.get().filter(|detail| detail.id == id);
        detail
            .and_then(|detail| detail.comments.last().map(|last| last.text.clone()))
            .unwrap_or_default()
    });
    view! {
        <Show when=move || said.with(|said| !said.is_empty())>
            <div class="prose">{move || said.with(|said| markdown::show(said))}</div>
        </Show>
        <Show when=move || asked.with(|asked| !asked.is_empty())>
            <blockquote class="last-comment">
                <span class="soft">"Last comment"</span>
                <div class="prose">{move || asked.with(|asked| markdown::show(asked))}</div>
            </blockquote>
        </Show>
    }
    .into_any()
}

fn similar(desk: Desk, id: ItemId) -> AnyView {
    let alike = Memo::new(move |_| {
        desk.rows.track();
        desk.similar_to(id)
    });
    let line = move |other: ItemId| {
        let row = desk.row(other);
        let title = move || row.with(|row| row.as_ref().map(|row| row.title.clone()));
        let merge = move |_| {
            desk.decide(
                &[id],
                Intent::Merge {
                    items: vec![id],
                    into: other,
                },
            );
        };
        view! {
            <li>
                <button class="quiet title" on:click=move |_| desk.open_item(other)><span class="cut">{title}</span></button>
                <Show when=move || desk.may(Right::Accept)>
                    <button class="chip" aria-label=move || format!("Merge into {}", title().unwrap_or_default()) on:click=merge>"Merge into"</button>
                </Show>
            </li>
        }
    };
    view! {
        <Show when=move || alike.with(|alike| !alike.is_empty())>
            <section class="similar" aria-label="Similar items">
                <h3>"Similar items"</h3>
                <ul>
                    <For each=move || alike.get() key=|id| *id let(other)>{line(other)}</For>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

fn goals(desk: Desk, id: ItemId) -> AnyView {
    let goals = Memo::new(move |_| {
        let row = desk.rows.with(|rows| rows.row(id).cloned());
        let Some(row) = row else { return Vec::new() };
        desk.things
            .with(|things| triage::matching_goals(&row, things))
    });
    let chip = move |(goal, name, linked): (shared::ids::RecordId, String, bool)| {
        view! {
            <button
                class="chip"
                aria-pressed=linked.to_string()
                title=if linked { "Serves this goal" } else { "Speaks of the same; click to link" }
                on:click=move |_| {
                    desk.intend(Intent::Mark {
                        items: vec![id],
                        key: format!("goal:{goal}"),
                        value: (!linked).then_some(Scalar::Flag(true)),
                    });
                }
            >
                {name}
            </button>
        }
    };
    view! {
        <Show when=move || goals.with(|goals| !goals.is_empty())>
            <section class="matching" aria-label="Matching goals">
                <h3>"Matching goals"</h3>
                <div class="chips">
                    <For each=move || goals.get() key=Clone::clone let(goal)>{chip(goal)}</For>
                </div>
            </section>
        </Show>
    }
    .into_any()
}

fn vision(desk: Desk) -> AnyView {
    let vision = Memo::new(move |_| desk.things.with(triage::vision));
    view! {
        <Show when=move || vision.with(|vision| !vision.is_empty())>
            <section class="vision-line" aria-label="Vision">
                <h3>"Vision"</h3>
                <p>{move || vision.get()}</p>
            </section>
        </Show>
    }
    .into_any()
}

/// What can be decided, for those who decide; the others see who does (PB-08).
fn verbs(desk: Desk) -> AnyView {
    let button = move |id: &'static str| {
        let command = commands::named(id)?;
        let label = command.label_for(desk);
        let label = label.trim_end_matches('\u{2026}').to_owned();
        Some(view! {
            <button
                class:primary=id == "triage-accept"
                aria-keyshortcuts=command.keys.first().map(|key| key.to_uppercase())
                on:click=move |_| commands::run(id, desk)
            >
                {label}
                <kbd aria-hidden="true">{command.shown_key()}</kbd>
            </button>
        })
    };
    view! {
        <footer class="verbs" role="group" aria-label="Decide">
            <Show
                when=move || desk.may(Right::Accept)
                fallback=move || view! { <p class="soft">{move || deciders(desk)}</p> }
            >
                {VERBS.iter().map(|id| button(id)).collect_view()}
            </Show>
            {button("triage-ask")}
        </footer>
    }
    .into_any()
}

/// Who decides what belongs.
fn deciders(desk: Desk) -> String {
    let people = desk.things.with(|things| {
        let known = things.iter().filter_map(|(thing, facts)| match thing {
            Thing::Person(person) if matches!(thing::text(facts, "role"), "pm" | "po") => {
                Some((*person, role::label(thing::text(facts, "role"))))
            }
            Thing::Person(_) | Thing::Product | Thing::Record(..) => None,
        });
        known.collect::<Vec<_>>()
    });
    let names: Vec<String> = people
        .into_iter()
        .map(|(person, role)| format!("{} ({role})", words::person(desk, person)))
        .collect();
    format!("{} decides what belongs.", names.join(" or "))
}
