//! The worker: it holds a backlog for every tab of this browser, or follows the tab that does.
//!
//! [`runner`] is the one loop: it joins the tabs' channel, and what it hears becomes events of [`election`] (pure: who
//! leads) and of [`leader`] (performs the effects of the one [`shared::session::Session`]). [`envelope`] is what tabs
//! say to each other. Nothing here knows what a backlog is.

pub mod election;
pub mod envelope;
mod import;
pub mod leader;
pub mod orphans;
mod page_end;
pub mod runner;

use std::cell::RefCell;

use shared::session::messages::Open;
use wasm_bindgen::JsValue;

use crate::platform::WorkerStart;
use page_end::Heard;
use runner::Runner;

thread_local! {
    static TASK: RefCell<Option<Runner>> = const { RefCell::new(None) };
}

/// Listens for the message that says what to do.
pub fn start() {
    page_end::report_panics();
    page_end::listen(handle);
}

fn handle(heard: Heard) {
    let running = TASK.with_borrow(Clone::clone);
    match (running, heard) {
        (Some(runner), heard) => runner.hear_page(heard),
        (None, Heard::Message(bytes)) => begin(&bytes),
        // Whether the page is visible is said again once there is somebody to care.
        (None, Heard::Signal(_)) => {}
    }
}

fn begin(bytes: &[u8]) {
    match postcard::from_bytes(bytes) {
        Ok(WorkerStart::Session(open)) => begin_session(open),
        Ok(WorkerStart::Import {
            file_name,
            bytes,
            options,
        }) => import::run(&file_name, bytes, options),
        Err(error) => page_end::give_up(&format!("unreadable order: {error}")),
    }
}

fn begin_session(open: Open) {
    match Runner::start(open) {
        Ok(runner) => TASK.set(Some(runner)),
        Err(thrown) => page_end::give_up(&describe(&thrown)),
    }
}

fn describe(thrown: &JsValue) -> String {
    format!("{thrown:?}")
}
