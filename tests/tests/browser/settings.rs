//! What a team settles: method, words, scale, roles, owners, process, tags (PB-13, PB-14, PB-18, PB-28, BT-04, BT-13).

use tests::{
    browser::{DESKTOP, Look, PHONE, Person},
    pages::BacklogPage,
    relay::RunningRelay,
};

#[test]
fn pb_14_bt_35_words_and_method_are_the_teams_own() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.set_estimate("one", "3");
    page.shows_screen("Settings");
    hers.find("textbox", "Feature: one").fill("Epic");
    hers.press("Tab");
    hers.find("textbox", "Point: several").fill("Bananas");
    hers.press("Tab");
    hers.find("combobox", "Method").choose("Kanban");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.row_reads("one", "Epic");
    his.sees("3 bananas");
    his.until("!document.querySelector('.screens').innerText.includes('Sprints')");
    hers.find("button", "Undo").click();
    hers.find("button", "Undo").click();
    his.sees("3 points");
    other.row_reads("one", "Epic");
}

#[test]
fn bt_13_the_scale_decides_what_the_estimate_picker_offers() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    page.shows_screen("Settings");
    tab.find("combobox", "Scale").choose("T-shirt sizes");
    page.shows_screen("Backlog");
    page.choose("one");
    page.press("p");
    tab.find("button", "L, 5 points").click();
    page.row_reads("one", "L");
    page.set_estimate("one", "xl");
    page.row_reads("one", "XL");
    page.shows_screen("Settings");
    tab.find("combobox", "Scale").choose("Your own");
    tab.find("textbox", "Values").fill("tiny=1, huge=8");
    tab.press("Tab");
    tab.sees("tiny = 1 · huge = 8");
    page.shows_screen("Backlog");
    page.row_reads("one", "huge");
}

#[test]
fn pb_13_bt_04_bt_52_owners_show_in_the_header_and_roles_decide() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.introduce("Ada");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.row("one").appears();
    other.introduce("Bob");
    page.shows_screen("Settings");
    hers.find("combobox", "Role of Bob").choose("Product owner");
    hers.find("combobox", "Role of Ada")
        .choose("Product manager");
    hers.find("combobox", "Accountable").choose("Ada");
    hers.find("checkbox", "Bob supports").click();
    his.sees("Accountable Ada (Product manager)");
    his.sees("Supporting Bob (Product owner)");
    hers.find("button", "Undo").click();
    his.until("!document.body.innerText.includes('Supporting')");
}

#[test]
fn pb_28_tags_have_a_look_and_are_renamed_and_merged() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two", "three"]);
    page.tag("one", "ui");
    page.tag("two", "web");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.row_reads("one", "ui");
    page.shows_screen("Settings");
    hers.find("combobox", "Colour of tag ui").choose("Teal");
    hers.find("combobox", "Pattern of tag ui").choose("Stripes");
    his.until("!!document.querySelector('.row .tag-mark.c5.stripes')");
    hers.find("textbox", "Name of tag ui").fill("web");
    hers.press("Tab");
    other.row_reads("one", "web");
    hers.find("link", "2").click();
    page.shows(&["one", "two"]);
    page.undo();
    other.row_reads("one", "ui");
    // With none of a tag.
    his.find("button", "Filter").click();
    his.find("radio", "None of").click();
    his.find("checkbox", "not web, 1").click();
    his.press("Escape");
    other.shows(&["one", "three"]);
}

#[test]
fn settings_are_accessible_and_fit_a_phone() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    page.introduce("Ada Lovelace");
    page.tag("one", "ui");
    page.shows_screen("Settings");
    tab.find("textbox", "Add a field").fill("Customer");
    tab.press("Enter");
    tab.find("textbox", "Field name").holds("Customer");
    for (look, name) in [(Look::Light, "light"), (Look::Dark, "dark")] {
        tab.likes(look, true);
        tab.frame();
        tab.screenshot(&format!("settings-{name}"));
        tab.is_accessible();
    }
    drop(tab.value("document.querySelector('.screen-scroll').scrollTop = 1000"));
    tab.screenshot("settings-below");
    tab.likes(Look::Light, true);
    tab.on(PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.screenshot("settings-phone");
    tab.is_accessible();
    tab.on(DESKTOP);
}
