//! Whether it is on track, in words.

use serde::{Deserialize, Serialize};

use crate::planning::round;

use super::Burndown;

/// Whether a sprint or release is on track.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OnTrack {
    /// How much more remains than there should; below zero where there is room.
    pub behind: f64,
    /// How many sprints (or working days) that is, rounded; at least one where it is behind. `None` where no rate is
    /// known.
    pub periods: Option<u32>,
    /// Whether nothing remains.
    pub finished: bool,
}

impl OnTrack {
    /// The statement: `Behind by 13 pts (about 1 sprint)`. The words for unit and period are the backlog's own, the
    /// period in singular.
    #[must_use]
    pub fn say(&self, unit: &str, period: &str) -> String {
        if self.finished {
            return "Done".to_owned();
        }
        if round::at_most(self.behind, 0.0) {
            return match round::nine(self.behind) < 0.0 {
                true => format!("On track, {} {unit} ahead", round::text(-self.behind, 1)),
                false => "On track".to_owned(),
            };
        }
        let behind = format!("Behind by {} {unit}", round::text(self.behind, 1));
        match self.periods {
            Some(1) => format!("{behind} (about 1 {period})"),
            Some(periods) => format!("{behind} (about {periods} {period}s)"),
            None => behind,
        }
    }
}

/// Where a release stands: what remains beside what the velocity does in the sprints until its target.
#[must_use]
pub fn on_track(remaining: f64, velocity: f64, sprints_until_target: u32) -> OnTrack {
    let remaining = round::amount(remaining).unwrap_or(0.0);
    let velocity = round::amount(velocity).unwrap_or(0.0);
    judged(
        round::nine(remaining - velocity * f64::from(sprints_until_target)),
        velocity,
        remaining,
    )
}

/// Where a sprint stands: what remains beside its ideal line, in working days of that line.
#[must_use]
pub fn sprint_on_track(burndown: &Burndown) -> OnTrack {
    let remaining = burndown.now.remaining();
    let working = burndown
        .points
        .iter()
        .filter(|point| point.working && point.ideal > 0.0)
        .count();
    // The last working day ends at zero.
    let rate = burndown.commitment / (working as f64 + 1.0);
    judged(
        round::nine(remaining - burndown.ideal_now()),
        rate,
        remaining,
    )
}

fn judged(behind: f64, rate: f64, remaining: f64) -> OnTrack {
    let periods =
        (round::nine(rate) > 0.0).then(|| (behind.max(0.0) / rate).round().max(1.0) as u32);
    OnTrack {
        behind,
        periods,
        finished: round::at_most(remaining, 0.0),
    }
}
