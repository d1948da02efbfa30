//! The Inbox: what waits, decided one card at a time, what was declined, and what people asked for (PB-08, PB-09, PB-19
//! to PB-23, BT-33); the further fields of an item and its way (PB-32, PB-41).

use tests::{
    browser::{Element, Person, Tab, any, containing, starting},
    pages::BacklogPage,
    relay::RunningRelay,
};

/// Writes down what somebody said; without an item it waits in the Inbox.
fn capture(tab: &Tab, said: &str, who: &str) {
    tab.press("Escape");
    tab.press("Shift+c");
    let dialog = tab.find("dialog", "Capture feedback");
    dialog.find("textbox", "What was said").fill(said);
    dialog.find("textbox", "Who").fill(who);
    dialog.find("button", "Capture").click();
    dialog.goes();
}

fn card(tab: &Tab) -> Element<'_> {
    tab.find("article", any())
}

/// A backlog whose Inbox holds these.
fn inbox_of<'t>(tab: &'t Tab, relay: &RunningRelay, titles: &[&str]) -> BacklogPage<'t> {
    let page = BacklogPage::with(tab, relay, &["Faster search", "Dark mode"]);
    page.introduce("Ada");
    for title in titles {
        capture(tab, title, "Acme");
    }
    page.shows_screen("Inbox");
    page
}

fn choose_reason(tab: &Tab, reason: &str) {
    let dialog = tab.find("dialog", "Decline");
    dialog.find("radio", reason).click();
}

#[test]
fn pb_21_triage_by_keys() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let titles = ["One", "Two", "Three", "Four", "Five"];
    let page = inbox_of(&tab, &relay, &titles);
    let screens = tab.find("navigation", "Screens");
    screens.find("link", containing("5 waiting")).appears();
    // Accepted to the top of the product backlog.
    card(&tab).reads("One");
    tab.press("a");
    let dialog = tab.find("dialog", "Accept");
    dialog.find("combobox", "Position").choose("At the top");
    dialog.find("button", "Accept").click();
    // Declined for a reason, which has to be given.
    card(&tab).reads("Two");
    tab.press("d");
    let dialog = tab.find("dialog", "Decline");
    dialog.find("button", "Decline").click();
    dialog.reads("Choose a reason.");
    choose_reason(&tab, "Low impact");
    dialog.find("textbox", "Note").fill("Two people want it");
    tab.press("Enter");
    // Snoozed for a week.
    card(&tab).reads("Three");
    tab.press("s");
    tab.find("dialog", "Snooze").appears();
    tab.press("Enter");
    // Merged into an item found by its name.
    card(&tab).reads("Four");
    tab.press("m");
    tab.find("combobox", "Item to merge into").appears();
    tab.type_text("dark");
    tab.find("option", containing("Dark mode")).appears();
    tab.press("Enter");
    // Asked about.
    card(&tab).reads("Five");
    tab.press("q");
    tab.find("textbox", "Question").appears();
    tab.type_text("For which browser?");
    tab.press("Control+Enter");
    tab.find("heading", "Nothing waits").appears();
    screens.find("link", "Inbox").appears();
    tab.sees("2 items put off");
    page.shows_screen("Backlog");
    page.shows(&["One", "Faster search", "Dark mode"]);
}

#[test]
fn pb_21_decisions_are_taken_back_and_reach_others() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = inbox_of(&hers, &relay, &["One", "Two"]);
    page.is_saved();
    let (bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows_screen("Inbox");
    card(&his).reads("One");
    other.works_offline();
    bob.offline(true);
    // Bob declines what Ada accepts: both are kept, and both see the same.
    his.press("d");
    choose_reason(&his, "Obsolete");
    his.press("Enter");
    card(&his).reads("Two");
    hers.press("a");
    hers.find("dialog", "Accept")
        .find("button", "Accept")
        .click();
    card(&hers).reads("Two");
    bob.offline(false);
    for tab in [&hers, &his] {
        tab.find("button", "Declined").click();
        tab.find("region", "Declined").reads("Obsolete");
        tab.find("button", "Waiting").click();
        card(tab).reads("Two");
    }
    // A decision that is undone waits again.
    hers.press("d");
    choose_reason(&hers, "Too costly");
    hers.press("Enter");
    hers.find("heading", "Nothing waits").appears();
    his.find("heading", "Nothing waits").appears();
    hers.press("Control+z");
    for tab in [&hers, &his] {
        card(tab).reads("Two");
    }
}

