//! The board: releases, the product backlog and its lists side by side (PB-12), and moving work among them (BT-50).

use tests::{
    browser::{DESKTOP, Look, PHONE, Part, Person},
    pages::{BacklogPage, BoardPage},
    relay::RunningRelay,
};

const FIVE: [&str; 5] = ["one", "two", "three", "four", "five"];

#[test]
fn pb_12_columns_are_added_renamed_moved_converted_and_removed() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    let board = BoardPage::of(page);
    board.columns_are(&["Product backlog"]);
    board.add_column("List", "Later");
    board.add_column("List", "Discovery");
    board.add_column("Release", "1.0");
    board.columns_are(&["1.0", "Product backlog", "Later", "Discovery"]);
    board.menu("Discovery", "Move left");
    board.columns_are(&["1.0", "Product backlog", "Discovery", "Later"]);
    board.menu("Later", "Name, colour, owner");
    tab.find("textbox", "Name").fill("Some day");
    tab.find("radio", "Teal").click();
    tab.press("Enter");
    board.columns_are(&["1.0", "Product backlog", "Discovery", "Some day"]);
    board.drag_into("two", "Discovery");
    board.shows("Discovery", &["two"]);
    board.menu("Discovery", "Make it a release");
    board.columns_are(&["1.0", "Discovery", "Product backlog", "Some day"]);
    board.shows("Discovery", &["two"]);
    tab.press("Control+z");
    board.columns_are(&["1.0", "Product backlog", "Discovery", "Some day"]);
    board.shows("Discovery", &["two"]);
    board.menu("Discovery", "Remove");
    board.columns_are(&["1.0", "Product backlog", "Some day"]);
    board.shows("Product backlog", &["one", "two"]);
    tab.press("Control+z");
    board.shows("Discovery", &["two"]);
    board.shows("Product backlog", &["one"]);
}

#[test]
fn pb_12_columns_fold_away_and_stay_so_on_this_device() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    let board = BoardPage::of(page);
    board.shows("Product backlog", &["one"]);
    board.menu("Product backlog", "Fold");
    board.shows("Product backlog", &[]);
    page.is_saved();
    tab.reload();
    let board = board.is_shown();
    board.columns_are(&["Product backlog"]);
    board.shows("Product backlog", &[]);
    board
        .column("Product backlog")
        .find("button", tests::browser::starting("Product backlog"))
        .click();
    board.shows("Product backlog", &["one"]);
}

#[test]
fn bt_50_cards_move_by_mouse_finger_keys_and_picker_and_go_back() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &FIVE);
    let board = BoardPage::of(page);
    board.add_column("List", "Later");
    board.drag("one", "three", Part::Lower);
    board.shows("Product backlog", &["two", "three", "one", "four", "five"]);
    board.drag_into("two", "Later");
    board.drag("five", "two", Part::Upper);
    board.shows("Later", &["five", "two"]);
    board.shows("Product backlog", &["three", "one", "four"]);
    // Keys: to the column on the left, where it gets back the rank it had.
    board.choose("two");
    tab.press("Alt+ArrowLeft");
    board.shows("Product backlog", &["two", "three", "one", "four"]);
    board.shows("Later", &["five"]);
    tab.press("Control+z");
    board.shows("Later", &["five", "two"]);
    // The picker finds and makes lists.
    board.choose("four");
    tab.press("Shift+m");
    tab.find("textbox", "Find or make a list").fill("Ideas");
    tab.find("menuitem", tests::browser::starting("New list"))
        .click();
    board.shows("Ideas", &["four"]);
    tab.press("Control+z");
    board.shows("Product backlog", &["three", "one", "four"]);
    board.columns_are(&["Product backlog", "Later"]);
    tab.on(PHONE);
    board.touch_drag("three", "four", Part::Lower);
    board.shows("Product backlog", &["one", "four", "three"]);
    tab.on(DESKTOP);
}

