//! The gate: what every change passes before it is stored.
//!
//! automerge 0.12 is an unsafe parser of hostile bytes, so a change is bounded by a scan that allocates nothing (G1–G3),
//! parsed where a panic is caught (G4), and must be written exactly as automerge itself would write it (G5). Then it must
//! fit the log: known dependencies, the actor's next number, counters that follow (G6), actors that exist (G7), and
//! objects, elements and values that are where its operations say they are (G8, [`References`]). A backlog's root stays as
//! it was founded (G9; the other half of it, what a person may write and how much, is the room's). The rules and the
//! figures behind them are those of the admission gate in the project's reliability notes.

mod document;
mod index;
mod landmarks;
mod references;
mod roots;
mod scan;
mod sieve;

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
};

use automerge::{Change, legacy::Op};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use self::{
    document::{bounded_document, document_and_changes},
    index::ChangeIndex,
    landmarks::Landmark,
    references::{Located, References},
    sieve::Sieve,
};
pub use crate::limits::{
    INFLATED_CHANGE_BYTES_MAX as INFLATED_BYTES_MAX, OPERATION_COUNTER_MAX as OP_COUNTER_MAX,
    SENT_CHANGE_BYTES_MAX as CHANGE_BYTES_MAX,
};
use crate::sync::frame::Hash;

/// What is kept of a change beside its bytes, so that a log's index is made without parsing changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeMeta {
    /// Its name.
    pub hash: Hash,
    /// Who wrote it, technically: one writer.
    pub actor: [u8; 16],
    /// The actor's running number, from 1.
    pub seq: u64,
    /// The counter of its first operation.
    pub start_op: u64,
    /// The counter of its last operation.
    pub max_op: u64,
    /// What it is built on.
    pub deps: Vec<Hash>,
    /// The person, from the footer of the actor's first change.
    pub author: Option<[u8; 16]>,
    /// When, as its writer says: milliseconds by Cutline, seconds by stock clients.
    pub time: i64,
    /// The objects it makes that hold comments, votes or people, by the counters of the operations that make them.
    pub landmarks: Vec<(u64, Landmark)>,
}

/// A change that may be stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Admitted {
    /// What is kept beside it.
    pub meta: ChangeMeta,
    /// The canonical, uncompressed chunk.
    pub bytes: Vec<u8>,
    /// Its operations, for [`References::check`].
    pub operations: Vec<Op>,
    /// The person of whose comments and votes it consists, if it does nothing else.
    pub remarks_by: Option<[u8; 16]>,
}

/// Why a change is not stored, by what its sender does about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is stored already.
    #[error("the change is known")]
    Known {
        /// Its name.
        hash: Hash,
    },
    /// It is built on changes that are not here.
    #[error("{} changes that this one is built on are missing", missing.len())]
    MissingDependencies {
        /// Its name.
        hash: Hash,
        /// The ones to send first.
        missing: Vec<Hash>,
    },
    /// Its actor's number is not the next one.
    #[error("the writer's number {seq} is taken or out of order")]
    ActorSequenceTaken {
        /// Its name.
        hash: Hash,
        /// Its number.
        seq: u64,
    },
    /// It is too large.
    #[error("the change has more than {limit} bytes")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// No honest writer writes this.
    #[error("the change is malformed ({0})")]
    Malformed(&'static str),
}

/// Passes a change through G1–G7; [`References::check`] is G8 and G9.
///
/// # Errors
/// When it may not be stored; nothing has happened then.
pub fn admit(bytes: &[u8], index: &ChangeIndex) -> Result<Admitted, Refusal> {
    let chunk = scan::uncompressed(bytes)?;
    scan::bounded(&chunk)?;
    let (change, operations) = parse(&chunk)?;
    let hash = change.hash().0;
    if index.contains(&hash) {
        return Err(Refusal::Known { hash });
    }
    let meta = meta(&change, &operations, index)?;
    fits(&change, &meta, index)?;
    let remarks_by = landmarks::remarks_by(&operations, &meta, index);
    Ok(Admitted {
        meta,
        bytes: chunk,
        operations,
        remarks_by,
    })
}

/// The name of an uncompressed change, also of one that is refused: its sender knows it by that.
#[must_use]
pub fn name_of(bytes: &[u8]) -> Hash {
    bytes
        .get(8..)
        .map(|hashed| Sha256::digest(hashed).into())
        .unwrap_or_default()
}

