//! The backlog page: header, list, and the open item beside it.

use leptos::prelude::*;
use shared::{
    ids::DocumentId,
    intent::Intent,
    session::messages::{RelayState, ToSession, Work},
};

use wasm_bindgen_futures::spawn_local;

use crate::{
    components::{
        backlog_header::BacklogHeader, breakdown::BreakdownNote, layers::Layers,
        notices_view::NoticesView, panel::ItemPanel, screens::Screens, share::RoleNote,
    },
    input::keymap,
    parts,
    platform::{attached, device, listener::Listener, page, window_keys::WindowKeys},
    state::{
        address_bar::AddressBar,
        desk::Desk,
        notices::{Notices, Offer},
    },
    views, words,
};

/// A backlog. `create` is its name when it is to be made.
#[component]
pub fn BacklogPage(
    document: DocumentId,
    create: Option<String>,
    /// What is done first in a new backlog.
    first: Option<Intent>,
    bar: AddressBar,
    notices: Notices,
) -> impl IntoView {
    let desk = Desk::open(document, create, bar, notices);
    provide_context(desk);
    if let Some(first) = first {
        desk.intend_loudly(first);
    }
    if let Some(window) = web_sys::window() {
        // Another link to this backlog, pasted over its address; the frame has taken its secret out of sight.
        let listener = Listener::on(&window, "hashchange", move || {
            if let Some(secret) = device::arrived_with(document) {
                desk.say(ToSession::UseLink { secret });
            }
        });
        StoredValue::new_local(listener);
    }
    let keys = WindowKeys::listen(move |event| keymap::handle(event, desk));
    StoredValue::new_local(keys);
    Effect::new(move |_| {
        let name = desk.name.get();
        page::set_title(if name.is_empty() { "Cutline" } else { &name });
    });
    Effect::new(move |_| {
        let item = desk.item.get();
        desk.watch(item);
        desk.tell_presence();
        if let Some(item) = item {
            desk.selection.place(item);
        } else {
            desk.detail.set(None);
        }
    });
    let is_live = Memo::new(move |_| desk.status.with(|status| status.relay == RelayState::Live));
    Effect::new(move |_| {
        // What this device holds and the relay lacks is brought on every connection (`PROTOCOL.md` F5).
        if is_live.get() && attached::holds_any(document) {
            spawn_local(async move {
                if let Ok(send) = parts::FILES.fetch().await {
                    send(desk);
                }
            });
        }
    });
    let is_open = move || desk.item.get().is_some();
    let offer = move |offer: Offer| match offer {
        Offer::Undo => desk.undo(),
        Offer::Backup => desk.say(ToSession::Backup),
    };
    view! {
        <div
            class="backlog"
            class:with-panel=is_open
            on:dragover=|event| event.prevent_default()
            on:drop=move |event| {
                event.prevent_default();
                spawn_local(async move {
                    if let Some(file) = page::dropped_file(&event).await {
                        desk.drop_file(file);
                    }
                });
            }
        >
            <BacklogHeader desk/>
            <NoticesView notices on_offer=offer/>
            <Screens desk/>
            <main class="screen" aria-label=move || words::screen(desk, desk.screen.get())>
                <RoleNote desk/>
                <Working desk/>
                {move || match desk.broken.get() {
                    Some(words) => view! { <BreakdownNote desk words/> }.into_any(),
                    None => views::view_of(desk, desk.screen.get()).into_any(),
                }}
            </main>
            <ItemPanel desk/>
        </div>
        <Layers desk/>
    }
}

/// How far a long piece of work has come.
#[component]
fn Working(desk: Desk) -> impl IntoView {
    move || {
        desk.progress.get().map(|progress| {
            let label = match progress.what {
                Work::Loading => "Reading",
                Work::Importing => "Importing",
                Work::Merging => "Merging",
            };
            let done = usize::try_from(progress.done).unwrap_or(usize::MAX);
            let of = usize::try_from(progress.of).unwrap_or(usize::MAX);
            view! {
                <div class="working">
                    <span>{format!("{label}: {} of {}", words::number(done), words::number(of))}</span>
                    <progress aria-label=label max=progress.of.to_string() prop:value=progress.done as f64></progress>
                </div>
            }
        })
    }
}
