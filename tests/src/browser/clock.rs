//! The day that a person's browser believes it is. The app itself knows nothing of it: `Date` is another one in every page
//! and worker of that person before anything of the app runs.

use std::sync::{Arc, atomic::Ordering};

use serde_json::json;
use shared::planning::day::Day;

use super::{
    devtools::{devtools, lock},
    person::{Heard, Person},
};
use crate::sprinted::now;

/// Nine in the morning, in milliseconds since midnight.
const MORNING_MS: i64 = 9 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

impl Person {
    /// From now on it is the morning of that day (UTC) for this person, and time goes on from there: in pages and workers
    /// that are open, and in those that they open. A page notices a new day when somebody comes back to it, so load it
    /// anew.
    ///
    /// # Panics
    /// When the browser does not take it.
    #[track_caller]
    pub fn wakes_up_on(&self, day: Day) {
        let epoch = Day::new(1970, 1, 1).expect("a day of the calendar");
        let morning = day.days_since(epoch) * DAY_MS + MORNING_MS;
        let ahead = morning - now().ms();
        self.heard.ahead_ms.store(ahead, Ordering::SeqCst);
        let sessions = lock(&self.heard.sessions).clone();
        for session in sessions {
            for answer in self.heard.set_clock(&session) {
                // A worker that has just ended has no clock.
                drop(answer.recv_timeout(super::PATIENCE));
            }
        }
    }
}

impl Heard {
    /// Gives a page or worker the clock of its person, and a page's later documents as well. Workers know nothing of
    /// documents and say so.
    pub(super) fn set_clock(
        self: &Arc<Self>,
        session: &str,
    ) -> Vec<std::sync::mpsc::Receiver<serde_json::Value>> {
        let ahead = self.ahead_ms.load(Ordering::SeqCst);
        if ahead == 0 {
            return Vec::new();
        }
        let script = script(ahead);
        let asked = [
            (
                "Page.addScriptToEvaluateOnNewDocument",
                json!({ "source": script }),
            ),
            ("Runtime.evaluate", json!({ "expression": script })),
        ];
        let sent = asked
            .into_iter()
            .map(|(method, params)| devtools().send(Some(session), method, params));
        sent.filter_map(Result::ok).collect()
    }
}

/// A `Date` that is so many milliseconds ahead wherever it is asked for the present.
fn script(ahead_ms: i64) -> String {
    format!(
        "(() => {{
            const real = globalThis.realDate ?? Date;
            globalThis.realDate = real;
            const now = () => real.now() + {ahead_ms};
            globalThis.Date = new Proxy(real, {{
                construct: (_, given, made) => Reflect.construct(real, given.length ? given : [now()], made),
                get: (_, key) => key === 'now' ? now : Reflect.get(real, key),
            }});
        }})()"
    )
}
