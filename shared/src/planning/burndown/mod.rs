//! Burndown, burnup and release burndown, played back from the trail (`formulas.md` §5.9, `BT-23`, `BT-24`).
//!
//! A chart is a function of the trail up to the close of its sprint: what happens later changes no point of it and is
//! told as an annotation. What is added, removed or estimated anew after the start is scope change and shown as such;
//! the ideal line does not follow it.

mod release;
mod replay;
mod words;

use serde::{Deserialize, Serialize};

pub use release::{Bar, Fan, Ray, bars, fan, required_rate, sprints_left};
pub use replay::{Event, Sums, What, sums_at};
pub use words::{OnTrack, on_track, sprint_on_track};

use replay::Replay;

use crate::time::Timestamp;

use super::{
    day::{Day, Zone},
    round,
    velocity::Closed,
    working_days::{self, Calendar},
};

/// The span of a sprint.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// When it was committed: what is in it then is the commitment.
    pub started: Timestamp,
    /// Its first day.
    pub first: Day,
    /// Its planned last day.
    pub last: Day,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// Today. Later days have no numbers yet.
    pub today: Day,
}

impl Span {
    /// The last moment that counts: its close, or the end of today. Clocks differ: what others did counts also where
    /// theirs is ahead of the reader's.
    #[must_use]
    pub fn stop(&self, zone: &dyn Zone) -> Timestamp {
        self.closed
            .unwrap_or_else(|| self.today.end(zone).plus_ms(-1))
    }
}

/// A point of the chart: the start, or the end of a day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The day that ends here; `None` at the start.
    pub day: Option<Day>,
    /// Whether that day is worked on.
    pub working: bool,
    /// What should remain.
    pub ideal: f64,
    /// What stands; `None` for days that have not begun, and for those after the close.
    pub sums: Option<Sums>,
}

/// What a change is, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// An item came in after the start.
    Added,
    /// An item left after the start.
    Removed,
    /// An item was estimated anew.
    Reestimated,
    /// An item was done.
    Done,
    /// An item was opened again.
    Reopened,
}

impl Kind {
    /// Whether it changes the scope.
    #[must_use]
    pub const fn is_scope(self) -> bool {
        matches!(self, Self::Added | Self::Removed | Self::Reestimated)
    }
}

/// A change after the start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its place in the trail that was given.
    pub event: usize,
    /// The point of the chart that it belongs to.
    pub point: usize,
    /// What it is.
    pub kind: Kind,
    /// By how much the scope grew; below zero where it shrank.
    pub scope: f64,
    /// By how much what is done grew; below zero where it shrank.
    pub done: f64,
}

/// A burndown; with `scope` and `done` of its points also a burnup.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Burndown {
    /// The scope at the start.
    pub commitment: f64,
    /// The start, then the end of each day until the planned end, or the close or today where that is later.
    pub points: Vec<Point>,
    /// What changed after the start, in the order of time.
    pub changes: Vec<Change>,
    /// Places in the trail of what happened to its items after the close: annotations.
    pub after_close: Vec<usize>,
    /// What stands now, or stood at the close.
    pub now: Sums,
}

impl Burndown {
    /// Which share of the scope is done, in percent: "Cleared 81 %"; `None` without scope.
    #[must_use]
    pub fn cleared(&self) -> Option<f64> {
        (round::nine(self.now.scope) > 0.0).then(|| 100.0 * self.now.done / self.now.scope)
    }

    /// What should remain by now.
    #[must_use]
    pub fn ideal_now(&self) -> f64 {
        let known = self.points.iter().rfind(|point| point.sums.is_some());
        known.map_or(self.commitment, |point| point.ideal)
    }
}

/// More days than this are not drawn: ten years.
const DAYS_MAX: i64 = 3_653;

