//! What the relay's own commands ask of a running relay, over a socket in its data folder that only its user can open.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use axum::{
    Json, Router,
    extract::{Path as Segment, State},
    http::StatusCode,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};
use shared::ids::DocumentId;
use tokio::net::UnixListener;

use super::{Shared, error::ApiError};
use crate::store::DocumentInfo;

/// The socket in the data folder.
#[must_use]
pub fn socket_file(folder: &Path) -> PathBuf {
    folder.join("cutline.sock")
}

/// One backlog as an operator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// How many changes it has.
    pub changes: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// The size of its newest snapshot in bytes, 0 when there is none.
    pub snapshot_bytes: u64,
    /// The size of its files in bytes. Relays of earlier versions don't say.
    #[serde(default)]
    pub file_bytes: u64,
    /// How many have it open; unknown while the relay does not run.
    pub connections: Option<usize>,
}

impl Listed {
    /// A backlog that so many have open.
    #[must_use]
    pub fn new(info: &DocumentInfo, connections: Option<usize>) -> Self {
        Self {
            id: info.document.to_string(),
            changes: info.last_seq,
            bytes: info.bytes,
            snapshot_bytes: info.snapshot.map_or(0, |snapshot| snapshot.len),
            file_bytes: info.file_bytes,
            connections,
        }
    }
}

/// Takes the socket, which a relay that was killed may have left behind. The caller holds the folder.
pub(crate) fn listen(folder: &Path) -> io::Result<UnixListener> {
    let path = socket_file(folder);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&path)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// The addresses on that socket.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/backlogs", get(list))
        .route("/backlogs/{document}/remove", post(remove))
        .route("/backlogs/{document}/readmit", post(readmit))
        .with_state(shared)
}

async fn list(State(shared): State<Shared>) -> Result<Json<Vec<Listed>>, ApiError> {
    let open = shared.rooms.present();
    let listed = shared.store.documents().await?;
    let listed = listed.iter().map(|info| {
        let connections = open.get(&info.document).copied().unwrap_or(0);
        Listed::new(info, Some(connections))
    });
    Ok(Json(listed.collect()))
}

async fn remove(
    State(shared): State<Shared>,
    Segment(document): Segment<String>,
) -> Result<StatusCode, ApiError> {
    let document = read(&document)?;
    shared.store.remove(document).await?;
    shared.rooms.removed(document).await;
    tracing::info!(backlog = %document, "removed by the operator");
    Ok(StatusCode::NO_CONTENT)
}

async fn readmit(
    State(shared): State<Shared>,
    Segment(document): Segment<String>,
) -> Result<StatusCode, ApiError> {
    let document = read(&document)?;
    shared.store.readmit(document).await?;
    tracing::info!(backlog = %document, "readmitted by the operator");
    Ok(StatusCode::NO_CONTENT)
}

fn read(document: &str) -> Result<DocumentId, ApiError> {
    let unknown = |_| ApiError::not_found("This is no backlog's id.");
    document.parse().map_err(unknown)
}
