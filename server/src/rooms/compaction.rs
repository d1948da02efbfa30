//! Making snapshots in the background. A snapshot is kept only when loading it again gives the same document; the log
//! stays the truth.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use automerge::{Automerge, Change, ReadDoc};
use bytes::Bytes;
use shared::{
    gate,
    ids::DocumentId,
    sync::frame::{Epoch, Hash},
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::{
    limits::{COMPACTION_READ_BYTES, COMPACTIONS_AT_ONCE},
    store::{Snapshot, Store, StoreError},
};

/// Makes snapshots, a few at a time.
#[derive(Clone, Debug)]
pub struct Compactor {
    store: Arc<dyn Store>,
    permits: Arc<Semaphore>,
}

/// Why there is no new snapshot.
#[derive(Debug, thiserror::Error)]
pub enum CompactionError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Automerge failed on a change that the gate let in.
    #[error("change {seq}, {}, cannot be applied: {detail}", hexadecimal(hash))]
    Apply {
        /// Which.
        seq: u64,
        /// Its name.
        hash: Hash,
        /// Why.
        detail: String,
    },
    /// The saved document does not load as the same document.
    #[error("the saved document is not the document: {0}")]
    Unfaithful(String),
    /// The work was cut off.
    #[error("the work was cut off")]
    CutOff,
}

impl CompactionError {
    /// The change that the document can't take, if that is what went wrong.
    #[must_use]
    pub fn unusable(&self) -> Option<u64> {
        match self {
            Self::Apply { seq, .. } => Some(*seq),
            Self::Store(_) | Self::Unfaithful(_) | Self::CutOff => None,
        }
    }
}

fn hexadecimal(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Compactor {
    /// A compactor for the backlogs of this store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            permits: Arc::new(Semaphore::new(COMPACTIONS_AT_ONCE)),
        }
    }

    /// Makes and keeps a snapshot that ends with `seq`.
    pub async fn compact(
        &self,
        document: DocumentId,
        epoch: Epoch,
        seq: u64,
    ) -> Result<(), CompactionError> {
        let cut_off = |_| CompactionError::CutOff;
        let _permit = self.permits.acquire().await.map_err(cut_off)?;
        let mut loaded = match self.store.snapshot(document).await? {
            Some(snapshot) if snapshot.seq <= seq && snapshot.epoch == epoch => {
                let load = move || {
                    let automerge = guarded(|| Automerge::load(&snapshot.body))?;
                    Ok::<_, String>((automerge, snapshot.seq))
                };
                let loaded = spawn_blocking(load)
                    .await
                    .map_err(|_| CompactionError::CutOff)?;
                loaded.map_err(CompactionError::Unfaithful)?
            }
            _ => (Automerge::new(), 0),
        };
        while loaded.1 < seq {
            let from_seq = loaded.1 + 1;
            let read = self.store.read(document, from_seq, COMPACTION_READ_BYTES);
            let mut changes = read.await?;
            changes.retain(|(number, _)| *number <= seq);
            if changes.is_empty() {
                return Err(CompactionError::CutOff);
            }
            loaded = spawn_blocking(move || apply(loaded, changes))
                .await
                .map_err(|_| CompactionError::CutOff)??;
        }
        let (body, heads) = spawn_blocking(move || save_and_verify(&loaded.0))
            .await
            .map_err(|_| CompactionError::CutOff)?
            .map_err(CompactionError::Unfaithful)?;
        let snapshot = Snapshot {
            epoch,
            seq,
            heads,
            body,
        };
        self.store.put_snapshot(document, epoch, snapshot).await?;
        Ok(())
    }
}

/// Applies changes one at a time: a thousand in one call would keep gigabytes.
fn apply(
    (mut automerge, mut last): (Automerge, u64),
    changes: Vec<(u64, Vec<u8>)>,
) -> Result<(Automerge, u64), CompactionError> {
    for (seq, body) in changes {
        let hash = gate::name_of(&body);
        let change = guarded(|| Change::from_bytes(body));
        let applied = change.and_then(|change| guarded(|| automerge.apply_changes([change])));
        applied.map_err(|detail| CompactionError::Apply { seq, hash, detail })?;
        last = seq;
    }
    Ok((automerge, last))
}

fn save_and_verify(automerge: &Automerge) -> Result<(Bytes, Vec<Hash>), String> {
    let body = guarded(|| Ok::<_, String>(automerge.save()))?;
    let again = guarded(|| Automerge::load(&body))?;
    let heads = automerge.get_heads();
    if again.get_heads() != heads {
        return Err("its heads differ".to_owned());
    }
    if !automerge.get_missing_deps(&heads).is_empty() {
        return Err("it waits for changes".to_owned());
    }
    Ok((body.into(), heads.iter().map(|head| head.0).collect()))
}

/// Runs Automerge on what the gate let in; a panic of it costs this snapshot and nothing else.
fn guarded<T, E: ToString>(work: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("Automerge panicked".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, ROOT, transaction::Transactable};

    use super::*;
    use crate::store::{NewChange, memory::MemoryStore};

    #[tokio::test]
    async fn a_snapshot_is_the_document_up_to_its_number() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let document = DocumentId::from_bytes([1; 16]);
        let epoch = store.open(document).await.unwrap().epoch;
        let mut automerge = Automerge::new().with_actor(ActorId::random());
        for n in 0..5_u64 {
            let mut transaction = automerge.transaction();
            transaction.put(ROOT, "n", n).unwrap();
            transaction.commit();
            let change = automerge.get_last_local_change().unwrap();
            let change = NewChange {
                hash: change.hash().0,
                meta: Vec::new(),
                body: change.raw_bytes().to_vec().into(),
            };
            store.append(document, epoch, vec![change]).await.unwrap();
        }
        let compactor = Compactor::new(Arc::clone(&store));
        for seq in [3, 5] {
            compactor.compact(document, epoch, seq).await.unwrap();
            let snapshot = store.snapshot(document).await.unwrap().unwrap();
            assert_eq!(snapshot.seq, seq);
            let loaded = Automerge::load(&snapshot.body).unwrap();
            let (value, _) = loaded.get(ROOT, "n").unwrap().unwrap();
            assert_eq!(value.as_u64(), Some(seq - 1));
            assert_eq!(snapshot.heads, [loaded.get_heads()[0].0]);
        }
        let beyond = compactor.compact(document, epoch, 9).await;
        assert!(beyond.is_err(), "there is no ninth change");
    }

    #[tokio::test]
    async fn a_log_that_is_no_document_gets_no_snapshot() {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let document = DocumentId::from_bytes([1; 16]);
        let epoch = store.open(document).await.unwrap().epoch;
        let strange = crate::store::contract::change("not one of Automerge's");
        store.append(document, epoch, vec![strange]).await.unwrap();
        let compactor = Compactor::new(Arc::clone(&store));
        let error = compactor.compact(document, epoch, 1).await.unwrap_err();
        assert_eq!(error.unusable(), Some(1), "{error}");
        assert_eq!(store.snapshot(document).await, Ok(None));
    }
}