#[test]
fn pb_23_declined_items_are_kept_and_come_back() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = inbox_of(&tab, &relay, &["One", "Two"]);
    // A day that has passed brings it back at once.
    tab.press("d");
    choose_reason(&tab, "Out of vision");
    let dialog = tab.find("dialog", "Decline");
    drop(dialog.call(
        "function() { const field = this.querySelector('input[type=date]'); field.value = '2020-02-02'; field.dispatchEvent(new Event('input', { bubbles: true })); }",
        &[],
    ));
    dialog.find("textbox", "Note").fill("not us");
    tab.press("Enter");
    dialog.goes();
    card(&tab).reads("Two");
    tab.press("j");
    card(&tab).reads("reconsider");
    card(&tab).reads("Declined by Ada, out of vision: not us.");
    tab.find("button", "Declined").click();
    let list = tab.find("region", "Declined");
    list.reads("Out of vision: not us");
    list.reads("Ada");
    list.reads("reconsider on 2020-02-02");
    list.find("button", "Restore One").click();
    list.reads("Nothing was declined");
    tab.find("button", "Waiting").click();
    tab.find("region", "Waiting").reads("One");
    // It kept what happened to it.
    tab.press("k");
    card(&tab).reads("One");
    card(&tab).find("button", "Open").click();
    let panel = tests::pages::Panel(&tab).is_shown();
    panel.reads("Inbox");
    panel.reads("Declined");
    page.is_saved();
}

#[test]
fn pb_08_only_those_who_decide_are_offered_to() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = inbox_of(&hers, &relay, &["One"]);
    page.shows_screen("Settings");
    let role = hers.find("combobox", containing("Role of Ada"));
    role.choose("Product owner");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    // Who decides is known here before he adds.
    other.is_saved();
    other.add("From Bob");
    other.shows_screen("Inbox");
    card(&his).reads("Ada (Product owner) decides what belongs.");
    his.press("a");
    his.press("d");
    assert_eq!(his.find("dialog", any()).count(), 0);
    page.shows_screen("Inbox");
    hers.find("region", "Waiting").reads("From Bob");
    card(&hers).find("button", starting("Accept")).appears();
}

#[test]
fn pb_09_pb_19_pb_20_feedback_belongs_to_items_and_follows_merges() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["Dark mode", "Dim mode"]);
    let panel = page.open_item("Dark mode");
    panel.button("Add feedback").click();
    let dialog = tab.find("dialog", "Capture feedback");
    dialog.find("textbox", "What was said").fill("My eyes hurt");
    dialog.find("combobox", "Source").choose("Sales");
    dialog.find("textbox", "Who").fill("Bo of Acme");
    dialog.find("textbox", "Weight").fill("3");
    dialog.find("button", "Capture").click();
    panel.reads("My eyes hurt");
    panel.reads("Sales \u{b7} Bo of Acme");
    panel.reads("weight 3");
    panel.close();
    page.row_reads("Dark mode", "1 sales");
    let panel = page.open_item("Dim mode");
    panel.button("Add feedback").click();
    dialog.find("textbox", "What was said").fill("Too bright");
    dialog.find("button", "Capture").click();
    panel.reads("Too bright");
    panel.close();
    // What one was asked for counts for the other once they are one.
    page.choose("Dim mode");
    page.command("Merge into");
    tab.type_text("dark");
    tab.find("option", containing("Dark mode")).appears();
    tab.press("Enter");
    page.shows(&["Dark mode"]);
    page.row_reads("Dark mode", "1 customer, 1 sales");
    let panel = page.open_item("Dark mode");
    panel.reads("Too bright");
    panel.button("Detach: Too bright").click();
    panel.close();
    page.row_reads("Dark mode", "1 sales");
    page.undo();
    page.row_reads("Dark mode", "1 customer, 1 sales");
    page.undo();
    page.undo();
    page.shows(&["Dark mode", "Dim mode"]);
}

#[test]
fn pb_09_a_list_sorts_by_what_people_asked_for() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["quiet", "often", "heavy"]);
    for (title, said, weight) in [
        ("often", "please", "1"),
        ("often", "soon", "1"),
        ("heavy", "or we leave", "9"),
    ] {
        let panel = page.open_item(title);
        panel.button("Add feedback").click();
        let dialog = tab.find("dialog", "Capture feedback");
        dialog.find("textbox", "What was said").fill(said);
        dialog.find("textbox", "Weight").fill(weight);
        dialog.find("button", "Capture").click();
        panel.reads(said);
        panel.close();
    }
    for (by, shown) in [
        ("Requests", ["often", "heavy", "quiet"]),
        ("Weight of requests", ["heavy", "often", "quiet"]),
        ("Rank", ["quiet", "often", "heavy"]),
    ] {
        tab.find("button", starting("Sort: ")).click();
        tab.find("menuitemradio", by).click();
        tab.press("Escape");
        page.shows(&shown);
    }
}

