//! A backlog whose opening breaks the program down every time: it must not lock people out, and nothing stored is lost.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::{ActorId, AutoCommit, Automerge, Change, ObjType, ROOT, transaction::Transactable};
use tests::{
    browser::{Person, Tab},
    pages::BacklogPage,
    relay::RunningRelay,
};

/// A change that automerge panics on: it writes into an object of somebody who is not there. The relay refuses such a one,
/// so that only a bad disk or a mistake of ours brings it to a device.
fn poison() -> Vec<u8> {
    let mut stranger = AutoCommit::new().with_actor(ActorId::from([7; 16]));
    let map = stranger.put_object(ROOT, "map", ObjType::Map).unwrap();
    let mut writer = stranger.fork().with_actor(ActorId::from([8; 16]));
    writer.put(&map, "key", 1).unwrap();
    writer.commit();
    let mut expanded = writer.get_last_local_change().unwrap().decode();
    expanded.deps = Vec::new();
    expanded.hash = None;
    let change = Change::from(expanded);
    let apply = || Automerge::new().apply_changes([change.clone()]);
    assert!(catch_unwind(AssertUnwindSafe(apply)).is_err());
    change.raw_bytes().to_vec()
}

/// Puts a change behind those that this device holds of a backlog.
fn store(tab: &Tab, document: &str, change: &[u8]) {
    let put = format!(
        "new Promise((done, failed) => {{
            const opening = indexedDB.open('cutline');
            opening.onerror = failed;
            opening.onsuccess = () => {{
                const writing = opening.result.transaction('chunks', 'readwrite');
                writing.objectStore('chunks').put(new Uint8Array({change:?}), ['{document}', 1000]);
                writing.oncomplete = () => {{ opening.result.close(); done(true); }};
                writing.onabort = failed;
            }};
        }})"
    );
    assert_eq!(tab.value(&put), true);
}

#[test]
fn a_backlog_that_breaks_down_at_every_opening_is_rescued() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    page.is_saved();
    let address = page.address();
    let automerge = page.automerge_url();
    let (_, document) = automerge.split_once(':').unwrap();
    tab.open(&relay.url("/healthz"));
    let poison = poison();
    store(&tab, document, &poison);

    tab.open(&address);
    tab.sees("This backlog does not open on this device");
    // Not even tried at the next visit, and nothing else is touched by it.
    tab.reload();
    tab.sees("it did so before this page was loaded");
    tab.screenshot("breakdown");
    tab.open(&relay.url("/"));
    tab.sees("Trial");
    tab.open(&address);
    tab.sees("This backlog does not open on this device");

    // What is stored comes out as it is, the bad change included.
    tab.find("button", "Save a backup file").click();
    let rescued = ada.next_download();
    assert_eq!(rescued.name, "rescued.cutline");
    let holds_poison = rescued.bytes.windows(poison.len()).any(|it| it == poison);
    assert!(rescued.bytes.starts_with(b"CUTLINE") && holds_poison);

    tab.find("button", "Fetch it from the relay").click();
    let page = page.is_shown();
    page.shows(&["one", "two"]);
    page.add("three");
    page.is_saved();
    tab.reload();
    let page = page.is_shown();
    page.shows(&["one", "two", "three"]);
    // The file can be merged; what broke the document stays behind.
    page.command("Merge a backup");
    page.choose_backup(&rescued.keep());
    page.announces("Merged the backup: 0 changes were new.");
    let complaints = ada.complaints();
    assert!(
        complaints
            .iter()
            .all(|complaint| complaint.contains("panicked") || complaint.contains("unreachable")),
        "{complaints:#?}"
    );
}

#[test]
fn a_backlog_that_broke_down_is_tried_again_when_the_person_asks() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    page.is_saved();
    let address = page.address();
    let automerge = page.automerge_url();
    let (_, document) = automerge.split_once(':').unwrap();
    let count = format!("localStorage.setItem('cutline-breakdowns-{document}', '3')");
    assert_eq!(tab.value(&format!("{count} ?? true")), true);
    tab.open(&address);
    tab.sees("This backlog does not open on this device");
    tab.find("button", "Try again").click();
    page.is_shown().shows(&["one"]);
    // An opening that succeeds counts from nothing again.
    tab.reload();
    page.is_shown().shows(&["one"]);
    assert_eq!(ada.complaints(), Vec::<String>::new());
}
