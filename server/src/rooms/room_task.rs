//! The task of one open backlog: brings events to its room and performs the effects. It decides nothing but when the
//! room may leave memory.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use shared::{
    ids::DocumentId,
    sync::{
        frame::{Epoch, Goodbye},
        room::{self, Class, Effect, Event, Farewell, PeerId, Room, SharedBytes, StoreTrouble},
    },
};
use tokio::sync::{mpsc, oneshot};

use super::{
    compaction::Compactor,
    documents::Documents,
    outbox::{Outbox, Pushed},
};
use crate::{
    clock::{Clock, Stopwatch},
    limits::{COMPACTION_READ_BYTES as LOG_READ_BYTES, PEERS_PER_BACKLOG_MAX, ROOM_IDLE},
    metrics::Metrics,
    store::{NewChange, Opened, Store, StoreError},
};

/// How many inputs a room takes before it looks at what else has happened: few, so that answers of the store are told soon.
const INPUTS_AT_ONCE: usize = 16;

const UNREADABLE: &str = "The relay cannot read this backlog now. Nothing is lost; it tries again.";
const REMOVED: &str = "This backlog was removed from the relay by those who run it. What is on this device stays here.";

/// What comes to a room.
#[derive(Debug)]
pub(super) enum Input {
    /// A new connection, with the event that says so. Dropped unanswered when the room is about to leave.
    Join {
        peer: PeerId,
        outbox: Arc<Outbox>,
        event: Event,
        welcome: oneshot::Sender<Result<(), Farewell>>,
    },
    /// Anything else.
    Event(Event),
}

/// What a room task works with.
#[derive(Debug)]
pub(super) struct RoomTask {
    pub(super) document: DocumentId,
    pub(super) store: Arc<dyn Store>,
    pub(super) documents: Arc<Documents>,
    pub(super) compactor: Compactor,
    pub(super) clock: Clock,
    pub(super) metrics: Metrics,
    /// How many take part, for whoever asks.
    pub(super) present: Arc<AtomicUsize>,
    /// After so many changes a snapshot is made.
    pub(super) snapshot_every: u64,
    pub(super) inbox: mpsc::Receiver<Input>,
    /// For what happens beside the room; weak, so that the room can see when nobody else speaks to it.
    pub(super) own: mpsc::WeakSender<Input>,
}

/// Why a room ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Idle,
    Retired,
    Stopped,
}

/// A room with what it is waiting for.
struct Open {
    task: RoomTask,
    room: Room,
    epoch: Epoch,
    peers: Peers,
    answers: FuturesUnordered<BoxFuture<'static, Event>>,
    end: Option<End>,
}

/// The queues of those who are here. However the room ends, nobody's connection outlives it.
struct Peers {
    outboxes: BTreeMap<PeerId, Arc<Outbox>>,
    metrics: Metrics,
    present: Arc<AtomicUsize>,
}

impl Peers {
    fn enter(&mut self, peer: PeerId, outbox: Arc<Outbox>) {
        self.outboxes.insert(peer, outbox);
        self.present.store(self.outboxes.len(), Ordering::Relaxed);
        self.metrics.peers_changed(1);
    }

    fn leave(&mut self, peer: PeerId) {
        if self.outboxes.remove(&peer).is_some() {
            self.present.store(self.outboxes.len(), Ordering::Relaxed);
            self.metrics.peers_changed(-1);
        }
    }
}

impl Drop for Peers {
    fn drop(&mut self) {
        let gone = i64::try_from(self.outboxes.len()).unwrap_or(i64::MAX);
        self.metrics.peers_changed(-gone);
        for outbox in self.outboxes.values() {
            outbox.close(Goodbye::Broken.close_code());
        }
    }
}

