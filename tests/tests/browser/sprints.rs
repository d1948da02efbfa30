//! Sprints: planned, committed by the team, worked through and closed; features split into stories (BT-03 to BT-57).

use shared::planning::split::INVEST;
use tests::{
    browser::{DESKTOP, Look, PHONE, Part, Person, Tab, starting},
    pages::{BacklogPage, BoardPage},
    relay::RunningRelay,
};

/// The sprints' screen, seen from one side.
pub(crate) fn sprints<'t>(page: BacklogPage<'t>, side: &'static str) -> BoardPage<'t> {
    page.shows_screen("Sprints");
    look_at(page.0, side);
    BoardPage(page.0)
}

fn look_at(tab: &Tab, side: &'static str) {
    tab.find("group", "Look at").find("button", side).click();
}

pub(crate) fn add(tab: &Tab, name: &str) {
    tab.find("textbox", "Add a sprint").fill(name);
    tab.press("Enter");
    tab.find("link", starting(name)).appears();
}

fn set(tab: &Tab, field: &'static str, value: &str) {
    tab.find("textbox", field).fill(value);
    tab.press("Tab");
}

/// A day field takes what it is given at once.
pub(crate) fn set_day(tab: &Tab, field: &str, value: &str) {
    drop(tab.value(&format!(
        "(() => {{ const field = document.querySelector('.sprint-head input[aria-label={field}]');
            field.value = '{value}'; field.dispatchEvent(new Event('change', {{ bubbles: true }})); }})()"
    )));
}

fn with_points<'t>(tab: &'t Tab, relay: &RunningRelay, items: &[(&str, &str)]) -> BacklogPage<'t> {
    let titles: Vec<&str> = items.iter().map(|(title, _)| *title).collect();
    let page = BacklogPage::with(tab, relay, &titles);
    for (title, points) in items {
        page.set_estimate(title, points);
    }
    page
}

#[test]
fn bt_03_bt_12_bt_15_a_sprint_has_a_goal_days_people_and_a_limit() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = with_points(&tab, &relay, &[("one", "8"), ("two", "5")]);
    page.shows_screen("Settings");
    tab.find("textbox", "Velocity per sprint").fill("20");
    tab.press("Tab");
    tab.find("combobox", starting("Role of")).choose("Team");
    let board = sprints(page, "Planning");
    add(&tab, "Alpha");
    set(&tab, "Goal", "People can sign in");
    set_day(&tab, "End", "2031-03-14");
    set_day(&tab, "Start", "2031-03-03");
    tab.sees("10 working days, from 2031-03-03");
    set_day(&tab, "End", "2031-03-01");
    tab.sees("The end can't be before the start");
    tab.sees("10 working days, from 2031-03-03");
    tab.sees("Suggested limit 20");
    drop(tab.value("document.querySelector('.sprint-people summary').click()"));
    tab.find(
        "button",
        tests::browser::containing("Tue 2031-03-04: there"),
    )
    .click();
    tab.sees("Suggested limit 18");
    board.drag_into("one", "Alpha");
    page.pulls_anyway();
    tab.sees("8 of 18 points");
    look_at(&tab, "Sprint");
    board.columns_are(&["Alpha"]);
    board.shows("Alpha", &["one"]);
    set(&tab, "Limit", "5");
    tab.sees("8 of 5 points");
    tab.find("region", "Push candidates")
        .find("button", "Push out one")
        .click();
    board.shows("Alpha", &[]);
    tab.press("Control+z");
    board.shows("Alpha", &["one"]);
    // Archived, its stories are where they came from; brought back, they are in it.
    tab.find("button", "Archive sprint").click();
    page.shows_screen("Backlog");
    page.shows(&["one", "two"]);
}

#[test]
fn bt_21_bt_48_bt_50_bt_56_stories_are_planned_by_drag_and_keys_and_committed() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = with_points(&tab, &relay, &[("one", "8"), ("two", "5"), ("three", "3")]);
    let board = sprints(page, "Planning");
    add(&tab, "Alpha");
    board.columns_are(&["Product backlog", "Alpha"]);
    board.drag_into("two", "Alpha");
    page.pulls_anyway();
    board.shows("Product backlog", &["one", "three"]);
    board.drag("one", "two", Part::Upper);
    page.pulls_anyway();
    board.shows("Alpha", &["one", "two"]);
    board.choose("three");
    tab.press("Alt+ArrowRight");
    page.pulls_anyway();
    board.shows("Alpha", &["one", "two", "three"]);
    tab.press("Control+z");
    board.shows("Product backlog", &["three"]);
    tab.find("button", "Commit sprint").click();
    tab.sees("13 in 2 stories");
    // What comes in later is no part of the commitment.
    board.drag_into("three", "Alpha");
    page.pulls_anyway();
    board.shows("Alpha", &["one", "two", "three"]);
    tab.sees("13 in 2 stories");
    board.choose("one");
    tab.press("s");
    tab.find("menuitemradio", "Done").click();
    tab.sees("Cleared 50 %");
}

