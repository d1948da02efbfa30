//! samod, the Rust client of automerge-repo's protocol, at the relay's door: all that a tool may want to do there.

use std::{
    convert::Infallible, future::ready, net::SocketAddr, pin::Pin, sync::Arc, time::Duration,
};

use automerge::{Automerge, Change, ObjId, ObjType, ROOT, ReadDoc, transaction::Transactable};
use futures_util::{SinkExt, StreamExt};
use samod::{BackoffConfig, DialError, Dialer, DocHandle, Repo, SearchState, Transport, Url};
use shared::{ids::DocumentId, sync::frame::RelayFrame};
use tests::{author::Author, in_process::InProcess, peer::Peer};
use tokio::time::timeout;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// The way to a relay's door.
struct Door(SocketAddr);

type Dialled = Result<Transport, DialError<Infallible>>;

impl Dialer for Door {
    type Error = Infallible;

    fn url(&self) -> Url {
        Url::parse(&format!("ws://{}/automerge", self.0)).unwrap()
    }

    fn connect(&self) -> Pin<Box<dyn Future<Output = Dialled> + Send>> {
        let url = self.url();
        Box::pin(async move {
            let (socket, _) = connect_async(url.as_str())
                .await
                .map_err(DialError::transient)?;
            let (sink, stream) = socket.split();
            let sink = sink.with(|bytes: Vec<u8>| ready(Ok::<_, Error>(Message::binary(bytes))));
            let stream = stream.filter_map(|message| {
                ready(match message {
                    Ok(Message::Binary(bytes)) => Some(Ok(bytes.to_vec())),
                    Ok(_) => None,
                    Err(error) => Some(Err(error)),
                })
            });
            Ok(Transport::new(stream, sink))
        })
    }
}

/// A program that uses samod, connected to the relay at this address, now and whenever it is there.
async fn client(relay: SocketAddr) -> Repo {
    let repo = Repo::build_tokio().load().await;
    let backoff = BackoffConfig {
        max_delay: Duration::from_millis(200),
        ..BackoffConfig::default()
    };
    let dialler = repo.dial(backoff, Arc::new(Door(relay))).unwrap();
    let met = timeout(PATIENCE, dialler.established()).await.unwrap();
    met.expect("the relay answers");
    repo
}

async fn find(repo: &Repo, document: DocumentId) -> Option<DocHandle> {
    let id = document.to_string().parse().unwrap();
    timeout(PATIENCE, repo.find(id)).await.unwrap().unwrap()
}

/// Finds what is on its way to the relay.
async fn find_soon(repo: &Repo, document: DocumentId) -> DocHandle {
    let id = document.to_string().parse().unwrap();
    let (mut state, mut states) = repo.search(id).unwrap();
    let found = async {
        loop {
            if let SearchState::Found(found) = state {
                return found;
            }
            state = states.next().await.expect("the search goes on");
        }
    };
    timeout(PATIENCE, found).await.expect("the client is told")
}

fn id_of(handle: &DocHandle) -> DocumentId {
    handle.document_id().to_string().parse().unwrap()
}

/// Waits until a program's copy of the document is as wanted.
async fn until(handle: &DocHandle, wanted: impl Fn(&Automerge) -> bool) {
    let mut changes = handle.changes();
    let seen = async {
        while !handle.with_document(|document| wanted(document)) {
            changes.next().await.expect("the document stays open");
        }
    };
    timeout(PATIENCE, seen).await.expect("it gets there");
}

/// A backlog with its first change alone, as a document.
fn empty_backlog() -> Automerge {
    let (_, author) = Author::begin(3);
    document_of(&author)
}

fn document_of(author: &Author) -> Automerge {
    let mut document = Automerge::new();
    for change in author.written() {
        let change = Change::from_bytes(change.bytes.clone()).unwrap();
        document.apply_changes([change]).unwrap();
    }
    document
}

fn object(document: &impl ReadDoc, parent: &ObjId, key: &str) -> ObjId {
    document.get(parent, key).unwrap().unwrap().1
}

fn product(document: &impl ReadDoc) -> ObjId {
    object(document, &ROOT, "product")
}

