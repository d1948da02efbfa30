//! The copy that is kept before an older store becomes a current one: a way back, should the new version not suit.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use super::{folder::sync_folder, schema::OpenError};

/// Copies the store as it is, checked by SQLite on the way, to a file beside it that says its version.
pub(super) fn keep(
    connection: &Connection,
    file: &Path,
    version: i64,
) -> Result<PathBuf, OpenError> {
    let kept = file.with_file_name(format!("cutline-format-{version}.db"));
    let partial = file.with_file_name(format!("cutline-format-{version}.db.partial"));
    let failed = |detail: String| OpenError::NoCopy {
        file: file.to_owned(),
        detail,
    };
    let io_failed = |error: io::Error| failed(error.to_string());
    match fs::remove_file(&partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_failed(error)),
        Ok(()) | Err(_) => {}
    }
    connection
        .execute("VACUUM INTO ?1", [partial.to_string_lossy()])
        .map_err(|error| failed(error.to_string()))?;
    let settle = || {
        File::open(&partial)?.sync_all()?;
        fs::rename(&partial, &kept)?;
        sync_folder(file.parent().unwrap_or(Path::new(".")))
    };
    settle().map_err(io_failed)?;
    tracing::info!(kept = %kept.display(), "the store is brought up to date; this copy of it is kept");
    Ok(kept)
}
