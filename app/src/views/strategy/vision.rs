//! The vision: a text in Markdown that everything else is measured by.

use leptos::{html, prelude::*};
use shared::model::{Scalar, Thing};

use crate::{
    components::{panel::markdown, register::Register},
    platform::page,
    state::desk::Desk,
    ui::icon::{Icon, icon},
};

const FIELD: &str = "vision";

/// The vision, as it reads or as it is written.
#[component]
pub(super) fn Vision(desk: Desk) -> impl IntoView {
    let register = Register::new(desk, Thing::Product, "vision");
    let value = register.value();
    let text = Memo::new(move |_| {
        value.with(|value| {
            let text = value.as_ref().and_then(Scalar::text);
            text.unwrap_or_default().to_owned()
        })
    });
    let editing = RwSignal::new(false);
    let begin = move || {
        editing.set(true);
        page::before_paint(|| page::focus(FIELD));
    };
    let register = StoredValue::new(register);
    let keep = move |typed: String| {
        editing.set(false);
        let typed = typed.trim().to_owned();
        if typed != text.get_untracked() {
            register.with_value(|register| {
                register.set((!typed.is_empty()).then_some(Scalar::Text(typed)));
            });
        }
    };
    view! {
        <section class="vision" aria-label="Vision">
            <div class="section-head">
                <h3>"Vision"</h3>
                <span class="grow"></span>
                <button class="quiet" aria-label="Edit vision" title="Edit" on:click=move |_| begin()>
                    {icon(Icon::Pencil)}
                </button>
            </div>
            <Show
                when=move || editing.get()
                fallback=move || view! { <Read text begin/> }
            >
                <Editor text keep on_cancel=move || editing.set(false)/>
            </Show>
        </section>
    }
}

#[component]
fn Read(text: Memo<String>, begin: impl Fn() + Copy + Send + 'static) -> impl IntoView {
    view! {
        <div class="prose" on:dblclick=move |_| begin()>
            {move || {
                if text.with(String::is_empty) {
                    view! { <p class="soft">"What is the product to become, for whom, and why? Markdown works."</p> }.into_any()
                } else {
                    text.with(|text| markdown::show(text))
                }
            }}
        </div>
    }
}

#[component]
fn Editor(
    text: Memo<String>,
    keep: impl Fn(String) + Copy + Send + 'static,
    on_cancel: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let node = NodeRef::<html::Textarea>::new();
    let typed = move || {
        let field = node.get_untracked();
        field.map(|field| field.value()).unwrap_or_default()
    };
    view! {
        <textarea
            id=FIELD
            class="field"
            aria-label="Vision"
            rows="6"
            placeholder="Markdown"
            node_ref=node
            prop:value=text.get_untracked()
            on:keydown=move |event| {
                if event.is_composing() {
                    return;
                }
                let command = event.ctrl_key() || event.meta_key();
                match event.key().as_str() {
                    "Escape" => {
                        event.prevent_default();
                        on_cancel();
                    }
                    "Enter" if command => {
                        event.prevent_default();
                        keep(typed());
                    }
                    _ => {}
                }
            }
        ></textarea>
        <div class="buttons">
            <button class="quiet" on:click=move |_| on_cancel()>"Cancel"</button>
            <button class="primary" on:click=move |_| keep(typed())>"Save vision"</button>
        </div>
    }
}
