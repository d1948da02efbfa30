//! What the session keeps on the device, and how it is read back.

use std::collections::{BTreeMap, VecDeque};

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    document::{Backlog, MadeChange},
    ids::TabId,
    session::{
        CachedView, Effect, Session, Stored, Summary, Write,
        access::Access,
        core::Stage,
        messages::{DeviceState, Founding, FromSession, Level, Work},
        trust::Kept,
    },
    sync::frame::{Cursor, Epoch, Hash, Mark},
    time::Timestamp,
};

/// The cached view is written this long after the last change of the lists, in milliseconds.
const VIEW_DELAY_MS: i64 = 2_000;
/// A write that failed is tried again after this long, in milliseconds.
const RETRY_MS: i64 = 5_000;
/// Stored chunks are compacted once there are this many, …
const COMPACT_CHUNKS: usize = 1_000;
/// … or this many bytes of them, …
const COMPACT_BYTES: usize = 4 * 1024 * 1024;
/// … when nothing has happened for this long, in milliseconds.
const COMPACT_IDLE_MS: i64 = 10_000;
/// How many tabs' numbers are remembered.
const TABS_REMEMBERED: usize = 32;

/// What stands in [`Write::meta`]. It grows at its end, where older versions don't look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Meta {
    pub(super) actor: [u8; 16],
    /// Epoch and sequence number of the cursor; its hash stands at the end.
    pub(super) place: Option<(Epoch, u64)>,
    /// Own changes that the relay has not acknowledged, in order.
    pub(super) unsent: Vec<Hash>,
    /// Changes that the relay refused for good.
    pub(super) refused: Vec<Hash>,
    pub(super) next_chunk: u64,
    /// The last number of each tab that was carried out: (tab, number), latest tab last.
    pub(super) numbers: Vec<(TabId, u64)>,
}

impl Meta {
    /// Reads a record of this or an older version. Older ones have no hash, so they have no cursor either: the next
    /// connection compares what both sides hold.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, Option<Cursor>, Access, Option<Kept>)> {
        let (meta, newer) = postcard::take_from_bytes::<Self>(bytes).ok()?;
        let (sum, newer) = postcard::take_from_bytes::<Hash>(newer).ok().unzip();
        let access = newer.and_then(|newer| postcard::take_from_bytes(newer).ok());
        let (access, newer): (Option<Access>, _) = access.unzip();
        let kept = newer.and_then(|newer| postcard::from_bytes(newer).ok());
        let cursor = meta.place.zip(sum).map(|((epoch, seq), sum)| Cursor {
            epoch,
            mark: Mark { seq, sum },
        });
        Some((meta, cursor, access.unwrap_or_default(), kept))
    }

    pub(super) fn write(&self, cursor: Option<Cursor>, access: &Access, kept: &Kept) -> Vec<u8> {
        let sum = cursor.map(|cursor| cursor.mark.sum).unwrap_or_default();
        encode(&(self, sum, access, kept))
    }
}

/// The device's side of a session.
#[derive(Debug, Default)]
pub(super) struct Storage {
    pub(super) actor: [u8; 16],
    pub(super) next_chunk: u64,
    next_ticket: u64,
    pub(super) pending: Pending,
    pub(super) in_flight: BTreeMap<u64, Pending>,
    pub(super) numbers: Vec<(TabId, u64)>,
    failed: Option<String>,
    pub(super) retry_at: Option<Timestamp>,
    view_due: Option<Timestamp>,
    view_wanted: bool,
    chunks: usize,
    chunk_bytes: usize,
    compact_at: Option<Timestamp>,
}

/// What waits for the next write.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    append: Vec<(u64, Vec<u8>)>,
    snapshot: Option<(u64, Vec<u8>)>,
    pub(super) own: Vec<Hash>,
    pub(super) dirty: bool,
    pub(super) strict: bool,
    /// It holds the secret that the relay is to know the backlog by. Were the relay told first, a page that is closed in
    /// between would have shut itself out.
    pub(super) founds: bool,
}

