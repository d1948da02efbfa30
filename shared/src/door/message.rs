//! automerge-repo's WebSocket messages: one CBOR map per binary message.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{DoorError, MESSAGE_BYTES_MAX};
use crate::ids::DocumentId;

/// The name under which the relay speaks to stock clients.
pub const RELAY_NAME: &str = "cutline-relay";

/// The only version of the protocol there is.
const VERSION: &str = "1";
/// Longer names than any client gives itself.
const NAME_BYTES_MAX: usize = 256;
/// The maps of a message hold one map of metadata; nothing deeper is looked at.
const DEPTH_MAX: usize = 16;

/// From a stock client to the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientMessage {
    /// The first message of a connection.
    Join {
        /// The name the client gave itself; answers are addressed to it.
        name: String,
        /// Whether the client speaks the one version of the protocol there is.
        speaks_our_version: bool,
    },
    /// The client is about to disconnect.
    Leave,
    /// Begins to sync; wants [`RelayMessage::Unavailable`] if the relay does not hold the document.
    Request {
        /// The document.
        document: DocumentId,
        /// A message of Automerge's sync protocol, for [`DoorSync::receive`](super::DoorSync::receive).
        sync: Vec<u8>,
    },
    /// Syncs.
    Sync {
        /// The document.
        document: DocumentId,
        /// A message of Automerge's sync protocol, for [`DoorSync::receive`](super::DoorSync::receive).
        sync: Vec<u8>,
    },
    /// Something that others with the same document open may hear, and that is never stored.
    Ephemeral {
        /// The document.
        document: DocumentId,
        /// The name of the client who said it first: clients repeat to each peer what they heard from another.
        sender: String,
        /// The client's running number within the session.
        count: u64,
        /// The session.
        session: String,
        /// What is said.
        data: Vec<u8>,
    },
    /// The client does not hold a document it was asked for.
    Unavailable {
        /// The document.
        document: DocumentId,
    },
    /// Anything that the relay has no use for: gossip about third parties, errors, kinds of messages yet to come.
    Ignored,
}

impl ClientMessage {
    /// Reads a message: bounded before it is parsed, never deeper than a message is.
    ///
    /// # Errors
    /// When it is too long or not a message of this protocol.
    pub fn read(bytes: &[u8]) -> Result<Self, DoorError> {
        if bytes.len() > MESSAGE_BYTES_MAX {
            return Err(DoorError::TooLong(bytes.len()));
        }
        let fields: Fields = ciborium::de::from_reader_with_recursion_limit(bytes, DEPTH_MAX)
            .map_err(|_| DoorError::Malformed("not a message"))?;
        fields.message()
    }
}

/// Every field that any message has. One flat struct, since a tagged enum would first copy the message into a tree
/// many times its size.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Fields {
    r#type: String,
    sender_id: Option<String>,
    document_id: Option<String>,
    supported_protocol_versions: Option<Versions>,
    count: Option<u64>,
    session_id: Option<String>,
    data: Option<Blob>,
}

/// The specification has one version where clients send a list.
#[derive(Deserialize)]
#[serde(transparent)]
struct Versions(#[serde(deserialize_with = "one_or_many")] Vec<String>);

impl Fields {
    fn message(self) -> Result<ClientMessage, DoorError> {
        Ok(match self.r#type.as_str() {
            "join" => ClientMessage::Join {
                speaks_our_version: self
                    .supported_protocol_versions
                    .is_none_or(|versions| versions.0.iter().any(|version| version == VERSION)),
                name: name(self.sender_id)?,
            },
            "leave" => ClientMessage::Leave,
            "request" => ClientMessage::Request {
                document: document(self.document_id)?,
                sync: data(self.data)?,
            },
            "sync" => ClientMessage::Sync {
                document: document(self.document_id)?,
                sync: data(self.data)?,
            },
            "ephemeral" => ClientMessage::Ephemeral {
                document: document(self.document_id)?,
                sender: name(self.sender_id)?,
                count: self.count.ok_or(DoorError::Malformed("no count"))?,
                session: name(self.session_id)?,
                data: data(self.data)?,
            },
            "doc-unavailable" => ClientMessage::Unavailable {
                document: document(self.document_id)?,
            },
            _ => ClientMessage::Ignored,
        })
    }
}

fn name(name: Option<String>) -> Result<String, DoorError> {
    name.filter(|name| !name.is_empty() && name.len() <= NAME_BYTES_MAX)
        .ok_or(DoorError::Malformed("no name"))
}

fn document(id: Option<String>) -> Result<DocumentId, DoorError> {
    id.and_then(|id| id.parse().ok())
        .ok_or(DoorError::Malformed("no document"))
}

