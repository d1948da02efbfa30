//! Fields for the registers of goals, people, settings and the like: label and control, saved when the field is left.
//!
//! What was typed stays until the session answers; where it said no, the field shows the old value again.

use leptos::prelude::*;
use shared::{
    ids::PersonId,
    model::{Scalar, Thing},
};

use super::disputes;
use crate::{
    state::{desk::Desk, things},
    words,
};

/// One register of a thing.
#[derive(Clone, Debug)]
pub struct Register {
    /// The open backlog.
    pub desk: Desk,
    /// Whose register.
    pub thing: Thing,
    /// Its name.
    pub key: String,
}

impl Register {
    /// A register.
    #[must_use]
    pub fn new(desk: Desk, thing: Thing, key: impl Into<String>) -> Self {
        Self {
            desk,
            thing,
            key: key.into(),
        }
    }

    /// What it holds, followed.
    #[must_use]
    pub fn value(&self) -> Memo<Option<Scalar>> {
        let (desk, thing, key) = (self.desk, self.thing, self.key.clone());
        Memo::new(move |_| {
            desk.things
                .with(|things| things.get(&thing)?.get(&key).cloned())
        })
    }

    /// What it holds besides, while it holds several values.
    /// What others set it to meanwhile, where they did.
    pub fn disputed(&self) -> AnyView {
        disputes::of_register(self.desk, self.thing, &self.key)
    }

    /// Sets it.
    pub fn set(&self, value: Option<Scalar>) -> u64 {
        things::set(self.desk, self.thing, &self.key, value)
    }
}

/// What a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    Line,
    Text,
    Number,
    Day,
}

/// A field that shows one value and keeps what is typed into it.
#[derive(Clone)]
struct Field {
    register: Register,
    takes: Takes,
    value: Memo<Option<Scalar>>,
    /// What was typed last, with the number of the step that says it.
    typed: RwSignal<(u64, String)>,
    wrong: RwSignal<bool>,
}

impl Field {
    fn new(register: Register, takes: Takes) -> Self {
        Self {
            value: register.value(),
            register,
            takes,
            typed: RwSignal::new((0, String::new())),
            wrong: RwSignal::new(false),
        }
    }

    /// What the field shows.
    fn shown(&self) -> impl Fn() -> String + Clone + Send + Sync + 'static + use<> {
        let (value, typed, answered) = (self.value, self.typed, self.register.desk.answered);
        let waits = Memo::new(move |_| typed.with(|(number, _)| *number > answered.get()));
        move || {
            if waits.get() {
                return typed.with(|(_, text)| text.clone());
            }
            match value.get() {
                Some(Scalar::Number(number)) => number.to_string(),
                Some(Scalar::Text(text)) => text,
                Some(Scalar::Flag(_)) | None => String::new(),
            }
        }
    }

    fn keep(&self, text: String) {
        let trimmed = text.trim();
        let value = match self.takes {
            _ if trimmed.is_empty() => Ok(None),
            Takes::Line | Takes::Text | Takes::Day => Ok(Some(Scalar::from(trimmed))),
            Takes::Number => trimmed
                .replace(',', ".")
                .parse::<f64>()
                .ok()
                .filter(|number| number.is_finite())
                .map(|number| Some(Scalar::Number(number)))
                .ok_or(()),
        };
        self.wrong.set(value.is_err());
        let Ok(value) = value else { return };
        if value != self.value.get_untracked() {
            let number = self.register.set(value);
            self.typed.set((number, text));
        }
    }
}

/// A line of words.
pub fn line(register: Register, label: &'static str, placeholder: &'static str) -> AnyView {
    input(Field::new(register, Takes::Line), label, placeholder)
}

/// A number.
pub fn number(register: Register, label: &'static str, placeholder: &'static str) -> AnyView {
    input(Field::new(register, Takes::Number), label, placeholder)
}

/// A day.
pub fn day(register: Register, label: &'static str) -> AnyView {
    input(Field::new(register, Takes::Day), label, "")
}

fn input(field: Field, label: &'static str, placeholder: &'static str) -> AnyView {
    let wrong = field.wrong;
    let disputed = field.register.disputed();
    let label = untrack(|| words::own(field.register.desk, label));
    view! {
        <label class="register">
            <span>{label.clone()}</span>
            {bare(field, label, placeholder)}
            <span class="wrong" role="alert">{move || wrong.get().then_some("A number, such as 3 or 0.5.")}</span>
        </label>
        {disputed}
    }
    .into_any()
}

/// A line of words whose label is only heard.
pub fn bare_line(
    register: Register,
    label: impl Into<String>,
    placeholder: &'static str,
    class: &'static str,
) -> AnyView {
    let field = Field::new(register, Takes::Line);
    let label: String = label.into();
    let shown = field.shown();
    view! {
        <input
            class=format!("field {class}")
            aria-label=label
            autocomplete="off"
            placeholder=placeholder
            prop:value=shown
            on:change=move |event| field.keep(event_target_value(&event))
        />
    }
    .into_any()
}

