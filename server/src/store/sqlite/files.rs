//! Files: the jobs of the writer, the tables, and what the store answers from them.

use bytes::Bytes;
use futures_util::FutureExt;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use shared::{
    ids::{DocumentId, FileHash},
    limits::{FILES_BYTES_MAX, FILES_MAX},
};

use super::{
    super::{
        Answer, StoreError,
        files::{Begun, FileStore, UploadId},
    },
    Handle, SqliteStore, rows,
    writer::Job,
};

/// Something to write about files.
#[derive(Clone, Debug)]
pub(super) enum FileJob {
    Begin {
        document: DocumentId,
        hash: FileHash,
        bytes: u64,
    },
    Add {
        upload: UploadId,
        number: u32,
        chunk: Bytes,
    },
    Finish(UploadId),
    Abandon(UploadId),
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum FileOutcome {
    Begun(Begun),
    Finished(bool),
    Done,
}

impl FileJob {
    /// Whether the store grows by it.
    pub(super) fn adds(&self) -> bool {
        matches!(self, Self::Begin { .. } | Self::Add { .. })
    }

    /// Bytes that it adds.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Add { chunk, .. } => chunk.len(),
            Self::Begin { .. } | Self::Finish(_) | Self::Abandon(_) => 0,
        }
    }

    /// Does the work inside the transaction.
    pub(super) fn perform(
        &self,
        connection: &Connection,
    ) -> rusqlite::Result<Result<FileOutcome, StoreError>> {
        match self {
            Self::Begin {
                document,
                hash,
                bytes,
            } => begin(connection, *document, *hash, *bytes),
            Self::Add {
                upload,
                number,
                chunk,
            } => {
                connection
                    .prepare_cached(
                        "INSERT OR IGNORE INTO file_chunk (file, number, body)
                         SELECT key, ?2, ?3 FROM file WHERE key = ?1 AND whole = 0",
                    )?
                    .execute(params![upload.0, number, &chunk[..]])?;
                Ok(Ok(FileOutcome::Done))
            }
            Self::Finish(upload) => {
                finish(connection, *upload).map(|finished| Ok(FileOutcome::Finished(finished)))
            }
            Self::Abandon(upload) => {
                drop_upload(connection, *upload)?;
                Ok(Ok(FileOutcome::Done))
            }
        }
    }
}

impl FileStore for SqliteStore {
    fn hashes(&self, document: DocumentId) -> Answer<Vec<FileHash>> {
        let readers = self.readers.clone();
        let list = move |connection: &Connection| list(connection, document);
        async move { readers.run(list).await }.boxed()
    }

    fn begin_file(&self, document: DocumentId, hash: FileHash, bytes: u64) -> Answer<Begun> {
        let job = FileJob::Begin {
            document,
            hash,
            bytes,
        };
        queue(&self.handle(), job, |outcome| match outcome {
            FileOutcome::Begun(begun) => Some(begun),
            FileOutcome::Finished(_) | FileOutcome::Done => None,
        })
    }

    fn add_chunk(&self, upload: UploadId, number: u32, chunk: Bytes) -> Answer<()> {
        let job = FileJob::Add {
            upload,
            number,
            chunk,
        };
        queue(&self.handle(), job, |_| Some(()))
    }

    fn finish_file(&self, upload: UploadId) -> Answer<bool> {
        let job = FileJob::Finish(upload);
        queue(&self.handle(), job, |outcome| match outcome {
            FileOutcome::Finished(finished) => Some(finished),
            FileOutcome::Begun(_) | FileOutcome::Done => None,
        })
    }

    fn abandon_file(&self, upload: UploadId) -> Answer<()> {
        queue(&self.handle(), FileJob::Abandon(upload), |_| Some(()))
    }

    fn file_size(&self, document: DocumentId, hash: FileHash) -> Answer<Option<u64>> {
        let readers = self.readers.clone();
        let look = move |connection: &Connection| {
            let row = rows::document(connection, document)?;
            row.map_or(Ok(None), |row| size(connection, row.key, hash))
        };
        async move { readers.run(look).await }.boxed()
    }

