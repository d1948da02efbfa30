//! By what a list is sorted, and in which direction. Looking at a list in another order changes no rank (PB-12).

use leptos::prelude::*;
use shared::model::Place;

use crate::{
    components::pickers::walk,
    state::{
        arrange::{Direction, Sort, SortBy},
        desk::Desk,
        layer::Layer,
    },
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
};

/// The order of a column of the board.
#[component]
pub fn SortColumn(desk: Desk, place: Place) -> impl IntoView {
    let now = untrack(|| desk.board.sort(place));
    view! {
        <SortMenu
            desk
            place
            now
            on_choose=move |sort| {
                desk.board.set_sort(place, sort);
            }
        />
    }
}

/// The menu. It stays open while one tries orders.
#[component]
pub fn SortMenu(
    desk: Desk,
    place: Place,
    now: Sort,
    #[prop(into)] on_choose: Callback<Sort>,
) -> impl IntoView {
    let sort = RwSignal::new(now);
    let choose = move |wanted: Sort| {
        sort.set(wanted);
        on_choose.run(wanted);
    };
    let at = desk.anchor();
    let has_scores = desk.scores.with_untracked(Option::is_some);
    let has_heard = desk.evidence.with_untracked(|heard| !heard.is_empty());
    let is_offered = move |by: &SortBy| match by {
        SortBy::Score => has_scores,
        SortBy::Feedback | SortBy::Weight => has_heard,
        _ => true,
    };
    let by = SortBy::ALL
        .iter()
        .filter(|by| is_offered(by))
        .map(|by| {
            let by = *by;
            let chosen = Memo::new(move |_| sort.get().by == by);
            option(by.label(), chosen, now.by == by, move || {
                choose(Sort::by(by))
            })
        })
        .collect_view();
    let directions = Direction::ALL
        .iter()
        .map(|direction| {
            let direction = *direction;
            let chosen = Memo::new(move |_| sort.get().direction == direction);
            option(direction.label(), chosen, false, move || {
                choose(Sort {
                    direction,
                    ..sort.get_untracked()
                });
            })
        })
        .collect_view();
    view! {
        <Dialog label="Sort" shape=Shape::Menu at=at on_close=move |()| desk.close_layer()>
            <div class="options" role="menu" aria-label="Sort by" on:keydown=walk>
                {by}
                <hr/>
                {directions}
                <hr/>
                <button
                    class="option"
                    role="menuitem"
                    disabled=move || sort.get().is_rank()
                    on:click=move |_| desk.show_layer(Layer::RankBy(place, sort.get_untracked()))
                >
                    "Apply this order as rank…"
                </button>
            </div>
        </Dialog>
    }
}

fn option(
    label: &'static str,
    chosen: Memo<bool>,
    focused: bool,
    choose: impl Fn() + 'static,
) -> AnyView {
    view! {
        <button
            class="option"
            role="menuitemradio"
            aria-checked=move || chosen.get().to_string()
            data-focus=focused.then_some("")
            on:click=move |_| choose()
        >
            <span>{label}</span>
            {move || chosen.get().then(|| icon(Icon::Check))}
        </button>
    }
    .into_any()
}
