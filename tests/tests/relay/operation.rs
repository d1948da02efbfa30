//! What the tools of an operator see: health, numbers, logs, and the relay's end.

use std::{fs, process::Command, sync::Arc};

use shared::sync::frame::RelayFrame;
use tempfile::TempDir;
use tests::{
    author::Author,
    in_process::InProcess,
    peer::Peer,
    relay::{RunningRelay, binary},
};

use crate::{faulty_store::FaultyStore, http::get};

#[tokio::test]
async fn relay_says_that_it_is_ready_and_that_its_disk_is_full() {
    let store = FaultyStore::new();
    let relay = InProcess::over(Arc::clone(&store) as _).await;
    let address = relay.address().to_string();
    assert_eq!(
        status_of(&address, "/readyz").await,
        (200, "ready\n".to_owned())
    );
    store.fill(true);
    let (status, said) = status_of(&address, "/readyz").await;
    assert_eq!(status, 503);
    assert!(said.contains("disk is full"), "{said}");
    let (status, said) = status_of(&address, "/healthz").await;
    assert_eq!(status, 200, "a restart would not help");
    assert!(said.contains("disk is full"), "{said}");
    store.fill(false);
    assert_eq!(status_of(&address, "/readyz").await.0, 200);
    assert_eq!(status_of(&address, "/healthz").await.1, "ok\n");
}

/// Also without a disk that can be filled.
#[tokio::test]
async fn relay_leaves_the_last_of_the_disk_alone() {
    let relay = RunningRelay::start_with(&["--keep-free", "1000000000"]);
    let (document, alice) = Author::begin(1);
    let socket = relay.socket("/api/v1/sync");
    let (mut peer, _) = Peer::enter(&socket, document, alice.person, None)
        .await
        .unwrap();
    peer.push(vec![alice.written()[0].bytes.clone()]).await;
    let told = peer.hear_frame().await;
    assert!(matches!(told, RelayFrame::Troubled { .. }), "{told:?}");
    let address = format!("127.0.0.1:{}", relay.port());
    assert_eq!(status_of(&address, "/readyz").await.0, 503);
    relay.prints("no room on the disk");
}

