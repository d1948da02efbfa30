//! D1–D7: stock Automerge clients in the room.

use automerge::ActorId;

use super::{
    stock_client::{StockClient, until_quiet},
    world::{World, told, writer},
};
use crate::sync::{
    frame::{RefusalCode, RelayFrame},
    room::{
        Event, PeerId, StoreTrouble,
        pushes::RETRY_MAX_MS,
        stock::{EPHEMERAL_BYTES_MAX, STOCK_PEERS_MAX},
    },
};

/// A room with a log of so many changes, and the client who made them.
fn room_with(changes: usize) -> (World, PeerId) {
    let mut world = World::new();
    world.snapshots = Some(true);
    let alice = world.founder();
    let changes = writer(1, 1).set_many(changes);
    for (batch, some) in (1..).zip(changes.chunks(100)) {
        world.push(alice, batch, &some.iter().collect::<Vec<_>>());
        world.settle();
    }
    world.hear(alice);
    (world, alice)
}

#[test]
fn d1_a_stock_client_gets_the_whole_log_and_what_comes() {
    let (mut world, alice) = room_with(1_500);
    let mut stock = StockClient::new("stock", 9);
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.doc.get_changes(&[]).len(), 1_500);
    let made = writer(2, 2).set("title", "live");
    world.push(alice, 99, &[&made]);
    assert!(!stock.hear(&mut world), "not before it is on disk");
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.get("title").as_deref(), Some("live"));
    assert!(world.reads.is_empty());
}

/// How many changes are in the first message with any.
fn first_heard(stock: &mut StockClient, world: &mut World) -> usize {
    stock.connect(world);
    world.settle();
    while stock.doc.get_changes(&[]).is_empty() {
        assert!(stock.hear(world), "something is said");
        world.settle();
    }
    stock.doc.get_changes(&[]).len()
}

#[test]
fn d8_a_stock_client_without_anything_gets_everything_at_once() {
    for changes in [1, 128, 129, 600] {
        let (mut world, alice) = room_with(changes);
        let mut first = StockClient::new("first", 9);
        assert_eq!(first_heard(&mut first, &mut world), changes);
        let made = writer(2, 2).set_many(100);
        world.push(alice, 99, &made.iter().collect::<Vec<_>>());
        let mut second = StockClient::new("second", 8);
        world.settle();
        assert_eq!(first_heard(&mut second, &mut world), changes + 100);
        until_quiet(&mut world, &mut [&mut first, &mut second]);
        assert_eq!(first.doc.get_heads(), second.doc.get_heads());
        let asked = usize::from(changes > 28);
        assert_eq!(
            world.compacts.len(),
            asked,
            "after {changes}, for both together"
        );
    }
}

#[test]
fn d8_large_changes_are_in_a_snapshot_too() {
    let (mut world, alice) = room_with(1);
    let mut doc = writer(2, 2);
    for n in 0..6 {
        let made = doc.set(&format!("large{n}"), &"text ".repeat(12_000));
        world.push(alice, 10 + n, &[&made]);
        world.settle();
    }
    let mut stock = StockClient::new("stock", 9);
    assert_eq!(first_heard(&mut stock, &mut world), 7);
}

#[test]
fn d8_without_a_snapshot_the_log_comes_in_messages() {
    let (mut world, _) = room_with(300);
    world.snapshots = Some(false);
    let mut stock = StockClient::new("stock", 9);
    assert_eq!(first_heard(&mut stock, &mut world), 128);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.doc.get_changes(&[]).len(), 300);
}