/// What is kept beside a change that is known to be sound: one that was stored before, on top of those in the index.
///
/// # Errors
/// When the bytes are not a sound change after all.
pub fn describe(bytes: &[u8], index: &ChangeIndex) -> Result<ChangeMeta, Refusal> {
    let chunk = scan::uncompressed(bytes)?;
    scan::bounded(&chunk)?;
    let (change, operations) = parse(&chunk)?;
    meta(&change, &operations, index)
}

/// G4 and G5: automerge reads it without a panic, and would write the same bytes. Gives its operations too.
fn parse(chunk: &[u8]) -> Result<(Change, Vec<Op>), Refusal> {
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        let change =
            Change::from_bytes(chunk.to_vec()).map_err(|_| Refusal::Malformed("unreadable"))?;
        let expanded = change.decode();
        let operations = expanded.operations.clone();
        let written_again = Change::from(expanded);
        if written_again.raw_bytes() == chunk {
            Ok((change, operations))
        } else {
            Err(Refusal::Malformed("not canonical"))
        }
    }));
    parsed.unwrap_or(Err(Refusal::Malformed("unreadable")))
}

/// The same for a change that was stored before: it is known to be canonical.
fn parse_stored(chunk: Vec<u8>) -> Result<(Change, Vec<Op>), Refusal> {
    let parsed = catch_unwind(AssertUnwindSafe(|| {
        let change = Change::from_bytes(chunk).map_err(|_| Refusal::Malformed("unreadable"))?;
        let operations = change.decode().operations;
        Ok((change, operations))
    }));
    parsed.unwrap_or(Err(Refusal::Malformed("unreadable")))
}

fn meta(change: &Change, operations: &[Op], index: &ChangeIndex) -> Result<ChangeMeta, Refusal> {
    let actor = <[u8; 16]>::try_from(change.actor_id().to_bytes())
        .map_err(|_| Refusal::Malformed("actor"))?;
    let author = change
        .author()
        .map(|author| <[u8; 16]>::try_from(author.as_bytes()));
    let author = author
        .transpose()
        .map_err(|_| Refusal::Malformed("author"))?;
    if author.is_none() && !change.extra_bytes().is_empty() {
        return Err(Refusal::Malformed("footer"));
    }
    if author.is_some() && change.seq() != 1 {
        return Err(Refusal::Malformed("author after the first change"));
    }
    let length = u64::try_from(change.len()).map_err(|_| Refusal::Malformed("length"))?;
    let start_op = change.start_op().get();
    let mut meta = ChangeMeta {
        hash: change.hash().0,
        actor,
        seq: change.seq(),
        start_op,
        max_op: (start_op - 1).saturating_add(length),
        deps: change.deps().iter().map(|dep| dep.0).collect(),
        author,
        time: change.timestamp(),
        landmarks: Vec::new(),
    };
    meta.landmarks = landmarks::made_by(operations, &meta, index);
    Ok(meta)
}

/// G6 and G7: the change follows from the log.
fn fits(change: &Change, meta: &ChangeMeta, index: &ChangeIndex) -> Result<(), Refusal> {
    let missing = index.missing(&meta.deps);
    if !missing.is_empty() {
        return Err(Refusal::MissingDependencies {
            hash: meta.hash,
            missing,
        });
    }
    if meta.deps.iter().collect::<BTreeSet<_>>().len() != meta.deps.len() {
        return Err(Refusal::Malformed("dependencies twice"));
    }
    if meta.seq != index.next_seq(&meta.actor) {
        return Err(Refusal::ActorSequenceTaken {
            hash: meta.hash,
            seq: meta.seq,
        });
    }
    // Without this, two operations of one writer could get the same name.
    if !index.follows_last_of(&meta.actor, &meta.deps) {
        return Err(Refusal::Malformed("not after its writer's last change"));
    }
    let before = meta
        .deps
        .iter()
        .filter_map(|dep| index.max_op(dep))
        .max()
        .unwrap_or(0);
    if meta.start_op != before + 1 {
        return Err(Refusal::Malformed("counter"));
    }
    if meta.max_op > OP_COUNTER_MAX {
        return Err(Refusal::Malformed("counter too high"));
    }
    for other in change.other_actor_ids() {
        let other =
            <[u8; 16]>::try_from(other.to_bytes()).map_err(|_| Refusal::Malformed("actor"))?;
        if other == meta.actor || index.next_seq(&other) == 1 {
            return Err(Refusal::Malformed("unknown actor"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
