//! The door against automerge's own sync protocol as the stock client.

use std::collections::BTreeMap;

use automerge::{
    ActorId, AutoCommit, ROOT, ReadDoc,
    sync::{self, SyncDoc},
    transaction::Transactable,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::gate::{self, Refusal};

/// More rounds than any of these conversations takes: one that goes on for ever is a failure.
const ROUNDS_MAX: usize = 400;

/// Gate, index and log, without a disk.
#[derive(Default)]
struct Relay {
    index: ChangeIndex,
    log: BTreeMap<Hash, Vec<u8>>,
    refused: usize,
    received: usize,
    messages: usize,
    bytes: usize,
}

impl Relay {
    fn with(document: &mut AutoCommit) -> Self {
        let mut relay = Self::default();
        for change in document.get_changes(&[]) {
            relay.store(change.raw_bytes()).unwrap();
        }
        relay
    }

    fn store(&mut self, change: &[u8]) -> Result<(), Refusal> {
        let admitted = gate::admit(change, &self.index)?;
        self.index.add(&admitted.meta);
        self.index.stored_until(self.index.len());
        self.log.insert(admitted.meta.hash, admitted.bytes);
        Ok(())
    }

    fn hear(&mut self, door: &mut DoorSync, message: &[u8]) {
        let received = door.receive(message, &self.index).unwrap();
        for change in received.changes {
            self.received += 1;
            match self.store(&change) {
                Ok(()) | Err(Refusal::Known { .. }) => {}
                Err(Refusal::MissingDependencies { hash, missing }) => {
                    door.hold(hash, change, &missing).unwrap()
                }
                Err(_) => self.refused += 1,
            }
        }
    }

    fn answer(&mut self, door: &mut DoorSync) -> Option<Vec<u8>> {
        let wanted = door.wanted(&self.index);
        let message = door.generate(&self.index, |hash| {
            assert!(wanted.contains(hash), "what is fetched was announced");
            self.log.get(hash).cloned()
        })?;
        self.messages += 1;
        self.bytes += message.len();
        Some(message)
    }

    fn assert_equals(&self, client: &mut Client) {
        let heads: Vec<Hash> = client
            .document
            .get_heads()
            .iter()
            .map(|head| head.0)
            .collect();
        assert_eq!(self.index.stored_heads(), heads);
    }
}

struct Client {
    document: AutoCommit,
    state: sync::State,
    door: DoorSync,
}

impl Client {
    fn new(document: AutoCommit) -> Self {
        Self {
            document,
            state: sync::State::new(),
            door: DoorSync::new(),
        }
    }

    /// The connection breaks; the client keeps what automerge keeps of a peer between sessions.
    fn reconnect(&mut self) {
        self.state = sync::State::decode(&self.state.encode()).unwrap();
        self.door = DoorSync::new();
    }

    /// One message each way at most. Whether anything was said.
    fn exchange(&mut self, relay: &mut Relay) -> bool {
        let message = self.document.sync().generate_sync_message(&mut self.state);
        let spoke = message.is_some();
        if let Some(message) = message {
            relay.hear(&mut self.door, &message.encode());
        }
        let mut answered = false;
        while let Some(answer) = relay.answer(&mut self.door) {
            self.hear(&answer);
            answered = true;
        }
        spoke || answered
    }

    fn hear(&mut self, answer: &[u8]) {
        let answer = sync::Message::decode(answer).unwrap();
        self.document
            .sync()
            .receive_sync_message(&mut self.state, answer)
            .unwrap();
    }

    fn put(&mut self, key: &str, value: i64) {
        self.document.put(ROOT, key, value).unwrap();
        self.document.commit();
    }
}

fn settle(relay: &mut Relay, clients: &mut [&mut Client]) -> usize {
    for round in 0..ROUNDS_MAX {
        let mut quiet = true;
        for client in clients.iter_mut() {
            quiet &= !client.exchange(relay);
        }
        if quiet {
            return round;
        }
    }
    panic!("they go on talking");
}

fn document(actor: u8) -> AutoCommit {
    AutoCommit::new().with_actor(ActorId::from([actor; 16]))
}

/// A document of so many changes.
fn history(actor: u8, changes: i64) -> AutoCommit {
    let mut document = document(actor);
    for n in 0..changes {
        document.put(ROOT, format!("key {}", n % 50), n).unwrap();
        document.commit();
    }
    document
}

#[test]
fn a_fresh_client_loads_everything_in_parts() {
    let mut full = history(1, 1_000);
    let mut relay = Relay::with(&mut full);
    let mut client = Client::new(document(2));
    settle(&mut relay, &mut [&mut client]);
    relay.assert_equals(&mut client);
    assert!(
        relay.messages >= 1_000 / CHANGES_PER_MESSAGE_MAX,
        "in parts"
    );
    assert_eq!(relay.received, 0, "nothing comes back");
}

#[test]
fn a_fresh_client_takes_a_snapshot_and_the_changes_after_it() {
    let mut full = history(1, 500);
    let snapshot = full.save();
    for n in 0..300 {
        full.put(ROOT, "later", n).unwrap();
        full.commit();
    }
    let mut relay = Relay::with(&mut full);
    let mut client = Client::new(document(2));
    let hello = client
        .document
        .sync()
        .generate_sync_message(&mut client.state)
        .unwrap();
    relay.hear(&mut client.door, &hello.encode());
    assert!(client.door.takes_snapshot());
    let log = &relay.log;
    let fetch = |hash: &Hash| log.get(hash).cloned();
    let answer = client
        .door
        .generate_with_snapshot(&relay.index, &snapshot, 500, fetch)
        .unwrap();
    client.hear(&answer);
    assert_eq!(
        client.document.get_changes(&[]).len(),
        500 + CHANGES_PER_MESSAGE_MAX
    );
    assert!(!client.door.takes_snapshot());
    settle(&mut relay, &mut [&mut client]);
    relay.assert_equals(&mut client);
    assert_eq!(relay.received, 0, "nothing comes back");
}

#[test]
fn a_client_brings_its_changes_to_an_empty_relay() {
    let mut relay = Relay::default();
    let mut client = Client::new(history(2, 700));
    settle(&mut relay, &mut [&mut client]);
    relay.assert_equals(&mut client);
    assert_eq!(relay.index.len(), 700);
}

#[test]
fn both_sides_went_on_alone() {
    let mut base = history(1, 400);
    let mut theirs = Client::new(base.fork().with_actor(ActorId::from([2; 16])));
    for n in 0..200 {
        base.put(ROOT, "ours", n).unwrap();
        base.commit();
        theirs.put("theirs", n);
    }
    let mut relay = Relay::with(&mut base);
    settle(&mut relay, &mut [&mut theirs]);
    relay.assert_equals(&mut theirs);
    assert_eq!(relay.index.len(), 800);
    assert_eq!(relay.received, 200, "the filter spares what the relay has");
}

#[test]
fn what_a_client_lacks_is_sent_before_it_has_brought_its_own() {
    let mut base = history(1, 100);
    let mut client = Client::new(base.fork().with_actor(ActorId::from([2; 16])));
    client.put("theirs", 1);
    for n in 0..50 {
        base.put(ROOT, "ours", n).unwrap();
        base.commit();
    }
    let mut relay = Relay::with(&mut base);
    let hello = client
        .document
        .sync()
        .generate_sync_message(&mut client.state);
    relay.hear(&mut client.door, &hello.unwrap().encode());
    let news = relay.index.hashes()[100..].to_vec();
    let wanted = client.door.wanted(&relay.index);
    assert!(
        wanted.iter().all(|hash| news.contains(hash)),
        "nothing it has"
    );
    assert!(wanted.len() > 25, "{}", wanted.len());
    // The filter errs once in a hundred; what is built on a change that is sent is sent too.
    assert!(wanted.ends_with(&news[50 - wanted.len()..]));
}

#[test]
fn a_client_that_lost_everything_gets_it_again() {
    let mut relay = Relay::with(&mut history(1, 50));
    let mut client = Client::new(document(2));
    let hello = client
        .document
        .sync()
        .generate_sync_message(&mut client.state);
    relay.hear(&mut client.door, &hello.unwrap().encode());
    assert!(
        relay.answer(&mut client.door).is_some(),
        "and never arrives"
    );
    (client.document, client.state) = (document(3), sync::State::new());
    settle(&mut relay, &mut [&mut client]);
    relay.assert_equals(&mut client);
}

#[test]
fn what_was_confirmed_does_not_count_as_on_its_way() {
    let mut relay = Relay::with(&mut history(1, 3));
    let (mut ada, mut bob) = (Client::new(document(2)), Client::new(document(3)));
    for n in 0..=i64::try_from(UNCONFIRMED_MAX).unwrap() {
        ada.put("n", n);
        settle(&mut relay, &mut [&mut ada, &mut bob]);
    }
    for n in 0..3 {
        ada.put("n", n);
        ada.exchange(&mut relay);
        let forwarded = relay.answer(&mut bob.door);
        bob.hear(&forwarded.expect("nothing waits for a confirmation"));
    }
}

#[test]
fn a_stored_branch_does_not_come_back_while_the_other_is_refused() {
    let mut base = history(1, 3);
    let mut relay = Relay::with(&mut base);
    let mut client = Client::new(base.fork().with_actor(ActorId::from([2; 16])));
    settle(&mut relay, &mut [&mut client]);
    let mut other = client.document.fork().with_actor(ActorId::from([3; 16]));
    other
        .put(ROOT, "too long a text", "x".repeat(200_000))
        .unwrap();
    client.put("short", 1);
    client.document.merge(&mut other).unwrap();
    let message = client
        .document
        .sync()
        .generate_sync_message(&mut client.state);
    relay.hear(&mut client.door, &message.unwrap().encode());
    assert_eq!((relay.index.len(), relay.refused), (4, 1));
    let answer = relay.answer(&mut client.door).unwrap();
    assert!(sync::Message::decode(&answer).unwrap().changes.is_empty());
}

#[test]
fn reconnecting_costs_what_was_missed() {
    let mut full = history(1, 600);
    let mut relay = Relay::with(&mut full);
    let mut client = Client::new(document(2));
    settle(&mut relay, &mut [&mut client]);
    for persisted in [true, false] {
        for n in 0..20 {
            full.put(ROOT, "ours", n).unwrap();
            full.commit();
            client.put("theirs", n);
        }
        for change in full.get_changes(&[]) {
            if !relay.index.contains(&change.hash().0) {
                relay.store(change.raw_bytes()).unwrap();
            }
        }
        if persisted {
            client.reconnect();
        } else {
            client = Client::new(client.document);
        }
        (relay.received, relay.bytes) = (0, 0);
        settle(&mut relay, &mut [&mut client]);
        relay.assert_equals(&mut client);
        assert_eq!(relay.received, 20);
        assert!(relay.bytes < 12_000, "{} bytes", relay.bytes);
        full.merge(&mut client.document).unwrap();
    }
}

#[test]
fn an_edit_reaches_the_other_client_in_one_small_message() {
    let mut relay = Relay::with(&mut history(1, 300));
    let (mut ada, mut bob) = (Client::new(document(2)), Client::new(document(3)));
    settle(&mut relay, &mut [&mut ada, &mut bob]);
    ada.put("title", 1);
    let edit = ada
        .document
        .sync()
        .generate_sync_message(&mut ada.state)
        .unwrap();
    relay.hear(&mut ada.door, &edit.encode());
    let acknowledgement = relay.answer(&mut ada.door).unwrap();
    let forwarded = relay.answer(&mut bob.door).unwrap();
    assert!(acknowledgement.len() < 100 && forwarded.len() < 300);
    bob.hear(&forwarded);
    assert_eq!(ada.document.get_heads(), bob.document.get_heads());
    ada.hear(&acknowledgement);
    assert!(
        settle(&mut relay, &mut [&mut ada, &mut bob]) <= 1,
        "nothing is left to say but bob's thanks"
    );
    assert_eq!(relay.answer(&mut bob.door), None);
}

#[test]
fn edits_that_cross_on_the_wire_meet() {
    for seed in 0..60 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut relay = Relay::with(&mut history(1, rng.random_range(0..60)));
        let mut clients: Vec<Client> = (2..5).map(|actor| Client::new(document(actor))).collect();
        // What is on its way, in order, to the relay and from it.
        let mut up = vec![Vec::new(); clients.len()];
        let mut down = vec![Vec::new(); clients.len()];
        for step in 0..300 {
            let at = rng.random_range(0..clients.len());
            let client = &mut clients[at];
            match rng.random_range(0..8) {
                0 => client.put("key", step),
                1 => {
                    let other = rng.random_range(0..4);
                    client.put(&format!("key {other}"), step);
                }
                2 | 3 => up[at].extend(
                    client
                        .document
                        .sync()
                        .generate_sync_message(&mut client.state),
                ),
                4 if !up[at].is_empty() => {
                    let message: sync::Message = up[at].remove(0);
                    relay.hear(&mut client.door, &message.encode());
                }
                5 => down[at].extend(relay.answer(&mut client.door)),
                6 if !down[at].is_empty() => client.hear(&down[at].remove(0)),
                7 if rng.random_ratio(1, 6) => {
                    client.reconnect();
                    (up[at], down[at]) = (Vec::new(), Vec::new());
                }
                _ => {}
            }
        }
        for (client, (up, down)) in clients.iter_mut().zip(up.into_iter().zip(down)) {
            up.into_iter()
                .for_each(|message| relay.hear(&mut client.door, &message.encode()));
            down.iter().for_each(|message| client.hear(message));
        }
        let mut all: Vec<&mut Client> = clients.iter_mut().collect();
        settle(&mut relay, &mut all);
        clients
            .iter_mut()
            .for_each(|client| relay.assert_equals(client));
        assert_eq!(relay.refused, 0);
    }
}

