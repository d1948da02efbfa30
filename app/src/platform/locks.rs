//! The Web Locks API: mutual exclusion among the tabs of one browser, freed by the browser when a tab dies.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Promise};
use wasm_bindgen::{
    JsCast, JsValue,
    prelude::{Closure, wasm_bindgen},
};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{global, object, promise, property};

#[wasm_bindgen]
extern "C" {
    #[derive(Debug)]
    type LockManager;
    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &JsValue,
        callback: &JsValue,
    ) -> Result<Promise, JsValue>;
}

/// How much a lock is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// When its turn comes.
    Wait,
    /// Now; who holds it loses it.
    Steal,
    /// Only if nobody holds it.
    IfFree,
}

/// Why a lock was not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody holds it.
    Taken,
    /// This browser has no locks here: they exist on `https` and `localhost` only.
    Unsupported,
}

/// A lock that is held until this is dropped.
#[derive(Debug)]
pub struct Held {
    release: Function,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Resolving a promise can't fail.
        drop(self.release.call0(&JsValue::UNDEFINED));
    }
}

/// Whether this browser has locks here.
#[must_use]
pub fn supported() -> bool {
    manager().is_some()
}

fn manager() -> Option<LockManager> {
    let locks = property(&global("navigator"), "locks");
    locks.is_object().then(|| locks.unchecked_into())
}

/// Waits for the lock of that name. `on_lost` is called when somebody steals it.
pub async fn hold(
    name: &str,
    want: Want,
    on_lost: impl FnOnce() + 'static,
) -> Result<Held, Refusal> {
    let manager = manager().ok_or(Refusal::Unsupported)?;
    let (held, release) = promise();
    let (granted, grant) = promise();
    let callback = Closure::once_into_js({
        let grant = grant.clone();
        move |lock: JsValue| -> JsValue {
            let free = lock.is_null();
            drop(grant.call1(&JsValue::UNDEFINED, &JsValue::from_bool(!free)));
            if free {
                JsValue::UNDEFINED
            } else {
                held.into()
            }
        }
    });
    let options = object(&[
        ("mode", JsValue::from_str("exclusive")),
        ("steal", JsValue::from_bool(want == Want::Steal)),
        ("ifAvailable", JsValue::from_bool(want == Want::IfFree)),
    ]);
    let ended = manager
        .request(name, &options, &callback)
        .map_err(|_| Refusal::Unsupported)?;

    let mine = Rc::new(RefCell::new(false));
    spawn_local({
        let mine = Rc::clone(&mine);
        async move {
            // Rejected when it is stolen, or when the browser refuses locks altogether.
            if JsFuture::from(ended).await.is_err() {
                if *mine.borrow() {
                    on_lost();
                }
                drop(grant.call1(&JsValue::UNDEFINED, &JsValue::NULL));
            }
        }
    });
    let answer = JsFuture::from(granted).await.unwrap_or(JsValue::NULL);
    match answer.as_bool() {
        Some(true) => {
            *mine.borrow_mut() = true;
            Ok(Held { release })
        }
        Some(false) => Err(Refusal::Taken),
        None => Err(Refusal::Unsupported),
    }
}
