//! Somebody whose connection takes nothing harms nobody, and misses nothing once it does.

use std::{collections::BTreeMap, sync::Arc};

use server::{
    limits::QUEUE_FRAMES_MAX,
    rooms::{Rooms, Seat, outbox::Outgoing},
    store::memory::MemoryStore,
};
use shared::{
    ids::DocumentId,
    sync::{
        access::Grant,
        frame::{self, ClientFrame, RelayFrame},
        room::{Event, Hello},
    },
};
use tests::author::Author;

/// More than a queue holds.
const CHANGES: usize = QUEUE_FRAMES_MAX + 100;

#[tokio::test]
async fn relay_a_stalled_client_harms_nobody_and_catches_up() {
    let rooms = Rooms::new(Arc::new(MemoryStore::new()));
    let (document, mut alice) = Author::begin(1);
    let mut active = Client::join(&rooms, document, &alice).await;
    let mut stalled = Client::join(&rooms, document, &alice).await;
    stalled.say(&ClientFrame::Pull { after: 0 }).await;
    active.push(0, alice.written()[0].bytes.clone()).await;
    for n in 1..=CHANGES {
        let change = alice.add(&format!("Item {n}"));
        active.push(n as u64, change.bytes).await;
    }

    let mut resumed = false;
    let mut frames = 0;
    let last = alice.written().len() as u64;
    while stalled.cursor < last {
        match stalled.hear().await {
            RelayFrame::Resume => {
                resumed = true;
                let after = stalled.cursor;
                stalled.say(&ClientFrame::Pull { after }).await;
            }
            RelayFrame::Changes {
                from_seq, changes, ..
            } if from_seq == stalled.cursor + 1 => {
                for change in changes {
                    stalled.cursor += 1;
                    stalled.log.insert(stalled.cursor, change);
                }
                let seq = stalled.cursor;
                stalled.say(&ClientFrame::Seen { seq }).await;
            }
            _ => {}
        }
        frames += 1;
        assert!(frames < 2 * CHANGES, "it catches up");
    }
    assert!(resumed, "it was told that it missed something");
    let log: Vec<Vec<u8>> = stalled.log.into_values().collect();
    let written: Vec<Vec<u8>> = alice
        .written()
        .iter()
        .map(|change| change.bytes.clone())
        .collect();
    assert!(log == written, "it has everything");
}

/// A connection without a socket: what the relay says waits until somebody listens.
struct Client {
    seat: Seat,
    heard: std::collections::VecDeque<RelayFrame>,
    cursor: u64,
    log: BTreeMap<u64, Vec<u8>>,
}

impl Client {
    async fn join(rooms: &Rooms, document: DocumentId, author: &Author) -> Self {
        let hello = Hello {
            document,
            person: author.person,
            cursor: None,
            holds_changes: true,
        };
        let event = |peer| Event::Joined {
            peer,
            hello: hello.clone(),
            grant: Grant::owner(),
        };
        Self {
            seat: rooms.join(document, event).await.unwrap(),
            heard: std::collections::VecDeque::new(),
            cursor: 0,
            log: BTreeMap::new(),
        }
    }

    async fn say(&self, message: &ClientFrame) {
        let event = Event::Frame {
            peer: self.seat.peer(),
            bytes: frame::encode(message),
        };
        self.seat.say(event).await.unwrap();
    }

    async fn push(&mut self, batch: u64, change: Vec<u8>) {
        let changes = vec![change];
        let push = ClientFrame::Push {
            batch,
            changes,
            passed_on: Vec::new(),
        };
        self.say(&push).await;
        while !matches!(self.hear().await, RelayFrame::Acknowledged { batch: acknowledged, .. } if acknowledged == batch)
        {
        }
    }

    /// The next frame, as a socket would take it.
    async fn hear(&mut self) -> RelayFrame {
        while self.heard.is_empty() {
            let Outgoing::Frames(frames) = self.seat.outbox().next().await else {
                panic!("the connection is closed");
            };
            self.heard
                .extend(frames.iter().map(|bytes| frame::decode(bytes).unwrap()));
            if self.seat.outbox().sent() {
                let peer = self.seat.peer();
                self.seat.say(Event::Writable { peer }).await.unwrap();
            }
        }
        self.heard.pop_front().expect("the queue is not empty")
    }
}
