//! What an operator's tools ask: whether the relay lives, whether it can do its work, and its numbers.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use super::Shared;
use crate::{metrics::Standing, store::Health};

/// What Prometheus takes the numbers for.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The addresses of the listener that only the operator reaches.
pub(crate) fn router(shared: Shared) -> Router {
    Router::new()
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(shared)
}

/// `GET /healthz`: the process lives and answers. What it says besides is for people; a restart would not help.
pub(super) async fn health(State(shared): State<Shared>) -> Response {
    answer(StatusCode::OK, trouble(&shared).unwrap_or("ok"))
}

/// `GET /readyz`: whether people can work with this relay now.
pub(super) async fn ready(State(shared): State<Shared>) -> Response {
    match trouble(&shared) {
        None => answer(StatusCode::OK, "ready"),
        Some(trouble) => answer(StatusCode::SERVICE_UNAVAILABLE, trouble),
    }
}

/// `GET /metrics`
async fn metrics(State(shared): State<Shared>) -> Response {
    let standing = Standing {
        rooms: shared.rooms.count(),
        connections: shared.connections.open(),
        writable: shared.store.health() == Health::Writable,
    };
    let text = shared.metrics.render(standing);
    ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response()
}

fn trouble(shared: &Shared) -> Option<&'static str> {
    if shared.rooms.is_stopping() {
        return Some("The relay is stopping.");
    }
    match shared.store.health() {
        Health::Writable => None,
        Health::Full => Some(
            "The disk is full: backlogs can be read, changes wait in the browsers. It goes on by itself when there is room.",
        ),
        Health::Failed => Some("The disk failed: the relay ends."),
    }
}

fn answer(status: StatusCode, said: &'static str) -> Response {
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    (status, no_store, format!("{said}\n")).into_response()
}
