//! Stock Automerge clients in the room: their changes pass the same gate and stand in the same log, and they are told
//! what is stored. What they say to each other is passed on and never stored.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(super) use crate::limits::{
    DOOR_EPHEMERAL_BYTES_MAX as EPHEMERAL_BYTES_MAX, DOOR_PEERS_PER_ROOM_MAX as STOCK_PEERS_MAX,
};
use crate::{
    door::{CHANGES_BYTES_PER_MESSAGE_MAX, ClientMessage, DoorSync, RelayMessage},
    limits::CHANGES_PACE,
    sync::{
        access::Grant,
        frame::{Goodbye, Hash, PUSHES_IN_FLIGHT_MAX},
        room::{
            Class, Effect, PeerId, Room, SharedBytes, StoreTrouble, Ticket, cold::Cold,
            pace::Bucket, pushes::Origin,
        },
    },
    time::Timestamp,
};

/// How many bytes of the newest changes are kept at hand for stock clients.
const TAIL_BYTES_MAX: usize = 512 * 1024;

/// One stock client.
#[derive(Debug)]
pub(super) struct Stock {
    pub(super) name: String,
    pub(super) grant: Grant,
    pub(super) sync: DoorSync,
    pub(super) cold: Cold,
    /// Messages whose changes are not stored or refused yet.
    in_flight: usize,
    /// How much it may bring.
    pub(super) changes: Bucket,
    reading: Reading,
    lags: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    No,
    /// The change with this number is being read, and those after it.
    Asked(Ticket, u64),
    /// The store could not be read; the room tries again after a while.
    Postponed,
}

/// The newest changes of the log, for stock clients that are in step.
#[derive(Debug, Default)]
pub(super) struct Tail {
    bodies: VecDeque<SharedBytes>,
    bytes: usize,
    last_seq: u64,
}

impl Tail {
    fn append(&mut self, body: &SharedBytes, seq: u64) {
        if seq != self.last_seq + 1 {
            *self = Self::default();
        }
        self.last_seq = seq;
        self.bytes += body.len();
        self.bodies.push_back(body.clone());
        while self.bytes > TAIL_BYTES_MAX
            && let Some(oldest) = self.bodies.pop_front()
        {
            self.bytes -= oldest.len();
        }
    }

    fn get(&self, seq: u64) -> Option<&SharedBytes> {
        let newer = usize::try_from(self.last_seq.checked_sub(seq)?).ok()?;
        let index = self.bodies.len().checked_sub(newer + 1)?;
        self.bodies.get(index)
    }
}

/// Changes that were just read from the log.
pub(super) type Page = BTreeMap<u64, Vec<u8>>;

impl Room {
    pub(super) fn stock_joined(&mut self, peer: PeerId, name: String, grant: Grant) {
        let stock = Stock {
            name,
            grant,
            sync: DoorSync::new(),
            cold: Cold::No,
            in_flight: 0,
            changes: Bucket::new(CHANGES_PACE, self.now),
            reading: Reading::No,
            lags: false,
        };
        let full = self.stock.len() >= STOCK_PEERS_MAX;
        self.stock.insert(peer, stock);
        if self.retired {
            self.dismiss(
                peer,
                Goodbye::Stopping,
                "The backlog is being opened anew. Try again.",
            );
        } else if full {
            let detail = "Too many programs have this backlog open. Try again later.";
            self.dismiss(peer, Goodbye::Busy, detail);
        }
    }

