//! How many backlogs the relay holds, so that nobody fills the disk with new ones.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::OnceCell;

use crate::store::{Store, StoreError};

/// Counts backlogs: once in the store, then as they begin.
#[derive(Debug)]
pub(super) struct Documents {
    store: Arc<dyn Store>,
    count: OnceCell<AtomicU64>,
    max: u64,
}

impl Documents {
    pub(super) fn new(store: Arc<dyn Store>, max: u64) -> Self {
        Self {
            store,
            count: OnceCell::new(),
            max,
        }
    }

    /// Whether no other backlog may begin.
    pub(super) async fn is_full(&self) -> Result<bool, StoreError> {
        let count = self.count.get_or_try_init(async || {
            let documents = self.store.documents().await?;
            Ok(AtomicU64::new(documents.len() as u64))
        });
        Ok(count.await?.load(Ordering::Relaxed) >= self.max)
    }

    /// A backlog is gone.
    pub(super) fn removed(&self) {
        if let Some(count) = self.count.get() {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// A backlog's first changes are stored.
    pub(super) fn begun(&self) {
        if let Some(count) = self.count.get() {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}