#[tokio::test]
async fn relay_counts_what_it_does_where_only_its_operator_looks() {
    let relay = RunningRelay::start_with(&["--metrics", "127.0.0.1:0"]);
    let (document, mut alice) = Author::begin(1);
    alice.add("One more");
    let socket = relay.socket("/api/v1/sync");
    let (mut peer, _) = Peer::enter(&socket, document, alice.person, None)
        .await
        .unwrap();
    let all = alice.written().iter().map(|change| change.bytes.clone());
    let batch = peer.push(all.collect()).await;
    peer.acknowledged(batch).await.unwrap();
    peer.push(vec![b"not a change".to_vec()]).await;
    while !matches!(peer.hear_frame().await, RelayFrame::Refused { .. }) {}

    let address = metrics_of(&relay);
    let (head, body) = get(&address, "/metrics").await;
    assert!(
        head.contains("content-type: application/openmetrics-text"),
        "{head}"
    );
    let text = String::from_utf8(body).unwrap();
    for line in [
        "cutline_rooms 1",
        "cutline_connections 1",
        "cutline_peers 1",
        "cutline_changes_appended_total 2",
        "cutline_changes_refused_total{reason=\"invalid\"} 1",
        "cutline_store_queue 0",
        "cutline_store_writable 1",
        "cutline_store_commit_seconds_count 1",
        "cutline_append_seconds_count 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    assert!(!text.contains(&document.to_string()));
    let public = format!("127.0.0.1:{}", relay.port());
    let (_, body) = get(&public, "/metrics").await;
    assert!(!String::from_utf8_lossy(&body).contains("cutline_rooms"));
}

/// Backlogs are named by their ids in the log; what stands in them is nobody's business.
#[tokio::test]
async fn relay_logs_no_title_and_no_name() {
    let options = [
        "--log",
        "debug",
        "--log-format",
        "json",
        "--snapshot-every",
        "100",
    ];
    let mut relay = RunningRelay::start_with(&options);
    let (document, mut alice) = Author::begin(1);
    for n in 0..120 {
        alice.add(&format!("Zanzibar {n}"));
    }
    let socket = relay.socket("/api/v1/sync");
    let (mut peer, _) = Peer::enter(&socket, document, alice.person, None)
        .await
        .unwrap();
    let written = alice.written();
    let all = written.iter().map(|change| change.bytes.clone());
    let batch = peer.push(all.collect()).await;
    peer.acknowledged(batch).await.unwrap();
    // Refused, malformed, and gone: each a reason to write a line.
    let mut broken = written[1].bytes.clone();
    broken.truncate(40);
    peer.push(vec![broken]).await;
    while !matches!(peer.hear_frame().await, RelayFrame::Refused { .. }) {}
    peer.say_bytes(b"Zanzibar".to_vec()).await;
    while peer.hear().await.is_ok() {}
    relay.stop();
    let printed = relay.printed();
    let logged: Vec<_> = printed
        .iter()
        .filter(|line| line.starts_with('{'))
        .collect();
    assert!(!logged.is_empty());
    for line in &logged {
        let parsed: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(parsed["level"].is_string(), "{line}");
    }
    assert!(
        logged
            .iter()
            .any(|line| line.contains(&document.to_string()))
    );
    assert!(
        !printed.iter().any(|line| line.contains("Zanzibar")),
        "{printed:?}"
    );
    assert!(
        !printed
            .iter()
            .any(|line| line.contains(&alice.person.to_string()))
    );
}

/// What was on its way to the disk when the relay was asked to stop is there when it comes back.
#[tokio::test]
async fn relay_stops_when_what_is_under_way_is_stored() {
    let store = FaultyStore::new();
    let relay = InProcess::over(Arc::clone(&store) as _).await;
    let (document, mut alice) = Author::begin(1);
    let (mut peer, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let batch = peer.push(vec![alice.written()[0].bytes.clone()]).await;
    peer.acknowledged(batch).await.unwrap();
    store.hold(true);
    peer.push(vec![alice.add("On its way").bytes]).await;
    // The second answer shows that the first is taken: events of one connection come in order.
    peer.say(&shared::sync::frame::ClientFrame::Pull { after: 0 })
        .await;
    while !matches!(peer.hear_frame().await, RelayFrame::Changes { .. }) {}
    let stopping = tokio::spawn(relay.stop());
    let told = peer.hear_frame().await;
    assert!(matches!(told, RelayFrame::Goodbye { .. }), "{told:?}");
    assert!(!stopping.is_finished());
    store.hold(false);
    stopping.await.unwrap().unwrap();
    let relay = InProcess::over(store as _).await;
    let (_, welcome) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    assert_eq!(welcome.last_seq, 2);
}

#[test]
fn relay_names_a_folder_that_it_may_not_write() {
    let folder = TempDir::new().unwrap();
    let Some(_disk) = ReadOnly::make(&folder) else {
        return;
    };
    let refused = Command::new(binary())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("has to be able to write there"), "{said}");
    assert!(
        said.contains(&folder.path().display().to_string()),
        "{said}"
    );
}

/// A folder that nobody can write: for root, who may write everywhere, a file system mounted so.
struct ReadOnly<'a> {
    folder: &'a TempDir,
    mounted: bool,
}

impl<'a> ReadOnly<'a> {
    fn make(folder: &'a TempDir) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs"])
            .arg(folder.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            let mut permissions = fs::metadata(folder.path()).unwrap().permissions();
            permissions.set_readonly(true);
            fs::set_permissions(folder.path(), permissions).unwrap();
        }
        let made = Self { folder, mounted };
        fs::write(folder.path().join("probe"), "")
            .is_err()
            .then_some(made)
    }
}

impl Drop for ReadOnly<'_> {
    fn drop(&mut self) {
        if self.mounted {
            drop(Command::new("umount").arg(self.folder.path()).status());
        }
    }
}

/// Where the numbers are, as the relay says when it starts.
fn metrics_of(relay: &RunningRelay) -> String {
    let printed = relay.printed();
    let said = printed
        .iter()
        .find_map(|line| line.strip_prefix("Numbers for Prometheus: "));
    said.unwrap().trim_end_matches("/metrics").to_owned()
}

async fn status_of(address: &str, path: &str) -> (u16, String) {
    let (head, body) = get(address, path).await;
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, String::from_utf8(body).unwrap())
}
