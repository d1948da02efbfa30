//! The store file: how it is opened, what is in it, and how older files become current ones.
//!
//! Migrations only go forward, each in one transaction; a file from a newer Cutline is left alone.

use std::path::{Path, PathBuf};

use super::former;
use rusqlite::{Connection, OpenFlags, config::DbConfig, ffi::ErrorCode};

/// `Cutl` in ASCII: tells a Cutline store from other SQLite files.
pub(super) const APPLICATION_ID: i32 = 0x4375_746C;

/// One script per version of the file, from version 1 on. Only ever added to.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_log.sql"),
    include_str!("migrations/0002_removed.sql"),
    include_str!("migrations/0003_links.sql"),
    include_str!("migrations/0004_files.sql"),
];

/// Above this size a whole-file check at start would keep people waiting; `cutline check` does it at leisure.
const QUICK_CHECK_BYTES_MAX: u64 = 256 << 20;

/// Why a store could not be opened. Each message names the file and says what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be used.
    #[error(
        "the data folder {folder} cannot be used: {source}. The user that runs the relay has to be able to write there"
    )]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process holds the folder.
    #[error(
        "another relay is running on {folder}: stop it, or give this one a folder of its own with --data"
    )]
    InUse {
        /// Which.
        folder: PathBuf,
    },
    /// The file is damaged.
    #[error(
        "the store file {file} is damaged ({detail}). Nothing was changed. See what is readable with `cutline check`, \
         or put a backup in its place with `cutline restore`"
    )]
    Corrupt {
        /// Which.
        file: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// The file is not a store.
    #[error(
        "{file} is a database of some other program, not a Cutline store; it was left as it is"
    )]
    Foreign {
        /// Which.
        file: PathBuf,
    },
    /// The file was written by a newer Cutline.
    #[error(
        "{file} was written by a newer Cutline (format {found}; this one knows {known}): use that version; the file \
         was left as it is"
    )]
    Newer {
        /// Which.
        file: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// An older file was not brought up to date, since it could not be copied first.
    #[error(
        "{file} was written by an older Cutline and has to be brought up to date, but no copy of it can be kept first \
         ({detail}); it was left as it is. Make room in its folder, then start again"
    )]
    NoCopy {
        /// Which.
        file: PathBuf,
        /// Why.
        detail: String,
    },
    /// The file may not be written.
    #[error(
        "the store file {file} cannot be written. Give its file and folder to the user that runs the relay, and mount \
         its disk for writing"
    )]
    ReadOnly {
        /// Which.
        file: PathBuf,
    },
    /// Anything else that SQLite says.
    #[error("the store file {file} cannot be opened: {source}")]
    Sqlite {
        /// Which.
        file: PathBuf,
        /// Why.
        source: rusqlite::Error,
    },
}

impl OpenError {
    /// The error with the file it happened to.
    pub(super) fn from_sqlite(file: &Path, source: rusqlite::Error) -> Self {
        let file = file.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt {
                file,
                detail: source.to_string(),
            },
            Some(ErrorCode::ReadOnly) => Self::ReadOnly { file },
            _ => Self::Sqlite { file, source },
        }
    }

    /// The same error about the file that was copied.
    pub(super) fn about(mut self, copied_from: &Path) -> Self {
        match &mut self {
            Self::Folder { folder, .. } | Self::InUse { folder } => {
                folder.clone_from(&copied_from.to_owned());
            }
            Self::Corrupt { file, .. }
            | Self::Foreign { file }
            | Self::Newer { file, .. }
            | Self::NoCopy { file, .. }
            | Self::ReadOnly { file }
            | Self::Sqlite { file, .. } => file.clone_from(&copied_from.to_owned()),
        }
        self
    }
}

/// The current version of the file.
#[must_use]
pub(super) fn version() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("there are a handful of migrations")
}

/// What is done about the older file before it becomes a current one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Former {
    /// A copy of it is kept beside it.
    Keep,
    /// It is a copy itself.
    Drop,
}

/// The one connection that writes. Makes the file when there is none, and brings an older one up to date.
pub(super) fn open_writer(file: &Path, former: Former) -> Result<Connection, OpenError> {
    let wrap = |source| OpenError::from_sqlite(file, source);
    let mut connection = Connection::open(file).map_err(wrap)?;
    leave_log_on_close(&connection, true).map_err(wrap)?;
    common_settings(&connection).map_err(wrap)?;
    let found = refuse_foreign_and_newer(&connection, file, Empty::Allow)?;
    if found == 0 {
        connection
            .execute_batch("PRAGMA page_size = 8192; PRAGMA auto_vacuum = INCREMENTAL;")
            .map_err(wrap)?;
    } else if file_len(file) < QUICK_CHECK_BYTES_MAX {
        quick_check(&connection, file)?;
    }
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 0;
             PRAGMA journal_size_limit = 67108864;
             PRAGMA cache_size = -16384;",
        )
        .map_err(wrap)?;
    if former == Former::Keep && (1..version()).contains(&found) {
        former::keep(&connection, file, found)?;
    }
    migrate(&mut connection).map_err(wrap)?;
    leave_log_on_close(&connection, false).map_err(wrap)?;
    Ok(connection)
}

/// Whether closing the connection leaves the file and its write-ahead log as they are.
pub(super) fn leave_log_on_close(connection: &Connection, leave: bool) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave)?;
    Ok(())
}

/// A connection that only reads.
pub(super) fn open_reader(file: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    common_settings(&connection)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA cache_size = -1024;")?;
    Ok(connection)
}

fn common_settings(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "PRAGMA busy_timeout = 5000;
         PRAGMA foreign_keys = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA mmap_size = 0;
         PRAGMA temp_store = MEMORY;",
    )
}

/// Whether a file without anything in it passes for a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Empty {
    /// It is about to become one.
    Allow,
    /// A store is expected.
    Refuse,
}

/// Looks at the marks of the file before anything is written to it. Answers the version of the file.
pub(super) fn refuse_foreign_and_newer(
    connection: &Connection,
    file: &Path,
    empty: Empty,
) -> Result<i64, OpenError> {
    let wrap = |source| OpenError::from_sqlite(file, source);
    let number = |pragma: &str| {
        connection
            .query_row(pragma, [], |row| row.get::<_, i64>(0))
            .map_err(wrap)
    };
    let found = number("PRAGMA user_version")?;
    let application = number("PRAGMA application_id")?;
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    let fresh = empty == Empty::Allow && application == 0 && tables == 0;
    if application != i64::from(APPLICATION_ID) && !fresh {
        return Err(OpenError::Foreign {
            file: file.to_owned(),
        });
    }
    if found > version() {
        return Err(OpenError::Newer {
            file: file.to_owned(),
            found,
            known: version(),
        });
    }
    Ok(found)
}

/// SQLite's own check of the file's structure. It does not see every flipped bit: contents are checked by their hashes.
pub(super) fn quick_check(connection: &Connection, file: &Path) -> Result<(), OpenError> {
    let detail: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(|source| OpenError::from_sqlite(file, source))?;
    if detail == "ok" {
        Ok(())
    } else {
        Err(OpenError::Corrupt {
            file: file.to_owned(),
            detail,
        })
    }
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    for (target, script) in (1..).zip(MIGRATIONS) {
        if target <= found {
            continue;
        }
        let transaction = connection.transaction()?;
        transaction.execute_batch(script)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", target)?;
        transaction.commit()?;
    }
    Ok(())
}

/// The write-ahead log that belongs to a store file.
pub(super) fn wal_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

pub(super) fn file_len(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}
