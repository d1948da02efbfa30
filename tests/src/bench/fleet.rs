//! Many raw clients in one process, and how long each edit takes to reach each of the others.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use shared::{
    ids::{DocumentId, PersonId},
    sync::frame::{self, CHANGES_BYTES_MAX, ClientFrame, PROTOCOL_VERSION, RelayFrame},
};
use tokio::{
    net::TcpStream,
    sync::{Barrier, mpsc},
    task::JoinSet,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async_with_config,
    tungstenite::{Message, client::IntoClientRequest, protocol::WebSocketConfig},
};

use crate::access;

use super::{
    corpus::{Corpus, Editor},
    figures::Durations,
    yjs::{
        Dialect,
        wire::{self, Said},
    },
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
pub(super) type Reader = SplitStream<Socket>;
pub(super) type Writer = SplitSink<Socket, Message>;

/// How long after the last edit stragglers are waited for.
const QUIET: Duration = Duration::from_secs(10);

/// How long the relay may take to answer before the clock starts.
const ANSWER: Duration = Duration::from_secs(20);

/// What the clients speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// Cutline's frames.
    Cutline,
    /// Bare bytes of changes.
    Plain,
    /// The frames of a Yjs server.
    Yjs(Dialect),
}

/// People at work on one document of one server.
#[derive(Clone, Debug)]
pub struct Meeting<'a> {
    /// The document's socket.
    pub url: String,
    /// What is spoken there.
    pub tongue: Tongue,
    /// The document's id, where the server knows such.
    pub document: DocumentId,
    /// Who works, and what they do. Its own document's id does not count.
    pub corpus: &'a Corpus,
}

/// What came of a run.
#[derive(Debug)]
pub struct Run {
    /// From an edit's sending to its arrival, for each edit and each other client.
    pub visible: Durations,
    /// Deliveries that should have been.
    pub wanted: usize,
    /// From the first edit to the last arrival.
    pub took: Duration,
}

/// When each edit was sent, in nanoseconds after the start; found by what names it on its way: a change's checksum in its
/// bytes 4–7, or an update's client and clock.
struct Clock {
    start: Instant,
    tongue: Tongue,
    sent: BTreeMap<u64, (usize, AtomicU64)>,
    arrived: AtomicUsize,
}

impl Clock {
    fn new(tongue: Tongue, editors: &[Editor]) -> Self {
        let sent = editors
            .iter()
            .enumerate()
            .flat_map(|(at, editor)| {
                editor
                    .changes
                    .iter()
                    .map(move |change| (key(tongue, change), (at, AtomicU64::new(0))))
            })
            .collect();
        Self {
            start: Instant::now(),
            tongue,
            sent,
            arrived: AtomicUsize::new(0),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn sends(&self, change: &[u8]) {
        if let Some((_, sent)) = self.sent.get(&key(self.tongue, change)) {
            sent.store(self.now(), Ordering::SeqCst);
        }
    }

    /// How long an edit of somebody else took to get here.
    fn arrives(&self, own: usize, change: &[u8]) -> Option<Duration> {
        let (author, sent) = self.sent.get(&key(self.tongue, change))?;
        if *author == own {
            return None;
        }
        self.arrived.fetch_add(1, Ordering::SeqCst);
        Some(Duration::from_nanos(
            self.now().saturating_sub(sent.load(Ordering::SeqCst)),
        ))
    }
}

/// What names a change on its way.
pub(super) fn key(tongue: Tongue, change: &[u8]) -> u64 {
    match tongue {
        Tongue::Cutline | Tongue::Plain => change
            .get(4..8)
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, |bytes| u64::from(u32::from_le_bytes(bytes))),
        Tongue::Yjs(_) => wire::key(change).unwrap_or(0),
    }
}

/// Says who is there, brings what is to be brought, asks for everything and waits for it.
///
/// A server answers one socket in order, so that it has what was brought when the answer is here.
pub(super) async fn enter_yjs(
    writer: &mut Writer,
    reader: &mut Reader,
    dialect: Dialect,
    updates: &[Vec<u8>],
) -> Result<Vec<u8>, String> {
    let updates = updates.iter().map(|update| wire::update(dialect, update));
    for frame in wire::enter(dialect)
        .into_iter()
        .chain(updates)
        .chain([wire::ask(dialect)])
    {
        let sent = writer.send(Message::Binary(frame.into())).await;
        sent.map_err(|error| error.to_string())?;
    }
    let answer = async {
        while let Some(Ok(message)) = reader.next().await {
            if let Message::Binary(bytes) = message
                && let Said::Everything(update) = wire::read(dialect.kind, &bytes)
            {
                return Ok(update.to_vec());
            }
        }
        Err("the server closed the socket".to_owned())
    };
    tokio::time::timeout(ANSWER, answer)
        .await
        .unwrap_or_else(|_| Err("the server does not answer".to_owned()))
}

impl Meeting<'_> {
    /// Puts the document on its server, with further changes of its founder, and waits until it is there.
    ///
    /// # Errors
    /// When the server refuses it or goes away.
    pub async fn found(&self, further: &[Vec<u8>]) -> Result<(), String> {
        let changes = [&self.corpus.founding, further].concat();
        match self.tongue {
            Tongue::Plain => Ok(()),
            Tongue::Yjs(dialect) => {
                let (mut writer, mut reader) = connect(&self.url, None).await?;
                enter_yjs(&mut writer, &mut reader, dialect, &changes).await?;
                writer.close().await.map_err(|error| error.to_string())
            }
            Tongue::Cutline => found(&self.url, self.document, self.corpus.founder, &changes).await,
        }
    }

