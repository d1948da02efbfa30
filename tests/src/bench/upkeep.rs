//! What a server costs and keeps apart from meetings: coming in after its restart, memory, idle people, sudden ends.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use shared::{
    ids::PersonId,
    sync::frame::{self, ClientFrame, RelayFrame},
};
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::{
    figures::{Durations, cpu_time, resident_mib, table},
    fleet::{self, Meeting, Reader, Tongue, Writer},
    server::{Server, Sort},
    yjs::{
        self,
        wire::{self, Said},
    },
};
use crate::access;

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many items the document has that is joined, run after run.
    pub items: Vec<usize>,
    /// Changes behind it besides those that made it.
    pub changes: usize,
    /// How often it is joined, each time after another restart. 0 here and below leaves a part out.
    pub joins: usize,
    /// Documents that are opened and left.
    pub opened: usize,
    /// How long everybody has been gone when memory is looked at again, in seconds.
    pub gone_seconds: u64,
    /// Idle connections.
    pub idle: usize,
    /// How often each server is killed.
    pub kills: usize,
    /// Whether the Yjs servers are measured too.
    pub yjs: bool,
}

/// Coming in with nothing, as the first after a restart.
#[derive(Clone, Debug, Serialize)]
pub struct Join {
    /// Which server.
    pub server: &'static str,
    /// How many items the document has.
    pub items: usize,
    /// How many changes are behind it.
    pub changes: usize,
    /// From the first byte sent to the last one received that the document needs, in milliseconds; the median.
    pub ms: f64,
    /// Received bytes of bodies and frames, in kilobytes.
    pub kilobytes: f64,
}

/// Memory before, while and after documents were open.
#[derive(Clone, Debug, Serialize)]
pub struct Memory {
    /// Which server.
    pub server: &'static str,
    /// How many documents.
    pub documents: usize,
    /// After the start, in MiB.
    pub started_mib: f64,
    /// With everybody there, in MiB.
    pub open_mib: f64,
    /// After everybody left, in MiB.
    pub left_mib: f64,
}

/// People who are there and do nothing.
#[derive(Clone, Debug, Serialize)]
pub struct Idle {
    /// Which server.
    pub server: &'static str,
    /// How many.
    pub connections: usize,
    /// Memory for each, in KiB.
    pub kib_each: f64,
    /// Part of one processor that they keep busy, in percent.
    pub cpu_percent: f64,
}

/// What sudden ends took away.
#[derive(Clone, Debug, Serialize)]
pub struct Kills {
    /// Which server.
    pub server: &'static str,
    /// How often it was killed.
    pub kills: usize,
    /// Edits that it had acknowledged, or that somebody else had seen.
    pub promised: usize,
    /// Those of them that were gone after the restart.
    pub lost: usize,
}

/// All of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    joins: Vec<Join>,
    memory: Vec<Memory>,
    idle: Vec<Idle>,
    kills: Vec<Kills>,
}

/// People in each document that is opened and left, and in each where people are idle.
const PEOPLE: (usize, usize) = (3, 100);
/// Items of a document that is opened and left.
const OPENED_ITEMS: usize = 100;
/// How long idle people are watched.
const IDLE: Duration = Duration::from_secs(20);
/// Edits a second before a kill, of all writers together, and how many write.
const KILL_PACE: (f64, usize) = (200.0, 4);
/// The length of an update of Yjs that holds nothing.
const NOTHING_OF_YJS: usize = 2;
/// How long a document may come after the answer that holds nothing.
const ANSWER_LATER: Duration = Duration::from_secs(5);
/// How long a server may take for anything.
const ANSWER: Duration = Duration::from_secs(60);

impl Plan {
    /// Runs everything.
    ///
    /// # Errors
    /// When a server does not start or sends a client away.
    pub async fn run(&self) -> Result<Figures, String> {
        let mut figures = Figures::default();
        for sort in Sort::all(self.yjs) {
            let has_documents = sort != Sort::Broadcast;
            if has_documents && self.joins > 0 {
                for items in &self.items {
                    figures.joins.push(self.join(sort, *items).await?);
                }
            }
            if has_documents && self.opened > 0 {
                figures.memory.push(self.memory(sort).await?);
            }
            if self.idle > 0 {
                figures.idle.push(self.idle(sort).await?);
            }
            if has_documents && self.kills > 0 {
                figures.kills.push(self.kills(sort).await?);
            }
        }
        Ok(figures)
    }

