//! How long a connection may keep silent. The clock stands still and jumps when nobody has anything to do.

use futures_util::{SinkExt, StreamExt};
use server::limits::{HANDSHAKE, PING_EVERY, SILENCE_MAX};
use shared::sync::frame::{self, Goodbye};
use tests::{
    access::{self, Knock},
    author::Author,
    in_process::InProcess,
    peer::{Peer, hello},
};
use tokio::time::{Instant, sleep, timeout};
use tokio_tungstenite::{connect_async, tungstenite::Message};

#[tokio::test(start_paused = true)]
async fn relay_a_connection_that_never_says_who_it_is_is_closed() {
    let relay = InProcess::start().await;
    let (document, _) = Author::begin(1);
    let mut peer = Peer::connect(&relay.sync(), document).await;
    let opened = Instant::now();
    let ended = peer.ended().await;
    assert_eq!(ended.reason, Some(Goodbye::Malformed));
    let waited = opened.elapsed();
    assert!(waited >= HANDSHAKE && waited < 2 * HANDSHAKE, "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn relay_a_connection_without_a_sign_of_life_is_cut() {
    let relay = InProcess::start().await;
    let (document, alice) = Author::begin(1);
    let entry = access::join(&relay.sync(), document, &Knock::default()).await;
    let request = access::socket_with(&relay.sync(), &entry.unwrap().ticket);
    // Whoever does not read does not answer pings.
    let (mut dead, _) = connect_async(request).await.unwrap();
    let first = frame::encode(&hello(document, alice.person, None));
    dead.send(Message::binary(first)).await.unwrap();
    let (mut living, welcome) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    assert_eq!(welcome.last_seq, 0);
    let answers_pings = timeout(SILENCE_MAX + PING_EVERY, async {
        loop {
            sleep(PING_EVERY / 4).await;
            living.answer_pings().await;
        }
    });
    assert!(answers_pings.await.is_err(), "the time is over");
    let mut pings = 0;
    while let Some(Ok(message)) = dead.next().await {
        pings += usize::from(message.is_ping());
    }
    assert!(pings > 0, "it was asked");
    let batch = living.push(vec![alice.written()[0].bytes.clone()]).await;
    let stored = living.acknowledged(batch).await.unwrap();
    assert_eq!(stored.len(), 1, "who answers stays");
}
