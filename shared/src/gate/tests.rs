//! Each rule of the gate, honest writers who must never be refused, and mutated changes that must never panic.
#![allow(clippy::unwrap_used, reason = "tests")]

use automerge::{
    ActorId, Author, AutoCommit, Automerge, ExpandedChange, ObjType, ROOT, ReadDoc,
    transaction::Transactable,
};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

use super::*;

mod bounds;
mod document;
mod honest;
mod hostile;
mod index;
mod references;
mod roots;

fn document(actor: u8, author: bool) -> AutoCommit {
    let mut document = AutoCommit::new();
    if author {
        document.set_author(Some(Author::from(vec![actor; 16])));
    }
    document.set_actor(ActorId::from([actor; 16]));
    document
}

fn last(document: &mut AutoCommit) -> Vec<u8> {
    document.commit();
    document
        .get_last_local_change()
        .unwrap()
        .raw_bytes()
        .to_vec()
}

fn described(change: &[u8]) -> Result<ChangeMeta, Refusal> {
    describe(change, &ChangeIndex::default())
}

/// Three changes of one writer, and the index after the first two.
fn story() -> (Vec<Vec<u8>>, ChangeIndex) {
    let mut ada = document(1, true);
    let mut changes = Vec::new();
    for n in 0..3 {
        ada.put(ROOT, format!("key{n}"), "some value").unwrap();
        changes.push(last(&mut ada));
    }
    let mut index = ChangeIndex::default();
    for change in &changes[..2] {
        let admitted = admit(change, &index).unwrap();
        index.add(&admitted.meta);
    }
    (changes, index)
}

/// Passes a change through the whole gate and takes it in.
fn take(
    change: &[u8],
    index: &mut ChangeIndex,
    references: &mut References,
) -> Result<Admitted, Refusal> {
    let admitted = admit(change, index)?;
    let located = references.check(&admitted.meta, &admitted.operations, index)?;
    references.add(located);
    index.add(&admitted.meta);
    Ok(admitted)
}

/// The third change of the story with something changed, written by automerge.
fn altered(alter: impl FnOnce(&mut ExpandedChange)) -> Result<Admitted, Refusal> {
    let (changes, index) = story();
    let mut expanded = Change::from_bytes(changes[2].clone()).unwrap().decode();
    alter(&mut expanded);
    expanded.hash = None;
    admit(Change::from(expanded).raw_bytes(), &index)
}

/// The third change of the story with its body changed, under a right checksum.
fn rewritten(rewrite: impl FnOnce(&mut Vec<u8>)) -> Result<Admitted, Refusal> {
    let (changes, index) = story();
    let (_, body) = changes[2].split_at(10);
    let mut body = body.to_vec();
    rewrite(&mut body);
    admit(&scan::wrap(&body), &index)
}

#[test]
fn an_honest_change_is_admitted_as_it_is() {
    let (changes, index) = story();
    let admitted = admit(&changes[2], &index).unwrap();
    assert_eq!(admitted.bytes, changes[2]);
    assert_eq!(
        (
            admitted.meta.seq,
            admitted.meta.start_op,
            admitted.meta.max_op
        ),
        (3, 3, 3)
    );
    assert_eq!(described(&changes[0]).unwrap().author, Some([1; 16]));
    assert_eq!(
        admit(&changes[1], &index),
        Err(Refusal::Known {
            hash: described(&changes[1]).unwrap().hash
        })
    );
}

#[test]
fn g1_size_and_frame_of_a_chunk() {
    let (changes, index) = story();
    let too_long = vec![0; CHANGE_BYTES_MAX + 1];
    assert_eq!(
        admit(&too_long, &index),
        Err(Refusal::TooLarge {
            limit: CHANGE_BYTES_MAX
        })
    );
    for bytes in [
        &b""[..],
        b"garbage",
        &changes[2][..20],
        &[&changes[2][..], &[0]].concat(),
    ] {
        assert!(
            matches!(admit(bytes, &index), Err(Refusal::Malformed(_))),
            "{bytes:?}"
        );
    }
    let whole = Automerge::new().save();
    assert_eq!(
        admit(&whole, &index),
        Err(Refusal::Malformed("not a change"))
    );
}

fn deflated(chunk: &[u8], checksum: &[u8], inflated: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    deflate.write_all(inflated).unwrap();
    let body = deflate.finish().unwrap();
    let mut bytes = [&chunk[..4], checksum, &[2]].concat();
    let mut length = body.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes.extend(body);
    bytes
}

#[test]
fn g2_compressed_changes_are_inflated_within_bounds() {
    let (changes, index) = story();
    let change = &changes[2];
    let packed = deflated(change, &change[4..8], &change[10..]);
    assert_eq!(admit(&packed, &index).unwrap().bytes, *change);
    let bomb = deflated(change, &change[4..8], &vec![0; 64 * 1024 * 1024]);
    assert!(bomb.len() < CHANGE_BYTES_MAX);
    assert_eq!(
        admit(&bomb, &index),
        Err(Refusal::TooLarge {
            limit: INFLATED_BYTES_MAX
        })
    );
    let forged = deflated(change, &[1, 2, 3, 4], &change[10..]);
    assert_eq!(admit(&forged, &index), Err(Refusal::Malformed("checksum")));
}

