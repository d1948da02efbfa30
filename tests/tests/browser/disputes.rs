//! Settings and goals that people set while apart: both values show, and one click settles it for everybody.

use tests::{
    browser::{Person, Tab},
    pages::BacklogPage,
    relay::RunningRelay,
};

fn set(tab: &Tab, field: &str, value: &str) {
    let goal = tab.find("article", "More teams");
    goal.find("textbox", field).fill(value);
    tab.press("Tab");
}

#[test]
fn pb_11_a_target_set_while_apart_shows_both_and_is_settled_with_one_click() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.introduce("Ada");
    page.shows_screen("Strategy");
    hers.find("textbox", "Add a goal").fill("More teams");
    hers.press("Enter");
    hers.find("article", "More teams").appears();
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.introduce("Bob");
    other.shows_screen("Strategy");
    his.find("article", "More teams").appears();
    ada.offline(true);
    set(&hers, "Target", "40");
    set(&his, "Target", "50");
    page.chip_says("1 change to send");
    other.is_saved();
    ada.offline(false);
    // Both see both, below the field and from everywhere.
    for tab in [&hers, &his] {
        let card = tab.find("region", "2 values: Goal More teams: target");
        card.reads("Ada");
        card.reads("Bob");
        card.reads("shown now");
        tab.find("button", "1 setting with 2 values").appears();
    }
    hers.is_accessible();
    page.shows_screen("Backlog");
    hers.find("button", "1 setting with 2 values").click();
    let dialog = hers.find("dialog", "Two values");
    dialog.reads("Goal More teams: target");
    hers.is_accessible();
    dialog.find("button", "Keep 40").click();
    dialog.reads("Everything is settled.");
    dialog.find("button", "Close").click();
    his.find("region", "2 values: Goal More teams: target")
        .goes();
    his.find("article", "More teams")
        .find("textbox", "Target")
        .holds("40");
    assert!(!his.shows("with 2 values"));
}
