//! Fields of the team's own, which items then have.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Scalar, Thing, thing},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{options, own};
use crate::{
    components::register::{bare_choice, bare_line},
    state::{desk::Desk, things},
    ui::icon::{Icon, icon},
};

/// The fields that were not taken away: (id, name). Followed.
fn known(desk: Desk) -> Vec<(String, String)> {
    desk.things.with(|things| {
        let Some(facts) = things.get(&Thing::Product) else {
            return Vec::new();
        };
        let groups = thing::groups(facts, "custom").into_iter();
        let live = groups.filter(|(_, parts)| !parts.get("removed").is_some_and(|it| it.is_on()));
        live.filter_map(|(id, parts)| {
            let name = parts.get("name")?.text()?;
            Some((id.to_owned(), name.to_owned()))
        })
        .collect()
    })
}

pub(super) fn section(desk: Desk) -> AnyView {
    let fields = Memo::new(move |_| {
        let ids = known(desk).into_iter().map(|(id, _)| id);
        ids.collect::<Vec<String>>()
    });
    super::section(
        "Fields",
        "What else you keep about items.",
        view! {
            <ul class="editable">
                <For each=move || fields.get() key=Clone::clone let(id)>
                    {field(desk, &id)}
                </For>
            </ul>
            {add(desk)}
        }
        .into_any(),
    )
}

fn field(desk: Desk, id: &str) -> AnyView {
    let register = |part: &str| own(desk, &format!("custom:{id}:{part}"));
    let kinds = options(&[("number", "Number"), ("day", "Day"), ("yes", "Yes or no")]);
    let removed = register("removed");
    let name = register("name").value();
    let label = move || {
        name.with(|name| {
            let name = name.as_ref().and_then(Scalar::text).unwrap_or_default();
            format!("Remove field {name}")
        })
    };
    view! {
        <li>
            {bare_line(register("name"), "Field name", "Name", "")}
            {bare_choice(register("kind"), "Kind of field", "Text", kinds)}
            <button class="quiet" aria-label=label on:click=move |_| { removed.set(Some(Scalar::Flag(true))); }>
                {icon(Icon::Trash)}
            </button>
        </li>
    }
    .into_any()
}

fn add(desk: Desk) -> AnyView {
    view! {
        <div class="add">
            {icon(Icon::Plus)}
            <input
                class="field"
                aria-label="Add a field"
                placeholder="Add a field"
                autocomplete="off"
                maxlength="100"
                on:keydown=move |event| {
                    if event.key() != "Enter" || event.is_composing() {
                        return;
                    }
                    event.prevent_default();
                    let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                    let Some(field) = field else { return };
                    let name = field.value().trim().to_owned();
                    if !name.is_empty() {
                        let id = desk.draw(RecordId::random);
                        things::set(desk, Thing::Product, &format!("custom:{id}:name"), Some(name.into()));
                        field.set_value("");
                    }
                }
            />
        </div>
    }
    .into_any()
}
