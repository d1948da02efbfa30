//! The default store: one SQLite file in a folder of its own.
//!
//! [`writer`] is the only one who writes, [`readers`] read beside it, [`rows`] knows the tables, [`repair`] deals with
//! damage, [`upkeep`] with backups. The settings of the file are in [`schema`].

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{self, Sender},
    },
    thread::JoinHandle,
};

use futures_util::{FutureExt, future::BoxFuture};
use shared::{
    ids::{DocumentId, PersonId},
    sync::access::Verifier,
};
use tokio::sync::{oneshot, watch};

use self::{
    folder::{FolderLock, State},
    links::LinkJob,
    readers::Readers,
    rows::{DocumentRow, Found},
    schema::Former,
    space::Space,
    writer::{Job, Removal, Reply, Writer},
};
use super::{
    Answer, Appended, DocumentInfo, Epoch, Health, NewChange, Numbered, Opened, Snapshot, Store,
    StoreError, chunk_has_hash,
    files::FileStore,
    links::{Link, LinkStore, Shelf},
};
use crate::metrics::StoreMetrics;

mod files;
mod folder;
mod former;
mod links;
mod readers;
mod repair;
mod rows;
mod schema;
mod space;
mod upkeep;
mod writer;

#[cfg(test)]
mod tests;

pub use self::{
    folder::store_file,
    schema::OpenError,
    upkeep::{Problem, Report, UpkeepError, backup, check, export, list, repair, restore},
};

/// So often a document is opened again after a repair before the caller hears of it.
const OPEN_TRIES: usize = 3;

/// How a store works.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// With less than this left on the disk nothing more is stored, in bytes.
    pub keep_free: u64,
    /// How many snapshots of each document are kept.
    pub snapshots_kept: u64,
    /// Where it counts what it does.
    pub metrics: StoreMetrics,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            keep_free: 0,
            snapshots_kept: 2,
            metrics: StoreMetrics::default(),
        }
    }
}

/// Backlogs in a folder. Dropping it finishes what is queued and closes the file.
#[derive(Debug)]
pub struct SqliteStore {
    jobs: Sender<Job>,
    readers: Readers,
    commits: Arc<AtomicU64>,
    failed: watch::Receiver<Option<String>>,
    space: Arc<Space>,
    metrics: StoreMetrics,
    thread: Option<JoinHandle<()>>,
    lock: FolderLock,
}

impl SqliteStore {
    /// Takes the folder for this process and opens the store in it, making either when there is none.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_with(folder, StoreOptions::default())
    }

    /// The same, with options.
    pub fn open_with(folder: &Path, options: StoreOptions) -> Result<Self, OpenError> {
        let lock = FolderLock::take(folder)?;
        let file = store_file(folder);
        let connection = schema::open_writer(&file, Former::Keep)?;
        if lock.is_new_place(&file) {
            rows::renew_epochs(&connection)
                .map_err(|source| OpenError::from_sqlite(&file, source))?;
        }
        files::drop_unfinished(&connection)
            .map_err(|source| OpenError::from_sqlite(&file, source))?;
        lock.note_place(&file, State::Open);
        let (jobs, queue) = mpsc::channel();
        let (failed, failure) = watch::channel(None);
        let commits = Arc::new(AtomicU64::new(0));
        let space = Arc::new(Space::new(folder.to_owned(), options.keep_free));
        let writer = Writer {
            connection,
            jobs: queue,
            commits: Arc::clone(&commits),
            failed,
            uncheckpointed: 0,
            space: Arc::clone(&space),
            snapshots_kept: options.snapshots_kept,
            metrics: options.metrics.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|source| OpenError::Folder {
                folder: folder.to_owned(),
                source,
            })?;
        Ok(Self {
            jobs,
            readers: Readers::new(file),
            commits,
            failed: failure,
            space,
            metrics: options.metrics,
            thread: Some(thread),
            lock,
        })
    }

    /// How many transactions were committed since the store was opened.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    fn handle(&self) -> Handle {
        Handle {
            jobs: self.jobs.clone(),
            readers: self.readers.clone(),
            metrics: self.metrics.clone(),
        }
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.readers.close_idle();
        // The queue only refuses a message when the thread is already gone.
        self.metrics.queue.inc();
        drop(self.jobs.send(Job::Stop));
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(_)) => tracing::error!("the thread that writes ended by a panic"),
            Some(Ok(())) | None => self.lock.note_place(self.readers.file(), State::Closed),
        }
    }
}

