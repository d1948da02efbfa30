//! What a connection costs while nothing happens.

use shared::sync::frame::ClientFrame;
use tests::{author::Author, bench::figures::resident_mib, peer::Peer, relay::RunningRelay};

/// Fewer than fit into a backlog, and into the open files that a process may have by default.
const CLIENTS: u32 = 350;

#[tokio::test]
async fn relay_idle_clients_are_light() {
    let relay = RunningRelay::start();
    let socket = relay.socket("/api/v1/sync");
    let (document, alice) = Author::begin(1);
    let mut clients = Vec::new();
    let mut first = Peer::enter(&socket, document, alice.person, None)
        .await
        .unwrap()
        .0;
    let batch = first.push(vec![alice.written()[0].bytes.clone()]).await;
    first.acknowledged(batch).await.unwrap();
    let before = resident_mib(relay.pid());
    for _ in 0..CLIENTS {
        let (mut client, _) = Peer::enter(&socket, document, alice.person, None)
            .await
            .unwrap();
        client.say(&ClientFrame::Pull { after: 1 }).await;
        clients.push(client);
    }
    let each_kib = (resident_mib(relay.pid()) - before) * 1024.0 / f64::from(CLIENTS);
    assert!(
        each_kib < 32.0,
        "{each_kib:.1} KiB for each idle connection"
    );
}