impl Pending {
    pub(super) fn merge_earlier(&mut self, mut earlier: Self) {
        let covered = self.snapshot.as_ref().map_or(0, |(through, _)| *through);
        earlier.append.retain(|(number, _)| *number > covered);
        earlier.append.append(&mut self.append);
        earlier.own.append(&mut self.own);
        *self = Self {
            append: earlier.append,
            snapshot: self.snapshot.take().or(earlier.snapshot),
            own: earlier.own,
            dirty: true,
            strict: self.strict || earlier.strict,
            founds: self.founds || earlier.founds,
        };
    }
}

/// A document that is being read.
#[derive(Debug)]
pub(super) struct Loading {
    chunks: VecDeque<(u64, Vec<u8>)>,
    of: usize,
    cached: Option<CachedView>,
    adopted: bool,
    damaged: usize,
}

impl Storage {
    pub(super) fn move_deadlines(&mut self, by_ms: i64) {
        for deadline in [&mut self.retry_at, &mut self.view_due, &mut self.compact_at] {
            *deadline = deadline.map(|at| at.plus_ms(by_ms));
        }
    }

    pub(super) fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        [
            self.retry_at.map(|at| (at, "write again")),
            self.view_due.map(|at| (at, "write the view")),
            self.compact_at.map(|at| (at, "compact")),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    pub(super) fn view_is_stale(&mut self, now: Timestamp) {
        self.view_due = Some(now.plus_ms(VIEW_DELAY_MS));
        self.compact_later(now);
    }

    fn compact_later(&mut self, now: Timestamp) {
        let due = self.chunks >= COMPACT_CHUNKS || self.chunk_bytes >= COMPACT_BYTES;
        self.compact_at = due.then(|| now.plus_ms(COMPACT_IDLE_MS));
    }

    /// Whether a secret of this device's own is not on it yet.
    pub(super) fn founds_soon(&self) -> bool {
        self.pending.founds || self.in_flight.values().any(|pending| pending.founds)
    }

    /// The session's record is to be written with the next write.
    pub(super) fn note(&mut self) {
        self.pending.dirty = true;
    }

    fn append(&mut self, bytes: Vec<u8>) {
        self.next_chunk += 1;
        self.chunks += 1;
        self.chunk_bytes += bytes.len();
        self.pending.append.push((self.next_chunk, bytes));
        self.pending.dirty = true;
    }

    pub(super) fn state(&self) -> DeviceState {
        match &self.failed {
            Some(reason) => DeviceState::Failed(reason.clone()),
            None if self.pending.dirty || !self.in_flight.is_empty() => DeviceState::Saving,
            None => DeviceState::Saved,
        }
    }

    /// Whether a tab's number is new, and then remembers it.
    pub(super) fn is_new_number(&mut self, tab: TabId, number: u64) -> bool {
        if let Some(at) = self.numbers.iter().position(|(known, _)| *known == tab) {
            let (_, last) = self.numbers.remove(at);
            self.numbers.push((tab, last.max(number)));
            return number > last;
        }
        self.numbers.push((tab, number));
        if self.numbers.len() > TABS_REMEMBERED {
            self.numbers.remove(0);
        }
        true
    }
}

impl Session {
    pub(super) fn handle_opened(&mut self, stored: Stored) {
        let meta = stored.meta.as_deref().and_then(Meta::read);
        let known = meta.is_some() || stored.snapshot.is_some() || !stored.chunks.is_empty();
        let (mut meta, cursor, access, kept) = meta.unwrap_or_default();
        self.access = access;
        if let Some(secret) = self.open.keys.secret {
            self.use_link(secret);
        }
        if meta.actor == [0; 16] {
            meta.actor = self.rng.random();
        }
        let last_chunk = stored.chunks.last().map_or(0, |(number, _)| *number);
        self.storage.actor = meta.actor;
        self.storage.next_chunk = meta.next_chunk.max(last_chunk);
        self.storage.numbers = meta.numbers;
        self.storage.chunks = stored.chunks.len();
        self.storage.chunk_bytes = stored.chunks.iter().map(|(_, bytes)| bytes.len()).sum();
        self.relay.restore(cursor, meta.unsent, meta.refused);
        if !known && let Some(founding) = self.open.create.clone() {
            self.create(&founding);
            return;
        }
        self.backlog = match stored
            .snapshot
            .as_deref()
            .map(|bytes| Backlog::load(bytes, self.open.person, meta.actor))
        {
            Some(Ok(backlog)) => backlog,
            Some(Err(error)) => {
                self.relay.forget_cursor();
                self.notice(Level::Danger, format!("This device's copy is damaged ({error}). It is fetched anew from the relay."));
                Backlog::unknown(self.open.person, meta.actor)
            }
            None => Backlog::unknown(self.open.person, meta.actor),
        };
        self.restore_trust(kept);
        let cached = stored.view.as_deref().and_then(CachedView::read);
        let of = stored.chunks.len();
        self.stage = Stage::Loading(Box::new(Loading {
            chunks: stored.chunks.into(),
            of,
            cached,
            adopted: false,
            damaged: 0,
        }));
        self.load_slice(0);
    }

