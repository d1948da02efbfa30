//! The form for a new link.

use leptos::prelude::*;
use shared::sync::access::Role;

use super::Links;
use crate::words;

/// How long a link may open its backlog, in days, and the words for it.
const ENDS: [(&str, &str); 4] = [
    ("", "never ends"),
    ("1", "ends in a day"),
    ("7", "ends in a week"),
    ("30", "ends in 30 days"),
];

/// Role, label, end; a button that makes the link and copies it.
#[component]
pub(super) fn NewLinkForm(links: Links) -> impl IntoView {
    let role = RwSignal::new(Role::Viewer);
    let label = RwSignal::new(String::new());
    let days = RwSignal::new(None::<i64>);
    let make = move || {
        let typed = label.with_untracked(|label| label.trim().to_owned());
        links.make(role.get_untracked(), typed, days.get_untracked());
        label.set(String::new());
    };
    view! {
        <form
            class="new-link"
            aria-label="New link"
            on:submit=move |event| {
                event.prevent_default();
                make();
            }
        >
            <h3>"New link"</h3>
            <div class="new-link-fields">
                <select
                    class="field"
                    aria-label="What the link allows"
                    on:change=move |event| {
                        role.set(Role::from_word(&event_target_value(&event)).unwrap_or(Role::Viewer));
                    }
                >
                    {Role::ALL
                        .into_iter()
                        .map(|one| view! { <option value=one.word()>{words::role(one)}</option> })
                        .collect_view()}
                </select>
                <input
                    class="field"
                    aria-label="What the link is for"
                    placeholder="For whom, or what for"
                    maxlength="200"
                    autocomplete="off"
                    prop:value=move || label.get()
                    on:input=move |event| label.set(event_target_value(&event))
                />
                <select
                    class="field"
                    aria-label="When the link ends"
                    on:change=move |event| days.set(event_target_value(&event).parse().ok())
                >
                    {ENDS
                        .into_iter()
                        .map(|(value, said)| view! { <option value=value>{said}</option> })
                        .collect_view()}
                </select>
                <button type="submit">"Make and copy"</button>
            </div>
        </form>
    }
}
