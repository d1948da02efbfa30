//! Choosing the sprint or release that a report is of. The choice stands in the address, so that a link leads to it.

use leptos::prelude::*;
use shared::{ids::RecordId, model::Place, product::Term};

use super::source::Source;
use crate::{state::desk::Desk, words};

/// The sprint that the address names. Followed.
#[must_use]
pub fn sprint(desk: Desk) -> Option<RecordId> {
    match desk.filter.with(|filter| filter.place) {
        Some(Place::Sprint(id)) => Some(id),
        Some(_) | None => None,
    }
}

/// The release that the address names. Followed.
#[must_use]
pub fn release(desk: Desk) -> Option<RecordId> {
    match desk.filter.with(|filter| filter.place) {
        Some(Place::Release(id)) => Some(id),
        Some(_) | None => None,
    }
}

/// Puts a choice into the address.
pub fn choose(desk: Desk, place: Option<Place>) {
    desk.bar.refine(|filter| filter.place = place);
}

/// A field that offers sprints or releases; nothing where there is none to choose from.
pub fn pick(
    source: Source,
    options: Memo<Vec<(RecordId, String)>>,
    shown: Memo<Option<RecordId>>,
    term: Term,
    place: fn(RecordId) -> Place,
) -> AnyView {
    let desk = source.desk;
    let list = move || {
        let option = |(id, name): (RecordId, String)| {
            view! { <option value=id.to_string() prop:selected=move || shown.get() == Some(id)>{name}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    let choose = move |event| {
        let chosen = event_target_value(&event).parse().ok();
        choose(desk, chosen.map(place));
    };
    view! {
        <Show when=move || options.with(|options| !options.is_empty())>
            <label class="inline">
                {move || words::term(desk, term)}
                <select on:change=choose>{list}</select>
            </label>
        </Show>
    }
    .into_any()
}
