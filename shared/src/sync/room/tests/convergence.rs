//! Many naive clients and a relay under cuts, repetitions, slow readers, full disks, crashes and restores: after quiet
//! everybody agrees, and nothing acknowledged is lost.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{AutoCommit, Change, ChangeHash};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    stock_client::StockClient,
    world::{Made, World, Writer, writer},
};
use crate::sync::{
    frame::{ClientFrame, Cursor, Epoch, Hash, RefusalCode, RelayFrame},
    room::{PeerId, StoreTrouble},
};

/// A client that does what `PROTOCOL.md` asks of one, and no more.
struct Client {
    person: u8,
    writer: Writer,
    peer: Option<PeerId>,
    cursor: Option<Cursor>,
    /// The log it is being compared with. The cursor is of that log only after the last answer (R6).
    comparing: Option<Epoch>,
    in_step: bool,
    troubled: bool,
    unacknowledged: BTreeSet<Hash>,
    batches: u64,
    in_flight: usize,
}

impl Client {
    fn new(person: u8) -> Self {
        Self {
            person,
            writer: writer(person, person),
            peer: None,
            cursor: None,
            comparing: None,
            in_step: false,
            troubled: false,
            unacknowledged: BTreeSet::new(),
            batches: 0,
            in_flight: 0,
        }
    }

    fn connect(&mut self, world: &mut World) {
        let holds = !self.writer.doc.get_heads().is_empty();
        self.peer = Some(world.join(self.person, self.cursor, holds));
    }

    fn disconnect(&mut self) {
        (self.peer, self.in_step, self.troubled, self.in_flight) = (None, false, false, 0);
    }

    fn edit(&mut self, world: &mut World, rng: &mut ChaCha8Rng) {
        let key = format!("key{}", rng.random_range(0..5));
        let made = self.writer.set(&key, &rng.random::<u32>().to_string());
        self.unacknowledged.insert(made.hash);
        self.push(world, &[made]);
    }

    fn push_all(&mut self, world: &mut World) {
        let ordered = self.writer.doc.get_changes(&[]).into_iter().map(made);
        let waiting = ordered.filter(|change| self.unacknowledged.contains(&change.hash));
        let waiting: Vec<Made> = waiting.collect();
        if !waiting.is_empty() {
            self.push(world, &waiting);
        }
    }

    fn push(&mut self, world: &mut World, changes: &[Made]) {
        let Some(peer) = self.peer.filter(|_| self.in_step && !self.troubled) else {
            return;
        };
        if self.in_flight < 10 {
            self.batches += 1;
            self.in_flight += 1;
            world.push(peer, self.batches, &changes.iter().collect::<Vec<_>>());
        }
    }

    fn say(&self, world: &mut World, frame: &ClientFrame) {
        if let Some(peer) = self.peer {
            world.say(peer, frame);
        }
    }

    fn pull(&mut self, world: &mut World, cursor: Cursor) {
        self.cursor = Some(cursor);
        self.in_step = true;
        self.say(
            world,
            &ClientFrame::Pull {
                after: cursor.mark.seq,
            },
        );
        self.push_all(world);
    }

    fn take(&mut self, frame: RelayFrame, world: &mut World, acknowledged: &mut BTreeSet<Hash>) {
        match frame {
            RelayFrame::Access { .. } | RelayFrame::Unverified { .. } => {}
            RelayFrame::Welcome {
                epoch,
                reconcile: true,
                ..
            } => {
                (self.cursor, self.comparing) = (None, Some(epoch));
                let changes = self.writer.doc.get_changes(&[]);
                let hashes = changes.iter().map(|change| change.hash().0).collect();
                self.unacknowledged.clear();
                self.say(world, &ClientFrame::Have { hashes, last: true });
            }
            RelayFrame::Welcome { epoch, .. } => {
                let mark = self.cursor.map(|cursor| cursor.mark);
                let mark = mark.unwrap_or_default();
                self.pull(world, Cursor { epoch, mark });
            }
            RelayFrame::Want {
                hashes,
                lacks_nothing_until: mark,
                more,
            } => {
                self.unacknowledged.extend(hashes);
                if let Some(epoch) = self.comparing.filter(|_| !more) {
                    self.pull(world, Cursor { epoch, mark });
                }
            }
            RelayFrame::Acknowledged { changes, .. } => {
                self.in_flight -= 1;
                for (hash, _) in changes {
                    self.unacknowledged.remove(&hash);
                    acknowledged.insert(hash);
                }
            }
            RelayFrame::Refused { code, .. } => match code {
                RefusalCode::Later => self.troubled = true,
                RefusalCode::Needs(missing) => self.unacknowledged.extend(missing),
                code => panic!("an honest change is refused: {code:?}"),
            },
            RelayFrame::Changes {
                from_seq,
                changes,
                last_seq,
            } => self.absorb(from_seq, changes, last_seq, world),
            RelayFrame::Resume => {
                if let Some(cursor) = self.cursor.filter(|_| self.in_step) {
                    self.say(
                        world,
                        &ClientFrame::Pull {
                            after: cursor.mark.seq,
                        },
                    );
                }
            }
            RelayFrame::Troubled { .. } => self.troubled = true,
            RelayFrame::Recovered => {
                self.troubled = false;
                self.push_all(world);
            }
            RelayFrame::Goodbye { .. } => self.disconnect(),
            RelayFrame::Presence { .. } => {}
        }
    }

