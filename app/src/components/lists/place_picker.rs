//! Where items go: any backlog or list, found by typing, or a new list (BT-50).

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::{Intent, Target},
    model::{Collection, Place, Things, thing, view::place_name},
    product::releases,
};

use crate::{
    commands,
    components::pickers::walk,
    state::{board, desk::Desk, filter},
    ui::icon::{Icon, icon},
    words,
};

/// The sign of a place.
#[must_use]
pub const fn place_icon(place: Place) -> Icon {
    match place {
        Place::Inbox => Icon::Archived,
        Place::Product => Icon::Feature,
        Place::List(_) => Icon::List,
        Place::Release(_) => Icon::File,
        Place::Sprint(_) => Icon::Doing,
    }
}

/// Every place that items can be in: (place, its name).
#[must_use]
pub fn places(things: &Things) -> Vec<(Place, String)> {
    let of = |collection, place: fn(RecordId) -> Place| {
        thing::records(things, collection)
            .into_iter()
            .map(move |(id, _)| place(id))
    };
    [Place::Inbox, Place::Product]
        .into_iter()
        .chain(of(Collection::Lists, Place::List))
        .chain(
            releases::open(things)
                .into_iter()
                .map(|release| release.place()),
        )
        .chain(of(Collection::Sprints, Place::Sprint))
        .map(|place| (place, place_name(things, place)))
        .collect()
}

/// The picker: of all places, or of releases alone (PB-45).
#[component]
pub fn PlacePicker(desk: Desk, items: Vec<ItemId>, releases: bool) -> impl IntoView {
    let (collection, wanted) = if releases {
        (
            Collection::Releases,
            untrack(|| words::own(desk, "Find or make a release")),
        )
    } else {
        (Collection::Lists, "Find or make a list".to_owned())
    };
    let text = RwSignal::new(String::new());
    let now = common_place(desk, &items);
    let found = Memo::new(move |_| {
        let wanted = text.with(|text| text.trim().to_lowercase());
        let mut found = desk.things.with(places);
        found.retain(|(place, name)| {
            (!releases || matches!(place, Place::Release(_))) && filter::contains(name, &wanted)
        });
        found
    });
    let is_new = Memo::new(move |_| {
        let text = text.with(|text| text.trim().to_owned());
        let taken = found.with(|found| found.iter().any(|(_, name)| *name == text));
        (!text.is_empty() && !taken).then_some(text)
    });
    let choose = move |place: Place| {
        desk.close_layer();
        commands::move_to_place(desk, place);
    };
    let items = StoredValue::new(items);
    let make = move |name: String| {
        desk.close_layer();
        move_to_new(desk, collection, &name, items.get_value());
    };
    let enter = move || {
        if let Some((place, _)) = found.with_untracked(|found| found.first().cloned()) {
            choose(place);
        } else if let Some(name) = is_new.get_untracked() {
            make(name);
        }
    };
    view! {
        <div
            class="tag-picker"
            on:keydown=move |event| {
                if matches!(event.key().as_str(), "ArrowDown" | "ArrowUp") {
                    walk(event);
                }
            }
        >
            <input
                class="field"
                data-focus=""
                placeholder=wanted.clone()
                aria-label=wanted
                autocomplete="off"
                maxlength="100"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Enter" && !event.is_composing() {
                        event.prevent_default();
                        enter();
                    }
                }
            />
            <div class="options" role="menu" aria-label="Lists">
                <For each=move || found.get() key=Clone::clone let((place, name))>
                    <button
                        class="option"
                        role="menuitemradio"
                        aria-checked=(now == Some(place)).to_string()
                        on:click=move |_| choose(place)
                    >
                        {icon(place_icon(place))}
                        <span class="cut">{name}</span>
                        {(now == Some(place)).then(|| icon(Icon::Check))}
                    </button>
                </For>
                {move || {
                    is_new
                        .get()
                        .map(|name| {
                            let label = format!("New {} \u{201c}{name}\u{201d}", collection.label().to_lowercase());
                            view! {
                                <button class="option" role="menuitem" on:click=move |_| make(name.clone())>
                                    {icon(Icon::Plus)}
                                    <span class="cut">{label}</span>
                                </button>
                            }
                        })
                }}
            </div>
        </div>
    }
}

fn common_place(desk: Desk, items: &[ItemId]) -> Option<Place> {
    desk.rows.with_untracked(|rows| {
        let mut places = items
            .iter()
            .filter_map(|item| rows.row(*item))
            .map(|row| row.place);
        let first = places.next()?;
        places.all(|place| place == first).then_some(first)
    })
}

/// Items go to a list that is made for them, in one step.
fn move_to_new(desk: Desk, collection: Collection, name: &str, items: Vec<ItemId>) {
    let id = desk.draw(RecordId::random);
    let new = desk
        .things
        .with_untracked(|things| desk.draw(|rng| board::add(things, collection, id, name, rng)));
    let mut parts = match new {
        Intent::Together { parts, .. } => parts,
        one => vec![one],
    };
    let Some(place) = Place::of_record(collection, id) else {
        return;
    };
    let count = items.len();
    parts.push(Intent::Place {
        items,
        place,
        at: Some(Target::Bottom),
    });
    desk.intend_loudly(Intent::Together {
        name: "place".to_owned(),
        said: format!("Moved {} to {name}", words::count(count, "item", "items")),
        parts,
    });
}
