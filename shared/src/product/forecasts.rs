//! How a release goes on at the rate of the team, and what past periods say of coming ones (BT-23, `formulas.md` §5.9,
//! §5.10). It gathers what the formulas take; they compute.

use super::trail::{Measure, Past, finished};
use crate::{
    model::item::words,
    planning::{
        burndown::{OnTrack, on_track, required_rate, sprints_left},
        day::{Day, Zone},
        forecast::{SAMPLES_MIN, Samples, TRIALS, when},
        round,
        velocity::Closed,
    },
    time::Timestamp,
};

/// How many weeks back samples go: half a year.
const WEEKS: i64 = 26;
/// How many periods ahead an earlier forecast is held against what came true.
const AHEAD: usize = 3;

/// What remains of a release beside what the team does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// What is not done.
    pub remaining: f64,
    /// What the team does in a sprint.
    pub velocity: f64,
    /// How many whole sprints fit until the target; at least the one that is under way. `None` without a target.
    pub until_target: Option<u32>,
    /// How many sprints what remains takes; `None` where nothing is ever done.
    pub left: Option<u32>,
    /// The day by which these are over.
    pub finish: Option<Day>,
    /// What has to be done in each sprint until the target.
    pub required: Option<f64>,
    /// How it stands against the target.
    pub on_track: Option<OnTrack>,
}

/// Where a release stands on a day.
#[must_use]
pub fn outlook(
    remaining: f64,
    velocity: f64,
    today: Day,
    target: Option<Day>,
    sprint_days: i64,
) -> Outlook {
    let length = sprint_days.max(1);
    let until_target = target.map(|target| {
        let days = target.days_since(today).saturating_add(1).max(0);
        let whole = u32::try_from(days / length).unwrap_or(u32::MAX);
        if days > 0 { whole.max(1) } else { 0 }
    });
    let left = sprints_left(remaining, velocity);
    Outlook {
        remaining,
        velocity,
        until_target,
        left,
        finish: left.map(|left| today.plus((i64::from(left) * length - 1).max(0))),
        required: until_target.and_then(|sprints| required_rate(remaining, sprints)),
        on_track: until_target.map(|sprints| on_track(remaining, velocity, sprints)),
    }
}

words! {
    /// What a forecast draws from.
    Source {
        /// What each closed sprint finished, by its estimates.
        Sprints = "sprints", "Effort per sprint";
        /// How many items were finished in each week.
        Items = "items", "Items per week";
        /// What was finished in each week, by its estimates.
        Weeks = "weeks", "Effort per week";
    }
}

impl Source {
    /// Whether it counts items.
    #[must_use]
    pub const fn counts_items(self) -> bool {
        matches!(self, Self::Items)
    }
}

/// What was finished in each past period, the oldest first; whether it is to be left out.
#[must_use]
pub fn periods(
    past: &Past,
    closed: &[Closed],
    source: Source,
    today: Day,
    zone: &dyn Zone,
) -> Vec<(f64, bool)> {
    let measure = match source {
        Source::Sprints => {
            let each = closed.iter();
            return each
                .map(|sprint| (sprint.done, sprint.excluded.is_some()))
                .collect();
        }
        Source::Items => Measure::Items,
        Source::Weeks => Measure::Effort,
    };
    let Some(began) = past.began().map(|began| Day::of(began, zone)) else {
        return Vec::new();
    };
    let begins = weeks(began, today, zone);
    let end = monday(today).start(zone);
    let sums = finished(past, None, &begins, end, measure);
    sums.into_iter().map(|sum| (sum, false)).collect()
}

/// The begin of each whole week that is over, from the first Monday at which there was a backlog.
fn weeks(began: Day, today: Day, zone: &dyn Zone) -> Vec<Timestamp> {
    let this = monday(today);
    let first = monday(began.plus(6)).max(this.plus(-7 * WEEKS));
    let count = (this.days_since(first) / 7).clamp(0, WEEKS);
    (0..count)
        .map(|week| first.plus(7 * week).start(zone))
        .collect()
}

fn monday(day: Day) -> Day {
    day.plus(-i64::from(day.weekday().num_days_from_monday()))
}

/// Earlier forecasts beside what came true (4-15): at the end of each period, in how many periods the work of the next
/// ones would have been done with this likelihood in percent, and in how many it was.
#[must_use]
pub fn hindsight(periods: &[(f64, bool)], window: usize, percent: u32) -> Vec<(f64, f64)> {
    let known = SAMPLES_MIN..=periods.len().saturating_sub(AHEAD);
    let pair = |upto: usize| {
        let samples = Samples::last(&periods[..upto], window).ok()?;
        let came: Vec<f64> = periods[upto..upto + AHEAD]
            .iter()
            .map(|(done, _)| *done)
            .collect();
        let worked = came.iter().rposition(|done| *done > 0.0)? + 1;
        let amount = round::nine(came.iter().sum());
        let forecast = when(&samples, amount, (1.0, 1.0), TRIALS).percentile(percent);
        Some((forecast, worked as f64))
    };
    known.filter_map(pair).collect()
}