/// Plays a sprint back. Days end where they end in the zone.
#[must_use]
pub fn burndown<I: Ord>(
    trail: &[Event<I>],
    span: &Span,
    calendar: &Calendar,
    zone: &dyn Zone,
) -> Burndown {
    let stop = span.stop(zone);
    // What happened at the very moment of the stop still counts.
    let after_stop = stop.plus_ms(1);
    let mut replay = Replay::new(trail);
    let start = replay.until(span.started.plus_ms(1).min(after_stop));
    let days = chart_days(span, Day::of(stop, zone));
    let all_working = calendar.between(span.first, span.last);
    let ideal = |worked: u32| match all_working {
        0 => 0.0,
        all => round::nine(start.scope * (1.0 - f64::from(worked.min(all)) / f64::from(all))),
    };
    let mut points = vec![Point {
        day: None,
        working: false,
        ideal: ideal(0),
        sums: Some(start),
    }];
    let mut changes = Vec::new();
    let mut worked = 0;
    for day in days {
        let working = calendar.is_working(day);
        worked += u32::from(working);
        let begun = day.start(zone) <= stop;
        if begun {
            let end = day.end(zone).min(after_stop);
            while let Some((event, before)) = replay.step(end) {
                changes.extend(change(
                    trail[event].what,
                    event,
                    points.len(),
                    before,
                    replay.sums,
                ));
            }
        }
        let sums = begun.then_some(replay.sums);
        points.push(Point {
            day: Some(day),
            working,
            ideal: ideal(worked),
            sums,
        });
    }
    let now = replay.until(after_stop);
    let after_close = match span.closed {
        Some(_) => annotations(trail, &mut replay, span.today.end(zone)),
        None => Vec::new(),
    };
    Burndown {
        commitment: start.scope,
        points,
        changes,
        after_close,
        now,
    }
}

fn chart_days(span: &Span, stop: Day) -> impl Iterator<Item = Day> {
    let last = span.last.max(stop).min(span.first.plus(DAYS_MAX));
    working_days::days(span.first, last)
}

fn change(what: What, event: usize, point: usize, before: Sums, after: Sums) -> Option<Change> {
    let kind = match what {
        What::Entered => Kind::Added,
        What::Left => Kind::Removed,
        What::Estimated(_) => Kind::Reestimated,
        What::Done => Kind::Done,
        What::Reopened => Kind::Reopened,
    };
    let scope = round::nine(after.scope - before.scope);
    let done = round::nine(after.done - before.done);
    (after != before).then_some(Change {
        event,
        point,
        kind,
        scope,
        done,
    })
}

fn annotations<I: Ord>(
    trail: &[Event<I>],
    replay: &mut Replay<'_, I>,
    until: Timestamp,
) -> Vec<usize> {
    let inside: Vec<bool> = trail
        .iter()
        .map(|event| {
            replay
                .states
                .get(&event.item)
                .is_some_and(|state| state.inside)
        })
        .collect();
    let mut found = Vec::new();
    while let Some((event, before)) = replay.step(until) {
        if inside[event] || before != replay.sums {
            found.push(event);
        }
    }
    found
}

/// The numbers of a sprint that is closed, for [`super::velocity`]: what was done inside its window and in it at that
/// time, by the estimate at completion. What is reopened before the close does not count; after it, it still does.
#[must_use]
pub fn closed<I: Ord>(trail: &[Event<I>], started: Timestamp, closed: Timestamp) -> Closed {
    let mut replay = Replay::new(trail);
    let start = replay.until(started.plus_ms(1).min(closed.plus_ms(1)));
    let committed: std::collections::BTreeMap<&I, f64> = replay
        .states
        .iter()
        .filter(|(_, state)| state.inside)
        .map(|(item, state)| (*item, state.size))
        .collect();
    let mut finished: std::collections::BTreeMap<&I, f64> = std::collections::BTreeMap::new();
    while let Some((event, _)) = replay.step(closed.plus_ms(1)) {
        let event = &trail[event];
        let state = replay.states.get(&event.item).copied().unwrap_or_default();
        match event.what {
            What::Done if state.inside => {
                finished.entry(&event.item).or_insert(state.size);
            }
            What::Reopened => {
                finished.remove(&event.item);
            }
            What::Entered | What::Left | What::Estimated(_) | What::Done => {}
        }
    }
    let kept = committed
        .iter()
        .filter(|(item, _)| finished.contains_key(*item));
    Closed {
        done: round::nine(finished.values().sum()),
        committed: start.scope,
        committed_done: round::nine(kept.map(|(_, size)| size).sum()),
        excluded: None,
    }
}

#[cfg(test)]
mod tests;
