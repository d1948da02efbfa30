//! A backlog's snapshot as a byte copy: the quick way in for a client that holds nothing.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use shared::ids::DocumentId;

use super::{Shared, access::join::nothing_here, error::ApiError};

/// The epoch under which the sequence number counts, in decimal.
pub const EPOCH: HeaderName = HeaderName::from_static("cutline-epoch");
/// The sequence number of the last change in the snapshot, in decimal.
pub const SEQ: HeaderName = HeaderName::from_static("cutline-seq");

/// `GET /api/v1/backlogs/{document}/snapshot`, for those whose cookie says that they were let in.
pub(super) async fn get(
    State(shared): State<Shared>,
    Path(document): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let unknown = || ApiError::not_found("The relay has no snapshot of this backlog.");
    let document: DocumentId = document.parse().map_err(|_| nothing_here())?;
    if shared.access.session(&headers, document).is_none() {
        return Err(nothing_here());
    }
    let snapshot = shared.store.snapshot(document).await?.ok_or_else(unknown)?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (EPOCH, snapshot.epoch.to_string()),
        (SEQ, snapshot.seq.to_string()),
    ];
    Ok((headers, Body::from(snapshot.body)).into_response())
}
