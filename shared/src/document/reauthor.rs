//! Writing changes again under a fresh actor.
//!
//! Two writers under one actor are possible after all: a browser profile that was copied, or put back to an older state.
//! The relay has the one writer's change, so the other's is made again: what it did, read from the document's history,
//! on top of everything else.

use std::collections::BTreeSet;

use automerge::{
    AutomergeError, Change, ChangeHash, ObjId, ObjType, Patch, PatchAction, Prop, ROOT, ReadDoc,
    ScalarValue, Value,
    transaction::{CommitOptions, Transactable},
};

use super::{Backlog, MadeChange, made};
use crate::sync::frame::Hash;

/// A backlog in which some changes were made again.
#[derive(Debug)]
pub struct Reauthored {
    /// The backlog.
    pub backlog: Backlog,
    /// The new changes.
    pub changes: Vec<MadeChange>,
    /// The changes that they stand for.
    pub dropped: BTreeSet<Hash>,
}

impl Backlog {
    /// The document's own change under an actor's number.
    #[must_use]
    pub fn change_of(&self, actor: [u8; 16], seq: u64) -> Option<Hash> {
        let metas = self.doc.get_changes_meta(&[]);
        let found = metas
            .iter()
            .find(|meta| meta.actor.to_bytes() == actor && meta.seq == seq);
        found.map(|meta| meta.hash.0)
    }

    /// Whether a change was made by this backlog's author.
    #[must_use]
    pub fn is_own(&self, hash: &Hash) -> bool {
        let Some(change) = self.doc.get_change_by_hash(&ChangeHash(*hash)) else {
            return false;
        };
        let author = self.doc.get_author_for_actor(change.actor_id());
        author.is_some_and(|author| author.as_bytes() == self.author.as_bytes())
    }

    /// This backlog without a change and all that build on it, going on under a fresh actor; and what was taken out, each
    /// after those it is built on.
    ///
    /// # Errors
    /// When what is left is not a document; then nothing has happened.
    pub fn without(
        &self,
        change: Hash,
        actor: [u8; 16],
    ) -> Result<(Self, Vec<MadeChange>), AutomergeError> {
        let (mut left, taken) = self.split(change, actor)?;
        left.texts.clone_from(&self.texts);
        // What the lists show now, so that the next patch takes away what is gone.
        left.rows.clone_from(&self.rows);
        left.touched.everything = true;
        Ok((left, taken.iter().map(made).collect()))
    }

    /// This backlog without a change and all that build on it, followed by new changes of the fresh actor that do the
    /// same.
    ///
    /// # Errors
    /// When what is left is not a document; then nothing has happened.
    pub fn reauthored(&self, without: Hash, actor: [u8; 16]) -> Result<Reauthored, AutomergeError> {
        let (mut fresh, again) = self.split(without, actor)?;
        let dropped = again.iter().map(|change| change.hash().0).collect();
        let mut changes = Vec::new();
        for change in again {
            let patches = self.doc.diff(change.deps(), &[change.hash()]);
            let mut commit = CommitOptions::default().with_time(change.timestamp());
            if let Some(message) = change.message() {
                commit.set_message(message);
            }
            let written = fresh.doc.transact_with(
                |()| commit,
                |tx| patches.iter().try_for_each(|patch| write(tx, patch)),
            );
            written.map_err(|failure: automerge::transaction::Failure<AutomergeError>| {
                failure.error
            })?;
            changes.extend(fresh.doc.get_last_local_change().as_ref().map(made));
        }
        fresh.texts.clone_from(&self.texts);
        fresh.touched.everything = true;
        Ok(Reauthored {
            backlog: fresh,
            changes,
            dropped,
        })
    }

    fn split(&self, without: Hash, actor: [u8; 16]) -> Result<(Self, Vec<Change>), AutomergeError> {
        let mut dropped: BTreeSet<ChangeHash> = [ChangeHash(without)].into();
        let mut left = Self::unknown(self.author, actor);
        let mut taken: Vec<Change> = Vec::new();
        for change in self.doc.get_changes(&[]) {
            if dropped.contains(&change.hash())
                || change.deps().iter().any(|dep| dropped.contains(dep))
            {
                dropped.insert(change.hash());
                taken.push(change);
            } else {
                left.doc.apply_changes([change])?;
            }
        }
        Ok((left, taken))
    }
}

/// The object that a patch changes, found by its keys. What is missing on the way is made.
fn holder(tx: &mut impl Transactable, patch: &Patch) -> Result<Option<ObjId>, AutomergeError> {
    let is_text = matches!(
        patch.action,
        PatchAction::SpliceText { .. } | PatchAction::DeleteSeq { .. }
    );
    let mut object = ROOT;
    for (depth, (_, prop)) in patch.path.iter().enumerate() {
        let Prop::Map(key) = prop else {
            return Ok(None);
        };
        let kind = if is_text && depth + 1 == patch.path.len() {
            ObjType::Text
        } else {
            ObjType::Map
        };
        object = match tx.get(&object, key.as_str())? {
            Some((Value::Object(found), below)) if found == kind => below,
            Some(_) | None => tx.put_object(&object, key.as_str(), kind)?,
        };
    }
    Ok(Some(object))
}

fn write(tx: &mut impl Transactable, patch: &Patch) -> Result<(), AutomergeError> {
    let Some(object) = holder(tx, patch)? else {
        return Ok(());
    };
    match &patch.action {
        PatchAction::PutMap {
            key,
            value: (value, _),
            ..
        } => match value {
            Value::Object(kind) => {
                let there = tx.get(&object, key.as_str())?;
                if !there.is_some_and(|(there, _)| there.is_object() && *kind == ObjType::Map) {
                    tx.put_object(&object, key.as_str(), *kind)?;
                }
            }
            Value::Scalar(value) => tx.put(&object, key.as_str(), ScalarValue::clone(value))?,
        },
        PatchAction::DeleteMap { key } => tx.delete(&object, key.as_str())?,
        PatchAction::SpliceText { index, value, .. } => {
            let at = (*index).min(tx.length(&object));
            tx.splice_text(&object, at, 0, &value.make_string())?;
        }
        PatchAction::DeleteSeq { index, length } => {
            let at = (*index).min(tx.length(&object));
            let there = (*length).min(tx.length(&object) - at);
            tx.splice_text(&object, at, isize::try_from(there).unwrap_or(0), "")?;
        }
        PatchAction::PutSeq { .. }
        | PatchAction::Insert { .. }
        | PatchAction::Increment { .. }
        | PatchAction::Conflict { .. }
        | PatchAction::Mark { .. } => {}
    }
    Ok(())
}