    fn chunk(&self, document: DocumentId, hash: FileHash, number: u32) -> Answer<Option<Bytes>> {
        let readers = self.readers.clone();
        let read = move |connection: &Connection| chunk(connection, document, hash, number);
        async move { readers.run(read).await }.boxed()
    }
}

/// Queues something about files; `read` picks what the answer is from the outcome.
fn queue<T: 'static>(
    handle: &Handle,
    job: FileJob,
    read: impl FnOnce(FileOutcome) -> Option<T> + Send + 'static,
) -> Answer<T> {
    let answer = handle.queue(|reply| Job::File { job, reply });
    async move {
        let other = || StoreError::Failed("a job came to an outcome of another kind".to_owned());
        read(answer.await?).ok_or_else(other)
    }
    .boxed()
}

fn begin(
    connection: &Connection,
    document: DocumentId,
    hash: FileHash,
    bytes: u64,
) -> rusqlite::Result<Result<FileOutcome, StoreError>> {
    let Some(row) = rows::document(connection, document)? else {
        return Ok(Err(if rows::is_removed(connection, document)? {
            StoreError::Removed
        } else {
            StoreError::UnknownDocument
        }));
    };
    if size(connection, row.key, hash)?.is_some() {
        return Ok(Ok(FileOutcome::Begun(Begun::Held)));
    }
    let (files, held): (i64, i64) = connection
        .prepare_cached("SELECT count(*), coalesce(sum(bytes), 0) FROM file WHERE document = ?1")?
        .query_row([row.key], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let fits = rows::unsigned(files) < FILES_MAX
        && rows::unsigned(held).saturating_add(bytes) <= FILES_BYTES_MAX;
    if !fits {
        return Ok(Ok(FileOutcome::Begun(Begun::NoRoom)));
    }
    connection
        .prepare_cached("INSERT INTO file (document, sha256, bytes, whole) VALUES (?1, ?2, ?3, 0)")?
        .execute(params![row.key, hash.as_bytes(), rows::signed(bytes)])?;
    let upload = UploadId(connection.last_insert_rowid());
    Ok(Ok(FileOutcome::Begun(Begun::Taking(upload))))
}

fn finish(connection: &Connection, upload: UploadId) -> rusqlite::Result<bool> {
    let coming: Option<(i64, [u8; 32], i64)> = connection
        .prepare_cached("SELECT document, sha256, bytes FROM file WHERE key = ?1 AND whole = 0")?
        .query_row([upload.0], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((document, hash, bytes)) = coming else {
        return Ok(false);
    };
    let came: i64 = connection
        .prepare_cached("SELECT coalesce(sum(length(body)), 0) FROM file_chunk WHERE file = ?1")?
        .query_row([upload.0], |row| row.get(0))?;
    let is_whole = came == bytes;
    // Somebody else may have brought the same one meanwhile.
    if !is_whole || size(connection, document, FileHash::from_bytes(hash))?.is_some() {
        drop_upload(connection, upload)?;
        return Ok(is_whole);
    }
    connection
        .prepare_cached("UPDATE file SET whole = 1 WHERE key = ?1")?
        .execute([upload.0])?;
    Ok(true)
}

fn drop_upload(connection: &Connection, UploadId(key): UploadId) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM file_chunk WHERE file = (SELECT key FROM file WHERE key = ?1 AND whole = 0)",
        )?
        .execute([key])?;
    connection
        .prepare_cached("DELETE FROM file WHERE key = ?1 AND whole = 0")?
        .execute([key])?;
    Ok(())
}

/// Drops what was coming in when the relay ended.
pub(super) fn drop_unfinished(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM file_chunk WHERE file IN (SELECT key FROM file WHERE whole = 0);
         DELETE FROM file WHERE whole = 0;",
    )
}

