//! The lines by name and number, what is below them, and what the coming sprints would take.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{Kind, Thing},
};

use crate::{
    components::list::cut_lines::{CutLines, unit_name},
    state::{
        cut::{self, Cut, Unit},
        desk::Desk,
        filter::Filter,
    },
    ui::icon::{Icon, icon},
    words,
};

/// The bar.
#[component]
pub fn CutBar(desk: Desk, lines: CutLines) -> impl IntoView {
    let ids = Memo::new(move |_| {
        let place = desk.filter.with(Filter::place);
        let drawn = desk.things.with(|things| cut::drawn(things, place));
        drawn.into_iter().map(|line| line.id).collect::<Vec<_>>()
    });
    let none = move || ids.with(Vec::is_empty);
    view! {
        <div class="cut-bar" role="region" aria-label="Cut lines">
            <Show when=none>
                <p class="soft">"What fits above the line is what you can do. Draw it, then drag it or type its number."</p>
            </Show>
            <For each=move || ids.get() key=Clone::clone let(id)>
                {line(desk, lines, id)}
            </For>
            <div class="cut-tools">
                <button class:primary=none on:click=move |_| add(desk, lines)>
                    {icon(Icon::Plus)} {move || if none() { "Draw the cut line" } else { "Another line" }}
                </button>
                <Forecast desk lines/>
                <Unestimated desk/>
            </div>
        </div>
    }
}

/// A new line, where a sprint's velocity or about a third of the list fits.
fn add(desk: Desk, lines: CutLines) {
    let place = desk.filter.with_untracked(Filter::place);
    let velocity = desk.things.with_untracked(cut::velocity);
    let (count, list) = lines
        .cuts
        .with_untracked(|cuts| (cuts.lines.len(), cuts.weights.clone()));
    let estimated = list
        .iter()
        .any(|weight| !weight.guessed && weight.size > 0.0);
    let third = list.len().div_ceil(3);
    let (unit, capacity) = if estimated {
        let sum = lines.cuts.with_untracked(|cuts| cuts.capacity_after(third));
        (Unit::Points, velocity.unwrap_or(sum))
    } else {
        (Unit::Count, third as f64)
    };
    let name = match count {
        0 => "Cut line".to_owned(),
        count => format!("Line {}", count + 1),
    };
    let id = desk.draw(RecordId::random);
    lines.put(
        id.as_str(),
        &[
            ("name", name.into()),
            ("unit", unit.word().into()),
            ("capacity", capacity.into()),
            ("place", place.word().into()),
        ],
    );
}

fn line(desk: Desk, lines: CutLines, id: String) -> AnyView {
    let find = {
        let id = id.clone();
        move || {
            lines.cuts.with(|cuts| {
                let found = cuts.lines.iter().find(|cut| cut.drawn.id == id);
                found.cloned()
            })
        }
    };
    let cut = Memo::new(move |_| find());
    let of = move |get: &dyn Fn(&Cut) -> String| {
        cut.with(|cut| cut.as_ref().map(get).unwrap_or_default())
    };
    let name = move || of(&|cut| cut.drawn.name.clone());
    let labelled = move |what: &'static str| move || format!("{what} of {}", name());
    let put = {
        let id = id.clone();
        move |key: &'static str, value: shared::model::Scalar| lines.put(&id, &[(key, value)])
    };
    let (rename, resize, measure) = (put.clone(), put.clone(), put.clone());
    let remove = move |_| {
        put("removed", true.into());
        desk.notices.say("Line removed.");
    };
    view! {
        <fieldset class="cut-one" aria-label=name>
            <input
                class="field cut-name"
                aria-label="Name of the line"
                autocomplete="off"
                maxlength="60"
                prop:value=name
                on:change=move |event| {
                    let typed = event_target_value(&event);
                    if !typed.trim().is_empty() {
                        rename("name", typed.trim().into());
                    }
                }
            />
            <input
                class="field cut-capacity"
                aria-label=labelled("Capacity")
                inputmode="decimal"
                autocomplete="off"
                prop:value=move || of(&|cut| words::points(cut.drawn.capacity).replace(',', ""))
                on:change=move |event| match words::parse_estimate(&event_target_value(&event)) {
                    Some(Some(capacity)) => resize("capacity", capacity.into()),
                    Some(None) | None => desk.notices.say("A capacity is a number, 0 or more."),
                }
            />
            <select
                aria-label=labelled("Unit")
                on:change=move |event| measure("unit", event_target_value(&event).into())
            >
                {Unit::ALL
                    .iter()
                    .map(|unit| {
                        let unit = *unit;
                        let is_it = move || {
                            cut.with(|cut| cut.as_ref().is_some_and(|cut| cut.drawn.unit == unit))
                        };
                        view! { <option value=unit.word() prop:selected=is_it>{unit_name(desk, unit)}</option> }
                    })
                    .collect_view()}
            </select>
            <span class="cut-told">{move || of(&|cut| told(desk, cut))}</span>
            <span class="soft cut-mix">{move || of(&|cut| mix(desk, cut))}</span>
            <button class="quiet" aria-label=labelled("Remove") title="Remove the line" on:click=remove>
                {icon(Icon::Close)}
            </button>
        </fieldset>
    }
    .into_any()
}

