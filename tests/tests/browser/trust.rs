//! Issue 2, points 7 and 8, and storage that runs out: what was said to be safe is safe.

use tests::{
    browser::{Person, file},
    pages::BacklogPage,
    relay::RunningRelay,
};

use crate::data;

#[test]
fn p7_a_killed_relay_loses_nothing_and_gets_the_rest_again() {
    let mut relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["told"]);
    page.is_saved();
    ada.expect_network_errors();
    relay.kill();
    page.add("not yet told");
    page.chip_says("1 change to send");
    relay.resume();
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    BacklogPage::open(&his, &page.link()).shows(&["told", "not yet told"]);
}

#[test]
fn p7_a_relay_killed_right_after_it_said_saved_has_it() {
    let mut relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    ada.expect_network_errors();
    for round in 0..3 {
        page.add(&format!("round {round}"));
        page.is_saved();
        relay.kill();
        relay.resume();
        let (bob, his) = Person::with_tab();
        bob.expect_network_errors();
        BacklogPage::open(&his, &page.link()).items_are(round + 2);
    }
}

#[test]
fn s10_a_full_disk_of_the_relay_is_said_on_the_page_until_there_is_room() {
    let mut relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    ada.expect_network_errors();
    relay.stop();
    relay.resume_with(&["--keep-free", "1000000000"]);
    page.add("two");
    page.chip_says("1 change to send");
    hers.sees("The relay's disk is full. Your changes are safe on this device");
    relay.stop();
    relay.resume_with(&[]);
    page.is_saved();
    hers.until("!document.body.innerText.includes('disk is full')");
    hers.reload();
    page.is_shown().shows(&["one", "two"]);
}

#[test]
fn p8_a_restored_relay_is_healed_by_a_browser_that_holds_newer_work() {
    let mut relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["yesterday"]);
    ada.expect_network_errors();
    relay.stop();
    let yesterday = relay.copy_of_data();
    relay.resume();
    page.add("today");
    page.is_saved();
    relay.stop();
    relay.restore_data(&yesterday);
    relay.resume();
    let (bob, his) = Person::with_tab();
    bob.expect_network_errors();
    BacklogPage::open(&his, &page.link()).shows(&["yesterday", "today"]);
    page.is_saved();
}

#[test]
fn p6_when_this_device_is_full_the_person_is_told_and_nothing_is_lost() {
    let relay = RunningRelay::start();
    let needed = {
        let (_eve, tab) = Person::with_tab();
        let page = BacklogPage::with(&tab, &relay, &["one"]);
        page.works_offline();
        tab.value("navigator.storage.estimate().then(found => found.usage)")
            .as_u64()
            .unwrap()
    };
    let (ada, hers) = Person::with_tab();
    ada.expect_network_errors();
    // Before anything is stored: the browser looks again only now and then.
    hers.open(&relay.url("/healthz"));
    hers.limit_storage(Some(needed + 300_000));
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.works_offline();
    let path = file("export.csv", data::jira(1_000, 4_000).as_bytes());
    page.command("Import a file");
    page.import_dialog().choose_file(&path);
    let page = page.import_dialog().says("1,000").accept();
    page.items_are(1_001);
    // She goes on until the browser looks again at what is left.
    let mut items = 1_001;
    while !page.chip().contains("not saved on this device") {
        page.add("one more");
        items += 1;
        assert!(items < 2_000, "the browser never noticed");
    }
    page.items_are(items);
    let (_bob, his) = Person::with_tab();
    BacklogPage::open(&his, &page.link()).items_are(items);
    hers.limit_storage(None);
    page.is_saved();
    hers.reload();
    page.is_shown().items_are(items);
}

#[test]
fn p6_a_device_that_is_full_when_a_backlog_is_opened_keeps_it_once_there_is_room() {
    let relay = RunningRelay::start();
    let (_bob, his) = Person::with_tab();
    let link = BacklogPage::with(&his, &relay, &["one", "two"]).link();
    let (ada, hers) = Person::with_tab();
    ada.expect_network_errors();
    hers.open(&relay.url("/healthz"));
    hers.limit_storage(Some(1));
    let page = BacklogPage::open(&hers, &link);
    page.chip_says("not saved on this device");
    page.shows(&["one", "two"]);
    page.add("three");
    hers.limit_storage(None);
    page.is_saved();
    hers.reload();
    let page = page.is_shown();
    page.works_offline();
    ada.offline(true);
    hers.reload();
    page.is_shown().shows(&["one", "two", "three"]);
    // The files for offline use found no room either, at first.
    let complaints = ada.complaints();
    assert!(
        complaints
            .iter()
            .all(|complaint| complaint.contains("QuotaExceededError")),
        "{complaints:#?}"
    );
}
