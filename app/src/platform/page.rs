//! The page as a whole: address, title, theme, clipboard, focus, frames. What the screen asks of its window.

use std::sync::Arc;

use js_sys::Function;
use shared::import::FILE_BYTES_MAX;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, HtmlElement, Location, ScrollIntoViewOptions, ScrollLogicalPosition,
    Storage, Window,
};

use super::{global, property};

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn location() -> Option<Location> {
    Some(window()?.location())
}

/// Path and query of the address, as in `/b/abc?q=x`.
#[must_use]
pub fn address() -> String {
    let Some(location) = location() else {
        return "/".to_owned();
    };
    format!(
        "{}{}",
        location.pathname().unwrap_or_default(),
        location.search().unwrap_or_default()
    )
}

/// What stands behind the `#` of the address.
#[must_use]
pub fn fragment() -> String {
    let hash = location().and_then(|location| location.hash().ok());
    hash.unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Scheme, host and port, as in `https://example.org`.
#[must_use]
pub fn origin() -> String {
    location()
        .and_then(|location| location.origin().ok())
        .unwrap_or_default()
}

/// Where the relay's socket is: beside the page.
#[must_use]
pub fn relay_url() -> String {
    let origin = origin();
    let socket = origin.strip_prefix("http").unwrap_or(&origin);
    format!("ws{socket}/api/v1/sync")
}

/// Shows another address as a new step of the history, or in place of the present one.
pub fn set_address(address: &str, new_step: bool) {
    let Some(history) = window().and_then(|window| window.history().ok()) else {
        return;
    };
    // Browsers refuse more than some hundred steps in a few seconds; the page is right all the same.
    drop(if new_step {
        history.push_state_with_url(&JsValue::NULL, "", Some(address))
    } else {
        history.replace_state_with_url(&JsValue::NULL, "", Some(address))
    });
}

/// Names the page in the browser's tab.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Sets `data-{name}` of the body.
pub fn set_body_data(name: &str, value: &str) {
    if let Some(body) = document().and_then(|document| document.body()) {
        // Only names with invalid characters throw.
        drop(body.set_attribute(&format!("data-{name}"), value));
    }
}

/// Sets a mark on the browser's timeline.
pub fn mark(name: &str) {
    if let Some(performance) = window().and_then(|window| window.performance()) {
        let mark: Result<Function, _> = property(&performance, "mark").dyn_into();
        if let Ok(mark) = mark {
            drop(mark.call1(&performance, &JsValue::from_str(name)));
        }
    }
}

/// Shows the page in the light, dark, or (with an empty name) the system's theme.
pub fn show_theme(theme: &str) {
    if let Some(root) = document().and_then(|document| document.document_element()) {
        drop(if theme.is_empty() {
            root.remove_attribute("data-theme")
        } else {
            root.set_attribute("data-theme", theme)
        });
    }
}

/// Whether a media query fits now.
#[must_use]
pub fn media(query: &str) -> bool {
    window()
        .and_then(|window| {
            let ask: Function = property(&window, "matchMedia").dyn_into().ok()?;
            let list = ask.call1(&window, &JsValue::from_str(query)).ok()?;
            property(&list, "matches").as_bool()
        })
        .unwrap_or(false)
}

/// Whether this is an Apple machine, where shortcuts use the command key.
#[must_use]
pub fn is_apple() -> bool {
    let platform = property(&global("navigator"), "platform")
        .as_string()
        .unwrap_or_default();
    ["Mac", "iPhone", "iPad"]
        .iter()
        .any(|name| platform.starts_with(name))
}

/// Puts a text on the clipboard; false where the browser does not let it.
pub async fn copy(text: &str) -> bool {
    let Some(window) = window() else {
        return false;
    };
    // The clipboard is absent on plain http to another machine.
    let clipboard = property(&window.navigator(), "clipboard");
    let Ok(write) = property(&clipboard, "writeText").dyn_into::<Function>() else {
        return false;
    };
    let Ok(promise) = write.call1(&clipboard, &JsValue::from_str(text)) else {
        return false;
    };
    JsFuture::from(js_sys::Promise::resolve(&promise))
        .await
        .is_ok()
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

/// A small setting kept on this device.
#[must_use]
pub fn setting(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps a small setting on this device, where the browser lets it.
pub fn set_setting(name: &str, value: &str) {
    if let Some(storage) = storage() {
        drop(storage.set_item(name, value));
    }
}

/// Forgets a setting.
pub fn forget_setting(name: &str) {
    if let Some(storage) = storage() {
        drop(storage.remove_item(name));
    }
}

/// The element with an id.
#[must_use]
pub fn element(id: &str) -> Option<HtmlElement> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// What `data-<name>` of the nearest element says at a point of the window, in pixels.
#[must_use]
pub fn data_at(x: f64, y: f64, name: &str) -> Option<String> {
    let element = document()?.element_from_point(x as f32, y as f32)?;
    let attribute = format!("data-{name}");
    let found = element.closest(&format!("[{attribute}]")).ok().flatten()?;
    found.get_attribute(&attribute)
}

/// Puts the focus on the element with an id; nothing scrolls.
pub fn focus(id: &str) {
    if let Some(element) = element(id)
        && let Ok(focus) = property(&element, "focus").dyn_into::<Function>()
    {
        let options = super::object(&[("preventScroll", JsValue::TRUE)]);
        drop(focus.call1(&element, &options));
    }
}

/// Whether the page has an element that a selector fits.
#[must_use]
pub fn has(selector: &str) -> bool {
    found(selector).is_some()
}

/// Puts the focus on the first element that a selector fits, opened where it is folded away and scrolled to.
pub fn lead_to(selector: &str) {
    let Some(element) = found(selector) else {
        return;
    };
    let mut folded = element.closest("details").ok().flatten();
    while let Some(details) = folded {
        // Fails for no element: `open` is a plain attribute.
        drop(details.set_attribute("open", ""));
        let around = details.parent_element();
        folded = around.and_then(|around| around.closest("details").ok().flatten());
    }
    element.scroll_into_view();
    drop(element.focus());
}

fn found(selector: &str) -> Option<HtmlElement> {
    let element = document()?.query_selector(selector).ok().flatten()?;
    element.dyn_into().ok()
}

/// Whether keys go to a field that takes text.
#[must_use]
pub fn is_typing() -> bool {
    active().is_some_and(|element| {
        let tag = element.tag_name();
        match tag.as_str() {
            "TEXTAREA" | "SELECT" => true,
            "INPUT" => !matches!(
                element.get_attribute("type").as_deref(),
                Some("checkbox" | "radio" | "button" | "file")
            ),
            _ => element.has_attribute("contenteditable"),
        }
    })
}

/// Whether nothing in particular has the focus.
#[must_use]
pub fn is_focus_lost() -> bool {
    active().is_none_or(|element| element.tag_name() == "BODY")
}

/// Whether the focus is in the element with an id.
#[must_use]
pub fn is_focus_within(id: &str) -> bool {
    match (element(id), active()) {
        (Some(outer), Some(inner)) => outer.contains(Some(&inner)),
        _ => false,
    }
}

fn active() -> Option<Element> {
    document()?.active_element()
}

/// Calls a function of the window that the page's own script may have defined.
pub fn call_window(name: &str) {
    if let Ok(function) = global(name).dyn_into::<Function>() {
        drop(function.call0(&JsValue::UNDEFINED));
    }
}

/// Calls back before the next frame is painted.
pub fn before_paint(callback: impl FnOnce() + 'static) {
    if let Some(window) = window() {
        let callback = Closure::once_into_js(callback);
        drop(window.request_animation_frame(callback.unchecked_ref()));
    }
}

/// Calls back once what is laid out now has been painted.
pub fn after_paint(callback: impl FnOnce() + 'static) {
    before_paint(move || {
        let timer = Closure::once_into_js(callback);
        if let Some(window) = window() {
            drop(window.set_timeout_with_callback(timer.unchecked_ref()));
        }
    });
}

/// Tells the size of an element until it is dropped.
#[derive(Debug)]
pub struct SizeWatch {
    observer: web_sys::ResizeObserver,
    /// What the observer calls.
    _on_change: Closure<dyn FnMut()>,
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// Tells width and height of an element now and whenever they change, for as long as what is returned is kept. Nothing
/// where the browser can't.
#[must_use]
pub fn watch_size(element: &Element, callback: impl Fn(f64, f64) + 'static) -> Option<SizeWatch> {
    let watched = element.clone();
    let on_change = Closure::<dyn FnMut()>::new(move || {
        callback(
            f64::from(watched.client_width()),
            f64::from(watched.client_height()),
        );
    });
    let observer = web_sys::ResizeObserver::new(on_change.as_ref().unchecked_ref()).ok()?;
    observer.observe(element);
    Some(SizeWatch {
        observer,
        _on_change: on_change,
    })
}

/// Scrolls the row that an element stands in as little as needed to show it, now and whenever the row gets another size,
/// for as long as what is returned is kept.
#[must_use]
pub fn keep_in_sight(element: &Element) -> Option<SizeWatch> {
    let shown = element.clone();
    watch_size(&element.parent_element()?, move |_, _| {
        let options = ScrollIntoViewOptions::new();
        options.set_inline(ScrollLogicalPosition::Nearest);
        options.set_block(ScrollLogicalPosition::Nearest);
        shown.scroll_into_view_with_scroll_into_view_options(&options);
    })
}

/// Whether the focus is on a control that answers Enter and Space itself.
#[must_use]
pub fn is_on_control() -> bool {
    active().is_some_and(|element| {
        matches!(
            element.tag_name().as_str(),
            "BUTTON" | "A" | "SUMMARY" | "SELECT" | "INPUT"
        )
    })
}

/// Brings the element with an id into view, moving as little as possible.
pub fn scroll_to(id: &str) {
    if let Some(element) = element(id)
        && let Ok(scroll) = property(&element, "scrollIntoView").dyn_into::<Function>()
    {
        let how = super::object(&[("block", JsValue::from_str("nearest"))]);
        drop(scroll.call1(&element, &how));
    }
}

/// A file that the person handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFile {
    /// The name they know it by.
    pub name: String,
    /// What is in it, or why that can't be said.
    pub content: Result<Arc<Vec<u8>>, Unread>,
}

/// Why a file was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is larger than what was asked for.
    TooLarge {
        /// How large it is.
        bytes: u64,
    },
    /// The browser can't: it was moved or changed, or is no file.
    Unreadable,
}

/// The file chosen in the field that an event is about, where it is not larger than that.
pub async fn chosen_file(event: &web_sys::Event, bytes_max: usize) -> Option<GivenFile> {
    let field: web_sys::HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = field.files()?.get(0)?;
    Some(read_file(&file, bytes_max).await)
}

/// The file dropped onto the page, to be imported.
pub async fn dropped_file(event: &web_sys::DragEvent) -> Option<GivenFile> {
    let file = event.data_transfer()?.files()?.get(0)?;
    Some(read_file(&file, FILE_BYTES_MAX).await)
}

async fn read_file(file: &web_sys::File, bytes_max: usize) -> GivenFile {
    // Sizes are whole numbers far below 2^53.
    let bytes = file.size() as u64;
    let content = if bytes > bytes_max as u64 {
        Err(Unread::TooLarge { bytes })
    } else {
        let content = content_of(file).await;
        content.map(Arc::new).ok_or(Unread::Unreadable)
    };
    GivenFile {
        name: file.name(),
        content,
    }
}

async fn content_of(file: &web_sys::File) -> Option<Vec<u8>> {
    let read: Function = property(file, "arrayBuffer").dyn_into().ok()?;
    let promise: js_sys::Promise = read.call0(file).ok()?.dyn_into().ok()?;
    super::bytes_of(&JsFuture::from(promise).await.ok()?)
}