impl Store for SqliteStore {
    fn open(&self, document: DocumentId) -> Answer<Opened> {
        let handle = self.handle();
        async move { handle.open(document).await }.boxed()
    }

    fn append(
        &self,
        document: DocumentId,
        epoch: Epoch,
        changes: Vec<NewChange>,
    ) -> Answer<Appended> {
        let sound = |change: &NewChange| chunk_has_hash(&change.body, &change.hash);
        if !changes.iter().all(sound) {
            return futures_util::future::ready(Err(StoreError::HashMismatch)).boxed();
        }
        self.handle().queue(|reply| Job::Append {
            document,
            epoch,
            changes,
            reply,
        })
    }

    fn read(&self, document: DocumentId, from_seq: u64, bytes_max: usize) -> Answer<Vec<Numbered>> {
        let handle = self.handle();
        async move { handle.read(document, from_seq, bytes_max).await }.boxed()
    }

    fn snapshot(&self, document: DocumentId) -> Answer<Option<Snapshot>> {
        let readers = self.readers.clone();
        async move {
            let found = readers.run(move |connection| {
                let row = rows::document(connection, document)?;
                row.map(|row| rows::snapshot(connection, row)).transpose()
            });
            found.await?.ok_or(StoreError::UnknownDocument)
        }
        .boxed()
    }

    fn put_snapshot(&self, document: DocumentId, epoch: Epoch, snapshot: Snapshot) -> Answer<()> {
        self.handle().queue(|reply| Job::PutSnapshot {
            document,
            epoch,
            snapshot,
            reply,
        })
    }

    fn documents(&self) -> Answer<Vec<DocumentInfo>> {
        let readers = self.readers.clone();
        async move { readers.run(rows::documents).await }.boxed()
    }

    fn remove(&self, document: DocumentId) -> Answer<()> {
        self.handle().queue(|reply| Job::Removal {
            document,
            removal: Removal::Remove,
            reply,
        })
    }

    fn readmit(&self, document: DocumentId) -> Answer<()> {
        self.handle().queue(|reply| Job::Removal {
            document,
            removal: Removal::Readmit,
            reply,
        })
    }

    fn health(&self) -> Health {
        if self.failed.borrow().is_some() {
            Health::Failed
        } else {
            self.space.health()
        }
    }

    fn links(&self) -> &dyn LinkStore {
        self
    }

    fn files(&self) -> &dyn FileStore {
        self
    }

    fn failed(&self) -> BoxFuture<'static, String> {
        let mut failed = self.failed.clone();
        async move {
            let reason = failed
                .wait_for(Option::is_some)
                .await
                .map(|reason| reason.clone());
            match reason {
                Ok(reason) => reason.unwrap_or_default(),
                // The store was closed in good order.
                Err(_) => std::future::pending().await,
            }
        }
        .boxed()
    }
}

impl LinkStore for SqliteStore {
    fn shelf(&self, document: DocumentId) -> Answer<Shelf> {
        let readers = self.readers.clone();
        async move {
            readers
                .run(move |connection| links::shelf(connection, document))
                .await
        }
        .boxed()
    }

    fn found(&self, document: DocumentId, link: Link) -> Answer<bool> {
        self.handle().queue_link(document, LinkJob::Found(link))
    }

    fn put_link(&self, document: DocumentId, link: Link) -> Answer<bool> {
        self.handle().queue_link(document, LinkJob::Put(link))
    }

    fn claim_person(&self, document: DocumentId, person: PersonId, key: Verifier) -> Answer<bool> {
        let job = LinkJob::ClaimPerson { person, key };
        self.handle().queue_link(document, job)
    }
}

