//! Issue 3, "What it must show": a real project's backlog triaged, aligned, scored, ranked, cut and cleared out by two
//! people, one of them without a network for half of it, and the same for both in the end (BT-01, BT-34, BT-42, BT-55).

use tests::{
    browser::{Person, Tab, any, containing, file},
    pages::{BacklogPage, HomePage, Panel},
    relay::RunningRelay,
};

use crate::data;

const REQUESTS: [&str; 5] = [
    "Let me pause a framework",
    "Print the offers nicely",
    "Rewrite it in another language",
    "Tell me when an agent is lost",
    "Make it faster",
];
/// The rows that nobody has touched for years.
const FORGOTTEN: [usize; 3] = [30, 31, 32];
const GOAL: &str = "Clusters that survive";

/// The project's table, with the days on which three of its issues were made.
fn with_days(table: &str) -> String {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut header = reader.headers().unwrap().clone();
    header.push_field("created");
    writer.write_record(&header).unwrap();
    for (nth, record) in reader.into_records().enumerate() {
        let mut record = record.unwrap();
        let day = FORGOTTEN.iter().position(|row| *row == nth);
        let day = day.map(|day| format!("2019-01-{:02}", day + 1));
        record.push_field(&day.unwrap_or_default());
        writer.write_record(&record).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

fn imported<'t>(tab: &'t Tab, relay: &RunningRelay, table: &str) -> BacklogPage<'t> {
    let path = file("mesos.csv", with_days(table).as_bytes());
    let page = HomePage::open(tab, relay).begin("Mesos");
    page.introduce("Ada");
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    let page = dialog.says("1,680 items").accept();
    page.items_are(1_680);
    page.is_saved();
    page
}

fn capture(tab: &Tab, said: &str) {
    tab.press("Escape");
    tab.press("Shift+c");
    let dialog = tab.find("dialog", "Capture feedback");
    dialog.find("textbox", "What was said").fill(said);
    dialog.find("textbox", "Who").fill("Acme");
    dialog.find("button", "Capture").click();
    dialog.goes();
}

/// One of each decision that there is.
fn triages_five(page: BacklogPage<'_>) {
    let tab = page.0;
    page.shows_screen("Inbox");
    let card = tab.find("article", any());
    card.reads(REQUESTS[0]);
    tab.press("a");
    let dialog = tab.find("dialog", "Accept");
    dialog.find("button", "Accept").click();
    card.reads(REQUESTS[1]);
    tab.press("a");
    dialog.find("combobox", "Position").choose("At the top");
    dialog.find("button", "Accept").click();
    card.reads(REQUESTS[2]);
    tab.press("d");
    let dialog = tab.find("dialog", "Decline");
    dialog.find("radio", "Out of vision").click();
    tab.press("Enter");
    card.reads(REQUESTS[3]);
    tab.press("s");
    tab.find("dialog", "Snooze").appears();
    tab.press("Enter");
    card.reads(REQUESTS[4]);
    tab.press("m");
    tab.find("combobox", "Item to merge into").appears();
    tab.type_text("offers nicely");
    tab.find("option", containing(REQUESTS[1])).appears();
    tab.press("Enter");
    tab.find("heading", "Nothing waits").appears();
}

fn aligns(page: BacklogPage<'_>, titles: &[&str]) {
    let tab = page.0;
    page.shows_screen("Strategy");
    tab.find("textbox", "Add a goal").fill(GOAL);
    tab.press("Enter");
    tab.find("article", GOAL).appears();
    page.shows_screen("Backlog");
    for title in titles {
        page.choose(title);
        page.press("a");
        let dialog = tab.find("dialog", "Goals and initiatives");
        dialog.find("checkbox", GOAL).click();
        tab.press("Escape");
        dialog.goes();
    }
    tab.sees("0 % aligned");
}

fn draws_the_line(page: BacklogPage<'_>) {
    let tab = page.0;
    page.shows_screen("Cut line");
    tab.find("button", "Draw the cut line").click();
    tab.find("textbox", "Capacity of Cut line").fill("60");
    tab.press("Enter");
    page.line_says("of 60 points");
}

/// RICE for the second and the third item; the scores then decide between the two.
fn scores_and_ranks(page: BacklogPage<'_>, titles: &[&str]) {
    let tab = page.0;
    page.shows_screen("Scorecards");
    tab.find("button", "RICE").click();
    for (title, reach) in titles.iter().zip(["500", "2000"]) {
        let panel = page.open_item(title);
        tab.find("textbox", "Reach of this item").fill(reach);
        tab.press("Enter");
        for (metric, value) in [("Impact", "1"), ("Confidence", "80 %")] {
            let metric = format!("{metric} of this item");
            tab.find("combobox", metric).choose(value);
        }
        tab.find("textbox", "Effort of this item").fill("2");
        tab.press("Enter");
        panel.close();
    }
    tab.find("button", "Rank by score…").click();
    tab.find("dialog", "Rank by score")
        .reads("2 items would move");
    tab.find("button", "Apply this order as rank").click();
}

