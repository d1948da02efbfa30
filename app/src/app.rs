//! The frame: which page is shown, and what is carried from the start page to a new backlog.

use leptos::prelude::*;
use shared::{
    ids::{DocumentId, PersonId},
    intent::Intent,
    model::Person,
};

use crate::{
    address::{self, Address, Place},
    pages::{backlog::BacklogPage, home::HomePage},
    platform::{device, listener::Listener, page},
    state::{address_bar::AddressBar, notices::Notices},
    theme, words,
};

/// The name that this browser has for somebody who did not say theirs.
const NAMELESS: &str = "Guest";

/// A backlog that is about to be opened for the first time.
#[derive(Clone, Debug)]
struct New {
    document: DocumentId,
    name: String,
    first: Option<Intent>,
}

/// How the start page begins a backlog.
#[derive(Clone, Copy, Debug)]
pub struct Begin(StoredValue<Option<New>>);

impl Begin {
    /// Makes a backlog, does the first thing in it, and goes there.
    pub fn create(self, bar: AddressBar, name: String, first: Option<Intent>) {
        let document = DocumentId::random(&mut device::random());
        page::set_setting(&begun(document), &name);
        self.0.set_value(Some(New {
            document,
            name,
            first,
        }));
        bar.go(Place::Backlog(document));
    }

    /// The name of a backlog, and what is done first in it, that was begun just now.
    fn take(self, document: DocumentId) -> Option<New> {
        self.0
            .try_update_value(|new| new.take_if(|new| new.document == document))
            .flatten()
    }
}

/// Where the name of a backlog stands that was begun and is not yet known to be on this device: a reload begins it again
/// under the same id.
#[must_use]
pub fn begun(document: DocumentId) -> String {
    format!("cutline-begun-{document}")
}

/// The app.
#[component]
pub fn App() -> impl IntoView {
    theme::restore();
    name_the_nameless();
    take_fragment();
    follow_fragments();
    let bar = AddressBar::follow();
    let notices = Notices::default();
    let begin = Begin(StoredValue::new(None));
    let place = bar.place();
    Effect::new(|_| page::set_body_data("ready", "true"));
    view! {
        <UpdateBanner/>
        {move || match place.get() {
            Place::Backlog(document) => {
                let new = begin.take(document);
                let (create, first) = match new {
                    Some(new) => (Some(new.name), new.first),
                    None => (page::setting(&begun(document)), None),
                };
                view! { <BacklogPage document create first bar notices/> }.into_any()
            }
            Place::Home => view! { <HomePage bar notices begin lost=false/> }.into_any(),
            Place::Nowhere => view! { <HomePage bar notices begin lost=true/> }.into_any(),
        }}
    }
}

/// Takes over what stands behind the `#` of the address, and takes it out of sight and of the history.
fn take_fragment() {
    let fragment = address::parse_fragment(&page::fragment());
    if let Some(invite) = &fragment.invite {
        device::set_invite(invite);
    }
    let shown = page::address();
    if let (Some(secret), Place::Backlog(document)) =
        (fragment.secret, Address::parse(&shown).place)
    {
        device::arrive(document, secret);
    }
    if !page::fragment().is_empty() {
        page::set_address(&shown, false);
    }
}

/// A link that is pasted over the address of an open backlog changes only what stands behind the `#`.
fn follow_fragments() {
    if let Some(window) = web_sys::window() {
        let listener = Listener::on(&window, "hashchange", || {
            take_fragment();
        });
        StoredValue::new_local(listener);
    }
}

/// Nobody has to say who they are; everybody has a name that others can tell apart.
fn name_the_nameless() {
    let (id, person) = device::person();
    if person.name == NAMELESS || person.name.is_empty() {
        device::set_profile(&Person {
            name: words::friendly_name(number_of(id)),
            colour: person.colour,
        });
    }
}

fn number_of(person: PersonId) -> u32 {
    let [a, b, c, d, ..] = *person.as_bytes();
    u32::from_be_bytes([a, b, c, d])
}

/// Says that a newer version is there. It is taken over only when the person says so.
#[component]
fn UpdateBanner() -> impl IntoView {
    let there = RwSignal::new(false);
    if let Some(window) = web_sys::window() {
        let listener = Listener::on(&window, "cutline-update", move || there.set(true));
        StoredValue::new_local(listener);
    }
    view! {
        <Show when=move || there.get()>
            <div class="notice info update" role="status">
                <span class="text">"A newer Cutline is ready."</span>
                <button on:click=|_| page::call_window("cutlineUpdate")>"Reload"</button>
                <button class="quiet" on:click=move |_| there.set(false)>"Later"</button>
            </div>
        </Show>
    }
}