#[test]
fn a_client_of_the_first_version_syncs_too() {
    let mut relay = Relay::with(&mut history(1, 200));
    let mut client = Client::new(history(2, 3));
    for _ in 0..20 {
        if let Some(mut message) = client
            .document
            .sync()
            .generate_sync_message(&mut client.state)
        {
            message.flags = None;
            relay.hear(&mut client.door, &message.encode());
        }
        assert!(!client.door.takes_snapshot());
        while let Some(answer) = relay.answer(&mut client.door) {
            client.hear(&answer);
        }
    }
    relay.assert_equals(&mut client);
}

#[test]
fn a_change_on_its_way_to_the_disk_is_no_news() {
    let mut relay = Relay::with(&mut history(1, 3));
    let mut client = Client::new(document(2));
    settle(&mut relay, &mut [&mut client]);
    client.put("new", 1);
    let message = client
        .document
        .sync()
        .generate_sync_message(&mut client.state)
        .unwrap();
    let received = client
        .door
        .receive(&message.encode(), &relay.index)
        .unwrap();
    let admitted = gate::admit(&received.changes[0], &relay.index).unwrap();
    relay.index.add(&admitted.meta);
    relay.log.insert(admitted.meta.hash, admitted.bytes);
    assert_eq!(relay.answer(&mut client.door), None);
    relay.index.stored_until(4);
    let answer = relay.answer(&mut client.door).unwrap();
    client.hear(&answer);
    relay.assert_equals(&mut client);
}

