//! What fields for one line do.

use wasm_bindgen::JsCast;
use web_sys::{FocusEvent, HtmlInputElement};

/// Selects what is in a field that gets the focus, so that typing replaces it.
pub fn select_all(event: FocusEvent) {
    let target = event.target();
    if let Some(field) = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) {
        field.select();
    }
}
