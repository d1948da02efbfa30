//! The files of the open item: attached by a button, by dropping them on the panel or by pasting a picture; downloaded,
//! removed, and shown small where they are pictures that this device holds.

mod moving;
mod words;

use std::sync::Arc;

use leptos::{ev, prelude::*};
use shared::{
    intent::Intent,
    model::{Attachment, Part, attachment::attachments},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{ClipboardEvent, DragEvent, Element, HtmlInputElement};

pub(crate) use self::moving::send;
use super::{Open, changed};
use crate::{
    platform::{
        attached::{Content, Given, Picture},
        device,
    },
    state::{desk::Desk, files::Whereabouts},
    ui::icon::{Icon, icon},
    words::{ago, person},
};

/// A picture up to this size comes to this device by itself when its item is looked at.
const COMES_BY_ITSELF_BYTES: u64 = 1024 * 1024;

/// Where a picture's small form is, on the screen.
type Shown = RwSignal<Option<Arc<Picture>>>;

/// The section with all files, and what attaches further ones.
pub(super) fn files(open: Open) -> AnyView {
    let desk = open.desk;
    let all = Memo::new(move |_| {
        open.row
            .with(|row| row.as_ref().map(|row| attachments(row)))
            .unwrap_or_default()
    });
    let has_any = Memo::new(move |_| all.with(|all| !all.is_empty()));
    Effect::new(move |_| {
        if has_any.get() {
            send(desk);
        }
    });
    follow_missing(open, all);
    paste(open);
    let attach = move |event: web_sys::Event| {
        let field: HtmlInputElement = event_target(&event);
        moving::attach(desk, open.id, Given::all(field.files()));
        // The same file can be chosen again.
        field.set_value("");
    };
    view! {
        <section class="attached" aria-label="Files">
            {changed::heading(open, "Files", Part::Files)}
            <ul>
                <For each=move || all.get() key=|(key, _)| key.clone() let((key, file))>{one(open, key, file)}</For>
            </ul>
            <label class="add-file" class:off=move || !desk.may_edit()>
                <input
                    type="file"
                    multiple=true
                    aria-label="Add files"
                    disabled=move || !desk.may_edit()
                    on:change=attach
                />
                <span aria-hidden="true">{icon(Icon::Plus)} "Add files"</span>
            </label>
        </section>
    }
    .into_any()
}

/// Others' files are asked after as long as the relay lacks one of them.
fn follow_missing(open: Open, all: Memo<Vec<(String, Attachment)>>) {
    let desk = open.desk;
    let is_missing = Memo::new(move |_| {
        desk.files.with(|known| {
            all.with(|all| {
                let whereabouts = |file| known.whereabouts(file, desk.me);
                all.iter().any(|(_, file)| {
                    whereabouts(file) == Whereabouts::OnAnotherDevice
                        || known.is_there(file.hash).is_none() && known.sent(file.hash).is_none()
                })
            })
        })
    });
    let follows = StoredValue::new(false);
    Effect::new(move |_| {
        if is_missing.get() && !follows.get_value() {
            follows.set_value(true);
            moving::follow(desk, move || {
                let goes_on = is_missing.try_get_untracked() == Some(true);
                follows.try_set_value(goes_on);
                goes_on
            });
        }
    });
}

/// A picture that is pasted while the item is open, unless there is a text to be pasted into a field.
fn paste(open: Open) {
    let handle = window_event_listener(ev::paste, move |event: ClipboardEvent| {
        let Some(clipboard) = event.clipboard_data() else {
            return;
        };
        let given = Given::all(clipboard.files());
        let has_text = clipboard
            .get_data("text/plain")
            .is_ok_and(|text| !text.is_empty());
        let is_busy = event.default_prevented() || open.desk.layer.with_untracked(Option::is_some);
        if given.is_empty() || has_text || is_busy {
            return;
        }
        event.prevent_default();
        let today = open.desk.today.get_untracked();
        let named = given.into_iter().map(|mut given| {
            // What every browser calls a picture that was never a file.
            if let Some(ending) = given.name.strip_prefix("image.") {
                given.name = format!("pasted {today}.{ending}");
            }
            given
        });
        moving::attach(open.desk, open.id, named.collect());
    });
    on_cleanup(move || handle.remove());
}

/// Files are dragged over the panel: it says so, and the browser does not open them.
pub(super) fn dragged(event: &DragEvent) {
    if has_files(event) {
        event.prevent_default();
        event.stop_propagation();
        mark_as_target(event, true);
    }
}

/// They go elsewhere.
pub(super) fn dragged_away(event: &DragEvent) {
    mark_as_target(event, false);
}

/// Files are dropped on the panel: they belong to the item, and are no import.
pub(super) fn dropped(open: Open, event: &DragEvent) {
    if has_files(event) {
        event.prevent_default();
        event.stop_propagation();
        mark_as_target(event, false);
        let data = event.data_transfer();
        moving::attach(
            open.desk,
            open.id,
            Given::all(data.and_then(|data| data.files())),
        );
    }
}

fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.iter().any(|kind| kind == "Files"))
}

