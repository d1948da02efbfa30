//! A14: which changes name an author for whom nobody vouched.

use super::world::{DOCUMENT, Log, Made, World, Writer, acknowledged, nobody, writer};
use crate::gate::ChangeMeta;
use crate::sync::{
    access::Grant,
    frame::{ClientFrame, Goodbye, RelayFrame},
    room::{
        Metas, PeerId, Room,
        book::written_before,
        doubts::{Doubts, Standing},
    },
    standing::{SPANS_PER_FRAME_MAX, Span},
};

/// What a peer was told of unverified changes, unasked and as answers.
fn told(frames: &[RelayFrame]) -> Vec<(Vec<Span>, u64)> {
    let told = frames.iter().filter_map(|frame| match frame {
        RelayFrame::Unverified { spans, until } => Some((spans.clone(), *until)),
        _ => None,
    });
    told.collect()
}

/// All that the relay says is unverified, asked from the beginning.
fn unverified(world: &mut World, peer: PeerId) -> Vec<Span> {
    world.hear(peer);
    let mut all = Vec::new();
    let mut after = 0;
    while after < world.room.last_seq() {
        world.say(peer, &ClientFrame::Doubt { after });
        let [(spans, until)] = &told(&world.hear(peer))[..] else {
            panic!("one answer");
        };
        all.extend(spans);
        assert!(*until > after, "it goes on");
        after = *until;
    }
    all
}

fn push(world: &mut World, peer: PeerId, batch: u64, changes: &[&Made]) {
    world.push(peer, batch, changes);
    world.settle();
}

fn span(actor: u8, first: u64, count: u64) -> Span {
    Span {
        actor: [actor; 16],
        first,
        count,
    }
}

/// Somebody who goes on where others stopped.
fn built_on(person: u8, actor: u8, others: &mut Writer) -> Writer {
    let mut own = writer(person, actor);
    own.doc.merge(&mut others.doc).unwrap();
    own
}

#[test]
fn a14_a_change_is_vouched_for_by_the_proved_person_who_brings_it() {
    let mut world = World::new();
    let ada = world.founder();
    let mut ada_writes = writer(1, 1);
    let made = ada_writes.set_many(3);
    push(&mut world, ada, 1, &made.iter().collect::<Vec<_>>());
    assert_eq!(told(&world.hear(ada)), []);
    assert_eq!(unverified(&mut world, ada), []);
}

#[test]
fn a14_a_forged_author_is_never_vouched_for_and_everybody_hears_of_it_before_the_change() {
    let mut world = World::new();
    let ada = world.founder();
    let mut ada_writes = writer(1, 1);
    push(&mut world, ada, 1, &[&ada_writes.set("title", "first")]);
    let mallory = world.follower(2, 1);
    world.hear(ada);
    // In the other's name from the first change on; and under the other's actor.
    let mut forger = built_on(1, 66, &mut ada_writes);
    let forged = forger.set("title", "forged");
    push(&mut world, mallory, 1, &[&forged]);
    let hijacked = ada_writes.set("more", "not by her");
    push(&mut world, mallory, 2, &[&hijacked]);
    let heard = world.hear(ada);
    assert_eq!(
        told(&heard),
        [(vec![span(66, 1, 1)], 0), (vec![span(1, 2, 1)], 0)]
    );
    let is_told = |frame: &RelayFrame| matches!(frame, RelayFrame::Unverified { .. });
    let is_change = |frame: &RelayFrame| matches!(frame, RelayFrame::Changes { .. });
    assert!(heard.iter().position(is_told) < heard.iter().position(is_change));
    // What she writes behind it is hers again.
    push(&mut world, ada, 2, &[&ada_writes.set("more", "hers")]);
    let all = [span(66, 1, 1), span(1, 2, 1)];
    assert_eq!(unverified(&mut world, ada), all);
    // So it is after a restart: it stands beside the log.
    world.restart();
    let ada = world.follower(1, 4);
    assert_eq!(unverified(&mut world, ada), all);
}

#[test]
fn a14_who_proved_nothing_vouches_for_nobody_and_who_names_nobody_needs_no_one() {
    let mut world = World::new();
    let ada = world.founder();
    let mut ada_writes = writer(1, 1);
    push(&mut world, ada, 1, &[&ada_writes.set("title", "first")]);
    let nameless = world.enter(2, 1, Grant::owner());
    let mut bob_writes = built_on(2, 2, &mut ada_writes);
    push(
        &mut world,
        nameless,
        1,
        &[&bob_writes.set("title", "second")],
    );
    assert_eq!(unverified(&mut world, ada), [span(2, 1, 1)]);
    let mut anonymous = nobody(3);
    anonymous.doc.merge(&mut ada_writes.doc).unwrap();
    push(&mut world, nameless, 2, &[&anonymous.set("title", "third")]);
    assert_eq!(unverified(&mut world, ada), [span(2, 1, 1)]);
}

