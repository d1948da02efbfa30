//! Several lists of one product: going from one to another, grouping and sorting without moving (PB-27, BT-37), the
//! archive (PB-26), and views to come back to.

use tests::{
    browser::{Look, PHONE, Person, Tab, file, starting},
    pages::BacklogPage,
    relay::RunningRelay,
};

/// Puts an item into a list, which is made where it is new.
#[track_caller]
fn put_into(page: BacklogPage<'_>, title: &str, list: &str) {
    page.choose(title);
    page.press("Shift+m");
    page.0.find("textbox", "Find or make a list").fill(list);
    page.0.press("Enter");
    page.0.find("dialog", "Move to list").goes();
}

#[track_caller]
fn go_to(page: BacklogPage<'_>, list: &str) {
    page.0.find("button", starting("List: ")).click();
    page.0.find("menuitemradio", starting(list)).click();
    page.0.find("dialog", "Lists").goes();
}

#[track_caller]
fn choose_from(tab: &Tab, button: &str, entry: &str) {
    tab.find("button", starting(button)).click();
    tab.find("menuitemradio", entry.to_owned()).click();
    tab.press("Escape");
    tab.until("!document.querySelector('dialog[open]')");
}

/// The headings of the list and what stands under each, in order.
fn groups(tab: &Tab) -> String {
    let read = tab.value(
        "[...document.querySelectorAll('#ranked-list .heading, #ranked-list .row')]
            .map(line => ({ top: line.getBoundingClientRect().top, line }))
            .sort((a, b) => a.top - b.top)
            .map(({ line }) => line.classList.contains('heading')
                ? `[${line.querySelector('strong').textContent}]`
                : line.querySelector('.title').textContent.trim())
            .join(' ')",
    );
    read.as_str().unwrap_or_default().to_owned()
}

#[test]
fn pb_27_lists_have_their_own_order_and_are_one_click_away() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three", "four"]);
    put_into(page, "four", "Later");
    put_into(page, "two", "Later");
    page.shows(&["one", "three"]);
    page.items_are(2);
    go_to(page, "Later");
    page.shows(&["four", "two"]);
    page.choose("two");
    page.press("Alt+Home");
    page.shows(&["two", "four"]);
    page.add("five");
    page.shows(&["two", "four", "five"]);
    // All of them together, under their names: accepted and in no release (PB-03).
    go_to(page, "All lists");
    tab.until_equal(
        &"[Product backlog] one three [Later] two four five".to_owned(),
        || groups(&tab),
    );
    go_to(page, "Product backlog");
    page.shows(&["one", "three"]);
    tab.sees("Features for upcoming releases");
}

#[test]
fn pb_03_planning_an_item_takes_it_out_and_it_comes_back_at_its_rank() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.command("Add a release");
    tab.find("textbox", "Name").fill("1.0");
    tab.press("Enter");
    put_into(page, "two", "1.0");
    page.pulls_anyway();
    page.items_are(2);
    page.shows(&["one", "three"]);
    page.choose("three");
    page.press("Alt+Home");
    page.shows(&["three", "one"]);
    let panel = page.open_item("one");
    panel.close();
    page.undo();
    page.undo();
    page.shows(&["one", "two", "three"]);
    page.redo();
    page.shows(&["one", "three"]);
    page.items_are(2);
}

#[test]
fn pb_27_bt_37_grouping_moves_nothing_and_sorting_ranks_nothing() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.tag("three", "core");
    page.tag("one", "ui");
    choose_from(&tab, "Group: ", "Tag");
    tab.until_equal(&"[core] three [ui] one [No tag] two".to_owned(), || {
        groups(&tab)
    });
    // The numbers are the true ranks.
    assert_eq!(page.cell("three", "rank"), "3");
    page.set_estimate("two", "1");
    page.set_estimate("three", "5");
    choose_from(&tab, "Group: ", "No groups");
    choose_from(&tab, "Sort: ", "Estimate");
    page.shows(&["two", "three", "one"]);
    assert_eq!(page.cell("one", "rank"), "1");
    choose_from(&tab, "Sort: ", "Rank");
    page.shows(&["one", "two", "three"]);
}

