//! Storage that could not be read when the backlog was opened, and can be now.
//!
//! The session has worked in memory meanwhile, knowing nothing of what the device holds. Both become one document, which
//! then stands in the storage in place of what was there.

use std::collections::BTreeSet;

use rand::Rng;

use crate::{
    document::Backlog,
    session::{
        Session, Stored,
        messages::Level,
        relay::WRITTEN_AGAIN,
        storage::{Meta, Pending},
    },
    sync::frame::Hash,
};

/// What of the stored document was not in the one in memory.
#[derive(Debug, Default)]
struct Absorbed {
    /// Stored changes that another browser's changes under the same actor stand against.
    displaced: BTreeSet<Hash>,
    /// What does the same as those, under a fresh actor.
    written_again: Vec<Hash>,
    damaged: usize,
}

impl Session {
    pub(super) fn handle_recovered(&mut self, ticket: u64, stored: Stored) {
        let last_chunk = stored.chunks.last().map_or(0, |(number, _)| *number);
        let (meta, _, _, kept) = stored
            .meta
            .as_deref()
            .and_then(Meta::read)
            .unwrap_or_default();
        self.trust.remember(kept.unwrap_or_default().trust);
        let absorbed = self.absorb_stored(stored);
        let mut unsent = meta.unsent;
        for hash in &absorbed.written_again {
            self.note_own(hash);
        }
        unsent.retain(|hash| !absorbed.displaced.contains(hash));
        unsent.extend(&absorbed.written_again);
        for hash in &unsent {
            self.relay.queue(*hash);
        }
        self.relay.remember_refused(meta.refused);
        if absorbed.damaged > 0 {
            self.notice(
                Level::Warning,
                "Some of what this device had stored was damaged and is fetched anew from the relay.",
            );
        }
        if !absorbed.written_again.is_empty() {
            self.notice(Level::Info, WRITTEN_AGAIN);
        }
        // A log that this session has begun to follow does not ask for what only the device knows, nor bring again what
        // was damaged: the next connection compares hashes.
        self.relay.forget_cursor();
        self.connect_anew();
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
        let empty = || Backlog::unknown(self.open.person, [0; 16]);
        let snapshot = stored.snapshot.as_deref();
        let snapshot = snapshot.map(|bytes| Backlog::load(bytes, self.open.person, [0; 16]));
        absorbed.damaged += usize::from(matches!(snapshot, Some(Err(_))));
        let mut held = snapshot.and_then(Result::ok).unwrap_or_else(empty);
        // What can't be understood without a damaged part may build on what is in memory.
        let loose: Vec<_> = stored
            .chunks
            .into_iter()
            .map(|(_, bytes)| bytes)
            .filter(|bytes| held.absorb(bytes, false).is_err())
            .collect();
        while let Some(displaced) = self.absorb_until_displaced(&held) {
            let Ok(again) = held.reauthored(displaced, self.rng.random()) else {
                absorbed.damaged += 1;
                break;
            };
            absorbed.displaced.extend(again.dropped.iter().copied());
            let written = again.changes.iter().map(|change| change.hash);
            absorbed.written_again.extend(written);
            held = again.backlog;
        }
        // What was written again may have been displaced once more.
        let displaced = &absorbed.displaced;
        absorbed
            .written_again
            .retain(|hash| !displaced.contains(hash));
        for bytes in loose {
            absorbed.damaged += usize::from(self.backlog.absorb(&bytes, false).is_err());
        }
        // The pages get the whole view.
        drop(self.backlog.take_patch());
        absorbed
    }

    /// Takes over the changes of another document. Ends at one whose actor and number another change has here.
    fn absorb_until_displaced(&mut self, held: &Backlog) -> Option<Hash> {
        held.changes().into_iter().find(|hash| {
            let bytes = held.change(hash);
            bytes.is_some_and(|bytes| self.backlog.absorb(&bytes, false).is_err())
        })
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
