//! Two people over real sockets, and peers that misbehave.

use shared::{
    gate,
    ids::DocumentId,
    sync::frame::{
        ClientFrame, Cursor, FRAME_BYTES_MAX, Goodbye, Mark, PROTOCOL_VERSION, RelayFrame, encode,
    },
};
use tests::{
    access::{self, Knock},
    author::Author,
    in_process::InProcess,
    peer::{Ended, Peer, hello},
};

#[tokio::test]
async fn relay_two_clients_exchange_changes() {
    let relay = InProcess::start().await;
    let (document, mut alice) = Author::begin(1);
    let mut bob = Author::join(2, alice.written());
    let (mut a, welcome) = enter(&relay, document, &alice).await;
    assert_eq!(welcome.last_seq, 0);
    a.say(&ClientFrame::Pull { after: 0 }).await;
    let first = alice.written()[0].clone();
    let batch = a.push(vec![first.bytes.clone()]).await;
    assert_eq!(a.acknowledged(batch).await, Ok(vec![(first.hash, 1)]));

    let (mut b, welcome) = enter(&relay, document, &bob).await;
    assert_eq!(welcome.last_seq, 1);
    assert_eq!(b.pull(0, 1).await.unwrap()[&1], first.bytes);

    let item = alice.add("From Alice");
    let batch = a.push(vec![item.bytes.clone()]).await;
    assert_eq!(a.acknowledged(batch).await, Ok(vec![(item.hash, 2)]));
    assert_eq!(changes(&mut b).await, (2, vec![item.bytes]));

    let answer = bob.add("From Bob");
    let batch = b.push(vec![answer.bytes.clone()]).await;
    assert_eq!(b.acknowledged(batch).await, Ok(vec![(answer.hash, 3)]));
    let mut heard = Vec::new();
    while !heard.contains(&answer.bytes) {
        heard.extend(changes(&mut a).await.1);
    }
}

#[tokio::test]
async fn relay_a_client_resumes_from_its_cursor() {
    let relay = InProcess::start().await;
    let (document, mut alice) = Author::begin(1);
    for n in 0..20 {
        alice.add(&format!("Item {n}"));
    }
    let (mut a, welcome) = enter(&relay, document, &alice).await;
    let all: Vec<Vec<u8>> = alice
        .written()
        .iter()
        .map(|change| change.bytes.clone())
        .collect();
    let batch = a.push(all.clone()).await;
    assert_eq!(a.acknowledged(batch).await.unwrap().len(), 21);
    drop(a);
    let cursor = Cursor {
        epoch: welcome.epoch,
        mark: Mark::after(
            &all[..15]
                .iter()
                .map(|change| gate::name_of(change))
                .collect::<Vec<_>>(),
        ),
    };
    let (mut b, welcome) = Peer::enter(&relay.sync(), document, alice.person, Some(cursor))
        .await
        .unwrap();
    assert_eq!((welcome.last_seq, welcome.reconcile), (21, false));
    let missed = b.pull(15, 21).await.unwrap();
    let missed: Vec<Vec<u8>> = missed.into_values().collect();
    assert_eq!(missed, all[15..]);
    let batch = b.push(all).await;
    let again = b.acknowledged(batch).await.unwrap();
    assert!(
        again.iter().map(|(_, seq)| *seq).eq(1..=21),
        "pushing again is harmless"
    );
}

#[tokio::test]
async fn relay_an_unknown_backlog_is_named_as_such() {
    let relay = InProcess::start().await;
    let document = DocumentId::from_bytes([9; 16]);
    let mut peer = Peer::connect(&relay.sync(), document).await;
    let (_, somebody) = Author::begin(1);
    peer.say(&ClientFrame::Hello {
        protocol: PROTOCOL_VERSION,
        document,
        person: somebody.person,
        cursor: None,
        holds_changes: false,
    })
    .await;
    assert_eq!(peer.ended().await, goodbye(Goodbye::UnknownBacklog));
}