    async fn join(&self, sort: Sort, items: usize) -> Result<Join, String> {
        let corpus = sort.corpus(items, 1, self.changes)?;
        let mut server = sort.start()?;
        let meeting = server.meeting(0, &corpus);
        meeting.found(&corpus.editors[0].changes).await?;
        let mut took = Vec::new();
        let mut bytes = 0;
        for _ in 0..self.joins {
            // A server that writes later than it answers gets the time for it.
            sleep(Duration::from_secs(3)).await;
            server.restart(true)?;
            let everything = Everything::of(&server.meeting(0, &corpus)).await?;
            took.push(everything.took);
            bytes = everything.bytes;
        }
        Ok(Join {
            server: sort.name(),
            items,
            changes: self.changes,
            ms: Durations::new(took).quantile_ms(0.5),
            kilobytes: bytes as f64 / 1000.0,
        })
    }

    async fn memory(&self, sort: Sort) -> Result<Memory, String> {
        let server = sort.start()?;
        let corpus = sort.corpus(OPENED_ITEMS, PEOPLE.0, 1)?;
        let started_mib = resident_mib(server.pid());
        let mut sockets = Vec::new();
        for document in 0..self.opened {
            let meeting = server.meeting(document, &corpus);
            meeting.found(&[]).await?;
            for editor in &corpus.editors {
                let (mut writer, reader) = meeting.enter(editor.person).await?;
                let edit = meeting.frame(0, &editor.changes[0]);
                writer.send(edit).await.map_err(|error| error.to_string())?;
                sockets.push((writer, reader));
            }
        }
        let open_mib = resident_mib(server.pid());
        for (mut writer, _) in sockets {
            writer.close().await.map_err(|error| error.to_string())?;
        }
        sleep(Duration::from_secs(self.gone_seconds)).await;
        Ok(Memory {
            server: sort.name(),
            documents: self.opened,
            started_mib,
            open_mib,
            left_mib: resident_mib(server.pid()),
        })
    }

    async fn idle(&self, sort: Sort) -> Result<Idle, String> {
        let server = sort.start()?;
        let corpus = sort.corpus(1, PEOPLE.1, 1)?;
        let documents = self.idle.div_ceil(PEOPLE.1);
        for document in 0..documents {
            server.meeting(document, &corpus).found(&[]).await?;
        }
        let before = resident_mib(server.pid());
        let mut sockets = Vec::new();
        for document in 0..documents {
            let meeting = server.meeting(document, &corpus);
            for editor in &corpus.editors {
                sockets.push(meeting.enter(editor.person).await?);
            }
        }
        let connections = sockets.len();
        // Pings are answered, or the server takes them for gone.
        let listening: Vec<_> = sockets.into_iter().map(listen).collect();
        let mib = resident_mib(server.pid()) - before;
        let cpu = cpu_time(server.pid());
        sleep(IDLE).await;
        let cpu = cpu_time(server.pid()).saturating_sub(cpu);
        listening.iter().for_each(tokio::task::JoinHandle::abort);
        Ok(Idle {
            server: sort.name(),
            connections,
            kib_each: mib * 1024.0 / connections as f64,
            cpu_percent: cpu.as_secs_f64() / IDLE.as_secs_f64() * 100.0,
        })
    }

    async fn kills(&self, sort: Sort) -> Result<Kills, String> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut server = sort.start()?;
        let corpus = sort.corpus(100, KILL_PACE.1, KILL_PACE.0 as usize)?;
        let (mut promised, mut lost) = (0, 0);
        for document in 0..self.kills {
            let meeting = server.meeting(document, &corpus);
            meeting.found(&[]).await?;
            let last_breath = Duration::from_millis(rng.random_range(200..1_500));
            let said = promises_until(&meeting, &mut server, last_breath).await?;
            let there = Everything::of(&server.meeting(document, &corpus)).await?;
            promised += said.len();
            lost += there.lacks(&said)?;
        }
        Ok(Kills {
            server: sort.name(),
            kills: self.kills,
            promised,
            lost,
        })
    }
}

fn listen((writer, mut reader): (Writer, Reader)) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(Ok(_)) = reader.next().await {}
        drop(writer);
    })
}

/// What somebody with nothing gets.
struct Everything {
    took: Duration,
    /// Of bodies and frames.
    bytes: usize,
    held: Held,
}

