//! From a push to the log: what is admitted waits for one append at a time, and is answered and told to others only
//! when it is on disk.

use std::{
    collections::{BTreeSet, VecDeque},
    mem,
};

use crate::limits::PACE_BYTES;
pub(super) use crate::limits::ROOM_QUEUE_BYTES_MAX as QUEUE_BYTES_MAX;
use crate::{
    sync::{
        access::Grant,
        frame::{Goodbye, Hash, PUSHES_IN_FLIGHT_MAX, RefusalCode, RelayFrame},
        room::{
            Class, Effect, NewChange, PeerId, Room, StoreTrouble, Ticket,
            book::{Place, Verdict},
            feed::changes_frames,
            pace::Bucket,
        },
    },
    time::Timestamp,
};

/// How many changes one append holds at most, unless a single push holds more.
const BATCH_CHANGES_MAX: usize = 512;

/// How many bytes of changes one append holds at most, unless a single push holds more.
const BATCH_BYTES_MAX: usize = 1024 * 1024;

/// How long the first retry of a failed append or read waits, in milliseconds; each further one twice as long.
pub(super) const RETRY_FIRST_MS: i64 = 1_000;

/// How long a retry waits at most, in milliseconds.
pub(super) const RETRY_MAX_MS: i64 = 30_000;

const TROUBLE: &str = "The relay's disk is full. Your changes are safe on this device and will be sent when there is room again.";

/// What is on its way to the log.
#[derive(Debug, Default)]
pub(super) struct Pushes {
    queue: VecDeque<Push>,
    queued_bytes: usize,
    writing: Writing,
}

/// Changes of one peer that wait for admission.
#[derive(Debug)]
struct Push {
    peer: PeerId,
    origin: Origin,
    changes: Vec<Vec<u8>>,
    /// The places of those that the peer did not write itself.
    passed_on: BTreeSet<usize>,
    bytes: usize,
}

#[derive(Debug, Default)]
enum Writing {
    #[default]
    Idle,
    Appending {
        ticket: Ticket,
        batch: Batch,
    },
    /// The store took nothing; the same batch is tried again.
    Troubled {
        batch: Batch,
        attempts: u32,
        next: Attempt,
    },
}

#[derive(Debug)]
enum Attempt {
    Running(Ticket),
    At(Timestamp),
}

/// Admitted changes with the answers that wait for them.
#[derive(Debug, Default)]
struct Batch {
    changes: Vec<NewChange>,
    bytes: usize,
    answers: Vec<Answer>,
}

/// What kind of peer pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A Cutline client, which counts its pushes.
    Client(u64),
    /// A stock client.
    Stock,
}

#[derive(Debug)]
struct Answer {
    peer: PeerId,
    origin: Origin,
    accepted: Vec<(Hash, Place)>,
}

impl Pushes {
    /// Whether nothing waits for the store.
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && matches!(self.writing, Writing::Idle)
    }

    /// How many bytes of changes wait for admission.
    pub(super) fn queued_bytes(&self) -> usize {
        self.queued_bytes
    }

    /// When the held batch is to be appended again.
    pub(super) fn retry_at(&self) -> Option<Timestamp> {
        match &self.writing {
            Writing::Troubled {
                next: Attempt::At(at),
                ..
            } => Some(*at),
            Writing::Idle | Writing::Appending { .. } | Writing::Troubled { .. } => None,
        }
    }

    /// What to tell newcomers while the store takes nothing.
    pub(super) fn trouble(&self) -> Option<String> {
        matches!(self.writing, Writing::Troubled { .. }).then(|| TROUBLE.to_owned())
    }

    /// Drops what a client that left has not got admitted; it will send that again.
    pub(super) fn forget(&mut self, peer: PeerId) {
        self.queue.retain(|push| push.peer != peer);
        self.queued_bytes = self.queue.iter().map(|push| push.bytes).sum();
    }

    /// Drops all that is not admitted.
    pub(super) fn forget_queue(&mut self) {
        self.queue.clear();
        self.queued_bytes = 0;
    }

    fn enqueue(&mut self, push: Push) {
        self.queued_bytes += push.bytes;
        self.queue.push_back(push);
    }

    fn dequeue(&mut self) -> Option<Push> {
        self.take(0)
    }

    fn take(&mut self, at: usize) -> Option<Push> {
        let push = self.queue.remove(at)?;
        self.queued_bytes -= push.bytes;
        Some(push)
    }

    /// Who has the most bytes waiting.
    fn greediest(&self) -> Option<PeerId> {
        let mut peers: Vec<PeerId> = self.queue.iter().map(|push| push.peer).collect();
        peers.sort_unstable();
        peers.dedup();
        peers.into_iter().max_by_key(|peer| {
            let own = self.queue.iter().filter(|push| push.peer == *peer);
            own.map(|push| push.bytes).sum::<usize>()
        })
    }
}

