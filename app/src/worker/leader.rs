//! The leader's work: one session, its events one after the other, its effects in their order.
//!
//! Storage writes go one at a time, so that a later one is never stored without an earlier one. A write that is fenced
//! off ends this leader.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fmt,
    rc::{Rc, Weak},
};

use shared::{
    ids::TabId,
    session::{
        Effect, Event, Session, Write,
        messages::{FromSession, Open, ToSession},
    },
    sync::access::Secret,
    time::Timestamp,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use crate::platform::{
    clock, device,
    door::{self, NoTicket},
    http,
    indexed_db::{
        StorageError,
        backlogs::{self, Kept, LeaderEpoch},
    },
    socket::{Socket, SocketEvent},
    timer::{Timer, Turns},
};

/// What a leader tells its surroundings.
pub trait Surroundings {
    /// The session speaks to a page.
    fn to_tab(&self, tab: TabId, message: FromSession);
    /// Somebody else has claimed the backlog.
    fn deposed(&self);
    /// The storage, which could not be read at first, is claimed now, with this in its outbox.
    fn recovered(&self, outbox: Vec<Kept>, given_up: usize);
}

/// Whether the storage can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// Under this claim.
    Claimed(LeaderEpoch),
    /// It could not even be read: the session works in memory and says so at every write, each of which tries anew.
    Unusable,
}

/// A running leader. Dropping it closes socket and session.
pub struct Leader {
    this: Weak<Leader>,
    open: Open,
    storage: Cell<Storage>,
    surroundings: Box<dyn Surroundings>,
    session: RefCell<Session>,
    events: RefCell<VecDeque<Event>>,
    running: Cell<bool>,
    writes: RefCell<VecDeque<(u64, Write)>>,
    writing: Cell<bool>,
    /// When a write last ended.
    written: Cell<Timestamp>,
    socket: RefCell<Option<Socket>>,
    /// Counts the knocks at the relay, since only the latest one's answer matters.
    knocks: Cell<u64>,
    /// The secret with which the relay last let this browser in.
    let_in_with: Cell<Option<Option<Secret>>>,
    wakeup: RefCell<Option<(Timestamp, Timer)>>,
    turns: RefCell<Option<Turns>>,
}

impl fmt::Debug for Leader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leader")
            .field("document", &self.open.document)
            .field("storage", &self.storage.get())
            .finish_non_exhaustive()
    }
}

impl Leader {
    /// A leader whose session has heard nothing yet.
    pub fn new(
        open: Open,
        storage: Storage,
        surroundings: impl Surroundings + 'static,
    ) -> Result<Rc<Self>, JsValue> {
        let leader = Rc::new_cyclic(|this| Leader {
            this: Weak::clone(this),
            session: RefCell::new(Session::new(open.clone(), device::seed())),
            open,
            storage: Cell::new(storage),
            surroundings: Box::new(surroundings),
            events: RefCell::default(),
            running: Cell::new(false),
            writes: RefCell::default(),
            writing: Cell::new(false),
            written: Cell::new(clock::now()),
            socket: RefCell::new(None),
            knocks: Cell::new(0),
            let_in_with: Cell::new(None),
            wakeup: RefCell::new(None),
            turns: RefCell::new(None),
        });
        let turns = Turns::new(leader.later(|leader| leader.deliver(Event::Continue)))?;
        *leader.turns.borrow_mut() = Some(turns);
        Ok(leader)
    }

    /// Gives the session an event, and performs what it wants done. An event that comes up meanwhile waits its turn.
    pub fn deliver(&self, event: Event) {
        self.events.borrow_mut().push_back(event);
        if self.running.replace(true) {
            return;
        }
        while let Some(event) = self.next_event() {
            let effects = self.session.borrow_mut().handle(event, clock::now());
            for effect in effects {
                self.perform(effect);
            }
        }
        self.running.set(false);
        self.set_wakeup();
    }

    /// A page speaks.
    pub fn hear_tab(&self, tab: TabId, message: ToSession) {
        self.deliver(Event::FromTab { tab, message });
    }

    /// Whether nothing has been written, and nothing waits to be, for that many milliseconds.
    #[must_use]
    pub fn at_rest_for(&self, ms: i64) -> bool {
        !self.writing.get() && clock::now().ms_since(self.written.get()) >= ms
    }

    fn next_event(&self) -> Option<Event> {
        self.events.borrow_mut().pop_front()
    }

    fn perform(&self, effect: Effect) {
        match effect {
            Effect::ToTab { tab, message } => self.surroundings.to_tab(tab, message),
            Effect::Write { ticket, write } => self.enqueue_write(ticket, write),
            Effect::Connect => self.connect(),
            Effect::Send(frame) => self.send(&frame),
            Effect::Disconnect => self.disconnect(),
            Effect::FetchSnapshot => self.fetch_snapshot(),
            Effect::Continue => self.request_turn(),
        }
    }

    fn enqueue_write(&self, ticket: u64, write: Write) {
        self.writes.borrow_mut().push_back((ticket, write));
        if self.writing.replace(true) {
            return;
        }
        let this = self.this.clone();
        spawn_local(async move {
            while let Some(leader) = this.upgrade()
                && leader.perform_next_write().await
            {}
        });
    }