enum Held {
    Automerge {
        snapshot: Option<Vec<u8>>,
        changes: Vec<Vec<u8>>,
    },
    Yjs(Vec<u8>),
}

impl Everything {
    /// Comes in with nothing and waits for all there is.
    async fn of(meeting: &Meeting<'_>) -> Result<Self, String> {
        let began = Instant::now();
        let coming_in = async {
            match meeting.tongue {
                Tongue::Plain => Err("the yardstick keeps nothing".to_owned()),
                Tongue::Cutline => from_relay(meeting).await,
                Tongue::Yjs(dialect) => {
                    let (mut writer, mut reader) = fleet::open(&meeting.url, None).await?;
                    let mut update =
                        fleet::enter_yjs(&mut writer, &mut reader, dialect, &[]).await?;
                    // y-websocket answers before it has read its disk, and sends what it read as an update.
                    while update.len() <= NOTHING_OF_YJS {
                        match timeout(ANSWER_LATER, reader.next()).await {
                            Ok(Some(Ok(Message::Binary(bytes)))) => {
                                if let Said::Update(late) = wire::read(dialect.kind, &bytes) {
                                    update = late.to_vec();
                                }
                            }
                            Ok(Some(Ok(_))) => {}
                            _ => break,
                        }
                    }
                    Ok((update.len(), Held::Yjs(update)))
                }
            }
        };
        let (bytes, held) = timeout(ANSWER, coming_in)
            .await
            .unwrap_or_else(|_| Err("the server does not answer".to_owned()))?;
        Ok(Self {
            took: began.elapsed(),
            bytes,
            held,
        })
    }

    /// Those of the named edits that are not in it.
    fn lacks(&self, wanted: &BTreeSet<u64>) -> Result<usize, String> {
        let keys: BTreeSet<u64> = match &self.held {
            Held::Automerge { snapshot, changes } => {
                let loaded = snapshot.as_deref().map(automerge::Automerge::load);
                let loaded = loaded.transpose().map_err(|error| error.to_string())?;
                let old = loaded.iter().flat_map(|document| document.get_changes(&[]));
                let old = old.map(|change| change.raw_bytes().to_vec());
                old.chain(changes.iter().cloned())
                    .map(|change| fleet::key(Tongue::Cutline, &change))
                    .collect()
            }
            Held::Yjs(update) => {
                let clocks = yjs::clocks_in(update)?;
                let is_there = |key: &u64| {
                    let (client, clock) = (key >> 32, key & u64::from(u32::MAX));
                    clocks.get(&client).is_some_and(|upto| clock < *upto)
                };
                wanted.iter().copied().filter(is_there).collect()
            }
        };
        Ok(wanted.difference(&keys).count())
    }
}

/// As a browser that knows nothing: the snapshot over HTTP, then what follows it in the log.
async fn from_relay(meeting: &Meeting<'_>) -> Result<(usize, Held), String> {
    let (url, document) = (&meeting.url, meeting.document);
    let person = PersonId::from_bytes([9; 16]);
    let entry = access::join(url, document, &access::known_as(person)).await;
    let entry = entry.map_err(|status| format!("not let in ({status})"))?;
    let (mut writer, mut reader) = fleet::open(url, Some(&entry.ticket)).await?;
    let (last, snapshot) = fleet::hello(&mut writer, &mut reader, document, person, false).await?;
    let mut bytes = 0;
    let body = match snapshot {
        Some(_) => {
            let path = format!("/api/v1/backlogs/{document}/snapshot");
            let cookie = [("cookie", entry.cookie.as_str())];
            let answered = access::request(url, "GET", &path, &cookie, None).await;
            bytes += answered.body.len();
            Some(answered.body)
        }
        None => None,
    };
    let mut seq = snapshot.unwrap_or(0);
    let mut all = Vec::new();
    fleet::send(&mut writer, &ClientFrame::Pull { after: seq }).await?;
    while seq < last {
        let Some(Ok(message)) = reader.next().await else {
            return Err("the relay closed the socket".to_owned());
        };
        let Message::Binary(frame) = message else {
            continue;
        };
        bytes += frame.len();
        if let Ok(RelayFrame::Changes {
            from_seq, changes, ..
        }) = frame::decode(&frame)
        {
            seq = from_seq + changes.len() as u64 - 1;
            all.extend(changes);
            fleet::send(&mut writer, &ClientFrame::Seen { seq }).await?;
        }
    }
    let held = Held::Automerge {
        snapshot: body,
        changes: all,
    };
    Ok((bytes, held))
}

