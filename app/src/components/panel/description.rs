//! The description in Markdown. Several people may type in it at once: each keystroke goes out as one splice on the version
//! that was last taken over, and what others type comes in while the caret stays with its letters.

use leptos::{html, prelude::*};
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Detail, Part},
};
use web_sys::HtmlTextAreaElement;

use super::{Open, changed, markdown};
use crate::state::typing;

/// What the field knows of the document's text.
#[derive(Clone, Debug, Default)]
struct Base {
    /// The text with this tab's edits.
    text: String,
    /// The version that was last taken over.
    version: u64,
    /// The number of the last edit that was sent, while the session has not taken it.
    in_flight: Option<u64>,
    /// Whether letters are being composed: nothing may change under them.
    composing: bool,
}

/// Edit and preview.
#[component]
pub(super) fn Description(open: Open) -> impl IntoView {
    let is_here = Memo::new(move |_| open.detail.with(Option::is_some));
    let base = StoredValue::new(Base::default());
    let wants_edit = RwSignal::new(None::<bool>);
    let text = Memo::new(move |_| {
        open.detail
            .with(|detail| detail.as_ref().map(|detail| detail.description.clone()))
            .unwrap_or_default()
    });
    let begins_empty = StoredValue::new(None::<bool>);
    let edits = Memo::new(move |_| {
        if !is_here.get() {
            return false;
        }
        let empty = begins_empty.get_value().unwrap_or_else(|| {
            let empty = text.with_untracked(String::is_empty);
            begins_empty.set_value(Some(empty));
            empty
        });
        wants_edit.get().unwrap_or(empty)
    });
    let tab = move |label: &'static str, edit: bool| {
        view! {
            <button class="quiet" aria-pressed=move || (edits.get() == edit).to_string() on:click=move |_| wants_edit.set(Some(edit))>
                {label}
            </button>
        }
    };
    view! {
        <section class="description" aria-label="Description">
            <div class="section-head">
                <h2>"Description"</h2>
                {changed::line(open, Part::Description)}
                <span class="grow"></span>
                {tab("Edit", true)}
                {tab("Preview", false)}
            </div>
            <Show
                when=move || edits.get()
                fallback=move || {
                    view! {
                        <div class="prose" on:dblclick=move |_| wants_edit.set(Some(true))>
                            {move || text.with(|text| markdown::show(text))}
                        </div>
                    }
                }
            >
                <Editor open base/>
            </Show>
        </section>
    }
}

#[component]
fn Editor(open: Open, base: StoredValue<Base>) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        if let Some(field) = node.get() {
            base.with_value(|base| field.set_value(&base.text));
        }
    });
    Effect::new(move |_| {
        // An answer to an edit may come after the detail that holds it.
        open.desk.answered.track();
        let detail = open.detail.get();
        if let (Some(field), Some(detail)) = (node.get(), detail) {
            take_over(open, base, &field, &detail);
        }
    });
    let typed = move || {
        if let Some(field) = node.get_untracked() {
            send(open, base, &field);
        }
    };
    view! {
        <textarea
            class="field text"
            aria-label="Description"
            placeholder="Markdown"
            rows="8"
            node_ref=node
            on:input=move |_| {
                if !base.with_value(|base| base.composing) {
                    typed();
                }
            }
            on:compositionstart=move |_| base.update_value(|base| base.composing = true)
            on:compositionend=move |_| {
                base.update_value(|base| base.composing = false);
                typed();
            }
        ></textarea>
    }
}

/// Sends what was typed since the last time.
fn send(open: Open, base: StoredValue<Base>, field: &HtmlTextAreaElement) {
    let item: ItemId = open.id;
    let text = field.value();
    let caret = field.selection_end().ok().flatten().unwrap_or(u32::MAX) as usize;
    let (edit, version) =
        base.with_value(|base| (typing::splice(&base.text, &text, caret), base.version));
    let Some(edit) = edit else {
        return;
    };
    let number = open.intend(Intent::EditDescription {
        item,
        version,
        edit,
    });
    open.desk.edits_sent.update_value(|sent| *sent += 1);
    base.update_value(|base| {
        base.text = text;
        base.in_flight = Some(number);
    });
}

/// Shows what the document holds, unless own edits are still on their way to it.
fn take_over(open: Open, base: StoredValue<Base>, field: &HtmlTextAreaElement, detail: &Detail) {
    let busy = base.with_value(|base| {
        base.composing
            || base
                .in_flight
                .is_some_and(|number| open.desk.awaits(number))
    });
    if busy || is_older(open, base, detail) {
        return;
    }
    let shown = field.value();
    if shown != detail.description {
        let carets = [field.selection_start(), field.selection_end()]
            .map(|caret| caret.ok().flatten().unwrap_or(0) as usize)
            .map(|caret| typing::carry(caret, &shown, &detail.description))
            .map(|caret| u32::try_from(caret).unwrap_or(u32::MAX));
        let scrolled = field.scroll_top();
        field.set_value(&detail.description);
        // It fails only for fields without a caret.
        drop(field.set_selection_range(carets[0], carets[1]));
        field.set_scroll_top(scrolled);
    }
    base.update_value(|base| {
        base.text.clone_from(&detail.description);
        base.version = detail.description_version;
        base.in_flight = None;
    });
}

/// The answer to an edit comes before the detail that holds it: until then the known detail is of before the edit.
fn is_older(open: Open, base: StoredValue<Base>, detail: &Detail) -> bool {
    let sent = open.desk.edits_sent.get_value();
    base.with_value(|base| {
        base.in_flight.is_some()
            && detail.edits_included < sent
            && detail.description_version <= base.version
            && detail.description != base.text
    })
}
