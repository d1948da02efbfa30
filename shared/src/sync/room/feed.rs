//! How far one client has been told of the log: page by page from its cursor, then live without gap or repetition.

use std::{collections::VecDeque, mem};

pub(super) use crate::limits::PAGES_AHEAD_MAX;
use crate::{
    sync::{
        frame::{self, CHANGES_BYTES_MAX, RelayFrame},
        room::{
            Class, Effect, PeerId, Room, SharedBytes, StoreTrouble, Ticket, clients::Client,
            learning::Learning, pushes::RETRY_FIRST_MS,
        },
    },
    time::Timestamp,
};

/// Where one client stands.
#[derive(Debug)]
pub(super) enum Feed {
    /// It has not asked for changes.
    Unasked,
    /// It is sent what it missed.
    Paging(Paging),
    /// It gets each change as it is stored.
    Live,
    /// Its queue overflowed; it is told nothing until the queue is empty, then to pull again if it ever had.
    Lagging {
        /// Whether it has asked for changes.
        asked: bool,
    },
}

/// A client that is not in step.
#[derive(Debug)]
pub(super) struct Paging {
    /// The last sequence number sent.
    sent: u64,
    /// The last sequence number of each page that is not confirmed, in order.
    unconfirmed: VecDeque<u64>,
    reading: Reading,
}

/// The read of a client's next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    No,
    Asked(Ticket),
    /// The store could not be read; the room tries again after a while.
    Postponed,
}

impl Paging {
    /// Starts behind this sequence number.
    fn after(seq: u64) -> Self {
        Self {
            sent: seq,
            unconfirmed: VecDeque::new(),
            reading: Reading::No,
        }
    }

    /// Whether the next page is to be read.
    fn wants_page(&self) -> bool {
        self.reading == Reading::No && self.unconfirmed.len() < PAGES_AHEAD_MAX
    }

    /// The client has stored everything up to here.
    fn confirm(&mut self, seq: u64) {
        self.sent = self.sent.max(seq);
        while self.unconfirmed.front().is_some_and(|page| *page <= seq) {
            self.unconfirmed.pop_front();
        }
    }

    /// Takes what was read and gives the page to send; `None` when nothing of it is new to the client. The log may have
    /// grown past `last_seq` before the room heard of it; that part comes later.
    ///
    /// # Errors
    /// When the log has a gap.
    fn page(
        &mut self,
        changes: Vec<(u64, Vec<u8>)>,
        last_seq: u64,
    ) -> Result<Option<SharedBytes>, LogHasGap> {
        let from_seq = self.sent + 1;
        let mut bodies = Vec::with_capacity(changes.len());
        for (seq, body) in changes {
            if seq < from_seq || seq > last_seq {
                continue;
            }
            if seq != self.sent + 1 {
                return Err(LogHasGap);
            }
            self.sent = seq;
            bodies.push(body);
        }
        if bodies.is_empty() {
            return Ok(None);
        }
        self.unconfirmed.push_back(self.sent);
        Ok(Some(changes_frame(from_seq, bodies, last_seq)))
    }
}

/// The store gave a log with a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LogHasGap;

/// The frames that tell of consecutive changes, each as large as frames of changes may be.
pub(super) fn changes_frames<'a>(
    from_seq: u64,
    bodies: impl Iterator<Item = &'a SharedBytes>,
    last_seq: u64,
) -> Vec<SharedBytes> {
    let mut frames = Vec::new();
    let mut first = from_seq;
    let mut page: Vec<Vec<u8>> = Vec::new();
    let mut bytes = 0;
    for body in bodies {
        if !page.is_empty() && bytes + body.len() > CHANGES_BYTES_MAX {
            let full = std::mem::take(&mut page);
            let next = first + full.len() as u64;
            frames.push(changes_frame(first, full, last_seq));
            first = next;
            bytes = 0;
        }
        bytes += body.len();
        page.push(body.to_vec());
    }
    if !page.is_empty() {
        frames.push(changes_frame(first, page, last_seq));
    }
    frames
}

fn changes_frame(from_seq: u64, changes: Vec<Vec<u8>>, last_seq: u64) -> SharedBytes {
    frame::encode(&RelayFrame::Changes {
        from_seq,
        changes,
        last_seq,
    })
    .into()
}

impl Room {
    pub(super) fn pull(&mut self, peer: PeerId, after: u64) {
        if after > self.book.last_seq() {
            return self.malformed(peer, "This client is ahead of the relay's log.");
        }
        let Some(client) = self.clients.get_mut(&peer) else {
            return;
        };
        match &mut client.feed {
            Feed::Lagging { asked } => *asked = true,
            Feed::Unasked | Feed::Paging(_) | Feed::Live => {
                client.feed = Feed::Paging(Paging::after(after));
                self.advance(peer);
            }
        }
    }

