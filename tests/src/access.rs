//! Coming in at a relay as browsers do: a request that gives a session and a ticket, then a socket with the ticket.

use serde_json::{Value, json};
use shared::{
    ids::{DocumentId, PersonId},
    sync::access::Secret,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{
    client::IntoClientRequest, handshake::client::Request, http::HeaderValue,
};

/// What the relay answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The status code.
    pub status: u16,
    /// The head, in lower case but for its first line.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What somebody who was let in has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What they may do.
    pub role: String,
    /// Opens one socket.
    pub ticket: String,
    /// The session, as a browser sends it back.
    pub cookie: String,
}

/// Who knocks, and with what. The default brings a backlog and holds no secret.
#[derive(Clone, Debug)]
pub struct Knock {
    /// The link's secret.
    pub secret: Option<Secret>,
    /// Whom they speak for, and the key that proves it.
    pub person: Option<(PersonId, Secret)>,
    /// Whether they bring the backlog.
    pub founds: bool,
    /// The relay's invitation.
    pub invite: Option<String>,
}

impl Default for Knock {
    fn default() -> Self {
        Self {
            secret: None,
            person: None,
            founds: true,
            invite: None,
        }
    }
}

/// Knocks at the relay whose socket this is.
///
/// # Errors
/// The status when nobody is let in.
///
/// # Panics
/// When there is no relay.
pub async fn join(socket: &str, document: DocumentId, knock: &Knock) -> Result<Entry, u16> {
    let body = json!({
        "secret": knock.secret.map(|secret| secret.to_string()),
        "person": knock.person.map(|(person, _)| person.to_string()),
        "key": knock.person.map(|(_, key)| key.to_string()),
        "founds": knock.founds,
        "invite": knock.invite,
    });
    let path = format!("/api/v1/backlogs/{document}/join");
    let answered = request(socket, "POST", &path, &[], Some(&body)).await;
    entry(&answered, "")
}

/// Whose digits are the secret of the one link of a test's backlog.
const NOBODY: PersonId = PersonId::from_bytes([0; 16]);

/// Where a browser opens a backlog that was founded by somebody who is [`known_as`] themselves.
#[must_use]
pub fn path_of(document: DocumentId) -> String {
    format!("/b/{document}#k={}", digits_of(NOBODY))
}

/// What somebody knocks with who holds the one link of a test's backlog, and proves who they are.
#[must_use]
pub fn known_as(person: PersonId) -> Knock {
    Knock {
        secret: Some(key_of(NOBODY)),
        person: Some((person, key_of(person))),
        ..Knock::default()
    }
}

/// The key with which somebody in a test proves who they are.
///
/// # Panics
/// Never: any digits are a key.
#[must_use]
pub fn key_of(person: PersonId) -> Secret {
    digits_of(person).parse().expect("64 hexadecimal digits")
}

fn digits_of(person: PersonId) -> String {
    person.to_string().repeat(2)
}

/// A new ticket for somebody who has a session.
///
/// # Errors
/// The status when there is none.
pub async fn ticket(socket: &str, document: DocumentId, cookie: &str) -> Result<Entry, u16> {
    let path = format!("/api/v1/backlogs/{document}/ticket");
    let answered = request(socket, "POST", &path, &[("cookie", cookie)], None).await;
    entry(&answered, cookie)
}

fn entry(answered: &Answered, cookie: &str) -> Result<Entry, u16> {
    if answered.status != 200 {
        return Err(answered.status);
    }
    let given: Value = serde_json::from_slice(&answered.body).expect("the relay answers in JSON");
    let text = |name: &str| given[name].as_str().expect("a text").to_owned();
    let set = answered
        .head
        .lines()
        .find_map(|line| line.strip_prefix("set-cookie: "))
        .and_then(|cookie| cookie.split(';').next());
    Ok(Entry {
        role: text("role"),
        ticket: text("ticket"),
        cookie: set.unwrap_or(cookie).to_owned(),
    })
}

/// The request for a socket with a ticket.
///
/// # Panics
/// When the address is none.
#[must_use]
pub fn socket_with(socket: &str, ticket: &str) -> Request {
    let mut request = socket.into_client_request().expect("an address");
    let offered = format!("cutline, ticket.{ticket}");
    let offered = HeaderValue::try_from(offered).expect("plain text");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", offered);
    request
}

/// One request to the relay whose socket this is.
///
/// # Panics
/// When there is no relay, or it does not speak HTTP.
pub async fn request(
    socket: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Value>,
) -> Answered {
    let body = body.map(Value::to_string).unwrap_or_default();
    let length = body.len().to_string();
    let said = [
        ("content-type", "application/json"),
        ("content-length", &length),
    ];
    let headers = [&said, headers].concat();
    send(socket, method, path, &headers, body.as_bytes()).await
}

/// One request with these headers and these bytes.
///
/// # Panics
/// When there is no relay, or it does not speak HTTP.
pub async fn send(
    socket: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Answered {
    let host = host(socket);
    let headers: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}\r\n");
    let mut stream = TcpStream::connect(host).await.expect("a relay");
    let asked = [head.as_bytes(), body].concat();
    // A relay that refuses what is too long does not hear it to its end.
    drop(stream.write_all(&asked).await);
    let mut answer = Vec::new();
    // The answer may be followed by a broken connection where the relay ended in between.
    drop(stream.read_to_end(&mut answer).await);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = end.map(|end| answer.split_off(end + 4)).unwrap_or_default();
    let head = String::from_utf8(answer).expect("a head is text");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Answered {
        status: status.unwrap_or(0),
        head,
        body,
    }
}

fn host(socket: &str) -> &str {
    let (_, rest) = socket.split_once("://").expect("an address");
    rest.split('/').next().expect("a part")
}