    /// Answers whether there was one.
    async fn perform_next_write(&self) -> bool {
        let next = self.writes.borrow_mut().pop_front();
        let Some((ticket, write)) = next else {
            self.writing.set(false);
            return false;
        };
        let outcome = match self.storage.get() {
            Storage::Claimed(epoch) => {
                let written = backlogs::write(self.open.document, epoch, &write).await;
                written.map(|()| Event::Written { ticket })
            }
            Storage::Unusable => self.claim_again(ticket).await,
        };
        self.written.set(clock::now());
        match outcome {
            Ok(event) => self.deliver(event),
            Err(StorageError::Fenced) => self.surroundings.deposed(),
            Err(error) => self.deliver(Event::WriteFailed {
                ticket,
                reason: error.to_string(),
                full: error == StorageError::Full,
            }),
        }
        true
    }

    /// What the device holds may differ from what the session knows: both become one before anything is written.
    async fn claim_again(&self, ticket: u64) -> Result<Event, StorageError> {
        let claim = backlogs::claim(self.open.document).await?;
        self.storage.set(Storage::Claimed(claim.epoch));
        self.surroundings.recovered(claim.outbox, claim.given_up);
        Ok(Event::Recovered {
            ticket,
            stored: claim.stored,
        })
    }

    fn connect(&self) {
        // The former socket is closed before the new one is opened, and not heard any more.
        *self.socket.borrow_mut() = None;
        let knocks = self.knocks.get() + 1;
        self.knocks.set(knocks);
        let knock = self.session.borrow().knock();
        let (this, open, has_session) = (
            self.this.clone(),
            self.open.clone(),
            self.let_in_with.get() == Some(knock.secret),
        );
        spawn_local(async move {
            let ticket = door::ticket(&open, knock, has_session).await;
            if let Some(leader) = this.upgrade()
                && leader.knocks.get() == knocks
            {
                leader
                    .let_in_with
                    .set(ticket.is_ok().then_some(knock.secret));
                leader.enter(ticket);
            }
        });
    }

    fn enter(&self, ticket: Result<String, NoTicket>) {
        let ticket = match ticket {
            Ok(ticket) => ticket,
            Err(NoTicket::Unreachable) => return self.deliver(Event::Disconnected),
            Err(NoTicket::TurnedAway { reason, lasting }) => {
                return self.deliver(Event::TurnedAway { reason, lasting });
            }
        };
        let this = self.this.clone();
        let offered = door::subprotocols(&ticket);
        let socket = Socket::open(&self.open.relay, &offered, move |event| {
            if let Some(leader) = this.upgrade() {
                leader.hear_socket(event);
            }
        });
        match socket {
            Ok(socket) => *self.socket.borrow_mut() = Some(socket),
            Err(_) => self.deliver(Event::Disconnected),
        }
    }

    fn disconnect(&self) {
        // A ticket that is on its way opens nothing any more.
        self.knocks.set(self.knocks.get() + 1);
        *self.socket.borrow_mut() = None;
    }

    fn hear_socket(&self, event: SocketEvent) {
        match event {
            SocketEvent::Open => self.deliver(Event::Connected),
            SocketEvent::Frame(frame) => self.deliver(Event::Received(frame)),
            SocketEvent::Closed => {
                *self.socket.borrow_mut() = None;
                self.deliver(Event::Disconnected);
            }
        }
    }

    fn send(&self, frame: &[u8]) {
        // A frame for a socket that is closed meanwhile is lost like one in flight: the session learns of the close.
        if let Some(socket) = &*self.socket.borrow() {
            drop(socket.send(frame));
        }
    }

    fn fetch_snapshot(&self) {
        let this = self.this.clone();
        let url = http::snapshot_url(&self.open.relay, self.open.document);
        spawn_local(async move {
            let fetched = match url {
                Some(url) => http::fetch(&url).await,
                None => Err("the relay's address is not one".to_owned()),
            };
            if let Some(leader) = this.upgrade() {
                leader.deliver(Event::Snapshot(fetched));
            }
        });
    }

    fn request_turn(&self) {
        if let Some(turns) = &*self.turns.borrow() {
            // A port of our own takes every message.
            drop(turns.request());
        }
    }

    fn set_wakeup(&self) {
        let wanted = self.session.borrow().next_wakeup().map(|(at, _)| at);
        let set = self.wakeup.borrow().as_ref().map(|(at, _)| *at);
        if wanted == set {
            return;
        }
        *self.wakeup.borrow_mut() = wanted.map(|at| {
            let tick = self.later(|leader| {
                *leader.wakeup.borrow_mut() = None;
                leader.deliver(Event::Tick);
            });
            (at, Timer::after(at.ms_since(clock::now()), tick))
        });
    }

    /// A call on this leader, if it is still there then.
    fn later(&self, call: impl Fn(&Self) + 'static) -> impl Fn() + 'static {
        let this = self.this.clone();
        move || {
            if let Some(leader) = this.upgrade() {
                call(&leader);
            }
        }
    }
}
