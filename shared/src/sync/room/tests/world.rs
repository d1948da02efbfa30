//! A room, the log it stands on, and everything that was said.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use automerge::{ActorId, Author, AutoCommit, Automerge, Change, ROOT, transaction::Transactable};

use crate::{
    ids::{DocumentId, PersonId},
    sync::{
        access::{Grant, Role},
        frame::{self, ClientFrame, Cursor, Epoch, Hash, Mark, RefusalCode, RelayFrame},
        room::{
            Class, Effect, Event, Hello, NewChange, Opened, PeerId, Room, StoreTrouble, Ticket,
        },
    },
    time::Timestamp,
};

pub(super) const DOCUMENT: DocumentId = DocumentId::from_bytes([9; 16]);

/// The log of one document, as a store keeps it.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    pub(super) epoch: Epoch,
    pub(super) changes: Vec<NewChange>,
    pub(super) snapshot_seq: Option<u64>,
}

impl Log {
    pub(super) fn opened(&self) -> Opened {
        Opened {
            epoch: self.epoch,
            last_seq: self.changes.len() as u64,
            bytes: self.changes.iter().map(|it| it.body.len() as u64).sum(),
            metas: (1..)
                .zip(self.changes.iter().map(|change| change.meta.clone()))
                .collect(),
            snapshot_seq: self.snapshot_seq,
        }
    }

    fn append(&mut self, changes: Vec<NewChange>) -> Vec<u64> {
        let numbered = changes.into_iter().map(|change| {
            let held = self
                .changes
                .iter()
                .position(|held| held.hash == change.hash);
            let index = held.unwrap_or_else(|| {
                self.changes.push(change);
                self.changes.len() - 1
            });
            index as u64 + 1
        });
        numbered.collect()
    }

    fn read(&self, after: u64, bytes_max: usize) -> Vec<(u64, Vec<u8>)> {
        let mut bytes = 0;
        let mut page = Vec::new();
        for (seq, change) in (1..).zip(&self.changes).skip(after as usize) {
            bytes += change.body.len();
            if bytes > bytes_max && !page.is_empty() {
                break;
            }
            page.push((seq, change.body.to_vec()));
        }
        page
    }

    /// The document that the first changes make.
    fn saved(&self, seq: u64) -> Vec<u8> {
        let mut document = Automerge::new();
        for change in &self.changes[..seq as usize] {
            let change = Change::from_bytes(change.body.to_vec()).expect("the gate let it pass");
            document
                .apply_changes([change])
                .expect("in the log's order");
        }
        document.save()
    }

    pub(super) fn hashes(&self) -> Vec<Hash> {
        self.changes.iter().map(|change| change.hash).collect()
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) room: Room,
    pub(super) log: Log,
    pub(super) now: Timestamp,
    /// What the next appends are answered, instead of success.
    pub(super) trouble: Option<StoreTrouble>,
    pub(super) appends: VecDeque<(Ticket, Vec<NewChange>)>,
    pub(super) reads: VecDeque<(Ticket, u64, usize)>,
    pub(super) closed: BTreeMap<PeerId, u16>,
    pub(super) lagging: BTreeSet<PeerId>,
    pub(super) compacts: Vec<u64>,
    /// Whether snapshots that were asked for are made, and how many answers were given.
    pub(super) snapshots: Option<bool>,
    /// The change that is named when a snapshot is not made.
    pub(super) unusable: Option<u64>,
    compacts_answered: usize,
    snapshot_reads: VecDeque<Ticket>,
    pub(super) retired: bool,
    pub(super) broadcasts: usize,
    /// What each client was told that it may do. Not in the inboxes: every welcome is followed by it.
    pub(super) access: BTreeMap<PeerId, (Role, Option<String>)>,
    inboxes: BTreeMap<PeerId, Vec<RelayFrame>>,
    /// Who came by the door, and what is on its way to them.
    pub(super) stock: BTreeMap<PeerId, VecDeque<(Class, Vec<u8>)>>,
    peers: u64,
}

impl World {
    pub(super) fn new() -> Self {
        Self::on(Log {
            epoch: 7,
            ..Log::default()
        })
    }

