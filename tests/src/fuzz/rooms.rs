//! A room with an honest person in it, and a stranger who says anything.

use std::collections::BTreeMap;

use shared::{
    ids::{DocumentId, PersonId},
    sync::{
        access::Grant,
        frame::{self, ClientFrame, Goodbye, RelayFrame},
        room::{Effect, Event, Hello, NewChange, Opened, PeerId, Room},
    },
    time::Timestamp,
};

use super::seeds;

/// The backlog that every frame and message is about.
pub(super) const DOCUMENT: DocumentId = DocumentId::from_bytes([9; 16]);

/// After so many inputs a new room is opened, so that the log stays short.
const INPUTS_PER_ROOM: usize = 500;

/// A room with its log.
#[derive(Debug)]
pub(super) struct Table {
    room: Room,
    log: Vec<NewChange>,
    peers: u64,
    honest: PeerId,
    stranger: Option<PeerId>,
    stock: Option<PeerId>,
    closed: BTreeMap<PeerId, u16>,
    inputs: usize,
    now: Timestamp,
}

impl Table {
    pub(super) fn new() -> Self {
        let opened = Opened {
            epoch: 7,
            last_seq: 0,
            bytes: 0,
            metas: Vec::new(),
            snapshot_seq: None,
        };
        let room = Room::new(DOCUMENT, opened).expect("an empty log");
        let mut table = Self {
            room,
            log: Vec::new(),
            peers: 0,
            honest: PeerId(0),
            stranger: None,
            stock: None,
            closed: BTreeMap::new(),
            inputs: 0,
            now: Timestamp::from_ms(1_000_000),
        };
        table.honest = table.join();
        let changes = seeds::changes(1, 12);
        let push = ClientFrame::Push {
            batch: 1,
            changes,
            passed_on: Vec::new(),
        };
        table.say(table.honest, frame::encode(&push));
        assert!(table.log.len() > 5, "honest changes are stored");
        table
    }

    /// A frame from the stranger. Says whether they stay.
    pub(super) fn frame(&mut self, bytes: &[u8]) -> Result<bool, String> {
        self.renew();
        // Both ends read it; and it may come first.
        drop(frame::decode::<RelayFrame>(bytes));
        drop(Hello::read(bytes));
        let stranger = match self.stranger {
            Some(stranger) => stranger,
            None => self.join(),
        };
        self.say(stranger, bytes.to_vec());
        let stays = !self.closed.contains_key(&stranger);
        self.stranger = stays.then_some(stranger);
        self.nobody_else_is_harmed()?;
        Ok(stays)
    }

    /// A message from a stock client. Says whether it stays.
    pub(super) fn door(&mut self, bytes: &[u8]) -> Result<bool, String> {
        self.renew();
        let stock = match self.stock {
            Some(stock) => stock,
            None => {
                self.peers += 1;
                let peer = PeerId(self.peers);
                let name = "stranger".to_owned();
                let grant = Grant::owner();
                self.act(Event::DoorJoined { peer, name, grant });
                peer
            }
        };
        let bytes = bytes.to_vec();
        self.act(Event::DoorMessage { peer: stock, bytes });
        let stays = !self.closed.contains_key(&stock);
        self.stock = stays.then_some(stock);
        self.nobody_else_is_harmed()?;
        Ok(stays)
    }

    fn nobody_else_is_harmed(&self) -> Result<(), String> {
        match self.closed.get(&self.honest) {
            None => Ok(()),
            Some(code) => Err(format!("somebody else's connection was closed with {code}")),
        }
    }

    fn renew(&mut self) {
        self.inputs += 1;
        self.now = self.now.plus_ms(100);
        if self.inputs > INPUTS_PER_ROOM {
            *self = Self::new();
        }
    }

    fn join(&mut self) -> PeerId {
        self.peers += 1;
        let peer = PeerId(self.peers);
        let hello = Hello {
            document: DOCUMENT,
            person: PersonId::from_bytes([1; 16]),
            cursor: None,
            holds_changes: true,
        };
        let grant = Grant::owner();
        self.act(Event::Joined { peer, hello, grant });
        self.say(peer, frame::encode(&ClientFrame::Pull { after: 0 }));
        peer
    }

    fn say(&mut self, peer: PeerId, bytes: Vec<u8>) {
        self.act(Event::Frame { peer, bytes });
    }

    /// Lets the room act, with a store that answers at once.
    fn act(&mut self, event: Event) {
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            for effect in self.room.handle(event, self.now) {
                match effect {
                    Effect::Append {
                        ticket, changes, ..
                    } => {
                        let first = self.log.len() as u64 + 1;
                        let seqs = (first..).take(changes.len()).collect();
                        self.log.extend(changes);
                        let result = Ok(seqs);
                        events.push(Event::Appended { ticket, result });
                    }
                    Effect::Read {
                        ticket,
                        after,
                        bytes_max,
                    } => events.push(Event::Read {
                        ticket,
                        result: Ok(self.read(after, bytes_max)),
                    }),
                    Effect::ReadSnapshot { ticket } => events.push(Event::SnapshotRead {
                        ticket,
                        result: Ok(None),
                    }),
                    Effect::Compact { .. } => events.push(Event::NoSnapshot { unusable: None }),
                    Effect::Close { peer, code } => {
                        assert_ne!(code, Goodbye::Broken.close_code(), "the room gave up");
                        self.closed.insert(peer, code);
                    }
                    Effect::Retire => panic!("the room gave up"),
                    Effect::Send { .. } | Effect::Broadcast { .. } => {}
                }
            }
        }
    }

    fn read(&self, after: u64, bytes_max: usize) -> Vec<(u64, Vec<u8>)> {
        let mut bytes = 0;
        let after = usize::try_from(after).unwrap_or(usize::MAX);
        let numbered = (1..).zip(&self.log).skip(after);
        let page = numbered.take_while(|(_, change)| {
            let first = bytes == 0;
            bytes += change.body.len();
            first || bytes <= bytes_max
        });
        page.map(|(seq, change)| (seq, change.body.to_vec()))
            .collect()
    }
}
