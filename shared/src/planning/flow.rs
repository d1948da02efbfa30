//! Cumulative flow (`formulas.md` §5.9): how many items have come as far as each state, day by day.
//!
//! An item counts for a state from its first entry into it or any later one, so lines never go down; the gap between
//! two lines is what is between them. Nothing is projected.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

use super::{
    day::{Day, Zone},
    round, working_days,
};

/// Where an item went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Into a state of the workflow, counted from the first.
    State(usize),
    /// Out of it, undone.
    Dropped,
}

/// An entry of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move<I> {
    /// When.
    pub at: Timestamp,
    /// Which item.
    pub item: I,
    /// Where to.
    pub to: Step,
}

/// A day of the chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowDay {
    /// The day, at whose end this stands.
    pub day: Day,
    /// For each state in order, how many items have come into it or beyond: the first are arrivals, the last are
    /// departures.
    pub arrivals: Vec<u32>,
    /// How many left undone, of those that have not come back by the end of the chart.
    pub dropped: u32,
}

impl FlowDay {
    /// How many items are under way: between the state with this index (the first of the work) and the last.
    #[must_use]
    pub fn in_progress(&self, from: usize) -> u32 {
        let entered = self.arrivals.get(from).copied().unwrap_or(0);
        entered
            .saturating_sub(self.arrivals.last().copied().unwrap_or(0))
            .saturating_sub(self.dropped)
    }
}

/// The chart from one day to another, both included, over `states` states. What happened before its first day counts.
/// An item's states beyond the last count as the last.
#[must_use]
pub fn cumulative_flow<I: Ord>(
    trail: &[Move<I>],
    states: usize,
    first: Day,
    last: Day,
    zone: &dyn Zone,
) -> Vec<FlowDay> {
    let days: Vec<Day> = working_days::days(first, last).collect();
    let (Some(end), true) = (days.last().map(|day| day.end(zone)), states > 0) else {
        return Vec::new();
    };
    let mut order: Vec<&Move<I>> = trail.iter().filter(|entry| entry.at < end).collect();
    order.sort_by_key(|entry| entry.at);
    let mut furthest: BTreeMap<&I, usize> = BTreeMap::new();
    let mut gone: BTreeMap<&I, Timestamp> = BTreeMap::new();
    // What each state gains at which moment.
    let mut gains: Vec<(Timestamp, usize, usize)> = Vec::new();
    for entry in order {
        match entry.to {
            Step::State(state) => {
                gone.remove(&entry.item);
                let reached = state.min(states - 1) + 1;
                let before = furthest.entry(&entry.item).or_insert(0);
                if reached > *before {
                    gains.push((entry.at, *before, reached));
                    *before = reached;
                }
            }
            Step::Dropped => {
                gone.entry(&entry.item).or_insert(entry.at);
            }
        }
    }
    // An item that was done and then dropped has left already.
    gone.retain(|item, _| furthest.get(item).is_some_and(|reached| *reached < states));
    let mut drops: Vec<Timestamp> = gone.into_values().collect();
    drops.sort_unstable();
    counted(&days, states, &gains, &drops, zone)
}

fn counted(
    days: &[Day],
    states: usize,
    gains: &[(Timestamp, usize, usize)],
    drops: &[Timestamp],
    zone: &dyn Zone,
) -> Vec<FlowDay> {
    let mut arrivals = vec![0_u32; states];
    let mut gains = gains.iter().peekable();
    days.iter()
        .map(|day| {
            let end = day.end(zone);
            while let Some((_, from, upto)) = gains.next_if(|(at, ..)| *at < end) {
                arrivals[*from..*upto]
                    .iter_mut()
                    .for_each(|count| *count += 1);
            }
            let dropped = drops.partition_point(|at| *at < end) as u32;
            FlowDay {
                day: *day,
                arrivals: arrivals.clone(),
                dropped,
            }
        })
        .collect()
}

/// What brought a day of the chart about: the moves by which items came further than ever before, and those by which they
/// left undone and had not come back by the end of the chart's last day.
#[must_use]
pub fn behind<'a, I: Ord>(
    trail: &'a [Move<I>],
    states: usize,
    day: Day,
    last: Day,
    zone: &dyn Zone,
) -> Vec<&'a Move<I>> {
    let (start, end) = (day.start(zone), day.end(zone));
    let mut order: Vec<&Move<I>> = trail
        .iter()
        .filter(|entry| entry.at < last.end(zone))
        .collect();
    order.sort_by_key(|entry| entry.at);
    let mut furthest: BTreeMap<&I, usize> = BTreeMap::new();
    let mut gone: BTreeMap<&I, &Move<I>> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in order {
        let reached = furthest.entry(&entry.item).or_insert(0);
        match entry.to {
            Step::State(state) => {
                gone.remove(&entry.item);
                let state = state.min(states.saturating_sub(1)) + 1;
                if state > *reached {
                    *reached = state;
                    found.push(entry);
                }
            }
            Step::Dropped => {
                gone.entry(&entry.item).or_insert(entry);
            }
        }
    }
    let left = gone.into_iter().filter(|(item, _)| {
        let reached = furthest.get(item).copied().unwrap_or(0);
        reached > 0 && reached < states
    });
    found.extend(left.map(|(_, entry)| entry));
    found.retain(|entry| start <= entry.at && entry.at < end);
    found.sort_by_key(|entry| entry.at);
    found
}