    pub(super) fn on(log: Log) -> Self {
        Self {
            room: Room::new(DOCUMENT, log.opened()).expect("the room wrote these metas"),
            log,
            now: Timestamp::from_ms(1_000_000),
            trouble: None,
            appends: VecDeque::new(),
            reads: VecDeque::new(),
            closed: BTreeMap::new(),
            lagging: BTreeSet::new(),
            compacts: Vec::new(),
            snapshots: None,
            unusable: None,
            compacts_answered: 0,
            snapshot_reads: VecDeque::new(),
            retired: false,
            broadcasts: 0,
            access: BTreeMap::new(),
            inboxes: BTreeMap::new(),
            stock: BTreeMap::new(),
            peers: 0,
        }
    }

    /// Somebody who begins the backlog, in step with the empty log.
    pub(super) fn founder(&mut self) -> PeerId {
        let peer = self.join(1, None, true);
        self.say(peer, &ClientFrame::Pull { after: 0 });
        self.hear(peer);
        peer
    }

    /// Somebody who has stored the log up to here, in step with it.
    pub(super) fn follower(&mut self, person: u8, seq: u64) -> PeerId {
        let cursor = Cursor {
            epoch: self.log.epoch,
            mark: self.mark(seq),
        };
        let peer = self.join(person, Some(cursor), false);
        self.say(peer, &ClientFrame::Pull { after: seq });
        self.hear(peer);
        peer
    }

    /// The log up to this number.
    pub(super) fn mark(&self, seq: u64) -> Mark {
        let changes = self.log.changes.iter().take(usize::try_from(seq).unwrap());
        Mark::after(changes.map(|change| &change.hash))
    }

    pub(super) fn join(&mut self, person: u8, cursor: Option<Cursor>, holds: bool) -> PeerId {
        self.peers += 1;
        let peer = PeerId(self.peers);
        let hello = Hello {
            document: DOCUMENT,
            person: PersonId::from_bytes([person; 16]),
            cursor,
            holds_changes: holds,
        };
        let grant = Grant {
            person: Some(hello.person),
            ..Grant::owner()
        };
        self.act(Event::Joined { peer, hello, grant });
        peer
    }

    /// Somebody with a role, who has stored the log up to here and is in step with it.
    pub(super) fn enter(&mut self, person: u8, seq: u64, grant: Grant) -> PeerId {
        self.peers += 1;
        let peer = PeerId(self.peers);
        let cursor = Cursor {
            epoch: self.log.epoch,
            mark: self.mark(seq),
        };
        let hello = Hello {
            document: DOCUMENT,
            person: PersonId::from_bytes([person; 16]),
            cursor: Some(cursor),
            holds_changes: false,
        };
        self.act(Event::Joined { peer, hello, grant });
        self.say(peer, &ClientFrame::Pull { after: seq });
        self.hear(peer);
        peer
    }

    /// A stock client comes by the door.
    pub(super) fn join_by_door(&mut self, name: &str) -> PeerId {
        self.join_by_door_as(name, Grant::owner())
    }

    /// A stock client comes by a link.
    pub(super) fn join_by_door_as(&mut self, name: &str, grant: Grant) -> PeerId {
        self.peers += 1;
        let peer = PeerId(self.peers);
        self.stock.insert(peer, VecDeque::new());
        let name = name.to_owned();
        self.act(Event::DoorJoined { peer, name, grant });
        peer
    }

    pub(super) fn leave(&mut self, peer: PeerId) {
        self.act(Event::Left { peer });
    }

    pub(super) fn say(&mut self, peer: PeerId, frame: &ClientFrame) {
        let bytes = frame::encode(frame);
        self.act(Event::Frame { peer, bytes });
    }

    pub(super) fn push(&mut self, peer: PeerId, batch: u64, changes: &[&Made]) {
        let changes = changes.iter().map(|change| change.bytes.clone()).collect();
        self.push_as(peer, batch, changes, Vec::new());
    }

    /// Pushes changes of which some are passed on for others.
    pub(super) fn push_as(
        &mut self,
        peer: PeerId,
        batch: u64,
        changes: Vec<Vec<u8>>,
        passed_on: Vec<u32>,
    ) {
        let push = ClientFrame::Push {
            batch,
            changes,
            passed_on,
        };
        self.say(peer, &push);
    }

    /// What a peer was sent since it was last asked.
    pub(super) fn hear(&mut self, peer: PeerId) -> Vec<RelayFrame> {
        self.inboxes.remove(&peer).unwrap_or_default()
    }