    pub(super) fn stock_message(&mut self, peer: PeerId, bytes: &[u8]) {
        if !self.stock.contains_key(&peer) {
            return;
        }
        let message = match ClientMessage::read(bytes) {
            Ok(message) => message,
            Err(error) => return self.malformed(peer, &error.to_string()),
        };
        match message {
            ClientMessage::Request { document, .. }
            | ClientMessage::Sync { document, .. }
            | ClientMessage::Ephemeral { document, .. }
                if document != self.document =>
            {
                self.malformed(peer, "This is another backlog's room.");
            }
            ClientMessage::Request { sync, .. } => self.stock_sync(peer, &sync, true),
            ClientMessage::Sync { sync, .. } => self.stock_sync(peer, &sync, false),
            // What a client repeats of another one came by here before.
            ClientMessage::Ephemeral { sender, .. } if !self.is_named(peer, &sender) => {}
            ClientMessage::Ephemeral {
                count,
                session,
                data,
                ..
            } => self.pass_on(peer, count, &session, &data),
            ClientMessage::Leave => self.left(peer),
            // The shell has greeted the client; the rest asks nothing of the relay.
            ClientMessage::Join { .. }
            | ClientMessage::Unavailable { .. }
            | ClientMessage::Ignored => {}
        }
    }

    /// Tells every stock client what was stored.
    pub(super) fn tell_stock(&mut self) {
        let peers: Vec<PeerId> = self.stock.keys().copied().collect();
        for peer in peers {
            self.speak(peer, &Page::new());
        }
    }

    /// Keeps a stored change at hand, if anybody may want it.
    pub(super) fn keep_at_hand(&mut self, body: &SharedBytes, seq: u64) {
        if self.stock.is_empty() {
            self.tail = Tail::default();
        } else {
            self.tail.append(body, seq);
        }
    }

    /// What `peer` said is stored or refused.
    pub(super) fn stock_answered(&mut self, peer: PeerId) {
        if let Some(stock) = self.stock.get_mut(&peer) {
            stock.in_flight -= 1;
            self.speak(peer, &Page::new());
        }
    }

    /// A change that is built on missing ones is kept while they are asked for.
    pub(super) fn stock_holds(
        &mut self,
        peer: PeerId,
        hash: Hash,
        change: Vec<u8>,
        missing: &[Hash],
    ) {
        let Some(stock) = self.stock.get_mut(&peer) else {
            return;
        };
        if let Err(error) = stock.sync.hold(hash, change, missing) {
            self.dismiss(peer, Goodbye::Busy, &error.to_string());
        }
    }

    pub(super) fn stock_read(
        &mut self,
        peer: PeerId,
        ticket: Ticket,
        result: Result<Vec<(u64, Vec<u8>)>, StoreTrouble>,
        now: Timestamp,
    ) {
        let Some(stock) = self.stock.get_mut(&peer) else {
            return;
        };
        if let Cold::Tail(asked, until) = stock.cold
            && asked == ticket
        {
            return self.tail_read(peer, until, result, now);
        }
        let Reading::Asked(asked, seq) = stock.reading else {
            return;
        };
        if asked != ticket {
            return;
        }
        stock.reading = Reading::No;
        match result {
            Ok(page) if page.first().is_none_or(|(first, _)| *first != seq) => self.replaced(),
            Ok(page) => self.speak(peer, &page.into_iter().collect()),
            Err(StoreTrouble::Full) => self.read_stock_later(peer, now),
            Err(StoreTrouble::Replaced) => self.replaced(),
            Err(StoreTrouble::Broken) => self.broken(),
        }
    }

    pub(super) fn read_stock_later(&mut self, peer: PeerId, now: Timestamp) {
        if let Some(stock) = self.stock.get_mut(&peer) {
            stock.reading = Reading::Postponed;
            self.postpone_reading(now);
        }
    }

    pub(super) fn stock_read_again(&mut self) {
        for stock in self.stock.values_mut() {
            if stock.reading == Reading::Postponed {
                stock.reading = Reading::No;
            }
        }
        self.tell_stock();
    }

    pub(super) fn stock_lagging(&mut self, peer: PeerId) {
        if let Some(stock) = self.stock.get_mut(&peer) {
            stock.lags = true;
            stock.cold = Cold::No;
        }
    }

