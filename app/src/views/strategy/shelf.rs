//! The records of one collection as cards in their order: made, named, moved and put away by keyboard or pointer.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Thing, thing},
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    components::register::{Register, bare_line},
    platform::page,
    state::{desk::Desk, things},
    ui::icon::{Icon, icon},
};

/// A record on the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Card {
    pub(super) desk: Desk,
    pub(super) collection: Collection,
    pub(super) id: RecordId,
}

impl Card {
    /// One of its registers.
    pub(super) fn register(self, key: &str) -> Register {
        Register::new(self.desk, self.thing(), key)
    }

    /// The record.
    pub(super) const fn thing(self) -> Thing {
        Thing::Record(self.collection, self.id)
    }

    /// What it is called, followed.
    pub(super) fn name(self) -> Memo<String> {
        let facts = things::facts(self.desk, self.thing());
        Memo::new(move |_| facts.with(|facts| thing::text(facts, "name").to_owned()))
    }
}

/// The collection: heading, cards, the field for a new one, and what was put away.
pub(super) fn shelf(
    desk: Desk,
    collection: Collection,
    heading: &'static str,
    hint: &'static str,
    body: fn(Card) -> AnyView,
) -> AnyView {
    let ids = things::ids(desk, collection);
    let is_empty = move || ids.with(Vec::is_empty);
    view! {
        <section class="shelf" aria-label=heading>
            <h3>{heading}</h3>
            <Show when=is_empty><p class="soft">{hint}</p></Show>
            <For each=move || ids.get() key=|id| *id let(id)>
                {card(Card { desk, collection, id }, body)}
            </For>
            {add_form(desk, collection)}
            {put_away(desk, collection)}
        </section>
    }
    .into_any()
}

fn element_of(card: Card) -> String {
    format!("card-{}", card.id)
}

fn card(card: Card, body: fn(Card) -> AnyView) -> AnyView {
    let Card {
        desk,
        collection,
        id,
    } = card;
    let name = card.name();
    let what = collection.label();
    let step = move |down: bool| {
        things::step(desk, collection, id, down);
        let own = element_of(card);
        page::after_paint(move || page::scroll_to(&own));
    };
    view! {
        <article
            id=element_of(card)
            class="record"
            aria-label=move || name.get()
            on:keydown=move |event| {
                let down = match event.key().as_str() {
                    "ArrowUp" if event.alt_key() => false,
                    "ArrowDown" if event.alt_key() => true,
                    _ => return,
                };
                event.prevent_default();
                step(down);
            }
        >
            <div class="record-head">
                {bare_line(card.register("name"), format!("{what} name"), "Name", "record-name")}
                <button class="quiet" aria-label=move || format!("Move {} up", name.get()) title="Move up (Alt+↑)" on:click=move |_| step(false)>
                    {icon(Icon::Up)}
                </button>
                <button class="quiet" aria-label=move || format!("Move {} down", name.get()) title="Move down (Alt+↓)" on:click=move |_| step(true)>
                    {icon(Icon::Down)}
                </button>
                <button
                    class="quiet"
                    aria-label=move || format!("Archive {}", name.get())
                    title="Archive"
                    on:click=move |_| things::archive(desk, collection, id, true)
                >
                    {icon(Icon::Archived)}
                </button>
            </div>
            {body(card)}
        </article>
    }
    .into_any()
}

fn add_form(desk: Desk, collection: Collection) -> AnyView {
    let what = collection.label().to_lowercase();
    let label = format!(
        "Add {} {what}",
        if what.starts_with('i') { "an" } else { "a" }
    );
    view! {
        <div class="add">
            {icon(Icon::Plus)}
            <input
                class="field"
                aria-label=label.clone()
                placeholder=label
                autocomplete="off"
                maxlength="200"
                on:keydown=move |event| {
                    if event.key() != "Enter" || event.is_composing() {
                        return;
                    }
                    event.prevent_default();
                    let field = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                    if let Some(field) = field
                        && things::add(desk, collection, &field.value(), Vec::new()).is_some()
                    {
                        field.set_value("");
                    }
                }
            />
        </div>
    }
    .into_any()
}

/// What was archived, each with the way back.
fn put_away(desk: Desk, collection: Collection) -> AnyView {
    let away = Memo::new(move |_| {
        desk.things.with(|things| {
            let all = things.iter().filter_map(|(thing, facts)| match thing {
                Thing::Record(own, id)
                    if *own == collection
                        && thing::exists(facts)
                        && thing::is_on(facts, "archived") =>
                {
                    Some((*id, thing::text(facts, "name").to_owned()))
                }
                Thing::Record(..) | Thing::Product | Thing::Person(_) => None,
            });
            all.collect::<Vec<_>>()
        })
    });
    let heading = move || format!("Archived ({})", away.with(Vec::len));
    view! {
        <Show when=move || away.with(|away| !away.is_empty())>
            <details class="away">
                <summary>{heading}</summary>
                <ul>
                    <For each=move || away.get() key=Clone::clone let((id, name))>
                        <li>
                            <span class="cut">{name.clone()}</span>
                            <button
                                class="quiet"
                                aria-label=format!("Restore {name}")
                                on:click=move |_| things::archive(desk, collection, id, false)
                            >
                                "Restore"
                            </button>
                        </li>
                    </For>
                </ul>
            </details>
        </Show>
    }
    .into_any()
}
