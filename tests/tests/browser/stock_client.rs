//! Issue 2, point 9: a stock Automerge client opens the same backlog, sees edits live, and is seen.

use tests::{browser::Person, pages::BacklogPage, relay::RunningRelay, stock_client::StockClient};

#[test]
fn p9_a_stock_client_reads_and_writes_the_same_backlog() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two"]);
    page.is_saved();
    let link = page.link();
    let (_, secret) = link.split_once("#k=").expect("a link has a secret");
    let socket = relay.socket(&format!("/automerge?secret={secret}"));
    let mut client = StockClient::open(&socket, &page.automerge_url());
    let titled = |title: &'static str| {
        move |seen: &tests::stock_client::Seen| seen.items.values().any(|item| item.title == title)
    };
    let seen = client.until(titled("two"));
    assert_eq!(seen.name, "Trial");
    page.add("three");
    client.until(titled("three"));
    let one = page.id("one");
    client.put_title(&one, "one, from outside");
    page.shows(&["one, from outside", "two", "three"]);
    client.put_status(&one, "done");
    page.shows(&["two", "three"]);
    page.is_saved();
}
