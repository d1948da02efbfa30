//! The relay beside a plain broadcast server, in the same run: how soon others see a change, and what it costs.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use serde::Serialize;

use super::{
    broadcast,
    corpus::Corpus,
    figures::{cpu_time, resident_mib, table},
    fleet::{self, Tongue},
    yjs::{Kind, YjsCorpus, YjsServer},
};
use crate::relay::RunningRelay;

/// The socket of Cutline's own protocol.
pub const SYNC: &str = "/api/v1/sync";

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many clients, run after run.
    pub clients: Vec<usize>,
    /// How many items the backlog has, run after run.
    pub items: Vec<usize>,
    /// Edits of all clients together, per second, run after run.
    pub paces: Vec<f64>,
    /// How long each run goes, in seconds.
    pub seconds: f64,
    /// Whether the Yjs servers are measured too.
    pub yjs: bool,
    /// Makes the same corpus again.
    pub seed: u64,
}

/// One line of the result.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `cutline`, `broadcast`, `y-websocket` or `hocuspocus`.
    pub server: &'static str,
    /// How many clients there were.
    pub clients: usize,
    /// How many items the backlog had; the broadcast server does not care.
    pub items: Option<usize>,
    /// Edits of all clients together, per second.
    pub edits_per_second: f64,
    /// Part of the wanted deliveries that arrived.
    pub delivered: f64,
    /// From sending to arrival at another client, in milliseconds.
    pub visible_p50_ms: f64,
    /// The same.
    pub visible_p99_ms: f64,
    /// The same.
    pub visible_max_ms: f64,
    /// CPU time of the server for each delivery, in microseconds.
    pub cpu_per_delivery_us: f64,
    /// Memory of the server after the run.
    pub resident_mib: f64,
}

impl Plan {
    /// Runs everything.
    ///
    /// # Errors
    /// When a server does not start or sends a client away.
    pub async fn run(&self) -> Result<Vec<Line>, String> {
        let mut lines = Vec::new();
        for clients in &self.clients {
            for pace in &self.paces {
                let edits = self.edits_each(*clients, *pace);
                let plain = Corpus::new(self.seed, 1, *clients, edits);
                lines.push(self.measure_broadcast(&plain, *pace).await?);
                for items in &self.items {
                    let corpus = Corpus::new(self.seed, *items, *clients, edits);
                    lines.push(self.measure_cutline(&corpus, *items, *pace).await?);
                    if self.yjs {
                        let corpus = YjsCorpus::new(*items, *clients, edits)?;
                        for kind in [Kind::YWebsocket, Kind::Hocuspocus] {
                            lines.push(self.measure_yjs(kind, &corpus, *items, *pace).await?);
                        }
                    }
                }
            }
        }
        Ok(lines)
    }

    fn edits_each(&self, clients: usize, pace: f64) -> usize {
        let edits = pace * self.seconds / clients as f64;
        (edits.round() as usize).max(1)
    }

    async fn measure_yjs(
        &self,
        kind: Kind,
        yjs: &YjsCorpus,
        items: usize,
        pace: f64,
    ) -> Result<Line, String> {
        let server = YjsServer::start(kind)?;
        fleet::found_yjs(&server.url(), kind, &yjs.founding).await?;
        let name = match kind {
            Kind::YWebsocket => "y-websocket",
            Kind::Hocuspocus => "hocuspocus",
        };
        let corpus = yjs.as_corpus();
        let tongue = Tongue::Yjs(kind);
        self.measure(
            (name, Some(items)),
            &server.url(),
            server.pid(),
            tongue,
            (&corpus, pace),
        )
        .await
    }

    async fn measure_cutline(
        &self,
        corpus: &Corpus,
        items: usize,
        pace: f64,
    ) -> Result<Line, String> {
        let relay = RunningRelay::start();
        let url = relay.socket(SYNC);
        fleet::found(&url, corpus.document, corpus.founder, &corpus.founding).await?;
        self.measure(
            ("cutline", Some(items)),
            &url,
            relay.pid(),
            Tongue::Cutline,
            (corpus, pace),
        )
        .await
    }

    async fn measure_broadcast(&self, corpus: &Corpus, pace: f64) -> Result<Line, String> {
        let server = Broadcast::start()?;
        self.measure(
            ("broadcast", None),
            &server.url,
            server.process.id(),
            Tongue::Plain,
            (corpus, pace),
        )
        .await
    }

    async fn measure(
        &self,
        (server, items): (&'static str, Option<usize>),
        url: &str,
        pid: u32,
        tongue: Tongue,
        (corpus, pace): (&Corpus, f64),
    ) -> Result<Line, String> {
        let before = cpu_time(pid);
        let run = fleet::run(url, tongue, corpus, pace).await?;
        let cpu = cpu_time(pid).saturating_sub(before);
        Ok(Line {
            server,
            clients: corpus.editors.len(),
            items,
            edits_per_second: pace,
            delivered: run.visible.len() as f64 / run.wanted.max(1) as f64,
            visible_p50_ms: run.visible.quantile_ms(0.5),
            visible_p99_ms: run.visible.quantile_ms(0.99),
            visible_max_ms: run.visible.quantile_ms(1.0),
            cpu_per_delivery_us: cpu.as_secs_f64() * 1e6 / run.visible.len().max(1) as f64,
            resident_mib: resident_mib(pid),
        })
    }
}

/// The lines as a table for people.
#[must_use]
pub fn report(lines: &[Line]) -> String {
    let head = [
        "server",
        "clients",
        "items",
        "edits/s",
        "delivered",
        "p50 ms",
        "p99 ms",
        "max ms",
        "CPU µs/delivery",
        "MiB",
    ];
    let mut cells = vec![head.map(str::to_owned).to_vec()];
    cells.extend(lines.iter().map(|line| {
        vec![
            line.server.to_owned(),
            line.clients.to_string(),
            line.items
                .map_or_else(|| "–".to_owned(), |items| items.to_string()),
            format!("{:.0}", line.edits_per_second),
            format!("{:.1} %", line.delivered * 100.0),
            format!("{:.2}", line.visible_p50_ms),
            format!("{:.2}", line.visible_p99_ms),
            format!("{:.2}", line.visible_max_ms),
            format!("{:.1}", line.cpu_per_delivery_us),
            format!("{:.1}", line.resident_mib),
        ]
    }));
    table(&cells)
}

/// The yardstick as a process of its own: this program with a hidden argument.
struct Broadcast {
    process: Child,
    url: String,
}

impl Broadcast {
    fn start() -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let mut process = Command::new(program)
            .arg(BROADCAST_ARGUMENT)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = process.stdout.take().ok_or("stdout is piped")?;
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        let url = format!("{}/socket", line.trim().replacen("http://", "ws://", 1));
        Ok(Self { process, url })
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Makes the benchmark's program serve as the yardstick.
pub const BROADCAST_ARGUMENT: &str = "serve-broadcast";

/// Serves as the yardstick until the process is ended.
///
/// # Errors
/// When no port can be had.
pub async fn serve_broadcast() -> std::io::Result<()> {
    broadcast::serve("127.0.0.1:0").await
}