fn mark_as_target(event: &DragEvent, on: bool) {
    let panel = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(panel) = panel {
        // Only a class that is no word is refused.
        drop(panel.class_list().toggle_with_force("takes-files", on));
    }
}

fn one(open: Open, key: String, file: Attachment) -> AnyView {
    let desk = open.desk;
    let shown = Shown::new(None);
    show_small(desk, shown, &file);
    let (name, by, at) = (file.name.clone(), file.by, file.at);
    let size = words::size(file.bytes);
    let said = {
        let file = file.clone();
        move || {
            let who = person(desk, by);
            let whereabouts = desk.files.with(|known| known.whereabouts(&file, desk.me));
            let whereabouts = words::whereabouts(whereabouts, &who);
            let mut parts = vec![size.clone(), format!("{who}, {}", ago(device::now(), at))];
            parts.extend((!whereabouts.is_empty()).then_some(whereabouts));
            parts.join(" \u{b7} ")
        }
    };
    let trouble = {
        let hash = file.hash;
        move || desk.files.with(|known| known.trouble(hash))
    };
    let remove = move |_| {
        desk.intend_loudly(Intent::Mark {
            items: vec![open.id],
            key: key.clone(),
            value: None,
        });
    };
    let small = move || match shown.get() {
        Some(picture) => {
            view! { <img class="small" src=picture.address.clone() alt="" decoding="async"/> }
                .into_any()
        }
        None => view! { <span class="small">{icon(Icon::File)}</span> }.into_any(),
    };
    let (download, take_off) = (format!("Download {name}"), format!("Remove file {name}"));
    view! {
        <li>
            {small}
            <div>
                <button
                    class="quiet name"
                    aria-label=download.clone()
                    title=download
                    on:click=move |_| moving::download(desk, file.clone())
                >
                    {name}
                </button>
                <span class="soft">{said}</span>
                {move || trouble().map(|trouble| view! { <span class="wrong" role="status">{trouble}</span> })}
            </div>
            <button class="quiet" aria-label=take_off disabled=move || !desk.may_edit() on:click=remove>
                {icon(Icon::Close)}
            </button>
        </li>
    }
    .into_any()
}

/// Shows a picture small once this device holds it. A small one is fetched for that.
fn show_small(desk: Desk, shown: Shown, file: &Attachment) {
    if !file.is_picture() {
        return;
    }
    let (hash, comes) = (file.hash, file.bytes <= COMES_BY_ITSELF_BYTES);
    // Where it is: here, or there.
    let is_near = Memo::new(move |_| {
        desk.files
            .with(|known| known.sent(hash).is_some() || comes && known.is_there(hash) == Some(true))
    });
    let file = file.clone();
    Effect::new(move |_| {
        if is_near.get() && shown.with_untracked(Option::is_none) {
            let file = file.clone();
            spawn_local(async move {
                let content: Option<Content> = moving::fetch(desk, &file).await.ok();
                let picture = content.and_then(|content| Picture::of(&content, &file.media_type));
                // The item may be closed by now.
                shown.try_set(picture.map(Arc::new));
            });
        }
    });
}
