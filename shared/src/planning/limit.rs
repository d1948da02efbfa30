//! The cut line: how much of a ranked list fits a capacity (`formulas.md` §5.7, PB-44, PB-47).
//!
//! The line is drawn after the longest prefix whose sum is at most the capacity. Nothing is packed: what is ranked lower
//! and would still fit the free space only says so.

use serde::{Deserialize, Serialize};

use super::round::{self, amount, at_most, nine, up};

/// What an item without an estimate counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// The median of the list's estimates.
    #[default]
    Median,
    /// Nothing.
    Zero,
    /// The line is drawn before it at the latest.
    Stop,
}

impl Missing {
    /// The rule of a setting's word; the median where there is none.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        match word {
            "zero" => Self::Zero,
            "stop" => Self::Stop,
            _ => Self::Median,
        }
    }
}

/// One item of the list, in rank order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Its size in the line's unit; one that is negative or no number counts as missing.
    pub size: Option<f64>,
    /// Whether it takes no capacity any more: done or dropped.
    pub skipped: bool,
}

/// What an item counts as.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weight {
    /// Its size, in the line's unit.
    pub size: f64,
    /// Whether that is a guess, shown as "≈".
    pub guessed: bool,
    /// Whether no line goes beyond it.
    pub stops: bool,
    /// Whether it takes no capacity.
    pub skipped: bool,
    /// The sum up to and with it.
    pub cumulative: f64,
}

/// What every item counts as, in order.
#[must_use]
pub fn weigh(entries: &[Entry], missing: Missing) -> Vec<Weight> {
    let guess = match missing {
        Missing::Median => median(entries),
        Missing::Zero | Missing::Stop => 0.0,
    };
    let mut cumulative = 0.0;
    entries
        .iter()
        .map(|entry| {
            let known = entry.size.and_then(amount);
            let size = match known {
                _ if entry.skipped => 0.0,
                Some(size) => size,
                None => guess,
            };
            // Rounded at each step, or the error of five thousand sums would exceed nine decimals.
            cumulative = nine(cumulative + size);
            let guessed = known.is_none() && !entry.skipped;
            Weight {
                size,
                guessed,
                stops: guessed && missing == Missing::Stop,
                skipped: entry.skipped,
                cumulative,
            }
        })
        .collect()
}

/// The median of the sizes that are known; 0 when none is.
fn median(entries: &[Entry]) -> f64 {
    let counted = entries.iter().filter(|entry| !entry.skipped);
    let sizes = counted.filter_map(|entry| entry.size.and_then(amount));
    round::median(sizes.collect()).unwrap_or(0.0)
}

/// A limit line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// How many entries stand above it.
    pub after: usize,
    /// What they sum up to.
    pub used: f64,
    /// The capacity that they leave.
    pub free: f64,
    /// Whether the first item alone exceeds the capacity.
    pub first_exceeds: bool,
    /// Whether an item without estimate ended it.
    pub stopped: bool,
    /// How many that count stand below it.
    pub below: usize,
    /// What those sum up to.
    pub below_sum: f64,
}

impl Line {
    /// Whether an entry stands below the line and would fit the space above it.
    #[must_use]
    pub fn would_fit(&self, index: usize, weight: &Weight) -> bool {
        index >= self.after && !weight.skipped && !weight.stops && at_most(weight.size, self.free)
    }
}

/// Draws the line of a capacity. A capacity that is not a number, or negative, counts as none.
#[must_use]
pub fn line(weights: &[Weight], capacity: f64) -> Line {
    let capacity = if capacity.is_finite() {
        capacity.max(0.0)
    } else {
        0.0
    };
    let ends = |weight: &Weight| weight.stops || !at_most(weight.cumulative, capacity);
    let after = weights.iter().position(ends).unwrap_or(weights.len());
    let used = after
        .checked_sub(1)
        .map_or(0.0, |last| weights[last].cumulative);
    let total = weights.last().map_or(0.0, |last| last.cumulative);
    let mut below = weights[after..].iter().filter(|weight| !weight.skipped);
    let first = below.clone().next();
    let nothing_above = weights[..after].iter().all(|weight| weight.skipped);
    Line {
        after,
        used,
        free: nine(capacity - used),
        first_exceeds: nothing_above && first.is_some_and(|first| !first.stops),
        stopped: first.is_some_and(|first| first.stops),
        below: below.by_ref().count(),
        below_sum: nine(total - used),
    }
}

