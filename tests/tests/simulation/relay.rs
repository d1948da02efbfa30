//! The relay: a room over a store that can crash, fill up, and be restored from a backup.

use std::collections::BTreeMap;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use shared::{
    ids::DocumentId,
    sync::{
        frame::Hash,
        room::{Effect, Event, NewChange, Opened, PeerId, Room, StoreTrouble, Ticket},
    },
    time::Timestamp,
};

/// An append on its way to the disk.
#[derive(Clone, Debug)]
pub(crate) struct Append {
    pub(crate) ticket: Ticket,
    pub(crate) epoch: u64,
    pub(crate) changes: Vec<NewChange>,
}

/// What is on the relay's disk.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    pub(crate) epoch: u64,
    pub(crate) changes: Vec<NewChange>,
}

/// The relay with one backlog.
#[derive(Debug)]
pub(crate) struct Relay {
    document: DocumentId,
    pub(crate) log: Log,
    backup: Option<Log>,
    pub(crate) full: bool,
    pub(crate) room: Option<Room>,
    pub(crate) life: u64,
    peers: u64,
    /// Which device and link a peer is.
    pub(crate) links: BTreeMap<PeerId, (usize, u64)>,
}

impl Relay {
    pub(crate) fn new(document: DocumentId, epoch: u64) -> Self {
        let log = Log {
            epoch,
            changes: Vec::new(),
        };
        Self {
            document,
            log,
            backup: None,
            full: false,
            room: None,
            life: 0,
            peers: 0,
            links: BTreeMap::new(),
        }
    }

    /// The relay dies; what was not on the disk is gone.
    pub(crate) fn crash(&mut self) {
        self.room = None;
        self.life += 1;
        self.links.clear();
    }

    pub(crate) fn back_up(&mut self) {
        self.backup = Some(self.log.clone());
    }

    /// The data folder is put back to the backup: mostly by the restore command, which gives the log a new epoch, else
    /// by somebody who copies files, which nobody notices.
    pub(crate) fn restore(&mut self, rng: &mut ChaCha8Rng) -> bool {
        let Some(backup) = self.backup.clone() else {
            return false;
        };
        self.crash();
        let noticed = rng.random_ratio(1, 2);
        self.log = Log {
            epoch: if noticed { rng.random() } else { backup.epoch },
            ..backup
        };
        true
    }

    pub(crate) fn join(&mut self, device: usize, link: u64) -> PeerId {
        self.peers += 1;
        let peer = PeerId(self.peers);
        self.links.insert(peer, (device, link));
        peer
    }

    pub(crate) fn peer(&self, device: usize, link: u64) -> Option<PeerId> {
        self.links
            .iter()
            .find(|(_, of)| **of == (device, link))
            .map(|(peer, _)| *peer)
    }

    pub(crate) fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        let room = self.room.get_or_insert_with(|| {
            let metas = self
                .log
                .changes
                .iter()
                .zip(1..)
                .map(|(change, seq)| (seq, change.meta.clone()))
                .collect::<Vec<_>>();
            let opened = Opened {
                epoch: self.log.epoch,
                last_seq: metas.len() as u64,
                bytes: 0,
                metas,
                snapshot_seq: None,
            };
            Room::new(self.document, opened).expect("the metas are the room's own")
        });
        room.handle(event, now)
    }

    /// The disk comes to an append.
    pub(crate) fn perform(&mut self, append: Append) -> Event {
        let Append {
            ticket,
            epoch,
            changes,
        } = append;
        let result = if epoch != self.log.epoch {
            Err(StoreTrouble::Replaced)
        } else if self.full {
            Err(StoreTrouble::Full)
        } else {
            let mut seqs = Vec::new();
            for change in changes {
                let known = self
                    .log
                    .changes
                    .iter()
                    .position(|known| known.hash == change.hash);
                let at = known.unwrap_or_else(|| {
                    self.log.changes.push(change);
                    self.log.changes.len() - 1
                });
                seqs.push(at as u64 + 1);
            }
            Ok(seqs)
        };
        Event::Appended { ticket, result }
    }

    pub(crate) fn read(&self, ticket: Ticket, after: u64, bytes_max: usize) -> Event {
        let mut bytes = 0;
        let mut found = Vec::new();
        for (change, seq) in self
            .log
            .changes
            .iter()
            .zip(1_u64..)
            .skip_while(|(_, seq)| *seq <= after)
        {
            bytes += change.body.len();
            if bytes > bytes_max && !found.is_empty() {
                break;
            }
            found.push((seq, change.body.to_vec()));
        }
        Event::Read {
            ticket,
            result: Ok(found),
        }
    }

    pub(crate) fn hashes(&self) -> Vec<Hash> {
        let mut hashes: Vec<Hash> = self.log.changes.iter().map(|change| change.hash).collect();
        hashes.sort_unstable();
        hashes
    }
}
