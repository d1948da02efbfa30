//! Links with roles: what their people can do, and what becomes of them when a link is revoked.

use shared::ids::DocumentId;
use tests::{
    browser::{DESKTOP, Look, PHONE, Person, Tab, any, containing, starting},
    pages::{BacklogPage, HomePage},
    relay::RunningRelay,
};

/// Makes a link in the owner's dialog; the link, as it stands on the clipboard.
pub(crate) fn make(page: BacklogPage, tab: &Tab, allows: &str, label: &str) -> String {
    page.command("Links and access…");
    let dialog = tab.find("dialog", "Links and access");
    dialog
        .find("combobox", "What the link allows")
        .choose(allows);
    dialog.find("textbox", "What the link is for").fill(label);
    dialog.find("button", "Make and copy").click();
    dialog.find("listitem", label).appears();
    page.announces("Link copied");
    tab.press("Escape");
    tab.clipboard()
}

#[test]
fn a_viewer_reads_and_changes_nothing() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two"]);
    page.is_saved();
    let link = make(page, &hers, "Can read", "The board");
    assert_ne!(link, page.link(), "a secret of its own");
    let (_vera, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &link);
    other.shows(&["one", "two"]);
    his.sees("You can read this backlog.");
    assert!(!his.address().contains('#'), "the secret is out of sight");
    let is_disabled = "function() { return this.matches(':disabled') }";
    assert_eq!(other.quick_add().call(is_disabled, &[]), true);
    other.choose("two");
    other.press("Alt+Home");
    other.press("e");
    other.shows(&["one", "two"]);
    let panel = other.open_item("one");
    assert_eq!(panel.title().call(is_disabled, &[]), true);
    // What the owner does arrives.
    page.add("three");
    other.shows(&["one", "two", "three"]);
    // It is so from the first moment after a reload, without the link in the address.
    his.reload();
    other.shows(&["one", "two", "three"]);
    his.sees("You can read this backlog.");
}

#[test]
fn a_commenter_comments_and_changes_nothing_else() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.is_saved();
    let link = make(page, &hers, "Can comment", "Customers");
    let (_cleo, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &link);
    other.shows(&["one"]);
    his.sees("You can read this backlog and comment.");
    other.introduce("Cleo");
    let panel = other.open_item("one");
    let is_disabled = "function() { return this.matches(':disabled') }";
    assert_eq!(panel.title().call(is_disabled, &[]), true);
    panel.comment("From a customer");
    panel.reads("From a customer");
    let hers_panel = page.open_item("one");
    hers_panel.reads("From a customer");
    hers_panel.reads("Cleo");
    other.is_saved();
}

#[test]
fn a_revoked_link_is_told_at_once() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.is_saved();
    let link = make(page, &hers, "Can edit", "Contractors");
    let (bob, his) = Person::with_tab();
    // The relay opens nothing for him afterwards, which his browser notes.
    bob.expect_network_errors();
    let other = BacklogPage::open(&his, &link);
    other.shows(&["one"]);
    other.add("two");
    page.shows(&["one", "two"]);
    page.command("Links and access…");
    let dialog = hers.find("dialog", "Links and access");
    let line = dialog.find("listitem", "Contractors");
    line.find("button", "Revoke Contractors").click();
    hers.sees("whoever uses it leaves");
    line.find("button", "Revoke Contractors").click();
    line.find("button", any()).goes();
    hers.sees("revoked");
    hers.press("Escape");
    other.chip_says("refused by the relay");
    page.add("three");
    page.is_saved();
    other.shows(&["one", "two"]);
    // His copy is his.
    other.add("mine");
    other.shows(&["one", "two", "mine"]);
    page.shows(&["one", "two", "three"]);
}

#[test]
fn a_link_without_its_secret_opens_nothing() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.is_saved();
    let (bob, his) = Person::with_tab();
    bob.expect_network_errors();
    let other = BacklogPage::open(&his, &page.address());
    other.chip_says("refused by the relay");
    assert!(other.titles().is_empty());
    // A pasted link, with its secret, opens it.
    his.open(&page.link());
    other.shows(&["one"]);
    let unknown = DocumentId::from_bytes([3; 16]);
    his.open(&relay.url(&format!("/b/{unknown}")));
    other.chip_says("refused by the relay");
}

#[test]
fn what_the_relay_does_not_take_is_kept_aside_and_handed_out() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.is_saved();
    let editors = make(page, &hers, "Can edit", "Editors");
    let viewers = make(page, &hers, "Can read", "Viewers");
    let (bob, his) = Person::with_tab();
    bob.expect_network_errors();
    let other = BacklogPage::open(&his, &editors);
    other.shows(&["one"]);
    other.introduce("Bob");
    other.is_saved();
    bob.offline(true);
    other.add("offline");
    other.shows(&["one", "offline"]);
    // Back online by a link that lets him read: what he did is not taken, and he sees what everybody sees.
    let (_, fragment) = viewers.split_once('#').unwrap();
    drop(his.value(&format!("location.hash = '{fragment}'")));
    bob.offline(false);
    other.shows(&["one"]);
    his.sees("kept aside on this device");
    other.chip_says("refused");
    other.command("Links and access…");
    his.sees("not taken");
    his.find("button", "Download with them").click();
    let file = bob.next_download();
    his.find("button", "Discard them").click();
    his.find("button", "Discard them").goes();
    his.press("Escape");
    page.shows(&["one"]);
    let path = tests::browser::file(&file.name, &file.bytes);
    page.command("Merge a backup");
    page.choose_backup(&path);
    page.shows(&["one", "offline"]);
    other.shows(&["one", "offline"]);
}

#[test]
fn a_relay_that_invites_takes_new_backlogs_from_the_invited() {
    let relay = RunningRelay::start_with(&["--create", "invite", "--invite", "open-sesame"]);
    let (ada, hers) = Person::with_tab();
    ada.expect_network_errors();
    let page = HomePage::open(&hers, &relay).begin("Trial");
    page.add("one");
    page.chip_says("changes to send");
    hers.open(&relay.url("/#invite=open-sesame"));
    hers.find("link", starting("Trial")).click();
    page.shows(&["one"]);
    page.is_saved();
    let (_bob, his) = Person::with_tab();
    BacklogPage::open(&his, &page.link()).shows(&["one"]);
}

#[test]
fn the_dialog_fits_every_screen() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    page.is_saved();
    make(page, &tab, "Can comment", "Customers of the north");
    make(page, &tab, "Can read", "The board");
    for (screen, name) in [(DESKTOP, "wide"), (PHONE, "phone")] {
        tab.on(screen);
        for (look, shade) in [(Look::Light, "light"), (Look::Dark, "dark")] {
            tab.likes(look, true);
            page.command("Links and access…");
            let dialog = tab.find("dialog", "Links and access");
            dialog.find("listitem", containing("board")).appears();
            let fits = "document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth";
            assert_eq!(tab.value(fits), true, "{name}");
            tab.screenshot(&format!("access-{name}-{shade}"));
            tab.press("Escape");
        }
    }
}
