//! What the relay counts about itself, in Prometheus' words. Numbers only: no title, no name, no backlog's id.
//!
//! Each relay has its own; nothing here is global. [`http::operation`](crate::http) hands them out.

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::text::encode,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::{Registry, Unit},
};
use shared::sync::room::Tally;

/// The upper bounds of durations, in seconds: from a commit on a fast disk to one that people notice.
const SECONDS: [f64; 13] = [
    0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0,
];

/// The upper bounds of how many changes one commit holds.
const CHANGES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0, 256.0, 1024.0];

type Labelled = Family<[(&'static str, &'static str); 1], Counter>;

/// A relay's numbers; clones share them.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    registry: Registry,
    rooms: Gauge,
    connections: Gauge,
    peers: Gauge,
    appended: Counter,
    append_seconds: Histogram,
    refused: Labelled,
    dismissed: Labelled,
    frames: Counter,
    lagging: Counter,
    snapshots: Counter,
    store_writable: Gauge,
    store: StoreMetrics,
}

/// The numbers of a store; clones share them.
#[derive(Clone, Debug)]
pub struct StoreMetrics {
    /// Jobs that wait for the thread that writes.
    pub(crate) queue: Gauge,
    /// How long a commit took, which is one flush of the disk.
    pub(crate) commit_seconds: Histogram,
    /// How many changes a commit held.
    pub(crate) commit_changes: Histogram,
}

impl Default for StoreMetrics {
    fn default() -> Self {
        Self {
            queue: Gauge::default(),
            commit_seconds: Histogram::new(SECONDS),
            commit_changes: Histogram::new(CHANGES),
        }
    }
}

/// What only others know at the moment of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) rooms: usize,
    pub(crate) connections: usize,
    pub(crate) writable: bool,
}

impl Metrics {
    /// All numbers as text.
    #[must_use]
    pub(crate) fn render(&self, standing: Standing) -> String {
        let inner = &self.inner;
        inner.rooms.set(count(standing.rooms));
        inner.connections.set(count(standing.connections));
        inner.store_writable.set(i64::from(standing.writable));
        let mut text = String::new();
        match encode(&mut text, &inner.registry) {
            Ok(()) => text,
            // Only a writer that refuses text fails, and a string takes all.
            Err(_) => String::new(),
        }
    }

    /// The numbers of the store.
    #[must_use]
    pub fn store(&self) -> StoreMetrics {
        self.inner.store.clone()
    }

    /// What a room counted since the last time.
    pub(crate) fn add(&self, tally: &Tally) {
        let inner = &self.inner;
        for (reason, times) in &tally.refused {
            inner
                .refused
                .get_or_create(&[("reason", reason)])
                .inc_by(*times);
        }
        for (reason, times) in &tally.dismissed {
            inner
                .dismissed
                .get_or_create(&[("reason", reason)])
                .inc_by(*times);
        }
    }

    /// So many changes are on the disk, so long after they were admitted.
    pub(crate) fn appended(&self, changes: usize, took: Duration) {
        self.inner.appended.inc_by(changes as u64);
        self.inner.append_seconds.observe(took.as_secs_f64());
    }

    /// Frames were queued for so many peers.
    pub(crate) fn queued(&self, frames: usize) {
        self.inner.frames.inc_by(frames as u64);
    }

    /// A peer's queue was full.
    pub(crate) fn lagged(&self) {
        self.inner.lagging.inc();
    }

    /// A snapshot was made.
    pub(crate) fn snapshot_made(&self) {
        self.inner.snapshots.inc();
    }

    /// So many more (or fewer) take part in an open backlog.
    pub(crate) fn peers_changed(&self, by: i64) {
        self.inner.peers.inc_by(by);
    }
}

impl Default for Inner {
    fn default() -> Self {
        let mut inner = Self {
            registry: Registry::with_prefix("cutline"),
            rooms: Gauge::default(),
            connections: Gauge::default(),
            peers: Gauge::default(),
            appended: Counter::default(),
            append_seconds: Histogram::new(SECONDS),
            refused: Labelled::default(),
            dismissed: Labelled::default(),
            frames: Counter::default(),
            lagging: Counter::default(),
            snapshots: Counter::default(),
            store_writable: Gauge::default(),
            store: StoreMetrics::default(),
        };
        inner.register();
        inner
    }
}

impl Inner {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("rooms", "Backlogs open in memory", self.rooms.clone());
        registry.register("connections", "Open WebSockets", self.connections.clone());
        registry.register(
            "peers",
            "Connections in open backlogs; a stock client counts once for each",
            self.peers.clone(),
        );
        registry.register(
            "changes_appended",
            "Changes stored and acknowledged",
            self.appended.clone(),
        );
        registry.register_with_unit(
            "append",
            "From a change's admission to its place on the disk",
            Unit::Seconds,
            self.append_seconds.clone(),
        );
        registry.register(
            "changes_refused",
            "Changes refused, by reason",
            self.refused.clone(),
        );
        registry.register(
            "connections_ended",
            "Connections that the relay ended, by reason",
            self.dismissed.clone(),
        );
        registry.register(
            "frames_queued",
            "Frames queued for peers",
            self.frames.clone(),
        );
        registry.register(
            "peers_lagged",
            "Times that a peer's queue was full and it had to read the log again",
            self.lagging.clone(),
        );
        registry.register("snapshots_made", "Snapshots made", self.snapshots.clone());
        registry.register(
            "store_writable",
            "1 while changes can be stored, 0 while the disk is full or failed",
            self.store_writable.clone(),
        );
        self.store.register(registry);
    }
}

impl StoreMetrics {
    fn register(&self, registry: &mut Registry) {
        registry.register(
            "store_queue",
            "Jobs that wait for the thread that writes",
            self.queue.clone(),
        );
        registry.register_with_unit(
            "store_commit",
            "How long a commit took, its flush of the disk included",
            Unit::Seconds,
            self.commit_seconds.clone(),
        );
        registry.register(
            "store_commit_changes",
            "Changes in one commit",
            self.commit_changes.clone(),
        );
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::default();
        metrics.appended(3, Duration::from_millis(4));
        metrics.add(&Tally {
            refused: [("invalid", 2)].into(),
            dismissed: [("malformed", 1)].into(),
        });
        metrics.store().queue.set(5);
        let text = metrics.render(Standing {
            rooms: 7,
            connections: 9,
            writable: true,
        });
        for line in [
            "cutline_rooms 7",
            "cutline_connections 9",
            "cutline_changes_appended_total 3",
            "cutline_append_seconds_bucket{le=\"0.005\"} 1",
            "cutline_changes_refused_total{reason=\"invalid\"} 2",
            "cutline_connections_ended_total{reason=\"malformed\"} 1",
            "cutline_store_queue 5",
            "cutline_store_writable 1",
            "# EOF",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
