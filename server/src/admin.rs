//! What an operator does about single backlogs, whether the relay runs or not: through its socket when it does, in its
//! folder when it does not.

use std::{
    io::{self, Read, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::Duration,
};

use shared::ids::DocumentId;

pub use crate::http::admin::Listed;
use crate::{
    http::admin::socket_file,
    store::{
        Store, StoreError,
        sqlite::{self, OpenError, SqliteStore, UpkeepError},
    },
};

/// How long a running relay may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a command about a backlog did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The store could not be used.
    #[error(transparent)]
    Upkeep(#[from] UpkeepError),
    /// The store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The relay runs, and said no.
    #[error("the running relay refused: {0}")]
    Refused(String),
    /// The relay runs, and does not answer as it should.
    #[error("the running relay does not answer: {0}")]
    Silent(#[from] io::Error),
}

/// All backlogs in the folder, with who has them open when the relay runs.
///
/// # Errors
/// When there is no store, or it can't be read.
pub fn list(folder: &Path) -> Result<Vec<Listed>, AdminError> {
    if let Some(relay) = running(folder) {
        let listed = ask(relay, "GET", "/backlogs")?;
        return serde_json::from_str(&listed)
            .map_err(|error| AdminError::Refused(error.to_string()));
    }
    let found = sqlite::list(folder)?;
    Ok(found.iter().map(|info| Listed::new(info, None)).collect())
}

/// Removes a backlog; browsers that still hold it don't bring it back. Whoever has it open is sent away.
///
/// # Errors
/// When there is no such backlog.
pub fn remove(folder: &Path, document: DocumentId) -> Result<(), AdminError> {
    match running(folder) {
        Some(relay) => ask(relay, "POST", &format!("/backlogs/{document}/remove")).map(drop),
        None => Ok(wait(SqliteStore::open(folder)?.remove(document))?),
    }
}

/// Takes a removed backlog again, should a browser bring it.
///
/// # Errors
/// When it was not removed.
pub fn readmit(folder: &Path, document: DocumentId) -> Result<(), AdminError> {
    match running(folder) {
        Some(relay) => ask(relay, "POST", &format!("/backlogs/{document}/readmit")).map(drop),
        None => Ok(wait(SqliteStore::open(folder)?.readmit(document))?),
    }
}

/// The relay that runs on this folder. A socket that nobody listens on was left behind.
fn running(folder: &Path) -> Option<UnixStream> {
    UnixStream::connect(socket_file(folder)).ok()
}

/// The writing thread answers without a runtime's help.
fn wait<T>(answer: crate::store::Answer<T>) -> Result<T, StoreError> {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| StoreError::Failed(error.to_string()))?
        .block_on(answer)
}

fn ask(mut relay: UnixStream, method: &str, path: &str) -> Result<String, AdminError> {
    relay.set_read_timeout(Some(PATIENCE))?;
    relay.set_write_timeout(Some(PATIENCE))?;
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: cutline\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    relay.write_all(request.as_bytes())?;
    let mut answer = String::new();
    relay.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status.starts_with('2') {
        Ok(body.to_owned())
    } else {
        Err(AdminError::Refused(body.trim().to_owned()))
    }
}
