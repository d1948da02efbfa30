//! Measures the relay and the app; README says how to run it and which figures are wanted.
#![allow(clippy::print_stdout, reason = "the figures are this program's output")]

use std::{error::Error, fs, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use serde_json::json;
use tests::{
    bench::{app, relay, upkeep},
    sprinted::Size,
};

/// Measures Cutline's relay and app.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    what: Option<What>,
    /// Measure smaller and shorter, in under two minutes.
    #[arg(long, global = true)]
    quick: bool,
    /// Also write the figures to this file as JSON.
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// The relay beside a plain broadcast server, y-websocket and Hocuspocus.
    Relay(RelayOptions),
    /// The app in Chromium.
    App(AppOptions),
    #[command(hide = true, name = relay::BROADCAST_ARGUMENT)]
    Broadcast,
}

#[derive(Args, Clone, Debug, Default)]
struct RelayOptions {
    /// Numbers of clients.
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    clients: Vec<usize>,
    /// Numbers of items.
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    items: Vec<usize>,
    /// Edits of all clients together, per second.
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    edits_per_second: Vec<f64>,
    /// Leave out the Yjs servers, which need node and npm.
    #[arg(long)]
    without_yjs: bool,
    /// How long each run goes.
    #[arg(long)]
    seconds: Option<f64>,
    /// Measure this part alone.
    #[arg(long)]
    only: Option<Part>,
}

/// What can be measured alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Many people who edit one document.
    Meeting,
    /// Three people in each of many documents.
    Documents,
    /// Coming in with nothing.
    Joins,
    /// What memory is left when everybody has gone.
    Memory,
    /// What idle connections cost.
    Idle,
    /// What is lost when the server is killed.
    Kills,
}

#[derive(Args, Clone, Debug, Default)]
struct AppOptions {
    /// Numbers of items.
    #[arg(long, value_delimiter = ',', value_name = "N,N")]
    items: Vec<usize>,
    /// Changes behind each backlog.
    #[arg(long)]
    changes: Option<usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    let mut figures = json!({});
    match &options.what {
        Some(What::Broadcast) => return Ok(runtime.block_on(relay::serve_broadcast())?),
        Some(What::Relay(relay)) => {
            figures["relay"] = runtime.block_on(measure_relay(relay, options.quick))?;
        }
        Some(What::App(app)) => figures["app"] = measure_app(app, options.quick, &runtime)?,
        None => {
            let relay = RelayOptions::default();
            figures["relay"] = runtime.block_on(measure_relay(&relay, options.quick))?;
            figures["app"] = measure_app(&AppOptions::default(), options.quick, &runtime)?;
        }
    }
    if let Some(file) = options.json {
        fs::write(file, serde_json::to_vec_pretty(&figures)?)?;
    }
    Ok(())
}

async fn measure_relay(
    options: &RelayOptions,
    quick: bool,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let is_wanted = |part| options.only.is_none_or(|only| only == part);
    let many = |part, count| if is_wanted(part) { count } else { 0 };
    let clients = if is_wanted(Part::Meeting) {
        or(&options.clients, &[50, 200])
    } else {
        Vec::new()
    };
    let plan = relay::Plan {
        clients,
        items: or(&options.items, &[500, 5_000]),
        paces: match &options.edits_per_second[..] {
            [] => vec![50.0, 200.0],
            paces => paces.to_vec(),
        },
        yjs: !options.without_yjs,
        seconds: options.seconds.unwrap_or(if quick { 5.0 } else { 20.0 }),
        documents: many(Part::Documents, if quick { 50 } else { 500 }),
    };
    println!(
        "Relay: from an edit's sending to its arrival at each other client; {} s each\n",
        plan.seconds
    );
    let lines = plan.run().await?;
    println!("{}", relay::report(&lines));
    let plan = upkeep::Plan {
        items: plan.items,
        changes: if quick { 1_000 } else { 10_000 },
        joins: many(Part::Joins, if quick { 1 } else { 5 }),
        opened: many(Part::Memory, if quick { 20 } else { 200 }),
        gone_seconds: if quick { 5 } else { 45 },
        idle: many(Part::Idle, if quick { 200 } else { 2_000 }),
        kills: many(Part::Kills, if quick { 2 } else { 20 }),
        yjs: plan.yjs,
    };
    let upkeep = plan.run().await?;
    println!("{}", upkeep.report());
    Ok(json!({ "meetings": lines, "upkeep": upkeep }))
}

fn measure_app(
    options: &AppOptions,
    quick: bool,
    runtime: &tokio::runtime::Runtime,
) -> Result<serde_json::Value, Box<dyn Error>> {
    let plan = app::Plan {
        items: or(
            &options.items,
            if quick { &[500] } else { &[500, 1_680, 10_000] },
        ),
        changes: options
            .changes
            .unwrap_or(if quick { 2_000 } else { 20_000 }),
        openings: if quick { 3 } else { 7 },
        re_ranks: if quick { 20 } else { 100 },
        on_screens: if quick { 500 } else { 5_000 },
        past: Size {
            items: if quick { 500 } else { 5_000 },
            sprints: 26,
            entries: if quick { 5_000 } else { 50_000 },
        },
        seed: 1,
    };
    println!(
        "App: in Chromium on this machine, from this device; each backlog has {} changes behind it\n",
        plan.changes
    );
    let figures = plan.run(runtime.handle())?;
    println!("{}", app::report(&figures));
    Ok(serde_json::to_value(figures)?)
}

fn or(given: &[usize], usual: &[usize]) -> Vec<usize> {
    if given.is_empty() {
        usual.to_vec()
    } else {
        given.to_vec()
    }
}