fn reviews(page: BacklogPage<'_>, titles: &[&str]) {
    let tab = page.0;
    page.shows_screen("Review");
    let card = tab.find("article", "Item to review");
    tab.sees("3 items wait");
    card.reads(titles[0]);
    tab.press("k");
    card.reads(titles[1]);
    tab.press("u");
    let panel = Panel(tab).is_shown();
    panel.title().fill("Said anew");
    tab.press("Enter");
    panel.close();
    card.reads(titles[2]);
    tab.press("a");
    tab.sees("Nothing else waits for a review.");
}

fn archives_twenty_and_takes_it_back(page: BacklogPage<'_>, first: &str, count: usize) {
    let tab = page.0;
    page.shows_screen("Backlog");
    page.choose(first);
    page.press("x");
    for _ in 1..20 {
        tab.press("Shift+ArrowDown");
    }
    tab.sees("20 selected");
    tab.press("Delete");
    tab.find("textbox", "Reason").fill("cleared out");
    tab.press("Enter");
    page.items_are(count - 20);
    page.undo();
    page.items_are(count);
}

/// Everything that the backlog holds, as its file says it.
fn exported(person: &Person, page: BacklogPage<'_>) -> String {
    page.command("Export as JSON");
    person.next_download().text()
}

#[test]
fn pb_21_pb_24_pb_26_pb_44_two_people_work_on_a_real_backlog_half_of_it_offline() {
    let relay = RunningRelay::start();
    let table = data::mesos();
    let titles = data::column(&table, "title");
    let title = |nth: usize| titles[nth].as_str();
    let (ada, hers) = Person::with_tab();
    let page = imported(&hers, &relay, &table);
    for request in REQUESTS {
        capture(&hers, request);
    }
    page.is_saved();
    let (bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.introduce("Bob");
    other.items_are(1_680);
    other.is_saved();
    other.works_offline();

    bob.offline(true);
    triages_five(page);
    aligns(page, &[title(0), title(1)]);
    draws_the_line(page);
    page.is_saved();
    scores_and_ranks(other, &[title(1), title(2)]);
    reviews(other, &FORGOTTEN.map(title));
    archives_twenty_and_takes_it_back(other, title(5), 1_679);
    other.choose(title(4));
    other.press("Alt+Home");
    other.chip_says("changes to send");
    bob.offline(false);
    other.is_saved();

    // Two were accepted, one was archived at the review.
    for page in [page, other] {
        page.shows_screen("Backlog");
        page.items_are(1_681);
        page.is_numbered();
    }
    page.lists_the_same_as(other);
    // Both were put at the top while apart.
    let top = &page.titles()[..2];
    assert!(top.contains(&title(4).to_owned()) && top.contains(&REQUESTS[1].to_owned()));
    for (tab, page) in [(&hers, page), (&his, other)] {
        page.shows_screen("Cut line");
        page.line_says("of 60 points");
        page.shows_screen("Inbox");
        tab.find("button", "Declined").click();
        tab.find("region", "Declined").reads(REQUESTS[2]);
        page.shows_screen("Strategy");
        tab.find("article", GOAL).reads("2 open");
        page.shows_screen("Backlog");
    }
    let (of_ada, of_bob) = (exported(&ada, page), exported(&bob, other));
    assert!(of_ada.contains("Said anew"));
    assert!(of_ada == of_bob, "both hold the same");
}

#[test]
fn pb_04_the_header_counts_and_next_up_leads_to_the_first() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let titles = ["one", "two", "three", "four", "five", "six"];
    let page = BacklogPage::with(&tab, &relay, &titles);
    page.set_estimate("one", "3");
    page.set_estimate("two", "5");
    tab.sees("6 items · 8 points · 4 unestimated · oldest");
    tab.find("link", "Next up: 5").click();
    page.shows(&titles[..5]);
}

#[test]
fn bt_01_bt_07_bt_34_ideas_and_work_are_one_document_in_views_of_their_own() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["Faster search", "Dark mode"]);
    capture(&tab, "Let me print");
    tab.sees("Features for upcoming releases");
    page.shows(&["Faster search", "Dark mode"]);
    // A feature is for somebody, who gains something by it.
    let panel = page.open_item("Dark mode");
    panel.field("For whom").fill("night owl");
    tab.press("Tab");
    panel.field("Benefit").fill("my eyes rest");
    tab.press("Tab");
    panel.close();
    page.row_reads("Dark mode", "night owl");
    // What is planned is in its release and no longer here.
    page.command("Add a release");
    tab.find("textbox", "Name").fill("1.0");
    tab.press("Enter");
    page.choose("Dark mode");
    page.press("Shift+m");
    tab.find("menuitemradio", "1.0").click();
    page.pulls_anyway();
    page.shows(&["Faster search"]);
    page.shows_screen("Inbox");
    tab.find("article", any()).reads("Let me print");
}