/// Bob opens the backlog and is of the team; Ada, whose page this is, manages the product.
fn bob_is_the_team(page: BacklogPage<'_>) -> (Person, Tab) {
    page.introduce("Ada");
    let (bob, his) = Person::with_tab();
    BacklogPage::open(&his, &page.link()).introduce("Bob");
    page.shows_screen("Settings");
    page.0.find("combobox", "Role of Bob").choose("Team");
    page.0
        .find("combobox", "Role of Ada")
        .choose("Product manager");
    (bob, his)
}

#[test]
fn bt_06_only_the_team_commits_and_what_others_put_in_waits_as_a_proposal() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = with_points(&hers, &relay, &[("one", "8"), ("two", "5")]);
    let _ = sprints(page, "Planning");
    add(&hers, "Alpha");
    let (_bob, his) = bob_is_the_team(page);
    let other = BacklogPage(&his);
    let board = sprints(page, "Planning");
    hers.sees("The team decides what is in a sprint");
    board.drag_into("two", "Alpha");
    let proposed = hers.find("region", "Proposed");
    proposed.reads("two");
    board.shows("Product backlog", &["one", "two"]);
    let his_board = sprints(other, "Planning");
    let waiting = his.find("region", "Proposed");
    waiting.find("button", "Take two into the sprint").click();
    other.pulls_anyway();
    his_board.shows("Alpha", &["two"]);
    proposed.goes();
    board.shows("Alpha", &["two"]);
    his.find("button", "Commit sprint").click();
    hers.sees("Committed by Bob: 5 in 1 story");
}

#[test]
fn bt_06_who_is_not_of_the_team_proposes_to_take_a_story_out_of_a_committed_sprint() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = with_points(&hers, &relay, &[("one", "8"), ("two", "5")]);
    let board = sprints(page, "Planning");
    add(&hers, "Alpha");
    for title in ["one", "two"] {
        board.drag_into(title, "Alpha");
        page.pulls_anyway();
    }
    hers.find("button", "Commit sprint").click();
    hers.sees("13 in 2 stories");
    let (_bob, his) = bob_is_the_team(page);
    let other = BacklogPage(&his);
    let board = sprints(page, "Sprint");
    let all = board.titles("Alpha");
    board.choose("one");
    hers.press("Shift+m");
    hers.find("menuitemradio", "Product backlog").click();
    let proposed = hers.find("region", "Proposed to take out");
    proposed.reads("one");
    assert_eq!(board.titles("Alpha"), all);
    let his_board = sprints(other, "Sprint");
    let waiting = his.find("region", "Proposed to take out");
    let keep = waiting.find("button", "Keep one in the sprint");
    keep.click();
    proposed.goes();
    board.choose("two");
    hers.press("Shift+m");
    hers.find("menuitemradio", "Product backlog").click();
    waiting.find("button", "Take two out of the sprint").click();
    for board in [board, his_board] {
        board.shows("Alpha", &["one"]);
    }
    proposed.goes();
}

#[test]
fn bt_12_the_team_says_which_days_of_the_week_it_works() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &[]);
    page.shows_screen("Settings");
    let days = tab.find("group", "Working days");
    days.find("checkbox", "Friday").click();
    days.find("checkbox", "Sunday").click();
    let _ = sprints(page, "Sprint");
    add(&tab, "Alpha");
    set_day(&tab, "End", "2031-03-16");
    set_day(&tab, "Start", "2031-03-03");
    tab.sees("10 working days, from 2031-03-03");
    set_day(&tab, "End", "2031-03-15");
    tab.sees("9 working days, from 2031-03-03");
    // One step takes one day back; the last one that is left can't be taken away.
    page.shows_screen("Settings");
    for day in ["Monday", "Tuesday", "Wednesday", "Sunday"] {
        days.find("checkbox", day).click();
    }
    let last = days.find("checkbox", "Thursday");
    tab.until_some(|| {
        match last.attribute("disabled") {
            Some(_) => Ok(()),
            None => Err("the last day can be taken away"),
        }
        .map_err(str::to_owned)
    });
}