#[test]
fn a_refused_change_ends_in_silence_and_others_still_come() {
    let mut base = history(1, 2);
    let mut relay = Relay::with(&mut base);
    let mut client = Client::new(document(2));
    settle(&mut relay, &mut [&mut client]);
    client
        .document
        .put(ROOT, "too long a text", "x".repeat(200_000))
        .unwrap();
    client.document.commit();
    client.put("built on it", 1);
    settle(&mut relay, &mut [&mut client]);
    assert_eq!((relay.refused, relay.index.len()), (1, 2));
    base.put(ROOT, "news", 7).unwrap();
    base.commit();
    let news = base.get_last_local_change().unwrap();
    relay.store(news.raw_bytes()).unwrap();
    settle(&mut relay, &mut [&mut client]);
    assert!(client.document.get(ROOT, "news").unwrap().is_some());
}

#[test]
fn changes_without_what_they_are_built_on_wait_for_it() {
    let mut client = Client::new(history(2, 10));
    let mut relay = Relay::default();
    let heads = client.document.get_heads();
    let last = client.document.get_last_local_change().unwrap();
    let first_eight = client.document.get_changes(&[])[..8].to_vec();
    for change in &first_eight {
        relay.store(change.raw_bytes()).unwrap();
    }
    // A filter was wrong about the ninth, so the tenth comes alone.
    let message = sync::Message {
        heads: heads.clone(),
        need: Vec::new(),
        have: vec![sync::Have {
            last_sync: heads,
            bloom: sync::BloomFilter::default(),
        }],
        changes: vec![last.raw_bytes().to_vec()].into(),
        flags: None,
        version: sync::MessageVersion::V1,
    };
    relay.hear(&mut client.door, &message.encode());
    assert_eq!(relay.index.len(), 8);
    let answer = relay.answer(&mut client.door).unwrap();
    let asked = sync::Message::decode(&answer).unwrap().need;
    assert_eq!(asked, [client.document.get_changes(&[])[8].hash()]);
    client.hear(&answer);
    settle(&mut relay, &mut [&mut client]);
    relay.assert_equals(&mut client);
}

