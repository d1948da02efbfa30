//! Reading: a few connections that cannot write, used on threads that may block.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{super::StoreError, rows, schema};

/// How many reads run at once.
const READERS: usize = 4;

/// The reading connections of a store; clones share them.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    file: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn new(file: PathBuf) -> Self {
        Self {
            file,
            idle: Arc::default(),
            permits: Arc::new(Semaphore::new(READERS)),
        }
    }

    /// Runs `work` in one read transaction, so that all it sees is of one moment.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let closed = |_| StoreError::Unreadable("the store is closed".to_owned());
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(closed)?;
        let readers = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            readers.work(work).map_err(rows::unreadable)
        });
        task.await
            .map_err(|error| StoreError::Unreadable(error.to_string()))?
    }

    fn work<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let kept = self.idle().pop();
        let connection = match kept {
            Some(connection) => connection,
            None => schema::open_reader(&self.file)?,
        };
        let transaction = connection.unchecked_transaction()?;
        let found = work(&transaction)?;
        transaction.finish()?;
        self.idle().push(connection);
        Ok(found)
    }

    /// The store file.
    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Closes the connections that are not in use.
    pub(super) fn close_idle(&self) {
        self.permits.close();
        self.idle().clear();
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
