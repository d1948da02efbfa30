//! The worker: it holds a backlog for every tab of this browser, or follows the tab that does.
//!
//! [`runner`] is the one loop: it joins the tabs' channel, and what it hears becomes events of [`election`] (pure: who
//! leads) and of [`leader`] (performs the effects of the one [`shared::session::Session`]). [`envelope`] is what tabs
//! say to each other. Nothing here knows what a backlog is.

pub mod election;
pub mod envelope;
pub(crate) mod import;
pub mod leader;
pub mod orphans;
mod page_end;
pub mod runner;

use std::{cell::RefCell, rc::Rc};

use shared::session::messages::Open;
use wasm_bindgen_futures::spawn_local;

use crate::{parts, platform::WorkerStart};
pub(crate) use page_end::Heard;
use runner::Runner;

thread_local! {
    static TASK: RefCell<Task> = const { RefCell::new(Task::None) };
}

/// Hears what the page says to a session.
pub(crate) type Hearing = Rc<dyn Fn(Heard)>;

/// What this worker does.
enum Task {
    /// It was not told yet, or reads a file.
    None,
    /// It fetches the part of the app that holds backlogs; what is said meanwhile waits.
    Coming(Vec<Heard>),
    /// It holds a backlog.
    Session(Hearing),
}

/// Listens for the message that says what to do.
pub fn start() {
    page_end::report_panics();
    page_end::listen(handle);
}

fn handle(heard: Heard) {
    let session = TASK.with_borrow_mut(|task| match task {
        Task::None => Err(heard),
        Task::Coming(waiting) => {
            waiting.push(heard);
            Ok(None)
        }
        Task::Session(hearing) => Ok(Some((Rc::clone(hearing), heard))),
    });
    match session {
        Ok(Some((hearing, heard))) => hearing(heard),
        Ok(None) => {}
        Err(Heard::Message(bytes)) => begin(&bytes),
        // Whether the page is visible is said again once there is somebody to care.
        Err(Heard::Signal(_)) => {}
    }
}

fn begin(bytes: &[u8]) {
    match postcard::from_bytes(bytes) {
        Ok(WorkerStart::Session(open)) => {
            TASK.set(Task::Coming(Vec::new()));
            spawn_local(begin_session(open));
        }
        Ok(WorkerStart::Import {
            file_name,
            bytes,
            options,
        }) => spawn_local(async move {
            match parts::READING.fetch().await {
                Ok(read) => read(&file_name, bytes, options),
                Err(_) => page_end::give_up("the part that reads files could not be loaded"),
            }
        }),
        Err(error) => page_end::give_up(&format!("unreadable order: {error}")),
    }
}

async fn begin_session(open: Open) {
    let session = match parts::SESSION.fetch().await {
        Ok(session) => session(open),
        Err(_) => Err("the part that holds backlogs could not be loaded".to_owned()),
    };
    let hearing = match session {
        Ok(hearing) => hearing,
        Err(words) => return page_end::give_up(&words),
    };
    let task = TASK.replace(Task::Session(Rc::clone(&hearing)));
    if let Task::Coming(waiting) = task {
        waiting.into_iter().for_each(|heard| hearing(heard));
    }
}

/// Joins the other tabs, as a part of the app.
pub(crate) fn session(open: Open) -> Result<Hearing, String> {
    match Runner::start(open) {
        Ok(runner) => Ok(Rc::new(move |heard| runner.hear_page(heard))),
        Err(thrown) => Err(format!("{thrown:?}")),
    }
}