impl Room {
    pub(super) fn push(
        &mut self,
        peer: PeerId,
        batch: u64,
        changes: Vec<Vec<u8>>,
        passed_on: &[u32],
    ) {
        if passed_on.len() > changes.len() {
            return self.malformed(peer, "A push names more changes than it has.");
        }
        let Some(client) = self.clients.get_mut(&peer) else {
            return;
        };
        if client.in_flight >= PUSHES_IN_FLIGHT_MAX {
            return self.dismiss(peer, Goodbye::Busy, "Too many pushes wait for an answer.");
        }
        client.in_flight += 1;
        if self.pushes.trouble().is_some() {
            return self.refuse_for_now(peer, batch);
        }
        let passed_on = passed_on.iter().map(|place| *place as usize).collect();
        self.push_from(peer, Origin::Client(batch), changes, passed_on);
    }

    /// Queues changes for the gate.
    pub(super) fn push_from(
        &mut self,
        peer: PeerId,
        origin: Origin,
        changes: Vec<Vec<u8>>,
        passed_on: BTreeSet<usize>,
    ) {
        let bytes = changes.iter().map(Vec::len).sum();
        self.pushes.enqueue(Push {
            peer,
            origin,
            changes,
            passed_on,
            bytes,
        });
        self.work_queue();
        if self.pushes.queued_bytes > QUEUE_BYTES_MAX
            && let Some(peer) = self.pushes.greediest()
        {
            self.dismiss(
                peer,
                Goodbye::Busy,
                "The relay can't keep up. Try again later.",
            );
        }
    }

    pub(super) fn appended(
        &mut self,
        ticket: Ticket,
        result: Result<Vec<u64>, StoreTrouble>,
        now: Timestamp,
    ) {
        let (batch, attempts) = match mem::take(&mut self.pushes.writing) {
            Writing::Appending {
                ticket: asked,
                batch,
            } if asked == ticket => (batch, 0),
            Writing::Troubled {
                batch,
                attempts,
                next: Attempt::Running(asked),
            } if asked == ticket => (batch, attempts),
            other @ (Writing::Idle | Writing::Appending { .. } | Writing::Troubled { .. }) => {
                self.pushes.writing = other;
                return;
            }
        };
        match result {
            Ok(seqs) if self.book.takes(&seqs, batch.changes.len()) => {
                self.stored(batch, now);
                if attempts > 0 {
                    self.tell_all(&RelayFrame::Recovered);
                }
                self.work_queue();
            }
            Ok(_) | Err(StoreTrouble::Replaced) => self.replaced(),
            Err(StoreTrouble::Full) => self.hold(batch, attempts + 1, now),
            Err(StoreTrouble::Broken) => self.broken(),
        }
    }

    pub(super) fn append_again(&mut self, now: Timestamp) {
        if self.pushes.retry_at().is_none_or(|at| now < at) {
            return;
        }
        let ticket = self.ticket();
        if let Writing::Troubled { batch, next, .. } = &mut self.pushes.writing {
            *next = Attempt::Running(ticket);
            self.effects.push(Effect::Append {
                ticket,
                epoch: self.epoch,
                changes: batch.changes.clone(),
            });
        }
    }

