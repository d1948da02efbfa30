//! The broadcast channel between the tabs of one browser: bytes in, bytes out.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::bytes_of;

/// An end of a named channel. What one end posts, all others hear, in order.
#[derive(Debug)]
pub struct Channel {
    inner: BroadcastChannel,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
}

impl Channel {
    /// Joins the channel of that name.
    pub fn open(name: &str, on_message: impl Fn(Vec<u8>) + 'static) -> Result<Self, JsValue> {
        let inner = BroadcastChannel::new(name)?;
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            if let Some(bytes) = bytes_of(&event.data()) {
                on_message(bytes);
            }
        });
        inner.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        Ok(Self {
            inner,
            _on_message: on_message,
        })
    }

    /// Says something to all other ends.
    pub fn post(&self, bytes: &[u8]) -> Result<(), JsValue> {
        self.inner.post_message(&Uint8Array::from(bytes))
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.inner.close();
    }
}