#[test]
fn pb_22_bt_33_the_card_shows_what_the_choice_needs() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = inbox_of(&tab, &relay, &["Faster search on phones"]);
    card(&tab).reads("Similar items");
    card(&tab).reads("Faster search");
    card(&tab).reads("1 request");
    tab.sees("In triage");
    tab.screenshot("inbox");
    card(&tab)
        .find("button", "Merge into Faster search")
        .click();
    tab.find("heading", "Nothing waits").appears();
    page.shows_screen("Backlog");
    page.row_reads("Faster search", "1 customer");
}

#[test]
fn pb_32_pb_39_bt_41_bt_44_further_fields_are_kept() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    let panel = page.open_item("one");
    let group = |name: &str| {
        drop(tab.value(&format!(
            "[...document.querySelectorAll('.group')].find(g => g.textContent.startsWith('{name}')).open = true"
        )));
    };
    for (name, field, value) in [
        ("Problem", "Problem", "Nobody finds it"),
        ("Problem", "Desired experience", "It is simply there"),
        ("Worth", "Business value", "8"),
        ("Worth", "Category", "Search"),
        ("Work", "Hours", "12"),
        ("Work", "Blocked", "waits for the designer"),
        ("No longer", "Obsolete because", "we changed course"),
    ] {
        group(name);
        panel.field(field).fill(value);
        tab.press("Tab");
    }
    tab.find("combobox", "Criticality").choose("Must have");
    group("Work");
    panel.button("Depends on: add an item").click();
    tab.find("combobox", "Find an item").appears();
    tab.type_text("two");
    tab.find("option", containing("two")).appears();
    tab.press("Enter");
    panel.reads("two");
    group("Links");
    panel
        .field("Add a link")
        .fill("The sketch https://example.org/a");
    tab.press("Enter");
    tab.find("link", "The sketch").appears();
    group("Custom");
    panel.field("New field for all items").fill("Risk");
    tab.press("Enter");
    panel.field("Risk").fill("low");
    tab.press("Tab");
    page.is_saved();
    tab.reload();
    let panel = tests::pages::Panel(&tab).is_shown();
    panel
        .field("Desired experience")
        .holds("It is simply there");
    panel.field("Hours").holds("12");
    panel.field("Business value").holds("8");
    panel.field("Risk").holds("low");
    tab.find("link", "The sketch").appears();
    tab.is_accessible();
}

#[test]
fn pb_01_pb_32_bt_09_bt_53_a_story_has_its_form_and_a_change_of_type_keeps_everything() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["find a book"]);
    let panel = page.open_item("find a book");
    tab.find("combobox", "Type").choose("Story");
    panel.field("For whom").fill("reader");
    panel.field("I want").holds("find a book");
    panel.field("Benefit").fill("I have something to read");
    tab.press("Tab");
    tab.find("combobox", "Type").choose("Bug");
    panel.field("For whom").holds("reader");
    panel.field("Benefit").holds("I have something to read");
    panel.reads("Product backlog");
}

#[test]
fn the_inbox_is_accessible() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let _page = inbox_of(&tab, &relay, &["Faster search on phones", "Two"]);
    card(&tab).appears();
    for look in [tests::browser::Look::Light, tests::browser::Look::Dark] {
        tab.likes(look, true);
        tab.frame();
        tab.is_accessible();
        tab.screenshot(&format!("inbox-{look:?}"));
    }
    tab.on(tests::browser::PHONE);
    tab.until("document.documentElement.scrollWidth <= screen.width");
    tab.is_accessible();
    tab.screenshot("inbox-phone");
    tab.on(tests::browser::DESKTOP);
    for (key, dialog) in [
        ("a", "Accept"),
        ("d", "Decline"),
        ("s", "Snooze"),
        ("m", "Merge into"),
        ("q", "Ask"),
        ("Shift+c", "Capture feedback"),
    ] {
        tab.press(key);
        tab.find("dialog", dialog).appears();
        tab.is_accessible();
        tab.screenshot(&format!("inbox-{dialog}"));
        tab.press("Escape");
        tab.find("dialog", dialog).goes();
    }
}
