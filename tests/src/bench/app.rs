//! The app in real Chromium: what a first visit transfers and how soon it can be used, how soon a backlog with a long past
//! is on the screen, how long a re-rank takes from the key to the paint, and how every screen of a large backlog does.

use std::time::Duration;

use serde::Serialize;

use super::{
    figures::{Durations, table},
    fleet,
    history::History,
    reports,
    screens::{self, Screen},
};
use crate::{
    access,
    browser::{Person, Tab},
    pages::BacklogPage,
    relay::RunningRelay,
    sprinted::Size,
};

/// Tells when the first control can be used: the first frame in which it is there.
const WATCH_FOR_CONTROLS: &str = "(() => {
    const look = () => document.querySelector('main input, main button')
        ? performance.mark('bench-usable') : requestAnimationFrame(look);
    requestAnimationFrame(look);
})()";

/// Tells how long each re-rank by key takes, from the key to the end of the frame that shows it: the message is handled
/// right after that frame is drawn.
const WATCH_RE_RANKS: &str = "(() => {
    globalThis.paints = [];
    addEventListener('keydown', event => {
        if (!event.altKey) return;
        requestAnimationFrame(() => {
            const channel = new MessageChannel();
            channel.port1.onmessage = () => paints.push(performance.now() - event.timeStamp);
            channel.port2.postMessage(null);
        });
    }, true);
})()";

/// What a key costs in this browser where next to nothing happens: a page of one line that changes with it.
const ANSWER_KEYS: &str = "addEventListener('keydown', event => {
    document.body.textContent = event.timeStamp;
})";

/// How long the backlog lies open before it is opened again, in milliseconds: a device puts its copy in order once
/// nothing has happened for ten seconds.
const REST_MS: u32 = 14_000;

/// What is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How many items the backlogs have.
    pub items: Vec<usize>,
    /// How many changes each has behind it.
    pub changes: usize,
    /// How many times each backlog is opened.
    pub openings: usize,
    /// How many re-ranks are timed in each backlog.
    pub re_ranks: usize,
    /// How many items the backlog has whose screens are measured.
    pub on_screens: usize,
    /// The backlog whose charts are drawn.
    pub past: Size,
    /// Makes the same backlogs again.
    pub seed: u64,
}

/// The figures of the app.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// A first visit to the start page.
    pub cold: Visit,
    /// A further visit, with the service worker in charge.
    pub warm: Visit,
    /// From the key to the paint in a page of one line: the least that any page takes here.
    pub plain_page_p50_ms: f64,
    /// The same.
    pub plain_page_p99_ms: f64,
    /// Backlogs of this device.
    pub backlogs: Vec<Opening>,
    /// Every screen of a large backlog.
    pub screens: Vec<Screen>,
    /// Charts of a year.
    pub reports: reports::Figures,
}

/// A visit to the start page.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Visit {
    /// From navigation to a page that can be used, in milliseconds.
    pub usable_ms: f64,
    /// What came over the network, headers included.
    pub bytes: u64,
}

/// A backlog that this device holds.
#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    /// How many items.
    pub items: usize,
    /// How many changes it has behind it.
    pub changes: usize,
    /// From navigation to the first ranked rows on the screen, in milliseconds; the median.
    pub rows_ms: f64,
    /// From navigation until the document is in memory and confirms the rows; the median.
    pub document_ms: f64,
    /// From the key to the paint of a re-rank; the median.
    pub re_rank_p50_ms: f64,
    /// The same.
    pub re_rank_p99_ms: f64,
}

impl Plan {
    /// Measures everything. Talks to a blocking browser, so it runs outside of async code.
    ///
    /// # Errors
    /// When a backlog can't be made.
    pub fn run(&self, runtime: &tokio::runtime::Handle) -> Result<Figures, String> {
        let relay = RunningRelay::start();
        let (cold, warm) = visits(&relay);
        let plain_page = plain_page(&relay, self.re_ranks);
        let backlogs = self
            .items
            .iter()
            .map(|items| self.open(*items, &relay, runtime))
            .collect::<Result<_, _>>()?;
        let screens = screens::run(self.seed, self.on_screens, &relay, runtime)?;
        Ok(Figures {
            cold,
            warm,
            plain_page_p50_ms: plain_page.quantile_ms(0.5),
            plain_page_p99_ms: plain_page.quantile_ms(0.99),
            backlogs,
            screens,
            reports: reports::run(&relay, self.past),
        })
    }

