//! What an operator sees.

use std::{
    fs,
    net::TcpListener,
    process::{Command, Output},
};

use automerge::Automerge;
use shared::ids::DocumentId;
use tempfile::TempDir;
use tests::{
    author::Author,
    peer::Peer,
    relay::{RunningRelay, binary},
};

#[test]
fn relay_prints_one_line_when_it_is_ready() {
    let mut relay = RunningRelay::start();
    relay.stop();
    let address = format!("Cutline is ready at http://127.0.0.1:{}/", relay.port());
    let announced: Vec<String> = relay
        .printed()
        .into_iter()
        .filter(|line| line.contains("http://"))
        .collect();
    assert_eq!(announced, [address]);
}

#[test]
fn relay_names_the_port_that_is_in_use() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let folder = TempDir::new().unwrap();
    let refused = cutline(&folder, &["serve", "--listen", &address.to_string()]);
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        said.contains(&format!("port {} is in use", address.port())),
        "{said}"
    );
    assert!(said.contains("--listen"), "{said}");
}

#[test]
fn relay_a_second_one_on_the_folder_exits() {
    let relay = RunningRelay::start();
    let refused = Command::new(binary())
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(relay.data())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("another relay is running"), "{said}");
    assert!(said.contains("--data"), "{said}");
}

#[test]
fn relay_a_corrupt_store_is_named_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cutline.db");
    let garbage = "Not a store, but somebody's notes. ".repeat(500);
    fs::write(&file, &garbage).unwrap();
    let refused = cutline(&folder, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!refused.status.success());
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("cutline.db is damaged"), "{said}");
    assert!(said.contains("cutline check"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), garbage);
}

#[tokio::test]
async fn relay_backs_up_checks_restores_and_exports() {
    let mut relay = RunningRelay::start();
    let (document, mut alice) = Author::begin(1);
    alice.add("Keep me");
    let socket = relay.socket("/api/v1/sync");
    let (mut peer, _) = Peer::enter(&socket, document, alice.person, None)
        .await
        .unwrap();
    let all = alice
        .written()
        .iter()
        .map(|change| change.bytes.clone())
        .collect();
    let batch = peer.push(all).await;
    peer.acknowledged(batch).await.unwrap();
    drop(peer);

    let elsewhere = TempDir::new().unwrap();
    let backup = elsewhere.path().join("backup.db");
    let run = |arguments: &[&str], file: Option<&std::path::Path>| {
        let output = Command::new(binary())
            .args(arguments)
            .arg("--data")
            .arg(relay.data())
            .args(file)
            .output()
            .unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.success(), said)
    };
    let (done, said) = run(&["backup"], Some(&backup));
    assert!(done, "{said}");
    assert!(said.contains("1 backlogs, 2 changes"), "{said}");
    let (done, said) = run(&["check"], None);
    assert!(done, "{said}");
    let (done, said) = run(&["restore"], Some(&backup));
    assert!(!done && said.contains("another relay is running"), "{said}");
    let exported = elsewhere.path().join("backlog.automerge");
    let (done, said) = run(&["export", &document.to_string()], Some(&exported));
    assert!(done, "{said}");
    let loaded = Automerge::load(&fs::read(&exported).unwrap()).unwrap();
    assert_eq!(loaded.get_heads()[0].0, alice.written()[1].hash);
    let unknown = DocumentId::from_bytes([1; 16]).to_string();
    let nowhere = elsewhere.path().join("nothing");
    let (done, said) = run(&["export", &unknown], Some(&nowhere));
    assert!(!done && said.contains("no backlog"), "{said}");

    relay.stop();
    let restored = Command::new(binary())
        .arg("restore")
        .arg(&backup)
        .arg("--data")
        .arg(relay.data())
        .output()
        .unwrap();
    assert!(restored.status.success());
    relay.resume();
    let (_, welcome) = Peer::enter(&socket, document, alice.person, None)
        .await
        .unwrap();
    assert_eq!(welcome.last_seq, 2);
}

fn cutline(folder: &TempDir, arguments: &[&str]) -> Output {
    Command::new(binary())
        .args(arguments)
        .arg("--data")
        .arg(folder.path())
        .output()
        .unwrap()
}
