//! S1–S6, S9–S11: from a push to the log and to everybody.

use automerge::{ROOT, transaction::Transactable};
use sha2::{Digest, Sha256};

use super::world::{DOCUMENT, Made, World, acknowledged, refusals, told, writer};
use crate::sync::{
    frame::{Goodbye, Hash, PUSHES_IN_FLIGHT_MAX, RefusalCode, RelayFrame},
    room::{
        DamagedMeta, Metas, Room, StoreTrouble,
        pushes::{QUEUE_BYTES_MAX, RETRY_FIRST_MS, RETRY_MAX_MS},
    },
};

fn is_troubled(frame: &RelayFrame) -> bool {
    matches!(frame, RelayFrame::Troubled { .. })
}

fn pair(made: &Made, seq: u64) -> (Hash, u64) {
    (made.hash, seq)
}

#[test]
fn s1_nothing_is_acknowledged_or_told_before_it_is_on_disk() {
    let mut world = World::new();
    let alice = world.founder();
    let bob = world.follower(2, 0);
    let change = writer(1, 1).set("title", "first");
    world.push(alice, 1, &[&change]);
    assert_eq!(world.hear(alice), []);
    assert_eq!(world.hear(bob), []);
    assert!(world.store_one());
    assert_eq!(acknowledged(&world.hear(alice)), [pair(&change, 1)]);
    assert_eq!(
        world.hear(bob),
        [RelayFrame::Changes {
            from_seq: 1,
            changes: vec![change.bytes],
            last_seq: 1,
        }]
    );
}

#[test]
fn s2_an_acknowledgement_ends_the_answer_to_each_push() {
    let mut world = World::new();
    let alice = world.founder();
    let mut doc = writer(1, 1);
    let (first, second) = (doc.set("title", "first"), doc.set("title", "second"));
    world.push(alice, 1, &[]);
    world.push(alice, 2, &[&first, &second]);
    let garbage = Made {
        hash: [0; 32],
        bytes: vec![1; 40],
    };
    world.push(alice, 3, &[&garbage]);
    world.settle();
    let batches: Vec<_> = world
        .hear(alice)
        .into_iter()
        .filter_map(|frame| match frame {
            RelayFrame::Acknowledged { batch, changes } => Some((batch, changes.len())),
            RelayFrame::Refused { batch, .. } => Some((batch, 99)),
            _ => None,
        })
        .collect();
    assert_eq!(batches, [(1, 0), (2, 2), (3, 99), (3, 0)]);
}

#[test]
fn s3_pushing_again_is_acknowledged_with_the_old_number() {
    let mut world = World::new();
    let alice = world.founder();
    let bob = world.follower(2, 0);
    let change = writer(1, 1).set("title", "first");
    world.push(alice, 1, &[&change, &change]);
    world.push(bob, 1, &[&change]);
    world.settle();
    world.push(alice, 2, &[&change]);
    assert!(world.appends.is_empty());
    assert_eq!(world.log.changes.len(), 1);
    let twice = [pair(&change, 1), pair(&change, 1), pair(&change, 1)];
    assert_eq!(acknowledged(&world.hear(alice)), twice);
    let heard = world.hear(bob);
    assert_eq!(acknowledged(&heard), [pair(&change, 1)]);
    assert_eq!(told(&heard), [1]);
}

#[test]
fn s4_a_refused_change_refuses_only_itself_and_what_is_built_on_it() {
    let mut world = World::new();
    let alice = world.founder();
    let mut doc = writer(1, 1);
    let first = doc.set("title", "first");
    let mut other = writer(2, 2);
    let kept = other.set("note", "independent");
    let mut lost = doc.set("title", "second");
    let built_on_lost = doc.set("title", "third");
    lost.bytes.truncate(20);
    let cut_hash = Sha256::digest(&lost.bytes[8..]).into();
    world.push(alice, 1, &[&first, &lost, &built_on_lost]);
    let bob = world.follower(2, 0);
    world.push(bob, 1, &[&kept]);
    world.settle();
    let heard = world.hear(alice);
    assert_eq!(
        refusals(&heard),
        [
            (cut_hash, RefusalCode::Invalid),
            (built_on_lost.hash, RefusalCode::Needs(vec![lost.hash])),
        ]
    );
    assert_eq!(acknowledged(&heard), [pair(&first, 1)]);
    assert_eq!(acknowledged(&world.hear(bob)), [pair(&kept, 2)]);
}

