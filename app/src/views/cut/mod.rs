//! The prioritisation view: the ranked list with its cut lines, what fits above them, and forecasts (PB-44, PB-47).

mod bar;

use leptos::prelude::*;

use self::bar::CutBar;
use crate::{
    components::{
        bulk_bar::BulkBar,
        filter_bar::FilterBar,
        list::{RankedList, cut_lines::CutLines},
    },
    state::desk::Desk,
};

/// The view.
#[component]
pub fn CutView(desk: Desk) -> impl IntoView {
    let lines = CutLines::of(desk, true);
    view! {
        <div class="list-side cut-side">
            <FilterBar desk/>
            <CutBar desk lines/>
            <div class="list-frame">
                <RankedList desk cut=lines/>
            </div>
            <BulkBar desk/>
        </div>
    }
}
