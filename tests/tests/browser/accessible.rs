//! Every view is accessible in light and dark, on a desk and on a phone.

use tests::{
    browser::{DESKTOP, Look, Name, PHONE, Person, Tab, starting},
    pages::{BacklogPage, BoardPage, HomePage},
    relay::RunningRelay,
};

use crate::{releases, sprints};

fn in_each_look(tab: &Tab) {
    for look in [Look::Light, Look::Dark] {
        tab.likes(look, true);
        tab.frame();
        tab.is_accessible();
    }
}

/// Where one is, in rows that are wider than a phone.
const IS_IN_SIGHT: &str =
    "[...document.querySelectorAll('.screens [aria-current], .tabs [aria-pressed=true]')]
    .map(chosen => chosen.getBoundingClientRect())
    .every(place => place.left > -1 && place.right < innerWidth + 1)";

/// All ways from screen to screen, on a desk.
const WAYS_ARE_IN_SIGHT: &str = "[...document.querySelectorAll('.screens a')]
    .every(way => way.getBoundingClientRect().right <= way.parentElement.getBoundingClientRect().right + 1)";

fn fits_a_phone(tab: &Tab) {
    tab.on(PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.until(IS_IN_SIGHT);
    tab.is_accessible();
    tab.on(DESKTOP);
}

#[test]
fn the_start_page_is_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    drop(BacklogPage::with(&tab, &relay, &["one"]).link());
    let _home = HomePage::open(&tab, &relay);
    in_each_look(&tab);
    fits_a_phone(&tab);
}

#[test]
fn an_empty_backlog_is_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let _page = BacklogPage::with(&tab, &relay, &[]);
    in_each_look(&tab);
    fits_a_phone(&tab);
}

#[test]
fn a_backlog_and_its_panel_are_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.set_estimate("one", "3");
    page.tag("one", "later");
    in_each_look(&tab);
    fits_a_phone(&tab);
    let panel = page.open_item("one");
    panel.add_criterion("it is calm");
    panel.comment("Looks good");
    panel.reads("Looks good");
    in_each_look(&tab);
    fits_a_phone(&tab);
}

#[test]
fn every_view_is_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::demo(&tab, &relay);
    page.each_view(|_| {
        tab.until(WAYS_ARE_IN_SIGHT);
        in_each_look(&tab);
        fits_a_phone(&tab);
    });
}

/// A dialog in each look and on a phone; it is closed again.
fn is_accessible_and_closes(tab: &Tab, dialog: impl Into<Name>) {
    let dialog = tab.find("dialog", dialog);
    dialog.appears();
    in_each_look(tab);
    fits_a_phone(tab);
    tab.press("Escape");
    dialog.goes();
}

#[test]
fn releases_and_their_dialogs_are_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.set_estimate("one", "30");
    releases::release(page, "2.0");
    for (field, value) in [
        ("Capacity", "20"),
        ("Start", "2090-01-02"),
        ("Target", "2090-02-16"),
    ] {
        releases::set(&tab, field, value);
    }
    tab.find("button", "Plan").click();
    let board = BoardPage(&tab);
    board.drag_into("one", "2.0");
    is_asked(&tab);
    tab.find("button", "Pull anyway").click();
    board.shows("2.0", &["one"]);
    tab.find("button", "Sign off for product management")
        .click();
    tab.sees("Product management: signed by");
    // More in it than was signed, and than it holds.
    board.drag_into("two", "2.0");
    releases::answer(&tab);
    tab.find("list", "Changes of scope").appears();
    tab.find("list", "Too large for this release").appears();
    in_each_look(&tab);
    fits_a_phone(&tab);
    tab.find("button", "Plan").click();
    drop(tab.value(
        "document.querySelectorAll('.release-facts details').forEach(one => one.open = true)",
    ));
    in_each_look(&tab);
    fits_a_phone(&tab);
    tab.find("button", starting("Generate sprints")).click();
    is_accessible_and_closes(&tab, "Generate sprints");
    tab.find("button", starting("Ship")).click();
    is_accessible_and_closes(&tab, "Ship release");
    // What is missing stands at the item.
    let panel = page.open_item("one");
    panel.reads("Missing for the release");
    in_each_look(&tab);
    fits_a_phone(&tab);
}

/// The question about what is not ready.
fn is_asked(tab: &Tab) {
    tab.find("dialog", "Pull what is not ready").appears();
    in_each_look(tab);
    fits_a_phone(tab);
}

#[test]
fn sprints_and_their_dialogs_are_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.shows_screen("Settings");
    tab.find("textbox", "Velocity per sprint").fill("2");
    tab.press("Tab");
    tab.find("combobox", starting("Role of")).choose("Team");
    in_each_look(&tab);
    let board = sprints::sprints(page, "Planning");
    sprints::add(&tab, "Alpha");
    board.drag_into("one", "Alpha");
    is_asked(&tab);
    tab.find("button", "Pull anyway").click();
    board.shows("Alpha", &["one"]);
    drop(tab.value(
        "document.querySelectorAll('.sprint-page details').forEach(one => one.open = true)",
    ));
    tab.find("region", "Availability and days off").appears();
    in_each_look(&tab);
    fits_a_phone(&tab);
    tab.find("button", "Commit sprint").click();
    tab.find("button", "Close sprint…").click();
    let fate = tab.find("combobox", "What becomes of one");
    fate.choose("Split done and remaining");
    is_accessible_and_closes(&tab, "Close Alpha");
    page.shows_screen("Backlog");
    page.choose("two");
    page.press("Shift+s");
    is_accessible_and_closes(&tab, "Split into stories");
}

#[test]
fn dialogs_are_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    page.choose("one");
    for (key, dialog) in [
        ("Control+k", "Commands"),
        ("?", "Keyboard shortcuts"),
        ("m", "Move to rank"),
        ("Delete", "Archive"),
        ("t", "Type"),
        ("s", "Status"),
        ("p", "Estimate"),
        ("g", "Tags"),
    ] {
        page.press(key);
        tab.find("dialog", dialog).appears();
        in_each_look(&tab);
        tab.press("Escape");
        tab.find("dialog", dialog).goes();
    }
    page.command("Import a file");
    in_each_look(&tab);
}
