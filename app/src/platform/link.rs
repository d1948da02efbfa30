//! A page's end of its session: the worker it runs, and what must survive when that worker or its leader goes.
//!
//! The page says [`ToSession`] and hears [`FromSession`]; who leads, and that there may be another worker in another
//! tab, does not concern it. Messages wait in order while nobody leads. Besides those messages the two ends exchange the
//! short texts of [`signal`].

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::{Rc, Weak},
};

use serde::{Deserialize, Serialize};
use shared::{
    ids::PersonId,
    model::Person,
    session::messages::{DeviceState, FromSession, Level, Notice, Open, ToSession},
    time::Timestamp,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::VisibilityState;

use super::{
    WorkerStart, clock, device,
    indexed_db::backlogs,
    listener::Listener,
    pending::Pending,
    worker_process::{FromWorker, WorkerProcess},
};

/// The texts that page and worker exchange besides the session's messages.
pub mod signal {
    /// From the worker: somebody leads and has to hear what is pending.
    pub const CONNECTED: &str = "connected";
    /// From the worker: nobody leads for now.
    pub const DISCONNECTED: &str = "disconnected";
    /// To the worker: the person can see the page.
    pub const VISIBLE: &str = "visible";
    /// To the worker: the person can't see the page.
    pub const HIDDEN: &str = "hidden";
}

/// An intent in the outbox: with whom it came from, since their tab may be gone when it is applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptIntent {
    /// Who gave it.
    pub person: PersonId,
    /// Their name and colour.
    pub profile: Person,
    /// The numbered message.
    pub message: ToSession,
}

/// So many breakdowns in a row, and a worker is not started anew until the person asks for it …
const BREAKDOWNS_MAX: u32 = 3;
/// … unless it ran for so long in between.
const HEALTHY_MS: i64 = 60_000;

/// A handle on a page's session. The session detaches when the last handle is dropped.
#[derive(Clone)]
pub struct Link {
    inner: Rc<Inner>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Link")
            .field(&self.inner.open.document)
            .finish()
    }
}

impl Link {
    /// Starts the worker of a backlog and attaches this page to it. Where that broke down too often, also on earlier
    /// pages, it is not started: `on_broken` hears so, with the words of the last breakdown.
    pub fn open(
        open: Open,
        on_message: impl Fn(FromSession) + 'static,
        on_broken: impl Fn(String) + 'static,
    ) -> Self {
        let attach = ToSession::Attach {
            person: open.person,
            profile: open.profile.clone(),
        };
        let inner = Rc::new_cyclic(|this| Inner {
            this: this.clone(),
            pending: RefCell::new(Pending::new(attach)),
            worker: RefCell::new(None),
            on_message: Box::new(on_message),
            on_broken: Box::new(on_broken),
            listeners: wake_up_calls(this),
            breakdowns: Cell::new(0),
            started: Cell::new(clock::now()),
            confirmed: Cell::new(false),
            outbox_used: Cell::new(false),
            name: RefCell::new(None),
            open,
        });
        if device::breakdowns(inner.open.document) < BREAKDOWNS_MAX {
            inner.start_worker();
        } else {
            (inner.on_broken)("it did so before this page was loaded".to_owned());
        }
        Self { inner }
    }

    /// Starts the worker again after it broke down too often.
    pub fn try_again(&self) {
        let inner = &self.inner;
        device::forgive_breakdowns(inner.open.document);
        inner.breakdowns.set(0);
        inner.start_worker();
    }

    /// Says something to the session, now or as soon as somebody leads.
    pub fn send(&self, message: ToSession) {
        self.inner.send(message);
    }

    /// How many intents, undos and redos are not yet both applied and safe on this device.
    #[must_use]
    pub fn unsettled(&self) -> usize {
        self.inner.pending.borrow().unsettled()
    }
}

struct Inner {
    this: Weak<Inner>,
    open: Open,
    pending: RefCell<Pending>,
    worker: RefCell<Option<WorkerProcess>>,
    on_message: Box<dyn Fn(FromSession)>,
    on_broken: Box<dyn Fn(String)>,
    /// Held for their effect alone.
    #[expect(dead_code, reason = "listeners act until they are dropped")]
    listeners: Vec<Listener>,
    /// How often in a row the worker broke down on this page.
    breakdowns: Cell<u32>,
    /// When the worker was last started.
    started: Cell<Timestamp>,
    /// Whether the document itself has been seen, not only its cached view.
    confirmed: Cell<bool>,
    outbox_used: Cell<bool>,
    /// The backlog's name, until this browser remembers that it holds the backlog.
    name: RefCell<Option<String>>,
}

impl Inner {
    fn start_worker(&self) {
        self.started.set(clock::now());
        let this = self.this.clone();
        let started = WorkerProcess::start(
            &WorkerStart::Session(self.open.clone()),
            move |from_worker| {
                if let Some(inner) = this.upgrade() {
                    inner.handle(from_worker);
                }
            },
        );
        match started {
            Ok(worker) => {
                worker.signal(visibility());
                *self.worker.borrow_mut() = Some(worker);
            }
            Err(words) => self.tell_broken(&words),
        }
    }