#[test]
fn bt_57_closing_asks_about_each_story_and_one_undo_opens_the_sprint_again() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = with_points(
        &tab,
        &relay,
        &[("one", "13"), ("two", "8"), ("three", "3"), ("four", "2")],
    );
    let board = sprints(page, "Planning");
    add(&tab, "Alpha");
    for title in ["one", "two", "three", "four"] {
        board.drag_into(title, "Alpha");
        page.pulls_anyway();
    }
    tab.find("button", "Commit sprint").click();
    tab.sees("26 in 4 stories");
    add(&tab, "Beta");
    tab.find("link", starting("Alpha")).click();
    // Where in the column each was dropped is not at stake.
    let all = ["four", "one", "three", "two"].map(str::to_owned).to_vec();
    tab.until_equal(&all, || {
        let mut titles = board.titles("Alpha");
        titles.sort();
        titles
    });
    for title in ["one", "two"] {
        board.choose(title);
        tab.press("s");
        tab.find("menuitemradio", "Done").click();
    }
    tab.sees("Cleared 81 %");
    tab.find("button", "Close sprint…").click();
    let dialog = tab.find("dialog", "Close Alpha");
    dialog.reads("Cleared 81 %");
    dialog
        .find("combobox", "What becomes of three")
        .choose("Split done and remaining");
    dialog.find("textbox", "Done of three").fill("1");
    dialog.find("button", "Close sprint").click();
    tab.sees("22 finished of 26 committed");
    look_at(&tab, "Sprint");
    board.shows("Alpha", &["one", "two", "three"]);
    tab.find("link", starting("Beta")).click();
    let there = ["four", "three (remaining)"].map(str::to_owned).to_vec();
    tab.until_equal(&there, || {
        let mut titles = board.titles("Beta");
        titles.sort();
        titles
    });
    tab.press("Control+z");
    board.shows("Beta", &[]);
    tab.find("link", starting("Alpha")).click();
    tab.sees("26 in 4 stories");
    tab.find("button", "Close sprint…").appears();
}

#[test]
fn bt_47_bt_31_bt_51_a_feature_is_split_and_counts_once() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = with_points(&tab, &relay, &[("Manage accounts", "13"), ("other", "2")]);
    page.choose("Manage accounts");
    page.press("Shift+s");
    let dialog = tab.find("dialog", "Split into stories");
    dialog.reads("Independent");
    dialog.find("button", "2. Operations").click();
    dialog.reads("creating, reading, updating and deleting");
    dialog.find("textbox", "Part 1").fill("Make an account");
    dialog.find("textbox", "Estimate of part 1").fill("5");
    dialog.find("textbox", "Part 2").fill("Delete an account");
    dialog.find("textbox", "Estimate of part 2").fill("3");
    dialog.reads("Parts: 8 of 13 · 5 left");
    // Nothing is answered until somebody answers it: the first click says yes, the next one no.
    for (_, question) in INVEST {
        dialog.find("checkbox", *question).click();
    }
    dialog.find("checkbox", starting("Valuable")).click();
    dialog.reads("merge it with what makes it valuable");
    dialog.find("checkbox", starting("Valuable")).click();
    dialog.find("button", "Split").click();
    page.shows(&[
        "Manage accounts",
        "Make an account",
        "Delete an account",
        "other",
    ]);
    page.choose("Make an account");
    page.press("s");
    tab.find("menuitemradio", "Done").click();
    page.shows(&["Manage accounts", "Delete an account", "other"]);
    let panel = page.open_item("Delete an account");
    panel.reads("6 of 6 answered");
    panel.close();
    let panel = page.open_item("Manage accounts");
    panel.reads("1 of 2 stories done · 5 of 8");
    panel.close();
    let _ = sprints(page, "Nested");
    tab.sees("5 of 8 points, the sum of its stories");
    tab.press("Control+z");
    tab.sees("0 of 2 stories done");
    tab.press("Control+z");
    tab.sees("Nothing is split into stories yet");
}

#[test]
fn bt_38_work_flows_from_the_product_backlog_through_a_release_into_a_sprint() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = with_points(&tab, &relay, &[("one", "8"), ("two", "5")]);
    let board = BoardPage::of(page);
    board.add_column("Release", "1.0");
    let board = sprints(page, "Sprint");
    add(&tab, "Alpha");
    look_at(&tab, "Flow");
    board.columns_are(&["Product backlog", "1.0", "Alpha"]);
    board.drag_into("one", "1.0");
    page.pulls_anyway();
    board.shows("1.0", &["one"]);
    board.choose("one");
    tab.press("Alt+ArrowRight");
    page.pulls_anyway();
    board.shows("Alpha", &["one"]);
    tab.find("region", "Stage: Sprints").reads("1 item");
    tab.press("Control+z");
    tab.press("Control+z");
    board.shows("Product backlog", &["one", "two"]);
}

#[test]
fn sprints_look_well_in_light_and_dark_wide_and_on_a_phone() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    tab.on(DESKTOP);
    let page = BacklogPage::demo(&tab, &relay);
    page.shows_screen("Sprints");
    for side in ["Sprint", "Planning", "Nested", "Flow"] {
        look_at(&tab, side);
        for (width, device) in [("wide", DESKTOP), ("phone", PHONE)] {
            tab.on(device);
            for (name, look) in [("light", Look::Light), ("dark", Look::Dark)] {
                tab.likes(look, true);
                tab.frame();
                tab.screenshot(&format!("sprints-{}-{width}-{name}", side.to_lowercase()));
                tab.is_accessible();
            }
        }
        tab.on(DESKTOP);
        tab.likes(Look::Light, true);
    }
}
