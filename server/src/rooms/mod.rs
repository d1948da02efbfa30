//! The open backlogs: at most one live room for each, opened by its first visitor and gone when nobody is left.
//!
//! [`Rooms::join`] is the single door. A [`room_task`] runs each room; [`outbox`] is the queue to one peer;
//! [`compaction`] makes snapshots beside them.

use std::{
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use futures_util::FutureExt;
use shared::{
    ids::{DocumentId, LinkId},
    sync::{
        frame::Goodbye,
        room::{COMPACT_CHANGES, Event, Farewell, PeerId},
    },
};
use tokio::sync::{mpsc, oneshot, watch};

use self::{
    compaction::Compactor,
    documents::Documents,
    outbox::Outbox,
    room_task::{Input, RoomTask},
};
use crate::{
    clock::Clock,
    limits::{BACKLOGS_MAX, ROOM_EVENTS_MAX},
    metrics::Metrics,
    store::Store,
};

pub mod compaction;
mod documents;
pub mod outbox;
mod room_task;

#[cfg(test)]
mod tests;

/// How often a visitor knocks when the room leaves at the same moment. Once is usual, twice takes bad luck.
const JOIN_TRIES: usize = 8;

/// All open backlogs of a relay; clones share them.
#[derive(Clone, Debug)]
pub struct Rooms {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    store: Arc<dyn Store>,
    documents: Arc<Documents>,
    compactor: Compactor,
    clock: Clock,
    metrics: Metrics,
    snapshot_every: AtomicU64,
    next_peer: AtomicU64,
    stopping: AtomicBool,
    live: Mutex<HashMap<DocumentId, Live>>,
    /// How many rooms are live, for whoever waits for the last one to end.
    count: watch::Sender<usize>,
}

#[derive(Debug)]
struct Live {
    number: u64,
    inbox: mpsc::Sender<Input>,
    present: Arc<AtomicUsize>,
}

/// A connection's place in a room. The room hears that the peer left when this is dropped.
#[derive(Debug)]
pub struct Seat {
    peer: PeerId,
    outbox: Arc<Outbox>,
    inbox: mpsc::Sender<Input>,
}

/// The room is gone; the connection has been told, or is about to be.
#[derive(Debug)]
pub struct RoomGone;

impl Rooms {
    /// Rooms over this store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self::limited_to(BACKLOGS_MAX, store)
    }

    /// Rooms over this store, which holds so many backlogs at most.
    #[must_use]
    pub fn limited_to(backlogs: u64, store: Arc<dyn Store>) -> Self {
        Self::counting(backlogs, store, Metrics::default())
    }

    /// The same, counting what they do.
    #[must_use]
    pub fn counting(backlogs: u64, store: Arc<dyn Store>, metrics: Metrics) -> Self {
        let inner = Inner {
            documents: Arc::new(Documents::new(Arc::clone(&store), backlogs)),
            compactor: Compactor::new(Arc::clone(&store)),
            store,
            clock: Clock::start(),
            metrics,
            snapshot_every: AtomicU64::new(COMPACT_CHANGES),
            next_peer: AtomicU64::new(1),
            stopping: AtomicBool::new(false),
            live: Mutex::default(),
            count: watch::Sender::new(0),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// Makes a snapshot after so many changes, in rooms that open from here on.
    pub fn snapshot_every(&self, changes: u64) {
        self.inner.snapshot_every.store(changes, Ordering::Relaxed);
    }

    /// Takes a place in the backlog's room, which is opened when it is not. `event` says who comes, given their number.
    ///
    /// # Errors
    /// What to tell a connection that can't be let in.
    pub async fn join(
        &self,
        document: DocumentId,
        event: impl Fn(PeerId) -> Event,
    ) -> Result<Seat, Farewell> {
        for _ in 0..JOIN_TRIES {
            if self.inner.stopping.load(Ordering::Acquire) {
                let detail = "The relay is stopping. Come back in a moment.";
                return Err(Farewell::new(Goodbye::Stopping, detail));
            }
            let peer = PeerId(self.inner.next_peer.fetch_add(1, Ordering::Relaxed));
            let outbox = Arc::new(Outbox::default());
            let inbox = self.live_room(document);
            let (welcome, answer) = oneshot::channel();
            let input = Input::Join {
                peer,
                outbox: Arc::clone(&outbox),
                event: event(peer),
                welcome,
            };
            if inbox.send(input).await.is_err() {
                continue;
            }
            // The seat exists from here on: when the connection breaks while it waits, the room hears of it.
            let seat = Seat {
                peer,
                outbox,
                inbox,
            };
            match answer.await {
                Ok(Ok(())) => return Ok(seat),
                Ok(Err(farewell)) => return Err(farewell),
                Err(_) => {}
            }
        }
        let detail = "The backlog is being closed. Come back in a moment.";
        Err(Farewell::new(Goodbye::Busy, detail))
    }

    /// Tells a backlog's room, if it is open, that a link opens it no more: who came by it leaves at once.
    pub async fn revoked(&self, document: DocumentId, link: Option<LinkId>) {
        let inbox = self.live().get(&document).map(|live| live.inbox.clone());
        if let Some(inbox) = inbox {
            // A room that ended in the meantime has nobody in it.
            drop(inbox.send(Input::Event(Event::Revoked { link })).await);
        }
    }

    /// How many backlogs are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.live().len()
    }

    /// Whether nobody is let in any more.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.inner.stopping.load(Ordering::Acquire)
    }

    /// How many take part in each open backlog.
    #[must_use]
    pub fn present(&self) -> HashMap<DocumentId, usize> {
        self.live()
            .iter()
            .map(|(document, live)| (*document, live.present.load(Ordering::Relaxed)))
            .collect()
    }

    /// A backlog was removed from the store: whoever has it open is sent away, and there is room for another.
    pub async fn removed(&self, document: DocumentId) {
        self.inner.documents.removed();
        let inbox = self.live().get(&document).map(|live| live.inbox.clone());
        if let Some(inbox) = inbox {
            // A room that ended in the meantime needs no telling.
            drop(inbox.send(Input::Event(Event::Stop)).await);
        }
    }

    /// Sends everybody away and waits until each room has finished what it was doing.
    pub async fn stop(&self) {
        self.inner.stopping.store(true, Ordering::Release);
        let inboxes: Vec<_> = self
            .live()
            .values()
            .map(|live| live.inbox.clone())
            .collect();
        for inbox in inboxes {
            // A room that ended in the meantime needs no telling.
            drop(inbox.send(Input::Event(Event::Stop)).await);
        }
        let mut count = self.inner.count.subscribe();
        drop(count.wait_for(|count| *count == 0).await);
    }

    /// The inbox of the document's room. Whoever comes first starts it; the others wait in its inbox while it loads.
    fn live_room(&self, document: DocumentId) -> mpsc::Sender<Input> {
        let mut live = self.live();
        if let Some(room) = live.get(&document) {
            return room.inbox.clone();
        }
        let number = self.inner.next_peer.fetch_add(1, Ordering::Relaxed);
        let (inbox, queue) = mpsc::channel(ROOM_EVENTS_MAX);
        let present = Arc::new(AtomicUsize::new(0));
        let task = RoomTask {
            document,
            present: Arc::clone(&present),
            store: Arc::clone(&self.inner.store),
            documents: Arc::clone(&self.inner.documents),
            compactor: self.inner.compactor.clone(),
            clock: self.inner.clock,
            metrics: self.inner.metrics.clone(),
            snapshot_every: self.inner.snapshot_every.load(Ordering::Relaxed),
            inbox: queue,
            own: inbox.downgrade(),
        };
        live.insert(
            document,
            Live {
                number,
                present,
                inbox: inbox.clone(),
            },
        );
        self.inner.count.send_modify(|count| *count += 1);
        tokio::spawn(self.clone().run(document, number, task));
        inbox
    }

    /// Runs a room to its end, and takes it off the list before anybody could wait in it for ever.
    async fn run(self, document: DocumentId, number: u64, task: RoomTask) {
        let ended = AssertUnwindSafe(task.run()).catch_unwind().await;
        {
            let mut live = self.live();
            if live
                .get(&document)
                .is_some_and(|room| room.number == number)
            {
                live.remove(&document);
            }
        }
        match ended {
            // Who still waits in there sees the door close and knocks at the next room.
            Ok(mut inbox) => inbox.close(),
            // Its outboxes are gone, so its sockets end and their clients come back.
            Err(_) => tracing::error!(backlog = %document, "a room ended by a panic"),
        }
        // Whoever waits for the last room to end may want the store to themselves.
        let count = self.inner.count.clone();
        drop(self);
        count.send_modify(|count| *count -= 1);
    }

    fn live(&self) -> MutexGuard<'_, HashMap<DocumentId, Live>> {
        self.inner
            .live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// The connection's number.
    #[must_use]
    pub fn peer(&self) -> PeerId {
        self.peer
    }

    /// The queue of what the room says to it.
    #[must_use]
    pub fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    /// Brings something to the room; waits while the room has too much to do.
    ///
    /// # Errors
    /// When the room is gone.
    pub async fn say(&self, event: Event) -> Result<(), RoomGone> {
        let sent = self.inbox.send(Input::Event(event)).await;
        sent.map_err(|_| RoomGone)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let left = Input::Event(Event::Left { peer: self.peer });
        if let Err(mpsc::error::TrySendError::Full(left)) = self.inbox.try_send(left) {
            let inbox = self.inbox.clone();
            tokio::spawn(async move { drop(inbox.send(left).await) });
        }
    }
}