#[test]
fn no_more_is_held_than_the_limit() {
    let mut door = DoorSync::new();
    assert_eq!(
        door.hold([1; 32], vec![0; HELD_BYTES_MAX], &[[9; 32]]),
        Ok(())
    );
    assert_eq!(
        door.hold([2; 32], vec![0], &[[9; 32]]),
        Err(DoorError::TooManyHeld)
    );
}

#[test]
fn messages_dropped_on_the_way_are_made_good() {
    let mut relay = Relay::with(&mut history(1, 40));
    let (mut ada, mut bob) = (Client::new(document(2)), Client::new(document(3)));
    settle(&mut relay, &mut [&mut ada, &mut bob]);
    for n in 0..5 {
        ada.put("n", n);
        settle(&mut relay, &mut [&mut ada]);
        assert!(relay.answer(&mut bob.door).is_some(), "and dropped");
    }
    bob.door.lost(&relay.index);
    settle(&mut relay, &mut [&mut ada, &mut bob]);
    relay.assert_equals(&mut bob);
}

#[test]
fn a_client_that_takes_nothing_still_gives() {
    let mut relay = Relay::with(&mut history(1, 5));
    let mut client = Client::new(history(2, 5));
    client.state = sync::State::new_read_only();
    settle(&mut relay, &mut [&mut client]);
    assert_eq!(relay.index.len(), 10);
    assert_eq!(client.document.get_changes(&[]).len(), 5);
}

