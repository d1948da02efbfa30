//! Every screen of a large backlog: how soon it is there, and the longest frame while somebody scrolls through it.

use std::time::Duration;

use serde::Serialize;

use super::{figures::table, fleet, history::History};
use crate::{
    access,
    browser::{Person, Tab},
    pages::BacklogPage,
    relay::RunningRelay,
};

/// Goes to a screen by its link, and tells how long it took until a frame with it was drawn.
const GO: &str = "(async name => {
    const links = [...document.querySelectorAll('nav[aria-label=Screens] a')];
    const link = links.find(one => one.firstChild.textContent.trim() === name);
    const drawn = () => new Promise(done => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(null);
    }));
    const begin = performance.now();
    link.click();
    do await drawn(); while (!link.hasAttribute('aria-current'));
    return performance.now() - begin;
})";

/// Scrolls whatever is longest by a screen's third in every frame, and tells of the longest frame; nothing where the
/// screen is short.
const SCROLL: &str = "(async frames => {
    const long = [...document.querySelectorAll('body *')].filter(one =>
        one.clientHeight > 100 && one.scrollHeight > one.clientHeight + 100
        && /auto|scroll/.test(getComputedStyle(one).overflowY));
    long.sort((a, b) => b.scrollHeight - a.scrollHeight);
    if (!long.length) return null;
    const step = Math.max(20, long[0].clientHeight / 3);
    const next = () => new Promise(requestAnimationFrame);
    let longest = 0, last = await next();
    for (let frame = 0; frame < frames; frame++) {
        long[0].scrollTop += step;
        const now = await next();
        longest = Math.max(longest, now - last);
        last = now;
    }
    return longest;
})";

/// How many frames are scrolled through.
const FRAMES: u32 = 120;
/// How many times each screen is opened; the median counts.
const OPENINGS: usize = 5;

/// A screen of the backlog.
#[derive(Clone, Debug, Serialize)]
pub struct Screen {
    /// What its link says.
    pub name: String,
    /// How many items the backlog has.
    pub items: usize,
    /// From the click on its link until a frame with it was drawn, in milliseconds; the median.
    pub open_ms: f64,
    /// The longest frame while scrolling through it, in milliseconds; nothing where it has nothing to scroll.
    pub longest_frame_ms: Option<f64>,
}

/// Measures every screen of a backlog of so many items, with lines, goals, lists, scores and a past.
///
/// # Errors
/// When the backlog can't be made.
pub(super) fn run(
    seed: u64,
    items: usize,
    relay: &RunningRelay,
    runtime: &tokio::runtime::Handle,
) -> Result<Vec<Screen>, String> {
    let history = History::in_use(seed, items)?;
    let document = history.document;
    runtime.block_on(fleet::found(
        &relay.socket(super::relay::SYNC),
        document,
        history.person,
        &history.changes,
    ))?;
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage(&tab);
    tab.open(&relay.url(&access::path_of(document)));
    tab.until_within(Duration::from_secs(600), || match page.chip() {
        chip if chip == "saved on the relay" => Ok(()),
        chip => Err(format!("fetching: {chip}")),
    });
    let names = page.screens();
    let mut screens = Vec::new();
    for name in &names {
        let elsewhere = names.iter().find(|other| *other != name).unwrap_or(name);
        let mut openings: Vec<f64> = (0..OPENINGS)
            .map(|_| {
                let _elsewhere = go(&tab, elsewhere);
                go(&tab, name).unwrap_or(f64::NAN)
            })
            .collect();
        openings.sort_unstable_by(f64::total_cmp);
        let longest = tab.value(&format!("{SCROLL}({FRAMES})"));
        screens.push(Screen {
            name: name.clone(),
            items,
            open_ms: openings[OPENINGS / 2],
            longest_frame_ms: longest.as_f64(),
        });
    }
    Ok(screens)
}

fn go(tab: &Tab, name: &str) -> Option<f64> {
    let name = serde_json::Value::from(name);
    tab.value(&format!("{GO}({name})")).as_f64()
}

/// The figures as a table for people.
pub(super) fn report(screens: &[Screen]) -> String {
    let head = ["screen", "items", "open after ms", "longest frame ms"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    lines.extend(screens.iter().map(|screen| {
        vec![
            screen.name.clone(),
            screen.items.to_string(),
            format!("{:.0}", screen.open_ms),
            screen
                .longest_frame_ms
                .map_or_else(|| "–".to_owned(), |longest| format!("{longest:.0}")),
        ]
    }));
    table(&lines)
}
