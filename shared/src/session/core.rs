//! The session itself: what it holds, and the table of its events.

use std::collections::{BTreeMap, VecDeque};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{
    document::{Backlog, Plan},
    ids::{DocumentId, TabId},
    model::ViewPatch,
    session::{
        Effect, Event,
        access::Access,
        messages::{FromSession, Level, Notice, Open, ToSession, Work},
        relay::Relay,
        storage::Storage,
        tabs::Tab,
        trust::Trust,
    },
    time::Timestamp,
};

/// How many changes of a long piece of work are made in one slice.
const CHANGES_PER_SLICE: usize = 4;
/// How many stored changes are applied in one slice.
const CHUNKS_PER_SLICE: usize = 64;

/// One browser's backlog.
#[derive(Debug)]
pub struct Session {
    pub(super) open: Open,
    pub(super) rng: ChaCha8Rng,
    pub(super) now: Timestamp,
    pub(super) backlog: Backlog,
    pub(super) stage: Stage,
    pub(super) tabs: BTreeMap<TabId, Tab>,
    /// What pages asked for while something else was under way.
    pub(super) waiting: VecDeque<(TabId, ToSession)>,
    pub(super) running: Option<Running>,
    pub(super) storage: Storage,
    pub(super) relay: Relay,
    pub(super) access: Access,
    pub(super) trust: Trust,
    pub(super) effects: Vec<Effect>,
}

/// How far the document has been read.
#[derive(Debug)]
pub(super) enum Stage {
    /// Storage has not answered yet.
    Opening,
    /// Stored changes are being applied.
    Loading(Box<super::storage::Loading>),
    /// The document is here, or known not to be on this device.
    Ready,
}

/// An intent that is being carried out.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) tab: TabId,
    pub(super) number: u64,
    pub(super) plan: Plan,
    /// When it was wanted, which is the time of its changes.
    pub(super) at: Timestamp,
    pub(super) kind: Kind,
    pub(super) edits: usize,
}

/// Where a finished plan's step goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Intent,
    Undo,
    Redo,
}

impl Session {
    /// A session that waits for [`Event::Opened`]. All its randomness comes from the seed.
    #[must_use]
    pub fn new(open: Open, seed: [u8; 32]) -> Self {
        let mut rng = ChaCha8Rng::from_seed(seed);
        let backlog = Backlog::unknown(open.person, rng.random());
        Self {
            open,
            rng,
            now: Timestamp::default(),
            backlog,
            stage: Stage::Opening,
            tabs: BTreeMap::new(),
            waiting: VecDeque::new(),
            running: None,
            storage: Storage::default(),
            relay: Relay::default(),
            access: Access::default(),
            trust: Trust::default(),
            effects: Vec::new(),
        }
    }

    /// The backlog that this session holds.
    #[must_use]
    pub const fn document(&self) -> DocumentId {
        self.open.document
    }

    /// The document as this session sees it.
    #[must_use]
    pub const fn backlog(&self) -> &Backlog {
        &self.backlog
    }

