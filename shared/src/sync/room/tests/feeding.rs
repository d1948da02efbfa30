//! S7, S8, S12, S13, S15: who is behind is brought into step.

use super::world::{Made, World, told, writer};
use crate::sync::{
    frame::{CHANGES_BYTES_MAX, ClientFrame, FRAME_BYTES_MAX, Goodbye, RelayFrame, encode},
    room::{
        Event, PeerId, StoreTrouble,
        feed::PAGES_AHEAD_MAX,
        upkeep::{COMPACT_CHANGES, COMPACT_QUIET_MS},
    },
};

/// A log of twenty large changes.
fn large() -> (World, PeerId, super::world::Writer) {
    let mut world = World::new();
    let alice = world.founder();
    let mut doc = writer(1, 1);
    let text = "a long text ".repeat(3_000);
    for n in 0..20 {
        let change = doc.set("text", &format!("{n}{text}"));
        world.push(alice, n, &[&change]);
        world.settle();
    }
    world.hear(alice);
    (world, alice, doc)
}

#[test]
fn s7_a_client_behind_is_sent_two_pages_ahead_of_what_it_confirms() {
    let (mut world, _, _) = large();
    let bob = world.join(2, None, false);
    world.say(bob, &ClientFrame::Pull { after: 0 });
    world.settle();
    let mut seen = Vec::new();
    let mut rounds = 0;
    loop {
        let heard = world.hear(bob);
        let pages = told(&heard);
        let frames = heard
            .iter()
            .filter(|frame| matches!(frame, RelayFrame::Changes { .. }));
        assert!(frames.clone().count() <= PAGES_AHEAD_MAX);
        assert!(
            frames
                .map(encode)
                .all(|frame| frame.len() < CHANGES_BYTES_MAX + 100)
        );
        let Some(seq) = pages.last().copied() else {
            break;
        };
        seen.extend(pages);
        rounds += 1;
        world.say(bob, &ClientFrame::Seen { seq });
        world.settle();
    }
    assert_eq!(seen, (1..=20).collect::<Vec<u64>>());
    assert!(rounds > 3);
}

#[test]
fn s8_paging_turns_live_without_gap_or_repetition() {
    let (mut world, alice, mut doc) = large();
    let bob = world.join(2, None, false);
    world.say(bob, &ClientFrame::Pull { after: 5 });
    let mut seen = Vec::new();
    for n in 0..40_u64 {
        world.push(alice, n, &[&doc.set("title", &n.to_string())]);
        if n % 3 == 0 {
            world.read_one();
        }
        world.store_one();
        if n % 2 == 0 {
            world.read_one();
        }
        let heard = told(&world.hear(bob));
        seen.extend(heard);
        if let Some(seq) = seen.last() {
            world.say(bob, &ClientFrame::Seen { seq: *seq });
        }
    }
    world.settle();
    seen.extend(told(&world.hear(bob)));
    assert_eq!(seen, (6..=60).collect::<Vec<u64>>());
    assert_eq!(world.room.live().len(), 2);
}

#[test]
fn s12_a_client_that_did_not_keep_up_goes_on_from_its_cursor() {
    let (mut world, alice, mut doc) = large();
    let bob = world.follower(2, 20);
    world.lagging.insert(bob);
    world.act(Event::Lagging { peer: bob });
    for n in 0..5 {
        world.push(alice, n, &[&doc.set("title", &n.to_string())]);
        world.settle();
    }
    assert_eq!(world.hear(bob), []);
    world.lagging.remove(&bob);
    world.act(Event::Writable { peer: bob });
    assert_eq!(world.hear(bob), [RelayFrame::Resume]);
    world.push(alice, 9, &[&doc.set("title", "meanwhile")]);
    world.settle();
    assert_eq!(world.hear(bob), [], "nothing before it pulls");
    world.say(bob, &ClientFrame::Pull { after: 20 });
    world.settle();
    world.push(alice, 10, &[&doc.set("title", "live again")]);
    world.settle();
    assert_eq!(told(&world.hear(bob)), (21..=27).collect::<Vec<u64>>());
}

#[test]
fn s13_a_client_ahead_of_the_log_is_out_of_turn() {
    let (mut world, _, _) = large();
    for frame in [
        ClientFrame::Pull { after: 21 },
        ClientFrame::Seen { seq: 21 },
    ] {
        let bob = world.follower(2, 20);
        world.say(bob, &frame);
        assert_eq!(world.closed[&bob], Goodbye::Malformed.close_code());
    }
}

#[test]
fn s14_a_log_with_a_hole_sends_everybody_away() {
    for hole in [Vec::new(), vec![(7, vec![1])]] {
        let (mut world, alice, _) = large();
        let bob = world.join(2, None, false);
        world.say(bob, &ClientFrame::Pull { after: 0 });
        let (ticket, _, _) = world.reads.pop_front().expect("a page is read");
        let result = Ok(hole);
        world.act(Event::Read { ticket, result });
        assert!(world.retired);
        assert_eq!(world.closed[&alice], Goodbye::Broken.close_code());
    }
}

#[test]
fn s14_a_store_that_can_not_be_read_now_is_read_again() {
    let (mut world, _, _) = large();
    let bob = world.join(2, None, false);
    world.say(bob, &ClientFrame::Pull { after: 18 });
    let (ticket, _, _) = world.reads.pop_front().expect("a page is read");
    let result = Err(StoreTrouble::Full);
    world.act(Event::Read { ticket, result });
    world.pass_ms(2_000);
    world.settle();
    assert_eq!(told(&world.hear(bob)), [19, 20]);
}

#[test]
fn w4_frames_of_changes_are_cut_to_size() {
    let mut world = World::new();
    let (alice, bob) = (world.founder(), world.follower(2, 0));
    let mut doc = writer(1, 1);
    let text = "text ".repeat(7_000);
    let changes: Vec<Made> = (0..6)
        .map(|n| doc.set("text", &format!("{n}{text}")))
        .collect();
    world.push(alice, 1, &[&doc.set("first", "append")]);
    for (batch, change) in (2..).zip(&changes) {
        world.push(alice, batch, &[change]);
    }
    world.settle();
    let heard = world.hear(bob);
    assert!(heard.len() >= 4);
    assert!(
        heard
            .iter()
            .all(|frame| encode(frame).len() < CHANGES_BYTES_MAX + 100)
    );
    const { assert!(CHANGES_BYTES_MAX + 100 < FRAME_BYTES_MAX) };
}

#[test]
fn a_long_tail_calls_for_a_snapshot_when_it_is_quiet() {
    let mut world = World::new();
    let alice = world.founder();
    let mut doc = writer(1, 1);
    for (batch, changes) in (1..).zip(doc.set_many(COMPACT_CHANGES as usize).chunks(500)) {
        world.push(alice, batch, &changes.iter().collect::<Vec<_>>());
        world.settle();
    }
    world.pass_ms(COMPACT_QUIET_MS - 1);
    assert!(world.compacts.is_empty());
    world.pass_ms(1);
    assert_eq!(world.compacts, [COMPACT_CHANGES]);
    world.pass_ms(COMPACT_QUIET_MS);
    assert_eq!(world.compacts.len(), 1, "asked once");
    world.act(Event::SnapshotMade {
        seq: COMPACT_CHANGES,
    });
    assert_eq!(world.room.next_wakeup(), None);
}
