//! The relay's end of the protocol for one backlog, as a core without I/O: who is connected, what is on its way to the
//! log, and who has been told what.
//!
//! A shell performs the [`Effect`]s and brings back what became of them as [`Event`]s; it decides nothing. The log is
//! the truth: a room can be dropped at any moment and opened again from the store. `PROTOCOL.md` states the rules.

mod book;
mod clients;
mod cold;
mod doubts;
mod feed;
mod hello;
mod io;
mod learning;
mod pace;
mod presence;
mod pushes;
mod reconcile;
mod stock;
mod tally;
mod upkeep;

use std::{collections::BTreeMap, mem};

use crate::{
    ids::DocumentId,
    sync::{
        frame::{self, ClientFrame, Epoch, Goodbye, RelayFrame},
        roster::Roster,
    },
    time::Timestamp,
};

use self::{
    book::Book,
    clients::Client,
    learning::Learning,
    pushes::Pushes,
    stock::{Stock, Tail},
    upkeep::Upkeep,
};
pub use self::{
    book::{DamagedMeta, Metas, Quota, meta_of},
    hello::{Farewell, Hello},
    io::{Class, Effect, Event, NewChange, Opened, PeerId, SharedBytes, StoreTrouble, Ticket},
    tally::Tally,
    upkeep::COMPACT_CHANGES,
};

/// One open backlog.
#[derive(Debug)]
pub struct Room {
    document: DocumentId,
    epoch: Epoch,
    /// The latest time that an event came with.
    now: Timestamp,
    book: Book,
    clients: BTreeMap<PeerId, Client>,
    stock: BTreeMap<PeerId, Stock>,
    tail: Tail,
    roster: Roster,
    pushes: Pushes,
    upkeep: Upkeep,
    /// Who waits for which read.
    reads: BTreeMap<Ticket, PeerId>,
    learning: Learning,
    /// When reads that the store could not answer are tried again.
    read_again_at: Option<Timestamp>,
    tickets: u64,
    retired: bool,
    tally: Tally,
    effects: Vec<Effect>,
}

impl Room {
    /// A room without anybody in it.
    ///
    /// # Errors
    /// When what the store kept of a change for the gate can't be read.
    pub fn new(document: DocumentId, opened: Opened) -> Result<Self, DamagedMeta> {
        let book = Book::open(&opened)?;
        Ok(Self {
            document,
            epoch: opened.epoch,
            now: Timestamp::default(),
            book,
            clients: BTreeMap::new(),
            stock: BTreeMap::new(),
            tail: Tail::default(),
            roster: Roster::default(),
            pushes: Pushes::default(),
            upkeep: Upkeep::new(opened.snapshot_seq),
            reads: BTreeMap::new(),
            learning: Learning::No,
            read_again_at: None,
            tickets: 0,
            retired: false,
            tally: Tally::default(),
            effects: Vec::new(),
        })
    }

    /// The same room with another bound for its log.
    #[must_use]
    pub fn limited_to(mut self, quota: Quota) -> Self {
        self.book.quota = quota;
        self
    }

    /// The same room, which asks for a snapshot after so many changes.
    #[must_use]
    pub fn snapshot_every(mut self, changes: u64) -> Self {
        self.upkeep.set_every(changes);
        self
    }

