//! Releases: planned, signed off, shipped, and drawn on the roadmap (PB-07, PB-38, PB-40, BT-05, BT-11, BT-14, BT-46).

use tests::{
    browser::{Part, Person, Tab, containing, starting},
    pages::{BacklogPage, BoardPage},
    relay::RunningRelay,
};

/// Makes a release and opens its page.
pub(crate) fn release<'t>(page: BacklogPage<'t>, name: &str) -> BacklogPage<'t> {
    page.shows_screen("Releases");
    make(page.0, name);
    open(page, name);
    page
}

fn make(tab: &Tab, name: &str) {
    tab.find("button", "New release").click();
    tab.find("textbox", "Name").fill(name);
    tab.press("Enter");
    let table = tab.find("region", "Releases");
    table.find("link", name).appears();
}

pub(crate) fn open(page: BacklogPage<'_>, name: &str) {
    let table = page.0.find("region", "Releases");
    table.find("link", name).click();
    page.0.find("heading", name).appears();
}

/// Sets a field of the release's page.
pub(crate) fn set(tab: &Tab, label: &str, value: &str) {
    let script = format!(
        "(() => {{
            const field = document.querySelector('.release-fields [aria-label=\"{label}\"]');
            field.closest('details').open = true;
            field.value = '{value}';
            field.dispatchEvent(new Event('change', {{ bubbles: true }}));
        }})()"
    );
    drop(tab.value(&script));
}

fn estimates(page: BacklogPage<'_>, points: &[(&str, &str)]) {
    for (title, points) in points {
        page.set_estimate(title, points);
    }
}

/// Where it is asked whether to pull what is not ready, it is.
pub(crate) fn answer(tab: &Tab) {
    tab.frame();
    let asked = tab.find("button", "Pull anyway");
    if asked.is_there() {
        asked.click();
    }
}

#[test]
fn pb_07_pb_30_a_release_is_pulled_from_the_top_and_one_undo_restores_all_ranks() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three", "four"]);
    estimates(
        page,
        &[("one", "5"), ("two", "3"), ("three", "8"), ("four", "1")],
    );
    let page = release(page, "2.0");
    set(&tab, "Capacity", "10");
    tab.sees("0 of 10 points taken, 10 free");
    tab.find("button", "Plan").click();
    tab.sees("The first 2 items of the product backlog, 8 points.");
    let board = BoardPage(&tab);
    board.shows("Product backlog", &["one", "two", "three", "four"]);
    tab.find("button", "Pull from top").click();
    answer(&tab);
    board.shows("2.0", &["one", "two"]);
    board.shows("Product backlog", &["three", "four"]);
    tab.sees("8 of 10 points taken, 2 free");
    tab.press("Control+z");
    board.shows("2.0", &[]);
    board.shows("Product backlog", &["one", "two", "three", "four"]);
    // By keyboard, and back.
    board.choose("four");
    tab.press("Alt+ArrowRight");
    answer(&tab);
    board.shows("2.0", &["four"]);
    // BT-02, BT-17: its own list, by rank.
    tab.find("button", "Plan").click();
    page.shows(&["four"]);
    page.is_numbered();
}

#[test]
fn bt_11_bt_14_bt_45_dates_capacity_and_what_fits_them() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    estimates(page, &[("one", "20"), ("two", "30")]);
    release(page, "2.0");
    set(&tab, "Start", "2090-01-02");
    set(&tab, "Target", "2090-02-12");
    tab.sees("starts in");
    set(&tab, "Target", "2089-12-01");
    tab.sees("The end can't be before the start.");
    tab.sees("starts in");
    set(&tab, "Capacity", "-4");
    tab.sees("The capacity is a number from 0");
    // BT-08: too large for it.
    set(&tab, "Capacity", "25");
    tab.find("button", "Plan").click();
    BoardPage(&tab).drag_into("two", "2.0");
    answer(&tab);
    let large = tab.find("list", "Too large for this release");
    large.reads("larger than the release, which holds 25");
    tab.sees("30 of 25 points taken, 5 too much");
}

fn focus_is_on(tab: &Tab, label: &str) {
    tab.until(&format!(
        "document.activeElement?.getAttribute('aria-label') === '{label}'"
    ));
}

