//! The `cutline` program: reads the command line, runs one command, says how it went.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use server::{
    Relay, ServeError,
    admin::{self, Listed},
    settings::{Command, CommandLine, Operation, Settings},
    store::sqlite::{self, Report},
    telemetry,
};
use shared::ids::DocumentId;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

/// Its own thread gives back what everybody who left has used.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a service manager should do after the disk failed: look at it, then start the relay again (EX_IOERR).
const DISK_FAILED: u8 = 74;

type CommandResult = Result<ExitCode, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let usual = Operation::default();
    let operation = match &line.command {
        Command::Serve(settings) => &settings.operation,
        _ => &usual,
    };
    if let Err(error) = telemetry::start(&operation.log, operation.log_format) {
        complain(&error);
        return ExitCode::FAILURE;
    }
    match run(line.command) {
        Ok(code) => code,
        Err(error) => {
            complain(&error.to_string());
            match error.downcast_ref() {
                Some(ServeError::Store(_)) => ExitCode::from(DISK_FAILED),
                _ => ExitCode::FAILURE,
            }
        }
    }
}

fn run(command: Command) -> CommandResult {
    match command {
        Command::Serve(settings) => {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .enable_all()
                .build()?;
            runtime.block_on(serve(*settings))
        }
        Command::Backup { data, file } => {
            let report = sqlite::backup(&data.folder, &file)?;
            say(&format!("Wrote {}", file.display()))?;
            tell(&report)
        }
        Command::Restore { data, file } => {
            let former = sqlite::restore(&data.folder, &file)?;
            say("Restored. Browsers will bring back what is newer than the backup.")?;
            if let Some(former) = former {
                say(&format!("The former store is kept as {}", former.display()))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Check {
            data,
            repair: false,
        } => tell(&sqlite::check(&data.folder)?),
        Command::Check { data, repair: true } => {
            let (before, after) = sqlite::repair(&data.folder)?;
            tell(&before)?;
            say("Repaired:")?;
            tell(&after)
        }
        Command::List { data, json } => list(&admin::list(&data.folder)?, json),
        Command::Remove {
            data,
            document,
            file,
            yes,
        } => {
            sqlite::export(&data.folder, document, &file)?;
            say(&format!("Wrote {}", file.display()))?;
            if !yes && !confirm(document)? {
                return Err("nothing was removed".into());
            }
            admin::remove(&data.folder, document)?;
            say(&format!(
                "Removed {document}. `cutline readmit` lets it come back."
            ))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Readmit { data, document } => {
            admin::readmit(&data.folder, document)?;
            say("It comes back as soon as a browser that holds it connects.")?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Export {
            data,
            document,
            file,
        } => {
            sqlite::export(&data.folder, document, &file)?;
            say(&format!("Wrote {}", file.display()))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn serve(settings: Settings) -> CommandResult {
    let listener = listen(&settings.listen).await?;
    let address = listener.local_addr()?;
    let mut relay = Relay::open(&settings)?;
    if let Some(metrics) = &settings.operation.metrics {
        let listener = listen(metrics).await?;
        say(&format!(
            "Numbers for Prometheus: {}/metrics",
            listener.local_addr()?
        ))?;
        relay = relay.with_metrics_on(listener);
    }
    let scheme = if relay.speaks_tls() { "https" } else { "http" };
    say(&format!("Cutline is ready at {scheme}://{address}/"))?;
    relay.serve(listener, asked_to_stop()?).await?;
    Ok(ExitCode::SUCCESS)
}

async fn listen(address: &str) -> Result<TcpListener, String> {
    TcpListener::bind(address)
        .await
        .map_err(|error| cannot_listen(address, &error))
}

fn cannot_listen(address: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            let port = address.rsplit_once(':').map_or(address, |(_, port)| port);
            format!(
                "port {port} is in use ({address}): stop the other program, or choose another port with --listen"
            )
        }
        io::ErrorKind::PermissionDenied => format!(
            "listening on {address} is not permitted: choose a port of 1024 or above with --listen"
        ),
        _ => format!(
            "cannot listen on {address}: {error}. Give --listen an address of this machine and a port, such as \
             127.0.0.1:8080"
        ),
    }
}

/// Resolves at the first SIGTERM or Ctrl-C.
fn asked_to_stop() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Whether the person means it: the id is typed, since a removal can't be undone by a key.
fn confirm(document: DocumentId) -> io::Result<bool> {
    say(&format!(
        "This takes backlog {document} off the relay for everybody. Type its id to go on:"
    ))?;
    let mut typed = String::new();
    io::stdin().read_line(&mut typed)?;
    Ok(typed.trim() == document.to_string())
}

fn list(backlogs: &[Listed], json: bool) -> CommandResult {
    if json {
        say(&serde_json::to_string_pretty(backlogs)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!(
        "{:<30} {:>10} {:>12} {:>12} {:>12} {:>6}",
        "BACKLOG", "CHANGES", "BYTES", "SNAPSHOT", "FILES", "OPEN"
    ))?;
    for backlog in backlogs {
        let open = backlog
            .connections
            .map_or("-".to_owned(), |open| open.to_string());
        say(&format!(
            "{:<30} {:>10} {:>12} {:>12} {:>12} {:>6}",
            backlog.id,
            backlog.changes,
            backlog.bytes,
            backlog.snapshot_bytes,
            backlog.file_bytes,
            open
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a check found. Problems make the command fail.
fn tell(report: &Report) -> CommandResult {
    for problem in &report.problems {
        match problem.document {
            Some(document) => say(&format!("backlog {document}: {}", problem.detail))?,
            None => say(&problem.detail)?,
        }
    }
    let Report {
        documents,
        changes,
        quarantined,
        problems,
    } = report;
    say(&format!(
        "{documents} backlogs, {changes} changes, {quarantined} set aside earlier, {} problems",
        problems.len()
    ))?;
    Ok(if problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// A line for whoever runs the program, at once.
fn say(line: &str) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{line}")?;
    output.flush()
}

fn complain(text: &str) {
    // When even this can't be written there is nobody to tell.
    drop(writeln!(io::stderr(), "cutline: {text}"));
}