    /// Takes one event and says what to do about it.
    pub fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        self.now = now;
        match event {
            Event::Joined { peer, hello, grant } => self.joined(peer, &hello, grant),
            Event::Frame { peer, bytes } => self.frame(peer, &bytes, now),
            Event::DoorJoined { peer, name, grant } => self.stock_joined(peer, name, grant),
            Event::DoorMessage { peer, bytes } => self.stock_message(peer, &bytes),
            Event::Left { peer } => self.left(peer),
            Event::Revoked { link } => self.revoked(link),
            Event::Appended { ticket, result } => self.appended(ticket, result, now),
            Event::Read { ticket, result } => self.read(ticket, result, now),
            Event::Lagging { peer } => self.lagging(peer),
            Event::Writable { peer } => self.writable(peer),
            Event::SnapshotRead { ticket, result } => self.snapshot_read(ticket, result),
            Event::SnapshotMade { seq } => self.snapshot_made(seq),
            Event::NoSnapshot { unusable } => self.no_snapshot(unusable),
            Event::Tick => self.tick(now),
            Event::Stop => self.retire(Goodbye::Stopping, "The relay stops and will be back."),
        }
        mem::take(&mut self.effects)
    }

    /// When the room next wants an [`Event::Tick`], and what for.
    #[must_use]
    pub fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        let wakeups = [
            (self.roster.next_due(), "presence"),
            (self.pushes.retry_at(), "append again"),
            (self.read_again_at, "read again"),
            (self.paced_until(), "take the next push"),
            (self.upkeep.due(self.book.last_seq()), "compact"),
        ];
        wakeups
            .into_iter()
            .filter_map(|(at, label)| Some((at?, label)))
            .min()
    }

    /// Whether nobody is here and nothing is under way, so that the room can be dropped.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.clients.is_empty() && self.stock.is_empty() && self.pushes.is_empty()
    }

    /// The backlog.
    #[must_use]
    pub fn document(&self) -> DocumentId {
        self.document
    }

    /// How many bytes of pushed changes wait for admission (S6).
    #[must_use]
    pub fn queued_bytes(&self) -> usize {
        self.pushes.queued_bytes()
    }

    /// The last sequence number that is on disk.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.book.last_seq()
    }

    fn frame(&mut self, peer: PeerId, bytes: &[u8], now: Timestamp) {
        if !self.clients.contains_key(&peer) {
            return;
        }
        let Ok(frame) = frame::decode(bytes) else {
            return self.malformed(peer, "A message could not be read.");
        };
        let asks = matches!(
            frame,
            ClientFrame::Pull { .. } | ClientFrame::Have { .. } | ClientFrame::Doubt { .. }
        );
        if asks && !self.may_ask(peer) {
            return self.dismiss(peer, Goodbye::Busy, "Too many questions at once.");
        }
        match frame {
            ClientFrame::Hello { .. } => self.malformed(peer, "Only the first message is a Hello."),
            ClientFrame::Pull { after } => self.pull(peer, after),
            ClientFrame::Seen { seq } => self.seen(peer, seq),
            ClientFrame::Push {
                batch,
                changes,
                passed_on,
            } => self.push(peer, batch, changes, &passed_on),
            ClientFrame::Have { hashes, last } => self.have(peer, hashes, last),
            ClientFrame::Presence { profile, item } => self.present(peer, profile, item, now),
            ClientFrame::Doubt { after } => self.doubt(peer, after),
        }
    }

    fn tick(&mut self, now: Timestamp) {
        self.tell_presence(now);
        self.append_again(now);
        self.work_queue();
        self.read_again(now);
        if let Some(seq) = self.upkeep.compact(self.book.last_seq(), now) {
            self.effects.push(Effect::Compact { seq });
        }
    }

    fn ticket(&mut self) -> Ticket {
        self.tickets += 1;
        Ticket(self.tickets)
    }

    fn send(&mut self, peer: PeerId, frame: &RelayFrame) {
        let frame = frame::encode(frame).into();
        self.effects.push(Effect::Send {
            peer,
            frame,
            class: Class::Control,
        });
    }

    fn broadcast(&mut self, peers: Vec<PeerId>, frame: SharedBytes, class: Class) {
        if !peers.is_empty() {
            self.effects.push(Effect::Broadcast {
                peers,
                frame,
                class,
            });
        }
    }

    fn malformed(&mut self, peer: PeerId, detail: &str) {
        self.dismiss(peer, Goodbye::Malformed, detail);
    }

    /// Ends one connection, saying why.
    fn dismiss(&mut self, peer: PeerId, reason: Goodbye, detail: &str) {
        self.tally.dismissed(reason);
        let stock = self.stock_farewell(peer, detail);
        let frame = stock.unwrap_or_else(|| Farewell::new(reason, detail).frame);
        self.effects.push(Effect::Send {
            peer,
            frame,
            class: Class::Control,
        });
        let code = reason.close_code();
        self.effects.push(Effect::Close { peer, code });
        self.left(peer);
    }

    /// Sends everybody away for good.
    fn retire(&mut self, reason: Goodbye, detail: &str) {
        if self.retired {
            return;
        }
        self.retired = true;
        self.pushes.forget_queue();
        let stock: Vec<PeerId> = self.stock.keys().copied().collect();
        for peer in stock {
            self.dismiss(peer, reason, detail);
        }
        let peers: Vec<PeerId> = self.clients.keys().copied().collect();
        self.clients.clear();
        let farewell = Farewell::new(reason, detail);
        self.broadcast(peers.clone(), farewell.frame, Class::Control);
        for peer in peers {
            self.effects.push(Effect::Close {
                peer,
                code: farewell.code,
            });
        }
        self.effects.push(Effect::Retire);
    }
}

#[cfg(test)]
mod tests;