#[test]
fn bt_50_many_move_at_once_and_come_back_with_one_undo() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &FIVE);
    let board = BoardPage::of(page);
    board.add_column("Release", "1.0");
    board.choose("two");
    tab.press("x");
    tab.press("Shift+ArrowDown");
    tab.press("Shift+m");
    tab.find("textbox", "Find or make a list").fill("1.0");
    tab.press("Enter");
    page.pulls_anyway();
    board.shows("1.0", &["two", "three"]);
    board.shows("Product backlog", &["one", "four", "five"]);
    tab.press("Control+z");
    board.shows("Product backlog", &FIVE);
}

#[test]
fn pb_12_sorting_changes_no_rank_until_it_is_applied() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["cherry", "apple", "banana"]);
    let board = BoardPage::of(page);
    board.sort("Product backlog", "Name");
    board.shows("Product backlog", &["apple", "banana", "cherry"]);
    // Its rank is what it was.
    board.card("cherry").reads("#1");
    tab.find("button", tests::browser::starting("Sort Product backlog"))
        .click();
    tab.find("menuitem", "Apply this order as rank…").click();
    let dialog = tab.find("dialog", "Rank by name");
    dialog.reads("3 of 3 items get another rank");
    tab.find("button", "Apply as rank").click();
    board.shows("Product backlog", &["apple", "banana", "cherry"]);
    board.card("apple").reads("#1");
    tab.press("Control+z");
    board.shows("Product backlog", &["cherry", "apple", "banana"]);
}

#[test]
fn pb_12_two_people_shape_one_board_one_of_them_offline() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &FIVE);
    let board = BoardPage::of(page);
    board.add_column("List", "Later");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BoardPage::of(BacklogPage::open(&his, &page.link()));
    other.shows("Later", &[]);
    ada.offline(true);
    board.drag_into("one", "Later");
    board.shows("Later", &["one"]);
    page.chip_says("to send");
    // Meanwhile the list becomes a release, with what is in it.
    other.drag_into("two", "Later");
    other.menu("Later", "Make it a release");
    other.columns_are(&["Later", "Product backlog"]);
    other.page().is_saved();
    ada.offline(false);
    page.is_saved();
    for board in [board, other] {
        board.columns_are(&["Later", "Product backlog"]);
        board.shows("Product backlog", &["three", "four", "five"]);
        board.0.until_some(|| {
            let mut titles = board.titles("Later");
            titles.sort();
            if titles == ["one", "two"] {
                Ok(())
            } else {
                Err(format!("{titles:?}"))
            }
        });
    }
    hers.until_equal(&other.titles("Later"), || board.titles("Later"));
}

#[test]
fn pb_05_a_column_of_five_thousand_draws_what_is_seen() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &[]);
    let lines: Vec<String> = (1..=5_000).map(|number| format!("item {number}")).collect();
    page.paste_lines(&lines);
    page.items_are(5_000);
    let board = BoardPage::of(page);
    drop(tab.value("document.querySelector('.column-cards').scrollTop = 0"));
    board.card("item 1").appears();
    assert!(board.titles("Product backlog").len() < 60);
    drop(tab.value("document.querySelector('.column-cards').scrollTop = 1e9"));
    board.card("item 5000").appears();
}

#[test]
fn pb_12_the_board_is_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &FIVE);
    page.set_estimate("one", "3");
    page.tag("one", "later");
    let board = BoardPage::of(page);
    board.add_column("List", "Later");
    board.add_column("Release", "1.0");
    board.drag_into("four", "Later");
    board.drag_into("two", "1.0");
    page.pulls_anyway();
    board.menu("Later", "Name, colour, owner");
    tab.is_accessible();
    tab.press("Escape");
    for look in [Look::Light, Look::Dark] {
        tab.likes(look, true);
        tab.frame();
        tab.is_accessible();
        tab.screenshot(&format!("board-{look:?}"));
    }
    tab.on(PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.is_accessible();
    tab.screenshot("board-phone");
}
