//! The relay beside a plain broadcast server, in the same run: how soon others see a change, and what it costs.

use futures_util::future::{try_join, try_join_all};
use serde::Serialize;
use tokio::sync::Barrier;

use super::{
    broadcast,
    corpus::Corpus,
    figures::{Durations, cpu_time, resident_mib, table},
    fleet,
    server::Sort,
};

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
    /// How many documents are worked on at once in the last run, by three people and with an edit a second each;
    /// 0 for no such run.
    pub documents: usize,
}

/// How many people work on each of many documents.
const CLIENTS_OF_EACH: usize = 3;
/// How many items each of many documents has.
const ITEMS_OF_EACH: usize = 20;

/// One line of the result.
#[derive(Clone, Debug, Serialize)]
pub struct Line {
    /// `cutline`, `broadcast`, `y-websocket` or `hocuspocus`.
    pub server: &'static str,
    /// How many documents were worked on.
    pub documents: usize,
    /// How many clients there were, all documents together.
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
                let edits = ((pace * self.seconds / *clients as f64).round() as usize).max(1);
                let plain = Sort::Broadcast.corpus(1, *clients, edits)?;
                lines.push(self.measure(Sort::Broadcast, None, &plain, *pace).await?);
                for items in &self.items {
                    for sort in Sort::with_documents(self.yjs) {
                        let corpus = sort.corpus(*items, *clients, edits)?;
                        let line = self.measure(sort, Some(*items), &corpus, *pace).await?;
                        lines.push(line);
                    }
                }
            }
        }
        if self.documents == 0 {
            return Ok(lines);
        }
        let edits = ((self.seconds / CLIENTS_OF_EACH as f64).round() as usize).max(1);
        for sort in Sort::all(self.yjs) {
            let corpus = sort.corpus(ITEMS_OF_EACH, CLIENTS_OF_EACH, edits)?;
            let items = (sort != Sort::Broadcast).then_some(ITEMS_OF_EACH);
            let line = measure(sort, items, (self.documents, &corpus), 1.0).await?;
            lines.push(line);
        }
        Ok(lines)
    }

    async fn measure(
        &self,
        sort: Sort,
        items: Option<usize>,
        corpus: &Corpus,
        pace: f64,
    ) -> Result<Line, String> {
        measure(sort, items, (1, corpus), pace).await
    }
}

/// The same meeting on so many documents at once, each at this pace.
async fn measure(
    sort: Sort,
    items: Option<usize>,
    (documents, corpus): (usize, &Corpus),
    pace: f64,
) -> Result<Line, String> {
    let server = sort.start()?;
    let meetings: Vec<_> = (0..documents)
        .map(|document| server.meeting(document, corpus))
        .collect();
    for meeting in &meetings {
        meeting.found(&[]).await?;
    }
    let pid = server.pid();
    let gate = Barrier::new(documents + 1);
    let everybody_there = async {
        gate.wait().await;
        Ok(cpu_time(pid))
    };
    let runs = try_join_all(meetings.iter().map(|it| fleet::run(it, pace, &gate)));
    let (before, runs) = try_join(everybody_there, runs).await?;
    let cpu = cpu_time(pid).saturating_sub(before);
    let wanted: usize = runs.iter().map(|run| run.wanted).sum();
    let visible = Durations::together(runs.into_iter().map(|run| run.visible));
    Ok(Line {
        server: sort.name(),
        documents,
        clients: corpus.editors.len() * documents,
        items,
        edits_per_second: pace * documents as f64,
        delivered: visible.len() as f64 / wanted.max(1) as f64,
        visible_p50_ms: visible.quantile_ms(0.5),
        visible_p99_ms: visible.quantile_ms(0.99),
        visible_max_ms: visible.quantile_ms(1.0),
        cpu_per_delivery_us: cpu.as_secs_f64() * 1e6 / visible.len().max(1) as f64,
        resident_mib: resident_mib(pid),
    })
}

/// The lines as a table for people.
#[must_use]
pub fn report(lines: &[Line]) -> String {
    let head = [
        "server",
        "documents",
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
            line.documents.to_string(),
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

/// Makes the benchmark's program serve as the yardstick.
pub const BROADCAST_ARGUMENT: &str = "serve-broadcast";

/// Serves as the yardstick until the process is ended.
///
/// # Errors
/// When no port can be had.
pub async fn serve_broadcast() -> std::io::Result<()> {
    broadcast::serve("127.0.0.1:0").await
}