    fn create(&mut self, founding: &Founding) {
        self.access.secret.get_or_insert(founding.secret);
        self.storage.pending.founds = true;
        // The first change is under the document's own name, so that it is the same one whenever it is made again.
        let (mut backlog, change) = Backlog::create(
            &founding.name,
            self.open.person,
            *self.open.document.as_bytes(),
            founding.at,
        );
        backlog.set_actor(self.storage.actor);
        self.hold(backlog);
        self.stage = Stage::Ready;
        self.record_own(change);
        self.storage.view_is_stale(self.now);
        self.show_view();
    }

    pub(super) fn load_slice(&mut self, chunks: usize) {
        let Stage::Loading(loading) = &mut self.stage else {
            return;
        };
        if !loading.adopted
            && let Some(cached) = &loading.cached
            && !cached.heads.is_empty()
            && cached.heads == self.backlog.heads()
            && let Some(cached) = loading.cached.take()
        {
            self.backlog.adopt(cached.view);
            loading.adopted = true;
        }
        for _ in 0..chunks {
            let Some((_, bytes)) = loading.chunks.pop_front() else {
                break;
            };
            if self.backlog.absorb(&bytes, loading.adopted).is_err() {
                loading.damaged += 1;
            }
            if !loading.adopted
                && loading
                    .cached
                    .as_ref()
                    .is_some_and(|cached| cached.heads == self.backlog.heads())
            {
                break;
            }
        }
        let (done, of) = (loading.of - loading.chunks.len(), loading.of);
        let more = !loading.chunks.is_empty() || (chunks == 0 && of > 0);
        if more {
            if of > 500 {
                self.tell_all(&FromSession::Progress {
                    what: Work::Loading,
                    done: done as u64,
                    of: of as u64,
                });
            }
            self.effects.push(Effect::Continue);
        } else {
            self.finish_loading();
        }
    }

    fn finish_loading(&mut self) {
        let Stage::Loading(loading) = std::mem::replace(&mut self.stage, Stage::Ready) else {
            return;
        };
        let adopted_now = !loading.adopted
            && loading.cached.as_ref().is_some_and(|cached| {
                !cached.heads.is_empty() && cached.heads == self.backlog.heads()
            });
        if let (true, Some(cached)) = (adopted_now, &loading.cached) {
            self.backlog.adopt(cached.view.clone());
        } else if loading.adopted {
            drop(self.backlog.take_patch());
        } else if !self.backlog.heads().is_empty() {
            if let Err(error) = self.backlog.read_all() {
                self.notice(Level::Danger, error.to_string());
            }
            self.storage.view_is_stale(self.now);
        }
        if loading.damaged > 0 {
            self.relay.forget_cursor();
            let damaged = loading.damaged;
            self.notice(
                Level::Warning,
                format!(
                    "{damaged} stored changes were damaged and are fetched anew from the relay."
                ),
            );
        }
        self.claim_own_actor();
        self.storage.compact_later(self.now);
        self.storage.note();
        self.show_view();
        self.connect();
    }

    /// Keeps an own change: on the device first, then for the relay.
    pub(super) fn record_own(&mut self, change: MadeChange) {
        self.storage.pending.own.push(change.hash);
        self.storage.pending.strict = true;
        self.note_own(&change.hash);
        self.storage.append(change.bytes);
        self.relay.queue(change.hash);
    }

