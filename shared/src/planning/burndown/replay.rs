//! The trail of a sprint or a release, played back: what was in it, how large it was, what was done.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{planning::round, time::Timestamp};

/// What happened to an item, as far as a chart of one sprint (or release) is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum What {
    /// It came into the sprint.
    Entered,
    /// It left the sprint.
    Left,
    /// Its estimate was set, or cleared.
    Estimated(Option<f64>),
    /// It was done.
    Done,
    /// It was done and is not any more.
    Reopened,
}

/// An entry of the trail. What happened outside the sprint belongs to it as well: an item may be estimated before it
/// enters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event<I> {
    /// When.
    pub at: Timestamp,
    /// To which item.
    pub item: I,
    /// What.
    pub what: What,
}

/// What stands at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// The estimates of what is in it.
    pub scope: f64,
    /// The estimates of what is in it and done.
    pub done: f64,
    /// How many items are in it.
    pub items: usize,
    /// How many of them are done.
    pub items_done: usize,
}

impl Sums {
    /// What is not done.
    #[must_use]
    pub fn remaining(&self) -> f64 {
        round::nine(self.scope - self.done)
    }
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    pub(super) inside: bool,
    pub(super) done: bool,
    pub(super) size: f64,
}

/// A trail in the order of time, and how far it is played.
#[derive(Debug)]
pub(super) struct Replay<'a, I> {
    events: &'a [Event<I>],
    /// Places of events, the earliest first; those of one moment in the order they are given.
    order: Vec<usize>,
    next: usize,
    pub(super) states: BTreeMap<&'a I, State>,
    pub(super) sums: Sums,
}

impl<'a, I: Ord> Replay<'a, I> {
    pub(super) fn new(events: &'a [Event<I>]) -> Self {
        let mut order: Vec<usize> = (0..events.len()).collect();
        order.sort_by_key(|place| events[*place].at);
        Self {
            events,
            order,
            next: 0,
            states: BTreeMap::new(),
            sums: Sums::default(),
        }
    }

    /// Plays the next event where it happened before a moment; tells its place and what stood before it.
    pub(super) fn step(&mut self, before: Timestamp) -> Option<(usize, Sums)> {
        let place = *self.order.get(self.next)?;
        let event = &self.events[place];
        if event.at >= before {
            return None;
        }
        self.next += 1;
        let stood = self.sums;
        let state = self.states.entry(&event.item).or_default();
        self.sums.take(*state);
        match event.what {
            What::Entered => state.inside = true,
            What::Left => state.inside = false,
            What::Estimated(size) => state.size = size.and_then(round::amount).unwrap_or(0.0),
            What::Done => state.done = true,
            What::Reopened => state.done = false,
        }
        self.sums.give(*state);
        Some((place, stood))
    }

    /// Plays all that happened before a moment.
    pub(super) fn until(&mut self, before: Timestamp) -> Sums {
        while self.step(before).is_some() {}
        self.sums
    }
}

impl Sums {
    fn give(&mut self, state: State) {
        if state.inside {
            self.scope = round::nine(self.scope + state.size);
            self.items += 1;
            if state.done {
                self.done = round::nine(self.done + state.size);
                self.items_done += 1;
            }
        }
    }

    fn take(&mut self, state: State) {
        if state.inside {
            self.scope = round::nine(self.scope - state.size);
            self.items -= 1;
            if state.done {
                self.done = round::nine(self.done - state.size);
                self.items_done -= 1;
            }
        }
    }
}

/// What stood just before each of some moments.
#[must_use]
pub fn sums_at<I: Ord>(events: &[Event<I>], moments: &[Timestamp]) -> Vec<Sums> {
    let mut order: Vec<usize> = (0..moments.len()).collect();
    order.sort_by_key(|place| moments[*place]);
    let mut replay = Replay::new(events);
    let mut found = vec![Sums::default(); moments.len()];
    for place in order {
        found[place] = replay.until(moments[place]);
    }
    found
}