fn data(data: Option<Blob>) -> Result<Vec<u8>, DoorError> {
    data.map(|data| data.0)
        .ok_or(DoorError::Malformed("no data"))
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct OneOrMany;
    impl<'de> de::Visitor<'de> for OneOrMany {
        type Value = Vec<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("versions")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<String>, E> {
            Ok(vec![text.to_owned()])
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<String>, A::Error> {
            let mut versions = Vec::new();
            while let Some(version) = list.next_element()? {
                versions.push(version);
                if versions.len() > DEPTH_MAX {
                    return Err(de::Error::custom("too many versions"));
                }
            }
            Ok(versions)
        }
    }
    deserializer.deserialize_any(OneOrMany)
}

/// From the relay to a stock client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(
    tag = "type",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase"
)]
pub enum RelayMessage<'a> {
    /// The answer to [`ClientMessage::Join`].
    #[serde(rename = "peer")]
    Welcome {
        /// The relay.
        sender_id: &'a str,
        /// The client's name.
        target_id: &'a str,
        /// The version both speak.
        selected_protocol_version: &'a str,
        /// What the client may know of the relay.
        peer_metadata: PeerMetadata,
    },
    /// A message of Automerge's sync protocol, as [`DoorSync::generate`](super::DoorSync::generate) made it.
    Sync {
        /// The relay.
        sender_id: &'a str,
        /// The client's name.
        target_id: &'a str,
        /// The document.
        document_id: DocumentId,
        /// The message.
        #[serde(serialize_with = "as_bytes")]
        data: &'a [u8],
    },
    /// What another client said.
    Ephemeral {
        /// The client who said it.
        sender_id: &'a str,
        /// The name of the client who hears it.
        target_id: &'a str,
        /// The document.
        document_id: DocumentId,
        /// The speaker's running number within the session.
        count: u64,
        /// The session.
        session_id: &'a str,
        /// What was said.
        #[serde(serialize_with = "as_bytes")]
        data: &'a [u8],
    },
    /// The relay does not hold the document.
    #[serde(rename = "doc-unavailable")]
    Unavailable {
        /// The relay.
        sender_id: &'a str,
        /// The client's name.
        target_id: &'a str,
        /// The document.
        document_id: DocumentId,
    },
    /// The connection ends, and why.
    Error {
        /// The relay.
        sender_id: &'a str,
        /// The client's name.
        target_id: &'a str,
        /// For people.
        message: &'a str,
    },
}

/// What a stock client may know of the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerMetadata {
    /// The relay gives no storage id, so clients keep nothing about it between connections: it tells from their heads
    /// what they have.
    is_ephemeral: bool,
}

impl<'a> RelayMessage<'a> {
    /// Welcomes a client.
    #[must_use]
    pub fn welcome(client: &'a str) -> Self {
        Self::Welcome {
            sender_id: RELAY_NAME,
            target_id: client,
            selected_protocol_version: VERSION,
            peer_metadata: PeerMetadata { is_ephemeral: true },
        }
    }

    /// Syncs.
    #[must_use]
    pub fn sync(client: &'a str, document: DocumentId, message: &'a [u8]) -> Self {
        Self::Sync {
            sender_id: RELAY_NAME,
            target_id: client,
            document_id: document,
            data: message,
        }
    }

    /// Says that the relay does not hold a document.
    #[must_use]
    pub fn unavailable(client: &'a str, document: DocumentId) -> Self {
        Self::Unavailable {
            sender_id: RELAY_NAME,
            target_id: client,
            document_id: document,
        }
    }

    /// Says why the connection ends.
    #[must_use]
    pub fn error(client: &'a str, message: &'a str) -> Self {
        Self::Error {
            sender_id: RELAY_NAME,
            target_id: client,
            message,
        }
    }

    /// The message as it goes over the wire.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        ciborium::into_writer(self, &mut bytes).expect("plain fields can be written to memory");
        bytes
    }
}

fn as_bytes<S: Serializer>(bytes: &&[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(bytes)
}

/// A byte string; without this, serde would read a list of numbers.
struct Blob(Vec<u8>);

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl de::Visitor<'_> for Bytes {
            type Value = Blob;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("bytes")
            }
            fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Blob, E> {
                Ok(Blob(bytes))
            }
        }
        deserializer.deserialize_byte_buf(Bytes)
    }
}

#[cfg(test)]
mod tests {
    use ciborium::{Value, cbor};

    use super::*;

    const DOCUMENT: DocumentId = DocumentId::from_bytes([7; 16]);

    fn bytes(value: &Value) -> Vec<u8> {
        let mut bytes = Vec::new();
        ciborium::into_writer(value, &mut bytes).unwrap();
        bytes
    }

    fn read(value: &Value) -> Result<ClientMessage, DoorError> {
        ClientMessage::read(&bytes(value))
    }