    /// Keeps a change of somebody else, which the relay has.
    pub(super) fn record_other(&mut self, bytes: Vec<u8>) {
        self.storage.append(bytes);
    }

    /// Keeps the relay's snapshot in place of everything before.
    pub(super) fn record_snapshot(&mut self, bytes: Vec<u8>) {
        let through = self.storage.next_chunk;
        self.storage.pending.append.clear();
        self.storage.pending.snapshot = Some((through, bytes));
        self.storage.pending.dirty = true;
        self.storage.chunks = 0;
        self.storage.chunk_bytes = 0;
    }

    /// Keeps the whole document, with own changes in it that the relay has yet to get.
    pub(super) fn record_anew(&mut self, own: &[MadeChange]) {
        self.record_snapshot(self.backlog.save());
        let own_hashes = own.iter().map(|change| change.hash);
        self.storage.pending.own.extend(own_hashes);
        self.storage.pending.strict = true;
        for change in own {
            self.note_own(&change.hash);
            self.relay.queue(change.hash);
        }
    }

    /// One write at a time: what comes meanwhile forms the next one.
    pub(super) fn flush_storage(&mut self) {
        let storage = &mut self.storage;
        let wanted = storage.pending.dirty || storage.view_wanted;
        if !wanted
            || !storage.in_flight.is_empty()
            || storage.retry_at.is_some()
            || !matches!(self.stage, Stage::Ready)
        {
            return;
        }
        let pending = std::mem::take(&mut storage.pending);
        storage.next_ticket += 1;
        let ticket = storage.next_ticket;
        let view = std::mem::take(&mut storage.view_wanted) && self.backlog.is_ready();
        let view = view.then(|| CachedView {
            format: CachedView::FORMAT,
            heads: self.backlog.heads(),
            view: self.backlog.view(),
        });
        let (cursor, unsent, refused) = self.relay.to_keep();
        let summary = Summary {
            name: self.backlog.name().to_owned(),
            items: self.backlog.ranked().count() as u64,
            unsent: self.relay.unsent_count(),
            opened: self.now,
        };
        let meta = Meta {
            actor: self.storage.actor,
            place: cursor.map(|cursor| (cursor.epoch, cursor.mark.seq)),
            unsent,
            refused,
            next_chunk: self.storage.next_chunk,
            numbers: self.finished_numbers(),
        };
        let write = Write {
            append: pending.append.clone(),
            snapshot: pending.snapshot.clone(),
            meta: meta.write(cursor, &self.access, &self.kept_trust()),
            summary,
            view: view.as_ref().map(encode),
            strict: pending.strict,
        };
        self.storage.in_flight.insert(ticket, pending);
        self.effects.push(Effect::Write { ticket, write });
    }

    /// The numbers that were carried out to their end: an import that a crash cuts short is asked for again.
    fn finished_numbers(&self) -> Vec<(TabId, u64)> {
        let mut numbers = self.storage.numbers.clone();
        if let Some(running) = &self.running {
            for (_, number) in numbers.iter_mut().filter(|(tab, _)| *tab == running.tab) {
                *number = (*number).min(running.number.saturating_sub(1));
            }
        }
        numbers
    }

    pub(super) fn handle_written(&mut self, ticket: u64) {
        let Some(written) = self.storage.in_flight.remove(&ticket) else {
            return;
        };
        self.storage.failed = None;
        self.relay.are_durable(&written.own);
        if written.founds {
            self.connect();
        }
    }

