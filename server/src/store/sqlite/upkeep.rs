//! Backup, restore, check and export: what is done from the command line, next to a running relay where that is safe.

use std::{
    fs::{self, File},
    io::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use automerge::{Automerge, Change};
use rusqlite::{Connection, OpenFlags};
use shared::ids::DocumentId;

use super::{
    super::DocumentInfo,
    files,
    folder::{FolderLock, store_file, sync_folder},
    repair as mending,
    rows::{self, Found},
    schema::{self, OpenError},
};

/// Why an upkeep command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum UpkeepError {
    /// The store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// There is no store.
    #[error("there is no store at {0}; name its folder with --data")]
    NoStore(PathBuf),
    /// The target exists.
    #[error("{0} exists already and was left as it is; choose another name")]
    TargetExists(PathBuf),
    /// A file could not be read or written.
    #[error("{path} cannot be used: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite failed.
    #[error("{file}: {source}")]
    Sqlite {
        /// Which file.
        file: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
    /// The store does not hold the document.
    #[error("there is no backlog {0} in this store")]
    UnknownDocument(DocumentId),
    /// The document cannot be put together from its changes.
    #[error("the backlog {document} cannot be put together: {detail}")]
    Unloadable {
        /// Which.
        document: DocumentId,
        /// Why.
        detail: String,
    },
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many documents there are.
    pub documents: u64,
    /// How many changes.
    pub changes: u64,
    /// How many changes were set aside earlier.
    pub quarantined: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The document that it is about; none when it is about the file.
    pub document: Option<DocumentId>,
    /// What it is, for people.
    pub detail: String,
}

/// Reads everything in the store of `folder` and compares it with its hashes. Changes nothing; the relay may be running.
pub fn check(folder: &Path) -> Result<Report, UpkeepError> {
    let file = existing_store(folder)?;
    let connection = open_beside(&file)?;
    check_connection(&connection, &file)
}

/// Repairs what can be repaired: damaged changes come back from a snapshot, or are set aside until a browser brings them;
/// damaged snapshots are dropped, the relay makes new ones; damaged files are dropped, browsers that hold them bring them. The relay must not be running. Answers what was wrong, and
/// what a second look finds.
pub fn repair(folder: &Path) -> Result<(Report, Report), UpkeepError> {
    let _lock = FolderLock::take(folder)?;
    let file = existing_store(folder)?;
    let connection = schema::open_writer(&file, schema::Former::Keep)?;
    let before = check_connection(&connection, &file)?;
    let wrap = |source| UpkeepError::Sqlite {
        file: file.clone(),
        source,
    };
    let transaction = connection.unchecked_transaction().map_err(wrap)?;
    mending::repair_all(&transaction).map_err(wrap)?;
    transaction.commit().map_err(wrap)?;
    let after = check_connection(&connection, &file)?;
    Ok((before, after))
}

/// All documents of the store in `folder`. The relay may be running.
pub fn list(folder: &Path) -> Result<Vec<DocumentInfo>, UpkeepError> {
    let file = existing_store(folder)?;
    let wrap = |source| UpkeepError::Sqlite {
        file: file.clone(),
        source,
    };
    rows::documents(&open_beside(&file)?).map_err(wrap)
}

/// Writes a copy of the store to `target`, in one piece and checked. The relay may be running.
pub fn backup(folder: &Path, target: &Path) -> Result<Report, UpkeepError> {
    let file = existing_store(folder)?;
    refuse_existing(target)?;
    let connection = open_beside(&file)?;
    let partial = with_suffix(target, ".partial");
    copy_store(&connection, &file, &partial)?;
    let copy = open_beside(&partial)?;
    let report = check_connection(&copy, &partial)?;
    drop(copy);
    settle(&partial, target)?;
    Ok(report)
}

/// Puts the backup `source` in the place of the store of `folder`, which is kept beside it under another name. Every
/// document gets a new epoch, so that browsers compare and bring back what is newer than the backup. Returns where the
/// former store is now.
pub fn restore(folder: &Path, source: &Path) -> Result<Option<PathBuf>, UpkeepError> {
    let _lock = FolderLock::take(folder)?;
    let file = store_file(folder);
    let incoming = with_suffix(&file, ".restoring");
    copy_store(&open_beside(source)?, source, &incoming)?;
    renew_epochs(&incoming, source)?;
    let aside = move_aside(&file)?;
    settle(&incoming, &file)?;
    Ok(aside)
}

/// Writes one backlog as an Automerge file, which any Automerge tool opens.
pub fn export(folder: &Path, document: DocumentId, target: &Path) -> Result<(), UpkeepError> {
    let file = existing_store(folder)?;
    refuse_existing(target)?;
    let connection = open_beside(&file)?;
    let bytes = whole_document(&connection, &file, document)?;
    let partial = with_suffix(target, ".partial");
    let write = || File::create(&partial)?.write_all(&bytes);
    write().map_err(|source| file_error(&partial, source))?;
    settle(&partial, target)
}

fn check_connection(connection: &Connection, file: &Path) -> Result<Report, UpkeepError> {
    let mut report = Report::default();
    if let Err(error) = schema::quick_check(connection, file) {
        report.problems.push(Problem {
            document: None,
            detail: error.to_string(),
        });
    }
    match check_contents(connection, &mut report) {
        Ok(()) => {}
        Err(error) => report.problems.push(Problem {
            document: None,
            detail: format!("the rest is unreadable: {error}"),
        }),
    }
    Ok(report)
}

fn check_contents(connection: &Connection, report: &mut Report) -> rusqlite::Result<()> {
    let waiting: i64 =
        connection.query_row("SELECT count(*) FROM quarantine", [], |row| row.get(0))?;
    report.quarantined = rows::unsigned(waiting);
    for info in rows::documents(connection)? {
        report.documents += 1;
        report.changes += info.last_seq;
        let mut problem = |detail: String| {
            report.problems.push(Problem {
                document: Some(info.document),
                detail,
            });
        };
        let Some(row) = rows::document(connection, info.document)? else {
            problem("its entry cannot be found by its id".to_owned());
            continue;
        };
        if let Found::Damaged(seqs) = rows::open(connection, row)? {
            problem(format!("damaged or missing entries at {seqs:?}"));
        }
        let seqs = mending::damaged_changes(connection, row.key)?;
        if !seqs.is_empty() {
            problem(format!("damaged changes at {seqs:?}"));
        }
        for seq in mending::damaged_snapshots(connection, row.key)? {
            problem(format!("its snapshot up to change {seq} is damaged"));
        }
        for (_, hash) in files::damaged(connection, row.key)? {
            problem(format!("its file {hash} is damaged"));
        }
    }
    Ok(())
}

fn whole_document(
    connection: &Connection,
    file: &Path,
    document: DocumentId,
) -> Result<Vec<u8>, UpkeepError> {
    let wrap = |source| UpkeepError::Sqlite {
        file: file.to_owned(),
        source,
    };
    let unloadable = |detail: String| UpkeepError::Unloadable { document, detail };
    let row = rows::document(connection, document)
        .map_err(wrap)?
        .ok_or(UpkeepError::UnknownDocument(document))?;
    let snapshot = rows::snapshot(connection, row).map_err(wrap)?;
    let from_seq = snapshot.as_ref().map_or(1, |snapshot| snapshot.seq + 1);
    let tail = rows::changes_from(connection, row.key, from_seq).map_err(wrap)?;
    let build = || -> Result<Vec<u8>, String> {
        let mut loaded = match &snapshot {
            Some(snapshot) => Automerge::load(&snapshot.body).map_err(|error| error.to_string())?,
            None => Automerge::new(),
        };
        for row in tail {
            if row.sound_hash().is_none() {
                return Err(format!("change {} is damaged", row.seq));
            }
            let change = Change::from_bytes(row.body).map_err(|error| error.to_string())?;
            loaded
                .apply_changes([change])
                .map_err(|error| error.to_string())?;
        }
        Ok(loaded.save())
    };
    catch_unwind(AssertUnwindSafe(build))
        .unwrap_or_else(|_| Err("Automerge failed on it".to_owned()))
        .map_err(unloadable)
}

/// Makes the copy a current store whose documents have new epochs. Errors name the backup itself.
fn renew_epochs(incoming: &Path, source: &Path) -> Result<(), UpkeepError> {
    let connection =
        schema::open_writer(incoming, schema::Former::Drop).map_err(|error| error.about(source))?;
    let wrap = |error| UpkeepError::Sqlite {
        file: source.to_owned(),
        source: error,
    };
    let renew = || {
        rows::renew_epochs(&connection)?;
        // One file to rename: nothing may stay behind in a write-ahead log.
        connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))
    };
    renew().map_err(wrap)
}

