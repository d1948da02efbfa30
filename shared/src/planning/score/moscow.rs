//! MoSCoW: which share of the planned effort is Must, Should, Could, and what that risks.

use serde::{Deserialize, Serialize};

use crate::{model::item::words, planning::round};

words! {
    /// How much an item is needed, most first.
    Criticality {
        /// Without it there is no point.
        Must = "must", "Must";
        /// Painful without.
        Should = "should", "Should";
        /// Wanted.
        Could = "could", "Could";
        /// Not this time; no part of the plan.
        Wont = "wont", "Won't this time";
    }
}

/// The most effort that should be Must, as a share.
pub const MUST_MAX: f64 = 0.6;
/// The least effort that should be Could, as a share: the contingency.
pub const COULD_MIN: f64 = 0.2;

/// How the planned effort is shared out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// The effort of Must, Should and Could, each.
    pub effort: [f64; 3],
    /// Their shares of the sum, 0 to 1; `None` where nothing is estimated.
    pub shares: Option<[f64; 3]>,
    /// Items of the plan without an estimate: the shares leave them out.
    pub unestimated: usize,
    /// Items without a criticality.
    pub unsorted: usize,
}

impl Shares {
    /// Adds up items, given as (criticality, estimate).
    #[must_use]
    pub fn of(items: impl IntoIterator<Item = (Option<Criticality>, Option<f64>)>) -> Self {
        let mut sums = Self::default();
        for (criticality, estimate) in items {
            let column = match criticality {
                Some(Criticality::Must) => 0,
                Some(Criticality::Should) => 1,
                Some(Criticality::Could) => 2,
                Some(Criticality::Wont) => continue,
                None => {
                    sums.unsorted += 1;
                    continue;
                }
            };
            match estimate.and_then(round::amount) {
                Some(estimate) => sums.effort[column] = round::nine(sums.effort[column] + estimate),
                None => sums.unestimated += 1,
            }
        }
        let all: f64 = sums.effort.iter().sum();
        sums.shares = (round::nine(all) > 0.0).then(|| sums.effort.map(|effort| effort / all));
        sums
    }

    /// What to warn of.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let Some([must, _, could]) = self.shares else {
            return Vec::new();
        };
        let percent = |share: f64| round::text(share * 100.0, 0);
        let mut warnings = Vec::new();
        if !round::at_most(must, MUST_MAX) {
            warnings.push(format!(
                "Must is {} % of the effort: above 60 % leaves no room when something goes wrong",
                percent(must)
            ));
        }
        if !round::at_most(COULD_MIN, could) {
            warnings.push(format!(
                "Could is {} % of the effort: below about 20 % there is little to leave out",
                percent(could)
            ));
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_5_6_moscow_shares_and_warnings() {
        use Criticality::{Could, Must, Should, Wont};
        let plan = |must, should, could| {
            Shares::of([
                (Some(Must), Some(must)),
                (Some(Should), Some(should)),
                (Some(Could), Some(could)),
                (Some(Wont), Some(1_000.0)),
                (None, Some(5.0)),
                (Some(Must), None),
            ])
        };
        let good = plan(60.0, 20.0, 20.0);
        assert_eq!(good.shares, Some([0.6, 0.2, 0.2]));
        assert_eq!((good.unsorted, good.unestimated), (1, 1));
        assert!(good.warnings().is_empty());
        assert_eq!(plan(61.0, 20.0, 20.0).warnings().len(), 2);
        assert_eq!(plan(50.0, 31.0, 19.0).warnings().len(), 1);
        assert!(plan(0.0, 0.0, 0.0).warnings().is_empty());
    }
}
