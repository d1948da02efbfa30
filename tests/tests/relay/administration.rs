//! What an operator does about single backlogs, while the relay runs and while it does not.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use automerge::Automerge;
use shared::{
    ids::DocumentId,
    sync::frame::{Goodbye, RelayFrame},
};
use tempfile::TempDir;
use tests::{
    author::Author,
    peer::Peer,
    relay::{RunningRelay, binary},
};

#[tokio::test]
async fn relay_a_running_relay_lists_and_removes_backlogs() {
    let relay = RunningRelay::start();
    let socket = relay.socket("/api/v1/sync");
    let (document, mut peer, alice) = begun(&socket).await;
    let (done, said) = cutline(relay.data(), &["list", "--json"], "");
    assert!(done, "{said}");
    let listed: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(listed[0]["id"], document.to_string());
    assert_eq!(listed[0]["changes"], 2);
    assert_eq!(listed[0]["connections"], 1);
    let (_, said) = cutline(relay.data(), &["list"], "");
    assert!(
        said.contains("BACKLOG") && said.contains(&document.to_string()),
        "{said}"
    );

    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("removed.automerge");
    let id = document.to_string();
    let remove = ["remove", &id, file.to_str().unwrap()];
    let (done, said) = cutline(relay.data(), &remove, "something else\n");
    assert!(!done && said.contains("nothing was removed"), "{said}");
    std::fs::remove_file(&file).unwrap();
    let (done, said) = cutline(relay.data(), &remove, &format!("{id}\n"));
    assert!(done && said.contains("Type its id"), "{said}");
    let kept = Automerge::load(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!(kept.get_heads()[0].0, alice.written()[1].hash);
    // Whoever had it open is sent away, and does not bring it back.
    while peer.hear().await.is_ok() {}
    let mut again = Peer::connect(&socket, document).await;
    let ended = turned_away(&mut again, document, &alice).await;
    assert_eq!(ended, Some(Goodbye::UnknownBacklog));
    let (_, said) = cutline(relay.data(), &["list", "--json"], "");
    assert_eq!(said.trim(), "[]");

    let (done, said) = cutline(relay.data(), &["readmit", &id], "");
    assert!(done, "{said}");
    let (_, welcome) = Peer::enter(&socket, document, alice.person, None)
        .await
        .unwrap();
    assert_eq!(
        welcome.last_seq, 0,
        "it begins anew with what the browser holds"
    );
    let (done, said) = cutline(relay.data(), &["readmit", &id], "");
    assert!(!done && said.contains("does not hold"), "{said}");
}

#[tokio::test]
async fn relay_a_stopped_relays_backlogs_are_listed_and_removed_too() {
    let mut relay = RunningRelay::start();
    let socket = relay.socket("/api/v1/sync");
    let (document, peer, alice) = begun(&socket).await;
    drop(peer);
    // Killed, it leaves its socket behind.
    relay.kill();
    let (_, said) = cutline(relay.data(), &["list", "--json"], "");
    let listed: serde_json::Value = serde_json::from_str(&said).unwrap();
    assert_eq!(listed[0]["connections"], serde_json::Value::Null);
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("removed.automerge");
    let id = document.to_string();
    let remove = ["remove", &id, file.to_str().unwrap(), "--yes"];
    let (done, said) = cutline(relay.data(), &remove, "");
    assert!(done, "{said}");
    relay.resume();
    let mut again = Peer::connect(&socket, document).await;
    let ended = turned_away(&mut again, document, &alice).await;
    assert_eq!(ended, Some(Goodbye::UnknownBacklog));
    let (done, said) = cutline(relay.data(), &["check"], "");
    assert!(done && said.contains("0 backlogs"), "{said}");
}

/// A backlog of two changes on the relay, with somebody who has it open.
async fn begun(socket: &str) -> (DocumentId, Peer, Author) {
    let (document, mut alice) = Author::begin(1);
    alice.add("Remove me");
    let (mut peer, _) = Peer::enter(socket, document, alice.person, None)
        .await
        .unwrap();
    let all = alice.written().iter().map(|change| change.bytes.clone());
    let batch = peer.push(all.collect()).await;
    peer.acknowledged(batch).await.unwrap();
    (document, peer, alice)
}

/// What the relay says to somebody who still holds the backlog.
async fn turned_away(peer: &mut Peer, document: DocumentId, author: &Author) -> Option<Goodbye> {
    peer.say(&tests::peer::hello(document, author.person, None))
        .await;
    match peer.hear().await {
        Ok(RelayFrame::Goodbye { reason, .. }) => Some(reason),
        Ok(_) | Err(_) => None,
    }
}

fn cutline(data: &Path, arguments: &[&str], typed: &str) -> (bool, String) {
    let mut process = Command::new(binary())
        .args(arguments)
        .arg("--data")
        .arg(data)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that asks nothing may be gone already.
    drop(process.stdin.take().unwrap().write_all(typed.as_bytes()));
    let output = process.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), said)
}