impl RoomTask {
    /// Opens the document and serves it until nobody has been there for a while. Gives back the inbox, in which late
    /// comers may wait.
    pub(super) async fn run(mut self) -> mpsc::Receiver<Input> {
        let opened = self.store.open(self.document).await;
        let is_new = opened.as_ref().is_ok_and(|opened| opened.last_seq == 0);
        let is_too_many = is_new && self.documents.is_full().await.unwrap_or(false);
        let room = match opened {
            Ok(_) if is_too_many => {
                let detail =
                    "This relay holds as many backlogs as it may. Ask whoever runs it for room.";
                self.turn_away_one(Goodbye::Busy, detail).await;
                return self.inbox;
            }
            Ok(opened) => self.room(opened).await,
            Err(StoreError::Removed) => {
                self.turn_away_one(Goodbye::UnknownBacklog, REMOVED).await;
                return self.inbox;
            }
            Err(error) => Err(error.to_string()),
        };
        match room {
            Ok((room, epoch)) => Open::new(self, room, epoch).serve().await,
            Err(error) => {
                tracing::error!(backlog = %self.document, %error, "a backlog cannot be opened");
                self.turn_away_one(Goodbye::Broken, UNREADABLE).await;
                self.inbox
            }
        }
    }

    async fn room(&self, opened: Opened) -> Result<(Room, Epoch), String> {
        let epoch = opened.epoch;
        let with = |metas| room::Opened {
            epoch,
            last_seq: opened.last_seq,
            bytes: opened.bytes,
            metas,
            snapshot_seq: opened.snapshot.map(|snapshot| snapshot.seq),
        };
        let room = match Room::new(self.document, with(opened.metas)) {
            Ok(room) => room,
            Err(damaged) => {
                tracing::warn!(backlog = %self.document, %damaged, "the log is read in its place");
                let metas = self.metas_from_the_log(opened.last_seq).await?;
                Room::new(self.document, with(metas)).map_err(|error| error.to_string())?
            }
        };
        Ok((room.snapshot_every(self.snapshot_every), epoch))
    }

    /// What the room needs of every change, from the changes themselves.
    async fn metas_from_the_log(&self, last_seq: u64) -> Result<Vec<(u64, Vec<u8>)>, String> {
        // What the log can't say stands in what is still readable.
        let opened = self.store.open(self.document).await;
        let former = opened.map_or_else(|_| BTreeMap::new(), |it| it.metas.into_iter().collect());
        let former: BTreeMap<u64, Vec<u8>> = former;
        let mut metas: Vec<(u64, Vec<u8>)> = Vec::new();
        let mut anew = room::Metas::default();
        while (metas.len() as u64) < last_seq {
            let from_seq = metas.len() as u64 + 1;
            let read = self.store.read(self.document, from_seq, LOG_READ_BYTES);
            let changes = read.await.map_err(|error| error.to_string())?;
            if changes.is_empty() {
                return Err(format!("the log ends before change {from_seq}"));
            }
            let read_so_far = metas.len();
            for (seq, body) in changes {
                let former = former.get(&seq).map(Vec::as_slice);
                metas.extend(anew.of_next(&body, former).map(|meta| (seq, meta)));
            }
            if metas.len() == read_so_far {
                return Err(format!("change {from_seq} is no change"));
            }
            // Other rooms go on meanwhile.
            tokio::task::yield_now().await;
        }
        Ok(metas)
    }

    /// The first visitor hears why; those behind try again, each with a look at the store of its own.
    async fn turn_away_one(&mut self, reason: Goodbye, detail: &str) {
        if let Some(Input::Join { welcome, .. }) = self.inbox.recv().await {
            drop(welcome.send(Err(Farewell::new(reason, detail))));
        }
    }
}

impl Open {
    fn new(task: RoomTask, room: Room, epoch: Epoch) -> Self {
        let peers = Peers {
            outboxes: BTreeMap::new(),
            metrics: task.metrics.clone(),
            present: Arc::clone(&task.present),
        };
        Self {
            task,
            room,
            epoch,
            peers,
            answers: FuturesUnordered::new(),
            end: None,
        }
    }

