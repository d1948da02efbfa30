//! The owners' requests: which links there are, new ones, their labels and ends, and revoking them. A new link's secret is
//! drawn in the browser; only its hash is sent here.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use shared::{
    ids::{DocumentId, LinkId},
    sync::access::{Deed, Role, Verdict, authorize},
    time::Timestamp,
};

use super::{
    Pass,
    join::{BODY_BYTES_MAX, pass_of},
};
use crate::{
    http::{Shared, error::ApiError},
    store::links::{Link, Shelf},
};

/// How many characters a label has at most.
const LABEL_CHARS_MAX: usize = 200;

/// A link as owners see it. Times are UTC milliseconds.
#[derive(Clone, Debug, Serialize)]
struct Shown {
    id: LinkId,
    role: Role,
    label: String,
    created: i64,
    expires: Option<i64>,
    revoked: Option<i64>,
    /// Whether the one who asks came by it.
    own: bool,
}

/// A link to be.
#[derive(Clone, Debug, Deserialize)]
struct New {
    id: LinkId,
    verifier: String,
    role: Role,
    #[serde(default)]
    label: String,
    #[serde(default)]
    expires: Option<i64>,
}

/// What is to be different about a link. What is left out stays.
#[derive(Clone, Debug, Deserialize)]
struct Changed {
    label: Option<String>,
    /// `null` for never.
    #[serde(default, deserialize_with = "present")]
    expires: Option<Option<i64>>,
    #[serde(default)]
    revoked: bool,
}

/// `GET /api/v1/backlogs/{document}/links`
pub(in crate::http) async fn list(
    State(shared): State<Shared>,
    Path(document): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let pass = owner(&shared, &headers, &document)?;
    answer(&shared, &pass).await
}

/// `POST /api/v1/backlogs/{document}/links`
pub(in crate::http) async fn create(
    State(shared): State<Shared>,
    Path(document): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let pass = owner(&shared, &headers, &document)?;
    let new: New = read(&body)?;
    let shelf = shelf(&shared, pass.document).await?;
    if shelf.links.iter().any(|link| link.id == new.id) {
        return Err(ApiError::conflict("There is a link with this id already."));
    }
    let secures = shelf.links.is_empty();
    if secures && (new.role != Role::Owner || new.expires.is_some()) {
        return Err(ApiError::conflict(
            "The first link of a backlog is an owner's, without an end.",
        ));
    }
    let link = Link {
        id: new.id,
        verifier: new.verifier.parse().map_err(|_| ApiError::malformed())?,
        role: new.role,
        label: label(&new.label),
        created: shared.access.now(),
        expires: new.expires.map(Timestamp::from_ms),
        revoked: None,
    };
    put(&shared, pass.document, link).await?;
    if secures {
        // From here on its id alone opens it no more.
        shared.access.shut(pass.document, None).await;
        return Ok(StatusCode::CREATED.into_response());
    }
    answer(&shared, &pass).await
}

/// `POST /api/v1/backlogs/{document}/links/{link}`
pub(in crate::http) async fn change(
    State(shared): State<Shared>,
    Path((document, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let pass = owner(&shared, &headers, &document)?;
    let changed: Changed = read(&body)?;
    let shelf = shelf(&shared, pass.document).await?;
    let link = shelf.links.iter().find(|link| link.id.as_str() == id);
    let mut link = link
        .cloned()
        .ok_or(ApiError::not_found("There is no such link."))?;
    if let Some(text) = &changed.label {
        link.label = label(text);
    }
    if let Some(expires) = changed.expires {
        link.expires = expires.map(Timestamp::from_ms);
    }
    let now = shared.access.now();
    if changed.revoked {
        link.revoked.get_or_insert(now);
    }
    if !has_lasting_owner(&shelf, &link) {
        return Err(ApiError::conflict(
            "This is the last link of an owner that does not end. Make another one first.",
        ));
    }
    let (id, closes) = (link.id, changed.revoked || changed.expires.is_some());
    put(&shared, pass.document, link).await?;
    if closes {
        // Those who came by it find out what it opens now, if anything.
        shared.access.shut(pass.document, Some(id)).await;
    }
    answer(&shared, &pass).await
}

/// Whether somebody still owns the backlog for good once a link is as given.
fn has_lasting_owner(shelf: &Shelf, changed: &Link) -> bool {
    let others = shelf.links.iter().filter(|link| link.id != changed.id);
    others
        .chain([changed])
        .any(|link| link.role == Role::Owner && link.revoked.is_none() && link.expires.is_none())
}

fn owner(shared: &Shared, headers: &HeaderMap, document: &str) -> Result<Arc<Pass>, ApiError> {
    let pass = pass_of(shared, headers, document)?;
    match authorize(pass.grant.role, Deed::ManageLinks) {
        Verdict::Allowed => Ok(pass),
        Verdict::RemarksOnly | Verdict::Refused(_) => {
            Err(ApiError::forbidden("Only owners make and revoke links."))
        }
    }
}

async fn shelf(shared: &Shared, document: DocumentId) -> Result<Shelf, ApiError> {
    Ok(shared.access.store().links().shelf(document).await?)
}

async fn put(shared: &Shared, document: DocumentId, link: Link) -> Result<(), ApiError> {
    let put = shared.access.store().links().put_link(document, link);
    if put.await? {
        Ok(())
    } else {
        Err(ApiError::conflict(
            "A backlog has at most 500 links, each with a secret of its own.",
        ))
    }
}

async fn answer(shared: &Shared, pass: &Pass) -> Result<Response, ApiError> {
    let shelf = shelf(shared, pass.document).await?;
    let shown: Vec<Shown> = shelf
        .links
        .into_iter()
        .map(|link| Shown {
            own: pass.grant.link == Some(link.id),
            id: link.id,
            role: link.role,
            label: link.label,
            created: link.created.ms(),
            expires: link.expires.map(Timestamp::ms),
            revoked: link.revoked.map(Timestamp::ms),
        })
        .collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(shown)).into_response())
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, ApiError> {
    if body.len() > BODY_BYTES_MAX {
        return Err(ApiError::malformed());
    }
    serde_json::from_slice(body).map_err(|_| ApiError::malformed())
}

fn label(text: &str) -> String {
    text.trim().chars().take(LABEL_CHARS_MAX).collect()
}

/// Tells a value that is `null` from one that is left out.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(value).map(Some)
}
