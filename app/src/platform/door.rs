//! Knocking at the relay: a link's secret becomes a ticket for one socket, and the owners' requests about links.

use js_sys::JSON;
use shared::{
    ids::{DocumentId, LinkId},
    session::{Knock, messages::Open},
    sync::access::{Role, Secret, Verifier},
    time::Timestamp,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use super::{http, object, property};

/// The subprotocols of a socket: Cutline's own, and the ticket.
#[must_use]
pub fn subprotocols(ticket: &str) -> [String; 2] {
    ["cutline".to_owned(), format!("ticket.{ticket}")]
}

/// Why the relay gave no ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTicket {
    /// It can't be reached, or is not well.
    Unreachable,
    /// It does not let this browser in.
    TurnedAway {
        /// Why, for people.
        reason: String,
        /// Whether trying again soon is of no use.
        lasting: bool,
    },
}

/// Gets a ticket for one socket: by the session that this browser has, or by its secret.
pub async fn ticket(open: &Open, knock: Knock, has_session: bool) -> Result<String, NoTicket> {
    let address = |what| http::url(&open.relay, open.document, what);
    let Some((join, again)) = address("join").zip(address("ticket")) else {
        return Err(NoTicket::Unreachable);
    };
    if has_session && let Ok(given) = request("POST", &again, None).await {
        return ticket_in(&given);
    }
    match request("POST", &join, Some(&shown(open, knock))).await {
        Ok(given) => ticket_in(&given),
        Err(Failed { status: 404, .. }) => Err(NoTicket::TurnedAway {
            reason: words_for_nothing_here(knock).to_owned(),
            lasting: true,
        }),
        Err(Failed {
            status: 400 | 403,
            words,
        }) => Err(NoTicket::TurnedAway {
            reason: words,
            lasting: true,
        }),
        Err(Failed { status: 429, words }) => Err(NoTicket::TurnedAway {
            reason: words,
            lasting: false,
        }),
        Err(Failed { .. }) => Err(NoTicket::Unreachable),
    }
}

/// The relay does not say whether a backlog is there.
fn words_for_nothing_here(knock: Knock) -> &'static str {
    if knock.founds {
        "The relay does not open this backlog with your link. It may have been revoked or have expired; for a backlog that \
         is new here, ask whoever runs the relay for its invitation. Your work stays on this device."
    } else {
        "The relay has no such backlog, or this link does not open it: it may be cut, revoked, or have expired. Ask whoever \
         shared it for another one, or to open the backlog once while online."
    }
}

fn ticket_in(given: &JsValue) -> Result<String, NoTicket> {
    property(given, "ticket")
        .as_string()
        .ok_or(NoTicket::Unreachable)
}

fn shown(open: &Open, knock: Knock) -> JsValue {
    let text = |text: Option<String>| text.map_or(JsValue::NULL, |text| JsValue::from_str(&text));
    let key = open.keys.person.map(|key| key.to_string());
    object(&[
        (
            "secret",
            text(knock.secret.map(|secret| secret.to_string())),
        ),
        ("person", text(Some(open.person.to_string()))),
        ("key", text(key)),
        ("founds", JsValue::from_bool(knock.founds)),
        ("invite", text(open.keys.invite.clone())),
    ])
    .into()
}

/// A link as its owners see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLink {
    /// Its id.
    pub id: LinkId,
    /// What it lets people do.
    pub role: Role,
    /// What it is for.
    pub label: String,
    /// From when on it opens nothing.
    pub expires: Option<Timestamp>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Whether this browser came by it.
    pub own: bool,
}

/// A link to be.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Its id.
    pub id: LinkId,
    /// The hash of its secret.
    pub verifier: Verifier,
    /// What it lets people do.
    pub role: Role,
    /// What it is for.
    pub label: String,
    /// From when on it opens nothing.
    pub expires: Option<Timestamp>,
}

/// The links of a backlog, or why they can't be had, for people.
pub async fn links(relay: &str, document: DocumentId) -> Result<Vec<ListedLink>, String> {
    let address = http::url(relay, document, "links").ok_or("The relay has no address.")?;
    let listed = request("GET", &address, None).await.map_err(said)?;
    Ok(read_links(&listed))
}

/// Makes a link; the list after it, which is empty where this browser has to come in by it first.
pub async fn make_link(
    relay: &str,
    document: DocumentId,
    new: &NewLink,
) -> Result<Vec<ListedLink>, String> {
    let address = http::url(relay, document, "links").ok_or("The relay has no address.")?;
    let body = object(&[
        ("id", JsValue::from_str(new.id.as_str())),
        ("verifier", JsValue::from_str(&new.verifier.to_string())),
        ("role", JsValue::from_str(new.role.word())),
        ("label", JsValue::from_str(&new.label)),
        ("expires", time(new.expires)),
    ]);
    let listed = request("POST", &address, Some(&body.into())).await;
    Ok(read_links(&listed.map_err(said)?))
}