#[test]
fn s5_what_comes_during_an_append_is_the_next_one() {
    let mut world = World::new();
    let (alice, bob) = (world.founder(), world.follower(2, 0));
    let (mut a, mut b) = (writer(1, 1), writer(2, 2));
    world.push(alice, 1, &[&a.set("a", "1")]);
    world.push(alice, 2, &[&a.set("a", "2")]);
    world.push(bob, 1, &[&b.set("b", "1")]);
    assert_eq!(world.appends.len(), 1);
    assert_eq!(world.appends[0].1.len(), 1);
    world.store_one();
    assert_eq!(world.appends[0].1.len(), 2, "both waiting pushes at once");
    world.store_one();
    assert!(world.appends.is_empty());
    let heard = world.hear(bob);
    assert_eq!(told(&heard), [1, 2, 3]);
    assert_eq!(
        world.broadcasts, 2,
        "one frame for each append, for everybody"
    );
}

#[test]
fn s6_too_many_unanswered_pushes_end_the_connection() {
    let mut world = World::new();
    let alice = world.founder();
    let mut doc = writer(1, 1);
    for batch in 0..PUSHES_IN_FLIGHT_MAX as u64 {
        world.push(alice, batch, &[&doc.set("title", &batch.to_string())]);
    }
    assert_eq!(world.hear(alice), []);
    world.push(alice, 99, &[]);
    assert_eq!(world.closed[&alice], Goodbye::Busy.close_code());
    world.settle();
    assert_eq!(
        world.log.changes.len(),
        1,
        "only what was on its way is kept"
    );
}

#[test]
fn s6_a_full_queue_costs_the_greediest_its_connection() {
    let mut world = World::new();
    let modest = world.founder();
    world.push(modest, 1, &[&writer(1, 1).set("title", "in the append")]);
    world.push(modest, 2, &[&writer(1, 2).set("title", "waits")]);
    let junk = vec![vec![0; 200 * 1024]];
    let mut sent = 0;
    let mut person = 2;
    while sent <= QUEUE_BYTES_MAX {
        let greedy = world.join(person, None, true);
        person += 1;
        for batch in 0..PUSHES_IN_FLIGHT_MAX as u64 {
            let changes = junk.clone();
            sent += 200 * 1024;
            world.push_as(greedy, batch, changes, Vec::new());
        }
    }
    assert!(!world.closed.is_empty());
    assert!(!world.closed.contains_key(&modest));
    world.settle();
    assert_eq!(acknowledged(&world.hear(modest)).len(), 2);
}

#[test]
fn s9_a_pusher_gets_its_own_changes_in_the_common_frame_after_the_acknowledgement() {
    let mut world = World::new();
    let (alice, bob) = (world.founder(), world.follower(2, 0));
    let (mine, theirs) = (writer(1, 1).set("a", "1"), writer(2, 2).set("b", "1"));
    world.push(alice, 1, &[&mine]);
    world.push(bob, 1, &[&theirs]);
    world.settle();
    let heard = world.hear(alice);
    assert!(matches!(heard[0], RelayFrame::Acknowledged { .. }));
    assert_eq!(told(&heard), [1, 2]);
}

#[test]
fn s10_a_full_disk_is_told_and_refuses_for_now() {
    let mut world = World::new();
    let (alice, bob) = (world.founder(), world.follower(2, 0));
    let mut doc = writer(1, 1);
    let changes = doc.set_many(3);
    world.trouble = Some(StoreTrouble::Full);
    world.push(alice, 1, &[&changes[0]]);
    world.push(alice, 2, &[&changes[1]]);
    world.settle();
    let heard = world.hear(alice);
    assert!(is_troubled(&heard[0]));
    assert_eq!(refusals(&heard), [([0; 32], RefusalCode::Later)]);
    assert!(is_troubled(&world.hear(bob)[0]));
    world.push(alice, 3, &[&changes[2]]);
    let heard = world.hear(alice);
    assert_eq!(refusals(&heard), [([0; 32], RefusalCode::Later)]);
    assert_eq!(acknowledged(&heard), []);
    let carol = world.join(3, None, true);
    assert!(world.hear(carol).iter().any(is_troubled));
    assert!(
        !world.room.is_idle(),
        "the held change is not to be dropped"
    );
    assert_eq!(world.log.changes.len(), 0);
}

