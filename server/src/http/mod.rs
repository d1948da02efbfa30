//! Every address of the relay on one page.

use std::sync::Arc;

use axum::{
    Router,
    extract::{State, WebSocketUpgrade, ws::WebSocket},
    http::{Extensions, HeaderMap, Method, Uri, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use shared::{door::MESSAGE_BYTES_MAX, sync::frame::FRAME_BYTES_MAX};
use tokio::sync::Semaphore;

use self::{
    access::{Access, SUBPROTOCOL},
    assets::Assets,
    connections::{Connections, Place},
    error::ApiError,
};
use crate::{limits::READ_BUFFER_BYTES, metrics::Metrics, rooms::Rooms, store::Store};

pub mod access;
pub mod admin;
pub mod assets;
pub mod connections;
mod door;
mod error;
mod files;
pub(crate) mod operation;
pub mod snapshot;
mod socket;

/// What requests are answered from; clones share it.
#[derive(Clone, Debug)]
pub struct Shared {
    /// The open backlogs.
    pub rooms: Rooms,
    /// Where backlogs are kept.
    pub store: Arc<dyn Store>,
    /// The places for sockets.
    pub connections: Connections,
    /// The app's files, where this relay has them.
    pub assets: Option<Arc<Assets>>,
    /// What the relay counts.
    pub metrics: Metrics,
    /// Who is let in.
    pub access: Access,
    /// The places for files on their way in or out.
    pub transfers: Arc<Semaphore>,
    /// Pages of other origins that may connect.
    pub origins: Arc<[String]>,
}

/// All routes.
pub fn router(shared: Shared) -> Router {
    Router::new()
        .route("/healthz", get(operation::health))
        .route("/readyz", get(operation::ready))
        .route("/api/v1/sync", get(sync))
        .route("/automerge", get(automerge))
        .route("/api/v1/backlogs/{document}/snapshot", get(snapshot::get))
        .route("/api/v1/backlogs/{document}/join", post(access::join::join))
        .route(
            "/api/v1/backlogs/{document}/ticket",
            post(access::join::ticket),
        )
        .route("/api/v1/backlogs/{document}/files", get(files::list))
        .route(
            "/api/v1/backlogs/{document}/files/{file}",
            get(files::get).put(files::put),
        )
        .route(
            "/api/v1/backlogs/{document}/links",
            get(access::links::list).post(access::links::create),
        )
        .route(
            "/api/v1/backlogs/{document}/links/{link}",
            post(access::links::change),
        )
        .fallback(file)
        .with_state(shared)
}

/// Cutline's own protocol. Nobody gets a socket who was not let in before.
async fn sync(
    State(shared): State<Shared>,
    headers: HeaderMap,
    extensions: Extensions,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    refuse_foreign_pages(&shared, &headers)?;
    let pass = shared
        .access
        .redeem(&headers)
        .ok_or_else(access::join::nothing_here)?;
    let caller = shared.access.caller(&extensions, &headers);
    let place = shared.connections.enter(caller.address);
    let upgrade = upgrade.protocols([SUBPROTOCOL]);
    upgrade_socket(upgrade, place, FRAME_BYTES_MAX, move |socket| {
        socket::serve(socket, shared, pass)
    })
}

/// The protocol of stock Automerge clients. Their secrets stand in the address, and are looked at for each backlog.
async fn automerge(
    State(shared): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    extensions: Extensions,
    upgrade: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    refuse_foreign_pages(&shared, &headers)?;
    let caller = shared.access.caller(&extensions, &headers);
    if !shared.access.may_try(caller.address) {
        return Err(ApiError::slowly());
    }
    let place = shared.connections.enter_by_door(caller.address);
    let visitor = door::Visitor::new(caller, uri.query().unwrap_or_default());
    upgrade_socket(upgrade, place, MESSAGE_BYTES_MAX, move |socket| {
        door::serve(socket, shared, visitor)
    })
}

/// The app: one of its files, or its page, which knows what to show at all other addresses.
async fn file(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    if uri.path().starts_with("/api/") || !(method == Method::GET || method == Method::HEAD) {
        return Err(ApiError::not_found("There is nothing at this address."));
    }
    match &shared.assets {
        Some(assets) => Ok(assets.answer(uri.path(), &headers)),
        None => Err(ApiError::not_found(
            "This relay was built without the app. Name a folder that holds it with `cutline serve --app`.",
        )),
    }
}

/// Turns the request into a socket with small buffers and bounded messages, which keeps its place while it lives.
fn upgrade_socket<F>(
    upgrade: WebSocketUpgrade,
    place: Option<Place>,
    bytes_max: usize,
    serve: impl FnOnce(WebSocket) -> F + Send + 'static,
) -> Result<Response, ApiError>
where
    F: Future<Output = ()> + Send,
{
    let place = place.ok_or(ApiError::busy("Too many connections. Try again later."))?;
    let upgrade = upgrade
        .max_message_size(bytes_max)
        .max_frame_size(bytes_max)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0);
    let response = upgrade.on_upgrade(async move |socket| {
        serve(socket).await;
        drop(place);
    });
    Ok(response.into_response())
}

/// Browsers say which page opens a socket. One from another site could otherwise reach a relay that only this
/// browser's network can see. Programs that are not browsers say nothing.
fn refuse_foreign_pages(shared: &Shared, headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let Some(origin) = text(header::ORIGIN) else {
        return Ok(());
    };
    let host = text(header::HOST).unwrap_or_default();
    let own = origin
        .split_once("://")
        .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
    if own || shared.origins.iter().any(|allowed| allowed == origin) {
        Ok(())
    } else {
        Err(ApiError::forbidden(
            "This page is of another site. `cutline serve --allow-origin` lets it in.",
        ))
    }
}
