//! What is asked before something is decided at triage (PB-21): one small dialog for each decision.

mod accept;
mod ask;
mod decline;
mod merge;
mod snooze;

pub use self::decline::reason_label;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, Value},
    model::{Field, Scalar},
};

use crate::{
    state::{desk::Desk, layer::Decision},
    ui::dialog::{Dialog, Shape},
    words,
};

/// The dialog of a decision about what is looked at.
#[must_use]
pub fn dialog(desk: Desk, decision: Decision) -> AnyView {
    let items = desk.decided();
    match decision {
        Decision::Accept => accept::dialog(desk, items),
        Decision::Decline => decline::dialog(desk, items),
        Decision::Snooze => snooze::dialog(desk, items),
        Decision::Merge => merge::dialog(desk, items),
        Decision::Ask => ask::dialog(desk, items),
    }
}

/// What the items are called in a question: the title of one, the number of several.
fn named(desk: Desk, items: &[ItemId]) -> String {
    match items {
        [one] => desk.rows.with_untracked(|rows| {
            let row = rows.row(*one);
            row.map_or_else(String::new, |row| row.title.clone())
        }),
        _ => words::count(items.len(), "item", "items"),
    }
}

/// Sets a further register.
fn set(items: &[ItemId], field: Field, value: Option<Scalar>) -> Intent {
    Intent::Set {
        items: items.to_vec(),
        value: Value::Field(field, value),
    }
}

/// Several intents as one step; one alone stays as it is, so that the screen can show it at once.
fn together(name: &str, said: String, mut parts: Vec<Intent>) -> Intent {
    if parts.len() == 1
        && let Some(only) = parts.pop()
    {
        return only;
    }
    Intent::Together {
        name: name.to_owned(),
        said,
        parts,
    }
}

/// A question with its buttons.
fn form(
    desk: Desk,
    label: &'static str,
    items: &[ItemId],
    submit: impl Fn() + Send + 'static,
    body: AnyView,
) -> AnyView {
    let named = named(desk, items);
    view! {
        <Dialog label shape=Shape::Card on_close=move |()| desk.stay()>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <div>
                    <h2>{label}</h2>
                    <p class="soft clamp">{named}</p>
                </div>
                {body}
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.stay()>"Cancel"</button>
                    <button type="submit" class="primary">{label}</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}
