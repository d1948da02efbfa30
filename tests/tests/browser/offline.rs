//! Issue 2, point 6: without a network everything is there, works, and merges later.

use tests::{browser::Person, pages::BacklogPage, relay::RunningRelay};

#[test]
fn p6_pb_02_reload_and_edit_without_a_network_then_merge_to_the_same_list() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two", "three"]);
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["one", "two", "three"]);
    page.works_offline();
    ada.offline(true);
    hers.reload();
    let page = page.is_shown();
    page.shows(&["one", "two", "three"]);
    page.add("hers");
    page.choose("three");
    page.press("Alt+Home");
    page.chip_says("changes to send");
    other.add("his");
    other.choose("two");
    other.press("Alt+Home");
    other.shows(&["two", "one", "three", "his"]);
    ada.offline(false);
    page.is_saved();
    page.items_are(5);
    other.items_are(5);
    page.lists_the_same_as(other);
    page.is_numbered();
}

#[test]
fn p6_two_values_are_marked_and_settled_with_one_click() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.introduce("Ada");
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["one"]);
    other.introduce("Bob");
    ada.offline(true);
    page.set_estimate("one", "3");
    other.set_estimate("one", "8");
    page.chip_says("1 change to send");
    other.is_saved();
    ada.offline(false);
    page.row_reads("one", "2 values");
    other.row_reads("one", "2 values");
    let panel = page.open_item("one");
    panel.reads("Ada");
    panel.reads("Bob");
    panel.settle("3");
    for page in [page, other] {
        hers.until_some(|| {
            let row = page.row("one").text();
            if row.contains("2 values") {
                Err(row)
            } else {
                Ok(())
            }
        });
        page.row_reads("one", "3");
    }
}

#[test]
fn p6_the_chip_says_where_the_work_is() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.is_saved();
    ada.offline(true);
    page.chip_says("offline");
    page.add("two");
    page.chip_says("on this device · 1 change to send");
    page.add("three");
    page.chip_says("on this device · 2 changes to send");
    ada.offline(false);
    page.is_saved();
}

#[test]
fn p6_two_tabs_stay_in_step_also_offline() {
    let relay = RunningRelay::start();
    let (ada, first) = Person::with_tab();
    let page = BacklogPage::with(&first, &relay, &["one", "two"]);
    let second = ada.tab();
    let other = BacklogPage::open(&second, &page.link());
    other.shows(&["one", "two"]);
    page.works_offline();
    ada.offline(true);
    other.add("three");
    page.shows(&["one", "two", "three"]);
    page.choose("three");
    page.press("Alt+Home");
    other.shows(&["three", "one", "two"]);
    ada.offline(false);
    page.is_saved();
    other.is_saved();
}

#[test]
fn p6_when_the_leading_tab_closes_the_other_goes_on() {
    let relay = RunningRelay::start();
    let (ada, first) = Person::with_tab();
    let page = BacklogPage::with(&first, &relay, &["one"]);
    let link = page.link();
    let second = ada.tab();
    let other = BacklogPage::open(&second, &link);
    other.shows(&["one"]);
    other.add("two");
    page.shows(&["one", "two"]);
    first.close();
    other.add("three");
    other.shows(&["one", "two", "three"]);
    other.is_saved();
    let (_bob, his) = Person::with_tab();
    BacklogPage::open(&his, &link).shows(&["one", "two", "three"]);
}

#[test]
fn p6_when_the_leading_tab_crashes_nothing_is_lost() {
    let relay = RunningRelay::start();
    let (ada, first) = Person::with_tab();
    let page = BacklogPage::with(&first, &relay, &["one"]);
    let link = page.link();
    let second = ada.tab();
    let other = BacklogPage::open(&second, &link);
    other.shows(&["one"]);
    page.add("two");
    other.shows(&["one", "two"]);
    first.crash();
    other.add("three");
    other.shows(&["one", "two", "three"]);
    other.is_saved();
}

#[test]
fn p6_the_app_can_be_installed() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &[]);
    page.works_offline();
    let manifest = tab.value(
        "fetch(document.querySelector('link[rel=manifest]').href).then(found => found.json())",
    );
    assert!(
        manifest["name"].is_string() && manifest["start_url"].is_string(),
        "{manifest}"
    );
    assert_eq!(manifest["display"], "standalone");
    let sizes: Vec<&str> = manifest["icons"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|icon| icon["sizes"].as_str())
        .collect();
    assert!(
        sizes.contains(&"192x192") && sizes.contains(&"512x512"),
        "{sizes:?}"
    );
    let found = tab
        .ask("Page.getInstallabilityErrors", serde_json::json!({}))
        .unwrap();
    let errors: Vec<&str> = found["installabilityErrors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|error| error["errorId"].as_str())
        .filter(|error| *error != "in-incognito")
        .collect();
    assert_eq!(errors, Vec::<&str>::new());
}

#[test]
fn p6_a_backup_file_is_handed_out_and_merged() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one", "two"]);
    page.command("Download a backup");
    let backup = ada.next_download();
    assert!(backup.bytes.len() > 100, "{}", backup.name);
    // The relay is gone with its disk; another browser has nothing but the link and the file.
    let fresh = RunningRelay::start();
    let path = page.address().rsplit('/').next().unwrap().to_owned();
    let (bob, his) = Person::with_tab();
    bob.expect_network_errors();
    his.open(&fresh.url(&format!("/b/{path}")));
    let other = BacklogPage(&his).is_shown();
    other.command("Merge a backup");
    other.choose_backup(&backup.keep());
    other.shows(&["one", "two"]);
    other.is_saved();
}

/// Counts the rows that the page begins with, before anything but the app's own start has run.
const COUNT_ROWS_AT_START: &str = "(() => {
    const mark = performance.mark.bind(performance);
    performance.mark = (name, ...more) => {
        if (name === 'cutline-started') {
            globalThis.rowsAtStart = document.querySelectorAll('#ranked-list [role=row]').length;
        }
        return mark(name, ...more);
    };
})()";

/// How many backlogs this browser can show first.
const COUNT_VIEWS: &str = "new Promise(tell => {
    const opening = indexedDB.open('cutline');
    opening.onsuccess = () => {
        const views = opening.result.transaction('views').objectStore('views').count();
        views.onsuccess = () => (opening.result.close(), tell(views.result));
    };
})";

#[test]
fn p6_a_page_begins_with_the_rows_of_last_time() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two", "three"]);
    tab.until(&format!("{COUNT_VIEWS}.then(views => views === 1)"));
    tab.run_first(COUNT_ROWS_AT_START);
    // A device that is slow for a moment shows them later.
    tab.until_some(|| {
        tab.reload();
        tab.until("globalThis.rowsAtStart !== undefined");
        match tab.value("rowsAtStart").as_u64() {
            Some(3) => Ok(()),
            other => Err(format!("{other:?} rows")),
        }
    });
    page.shows(&["one", "two", "three"]);
}