/// Everybody edits until the server is killed; then it is started again. Returns what names the edits that it had
/// acknowledged, or that a colleague had seen.
async fn promises_until(
    meeting: &Meeting<'_>,
    server: &mut Server,
    last_breath: Duration,
) -> Result<BTreeSet<u64>, String> {
    let mut hearing = Vec::new();
    let mut writers = Vec::new();
    for editor in &meeting.corpus.editors {
        let (writer, reader) = meeting.enter(editor.person).await?;
        hearing.push(tokio::spawn(promises(reader, meeting.tongue)));
        writers.push(writer);
    }
    let editing = async {
        let rounds = meeting.corpus.editors[0].changes.len();
        for round in 0..rounds {
            for (writer, editor) in writers.iter_mut().zip(&meeting.corpus.editors) {
                sleep(Duration::from_secs_f64(1.0 / KILL_PACE.0)).await;
                let edit = meeting.frame(round as u64, &editor.changes[round]);
                // The server is gone at some time.
                drop(writer.send(edit).await);
            }
        }
    };
    // It is in the middle of the edits that the time is up.
    drop(timeout(last_breath, editing).await);
    server.restart(false)?;
    drop(writers);
    let mut said = BTreeSet::new();
    for heard in hearing {
        said.extend(heard.await.map_err(|error| error.to_string())?);
    }
    let founding = &meeting.corpus.founding;
    for change in founding {
        said.remove(&fleet::key(meeting.tongue, change));
    }
    Ok(said)
}

async fn promises(mut reader: Reader, tongue: Tongue) -> Vec<u64> {
    let mut said = Vec::new();
    while let Some(Ok(message)) = reader.next().await {
        let Message::Binary(bytes) = message else {
            continue;
        };
        match tongue {
            Tongue::Plain => said.push(fleet::key(tongue, &bytes)),
            Tongue::Yjs(dialect) => {
                if let Said::Update(update) = wire::read(dialect.kind, &bytes) {
                    said.push(fleet::key(tongue, update));
                }
            }
            Tongue::Cutline => match frame::decode(&bytes) {
                Ok(RelayFrame::Changes { changes, .. }) => {
                    said.extend(changes.iter().map(|change| fleet::key(tongue, change)));
                }
                // A change's checksum is the beginning of its hash.
                Ok(RelayFrame::Acknowledged { changes, .. }) => {
                    said.extend(changes.iter().map(|([a, b, c, d, ..], _)| {
                        u64::from(u32::from_le_bytes([*a, *b, *c, *d]))
                    }));
                }
                _ => {}
            },
        }
    }
    said
}

impl Figures {
    /// Tables for people.
    #[must_use]
    pub fn report(&self) -> String {
        let joins = self.joins.iter().map(|it| {
            vec![
                it.server.to_owned(),
                it.items.to_string(),
                it.changes.to_string(),
                format!("{:.1}", it.ms),
                format!("{:.1}", it.kilobytes),
            ]
        });
        let memory = self.memory.iter().map(|it| {
            vec![
                it.server.to_owned(),
                it.documents.to_string(),
                format!("{:.1}", it.started_mib),
                format!("{:.1}", it.open_mib),
                format!("{:.1}", it.left_mib),
            ]
        });
        let idle = self.idle.iter().map(|it| {
            vec![
                it.server.to_owned(),
                it.connections.to_string(),
                format!("{:.1}", it.kib_each),
                format!("{:.2}", it.cpu_percent),
            ]
        });
        let kills = self.kills.iter().map(|it| {
            vec![
                it.server.to_owned(),
                it.kills.to_string(),
                it.promised.to_string(),
                it.lost.to_string(),
            ]
        });
        let parts = [
            titled(
                &["first join after a restart", "items", "changes", "ms", "kB"],
                joins,
            ),
            titled(
                &["memory", "documents", "started MiB", "open MiB", "left MiB"],
                memory,
            ),
            titled(&["idle", "connections", "KiB each", "CPU %"], idle),
            titled(&["kill -9", "times", "promised edits", "lost"], kills),
        ];
        parts.join("\n")
    }
}

fn titled(head: &[&str], lines: impl Iterator<Item = Vec<String>>) -> String {
    let head = head.iter().map(|cell| (*cell).to_owned()).collect();
    table(&[head].into_iter().chain(lines).collect::<Vec<_>>())
}