/// One sprint's line of a forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastLine {
    /// How many entries stand above it.
    pub after: usize,
    /// The number of the sprint that it ends, from 1.
    pub sprint: usize,
    /// Whether its item alone is larger than a sprint.
    pub too_large: bool,
}

/// A forecast of no more than so many sprints is drawn.
pub const FORECAST_LINES_MAX: usize = 500;

/// Lines after what fits each of the coming sprints at a velocity. An item that is larger than a sprint takes as many as
/// it needs, and a warning. None for a velocity that is not above 0.
#[must_use]
pub fn forecast(weights: &[Weight], velocity: f64) -> Vec<ForecastLine> {
    let mut lines: Vec<ForecastLine> = Vec::new();
    if !velocity.is_finite() || nine(velocity) <= 0.0 {
        return lines;
    }
    let (mut sprint, mut used) = (1_usize, 0.0);
    for (index, weight) in weights.iter().enumerate() {
        if weight.stops || lines.len() >= FORECAST_LINES_MAX {
            break;
        }
        let too_large = !at_most(weight.size, velocity);
        if used > 0.0 && (too_large || !at_most(used + weight.size, velocity)) {
            lines.push(ForecastLine {
                after: index,
                sprint,
                too_large: false,
            });
            sprint += 1;
            used = 0.0;
        }
        if too_large {
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "casts of floats saturate, and sizes are positive"
            )]
            let needed = up(weight.size / velocity) as usize;
            sprint = sprint.saturating_add(needed.saturating_sub(1));
            lines.push(ForecastLine {
                after: index + 1,
                sprint,
                too_large: true,
            });
            sprint = sprint.saturating_add(1);
        } else {
            used = nine(used + weight.size);
        }
    }
    let counted = lines.last().map_or(0, |line| line.after);
    if used > 0.0 && counted < weights.len() && lines.len() < FORECAST_LINES_MAX {
        let after = weights
            .iter()
            .position(|weight| weight.stops)
            .unwrap_or(weights.len());
        lines.push(ForecastLine {
            after,
            sprint,
            too_large: false,
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entries(sizes: &[Option<f64>]) -> Vec<Entry> {
        let entry = |size: &Option<f64>| Entry {
            size: *size,
            skipped: false,
        };
        sizes.iter().map(entry).collect()
    }

    fn vector() -> Vec<Entry> {
        entries(&[Some(5.0), Some(8.0), Some(3.0), None, Some(13.0), Some(2.0)])
    }

    #[test]
    fn pb_44_the_vector_of_5_7() {
        let weights = weigh(&vector(), Missing::Median);
        let sums: Vec<f64> = weights.iter().map(|weight| weight.cumulative).collect();
        assert_eq!(sums[..4], [5.0, 13.0, 16.0, 21.0]);
        let line = line(&weights, 20.0);
        assert_eq!((line.after, line.used, line.free), (3, 16.0, 4.0));
        let fitting: Vec<usize> = (0..weights.len())
            .filter(|index| line.would_fit(*index, &weights[*index]))
            .collect();
        assert_eq!(fitting, [5]);
        assert!(weights[3].guessed && !line.first_exceeds);
        assert_eq!((line.below, line.below_sum), (3, 20.0));
    }

    #[test]
    fn pb_47_the_forecast_of_5_7() {
        let weights = weigh(&vector(), Missing::Median);
        let after: Vec<usize> = forecast(&weights, 15.0).iter().map(|it| it.after).collect();
        assert_eq!(after, [2, 4, 6]);
    }

    #[test]
    fn pb_47_an_item_larger_than_a_sprint_takes_as_many_as_it_needs() {
        let weights = weigh(&entries(&[Some(2.0), Some(31.0), Some(3.0)]), Missing::Zero);
        let lines = forecast(&weights, 10.0);
        let told: Vec<_> = lines
            .iter()
            .map(|line| (line.after, line.sprint, line.too_large))
            .collect();
        assert_eq!(told, [(1, 1, false), (2, 5, true), (3, 6, false)]);
        for velocity in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(forecast(&weights, velocity), []);
        }
        assert!(forecast(&weights, 1e-7).len() <= FORECAST_LINES_MAX);
    }

    #[test]
    fn pb_44_what_is_done_takes_no_capacity() {
        let mut list = entries(&[Some(8.0), Some(8.0), Some(8.0)]);
        list[0].skipped = true;
        let weights = weigh(&list, Missing::Median);
        assert_eq!(line(&weights, 16.0).after, 3);
        list[1].skipped = true;
        assert_eq!(line(&weigh(&list, Missing::Median), 5.0).after, 2);
        assert!(line(&weigh(&list, Missing::Median), 5.0).first_exceeds);
    }

    #[test]
    fn pb_44_an_unestimated_item_can_end_the_line() {
        let stop = line(&weigh(&vector(), Missing::Stop), 100.0);
        assert_eq!(
            (stop.after, stop.stopped, stop.first_exceeds),
            (3, true, false)
        );
        let zero = line(&weigh(&vector(), Missing::Zero), 20.0);
        assert_eq!((zero.after, zero.used), (4, 16.0));
    }

    #[test]
    fn pb_44_absurd_capacities_are_no_capacity() {
        let weights = weigh(&vector(), Missing::Median);
        for capacity in [0.0, -5.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let line = line(&weights, capacity);
            assert_eq!((line.after, line.first_exceeds), (0, true));
        }
        assert_eq!(line(&[], 10.0).after, 0);
        assert!(!line(&[], 10.0).first_exceeds);
    }

    #[test]
    fn pb_44_tenths_add_up() {
        let tenths = entries(&[Some(0.1); 5_000]);
        let line = line(&weigh(&tenths, Missing::Median), 500.0);
        assert_eq!((line.after, line.used, line.free), (5_000, 500.0, 0.0));
    }

    #[test]
    fn pb_44_absurd_sizes_count_as_missing() {
        let list = entries(&[Some(f64::NAN), Some(-3.0), Some(4.0), Some(f64::INFINITY)]);
        let weights = weigh(&list, Missing::Zero);
        assert!(weights[0].guessed && weights[1].guessed && !weights[3].guessed);
        let line = line(&weights, 5.0);
        assert_eq!((line.after, line.used), (3, 4.0));
        assert!(line.below_sum.is_finite());
    }

    #[test]
    fn pb_47_several_lines_stand_in_one_list() {
        let weights = weigh(&vector(), Missing::Median);
        let ranks = [16.0, 20.0, 36.0].map(|capacity| line(&weights, capacity).after);
        assert_eq!(ranks, [3, 3, 6]);
    }

    fn lists() -> impl Strategy<Value = Vec<Entry>> {
        let entry = (prop::option::of(0u32..40), any::<bool>());
        let entry = entry.prop_map(|(half, skipped)| Entry {
            size: half.map(|half| f64::from(half) / 2.0),
            skipped,
        });
        prop::collection::vec(entry, 0..60)
    }

    proptest! {
        #[test]
        fn the_line_is_the_longest_prefix(list in lists(), half in 0u32..400) {
            let capacity = f64::from(half) / 2.0;
            let weights = weigh(&list, Missing::Median);
            let line = line(&weights, capacity);
            let sum = |upto: usize| weights[..upto].iter().map(|it| it.size).sum::<f64>();
            prop_assert!(sum(line.after) <= capacity + 1e-9);
            if line.after < weights.len() {
                prop_assert!(sum(line.after + 1) > capacity + 1e-9);
            }
            prop_assert!((line.used + line.free - capacity).abs() < 1e-6);
        }

        #[test]
        fn moving_rows_above_the_line_does_not_move_it(list in lists(), half in 0u32..400, seed in any::<u64>()) {
            let capacity = f64::from(half) / 2.0;
            let before = line(&weigh(&list, Missing::Median), capacity);
            let mut moved = list.clone();
            for at in 1..before.after {
                moved.swap(at, (seed.rotate_left(at as u32) % (at as u64 + 1)) as usize);
            }
            prop_assert_eq!(line(&weigh(&moved, Missing::Median), capacity), before);
        }

        #[test]
        fn more_capacity_never_lifts_the_line(list in lists(), half in 0u32..400) {
            let capacity = f64::from(half) / 2.0;
            let weights = weigh(&list, Missing::Zero);
            prop_assert!(line(&weights, capacity).after <= line(&weights, capacity + 0.5).after);
        }

        #[test]
        fn forecast_lines_go_down_and_hold_no_more_than_a_sprint(list in lists(), velocity in 1u32..40) {
            let velocity = f64::from(velocity);
            let weights = weigh(&list, Missing::Median);
            let lines = forecast(&weights, velocity);
            let mut from = 0;
            for line in &lines {
                prop_assert!(line.after > from || line.after == weights.len());
                let sum: f64 = weights[from..line.after].iter().map(|it| it.size).sum();
                prop_assert!(line.too_large || sum <= velocity + 1e-9);
                from = line.after;
            }
        }
    }
}