#[test]
fn s11_the_held_batch_is_retried_and_recovery_is_told() {
    let mut world = World::new();
    let (alice, bob) = (world.founder(), world.follower(2, 0));
    let mut doc = writer(1, 1);
    let changes = doc.set_many(2);
    world.trouble = Some(StoreTrouble::Full);
    world.push(alice, 1, &[&changes[0]]);
    world.push(alice, 2, &[&changes[1]]);
    world.settle();
    world.hear(alice);
    world.hear(bob);
    let mut waits = Vec::new();
    for _ in 0..7 {
        let (at, _) = world.room.next_wakeup().expect("a retry is due");
        waits.push(at.ms_since(world.now));
        world.pass_ms(at.ms_since(world.now));
        world.settle();
    }
    assert_eq!(
        waits[..3],
        [RETRY_FIRST_MS, 2 * RETRY_FIRST_MS, 4 * RETRY_FIRST_MS]
    );
    assert_eq!(waits[6], RETRY_MAX_MS);
    assert_eq!(world.hear(bob), [], "trouble is told once");
    world.trouble = None;
    world.pass_ms(RETRY_MAX_MS);
    world.settle();
    let heard = world.hear(alice);
    assert_eq!(acknowledged(&heard), [pair(&changes[0], 1)]);
    assert_eq!(heard.last(), Some(&RelayFrame::Recovered));
    world.push(alice, 3, &[&changes[1]]);
    world.settle();
    assert_eq!(told(&world.hear(bob)), [1, 2]);
    assert!(world.room.next_wakeup().is_none());
}

#[test]
fn w6_a_change_that_no_frame_carries_back_is_refused() {
    let mut world = World::new();
    let alice = world.founder();
    let mut doc = writer(1, 1);
    let long = |letter: &str, kib: usize| letter.repeat(kib * 1024);
    for (key, kib) in [("a", 60), ("b", 60), ("c", 60), ("d", 60)] {
        doc.doc
            .put(ROOT, key, long(key, kib))
            .expect("the root is a map");
    }
    doc.doc.commit().expect("there is something to commit");
    let mut change = doc.doc.get_last_local_change().expect("just made").clone();
    let large = Made {
        hash: change.hash().0,
        bytes: change.bytes().to_vec(),
    };
    assert!(large.bytes.len() < 10_000, "deflated");
    world.push(alice, 1, &[&large]);
    let heard = world.hear(alice);
    assert_eq!(refusals(&heard), [(large.hash, RefusalCode::TooLarge)]);
}

#[test]
fn w6_two_changes_under_one_number_of_an_actor_are_never_both_stored() {
    let mut world = World::new();
    let (alice, mallory) = (world.founder(), world.follower(2, 0));
    let first = writer(1, 1).set("title", "mine");
    let second = writer(1, 1).set("title", "another");
    world.push(alice, 1, &[&first]);
    world.push(mallory, 1, &[&second]);
    world.settle();
    assert_eq!(acknowledged(&world.hear(alice)), [pair(&first, 1)]);
    assert_eq!(
        refusals(&world.hear(mallory)),
        [(second.hash, RefusalCode::ActorTaken)]
    );
}

#[test]
fn s16_what_is_kept_beside_the_log_is_checked_and_made_again_from_it() {
    let mut world = World::new();
    let alice = world.founder();
    let changes = writer(1, 1).set_many(3);
    world.push(alice, 1, &changes.iter().collect::<Vec<_>>());
    world.settle();
    let kept: Vec<Vec<u8>> = world
        .log
        .changes
        .iter()
        .map(|change| change.meta.clone())
        .collect();
    let mut metas = Metas::default();
    let again = world.log.changes.iter();
    let again = again.map(|change| metas.of_next(&change.body, Some(&change.meta)));
    assert_eq!(again.collect::<Option<Vec<_>>>(), Some(kept));
    let opened = world.log.opened();
    assert!(Room::new(DOCUMENT, opened.clone()).is_ok());
    for byte in 0..opened.metas[1].1.len() {
        let mut damaged = opened.clone();
        damaged.metas[1].1[byte] ^= 4;
        assert_eq!(
            Room::new(DOCUMENT, damaged).err(),
            Some(DamagedMeta { seq: 2 })
        );
    }
    let mut short = opened.clone();
    short.metas.pop();
    assert!(Room::new(DOCUMENT, short).is_err());
    let mut holey = opened;
    holey.metas.remove(1);
    assert!(Room::new(DOCUMENT, holey).is_err());
}
