//! Charts of a year of trail in real Chromium, and the computing behind them on this machine.

use std::time::{Duration, Instant};

use serde::Serialize;
use shared::{
    planning::{
        burndown::burndown,
        day::{Day, Utc},
        flow::cumulative_flow,
        working_days::Calendar,
    },
    product::trail::{Past, STATES, Scope, Trail, moves, release_span},
};

use super::figures::table;
use crate::{
    browser::{Person, Tab},
    pages::BacklogPage,
    relay::RunningRelay,
    sprinted::{Size, Sprinted},
};

/// Changes to a report and tells how long that takes, until the frame that shows its chart is drawn.
const SWITCH: &str = "new Promise(done => {
    const tab = [...document.querySelectorAll('[aria-label=Report] button')].find(one => one.textContent.trim() === NAME);
    const begin = performance.now();
    tab.click();
    const look = () => document.querySelector('.chart path.line, .chart path.area') ? drawn() : requestAnimationFrame(look);
    const drawn = () => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => done(performance.now() - begin);
        channel.port2.postMessage(null);
    };
    requestAnimationFrame(look);
})";

/// The reports that are timed, by the names of their tabs.
const NAMES: [&str; 5] = ["Sprint", "Release", "Flow", "Forecast", "Velocity"];

/// The figures.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// How many items.
    pub items: usize,
    /// How many entries their trails have.
    pub entries: usize,
    /// From the trail to a release burndown and a cumulative flow of a year, natively, in milliseconds.
    pub native_ms: f64,
    /// From the link to the first chart: the past is told by the worker meanwhile.
    pub first_ms: f64,
    /// From the click on a report to the frame that shows its chart.
    pub reports: Vec<(String, f64)>,
}

/// Measures. Talks to a blocking browser, so it runs outside of async code.
#[must_use]
pub fn run(relay: &RunningRelay, size: Size) -> Figures {
    let (_ada, tab) = Person::with_tab();
    let made = Sprinted::at(crate::sprinted::now(), size);
    let histories = made.histories();
    let entries = histories.iter().map(|history| history.transitions().len());
    let entries = entries.sum();
    let native_ms = natively(&made);
    let page = BacklogPage::of(&tab, relay, &made);
    let begin = Instant::now();
    page.shows_screen("Reports");
    tab.until_within(Duration::from_secs(60), || {
        match tab.value("!!document.querySelector('.chart path.line')") == true {
            true => Ok(()),
            false => Err("no chart yet".to_owned()),
        }
    });
    let first_ms = begin.elapsed().as_secs_f64() * 1000.0;
    let reports = NAMES
        .map(|name| (name.to_owned(), switch(&tab, name)))
        .to_vec();
    Figures {
        items: size.items,
        entries,
        native_ms,
        first_ms,
        reports,
    }
}

/// The middle of five.
fn switch(tab: &Tab, name: &str) -> f64 {
    let mut found: Vec<f64> = (0..5)
        .map(|_| {
            drop(tab.value(&SWITCH.replace("NAME", "'Daily'")));
            let took = tab.value(&SWITCH.replace("NAME", &format!("'{name}'")));
            took.as_f64().unwrap_or(f64::NAN)
        })
        .collect();
    found.sort_by(f64::total_cmp);
    found[2]
}

fn natively(made: &Sprinted) -> f64 {
    let mut past = Past::default();
    past.take(made.histories());
    let today = Day::of(crate::sprinted::now(), &Utc);
    let begin = Instant::now();
    let (things, release) = made.release();
    let scope = Scope::release(things, release);
    let facts = things.get(&shared::model::Thing::Record(
        shared::model::Collection::Releases,
        release,
    ));
    let trail = Trail::of(&past, &scope);
    let chart = facts
        .and_then(|facts| release_span(facts, today, &Utc))
        .map(|span| burndown(&trail.events, &span, &Calendar::default(), &Utc));
    let moves = moves(&past, None);
    let flow = cumulative_flow(&moves, STATES.len(), today.plus(-364), today, &Utc);
    let took = begin.elapsed().as_secs_f64() * 1000.0;
    assert!(chart.is_some() && flow.len() == 365, "there are charts");
    took
}

/// The figures as a table for people.
#[must_use]
pub fn report(figures: &Figures) -> String {
    let mut lines = vec![["reports", "ms"].map(str::to_owned).to_vec()];
    let mut line = |name: String, ms: f64| lines.push(vec![name, format!("{ms:.1}")]);
    line(
        format!(
            "{} items, {} entries, computed natively",
            figures.items, figures.entries
        ),
        figures.native_ms,
    );
    line("first chart after the link".to_owned(), figures.first_ms);
    for (name, ms) in &figures.reports {
        line(format!("{name} drawn after the click"), *ms);
    }
    table(&lines)
}
