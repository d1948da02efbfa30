//! How well the backlog is kept, and the items behind each number (PB-17, PB-18, PB-26, PB-31, BT-40).

use tests::{
    browser::{DESKTOP, Look, PHONE, Person},
    pages::BacklogPage,
    relay::RunningRelay,
};

#[test]
fn pb_17_bt_42_every_number_opens_the_list_behind_it() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let titles = [
        "Export the list",
        "Export list",
        "Sign in by thumb",
        "Dark mode",
    ];
    let page = BacklogPage::with(&tab, &relay, &titles);
    page.set_estimate("Dark mode", "3");
    let panel = page.open_item("Dark mode");
    panel.add_criterion("it is dark");
    panel.close();
    page.shows_screen("Health");
    let figure = |name: &'static str| tab.find("listitem", name);
    figure("Estimated").reads("25 %");
    figure("Without acceptance criteria").reads("75 %");
    figure("Possible duplicates").reads("2");
    figure("Top 20 ready").reads("0 %");
    figure("Estimated").find("link", "3 unestimated").click();
    page.shows(&titles[..3]);
    page.shows_screen("Health");
    figure("Possible duplicates")
        .find("link", "2 alike")
        .click();
    page.shows(&titles[..2]);
    page.shows_screen("Health");
    figure("Without acceptance criteria")
        .find("link", "3 without criteria")
        .click();
    page.shows(&titles[..3]);
    page.shows_screen("Health");
    figure("Top 20 ready").find("link", "4 not ready").click();
    page.shows(&titles);
}

#[test]
fn pb_18_the_definition_of_ready_decides_what_is_ready() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    page.set_estimate("two", "3");
    page.shows_screen("Settings");
    for check in [
        "Has a description",
        "Says for whom and why",
        "Linked to a goal or initiative",
    ] {
        tab.find("checkbox", format!("{check}: on")).click();
    }
    tab.find("textbox", "Velocity per sprint").fill("3");
    tab.press("Tab");
    page.shows_screen("Health");
    tab.find("listitem", "Top 20 ready").reads("50 %");
    tab.find("listitem", "Ready ahead").reads("0");
    tab.find("listitem", "Ready ahead")
        .find("link", "Ready items")
        .click();
    page.shows(&["two"]);
    page.press("Alt+Home");
    page.shows_screen("Settings");
    tab.find("button", "Undo").appears();
}

#[test]
fn pb_26_pb_31_bt_55_clearing_and_reviewing_are_seen_by_everybody() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two", "three"]);
    page.introduce("Mia");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.row("one").appears();
    other.shows_screen("Health");
    let cleared = his.find("listitem", "Cleared in the last 30 days");
    cleared.reads("0");
    page.choose("two");
    page.press("Delete");
    hers.find("dialog", "Archive").appears();
    hers.press("Enter");
    page.shows(&["one", "three"]);
    cleared.reads("1 item");
    page.shows_screen("Health");
    hers.find("button", "I reviewed the rank").click();
    his.sees("Rank reviewed today by Mia");
    hers.find("button", "Refined just now").click();
    his.sees("Last refinement today");
    cleared.find("link", "1 item").click();
    other.shows(&["two"]);
    hers.find("button", "Undo").click();
    hers.sees("Never refined yet");
}

#[test]
fn bt_40_the_mix_above_each_line_leads_to_its_items() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.set_estimate("one", "3");
    page.set_estimate("two", "3");
    page.set_estimate("three", "3");
    page.choose("two");
    page.press("t");
    tab.find("menuitemradio", "Bug").click();
    page.shows_screen("Cut line");
    tab.find("button", "Draw the cut line").click();
    tab.find("textbox", "Capacity of Cut line").fill("6");
    tab.press("Enter");
    page.line_says("6 of 6 points");
    page.shows_screen("Health");
    let mix = tab.find("group", "Cut line");
    mix.reads("50 % feature (1)");
    mix.find("link", "50 % bug (1)").click();
    page.shows(&["two"]);
}

#[test]
fn health_is_accessible_and_fits_a_phone() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    page.set_estimate("one", "3");
    page.shows_screen("Health");
    for (look, name) in [(Look::Light, "light"), (Look::Dark, "dark")] {
        tab.likes(look, true);
        tab.frame();
        tab.screenshot(&format!("health-{name}"));
        tab.is_accessible();
    }
    tab.likes(Look::Light, true);
    tab.on(PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.screenshot("health-phone");
    tab.is_accessible();
    tab.on(DESKTOP);
}
