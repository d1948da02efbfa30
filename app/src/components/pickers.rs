//! Choosing a type, status, estimate or tags for the items that a command acts on.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, Value},
    model::{Kind, Row, Status},
    product::{Term, settings::Step},
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::{
    kind_icon::{kind_label, status_label},
    links_picker::links,
    lists::PlacePicker,
};
use crate::{
    state::{desk::Desk, layer::Pick},
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
    words,
};

const TAG_LENGTH_MAX: usize = 60;

/// A picker for the targets.
#[component]
pub fn Picker(desk: Desk, pick: Pick) -> impl IntoView {
    let items = desk.targets();
    let label = match pick {
        Pick::Kind => "Type",
        Pick::Status => "Status",
        Pick::Estimate => "Estimate",
        Pick::Tags => "Tags",
        Pick::Place => "Move to list",
        Pick::Release => "Move to release",
        Pick::Links => "Goals and initiatives",
    };
    let at = desk.anchor().unwrap_or((40.0, 120.0));
    let body = match pick {
        Pick::Kind => kinds(desk, items).into_any(),
        Pick::Status => statuses(desk, items).into_any(),
        Pick::Estimate => view! { <Estimates desk items/> }.into_any(),
        Pick::Tags => view! { <Tags desk items/> }.into_any(),
        Pick::Place => view! { <PlacePicker desk items releases=false/> }.into_any(),
        Pick::Release => view! { <PlacePicker desk items releases=true/> }.into_any(),
        Pick::Links => links(desk, items),
    };
    view! {
        <Dialog label=untrack(|| words::own(desk, label)) shape=Shape::Menu at=Some(at) on_close=move |()| desk.close_layer()>
            {body}
        </Dialog>
    }
}

/// The value that all items share, if they do.
fn common<T: PartialEq>(desk: Desk, items: &[ItemId], value: impl Fn(&Row) -> T) -> Option<T> {
    desk.rows.with_untracked(|rows| {
        let mut values = items
            .iter()
            .filter_map(|id| rows.row(*id))
            .map(|row| value(row));
        let first = values.next()?;
        values.all(|other| other == first).then_some(first)
    })
}

fn set(desk: Desk, items: &[ItemId], value: Value) {
    desk.close_layer();
    let intent = Intent::Set {
        items: items.to_vec(),
        value,
    };
    if items.len() > 1 {
        desk.intend_loudly(intent);
    } else {
        desk.intend(intent);
    }
}

fn kinds(desk: Desk, items: Vec<ItemId>) -> impl IntoView {
    let now = common(desk, &items, |row| row.kind);
    options(
        "Type",
        Kind::ALL,
        now,
        |kind| kind_label(kind).into_any(),
        move |kind| set(desk, &items, Value::Kind(kind)),
    )
}

fn statuses(desk: Desk, items: Vec<ItemId>) -> impl IntoView {
    let now = common(desk, &items, |row| row.status);
    options(
        "Status",
        Status::CHOICES,
        now,
        |status| status_label(status).into_any(),
        move |status| set(desk, &items, Value::Status(status)),
    )
}

