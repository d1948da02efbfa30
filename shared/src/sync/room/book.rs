//! What the room knows of every change, on disk or on its way there: the gate's index, whose order is the log's.

use sha2::{Digest, Sha256};

use crate::{
    gate::{self, Admitted, ChangeIndex, ChangeMeta, References, Refusal},
    ids::PersonId,
    limits::{LOG_BYTES_MAX, LOG_CHANGES_MAX, LOG_OPERATIONS_MAX},
    sync::{
        access::{self, Deed, Denial, Grant, authorize},
        frame::{CHANGE_BYTES_MAX, Hash, Mark, RefusalCode},
        room::{
            NewChange, Opened,
            doubts::{Doubts, Standing},
        },
    },
};

const CHECKSUM_BYTES: usize = 4;

/// Makes what stands in [`NewChange::meta`] of stored changes anew, for a log whose own can't be used: after damage, or
/// from a version that kept something else.
#[derive(Debug, Default)]
pub struct Metas {
    index: ChangeIndex,
}

impl Metas {
    /// What is kept of the log's next change. `None` when the bytes are no sound change. Who brought the change can't be
    /// read from it: that is taken from what was kept of it before, as far as this can still be read.
    pub fn of_next(&mut self, body: &[u8], former: Option<&[u8]>) -> Option<Vec<u8>> {
        let meta = gate::describe(body, &self.index).ok()?;
        self.index.add(&meta);
        let former = former.and_then(read_meta);
        let standing = former.map(|(_, standing)| standing).unwrap_or_default();
        Some(write_meta(&meta, standing))
    }
}

/// What is kept of one stored change whose neighbours are not at hand. Comments in it that stand under items of other
/// changes are then not known as such, so that only editors change them.
#[must_use]
pub fn meta_of(body: &[u8]) -> Option<Vec<u8>> {
    Metas::default().of_next(body, None)
}

/// What the store kept of a change for the gate can't be used; [`Metas`] makes it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was kept of change {seq} can't be used")]
pub struct DamagedMeta {
    /// The change.
    pub seq: u64,
}

/// All changes in the order of the log; those after the last stored one are being appended.
#[derive(Debug)]
pub(super) struct Book {
    index: ChangeIndex,
    /// May be behind the index: see [`Self::can_judge`].
    references: References,
    pub(super) doubts: Doubts,
    /// How large the log is, with what is being appended, and may become.
    bytes: u64,
    operations: u64,
    pub(super) quota: Quota,
}

/// How large a log may become (G9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes of changes.
    pub bytes: u64,
    /// Changes.
    pub changes: u64,
    /// Operations in all changes.
    pub operations: u64,
}

impl Default for Quota {
    fn default() -> Self {
        Self {
            bytes: LOG_BYTES_MAX,
            changes: LOG_CHANGES_MAX,
            operations: LOG_OPERATIONS_MAX,
        }
    }
}

/// What becomes of a pushed change.
#[derive(Debug)]
pub(super) enum Verdict {
    New(NewChange),
    Known(Hash),
    Refused {
        hash: Hash,
        code: RefusalCode,
        detail: String,
    },
}

/// Where a known change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// On disk, under this number.
    Stored(u64),
    /// Being appended, the first such being 0.
    Pending(u64),
}

impl Book {
    pub(super) fn open(opened: &Opened) -> Result<Self, DamagedMeta> {
        let mut index = ChangeIndex::default();
        let (mut operations, mut doubts) = (0, Doubts::default());
        for (seq, meta) in &opened.metas {
            let damaged = DamagedMeta { seq: *seq };
            let (meta, standing) = read_meta(meta).ok_or(damaged)?;
            index.add(&meta);
            doubts.note(*seq, &meta, standing);
            operations += operations_of(&meta);
            if *seq != index.len() as u64 {
                return Err(damaged);
            }
        }
        index.stored_until(index.len());
        let book = Self {
            index,
            references: References::default(),
            doubts,
            bytes: opened.bytes,
            operations,
            quota: Quota::default(),
        };
        if book.last_seq() == opened.last_seq {
            Ok(book)
        } else {
            let seq = opened.last_seq;
            Err(DamagedMeta { seq })
        }
    }