#[test]
fn d8_a_change_that_no_document_takes_leaves_the_log_as_it_is() {
    let (mut world, alice) = room_with(2_500);
    (world.snapshots, world.unusable) = (Some(false), Some(2_200));
    let mut stock = StockClient::new("stock", 9);
    assert_eq!(first_heard(&mut stock, &mut world), 128);
    world.pass_ms(60_000);
    assert_eq!(world.compacts, [2_500, 2_199], "up to the one before it");
    world.act(Event::SnapshotMade { seq: 2_199 });
    world.log.snapshot_seq = Some(2_199);
    world.pass_ms(3_600_000);
    assert_eq!(world.compacts.len(), 2, "nothing more is tried");
    world.push(alice, 99, &[&writer(2, 2).set("title", "goes on")]);
    world.settle();
    assert_eq!(told(&world.hear(alice)), [2_501]);
    let mut other = StockClient::new("other", 8);
    assert_eq!(first_heard(&mut other, &mut world), 128);
}

#[test]
fn d8_a_client_that_lagged_behind_its_snapshot_gets_it_again() {
    let (mut world, _) = room_with(300);
    let mut stock = StockClient::new("stock", 9);
    stock.connect(&mut world);
    world.settle();
    let peer = stock.peer.expect("connected");
    world.bound_queue(peer, 0);
    assert!(world.lagging.contains(&peer));
    world.bound_queue(peer, 0);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.doc.get_changes(&[]).len(), 300);
}

#[test]
fn d2_what_a_stock_client_writes_is_in_the_log_and_on_every_screen() {
    let (mut world, alice) = room_with(3);
    let (mut one, mut two) = (StockClient::new("one", 8), StockClient::new("two", 9));
    one.connect(&mut world);
    two.connect(&mut world);
    until_quiet(&mut world, &mut [&mut one, &mut two]);
    one.set("title", "from one");
    one.speak(&mut world);
    assert_eq!(world.hear(alice), [], "not before it is on disk");
    until_quiet(&mut world, &mut [&mut one, &mut two]);
    assert_eq!(told(&world.hear(alice)), [4]);
    assert_eq!(two.get("title").as_deref(), Some("from one"));
    assert_eq!(world.log.changes.len(), 4);
}

#[test]
fn d2_a_stock_client_brings_back_what_it_did_offline() {
    let (mut world, alice) = room_with(3);
    let mut stock = StockClient::new("stock", 9);
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    stock.disconnect(&mut world);
    for n in 0..300 {
        stock.set("title", &n.to_string());
    }
    world.push(alice, 50, &[&writer(2, 2).set("note", "meanwhile")]);
    world.settle();
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(world.log.changes.len(), 304);
    assert_eq!(stock.get("note").as_deref(), Some("meanwhile"));
}

#[test]
fn d3_an_unknown_backlog_is_unavailable_until_somebody_brings_it() {
    let mut world = World::new();
    let mut stock = StockClient::new("stock", 9);
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    assert!(stock.unavailable);
    assert!(world.log.changes.is_empty());
    let alice = world.founder();
    world.push(alice, 1, &[&writer(1, 1).set("title", "here it is")]);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.get("title").as_deref(), Some("here it is"));
}

#[test]
fn d3_a_stock_client_may_begin_a_backlog() {
    let mut world = World::new();
    let mut stock = StockClient::new("stock", 9);
    for n in 0..5 {
        stock.set("title", &n.to_string());
    }
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    assert!(!stock.unavailable);
    assert_eq!(world.log.changes.len(), 5);
}

#[test]
fn d4_what_stock_clients_say_to_each_other_is_passed_on_among_them() {
    let (mut world, alice) = room_with(1);
    let (mut one, mut two) = (StockClient::new("one", 8), StockClient::new("two", 9));
    one.connect(&mut world);
    two.connect(&mut world);
    until_quiet(&mut world, &mut [&mut one, &mut two]);
    one.say(&mut world, vec![1, 2, 3]);
    one.say(&mut world, vec![0; EPHEMERAL_BYTES_MAX + 1]);
    until_quiet(&mut world, &mut [&mut one, &mut two]);
    two.repeat(&mut world, "one", vec![1, 2, 3]);
    until_quiet(&mut world, &mut [&mut one, &mut two]);
    assert_eq!(two.heard, [("one".to_owned(), vec![1, 2, 3])]);
    assert_eq!(one.heard, [], "not even by way of others");
    assert_eq!(world.hear(alice), []);
    assert_eq!(world.log.changes.len(), 1);
}