    pub(super) fn seen(&mut self, peer: PeerId, seq: u64) {
        if seq > self.book.last_seq() {
            return self.malformed(peer, "This client has seen more than there is.");
        }
        if let Some(paging) = self.paging(peer) {
            paging.confirm(seq);
            self.advance(peer);
        }
    }

    pub(super) fn read(
        &mut self,
        ticket: Ticket,
        result: Result<Vec<(u64, Vec<u8>)>, StoreTrouble>,
        now: Timestamp,
    ) {
        if self.learning == Learning::Asked(ticket) {
            return self.learn(result, now);
        }
        let Some(peer) = self.reads.remove(&ticket) else {
            return;
        };
        if self.stock.contains_key(&peer) {
            return self.stock_read(peer, ticket, result, now);
        }
        let last_seq = self.book.last_seq();
        let Some(paging) = self
            .paging(peer)
            .filter(|p| p.reading == Reading::Asked(ticket))
        else {
            return;
        };
        let page = match result {
            Ok(changes) if changes.is_empty() && paging.sent < last_seq => Err(LogHasGap),
            Ok(changes) => {
                paging.reading = Reading::No;
                paging.page(changes, last_seq)
            }
            Err(StoreTrouble::Full) => {
                paging.reading = Reading::Postponed;
                return self.postpone_reading(now);
            }
            Err(StoreTrouble::Replaced) => Err(LogHasGap),
            Err(StoreTrouble::Broken) => return self.broken(),
        };
        match page {
            Err(LogHasGap) => return self.replaced(),
            Ok(None) => {}
            Ok(Some(frame)) => self.effects.push(Effect::Send {
                peer,
                frame,
                class: Class::Change,
            }),
        }
        self.advance(peer);
    }

    /// The store could not be read; those whose read is postponed are tried again after a while.
    pub(super) fn postpone_reading(&mut self, now: Timestamp) {
        let again = now.plus_ms(RETRY_FIRST_MS);
        self.read_again_at.get_or_insert(again);
    }

    pub(super) fn read_again(&mut self, now: Timestamp) {
        if self.read_again_at.is_none_or(|at| now < at) {
            return;
        }
        self.read_again_at = None;
        self.learn_again();
        self.stock_read_again();
        let peers: Vec<PeerId> = self.clients.keys().copied().collect();
        for peer in peers {
            if let Some(paging) = self.paging(peer)
                && paging.reading == Reading::Postponed
            {
                paging.reading = Reading::No;
                self.advance(peer);
            }
        }
    }

    pub(super) fn lagging(&mut self, peer: PeerId) {
        if let Some(client) = self.clients.get_mut(&peer) {
            let asked = match &client.feed {
                Feed::Unasked => false,
                Feed::Paging(_) | Feed::Live => true,
                Feed::Lagging { asked } => *asked,
            };
            client.feed = Feed::Lagging { asked };
        }
        self.stock_lagging(peer);
    }

    pub(super) fn writable(&mut self, peer: PeerId) {
        self.stock_writable(peer);
        let Some(client) = self.clients.get_mut(&peer) else {
            return;
        };
        let Feed::Lagging { asked } = client.feed else {
            return;
        };
        client.feed = Feed::Unasked;
        let departures = mem::replace(&mut client.departures, self.roster.departures());
        if asked {
            self.send(peer, &RelayFrame::Resume);
        }
        self.tell_presence_anew(peer, departures);
    }

    /// Everybody who gets changes as they are stored.
    pub(super) fn live(&self) -> Vec<PeerId> {
        let live = |client: &Client| matches!(client.feed, Feed::Live);
        let clients = self.clients.iter().filter(|(_, client)| live(client));
        clients.map(|(peer, _)| *peer).collect()
    }

    /// Asks for the next page, or declares the client in step.
    fn advance(&mut self, peer: PeerId) {
        let last_seq = self.book.last_seq();
        let Some(client) = self.clients.get_mut(&peer) else {
            return;
        };
        let Feed::Paging(paging) = &mut client.feed else {
            return;
        };
        if paging.sent >= last_seq {
            client.feed = Feed::Live;
            return;
        }
        if !paging.wants_page() {
            return;
        }
        let after = paging.sent;
        let ticket = self.ticket();
        self.reads.insert(ticket, peer);
        if let Some(paging) = self.paging(peer) {
            paging.reading = Reading::Asked(ticket);
        }
        self.effects.push(Effect::Read {
            ticket,
            after,
            bytes_max: CHANGES_BYTES_MAX,
        });
    }

    fn paging(&mut self, peer: PeerId) -> Option<&mut Paging> {
        match &mut self.clients.get_mut(&peer)?.feed {
            Feed::Paging(paging) => Some(paging),
            Feed::Unasked | Feed::Live | Feed::Lagging { .. } => None,
        }
    }
}
