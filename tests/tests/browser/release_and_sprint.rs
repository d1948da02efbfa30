//! Issue 4, "What it must show": a release of a real project's backlog pulled, agreed to, changed, worked through in a
//! sprint over several days and shipped by two people, one of them without a network for the sprint, and the same for both
//! in the end (PB-07, PB-40, BT-05, BT-06, BT-24, BT-47, BT-57).

use shared::planning::day::Day;
use tests::{
    browser::{Person, Tab, file, starting},
    pages::{BacklogPage, BoardPage, HomePage},
    relay::RunningRelay,
};

use crate::{data, releases, sprints};

const RELEASE: &str = "1.0";
const SPRINT: &str = "Alpha";
/// What the first feature is split into, with sizes.
const PARTS: [(&str, &str); 2] = [("The half that reads", "5"), ("The half that writes", "3")];

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// A new morning: somebody comes back to the page, on whose device everything is kept.
fn wakes_up(person: &Person, tab: &Tab, on: &str) {
    BacklogPage(tab).chip_says("on ");
    person.wakes_up_on(day(on));
    tab.reload();
    tab.find("navigation", "Screens").appears();
}

fn imported<'t>(tab: &'t Tab, relay: &RunningRelay, name: &str, table: &str) -> BacklogPage<'t> {
    let path = file(&format!("{name}.csv"), table.as_bytes());
    let page = HomePage::open(tab, relay).begin(name);
    page.introduce("Ada");
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    let page = dialog.says("items").accept();
    page.items_are(data::column(table, "title").len());
    page.is_saved();
    page
}

/// A release that holds exactly the first items, pulled from the top.
fn pulls(page: BacklogPage<'_>, first: &[&str], points: f64) {
    let tab = page.0;
    releases::release(page, RELEASE);
    releases::set(tab, "Capacity", &points.to_string());
    tab.sees(&format!("0 of {points} points taken"));
    tab.find("button", "Plan").click();
    let told = format!(
        "The first {} items of the product backlog, {points} points.",
        first.len()
    );
    tab.sees(&told);
    tab.find("button", "Pull from top").click();
    releases::answer(tab);
    BoardPage(tab).shows(RELEASE, first);
    tab.sees(&format!("{points} of {points} points taken, 0 free"));
    tab.find("button", "Plan").click();
    page.shows(first);
}

fn opens_the_release(page: BacklogPage<'_>) {
    page.shows_screen("Releases");
    releases::open(page, RELEASE);
}

fn splits(page: BacklogPage<'_>, feature: &str) {
    let tab = page.0;
    page.choose(feature);
    page.press("Shift+s");
    let dialog = tab.find("dialog", "Split into stories");
    for (nth, (title, points)) in (1..).zip(PARTS) {
        dialog.find("textbox", format!("Part {nth}")).fill(title);
        dialog
            .find("textbox", format!("Estimate of part {nth}"))
            .fill(points);
    }
    dialog.find("button", "Split").click();
    dialog.goes();
}

/// The two halves and one item more: planned out of the release and committed.
fn plans_and_commits(page: BacklogPage<'_>, other: &str) {
    let tab = page.0;
    let board = sprints::sprints(page, "Planning");
    sprints::add(tab, SPRINT);
    sprints::set_day(tab, "End", "2031-03-14");
    sprints::set_day(tab, "Start", "2031-03-03");
    tab.find("combobox", "Release").choose(RELEASE);
    board.columns_are(&[RELEASE, SPRINT]);
    for title in [PARTS[0].0, PARTS[1].0, other] {
        board.drag_into(title, SPRINT);
        releases::answer(tab);
        board.card(title).appears();
    }
    tab.find("button", "Commit sprint").click();
    tab.sees("Committed by Bob: 16 in 3 stories");
}

fn finishes(tab: &Tab, title: &str) {
    BoardPage(tab).choose(title);
    tab.press("s");
    tab.find("menuitemradio", "Done").click();
    tab.find("row", tests::browser::containing(&format!("{title}, ")))
        .reads("Done");
}