    fn absorb(&mut self, from_seq: u64, changes: Vec<Vec<u8>>, last_seq: u64, world: &mut World) {
        let Some(cursor) = self.cursor.filter(|_| self.in_step) else {
            return;
        };
        assert!(
            from_seq <= cursor.mark.seq + 1,
            "the relay leaves no gap (S8)"
        );
        let seq = from_seq + changes.len() as u64 - 1;
        let mut mark = cursor.mark;
        for (at, bytes) in (from_seq..).zip(changes) {
            let change = Change::from_bytes(bytes).expect("the gate let it pass");
            if at > mark.seq {
                mark = mark.then(&change.hash().0);
            }
            self.writer
                .doc
                .apply_changes([change])
                .expect("in causal order");
        }
        if seq > cursor.mark.seq {
            self.cursor = Some(Cursor { mark, ..cursor });
        }
        if seq < last_seq {
            self.say(world, &ClientFrame::Seen { seq });
        }
    }
}

fn made(change: Change) -> Made {
    Made {
        hash: change.hash().0,
        bytes: change.raw_bytes().to_vec(),
    }
}

/// What went wrong in a run, to see that something did.
type Faults = BTreeMap<&'static str, u32>;

struct Story {
    world: World,
    clients: Vec<Client>,
    stock: Vec<StockClient>,
    acknowledged: BTreeSet<Hash>,
    rng: ChaCha8Rng,
    faults: Faults,
}

