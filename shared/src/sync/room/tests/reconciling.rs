//! R1–R5: a client and a log that differ.

use super::world::{Log, Made, World, acknowledged, writer};
use crate::sync::{
    frame::{ClientFrame, Cursor, HASHES_PER_FRAME_MAX, Hash, Mark, RelayFrame},
    room::PeerId,
};

/// A log with these changes, all by one client.
fn log_of(changes: &[&Made]) -> World {
    let mut world = World::new();
    let alice = world.founder();
    for (batch, some) in (0..).zip(changes.chunks(100)) {
        world.push(alice, batch, some);
        world.settle();
    }
    world.leave(alice);
    world
}

fn stranger(world: &mut World) -> PeerId {
    let mark = Mark {
        seq: 1,
        sum: [1; 32],
    };
    let cursor = Cursor { epoch: 1, mark };
    let peer = world.join(5, Some(cursor), true);
    world.hear(peer);
    peer
}

fn have(world: &mut World, peer: PeerId, hashes: &[Hash], last: bool) -> Vec<RelayFrame> {
    let hashes = hashes.to_vec();
    world.say(peer, &ClientFrame::Have { hashes, last });
    world.hear(peer)
}

fn want(hashes: &[Hash], lacks_nothing_until: Mark) -> RelayFrame {
    RelayFrame::Want {
        hashes: hashes.to_vec(),
        lacks_nothing_until,
        more: false,
    }
}

#[test]
fn r1_the_relay_wants_what_it_lacks_in_the_order_of_the_client() {
    let changes = writer(1, 1).set_many(3);
    let mut world = log_of(&changes.iter().collect::<Vec<_>>());
    let peer = stranger(&mut world);
    let unknown: [Hash; 3] = [[9; 32], [3; 32], [5; 32]];
    let said = [unknown[0], changes[0].hash, unknown[1], unknown[2]];
    assert_eq!(
        have(&mut world, peer, &said, true),
        [want(&unknown, world.mark(1))]
    );
}

#[test]
fn r2_the_client_learns_up_to_where_it_lacks_nothing() {
    let changes = writer(1, 1).set_many(70);
    let mut world = log_of(&changes.iter().collect::<Vec<_>>());
    let peer = stranger(&mut world);
    let hash = |n: usize| changes[n - 1].hash;
    let all: Vec<Hash> = (1..=70).map(hash).collect();
    assert_eq!(
        have(&mut world, peer, &all, true),
        [want(&[], world.mark(70))]
    );
    assert_eq!(
        have(&mut world, peer, &all[1..], true),
        [want(&[], world.mark(0))]
    );
    assert_eq!(
        have(&mut world, peer, &all[..65], true),
        [want(&[], world.mark(65))]
    );
    assert_eq!(
        have(&mut world, peer, &[], true),
        [want(&[], world.mark(0))]
    );
    let holey: Vec<Hash> = (1..=70).filter(|n| *n != 64).map(hash).collect();
    assert_eq!(
        have(&mut world, peer, &holey, true),
        [want(&[], world.mark(63))]
    );
}

#[test]
fn r3_long_lists_come_in_parts_both_ways() {
    let mut world = log_of(&[&writer(1, 1).set("title", "first")]);
    let peer = stranger(&mut world);
    let unknown: Vec<Hash> = (0..10_000_u64)
        .map(|n| {
            let mut hash = [1; 32];
            hash[..8].copy_from_slice(&n.to_be_bytes());
            hash
        })
        .collect();
    let mut wanted = Vec::new();
    let parts: Vec<&[Hash]> = unknown.chunks(HASHES_PER_FRAME_MAX).collect();
    for (index, part) in parts.iter().enumerate() {
        let last = index + 1 == parts.len();
        for frame in have(&mut world, peer, part, last) {
            let RelayFrame::Want { hashes, more, .. } = frame else {
                panic!("{frame:?}");
            };
            assert!(hashes.len() <= HASHES_PER_FRAME_MAX);
            wanted.extend(hashes);
            assert_eq!(more, wanted.len() < unknown.len());
        }
    }
    assert_eq!(wanted, unknown);
}

#[test]
fn r4_claims_are_bounded() {
    let mut world = log_of(&[&writer(1, 1).set("title", "first")]);
    let peer = stranger(&mut world);
    let too_many = vec![[1; 32]; HASHES_PER_FRAME_MAX + 1];
    have(&mut world, peer, &too_many, false);
    assert_eq!(world.closed[&peer], 4400);
    let peer = stranger(&mut world);
    let part = vec![[1; 32]; HASHES_PER_FRAME_MAX];
    for _ in 0..250 {
        have(&mut world, peer, &part, false);
        assert!(!world.closed.contains_key(&peer));
    }
    have(&mut world, peer, &part[..1], true);
    assert_eq!(world.closed[&peer], 4400);
}

#[test]
fn r5_a_surviving_client_rebuilds_a_log_that_lost_everything() {
    let mut alice = writer(1, 1);
    let mut all = alice.set_many(30);
    let mut bob = writer(2, 2);
    bob.doc.merge(&mut alice.doc).expect("both are documents");
    all.extend((0..30).map(|n| bob.set("title", &n.to_string())));
    let mut world = World::on(Log {
        epoch: 8,
        ..Log::default()
    });
    let carol = stranger(&mut world);
    let hashes: Vec<Hash> = all.iter().map(|change| change.hash).collect();
    assert_eq!(
        have(&mut world, carol, &hashes, true),
        [want(&hashes, Mark::default())]
    );
    world.push(carol, 1, &all.iter().collect::<Vec<_>>());
    world.settle();
    assert_eq!(acknowledged(&world.hear(carol)).len(), 60);
    assert_eq!(world.log.hashes(), hashes);
}
