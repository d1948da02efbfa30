//! The parts of the app that are fetched when they are first used: there without a network too, and asked for again where
//! they did not come.

use tests::{
    browser::{Person, Tab},
    pages::BacklogPage,
    relay::RunningRelay,
};

/// Requests for a part fail, as without a network, until `fetchesFail` is false.
const FAILING: &str = r"
    window.fetchesFail = true;
    const fetchAll = window.fetch;
    window.fetch = (asked, ...more) =>
        window.fetchesFail && /\/[a-z-]*(aside|screens)[a-z-]*-[0-9a-f]{16}\.wasm/.test(String(asked))
            ? Promise.reject(new TypeError('Failed to fetch'))
            : fetchAll(asked, ...more);
";

/// A developer's build is in one piece.
fn is_taken_apart(tab: &Tab) -> bool {
    let kept = "fetch('/sw.js').then(found => found.text()).then(text => text.includes('screens'))";
    tab.value(kept) == true
}

#[test]
fn p6_what_was_never_opened_opens_without_a_network() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    tab.until(
        "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)",
    );
    ada.offline(true);
    page.shows_screen("Reports");
    tab.find("button", "Velocity").appears();
    page.shows_screen("Backlog");
    page.open_item("one").title().holds("one");
    page.set_estimate("one", "3");
    ada.offline(false);
    page.is_saved();
}

/// A backlog's page that gets no further part; nothing where the app is in one piece.
fn without_parts<'t>(ada: &Person, tab: &'t Tab, relay: &RunningRelay) -> Option<BacklogPage<'t>> {
    ada.expect_network_errors();
    tab.run_first(FAILING);
    let page = BacklogPage::with(tab, relay, &["one"]);
    is_taken_apart(tab).then_some(page)
}

#[test]
fn a_part_that_did_not_come_says_so_and_is_asked_for_again() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let Some(page) = without_parts(&ada, &tab, &relay) else {
        return;
    };
    page.shows_screen("Reports");
    tab.sees("This part of Cutline could not be loaded");
    tab.find("button", "Try again").click();
    tab.sees("This part of Cutline could not be loaded");
    tab.is_accessible();
    drop(tab.value("window.fetchesFail = false"));
    tab.find("button", "Try again").click();
    tab.find("button", "Velocity").appears();
    page.shows_screen("Backlog");
    page.shows(&["one"]);
}

#[test]
fn a_dialog_that_did_not_come_can_be_left() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let Some(page) = without_parts(&ada, &tab, &relay) else {
        return;
    };
    page.press("Control+k");
    tab.find("button", "Close").click();
    page.add("two");
    page.shows(&["one", "two"]);
    drop(tab.value("window.fetchesFail = false"));
    page.press("Control+k");
    tab.find("dialog", "Commands").appears();
}
