//! A store whose appends wait, are refused, or fail, as a story wants.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::{FutureExt, future::BoxFuture};
use server::store::{
    Answer, Appended, DocumentInfo, Epoch, Health, NewChange, Numbered, Opened, Snapshot, Store,
    StoreError, files::FileStore, links::LinkStore, memory::MemoryStore,
};
use shared::ids::DocumentId;
use tokio::sync::watch;

/// Faults on demand over a store in memory.
#[derive(Debug)]
pub(crate) struct FaultyStore {
    inner: MemoryStore,
    held: watch::Sender<bool>,
    full: AtomicBool,
    broken: watch::Sender<bool>,
}

impl FaultyStore {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryStore::new(),
            held: watch::Sender::new(false),
            full: AtomicBool::new(false),
            broken: watch::Sender::new(false),
        })
    }

    /// Whether appends are done but their answers wait.
    pub(crate) fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Whether the disk is full.
    pub(crate) fn fill(&self, full: bool) {
        self.full.store(full, Ordering::SeqCst);
    }

    /// Lets the next append fail for good.
    pub(crate) fn break_down(&self) {
        self.broken.send_replace(true);
    }
}

impl Store for FaultyStore {
    fn open(&self, document: DocumentId) -> Answer<Opened> {
        self.inner.open(document)
    }

    fn append(
        &self,
        document: DocumentId,
        epoch: Epoch,
        changes: Vec<NewChange>,
    ) -> Answer<Appended> {
        if *self.broken.borrow() {
            let failed = StoreError::Failed("the disk is gone".to_owned());
            return futures_util::future::ready(Err(failed)).boxed();
        }
        if self.full.load(Ordering::SeqCst) {
            return futures_util::future::ready(Err(StoreError::Full)).boxed();
        }
        let answer = self.inner.append(document, epoch, changes);
        let mut held = self.held.subscribe();
        async move {
            let released = held.wait_for(|held| !held).await;
            drop(released);
            answer.await
        }
        .boxed()
    }

    fn read(&self, document: DocumentId, from_seq: u64, bytes_max: usize) -> Answer<Vec<Numbered>> {
        self.inner.read(document, from_seq, bytes_max)
    }

    fn snapshot(&self, document: DocumentId) -> Answer<Option<Snapshot>> {
        self.inner.snapshot(document)
    }

    fn put_snapshot(&self, document: DocumentId, epoch: Epoch, snapshot: Snapshot) -> Answer<()> {
        self.inner.put_snapshot(document, epoch, snapshot)
    }

    fn documents(&self) -> Answer<Vec<DocumentInfo>> {
        self.inner.documents()
    }

    fn remove(&self, document: DocumentId) -> Answer<()> {
        self.inner.remove(document)
    }

    fn readmit(&self, document: DocumentId) -> Answer<()> {
        self.inner.readmit(document)
    }

    fn health(&self) -> Health {
        if *self.broken.borrow() {
            Health::Failed
        } else if self.full.load(Ordering::SeqCst) {
            Health::Full
        } else {
            Health::Writable
        }
    }

    fn links(&self) -> &dyn LinkStore {
        self.inner.links()
    }

    fn files(&self) -> &dyn FileStore {
        self.inner.files()
    }

    fn failed(&self) -> BoxFuture<'static, String> {
        let mut broken = self.broken.subscribe();
        async move {
            drop(broken.wait_for(|broken| *broken).await);
            "the disk is gone".to_owned()
        }
        .boxed()
    }
}

/// The wrapper itself keeps every promise while it injects nothing.
#[tokio::test]
async fn relay_the_faulty_store_keeps_the_contract() {
    server::store::contract::run(|| FaultyStore::new() as Arc<dyn Store>).await;
}
