//! The stock JavaScript client in node at the relay's door, as it comes from npm. In a browser's company it is tested with
//! the browser.

use automerge::{Automerge, Change, ROOT, ReadDoc};
use shared::ids::DocumentId;
use tests::{
    author::Author,
    in_process::InProcess,
    peer::Peer,
    stock_client::{Seen, StockClient},
};
use tokio::task::block_in_place;

fn titled(title: &str) -> impl Fn(&Seen) -> bool {
    move |seen| seen.items.values().any(|item| item.title == title)
}

fn document_of(seen: &Seen) -> DocumentId {
    let (_, id) = seen.url.split_once(':').unwrap();
    id.parse().unwrap()
}

/// What Cutline's own protocol has of a backlog.
async fn log(relay: &InProcess, document: DocumentId) -> Automerge {
    let (_, ada) = Author::begin(1);
    let entered = Peer::enter(&relay.sync(), document, ada.person, None).await;
    let (mut peer, welcome) = entered.expect("the log is there");
    let mut read = Automerge::new();
    for change in peer.pull(0, welcome.last_seq).await.unwrap().into_values() {
        let change = Change::from_bytes(change).unwrap();
        read.apply_changes([change]).unwrap();
    }
    read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_client_creates_a_backlog_that_others_find_and_edit() {
    let relay = InProcess::start().await;
    let seen = block_in_place(|| {
        let mut one = StockClient::create(&relay.door());
        one.add("item11111111", "one");
        let made = one.until(titled("one"));
        let mut two = StockClient::open(&relay.door(), &made.url);
        assert_eq!(two.finds(titled("one")).name, "Made outside");
        two.put_title("item11111111", "one, edited");
        one.until(titled("one, edited"));
        one.add("item22222222", "two");
        two.until(titled("two"))
    });
    let log = log(&relay, document_of(&seen)).await;
    let (items, bucket) = (log.get(ROOT, "items").unwrap().unwrap().1, "00");
    let bucket = log.get(items, bucket).unwrap().unwrap().1;
    assert_eq!(log.length(bucket), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_client_fills_and_finds_a_large_backlog() {
    let relay = InProcess::start().await;
    let seen = block_in_place(|| {
        let mut one = StockClient::create(&relay.door());
        one.fill(2_000, &"A long story. ".repeat(120));
        let made = one.until(|seen| seen.items.len() == 2_000);
        let mut two = StockClient::open(&relay.door(), &made.url);
        two.until(|seen| seen.items.len() == 2_000);
        two.add("itemZZZZZZZZ", "on top");
        one.until(titled("on top"))
    });
    let log = log(&relay, document_of(&seen)).await;
    let weight: usize = log
        .get_changes(&[])
        .iter()
        .map(|it| it.raw_bytes().len())
        .sum();
    assert!(weight > 3_000_000, "{weight}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_client_goes_on_after_the_relay_was_away() {
    let folder = tempfile::tempdir().unwrap();
    let relay = InProcess::in_folder(folder.path()).await;
    let (address, door) = (relay.address(), relay.door());
    let (mut one, mut two) = block_in_place(|| {
        let mut one = StockClient::create(&door);
        one.add("item11111111", "one");
        let made = one.until(titled("one"));
        let mut two = StockClient::open(&door, &made.url);
        two.until(titled("one"));
        (one, two)
    });
    relay.stop().await.unwrap();
    block_in_place(|| {
        one.add("item22222222", "while it was away");
        one.until(titled("while it was away"));
        two.add("item33333333", "also away");
        two.until(titled("also away"));
    });
    let _relay = InProcess::again(folder.path(), address).await;
    block_in_place(|| {
        let seen = two.until(titled("while it was away"));
        one.until(titled("also away"));
        let mut late = StockClient::open(&door, &seen.url);
        late.until(|seen| seen.items.len() == 3);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn d4_stock_clients_hear_what_others_say() {
    let relay = InProcess::start().await;
    block_in_place(|| {
        let mut one = StockClient::create(&relay.door());
        one.add("item11111111", "one");
        let made = one.until(titled("one"));
        let mut two = StockClient::open(&relay.door(), &made.url);
        two.until(titled("one"));
        two.say("hello");
        one.until(|seen| seen.heard == ["hello"]);
        one.say("good day");
        two.until(|seen| seen.heard == ["good day"]);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn d3_a_stock_client_learns_that_a_backlog_is_not_there_and_when_it_comes() {
    let relay = InProcess::start().await;
    let (document, mut ada) = Author::begin(5);
    let mut client = block_in_place(|| {
        let mut client = StockClient::open(&relay.door(), &document.automerge_url());
        client.until(|seen| seen.unavailable);
        client
    });
    ada.add("brought by Cutline");
    let entered = Peer::enter(&relay.sync(), document, ada.person, None).await;
    let (mut peer, _) = entered.unwrap();
    let all = ada.written().iter().map(|change| change.bytes.clone());
    let batch = peer.push(all.collect()).await;
    peer.acknowledged(batch).await.unwrap();
    block_in_place(|| {
        client.finds(titled("brought by Cutline"));
    });
}
