//! Fields for the further registers of an item: label and control, saved when the field is left.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Value,
    model::{Field, Scalar},
};

use super::Open;
use crate::{
    components::register::people,
    state::layer::{ItemLink, Layer},
    ui::icon::{Icon, icon},
};

fn value(open: Open, field: Field) -> Memo<Option<Scalar>> {
    Memo::new(move |_| {
        open.row
            .with(|row| row.as_ref().and_then(|row| row.field(field).cloned()))
    })
}

fn shown(value: Memo<Option<Scalar>>) -> impl Fn() -> String + Copy + Send + 'static {
    move || match value.get() {
        Some(Scalar::Text(text)) => text,
        Some(Scalar::Number(number)) => number.to_string(),
        Some(Scalar::Flag(_)) | None => String::new(),
    }
}

fn set(open: Open, field: Field, value: Option<Scalar>) {
    open.set(Value::Field(field, value));
}

/// A line of words.
pub(super) fn line(open: Open, field: Field, placeholder: &'static str) -> AnyView {
    let shown = shown(value(open, field));
    view! {
        <label>
            <span>{field.label()}</span>
            <input
                class="field"
                aria-label=field.label()
                autocomplete="off"
                maxlength="500"
                placeholder=placeholder
                prop:value=shown
                on:change=move |event| keep_text(open, field, &event_target_value(&event), untrack(shown))
            />
        </label>
    }
    .into_any()
}

/// Words with lines.
pub(super) fn text(open: Open, field: Field, placeholder: &'static str) -> AnyView {
    let shown = shown(value(open, field));
    view! {
        <label class="tall">
            <span>{field.label()}</span>
            <textarea
                class="field"
                aria-label=field.label()
                rows="2"
                placeholder=placeholder
                prop:value=shown
                on:change=move |event| keep_text(open, field, &event_target_value(&event), untrack(shown))
            ></textarea>
        </label>
    }
    .into_any()
}

fn keep_text(open: Open, field: Field, typed: &str, before: String) {
    let typed = typed.trim();
    if typed != before {
        set(open, field, (!typed.is_empty()).then(|| typed.into()));
    }
}

/// A number; where `is_amount`, from 0.
pub(super) fn number(open: Open, field: Field, is_amount: bool) -> AnyView {
    let value = value(open, field);
    let wrong = RwSignal::new(false);
    let keep = move |typed: String| {
        let typed = typed.trim().replace(',', ".");
        let number = typed
            .parse::<f64>()
            .ok()
            .filter(|number| number.is_finite());
        let number = number.filter(|number| !is_amount || *number >= 0.0);
        wrong.set(!typed.is_empty() && number.is_none());
        let number = number.map(Scalar::Number);
        if (typed.is_empty() || number.is_some()) && number != value.get_untracked() {
            set(open, field, number);
        }
    };
    view! {
        <label>
            <span>{field.label()}</span>
            <input
                class="field"
                aria-label=field.label()
                inputmode="decimal"
                autocomplete="off"
                placeholder="none"
                aria-invalid=move || wrong.get().to_string()
                prop:value=shown(value)
                on:change=move |event| keep(event_target_value(&event))
            />
        </label>
        <p class="wrong" role="alert">
            {move || {
                wrong.get().then_some(if is_amount { "A number from 0, such as 3 or 0.5." } else { "A number, such as 3 or -0.5." })
            }}
        </p>
    }
    .into_any()
}

/// One of several words.
pub(super) fn choice(
    open: Open,
    field: Field,
    options: &'static [&'static str],
    label: fn(&str) -> &'static str,
) -> AnyView {
    let shown = shown(value(open, field));
    view! {
        <label>
            <span>{field.label()}</span>
            <select
                aria-label=field.label()
                on:change=move |event| {
                    let word = event_target_value(&event);
                    set(open, field, (!word.is_empty()).then_some(Scalar::Text(word)));
                }
            >
                <option value="" prop:selected=move || shown().is_empty()>"\u{2013}"</option>
                {options
                    .iter()
                    .map(|word| {
                        let word = *word;
                        view! { <option value=word prop:selected=move || shown() == word>{label(word)}</option> }
                    })
                    .collect_view()}
            </select>
        </label>
    }
    .into_any()
}

/// Somebody of this backlog, or nobody.
pub(super) fn person(open: Open, field: Field) -> AnyView {
    let desk = open.desk;
    let shown = shown(value(open, field));
    let all = Memo::new(move |_| people(desk));
    view! {
        <label>
            <span>{field.label()}</span>
            <select
                aria-label=field.label()
                on:change=move |event| {
                    let word = event_target_value(&event);
                    set(open, field, (!word.is_empty()).then_some(Scalar::Text(word)));
                }
            >
                <option value="" prop:selected=move || shown().is_empty()>"Nobody"</option>
                <For each=move || all.get() key=Clone::clone let((id, name))>
                    {
                        let word = id.to_string();
                        let own = word.clone();
                        view! { <option value=word prop:selected=move || shown() == own>{name}</option> }
                    }
                </For>
            </select>
        </label>
    }
    .into_any()
}

/// Another item, chosen in a dialog.
pub(super) fn item(open: Open, field: Field, link: ItemLink) -> AnyView {
    let value = value(open, field);
    let other = Memo::new(move |_| {
        value
            .get()
            .and_then(|value| value.text()?.parse::<ItemId>().ok())
    });
    view! {
        <div class="labelled">
            <span>{field.label()}</span>
            <div class="tag-list">
                {move || {
                    other
                        .get()
                        .map(|id| named_item(open, id, Callback::new(move |()| set(open, field, None))))
                }}
                <Show when=move || other.get().is_none()>
                    <button class="quiet" aria-haspopup="dialog" aria-label=format!("{}: choose an item", field.label()) on:click=move |_| open.desk.show_layer(Layer::Link(open.id, link))>
                        "Choose\u{2026}"
                    </button>
                </Show>
            </div>
        </div>
    }
    .into_any()
}

/// A link to another item, with the way to take it off.
pub(super) fn named_item(open: Open, id: ItemId, take_off: Callback<()>) -> AnyView {
    let desk = open.desk;
    let name = Memo::new(move |_| {
        desk.items.with(|rows| match rows.row(id) {
            Some(row) => format!("{} {}", rows.reference(row), row.title),
            None => "an item that is not here".to_owned(),
        })
    });
    view! {
        <span class="tag">
            <button class="quiet name cut" on:click=move |_| desk.open_item(id)>{move || name.get()}</button>
            <button class="quiet" aria-label=move || format!("Unlink {}", name.get()) on:click=move |_| take_off.run(())>
                {icon(Icon::Close)}
            </button>
        </span>
    }
    .into_any()
}
