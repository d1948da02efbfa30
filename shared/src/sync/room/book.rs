//! What the room knows of every change: its number once it is on disk, and the gate's index.

use std::collections::BTreeMap;

use crate::{
    gate::{self, Admitted, ChangeIndex, ChangeMeta, Refusal},
    sync::{
        frame::{Hash, RefusalCode},
        room::{NewChange, Opened},
    },
};

/// What the store kept of a change for the gate can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what was kept of change {seq} can't be read")]
pub struct DamagedMeta {
    /// The change.
    pub seq: u64,
}

/// All changes, on disk or on their way.
#[derive(Debug)]
pub(super) struct Book {
    seqs: BTreeMap<Hash, u64>,
    index: ChangeIndex,
    last_seq: u64,
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

impl Book {
    pub(super) fn open(opened: &Opened) -> Result<Self, DamagedMeta> {
        let mut seqs = BTreeMap::new();
        let mut index = ChangeIndex::default();
        for (seq, meta) in &opened.metas {
            let meta: ChangeMeta =
                postcard::from_bytes(meta).map_err(|_| DamagedMeta { seq: *seq })?;
            index.add(&meta);
            seqs.insert(meta.hash, *seq);
        }
        Ok(Self {
            index,
            seqs,
            last_seq: opened.last_seq,
        })
    }

    pub(super) fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// The number of a change that is on disk.
    pub(super) fn seq_of(&self, hash: &Hash) -> Option<u64> {
        self.seqs.get(hash).copied()
    }

    /// Whether these are the numbers that so many new changes get.
    pub(super) fn takes(&self, seqs: &[u64], changes: usize) -> bool {
        seqs.len() == changes && seqs.iter().copied().eq((self.last_seq + 1..).take(changes))
    }

    /// The next admitted change is on disk.
    pub(super) fn stored(&mut self, hash: Hash) {
        self.last_seq += 1;
        self.seqs.insert(hash, self.last_seq);
    }

    /// Passes a change through the gate. What is admitted counts for the next ones at once.
    pub(super) fn admit(&mut self, bytes: &[u8]) -> Verdict {
        let Admitted { meta, bytes: chunk } = match gate::admit(bytes, &self.index) {
            Ok(admitted) => admitted,
            Err(refusal) => return verdict(refusal, gate::name_of(bytes)),
        };
        self.index.add(&meta);
        Verdict::New(NewChange {
            hash: meta.hash,
            meta: postcard::to_allocvec(&meta).expect("plain values can be written"),
            body: chunk.into(),
        })
    }
}

fn verdict(refusal: Refusal, name: Hash) -> Verdict {
    let detail = refusal.to_string();
    let (hash, code) = match refusal {
        Refusal::Known { hash } => return Verdict::Known(hash),
        Refusal::MissingDependencies { hash, missing } => (hash, RefusalCode::Needs(missing)),
        Refusal::ActorSequenceTaken { hash, .. } => (hash, RefusalCode::ActorTaken),
        Refusal::TooLarge { .. } => (name, RefusalCode::TooLarge),
        Refusal::Malformed(_) => (name, RefusalCode::Invalid),
    };
    Verdict::Refused { hash, code, detail }
}
