//! The cut line: drawn, typed, dragged and moved by keys, live for everybody (PB-44, PB-47).

use tests::{
    browser::{Person, any},
    pages::BacklogPage,
    relay::RunningRelay,
};

const SIX: [&str; 6] = ["one", "two", "three", "four", "five", "six"];

/// The list of `formulas.md` §5.7, with its line drawn.
fn vector(page: BacklogPage<'_>) {
    for (title, points) in SIX.iter().zip(["5", "8", "3", "", "13", "2"]) {
        if !points.is_empty() {
            page.set_estimate(title, points);
        }
    }
    page.shows_screen("Cut line");
    page.0.find("button", "Draw the cut line").click();
    let capacity = page.0.find("textbox", "Capacity of Cut line");
    capacity.fill("20");
    page.0.press("Enter");
}

#[test]
fn pb_30_pb_44_pb_47_the_line_of_the_vector_is_drawn_where_it_belongs() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &SIX);
    vector(page);
    page.line_says("Cut line: 16 of 20 points · 4 free");
    page.row("six").reads("would fit Cut line");
    page.row("four").reads("≈ 21");
    page.row("five").reads("below Cut line");
    tab.find("group", "Cut line")
        .reads("3 items · 20 points below the line");
    tab.screenshot("cut-vector");
    // A number typed again moves it; undo brings it back.
    tab.find("textbox", "Capacity of Cut line").fill("13");
    tab.press("Enter");
    page.line_says("Cut line: 13 of 13 points · 0 free");
    page.undo();
    page.line_says("Cut line: 16 of 20 points · 4 free");
}

#[test]
fn pb_44_the_line_follows_every_move_of_anybody() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &SIX);
    vector(page);
    page.line_says("16 of 20 points");
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows_screen("Cut line");
    other.line_says("16 of 20 points");
    other.choose("six");
    other.press("Alt+Home");
    other.line_says("18 of 20 points");
    page.line_says("18 of 20 points");
    page.shows(&["six", "one", "two", "three", "four", "five"]);
}

#[test]
fn pb_44_the_line_moves_by_keys_and_by_drag() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &SIX);
    vector(page);
    page.line_says("16 of 20 points");
    let line = tab.find("slider", any());
    line.focus();
    tab.press("ArrowUp");
    page.line_says("13 of 13 points");
    tab.press("ArrowDown");
    page.line_says("16 of 16 points");
    page.drag_line_below("five");
    page.line_says("34 of 34 points");
    page.undo();
    page.line_says("16 of 16 points");
}

#[test]
fn pb_47_a_forecast_names_the_sprints() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &SIX);
    vector(page);
    tab.find("checkbox", "Forecast sprints").click();
    tab.find("textbox", "at velocity").fill("15");
    tab.press("Enter");
    for sprint in ["Sprint 1", "Sprint 2", "Sprint 3"] {
        tab.sees(sprint);
    }
}

#[test]
fn bt_31_pb_44_a_feature_and_its_stories_count_once_in_every_sum() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["feature", "other"]);
    for (title, points) in [("feature", "13"), ("other", "2")] {
        page.set_estimate(title, points);
    }
    tab.sees("2 items \u{b7} 15 points");
    page.choose("feature");
    page.press("Shift+s");
    let dialog = tab.find("dialog", "Split into stories");
    for (part, name, points) in [("1", "first", "5"), ("2", "second", "3")] {
        dialog
            .find("textbox", format!("Part {part}").as_str())
            .fill(name);
        let estimate = format!("Estimate of part {part}");
        dialog.find("textbox", estimate.as_str()).fill(points);
    }
    dialog.find("button", "Split").click();
    page.shows(&["feature", "first", "second", "other"]);
    tab.sees("4 items \u{b7} 10 points");
    page.shows_screen("Board");
    tab.find("region", "Product backlog")
        .reads("4 items \u{b7} 10 points");
    page.shows_screen("Cut line");
    tab.find("button", "Draw the cut line").click();
    tab.find("textbox", "Capacity of Cut line").fill("8");
    tab.press("Enter");
    page.line_says("Cut line: 8 of 8 points \u{b7} 0 free");
    // Without its stories' estimates the feature counts again.
    page.undo();
    page.undo();
    page.undo();
    tab.sees("2 items \u{b7} 15 points");
}