/// Revokes a link; the list after it.
pub async fn revoke_link(
    relay: &str,
    document: DocumentId,
    link: LinkId,
) -> Result<Vec<ListedLink>, String> {
    let body = object(&[("revoked", JsValue::TRUE)]);
    change_link(relay, document, link, body.into()).await
}

/// Lets a link end, or never; the list after it.
pub async fn expire_link(
    relay: &str,
    document: DocumentId,
    link: LinkId,
    expires: Option<Timestamp>,
) -> Result<Vec<ListedLink>, String> {
    let body = object(&[("expires", time(expires))]);
    change_link(relay, document, link, body.into()).await
}

async fn change_link(
    relay: &str,
    document: DocumentId,
    link: LinkId,
    body: JsValue,
) -> Result<Vec<ListedLink>, String> {
    let address =
        http::url(relay, document, &format!("links/{link}")).ok_or("The relay has no address.")?;
    let listed = request("POST", &address, Some(&body)).await;
    Ok(read_links(&listed.map_err(said)?))
}

// Times stay far below 2^53 milliseconds.
fn time(time: Option<Timestamp>) -> JsValue {
    time.map_or(JsValue::NULL, |time| JsValue::from_f64(time.ms() as f64))
}

fn read_links(listed: &JsValue) -> Vec<ListedLink> {
    if !js_sys::Array::is_array(listed) {
        return Vec::new();
    }
    js_sys::Array::from(listed)
        .iter()
        .filter_map(|link| read_link(&link))
        .collect()
}

fn read_link(link: &JsValue) -> Option<ListedLink> {
    let text = |name| property(link, name).as_string();
    let expires = property(link, "expires").as_f64();
    Some(ListedLink {
        id: text("id")?.parse().ok()?,
        role: Role::from_word(&text("role")?)?,
        label: text("label").unwrap_or_default(),
        expires: expires.map(|ms| Timestamp::from_ms(ms as i64)),
        revoked: property(link, "revoked").as_f64().is_some(),
        own: property(link, "own").is_truthy(),
    })
}

/// A request that did not do what was asked. Status 0 where there was no answer.
struct Failed {
    status: u16,
    words: String,
}

fn said(failed: Failed) -> String {
    match failed {
        Failed { status: 0, .. } => "The relay can't be reached. Try again when online.".to_owned(),
        Failed { status: 404, .. } => {
            "The relay does not know this browser any more. It tries again by itself.".to_owned()
        }
        Failed { words, .. } => words,
    }
}

async fn request(method: &str, address: &str, body: Option<&JsValue>) -> Result<JsValue, Failed> {
    let unreachable = |_| Failed {
        status: 0,
        words: String::new(),
    };
    let response = send(method, address, body).await.map_err(unreachable)?;
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.map_err(unreachable)?,
        Err(thrown) => return Err(unreachable(thrown)),
    };
    let text = text.as_string().unwrap_or_default();
    if response.ok() {
        return Ok(JSON::parse(&text).unwrap_or(JsValue::NULL));
    }
    Err(Failed {
        status: response.status(),
        words: text,
    })
}

async fn send(method: &str, address: &str, body: Option<&JsValue>) -> Result<Response, JsValue> {
    let options = RequestInit::new();
    options.set_method(method);
    if let Some(body) = body {
        let headers = Headers::new()?;
        headers.set("content-type", "application/json")?;
        options.set_headers(&headers);
        options.set_body(&JSON::stringify(body)?.into());
    }
    http::send(address, &options).await
}

/// A link that opens a backlog.
#[must_use]
pub fn link_to(origin: &str, document: DocumentId, secret: Option<Secret>) -> String {
    match secret {
        Some(secret) => format!("{origin}/b/{document}#k={secret}"),
        None => format!("{origin}/b/{document}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_its_secret_where_servers_do_not_see_it() {
        let document = DocumentId::from_bytes([3; 16]);
        let secret: Secret = "0f".repeat(32).parse().expect("64 digits");
        let link = link_to("https://relay.example", document, Some(secret));
        let (sent, kept) = link.split_once('#').expect("a fragment");
        assert!(!sent.contains("0f0f"));
        assert_eq!(crate::address::parse_fragment(kept).secret, Some(secret));
    }
}
