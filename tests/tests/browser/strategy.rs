//! Vision, goals, initiatives and themes, and the items behind them (PB-10, PB-11, PB-25, PB-46, BT-39).

use tests::{
    browser::{DESKTOP, Element, Look, PHONE, Person, Tab},
    pages::BacklogPage,
    relay::RunningRelay,
};

fn add(tab: &Tab, what: &str, name: &str) {
    tab.find("textbox", format!("Add {what}")).fill(name);
    tab.press("Enter");
    tab.find("article", name).appears();
}

fn set(card: &Element<'_>, tab: &Tab, field: &str, value: &str) {
    card.find("textbox", field).fill(value);
    tab.press("Tab");
}

/// Links an item to a goal, initiative or theme by keyboard.
fn link(page: BacklogPage<'_>, title: &str, to: &str) {
    page.choose(title);
    page.press("a");
    let dialog = page.0.find("dialog", "Goals and initiatives");
    dialog.find("checkbox", to).click();
    page.0.press("Escape");
    dialog.goes();
}

#[test]
fn pb_11_a_goal_measures_itself_and_its_items() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.set_estimate("one", "3");
    page.set_estimate("two", "5");
    page.shows_screen("Strategy");
    add(&tab, "a goal", "More teams");
    let goal = tab.find("article", "More teams");
    goal.reads("no target yet");
    for (field, value) in [
        ("Metric", "Weekly teams"),
        ("Unit", "teams"),
        ("Baseline", "10"),
        ("Target", "20"),
        ("Current", "15"),
    ] {
        set(&goal, &tab, field, value);
    }
    goal.reads("50 % · Weekly teams 10 → 15 of 20 teams");
    set(&goal, &tab, "Current", "45");
    goal.reads("100 %");
    tab.find("button", "Undo").click();
    goal.reads("50 %");
    page.shows_screen("Backlog");
    link(page, "one", "More teams");
    link(page, "two", "More teams");
    page.choose("one");
    page.press("s");
    tab.find("menuitemradio", "Done").click();
    page.shows(&["two", "three"]);
    page.shows_screen("Strategy");
    goal.reads("1 open");
    goal.reads("1 shipped");
    goal.reads("3 of 8 points done");
    goal.find("link", "1 shipped").click();
    page.shows(&["one"]);
}

#[test]
fn pb_10_alignment_shows_on_rows_and_in_the_header_and_leads_to_the_rest() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two", "three", "four"]);
    assert!(!hers.shows("Not aligned"), "nothing to be aligned with yet");
    page.shows_screen("Strategy");
    add(&hers, "a goal", "More teams");
    hers.sees("0 % of 4 open items aligned");
    page.shows_screen("Backlog");
    page.row_reads("two", "Not aligned");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.row_reads("two", "Not aligned");
    link(page, "two", "More teams");
    his.find("link", "25 % aligned").appears();
    his.until_some(|| match other.cell("two", "unaligned").as_str() {
        "" => Ok(()),
        mark => Err(mark.to_owned()),
    });
    his.find("link", "25 % aligned").click();
    other.shows(&["one", "three", "four"]);
    his.until("location.search.includes('check=unaligned')");
    // Undone, it is not aligned again.
    page.undo();
    other.shows(&["one", "two", "three", "four"]);
}

#[test]
fn pb_25_archiving_a_goal_offers_to_review_what_it_leaves_behind() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.shows_screen("Strategy");
    add(&tab, "a goal", "Old aim");
    add(&tab, "an initiative", "Onward");
    page.shows_screen("Backlog");
    link(page, "one", "Old aim");
    link(page, "two", "Old aim");
    link(page, "two", "Onward");
    page.shows_screen("Strategy");
    tab.find("button", "Archive Old aim").click();
    tab.find("article", "Old aim").goes();
    tab.sees("1 item is linked only to archived goals.");
    tab.find("main", "Strategy").find("link", "Review").click();
    page.shows(&["one"]);
    page.shows_screen("Strategy");
    tab.find("button", "Undo").nth(0).click();
    tab.find("article", "Old aim").appears();
    tab.until("!document.body.innerText.includes('linked only to archived goals')");
}

#[test]
fn pb_46_bt_39_cards_are_made_moved_linked_and_restored_by_keyboard() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.shows_screen("Strategy");
    hers.find("button", "Edit vision").click();
    hers.find("textbox", "Vision")
        .fill("A list **everybody** trusts");
    hers.press("Control+Enter");
    hers.until("document.querySelector('.vision strong')?.textContent === 'everybody'");
    for goal in ["first", "second", "third"] {
        add(&hers, "a goal", goal);
    }
    add(&hers, "an initiative", "Onward");
    let goals = hers.find("region", "Goals");
    let names = || {
        let cards = goals.find("article", tests::browser::any());
        cards.names()
    };
    goals
        .find("article", "third")
        .find("textbox", "Goal name")
        .focus();
    hers.press("Alt+ArrowUp");
    hers.until_equal(
        &vec!["first".to_owned(), "third".into(), "second".into()],
        names,
    );
    hers.find("article", "Onward")
        .find("button", "first")
        .focus();
    hers.press("Enter");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows_screen("Strategy");
    his.sees("A list everybody trusts");
    his.until(
        "[...document.querySelectorAll('.links button')].some(b => b.textContent === 'first' && b.ariaPressed === 'true')",
    );
    his.find("article", "second")
        .find("textbox", "Goal name")
        .fill("zweites");
    his.press("Tab");
    goals.find("article", "zweites").appears();
    hers.find("button", "Archive first").click();
    his.find("article", "first").goes();
    drop(his.value("document.querySelectorAll('.away').forEach(e => e.open = true)"));
    his.find("button", "Restore first").click();
    goals.find("article", "first").appears();
}

#[test]
fn strategy_is_accessible_and_fits_a_phone() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    page.shows_screen("Strategy");
    add(&tab, "a theme", "Trust");
    add(&tab, "an initiative", "Onward");
    add(&tab, "a goal", "More teams");
    let goal = tab.find("article", "More teams");
    for (field, value) in [
        ("Metric", "Weekly teams"),
        ("Baseline", "10"),
        ("Target", "40"),
        ("Current", "22"),
    ] {
        set(&goal, &tab, field, value);
    }
    page.shows_screen("Backlog");
    link(page, "two", "More teams");
    tab.screenshot("strategy-list");
    page.shows_screen("Strategy");
    goal.reads("1 open");
    for (look, name) in [(Look::Light, "light"), (Look::Dark, "dark")] {
        tab.likes(look, true);
        tab.frame();
        tab.screenshot(&format!("strategy-{name}"));
        tab.is_accessible();
    }
    tab.likes(Look::Light, true);
    tab.on(PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.screenshot("strategy-phone");
    tab.is_accessible();
    tab.on(DESKTOP);
}
