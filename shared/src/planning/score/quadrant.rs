//! Value against effort: quick wins, big bets, fill-ins, and what to avoid.

use crate::{model::item::words, planning::round};

words! {
    /// Where an item stands between value and effort.
    Quadrant {
        /// Much value for little effort.
        QuickWin = "quick-win", "Quick win";
        /// Much value for much effort.
        BigBet = "big-bet", "Big bet";
        /// Little value for little effort.
        FillIn = "fill-in", "Fill-in";
        /// Little value for much effort.
        Avoid = "avoid", "Avoid";
    }
}

/// Where value and effort are split into little and much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Split {
    /// At the middle of the scales, given as (low, high).
    Midpoint {
        /// The scale of value.
        value: (f64, f64),
        /// The scale of effort.
        effort: (f64, f64),
    },
    /// At the medians of the items.
    Median,
}

/// Splits items, given as (value, effort). One that lacks either has no quadrant. A value at the split counts as
/// much, an effort at the split as little.
#[must_use]
pub fn quadrants(items: &[(Option<f64>, Option<f64>)], split: Split) -> Vec<Option<Quadrant>> {
    let both = |&(value, effort): &(Option<f64>, Option<f64>)| {
        let finite = |number: Option<f64>| number.filter(|number| number.is_finite());
        Some((finite(value)?, finite(effort)?))
    };
    let (value_at, effort_at) = match split {
        Split::Midpoint { value, effort } => (
            f64::midpoint(value.0, value.1),
            f64::midpoint(effort.0, effort.1),
        ),
        Split::Median => {
            let known: Vec<(f64, f64)> = items.iter().filter_map(both).collect();
            let middle = |of: fn(&(f64, f64)) -> f64| {
                round::median(known.iter().map(of).collect()).unwrap_or(0.0)
            };
            (middle(|item| item.0), middle(|item| item.1))
        }
    };
    let place = |(value, effort)| match (
        round::at_most(value_at, value),
        round::at_most(effort, effort_at),
    ) {
        (true, true) => Quadrant::QuickWin,
        (true, false) => Quadrant::BigBet,
        (false, true) => Quadrant::FillIn,
        (false, false) => Quadrant::Avoid,
    };
    items.iter().map(|item| both(item).map(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_5_6_value_against_effort() {
        let items = [
            (Some(9.0), Some(2.0)),
            (Some(9.0), Some(9.0)),
            (Some(1.0), Some(1.0)),
            (Some(1.0), Some(9.0)),
            (None, Some(1.0)),
            (Some(5.0), Some(5.0)),
        ];
        let split = Split::Midpoint {
            value: (0.0, 10.0),
            effort: (0.0, 10.0),
        };
        use Quadrant::{Avoid, BigBet, FillIn, QuickWin};
        let expected = [
            Some(QuickWin),
            Some(BigBet),
            Some(FillIn),
            Some(Avoid),
            None,
            Some(QuickWin),
        ];
        assert_eq!(quadrants(&items, split), expected);
        let low = [
            (Some(1.0), Some(4.0)),
            (Some(2.0), Some(5.0)),
            (Some(3.0), Some(6.0)),
        ];
        assert_eq!(
            quadrants(&low, Split::Median),
            [Some(FillIn), Some(QuickWin), Some(BigBet)]
        );
    }
}
