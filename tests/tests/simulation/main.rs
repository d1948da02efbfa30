//! Whole systems in one deterministic process: browsers with their storage, a relay with its store, and a network that
//! loses, delays, repeats and reorders. A run is a function of its seed.
//!
//! The test command runs 1,000 seeds, 250 for each kind of faults. `CUTLINE_SEEDS=25000` runs that many for each kind;
//! `CUTLINE_SEED=17` runs one of them. A seed that fails is run again with fewer and fewer rounds, and named with those
//! without which it does not fail: `CUTLINE_SEED=17 CUTLINE_ROUNDS=3,12` runs them.
#![allow(clippy::unwrap_used, reason = "tests")]

mod device;
mod network;
mod person;
mod relay;
mod shrinking;
mod world;

use std::{env, panic, thread};

use tests::panics;
use world::{Faults, ROUNDS, Work, World};

/// How many seeds the test command runs for each kind of faults, each kind its own.
const SEEDS: u64 = 250;
/// The name of threads whose panics are caught, and told of in the end.
const SEEDS_THREAD: &str = "seeds";

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

/// The rounds that `CUTLINE_ROUNDS` names; otherwise all.
fn chosen_rounds() -> Vec<u64> {
    let named = env::var("CUTLINE_ROUNDS").ok();
    named.map_or_else(all_rounds, |named| {
        let rounds = named.split(',').map(|round| round.parse().unwrap());
        rounds.collect()
    })
}

fn all_rounds() -> Vec<u64> {
    (0..ROUNDS).collect()
}

/// Why a run fails, if it does.
fn failure(seed: u64, faults: Faults, rounds: &[u64]) -> Result<Work, String> {
    panic::catch_unwind(|| World::new(seed, faults).run(rounds))
        .map_err(|panic| panics::words(panic.as_ref()))
}

/// How to run a failing seed again with no more rounds than it takes to fail, and how it fails then.
fn told(seed: u64, faults: Faults, failed: String) -> String {
    let few = shrinking::shrink(all_rounds(), |rounds| {
        failure(seed, faults, rounds).is_err()
    });
    let reason = failure(seed, faults, &few).err().unwrap_or(failed);
    let rounds: Vec<String> = few.iter().map(u64::to_string).collect();
    let rounds = rounds.join(",");
    format!("CUTLINE_SEED={seed} CUTLINE_ROUNDS={rounds} ({faults:?}): {reason}")
}

/// Runs each seed on one of two threads, and names those that fail.
fn each_seed(faults: Faults) {
    if let Some(seed) = number("CUTLINE_SEED") {
        World::new(seed, faults).run(&chosen_rounds());
        return;
    }
    shrinking::hush(SEEDS_THREAD);
    let seeds = number("CUTLINE_SEEDS").unwrap_or(SEEDS);
    let first = faults as u64 * seeds;
    let run_some = move |half| {
        let (mut work, mut failures) = (Work::default(), Vec::new());
        for seed in (first..first + seeds).filter(|seed| seed % 2 == half) {
            match failure(seed, faults, &all_rounds()) {
                Ok(done) => work.add(&done),
                Err(reason) => {
                    let told = told(seed, faults, reason);
                    eprintln!("{told}");
                    failures.push(told);
                }
            }
        }
        (work, failures)
    };
    let threads: Vec<_> = (0..2)
        .map(|half| {
            let thread = thread::Builder::new().name(SEEDS_THREAD.to_owned());
            thread.spawn(move || run_some(half)).unwrap()
        })
        .collect();
    let (mut work, mut failures) = (Work::default(), Vec::new());
    for thread in threads {
        let (done, failed) = thread.join().unwrap();
        work.add(&done);
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(
        work.did_something(seeds, faults),
        "the runs have to exercise what they promise: {work:?}"
    );
    eprintln!("{seeds} seeds, {faults:?}: {work:?}");
}

#[test]
fn everybody_converges_over_a_bad_network() {
    each_seed(Faults::Network);
}

#[test]
fn a2_everybody_converges_and_viewers_change_nothing_while_roles_change() {
    each_seed(Faults::Roles);
}

#[test]
fn everybody_converges_when_browsers_and_relay_crash_and_disks_fill() {
    each_seed(Faults::Crashes);
}

#[test]
fn r1_a_relay_restored_from_yesterday_gets_everything_back() {
    each_seed(Faults::Restores);
}

#[test]
fn a_run_is_a_function_of_its_seed() {
    let fingerprint = || {
        World::new(3, Faults::Crashes)
            .run(&all_rounds())
            .fingerprint
    };
    assert_eq!(fingerprint(), fingerprint());
}