/// Renames the store with its write-ahead log, if there is one, to the first free name.
fn move_aside(file: &Path) -> Result<Option<PathBuf>, UpkeepError> {
    if !file.exists() {
        return Ok(None);
    }
    let aside = (1..)
        .map(|number| with_suffix(file, &format!(".before-restore-{number}")))
        .find(|name| !name.exists())
        .expect("there are more numbers than files");
    let rename = |from: &Path, to: &Path| {
        if from.exists() {
            fs::rename(from, to).map_err(|source| file_error(from, source))?;
        }
        Ok::<(), UpkeepError>(())
    };
    rename(&schema::wal_of(file), &schema::wal_of(&aside))?;
    rename(file, &aside)?;
    remove_leftover(&with_suffix(file, "-shm"))?;
    Ok(Some(aside))
}

/// Gives a finished file its name, durably.
fn settle(partial: &Path, target: &Path) -> Result<(), UpkeepError> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let rename = || {
        File::open(partial)?.sync_all()?;
        fs::rename(partial, target)?;
        sync_folder(folder)
    };
    rename().map_err(|source| file_error(target, source))
}

/// A connection that works next to a relay's: it writes nothing and leaves checkpoints alone.
fn open_beside(file: &Path) -> Result<Connection, UpkeepError> {
    let wrap = |source| OpenError::from_sqlite(file, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(wrap)?;
    schema::leave_log_on_close(&connection, true).map_err(wrap)?;
    schema::refuse_foreign_and_newer(&connection, file, schema::Empty::Refuse)?;
    connection
        .execute_batch("PRAGMA busy_timeout = 5000; PRAGMA wal_autocheckpoint = 0;")
        .map_err(wrap)?;
    Ok(connection)
}

/// Copies the whole store as of now, whatever part of it is still in a write-ahead log.
fn copy_store(connection: &Connection, file: &Path, target: &Path) -> Result<(), UpkeepError> {
    remove_leftover(target)?;
    connection
        .execute("VACUUM INTO ?1", [target.to_string_lossy()])
        .map_err(|source| OpenError::from_sqlite(file, source))?;
    Ok(())
}

fn existing_store(folder: &Path) -> Result<PathBuf, UpkeepError> {
    let file = store_file(folder);
    if file.is_file() {
        Ok(file)
    } else {
        Err(UpkeepError::NoStore(file))
    }
}

fn refuse_existing(target: &Path) -> Result<(), UpkeepError> {
    if target.exists() {
        Err(UpkeepError::TargetExists(target.to_owned()))
    } else {
        Ok(())
    }
}

fn remove_leftover(path: &Path) -> Result<(), UpkeepError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(file_error(path, source)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn file_error(path: &Path, source: io::Error) -> UpkeepError {
    UpkeepError::File {
        path: path.to_owned(),
        source,
    }
}
