//! One tab's worker: what its page, the other tabs and the browser say becomes events of the election and of the leader.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    fmt,
    rc::{Rc, Weak},
};

use shared::{
    ids::TabId,
    session::{
        Event,
        messages::{FromSession, Open, ToSession},
    },
    time::Timestamp,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

use super::{
    election::{Election, Learned, Order},
    envelope::{Build, Envelope, Opened, channel_of, lock_of_tab},
    leader::{Leader, Storage, Surroundings},
    orphans::{Orphans, Settled},
    page_end::{self, Heard},
};
use crate::platform::{
    channel::Channel,
    clock, device,
    indexed_db::{
        StorageError,
        backlogs::{self, Claim, Kept, LeaderEpoch},
    },
    link::signal,
    locks::{self, Held, Want},
    timer::Timer,
};

/// How often the election looks at the clock.
const TICK_MS: i64 = 500;
/// A worker whose page has gone ends after its storage was at rest for so long …
const REST_MS: i64 = 300;
/// … and after this long in any case.
const PATIENCE_MS: i64 = 5_000;

/// A handle on the tab's worker.
#[derive(Clone)]
pub struct Runner {
    tab: Rc<Tab>,
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Runner")
            .field(&self.tab.open.document)
            .finish()
    }
}

impl Runner {
    /// Joins the other tabs and stands for election.
    pub fn start(open: Open) -> Result<Self, JsValue> {
        let build = Build::of_address(&page_end::address());
        let (election, orders) = Election::new(locks::supported(), clock::now());
        let tab = Rc::new_cyclic(|this| Tab {
            this: Weak::clone(this),
            build,
            election: RefCell::new(election),
            channel: RefCell::new(None),
            leader: RefCell::new(None),
            lock: RefCell::new(None),
            life: RefCell::new(None),
            claims: Cell::new(0),
            orphans: RefCell::default(),
            waits_for_lock: Cell::new(false),
            tabs: RefCell::default(),
            tick: RefCell::new(None),
            retired: Cell::new(None),
            open,
        });
        let weak = Rc::downgrade(&tab);
        let channel = Channel::open(&channel_of(tab.open.document), move |bytes| {
            if let Some(tab) = weak.upgrade() {
                tab.hear_tabs(&bytes);
            }
        })?;
        *tab.channel.borrow_mut() = Some(channel);
        tab.set_tick();
        tab.show_life_then_follow(orders);
        Ok(Self { tab })
    }

    /// The tab's own page speaks.
    pub(super) fn hear_page(&self, heard: Heard) {
        match heard {
            Heard::Message(bytes) => self.tab.hear_page(bytes),
            Heard::Signal(text) if text == signal::VISIBLE => {
                self.tab.learn(Learned::Visible(true));
            }
            Heard::Signal(text) if text == signal::HIDDEN => {
                self.tab.learn(Learned::Visible(false));
            }
            Heard::Signal(_) => {}
        }
    }
}

struct Tab {
    this: Weak<Tab>,
    open: Open,
    build: Build,
    election: RefCell<Election>,
    channel: RefCell<Option<Channel>>,
    leader: RefCell<Option<Rc<Leader>>>,
    lock: RefCell<Option<Held>>,
    /// Held until the worker ends, so that the leader learns of its end.
    life: RefCell<Option<Held>>,
    /// Counts the claims, since only the latest one's answer matters.
    claims: Cell<u64>,
    orphans: RefCell<Orphans>,
    waits_for_lock: Cell<bool>,
    /// The other tabs whose end this leader waits for.
    tabs: RefCell<BTreeSet<TabId>>,
    tick: RefCell<Option<Timer>>,
    /// When the page has gone.
    retired: Cell<Option<Timestamp>>,
}

impl Tab {
    /// The leader notices a tab's end by the lock that it held; so it is held before anything is said.
    fn show_life_then_follow(&self, orders: Vec<Order>) {
        let this = self.this.clone();
        let name = lock_of_tab(self.open.tab);
        spawn_local(async move {
            let life = locks::hold(&name, Want::Wait, || {}).await;
            if let Some(tab) = this.upgrade() {
                *tab.life.borrow_mut() = life.ok();
                tab.follow(orders);
            }
        });
    }

    fn learn(&self, learned: Learned) {
        let orders = self.election.borrow_mut().handle(learned, clock::now());
        self.follow(orders);
    }

