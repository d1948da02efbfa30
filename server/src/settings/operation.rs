//! How the relay is run: logs, numbers, certificates, and what it leaves of the disk.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What an operator sets. The defaults need nothing else on the machine.
#[derive(Args, Clone, Debug)]
pub struct Operation {
    /// Serve https with this certificate, a PEM file that begins with the server's own. A renewed file is used from the
    /// next connection on.
    #[arg(
        long,
        value_name = "FILE",
        env = "CUTLINE_TLS_CERTIFICATE",
        requires = "tls_key"
    )]
    pub tls_certificate: Option<PathBuf>,
    /// The private key that goes with the certificate, a PEM file.
    #[arg(
        long,
        value_name = "FILE",
        env = "CUTLINE_TLS_KEY",
        requires = "tls_certificate"
    )]
    pub tls_key: Option<PathBuf>,
    /// Serve numbers for Prometheus at /metrics on this address, which should not be reachable from outside, such as
    /// 127.0.0.1:9090. Without it there are none.
    #[arg(long, value_name = "ADDR", env = "CUTLINE_METRICS")]
    pub metrics: Option<String>,
    /// Which lines are written to the log: error, warn, info or debug, or a list such as `info,server::store=debug`.
    #[arg(long, value_name = "FILTER", env = "CUTLINE_LOG", default_value = LOG)]
    pub log: String,
    /// How each line of the log is written.
    #[arg(
        long,
        value_name = "FORMAT",
        env = "CUTLINE_LOG_FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,
    /// Store nothing more while the disk has less than this left, in MiB. Changes then wait in the browsers until there
    /// is room again.
    #[arg(long, value_name = "MIB", env = "CUTLINE_KEEP_FREE", default_value_t = KEEP_FREE_MIB)]
    pub keep_free: u64,
    /// Make a snapshot of a backlog after so many changes. Fewer make opening on a new device quicker, more spare the
    /// processor.
    #[arg(
        long,
        value_name = "CHANGES",
        env = "CUTLINE_SNAPSHOT_EVERY",
        default_value_t = SNAPSHOT_EVERY,
        value_parser = clap::value_parser!(u64).range(100..)
    )]
    pub snapshot_every: u64,
    /// How many snapshots of each backlog are kept. The changes themselves are always kept.
    #[arg(
        long,
        value_name = "COUNT",
        env = "CUTLINE_SNAPSHOTS_KEPT",
        default_value_t = SNAPSHOTS_KEPT,
        value_parser = clap::value_parser!(u64).range(1..=100)
    )]
    pub snapshots_kept: u64,
}

/// What an operator should know of.
const LOG: &str = "info";

/// Enough to log in, look around and make room.
const KEEP_FREE_MIB: u64 = 64;

/// Reading so many changes one by one takes a new device about a second.
const SNAPSHOT_EVERY: u64 = 2_000;

/// The newest, and one to fall back on.
const SNAPSHOTS_KEPT: u64 = 2;

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for programs.
    Json,
}

impl Default for Operation {
    fn default() -> Self {
        Self {
            tls_certificate: None,
            tls_key: None,
            metrics: None,
            log: LOG.to_owned(),
            log_format: LogFormat::Text,
            keep_free: KEEP_FREE_MIB,
            snapshot_every: SNAPSHOT_EVERY,
            snapshots_kept: SNAPSHOTS_KEPT,
        }
    }
}

impl Operation {
    /// What is left free on the disk, in bytes.
    #[must_use]
    pub fn keep_free_bytes(&self) -> u64 {
        self.keep_free.saturating_mul(1 << 20)
    }
}
