//! Hostile bytes: the known small inputs that bring automerge down (A3–A11), and mutations of honest changes.

use std::{
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::*;

fn number(bytes: &mut Vec<u8>, mut number: u64) {
    loop {
        let digit = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        if number == 0 {
            return bytes.push(digit);
        }
        bytes.push(digit | 0x80);
    }
}

/// A first change whose rows are one run, so that its size says nothing of theirs.
fn one_run(rows: u64) -> Vec<u8> {
    let mut run = Vec::new();
    number(&mut run, rows);
    if run.last().is_some_and(|byte| byte & 0x40 != 0) {
        // The run's length is signed; this keeps it positive.
        *run.last_mut().unwrap() |= 0x80;
        run.push(0);
    }
    let mut body = vec![0, 16];
    body.extend([1; 16]);
    // Number, first counter, time, message, other actors.
    body.extend([1, 1, 0, 0, 0]);
    let mut insert = Vec::new();
    number(&mut insert, rows);
    let columns = [
        (0x15, [&run[..], &[1, b'a']].concat()),
        (0x34, insert),
        (0x42, [&run[..], &[1]].concat()),
        (0x56, [&run[..], &[0]].concat()),
        (0x70, [&run[..], &[0]].concat()),
    ];
    body.push(u8::try_from(columns.len()).unwrap());
    for (specification, column) in &columns {
        number(&mut body, *specification);
        number(&mut body, column.len() as u64);
    }
    body.extend(columns.iter().flat_map(|(_, column)| column));
    scan::wrap(&body)
}

fn compressed(inflated: impl Iterator<Item = Vec<u8>>, checksum: &[u8]) -> Vec<u8> {
    let mut deflate =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    inflated.for_each(|part| deflate.write_all(&part).unwrap());
    let body = deflate.finish().unwrap();
    let mut bytes = [&[0x85, 0x6f, 0x4a, 0x83][..], checksum, &[2]].concat();
    number(&mut bytes, body.len() as u64);
    bytes.extend(body);
    bytes
}

#[test]
fn g5_a_change_is_written_as_automerge_writes_it() {
    let run_of_nine = one_run(9);
    assert!(admit(&run_of_nine, &ChangeIndex::default()).is_ok());
    // Readable, but automerge writes a single value as a literal, not as a run of one.
    let run_of_one = one_run(1);
    assert!(Change::from_bytes(run_of_one.clone()).is_ok());
    let refused = admit(&run_of_one, &ChangeIndex::default());
    assert_eq!(refused, Err(Refusal::Malformed("not canonical")));
}

#[test]
fn a3_a4_a_bomb_is_not_inflated_beyond_the_limit() {
    let megabytes = || (0..100).map(|_| vec![b'x'; 1 << 20]);
    for checksum in [[0; 4], [1, 2, 3, 4]] {
        let bomb = compressed(megabytes(), &checksum);
        assert!(bomb.len() < CHANGE_BYTES_MAX, "{}", bomb.len());
        let refused = admit(&bomb, &ChangeIndex::default());
        assert_eq!(
            refused,
            Err(Refusal::TooLarge {
                limit: INFLATED_BYTES_MAX
            })
        );
    }
}

#[test]
fn a5_millions_of_rows_in_seventy_bytes_are_not_read() {
    for rows in [20_001, 10_000_000, 100_000_000, u64::from(u32::MAX)] {
        let change = one_run(rows);
        assert!(change.len() < 100);
        assert_eq!(
            admit(&change, &ChangeIndex::default()),
            Err(Refusal::Malformed("rows"))
        );
    }
}

#[test]
fn a6_a_counter_near_the_end_of_its_range_is_refused() {
    for start_op in [2, 4, u64::from(u32::MAX) - 3] {
        let refused = altered(|change| change.start_op = start_op.try_into().unwrap());
        assert_eq!(refused, Err(Refusal::Malformed("counter")));
    }
}

#[test]
fn a6_counters_end_before_automerge_can_count_no_further() {
    let mut index = ChangeIndex::default();
    let far = ChangeMeta {
        hash: [9; 32],
        actor: [9; 16],
        seq: 1,
        start_op: 1,
        max_op: OP_COUNTER_MAX,
        deps: Vec::new(),
        author: None,
        time: 0,
        landmarks: Vec::new(),
    };
    index.add(&far);
    let mut ada = document(1, true);
    ada.put(ROOT, "a", 1).unwrap();
    let mut expanded = Change::from_bytes(last(&mut ada)).unwrap().decode();
    expanded.deps = vec![automerge::ChangeHash(far.hash)];
    expanded.start_op = (OP_COUNTER_MAX + 1).try_into().unwrap();
    expanded.hash = None;
    let refused = admit(Change::from(expanded).raw_bytes(), &index);
    assert_eq!(refused, Err(Refusal::Malformed("counter too high")));
}

#[test]
fn a7_a_stolen_actor_costs_the_thief_alone() {
    let (changes, mut index) = story();
    let mut thief = document(1, false);
    for n in 0..3 {
        thief.put(ROOT, "stolen", n).unwrap();
        let refused = admit(&last(&mut thief), &index);
        assert!(refused.is_err(), "{refused:?}");
    }
    let admitted = admit(&changes[2], &index).unwrap();
    index.add(&admitted.meta);
    assert_eq!(index.len(), 3);
}

#[test]
fn a8_a_bad_change_between_good_ones_refuses_only_itself() {
    let (changes, mut index) = story();
    for bytes in [&one_run(9)[..], b"garbage", &changes[2]] {
        if let Ok(admitted) = admit(bytes, &index) {
            index.add(&admitted.meta);
        }
    }
    assert_eq!(index.len(), 3);
}

#[test]
fn a9_garbage_is_an_answer_not_a_silence() {
    let (_, index) = story();
    let refused = admit(&[1, 2, 3, 4], &index).unwrap_err();
    assert_eq!(refused.to_string(), "the change is malformed (not a chunk)");
}

#[test]
fn a10_a_change_without_what_it_is_built_on_is_not_kept() {
    let (changes, _) = story();
    let refused = admit(&changes[2], &ChangeIndex::default());
    let needed = described(&changes[1]).unwrap().hash;
    assert!(
        matches!(refused, Err(Refusal::MissingDependencies { missing, .. }) if missing == [needed])
    );
}

/// What became of mutated changes.
#[derive(Debug, Default)]
struct Tally {
    refused: std::collections::BTreeMap<String, usize>,
    admitted: usize,
    sound: usize,
    broken: usize,
}

/// `CUTLINE_FUZZ` sets how many inputs are tried.
#[test]
fn a11_mutated_changes_never_panic_the_gate() {
    let inputs = std::env::var("CUTLINE_FUZZ").ok();
    let inputs = inputs.and_then(|n| n.parse().ok()).unwrap_or(20_000);
    let tally = fuzz(11, inputs);
    assert!(tally.sound > 0, "some mutations only change values");
    assert_eq!(tally.broken, 0, "{tally:?}");
}

fn fuzz(seed: u64, inputs: usize) -> Tally {
    let changes = honest::changes(7, 80);
    let mut before = vec![(
        ChangeIndex::default(),
        References::default(),
        Automerge::new(),
    )];
    for change in &changes {
        let (mut index, mut references, mut document) = before.last().unwrap().clone();
        take(change, &mut index, &mut references).unwrap();
        let change = Change::from_bytes(change.clone()).unwrap();
        document.apply_changes([change]).unwrap();
        before.push((index, references, document));
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut tally = Tally::default();
    for _ in 0..inputs {
        let at = rng.random_range(0..changes.len());
        let start = 10 + usize::from(changes[at][9] & 0x80 != 0);
        let mut body = changes[at][start..].to_vec();
        for _ in 0..rng.random_range(1..4) {
            mutate(&mut body, changes.choose(&mut rng).unwrap(), &mut rng);
        }
        let (index, references, document) = &before[at];
        let Ok(admitted) = admit(&scan::wrap(&body), index) else {
            continue;
        };
        let refers = references.check(&admitted.meta, &admitted.operations, index);
        if let Err(refusal) = refers {
            *tally.refused.entry(refusal.to_string()).or_default() += 1;
            continue;
        }
        tally.admitted += 1;
        if reloads(document.clone(), &admitted.bytes) {
            tally.sound += 1;
        } else {
            tally.broken += 1;
        }
    }
    tally
}

/// Whether a document takes the change and is the same after it was saved and loaded.
fn reloads(mut document: Automerge, change: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(move || {
        let change = Change::from_bytes(change.to_vec()).unwrap();
        document.apply_changes([change]).is_ok()
            && Automerge::load(&document.save())
                .is_ok_and(|again| again.get_heads() == document.get_heads())
    }))
    .unwrap_or(false)
}

fn mutate(body: &mut Vec<u8>, other: &[u8], rng: &mut ChaCha8Rng) {
    if body.is_empty() {
        body.push(rng.random());
    }
    let at = rng.random_range(0..body.len());
    match rng.random_range(0..5) {
        0 => body[at] ^= 1 << rng.random_range(0..8),
        1 => body[at] = rng.random(),
        2 => drop(body.remove(at)),
        3 => body.insert(at, rng.random()),
        _ => {
            let from = rng.random_range(0..other.len());
            let piece = &other[from..(from + rng.random_range(1..9)).min(other.len())];
            let end = (at + piece.len()).min(body.len());
            body.splice(at..end, piece.iter().copied());
        }
    }
}