fn name(document: &Automerge) -> String {
    let (name, _) = document.get(product(document), "name").unwrap().unwrap();
    name.into_string().unwrap()
}

fn is_named(wanted: &str) -> impl Fn(&Automerge) -> bool {
    move |document| name(document) == wanted
}

fn rename(handle: &DocHandle, to: &str) {
    handle.with_document(|document| {
        let product = product(document);
        let mut transaction = document.transaction();
        transaction.put(product, "name", to).unwrap();
        transaction.commit();
    });
}

fn items(document: &Automerge) -> usize {
    let items = object(document, &ROOT, "items");
    document
        .values(&items)
        .map(|(_, bucket)| document.length(&bucket))
        .sum()
}

/// Puts so many items into a backlog, 50 in a change, with descriptions of a kilobyte that hardly compress.
fn fill(document: &mut Automerge, count: usize) {
    let all = object(document, &ROOT, "items");
    for first in (0..count).step_by(50) {
        let mut transaction = document.transaction();
        for n in first..count.min(first + 50) {
            let bucket = object(&transaction, &all, &format!("{:02x}", n % 128));
            let item = format!("item{n:08}");
            let item = transaction.put_object(bucket, item, ObjType::Map).unwrap();
            let title = format!("Item {n}");
            transaction.put(&item, "title", title).unwrap();
            transaction.put(&item, "description", words(n)).unwrap();
        }
        transaction.commit();
    }
}

fn words(seed: usize) -> String {
    let mut state = seed as u64 + 1;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        format!("{:08x}", state >> 32)
    };
    (0..125).map(|_| next()).collect()
}

