//! An event listener that is taken off when it is dropped.

use js_sys::Function;
use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::EventTarget;

/// A listener on a target.
#[derive(Debug)]
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Closure<dyn FnMut()>,
}

impl Listener {
    /// Calls `callback` at every event of that name.
    pub fn on(target: &EventTarget, name: &'static str, callback: impl FnMut() + 'static) -> Self {
        let listener = Self {
            target: target.clone(),
            name,
            callback: Closure::new(callback),
        };
        // Adding and removing listeners throws for no input that is given here.
        drop(target.add_event_listener_with_callback(name, listener.function()));
        listener
    }

    fn function(&self) -> &Function {
        self.callback.as_ref().unchecked_ref()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        drop(
            self.target
                .remove_event_listener_with_callback(self.name, self.function()),
        );
    }
}