    async fn serve(mut self) -> mpsc::Receiver<Input> {
        while self.end.is_none() {
            let wakeup = self.room.next_wakeup().map(|(time, _)| time);
            let idle =
                self.room.is_idle() && self.peers.outboxes.is_empty() && self.answers.is_empty();
            let pause = match wakeup {
                Some(time) => self.task.clock.until(time),
                None => ROOM_IDLE,
            };
            tokio::select! {
                biased;
                Some(event) = self.answers.next() => self.take(event),
                Some(input) = self.task.inbox.recv() => self.hear_all(input),
                () = tokio::time::sleep(pause), if wakeup.is_some() => self.take(Event::Tick),
                () = tokio::time::sleep(ROOM_IDLE), if idle => self.end = Some(End::Idle),
            }
        }
        // What is on its way to the store is in the log before anybody opens the document again.
        while self.answers.next().await.is_some() {}
        tracing::debug!(backlog = %self.task.document, end = ?self.end, "a room ends");
        self.task.inbox
    }

    /// Takes what waits in one go, as long as nothing waits for the room's own answers for it.
    fn hear_all(&mut self, first: Input) {
        self.hear(first);
        for _ in 1..INPUTS_AT_ONCE {
            if self.end.is_some() {
                return;
            }
            let Ok(input) = self.task.inbox.try_recv() else {
                return;
            };
            self.hear(input);
        }
    }

    fn hear(&mut self, input: Input) {
        match input {
            Input::Join {
                peer,
                outbox,
                event,
                welcome,
            } => {
                if self.peers.outboxes.len() >= PEERS_PER_BACKLOG_MAX {
                    let detail = "Too many people have this backlog open. Try again later.";
                    drop(welcome.send(Err(Farewell::new(Goodbye::Busy, detail))));
                    return;
                }
                self.peers.enter(peer, outbox);
                if welcome.send(Ok(())).is_err() {
                    self.peers.leave(peer);
                    return;
                }
                self.take(event);
            }
            Input::Event(event) => self.take(event),
        }
    }

    fn take(&mut self, event: Event) {
        match &event {
            Event::Left { peer } => self.peers.leave(*peer),
            Event::Stop => self.end = Some(End::Stopped),
            Event::Joined { .. }
            | Event::Frame { .. }
            | Event::DoorJoined { .. }
            | Event::DoorMessage { .. }
            | Event::Revoked { .. }
            | Event::Appended { .. }
            | Event::Read { .. }
            | Event::Lagging { .. }
            | Event::Writable { .. }
            | Event::SnapshotRead { .. }
            | Event::SnapshotMade { .. }
            | Event::NoSnapshot { .. }
            | Event::Tick => {}
        }
        let was_empty = self.room.last_seq() == 0;
        let effects = self.room.handle(event, self.task.clock.now());
        if was_empty && self.room.last_seq() > 0 {
            self.task.documents.begun();
        }
        let tally = self.room.take_tally();
        if !tally.is_empty() {
            self.task.metrics.add(&tally);
        }
        // Performing an effect may itself be something the room learns of: a full queue.
        let mut lagging = Vec::new();
        for effect in effects {
            self.perform(effect, &mut lagging);
        }
        for peer in lagging {
            self.take(Event::Lagging { peer });
        }
    }