impl Story {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let count = rng.random_range(2..=6);
        let mut clients: Vec<Client> = (1..=count).map(Client::new).collect();
        let founder = clients[0].writer.set("title", "a backlog");
        clients[0].unacknowledged.insert(founder.hash);
        let stock = (0..rng.random_range(0..=2)).map(|n| StockClient::new("stock", 100 + n));
        let mut world = World::new();
        world.snapshots = Some(seed.is_multiple_of(2));
        Self {
            stock: stock.collect(),
            world,
            clients,
            acknowledged: BTreeSet::new(),
            rng,
            faults: Faults::new(),
        }
    }

    fn step(&mut self) {
        let who = self.rng.random_range(0..self.clients.len());
        if self.rng.random_range(0..4) == 0 {
            self.step_stock();
        }
        match self.rng.random_range(0..100) {
            0..30 => self.hear(who),
            30..50 => {
                self.world.store_one();
            }
            50..60 => {
                self.world.read_one();
            }
            60..78 if !self.clients[who].writer.doc.get_heads().is_empty() => {
                self.clients[who].edit(&mut self.world, &mut self.rng);
            }
            60..84 => self.clients[who].push_all(&mut self.world),
            84..90 if self.clients[who].peer.is_none() => {
                self.clients[who].connect(&mut self.world)
            }
            84..90 => self.world.pass_ms(700),
            90..94 => self.cut(who),
            94..96 => self.fail("full", StoreTrouble::Full),
            96 => self.fail("broken", StoreTrouble::Broken),
            97..99 => self.world.trouble = None,
            _ => self.crash(),
        }
        self.bound(who);
    }

    fn step_stock(&mut self) {
        let Some(who) = self.stock.len().checked_sub(1) else {
            return;
        };
        let who = self.rng.random_range(0..=who);
        let what = self.rng.random_range(0..20);
        let (client, world) = (&mut self.stock[who], &mut self.world);
        match what {
            _ if client
                .peer
                .is_none_or(|peer| world.closed.contains_key(&peer)) =>
            {
                client.disconnect(world);
                client.connect(world);
            }
            0 => client.disconnect(world),
            1..5 if !client.doc.get_heads().is_empty() => {
                client.set("stock", &self.rng.random::<u32>().to_string());
                client.speak(world);
                self.count("stock edits");
            }
            _ => {
                client.hear(world);
                world.bound_queue(client.peer.unwrap_or(PeerId(0)), 6);
            }
        }
    }

    fn hear(&mut self, who: usize) {
        let client = &mut self.clients[who];
        let frame = client.peer.and_then(|peer| self.world.hear_one(peer));
        if let Some(frame) = frame {
            client.take(frame, &mut self.world, &mut self.acknowledged);
        }
    }

    fn bound(&mut self, who: usize) {
        if let Some(peer) = self.clients[who].peer
            && !self.world.closed.contains_key(&peer)
        {
            let before = self.world.lagging.len();
            self.world.bound_queue(peer, 6);
            if self.world.lagging.len() > before {
                self.count("lagging");
            }
        }
    }

    fn cut(&mut self, who: usize) {
        if let Some(peer) = self.clients[who].peer {
            self.clients[who].disconnect();
            self.world.lagging.remove(&peer);
            self.world.leave(peer);
            self.world.hear(peer);
            self.count("cut");
        }
    }

    fn fail(&mut self, what: &'static str, trouble: StoreTrouble) {
        self.world.trouble = Some(trouble);
        self.count(what);
    }

    /// The relay dies; what was being written may be on disk or not. Sometimes an older copy is restored.
    fn crash(&mut self) {
        if self.world.trouble.is_none() && self.rng.random() {
            self.world.store_one();
        }
        if self.rng.random_range(0..3) == 0 {
            let keep = self.rng.random_range(0..=self.world.log.changes.len());
            self.world.log.changes.truncate(keep);
            self.world.log.epoch += 1;
            self.count("restored");
        }
        self.world.restart();
        for client in &mut self.clients {
            client.disconnect();
        }
        for client in &mut self.stock {
            client.peer = None;
        }
        self.count("crashed");
    }

    fn count(&mut self, what: &'static str) {
        *self.faults.entry(what).or_default() += 1;
    }

    fn until_quiet(&mut self) {
        self.world.trouble = None;
        for _ in 0..60 {
            if self.world.retired {
                self.crash();
            }
            for who in 0..self.clients.len() {
                if self.clients[who].peer.is_none() {
                    self.clients[who].connect(&mut self.world);
                }
                self.clients[who].push_all(&mut self.world);
                while self.clients[who]
                    .peer
                    .is_some_and(|peer| self.world.has_news(peer))
                {
                    self.hear(who);
                    self.world.settle();
                }
                self.bound(who);
            }
            for client in &mut self.stock {
                let world = &mut self.world;
                if client
                    .peer
                    .is_none_or(|peer| world.closed.contains_key(&peer))
                {
                    client.disconnect(world);
                    client.connect(world);
                }
                while client.hear(world) {
                    world.settle();
                }
                world.bound_queue(client.peer.unwrap_or(PeerId(0)), 6);
            }
            self.world.settle();
            self.world.pass_ms(31_000);
        }
    }

    fn check(&mut self, seed: u64) {
        let hashes = self.world.log.hashes();
        let mut before = BTreeSet::new();
        for change in &self.world.log.changes {
            let parsed = Change::from_bytes(change.body.to_vec()).expect("the gate let it pass");
            assert_eq!(parsed.hash().0, change.hash, "seed {seed}");
            let closed = parsed.deps().iter().all(|dep| before.contains(dep));
            assert!(closed, "seed {seed}: the log is causally closed");
            assert!(before.insert(parsed.hash()), "seed {seed}: no change twice");
        }
        let stored: BTreeSet<Hash> = hashes.into_iter().collect();
        assert!(self.acknowledged.is_subset(&stored), "seed {seed}: S1");
        let heads = heads_of(&before, &self.world);
        for client in &mut self.stock {
            assert_eq!(heads_in(&mut client.doc), heads, "seed {seed}: stock");
        }
        for client in &mut self.clients {
            assert_eq!(heads_in(&mut client.writer.doc), heads, "seed {seed}");
            assert!(client.unacknowledged.is_empty(), "seed {seed}");
            let seq = client.cursor.map(|cursor| cursor.mark.seq);
            assert_eq!(seq, Some(stored.len() as u64), "seed {seed}");
        }
    }
}

fn heads_in(doc: &mut AutoCommit) -> BTreeSet<ChangeHash> {
    doc.get_heads().into_iter().collect()
}

fn heads_of(all: &BTreeSet<ChangeHash>, world: &World) -> BTreeSet<ChangeHash> {
    let mut heads = all.clone();
    for change in &world.log.changes {
        let change = Change::from_bytes(change.body.to_vec()).expect("checked before");
        for dep in change.deps() {
            heads.remove(dep);
        }
    }
    heads
}

#[test]
fn s15_all_converge_and_nothing_acknowledged_is_lost() {
    let mut faults = Faults::new();
    let mut changes = 0;
    for seed in 0..60 {
        let mut story = Story::new(seed);
        for _ in 0..400 {
            story.step();
        }
        story.until_quiet();
        story.check(seed);
        changes += story.world.log.changes.len();
        for (fault, count) in story.faults {
            *faults.entry(fault).or_default() += count;
        }
    }
    for fault in [
        "cut",
        "lagging",
        "full",
        "broken",
        "crashed",
        "restored",
        "stock edits",
    ] {
        assert!(
            faults.get(fault).is_some_and(|count| *count > 20),
            "{faults:?}"
        );
    }
    assert!(changes > 1_000, "{changes}");
}
