//! Keys pressed anywhere in the page.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{KeyboardEvent, Window};

/// Hears keys until it is dropped.
#[derive(Debug)]
pub struct WindowKeys {
    window: Option<Window>,
    callback: Closure<dyn FnMut(KeyboardEvent)>,
}

impl WindowKeys {
    /// Calls back at every key that goes down.
    pub fn listen(mut callback: impl FnMut(&KeyboardEvent) + 'static) -> Self {
        let callback = Closure::new(move |event: KeyboardEvent| callback(&event));
        let window = web_sys::window();
        if let Some(window) = &window {
            // Adding and removing listeners throws for no input that is given here.
            drop(
                window
                    .add_event_listener_with_callback("keydown", callback.as_ref().unchecked_ref()),
            );
        }
        Self { window, callback }
    }
}

impl Drop for WindowKeys {
    fn drop(&mut self) {
        if let Some(window) = &self.window {
            drop(window.remove_event_listener_with_callback(
                "keydown",
                self.callback.as_ref().unchecked_ref(),
            ));
        }
    }
}
