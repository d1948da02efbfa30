//! Issue 2, point 5: a link, a second person, the same backlog, live.

use tests::{browser::Person, pages::BacklogPage, relay::RunningRelay};

#[test]
fn p5_a_copied_link_opens_the_same_backlog_live() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two", "three"]);
    hers.find("button", "Share: copy link").click();
    page.announces("Link copied");
    let link = hers.clipboard();
    assert_eq!(link, page.link());
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &link);
    other.shows(&["one", "two", "three"]);
    other.name().holds("Trial");
    other.choose("three");
    other.press("Alt+Home");
    page.shows(&["three", "one", "two"]);
    page.add("four");
    other.shows(&["three", "one", "two", "four"]);
    page.rename("Trial of two");
    other.name().holds("Trial of two");
}

#[test]
fn p5_who_is_here_shows_in_the_header_and_on_the_rows() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two"]);
    page.introduce("Ada Lovelace");
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["one", "two"]);
    other.introduce("Bob Brown");
    page.people_are(&["Bob Brown"]);
    other.people_are(&["Ada Lovelace"]);
    let _panel = other.open_item("two");
    page.row("two")
        .find("image", "Bob Brown looks at this")
        .appears();
    his.close();
    page.people_are(&[]);
}

#[test]
fn p5_two_people_type_in_one_description() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["one"]);
    let (ada, bob) = (page.open_item("one"), other.open_item("one"));
    ada.write();
    ada.description().focus();
    hers.type_keys("alpha omega");
    bob.write();
    bob.description().holds("alpha omega").focus();
    his.press("Control+Home");
    // Her caret stands between the two words; his stands at the beginning.
    ada.description().focus();
    drop(hers.value("document.activeElement.setSelectionRange(6, 6)"));
    for (left, right) in "beta ".chars().zip("first".chars()) {
        hers.type_keys(&left.to_string());
        his.type_keys(&right.to_string());
    }
    ada.description().holds("firstalpha beta omega");
    bob.description().holds("firstalpha beta omega");
    assert_eq!(
        hers.value("document.activeElement.selectionStart"),
        16,
        "her caret stays behind her word"
    );
    assert_eq!(
        his.value("document.activeElement.selectionStart"),
        5,
        "his caret stays behind his word"
    );
}