#[test]
fn g3_a_small_change_of_many_rows_is_not_parsed() {
    // A5: a run of ten million operations in a few bytes.
    let runs = |specification: u8| {
        rewritten(|body| {
            let dep_and_actor = 1 + 32 + 1 + 16;
            body.truncate(dep_and_actor);
            // seq, start, time, message, other actors, one column: a run of 10,000,000.
            body.extend([
                3,
                3,
                0,
                0,
                0,
                1,
                specification,
                5,
                0x80,
                0xad,
                0xe2,
                0x04,
                0x01,
            ]);
        })
    };
    assert_eq!(runs(0x42), Err(Refusal::Malformed("rows")));
    assert_eq!(runs(0x0a), Err(Refusal::Malformed("column")));
    assert_eq!(
        rewritten(|body| body[0] = 0x7f),
        Err(Refusal::Malformed("dependencies"))
    );
    assert_eq!(
        rewritten(|body| body[33] = 17),
        Err(Refusal::Malformed("actor"))
    );
}

#[test]
fn g5_only_what_automerge_itself_would_write() {
    // The same number written with more bytes than it needs.
    let found = rewritten(|body| {
        let seq = 1 + 32 + 1 + 16;
        body[seq] = 0x83;
        body.insert(seq + 1, 0x00);
    });
    assert!(matches!(found, Err(Refusal::Malformed(_))), "{found:?}");
}

#[test]
fn g6_causal_rules() {
    assert!(matches!(
        altered(|change| change.deps = vec![automerge::ChangeHash([9; 32])]),
        Err(Refusal::MissingDependencies { missing, .. }) if missing == [[9; 32]]
    ));
    assert!(matches!(
        altered(|change| change.seq = 2),
        Err(Refusal::ActorSequenceTaken { seq: 2, .. })
    ));
    assert!(matches!(
        altered(|change| change.seq = 4),
        Err(Refusal::ActorSequenceTaken { seq: 4, .. })
    ));
    assert_eq!(
        altered(|change| change.start_op = 4.try_into().unwrap()),
        Err(Refusal::Malformed("counter")),
        "A6: counters that jump"
    );
    assert_eq!(
        altered(|change| change.deps.push(change.deps[0])),
        Err(Refusal::Malformed("dependencies twice"))
    );
}

#[test]
fn g6_an_actor_that_somebody_else_uses() {
    // A7: two writers under one actor.
    let (_, index) = story();
    let mut thief = document(1, true);
    thief.put(ROOT, "mine", 1).unwrap();
    assert!(matches!(
        admit(&last(&mut thief), &index),
        Err(Refusal::ActorSequenceTaken { seq: 1, .. })
    ));
}

#[test]
fn g6_a_writer_goes_on_from_its_own_last_change() {
    let (_, index) = story();
    let mut ada = document(1, true);
    for n in 0..3 {
        ada.put(ROOT, format!("key{n}"), "some value").unwrap();
        last(&mut ada);
    }
    let first = ada.get_changes(&[])[0].hash();
    let mut expanded = ada.get_changes(&[])[2].decode();
    expanded.deps = vec![first];
    expanded.start_op = 2.try_into().unwrap();
    expanded.hash = None;
    // Its counters would be those of the second change again.
    assert_eq!(
        admit(Change::from(expanded).raw_bytes(), &index),
        Err(Refusal::Malformed("not after its writer's last change"))
    );
}

#[test]
fn g6_an_author_stands_in_the_first_change_only() {
    let mut ada = document(1, false);
    ada.put(ROOT, "a", 1).unwrap();
    let first = last(&mut ada);
    assert_eq!(described(&first).unwrap().author, None);
    let mut odd = document(2, false);
    odd.set_author(Some(Author::from(vec![7; 5])));
    odd.put(ROOT, "a", 1).unwrap();
    assert_eq!(
        described(&last(&mut odd)),
        Err(Refusal::Malformed("author"))
    );
    let footer = footer();
    let found = rewritten(|body| body.extend(footer));
    let refused = Err(Refusal::Malformed("author after the first change"));
    assert_eq!(found, refused);
}

/// What an author adds to a change.
fn footer() -> Vec<u8> {
    let first = |author| {
        let mut ada = document(1, author);
        ada.put(ROOT, "a", 1).unwrap();
        last(&mut ada)
    };
    let (with, without) = (first(true), first(false));
    with[without.len()..].to_vec()
}

#[test]
fn g7_operations_of_writers_that_are_not_there() {
    let (changes, mut index) = story();
    index.add(&admit(&changes[2], &index).unwrap().meta);
    let mut bob = document(2, true);
    let mut stranger = document(3, true);
    let object = stranger
        .put_object(ROOT, "made by a stranger", ObjType::Map)
        .unwrap();
    bob.merge(&mut stranger).unwrap();
    bob.put(&object, "x", 1).unwrap();
    let mut expanded = Change::from_bytes(last(&mut bob)).unwrap().decode();
    expanded.deps = index
        .heads()
        .into_iter()
        .map(automerge::ChangeHash)
        .collect();
    expanded.start_op = 4.try_into().unwrap();
    expanded.hash = None;
    assert_eq!(
        admit(Change::from(expanded).raw_bytes(), &index),
        Err(Refusal::Malformed("unknown actor"))
    );
}
