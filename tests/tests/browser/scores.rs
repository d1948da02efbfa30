//! Scorecards: scored in the panel, compared side by side, ranked by (BT-16, BT-36, PB-31).

use tests::{browser::Person, pages::BacklogPage, relay::RunningRelay};

/// A backlog with RICE, and the first two items scored.
fn scored(page: BacklogPage<'_>) {
    page.shows_screen("Scorecards");
    page.0.find("button", "RICE").click();
    for (title, reach, impact, confidence, effort) in [
        ("one", "500", "1", "50 %", "2"),
        ("two", "2000", "2", "80 %", "3"),
    ] {
        let panel = page.open_item(title);
        page.0.find("textbox", "Reach of this item").fill(reach);
        page.0.press("Enter");
        page.0
            .find("combobox", "Impact of this item")
            .choose(impact);
        page.0
            .find("combobox", "Confidence of this item")
            .choose(confidence);
        page.0.find("textbox", "Effort of this item").fill(effort);
        page.0.press("Enter");
        panel.close();
    }
}

#[test]
fn bt_16_rice_scores_the_vector_and_ranks_by_it() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    scored(page);
    page.row("two").reads("1066.667");
    page.row("one").reads("125");
    tab.find("button", "Rank by score…").click();
    tab.find("dialog", "Rank by score")
        .reads("2 items would move");
    tab.find("button", "Apply this order as rank").click();
    page.shows(&["two", "one", "three"]);
    page.undo();
    page.shows(&["one", "two", "three"]);
}

#[test]
fn pb_31_rank_against_score_and_items_side_by_side() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    scored(page);
    tab.find("button", "Rank vs score").click();
    tab.sees("over 2 scored items");
    tab.sees("1 higher by score");
    tab.find("button", "Compare").click();
    tab.sees("1066.667");
    tab.sees("Business value");
}

#[test]
fn bt_16_an_equation_that_is_wrong_is_refused_and_one_that_is_right_counts_at_once() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two"]);
    scored(page);
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows_screen("Scorecards");
    other.row("two").reads("1066.667");
    hers.find("button", "Scorecard").click();
    let equation = hers.find("textbox", "Equation");
    equation.fill("Reach * ");
    hers.press("Enter");
    hers.sees("Not changed:");
    equation.fill("Reach / Effort");
    hers.press("Enter");
    other.row("two").reads("666.667");
}

#[test]
fn bt_16_a_renamed_metric_takes_its_name_into_the_equation() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    scored(page);
    tab.find("button", "Scorecard").click();
    tab.find("textbox", "Name of Reach").fill("People reached");
    tab.press("Enter");
    tab.find("textbox", "Name of People reached").appears();
    tab.until("[...document.querySelectorAll('input')].some(one => one.value.startsWith('People reached *'))");
    tab.find("button", "Undo").nth(0).click();
    tab.find("textbox", "Name of Reach").appears();
    tab.find("button", "Redo").click();
    tab.find("textbox", "Name of People reached").appears();
}
