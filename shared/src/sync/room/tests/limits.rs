//! S17, S18, G9: the room's limits at their edges.

use super::world::{DOCUMENT, Made, World, acknowledged, writer};
use crate::{
    limits::{CHANGES_PACE, FRAME_CHANGES_BYTES_MAX, PACE_BYTES, QUESTIONS_PACE},
    sync::{
        frame::{ClientFrame, Goodbye, RefusalCode, RelayFrame},
        room::{PeerId, Quota, Room},
    },
};

fn is_refused(frames: &[RelayFrame], made: &Made) -> bool {
    frames.iter().any(|frame| {
        matches!(frame, RelayFrame::Refused { hash, code: RefusalCode::TooLarge, .. } if *hash == made.hash)
    })
}

/// Pushes what the log has already, which costs as much as what it has not.
fn push_known(world: &mut World, peer: PeerId, batch: u64, made: &Made, times: usize) {
    let per_frame = FRAME_CHANGES_BYTES_MAX / made.bytes.len();
    for some in vec![made; times].chunks(per_frame) {
        world.push(peer, batch, some);
        world.settle();
    }
}

#[test]
fn s17_who_brings_too_much_waits_and_nobody_else() {
    let mut world = World::new();
    let (alice, bob) = (world.founder(), world.follower(2, 0));
    let made = writer(1, 1).set("title", "known");
    world.push(alice, 1, &[&made]);
    world.settle();
    world.hear(alice);
    let cost = 1 + made.bytes.len() / PACE_BYTES;
    assert_eq!(cost, 1);
    let at_once = CHANGES_PACE.at_once as usize - 1;
    push_known(&mut world, alice, 2, &made, at_once);
    push_known(&mut world, alice, 6, &made, 1);
    let answered = acknowledged(&world.hear(alice)).len();
    assert_eq!(answered, at_once, "all but the last one");
    assert!(!world.room.is_idle());
    push_known(&mut world, bob, 1, &made, 1);
    assert_eq!(acknowledged(&world.hear(bob)).len(), 1);
    assert_eq!(world.hear(alice), [], "it still waits");
    world.pass_ms(10);
    assert_eq!(acknowledged(&world.hear(alice)).len(), 1, "after a moment");
    assert!(world.room.next_wakeup().is_none());
}

#[test]
fn s17_large_changes_count_for_more() {
    let mut world = World::new();
    let alice = world.founder();
    let made = writer(1, 1).set("title", &"word ".repeat(2_000));
    let cost = 1 + made.bytes.len() / PACE_BYTES;
    assert!(cost > 4);
    let at_once = (CHANGES_PACE.at_once as usize).div_ceil(cost);
    push_known(&mut world, alice, 2, &made, at_once);
    assert_eq!(acknowledged(&world.hear(alice)).len(), at_once);
    push_known(&mut world, alice, 3, &made, 1);
    assert_eq!(world.hear(alice), [], "it waits");
}

#[test]
fn s18_too_many_questions_end_the_connection() {
    let mut world = World::new();
    let alice = world.founder();
    world.push(alice, 1, &[&writer(1, 1).set("title", "something")]);
    world.settle();
    // One was asked when she came.
    for _ in 1..QUESTIONS_PACE.at_once {
        world.say(alice, &ClientFrame::Pull { after: 0 });
    }
    assert!(!world.closed.contains_key(&alice));
    world.say(alice, &ClientFrame::Pull { after: 0 });
    assert_eq!(world.closed[&alice], Goodbye::Busy.close_code());
    let bob = world.follower(2, 0);
    for _ in 0..3 * QUESTIONS_PACE.at_once {
        world.pass_ms(1_000 / QUESTIONS_PACE.per_second);
        world.say(bob, &ClientFrame::Pull { after: 0 });
    }
    assert!(!world.closed.contains_key(&bob), "at this pace for ever");
}

/// A room over the same log that takes no more than this.
fn limit(world: &mut World, quota: Quota) -> PeerId {
    world.restart();
    let room = Room::new(DOCUMENT, world.log.opened()).unwrap();
    world.room = room.limited_to(quota);
    let seq = world.log.changes.len() as u64;
    world.follower(1, seq)
}

#[test]
fn g9_a_full_backlog_takes_nothing_more_and_is_read_as_before() {
    let mut doc = writer(1, 1);
    let (first, second, third) = (doc.set("a", "1"), doc.set("b", "2"), doc.set("c", "3"));
    let two = (first.bytes.len() + second.bytes.len()) as u64;
    let plenty = Quota::default();
    for quota in [
        Quota {
            changes: 2,
            ..plenty
        },
        Quota {
            operations: 2,
            ..plenty
        },
        Quota {
            bytes: two,
            ..plenty
        },
    ] {
        let mut world = World::new();
        let alice = world.founder();
        world.push(alice, 1, &[&first]);
        world.settle();
        let alice = limit(&mut world, quota);
        world.push(alice, 1, &[&second, &third]);
        world.settle();
        let heard = world.hear(alice);
        assert_eq!(acknowledged(&heard), [(second.hash, 2)], "{quota:?}");
        assert!(is_refused(&heard, &third), "{quota:?}");
        let alice = limit(&mut world, quota);
        world.push(alice, 1, &[&third]);
        world.settle();
        assert!(
            is_refused(&world.hear(alice), &third),
            "also when it is opened again"
        );
    }
}