    fn send(&self, message: ToSession) {
        self.keep_if_unconfirmed(&message);
        let now = self.pending.borrow_mut().say(message);
        if let Some(message) = now {
            self.post(&message);
        }
    }

    fn post(&self, message: &ToSession) {
        if let Some(worker) = &*self.worker.borrow() {
            worker.post(message);
        }
    }

    fn handle(&self, from_worker: FromWorker) {
        match from_worker {
            FromWorker::Message(bytes) => match postcard::from_bytes(&bytes) {
                Ok(message) => self.hear(message),
                Err(error) => self.tell_broken(&format!("unreadable answer: {error}")),
            },
            FromWorker::Signal(text) if text == signal::CONNECTED => {
                let all = self.pending.borrow_mut().connect();
                for message in &all {
                    self.post(message);
                }
            }
            FromWorker::Signal(text) if text == signal::DISCONNECTED => {
                self.pending.borrow_mut().disconnect();
            }
            FromWorker::Signal(_) => {}
            FromWorker::Broken(words) => self.restart_worker(&words),
        }
    }

    fn hear(&self, message: FromSession) {
        let settled = self.pending.borrow_mut().hear(&message);
        if let Some(up_to) = settled {
            self.release_kept(up_to);
        }
        self.note_where_work_is(&message);
        (self.on_message)(message);
    }

    /// What the worker had in memory and not on the disk is said again by every page that asked for it.
    fn restart_worker(&self, words: &str) {
        self.pending.borrow_mut().disconnect();
        *self.worker.borrow_mut() = None;
        if clock::now().ms_since(self.started.get()) >= HEALTHY_MS {
            self.breakdowns.set(0);
        }
        self.breakdowns.set(self.breakdowns.get() + 1);
        // What opened once and breaks down later counts on this page alone.
        let document = self.open.document;
        device::note_breakdown(document);
        if self.breakdowns.get().max(device::breakdowns(document)) < BREAKDOWNS_MAX {
            self.start_worker();
        } else {
            (self.on_broken)(words.to_owned());
        }
    }

    fn tell_broken(&self, words: &str) {
        (self.on_message)(FromSession::Notice(Notice {
            level: Level::Danger,
            text: format!(
                "Cutline has stopped working in this tab ({words}). What was saved is safe: reload the page."
            ),
        }));
    }

    fn keep_if_unconfirmed(&self, message: &ToSession) {
        let (ToSession::Intend { number, .. }
        | ToSession::Undo { number }
        | ToSession::Redo { number }) = message
        else {
            return;
        };
        if self.confirmed.get() {
            return;
        }
        self.outbox_used.set(true);
        let (document, tab, number) = (self.open.document, self.open.tab, *number);
        let kept = postcard::to_stdvec(&KeptIntent {
            person: self.open.person,
            profile: self.open.profile.clone(),
            message: message.clone(),
        });
        spawn_local(async move {
            // A second line of defence: the intent is in memory here and waits for the document.
            if let Ok(bytes) = kept {
                drop(backlogs::keep(document, tab, number, &bytes).await);
            }
        });
    }

    fn release_kept(&self, up_to: u64) {
        if self.outbox_used.get() {
            let (document, tab) = (self.open.document, self.open.tab);
            spawn_local(async move {
                // What stays is said again at the next opening and known by its number there.
                drop(backlogs::release(document, tab, up_to).await);
            });
        }
    }

    /// Once a backlog is saved here, the browser must not lose it unnoticed.
    fn note_where_work_is(&self, message: &FromSession) {
        match message {
            FromSession::View {
                view,
                cached: false,
            } => {
                self.confirmed.set(true);
                device::forgive_breakdowns(self.open.document);
                *self.name.borrow_mut() = Some(view.name.clone());
            }
            FromSession::Status(status) if status.device == DeviceState::Saved => {
                if let Some(name) = self.name.take() {
                    device::remember(self.open.document, &name);
                }
            }
            _ => {}
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            worker.retire(&ToSession::Detach);
        }
    }
}

fn wake_up_calls(this: &Weak<Inner>) -> Vec<Listener> {
    let Some(window) = web_sys::window() else {
        return Vec::new();
    };
    let wake = |this: &Weak<Inner>| {
        let this = this.clone();
        move || {
            if let Some(inner) = this.upgrade() {
                inner.tell_visibility();
                inner.send(ToSession::Wake);
            }
        }
    };
    let mut listeners = vec![
        Listener::on(&window, "online", wake(this)),
        Listener::on(&window, "pageshow", wake(this)),
    ];
    if let Some(document) = window.document() {
        let this = this.clone();
        listeners.push(Listener::on(&document, "visibilitychange", move || {
            if let Some(inner) = this.upgrade() {
                inner.tell_visibility();
                if visibility() == signal::VISIBLE {
                    inner.send(ToSession::Wake);
                }
            }
        }));
    }
    listeners
}

impl Inner {
    fn tell_visibility(&self) {
        if let Some(worker) = &*self.worker.borrow() {
            worker.signal(visibility());
        }
    }
}

fn visibility() -> &'static str {
    let document = web_sys::window().and_then(|window| window.document());
    match document.map(|document| document.visibility_state()) {
        Some(VisibilityState::Visible) | None => signal::VISIBLE,
        Some(_) => signal::HIDDEN,
    }
}
