//! Issue 2, point 4: items are added and ranked, by keyboard, mouse and finger, one or many at once.

use tests::{
    browser::{PHONE, Part, Person},
    pages::BacklogPage,
    relay::RunningRelay,
};

const FIVE: [&str; 5] = ["one", "two", "three", "four", "five"];

#[test]
fn p4_pb_43_quick_add_keeps_its_focus() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &[]);
    page.quick_add().click();
    for title in FIVE {
        tab.type_keys(title);
        tab.press("Enter");
    }
    page.shows(&FIVE);
    page.is_numbered();
}

#[test]
fn p4_pb_43_fifty_pasted_lines_are_fifty_items_and_one_step() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    let lines: Vec<String> = (1..=50).map(|number| format!("item {number}")).collect();
    page.paste_lines(&lines);
    page.items_are(51);
    page.undo();
    page.shows(&["before"]);
    page.redo();
    page.items_are(51);
}

#[test]
fn p4_pb_29_rank_by_mouse() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &FIVE);
    page.drag("one", "three", Part::Lower);
    page.shows(&["two", "three", "one", "four", "five"]);
    page.drag("five", "two", Part::Upper);
    page.shows(&["five", "two", "three", "one", "four"]);
    page.is_numbered();
    page.undo();
    page.shows(&["two", "three", "one", "four", "five"]);
}

#[test]
fn p4_rank_by_finger() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &FIVE);
    tab.on(PHONE);
    page.touch_drag("one", "three", Part::Lower);
    page.shows(&["two", "three", "one", "four", "five"]);
}

#[test]
fn p4_pb_29_rank_by_keyboard_is_announced() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &FIVE);
    page.choose("two");
    page.press("Alt+ArrowDown");
    page.shows(&["one", "three", "two", "four", "five"]);
    page.announces("now 3 of 5");
    page.press("Alt+ArrowUp");
    page.press("Alt+ArrowUp");
    page.shows(&["two", "one", "three", "four", "five"]);
    page.announces("now 1 of 5");
    page.press("Alt+End");
    page.shows(&["one", "three", "four", "five", "two"]);
    page.press("Alt+Home");
    page.shows(&["two", "one", "three", "four", "five"]);
    page.press("m");
    tab.find("textbox", "Rank").appears();
    tab.type_text("4");
    tab.press("Enter");
    page.shows(&["one", "three", "four", "two", "five"]);
    page.announces("now 4 of 5");
}

#[test]
fn p4_many_items_move_as_one() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &FIVE);
    page.choose("three");
    page.press("x");
    page.press("ArrowDown");
    page.press("ArrowDown");
    page.press("x");
    tab.sees("2 selected");
    tab.find("button", "To top").click();
    page.shows(&["three", "five", "one", "two", "four"]);
    page.undo();
    page.shows(&FIVE);
}

#[test]
fn p4_pb_05_a_long_list_draws_what_is_seen_and_stays_numbered() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &[]);
    let lines: Vec<String> = (1..=1_000).map(|number| format!("item {number}")).collect();
    page.paste_lines(&lines);
    page.items_are(1_000);
    assert!(page.lines().len() < 200, "rows that nobody sees are drawn");
    page.press("End");
    page.row("item 1000").appears();
    page.is_numbered();
    page.press("Alt+Home");
    page.row("item 1000").appears();
    page.announces("now 1 of 1,000");
}
