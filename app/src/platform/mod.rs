//! Every browser API that Cutline touches, behind plain functions and values.
//!
//! Nothing here decides anything about backlogs. [`link`] is the page's end of the worker; [`device`], [`files`] are
//! what the page asks of the browser; the rest serves the worker as well.

pub mod attached;
pub mod channel;
pub mod clock;
pub mod device;
pub mod door;
pub mod files;
pub mod http;
pub mod indexed_db;
pub mod link;
pub mod listener;
pub mod locks;
pub mod page;
pub mod pending;
pub mod socket;
pub mod timer;
pub mod window_keys;
pub mod worker_process;

use std::cell::RefCell;

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use serde::{Deserialize, Serialize};
use shared::session::messages::Open;
use wasm_bindgen::{JsCast, JsValue};

/// The first message that a worker gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WorkerStart {
    /// Hold a backlog, or follow the tab that does.
    Session(Open),
    /// Read a file, report how far it is, answer once.
    Import {
        /// The name the person knows it by.
        file_name: String,
        /// Its content.
        bytes: Vec<u8>,
        /// What the person decided about it.
        options: shared::import::Options,
    },
}

/// What a worker answers to [`WorkerStart::Import`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ImportReply {
    /// So much of the file has been read.
    Progress {
        /// Bytes read.
        done: u64,
        /// Bytes in all.
        of: u64,
    },
    /// What the import would do, or why the file can't be imported. Nothing follows.
    Read(Box<Result<shared::import::Preview, shared::import::ImportError>>),
}

thread_local! {
    static WORKER_URL: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Names the script that starts workers; called once when the page starts.
pub fn set_worker_url(url: String) {
    WORKER_URL.set(url);
}

/// The script that starts workers.
fn worker_url() -> String {
    WORKER_URL.with_borrow(Clone::clone)
}

/// A property of the global scope, which is a window or a worker.
fn global(name: &str) -> JsValue {
    property(&js_sys::global(), name)
}

/// A property, or `undefined` where there is none.
fn property(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// An object with these properties.
fn object(properties: &[(&str, JsValue)]) -> Object {
    let made = Object::new();
    for (name, value) in properties {
        Reflect::set(&made, &JsValue::from_str(name), value)
            .expect("a fresh object takes properties");
    }
    made
}

/// The bytes of an `ArrayBuffer` or a `Uint8Array`, or `None` for anything else.
pub(crate) fn bytes_of(value: &JsValue) -> Option<Vec<u8>> {
    let is_bytes =
        value.is_instance_of::<js_sys::ArrayBuffer>() || value.is_instance_of::<Uint8Array>();
    is_bytes.then(|| Uint8Array::new(value).to_vec())
}

/// A promise with the function that fulfils it.
fn promise() -> (Promise, Function) {
    let mut resolve = None;
    let promise = Promise::new(&mut |fulfil, _| resolve = Some(fulfil));
    (
        promise,
        resolve.expect("a promise runs its executor at once"),
    )
}
