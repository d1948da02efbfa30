//! The app in the browser: one WebAssembly module with two entries, of which `parts` can be fetched later.
//!
//! [`start_page`] draws and sends intents; [`start_worker`] holds the document, the device's storage and the
//! connection, so that no load, merge or compaction ever freezes a frame. Both speak [`shared::session::messages`].
//! Only [`platform`] names a browser API.

pub mod address;
pub mod app;
pub mod commands;
pub mod components;
pub mod input;
pub mod pages;
mod parts;
pub mod platform;
pub mod state;
pub mod theme;
pub mod ui;
pub mod views;
pub mod words;
pub mod worker;

use wasm_bindgen::prelude::wasm_bindgen;

use self::address::{Address, Place};

/// Entry of the page. `worker_url` is the address of the script that starts the same module as a worker; `view` is what
/// this device holds of the backlog in the address to be shown first, where it was read in time.
#[wasm_bindgen]
pub fn start_page(worker_url: String, view: Option<Vec<u8>>) {
    console_error_panic_hook::set_once();
    platform::set_worker_url(worker_url);
    let place = Address::parse(&platform::page::address()).place;
    if let (Some(view), Place::Backlog(document)) = (view, place) {
        platform::device::came_with(document, view);
    }
    leptos::mount::mount_to_body(app::App);
}

/// Entry of a worker: it waits for the message that tells it what to do.
#[wasm_bindgen]
pub fn start_worker() {
    worker::start();
}