/// Removes all files of a document.
pub(super) fn remove_all(connection: &Connection, document: i64) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM file_chunk WHERE file IN (SELECT key FROM file WHERE document = ?1)",
        [document],
    )?;
    connection.execute("DELETE FROM file WHERE document = ?1", [document])?;
    Ok(())
}

/// The files of a document that are there.
pub(super) fn list(
    connection: &Connection,
    document: DocumentId,
) -> rusqlite::Result<Vec<FileHash>> {
    let Some(row) = rows::document(connection, document)? else {
        return Ok(Vec::new());
    };
    connection
        .prepare_cached(
            "SELECT sha256 FROM file WHERE document = ?1 AND whole = 1 ORDER BY sha256",
        )?
        .query_map([row.key], |row| row.get(0).map(FileHash::from_bytes))?
        .collect()
}

/// The size of a file that is there.
pub(super) fn size(
    connection: &Connection,
    document: i64,
    hash: FileHash,
) -> rusqlite::Result<Option<u64>> {
    connection
        .prepare_cached("SELECT bytes FROM file WHERE document = ?1 AND sha256 = ?2 AND whole = 1")?
        .query_row(params![document, hash.as_bytes()], |row| row.get(0))
        .optional()
        .map(|bytes| bytes.map(rows::unsigned))
}

/// One chunk of a file that is there.
pub(super) fn chunk(
    connection: &Connection,
    document: DocumentId,
    hash: FileHash,
    number: u32,
) -> rusqlite::Result<Option<Bytes>> {
    let Some(row) = rows::document(connection, document)? else {
        return Ok(None);
    };
    connection
        .prepare_cached(
            "SELECT body FROM file_chunk WHERE number = ?3 AND file =
             (SELECT key FROM file WHERE document = ?1 AND sha256 = ?2 AND whole = 1)",
        )?
        .query_row(params![row.key, hash.as_bytes(), number], |row| {
            row.get::<_, Vec<u8>>(0)
        })
        .optional()
        .map(|body| body.map(Bytes::from))
}

/// How many bytes of files each document has, those that are coming in included. A store of an earlier version has none.
pub(super) fn sizes(connection: &Connection) -> rusqlite::Result<Vec<(i64, u64)>> {
    if !exist(connection)? {
        return Ok(Vec::new());
    }
    connection
        .prepare_cached(
            "SELECT document, sum(bytes) FROM file GROUP BY document ORDER BY document",
        )?
        .query_map([], |row| Ok((row.get(0)?, rows::unsigned(row.get(1)?))))?
        .collect()
}

/// The files of a document whose bytes no longer have their hash, by their keys: all of them are read.
pub(super) fn damaged(
    connection: &Connection,
    document: i64,
) -> rusqlite::Result<Vec<(i64, FileHash)>> {
    if !exist(connection)? {
        return Ok(Vec::new());
    }
    let files: Vec<(i64, [u8; 32])> = connection
        .prepare_cached("SELECT key, sha256 FROM file WHERE document = ?1 AND whole = 1")?
        .query_map([document], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut chunks =
        connection.prepare_cached("SELECT body FROM file_chunk WHERE file = ?1 ORDER BY number")?;
    let mut damaged = Vec::new();
    for (key, hash) in files {
        let mut digest = Sha256::new();
        let mut rows = chunks.query([key])?;
        while let Some(chunk) = rows.next()? {
            digest.update(chunk.get_ref(0)?.as_blob().unwrap_or_default());
        }
        if digest.finalize().as_slice() != hash {
            damaged.push((key, FileHash::from_bytes(hash)));
        }
    }
    Ok(damaged)
}

/// Removes a damaged file: a browser that holds it brings it again (F5).
pub(super) fn remove(connection: &Connection, key: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM file_chunk WHERE file = ?1", [key])?;
    connection.execute("DELETE FROM file WHERE key = ?1", [key])?;
    Ok(())
}

/// Whether the store has a table of files: `check` and `list` also read stores of earlier versions.
fn exist(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'file_chunk')",
        [],
        |row| row.get(0),
    )
}