    /// The graph of all changes.
    pub(super) fn index(&self) -> &ChangeIndex {
        &self.index
    }

    /// Whether all is known that the gate needs.
    pub(super) fn can_judge(&self) -> bool {
        self.references.len() == self.index.len()
    }

    /// The last change of the log whose operations are known.
    pub(super) fn learnt(&self) -> u64 {
        self.references.len() as u64
    }

    /// Takes in what the next changes of the log refer to; `false` when they are not the next ones.
    pub(super) fn learn(&mut self, changes: &[(u64, Vec<u8>)]) -> bool {
        let (first, last) = (self.learnt() + 1, self.last_seq());
        if !changes
            .iter()
            .map(|(seq, _)| *seq)
            .eq((first..).take(changes.len()))
        {
            return false;
        }
        for (_, body) in changes.iter().take_while(|(seq, _)| *seq <= last) {
            self.references.learn(body);
        }
        true
    }

    pub(super) fn last_seq(&self) -> u64 {
        self.index.stored_len() as u64
    }

    /// The changes on disk up to this number.
    pub(super) fn mark(&self, seq: u64) -> Mark {
        let stored = &self.index.hashes()[..self.index.stored_len()];
        Mark::after(
            stored
                .iter()
                .take(usize::try_from(seq).unwrap_or(usize::MAX)),
        )
    }

    /// The number of a change that is on disk.
    pub(super) fn seq_of(&self, hash: &Hash) -> Option<u64> {
        match self.place_of(hash)? {
            Place::Stored(seq) => Some(seq),
            Place::Pending(_) => None,
        }
    }

    pub(super) fn place_of(&self, hash: &Hash) -> Option<Place> {
        let place = self.index.place(hash)? as u64;
        Some(match place.checked_sub(self.last_seq()) {
            None => Place::Stored(place + 1),
            Some(pending) => Place::Pending(pending),
        })
    }

    /// Whether these are the numbers that so many new changes get.
    pub(super) fn takes(&self, seqs: &[u64], changes: usize) -> bool {
        seqs.len() == changes
            && seqs
                .iter()
                .copied()
                .eq((self.last_seq() + 1..).take(changes))
    }

    /// So many admitted changes are on disk.
    pub(super) fn stored(&mut self, changes: usize) {
        self.index.stored_until(self.index.stored_len() + changes);
    }

    /// Passes a change of somebody with this grant through the gate, once it can judge. `speaks_for` is who wrote it, as
    /// far as that is proved. What is admitted counts for the next ones at once: it is appended, however often that has
    /// to be tried, or the room ends.
    pub(super) fn admit(
        &mut self,
        bytes: &[u8],
        grant: &Grant,
        speaks_for: Option<PersonId>,
    ) -> Verdict {
        let may_change = authorize(grant.role, Deed::Change);
        if let access::Verdict::Refused(denial) = may_change {
            return self.deny(gate::name_of(bytes), denial);
        }
        let admitted = match gate::admit(bytes, &self.index) {
            Ok(admitted) => admitted,
            Err(refusal) => return verdict_on(refusal, bytes),
        };
        let hash = admitted.meta.hash;
        let own = grant.person.map(|person| *person.as_bytes());
        let remarks_by_them = own.is_some() && admitted.remarks_by == own;
        if may_change == access::Verdict::RemarksOnly && !remarks_by_them {
            return self.deny(hash, Denial::RemarksOnly);
        }
        if admitted.bytes.len() > CHANGE_BYTES_MAX {
            return Verdict::Refused {
                hash,
                code: RefusalCode::TooLarge,
                detail: format!("The change has more than {CHANGE_BYTES_MAX} bytes"),
            };
        }
        if !self.has_room_for(&admitted) {
            return Verdict::Refused {
                hash,
                code: RefusalCode::TooLarge,
                detail: "The backlog is full".to_owned(),
            };
        }
        let (meta, operations) = (&admitted.meta, &admitted.operations);
        match self.references.check(meta, operations, &self.index) {
            Ok(located) => self.references.add(located),
            Err(refusal) => return verdict_on(refusal, bytes),
        }
        self.index.add(&admitted.meta);
        let author = self.index.author(&admitted.meta.actor);
        let standing = Standing::of(author, speaks_for);
        let seq = self.index.len() as u64;
        self.doubts.note(seq, &admitted.meta, standing);
        let meta = write_meta(&admitted.meta, standing);
        self.bytes += admitted.bytes.len() as u64;
        self.operations += operations_of(&admitted.meta);
        Verdict::New(NewChange {
            hash,
            meta,
            body: admitted.bytes.into(),
        })
    }

