//! P1–P6: who is here.

use super::world::{World, writer};
use crate::{
    ids::PersonId,
    model::Person,
    sync::{
        frame::{ClientFrame, Known, Presence, RelayFrame},
        room::{Event, PeerId},
        roster::{NAME_CHARS_MAX, PRESENCE_REST_MS},
    },
};

fn here(name: &str) -> ClientFrame {
    ClientFrame::Presence {
        profile: Person {
            name: name.to_owned(),
            colour: 3,
        },
        item: None,
    }
}

/// What a peer was told: whose name is what, or that they left.
fn news(world: &mut World, peer: PeerId) -> Vec<(u64, Option<String>)> {
    let frames = world.hear(peer).into_iter();
    frames
        .filter_map(|frame| match frame {
            RelayFrame::Presence { peer, present } => {
                Some((peer, present.map(|present| present.profile.name)))
            }
            _ => None,
        })
        .collect()
}

fn world_of_two() -> (World, PeerId, PeerId) {
    let mut world = World::new();
    let alice = world.founder();
    world.push(alice, 1, &[&writer(1, 1).set("title", "first")]);
    world.settle();
    let bob = world.follower(2, 1);
    (world, alice, bob)
}

fn named(peer: PeerId, name: &str) -> (u64, Option<String>) {
    (peer.0, Some(name.to_owned()))
}

#[test]
fn p1_presence_is_stamped_passed_on_and_not_stored() {
    let (mut world, alice, bob) = world_of_two();
    world.say(bob, &here("Bob"));
    assert_eq!(world.hear(bob), []);
    let profile = Person {
        name: "Bob".to_owned(),
        colour: 3,
    };
    let presence = Presence {
        known: Known::Device,
        person: PersonId::from_bytes([2; 16]),
        profile,
        item: None,
    };
    assert_eq!(
        world.hear(alice).last(),
        Some(&RelayFrame::Presence {
            peer: bob.0,
            present: Some(presence),
        })
    );
    assert!(world.appends.is_empty());
}

#[test]
fn p2_only_the_latest_is_told_and_not_too_often() {
    let (mut world, alice, bob) = world_of_two();
    world.hear(alice);
    for name in ["B", "Bo", "Bob"] {
        world.say(bob, &here(name));
    }
    assert_eq!(news(&mut world, alice), [named(bob, "B")]);
    world.pass_ms(PRESENCE_REST_MS - 1);
    assert_eq!(news(&mut world, alice), []);
    world.pass_ms(1);
    assert_eq!(news(&mut world, alice), [named(bob, "Bob")]);
    world.pass_ms(1_000);
    world.say(bob, &here("Bob"));
    assert_eq!(news(&mut world, alice), [], "nothing new");
    world.say(bob, &here("Bobby"));
    assert_eq!(news(&mut world, alice), [named(bob, "Bobby")]);
}

#[test]
fn p3_a_newcomer_is_told_of_everybody() {
    let (mut world, alice, bob) = world_of_two();
    world.say(alice, &here("Alice"));
    world.say(bob, &here("Bob"));
    world.say(bob, &here("Robert"));
    let carol = world.join(3, None, false);
    let heard = news(&mut world, carol);
    assert_eq!(heard, [named(alice, "Alice"), named(bob, "Robert")]);
}

#[test]
fn p4_leaving_is_told_once_and_only_of_those_who_showed() {
    let (mut world, alice, bob) = world_of_two();
    let carol = world.follower(3, 1);
    world.hear(alice);
    world.say(bob, &here("Bob"));
    world.leave(bob);
    world.leave(bob);
    world.leave(carol);
    assert_eq!(news(&mut world, alice), [named(bob, "Bob"), (bob.0, None)]);
}

#[test]
fn p5_a_long_name_is_cut() {
    let (mut world, alice, bob) = world_of_two();
    world.hear(alice);
    world.say(bob, &here(&"é".repeat(5_000)));
    let name = "é".repeat(NAME_CHARS_MAX);
    assert_eq!(news(&mut world, alice), [named(bob, &name)]);
}

#[test]
fn p6_who_did_not_keep_up_learns_who_went_and_who_is_here() {
    let (mut world, alice, bob) = world_of_two();
    let carol = world.follower(3, 1);
    world.say(bob, &here("Bob"));
    world.hear(alice);
    world.lagging.insert(alice);
    world.act(Event::Lagging { peer: alice });
    world.leave(bob);
    world.say(carol, &here("Carol"));
    world.pass_ms(1_000);
    world.lagging.remove(&alice);
    world.act(Event::Writable { peer: alice });
    assert_eq!(
        news(&mut world, alice),
        [(bob.0, None), named(carol, "Carol")]
    );
}

#[test]
fn p6_after_too_many_departures_a_new_connection_is_due() {
    let (mut world, alice, _) = world_of_two();
    world.lagging.insert(alice);
    world.act(Event::Lagging { peer: alice });
    for _ in 0..1_001 {
        let passer_by = world.follower(3, 1);
        world.say(passer_by, &here("Pat"));
        world.leave(passer_by);
    }
    world.lagging.remove(&alice);
    world.act(Event::Writable { peer: alice });
    assert_eq!(world.closed[&alice], 4408);
}
