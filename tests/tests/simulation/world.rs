//! A seed's world: who is there, what goes wrong, and what must hold in the end.

use std::collections::{BTreeMap, BTreeSet};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    gate,
    ids::{DocumentId, LinkId},
    limits::ROOM_QUEUE_BYTES_MAX,
    session::{Event, messages::RelayState},
    sync::{
        access::{Grant, Role},
        frame::{self, ClientFrame, Hash},
        room::{self, Effect, Hello},
    },
    time::Timestamp,
};

use crate::{
    device::{Device, Wish},
    network::{Agenda, Happening},
    person,
    relay::{Append, Relay},
};

/// How often somebody does something in one run, after something may have gone wrong.
pub(crate) const ROUNDS: u64 = 40;
/// After the last fault everybody has to agree within this time of the simulation, in milliseconds.
const QUIET_MS_MAX: i64 = 10 * 60 * 1_000;
/// More happenings than this without quiet are a loop.
const HAPPENINGS_MAX: usize = 200_000;
/// A machine's clock is wrong by up to two days, in milliseconds.
const CLOCK_MS_MAX: i64 = 48 * 60 * 60 * 1_000;
/// How long a slow disk may take, in milliseconds.
const SLOW_MS_MAX: i64 = 8_000;

/// What may go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Faults {
    /// Links break, frames come late, twice or in another order; clocks are set forward and back.
    Network,
    /// Also: links get other roles while people work.
    Roles,
    /// Links break too, browsers and relay crash, disks are slow and fill.
    Crashes,
    /// Also: the relay's data is put back to a backup.
    Restores,
}

/// What the runs did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    pub(crate) deeds: usize,
    pub(crate) changes: usize,
    pub(crate) conflicts: usize,
    pub(crate) cuts: usize,
    pub(crate) crashes: usize,
    pub(crate) full: usize,
    pub(crate) slow: usize,
    pub(crate) clocks: usize,
    pub(crate) unread: usize,
    pub(crate) restores: usize,
    pub(crate) put_back: usize,
    pub(crate) roles: usize,
    pub(crate) refused: usize,
    pub(crate) fingerprint: u64,
}

impl Work {
    pub(crate) fn add(&mut self, other: &Self) {
        self.deeds += other.deeds;
        self.changes += other.changes;
        self.conflicts += other.conflicts;
        self.cuts += other.cuts;
        self.crashes += other.crashes;
        self.full += other.full;
        self.slow += other.slow;
        self.clocks += other.clocks;
        self.unread += other.unread;
        self.restores += other.restores;
        self.put_back += other.put_back;
        self.roles += other.roles;
        self.refused += other.refused;
        self.fingerprint = self
            .fingerprint
            .wrapping_mul(31)
            .wrapping_add(other.fingerprint);
    }

    pub(crate) fn did_something(&self, seeds: u64, faults: Faults) -> bool {
        let seeds = usize::try_from(seeds).unwrap();
        let crashed = matches!(faults, Faults::Network | Faults::Roles)
            || (self.crashes * 2 > seeds
                && self.slow > 0
                && self.full > 0
                && self.unread > 0
                && self.put_back > 0);
        let changed = faults != Faults::Roles || (self.roles > seeds && self.refused > 0);
        let restored = faults != Faults::Restores || self.restores * 2 > seeds;
        self.changes > seeds * 10
            && self.conflicts > 0
            && self.cuts > seeds
            && self.clocks > seeds
            && crashed
            && changed
            && restored
    }
}

pub(crate) struct World {
    seed: u64,
    /// Draws how long everything takes.
    rng: ChaCha8Rng,
    /// Draws what goes wrong and what people do in a round. It is the round's own, so that a run without some rounds has
    /// the others as they were.
    fate: ChaCha8Rng,
    now: Timestamp,
    agenda: Agenda,
    devices: Vec<Device>,
    relay: Relay,
    /// What each device's link lets its person do.
    roles: Vec<Role>,
    /// Changes that a viewer is pushing at this moment.
    muted: BTreeSet<Hash>,
    /// Which device vouches for what is written under an actor (A14).
    writers: BTreeMap<[u8; 16], usize>,
    /// Connections of links that were revoked.
    revoked: BTreeSet<room::PeerId>,
    /// Whether all disks are slow.
    slow: bool,
    faults: Faults,
    healed: bool,
    work: Work,
}

/// The link by which a device's person comes.
fn link_of(device: usize) -> LinkId {
    device
        .to_string()
        .replace('0', "z")
        .repeat(12)
        .parse()
        .unwrap()
}

