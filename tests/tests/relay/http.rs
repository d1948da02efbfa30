//! What is not a socket: the app's files, snapshots, health.

use std::{fs, sync::Arc};

use automerge::Automerge;
use server::{
    rooms::compaction::Compactor,
    store::{Store, memory::MemoryStore},
};
use shared::ids::DocumentId;
use tempfile::TempDir;
use tests::{
    access::{self, Knock},
    author::Author,
    in_process::InProcess,
    peer::Peer,
    relay::RunningRelay,
};

#[tokio::test]
async fn relay_serves_the_app_of_a_folder() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("index.html"), "<p>The app</p>").unwrap();
    let relay = RunningRelay::start_with(&["--app", &folder.path().to_string_lossy()]);
    let address = format!("127.0.0.1:{}", relay.port());
    for path in ["/", "/backlogs/some"] {
        let (head, body) = get(&address, path).await;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        assert!(head.contains("content-security-policy"), "{head}");
        assert_eq!(body, b"<p>The app</p>");
    }
    for path in ["/api/v1/nothing", "/missing.js"] {
        assert!(
            get(&address, path).await.0.starts_with("HTTP/1.1 404"),
            "{path}"
        );
    }
    let (head, body) = get(&address, "/healthz").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body, b"ok\n");
}

#[tokio::test]
async fn relay_hands_out_the_snapshot_and_the_changes_after_it() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let relay = InProcess::over(Arc::clone(&store)).await;
    let address = relay.address().to_string();
    let (document, mut alice) = Author::begin(1);
    let path = format!("/api/v1/backlogs/{document}/snapshot");
    assert!(get(&address, &path).await.0.starts_with("HTTP/1.1 404"));

    for n in 0..9 {
        alice.add(&format!("Item {n}"));
    }
    let (mut a, welcome) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let all: Vec<Vec<u8>> = alice
        .written()
        .iter()
        .map(|change| change.bytes.clone())
        .collect();
    let batch = a.push(all.clone()).await;
    a.acknowledged(batch).await.unwrap();
    let compactor = Compactor::new(store);
    compactor.compact(document, welcome.epoch, 7).await.unwrap();

    let (head, _) = get(&address, &path).await;
    assert!(
        head.starts_with("HTTP/1.1 404"),
        "nobody gets it who was not let in: {head}"
    );
    let entry = access::join(&relay.sync(), document, &Knock::default()).await;
    let (head, body) = get_with(&address, &path, &entry.unwrap().cookie).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(
        head.contains(&format!("cutline-epoch: {}", welcome.epoch)),
        "{head}"
    );
    assert!(head.contains("cutline-seq: 7\r\n"), "{head}");
    let mut loaded = Automerge::load(&body).unwrap();
    assert_eq!(loaded.get_heads()[0].0, alice.written()[6].hash);
    let tail = a.pull(7, 10).await.unwrap();
    for bytes in tail.into_values() {
        let change = automerge::Change::from_bytes(bytes).unwrap();
        loaded.apply_changes([change]).unwrap();
    }
    assert_eq!(loaded.get_heads()[0].0, alice.written()[9].hash);

    let unknown = DocumentId::from_bytes([1; 16]);
    for path in [
        format!("/api/v1/backlogs/{unknown}/snapshot"),
        "/api/v1/backlogs/nonsense/snapshot".to_owned(),
    ] {
        assert!(
            get(&address, &path).await.0.starts_with("HTTP/1.1 404"),
            "{path}"
        );
    }
}

/// The head of the answer in lower case but for its first line, and its body.
pub(crate) async fn get(address: &str, path: &str) -> (String, Vec<u8>) {
    get_with(address, path, "").await
}

/// The head of the answer, and its body.
async fn get_with(address: &str, path: &str, cookie: &str) -> (String, Vec<u8>) {
    let socket = format!("ws://{address}/");
    let answered = access::request(&socket, "GET", path, &[("cookie", cookie)], None).await;
    (answered.head, answered.body)
}