/// Little's law: the mean cycle time that mean work in progress and mean throughput make, in the periods of the
/// throughput; `None` where nothing comes through.
#[must_use]
pub fn cycle_time(in_progress: f64, throughput: f64) -> Option<f64> {
    (round::nine(throughput) > 0.0 && in_progress.is_finite())
        .then(|| round::nine(in_progress / throughput))
}

/// The mean work in progress and the mean throughput a day of a chart; `None` for fewer than two days.
#[must_use]
pub fn means(days: &[FlowDay], from: usize) -> Option<(f64, f64)> {
    let (first, last) = (days.first()?, days.last()?);
    let left = |day: &FlowDay| f64::from(day.arrivals.last().copied().unwrap_or(0));
    let spans = days.len().checked_sub(1).filter(|spans| *spans > 0)? as f64;
    let under_way: f64 = days
        .iter()
        .map(|day| f64::from(day.in_progress(from)))
        .sum();
    Some((
        under_way / days.len() as f64,
        (left(last) - left(first)) / spans,
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::planning::day::Utc;

    const FIRST: &str = "2026-03-02";

    fn first() -> Day {
        FIRST.parse().unwrap()
    }

    fn at(day: i64) -> Timestamp {
        first().plus(day).start(&Utc).plus_ms(3_600_000)
    }

    fn to(day: i64, item: u32, state: usize) -> Move<u32> {
        Move {
            at: at(day),
            item,
            to: Step::State(state),
        }
    }

    fn flow(trail: &[Move<u32>], days: i64) -> Vec<FlowDay> {
        cumulative_flow(trail, 3, first(), first().plus(days - 1), &Utc)
    }

    #[test]
    fn formulas_5_9_flow_counts_first_entries_into_a_state_or_a_later_one() {
        let trail = [
            to(-3, 1, 0),
            to(0, 2, 0),
            to(1, 1, 1),
            // Straight to done, past the state between; then back, which takes nothing off.
            to(2, 2, 2),
            to(3, 2, 0),
            Move {
                at: at(3),
                item: 1,
                to: Step::Dropped,
            },
        ];
        let days = flow(&trail, 4);
        let lines: Vec<&[u32]> = days.iter().map(|day| day.arrivals.as_slice()).collect();
        assert_eq!(lines, [[2, 0, 0], [2, 1, 0], [2, 2, 1], [2, 2, 1]]);
        assert_eq!(
            days.iter().map(|day| day.dropped).collect::<Vec<_>>(),
            [0, 0, 0, 1]
        );
        assert_eq!(
            days.iter()
                .map(|day| day.in_progress(1))
                .collect::<Vec<_>>(),
            [0, 1, 1, 0]
        );
        assert!(cumulative_flow(&trail, 0, first(), first(), &Utc).is_empty());
        assert!(cumulative_flow(&trail, 3, first(), first().plus(-1), &Utc).is_empty());
    }

    #[test]
    fn formulas_5_9_littles_law() {
        assert_eq!(cycle_time(12.0, 1.5), Some(8.0));
        assert_eq!(cycle_time(12.0, 0.0), None);
        // One item begins and one is done each day, eight days after it began.
        let trail: Vec<Move<u32>> = (0..40)
            .flat_map(|item| {
                [
                    to(i64::from(item) - 20, item, 1),
                    to(i64::from(item) - 12, item, 2),
                ]
            })
            .collect();
        let (under_way, throughput) = means(&flow(&trail, 15), 1).unwrap();
        assert_eq!(cycle_time(under_way, throughput), Some(8.0));
    }

    proptest! {
        #[test]
        fn lines_never_go_down_or_cross(moves in prop::collection::vec((0_i64..12, 0_u32..6, 0_usize..5), 0..60)) {
            let trail: Vec<Move<u32>> = moves
                .into_iter()
                .map(|(day, item, state)| Move {
                    at: at(day),
                    item,
                    to: if state == 4 { Step::Dropped } else { Step::State(state) },
                })
                .collect();
            let days = flow(&trail, 12);
            for day in &days {
                prop_assert!(day.arrivals.is_sorted_by(|a, b| a >= b));
            }
            for pair in days.windows(2) {
                let behind = behind(&trail, 3, pair[1].day, first().plus(11), &Utc);
                let is_level = (&pair[0].arrivals, pair[0].dropped) == (&pair[1].arrivals, pair[1].dropped);
                prop_assert_eq!(behind.is_empty(), is_level);
                prop_assert!(pair[0].dropped <= pair[1].dropped);
                prop_assert!(pair[0].arrivals.iter().zip(&pair[1].arrivals).all(|(a, b)| a <= b));
            }
        }
    }
}