#[test]
fn bt_43_in_a_release_an_item_lists_what_is_missing_and_each_entry_leads_to_its_field() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    let asked = tab.find("region", "Missing for the release");
    page.open_item("one").close();
    assert!(!asked.is_there(), "before it is in a release");
    release(page, "2.0");
    tab.find("button", "Plan").click();
    BoardPage(&tab).drag_into("one", "2.0");
    answer(&tab);
    BoardPage(&tab).card("one").click();
    let lacks = asked.find("list", "Missing for the release");
    lacks.reads("Names the problem");
    lacks.find("button", "Has acceptance criteria").click();
    tab.find("textbox", "Add a criterion").appears();
    focus_is_on(&tab, "Add a criterion");
    tab.type_text("It works on a phone");
    tab.press("Enter");
    lacks.find("button", "Has acceptance criteria").goes();
    // Also a field that is folded away.
    lacks.find("button", "Names the problem").click();
    focus_is_on(&tab, "Problem");
    tab.type_text("Nobody finds the way");
    tab.press("Tab");
    lacks.find("button", "Names the problem").goes();
    lacks.find("button", "Estimate is current").click();
    focus_is_on(&tab, "Estimate");
    tab.type_text("5");
    tab.press("Enter");
    asked.goes();
}

#[test]
fn bt_05_a_scope_is_agreed_by_both_sides_until_it_changes() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two"]);
    estimates(page, &[("one", "5"), ("two", "3")]);
    release(page, "2.0");
    hers.find("button", "Plan").click();
    BoardPage(&hers).drag_into("one", "2.0");
    answer(&hers);
    hers.find("button", "Sign off for product management")
        .click();
    hers.sees("Product management: signed by");
    hers.sees("Scope not agreed");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.introduce("Bob");
    other.shows_screen("Releases");
    open(other, "2.0");
    his.find("button", "Sign off for engineering").click();
    his.sees("Scope agreed");
    hers.sees("Scope agreed");
    other.set_estimate("one", "8");
    for tab in [&hers, &his] {
        tab.sees("Scope not agreed");
        let told = tab.find("list", "Changes of scope");
        told.reads("\u{201c}one\u{201d} went from 5 to 8");
        told.reads("Bob");
    }
    other.undo();
    hers.sees("Scope agreed");
}

#[test]
fn pb_40_a_release_ships_and_what_is_not_done_goes_back() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    release(page, "2.0");
    tab.find("button", "Plan").click();
    let board = BoardPage(&tab);
    for item in ["one", "two"] {
        board.drag_into(item, "2.0");
        answer(&tab);
    }
    board.choose("one");
    tab.press("s");
    tab.find("menuitemradio", "Done").click();
    board.shows("2.0", &["two"]);
    tab.find("button", starting("Ship")).click();
    let dialog = tab.find("dialog", "Ship release");
    dialog
        .find("textbox", "Release notes")
        .holds("# 2.0\n\n## New\n\n- one\n");
    dialog.find("radio", "Top of the product backlog").click();
    dialog.find("button", "Ship it").click();
    tab.find("region", "Release notes").reads("one");
    tab.find("region", "Shipped items").reads("1 item shipped");
    tab.find("button", "Feedback on one").appears();
    page.shows_screen("Backlog");
    page.shows(&["two", "three"]);
    // One step takes all of it back.
    page.undo();
    page.shows(&["three"]);
}

#[test]
fn pb_38_pb_45_items_go_to_the_roadmap_by_drag_and_by_one_shortcut_with_one_choice() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.shows_screen("Releases");
    make(&tab, "2.0");
    make(&tab, "3.0");
    let board = BoardPage(&tab);
    let roadmap = tab.find("region", "Roadmap");
    let bar = roadmap.find("link", starting("3.0"));
    board.card("two").drag_to(&bar, Part::Lower);
    answer(&tab);
    board.shows("Product backlog", &["one", "three"]);
    roadmap
        .find("link", containing("0 of 1 item done"))
        .appears();
    // From a selected row: one shortcut, one choice.
    page.shows_screen("Backlog");
    page.choose("three");
    page.press("Shift+r");
    let picker = tab.find("dialog", "Move to release");
    picker.find("menuitemradio", "2.0").click();
    answer(&tab);
    page.shows(&["one"]);
    page.shows_screen("Releases");
    tab.find("combobox", "Lanes").choose("Lanes by goal");
    tab.find("group", "No goal").appears();
}

#[test]
fn bt_46_sprints_are_cut_out_of_the_days_of_a_release() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    release(page, "2.0");
    set(&tab, "Start", "2090-01-02");
    set(&tab, "Target", "2090-02-16");
    tab.sees("starts in");
    tab.find("button", starting("Generate sprints")).click();
    let dialog = tab.find("dialog", "Generate sprints");
    dialog.reads("3 sprints; 4 days are left over.");
    dialog.find("textbox", "Days per sprint").fill("7");
    dialog.reads("6 sprints; 4 days are left over.");
    dialog.find("button", "Generate").click();
    tab.sees("Made 6 sprints of 2.0");
    tab.find("button", starting("Generate sprints")).click();
    dialog.reads("0 sprints after those until 2090-02-12");
}
