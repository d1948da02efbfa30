//! The first frame of a connection, read before there is a room to hand it to.

use crate::{
    ids::{DocumentId, PersonId},
    sync::{
        frame::{self, ClientFrame, Cursor, Goodbye, PROTOCOL_VERSION, RelayFrame},
        room::SharedBytes,
    },
};

/// Who connects and what they hold: a [`ClientFrame::Hello`] of this protocol's version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// The backlog.
    pub document: DocumentId,
    /// Who connects.
    pub person: PersonId,
    /// How far the client has stored the log.
    pub cursor: Option<Cursor>,
    /// Whether the client holds changes of the backlog.
    pub holds_changes: bool,
}

/// The last frame for a connection, with the code to close it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// One WebSocket message.
    pub frame: SharedBytes,
    /// The WebSocket close code.
    pub code: u16,
}

impl Farewell {
    /// Says goodbye. A shell uses this itself when it turns somebody away before there is a room for them.
    #[must_use]
    pub fn new(reason: Goodbye, detail: &str) -> Self {
        let goodbye = RelayFrame::Goodbye {
            reason,
            detail: detail.to_owned(),
        };
        Self {
            frame: frame::encode(&goodbye).into(),
            code: reason.close_code(),
        }
    }
}

impl Hello {
    /// Reads the first frame of a connection.
    ///
    /// # Errors
    /// What to answer before closing, when it is no Hello, or one of another version: in every version a Hello begins
    /// with a zero byte and the version's number (H1).
    pub fn read(bytes: &[u8]) -> Result<Self, Farewell> {
        let version = match bytes.split_first() {
            Some((0, rest)) => postcard::take_from_bytes::<u16>(rest)
                .ok()
                .map(|(version, _)| version),
            Some(_) | None => None,
        };
        if version.is_some_and(|version| version != PROTOCOL_VERSION) {
            return Err(Farewell::new(
                Goodbye::WrongVersion,
                "This relay speaks another version of the protocol. Reload the page.",
            ));
        }
        match frame::decode(bytes) {
            Ok(ClientFrame::Hello {
                protocol: PROTOCOL_VERSION,
                document,
                person,
                cursor,
                holds_changes,
            }) => Ok(Self {
                document,
                person,
                cursor,
                holds_changes,
            }),
            Ok(_) | Err(_) => Err(Farewell::new(
                Goodbye::Malformed,
                "The first message of a connection has to be a Hello.",
            )),
        }
    }
}
