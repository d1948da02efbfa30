//! One connection to a relay that speaks frames, for tests of the protocol over a real socket.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{SinkExt, StreamExt};
use shared::{
    ids::{DocumentId, PersonId},
    sync::frame::{
        self, ClientFrame, Cursor, Epoch, Goodbye, Hash, Mark, PROTOCOL_VERSION, RelayFrame,
    },
};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message};

use crate::access::{self, Entry, Knock};

/// How long an answer may take before a test has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection.
#[derive(Debug)]
pub struct Peer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    batches: u64,
}

/// The end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// What the relay said last, if it said goodbye.
    pub reason: Option<Goodbye>,
    /// The close code, if the relay closed in good order.
    pub code: Option<u16>,
}

/// What the relay said first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The log.
    pub epoch: Epoch,
    /// Its last sequence number.
    pub last_seq: u64,
    /// The last change of the snapshot.
    pub snapshot: Option<Mark>,
    /// Whether the relay asks what the client holds.
    pub reconcile: bool,
}

impl Peer {
    /// Comes in as somebody who may bring this backlog, opens a socket, and says nothing yet.
    ///
    /// # Panics
    /// When there is no relay.
    pub async fn connect(url: &str, document: DocumentId) -> Self {
        let entry = access::join(url, document, &Knock::default()).await;
        let entry = entry.expect("the relay lets in who brings a backlog");
        Self::with(url, &entry)
            .await
            .expect("the relay takes sockets")
    }

    /// Opens a socket with a ticket. `None` when there is none to be had.
    pub async fn with(url: &str, entry: &Entry) -> Option<Self> {
        let request = access::socket_with(url, &entry.ticket);
        let (socket, _) = connect_async(request).await.ok()?;
        Some(Self { socket, batches: 0 })
    }

    /// Opens a socket and says hello as somebody who holds changes. `None` when the relay ended in between.
    pub async fn enter(
        url: &str,
        document: DocumentId,
        person: PersonId,
        cursor: Option<Cursor>,
    ) -> Option<(Self, Welcome)> {
        Self::enter_by(url, document, person, cursor, &Knock::default()).await
    }

    /// Comes in with what it takes, and says hello as somebody who holds changes.
    pub async fn enter_by(
        url: &str,
        document: DocumentId,
        person: PersonId,
        cursor: Option<Cursor>,
        knock: &Knock,
    ) -> Option<(Self, Welcome)> {
        let entry = access::join(url, document, knock).await.ok()?;
        let mut peer = Self::with(url, &entry).await?;
        peer.say(&hello(document, person, cursor)).await;
        let welcome = peer.welcome().await?;
        Some((peer, welcome))
    }

    /// Waits for the welcome. `None` when the connection ended.
    ///
    /// # Panics
    /// When the relay says something else.
    pub async fn welcome(&mut self) -> Option<Welcome> {
        match self.hear().await {
            Ok(RelayFrame::Welcome {
                epoch,
                last_seq,
                snapshot,
                reconcile,
                ..
            }) => Some(Welcome {
                epoch,
                last_seq,
                snapshot,
                reconcile,
            }),
            Ok(other) => panic!("expected a welcome, heard {other:?}"),
            Err(_) => None,
        }
    }

    /// Sends a frame. When the relay is gone, the next [`Self::hear`] says so.
    pub async fn say(&mut self, frame: &ClientFrame) {
        self.say_bytes(frame::encode(frame)).await;
    }

    /// Sends bytes that may be no frame.
    pub async fn say_bytes(&mut self, bytes: Vec<u8>) {
        drop(self.socket.send(Message::binary(bytes)).await);
    }

    /// Pushes changes; answers the number of the push.
    pub async fn push(&mut self, changes: Vec<Vec<u8>>) -> u64 {
        self.batches += 1;
        let batch = self.batches;
        let push = ClientFrame::Push {
            batch,
            changes,
            passed_on: Vec::new(),
        };
        self.say(&push).await;
        batch
    }

    /// The next frame, or how the connection ended.
    ///
    /// # Panics
    /// When nothing comes, or something that is no frame.
    pub async fn hear(&mut self) -> Result<RelayFrame, Ended> {
        loop {
            let message = timeout(PATIENCE, self.socket.next())
                .await
                .expect("the relay says something");
            match message {
                Some(Ok(Message::Binary(bytes))) => {
                    return Ok(frame::decode(&bytes).expect("the relay speaks in frames"));
                }
                Some(Ok(Message::Close(close))) => {
                    return Err(Ended {
                        reason: None,
                        code: close.map(|close| close.code.into()),
                    });
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    return Err(Ended {
                        reason: None,
                        code: None,
                    });
                }
            }
        }
    }

    /// Takes what has come, whereby pings are answered.
    pub async fn answer_pings(&mut self) {
        while let Ok(Some(Ok(_))) = timeout(Duration::ZERO, self.socket.next()).await {}
    }

    /// The next frame that is not about who may do what or is here.
    ///
    /// # Panics
    /// When the connection ends.
    pub async fn hear_frame(&mut self) -> RelayFrame {
        loop {
            match self.hear().await {
                Ok(
                    RelayFrame::Presence { .. }
                    | RelayFrame::Access { .. }
                    | RelayFrame::Unverified { .. },
                ) => {}
                Ok(frame) => return frame,
                Err(ended) => panic!("the connection ended: {ended:?}"),
            }
        }
    }

    /// Listens until the push is answered: accepted changes with their numbers. Other frames are passed over.
    pub async fn acknowledged(&mut self, wanted: u64) -> Result<Vec<(Hash, u64)>, Ended> {
        loop {
            if let RelayFrame::Acknowledged { batch, changes } = self.hear().await?
                && batch == wanted
            {
                return Ok(changes);
            }
        }
    }

    /// Pulls the log after a number until its end is reached: the changes by sequence number.
    ///
    /// # Panics
    /// When the log has a gap.
    pub async fn pull(
        &mut self,
        after: u64,
        last_seq: u64,
    ) -> Result<BTreeMap<u64, Vec<u8>>, Ended> {
        let mut log = BTreeMap::new();
        self.say(&ClientFrame::Pull { after }).await;
        let mut seen = after;
        while seen < last_seq {
            let RelayFrame::Changes {
                from_seq, changes, ..
            } = self.hear().await?
            else {
                continue;
            };
            assert_eq!(from_seq, seen + 1, "the log has no gaps");
            for change in changes {
                seen += 1;
                log.insert(seen, change);
            }
            self.say(&ClientFrame::Seen { seq: seen }).await;
        }
        Ok(log)
    }

    /// Listens to the end of the connection.
    pub async fn ended(&mut self) -> Ended {
        let mut reason = None;
        loop {
            match self.hear().await {
                Ok(RelayFrame::Goodbye { reason: said, .. }) => reason = Some(said),
                Ok(_) => {}
                Err(ended) => return Ended { reason, ..ended },
            }
        }
    }
}

/// The first frame of somebody who holds changes.
#[must_use]
pub fn hello(document: DocumentId, person: PersonId, cursor: Option<Cursor>) -> ClientFrame {
    ClientFrame::Hello {
        protocol: PROTOCOL_VERSION,
        document,
        person,
        cursor,
        holds_changes: true,
    }
}
