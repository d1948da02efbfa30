//! H1–H7, W3, W5: how connections begin and end.

use super::world::{World, writer};
use crate::{
    ids::PersonId,
    sync::{
        frame::{self, ClientFrame, Cursor, Goodbye, Hash, Mark, PROTOCOL_VERSION, RelayFrame},
        room::{Event, Farewell, Hello, StoreTrouble, clients::PEERS_MAX, tests::world::DOCUMENT},
    },
};

fn hello(protocol: u16) -> ClientFrame {
    ClientFrame::Hello {
        protocol,
        document: DOCUMENT,
        person: PersonId::from_bytes([1; 16]),
        cursor: None,
        holds_changes: false,
    }
}

fn farewell_of(result: Result<Hello, Farewell>) -> Goodbye {
    let farewell = result.expect_err("turned away");
    match frame::decode(&farewell.frame) {
        Ok(RelayFrame::Goodbye { reason, .. }) => {
            assert_eq!(farewell.code, reason.close_code());
            reason
        }
        other => panic!("{other:?}"),
    }
}

fn goodbye(frames: &[RelayFrame]) -> Option<Goodbye> {
    match frames.last() {
        Some(RelayFrame::Goodbye { reason, .. }) => Some(*reason),
        _ => None,
    }
}

fn reconcile(frames: &[RelayFrame]) -> bool {
    matches!(
        frames,
        [RelayFrame::Welcome {
            reconcile: true,
            ..
        }]
    )
}

/// A room whose log has three changes.
fn with_three() -> World {
    let mut world = World::new();
    let founder = world.founder();
    let changes = writer(1, 1).set_many(3);
    world.push(founder, 1, &changes.iter().collect::<Vec<_>>());
    world.settle();
    world.leave(founder);
    world
}

#[test]
fn h1_another_version_is_told_apart_whatever_follows_it() {
    assert!(Hello::read(&frame::encode(&hello(PROTOCOL_VERSION))).is_ok());
    let mut future = frame::encode(&hello(PROTOCOL_VERSION + 1));
    assert_eq!(farewell_of(Hello::read(&future)), Goodbye::WrongVersion);
    future.truncate(2);
    future.extend([0xff; 40]);
    assert_eq!(farewell_of(Hello::read(&future)), Goodbye::WrongVersion);
}

#[test]
fn h2_only_the_first_frame_is_a_hello() {
    let mut cut = frame::encode(&hello(PROTOCOL_VERSION));
    cut.pop();
    for first in [
        cut,
        Vec::new(),
        frame::encode(&ClientFrame::Seen { seq: 0 }),
    ] {
        assert_eq!(farewell_of(Hello::read(&first)), Goodbye::Malformed);
    }
    let mut world = with_three();
    let bob = world.follower(2, 3);
    world.say(bob, &hello(PROTOCOL_VERSION));
    assert_eq!(goodbye(&world.hear(bob)), Some(Goodbye::Malformed));
    assert_eq!(world.closed[&bob], 4400);
}

#[test]
fn h3_a_welcome_states_the_log() {
    let mut world = with_three();
    world.act(Event::SnapshotMade { seq: 2 });
    let bob = world.join(2, None, false);
    assert_eq!(
        world.hear(bob),
        [RelayFrame::Welcome {
            epoch: 7,
            last_seq: 3,
            snapshot: Some(world.mark(2)),
            reconcile: false,
            peer: bob.0,
        }]
    );
}

#[test]
fn h4_a_client_of_another_log_is_to_reconcile() {
    let mut world = with_three();
    let marks: Vec<Mark> = (0..=3).map(|seq| world.mark(seq)).collect();
    let another = [9; 32];
    let mark = |seq: u64| marks.get(seq as usize).copied();
    let mut joins = |cursor: Option<(u64, u64)>, holds| {
        let cursor = cursor.map(|(epoch, seq)| Cursor {
            epoch,
            mark: mark(seq).unwrap_or(Mark { seq, sum: another }),
        });
        let peer = world.join(2, cursor, holds);
        reconcile(&world.hear(peer))
    };
    assert!(!joins(None, false), "a fresh client pulls");
    assert!(!joins(Some((7, 3)), true));
    assert!(!joins(Some((7, 0)), true));
    assert!(joins(Some((7, 4)), false), "ahead of the log");
    assert!(joins(Some((8, 1)), false), "another epoch");
    assert!(joins(None, true), "never met this log");
    for seq in 0..=3 {
        let cursor = Cursor {
            epoch: 7,
            mark: Mark { seq, sum: another },
        };
        let peer = world.join(2, Some(cursor), true);
        let heard = world.hear(peer);
        assert!(reconcile(&heard), "another change stands at {seq}");
    }
}

