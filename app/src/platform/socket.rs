//! The WebSocket to the relay: whole binary frames, no retries (when to connect is the session's decision).

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use web_sys::{BinaryType, MessageEvent, WebSocket};

use super::bytes_of;

/// What becomes of a socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketEvent {
    /// It is open.
    Open,
    /// A frame came.
    Frame(Vec<u8>),
    /// It is closed, or was never opened. Nothing follows.
    Closed,
}

/// A socket that is closed when this is dropped; nothing is heard of it afterwards.
#[derive(Debug)]
pub struct Socket {
    inner: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl Socket {
    /// Starts to connect. Fails at once only where the address is not one.
    pub fn open(
        url: &str,
        subprotocols: &[String],
        on_event: impl Fn(SocketEvent) + Clone + 'static,
    ) -> Result<Self, JsValue> {
        let offered: js_sys::Array = subprotocols
            .iter()
            .map(|name| JsValue::from_str(name))
            .collect();
        let inner = WebSocket::new_with_str_sequence(url, &offered)?;
        inner.set_binary_type(BinaryType::Arraybuffer);
        let on_open = Closure::<dyn FnMut()>::new({
            let on_event = on_event.clone();
            move || on_event(SocketEvent::Open)
        });
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new({
            let on_event = on_event.clone();
            move |event: MessageEvent| {
                // The relay never sends text; who does is not our relay, and the frame decoder says so.
                on_event(SocketEvent::Frame(
                    bytes_of(&event.data()).unwrap_or_default(),
                ));
            }
        });
        let on_close = Closure::<dyn FnMut()>::new(move || on_event(SocketEvent::Closed));
        inner.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        inner.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        inner.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self {
            inner,
            _on_open: on_open,
            _on_message: on_message,
            _on_close: on_close,
        })
    }

    /// Sends one frame. A socket that is closing swallows it and reports [`SocketEvent::Closed`].
    pub fn send(&self, frame: &[u8]) -> Result<(), JsValue> {
        self.inner.send_with_js_u8_array(&Uint8Array::from(frame))
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.inner.set_onopen(None);
        self.inner.set_onmessage(None);
        self.inner.set_onclose(None);
        // Closing fails only for codes that are not given here.
        drop(self.inner.close());
    }
}
