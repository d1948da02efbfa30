//! The WebSocket of stock Automerge clients: one connection that speaks of several backlogs, each of which goes to its
//! room. What a message says to a room is the room's business; here is only who speaks and of which backlog.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    sync::Arc,
};

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::StreamExt;
use shared::{
    door::{ClientMessage, DoorError, RelayMessage},
    ids::DocumentId,
    sync::{
        access::Secret,
        frame::Goodbye,
        room::{Event, Farewell},
    },
};
use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    Shared,
    access::{Knock, Turned, caller::Caller, join::knock_of_query},
    socket::{self, Received, Sink, Stream},
};
use crate::{
    limits::{BACKLOGS_PER_DOOR_MAX, HANDSHAKE, PING_EVERY},
    rooms::Seat,
};

/// Why a connection ends, for its close code and for people.
struct End {
    reason: Goodbye,
    detail: &'static str,
}

/// One connection.
struct Door {
    shared: Shared,
    visitor: Visitor,
    sink: Arc<Mutex<Sink>>,
    name: String,
    seats: BTreeMap<DocumentId, Arc<Seat>>,
    writers: JoinSet<()>,
}

/// What a client showed with its connection.
#[derive(Debug)]
pub(super) struct Visitor {
    caller: Caller,
    secrets: Vec<Secret>,
    invite: Option<String>,
}

impl Visitor {
    /// Reads the query of the connection's address.
    pub(super) fn new(caller: Caller, query: &str) -> Self {
        let (secrets, invite) = knock_of_query(query);
        Self {
            caller,
            secrets,
            invite,
        }
    }
}

/// Serves one connection to its end.
pub(super) async fn serve(socket: WebSocket, shared: Shared, visitor: Visitor) {
    let (sink, mut stream) = socket.split();
    let sink = Arc::new(Mutex::new(sink));
    let name = match timeout(HANDSHAKE, handshake(&sink, &mut stream)).await {
        Ok(Ok(Some(name))) => name,
        Ok(Ok(None)) => return,
        Ok(Err(end)) => return finish(&sink, &mut stream, "", end).await,
        Err(_) => {
            let detail = "No join came in time after the connection was opened.";
            let end = malformed(detail);
            return finish(&sink, &mut stream, "", end).await;
        }
    };
    let mut door = Door {
        visitor,
        shared,
        sink,
        name,
        seats: BTreeMap::new(),
        writers: JoinSet::new(),
    };
    let ended = door.run(&mut stream).await;
    if let Err(end) = ended {
        finish(&door.sink, &mut stream, &door.name, end).await;
    }
}

/// Takes the client's name and says the relay's. `None` when the client is gone.
async fn handshake(sink: &Mutex<Sink>, stream: &mut Stream) -> Result<Option<String>, End> {
    let bytes = match socket::receive(stream).await {
        Received::Bytes(bytes) => bytes,
        Received::Unreadable => return Err(malformed("The first message has to be a join.")),
        Received::Gone => return Ok(None),
    };
    let ClientMessage::Join {
        name,
        speaks_our_version,
    } = read(&bytes)?
    else {
        return Err(malformed("The first message has to be a join."));
    };
    if !speaks_our_version {
        return Err(End {
            reason: Goodbye::WrongVersion,
            detail: "This relay speaks version 1 of automerge-repo's protocol.",
        });
    }
    let sent = socket::send(sink, [message_of(&RelayMessage::welcome(&name))]).await;
    Ok(sent.is_ok().then_some(name))
}

impl Door {
    async fn run(&mut self, stream: &mut Stream) -> Result<(), End> {
        let sink = Arc::clone(&self.sink);
        self.writers.spawn(async move { ping(&sink).await });
        loop {
            tokio::select! {
                received = socket::receive(stream) => match received {
                    Received::Bytes(bytes) => {
                        if !self.hear(bytes).await? {
                            return Ok(());
                        }
                    }
                    Received::Unreadable => return Err(malformed("A message could not be read.")),
                    Received::Gone => return Ok(()),
                },
                // A room has closed the connection, or it can't be written to.
                Some(_) = self.writers.join_next() => {
                    socket::drain(stream).await;
                    return Ok(());
                }
            }
        }
    }

