//! Issue 2, point 4: fields in place, many items at once, archive, undo, filters, palette, shortcuts.

use tests::{
    browser::{Person, containing, starting},
    pages::BacklogPage,
    relay::RunningRelay,
};

const THREE: [&str; 3] = ["one", "two", "three"];

#[test]
fn p4_titles_are_edited_in_place() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &THREE);
    page.choose("two");
    page.press("e");
    tab.press("Control+a");
    tab.type_text("deux");
    tab.press("Enter");
    page.shows(&["one", "deux", "three"]);
    page.undo();
    page.shows(&THREE);
    page.redo();
    page.shows(&["one", "deux", "three"]);
    page.choose("one");
    page.press("F2");
    tab.type_text("never kept");
    tab.press("Escape");
    page.shows(&["one", "deux", "three"]);
}

#[test]
fn p4_type_status_estimate_and_tags_are_set_in_place() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &THREE);
    page.choose("two");
    page.press("t");
    tab.find("menuitemradio", "Bug").click();
    page.row("two").find("button", containing("Bug")).appears();
    page.choose("two");
    page.set_estimate("two", "5");
    page.row_reads("two", "5");
    page.choose("two");
    page.tag("two", "later");
    page.row_reads("two", "later");
    page.choose("two");
    page.press("s");
    tab.find("menuitemradio", "Doing").click();
    page.row("two")
        .find("button", containing("Doing"))
        .appears();
    for _ in 0..4 {
        page.undo();
    }
    tab.until_some(|| {
        let row = page.row("two").text();
        if row.contains("later") || row.contains("Bug") {
            Err(row)
        } else {
            Ok(())
        }
    });
}

#[test]
fn p4_what_is_done_leaves_the_ranked_list() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &THREE);
    page.choose("two");
    page.press("s");
    tab.find("menuitemradio", "Done").click();
    page.shows(&["one", "three"]);
    page.is_numbered();
    page.undo();
    page.shows(&THREE);
}

#[test]
fn p4_many_items_are_edited_archived_and_restored() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &THREE);
    page.choose("one");
    page.press("x");
    page.press("Shift+ArrowDown");
    tab.sees("2 selected");
    tab.find("toolbar", "Selected items")
        .find("button", "Estimate")
        .click();
    tab.find("button", "8 points").click();
    page.row_reads("one", "8");
    page.row_reads("two", "8");
    tab.find("toolbar", "Selected items")
        .find("button", "Archive")
        .click();
    tab.find("dialog", "Archive")
        .find("button", "Archive")
        .click();
    page.shows(&["three"]);
    page.is_numbered();
    let address = page.address();
    tab.open(&format!("{address}?status=archived"));
    page.is_shown().shows(&["one", "two"]);
    page.choose("one");
    page.press("r");
    page.shows(&["two"]);
    page.is_saved();
    tab.open(&address);
    page.is_shown().shows(&["one", "three"]);
}

#[test]
fn p4_every_action_is_undone_and_done_again() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &THREE);
    page.choose("three");
    page.press("Alt+Home");
    page.shows(&["three", "one", "two"]);
    page.choose("one");
    page.press("Delete");
    tab.find("dialog", "Archive")
        .find("button", "Archive")
        .click();
    page.shows(&["three", "two"]);
    page.undo();
    page.shows(&["three", "one", "two"]);
    page.undo();
    page.shows(&THREE);
    page.undo();
    page.shows(&["one", "two"]);
    page.redo();
    page.redo();
    page.redo();
    page.shows(&["three", "two"]);
}

#[test]
fn p4_filters_stand_in_the_address_and_survive_a_reload() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["apple pie", "banana", "apple juice"]);
    page.set_estimate("banana", "2");
    page.search("apple");
    page.shows(&["apple pie", "apple juice"]);
    tab.until("location.search.includes('q=apple')");
    tab.reload();
    page.is_shown().shows(&["apple pie", "apple juice"]);
    tab.open(&format!("{}?estimate=none&q=juice", page.address()));
    page.is_shown().shows(&["apple juice"]);
    page.command("Show the whole list");
    page.shows(&["apple pie", "banana", "apple juice"]);
}

#[test]
fn p4_the_palette_finds_commands_and_items() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &THREE);
    page.choose("three");
    page.command("Move to top");
    page.shows(&["three", "one", "two"]);
    tab.press("Control+k");
    tab.find("combobox", "Find a command or item").appears();
    tab.type_text("two");
    tab.find("option", containing("two")).appears();
    tab.press("Enter");
    tab.find("complementary", containing("")).appears();
}

#[test]
fn p4_the_shortcut_sheet_and_the_palette_know_the_same_commands() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &THREE);
    page.press("?");
    let sheet = tab.find("dialog", "Keyboard shortcuts").appears().text();
    tab.press("Escape");
    tab.find("dialog", "Keyboard shortcuts").goes();
    page.choose("one");
    for command in [
        "Move up",
        "Undo",
        "Set estimate",
        "Search items",
        "Add an item",
    ] {
        assert!(
            sheet.contains(command),
            "{command} is not on the sheet: {sheet}"
        );
        tab.press("Control+k");
        tab.find("combobox", "Find a command or item").appears();
        tab.type_text(command);
        tab.find("option", starting(command)).appears();
        tab.press("Escape");
        tab.find("dialog", "Commands").goes();
    }
}