    /// Opens a socket of one of the people, up to where edits arrive.
    pub(super) async fn enter(&self, person: PersonId) -> Result<(Writer, Reader), String> {
        let who = (self.tongue == Tongue::Cutline).then_some((self.document, person));
        let (mut writer, mut reader) = connect(&self.url, who).await?;
        match self.tongue {
            Tongue::Cutline => {
                let (last, _) =
                    hello(&mut writer, &mut reader, self.document, person, false).await?;
                send(&mut writer, &ClientFrame::Pull { after: last }).await?;
            }
            Tongue::Yjs(dialect) => {
                enter_yjs(&mut writer, &mut reader, dialect, &[]).await?;
            }
            Tongue::Plain => {}
        }
        Ok((writer, reader))
    }

    /// The frame that brings an edit.
    pub(super) fn frame(&self, batch: u64, change: &[u8]) -> Message {
        let frame = match self.tongue {
            Tongue::Plain => change.to_vec(),
            Tongue::Yjs(dialect) => wire::update(dialect, change),
            Tongue::Cutline => frame::encode(&ClientFrame::Push {
                batch,
                changes: vec![change.to_vec()],
                passed_on: Vec::new(),
            }),
        };
        Message::Binary(frame.into())
    }
}

/// Puts somebody's changes on the relay and waits until they are on its disk.
///
/// # Errors
/// When the relay refuses them or goes away.
pub async fn found(
    url: &str,
    document: DocumentId,
    person: PersonId,
    changes: &[Vec<u8>],
) -> Result<(), String> {
    let (mut writer, mut reader) = connect(url, Some((document, person))).await?;
    hello(&mut writer, &mut reader, document, person, true).await?;
    for (batch, changes) in batches(changes).into_iter().enumerate() {
        let push = ClientFrame::Push {
            batch: batch as u64,
            changes: changes.to_vec(),
            passed_on: Vec::new(),
        };
        send(&mut writer, &push).await?;
        let mut open = changes.len();
        while open > 0 {
            match receive(&mut reader).await? {
                RelayFrame::Acknowledged { changes, .. } => open -= changes.len(),
                RelayFrame::Refused { code, detail, .. } => {
                    return Err(format!("refused: {code:?} {detail}"));
                }
                RelayFrame::Goodbye { reason, detail } => {
                    return Err(format!("goodbye: {reason:?} {detail}"));
                }
                _ => {}
            }
        }
    }
    writer.close().await.map_err(|error| error.to_string())
}

