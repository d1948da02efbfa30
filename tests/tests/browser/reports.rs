//! Where it stands: charts out of the trail, and the reports beside them (BT-22, BT-23, BT-24).

use tests::{
    browser::{DESKTOP, Look, PHONE, Person, Tab, containing, starting},
    pages::BacklogPage,
    relay::RunningRelay,
    sprinted::Size,
};

const SMALL: Size = Size {
    items: 60,
    sprints: 7,
    entries: 0,
};

/// Opens one of the reports.
fn report(tab: &Tab, name: &str) {
    let tabs = tab.find("group", "Report");
    let one = tabs.find("button", name.to_owned());
    one.click();
    tab.until_some(|| match one.attribute("aria-pressed").as_deref() {
        Some("true") => Ok(()),
        other => Err(format!("{name} is pressed: {other:?}")),
    });
}

/// What the point of a chart says that is looked at.
fn point(tab: &Tab, chart: &str) -> String {
    let slider = tab.find("slider", containing(chart));
    slider.appears();
    slider.attribute("aria-valuetext").unwrap_or_default()
}

#[test]
fn bt_24_each_point_of_the_sprint_burndown_opens_the_changes_behind_it() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::sprinted(&tab, &relay, SMALL);
    page.shows_screen("Reports");
    let slider = tab.find("slider", "Day of Sprint burndown");
    slider.appears();
    slider.focus();
    tab.press("Home");
    assert!(point(&tab, "Sprint burndown").starts_with("Start: Scope "));
    // On the third day after the start something came in.
    for _ in 0..4 {
        tab.press("ArrowRight");
    }
    let said = point(&tab, "Sprint burndown");
    assert!(said.contains("scope +"), "{said}");
    let behind = tab.find("region", "Changes behind the point");
    behind.reads("came in, scope +");
    behind.reads("Ada Lovelace");
    behind
        .find("button", starting("As a planner"))
        .nth(0)
        .click();
    tab.find("complementary", "Item").appears();
}

#[test]
fn bt_24_a_chart_follows_what_is_done_now_and_says_it_as_a_table() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::sprinted(&tab, &relay, SMALL);
    page.shows_screen("Reports");
    let before = point(&tab, "Sprint burndown");
    tab.find("button", "Show as a table").click();
    tab.find("table", "Sprint burndown").reads("Remaining");
    report(&tab, "Daily");
    let blocked = tab.find("region", "Blocked");
    blocked.reads("Waits for the licence");
    blocked.find("button", starting("As a planner")).click();
    tab.find("combobox", "Status").choose("Done");
    tab.until_some(|| match point(&tab, "Sprint burndown") {
        same if same == before => Err(same),
        _ => Ok(()),
    });
    blocked.reads("Nothing is blocked.");
}

#[test]
fn bt_23_a_release_says_whether_it_is_on_track_and_what_if() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::sprinted(&tab, &relay, SMALL);
    page.shows_screen("Reports");
    report(&tab, "Release");
    tab.find("textbox", "What if points per sprint")
        .fill("1000");
    tab.sees("On track");
    tab.find("textbox", "What if points per sprint").fill("0.5");
    tab.sees("Behind by");
    let pictures = tab.find("group", "Picture");
    pictures.find("button", "Burnup").click();
    assert!(point(&tab, "Release burnup").contains("Done"));
    pictures.find("button", "By sprint").click();
    assert!(point(&tab, "Release burndown by sprint").contains("Remaining"));
    let slider = tab.find("slider", containing("Release burndown by sprint"));
    slider.focus();
    tab.press("Home");
    tab.press("ArrowRight");
    tab.find("region", "Changes behind the point")
        .reads("remaining -");
    tab.find("button", "How the release forecast is computed")
        .click();
    tab.find("dialog", "How the release forecast is computed")
        .reads("Whole sprints until the target");
}