    /// Takes an event and says what is to be done, in order.
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.set_clock(now);
        match event {
            Event::Opened(stored) => self.handle_opened(stored),
            Event::FromTab { tab, message } => self.handle_tab(tab, message),
            Event::Written { ticket } => self.handle_written(ticket),
            Event::WriteFailed {
                ticket,
                reason,
                full,
            } => self.handle_write_failed(ticket, &reason, full),
            Event::Recovered { ticket, stored } => self.handle_recovered(ticket, stored),
            Event::Connected => self.handle_connected(),
            Event::Received(frame) => self.handle_frame(&frame),
            Event::Disconnected => self.handle_disconnected(),
            Event::TurnedAway { reason, lasting } => self.handle_turned_away(reason, lasting),
            Event::Snapshot(result) => self.handle_snapshot(result),
            Event::Tick => self.handle_tick(),
            Event::Continue => self.handle_continue(),
        }
        self.settle();
        std::mem::take(&mut self.effects)
    }

    /// The machine's clock may be set back: what was due in a while is due in the same while then.
    fn set_clock(&mut self, now: Timestamp) {
        let back_ms = self.now.ms_since(now);
        if back_ms > 0 {
            self.relay.move_deadlines(-back_ms);
            self.storage.move_deadlines(-back_ms);
        }
        self.now = now;
    }

    /// When [`Event::Tick`] is wanted at the latest, and who asked.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        [self.relay.next_wakeup(), self.storage.next_wakeup()]
            .into_iter()
            .flatten()
            .min()
    }

    fn handle_tick(&mut self) {
        self.tick_storage();
        self.tick_relay();
    }

    fn handle_continue(&mut self) {
        if matches!(self.stage, Stage::Loading(_)) {
            self.load_slice(CHUNKS_PER_SLICE);
        } else if self.running.is_some() {
            self.run_slice();
        }
        self.tell_histories();
    }

    /// What follows every event: waiting work, storage, the relay, and the words on the chip.
    fn settle(&mut self) {
        while self.running.is_none() && matches!(self.stage, Stage::Ready) {
            let Some((tab, message)) = self.waiting.pop_front() else {
                break;
            };
            self.handle_tab(tab, message);
        }
        self.flush_storage();
        self.push_changes();
        self.show_status();
    }

    /// Carries out the next slice of the running plan.
    pub(super) fn run_slice(&mut self) {
        let Some(mut running) = self.running.take() else {
            return;
        };
        for _ in 0..CHANGES_PER_SLICE {
            match self
                .backlog
                .perform(&mut running.plan, running.at, &mut self.rng)
            {
                Ok(Some(change)) => self.record_own(change),
                Ok(None) => {}
                Err(rejection) => {
                    self.show_patch(Some(running.tab));
                    self.reject(running.tab, running.number, rejection.to_string());
                    return;
                }
            }
            if running.plan.is_finished() {
                break;
            }
        }
        self.show_patch(Some(running.tab));
        if running.plan.is_finished() {
            self.finish(running);
        } else {
            let (done, of) = (
                running.edits.saturating_sub(running.plan.ahead()),
                running.edits,
            );
            self.tell(
                running.tab,
                FromSession::Progress {
                    what: Work::Importing,
                    done: done as u64,
                    of: of as u64,
                },
            );
            self.running = Some(running);
            self.effects.push(Effect::Continue);
        }
    }

    /// Shows every page what has changed in the lists, and in the item it watches.
    pub(super) fn show_patch(&mut self, own: Option<TabId>) {
        let patch = self.backlog.take_patch();
        if !patch.is_empty() {
            self.storage.view_is_stale(self.now);
            let tabs: Vec<TabId> = self.tabs.keys().copied().collect();
            for tab in tabs {
                self.tell(
                    tab,
                    FromSession::Patch {
                        patch: patch.clone(),
                        own: own == Some(tab),
                    },
                );
            }
        }
        self.show_details(&patch);
        self.show_histories();
    }

    fn show_details(&mut self, patch: &ViewPatch) {
        let watching: Vec<TabId> = self
            .tabs
            .iter()
            .filter(|(_, tab)| {
                tab.watched
                    .is_some_and(|item| patch.rows.iter().any(|row| row.id == item))
            })
            .map(|(id, _)| *id)
            .collect();
        for tab in watching {
            self.show_detail(tab);
        }
    }

    pub(super) fn tell(&mut self, tab: TabId, message: FromSession) {
        self.effects.push(Effect::ToTab { tab, message });
    }

    pub(super) fn tell_all(&mut self, message: &FromSession) {
        let tabs: Vec<TabId> = self.tabs.keys().copied().collect();
        for tab in tabs {
            self.tell(tab, message.clone());
        }
    }

    pub(super) fn notice(&mut self, level: Level, text: impl Into<String>) {
        self.tell_all(&FromSession::Notice(Notice {
            level,
            text: text.into(),
        }));
    }
}
