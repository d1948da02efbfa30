//! What a connection costs while nothing happens, and what edits cost on the disk.

use server::store::sqlite::store_file;
use shared::sync::frame::ClientFrame;
use tests::{
    author::Author,
    bench::{figures::resident_mib, fleet, history::History},
    peer::Peer,
    relay::RunningRelay,
};

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

/// What `docs/hosting.md` says of the disk. Snapshots come on top; they replace each other.
#[tokio::test]
async fn relay_a_thousand_edits_take_the_disk_that_the_hosting_page_says() {
    const EDITS: usize = 1_000;
    const KIB_MAX: u64 = 512;
    let history = History::new(1, 200, 200 + EDITS).unwrap();
    let (before, edits) = history.changes.split_at(history.changes.len() - EDITS);
    let mut relay = RunningRelay::start();
    let url = relay.socket("/api/v1/sync");
    let mut sizes = Vec::new();
    for changes in [before, edits] {
        fleet::found(&url, history.document, history.person, changes)
            .await
            .unwrap();
        relay.stop();
        sizes.push(std::fs::metadata(store_file(relay.data())).unwrap().len());
        relay.resume();
    }
    let kib = (sizes[1] - sizes[0]) / 1024;
    assert!((1..KIB_MAX).contains(&kib), "{kib} KiB");
}