    /// Time passes, with a tick whenever the room asks for one.
    pub(super) fn pass_ms(&mut self, ms: i64) {
        let end = self.now.plus_ms(ms);
        while let Some((at, _)) = self.room.next_wakeup().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.act(Event::Tick);
        }
        self.now = end;
    }

    /// The store answers everything that was asked of it.
    pub(super) fn settle(&mut self) {
        while self.store_one() || self.read_one() || self.snapshot_one() {}
    }

    /// Makes or refuses a snapshot, or reads one.
    fn snapshot_one(&mut self) -> bool {
        if let Some(ticket) = self.snapshot_reads.pop_front() {
            let snapshot = self.log.snapshot_seq.map(|seq| (seq, self.log.saved(seq)));
            self.act(Event::SnapshotRead {
                ticket,
                result: Ok(snapshot),
            });
            return true;
        }
        let (Some(makes), Some(seq)) = (
            self.snapshots,
            self.compacts.get(self.compacts_answered).copied(),
        ) else {
            return false;
        };
        self.compacts_answered += 1;
        if makes {
            self.log.snapshot_seq = self.log.snapshot_seq.max(Some(seq));
            self.act(Event::SnapshotMade { seq });
        } else {
            let unusable = self.unusable;
            self.act(Event::NoSnapshot { unusable });
        }
        true
    }

    pub(super) fn store_one(&mut self) -> bool {
        let Some((ticket, changes)) = self.appends.pop_front() else {
            return false;
        };
        let result = match self.trouble {
            None => Ok(self.log.append(changes)),
            Some(trouble) => Err(trouble),
        };
        self.act(Event::Appended { ticket, result });
        true
    }

    pub(super) fn read_one(&mut self) -> bool {
        let Some((ticket, after, bytes_max)) = self.reads.pop_front() else {
            return false;
        };
        let result = Ok(self.log.read(after, bytes_max));
        self.act(Event::Read { ticket, result });
        true
    }

    pub(super) fn act(&mut self, event: Event) {
        for effect in self.room.handle(event, self.now) {
            self.perform(effect);
        }
    }

    fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Send { peer, frame, class } => self.deliver(peer, &frame, class),
            Effect::Broadcast {
                peers,
                frame,
                class,
            } => {
                self.broadcasts += 1;
                for peer in peers {
                    self.deliver(peer, &frame, class);
                }
            }
            Effect::Append {
                ticket,
                epoch,
                changes,
            } => {
                assert_eq!(epoch, self.log.epoch);
                assert!(self.appends.is_empty(), "one append at a time");
                self.appends.push_back((ticket, changes));
            }
            Effect::Read {
                ticket,
                after,
                bytes_max,
            } => self.reads.push_back((ticket, after, bytes_max)),
            Effect::Close { peer, code } => {
                self.closed.insert(peer, code);
            }
            Effect::ReadSnapshot { ticket } => self.snapshot_reads.push_back(ticket),
            Effect::Compact { seq } => self.compacts.push(seq),
            Effect::Retire => self.retired = true,
        }
    }

    fn deliver(&mut self, peer: PeerId, frame: &[u8], class: Class) {
        assert!(
            !self.closed.contains_key(&peer),
            "closed peers hear nothing"
        );
        let lags = self.lagging.contains(&peer);
        assert!(
            !lags || class == Class::Control,
            "lagging peers are told nothing"
        );
        if let Some(inbox) = self.stock.get_mut(&peer) {
            inbox.push_back((class, frame.to_vec()));
            return;
        }
        let frame = frame::decode(frame).expect("the room writes whole frames");
        if let RelayFrame::Access { role, name } = frame {
            self.access.insert(peer, (role, name));
            return;
        }
        self.is_on_disk(&frame);
        self.inboxes.entry(peer).or_default().push(frame);
    }
}

impl World {
    /// S1, in every story.
    fn is_on_disk(&self, frame: &RelayFrame) {
        let stored = |seq: u64| &self.log.changes[seq as usize - 1];
        match frame {
            RelayFrame::Acknowledged { changes, .. } => {
                for (hash, seq) in changes {
                    assert_eq!(stored(*seq).hash, *hash);
                }
            }
            RelayFrame::Changes {
                from_seq, changes, ..
            } => {
                for (seq, body) in (*from_seq..).zip(changes) {
                    assert_eq!(stored(seq).body[..], body[..]);
                }
            }
            _ => {}
        }
    }