#[test]
fn bt_36_rank_by_value_shows_what_moves_before_it_moves() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let rows = "title,business value\nlow,1\nnone,\nhigh,9\n";
    let path = file("values.csv", rows.as_bytes());
    let page = BacklogPage::with(&tab, &relay, &[]);
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    let page = dialog
        .says("3 items")
        .column_becomes("business value", "Business value")
        .accept();
    page.shows(&["low", "none", "high"]);
    page.command("Rank by business value");
    let dialog = tab.find("dialog", "Rank by business value");
    dialog.reads("3 of 3 items get another rank");
    page.shows(&["low", "none", "high"]);
    tab.find("button", "Apply as rank").click();
    page.shows(&["high", "low", "none"]);
    page.undo();
    page.shows(&["low", "none", "high"]);
}

#[test]
fn views_are_shared_and_say_all_that_is_looked_at() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.tag("three", "ui");
    page.tag("one", "ui");
    page.search("ui");
    choose_from(&tab, "Sort: ", "Name");
    page.shows(&["one", "three"]);
    tab.find("button", "Views").click();
    tab.find("textbox", "Name of the view").fill("What is seen");
    tab.press("Enter");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["one", "two", "three"]);
    his.find("button", "Views").click();
    his.find("button", "What is seen").click();
    other.shows(&["one", "three"]);
    assert!(his.address().contains("sort=name-asc"), "{}", his.address());
    his.find("button", "Views").click();
    his.find("button", "Remove view What is seen").click();
    his.find("button", "What is seen").goes();
    his.press("Escape");
    his.press("Control+z");
    his.find("button", "Views").click();
    his.find("button", "What is seen").appears();
}

#[test]
fn pb_26_many_are_archived_with_one_reason_and_found_and_brought_back() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    // Short ids, which are searched as well, have no 0.
    let titles: Vec<String> = (1..=20).map(|number| format!("old {number:03}")).collect();
    let page = BacklogPage::with(&hers, &relay, &["stays"]);
    page.paste_lines(&titles);
    page.items_are(21);
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.items_are(21);
    ada.offline(true);
    page.search("old");
    page.focus_list();
    hers.press("Control+a");
    hers.press("Delete");
    hers.find("textbox", "Reason").fill("cleared out");
    hers.press("Enter");
    page.items_are(1);
    // Meanwhile somebody works on one of them.
    other.set_estimate("old 013", "5");
    other.is_saved();
    ada.offline(false);
    page.is_saved();
    other.items_are(1);
    page.search("");
    go_to(page, "Archive");
    page.search("old 013");
    page.shows(&["old 013"]);
    page.row_reads("old 013", "5");
    let panel = page.open_item("old 013");
    panel.reads("cleared out");
    panel.close();
    page.search("");
    // All come back with one undo.
    page.undo();
    go_to(page, "Product backlog");
    page.items_are(21);
    other.items_are(21);
}

#[test]
fn bt_37_a_list_that_is_removed_while_somebody_moves_into_it_loses_nothing() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two", "three"]);
    put_into(page, "one", "Later");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["two", "three"]);
    ada.offline(true);
    put_into(page, "two", "Later");
    page.shows(&["three"]);
    let board = tests::pages::BoardPage::of(other);
    board.menu("Later", "Remove");
    board.columns_are(&["Product backlog"]);
    board.shows("Product backlog", &["one", "two", "three"]);
    other.is_saved();
    ada.offline(false);
    page.is_saved();
    page.items_are(3);
    board.shows("Product backlog", &["one", "two", "three"]);
    // Bringing the list back brings back what both put there.
    his.press("Control+z");
    board.shows("Later", &["one", "two"]);
    page.shows(&["three"]);
}

#[test]
fn pb_27_the_list_screen_is_accessible_with_groups_and_menus() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.tag("one", "ui");
    put_into(page, "two", "Later");
    choose_from(&tab, "Group: ", "Tag");
    for look in [Look::Light, Look::Dark] {
        tab.likes(look, true);
        tab.frame();
        tab.is_accessible();
        tab.screenshot(&format!("lists-{look:?}"));
        for button in ["List: ", "Sort: ", "Group: ", "Views"] {
            tab.find("button", starting(button)).click();
            tab.is_accessible();
            tab.screenshot(&format!("lists-{}-{look:?}", button.trim_end_matches(": ")));
            tab.press("Escape");
        }
    }
    tab.on(PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.is_accessible();
    tab.screenshot("lists-phone");
}