    fn perform(&mut self, effect: Effect, lagging: &mut Vec<PeerId>) {
        match effect {
            Effect::Send { peer, frame, class } => self.send(&[peer], frame, class, lagging),
            Effect::Broadcast {
                peers,
                frame,
                class,
            } => self.send(&peers, frame, class, lagging),
            Effect::Append {
                ticket,
                epoch,
                changes,
            } => {
                let changes = changes.into_iter().map(new_change).collect();
                let answer = self.task.store.append(self.task.document, epoch, changes);
                let (metrics, waiting) = (self.task.metrics.clone(), Stopwatch::start());
                let event = answer.map(move |result| Event::Appended {
                    ticket,
                    result: result
                        .map(|appended| {
                            metrics.appended(appended.seqs.len(), waiting.elapsed());
                            appended.seqs
                        })
                        .map_err(trouble),
                });
                self.answers.push(event.boxed());
            }
            Effect::Read {
                ticket,
                after,
                bytes_max,
            } => {
                let from_seq = after.saturating_add(1);
                let answer = self
                    .task
                    .store
                    .read(self.task.document, from_seq, bytes_max);
                let event = answer.map(move |result| Event::Read {
                    ticket,
                    result: result.map_err(trouble),
                });
                self.answers.push(event.boxed());
            }
            Effect::Close { peer, code } => {
                if let Some(outbox) = self.peers.outboxes.get(&peer) {
                    outbox.close(code);
                }
            }
            Effect::ReadSnapshot { ticket } => {
                let epoch = self.epoch;
                let answer = self.task.store.snapshot(self.task.document);
                let event = answer.map(move |result| Event::SnapshotRead {
                    ticket,
                    result: result.map_err(trouble).map(|snapshot| {
                        let snapshot = snapshot.filter(|snapshot| snapshot.epoch == epoch)?;
                        Some((snapshot.seq, snapshot.body.into()))
                    }),
                });
                self.answers.push(event.boxed());
            }
            Effect::Compact { seq } => self.compact(seq),
            Effect::Retire => self.end = self.end.or(Some(End::Retired)),
        }
    }

    /// One allocation for everybody: each queue gets a pointer to the same bytes.
    fn send(&self, peers: &[PeerId], frame: SharedBytes, class: Class, lagging: &mut Vec<PeerId>) {
        let frame = Bytes::from_owner(frame);
        self.task.metrics.queued(peers.len());
        for peer in peers {
            let Some(outbox) = self.peers.outboxes.get(peer) else {
                continue;
            };
            match outbox.push(frame.clone(), class) {
                Pushed::Queued | Pushed::Dropped => {}
                Pushed::Lagging => {
                    self.task.metrics.lagged();
                    lagging.push(*peer);
                }
                Pushed::Overfull => outbox.close(Goodbye::TooSlow.close_code()),
            }
        }
    }

    fn compact(&self, seq: u64) {
        let compactor = self.task.compactor.clone();
        let own = self.task.own.clone();
        let (document, epoch) = (self.task.document, self.epoch);
        let metrics = self.task.metrics.clone();
        tokio::spawn(async move {
            let event = match compactor.compact(document, epoch, seq).await {
                Ok(()) => {
                    metrics.snapshot_made();
                    Event::SnapshotMade { seq }
                }
                Err(error) => {
                    let unusable = error.unusable();
                    match unusable {
                        Some(_) => {
                            tracing::error!(backlog = %document, %error, "a change is set aside: it stays in the log, and no snapshot holds it or what follows")
                        }
                        None => {
                            tracing::warn!(backlog = %document, seq, %error, "no snapshot made")
                        }
                    }
                    Event::NoSnapshot { unusable }
                }
            };
            if let Some(own) = own.upgrade() {
                // The room may just have left; the store knows of the snapshot anyway.
                drop(own.send(Input::Event(event)).await);
            }
        });
    }
}

fn new_change(change: room::NewChange) -> NewChange {
    NewChange {
        hash: change.hash,
        meta: change.meta,
        body: Bytes::from_owner(change.body),
    }
}

/// What the store's refusal means to a room.
fn trouble(error: StoreError) -> StoreTrouble {
    match error {
        StoreError::Full => StoreTrouble::Full,
        StoreError::EpochChanged
        | StoreError::Damaged
        | StoreError::Removed
        | StoreError::UnknownDocument => StoreTrouble::Replaced,
        StoreError::HashMismatch | StoreError::Unreadable(_) | StoreError::Failed(_) => {
            tracing::error!(%error, "the store did not do what was asked");
            StoreTrouble::Broken
        }
    }
}
