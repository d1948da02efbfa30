//! Issue 2, points 1 and 2: the page is there, and a backlog begins in one of four ways.

use tests::{
    browser::{Person, containing, file},
    pages::{BacklogPage, HomePage},
    relay::RunningRelay,
};

use crate::data;

#[test]
fn p1_the_printed_address_serves_a_page_that_works() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    tab.open(&relay.url("/"));
    let page = HomePage(&tab).is_shown().begin("Groceries");
    page.add("milk");
    page.shows(&["milk"]);
    page.is_saved();
}

#[test]
fn p2_begin_a_new_backlog_without_an_account() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = HomePage::open(&tab, &relay).begin("Groceries");
    page.add_all(&["milk", "eggs", "bread"]);
    page.shows(&["milk", "eggs", "bread"]);
    page.is_numbered();
    page.is_saved();
    tab.reload();
    let page = page.is_shown();
    page.shows(&["milk", "eggs", "bread"]);
    page.name().holds("Groceries");
}

#[test]
fn p2_a_reload_right_after_the_beginning_loses_nothing() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = HomePage::open(&tab, &relay).begin("Groceries");
    page.add_all(&["milk", "eggs"]);
    tab.reload();
    let page = page.is_shown();
    page.shows(&["milk", "eggs"]);
    page.name().holds("Groceries");
    page.is_saved();
}

#[test]
fn p2_begin_with_a_file() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let path = file("stories.txt", data::STORIES.as_bytes());
    let page = HomePage::open(&tab, &relay)
        .choose_file(&path)
        .says("3")
        .accept();
    page.shows(&data::STORY_TITLES);
}

#[test]
fn p2_begin_with_the_example_and_its_attribution() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let home = HomePage::open(&tab, &relay);
    tab.sees("Dalpiaz");
    let page = home.open_example();
    tab.until_some(|| match page.lines().len() {
        0 | 1 => Err("the example is empty".to_owned()),
        _ => Ok(()),
    });
    page.is_numbered();
}

#[test]
fn p2_begin_with_a_backlog_that_this_browser_knows() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let first = BacklogPage::with(&tab, &relay, &["milk"]).address();
    let page = HomePage::open(&tab, &relay).begin("Second");
    page.add("eggs");
    page.is_saved();
    let home = HomePage::open(&tab, &relay);
    tab.until_some(|| match home.known().len() {
        2 => Ok(()),
        count => Err(format!("{count} backlogs are known")),
    });
    let page = home.open_known("Trial");
    page.shows(&["milk"]);
    assert_eq!(page.address(), first);
}

#[test]
fn an_unknown_backlog_is_said_to_be_unknown() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    tab.open(&relay.url("/b/nonsense"));
    tab.find("link", containing("acklogs")).appears();
}
