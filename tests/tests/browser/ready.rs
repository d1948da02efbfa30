//! The Definition of Ready at an item: what it lacks, and what happens when it is pulled all the same (PB-06, PB-32,
//! PB-33, BT-51).

use tests::{
    browser::{Person, Tab, starting},
    pages::{BacklogPage, BoardPage},
    relay::RunningRelay,
};

fn readiness(tab: &Tab) -> String {
    let text = tab.value("document.querySelector('.readiness')?.innerText ?? ''");
    text.as_str().unwrap_or_default().to_owned()
}

#[test]
fn pb_06_pb_32_the_meter_follows_what_is_filled_in() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    let panel = page.open_item("one");
    panel.reads("Raw");
    panel.reads("1 of 5 checks passed");
    tab.find("complementary", "Item")
        .find("textbox", "Estimate")
        .fill("3");
    tab.press("Tab");
    panel.reads("2 of 5 checks passed");
    for (field, value) in [("For whom", "player"), ("Benefit", "to see who is here")] {
        tab.find("complementary", "Item")
            .find("textbox", field)
            .fill(value);
        tab.press("Tab");
    }
    panel.reads("Shaped");
    panel.reads("3 of 5 checks passed");
    drop(tab.value("document.querySelector('.readiness summary').click()"));
    panel.reads("Has a description");
    assert!(readiness(&tab).contains("Has a business value"));
    tab.is_accessible();
}

#[test]
fn pb_32_pulling_what_is_not_ready_asks_once_and_is_kept() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    let board = BoardPage::of(page);
    board.add_column("Release", "1.0");
    // Left where they are.
    board.drag_into("one", "1.0");
    let dialog = tab.find("dialog", "Pull what is not ready");
    dialog.reads("1 item is not ready");
    dialog.reads("Has a description");
    tab.is_accessible();
    dialog.find("button", "Leave them").click();
    dialog.goes();
    board.shows("1.0", &[]);
    board.shows("Product backlog", &["one", "two"]);
    // Pulled all the same, by the keyboard.
    board.choose("one");
    page.command("Move to list");
    tab.find("menuitemradio", "1.0").click();
    dialog.appears();
    tab.press("Enter");
    dialog.goes();
    board.shows("1.0", &["one"]);
    page.announces("Pulled 1 item that is not ready");
    board.card("one").click();
    let panel = tests::pages::Panel(&tab).is_shown();
    panel.reads("Pulled not ready: Has a description");
    panel.close();
    // One undo takes back the move and the note; asked again then.
    tab.press("Control+z");
    board.shows("Product backlog", &["one", "two"]);
    tab.press("Control+y");
    board.shows("1.0", &["one"]);
    // It was asked about: going back and forth asks no more.
    board.drag_into("one", "Product backlog");
    board.shows("1.0", &[]);
    board.drag_into("one", "1.0");
    board.shows("1.0", &["one"]);
}

#[test]
fn bt_51_a_feature_shows_how_far_its_stories_are_at_once() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["feature", "first", "second"]);
    for title in ["first", "second"] {
        let _panel = page.open_item(title);
        drop(hers.value(
            "[...document.querySelectorAll('details.group')].find(one => one.innerText.startsWith('Work')).open = true",
        ));
        hers.find("button", "Part of: choose an item").click();
        hers.find("combobox", starting("Find")).appears();
        hers.type_text("feature");
        hers.find("option", tests::browser::containing("feature"))
            .click();
        hers.find("button", "Close item").click();
    }
    page.set_estimate("first", "3");
    page.set_estimate("second", "5");
    page.row_reads("feature", "0/2");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    let panel = other.open_item("feature");
    panel.reads("0 of 2 stories done · 0 of 8 points");
    // Without a network it rolls up here, at once.
    ada.offline(true);
    page.choose("first");
    page.press("s");
    hers.find("menuitemradio", "Done").click();
    page.row_reads("feature", "1/2");
    ada.offline(false);
    panel.reads("1 of 2 stories done · 3 of 8 points");
}

#[test]
fn pb_33_every_group_of_an_item_says_when_it_last_changed_and_who_did_it() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.introduce("Ada");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.introduce("Bob");
    let panel = page.open_item("one");
    panel.reads("by Ada");
    let changes = other.open_item("one");
    changes.add_criterion("works on a phone");
    changes.comment("what of tablets?");
    drop(his.value(
        "[...document.querySelectorAll('details.group')].find(one => one.innerText.startsWith('Problem')).open = true",
    ));
    changes.field("Problem").fill("nobody finds it");
    his.press("Tab");
    for section in ["Acceptance criteria", "Comments"] {
        hers.find("region", section)
            .reads("changed just now by Bob");
    }
    let said = || {
        let text = hers.value(
            "[...document.querySelectorAll('details.group > summary')].find(one => one.innerText.startsWith('Problem')).innerText",
        );
        text.as_str().unwrap_or_default().replace('\n', " ")
    };
    hers.until_equal(
        &"Problem and experience changed just now by Bob".to_owned(),
        said,
    );
    // Taking it back is a change as well, though the field is empty.
    his.find("button", starting("Undo")).click();
    hers.until_equal(
        &"Problem and experience empty \u{b7} changed just now by Bob".to_owned(),
        said,
    );
    hers.is_accessible();
    hers.screenshot("panel-changed");
}
