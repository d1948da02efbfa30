//! The fields of the open item that hold one value each, and its tags.

use leptos::prelude::*;
use shared::{
    intent::{Intent, Value},
    model::{Kind, Part, Status},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{Open, changed};
use crate::{
    components::{pickers::parse, tag_view::tag_mark},
    ui::icon::{Icon, icon},
    words,
};

/// Label and control, one under the other.
#[component]
pub(super) fn Fields(open: Open) -> impl IntoView {
    view! {
        <div class="fields">
            <KindField open/>
            <StatusField open/>
            <EstimateField open/>
            <TagsField open/>
            <ForWhomField open/>
            <WantField open/>
            <BenefitField open/>
            {changed::line(open, Part::Basics)}
        </div>
    }
}

#[component]
fn KindField(open: Open) -> impl IntoView {
    let kind = open.field(|row| row.kind);
    view! {
        <label>
            <span>"Type"</span>
            <select
                aria-label="Type"
                on:change=move |event| {
                    if let Some(kind) = Kind::from_word(&event_target_value(&event)) {
                        open.set(Value::Kind(kind));
                    }
                }
            >
                {Kind::ALL
                    .iter()
                    .map(|one| {
                        let one = *one;
                        view! {
                            <option value=one.word() prop:selected=move || kind.get() == Some(one)>{move || words::kind(open.desk, one)}</option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}

#[component]
fn StatusField(open: Open) -> impl IntoView {
    let status = open.field(|row| row.status);
    let away = move || status.get().filter(|status| status.is_away());
    view! {
        <label>
            <span>"Status"</span>
            <select
                aria-label="Status"
                prop:disabled=move || away().is_some()
                on:change=move |event| {
                    if let Some(status) = Status::from_word(&event_target_value(&event)) {
                        open.set(Value::Status(status));
                    }
                }
            >
                {Status::CHOICES
                    .iter()
                    .map(|one| {
                        let one = *one;
                        view! {
                            <option value=one.word() prop:selected=move || status.get() == Some(one)>{one.label()}</option>
                        }
                    })
                    .collect_view()}
                {move || away().map(|status| view! { <option selected=true>{status.label()}</option> })}
            </select>
        </label>
    }
}

#[component]
fn EstimateField(open: Open) -> impl IntoView {
    let estimate = open.field(|row| row.estimate);
    let shown = move || {
        let estimate = estimate.get().flatten();
        estimate.map(words::points).unwrap_or_default()
    };
    let wrong = RwSignal::new(false);
    view! {
        <label>
            <span>"Estimate"</span>
            <input
                class="field"
                aria-label="Estimate"
                inputmode="decimal"
                autocomplete="off"
                placeholder="none"
                aria-invalid=move || wrong.get().to_string()
                prop:value=shown
                on:change=move |event| match parse(open.desk, &event_target_value(&event)) {
                    Some(typed) => {
                        wrong.set(false);
                        if Some(typed) != estimate.get_untracked() {
                            open.set(Value::Estimate(typed));
                        }
                    }
                    None => wrong.set(true),
                }
            />
        </label>
        <p class="wrong" role="alert">
            {move || wrong.get().then_some("An estimate is a number from 0, such as 3 or 0.5.")}
        </p>
        {changed::line(open, Part::Estimate)}
    }
}

#[component]
fn TagsField(open: Open) -> impl IntoView {
    let tags = Memo::new(move |_| {
        open.row
            .with(|row| row.as_ref().map(|row| row.tags.clone()))
            .unwrap_or_default()
    });
    let tag = move |tag: String, on: bool| {
        open.intend(Intent::Tag {
            items: vec![open.id],
            tag,
            on,
        });
    };
    view! {
        <div class="labelled">
            <span>"Tags"</span>
            <div class="tag-list">
                <For each=move || tags.get() key=Clone::clone let(name)>
                    {
                        let label = format!("Remove tag {name}");
                        let shown = name.clone();
                        view! {
                            <span class="tag">
                                {tag_mark(open.desk, shown.clone())}
                                {shown}
                                <button class="quiet" aria-label=label on:click=move |_| tag(name.clone(), false)>
                                    {icon(Icon::Close)}
                                </button>
                            </span>
                        }
                    }
                </For>
                <input
                    class="field"
                    aria-label="Add a tag"
                    placeholder="Add"
                    autocomplete="off"
                    maxlength="60"
                    on:keydown=move |event| {
                        if event.key() != "Enter" || event.is_composing() {
                            return;
                        }
                        event.prevent_default();
                        let typed = event_target_value(&event).trim().to_owned();
                        if !typed.is_empty() {
                            tag(typed, true);
                        }
                        if let Some(field) = event
                            .target()
                            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
                        {
                            field.set_value("");
                        }
                    }
                />
            </div>
        </div>
    }
}

#[component]
fn ForWhomField(open: Open) -> impl IntoView {
    let for_whom = open.field(|row| row.for_whom.clone());
    let is_story = open.field(|row| row.kind == Kind::Story);
    view! {
        <label>
            <span>{move || if is_story.get() == Some(true) { "As a" } else { "For whom" }}</span>
            <input
                class="field"
                aria-label="For whom"
                autocomplete="off"
                placeholder=move || if is_story.get() == Some(true) { "who needs it" } else { "As a …" }
                prop:value=move || for_whom.get().unwrap_or_default()
                on:change=move |event| {
                    let typed = event_target_value(&event).trim().to_owned();
                    if for_whom.get_untracked().as_ref() != Some(&typed) {
                        open.set(Value::ForWhom(typed));
                    }
                }
            />
        </label>
    }
}

/// The middle of a story: "I want" is its title.
#[component]
fn WantField(open: Open) -> impl IntoView {
    let title = open.field(|row| row.title.clone());
    let is_story = open.field(|row| row.kind == Kind::Story);
    view! {
        <Show when=move || is_story.get() == Some(true)>
            <label>
                <span>"I want"</span>
                <input
                    class="field"
                    aria-label="I want"
                    autocomplete="off"
                    prop:value=move || title.get().unwrap_or_default()
                    on:change=move |event| {
                        let typed = event_target_value(&event).trim().to_owned();
                        if !typed.is_empty() && title.get_untracked().as_ref() != Some(&typed) {
                            open.set(Value::Title(typed));
                        }
                    }
                />
            </label>
        </Show>
    }
}

#[component]
fn BenefitField(open: Open) -> impl IntoView {
    let benefit = Memo::new(move |_| {
        open.detail
            .with(|detail| detail.as_ref().map(|detail| detail.benefit.clone()))
    });
    let is_story = open.field(|row| row.kind == Kind::Story);
    view! {
        <label>
            <span>{move || if is_story.get() == Some(true) { "so that" } else { "Benefit" }}</span>
            <input
                class="field"
                aria-label="Benefit"
                autocomplete="off"
                placeholder=move || if is_story.get() == Some(true) { "what it brings" } else { "so that …" }
                prop:disabled=move || benefit.with(Option::is_none)
                prop:value=move || benefit.get().unwrap_or_default()
                on:change=move |event| {
                    let typed = event_target_value(&event).trim().to_owned();
                    if benefit.get_untracked().as_ref() != Some(&typed) {
                        open.set(Value::Benefit(typed));
                    }
                }
            />
        </label>
    }
}