#[test]
fn d5_stock_clients_are_counted_and_a_bad_message_costs_only_its_sender() {
    let (mut world, alice) = room_with(1);
    let mut good = StockClient::new("good", 9);
    good.connect(&mut world);
    let mut bad = StockClient::new("bad", 8);
    bad.peer = Some(world.join_by_door("bad"));
    let peer = bad.peer.expect("just joined");
    world.act(Event::DoorMessage {
        peer,
        bytes: vec![0xff; 30],
    });
    assert_eq!(world.closed[&peer], 4400);
    assert!(bad.hear(&mut world));
    assert!(bad.error.is_some());
    until_quiet(&mut world, &mut [&mut good]);
    assert_eq!(good.doc.get_changes(&[]).len(), 1);
    for _ in 1..STOCK_PEERS_MAX {
        let peer = world.join_by_door("one of many");
        assert!(!world.closed.contains_key(&peer));
    }
    let one_more = world.join_by_door("one more");
    assert_eq!(world.closed[&one_more], 4429);
    assert!(!world.closed.contains_key(&alice));
    world.act(Event::Stop);
    assert_eq!(world.closed[&good.peer.expect("still here")], 4503);
}

#[test]
fn d5_a_change_that_the_gate_refuses_is_not_told_and_harms_nobody() {
    let (mut world, alice) = room_with(1);
    let mut stock = StockClient::new("stock", 9);
    stock.doc.set_actor(ActorId::from(&[9; 8][..]));
    stock.set("title", "under an actor of eight bytes");
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(world.log.changes.len(), 1);
    let mine = writer(2, 2).set("note", "fine");
    world.push(alice, 9, &[&mine]);
    world.settle();
    let heard = world.hear(alice);
    assert_eq!(told(&heard), [2]);
    let refused = |frame: &RelayFrame| {
        matches!(
            frame,
            RelayFrame::Refused {
                code: RefusalCode::Invalid,
                ..
            }
        )
    };
    assert!(!heard.iter().any(refused));
}

#[test]
fn d6_a_stock_client_that_did_not_keep_up_is_told_again() {
    let (mut world, alice) = room_with(3);
    let mut stock = StockClient::new("stock", 9);
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    let peer = stock.peer.expect("connected");
    let mut doc = writer(2, 2);
    for n in 0..4 {
        world.push(alice, 10 + n, &[&doc.set("title", &n.to_string())]);
        world.settle();
    }
    world.bound_queue(peer, 3);
    assert!(world.lagging.contains(&peer), "its queue overflowed");
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.get("title"), None, "the messages are lost");
    world.bound_queue(peer, 3);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.get("title").as_deref(), Some("3"));
}

#[test]
fn d7_what_a_stock_client_wrote_waits_out_a_full_disk() {
    let (mut world, _) = room_with(1);
    let mut stock = StockClient::new("stock", 9);
    stock.connect(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    world.trouble = Some(StoreTrouble::Full);
    for value in ["first", "second", "third"] {
        stock.set("title", value);
        stock.speak(&mut world);
        until_quiet(&mut world, &mut [&mut stock]);
    }
    assert_eq!(world.log.changes.len(), 1);
    world.trouble = None;
    world.pass_ms(RETRY_MAX_MS);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(world.log.changes.len(), 4);
}

#[test]
fn d7_a_log_that_can_not_be_read_now_is_read_again() {
    let (mut world, _) = room_with(5);
    let mut stock = StockClient::new("stock", 9);
    stock.connect(&mut world);
    let (ticket, _, _) = world.reads.pop_front().expect("the log is read");
    let result = Err(StoreTrouble::Full);
    world.act(Event::Read { ticket, result });
    until_quiet(&mut world, &mut [&mut stock]);
    assert!(stock.doc.get_changes(&[]).is_empty());
    world.pass_ms(2_000);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.doc.get_changes(&[]).len(), 5);
}
