//! The one thread that writes.
//!
//! It takes the first job, then whatever else is queued, and commits all of it in one transaction: while one commit
//! waits for the disk the next batch gathers by itself, so that many rooms share a flush and a lonely one waits for
//! nobody. It also does the checkpoints, so that no two connections ever write or checkpoint at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::Duration,
};

use rusqlite::{Connection, TransactionBehavior, ffi::ErrorCode};
use shared::ids::DocumentId;
use tokio::sync::{oneshot, watch};

use super::{
    super::{Appended, Epoch, NewChange, Snapshot, StoreError},
    files::{FileJob, FileOutcome},
    links::LinkJob,
    repair,
    rows::{self, ChangeRow, DocumentRow},
    space::Space,
};
use crate::{clock::Stopwatch, metrics::StoreMetrics};

/// Changes in one transaction at most.
const BATCH_ROWS_MAX: usize = 512;
/// Bytes of changes in one transaction at most (one job may exceed it alone).
const BATCH_BYTES_MAX: usize = 1 << 20;
/// After about so many bytes in the write-ahead log its contents move into the main file.
const CHECKPOINT_BYTES: usize = 8 << 20;
/// Pages that a commit writes besides its contents, in bytes: a handful of 8-KiB pages of the trees it touches.
const COMMIT_OVERHEAD_BYTES: usize = 48 << 10;
/// Without work for so long, the write-ahead log is moved into the main file.
const IDLE_CHECKPOINT: Duration = Duration::from_secs(1);

/// Where the outcome of a job goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, StoreError>>;

/// Something to write.
#[derive(Debug)]
pub(super) enum Job {
    Append {
        document: DocumentId,
        epoch: Epoch,
        changes: Vec<NewChange>,
        reply: Reply<Appended>,
    },
    PutSnapshot {
        document: DocumentId,
        epoch: Epoch,
        snapshot: Snapshot,
        reply: Reply<()>,
    },
    /// Put `mended` back in place, then wind back to before what is still `damaged`.
    Repair {
        document: DocumentId,
        epoch: Epoch,
        mended: Vec<ChangeRow>,
        damaged: Vec<u64>,
        reply: Reply<()>,
    },
    /// Something about links and people.
    Link {
        document: DocumentId,
        job: LinkJob,
        reply: Reply<bool>,
    },
    /// Something about files.
    File {
        job: FileJob,
        reply: Reply<FileOutcome>,
    },
    /// Move waiting changes back into the log; says how many.
    Release {
        document: DocumentId,
        reply: Reply<usize>,
    },
    /// Remove a document, or take it again.
    Removal {
        document: DocumentId,
        removal: Removal,
        reply: Reply<()>,
    },
    /// A tighter bound on the file than the disk has: a full disk on demand.
    #[cfg(test)]
    LimitPages { pages: u32, reply: Reply<()> },
    /// Finish, and leave a store without a write-ahead log.
    Stop,
}

/// What becomes of a document that its operator does not want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    Remove,
    Readmit,
}

/// The outcome of a job, kept until its transaction is on the disk.
enum Outcome {
    Done(Result<(), StoreError>),
    Appended(Result<Appended, StoreError>),
    Released(Result<usize, StoreError>),
    Decided(Result<bool, StoreError>),
    Filed(Result<FileOutcome, StoreError>),
}

/// What the thread works with.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) jobs: Receiver<Job>,
    /// How many transactions were committed.
    pub(super) commits: Arc<AtomicU64>,
    /// Set once, when writing has failed for good.
    pub(super) failed: watch::Sender<Option<String>>,
    /// Bytes written since the last checkpoint, roughly.
    pub(super) uncheckpointed: usize,
    /// The room on the disk.
    pub(super) space: Arc<Space>,
    pub(super) metrics: StoreMetrics,
    pub(super) snapshots_kept: u64,
}