#[test]
fn bad_messages_are_errors() {
    let relay = Relay::with(&mut history(1, 5));
    let refused = |bytes: &[u8]| DoorSync::new().receive(bytes, &relay.index).unwrap_err();
    for bytes in [
        &b""[..],
        b"garbage",
        &[0x42],
        &[0x42, 0xff, 0xff, 0xff, 0xff, 0x0f],
        &[0x43, 0, 0, 0xff, 1],
    ] {
        assert!(
            matches!(refused(bytes), DoorError::Malformed(_)),
            "{bytes:?}"
        );
    }
    // A1: zero bits per change. A2: a hundred million probes.
    let filter = |bits: &[u8]| {
        [
            &[0x42, 0, 0, 1, 0, u8::try_from(bits.len()).unwrap()],
            bits,
            &[0],
        ]
        .concat()
    };
    assert_eq!(refused(&filter(&[1, 0, 7])), DoorError::Malformed("filter"));
    assert_eq!(
        refused(&filter(&[1, 10, 0x80, 0xc2, 0xd7, 0x2f, 0xff, 0xff])),
        DoorError::Malformed("filter")
    );
    // A9: what is no chunk at all.
    assert_eq!(
        refused(&[0x42, 0, 0, 0, 1, 3, 1, 2, 3]),
        DoorError::Malformed("cut short")
    );
    let whole = history(3, 2).save();
    let message = OurMessage {
        heads: &[],
        need: &[],
        have: None,
        changes: &[whole],
        document: None,
    };
    assert_eq!(refused(&message.write()), DoorError::WholeDocument);
}

#[test]
fn mutated_messages_never_panic() {
    let mut relay = Relay::with(&mut history(1, 30));
    let mut client = Client::new(history(2, 30));
    let mut messages = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let message = client
            .document
            .sync()
            .generate_sync_message(&mut client.state);
        let Some(message) = message else { break };
        messages.push(message.clone().encode());
        relay.hear(&mut client.door, &message.encode());
        while let Some(answer) = relay.answer(&mut client.door) {
            client.hear(&answer);
        }
    }
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let mut read = 0;
    for _ in 0..20_000 {
        let mut bytes = messages[rng.random_range(0..messages.len())].clone();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            match rng.random_range(0..3) {
                0 => bytes[at] = rng.random(),
                1 => bytes.truncate(at + 1),
                _ => bytes.insert(at, rng.random()),
            }
        }
        let mut door = DoorSync::new();
        if door.receive(&bytes, &relay.index).is_ok() {
            read += 1;
            drop(door.generate(&relay.index, |hash| relay.log.get(hash).cloned()));
        }
    }
    assert!(read > 1_000, "{read}");
}