    pub(super) fn handle_write_failed(&mut self, ticket: u64, reason: &str, full: bool) {
        let Some(pending) = self.storage.in_flight.remove(&ticket) else {
            return;
        };
        let own = pending.own.clone();
        self.storage.pending.merge_earlier(pending);
        self.storage.retry_at = Some(self.now.plus_ms(RETRY_MS));
        let advice = if full {
            "This device has no room left. Free some space or download a backup file; your work is kept in memory until then."
                .to_owned()
        } else {
            format!(
                "This device could not store your work ({reason}). Download a backup file; it is tried again."
            )
        };
        if self.storage.failed.as_ref() != Some(&advice) {
            self.notice(Level::Danger, advice.clone());
        }
        self.storage.failed = Some(advice);
        // What can't be kept here is safer on the relay. These numbers of the actor may be forgotten by this device, so
        // it never writes under this actor again.
        self.relay.are_durable(&own);
        if !own.is_empty() {
            self.storage.actor = self.rng.random();
            self.backlog.set_actor(self.storage.actor);
        }
        // So is the backlog, even where this page alone can open it.
        if std::mem::take(&mut self.storage.pending.founds) {
            self.connect();
        }
    }

    pub(super) fn tick_storage(&mut self) {
        let due = |at: Option<Timestamp>| at.is_some_and(|at| at <= self.now);
        let (retry, view, compact) = (
            due(self.storage.retry_at),
            due(self.storage.view_due),
            due(self.storage.compact_at),
        );
        if retry {
            self.storage.retry_at = None;
        }
        if view {
            self.storage.view_due = None;
            self.storage.view_wanted = true;
        }
        if compact {
            self.storage.compact_at = None;
            self.compact();
        }
    }

    /// Replaces the stored chunks by one snapshot, once that was read back to the same heads.
    fn compact(&mut self) {
        if self.running.is_some() || !self.storage.in_flight.is_empty() || !self.backlog.is_ready()
        {
            self.storage.compact_later(self.now);
            return;
        }
        let bytes = self.backlog.save();
        let verified = Backlog::load(&bytes, self.open.person, [0; 16])
            .is_ok_and(|loaded| loaded.heads() == self.backlog.heads());
        if verified {
            // Own changes that wait here keep their claim to be strictly durable.
            let (own, strict) = (
                std::mem::take(&mut self.storage.pending.own),
                self.storage.pending.strict,
            );
            self.record_snapshot(bytes);
            self.storage.pending.own = own;
            self.storage.pending.strict = strict;
        } else {
            self.notice(
                Level::Warning,
                "The stored history could not be compacted; it is kept as it is.",
            );
        }
    }
}

fn encode(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).expect("plain values can be written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::{access::Role, standing::Span};

    /// A record as it was written before cursors had hashes.
    fn older() -> Vec<u8> {
        let meta = Meta {
            actor: [3; 16],
            place: Some((7, 300)),
            unsent: vec![[4; 32]],
            refused: Vec::new(),
            next_chunk: 12,
            numbers: Vec::new(),
        };
        encode(&meta)
    }

    #[test]
    fn a_record_without_the_hash_of_its_cursor_is_read_without_a_cursor() {
        let (meta, cursor, access, kept) = Meta::read(&older()).unwrap();
        assert_eq!((meta.actor, meta.next_chunk), ([3; 16], 12));
        assert_eq!(meta.unsent, [[4; 32]]);
        assert_eq!((cursor, access, kept), (None, Access::default(), None));
    }

    #[test]
    fn a_record_brings_its_cursor_back_and_older_versions_can_read_it() {
        let (meta, ..) = Meta::read(&older()).unwrap();
        let mark = Mark {
            seq: 300,
            sum: [5; 32],
        };
        let cursor = Some(Cursor { epoch: 7, mark });
        let access = Access {
            secret: "5a".repeat(32).parse().ok(),
            role: Some(Role::Commenter),
            aside: vec![vec![1, 2]],
            name: None,
        };
        let mut kept = Kept::default();
        kept.unverified.add(&Span {
            actor: [6; 16],
            first: 2,
            count: 3,
        });
        let written = meta.write(cursor, &access, &kept);
        let expected = (meta.clone(), cursor, access.clone(), Some(kept));
        assert_eq!(Meta::read(&written), Some(expected));
        // As the version wrote it that knew nothing of standing.
        let written = encode(&(&meta, [5_u8; 32], &access));
        let read = Meta::read(&written);
        assert_eq!(read, Some((meta.clone(), cursor, access, None)));
        assert_eq!(postcard::from_bytes::<Meta>(&written), Ok(meta));
    }
}
