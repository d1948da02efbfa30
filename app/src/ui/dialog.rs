//! A dialog or menu above the page. The browser keeps the focus in it, closes it on Escape and darkens the rest.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::platform::page;

/// How a dialog looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// In the middle.
    Card,
    /// In the middle and wide.
    Sheet,
    /// Near the top, for palettes.
    Palette,
    /// At a place of the window, for menus and pickers.
    Menu,
}

impl Shape {
    const fn class(self) -> &'static str {
        match self {
            Self::Card => "dialog card",
            Self::Sheet => "dialog sheet",
            Self::Palette => "dialog palette",
            Self::Menu => "dialog menu",
        }
    }
}

/// Space that a menu keeps from the window's edges, in pixels.
const EDGE: f64 = 8.0;

/// Shows its children above the page until it is taken away. `at` is where the corner of a menu goes.
#[component]
pub fn Dialog(
    #[prop(into)] label: String,
    shape: Shape,
    #[prop(into)] on_close: Callback<()>,
    #[prop(optional_no_strip)] at: Option<(f64, f64)>,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let dialog = node.get()?;
        // One that follows another may get the other's element, with its focus and place.
        dialog.close();
        forget_place(&dialog);
        // It fails only for a dialog that is open or not in the page, and it is neither.
        drop(dialog.show_modal());
        let watch = at.and_then(|at| {
            put_at(&dialog, at);
            // What it holds may come, or grow, while it is open.
            let menu = dialog.clone();
            page::watch_size(&dialog, move |_, _| put_at(&menu, at))
        });
        focus_first(&dialog);
        watch
    });
    view! {
        <dialog
            node_ref=node
            class=shape.class()
            aria-label=label
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                on_close.run(());
            }
            on:pointerdown=move |event| {
                let on_backdrop = event.target() == event.current_target();
                if on_backdrop && !is_inside(&event, node) {
                    on_close.run(());
                }
            }
        >
            {children()}
        </dialog>
    }
}

/// Keeps a menu within the window.
fn put_at(dialog: &HtmlElement, (x, y): (f64, f64)) {
    let Some(window) = web_sys::window() else {
        return;
    };
    let size = |value: Result<wasm_bindgen::JsValue, _>| {
        value.ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
    };
    let (width, height) = (size(window.inner_width()), size(window.inner_height()));
    let rect = dialog.get_bounding_client_rect();
    let left = x.min(width - rect.width() - EDGE).max(EDGE);
    let top = if y + rect.height() + EDGE > height {
        (height - rect.height() - EDGE).max(EDGE)
    } else {
        y.max(EDGE)
    };
    let style = web_sys::HtmlElement::style(dialog);
    for (name, value) in [("left", left), ("top", top)] {
        // Only invalid names throw.
        drop(style.set_property(name, &format!("{value}px")));
    }
}

/// Leaves the place to the style sheet.
fn forget_place(dialog: &HtmlElement) {
    for name in ["left", "top"] {
        // Only invalid names throw.
        drop(web_sys::HtmlElement::style(dialog).remove_property(name));
    }
}

/// The browser focuses the first control; what the dialog is about may come later.
fn focus_first(dialog: &HtmlElement) {
    let wanted = dialog.query_selector("[data-focus]").ok().flatten();
    if let Some(wanted) = wanted.and_then(|wanted| wanted.dyn_into::<HtmlElement>().ok()) {
        drop(wanted.focus());
    }
}

fn is_inside(event: &web_sys::PointerEvent, node: NodeRef<html::Dialog>) -> bool {
    node.get_untracked().is_some_and(|dialog| {
        let rect = dialog.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        (rect.left()..=rect.right()).contains(&x) && (rect.top()..=rect.bottom()).contains(&y)
    })
}
