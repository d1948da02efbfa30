//! Storage that could not be read when the backlog was opened, and can be now.
//!
//! The session has worked in memory meanwhile, knowing nothing of what the device holds. Both become one document, which
//! then stands in the storage in place of what was there.

use crate::{
    document::Backlog,
    session::{
        Session, Stored,
        messages::Level,
        storage::{Meta, Pending},
    },
    sync::frame::Hash,
};

/// What of the stored document was not in the one in memory.
#[derive(Debug, Default)]
struct Absorbed {
    new: Vec<Hash>,
    damaged: usize,
}

impl Session {
    pub(super) fn handle_recovered(&mut self, ticket: u64, stored: Stored) {
        let last_chunk = stored.chunks.last().map_or(0, |(number, _)| *number);
        let meta: Meta = stored
            .meta
            .as_deref()
            .and_then(|bytes| postcard::from_bytes(bytes).ok())
            .unwrap_or_default();
        let absorbed = self.absorb_stored(stored);
        // A log that this session has begun to follow does not bring again what only the device knows.
        let unsent = if self.relay.follows_log() {
            [meta.unsent, absorbed.new].concat()
        } else {
            meta.unsent
        };
        for hash in &unsent {
            self.relay.queue(*hash);
        }
        self.relay.remember_refused(meta.refused);
        if absorbed.damaged > 0 {
            self.relay.forget_cursor();
            self.notice(
                Level::Warning,
                "Some of what this device had stored was damaged and is fetched anew from the relay.",
            );
        }
        self.storage.restore_numbers(meta.numbers);
        self.storage.skip_chunks(meta.next_chunk.max(last_chunk));
        self.storage.take_back(ticket);
        if !self.backlog.heads().is_empty() {
            self.record_snapshot(self.backlog.save());
        }
        self.storage.claims_durable(unsent);
        self.storage.view_is_stale(self.now);
        self.show_view();
    }

    fn absorb_stored(&mut self, stored: Stored) -> Absorbed {
        let mut absorbed = Absorbed::default();
        let mut changes: Vec<Vec<u8>> = Vec::new();
        match stored.snapshot.as_deref().map(Backlog::changes_of) {
            Some(Ok(held)) => changes.extend(held.into_iter().map(|change| change.bytes)),
            Some(Err(_)) => absorbed.damaged += 1,
            None => {}
        }
        changes.extend(stored.chunks.into_iter().map(|(_, bytes)| bytes));
        for bytes in changes {
            match self.backlog.absorb(&bytes, false) {
                Ok((hash, true)) => absorbed.new.push(hash),
                Ok((_, false)) => {}
                Err(_) => absorbed.damaged += 1,
            }
        }
        // The pages get the whole view.
        drop(self.backlog.take_patch());
        absorbed
    }
}

impl super::storage::Storage {
    /// A write that was not performed waits again, and is due at once.
    fn take_back(&mut self, ticket: u64) {
        if let Some(pending) = self.in_flight.remove(&ticket) {
            self.pending.merge_earlier(pending);
        }
        self.retry_at = None;
    }

    /// These own changes are durable with the next write.
    fn claims_durable(&mut self, own: Vec<Hash>) {
        let Pending {
            own: waiting,
            strict,
            dirty,
            ..
        } = &mut self.pending;
        waiting.extend(own);
        *strict = true;
        *dirty = true;
    }

    fn skip_chunks(&mut self, through: u64) {
        self.next_chunk = self.next_chunk.max(through);
    }

    /// Takes over the numbers of tabs that have said nothing since.
    fn restore_numbers(&mut self, stored: Vec<(crate::ids::TabId, u64)>) {
        let own = std::mem::take(&mut self.numbers);
        let is_new = |tab| own.iter().all(|(known, _)| *known != tab);
        self.numbers = stored
            .into_iter()
            .filter(|(tab, _)| is_new(*tab))
            .chain(own.iter().copied())
            .collect();
    }
}
