//! How rooms come and go.

use std::sync::atomic::AtomicUsize;

use automerge::{ActorId, Automerge, ROOT, transaction::Transactable};
use bytes::Bytes;
use futures_util::future::{BoxFuture, join_all};
use shared::{
    ids::PersonId,
    sync::{access::Grant, frame, frame::RelayFrame, room::Hello},
};

use super::{outbox::Outgoing, *};
use crate::{
    limits::{PEERS_PER_BACKLOG_MAX, ROOM_IDLE},
    store::{
        Answer, Appended, DocumentInfo, Epoch, Health, NewChange, Numbered, Opened, Snapshot,
        StoreError, files::FileStore, links::LinkStore, memory::MemoryStore,
    },
};

#[tokio::test]
async fn first_visitors_at_once_share_one_load() {
    let store = Arc::new(CountingStore::default());
    let rooms = Rooms::new(Arc::clone(&store) as _);
    let visits = (0..20).map(|_| visit(&rooms, 1));
    let seats: Vec<Seat> = join_all(visits).await.into_iter().flatten().collect();
    assert_eq!(seats.len(), 20);
    assert_eq!(store.opened.load(Ordering::SeqCst), 1);
    assert_eq!(rooms.count(), 1);
    let other = visit(&rooms, 2).await.unwrap();
    assert_eq!(rooms.count(), 2);
    for seat in seats.iter().chain([&other]) {
        let welcomed = said(seat).await;
        assert!(
            matches!(welcomed, RelayFrame::Welcome { .. }),
            "{welcomed:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_idle_room_leaves_memory_and_comes_back() {
    let store = Arc::new(CountingStore::default());
    let rooms = Rooms::new(Arc::clone(&store) as _);
    let seat = visit(&rooms, 1).await.unwrap();
    tokio::time::sleep(10 * ROOM_IDLE).await;
    assert_eq!(rooms.count(), 1, "somebody is here");
    drop(seat);
    tokio::time::sleep(2 * ROOM_IDLE).await;
    assert_eq!(rooms.count(), 0);
    let again = visit(&rooms, 1).await.unwrap();
    assert!(matches!(said(&again).await, RelayFrame::Welcome { .. }));
    assert_eq!(store.opened.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_full_backlog_turns_newcomers_away() {
    let rooms = Rooms::new(Arc::new(MemoryStore::new()));
    let mut seats = Vec::new();
    for _ in 0..PEERS_PER_BACKLOG_MAX {
        seats.push(visit(&rooms, 1).await.unwrap());
    }
    let refused = visit(&rooms, 1).await.unwrap_err();
    assert_eq!(refused.code, Goodbye::Busy.close_code());
    seats.pop();
    visit(&rooms, 1).await.unwrap();
}

#[tokio::test]
async fn a_relay_with_all_its_backlogs_begins_no_other_and_opens_those_it_has() {
    let store = Arc::new(MemoryStore::new());
    for n in 1..=2 {
        let epoch = store.open(document(n)).await.unwrap().epoch;
        let first = crate::store::contract::change("first");
        store.append(document(n), epoch, vec![first]).await.unwrap();
    }
    let rooms = Rooms::limited_to(3, Arc::clone(&store) as _);
    visit(&rooms, 3).await.unwrap();
    let epoch = store.open(document(3)).await.unwrap().epoch;
    let first = crate::store::contract::change("first");
    store.append(document(3), epoch, vec![first]).await.unwrap();
    let rooms = Rooms::limited_to(3, store);
    let refused = visit(&rooms, 4).await.unwrap_err();
    assert_eq!(refused.code, Goodbye::Busy.close_code());
    let known = visit(&rooms, 2).await.map(drop);
    let broken = known.is_err_and(|farewell| farewell.code == Goodbye::Broken.close_code());
    assert!(
        broken,
        "it is looked at: these changes are none of Automerge's"
    );
}

#[tokio::test]
async fn a_backlog_counts_from_its_first_change_on() {
    let rooms = Rooms::limited_to(1, Arc::new(MemoryStore::new()));
    let (first, second) = (
        visit(&rooms, 1).await.unwrap(),
        visit(&rooms, 2).await.unwrap(),
    );
    let mut automerge = Automerge::new().with_actor(ActorId::from([3; 16]));
    let mut transaction = automerge.transaction();
    transaction.put(ROOT, "n", 1).unwrap();
    transaction.commit();
    let change = automerge.get_last_local_change().unwrap();
    let push = frame::ClientFrame::Push {
        batch: 1,
        changes: vec![change.raw_bytes().to_vec()],
        passed_on: Vec::new(),
    };
    let event = Event::Frame {
        peer: first.peer(),
        bytes: frame::encode(&push),
    };
    assert!(first.say(event).await.is_ok());
    while !matches!(said(&first).await, RelayFrame::Acknowledged { .. }) {}
    let refused = visit(&rooms, 3).await.unwrap_err();
    assert_eq!(refused.code, Goodbye::Busy.close_code());
    drop((first, second));
}

#[tokio::test]
async fn a_backlog_that_cannot_be_read_turns_visitors_away_and_is_tried_again() {
    let store = Arc::new(CountingStore::default());
    store.unreadable.store(true, Ordering::SeqCst);
    let rooms = Rooms::new(Arc::clone(&store) as _);
    for tries in 1..=3 {
        let refused = visit(&rooms, 1).await.unwrap_err();
        assert_eq!(refused.code, Goodbye::Broken.close_code());
        assert_eq!(store.opened.load(Ordering::SeqCst), tries);
    }
    store.unreadable.store(false, Ordering::SeqCst);
    visit(&rooms, 1).await.unwrap();
}

#[tokio::test]
async fn what_is_kept_beside_a_log_is_made_again_when_it_does_not_fit() {
    let store = Arc::new(MemoryStore::new());
    let epoch = store.open(document(1)).await.unwrap().epoch;
    let mut automerge = Automerge::new().with_actor(ActorId::from([3; 16]));
    for n in 0..5_u64 {
        let mut transaction = automerge.transaction();
        transaction.put(ROOT, "n", n).unwrap();
        transaction.commit();
        let change = automerge.get_last_local_change().unwrap();
        let change = NewChange {
            hash: change.hash().0,
            meta: b"from another version".to_vec(),
            body: change.raw_bytes().to_vec().into(),
        };
        store
            .append(document(1), epoch, vec![change])
            .await
            .unwrap();
    }
    let rooms = Rooms::new(store);
    let welcomed = said(&visit(&rooms, 1).await.unwrap()).await;
    let knows_all = matches!(welcomed, RelayFrame::Welcome { last_seq: 5, .. });
    assert!(knows_all, "{welcomed:?}");
}

#[tokio::test]
async fn stopping_sends_everybody_away_and_lets_nobody_in() {
    let rooms = Rooms::new(Arc::new(MemoryStore::new()));
    let seat = visit(&rooms, 1).await.unwrap();
    assert!(matches!(said(&seat).await, RelayFrame::Welcome { .. }));
    rooms.stop().await;
    assert_eq!(rooms.count(), 0);
    assert!(matches!(said(&seat).await, RelayFrame::Goodbye { .. }));
    let closed = seat.outbox().next().await;
    assert_eq!(closed, Outgoing::Close(Goodbye::Stopping.close_code()));
    let refused = visit(&rooms, 1).await.unwrap_err();
    assert_eq!(refused.code, Goodbye::Stopping.close_code());
}

fn document(n: u8) -> DocumentId {
    DocumentId::from_bytes([n; 16])
}

async fn visit(rooms: &Rooms, n: u8) -> Result<Seat, Farewell> {
    let hello = Hello {
        document: document(n),
        person: PersonId::from_bytes([1; 16]),
        cursor: None,
        holds_changes: true,
    };
    let joined = |peer| Event::Joined {
        peer,
        hello: hello.clone(),
        grant: Grant::owner(),
    };
    rooms.join(document(n), joined).await
}

/// The next frame in the queue.
async fn said(seat: &Seat) -> RelayFrame {
    let Outgoing::Frames(frames) = seat.outbox().next().await else {
        panic!("the connection is closed");
    };
    let first: &Bytes = &frames[0];
    frame::decode(first).unwrap()
}

/// Counts how often a document is opened.
#[derive(Debug, Default)]
struct CountingStore {
    inner: MemoryStore,
    opened: AtomicUsize,
    unreadable: AtomicBool,
}

impl Store for CountingStore {
    fn open(&self, document: DocumentId) -> Answer<Opened> {
        self.opened.fetch_add(1, Ordering::SeqCst);
        if self.unreadable.load(Ordering::SeqCst) {
            let error = StoreError::Unreadable("as the test wants".to_owned());
            return futures_util::future::ready(Err(error)).boxed();
        }
        self.inner.open(document)
    }

    fn append(
        &self,
        document: DocumentId,
        epoch: Epoch,
        changes: Vec<NewChange>,
    ) -> Answer<Appended> {
        self.inner.append(document, epoch, changes)
    }

    fn read(&self, document: DocumentId, from_seq: u64, bytes_max: usize) -> Answer<Vec<Numbered>> {
        self.inner.read(document, from_seq, bytes_max)
    }

    fn snapshot(&self, document: DocumentId) -> Answer<Option<Snapshot>> {
        self.inner.snapshot(document)
    }

    fn put_snapshot(&self, document: DocumentId, epoch: Epoch, snapshot: Snapshot) -> Answer<()> {
        self.inner.put_snapshot(document, epoch, snapshot)
    }

    fn documents(&self) -> Answer<Vec<DocumentInfo>> {
        self.inner.documents()
    }

    fn remove(&self, document: DocumentId) -> Answer<()> {
        self.inner.remove(document)
    }

    fn readmit(&self, document: DocumentId) -> Answer<()> {
        self.inner.readmit(document)
    }

    fn health(&self) -> Health {
        self.inner.health()
    }

    fn links(&self) -> &dyn LinkStore {
        self.inner.links()
    }

    fn files(&self) -> &dyn FileStore {
        self.inner.files()
    }

    fn failed(&self) -> BoxFuture<'static, String> {
        self.inner.failed()
    }
}