    fn follow(&self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Ask => self.post(&Envelope::Ask),
                Order::Lock(want) => self.request_lock(want),
                Order::Claim => self.claim(),
                Order::Announce => self.announce(),
                Order::StepDown => self.step_down(),
                Order::Connected => page_end::signal(signal::CONNECTED),
                Order::Disconnected => page_end::signal(signal::DISCONNECTED),
                Order::WarnOfOtherVersion => page_end::warn(
                    "Another tab has this backlog open in a different version of Cutline. Reload or close that tab to go on here.",
                ),
            }
        }
    }

    fn request_lock(&self, want: Want) {
        // A turn that is waited for already comes by itself.
        if want == Want::Wait && self.waits_for_lock.replace(true) {
            return;
        }
        let this = self.this.clone();
        let lost = {
            let this = this.clone();
            move || {
                if let Some(tab) = this.upgrade() {
                    tab.lock.take();
                    tab.learn(Learned::Deposed);
                }
            }
        };
        let name = device::lock_of(self.open.document);
        spawn_local(async move {
            let held = locks::hold(&name, want, lost).await;
            let Some(tab) = this.upgrade() else { return };
            if want == Want::Wait {
                tab.waits_for_lock.set(false);
            }
            if let Ok(held) = held {
                *tab.lock.borrow_mut() = Some(held);
                tab.learn(Learned::Granted);
            }
        });
    }

    fn claim(&self) {
        let this = self.this.clone();
        let document = self.open.document;
        let count = self.claims.get() + 1;
        self.claims.set(count);
        spawn_local(async move {
            let claimed = backlogs::claim(document).await;
            if let Some(tab) = this.upgrade()
                && tab.claims.get() == count
            {
                tab.lead(claimed);
            }
        });
    }

    fn lead(&self, claimed: Result<Claim, StorageError>) {
        let (storage, claim) = match claimed {
            Ok(claim) => (Storage::Claimed(claim.epoch), claim),
            Err(_) => (Storage::Unusable, unclaimed()),
        };
        let epoch = claim.epoch.into();
        let surroundings = Pages {
            tab: self.this.clone(),
            own: self.open.tab,
            epoch,
        };
        match Leader::new(self.open.clone(), storage, surroundings) {
            Ok(leader) => {
                *self.leader.borrow_mut() = Some(Rc::clone(&leader));
                leader.deliver(Event::Opened(claim.stored));
                self.adopt(&claim.outbox, claim.given_up);
                self.learn(Learned::Claimed { epoch });
            }
            Err(thrown) => page_end::give_up(&format!("{thrown:?}")),
        }
    }

    fn adopt(&self, outbox: &[Kept], given_up: usize) {
        if given_up > 0 {
            page_end::warn(&format!(
                "{given_up} edits made while this backlog was opening could not be carried out, in several tries. They were given up."
            ));
        }
        let said = self.orphans.borrow_mut().adopt(outbox, self.open.tab);
        for (tab, message) in said {
            self.tell_leader(tab, message);
        }
    }

    /// Strikes from the outbox what the document has.
    fn hear_for_orphan(&self, tab: TabId, message: &FromSession) {
        let settled = self.orphans.borrow_mut().hear(tab, message);
        let Some(Settled { up_to, all }) = settled else {
            return;
        };
        if all {
            self.watch_over(tab);
        }
        let document = self.open.document;
        spawn_local(async move {
            // What stays is said again at the next opening and known by its number there.
            drop(backlogs::release(document, tab, up_to).await);
        });
    }

    fn step_down(&self) {
        self.leader.take();
        self.lock.take();
        self.tabs.borrow_mut().clear();
        self.orphans.borrow_mut().clear();
    }

    fn announce(&self) {
        let election = self.election.borrow();
        if let Some(epoch) = election.leading() {
            self.post(&Envelope::Lead {
                epoch,
                hidden: !election.visible(),
            });
        }
    }

    fn hear_page(&self, bytes: Vec<u8>) {
        let Ok(message) = postcard::from_bytes::<ToSession>(&bytes) else {
            page_end::give_up("the page said something unreadable");
            return;
        };
        if message == ToSession::Detach {
            self.retired.set(Some(clock::now()));
        }
        let election = self.election.borrow();
        match (election.leading(), election.leader()) {
            (Some(_), _) => {
                drop(election);
                self.tell_leader(self.open.tab, message);
            }
            (None, Some(epoch)) => self.post(&Envelope::ToLeader {
                epoch,
                tab: self.open.tab,
                message: bytes,
            }),
            // The page keeps what must not be lost and says it again when somebody leads.
            (None, None) => {}
        }
    }

    fn hear_tabs(&self, bytes: &[u8]) {
        match Envelope::open(bytes, self.build) {
            Opened::Foreign => self.learn(Learned::Foreign),
            Opened::Own(Envelope::Ask) => self.learn(Learned::Asked),
            Opened::Own(Envelope::Lead { epoch, hidden }) => {
                self.learn(Learned::Led { epoch, hidden });
            }
            Opened::Own(Envelope::ToLeader {
                epoch,
                tab,
                message,
            }) => self.hear_follower(epoch, tab, &message),
            Opened::Own(Envelope::ToTab {
                epoch,
                tab,
                message,
            }) => {
                let leader = self.election.borrow().leader();
                if tab == self.open.tab && leader == Some(epoch) {
                    page_end::post(&message);
                }
            }
        }
    }

    fn hear_follower(&self, epoch: u64, tab: TabId, message: &[u8]) {
        if self.election.borrow().leading() != Some(epoch) {
            return;
        }
        if let Ok(message) = postcard::from_bytes(message) {
            self.watch_over(tab);
            self.tell_leader(tab, message);
        }
    }

    fn tell_leader(&self, tab: TabId, message: ToSession) {
        let leader = self.leader.borrow().clone();
        if let Some(leader) = leader {
            leader.hear_tab(tab, message);
        }
    }

    /// Waits for the tab's own lock, which is free once the tab has gone, however it went.
    fn watch_over(&self, other: TabId) {
        if other == self.open.tab || !self.tabs.borrow_mut().insert(other) {
            return;
        }
        let this = self.this.clone();
        spawn_local(async move {
            let Ok(held) = locks::hold(&lock_of_tab(other), Want::Wait, || {}).await else {
                return;
            };
            drop(held);
            if let Some(tab) = this.upgrade()
                && tab.tabs.borrow_mut().remove(&other)
            {
                tab.tell_leader(other, ToSession::Detach);
            }
        });
    }

    fn set_tick(&self) {
        let this = self.this.clone();
        let tick = Timer::after(TICK_MS, move || {
            if let Some(tab) = this.upgrade() {
                tab.learn(Learned::Tick);
                tab.end_when_safe();
                tab.set_tick();
            }
        });
        *self.tick.borrow_mut() = Some(tick);
    }

    /// A worker without a page stays until what its session writes is safe.
    fn end_when_safe(&self) {
        let Some(since) = self.retired.get() else {
            return;
        };
        let at_rest = match &*self.leader.borrow() {
            Some(leader) => leader.at_rest_for(REST_MS),
            None => true,
        };
        if at_rest || clock::now().ms_since(since) >= PATIENCE_MS {
            page_end::close();
        }
    }

    fn post(&self, envelope: &Envelope) {
        if let Some(channel) = &*self.channel.borrow() {
            // An open channel takes all bytes.
            drop(channel.post(&envelope.seal(self.build)));
        }
    }
}