    pub(super) fn replaced(&mut self) {
        self.retire(
            Goodbye::Broken,
            "The relay repaired this backlog. The next connection compares it with this device.",
        );
    }

    pub(super) fn broken(&mut self) {
        self.retire(
            Goodbye::Broken,
            "The relay's storage failed. Try again later.",
        );
    }

    /// Forms batches of what waits, unless an append is under way.
    pub(super) fn work_queue(&mut self) {
        let waits =
            |pushes: &Pushes| matches!(pushes.writing, Writing::Idle) && !pushes.queue.is_empty();
        while waits(&self.pushes) && self.can_judge() {
            let batch = self.next_batch();
            if batch.answers.is_empty() {
                // All that wait have brought too much lately.
                return;
            }
            if batch.changes.is_empty() {
                self.answer(batch.answers, self.book.last_seq() + 1);
                continue;
            }
            let ticket = self.ticket();
            self.effects.push(Effect::Append {
                ticket,
                epoch: self.epoch,
                changes: batch.changes.clone(),
            });
            self.pushes.writing = Writing::Appending { ticket, batch };
        }
    }

    /// The first push of somebody who has not brought too much lately (S17).
    fn next_push(&mut self) -> Option<Push> {
        let (now, mut at) = (self.now, 0);
        while let Some(push) = self.pushes.queue.get(at) {
            let cost: usize = push
                .changes
                .iter()
                .map(|it| 1 + it.len() / PACE_BYTES)
                .sum();
            let peer = push.peer;
            let bucket = self.bucket(peer);
            if bucket.is_none_or(|bucket| bucket.spend(cost, now)) {
                return self.pushes.take(at);
            }
            at += 1;
        }
        None
    }

    /// When the next push may be taken, if all that wait came too fast.
    pub(super) fn paced_until(&self) -> Option<Timestamp> {
        if !matches!(self.pushes.writing, Writing::Idle) || !self.book.can_judge() {
            return None;
        }
        let waiting = self.pushes.queue.iter();
        let buckets = waiting.filter_map(|push| {
            let client = self.clients.get(&push.peer).map(|client| &client.changes);
            client.or_else(|| self.stock.get(&push.peer).map(|stock| &stock.changes))
        });
        buckets.map(Bucket::allows_at).min()
    }

    fn bucket(&mut self, peer: PeerId) -> Option<&mut Bucket> {
        let client = self
            .clients
            .get_mut(&peer)
            .map(|client| &mut client.changes);
        client.or_else(|| self.stock.get_mut(&peer).map(|stock| &mut stock.changes))
    }

    fn next_batch(&mut self) -> Batch {
        let mut batch = Batch::default();
        while batch.changes.len() < BATCH_CHANGES_MAX && batch.bytes < BATCH_BYTES_MAX {
            let Some(push) = self.next_push() else {
                break;
            };
            self.admit(push, &mut batch);
        }
        batch
    }

    /// Admits what can be admitted; a refused change refuses only itself and what is built on it.
    fn admit(&mut self, push: Push, batch: &mut Batch) {
        let Some(grant) = self.grant_of(push.peer) else {
            return;
        };
        let mut accepted = Vec::with_capacity(push.changes.len());
        for (place, bytes) in push.changes.into_iter().enumerate() {
            let speaks_for = grant.person.filter(|_| !push.passed_on.contains(&place));
            match self.book.admit(&bytes, &grant, speaks_for) {
                Verdict::New(change) => {
                    let pending = batch.changes.len() as u64;
                    accepted.push((change.hash, Place::Pending(pending)));
                    batch.bytes += change.body.len();
                    batch.changes.push(change);
                }
                Verdict::Known(hash) => {
                    let place = self.book.place_of(&hash);
                    accepted.extend(place.map(|place| (hash, place)));
                }
                Verdict::Refused { hash, code, detail } => match (push.origin, code) {
                    (Origin::Client(batch), code) => {
                        self.tally.refused(&code);
                        let refused = RelayFrame::Refused {
                            batch,
                            hash,
                            code,
                            detail,
                        };
                        self.send(push.peer, &refused);
                    }
                    (Origin::Stock, RefusalCode::Needs(missing)) => {
                        self.stock_holds(push.peer, hash, bytes, &missing);
                    }
                    // Automerge's protocol has no word for it.
                    (Origin::Stock, code) => self.tally.refused(&code),
                },
            }
        }
        batch.answers.push(Answer {
            peer: push.peer,
            origin: push.origin,
            accepted,
        });
    }

