//! Which list is on the screen, what it is for, and the way to the others (PB-27, BT-01, BT-37).

use leptos::prelude::*;
use shared::{
    model::{Place, Status, Thing, Things, thing, view::place_name},
    product::settings,
};

use crate::{
    components::lists::archive_filter,
    state::{arrange::Look, board, desk::Desk, filter::Filter, layer::Layer},
    ui::icon::{Icon, icon},
};

/// What the product backlog is for, until somebody says it in other words.
const PURPOSE: &str =
    "Features for upcoming releases: what is accepted and in no release yet, most important first.";

/// The button that names the list and opens the others.
#[component]
pub(super) fn ListName(desk: Desk) -> impl IntoView {
    let name = Memo::new(move |_| {
        let (filter, look) = (desk.filter.get(), desk.look.get());
        desk.things.with(|things| name_of(things, &filter, look))
    });
    let dot = move || {
        let place = desk.filter.with(Filter::place);
        let colour = desk.things.with(|things| {
            let facts = things.get(&place.record()?)?;
            board::colour(facts)
        });
        colour
            .map(|colour| view! { <span class=format!("dot c{colour}") aria-hidden="true"></span> })
    };
    view! {
        <h2 class="list-name">
            <button
                aria-haspopup="menu"
                aria-label=move || format!("List: {}", name.get())
                title="Other lists"
                on:click=move |event| desk.show_layer_at(Layer::Lists, &event)
            >
                {dot}
                <span class="cut">{move || name.get()}</span>
                {icon(Icon::Chevron)}
            </button>
        </h2>
    }
}

fn name_of(things: &Things, filter: &Filter, look: Look) -> String {
    if look.whole {
        "All lists".to_owned()
    } else if *filter == archive_filter(Status::Archived).with_text(&filter.text) {
        "Archive".to_owned()
    } else if *filter == archive_filter(Status::Declined).with_text(&filter.text) {
        "Declined".to_owned()
    } else {
        place_name(things, filter.place())
    }
}

/// What the list is for, and whose it is.
#[component]
pub(super) fn Purpose(desk: Desk) -> impl IntoView {
    let text = Memo::new(move |_| {
        let place = desk.filter.with(Filter::place);
        let whole = desk.look.get().whole;
        desk.things.with(|things| {
            let facts = things.get(&place.record().unwrap_or(Thing::Product));
            let said = |key| facts.map_or("", |facts| thing::text(facts, key)).to_owned();
            match place {
                _ if whole => {
                    settings::in_own_words(things, "Everything accepted that is in no release yet.")
                }
                Place::Product => {
                    let purpose = said("purpose");
                    if purpose.is_empty() {
                        settings::in_own_words(things, PURPOSE)
                    } else {
                        purpose
                    }
                }
                _ => said("description").replace('\n', " "),
            }
        })
    });
    let owner = Memo::new(move |_| {
        let place = desk.filter.with(Filter::place);
        let owner = desk.things.with(|things| {
            let facts = things.get(&place.record()?)?;
            thing::text(facts, "owner").parse().ok()
        })?;
        desk.people
            .with(|people| people.get(&owner).map(|person| person.name.clone()))
    });
    view! {
        <p class="list-purpose soft">
            <span class="cut">{move || text.get()}</span>
            {move || owner.get().map(|name| view! { <span>"Owner: " {name}</span> })}
        </p>
    }
}