/// A number whose label is only heard.
pub fn bare_number(
    register: Register,
    label: impl Into<String>,
    placeholder: &'static str,
) -> AnyView {
    let label: String = label.into();
    bare(Field::new(register, Takes::Number), label, placeholder)
}

fn bare(field: Field, label: impl Into<String>, placeholder: &'static str) -> AnyView {
    let shown = field.shown();
    let wrong = field.wrong;
    let takes = field.takes;
    let label: String = label.into();
    view! {
        <input
            class="field"
            aria-label=label
            type=if takes == Takes::Day { "date" } else { "text" }
            inputmode=(takes == Takes::Number).then_some("decimal")
            autocomplete="off"
            placeholder=placeholder
            aria-invalid=move || wrong.get().to_string()
            prop:value=shown
            on:change=move |event| field.keep(event_target_value(&event))
        />
    }
    .into_any()
}

/// Words with lines.
pub fn text(register: Register, label: &'static str, placeholder: &'static str) -> AnyView {
    let disputed = register.disputed();
    let field = Field::new(register, Takes::Text);
    let shown = field.shown();
    view! {
        <label class="register">
            <span>{label}</span>
            <textarea
                class="field"
                aria-label=label
                rows="2"
                placeholder=placeholder
                prop:value=shown
                on:change=move |event| field.keep(event_target_value(&event))
            ></textarea>
        </label>
        {disputed}
    }
    .into_any()
}

/// One of several words; `unset` is what holds while nobody chose, and can be chosen again.
pub fn choice(
    register: Register,
    label: &'static str,
    unset: &'static str,
    options: Vec<(String, String)>,
) -> AnyView {
    let disputed = register.disputed();
    view! {
        <label class="register">
            <span>{label}</span>
            {bare_choice(register, label, unset, options)}
        </label>
        {disputed}
    }
    .into_any()
}

/// The same, whose label is only heard.
pub fn bare_choice(
    register: Register,
    label: impl Into<String>,
    unset: &'static str,
    options: Vec<(String, String)>,
) -> AnyView {
    let value = register.value();
    let chosen = move || {
        let value = value.get();
        value.and_then(|value| value.text().map(str::to_owned))
    };
    let label: String = label.into();
    let all = options
        .into_iter()
        .map(|(word, label)| {
            let own = word.clone();
            let is_chosen = move || chosen().as_ref() == Some(&own);
            view! { <option value=word prop:selected=is_chosen>{label}</option> }
        })
        .collect_view();
    view! {
        <select
            aria-label=label
            on:change=move |event| {
                let word = event_target_value(&event);
                register.set((!word.is_empty()).then_some(Scalar::Text(word)));
            }
        >
            <option value="" prop:selected=move || chosen().is_none()>{unset}</option>
            {all}
        </select>
    }
    .into_any()
}

/// Yes or no.
pub fn flag(register: Register, label: impl Into<String>) -> AnyView {
    let value = register.value();
    let is_on = move || value.with(|value| value.as_ref().is_some_and(Scalar::is_on));
    let label: String = label.into();
    let disputed = register.disputed();
    view! {
        <label class="choice">
            <input
                type="checkbox"
                prop:checked=is_on
                on:change=move |event| {
                    register.set(event_target_checked(&event).then_some(Scalar::Flag(true)));
                }
            />
            <span>{label}</span>
        </label>
        {disputed}
    }
    .into_any()
}

/// Somebody of this backlog, or nobody.
pub fn person(register: Register, label: &'static str) -> AnyView {
    let desk = register.desk;
    let value = register.value();
    let people = Memo::new(move |_| people(desk));
    let disputed = register.disputed();
    let chosen = Memo::new(move |_| {
        value.with(|value| {
            value
                .as_ref()
                .and_then(|value| value.text()?.parse::<PersonId>().ok())
        })
    });
    view! {
        <label class="register">
            <span>{label}</span>
            <select
                aria-label=label
                on:change=move |event| {
                    let word = event_target_value(&event);
                    register.set((!word.is_empty()).then_some(Scalar::Text(word)));
                }
            >
                <option value="" prop:selected=move || chosen.get().is_none()>"Nobody"</option>
                <For each=move || people.get() key=Clone::clone let((id, name))>
                    <option value=id.to_string() prop:selected=move || chosen.get() == Some(id)>{name}</option>
                </For>
            </select>
        </label>
        {disputed}
    }
    .into_any()
}

/// Everybody of this backlog, by name. Followed.
#[must_use]
pub fn people(desk: Desk) -> Vec<(PersonId, String)> {
    let mut people: Vec<(PersonId, String)> = desk.people.with(|people| {
        let all = people.iter();
        all.map(|(id, person)| (*id, person.name.clone())).collect()
    });
    if !people.iter().any(|(id, _)| *id == desk.me) {
        people.push((desk.me, words::person(desk, desk.me)));
    }
    people.sort_by(|(a, x), (b, y)| (x.to_lowercase(), a).cmp(&(y.to_lowercase(), b)));
    people
}
