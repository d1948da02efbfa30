//! How much fits a sprint and a release, the date that fits a scope, and the scope that fits a date (`BT-14`,
//! `BT-15`, `formulas.md` §5.7).

use serde::{Deserialize, Serialize};

use super::{day::Day, round};

/// A person's time in a sprint, in working days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The days they normally work in it: its working days times their availability.
    pub working: f64,
    /// The days they are away.
    pub off: f64,
}

/// Which share of the team's normal days is there, 0 to 1; `None` without normal days.
#[must_use]
pub fn available(people: &[Person]) -> Option<f64> {
    let working = |person: &Person| round::amount(person.working).unwrap_or(0.0);
    let off = |person: &Person| {
        round::amount(person.off)
            .unwrap_or(0.0)
            .min(working(person))
    };
    let normal: f64 = people.iter().map(working).sum();
    let there: f64 = people
        .iter()
        .map(|person| working(person) - off(person))
        .sum();
    (round::nine(normal) > 0.0).then(|| round::nine(there / normal))
}

/// What a sprint should hold at most: the velocity, less what absence takes.
#[must_use]
pub fn sprint_limit(velocity: f64, available: Option<f64>) -> f64 {
    round::nine(round::amount(velocity).unwrap_or(0.0) * available.unwrap_or(1.0).clamp(0.0, 1.0))
}

/// A sprint that lies ahead.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ahead {
    /// Its last day.
    pub end: Day,
    /// What it holds.
    pub limit: f64,
}

/// A release's capacity.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReleaseCapacity {
    /// The capacity.
    pub value: f64,
    /// Whether it is the sum of its sprints; typed otherwise.
    pub derived: bool,
}

/// A release's capacity: as typed, or else the sum of its remaining sprints; `None` where neither is known.
#[must_use]
pub fn release_capacity(typed: Option<f64>, remaining: &[Ahead]) -> Option<ReleaseCapacity> {
    if let Some(value) = typed.and_then(round::amount) {
        return Some(ReleaseCapacity {
            value,
            derived: false,
        });
    }
    (!remaining.is_empty()).then(|| ReleaseCapacity {
        value: sum(remaining),
        derived: true,
    })
}

fn sum(sprints: &[Ahead]) -> f64 {
    round::nine(
        sprints
            .iter()
            .filter_map(|sprint| round::amount(sprint.limit))
            .sum(),
    )
}

/// How sprints go on after those that are planned.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Onward {
    /// The day before the first of them, where none is planned.
    pub from: Day,
    /// Their length in calendar days.
    pub length_days: i64,
    /// What each holds.
    pub limit: f64,
}

/// The sprint that finishes a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finish {
    /// Its number among the sprints ahead, from 1; 0 where nothing remains.
    pub sprint: u32,
    /// Its last day; `None` where nothing remains.
    pub day: Option<Day>,
    /// Whether it is after the sprints that are planned.
    pub beyond: bool,
}

/// The date that fits the scope: when what remains is done, sprint by sprint. `None` where it never is.
#[must_use]
pub fn finish(remaining: f64, sprints: &[Ahead], onward: Option<Onward>) -> Option<Finish> {
    let mut left = round::amount(remaining).unwrap_or(0.0);
    if left <= 0.0 {
        return Some(Finish {
            sprint: 0,
            day: None,
            beyond: false,
        });
    }
    for (index, sprint) in sprints.iter().enumerate() {
        left = round::nine(left - round::amount(sprint.limit).unwrap_or(0.0));
        if left <= 0.0 {
            let sprint_number = index as u32 + 1;
            return Some(Finish {
                sprint: sprint_number,
                day: Some(sprint.end),
                beyond: false,
            });
        }
    }
    let onward = onward.filter(|onward| onward.length_days > 0)?;
    let more = round::times(left, onward.limit)?.max(1);
    let last = sprints.last().map_or(onward.from, |sprint| sprint.end);
    Some(Finish {
        sprint: more.saturating_add(sprints.len() as u32),
        day: Some(last.plus(i64::from(more).saturating_mul(onward.length_days.min(36_500)))),
        beyond: true,
    })
}

/// The scope that fits the date: what the sprints that end by then hold, planned ones first.
#[must_use]
pub fn scope_by(target: Day, sprints: &[Ahead], onward: Option<Onward>) -> f64 {
    let planned: Vec<Ahead> = sprints
        .iter()
        .copied()
        .filter(|sprint| sprint.end <= target)
        .collect();
    let mut scope = sum(&planned);
    if let Some(onward) =
        onward.filter(|onward| onward.length_days > 0 && planned.len() == sprints.len())
    {
        let last = sprints.last().map_or(onward.from, |sprint| sprint.end);
        let more = (target.days_since(last) / onward.length_days).max(0);
        scope += more as f64 * round::amount(onward.limit).unwrap_or(0.0);
    }
    round::nine(scope)
}

/// A story of a sprint that holds too much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Story {
    /// How little it is needed: 0 for Must, then upwards.
    pub criticality: u8,
    /// Its size.
    pub estimate: Option<f64>,
    /// Whether work on it began.
    pub started: bool,
}