#[tokio::test]
async fn relay_another_protocol_version_is_answered_with_the_reason() {
    let relay = InProcess::start().await;
    let (document, alice) = Author::begin(1);
    let mut peer = Peer::connect(&relay.sync(), document).await;
    let mut newer = encode(&hello(document, alice.person, None));
    newer[1] = 99;
    peer.say_bytes(newer).await;
    assert_eq!(peer.ended().await, goodbye(Goodbye::WrongVersion));
}

#[tokio::test]
async fn relay_a_malformed_or_oversized_frame_costs_only_its_sender() {
    let relay = InProcess::start().await;
    let (document, mut alice) = Author::begin(1);
    let (mut a, _) = enter(&relay, document, &alice).await;
    let batch = a.push(vec![alice.written()[0].bytes.clone()]).await;
    a.acknowledged(batch).await.unwrap();
    for nonsense in [
        vec![],
        vec![0xFF; 40],
        vec![3; 100_000],
        vec![0; FRAME_BYTES_MAX + 1],
        vec![0; 3 * FRAME_BYTES_MAX],
    ] {
        let (mut m, _) = enter(&relay, document, &alice).await;
        m.say_bytes(nonsense.clone()).await;
        assert_eq!(m.ended().await.code, Some(4400), "{} bytes", nonsense.len());
        let mut m = Peer::connect(&relay.sync(), document).await;
        m.say_bytes(nonsense).await;
        assert_eq!(m.ended().await.code, Some(4400), "as the first frame");
    }
    let item = alice.add("Still here");
    let batch = a.push(vec![item.bytes]).await;
    assert_eq!(a.acknowledged(batch).await, Ok(vec![(item.hash, 2)]));
}

#[tokio::test]
async fn relay_a_change_that_does_not_decode_is_refused_and_the_rest_accepted() {
    let relay = InProcess::start().await;
    let (document, alice) = Author::begin(1);
    let (mut a, _) = enter(&relay, document, &alice).await;
    let first = alice.written()[0].clone();
    let batch = a.push(vec![vec![1, 2, 3], first.bytes.clone()]).await;
    let refused = a.hear_frame().await;
    assert!(matches!(refused, RelayFrame::Refused { .. }), "{refused:?}");
    assert_eq!(a.acknowledged(batch).await, Ok(vec![(first.hash, 1)]));
}

#[tokio::test]
async fn relay_says_goodbye_when_it_stops() {
    let relay = InProcess::start().await;
    let (document, alice) = Author::begin(1);
    let (mut a, _) = enter(&relay, document, &alice).await;
    let stopping = tokio::spawn(relay.stop());
    assert_eq!(a.ended().await, goodbye(Goodbye::Stopping));
    drop(a);
    stopping.await.unwrap().unwrap();
}

#[tokio::test]
async fn relay_a_page_of_another_site_is_refused() {
    use tokio_tungstenite::tungstenite::Error;
    let relay = InProcess::start().await;
    let (document, _) = Author::begin(1);
    let own = format!("http://{}", relay.address());
    for (origin, welcome) in [("https://evil.example", false), (own.as_str(), true)] {
        let entry = access::join(&relay.sync(), document, &Knock::default()).await;
        let mut request = access::socket_with(&relay.sync(), &entry.unwrap().ticket);
        request
            .headers_mut()
            .insert("origin", origin.parse().unwrap());
        match tokio_tungstenite::connect_async(request).await {
            Ok(_) => assert!(welcome, "{origin}"),
            Err(Error::Http(response)) => {
                assert_eq!((response.status().as_u16(), welcome), (403, false))
            }
            Err(other) => panic!("{other}"),
        }
    }
}

async fn enter(
    relay: &InProcess,
    document: DocumentId,
    author: &Author,
) -> (Peer, tests::peer::Welcome) {
    Peer::enter(&relay.sync(), document, author.person, None)
        .await
        .expect("the relay welcomes")
}

/// The next changes of the log.
async fn changes(peer: &mut Peer) -> (u64, Vec<Vec<u8>>) {
    loop {
        if let RelayFrame::Changes {
            from_seq, changes, ..
        } = peer.hear_frame().await
        {
            return (from_seq, changes);
        }
    }
}

fn goodbye(reason: Goodbye) -> Ended {
    Ended {
        reason: Some(reason),
        code: Some(reason.close_code()),
    }
}
