//! Coming in: a secret, or nothing where none is needed, becomes a session, and a session a ticket for one socket.

use std::str::FromStr;

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use shared::{
    ids::DocumentId,
    sync::access::{Role, Secret},
};

use super::{
    COOKIE, Knock, Turned,
    passes::{Pass, SESSION_MS},
};
use crate::http::{Shared, error::ApiError, refuse_foreign_pages};

/// What a browser shows at the door.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    /// The link's secret.
    secret: Option<String>,
    /// Whom it speaks for.
    person: Option<String>,
    /// What proves that.
    key: Option<String>,
    /// Whether it brings the backlog, if the relay does not know it.
    founds: bool,
    /// The relay's invitation to put new backlogs on it.
    invite: Option<String>,
}

/// What it gets.
#[derive(Clone, Debug, Serialize)]
struct Given {
    role: Role,
    /// Opens one socket, soon.
    ticket: String,
}

/// `POST /api/v1/backlogs/{document}/join`
pub(in crate::http) async fn join(
    State(shared): State<Shared>,
    Path(document): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    refuse_foreign_pages(&shared, &parts.headers)?;
    let caller = shared.access.caller(&parts.extensions, &parts.headers);
    let body = axum::body::to_bytes(body, BODY_BYTES_MAX)
        .await
        .map_err(|_| ApiError::malformed())?;
    let shown: Shown = serde_json::from_slice(&body).map_err(|_| ApiError::malformed())?;
    let document: DocumentId = document.parse().map_err(|_| nothing_here())?;
    let pass = shared
        .access
        .admit(shown.knock(document)?, &caller)
        .await
        .map_err(turned_away)?;
    let now = shared.access.now();
    let (token, ticket) = {
        let mut passes = shared.access.passes();
        let token = passes.begin(std::sync::Arc::clone(&pass), now);
        (token, passes.ticket(std::sync::Arc::clone(&pass), now))
    };
    let cookie = cookie_of(document, &token, is_secure(&parts.headers));
    let given = given(&pass, &ticket);
    let headers = [
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    Ok((headers, given).into_response())
}

/// `POST /api/v1/backlogs/{document}/ticket`
pub(in crate::http) async fn ticket(
    State(shared): State<Shared>,
    Path(document): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    refuse_foreign_pages(&shared, &headers)?;
    let pass = document
        .parse()
        .ok()
        .and_then(|document| shared.access.session(&headers, document))
        .ok_or_else(nothing_here)?;
    let now = shared.access.now();
    let ticket = shared.access.passes().ticket(pass.clone(), now);
    Ok(([(header::CACHE_CONTROL, NO_STORE)], given(&pass, &ticket)).into_response())
}

/// The largest body of a request, in bytes: a few secrets and a label.
pub(super) const BODY_BYTES_MAX: usize = 16 * 1024;

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn given(pass: &Pass, ticket: &Secret) -> Json<Given> {
    Json(Given {
        role: pass.grant.role,
        ticket: ticket.to_string(),
    })
}

impl Shown {
    fn knock(self, document: DocumentId) -> Result<Knock, ApiError> {
        let person = read(self.person.as_deref())?.zip(read(self.key.as_deref())?);
        Ok(Knock {
            document,
            secrets: read(self.secret.as_deref())?.into_iter().collect(),
            person,
            founds: self.founds,
            invite: self.invite,
        })
    }
}

fn read<T: FromStr>(text: Option<&str>) -> Result<Option<T>, ApiError> {
    text.map(|text| text.parse().map_err(|_| ApiError::malformed()))
        .transpose()
}

/// One answer for a backlog that is not there and for one that is not theirs.
pub(in crate::http) const fn nothing_here() -> ApiError {
    ApiError::not_found("There is no such backlog here, or this link does not open it.")
}

fn turned_away(turned: Turned) -> ApiError {
    match turned {
        Turned::Away => nothing_here(),
        Turned::Slowly => ApiError::slowly(),
        Turned::Store(error) => error.into(),
    }
}

/// For this backlog's requests alone, and out of reach of scripts.
fn cookie_of(document: DocumentId, token: &Secret, secure: bool) -> HeaderValue {
    let age = SESSION_MS / 1_000;
    let secure = if secure { "; Secure" } else { "" };
    let cookie = format!(
        "{COOKIE}={token}; Path=/api/v1/backlogs/{document}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"
    );
    HeaderValue::try_from(cookie).expect("hexadecimal and base-58 digits are plain text")
}

/// Whether the page was loaded over https, as its browser says.
fn is_secure(headers: &HeaderMap) -> bool {
    let origin = headers.get(header::ORIGIN);
    origin.is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

/// What the address of a stock client's socket says: its secrets, and the relay's invitation.
pub(in crate::http) fn knock_of_query(query: &str) -> (Vec<Secret>, Option<String>) {
    let pairs = || query.split('&').filter_map(|pair| pair.split_once('='));
    let secrets = pairs()
        .filter(|(name, _)| *name == "secret")
        .filter_map(|(_, secret)| secret.parse().ok())
        .take(SECRETS_MAX)
        .collect();
    let invite = pairs().find(|(name, _)| *name == "invite");
    (secrets, invite.map(|(_, invite)| invite.to_owned()))
}

/// Secrets in one address at most.
const SECRETS_MAX: usize = 32;

/// Who makes a request about links or files has to be let in already.
pub(in crate::http) fn pass_of(
    shared: &Shared,
    headers: &HeaderMap,
    document: &str,
) -> Result<std::sync::Arc<Pass>, ApiError> {
    refuse_foreign_pages(shared, headers)?;
    document
        .parse()
        .ok()
        .and_then(|document| shared.access.session(headers, document))
        .ok_or_else(nothing_here)
}