#[test]
fn a14_what_is_passed_on_is_vouched_for_by_nobody_not_even_by_whom_it_names() {
    let mut world = World::new();
    let ada = world.founder();
    let mut ada_writes = writer(1, 1);
    let first = ada_writes.set("title", "first");
    push(&mut world, ada, 1, &[&first]);
    world.hear(ada);
    // Somebody forged her name; the relay's log was then put back, and her browser heals it.
    let mut forger = built_on(1, 66, &mut ada_writes);
    let forged = forger.set("title", "forged");
    ada_writes.doc.merge(&mut forger.doc).unwrap();
    let own = ada_writes.set("title", "hers");
    let changes = vec![forged.bytes, own.bytes];
    world.push_as(ada, 2, changes, vec![0]);
    world.settle();
    assert_eq!(acknowledged(&world.hear(ada)).len(), 2);
    assert_eq!(unverified(&mut world, ada), [span(66, 1, 1)]);
}

#[test]
fn a14_a_colleague_who_heals_the_log_vouches_for_nobody() {
    let mut world = World::new();
    let bob = world.founder();
    let mut ada_writes = writer(2, 2);
    let lost = ada_writes.set_many(3);
    push(&mut world, bob, 1, &lost.iter().collect::<Vec<_>>());
    assert_eq!(unverified(&mut world, bob), [span(2, 1, 3)]);
    // She comes back and goes on: that she is seen again.
    let ada = world.follower(2, 3);
    push(&mut world, ada, 1, &[&ada_writes.set("title", "again")]);
    assert_eq!(unverified(&mut world, bob), [span(2, 1, 3)]);
}

#[test]
fn a14_what_stood_in_the_log_before_is_of_unknown_standing() {
    let mut world = World::new();
    let bob = world.founder();
    let forged = writer(2, 2).set_many(2);
    push(&mut world, bob, 1, &forged.iter().collect::<Vec<_>>());
    assert_eq!(unverified(&mut world, bob).len(), 1);
    // The record as versions wrote it that did not ask.
    let mut log: Log = std::mem::take(&mut world.log);
    for change in &mut log.changes {
        change.meta = written_before(&change.meta);
    }
    let mut world = World::on(log);
    let bob = world.follower(1, 2);
    assert_eq!(unverified(&mut world, bob), []);
}

#[test]
fn a14_a_long_list_comes_in_parts() {
    let count = SPANS_PER_FRAME_MAX as u64 + 3;
    let mut doubts = Doubts::default();
    for seq in 1..=count {
        let mut actor = [7; 16];
        actor[..8].copy_from_slice(&seq.to_be_bytes());
        let meta = ChangeMeta {
            hash: [0; 32],
            actor,
            seq: 1,
            start_op: 1,
            max_op: 1,
            deps: Vec::new(),
            author: Some([2; 16]),
            time: 0,
            landmarks: Vec::new(),
        };
        doubts.note(seq, &meta, Standing::Unverified);
    }
    let (spans, until) = doubts.told(0, count + 5);
    assert_eq!((spans.len(), until), (SPANS_PER_FRAME_MAX, count - 3));
    let (spans, until) = doubts.told(until, count + 5);
    assert_eq!((spans.len(), until), (3, count + 5));
    // What is being appended is not told of yet.
    let (spans, until) = doubts.told(0, 2);
    assert_eq!((spans.len(), until), (2, 2));
}

#[test]
fn a14_to_ask_beyond_the_log_is_out_of_turn() {
    let mut world = World::new();
    let bob = world.founder();
    world.say(bob, &ClientFrame::Doubt { after: 1 });
    let [RelayFrame::Goodbye { reason, .. }] = &world.hear(bob)[..] else {
        panic!("a goodbye");
    };
    assert_eq!(*reason, Goodbye::Malformed);
}

#[test]
fn a14_a_push_that_names_more_than_it_has_is_malformed() {
    let mut world = World::new();
    let bob = world.founder();
    let change = writer(1, 1).set("title", "first").bytes;
    world.push_as(bob, 1, vec![change], vec![0, 1]);
    assert!(world.closed.contains_key(&bob));
}

#[test]
fn a14_standing_is_read_back_from_what_is_kept() {
    let mut world = World::new();
    let bob = world.founder();
    let forged = writer(2, 2).set("title", "forged");
    push(&mut world, bob, 1, &[&forged]);
    let mut metas = Metas::default();
    for change in &mut world.log.changes {
        let again = metas.of_next(&change.body, Some(&change.meta)).unwrap();
        assert_eq!(again, change.meta);
    }
    assert!(Room::new(DOCUMENT, world.log.opened()).is_ok());
}