    /// What a peer may do, while it is here.
    fn grant_of(&self, peer: PeerId) -> Option<Grant> {
        let client = self.clients.get(&peer).map(|client| &client.grant);
        let stock = || self.stock.get(&peer).map(|stock| &stock.grant);
        client.or_else(stock).cloned()
    }

    /// The batch is on disk: answers, then the news.
    fn stored(&mut self, batch: Batch, now: Timestamp) {
        let from_seq = self.book.last_seq() + 1;
        self.book.stored(batch.changes.len());
        let last_seq = self.book.last_seq();
        self.upkeep.appended(batch.bytes, now);
        self.answer(batch.answers, from_seq);
        for (seq, change) in (from_seq..).zip(&batch.changes) {
            self.keep_at_hand(&change.body, seq);
        }
        self.tell_doubts(from_seq - 1);
        let live = self.live();
        if !live.is_empty() {
            let bodies = batch.changes.iter().map(|change| &change.body);
            for frame in changes_frames(from_seq, bodies, last_seq) {
                self.broadcast(live.clone(), frame, Class::Change);
            }
        }
        self.tell_stock();
    }

    /// Acknowledges what was accepted; the batch's own changes are numbered from `from_seq` on.
    fn answer(&mut self, answers: Vec<Answer>, from_seq: u64) {
        for answer in answers {
            let Origin::Client(batch) = answer.origin else {
                self.stock_answered(answer.peer);
                continue;
            };
            let Some(client) = self.clients.get_mut(&answer.peer) else {
                continue;
            };
            client.in_flight -= 1;
            let seq_of = |place| match place {
                Place::Stored(seq) => seq,
                Place::Pending(pending) => from_seq + pending,
            };
            let accepted = answer.accepted.into_iter();
            let changes = accepted
                .map(|(hash, place)| (hash, seq_of(place)))
                .collect();
            let acknowledged = RelayFrame::Acknowledged { batch, changes };
            self.send(answer.peer, &acknowledged);
        }
    }

    /// The store takes nothing now: keep what is admitted, and what stock clients can't be told to send again; refuse the
    /// rest for now.
    fn hold(&mut self, batch: Batch, attempts: u32, now: Timestamp) {
        let wait = RETRY_FIRST_MS << (attempts - 1).min(5);
        self.pushes.writing = Writing::Troubled {
            batch,
            attempts,
            next: Attempt::At(now.plus_ms(wait.min(RETRY_MAX_MS))),
        };
        if attempts == 1 {
            self.tell_all(&RelayFrame::Troubled {
                detail: TROUBLE.to_owned(),
            });
        }
        for _ in 0..self.pushes.queue.len() {
            match self.pushes.dequeue() {
                Some(Push {
                    peer,
                    origin: Origin::Client(batch),
                    ..
                }) => self.refuse_for_now(peer, batch),
                Some(push) => self.pushes.enqueue(push),
                None => {}
            }
        }
    }

    fn refuse_for_now(&mut self, peer: PeerId, batch: u64) {
        let refused = RelayFrame::Refused {
            batch,
            hash: Hash::default(),
            code: RefusalCode::Later,
            detail: TROUBLE.to_owned(),
        };
        self.tally.refused(&RefusalCode::Later);
        self.send(peer, &refused);
        let nothing = Answer {
            peer,
            origin: Origin::Client(batch),
            accepted: Vec::new(),
        };
        self.answer(vec![nothing], self.book.last_seq() + 1);
    }

    fn tell_all(&mut self, frame: &RelayFrame) {
        let frame = crate::sync::frame::encode(frame).into();
        let peers = self.clients.keys().copied().collect();
        self.broadcast(peers, frame, Class::Control);
    }
}