/// What an answer that takes several steps needs of the store.
#[derive(Clone, Debug)]
struct Handle {
    jobs: Sender<Job>,
    readers: Readers,
    metrics: StoreMetrics,
}

impl Handle {
    /// Queues a job now; the answer may be awaited later.
    fn queue<T: Send + 'static>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Answer<T> {
        let (reply, answer) = oneshot::channel();
        self.metrics.queue.inc();
        // When the thread is gone the job is dropped, and its reply with it.
        drop(self.jobs.send(job(reply)));
        async move {
            let closed = |_| StoreError::Failed("the store is closed".to_owned());
            answer.await.map_err(closed)?
        }
        .boxed()
    }

    fn queue_link(&self, document: DocumentId, job: LinkJob) -> Answer<bool> {
        self.queue(|reply| Job::Link {
            document,
            job,
            reply,
        })
    }

    async fn open(&self, document: DocumentId) -> Result<Opened, StoreError> {
        for _ in 0..OPEN_TRIES {
            let look = self.readers.run(move |connection| {
                let Some(row) = rows::document(connection, document)? else {
                    let removed = rows::is_removed(connection, document)?;
                    return Ok(Err(removed));
                };
                let waiting = repair::is_waiting(connection, row.key)?;
                Ok(Ok((row, waiting, rows::open(connection, row)?)))
            });
            match look.await? {
                Err(true) => return Err(StoreError::Removed),
                Err(false) => return Ok(Opened::unknown()),
                Ok((row, _, Found::Damaged(damaged))) => {
                    self.repair(document, row, damaged).await?;
                }
                Ok((_, true, Found::Sound(opened))) => {
                    let released = self.queue(|reply| Job::Release { document, reply });
                    if released.await? == 0 {
                        return Ok(opened);
                    }
                }
                Ok((_, false, Found::Sound(opened))) => return Ok(opened),
            }
        }
        Err(StoreError::Damaged)
    }

    async fn read(
        &self,
        document: DocumentId,
        from_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<Numbered>, StoreError> {
        for _ in 0..OPEN_TRIES {
            let look = self.readers.run(move |connection| {
                let Some(row) = rows::document(connection, document)? else {
                    return Ok(None);
                };
                Ok(Some((
                    row,
                    rows::read(connection, row.key, from_seq, bytes_max)?,
                )))
            });
            match look.await? {
                None => return Ok(Vec::new()),
                Some((_, Found::Sound(changes))) => return Ok(changes),
                Some((row, Found::Damaged(_))) => {
                    let all = self
                        .readers
                        .run(move |connection| repair::damaged_changes(connection, row.key));
                    if !self.repair(document, row, all.await?).await? {
                        return Err(StoreError::Damaged);
                    }
                }
            }
        }
        Err(StoreError::Damaged)
    }

    /// Mends what a snapshot still holds and sets the rest aside. Says whether all of it could be mended, so that the
    /// log is what it was.
    async fn repair(
        &self,
        document: DocumentId,
        row: DocumentRow,
        damaged: Vec<u64>,
    ) -> Result<bool, StoreError> {
        tracing::error!(backlog = %document, ?damaged, "stored changes are damaged");
        let sought = damaged.clone();
        let look = self.readers.run(move |connection| {
            let first = sought.iter().min().copied().unwrap_or(0);
            let cut = rows::changes_from(connection, row.key, first)?;
            let broken: Vec<_> = cut
                .into_iter()
                .filter(|change| sought.contains(&change.seq))
                .collect();
            let snapshot = rows::snapshot(connection, row)?;
            Ok(snapshot.map_or_else(Vec::new, |snapshot| repair::salvage(&snapshot, &broken)))
        });
        let mended = look.await?;
        let damaged: Vec<u64> = damaged
            .into_iter()
            .filter(|seq| !mended.iter().any(|row| row.seq == *seq))
            .collect();
        let whole = damaged.is_empty();
        self.queue(|reply| Job::Repair {
            document,
            epoch: row.epoch,
            mended,
            damaged,
            reply,
        })
        .await?;
        Ok(whole)
    }
}