    #[test]
    fn a_join_in_every_shape_that_clients_send() {
        let welcome = |speaks_our_version| ClientMessage::Join {
            name: "ada".to_owned(),
            speaks_our_version,
        };
        let plain = cbor!({ "type" => "join", "senderId" => "ada" }).unwrap();
        assert_eq!(read(&plain), Ok(welcome(true)));
        let full = cbor!({
            "type" => "join",
            "senderId" => "ada",
            "peerMetadata" => { "storageId" => "x", "isEphemeral" => false, "more" => [1, { "deep" => null }] },
            "supportedProtocolVersions" => ["0", "1"],
        });
        assert_eq!(read(&full.unwrap()), Ok(welcome(true)));
        let later =
            cbor!({ "type" => "join", "senderId" => "ada", "supportedProtocolVersions" => "2" });
        assert_eq!(read(&later.unwrap()), Ok(welcome(false)));
        let nameless = cbor!({ "type" => "join", "senderId" => "" });
        assert_eq!(
            read(&nameless.unwrap()),
            Err(DoorError::Malformed("no name"))
        );
    }

    #[test]
    fn sync_messages_as_byte_strings_tagged_or_not() {
        let plain = Value::Bytes(vec![0x42; 9_000]);
        let tagged = Value::Tag(64, Box::new(plain.clone()));
        for data in [plain, tagged] {
            let message = cbor!({
                "type" => "request",
                "senderId" => "ada",
                "targetId" => RELAY_NAME,
                "documentId" => DOCUMENT.to_string(),
                "data" => data,
            });
            let read = read(&message.unwrap());
            assert_eq!(
                read,
                Ok(ClientMessage::Request {
                    document: DOCUMENT,
                    sync: vec![0x42; 9_000]
                })
            );
        }
        let mistyped = cbor!({ "type" => "sync", "documentId" => "4NMNnkMhL8jXrdJ9jamS58PAVdXu", "data" => [1] });
        assert!(matches!(
            read(&mistyped.unwrap()),
            Err(DoorError::Malformed(_))
        ));
    }

    #[test]
    fn the_rest_of_the_protocol() {
        let ephemeral = cbor!({
            "type" => "ephemeral", "senderId" => "ada", "targetId" => "relay", "count" => 3, "sessionId" => "s",
            "documentId" => DOCUMENT.to_string(), "data" => Value::Bytes(vec![1]),
        });
        let said = ClientMessage::Ephemeral {
            document: DOCUMENT,
            sender: "ada".to_owned(),
            count: 3,
            session: "s".to_owned(),
            data: vec![1],
        };
        assert_eq!(read(&ephemeral.unwrap()), Ok(said));
        let gossip =
            cbor!({ "type" => "remote-subscription-change", "senderId" => "ada", "add" => ["x"] });
        assert_eq!(read(&gossip.unwrap()), Ok(ClientMessage::Ignored));
        assert_eq!(
            read(&cbor!({ "type" => "leave" }).unwrap()),
            Ok(ClientMessage::Leave)
        );
        let unavailable =
            cbor!({ "type" => "doc-unavailable", "documentId" => DOCUMENT.to_string() });
        assert_eq!(
            read(&unavailable.unwrap()),
            Ok(ClientMessage::Unavailable { document: DOCUMENT })
        );
    }

    #[test]
    fn what_the_relay_says_has_the_names_that_clients_look_for() {
        let parsed = |message: RelayMessage<'_>| {
            ciborium::from_reader::<Value, _>(&message.write()[..]).unwrap()
        };
        let welcome = cbor!({
            "type" => "peer",
            "senderId" => RELAY_NAME,
            "targetId" => "ada",
            "selectedProtocolVersion" => "1",
            "peerMetadata" => { "isEphemeral" => true },
        });
        assert_eq!(parsed(RelayMessage::welcome("ada")), welcome.unwrap());
        let sync = cbor!({
            "type" => "sync",
            "senderId" => RELAY_NAME,
            "targetId" => "ada",
            "documentId" => DOCUMENT.to_string(),
            "data" => Value::Bytes(vec![0x42, 1]),
        });
        assert_eq!(
            parsed(RelayMessage::sync("ada", DOCUMENT, &[0x42, 1])),
            sync.unwrap()
        );
        let unavailable = cbor!({
            "type" => "doc-unavailable",
            "senderId" => RELAY_NAME,
            "targetId" => "ada",
            "documentId" => DOCUMENT.to_string(),
        });
        assert_eq!(
            parsed(RelayMessage::unavailable("ada", DOCUMENT)),
            unavailable.unwrap()
        );
    }

    #[test]
    fn garbage_is_refused_before_it_costs_anything() {
        let too_long = vec![0; MESSAGE_BYTES_MAX + 1];
        assert_eq!(
            ClientMessage::read(&too_long),
            Err(DoorError::TooLong(MESSAGE_BYTES_MAX + 1))
        );
        let nested = vec![0x81; 100_000];
        // A list of four billion entries, of which none follows; a text of that length; half a map.
        let claims = [
            &[0x9a, 0xff, 0xff, 0xff, 0xff][..],
            &[0x7a, 0xff, 0xff, 0xff, 0xff],
            &[0xa2, 0x61],
            b"",
            b"\xff",
        ];
        for bytes in claims.into_iter().chain([&nested[..]]) {
            assert_eq!(
                ClientMessage::read(bytes),
                Err(DoorError::Malformed("not a message"))
            );
        }
    }
}
