//! One column: its name and numbers, its cards, and a field to add one.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, NewItem, Target},
    model::{Place, role::Right},
    product::{once::Shares, releases::Unit},
};

use super::{card::Card, column_element, dragging::Dragging};
use crate::{
    commands::{self, Entry},
    components::{
        list::{Frame, follow_size},
        new_items,
    },
    platform::{device, page},
    state::{
        board::Column,
        desk::{Desk, cards_element},
        layer::{Layer, row_element},
        shown::Shown,
    },
    ui::icon::{Icon, icon},
    words,
};

/// A card with the space below it, in pixels.
pub(super) const CARD_HEIGHT: f64 = 100.0;

/// The column.
#[component]
pub(in crate::views) fn ColumnView(
    desk: Desk,
    dragging: Dragging,
    columns: Memo<Vec<Column>>,
    place: Place,
) -> impl IntoView {
    let column = Memo::new(move |_| {
        columns.with(|columns| columns.iter().find(|one| one.place == place).cloned())
    });
    let shown = Memo::new(move |_| desk.column(place));
    let is_folded = Memo::new(move |_| desk.board.is_folded(place));
    let name = Memo::new(move |_| {
        column.with(|column| {
            column
                .as_ref()
                .map(|column| column.name.clone())
                .unwrap_or_default()
        })
    });
    let colour = move || {
        let colour = column.with(|column| column.as_ref().and_then(|column| column.colour));
        colour.map_or_else(|| "dot".to_owned(), |colour| format!("dot c{colour}"))
    };
    let numbers = Memo::new(move |_| {
        let shares = desk.shares.get();
        shown.with(|shown| numbers(desk, shown, &shares))
    });
    view! {
        <section
            id=column_element(place)
            class="column"
            class:folded=move || is_folded.get()
            class:aimed=move || dragging.aims_at(place)
            aria-label=move || name.get()
        >
            <header class="column-head">
                <button
                    class="quiet column-name"
                    aria-expanded=move || (!is_folded.get()).to_string()
                    title=move || column.with(|column| column.as_ref().map(|column| column.description.clone()).unwrap_or_default())
                    on:click=move |_| desk.board.fold(place, !is_folded.get_untracked())
                >
                    <span class=colour aria-hidden="true"></span>
                    <span class="cut">{move || name.get()}</span>
                    <Show when=move || is_folded.get()>
                        <span class="column-count">{move || numbers.get().0}</span>
                    </Show>
                </button>
                <Show when=move || !is_folded.get()>
                    <ColumnTools desk place name/>
                </Show>
            </header>
            <Show when=move || !is_folded.get()>
                <p class="column-numbers soft">{move || numbers.get().1}</p>
                <Cards desk dragging place shown name/>
                <AddCard desk place name/>
            </Show>
        </section>
    }
}

/// How many, and how much.
fn numbers(desk: Desk, shown: &Shown, shares: &Shares) -> (String, String) {
    let points = shares.sum(shown.rows().iter().map(AsRef::as_ref), Unit::Points);
    let bare = shown
        .rows()
        .iter()
        .filter(|row| row.estimate.is_none())
        .count();
    let count = words::count(shown.len(), "item", "items");
    let mut text = format!("{count} · {}", words::effort(desk, points));
    if bare > 0 {
        text.push_str(&format!(" · {} unestimated", words::number(bare)));
    }
    (words::number(shown.len()), text)
}

#[component]
fn ColumnTools(desk: Desk, place: Place, name: Memo<String>) -> impl IntoView {
    let sorted = move || !desk.board.sort(place).is_rank();
    view! {
        <button
            class="quiet"
            class:on=sorted
            aria-haspopup="menu"
            aria-label=move || format!("Sort {}: {}", name.get(), desk.board.sort(place).label())
            title=move || format!("Sorted by {}", desk.board.sort(place).label().to_lowercase())
            on:click=move |event| desk.show_layer_at(Layer::SortColumn(place), &event)
        >
            {icon(Icon::Sort)}
        </button>
        <button
            class="quiet"
            aria-haspopup="menu"
            aria-label=move || format!("Menu of {}", name.get())
            on:click=move |event| desk.show_layer_at(Layer::Column(place), &event)
        >
            {icon(Icon::Menu)}
        </button>
    }
}