    /// What is in the log already needs no permission.
    fn deny(&self, hash: Hash, denial: Denial) -> Verdict {
        if self.index.contains(&hash) {
            return Verdict::Known(hash);
        }
        Verdict::Refused {
            hash,
            code: RefusalCode::Forbidden,
            detail: denial.to_string(),
        }
    }
}

impl Book {
    fn has_room_for(&self, admitted: &Admitted) -> bool {
        let Quota {
            bytes,
            changes,
            operations,
        } = self.quota;
        (self.index.len() as u64) < changes
            && self.bytes + admitted.bytes.len() as u64 <= bytes
            && self.operations + operations_of(&admitted.meta) <= operations
    }
}

fn operations_of(meta: &ChangeMeta) -> u64 {
    (meta.max_op + 1).saturating_sub(meta.start_op)
}

fn verdict_on(refusal: Refusal, bytes: &[u8]) -> Verdict {
    let detail = refusal.to_string();
    let (hash, code) = match refusal {
        Refusal::Known { hash } => return Verdict::Known(hash),
        Refusal::MissingDependencies { hash, missing } => (hash, RefusalCode::Needs(missing)),
        Refusal::ActorSequenceTaken { hash, .. } => (hash, RefusalCode::ActorTaken),
        Refusal::TooLarge { .. } => (gate::name_of(bytes), RefusalCode::TooLarge),
        Refusal::Malformed(_) => (gate::name_of(bytes), RefusalCode::Invalid),
    };
    Verdict::Refused { hash, code, detail }
}

/// The meta with a checksum: a store re-hashes the change itself when it is read, but not this. Earlier versions kept no
/// standing, and look no further than the meta.
fn write_meta(meta: &ChangeMeta, standing: Standing) -> Vec<u8> {
    let mut bytes = postcard::to_allocvec(&(meta, standing))
        .expect("what is kept of a change holds nothing that postcard can't write");
    let checksum = checksum_of(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}

fn read_meta(bytes: &[u8]) -> Option<(ChangeMeta, Standing)> {
    let (kept, checksum) = bytes.split_last_chunk()?;
    if checksum_of(kept) != *checksum {
        return None;
    }
    let (meta, newer) = postcard::take_from_bytes(kept).ok()?;
    let standing = match newer {
        [] => Standing::Unknown,
        _ => postcard::from_bytes(newer).ok()?,
    };
    Some((meta, standing))
}

fn checksum_of(bytes: &[u8]) -> [u8; CHECKSUM_BYTES] {
    let mut checksum = [0; CHECKSUM_BYTES];
    checksum.copy_from_slice(&Sha256::digest(bytes)[..CHECKSUM_BYTES]);
    checksum
}

/// The same record as versions wrote it that kept no standing.
#[cfg(test)]
pub(super) fn written_before(bytes: &[u8]) -> Vec<u8> {
    let (meta, _) = read_meta(bytes).expect("a sound record");
    let mut bytes = postcard::to_allocvec(&meta).expect("plain values can be written");
    let checksum = checksum_of(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}
