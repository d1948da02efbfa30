//! Choosing the sprint or release that a report is of.

use leptos::prelude::*;
use shared::ids::RecordId;

/// A field that offers records; nothing where there is none to choose from.
pub fn pick(
    options: Memo<Vec<(RecordId, String)>>,
    shown: Memo<Option<RecordId>>,
    chosen: RwSignal<Option<RecordId>>,
    name: Signal<String>,
) -> AnyView {
    let list = move || {
        let option = |(id, name): (RecordId, String)| {
            view! { <option value=id.to_string() prop:selected=move || shown.get() == Some(id)>{name}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    view! {
        <Show when=move || options.with(|options| !options.is_empty())>
            <label class="inline">
                {move || name.get()}
                <select on:change=move |event| chosen.set(event_target_value(&event).parse().ok())>{list}</select>
            </label>
        </Show>
    }
    .into_any()
}
