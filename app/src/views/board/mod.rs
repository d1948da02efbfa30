//! The board: releases on the left, the product backlog and its lists in grey on the right (PB-12). Each column is a list
//! of its own, with as many cards drawn as fit the screen.

mod card;
mod column;
mod dragging;

use leptos::prelude::*;
use shared::{
    model::{Collection, Place},
    product::Term,
};

pub(super) use self::{column::ColumnView, dragging::Dragging};
use crate::{
    components::{bulk_bar::BulkBar, filter_bar::FilterBar},
    state::{
        board::{self, Column},
        desk::Desk,
        layer::Layer,
    },
    ui::icon::{Icon, icon},
    words,
};

/// The element of a column.
fn column_element(place: Place) -> String {
    format!("column-{}", place.word())
}

/// The board.
#[component]
pub fn BoardView(desk: Desk) -> impl IntoView {
    let columns = Memo::new(move |_| desk.things.with(board::columns));
    let dragging = Dragging::new(desk);
    let part = move |releases: bool| {
        columns.with(|columns| {
            let here = columns
                .iter()
                .filter(|column| column.is_release() == releases);
            here.cloned().collect::<Vec<Column>>()
        })
    };
    let nothing_planned = move || part(true).is_empty();
    let body = view! {
                <section class="board-part" aria-label=move || words::terms(desk, Term::Release)>
                    <For each=move || part(true) key=|column| column.place let(column)>
                        <ColumnView desk dragging columns place=column.place/>
                    </For>
                    <div class="column-add" class:alone=nothing_planned>
                        <button on:click=move |_| desk.show_layer(Layer::NewColumn(Collection::Releases))>
                            {icon(Icon::Plus)} {move || words::term(desk, Term::Release)}
                        </button>
                        <Show when=nothing_planned>
                            <p class="soft">"Plan work by dragging it from the lists on the right into a release."</p>
                        </Show>
                    </div>
                </section>
                <section class="board-part parked" aria-label="Product backlog and lists">
                    <For each=move || part(false) key=|column| column.place let(column)>
                        <ColumnView desk dragging columns place=column.place/>
                    </For>
                    <div class="column-add">
                        <button on:click=move |_| desk.show_layer(Layer::NewColumn(Collection::Lists))>
                            {icon(Icon::Plus)} "List"
                        </button>
                    </div>
                </section>
    };
    view! {
        <div class="board-side">
            <FilterBar desk/>
            {board_events(dragging, body.into_any())}
            <BulkBar desk/>
            {dragging.ghost()}
        </div>
    }
}

/// What draws columns that items are dragged between.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stage {
    desk: Desk,
    dragging: Dragging,
    columns: Memo<Vec<Column>>,
}

impl Stage {
    /// The column of a place.
    pub(super) fn column(self, place: Place) -> AnyView {
        let Self {
            desk,
            dragging,
            columns,
        } = self;
        view! { <ColumnView desk dragging columns place/> }.into_any()
    }
}

/// Columns that items are dragged between.
pub(super) fn stage(
    desk: Desk,
    columns: Memo<Vec<Column>>,
    body: impl FnOnce(Stage) -> AnyView,
) -> AnyView {
    let dragging = Dragging::new(desk);
    let stage = Stage {
        desk,
        dragging,
        columns,
    };
    let body = body(stage);
    view! { {board_events(dragging, body)} {dragging.ghost()} }.into_any()
}

/// What hears the pointer while cards are dragged over it.
pub(super) fn board_events(dragging: Dragging, body: AnyView) -> AnyView {
    view! {
        <div
            id="board"
            class="board"
            class:dragging=move || dragging.is_on()
            on:pointermove=move |event| dragging.moved(&event)
            on:pointerup=move |event| dragging.released(&event)
            on:pointercancel=move |_| dragging.cancel()
            on:touchmove=move |event| {
                if dragging.is_on() {
                    event.prevent_default();
                }
            }
            on:contextmenu=move |event| {
                if dragging.is_pressed_by_finger() {
                    event.prevent_default();
                }
            }
            on:keydown=move |event| {
                if event.key() == "Escape" && dragging.is_on() {
                    event.prevent_default();
                    dragging.cancel();
                }
            }
        >
            {body}
        </div>
    }
    .into_any()
}
