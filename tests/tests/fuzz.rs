//! The corpus of hostile input, and a few mutations of it. `cargo run --package tests --bin fuzz` goes on for longer.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::fs;

use tests::fuzz::{Fuzzer, Tally, Target, attacks, folder};

/// Tries the corpus and so many mutations.
fn withstands(target: Target, mutations: usize) -> Tally {
    let mut fuzzer = Fuzzer::new(target, 1).unwrap();
    let withstood = fuzzer
        .replay()
        .and_then(|()| (0..mutations).try_for_each(|_| fuzzer.mutate()));
    if let Err(finding) = withstood {
        panic!("{}: {} {:?}", target.name(), finding.what, finding.input);
    }
    let tally = fuzzer.tally();
    assert!(tally.taken > 0, "honest input is taken: {tally:?}");
    assert!(tally.tried > tally.taken, "some input is bad: {tally:?}");
    tally
}

#[test]
fn frames_of_strangers_harm_nobody() {
    withstands(Target::Frames, 4_000);
}

#[test]
fn a1_a2_a9_messages_of_strange_programs_harm_nobody() {
    withstands(Target::Door, 4_000);
}

#[test]
fn a3_a11_what_the_gate_lets_in_never_breaks_a_document() {
    withstands(Target::Changes, 3_000);
}

#[test]
fn a12_a_document_in_a_file_is_read_or_refused() {
    withstands(Target::Documents, 500);
}

#[test]
fn files_to_import_are_read_or_refused() {
    withstands(Target::Imports, 3_000);
}

#[test]
fn a_store_on_a_bad_disk_is_read_or_refused() {
    withstands(Target::Stores, 10);
}

#[test]
fn the_known_attacks_are_in_the_corpus() {
    for target in Target::ALL {
        for attack in attacks(target) {
            let kept = fs::metadata(folder(target).join(&attack.name));
            assert!(kept.is_ok(), "{} {}", target.name(), attack.name);
        }
    }
}