#[test]
fn h4_the_same_change_under_the_same_number_is_not_the_same_log() {
    let mut world = with_three();
    let held: Vec<Hash> = world.log.changes.iter().map(|change| change.hash).collect();
    let mut joins = |hashes: [Hash; 3]| {
        let mark = Mark::after(&hashes);
        let peer = world.join(2, Some(Cursor { epoch: 7, mark }), true);
        reconcile(&world.hear(peer))
    };
    assert!(!joins([held[0], held[1], held[2]]));
    assert!(joins([held[0], [9; 32], held[2]]));
}

#[test]
fn h5_an_unknown_backlog_is_begun_only_by_who_holds_it() {
    let mut world = World::new();
    let stranger = world.join(2, None, false);
    assert_eq!(
        goodbye(&world.hear(stranger)),
        Some(Goodbye::UnknownBacklog)
    );
    assert!(world.room.is_idle());
    let mark = Mark {
        seq: 9,
        sum: [1; 32],
    };
    let cursor = Cursor { epoch: 1, mark };
    let restored = world.join(3, Some(cursor), false);
    assert!(
        reconcile(&world.hear(restored)),
        "it can bring the log back"
    );
    let founder = world.join(1, None, true);
    assert!(reconcile(&world.hear(founder)));
    assert!(world.appends.is_empty(), "nothing is stored by opening");
    let guest = world.join(4, None, false);
    assert_eq!(
        goodbye(&world.hear(guest)),
        None,
        "the founder is about to push"
    );
}

#[test]
fn h6_a_full_room_turns_newcomers_away() {
    let mut world = with_three();
    for _ in 0..PEERS_MAX {
        let peer = world.follower(2, 3);
        assert!(!world.closed.contains_key(&peer));
    }
    let one_more = world.join(3, None, false);
    assert_eq!(goodbye(&world.hear(one_more)), Some(Goodbye::Busy));
}

#[test]
fn h7_stopping_says_goodbye_to_everybody() {
    let mut world = with_three();
    let (bob, carol) = (world.follower(2, 3), world.follower(3, 3));
    world.act(Event::Stop);
    for peer in [bob, carol] {
        assert_eq!(goodbye(&world.hear(peer)), Some(Goodbye::Stopping));
        assert_eq!(world.closed[&peer], 4503);
    }
    assert!(world.retired);
    let late = world.join(4, None, false);
    assert_eq!(goodbye(&world.hear(late)), Some(Goodbye::Stopping));
}

#[test]
fn w3_a_bad_frame_costs_its_sender_the_connection_and_nobody_else_anything() {
    let mut world = with_three();
    let bob = world.follower(2, 3);
    let carol = world.follower(3, 3);
    for bytes in [
        vec![],
        vec![200],
        vec![0xff; 64],
        vec![0; frame::FRAME_BYTES_MAX + 1],
    ] {
        let mallory = world.follower(4, 3);
        world.act(Event::Frame {
            peer: mallory,
            bytes,
        });
        assert_eq!(goodbye(&world.hear(mallory)), Some(Goodbye::Malformed));
    }
    let change = writer(2, 2).set("title", "still here");
    world.push(bob, 1, &[&change]);
    world.settle();
    assert_eq!(world.hear(carol).len(), 1);
}

#[test]
fn w5_nothing_follows_a_goodbye() {
    let mut world = with_three();
    let bob = world.follower(2, 3);
    world.push(bob, 1, &[&writer(2, 2).set("title", "mine")]);
    world.act(Event::Frame {
        peer: bob,
        bytes: vec![99],
    });
    assert_eq!(goodbye(&world.hear(bob)), Some(Goodbye::Malformed));
    world.settle();
    world.leave(bob);
    assert_eq!(world.hear(bob), [], "the change is stored, nobody to tell");
    assert_eq!(world.log.changes.len(), 4);
}

#[test]
fn s14_a_replaced_or_broken_store_sends_everybody_away() {
    for trouble in [StoreTrouble::Replaced, StoreTrouble::Broken] {
        let mut world = with_three();
        let bob = world.follower(2, 3);
        let carol = world.follower(3, 3);
        world.trouble = Some(trouble);
        world.push(bob, 1, &[&writer(2, 2).set("title", "mine")]);
        world.settle();
        for peer in [bob, carol] {
            let heard = world.hear(peer);
            assert_eq!(goodbye(&heard), Some(Goodbye::Broken));
            assert_eq!(heard.len(), 1, "nothing is acknowledged");
        }
        assert!(world.retired);
        assert!(world.room.is_idle());
    }
}