    pub(super) fn stock_writable(&mut self, peer: PeerId) {
        if let Some(stock) = self.stock.get_mut(&peer)
            && stock.lags
        {
            stock.lags = false;
            stock.sync.lost(self.book.index());
            self.speak(peer, &Page::new());
        }
    }

    /// The last message for a stock client.
    pub(super) fn stock_farewell(&self, peer: PeerId, detail: &str) -> Option<SharedBytes> {
        let stock = self.stock.get(&peer)?;
        Some(RelayMessage::error(&stock.name, detail).write().into())
    }

    fn stock_sync(&mut self, peer: PeerId, sync: &[u8], is_request: bool) {
        let Some(stock) = self.stock.get_mut(&peer) else {
            return;
        };
        let received = match stock.sync.receive(sync, self.book.index()) {
            Ok(received) => received,
            Err(error) => return self.malformed(peer, &error.to_string()),
        };
        if !received.changes.is_empty() {
            stock.in_flight += 1;
            if stock.in_flight > PUSHES_IN_FLIGHT_MAX {
                return self.dismiss(peer, Goodbye::Busy, "Too many messages wait for the disk.");
            }
            return self.push_from(peer, Origin::Stock, received.changes, BTreeSet::new());
        }
        if is_request && self.book.index().is_empty() {
            let frame = RelayMessage::unavailable(&stock.name, self.document);
            let frame = frame.write().into();
            self.effects.push(Effect::Send {
                peer,
                frame,
                class: Class::Control,
            });
            return;
        }
        self.speak(peer, &Page::new());
    }

    /// Says all there is to say to a stock client with the changes that are at hand, and reads those that are not.
    pub(super) fn speak(&mut self, peer: PeerId, page: &Page) {
        let Some(stock) = self.stock.get_mut(&peer) else {
            return;
        };
        if stock.lags || stock.reading != Reading::No || self.brings_snapshot(peer) {
            return;
        }
        let Some(stock) = self.stock.get_mut(&peer) else {
            return;
        };
        let (book, tail) = (&self.book, &self.tail);
        let fetch = |hash: &Hash| {
            let seq = book.seq_of(hash)?;
            let kept = || tail.get(seq).map(|body| body.to_vec());
            page.get(&seq).cloned().or_else(kept)
        };
        while let Some(message) = stock.sync.generate(book.index(), fetch) {
            let message = RelayMessage::sync(&stock.name, self.document, &message);
            self.effects.push(Effect::Send {
                peer,
                frame: message.write().into(),
                class: Class::Change,
            });
        }
        let wanted = stock.sync.wanted(book.index());
        let Some(seq) = wanted.first().and_then(|hash| book.seq_of(hash)) else {
            return;
        };
        if page.contains_key(&seq) {
            return;
        }
        let ticket = self.ticket();
        self.reads.insert(ticket, peer);
        if let Some(stock) = self.stock.get_mut(&peer) {
            stock.reading = Reading::Asked(ticket, seq);
        }
        self.effects.push(Effect::Read {
            ticket,
            after: seq - 1,
            bytes_max: CHANGES_BYTES_PER_MESSAGE_MAX,
        });
    }

    fn is_named(&self, peer: PeerId, name: &str) -> bool {
        self.stock
            .get(&peer)
            .is_some_and(|stock| stock.name == name)
    }

    /// What one stock client says to the others.
    fn pass_on(&mut self, peer: PeerId, count: u64, session: &str, data: &[u8]) {
        let Some(speaker) = self.stock.get(&peer) else {
            return;
        };
        if data.len() > EPHEMERAL_BYTES_MAX {
            return;
        }
        for (other, stock) in &self.stock {
            if *other == peer || stock.lags {
                continue;
            }
            let message = RelayMessage::Ephemeral {
                sender_id: &speaker.name,
                target_id: &stock.name,
                document_id: self.document,
                count,
                session_id: session,
                data,
            };
            self.effects.push(Effect::Send {
                peer: *other,
                frame: message.write().into(),
                class: Class::Presence,
            });
        }
    }
}