fn options<T: Copy + PartialEq + Send + 'static>(
    label: &'static str,
    all: &'static [T],
    now: Option<T>,
    show: fn(T) -> AnyView,
    choose: impl Fn(T) + Clone + 'static,
) -> impl IntoView {
    view! {
        <div class="options" role="menu" aria-label=label on:keydown=walk>
            {all
                .iter()
                .enumerate()
                .map(|(nth, value)| {
                    let value = *value;
                    let choose = choose.clone();
                    let chosen = now == Some(value);
                    let focused = chosen || (nth == 0 && now.is_none());
                    view! {
                        <button
                            class="option"
                            role="menuitemradio"
                            aria-checked=chosen.to_string()
                            data-focus=focused.then_some("")
                            on:click=move |_| choose(value)
                        >
                            {show(value)}
                            {chosen.then(|| icon(Icon::Check))}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// Arrow keys, Home, End and first letters go through the buttons of a menu.
pub fn walk(event: KeyboardEvent) {
    let Some(menu) = event
        .current_target()
        .and_then(|target| target.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let Ok(found) = menu.query_selector_all("button:not([disabled])") else {
        return;
    };
    let buttons: Vec<HtmlElement> = (0..found.length())
        .filter_map(|nth| found.item(nth)?.dyn_into().ok())
        .collect();
    let has_focus = |button: &HtmlElement| button.matches(":focus").unwrap_or(false);
    let here = buttons.iter().position(has_focus);
    let count = buttons.len();
    let next = match event.key().as_str() {
        "ArrowDown" => here.map_or(0, |here| (here + 1) % count.max(1)),
        "ArrowUp" => here.map_or(0, |here| (here + count - 1) % count.max(1)),
        "Home" => 0,
        "End" => count.saturating_sub(1),
        key if key.chars().count() == 1 && key != " " => {
            let letter = key.to_lowercase();
            let starts = |place: &usize| {
                let text = buttons[*place].inner_text().to_lowercase();
                text.trim_start().starts_with(&letter)
            };
            let from = here.map_or(0, |here| here + 1);
            match (from..count).chain(0..from.min(count)).find(starts) {
                Some(place) => place,
                None => return,
            }
        }
        _ => return,
    };
    event.prevent_default();
    if let Some(button) = buttons.get(next) {
        drop(button.focus());
    }
}

/// The values that the team estimates with.
fn scale(desk: Desk) -> Vec<Step> {
    desk.judge
        .with_untracked(|judge| judge.settings.scale.clone())
}

/// What somebody typed as an estimate: a number, or the name of a step such as `XL`.
#[must_use]
pub fn parse(desk: Desk, text: &str) -> Option<Option<f64>> {
    let name = text.trim().to_lowercase();
    let step = scale(desk)
        .into_iter()
        .find(|step| step.label.to_lowercase() == name);
    match step {
        Some(step) => Some(Some(step.value)),
        None => words::parse_estimate(text),
    }
}

#[component]
fn Estimates(desk: Desk, items: Vec<ItemId>) -> impl IntoView {
    let now = common(desk, &items, |row| row.estimate).flatten();
    let wrong = RwSignal::new(false);
    let items = StoredValue::new(items);
    let unit = untrack(|| words::terms(desk, Term::Points));
    let choose = move |estimate: Option<f64>| {
        items.with_value(|items| set(desk, items, Value::Estimate(estimate)));
    };
    view! {
        <form
            class="estimates"
            on:submit=move |event| {
                event.prevent_default();
                let field = crate::platform::page::element("estimate-field");
                let text = field
                    .and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok())
                    .map(|field| field.value())
                    .unwrap_or_default();
                match parse(desk, &text) {
                    Some(estimate) => choose(estimate),
                    None => wrong.set(true),
                }
            }
        >
            <input
                id="estimate-field"
                data-focus=""
                class="field"
                inputmode="decimal"
                autocomplete="off"
                placeholder=unit.clone()
                aria-label=format!("Estimate in {}", unit.to_lowercase())
                aria-invalid=move || wrong.get().to_string()
                prop:value=now.map(words::points).unwrap_or_default()
                on:focus=|event| {
                    if let Some(field) = event
                        .target()
                        .and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok())
                    {
                        field.select();
                    }
                }
            />
            <p class="wrong" role="alert">
                {move || wrong.get().then_some("A number from 0, such as 3 or 0.5.")}
            </p>
            <div class="scale">
                {scale(desk)
                    .into_iter()
                    .map(|step| {
                        let value = step.value;
                        let effort = untrack(|| words::effort(desk, value));
                        let is_name = step.label.parse::<f64>().is_err();
                        let said = if is_name { format!("{}, {effort}", step.label) } else { effort };
                        view! {
                            <button
                                type="button"
                                class="chip"
                                aria-pressed=(now == Some(value)).to_string()
                                aria-label=said
                                on:click=move |_| choose(Some(value))
                            >
                                {if is_name { step.label } else { words::points(value) }}
                            </button>
                        }
                    })
                    .collect_view()}
                <button type="button" class="chip wide" on:click=move |_| choose(None)>
                    "No estimate"
                </button>
            </div>
        </form>
    }
}

#[component]
fn Tags(desk: Desk, items: Vec<ItemId>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let items = StoredValue::new(items);
    let known = Memo::new(move |_| {
        let wanted = text.with(|text| text.trim().to_lowercase());
        let mut known: Vec<(String, usize)> = desk
            .rows
            .with(|rows| rows.tags())
            .into_iter()
            .filter(|(tag, _)| tag.to_lowercase().contains(&wanted))
            .collect();
        known.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        known.truncate(60);
        known
    });
    let on_all = move |tag: &str| {
        items.with_value(|items| {
            desk.rows.with(|rows| {
                items
                    .iter()
                    .filter_map(|id| rows.row(*id))
                    .all(|row| row.tags.iter().any(|other| other == tag))
            })
        })
    };
    let toggle = move |tag: String| {
        let on = !untrack(|| on_all(&tag));
        let items = items.get_value();
        desk.intend(Intent::Tag { items, tag, on });
    };
    let is_new = Memo::new(move |_| {
        let text = text.with(|text| text.trim().to_owned());
        let taken: BTreeSet<String> =
            known.with(|known| known.iter().map(|(tag, _)| tag.clone()).collect());
        (!text.is_empty() && !taken.contains(&text)).then_some(text)
    });
    let add = move || {
        if let Some(tag) = is_new.get_untracked() {
            toggle(tag);
        } else if let Some((tag, _)) = known.with_untracked(|known| known.first().cloned()) {
            toggle(tag);
        }
        text.set(String::new());
    };
    view! {
        <div class="tag-picker" on:keydown=move |event| {
            if matches!(event.key().as_str(), "ArrowDown" | "ArrowUp") {
                walk(event);
            }
        }>
            <input
                class="field"
                data-focus=""
                placeholder="Find or make a tag"
                aria-label="Find or make a tag"
                autocomplete="off"
                maxlength=TAG_LENGTH_MAX.to_string()
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.is_composing() {
                        event.prevent_default();
                        add();
                    }
                }
            />
            <div class="options" role="group" aria-label="Tags">
                {move || {
                    is_new
                        .get()
                        .map(|tag| {
                            view! {
                                <button class="option" on:click=move |_| add()>
                                    {icon(Icon::Plus)} <span>{format!("New tag “{tag}”")}</span>
                                </button>
                            }
                        })
                }}
                <For each=move || known.get() key=|(tag, _)| tag.clone() let((tag, _))>
                    <TagOption desk tag items toggle/>
                </For>
            </div>
        </div>
    }
}

#[component]
fn TagOption(
    desk: Desk,
    tag: String,
    items: StoredValue<Vec<ItemId>>,
    toggle: impl Fn(String) + Copy + Send + 'static,
) -> impl IntoView {
    let wanted = tag.clone();
    let on = Memo::new(move |_| {
        items.with_value(|items| {
            desk.rows.with(|rows| {
                items
                    .iter()
                    .filter_map(|id| rows.row(*id))
                    .all(|row| row.tags.contains(&wanted))
            })
        })
    });
    let name = tag.clone();
    view! {
        <button
            class="option"
            role="checkbox"
            aria-checked=move || on.get().to_string()
            on:click=move |_| toggle(name.clone())
        >
            <span class="box" aria-hidden="true">{move || on.get().then(|| icon(Icon::Check))}</span>
            <span>{tag}</span>
        </button>
    }
}
