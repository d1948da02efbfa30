//! The ranked list of one backlog or list, with what is needed to find and add.

mod arrange_buttons;
mod list_name;

use leptos::prelude::*;

use self::{arrange_buttons::ArrangeButtons, list_name::ListName};
use crate::{
    components::{
        bulk_bar::BulkBar,
        filter_bar::FilterBar,
        list::{RankedList, cut_lines::CutLines},
        quick_add::QuickAdd,
    },
    state::desk::Desk,
};

/// The list.
#[component]
pub fn ListView(desk: Desk) -> impl IntoView {
    let cut = CutLines::of(desk, false);
    view! {
        <div class="list-side">
            <div class="list-bar">
                <ListName desk/>
                <FilterBar desk/>
                <ArrangeButtons desk/>
            </div>
            <list_name::Purpose desk/>
            <div class="list-frame">
                <RankedList desk cut/>
            </div>
            <fieldset class="plain" disabled=move || !desk.may_edit()>
                <BulkBar desk/>
                <QuickAdd desk/>
            </fieldset>
        </div>
    }
}