/// What is above and below, in words (PB-05).
fn told(desk: Desk, cut: &Cut) -> String {
    let unit = unit_name(desk, cut.drawn.unit);
    let above = words::count(cut.line.after, "item", "items");
    let below = words::count(cut.line.below, "item", "items");
    match cut.drawn.unit {
        Unit::Count => format!("{above} above · {below} below the line"),
        Unit::Points | Unit::Hours => format!(
            "{above} above · {} free · {below} · {} {unit} below the line",
            words::points(cut.line.free),
            words::points(cut.line.below_sum)
        ),
    }
}

/// The share of each type above the line (BT-40).
fn mix(desk: Desk, cut: &Cut) -> String {
    let all: usize = cut.mix.values().sum();
    let share = |kind: &Kind| {
        let count = cut.mix.get(kind).copied().filter(|count| *count > 0)?;
        let percent = (count as f64 * 100.0 / all as f64).round();
        Some(format!(
            "{percent} % {}",
            words::kind(desk, *kind).to_lowercase()
        ))
    };
    Kind::ALL
        .iter()
        .filter_map(share)
        .collect::<Vec<_>>()
        .join(" · ")
}

#[component]
fn Forecast(desk: Desk, lines: CutLines) -> impl IntoView {
    let velocity = Memo::new(move |_| desk.things.with(cut::velocity));
    let wanted = RwSignal::new(false);
    Effect::new(move |_| {
        lines.velocity.set(velocity.get().filter(|_| wanted.get()));
    });
    view! {
        <label class="inline">
            <input
                type="checkbox"
                prop:checked=move || wanted.get()
                on:change=move |_| wanted.update(|wanted| *wanted ^= true)
            />
            {move || words::own(desk, "Forecast sprints")}
        </label>
        <Show when=move || wanted.get()>
            <label class="inline">
                "at velocity"
                <input
                    class="field cut-capacity"
                    inputmode="decimal"
                    autocomplete="off"
                    placeholder="points"
                    prop:value=move || velocity.get().map(words::points).unwrap_or_default()
                    on:change=move |event| match words::parse_estimate(&event_target_value(&event)) {
                        Some(typed) => {
                            desk.intend(Intent::Put {
                                thing: Thing::Product,
                                values: vec![("velocity".to_owned(), typed.map(Into::into))],
                            });
                        }
                        None => desk.notices.say("A velocity is a number, 0 or more."),
                    }
                />
            </label>
        </Show>
    }
}

#[component]
fn Unestimated(desk: Desk) -> impl IntoView {
    let rule = move || {
        desk.things.with(|things| match cut::missing(things) {
            shared::planning::limit::Missing::Median => "median",
            shared::planning::limit::Missing::Zero => "zero",
            shared::planning::limit::Missing::Stop => "stop",
        })
    };
    let options = [
        ("median", "the median"),
        ("zero", "nothing"),
        ("stop", "the end of the line"),
    ];
    view! {
        <label class="inline">
            "Unestimated counts as"
            <select
                on:change=move |event| {
                    desk.intend(Intent::Put {
                        thing: Thing::Product,
                        values: vec![("missing_estimate".to_owned(), Some(event_target_value(&event).into()))],
                    });
                }
            >
                {options
                    .map(|(word, label)| {
                        view! { <option value=word prop:selected=move || rule() == word>{label}</option> }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}
