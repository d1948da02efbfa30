//! Time-outs and turns of the event loop, in windows and workers alike.

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MessageChannel, MessagePort};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Function, ms: i32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(handle: &JsValue);
}

/// Browsers keep time-outs in 32 bits; a longer wait fires early and is set again by who waits.
const LONGEST_MS: i64 = i32::MAX as i64;

/// A call in the future, which is called off when this is dropped.
#[derive(Debug)]
pub struct Timer {
    handle: JsValue,
    _callback: Closure<dyn FnMut()>,
}

impl Timer {
    /// Calls `callback` after that many milliseconds, at once where they are negative.
    pub fn after(ms: i64, callback: impl FnOnce() + 'static) -> Self {
        let callback = Closure::once(callback);
        let ms = i32::try_from(ms.clamp(0, LONGEST_MS)).unwrap_or(i32::MAX);
        Self {
            handle: set_timeout(callback.as_ref().unchecked_ref(), ms),
            _callback: callback,
        }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.handle);
    }
}

/// Waits that many milliseconds.
pub async fn sleep(ms: i32) {
    let wait = Promise::new(&mut |resolve, _| {
        set_timeout(&resolve, ms);
    });
    // The promise is never rejected.
    drop(JsFuture::from(wait).await);
}

/// Calls back in a fresh turn of the event loop, after what already waits there. A time-out would do the same at a
/// price of four milliseconds or more.
#[derive(Debug)]
pub struct Turns {
    port: MessagePort,
    _callback: Closure<dyn FnMut()>,
}

impl Turns {
    /// Prepares calls of `callback`.
    pub fn new(callback: impl FnMut() + 'static) -> Result<Self, JsValue> {
        let channel = MessageChannel::new()?;
        let callback = Closure::<dyn FnMut()>::new(callback);
        channel
            .port1()
            .set_onmessage(Some(callback.as_ref().unchecked_ref()));
        Ok(Self {
            port: channel.port2(),
            _callback: callback,
        })
    }

    /// Asks for one call.
    pub fn request(&self) -> Result<(), JsValue> {
        self.port.post_message(&JsValue::NULL)
    }
}