#[test]
fn bt_22_bt_24_points_of_velocity_and_flow_open_what_is_behind_them() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::sprinted(&tab, &relay, SMALL);
    page.shows_screen("Reports");
    report(&tab, "Velocity");
    let behind = tab.find("region", "Changes behind the point");
    behind.reads("done, ");
    behind.reads("Ada Lovelace");
    let finished = behind.text();
    tab.find("slider", starting("Sprint of Velocity")).focus();
    tab.press("Home");
    tab.until_some(|| match behind.text() {
        same if same == finished => Err(same),
        _ => Ok(()),
    });
    report(&tab, "Flow");
    let slider = tab.find("slider", "Day of Cumulative flow");
    slider.focus();
    tab.press("Home");
    behind.reads("came to ");
    behind.reads("Ada Lovelace");
}

#[test]
fn bt_23_a_link_leads_to_the_report_of_a_sprint_or_release() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::sprinted(&tab, &relay, SMALL);
    page.shows_screen("Reports");
    let sprint = tab.find("combobox", "Sprint");
    let last = sprint.value();
    let before = "[...document.querySelector('.report select').options][2].label.trim()";
    let before = tab.value(before);
    sprint.choose(before.as_str().unwrap_or_default());
    tab.until("location.search.includes('in=sprint:')");
    let chosen = sprint.value();
    assert_ne!(chosen, last);
    let table = point(&tab, "Sprint burndown");
    report(&tab, "Flow");
    tab.until("location.search.includes('report=flow')");
    tab.reload();
    tab.find("slider", "Day of Cumulative flow").appears();
    // Back is the report that was looked at before.
    drop(tab.value("history.back()"));
    tab.until_equal(&table, || point(&tab, "Sprint burndown"));
    assert_eq!(sprint.value(), chosen);
}

#[test]
fn formulas_5_10_two_people_read_the_same_forecast() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::sprinted(&hers, &relay, SMALL);
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    let forecast = |tab: &Tab, page: BacklogPage<'_>| {
        page.shows_screen("Reports");
        report(tab, "Forecast");
        tab.sees("85 % likely within");
        tab.sees("held");
        tab.find("group", "Likelihoods").text()
    };
    assert_eq!(forecast(&hers, page), forecast(&his, other));
}

#[test]
fn bt_22_groups_lead_to_their_items_and_low_ones_are_looked_at_again() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::sprinted(&tab, &relay, SMALL);
    page.shows_screen("Reports");
    report(&tab, "Groups and scores");
    let groups = tab.find("group", "Groups");
    groups.reads("Export");
    report(&tab, "Revisit");
    tab.find("spinbutton", "Not touched for more than, in days")
        .fill("0");
    let archive = tab.find("button", starting("Archive: "));
    archive.nth(0).appears();
    let name = archive.names()[0].clone();
    let one = tab.find("button", name);
    one.click();
    one.goes();
    tab.find("button", "Undo").appears();
    report(&tab, "Groups and scores");
    groups.find("link", "Export").click();
    tab.until("document.querySelectorAll('#ranked-list [id^=row-]').length > 1");
}

#[test]
fn every_report_is_accessible_and_fits_a_phone() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::sprinted(&tab, &relay, SMALL);
    page.shows_screen("Reports");
    let names = [
        "Sprint",
        "Daily",
        "Release",
        "Forecast",
        "Velocity",
        "Flow",
        "Groups and scores",
        "Revisit",
    ];
    for name in names {
        report(&tab, name);
        let file = name.to_lowercase().replace(' ', "-");
        for (device, width) in [(DESKTOP, "wide"), (PHONE, "phone")] {
            tab.on(device);
            if width == "phone" {
                tab.until("document.documentElement.scrollWidth <= screen.width");
            }
            for (look, shade) in [(Look::Light, "light"), (Look::Dark, "dark")] {
                tab.likes(look, true);
                tab.frame();
                tab.screenshot(&format!("reports-{file}-{width}-{shade}"));
                tab.is_accessible();
            }
        }
        tab.on(DESKTOP);
        tab.likes(Look::Light, true);
    }
}