    fn open(
        &self,
        items: usize,
        relay: &RunningRelay,
        runtime: &tokio::runtime::Handle,
    ) -> Result<Opening, String> {
        // Another backlog for each size.
        let history = History::new(self.seed + items as u64, items, self.changes)?;
        let (document, person) = (history.document, history.person);
        runtime.block_on(fleet::found(
            &relay.socket(super::relay::SYNC),
            document,
            person,
            &history.changes,
        ))?;
        let (_ada, tab) = Person::with_tab();
        let page = BacklogPage(&tab);
        tab.open(&relay.url(&access::path_of(document)));
        tab.until_within(Duration::from_secs(600), || {
            let saved = page.chip() == "saved on the relay" && page.counts(items);
            if saved {
                Ok(())
            } else {
                Err(format!("fetching: {}", page.chip()))
            }
        });
        page.works_offline();
        drop(tab.value(&format!(
            "new Promise(done => setTimeout(done, {REST_MS}, true))"
        )));
        let (mut rows, mut documents) = (Vec::new(), Vec::new());
        for _ in 0..self.openings {
            let (row, document) = opening(&tab, page);
            rows.push(row);
            documents.push(document);
        }
        let re_ranks = re_rank(&tab, page, self.re_ranks);
        Ok(Opening {
            items,
            changes: history.changes.len(),
            rows_ms: Durations::new(rows).quantile_ms(0.5),
            document_ms: Durations::new(documents).quantile_ms(0.5),
            re_rank_p50_ms: re_ranks.quantile_ms(0.5),
            re_rank_p99_ms: re_ranks.quantile_ms(0.99),
        })
    }
}

/// Goes away and opens the backlog from this device.
fn opening(tab: &Tab, page: BacklogPage<'_>) -> (Duration, Duration) {
    let link = tab.address();
    tab.open("about:blank");
    tab.open(&link);
    tab.until("performance.getEntriesByName('cutline-rows').length > 0");
    let rows = mark(tab, "cutline-rows");
    tab.until_within(Duration::from_secs(120), || match page.chip() {
        chip if chip.is_empty() || chip.contains("reading") => Err(chip),
        _ => Ok(()),
    });
    let document = tab.value("performance.now()").as_f64().unwrap_or(f64::NAN);
    (rows, Duration::from_secs_f64(document / 1000.0))
}

fn plain_page(relay: &RunningRelay, count: usize) -> Durations {
    let (_ada, tab) = Person::with_tab();
    tab.open(&relay.url("/healthz"));
    drop(tab.value(ANSWER_KEYS));
    paints(&tab, count)
}

fn re_rank(tab: &Tab, page: BacklogPage<'_>, count: usize) -> Durations {
    page.press("Home");
    paints(tab, count)
}

/// Presses the key that re-ranks, so many times.
fn paints(tab: &Tab, count: usize) -> Durations {
    drop(tab.value(WATCH_RE_RANKS));
    for number in 1..=count {
        tab.press("Alt+ArrowDown");
        tab.until(&format!("paints.length >= {number}"));
    }
    let paints = tab.value("paints");
    let paints = paints
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_f64);
    Durations::new(
        paints
            .map(|ms| Duration::from_secs_f64(ms.max(0.0) / 1000.0))
            .collect(),
    )
}

fn visits(relay: &RunningRelay) -> (Visit, Visit) {
    let (ada, tab) = Person::with_tab();
    tab.run_first(WATCH_FOR_CONTROLS);
    let visit = || {
        let before = ada.received_bytes();
        tab.open(&relay.url("/"));
        tab.until("performance.getEntriesByName('bench-usable').length > 0");
        Visit {
            usable_ms: mark(&tab, "bench-usable").as_secs_f64() * 1000.0,
            bytes: ada.received_bytes() - before,
        }
    };
    let cold = visit();
    tab.until("navigator.serviceWorker.ready.then(() => true)");
    let _first_under_the_service_worker = visit();
    tab.open("about:blank");
    (cold, visit())
}

fn mark(tab: &Tab, name: &str) -> Duration {
    let start = tab.value(&format!(
        "performance.getEntriesByName('{name}')[0].startTime"
    ));
    Duration::from_secs_f64(start.as_f64().unwrap_or(0.0).max(0.0) / 1000.0)
}

/// The figures as tables for people.
#[must_use]
pub fn report(figures: &Figures) -> String {
    let line = |name: &str, visit: &Visit| {
        vec![
            name.to_owned(),
            format!("{:.0}", visit.usable_ms),
            format!("{:.1}", visit.bytes as f64 / 1000.0),
        ]
    };
    let head = ["start page", "usable after ms", "kB received"]
        .map(str::to_owned)
        .to_vec();
    let visits = table(&[
        head,
        line("cold", &figures.cold),
        line("from the service worker", &figures.warm),
    ]);
    let head = [
        "items",
        "changes",
        "rows after ms",
        "document after ms",
        "re-rank p50 ms",
        "re-rank p99 ms",
    ];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    lines.extend(figures.backlogs.iter().map(|opening| {
        vec![
            opening.items.to_string(),
            opening.changes.to_string(),
            format!("{:.0}", opening.rows_ms),
            format!("{:.0}", opening.document_ms),
            format!("{:.1}", opening.re_rank_p50_ms),
            format!("{:.1}", opening.re_rank_p99_ms),
        ]
    }));
    let screens = screens::report(&figures.screens);
    let charts = reports::report(&figures.reports);
    let plain = format!(
        "A page of one line, from the key to the paint: p50 {:.1} ms, p99 {:.1} ms.\n",
        figures.plain_page_p50_ms, figures.plain_page_p99_ms
    );
    format!("{visits}\n{}\n{plain}\n{screens}\n{charts}", table(&lines))
}
