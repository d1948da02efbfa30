//! Velocity: what a team finishes in a sprint, and the number it plans with (`formulas.md` §5.8).

use serde::{Deserialize, Serialize};

use crate::model::item::words;

use super::round;

words! {
    /// How several sprints become one number.
    Average {
        /// Their mean.
        Mean = "mean", "Mean";
        /// The middle one.
        Median = "median", "Median";
    }
}

/// A closed sprint. Its numbers are those of its close and stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Closed {
    /// The estimates, at completion, of what was finished in it.
    pub done: f64,
    /// The estimates of what was in it when it began.
    pub committed: f64,
    /// The estimates, at its begin, of what was in it then and was finished.
    pub committed_done: f64,
    /// Why it does not count, where somebody said so.
    pub excluded: Option<String>,
}

impl Closed {
    /// Which share of the commitment was done; `None` where nothing was committed.
    #[must_use]
    pub fn say_do(&self) -> Option<f64> {
        (round::nine(self.committed) > 0.0).then(|| self.committed_done / self.committed)
    }
}

/// Which sprints count, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// How many of the last sprints; 0 for all.
    pub window: usize,
    /// How they become one number.
    pub average: Average,
}

/// The windows people choose from; 0 is all.
pub const WINDOWS: [usize; 4] = [3, 5, 7, 0];

impl Default for Rule {
    fn default() -> Self {
        Self {
            window: 3,
            average: Average::Mean,
        }
    }
}

/// The velocity to plan with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Velocity {
    /// The number.
    pub value: f64,
    /// The least of the sprints that count.
    pub min: f64,
    /// The greatest of them.
    pub max: f64,
    /// How many sprints count.
    pub sprints: usize,
    /// Whether they are too few to rely on.
    pub provisional: bool,
}

/// The velocity of closed sprints, oldest first; `None` without one that counts. A sprint without anything finished
/// counts unless it is excluded.
#[must_use]
pub fn velocity(closed: &[Closed], rule: Rule) -> Option<Velocity> {
    let counted = closed.iter().filter(|sprint| sprint.excluded.is_none());
    let done: Vec<f64> = counted
        .filter_map(|sprint| round::amount(sprint.done))
        .collect();
    let from = match rule.window {
        0 => 0,
        window => done.len().saturating_sub(window),
    };
    let used = &done[from..];
    let value = match rule.average {
        Average::Mean => round::mean(used)?,
        Average::Median => round::median(used.to_vec())?,
    };
    Some(Velocity {
        value,
        min: used.iter().copied().fold(f64::INFINITY, f64::min),
        max: used.iter().copied().fold(0.0, f64::max),
        sprints: used.len(),
        provisional: used.len() < 3,
    })
}

/// The velocity after each sprint, as a line over the bars: `None` until the window is full.
#[must_use]
pub fn rolling(closed: &[Closed], rule: Rule) -> Vec<Option<f64>> {
    (1..=closed.len())
        .map(|upto| {
            let found = velocity(&closed[..upto], rule)?;
            (rule.window == 0 || found.sprints == rule.window).then_some(found.value)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sprints(done: &[f64]) -> Vec<Closed> {
        done.iter()
            .map(|done| Closed {
                done: *done,
                ..Closed::default()
            })
            .collect()
    }

    const TEAM: [f64; 7] = [16.0, 0.0, 16.0, 31.0, 18.0, 43.0, 39.0];

    #[test]
    fn formulas_5_8_velocity_vectors() {
        let mean = |done: &[f64], window| {
            velocity(
                &sprints(done),
                Rule {
                    window,
                    average: Average::Mean,
                },
            )
            .unwrap()
            .value
        };
        assert_eq!(round::text(mean(&[37.0, 47.0, 50.0, 57.0], 3), 3), "51.333");
        assert_eq!(mean(&[37.0, 47.0, 50.0, 57.0], 0), 47.75);
        assert_eq!(round::text(mean(&TEAM, 3), 3), "33.333");
        let five = Rule {
            window: 5,
            average: Average::Mean,
        };
        let line = rolling(&sprints(&TEAM), five);
        assert_eq!(
            line,
            [None, None, None, None, Some(16.2), Some(21.6), Some(29.4)]
        );
        let median = Rule {
            window: 7,
            average: Average::Median,
        };
        assert_eq!(velocity(&sprints(&TEAM), median).unwrap().value, 18.0);
    }

    #[test]
    fn formulas_5_8_least_and_greatest_are_told() {
        let found = velocity(
            &sprints(&TEAM),
            Rule {
                window: 7,
                average: Average::Mean,
            },
        )
        .unwrap();
        assert_eq!(
            (found.min, found.max, found.sprints, found.provisional),
            (0.0, 43.0, 7, false)
        );
        let few = velocity(&sprints(&[8.0, 10.0]), Rule::default()).unwrap();
        assert_eq!((few.value, few.provisional), (9.0, true));
        assert_eq!(velocity(&[], Rule::default()), None);
    }

    #[test]
    fn formulas_5_8_excluded_sprints_do_not_count() {
        let mut closed = sprints(&TEAM);
        closed[1].excluded = Some("everybody was ill".into());
        let all = Rule {
            window: 0,
            average: Average::Mean,
        };
        let found = velocity(&closed, all).unwrap();
        assert_eq!((found.min, found.sprints), (16.0, 6));
        closed
            .iter_mut()
            .for_each(|sprint| sprint.excluded = Some("x".into()));
        assert_eq!(velocity(&closed, all), None);
    }

    #[test]
    fn formulas_5_8_say_and_do() {
        let sprint = Closed {
            done: 21.0,
            committed: 18.0,
            committed_done: 16.0,
            excluded: None,
        };
        assert_eq!(round::text(sprint.say_do().unwrap(), 3), "0.889");
        assert_eq!(Closed::default().say_do(), None);
    }

    proptest! {
        #[test]
        fn velocity_lies_between_least_and_greatest(done in prop::collection::vec(0.0..200.0_f64, 1..20), window in 0_usize..9) {
            for average in Average::ALL {
                let found = velocity(&sprints(&done), Rule { window, average: *average }).unwrap();
                prop_assert!(round::at_most(found.min, found.value) && round::at_most(found.value, found.max));
            }
        }
    }
}
