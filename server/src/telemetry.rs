//! What the relay writes to its log: one line for each thing an operator may want to know, never a title, a name of a
//! person, or a secret.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::settings::LogFormat;

/// Writes the log to the standard error from here on.
///
/// # Errors
/// When the filter can't be understood.
pub fn start(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| format!("--log {filter}: {error}"))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}