/// How a leader reaches the pages.
struct Pages {
    tab: Weak<Tab>,
    own: TabId,
    epoch: u64,
}

impl Surroundings for Pages {
    fn to_tab(&self, tab: TabId, message: FromSession) {
        if tab == self.own {
            page_end::say(&message);
        } else if let Some(runner) = self.tab.upgrade() {
            runner.hear_for_orphan(tab, &message);
            runner.post(&Envelope::ToTab {
                epoch: self.epoch,
                tab,
                message: page_end::encode(&message),
            });
        }
    }

    fn deposed(&self) {
        if let Some(tab) = self.tab.upgrade() {
            tab.learn(Learned::Deposed);
        }
    }

    fn recovered(&self, outbox: Vec<Kept>, given_up: usize) {
        // After the event that brings what the device holds.
        let tab = self.tab.clone();
        spawn_local(async move {
            if let Some(tab) = tab.upgrade() {
                tab.adopt(&outbox, given_up);
            }
        });
    }
}

/// Stands in where the storage can't be read; nothing is written under it.
fn unclaimed() -> Claim {
    Claim {
        epoch: LeaderEpoch(u64::try_from(clock::now().ms()).unwrap_or(0)),
        stored: Default::default(),
        outbox: Vec::new(),
        given_up: 0,
    }
}
