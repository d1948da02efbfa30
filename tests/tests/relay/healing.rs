//! A relay that lost data gets it back from browsers.

use std::{collections::BTreeSet, sync::Arc};

use automerge::Change;
use server::store::sqlite::{self, SqliteStore, store_file};
use shared::{
    ids::DocumentId,
    sync::frame::{ClientFrame, Cursor, Epoch, Hash, Mark, RelayFrame},
};
use tempfile::TempDir;
use tests::{
    author::Author,
    in_process::InProcess,
    peer::{Peer, Welcome},
    relay::RunningRelay,
};

#[tokio::test]
async fn relay_a_restored_older_folder_heals_from_a_client() {
    let mut relay = RunningRelay::start();
    let socket = relay.socket("/api/v1/sync");
    let (document, mut alice) = Author::begin(1);
    push_all(&socket, document, &alice).await;
    relay.stop();
    let yesterday = relay.copy_of_data();
    relay.resume();
    for n in 0..10 {
        alice.add(&format!("Written today {n}"));
    }
    let epoch = push_all(&socket, document, &alice).await.epoch;
    relay.stop();
    relay.restore_data(&yesterday);
    relay.resume();
    let cursor = cursor(epoch, &alice, 11);
    heal(&socket, document, &alice, cursor, 1).await;
}

#[tokio::test]
async fn relay_a_restored_backup_heals_from_a_client() {
    let folder = TempDir::new().unwrap();
    let backup = folder.path().join("backup.db");
    let (document, mut alice) = Author::begin(1);
    let relay = InProcess::in_folder(folder.path()).await;
    push_all(&relay.sync(), document, &alice).await;
    sqlite::backup(folder.path(), &backup).unwrap();
    alice.add("After the backup");
    let epoch = push_all(&relay.sync(), document, &alice).await.epoch;
    relay.stop().await.unwrap();
    sqlite::restore(folder.path(), &backup).unwrap();
    let relay = InProcess::in_folder(folder.path()).await;
    let cursor = cursor(epoch, &alice, 2);
    heal(&relay.sync(), document, &alice, cursor, 1).await;
}

/// Damage in the middle of the log, found by whoever reads it.
#[tokio::test]
async fn relay_a_damaged_change_heals_from_a_client() {
    let folder = TempDir::new().unwrap();
    let (document, mut alice) = Author::begin(1);
    for n in 0..5 {
        alice.add(&format!("Item {n}"));
    }
    let relay = InProcess::in_folder(folder.path()).await;
    let epoch = push_all(&relay.sync(), document, &alice).await.epoch;
    relay.stop().await.unwrap();
    let harm = rusqlite::Connection::open(store_file(folder.path())).unwrap();
    harm.execute("UPDATE change SET body = zeroblob(50) WHERE seq = 3", [])
        .unwrap();
    drop(harm);
    let relay = InProcess::over(Arc::new(SqliteStore::open(folder.path()).unwrap())).await;
    // A newcomer reads the log and runs into the damage: sent away, to find the rest of the log when they come back.
    let (mut b, welcome) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    assert!(b.pull(0, welcome.last_seq).await.is_err());
    let cursor = cursor(epoch, &alice, 6);
    heal(&relay.sync(), document, &alice, cursor, 2).await;
}

/// Where a client stands that has stored so many of its own changes.
fn cursor(epoch: Epoch, author: &Author, seq: u64) -> Cursor {
    let mark = Mark::after(author.holds().iter().take(usize::try_from(seq).unwrap()));
    Cursor { epoch, mark }
}

/// A client with everything meets a relay that has only the first changes, and gives it the rest.
async fn heal(socket: &str, document: DocumentId, author: &Author, cursor: Cursor, left: u64) {
    let entered = Peer::enter(socket, document, author.person, Some(cursor)).await;
    let (mut peer, welcome) = entered.unwrap();
    assert!(welcome.reconcile, "the relay asks what the client has");
    assert_eq!(welcome.last_seq, left);
    assert_ne!(welcome.epoch, cursor.epoch);
    peer.say(&ClientFrame::Have {
        hashes: author.holds(),
        last: true,
    })
    .await;
    let mut wanted = Vec::new();
    loop {
        if let RelayFrame::Want { hashes, more, .. } = peer.hear_frame().await {
            wanted.extend(hashes);
            if !more {
                break;
            }
        }
    }
    let all = author.holds();
    assert_eq!(wanted.len() as u64, all.len() as u64 - left);
    let batch = peer.push(author.bytes_of(&wanted)).await;
    peer.acknowledged(batch).await.unwrap();
    let (mut fresh, welcome) = Peer::enter(socket, document, author.person, None)
        .await
        .unwrap();
    let log = fresh.pull(0, welcome.last_seq).await.unwrap();
    let stored: BTreeSet<Hash> = log
        .into_values()
        .map(|bytes| Change::from_bytes(bytes).unwrap().hash().0)
        .collect();
    assert_eq!(stored, all.into_iter().collect::<BTreeSet<Hash>>());
}

async fn push_all(socket: &str, document: DocumentId, author: &Author) -> Welcome {
    let (mut peer, welcome) = Peer::enter(socket, document, author.person, None)
        .await
        .unwrap();
    let all = author
        .written()
        .iter()
        .map(|change| change.bytes.clone())
        .collect();
    let batch = peer.push(all).await;
    let stored = peer.acknowledged(batch).await.unwrap();
    assert_eq!(stored.len(), author.written().len());
    welcome
}
