//! How a stock client that holds nothing gets the backlog in one message: a snapshot and the few changes after it.
//! automerge-repo hands a document out with its first message, so whoever asks for it then has all of it.

use std::mem;

use crate::{
    door::{CHANGES_BYTES_PER_MESSAGE_MAX, CHANGES_PER_MESSAGE_MAX, RelayMessage},
    sync::room::{
        Class, Effect, PeerId, Room, StoreTrouble, Ticket,
        stock::{Page, Stock},
    },
    time::Timestamp,
};

/// How far a client without anything is on its way to everything.
#[derive(Debug, Default)]
pub(super) enum Cold {
    /// Nothing is under way.
    #[default]
    No,
    /// A snapshot is being made.
    Making,
    /// What follows the newest snapshot, up to this number, is being read.
    Tail(Ticket, u64),
    /// The snapshot is being read; these changes follow it.
    Snapshot(Ticket, Page),
    /// It got a snapshot, or gets the log in messages as there is none.
    Over,
}

impl Room {
    /// Whether the client waits for a snapshot, so that nothing else is said to it meanwhile.
    pub(super) fn brings_snapshot(&mut self, peer: PeerId) -> bool {
        let is_empty = self.book.last_seq() == 0;
        match self.stock.get(&peer) {
            Some(Stock {
                cold: Cold::No,
                sync,
                ..
            }) if sync.takes_snapshot() && !is_empty => {
                self.bring_snapshot(peer);
                true
            }
            Some(Stock { cold, .. }) => !matches!(cold, Cold::No | Cold::Over),
            None => true,
        }
    }

    pub(super) fn snapshot_made(&mut self, seq: u64) {
        self.upkeep.snapshot_made(seq);
        self.end_waiting(|| Cold::No);
    }

    /// The log's own messages do as well; they only take longer.
    pub(super) fn no_snapshot(&mut self, unusable: Option<u64>) {
        self.upkeep.no_snapshot(unusable);
        self.end_waiting(|| Cold::Over);
    }

    /// The changes after the snapshot are here.
    pub(super) fn tail_read(
        &mut self,
        peer: PeerId,
        until: u64,
        result: Result<Vec<(u64, Vec<u8>)>, StoreTrouble>,
        now: Timestamp,
    ) {
        let changes = match result {
            Ok(changes) if changes.is_empty() => return self.replaced(),
            Ok(changes) => changes,
            Err(StoreTrouble::Full) => {
                self.set_cold(peer, Cold::No);
                return self.read_stock_later(peer, now);
            }
            Err(StoreTrouble::Replaced) => return self.replaced(),
            Err(StoreTrouble::Broken) => return self.broken(),
        };
        let page: Page = changes.into_iter().collect();
        if !page.contains_key(&until) {
            return self.make_snapshot(peer);
        }
        if page.contains_key(&1) {
            return self.go_on_without(peer, &page);
        }
        self.read_snapshot(peer, page);
    }

    pub(super) fn snapshot_read(
        &mut self,
        ticket: Ticket,
        result: Result<Option<(u64, Vec<u8>)>, StoreTrouble>,
    ) {
        let Some(peer) = self.reads.remove(&ticket) else {
            return;
        };
        let Some(stock) = self.stock.get_mut(&peer) else {
            return;
        };
        let page = match mem::take(&mut stock.cold) {
            Cold::Snapshot(asked, page) if asked == ticket => page,
            other => {
                stock.cold = other;
                return;
            }
        };
        if let Ok(Some((seq, snapshot))) = result
            && let Ok(holds) = usize::try_from(seq)
            && holds <= self.book.index().stored_len()
        {
            let index = self.book.index();
            let fetch = |hash: &_| page.get(&self.book.seq_of(hash)?).cloned();
            let sync = &mut stock.sync;
            if let Some(message) = sync.generate_with_snapshot(index, &snapshot, holds, fetch) {
                let message = RelayMessage::sync(&stock.name, self.document, &message);
                self.effects.push(Effect::Send {
                    peer,
                    frame: message.write().into(),
                    class: Class::Change,
                });
            }
        }
        self.go_on_without(peer, &page);
    }

    fn bring_snapshot(&mut self, peer: PeerId) {
        let until = self.book.last_seq();
        let after = self.upkeep.snapshot_seq().unwrap_or(0);
        let tail = until.saturating_sub(after);
        if tail > CHANGES_PER_MESSAGE_MAX as u64 {
            return self.make_snapshot(peer);
        }
        if tail == 0 {
            return self.read_snapshot(peer, Page::new());
        }
        let ticket = self.ticket();
        self.reads.insert(ticket, peer);
        self.set_cold(peer, Cold::Tail(ticket, until));
        self.effects.push(Effect::Read {
            ticket,
            after,
            bytes_max: CHANGES_BYTES_PER_MESSAGE_MAX,
        });
    }

    fn make_snapshot(&mut self, peer: PeerId) {
        if self.upkeep.reach(self.book.last_seq()) < self.book.last_seq() {
            return self.go_on_without(peer, &Page::new());
        }
        self.set_cold(peer, Cold::Making);
        let seq = self.book.last_seq();
        if self.upkeep.demand(seq, CHANGES_PER_MESSAGE_MAX as u64) {
            self.effects.push(Effect::Compact { seq });
        }
    }

    fn read_snapshot(&mut self, peer: PeerId, page: Page) {
        let ticket = self.ticket();
        self.reads.insert(ticket, peer);
        self.set_cold(peer, Cold::Snapshot(ticket, page));
        self.effects.push(Effect::ReadSnapshot { ticket });
    }

    fn go_on_without(&mut self, peer: PeerId, page: &Page) {
        self.set_cold(peer, Cold::Over);
        self.speak(peer, page);
    }

    fn set_cold(&mut self, peer: PeerId, cold: Cold) {
        if let Some(stock) = self.stock.get_mut(&peer) {
            stock.cold = cold;
        }
    }

    fn end_waiting(&mut self, cold: impl Fn() -> Cold) {
        let making = |stock: &Stock| matches!(stock.cold, Cold::Making);
        let waiting = self.stock.iter().filter(|(_, stock)| making(stock));
        let waiting: Vec<PeerId> = waiting.map(|(peer, _)| *peer).collect();
        for peer in waiting {
            self.set_cold(peer, cold());
            self.speak(peer, &Page::new());
        }
    }
}
