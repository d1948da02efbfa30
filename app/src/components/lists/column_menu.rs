//! What can be done with a list or release.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Place, order, view::place_name},
};

use crate::{
    address::Screen,
    components::pickers::walk,
    state::{board, desk::Desk, filter::Filter, layer::Layer},
    ui::dialog::{Dialog, Shape},
    words,
};

/// The menu of a column.
#[component]
pub fn ColumnMenu(desk: Desk, place: Place) -> impl IntoView {
    let name = desk
        .things
        .with_untracked(|things| place_name(things, place));
    let at = desk.anchor();
    let can_step = |right| {
        desk.things.with_untracked(|things| {
            desk.draw(|rng| board::step_aside(things, place, right, rng))
                .is_some()
        })
    };
    let step = move |right: bool| {
        let intent = desk
            .things
            .with_untracked(|things| desk.draw(|rng| board::step_aside(things, place, right, rng)));
        if let Some(intent) = intent {
            desk.intend(intent);
        }
    };
    let own = place.record().is_some();
    let converts = match place {
        Place::Release(_) => Some("Make it a parking lot".to_owned()),
        Place::List(_) => Some(untrack(|| words::own(desk, "Make it a release"))),
        Place::Inbox | Place::Product | Place::Sprint(_) => None,
    };
    let opens = place.is_product_backlog();
    let items = [
        own.then(|| {
            entry("Name, colour, owner…", false, move || {
                desk.show_layer(Layer::EditColumn(place));
            })
        }),
        opens.then(|| {
            entry("Open as list", false, move || {
                desk.close_layer();
                open(desk, place);
            })
        }),
        Some(entry("Fold", false, move || {
            desk.close_layer();
            desk.board.fold(place, true);
        })),
        own.then(|| {
            entry("Move left", !can_step(false), move || {
                desk.close_layer();
                step(false);
            })
        }),
        own.then(|| {
            entry("Move right", !can_step(true), move || {
                desk.close_layer();
                step(true);
            })
        }),
        converts.map(|label| {
            entry(label, false, move || {
                desk.close_layer();
                convert(desk, place);
            })
        }),
        own.then(|| {
            entry(
                "Remove; its items go to the product backlog",
                false,
                move || {
                    desk.close_layer();
                    if let Some(intent) = board::remove(place) {
                        desk.intend_loudly(intent);
                    }
                },
            )
        }),
    ];
    view! {
        <Dialog label=name.clone() shape=Shape::Menu at=at on_close=move |()| desk.close_layer()>
            <div class="options" role="menu" aria-label=name on:keydown=walk>
                {items.into_iter().flatten().collect_view()}
            </div>
        </Dialog>
    }
}

fn entry(label: impl Into<String>, disabled: bool, run: impl Fn() + 'static) -> AnyView {
    let label: String = label.into();
    view! {
        <button class="option" role="menuitem" disabled=disabled on:click=move |_| run()>
            <span>{label}</span>
        </button>
    }
    .into_any()
}

/// Shows a list on the list screen.
pub fn open(desk: Desk, place: Place) {
    let filter = Filter {
        place: (place != Place::Product).then_some(place),
        ..Filter::default()
    };
    desk.bar.show_filtered(Screen::List, filter);
}

/// All that is in the place, closed items too, goes along.
fn convert(desk: Desk, place: Place) {
    let items: Vec<ItemId> = desk.rows.with_untracked(|rows| {
        let mut own: Vec<_> = rows.all().filter(|row| row.place == place).collect();
        own.sort_by(|a, b| order::compare(a, b));
        own.into_iter().map(|row| row.id).collect()
    });
    let intent: Option<Intent> = desk
        .things
        .with_untracked(|things| desk.draw(|rng| board::convert(things, place, items, rng)));
    if let Some(intent) = intent {
        desk.intend_loudly(intent);
    }
}
