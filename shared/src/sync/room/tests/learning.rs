//! G8 in the room: the log is learnt before the first change is judged.

use automerge::{ActorId, Change, legacy::OpId};

use super::world::{Made, World, Writer, acknowledged, writer};
use crate::sync::{
    frame::{RefusalCode, RelayFrame},
    room::{Event, StoreTrouble},
};

/// A room over a log of two changes that nobody has pushed to yet, and their writer.
fn opened_again() -> (World, Writer) {
    let mut world = World::new();
    let alice = world.founder();
    let mut doc = writer(1, 1);
    for (batch, key) in [(1, "one"), (2, "two")] {
        world.push(alice, batch, &[&doc.set(key, "value")]);
        world.settle();
    }
    world.restart();
    (world, doc)
}

#[test]
fn g8_a_log_that_is_only_read_is_not_learnt() {
    let (mut world, mut doc) = opened_again();
    let bob = world.follower(2, 2);
    assert!(world.reads.is_empty());
    let made = doc.set("one", "another value");
    world.push(bob, 1, &[&made]);
    assert!(
        world.appends.is_empty(),
        "nothing is judged before the log is known"
    );
    assert!(!world.room.is_idle());
    world.settle();
    assert_eq!(acknowledged(&world.hear(bob)), [(made.hash, 3)]);
    world.push(bob, 2, &[&doc.set("two", "another value")]);
    assert!(world.reads.is_empty(), "it is learnt once");
}

#[test]
fn g8_a_change_that_refers_to_what_is_not_there_is_refused_for_good() {
    let (mut world, mut doc) = opened_again();
    let bob = world.follower(2, 2);
    let good = doc.set("one", "another value");
    let mut expanded = Change::from_bytes(good.bytes).unwrap().decode();
    // What stands under the other key.
    expanded.operations[0].pred = vec![OpId(2, ActorId::from([1; 16]))].into();
    expanded.hash = None;
    let bad = Change::from(expanded);
    let bytes = bad.raw_bytes().to_vec();
    world.push(
        bob,
        1,
        &[&Made {
            hash: bad.hash().0,
            bytes,
        }],
    );
    world.settle();
    let heard = world.hear(bob);
    let [
        RelayFrame::Refused { hash, code, .. },
        RelayFrame::Acknowledged { .. },
    ] = &heard[..]
    else {
        panic!("{heard:?}");
    };
    assert_eq!((hash, code), (&bad.hash().0, &RefusalCode::Invalid));
    assert_eq!(world.log.changes.len(), 2);
}

#[test]
fn g8_a_log_that_can_not_be_learnt_now_is_read_again() {
    let (mut world, mut doc) = opened_again();
    let bob = world.follower(2, 2);
    let made = doc.set("one", "another value");
    world.push(bob, 1, &[&made]);
    let (ticket, _, _) = world.reads.pop_front().expect("the log is read");
    let result = Err(StoreTrouble::Full);
    world.act(Event::Read { ticket, result });
    world.settle();
    assert_eq!(world.hear(bob), []);
    world.pass_ms(2_000);
    world.settle();
    assert_eq!(acknowledged(&world.hear(bob)), [(made.hash, 3)]);
}