#[component]
fn Cards(
    desk: Desk,
    dragging: Dragging,
    place: Place,
    shown: Memo<Shown>,
    name: Memo<String>,
) -> impl IntoView {
    let frame = Frame::of_height(CARD_HEIGHT);
    let window = frame.window(shown);
    follow_size(frame);
    follow_cursor(desk, frame, place, shown);
    let active = move || {
        let cursor = desk.selection.cursor.get()?;
        let drawn = window.with(|window| window.place(cursor).is_some());
        drawn.then(|| row_element(cursor))
    };
    view! {
        <div
            class="column-cards"
            class:moving=move || desk.moving.get() && !dragging.is_on()
            node_ref=frame.scroller
            on:scroll=move |_| {
                if let Some(scroller) = frame.element() {
                    frame.top.set(f64::from(scroller.scroll_top()));
                }
            }
        >
            <div
                id=cards_element(place)
                class="rows"
                role="grid"
                tabindex="0"
                aria-label=move || format!("Items in {}", name.get())
                aria-multiselectable="true"
                aria-rowcount=move || shown.with(Shown::len).to_string()
                aria-activedescendant=active
                style:height=move || format!("{}px", shown.with(Shown::len) as f64 * CARD_HEIGHT)
            >
                <For each=move || window.get().items() key=|id| *id let(id)>
                    <Card desk dragging id place window/>
                </For>
            </div>
            {dragging.line(place)}
        </div>
    }
}

/// Whatever moves the cursor by intention brings it into view.
fn follow_cursor(desk: Desk, frame: Frame, place: Place, shown: Memo<Shown>) {
    Effect::new(move |_| {
        desk.reveal.track();
        let cursor = desk.selection.cursor.get_untracked();
        let at = cursor.and_then(|item: ItemId| shown.with_untracked(|shown| shown.place(item)));
        if let Some(at) = at {
            frame.reveal(at);
            page::scroll_to(&column_element(place));
        }
    });
}

/// Type, Enter, type.
#[component]
fn AddCard(desk: Desk, place: Place, name: Memo<String>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let add = move || {
        let typed = text.get_untracked();
        let mut items: Vec<NewItem> =
            desk.draw(|rng| new_items::from_lines(&typed, device::now(), rng));
        let entry = commands::entry(desk, place);
        if let Entry::Closed(_) = entry {
            drop(commands::placing(desk, Vec::new(), place, None));
            return;
        }
        text.set(String::new());
        let home = match &entry {
            Entry::Proposed(_) => Place::Product,
            _ if untrack(|| desk.may(Right::Accept)) => place,
            _ => Place::Inbox,
        };
        for item in &mut items {
            item.place = home;
        }
        let ids: Vec<ItemId> = items.iter().map(|item| item.id).collect();
        let Some(last) = items.last().map(|item| item.id) else {
            return;
        };
        desk.intend(Intent::Add {
            items,
            at: Target::Bottom,
        });
        desk.place_cursor(last);
        if let Entry::Proposed(_) = entry {
            commands::move_into(desk, ids, place, None);
        }
    };
    view! {
        <form
            class="column-new"
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            <input
                class="field"
                placeholder="Add an item"
                aria-label=move || format!("Add an item to {}", name.get())
                autocomplete="off"
                enterkeyhint="done"
                prop:value=move || text.get()
                on:input=move |event| text.set(event_target_value(&event))
                on:keydown=move |event| {
                    if event.key() == "Escape" {
                        event.prevent_default();
                        page::focus(&cards_element(place));
                    }
                }
            />
        </form>
    }
}