    /// The next frame on its way to a peer.
    pub(super) fn hear_one(&mut self, peer: PeerId) -> Option<RelayFrame> {
        let inbox = self.inboxes.get_mut(&peer)?;
        (!inbox.is_empty()).then(|| inbox.remove(0))
    }

    /// Whether a frame is on its way to a peer.
    pub(super) fn has_news(&self, peer: PeerId) -> bool {
        self.inboxes
            .get(&peer)
            .is_some_and(|inbox| !inbox.is_empty())
    }

    /// What a shell does with a queue that is too long.
    pub(super) fn bound_queue(&mut self, peer: PeerId, frames_max: usize) {
        if let Some(inbox) = self.stock.get_mut(&peer) {
            if inbox.len() > frames_max && self.lagging.insert(peer) {
                inbox.retain(|(class, _)| *class == Class::Control);
                self.act(Event::Lagging { peer });
            } else if inbox.is_empty() && self.lagging.remove(&peer) {
                self.act(Event::Writable { peer });
            }
            return;
        }
        let inbox = self.inboxes.entry(peer).or_default();
        if inbox.len() > frames_max && self.lagging.insert(peer) {
            inbox.retain(|frame| {
                !matches!(
                    frame,
                    RelayFrame::Changes { .. } | RelayFrame::Presence { .. }
                )
            });
            self.act(Event::Lagging { peer });
        } else if inbox.is_empty() && self.lagging.remove(&peer) {
            self.act(Event::Writable { peer });
        }
    }

    /// The relay's process ends and starts again on what the disk holds.
    pub(super) fn restart(&mut self) {
        let (now, peers, snapshots) = (self.now, self.peers, self.snapshots);
        *self = Self::on(std::mem::take(&mut self.log));
        (self.now, self.peers, self.snapshots) = (now, peers, snapshots);
    }
}

/// One change with its name.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub(super) hash: Hash,
    pub(super) bytes: Vec<u8>,
}

/// Somebody's document.
#[derive(Clone, Debug)]
pub(super) struct Writer {
    pub(super) doc: AutoCommit,
}

/// A document of this person, who writes under this actor.
pub(super) fn writer(person: u8, actor: u8) -> Writer {
    let author = Author::from(vec![person; 16]);
    let mut doc = AutoCommit::new().with_author(Some(author));
    doc.set_actor(ActorId::from([actor; 16]));
    Writer { doc }
}

/// A document of nobody in particular.
pub(super) fn nobody(actor: u8) -> Writer {
    let mut doc = AutoCommit::new();
    doc.set_actor(ActorId::from([actor; 16]));
    Writer { doc }
}

impl Writer {
    /// Sets a key in one change.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Made {
        self.doc.put(ROOT, key, value).expect("the root is a map");
        self.doc.commit().expect("there is something to commit");
        let change = self.doc.get_last_local_change().expect("just made");
        Made {
            hash: change.hash().0,
            bytes: change.raw_bytes().to_vec(),
        }
    }

    /// Several small changes, each built on the one before.
    pub(super) fn set_many(&mut self, count: usize) -> Vec<Made> {
        (0..count)
            .map(|n| self.set(&format!("key{n}"), "value"))
            .collect()
    }
}

/// The hashes and numbers in all acknowledgements.
pub(super) fn acknowledged(frames: &[RelayFrame]) -> Vec<(Hash, u64)> {
    let lists = frames.iter().filter_map(|frame| match frame {
        RelayFrame::Acknowledged { changes, .. } => Some(changes.clone()),
        _ => None,
    });
    lists.flatten().collect()
}

/// The numbers of all changes told.
pub(super) fn told(frames: &[RelayFrame]) -> Vec<u64> {
    let ranges = frames.iter().filter_map(|frame| match frame {
        RelayFrame::Changes {
            from_seq, changes, ..
        } => Some(*from_seq..*from_seq + changes.len() as u64),
        _ => None,
    });
    ranges.flatten().collect()
}

/// The refused changes with the reasons.
pub(super) fn refusals(frames: &[RelayFrame]) -> Vec<(Hash, RefusalCode)> {
    let refusals = frames.iter().filter_map(|frame| match frame {
        RelayFrame::Refused { hash, code, .. } => Some((*hash, code.clone())),
        _ => None,
    });
    refusals.collect()
}