/// The table of the sprint's burndown, a text a row.
fn burndown(page: BacklogPage<'_>) -> Vec<String> {
    let tab = page.0;
    page.shows_screen("Reports");
    let table = tab.find("table", "Sprint burndown");
    if !table.is_there() {
        tab.find("button", "Show as a table").click();
    }
    let rows = table.call(
        "function() { return [...this.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent.trim()).join(' | ')) }",
        &[],
    );
    let rows = rows.as_array().into_iter().flatten();
    rows.map(|row| row.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Everything that the backlog holds, as its file says it.
fn exported(person: &Person, page: BacklogPage<'_>) -> String {
    page.command("Export as JSON");
    person.next_download().text()
}

fn plays(name: &str, table: &str) {
    let relay = RunningRelay::start();
    let titles = data::column(table, "title");
    let sizes = data::column(table, "storypoint");
    let first: Vec<&str> = titles[..5].iter().map(String::as_str).collect();
    let size = |nth: usize| sizes[nth].parse::<f64>().unwrap();
    let (ada, hers) = Person::with_tab();
    let (bob, his) = Person::with_tab();
    for person in [&ada, &bob] {
        person.wakes_up_on(day("2031-03-03"));
    }

    let page = imported(&hers, &relay, name, table);
    pulls(page, &first, (0..5).map(size).sum());
    page.is_saved();
    let other = BacklogPage::open(&his, &page.link());
    other.introduce("Bob");
    opens_the_release(other);
    hers.find("button", "Sign off for product management")
        .click();
    his.find("button", "Sign off for engineering").click();
    for tab in [&hers, &his] {
        tab.sees("Scope agreed");
    }
    // Another estimate is another scope.
    other.set_estimate(first[1], "8");
    for tab in [&hers, &his] {
        tab.sees("Scope not agreed");
        let told = tab.find("list", "Changes of scope");
        told.reads(&format!("went from {} to 8", sizes[1]));
        told.reads("Bob");
    }
    splits(page, first[0]);
    other.row(PARTS[1].0).appears();
    other.works_offline();
    other.is_saved();

    bob.offline(true);
    plans_and_commits(other, first[1]);
    // Meanwhile the release goes on without him.
    wakes_up(&ada, &hers, "2031-03-04");
    page.choose(first[4]);
    page.press("Shift+m");
    hers.find("menuitemradio", "Product backlog").click();
    hers.find("list", "Changes of scope").reads("went out");
    hers.find("button", "Sign again for product management")
        .click();
    hers.sees("Product management: signed by Ada");
    page.is_saved();

    wakes_up(&bob, &his, "2031-03-04");
    finishes(&his, PARTS[0].0);
    wakes_up(&bob, &his, "2031-03-05");
    let board = sprints::sprints(other, "Planning");
    board.drag_into(first[2], SPRINT);
    releases::answer(&his);
    his.sees("16 in 3 stories");
    wakes_up(&bob, &his, "2031-03-06");
    finishes(&his, PARTS[1].0);
    wakes_up(&bob, &his, "2031-03-10");
    let late = size(2);
    let row = |day: &str, scope: f64, ideal: f64, remaining: f64, change: &str| {
        format!("{day} | {scope} | {ideal} | {remaining} | {change}")
    };
    let came_in = format!("+{late}");
    let until = |ideal: f64, day: &str| format!("{day} |  | {ideal} |  | ");
    let wanted = vec![
        row("Start", 16.0, 16.0, 16.0, ""),
        row("3 Mar", 16.0, 14.4, 16.0, ""),
        row("4 Mar", 16.0, 12.8, 11.0, ""),
        row("5 Mar", 16.0 + late, 11.2, 11.0 + late, &came_in),
        row("6 Mar", 16.0 + late, 9.6, 8.0 + late, ""),
        row("7 Mar", 16.0 + late, 8.0, 8.0 + late, ""),
        row("8 Mar", 16.0 + late, 8.0, 8.0 + late, ""),
        row("9 Mar", 16.0 + late, 8.0, 8.0 + late, ""),
        row("10 Mar", 16.0 + late, 6.4, 8.0 + late, ""),
        until(4.8, "11 Mar"),
        until(3.2, "12 Mar"),
        until(1.6, "13 Mar"),
        until(0.0, "14 Mar"),
    ];
    his.until_equal(&wanted, || burndown(other));
    wakes_up(&bob, &his, "2031-03-14");
    sprints::sprints(other, "Sprint");
    finishes(&his, first[1]);
    his.find("button", "Close sprint…").click();
    let dialog = his.find("dialog", format!("Close {SPRINT}"));
    dialog
        .find("combobox", format!("What becomes of {}", first[2]))
        .choose(&format!("Back to {RELEASE}"));
    dialog.find("button", "Close sprint").click();
    his.sees("16 finished of 16 committed");
    other.chip_says("changes to send");

    bob.offline(false);
    other.is_saved();
    // The chart of the closed sprint is the same for who was not there, and whose clock stands ten days behind.
    let of_bob = burndown(other);
    hers.until_some(|| match burndown(page) {
        of_ada if of_ada == of_bob => Ok(()),
        of_ada => Err(format!("{of_ada:#?} is not {of_bob:#?}")),
    });
    wakes_up(&ada, &hers, "2031-03-14");
    opens_the_release(page);
    hers.find("button", starting("Ship")).click();
    let dialog = hers.find("dialog", "Ship release");
    dialog.find("radio", "Top of the product backlog").click();
    dialog.find("button", "Ship it").click();
    page.is_saved();
    other.shows_screen("Releases");
    his.find("region", "Releases").find("link", RELEASE).click();
    for tab in [&hers, &his] {
        let shipped = tab.find("region", "Shipped items");
        for title in [PARTS[0].0, PARTS[1].0, first[1]] {
            shipped.reads(title);
        }
    }
    for page in [page, other] {
        page.shows_screen("Backlog");
    }
    page.lists_the_same_as(other);
    assert!(page.titles().contains(&first[2].to_owned()));
    let (of_ada, of_bob) = (exported(&ada, page), exported(&bob, other));
    assert!(of_ada.contains(PARTS[1].0));
    assert!(of_ada == of_bob, "both hold the same");
}

#[test]
fn pb_07_pb_40_bt_05_bt_24_bt_47_bt_57_moodle_plans_works_and_ships_half_of_it_offline() {
    plays("Moodle", &data::moodle());
}

#[test]
fn pb_07_pb_40_bt_05_bt_24_bt_47_bt_57_mesos_plans_works_and_ships_half_of_it_offline() {
    plays("Mesos", &data::mesos());
}