impl Writer {
    /// Works until told to stop, or until nobody is left who could.
    pub(super) fn run(mut self) {
        loop {
            let first = if self.uncheckpointed == 0 {
                self.jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                self.jobs.recv_timeout(IDLE_CHECKPOINT)
            };
            match first {
                Ok(first) => {
                    if self.gather(first) == Next::Stop {
                        break;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.checkpoint();
                    self.give_memory_back();
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close();
    }

    /// Commits the first job together with those that are already waiting.
    fn gather(&mut self, first: Job) -> Next {
        let (mut batch, mut rows, mut bytes) = (Vec::new(), 0, 0);
        let mut next = Some(first);
        while let Some(job) = next.take() {
            self.metrics.queue.dec();
            if matches!(job, Job::Stop) {
                self.commit(batch);
                return Next::Stop;
            }
            let (more_rows, more_bytes) = job.size();
            rows += more_rows;
            bytes += more_bytes;
            batch.push(job);
            if rows < BATCH_ROWS_MAX && bytes < BATCH_BYTES_MAX {
                next = self.jobs.try_recv().ok();
            }
        }
        self.commit(batch);
        self.uncheckpointed += bytes + COMMIT_OVERHEAD_BYTES;
        if self.uncheckpointed >= CHECKPOINT_BYTES {
            self.checkpoint();
        }
        Next::Continue
    }

    /// One transaction for the whole batch. When the disk is full each job is tried alone, so that a large one does
    /// not keep the small ones out.
    fn commit(&mut self, batch: Vec<Job>) {
        if batch.is_empty() {
            return;
        }
        if let Some(reason) = self.failed.borrow().clone() {
            for job in batch {
                job.refuse(StoreError::Failed(reason.clone()));
            }
            return;
        }
        let batch = self.keep_out_when_short(batch);
        if batch.is_empty() {
            return;
        }
        match self.transact(&batch) {
            Ok(outcomes) => {
                self.space.note(false);
                for (job, outcome) in batch.into_iter().zip(outcomes) {
                    job.answer(outcome);
                }
            }
            Err(StoreError::Full) if batch.len() > 1 => {
                for job in batch {
                    self.commit(vec![job]);
                }
            }
            Err(error) => {
                if error == StoreError::Full {
                    self.space.note(true);
                }
                if let StoreError::Failed(reason) = &error {
                    tracing::error!(%reason, "the store can no longer write");
                    self.failed.send_replace(Some(reason.clone()));
                }
                for job in batch {
                    job.refuse(error.clone());
                }
            }
        }
    }

    /// Refuses what adds to a disk that has hardly any room left, and gives back the rest of the batch.
    fn keep_out_when_short(&self, batch: Vec<Job>) -> Vec<Job> {
        if !batch.iter().any(Job::adds) || !self.space.is_short() {
            return batch;
        }
        self.space.note(true);
        let (out, rest): (Vec<Job>, Vec<Job>) = batch.into_iter().partition(Job::adds);
        for job in out {
            job.refuse(StoreError::Full);
        }
        rest
    }

    fn transact(&mut self, batch: &[Job]) -> Result<Vec<Outcome>, StoreError> {
        let (metrics, kept) = (&self.metrics, self.snapshots_kept);
        let mut work = || {
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            let outcomes = batch
                .iter()
                .map(|job| job.perform(&transaction, kept))
                .collect::<rusqlite::Result<Vec<Outcome>>>()?;
            let committing = Stopwatch::start();
            transaction.commit()?;
            metrics
                .commit_seconds
                .observe(committing.elapsed().as_secs_f64());
            Ok(outcomes)
        };
        let outcomes = work().map_err(write_error)?;
        self.commits.fetch_add(1, Ordering::Relaxed);
        let changes: usize = batch.iter().map(Job::changes).sum();
        if changes > 0 {
            self.metrics.commit_changes.observe(changes as f64);
        }
        Ok(outcomes)
    }

    /// Moves the write-ahead log into the main file as far as readers allow. A full disk only postpones it.
    fn checkpoint(&mut self) {
        self.uncheckpointed = 0;
        if self.failed.borrow().is_some() {
            return;
        }
        let outcome = self
            .connection
            .query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = outcome.map_err(write_error) {
            tracing::warn!(%error, "a checkpoint did not go through");
            if let StoreError::Failed(reason) = error {
                self.failed.send_replace(Some(reason));
            }
        }
    }

    /// Pages that were written lately are not kept while nobody writes: they are read again from the system's cache.
    fn give_memory_back(&self) {
        if let Err(error) = self.connection.release_memory() {
            tracing::warn!(%error, "the store's page cache was not given back");
        }
    }

    fn close(self) {
        let tidy = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = tidy {
            tracing::warn!(%error, "the last checkpoint did not go through; the next start does it");
        }
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(%error, "the store file was not closed cleanly");
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Continue,
    Stop,
}

impl Job {
    /// Whether the store grows by it. Damage is repaired even on a full disk, as far as that has room.
    fn adds(&self) -> bool {
        match self {
            Self::Append { .. } | Self::PutSnapshot { .. } => true,
            Self::File { job, .. } => job.adds(),
            _ => false,
        }
    }

    /// How many changes it brings.
    fn changes(&self) -> usize {
        match self {
            Self::Append { changes, .. } => changes.len(),
            _ => 0,
        }
    }

    /// Rows and bytes that it adds.
    fn size(&self) -> (usize, usize) {
        match self {
            Self::Append { changes, .. } => (
                changes.len(),
                changes.iter().map(|change| change.body.len()).sum(),
            ),
            Self::PutSnapshot { snapshot, .. } => (1, snapshot.body.len()),
            Self::Repair { .. } | Self::Release { .. } | Self::Removal { .. } => {
                (BATCH_ROWS_MAX, 0)
            }
            Self::File { job, .. } => (1, job.bytes()),
            Self::Link { .. } | Self::Stop => (1, 0),
            #[cfg(test)]
            Self::LimitPages { .. } => (BATCH_ROWS_MAX, 0),
        }
    }

    /// Does the work inside the transaction. A refusal is an outcome; an error undoes the whole transaction.
    fn perform(&self, connection: &Connection, snapshots_kept: u64) -> rusqlite::Result<Outcome> {
        let outcome = match self {
            Self::Append {
                document,
                epoch,
                changes,
                ..
            } => {
                rows::create_document(connection, *document, *epoch)?;
                Outcome::Appended(under_epoch(connection, *document, *epoch, |row| {
                    rows::append(connection, row, changes)
                })?)
            }
            Self::PutSnapshot {
                document,
                epoch,
                snapshot,
                ..
            } => Outcome::Done(under_epoch(connection, *document, *epoch, |row| {
                rows::put_snapshot(connection, row.key, snapshot, snapshots_kept)
            })?),
            Self::Repair {
                document,
                epoch,
                mended,
                damaged,
                ..
            } => Outcome::Done(under_epoch(connection, *document, *epoch, |row| {
                repair::put_back(connection, row, mended)?;
                match damaged.iter().min() {
                    Some(first) => repair::wind_back(connection, row, *first),
                    None => Ok(()),
                }
            })?),
            Self::Link { document, job, .. } => {
                Outcome::Decided(job.perform(connection, *document)?)
            }
            Self::File { job, .. } => Outcome::Filed(job.perform(connection)?),
            Self::Release { document, .. } => {
                Outcome::Released(match rows::document(connection, *document)? {
                    Some(row) => Ok(repair::release(connection, row.key)?),
                    None => Err(StoreError::UnknownDocument),
                })
            }
            Self::Removal {
                document, removal, ..
            } => {
                let done = match removal {
                    Removal::Remove => rows::remove_document(connection, *document)?,
                    Removal::Readmit => rows::readmit(connection, *document)?,
                };
                Outcome::Done(if done {
                    Ok(())
                } else {
                    Err(StoreError::UnknownDocument)
                })
            }
            #[cfg(test)]
            Self::LimitPages { pages, .. } => {
                connection.query_row(
                    &format!("PRAGMA max_page_count = {pages}"),
                    [],
                    |_| Ok(()),
                )?;
                Outcome::Done(Ok(()))
            }
            Self::Stop => Outcome::Done(Ok(())),
        };
        Ok(outcome)
    }

    /// Tells the caller, who may have stopped listening.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (
                Self::PutSnapshot { reply, .. }
                | Self::Repair { reply, .. }
                | Self::Removal { reply, .. },
                Outcome::Done(result),
            ) => drop(reply.send(result)),
            #[cfg(test)]
            (Self::LimitPages { reply, .. }, Outcome::Done(result)) => drop(reply.send(result)),
            (Self::Append { reply, .. }, Outcome::Appended(result)) => drop(reply.send(result)),
            (Self::Link { reply, .. }, Outcome::Decided(result)) => drop(reply.send(result)),
            (Self::File { reply, .. }, Outcome::Filed(result)) => drop(reply.send(result)),
            (Self::Release { reply, .. }, Outcome::Released(result)) => drop(reply.send(result)),
            (job, _) => tracing::error!(?job, "a job came to an outcome of another kind"),
        }
    }

    fn refuse(self, error: StoreError) {
        match self {
            Self::PutSnapshot { reply, .. }
            | Self::Repair { reply, .. }
            | Self::Removal { reply, .. } => drop(reply.send(Err(error))),
            Self::Append { reply, .. } => drop(reply.send(Err(error))),
            Self::Link { reply, .. } => drop(reply.send(Err(error))),
            Self::File { reply, .. } => drop(reply.send(Err(error))),
            Self::Release { reply, .. } => drop(reply.send(Err(error))),
            #[cfg(test)]
            Self::LimitPages { reply, .. } => drop(reply.send(Err(error))),
            Self::Stop => {}
        }
    }
}

fn under_epoch<T>(
    connection: &Connection,
    document: DocumentId,
    epoch: Epoch,
    work: impl FnOnce(DocumentRow) -> rusqlite::Result<T>,
) -> rusqlite::Result<Result<T, StoreError>> {
    match rows::document(connection, document)? {
        None if rows::is_removed(connection, document)? => Ok(Err(StoreError::Removed)),
        None => Ok(Err(StoreError::UnknownDocument)),
        Some(row) if row.epoch != epoch => Ok(Err(StoreError::EpochChanged)),
        Some(row) => work(row).map(Ok),
    }
}

/// A full disk leaves everything as it was and may pass. After any other failure the state of the file's pages in the
/// kernel's cache is unknown, and trying again could report success for data that is gone.
fn write_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StoreError::Full,
        _ => StoreError::Failed(error.to_string()),
    }
}