    /// Brings a message to its room. Says whether the client stays.
    async fn hear(&mut self, bytes: Bytes) -> Result<bool, End> {
        let message = read(&bytes)?;
        // Who asks for a backlog does not bring it.
        let founds = matches!(message, ClientMessage::Sync { .. });
        let document = match message {
            ClientMessage::Join { .. } => {
                return Err(malformed("Only the first message is a join."));
            }
            ClientMessage::Leave => return Ok(false),
            ClientMessage::Ignored => return Ok(true),
            ClientMessage::Request { document, .. }
            | ClientMessage::Sync { document, .. }
            | ClientMessage::Ephemeral { document, .. }
            | ClientMessage::Unavailable { document } => document,
        };
        let Some(seat) = self.seat(document, founds).await? else {
            let unavailable = RelayMessage::unavailable(&self.name, document);
            let sent = socket::send(&self.sink, [message_of(&unavailable)]).await;
            return Ok(sent.is_ok());
        };
        let event = Event::DoorMessage {
            peer: seat.peer(),
            bytes: bytes.into(),
        };
        // A room that is gone has closed the connection; its writer says so.
        drop(seat.say(event).await);
        Ok(true)
    }

    /// The client's place in the backlog's room, taken when it speaks of the backlog for the first time.
    /// `None` when nothing that the client has shown opens it.
    async fn seat(&mut self, document: DocumentId, founds: bool) -> Result<Option<Arc<Seat>>, End> {
        let count = self.seats.len();
        let vacant = match self.seats.entry(document) {
            Entry::Occupied(seat) => return Ok(Some(Arc::clone(seat.get()))),
            Entry::Vacant(vacant) => vacant,
        };
        if count >= BACKLOGS_PER_DOOR_MAX {
            return Err(busy("Too many backlogs are open on one connection."));
        }
        let knock = Knock {
            document,
            secrets: self.visitor.secrets.clone(),
            person: None,
            founds: founds || self.visitor.secrets.is_empty(),
            invite: self.visitor.invite.clone(),
        };
        let access = &self.shared.access;
        let pass = match access.admit(knock, &self.visitor.caller).await {
            Ok(pass) => pass,
            Err(Turned::Away) => return Ok(None),
            Err(Turned::Slowly) => {
                return Err(busy("Too many tries with secrets that open nothing."));
            }
            Err(Turned::Store(_)) => return Err(turned_away(&Farewell::new(Goodbye::Broken, ""))),
        };
        let event = |peer| Event::DoorJoined {
            peer,
            name: self.name.clone(),
            grant: pass.grant.clone(),
        };
        let joined = self.shared.rooms.join(document, event).await;
        let seat = Arc::new(joined.map_err(|farewell| turned_away(&farewell))?);
        if !pass.is_good(self.shared.access.now()) {
            return Ok(None);
        }
        let (sink, own) = (Arc::clone(&self.sink), Arc::clone(&seat));
        let shared = self.shared.clone();
        self.writers.spawn(async move {
            tokio::select! {
                () = socket::write(&sink, &own) => {}
                () = socket::expiry(&shared, &pass) => {
                    socket::close(&sink, Goodbye::NoAccess.close_code()).await;
                }
            }
        });
        Ok(Some(Arc::clone(vacant.insert(seat))))
    }
}

/// Asks for signs of life, also from a client that has no backlog open, until the connection can't be written to.
async fn ping(sink: &Mutex<Sink>) {
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ping.tick().await;
        if socket::send(sink, [Message::Ping(Bytes::new())])
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Says why, in the client's own protocol, and closes.
async fn finish(sink: &Mutex<Sink>, stream: &mut Stream, name: &str, end: End) {
    let error = RelayMessage::error(name, end.detail);
    if socket::send(sink, [message_of(&error)]).await.is_ok() {
        socket::close(sink, end.reason.close_code()).await;
        socket::drain(stream).await;
    }
}

fn read(bytes: &[u8]) -> Result<ClientMessage, End> {
    ClientMessage::read(bytes).map_err(|error| match error {
        DoorError::TooLong(_) => malformed("A message is too long."),
        DoorError::Malformed(_) | DoorError::WholeDocument | DoorError::TooManyHeld => {
            malformed("A message is not one of automerge-repo's protocol.")
        }
    })
}

fn message_of(message: &RelayMessage<'_>) -> Message {
    Message::Binary(message.write().into())
}

fn busy(detail: &'static str) -> End {
    End {
        reason: Goodbye::Busy,
        detail,
    }
}

fn malformed(detail: &'static str) -> End {
    End {
        reason: Goodbye::Malformed,
        detail,
    }
}

/// The room's farewell is a frame of Cutline's own protocol; stock clients get its code and words of their own.
fn turned_away(farewell: &Farewell) -> End {
    let reasons = [Goodbye::Busy, Goodbye::Stopping, Goodbye::NoAccess];
    let reason = reasons
        .into_iter()
        .find(|reason| reason.close_code() == farewell.code);
    End {
        reason: reason.unwrap_or(Goodbye::Broken),
        detail: "The backlog cannot be opened now. Try again later.",
    }
}
