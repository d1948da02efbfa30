//! Reviewing what went stale, one item at a time (PB-24).

use tests::{
    browser::{Look, PHONE, Person, Tab, file},
    pages::{BacklogPage, HomePage},
    relay::RunningRelay,
};

/// A backlog with three items that nobody has touched for years, and a new one.
#[track_caller]
fn with_old<'t>(tab: &'t Tab, relay: &RunningRelay) -> BacklogPage<'t> {
    let rows = "title,created\nolder,2023-05-01\noldest,2022-05-01\nold,2024-05-01\n";
    let path = file("old.csv", rows.as_bytes());
    let page = HomePage::open(tab, relay).begin("Trial");
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    let page = dialog.says("3 items").accept();
    page.add("new");
    page.items_are(4);
    page
}

#[track_caller]
fn is_on_the_table(tab: &Tab, title: &str) {
    tab.find("article", "Item to review").reads(title);
}

#[test]
fn pb_24_stale_items_are_kept_updated_or_archived_by_keys() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = with_old(&hers, &relay);
    page.row_reads("oldest", "Dormant");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.row_reads("older", "Dormant");
    ada.offline(true);
    hers.find("link", "Review").click();
    hers.sees("3 items wait");
    is_on_the_table(&hers, "oldest");
    hers.press("k");
    is_on_the_table(&hers, "older");
    hers.sees("2 items wait");
    // Skipping leaves it in the queue.
    hers.press("s");
    is_on_the_table(&hers, "old");
    hers.press("a");
    hers.sees("Nothing else waits for a review.");
    hers.find("button", "Look at the skipped ones again")
        .click();
    is_on_the_table(&hers, "older");
    // Taking the archiving back brings the item back.
    hers.press("Control+z");
    hers.sees("2 items wait");
    hers.press("u");
    let panel = tests::pages::Panel(&hers).is_shown();
    panel.title().fill("older, said anew");
    hers.press("Enter");
    panel.close();
    is_on_the_table(&hers, "old");
    hers.sees("1 item waits");
    ada.offline(false);
    page.is_saved();
    his.until(
        "[...document.querySelectorAll('#ranked-list .row')].filter(row => row.textContent.includes('Dormant')).length === 1",
    );
    other.row_reads("old", "Dormant");
}

#[test]
fn pb_24_the_review_is_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let _page = with_old(&tab, &relay);
    tab.find("link", "Review").click();
    is_on_the_table(&tab, "oldest");
    for look in [Look::Light, Look::Dark] {
        tab.likes(look, true);
        tab.frame();
        tab.is_accessible();
        tab.screenshot(&format!("review-{look:?}"));
    }
    tab.on(PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.is_accessible();
    tab.screenshot("review-phone");
}