/// The stories to push out so that a sprint keeps within its limit (`BT-18`): those needed least that nobody began,
/// the lowest ranked first, and no more than it takes. Stories are given in rank order; indices into them come back.
/// Those without a size free nothing and stay.
#[must_use]
pub fn push_candidates(stories: &[Story], limit: f64) -> Vec<usize> {
    let size = |story: &Story| story.estimate.and_then(round::amount).unwrap_or(0.0);
    let limit = round::amount(limit).unwrap_or(0.0);
    let mut total = round::nine(stories.iter().map(size).sum());
    let mut order: Vec<usize> = (0..stories.len())
        .filter(|at| !stories[*at].started && size(&stories[*at]) > 0.0)
        .collect();
    order.sort_by_key(|at| std::cmp::Reverse((stories[*at].criticality, *at)));
    let pushed = order.into_iter().take_while(|at| {
        let over = !round::at_most(total, limit);
        total = round::nine(total - size(&stories[*at]));
        over
    });
    pushed.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn ahead(limits: &[f64]) -> Vec<Ahead> {
        let sprint = |(index, limit): (usize, &f64)| Ahead {
            end: day("2026-12-13").plus(14 * index as i64),
            limit: *limit,
        };
        limits.iter().enumerate().map(sprint).collect()
    }

    #[test]
    fn bt_15_the_limit_follows_who_is_there() {
        let people = [
            Person {
                working: 10.0,
                off: 2.0,
            },
            Person {
                working: 10.0,
                off: 0.0,
            },
            Person {
                working: 5.0,
                off: 3.0,
            },
        ];
        assert_eq!(available(&people), Some(0.8));
        assert_eq!(sprint_limit(25.0, Some(0.8)), 20.0);
        assert_eq!(sprint_limit(25.0, None), 25.0);
        assert_eq!(available(&[]), None);
        let ill = Person {
            working: 5.0,
            off: 99.0,
        };
        assert_eq!(available(&[ill]), Some(0.0));
        assert_eq!(sprint_limit(f64::NAN, Some(-3.0)), 0.0);
    }

    #[test]
    fn bt_14_capacity_is_typed_or_derived() {
        let sprints = ahead(&[20.0, 16.0]);
        assert_eq!(
            release_capacity(Some(50.0), &sprints),
            Some(ReleaseCapacity {
                value: 50.0,
                derived: false
            })
        );
        assert_eq!(
            release_capacity(None, &sprints),
            Some(ReleaseCapacity {
                value: 36.0,
                derived: true
            })
        );
        assert_eq!(release_capacity(Some(-1.0), &[]), None);
    }

    #[test]
    fn bt_14_the_date_that_fits_the_scope() {
        let sprints = ahead(&[20.0, 16.0]);
        let full = Onward {
            from: day("2026-11-29"),
            length_days: 14,
            limit: 18.0,
        };
        let onward = Some(full);
        let by = |scope| finish(scope, &sprints, onward).unwrap();
        assert_eq!(
            by(36.0),
            Finish {
                sprint: 2,
                day: Some(day("2026-12-27")),
                beyond: false
            }
        );
        assert_eq!(
            by(37.0),
            Finish {
                sprint: 3,
                day: Some(day("2027-01-10")),
                beyond: true
            }
        );
        assert_eq!(
            by(55.0),
            Finish {
                sprint: 4,
                day: Some(day("2027-01-24")),
                beyond: true
            }
        );
        assert_eq!(by(0.0).sprint, 0);
        assert_eq!(finish(37.0, &sprints, None), None);
        assert_eq!(
            finish(5.0, &[], onward).unwrap().day,
            Some(day("2026-12-13"))
        );
        let never = Some(Onward { limit: 0.0, ..full });
        assert_eq!(finish(37.0, &sprints, never), None);
    }

    #[test]
    fn bt_14_the_scope_that_fits_the_date() {
        let sprints = ahead(&[20.0, 16.0]);
        let onward = Some(Onward {
            from: day("2026-11-29"),
            length_days: 14,
            limit: 18.0,
        });
        assert_eq!(scope_by(day("2026-12-26"), &sprints, onward), 20.0);
        assert_eq!(scope_by(day("2026-12-27"), &sprints, onward), 36.0);
        assert_eq!(scope_by(day("2027-01-24"), &sprints, onward), 72.0);
        assert_eq!(scope_by(day("2020-01-01"), &[], onward), 0.0);
    }

    #[test]
    fn bt_18_push_candidates_bring_a_sprint_within_its_limit() {
        let story = |criticality, estimate, started| Story {
            criticality,
            estimate: Some(estimate),
            started,
        };
        let stories = [
            story(0, 8.0, false),
            story(2, 3.0, false),
            story(1, 5.0, false),
            story(2, 5.0, true),
            story(2, 2.0, false),
            Story {
                criticality: 3,
                estimate: None,
                started: false,
            },
        ];
        assert_eq!(push_candidates(&stories, 23.0), [] as [usize; 0]);
        assert_eq!(push_candidates(&stories, 21.0), [4]);
        assert_eq!(push_candidates(&stories, 20.0), [4, 1]);
        assert_eq!(push_candidates(&stories, 0.0), [4, 1, 2, 0]);
    }

    proptest! {
        #[test]
        fn date_and_scope_agree(limits in prop::collection::vec(0.5..30.0_f64, 0..6), scope in 1.0..300.0_f64, limit in 1.0..30.0_f64) {
            let sprints = ahead(&limits);
            let onward = Some(Onward { from: day("2026-11-29"), length_days: 14, limit });
            let found = finish(scope, &sprints, onward).unwrap();
            let end = found.day.unwrap();
            prop_assert!(round::at_most(scope, scope_by(end, &sprints, onward)));
            prop_assert!(!round::at_most(scope, scope_by(end.plus(-1), &sprints, onward)));
        }
    }
}
