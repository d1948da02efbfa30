//! What the room knows of every change: its number once it is on disk, and the gate's index.

use std::collections::{BTreeMap, BTreeSet};

use automerge::Change;

use crate::{
    ids::PersonId,
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
    index: BTreeSet<Hash>,
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
        for (seq, meta) in &opened.metas {
            let hash: Hash = meta[..].try_into().map_err(|_| DamagedMeta { seq: *seq })?;
            seqs.insert(hash, *seq);
        }
        Ok(Self {
            index: seqs.keys().copied().collect(),
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
    pub(super) fn admit(&mut self, bytes: &[u8], _person: PersonId) -> Verdict {
        let Ok(change) = Change::from_bytes(bytes.to_vec()) else {
            return Verdict::Refused {
                hash: Hash::default(),
                code: RefusalCode::Invalid,
                detail: "unreadable".to_owned(),
            };
        };
        let hash = change.hash().0;
        if self.index.contains(&hash) {
            return Verdict::Known(hash);
        }
        let missing: Vec<Hash> = change
            .deps()
            .iter()
            .map(|dep| dep.0)
            .filter(|dep| !self.index.contains(dep))
            .collect();
        if !missing.is_empty() {
            return Verdict::Refused {
                hash,
                code: RefusalCode::Needs(missing),
                detail: "Changes that this one is built on are missing.".to_owned(),
            };
        }
        self.index.insert(hash);
        Verdict::New(NewChange {
            hash,
            meta: hash.to_vec(),
            body: bytes.to_vec().into(),
        })
    }
}