impl World {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let document = DocumentId::random(&mut rng);
        let people = rng.random_range(3..=5);
        let devices: Vec<Device> = (0..people)
            .map(|index| Device::new(index, document, index == 0, &mut rng))
            .collect();
        let relay = Relay::new(document, rng.random());
        Self {
            seed,
            fate: rng.clone(),
            now: Timestamp::from_ms(1_700_000_000_000),
            agenda: Agenda::default(),
            roles: vec![Role::Owner; devices.len()],
            muted: BTreeSet::new(),
            writers: BTreeMap::new(),
            revoked: BTreeSet::new(),
            slow: false,
            devices,
            relay,
            faults,
            healed: false,
            work: Work::default(),
            rng,
        }
    }

    /// Runs these rounds of the seed's [`ROUNDS`].
    pub(crate) fn run(mut self, rounds: &[u64]) -> Work {
        for device in 0..self.devices.len() {
            self.begin(device);
        }
        for round in rounds {
            self.fate = ChaCha8Rng::seed_from_u64(self.seed);
            self.fate.set_stream(round + 1);
            self.pass(2_000);
            self.something_goes_wrong();
            let device = self.fate.random_range(0..self.devices.len());
            self.somebody_does_something(device);
        }
        self.heal();
        self.until_quiet();
        self.everybody_agrees();
        self.work
    }

    fn begin(&mut self, device: usize) {
        for event in self.devices[device].first_events() {
            self.give(device, event);
        }
    }

    fn later(&mut self, ms_max: i64) -> Timestamp {
        let ms = self.rng.random_range(0..=ms_max);
        self.now.plus_ms(ms)
    }

    /// When a disk is done that takes so long at most, unless it is slow.
    fn written_by(&mut self, ms_max: i64) -> Timestamp {
        self.later(if self.slow { SLOW_MS_MAX } else { ms_max })
    }

    fn give(&mut self, device: usize, event: Event) {
        let wishes = self.devices[device].handle(event, self.now);
        for wish in wishes {
            self.fulfil(device, wish);
        }
        let life = self.devices[device].life;
        if let Some(at) = self.devices[device].next_wakeup() {
            self.agenda.add(
                at.max(self.now.plus_ms(1)),
                Happening::Tick { device, life },
            );
        }
    }

    fn fulfil(&mut self, device: usize, wish: Wish) {
        let life = self.devices[device].life;
        match wish {
            Wish::Event(Event::Written { ticket }) => {
                let at = self.written_by(30);
                self.agenda.add(
                    at,
                    Happening::Storage {
                        device,
                        life,
                        ticket,
                    },
                );
            }
            Wish::Event(event) => {
                let at = self.later(5);
                self.agenda.add(
                    at,
                    Happening::Device {
                        device,
                        life,
                        event,
                    },
                );
            }
            Wish::Connect => {
                let at = self.later(50);
                self.devices[device].wants_link = true;
                self.agenda.add(at, Happening::Linked { device, life });
            }
            Wish::Disconnect => self.unlink(device, false),
            Wish::Send(bytes) => {
                let link = self.devices[device].links;
                for at in self.arrivals() {
                    self.agenda.add(
                        at,
                        Happening::ToRelay {
                            device,
                            link,
                            bytes: bytes.clone(),
                        },
                    );
                }
            }
        }
    }

    /// When a frame arrives: usually soon and in order, sometimes late, sometimes twice.
    fn arrivals(&mut self) -> Vec<Timestamp> {
        let late = !self.healed && self.rng.random_ratio(1, 40);
        let twice = !self.healed && self.rng.random_ratio(1, 40);
        let first = if late {
            self.later(200)
        } else {
            self.now.plus_ms(5)
        };
        let second = twice.then(|| self.later(100));
        [Some(first), second].into_iter().flatten().collect()
    }

    /// Breaks a device's link; what is on its way is lost.
    fn unlink(&mut self, device: usize, tell_device: bool) {
        let link = self.devices[device].links;
        self.devices[device].links += 1;
        self.devices[device].wants_link = false;
        if let Some(peer) = self.relay.peer(device, link) {
            self.relay.links.remove(&peer);
            self.tell_room(room::Event::Left { peer });
        }
        if tell_device {
            self.give(device, Event::Disconnected);
        }
    }

    fn tell_room(&mut self, event: room::Event) {
        let effects = self.relay.handle(event, self.now);
        let queued = self.relay.room.as_ref().map_or(0, room::Room::queued_bytes);
        assert!(queued <= ROOM_QUEUE_BYTES_MAX, "{queued} bytes wait");
        for effect in effects {
            self.perform(effect);
        }
        let life = self.relay.life;
        if let Some((at, _)) = self.relay.room.as_ref().and_then(room::Room::next_wakeup) {
            self.agenda
                .add(at.max(self.now.plus_ms(1)), Happening::RoomTick { life });
        }
    }

    fn perform(&mut self, effect: Effect) {
        let life = self.relay.life;
        match effect {
            Effect::Send { peer, frame, .. } => self.deliver(peer, &frame),
            Effect::Broadcast { peers, frame, .. } => {
                for peer in peers {
                    self.deliver(peer, &frame);
                }
            }
            Effect::Append {
                ticket,
                epoch,
                changes,
            } => {
                assert!(
                    changes.iter().all(|it| !self.muted.contains(&it.hash)),
                    "a viewer changed something"
                );
                let at = self.written_by(40);
                self.agenda.add(
                    at,
                    Happening::Append {
                        life,
                        append: Append {
                            ticket,
                            epoch,
                            changes,
                        },
                    },
                );
            }
            Effect::Read {
                ticket,
                after,
                bytes_max,
            } => {
                let event = self.relay.read(ticket, after, bytes_max);
                let at = self.later(20);
                self.agenda.add(at, Happening::Room { life, event });
            }
            Effect::Close { peer, .. } => {
                if let Some((device, link)) = self.relay.links.get(&peer).copied()
                    && self.devices[device].links == link
                {
                    self.unlink(device, true);
                }
            }
            Effect::Compact { .. } | Effect::ReadSnapshot { .. } => {}
            Effect::Retire => self.relay.room = None,
        }
    }

    fn deliver(&mut self, peer: room::PeerId, frame: &[u8]) {
        let Some((device, link)) = self.relay.links.get(&peer).copied() else {
            return;
        };
        assert!(
            !self.revoked.contains(&peer),
            "a revoked link was told something"
        );
        for at in self.arrivals() {
            self.agenda.add(
                at,
                Happening::ToDevice {
                    device,
                    link,
                    bytes: frame.to_vec(),
                },
            );
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Device {
                device,
                life,
                event,
            } if self.devices[device].life == life => self.give(device, event),
            Happening::Tick { device, life } if self.devices[device].life == life => {
                let due = self.devices[device]
                    .next_wakeup()
                    .is_some_and(|at| at <= self.now);
                if due {
                    self.give(device, Event::Tick);
                }
            }
            Happening::Storage {
                device,
                life,
                ticket,
            } if self.devices[device].life == life => {
                if let Some(event) = self.devices[device].storage_answers(ticket) {
                    self.give(device, event);
                }
            }
            Happening::Linked { device, life } if self.devices[device].life == life => {
                self.link(device)
            }
            Happening::ToDevice {
                device,
                link,
                bytes,
            } if self.devices[device].links == link => {
                self.give(device, Event::Received(bytes));
            }
            Happening::ToRelay {
                device,
                link,
                bytes,
            } if self.devices[device].links == link => {
                self.arrive(device, link, bytes);
            }
            Happening::Room { life, event } if self.relay.life == life => self.tell_room(event),
            Happening::RoomTick { life }
                if self.relay.life == life && self.relay.room.is_some() =>
            {
                self.tell_room(room::Event::Tick);
            }
            Happening::Append { life, append } if self.relay.life == life => {
                let event = self.relay.perform(append);
                if self.relay.room.is_some() {
                    self.tell_room(event);
                }
            }
            _ => {}
        }
    }

    fn link(&mut self, device: usize) {
        if !self.devices[device].wants_link {
            return;
        }
        if self.devices[device].online {
            self.devices[device].links += 1;
            self.give(device, Event::Connected);
        } else {
            self.devices[device].wants_link = false;
            self.give(device, Event::Disconnected);
        }
    }

    fn arrive(&mut self, device: usize, link: u64, bytes: Vec<u8>) {
        if let Some(peer) = self.relay.peer(device, link) {
            if let Ok(ClientFrame::Push {
                changes, passed_on, ..
            }) = frame::decode(&bytes)
            {
                self.nobody_vouches_for_others(device, &changes, &passed_on);
                if self.roles[device] == Role::Viewer {
                    self.muted = changes.iter().map(|it| gate::name_of(it)).collect();
                }
            }
            self.tell_room(room::Event::Frame { peer, bytes });
            self.muted.clear();
            return;
        }
        match Hello::read(&bytes) {
            Ok(hello) => {
                let peer = self.relay.join(device, link);
                let grant = Grant {
                    role: self.roles[device],
                    link: Some(link_of(device)),
                    person: Some(hello.person),
                    name: None,
                };
                self.tell_room(room::Event::Joined { peer, hello, grant });
            }
            Err(_) => self.unlink(device, true),
        }
    }

    /// A14: whatever was lost and brought back by whom, one device alone says that it wrote under an actor.
    fn nobody_vouches_for_others(&mut self, device: usize, changes: &[Vec<u8>], passed_on: &[u32]) {
        let own = (0..)
            .zip(changes)
            .filter(|(place, _)| !passed_on.contains(place));
        for (_, change) in own {
            let meta = gate::describe(change, &gate::ChangeIndex::default());
            let actor = meta.expect("a device sends changes").actor;
            let writer = self.writers.entry(actor).or_insert(device);
            assert_eq!(
                *writer, device,
                "somebody vouches for another device's work"
            );
        }
    }

    /// Lets up to this much time pass.
    fn pass(&mut self, ms_max: i64) {
        let until = self.later(ms_max);
        while self.agenda.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = until;
    }

    fn step(&mut self) {
        if let Some((at, happening)) = self.agenda.next() {
            self.now = self.now.max(at);
            self.happen(happening);
        }
    }

    fn somebody_does_something(&mut self, device: usize) {
        if !self.devices[device].session.backlog().is_ready() {
            return;
        }
        for _ in 0..self.fate.random_range(1..4) {
            let number = self.devices[device].next_number();
            let message = person::wants(
                self.devices[device].session.backlog(),
                number,
                self.now.plus_ms(self.devices[device].clock_ms),
                &mut self.fate,
            );
            let tab = self.devices[device].tab;
            self.work.deeds += 1;
            self.give(device, Event::FromTab { tab, message });
        }
    }

    fn something_goes_wrong(&mut self) {
        let device = self.fate.random_range(0..self.devices.len());
        if self.fate.random_ratio(1, 8) {
            self.work.cuts += 1;
            self.unlink(device, true);
        }
        if self.fate.random_ratio(1, 8) {
            self.devices[device].online = !self.devices[device].online;
            if !self.devices[device].online {
                self.unlink(device, true);
            }
        }
        if self.fate.random_ratio(1, 16) {
            self.set_clock(device);
        }
        if self.faults == Faults::Roles && self.fate.random_ratio(1, 6) {
            self.change_role(device);
        }
        if matches!(self.faults, Faults::Network | Faults::Roles) {
            return;
        }
        match self.fate.random_range(0..40) {
            0 => self.crash_device(device),
            1 => self.crash_relay(),
            2 => {
                self.work.full += 1;
                self.relay.full = !self.relay.full;
            }
            3 => {
                self.work.full += 1;
                self.devices[device].disk.full = !self.devices[device].disk.full;
            }
            10..13 => {
                self.work.slow += 1;
                self.slow = !self.slow;
            }
            20..23 => self.devices[device].copy_profile(),
            23..25
                if !self.devices[device].disk.full && self.devices[device].put_profile_back() =>
            {
                self.work.put_back += 1;
                self.crash_device(device);
            }
            4..8 if self.faults == Faults::Restores => self.relay.back_up(),
            8..10 if self.faults == Faults::Restores => {
                let everybody: Vec<usize> = (0..self.devices.len()).collect();
                if self.relay.restore(&mut self.rng) {
                    self.work.restores += 1;
                    everybody
                        .into_iter()
                        .for_each(|device| self.unlink(device, true));
                }
            }
            _ => {}
        }
    }

    /// A link is revoked and its person gets another one, with another role. Somebody goes on owning the backlog.
    fn change_role(&mut self, device: usize) {
        if device == 0 {
            return;
        }
        self.work.roles += 1;
        self.roles[device] = Role::ALL[self.rng.random_range(0..Role::ALL.len())];
        let link = Some(link_of(device));
        let links = self.relay.links.iter();
        let came_by_it = links.filter(|(_, (of, _))| *of == device);
        let peers: Vec<room::PeerId> = came_by_it.map(|(peer, _)| *peer).collect();
        self.tell_room(room::Event::Revoked { link });
        self.revoked.extend(peers);
    }

    /// A machine's clock is set; whatever wakes the browser next, it finds another time.
    fn set_clock(&mut self, device: usize) {
        self.work.clocks += 1;
        self.devices[device].clock_ms = self.rng.random_range(-CLOCK_MS_MAX..=CLOCK_MS_MAX);
        self.give(device, Event::Tick);
    }

    fn crash_device(&mut self, device: usize) {
        // A browser whose disk is full has told its person that the work is only in memory; and what it holds can't be read
        // until there is room.
        self.work.unread += usize::from(self.devices[device].disk.full);
        self.work.crashes += 1;
        self.unlink(device, false);
        self.devices[device].crash(&mut self.rng);
        self.begin(device);
    }

    fn crash_relay(&mut self) {
        self.work.crashes += 1;
        self.relay.crash();
        for device in 0..self.devices.len() {
            self.unlink(device, true);
        }
    }

    fn heal(&mut self) {
        self.healed = true;
        self.relay.full = false;
        self.slow = false;
        for device in &mut self.devices {
            device.online = true;
            device.disk.full = false;
        }
        // Somebody who crashed before anything was on their disk holds nothing; the others bring the backlog.
    }

    fn until_quiet(&mut self) {
        let end = self.now.plus_ms(QUIET_MS_MAX);
        let mut happenings = 0;
        while !self.is_quiet() {
            assert!(
                self.agenda.next_at().is_some_and(|at| at <= end),
                "no quiet: {}",
                self.told()
            );
            self.step();
            happenings += 1;
            assert!(happenings < HAPPENINGS_MAX, "a loop: {}", self.told());
        }
    }

    fn is_quiet(&self) -> bool {
        let heads = |device: &Device| device.session.backlog().heads();
        let first = heads(&self.devices[0]);
        self.devices.iter().all(|device| {
            heads(device) == first
                && device.status.as_ref().is_some_and(|status| {
                    status.relay == RelayState::Live
                        && status.unsent == 0
                        && status.device == shared::session::messages::DeviceState::Saved
                })
        })
    }

    fn told(&self) -> String {
        let told: Vec<_> = self
            .devices
            .iter()
            .map(|device| {
                let changes = device.session.backlog().changes().len();
                format!(
                    "{:?} {changes} changes {:?}",
                    device.status,
                    device.notices.last()
                )
            })
            .collect();
        format!("{told:#?}, log {}", self.relay.log.changes.len())
    }

    /// A14: all hear the same of work that is not their own. A log that is put back without a word may get a change from
    /// its author once, and from a colleague the next time; who heard of it before has not heard wrong.
    fn everybody_heard_who_is_unverified(&self, changes: &[Hash]) {
        if self.faults == Faults::Restores {
            return;
        }
        let backlogs = self.devices.iter().map(|device| device.session.backlog());
        let backlogs: Vec<_> = backlogs.collect();
        for hash in changes {
            let place = backlogs[0].place_of(hash);
            let (actor, number) = place.expect("it is held");
            let writer = self.writers.get(&actor);
            let others = (0..).zip(&backlogs);
            let others = others.filter(|(device, _)| Some(device) != writer);
            let heard: BTreeSet<bool> = others
                .map(|(_, backlog)| backlog.unverified().holds(&actor, number))
                .collect();
            assert!(
                heard.len() < 2,
                "only some heard that a change is unverified"
            );
        }
    }

    fn everybody_agrees(&mut self) {
        let (first, others) = self.devices.split_first().unwrap();
        let (outline, everything) = (first.outline(), first.everything());
        for other in others {
            assert_eq!(other.outline(), outline);
            assert_eq!(other.everything(), everything);
        }
        let mut changes = first.session.backlog().changes();
        self.everybody_heard_who_is_unverified(&changes);
        changes.sort_unstable();
        let stored = self.relay.hashes();
        assert!(
            stored == changes,
            "the store holds {} changes, the documents {}",
            stored.len(),
            changes.len()
        );
        let held: BTreeSet<_> = changes.iter().copied().collect();
        for device in &self.devices {
            let refused = device.status.as_ref().map_or(1, |status| status.refused);
            // What the relay did not take is aside, in no document.
            assert!(
                refused > 0 || device.durable.is_subset(&held),
                "what was on a device's disk is lost"
            );
            assert!(
                refused == 0 || self.faults == Faults::Roles,
                "{}",
                self.told()
            );
            self.work.refused += usize::try_from(refused).unwrap();
        }
        self.work.changes = changes.len();
        self.work.conflicts = first
            .session
            .backlog()
            .rows()
            .map(|row| row.conflicts.len())
            .sum();
        self.work.fingerprint = changes
            .iter()
            .flatten()
            .fold(0, |sum, byte| sum * 31 % 1_000_003 + u64::from(*byte));
    }
}