/// The bytes of all changes together.
fn weight(document: &Automerge) -> usize {
    let changes = document.get_changes(&[]);
    changes.iter().map(|it| it.raw_bytes().len()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_creates_a_backlog_that_others_find_and_edit() {
    let relay = InProcess::start().await;
    let (one, two) = (client(relay.address()).await, client(relay.address()).await);
    let made = one.create(empty_backlog()).await.unwrap();
    rename(&made, "made by samod");
    let document = id_of(&made);
    let found = find_soon(&two, document).await;
    until(&found, is_named("made by samod")).await;
    rename(&found, "edited by another");
    until(&made, is_named("edited by another")).await;
    rename(&made, "and back");
    until(&found, is_named("and back")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_and_cutline_edit_one_backlog() {
    let relay = InProcess::start().await;
    let (document, mut ada) = Author::begin(4);
    ada.add("one");
    let entered = Peer::enter(&relay.sync(), document, ada.person, None).await;
    let (mut peer, _) = entered.unwrap();
    let all = ada.written().iter().map(|change| change.bytes.clone());
    let batch = peer.push(all.collect()).await;
    peer.acknowledged(batch).await.unwrap();
    let tool = client(relay.address()).await;
    let found = find(&tool, document).await.expect("the relay has it");
    assert_eq!(found.with_document(|document| items(document)), 1);
    let batch = peer.push(vec![ada.add("two").bytes]).await;
    peer.acknowledged(batch).await.unwrap();
    until(&found, |document| items(document) == 2).await;
    peer.pull(0, 3).await.unwrap();
    rename(&found, "renamed by a tool");
    let (seq, change) = loop {
        if let RelayFrame::Changes {
            from_seq, changes, ..
        } = peer.hear_frame().await
        {
            break (from_seq, changes[0].clone());
        }
    };
    assert_eq!(seq, 4);
    ada.take(&change);
    let heads = found.with_document(|document| document.get_heads());
    assert_eq!(heads.len(), 1);
    assert_eq!(ada.holds().last(), Some(&heads[0].0));
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_brings_and_finds_a_large_backlog() {
    let relay = InProcess::start().await;
    let mut large = empty_backlog();
    fill(&mut large, 3_000);
    assert!(weight(&large) > 3_000_000, "{}", weight(&large));
    let heads = large.get_heads();
    let one = client(relay.address()).await;
    let made = one.create(large).await.unwrap();
    let two = client(relay.address()).await;
    let found = find_soon(&two, id_of(&made)).await;
    until(&found, |document| document.get_heads() == heads).await;
    assert_eq!(found.with_document(|document| items(document)), 3_000);
    // It goes on from there.
    rename(&found, "large");
    until(&made, is_named("large")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_goes_on_after_the_relay_was_away() {
    let folder = tempfile::tempdir().unwrap();
    let relay = InProcess::in_folder(folder.path()).await;
    let address = relay.address();
    let (one, two) = (client(address).await, client(address).await);
    let made = one.create(empty_backlog()).await.unwrap();
    rename(&made, "before");
    let found = find_soon(&two, id_of(&made)).await;
    until(&found, is_named("before")).await;
    relay.stop().await.unwrap();
    rename(&made, "while it was away");
    found.with_document(|document| {
        let product = product(document);
        let mut transaction = document.transaction();
        transaction.put(product, "vision", "also away").unwrap();
        transaction.commit();
    });
    let _relay = InProcess::again(folder.path(), address).await;
    until(&found, is_named("while it was away")).await;
    let has_vision = |document: &Automerge| {
        let vision = document.get(product(document), "vision").unwrap();
        vision.is_some_and(|(vision, _)| vision.as_str() == Some("also away"))
    };
    until(&made, has_vision).await;
    // Who comes later gets all of it from the log.
    let three = client(address).await;
    let late = find(&three, id_of(&made)).await.expect("the log has it");
    until(&late, is_named("while it was away")).await;
    until(&late, has_vision).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_hears_what_others_say_without_storing_it() {
    let relay = InProcess::start().await;
    let (one, two) = (client(relay.address()).await, client(relay.address()).await);
    let made = one.create(empty_backlog()).await.unwrap();
    let found = find_soon(&two, id_of(&made)).await;
    let (mut at_one, mut at_two) = (made.ephemera(), found.ephemera());
    let heads = found.with_document(|document| document.get_heads());
    // A message in CBOR, as all clients of this kind write them.
    let hello = [0x65, b'h', b'e', b'l', b'l', b'o'];
    made.broadcast(hello.to_vec());
    let heard = timeout(PATIENCE, at_two.next()).await.unwrap();
    assert_eq!(heard.as_deref(), Some(&hello[..]));
    found.broadcast(vec![0x01]);
    let heard = timeout(PATIENCE, at_one.next()).await.unwrap();
    assert_eq!(heard.as_deref(), Some(&[0x01][..]));
    assert_eq!(found.with_document(|document| document.get_heads()), heads);
}

#[tokio::test(flavor = "multi_thread")]
async fn samod_learns_that_a_backlog_is_not_there_and_when_it_comes() {
    let relay = InProcess::start().await;
    let tool = client(relay.address()).await;
    let (document, ada) = Author::begin(5);
    assert!(find(&tool, document).await.is_none());
    let entered = Peer::enter(&relay.sync(), document, ada.person, None).await;
    let (mut peer, _) = entered.unwrap();
    let first = ada.written()[0].bytes.clone();
    let batch = peer.push(vec![first]).await;
    peer.acknowledged(batch).await.unwrap();
    let found = find_soon(&tool, document).await;
    until(&found, is_named("A backlog")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w7_what_samod_does_to_the_root_of_a_backlog_reaches_nobody() {
    let relay = InProcess::start().await;
    let (one, two) = (client(relay.address()).await, client(relay.address()).await);
    let made = one.create(empty_backlog()).await.unwrap();
    let document = id_of(&made);
    let found = find_soon(&two, document).await;
    made.with_document(|document| {
        let mut transaction = document.transaction();
        transaction.put(ROOT, "schema", 99).unwrap();
        transaction.commit();
    });
    // Others go on as if nothing had been.
    rename(&found, "still here");
    let three = client(relay.address()).await;
    let late = find(&three, document).await.expect("the log has it");
    until(&late, is_named("still here")).await;
    let schema = late.with_document(|document| {
        let (schema, _) = document.get(ROOT, "schema").unwrap().unwrap();
        schema.as_u64()
    });
    assert_eq!(schema, Some(1));
}
