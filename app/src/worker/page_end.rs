//! The worker's end of its own page.

use js_sys::{Array, Uint8Array};
use serde::Serialize;
use shared::session::messages::{FromSession, Level, Notice};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::platform::{
    bytes_of,
    worker_process::{PANIC, READY},
};

/// What the page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// Bytes.
    Message(Vec<u8>),
    /// A short text.
    Signal(String),
}

/// Listens from here on, for as long as the worker runs.
pub(super) fn listen(on_heard: impl Fn(Heard) + 'static) {
    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let data = event.data();
        match data.as_string() {
            Some(text) => on_heard(Heard::Signal(text)),
            None => on_heard(Heard::Message(bytes_of(&data).unwrap_or_default())),
        }
    });
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    signal(READY);
}

/// Says bytes; the page gets them without a copy.
pub(super) fn post(bytes: &[u8]) {
    let buffer = Uint8Array::from(bytes).buffer();
    // Fails only for values that can't be cloned; buffers can.
    drop(scope().post_message_with_transfer(&buffer, &Array::of1(&buffer)));
}

/// Says something in postcard's encoding.
pub(super) fn say(message: &impl Serialize) {
    post(&encode(message));
}

/// Tells the person something that did not go as wanted.
pub(super) fn warn(text: &str) {
    say(&FromSession::Notice(Notice {
        level: Level::Warning,
        text: text.to_owned(),
    }));
}

/// What [`say`] says, as bytes.
pub(super) fn encode(message: &impl Serialize) -> Vec<u8> {
    postcard::to_stdvec(message).expect("messages are plain data, which postcard can always encode")
}

/// Says a short text.
pub(super) fn signal(text: &str) {
    // Texts can always be cloned.
    drop(scope().post_message(&JsValue::from_str(text)));
}

/// Says that this worker is of no use any more.
pub(super) fn give_up(words: &str) {
    signal(&format!("{PANIC}{words}"));
}

/// Ends this worker after what it has said has gone out.
pub(super) fn close() {
    scope().close();
}

/// The address of the script that started this worker.
pub(super) fn address() -> String {
    scope().location().href()
}

/// A panic stops the module for good; the page has to know, and starts another.
pub(super) fn report_panics() {
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        give_up(&info.to_string());
    }));
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}
