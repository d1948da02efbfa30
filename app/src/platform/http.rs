//! Plain requests to the relay.

use js_sys::{Function, Promise};
use shared::ids::DocumentId;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use super::{bytes_of, global};

/// Where the relay hands out the snapshot of a backlog, by the address of its socket.
#[must_use]
pub fn snapshot_url(relay: &str, document: DocumentId) -> Option<String> {
    url(relay, document, "snapshot")
}

/// Where the relay takes requests about a backlog, by the address of its socket.
#[must_use]
pub fn url(relay: &str, document: DocumentId, what: &str) -> Option<String> {
    let (scheme, rest) = relay.split_once("://")?;
    let scheme = match scheme {
        "ws" => "http",
        "wss" => "https",
        _ => return None,
    };
    let host = rest.split('/').next().filter(|host| !host.is_empty())?;
    Some(format!(
        "{scheme}://{host}/api/v1/backlogs/{document}/{what}"
    ))
}

/// Gets the body at an address, or says why not.
pub async fn fetch(url: &str) -> Result<Vec<u8>, String> {
    let response = send(url, &RequestInit::new())
        .await
        .map_err(|_| "the relay can't be reached".to_owned())?;
    if !response.ok() {
        return Err(format!("the relay answered {}", response.status()));
    }
    let body = match response.array_buffer() {
        Ok(body) => JsFuture::from(body).await,
        Err(thrown) => Err(thrown),
    };
    body.ok()
        .as_ref()
        .and_then(bytes_of)
        .ok_or_else(|| "the connection broke".to_owned())
}

/// Makes a request. `fetch` is called by name, since it belongs to windows and workers alike.
pub async fn send(url: &str, options: &RequestInit) -> Result<Response, JsValue> {
    let fetch: Function = global("fetch").dyn_into()?;
    let answer: Promise = fetch
        .call2(&JsValue::UNDEFINED, &JsValue::from_str(url), options)?
        .dyn_into()?;
    JsFuture::from(answer).await?.dyn_into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_go_beside_the_socket() {
        let document = DocumentId::from_bytes([3; 16]);
        assert_eq!(
            url("wss://relay.example/api/v1/sync", document, "join"),
            Some(format!(
                "https://relay.example/api/v1/backlogs/{document}/join"
            ))
        );
    }

    #[test]
    fn the_snapshot_is_beside_the_socket() {
        let document = DocumentId::from_bytes([3; 16]);
        assert_eq!(
            snapshot_url("wss://relay.example:8443/api/v1/sync", document),
            Some(format!(
                "https://relay.example:8443/api/v1/backlogs/{document}/snapshot"
            ))
        );
        assert_eq!(
            snapshot_url("ws://localhost", document),
            Some(format!(
                "http://localhost/api/v1/backlogs/{document}/snapshot"
            ))
        );
        assert_eq!(snapshot_url("/api/v1/sync", document), None);
        assert_eq!(snapshot_url("ws:///api", document), None);
    }
}
