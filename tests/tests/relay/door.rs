//! The socket of stock Automerge clients, up to where a room answers.

use std::time::Duration;

use ciborium::Value;
use futures_util::{SinkExt, StreamExt};
use serde::Serialize;
use shared::ids::DocumentId;
use tests::{author::Author, in_process::InProcess, peer::Peer, stock_client::StockClient};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, protocol::frame::coding::CloseCode},
};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::test]
async fn relay_door_answers_a_join_with_its_name() {
    let relay = InProcess::start().await;
    let mut socket = connect(&relay).await;
    say(&mut socket, r#"{"type":"join","senderId":"tool-1","peerMetadata":{},"supportedProtocolVersions":["1"]}"#).await;
    let Message::Binary(bytes) = hear(&mut socket).await else {
        panic!("expected an answer");
    };
    let answer: serde_json::Value = ciborium::from_reader(&bytes[..]).unwrap();
    assert_eq!(answer["type"], "peer");
    assert_eq!(answer["targetId"], "tool-1");
    assert_eq!(answer["selectedProtocolVersion"], "1");
}

#[tokio::test]
async fn relay_door_says_why_it_turns_somebody_away() {
    let relay = InProcess::start().await;
    let join = r#"{"type":"join","senderId":"a","supportedProtocolVersions":["1"]}"#;
    for (messages, code) in [
        (vec![r#"{"type":"sync","senderId":"a"}"#], 4400),
        (vec![r#"{"type":"join","senderId":""}"#], 4400),
        (
            vec![r#"{"type":"join","senderId":"a","supportedProtocolVersions":["7"]}"#],
            4426,
        ),
        (vec![r#"[1, 2]"#], 4400),
        (vec![join, "17"], 4400),
    ] {
        let mut socket = connect(&relay).await;
        for message in &messages {
            say(&mut socket, message).await;
        }
        let mut error = None;
        let closed = loop {
            match hear(&mut socket).await {
                Message::Binary(bytes) => {
                    let answer: serde_json::Value = ciborium::from_reader(&bytes[..]).unwrap();
                    error = Some(answer);
                }
                Message::Close(close) => break close.unwrap().code,
                _ => {}
            }
        };
        assert_eq!(closed, CloseCode::from(code), "{messages:?}");
        assert_eq!(error.unwrap()["type"], "error", "{messages:?}");
    }
}

#[tokio::test]
async fn relay_door_bounds_the_backlogs_of_one_connection() {
    let relay = InProcess::start().await;
    let mut socket = connect(&relay).await;
    say(
        &mut socket,
        r#"{"type":"join","senderId":"a","supportedProtocolVersions":["1"]}"#,
    )
    .await;
    for n in 0..40 {
        let document = DocumentId::from_bytes([n; 16]).to_string();
        let text = |text: &str| Value::Text(text.to_owned());
        let request = [
            ("type", text("ephemeral")),
            ("senderId", text("a")),
            ("targetId", text("cutline-relay")),
            ("documentId", text(&document)),
            ("count", Value::from(1)),
            ("sessionId", text("session")),
            ("data", Value::Bytes(vec![1])),
        ];
        let request = request.map(|(name, value)| (text(name), value));
        send(&mut socket, &Value::Map(request.into())).await;
    }
    loop {
        if let Message::Close(close) = hear(&mut socket).await {
            assert_eq!(close.unwrap().code, CloseCode::from(4429));
            break;
        }
    }
}

async fn connect(relay: &InProcess) -> Socket {
    let url = format!("ws://{}/automerge", relay.address());
    connect_async(url).await.unwrap().0
}

/// Sends JSON as CBOR.
async fn say(socket: &mut Socket, json: &str) {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    send(socket, &value).await;
}

async fn send(socket: &mut Socket, message: &impl Serialize) {
    let mut bytes = Vec::new();
    ciborium::into_writer(message, &mut bytes).unwrap();
    drop(socket.send(Message::binary(bytes)).await);
}

async fn hear(socket: &mut Socket) -> Message {
    timeout(Duration::from_secs(20), socket.next())
        .await
        .unwrap()
        .expect("the relay closes in good order")
        .unwrap()
}

/// `find` of a stock client resolves with the first message that brings anything, so all has to be in there.
#[tokio::test(flavor = "multi_thread")]
async fn d8_a_stock_client_finds_a_whole_backlog() {
    let relay = InProcess::start().await;
    let (document, mut alice) = Author::begin(1);
    for n in 0..300 {
        alice.add(&format!("Item {n}"));
    }
    let entered = Peer::enter(&relay.sync(), document, alice.person, None).await;
    let (mut peer, _) = entered.unwrap();
    let all = alice.written().iter().map(|change| change.bytes.clone());
    let batch = peer.push(all.collect()).await;
    assert_eq!(peer.acknowledged(batch).await.unwrap().len(), 301);
    let (socket, url) = (
        format!("ws://{}/automerge", relay.address()),
        document.automerge_url(),
    );
    let first = tokio::task::spawn_blocking(move || {
        let mut client = StockClient::open(&socket, &url);
        client.until(|_| true)
    });
    assert_eq!(first.await.unwrap().items.len(), 300);
}
