//! "Saved on the relay" means on its disk.

use std::{
    fs::{self, File},
    io::Write,
    process::{Command, Stdio},
    sync::Arc,
};

use shared::sync::frame::{ClientFrame, RelayFrame};
use tempfile::TempDir;
use tests::{author::Author, in_process::InProcess, peer::Peer};

use crate::faulty_store::FaultyStore;

#[tokio::test]
async fn relay_nothing_is_acknowledged_or_shown_before_it_is_durable() {
    let store = FaultyStore::new();
    let relay = InProcess::over(Arc::clone(&store) as _).await;
    let (document, mut alice) = Author::begin(1);
    let (mut a, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let (mut b, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    b.say(&ClientFrame::Pull { after: 0 }).await;
    let batch = a.push(vec![alice.written()[0].bytes.clone()]).await;
    a.acknowledged(batch).await.unwrap();

    store.hold(true);
    let item = alice.add("On its way to the disk");
    let batch = a.push(vec![item.bytes.clone()]).await;
    // A third connection's welcome shows that the relay has taken the push and still says nothing of it.
    let (mut c, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let late = alice.add("Behind it");
    let second = c.push(vec![late.bytes.clone()]).await;
    let (_, welcome) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    assert_eq!(welcome.last_seq, 1, "what is not durable is not in the log");
    store.hold(false);
    assert_eq!(a.acknowledged(batch).await, Ok(vec![(item.hash, 2)]));
    assert_eq!(c.acknowledged(second).await, Ok(vec![(late.hash, 3)]));
    let mut shown = Vec::new();
    while shown.len() < 3 {
        if let RelayFrame::Changes { changes, .. } = b.hear_frame().await {
            shown.extend(changes);
        }
    }
    assert_eq!(shown[1..], [item.bytes, late.bytes]);
}

#[tokio::test]
async fn relay_a_full_disk_is_told_and_nothing_is_acknowledged() {
    let store = FaultyStore::new();
    let relay = InProcess::over(Arc::clone(&store) as _).await;
    let (document, mut alice) = Author::begin(1);
    let (mut a, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let batch = a.push(vec![alice.written()[0].bytes.clone()]).await;
    a.acknowledged(batch).await.unwrap();
    store.fill(true);
    let item = alice.add("No room");
    a.push(vec![item.bytes.clone()]).await;
    let told = a.hear_frame().await;
    assert!(matches!(told, RelayFrame::Troubled { .. }), "{told:?}");
    let (mut b, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let log = b.pull(0, 1).await.unwrap();
    assert_eq!(log.len(), 1, "reading goes on");
    store.fill(false);
    loop {
        match a.hear_frame().await {
            RelayFrame::Recovered => {
                a.push(vec![item.bytes.clone()]).await;
            }
            RelayFrame::Acknowledged { changes, .. } if !changes.is_empty() => {
                assert_eq!(changes, [(item.hash, 2)]);
                break;
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn relay_a_broken_disk_ends_the_relay_without_an_acknowledgement() {
    let store = FaultyStore::new();
    let relay = InProcess::over(Arc::clone(&store) as _).await;
    let (document, mut alice) = Author::begin(1);
    let (mut a, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    store.break_down();
    let item = alice.add("Lost on the way");
    let batch = a
        .push(vec![alice.written()[0].bytes.clone(), item.bytes])
        .await;
    assert!(a.acknowledged(batch).await.is_err());
    drop(a);
    let ended = relay.ended().await.unwrap_err();
    assert!(ended.to_string().contains("the disk is gone"), "{ended}");
}

/// The same on a real file system, where the test may mount one.
#[tokio::test]
async fn relay_a_full_file_system_is_told_and_recovers_by_itself() {
    let Some(disk) = SmallDisk::mount() else {
        return;
    };
    let relay = InProcess::in_folder(disk.folder.path()).await;
    let (document, mut alice) = Author::begin(1);
    let (mut a, _) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    let batch = a.push(vec![alice.written()[0].bytes.clone()]).await;
    a.acknowledged(batch).await.unwrap();
    disk.fill();
    // What space the store already has is used up first.
    let mut acknowledged = 1;
    loop {
        let item = alice.add("Until there is no room");
        a.push(vec![item.bytes]).await;
        match a.hear_frame().await {
            RelayFrame::Acknowledged { .. } => acknowledged += 1,
            RelayFrame::Troubled { .. } => break,
            other => panic!("{other:?}"),
        }
    }
    let (mut b, welcome) = Peer::enter(&relay.sync(), document, alice.person, None)
        .await
        .unwrap();
    assert_eq!(welcome.last_seq, acknowledged, "nothing else is in the log");
    assert_eq!(
        b.pull(0, acknowledged).await.unwrap().len() as u64,
        acknowledged
    );
    disk.make_room();
    while a.hear_frame().await != RelayFrame::Recovered {}
    let last = alice.written().last().unwrap().clone();
    let batch = a.push(vec![last.bytes]).await;
    let stored = a.acknowledged(batch).await;
    assert_eq!(stored, Ok(vec![(last.hash, acknowledged + 1)]));
    drop((a, b));
    relay.stop().await.unwrap();
}

/// A file system of two mebibytes with a file that takes what is left of them.
struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self { folder })
    }

    fn fill(&self) {
        let mut ballast = File::create(self.folder.path().join("ballast")).unwrap();
        while ballast.write_all(&[0; 4096]).is_ok() {}
    }

    fn make_room(&self) {
        fs::remove_file(self.folder.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.folder.path()).status());
    }
}
