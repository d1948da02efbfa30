//! Tries hostile input for as long as one likes: `cargo run --package tests --bin fuzz -- --minutes 10`. What it finds is
//! written to the corpus, which the tests replay.
#![allow(
    clippy::print_stdout,
    reason = "the findings are this program's output"
)]

use std::{
    io, panic,
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::Parser;
use tests::fuzz::{self, Fuzzer, Input, Target};

/// How many mutations are tried between two looks at the clock.
const AT_ONCE: usize = 20;

/// Tries hostile input on everything that reads what strangers, files and disks bring.
#[derive(Debug, Parser)]
struct Options {
    /// How long, all targets together.
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// One target only: frames, door, changes, documents, imports or stores.
    #[arg(long, value_parser = target)]
    target: Option<Target>,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the known attacks to the corpus, and end.
    #[arg(long)]
    write_attacks: bool,
}

fn target(name: &str) -> Result<Target, String> {
    Target::named(name).ok_or_else(|| "there is no such target".to_owned())
}

fn main() -> Result<ExitCode, io::Error> {
    let options = Options::parse();
    let targets = match options.target {
        Some(target) => vec![target],
        None => Target::ALL.to_vec(),
    };
    if options.write_attacks {
        for target in targets {
            for attack in fuzz::attacks(target) {
                println!("{}", fuzz::keep(target, &attack)?.display());
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    // Panics are caught and reported with their input.
    panic::set_hook(Box::new(|_| {}));
    let share = Duration::from_secs_f64(options.minutes * 60.0 / targets.len() as f64);
    let mut found = 0;
    for target in targets {
        found += run(target, options.seed, share)?;
    }
    Ok(if found == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn run(target: Target, seed: u64, share: Duration) -> Result<usize, io::Error> {
    let mut fuzzer = Fuzzer::new(target, seed)?;
    let mut found = 0;
    if let Err(finding) = fuzzer.replay() {
        println!("{}: {} {}", target.name(), finding.input.name, finding.what);
        found += 1;
    }
    let end = Instant::now() + share;
    while Instant::now() < end {
        for _ in 0..AT_ONCE {
            let Err(finding) = fuzzer.mutate() else {
                continue;
            };
            found += 1;
            let kind = finding.input.name.rsplit_once('.');
            let kind = kind.map_or(String::new(), |(_, kind)| format!(".{kind}"));
            let input = Input {
                name: format!("found-{seed}-{found}{kind}"),
                bytes: finding.input.bytes,
            };
            let file = fuzz::keep(target, &input)?;
            println!("{}: {} ({})", target.name(), finding.what, file.display());
        }
    }
    let tally = fuzzer.tally();
    println!(
        "{}: {} tried, {} taken, {found} found",
        target.name(),
        tally.tried,
        tally.taken
    );
    Ok(found)
}