/// Cuts changes into pushes that a frame can hold.
fn batches(changes: &[Vec<u8>]) -> Vec<&[Vec<u8>]> {
    let (mut batches, mut begin, mut bytes) = (Vec::new(), 0, 0);
    for (at, change) in changes.iter().enumerate() {
        if at > begin && bytes + change.len() > CHANGES_BYTES_MAX {
            batches.push(&changes[begin..at]);
            (begin, bytes) = (at, 0);
        }
        bytes += change.len();
    }
    batches.push(&changes[begin..]);
    batches
}

/// Connects every editor, waits at the gate for other meetings, sends all edits at an even pace, and waits until each has
/// reached everybody else.
///
/// # Errors
/// When a client can't connect or is sent away.
pub async fn run(
    meeting: &Meeting<'_>,
    edits_per_second: f64,
    gate: &Barrier,
) -> Result<Run, String> {
    let (tongue, corpus) = (meeting.tongue, meeting.corpus);
    let clock = Arc::new(Clock::new(tongue, &corpus.editors));
    let mut readers = JoinSet::new();
    let mut writers = Vec::new();
    for (own, editor) in corpus.editors.iter().enumerate() {
        let (writer, reader) = meeting.enter(editor.person).await?;
        let (outbox, queue) = mpsc::channel(1024);
        tokio::spawn(write(writer, queue));
        readers.spawn(read(
            reader,
            outbox.downgrade(),
            tongue,
            own,
            Arc::clone(&clock),
        ));
        writers.push(outbox);
    }
    gate.wait().await;
    // Presence and empty pages of the connecting are over before the clock starts.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    edit(meeting, &writers, &clock, edits_per_second).await;
    let wanted = clock.sent.len() * (corpus.editors.len().saturating_sub(1));
    let end = Instant::now() + QUIET;
    while clock.arrived.load(Ordering::SeqCst) < wanted && Instant::now() < end {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let took = began.elapsed();
    drop(writers);
    let mut visible = Vec::with_capacity(wanted);
    while let Some(read) = readers.join_next().await {
        visible.extend(read.map_err(|error| error.to_string())??);
    }
    Ok(Run {
        visible: Durations::new(visible),
        wanted,
        took,
    })
}

/// Sends edit after edit, by one client after the other, at the times that the pace gives, however slow the answers are.
async fn edit(meeting: &Meeting<'_>, writers: &[mpsc::Sender<Message>], clock: &Clock, pace: f64) {
    let began = tokio::time::Instant::now();
    let editors = &meeting.corpus.editors;
    let rounds = editors.first().map_or(0, |editor| editor.changes.len());
    for round in 0..rounds {
        for (at, editor) in editors.iter().enumerate() {
            let number = round * editors.len() + at;
            tokio::time::sleep_until(began + Duration::from_secs_f64(number as f64 / pace)).await;
            let change = &editor.changes[round];
            clock.sends(change);
            // A client that was sent away shows as edits that do not arrive.
            drop(writers[at].send(meeting.frame(round as u64, change)).await);
        }
    }
}

async fn write(mut writer: Writer, mut queue: mpsc::Receiver<Message>) {
    while let Some(message) = queue.recv().await {
        if writer.send(message).await.is_err() {
            return;
        }
    }
    drop(writer.close().await);
}

/// Reads until the socket is closed. The outbox is only held weakly, so that closing begins when the edits are over.
async fn read(
    mut reader: Reader,
    outbox: mpsc::WeakSender<Message>,
    tongue: Tongue,
    own: usize,
    clock: Arc<Clock>,
) -> Result<Vec<Duration>, String> {
    let mut visible = Vec::new();
    while let Some(Ok(message)) = reader.next().await {
        let Message::Binary(bytes) = message else {
            continue;
        };
        match tongue {
            Tongue::Plain => visible.extend(clock.arrives(own, &bytes)),
            Tongue::Yjs(dialect) => {
                if let Said::Update(update) = wire::read(dialect.kind, &bytes) {
                    visible.extend(clock.arrives(own, update));
                }
            }
            Tongue::Cutline => match frame::decode(&bytes).map_err(|error| error.to_string())? {
                RelayFrame::Changes {
                    from_seq,
                    changes,
                    last_seq,
                } => {
                    visible.extend(
                        changes
                            .iter()
                            .filter_map(|change| clock.arrives(own, change)),
                    );
                    // As browsers do: what ends the log puts them in step, and is not confirmed (S7).
                    let seq = from_seq + changes.len() as u64 - 1;
                    let seen = ClientFrame::Seen { seq };
                    if let Some(outbox) = outbox.upgrade().filter(|_| seq < last_seq) {
                        drop(outbox.try_send(Message::Binary(frame::encode(&seen).into())));
                    }
                }
                RelayFrame::Refused { code, detail, .. } => {
                    return Err(format!("refused: {code:?} {detail}"));
                }
                RelayFrame::Goodbye { reason, detail } => {
                    return Err(format!("goodbye: {reason:?} {detail}"));
                }
                _ => {}
            },
        }
    }
    Ok(visible)
}

/// Opens a socket; one of Cutline's with a ticket for a backlog.
pub(super) async fn connect(
    url: &str,
    who: Option<(DocumentId, PersonId)>,
) -> Result<(Writer, Reader), String> {
    let Some((document, person)) = who else {
        return open(url, None).await;
    };
    let entry = access::join(url, document, &access::known_as(person)).await;
    let entry = entry.map_err(|status| format!("{url}: not let in ({status})"))?;
    open(url, Some(&entry.ticket)).await
}

/// Opens a socket, with a ticket where the server wants one.
pub(super) async fn open(url: &str, ticket: Option<&str>) -> Result<(Writer, Reader), String> {
    let mut request = match ticket {
        Some(ticket) => access::socket_with(url, ticket),
        None => url
            .into_client_request()
            .map_err(|error| error.to_string())?,
    };
    let origin = url.replacen("ws://", "http://", 1);
    let host = origin.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    let origin = host.parse().map_err(|_| format!("{host} is no origin"))?;
    request.headers_mut().insert("Origin", origin);
    // Hundreds of clients in one process: small buffers, as browsers have one each.
    let config = WebSocketConfig::default().read_buffer_size(8192);
    let connected = connect_async_with_config(request, Some(config), true).await;
    let (socket, _) = connected.map_err(|error| format!("{url}: {error}"))?;
    Ok(socket.split())
}

/// Greets; the answer is the log's last sequence number, and the last one in the snapshot that can be fetched.
pub(super) async fn hello(
    writer: &mut Writer,
    reader: &mut Reader,
    document: DocumentId,
    person: PersonId,
    holds_changes: bool,
) -> Result<(u64, Option<u64>), String> {
    let hello = ClientFrame::Hello {
        protocol: PROTOCOL_VERSION,
        document,
        person,
        cursor: None,
        holds_changes,
    };
    send(writer, &hello).await?;
    loop {
        match receive(reader).await? {
            RelayFrame::Welcome {
                last_seq, snapshot, ..
            } => return Ok((last_seq, snapshot.map(|mark| mark.seq))),
            RelayFrame::Goodbye { reason, detail } => {
                return Err(format!("goodbye: {reason:?} {detail}"));
            }
            _ => {}
        }
    }
}

pub(super) async fn send(writer: &mut Writer, frame: &ClientFrame) -> Result<(), String> {
    let message = Message::Binary(frame::encode(frame).into());
    writer
        .send(message)
        .await
        .map_err(|error| error.to_string())
}

/// The next frame. Answers to pings happen by themselves and do not count.
pub(super) async fn receive(reader: &mut Reader) -> Result<RelayFrame, String> {
    let next = async {
        loop {
            match reader.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    return frame::decode(&bytes).map_err(|error| error.to_string());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.to_string()),
                None => return Err("the relay closed the socket".to_owned()),
            }
        }
    };
    tokio::time::timeout(ANSWER, next)
        .await
        .unwrap_or_else(|_| Err("the relay does not answer".to_owned()))
}
