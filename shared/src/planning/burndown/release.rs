//! The release burndown of Cohn, and the fan of a burnup: what velocity makes of what remains.

use serde::{Deserialize, Serialize};

use crate::planning::{round, velocity::Velocity};

use super::replay::Sums;

/// Further ahead than this nothing is drawn.
const SPRINTS_MAX: u32 = 1_040;

/// A bar of a release burndown: what remained when a sprint began. Work that is done lowers its top; scope that is
/// added lowers its bottom below the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// Where it ends above the baseline.
    pub top: f64,
    /// Where it ends below the baseline; above zero where scope was taken out.
    pub bottom: f64,
    /// What remained: its height.
    pub remaining: f64,
    /// How much scope was added since the sprint before; below zero where it was taken out.
    pub added: f64,
}

/// The bars of a release, from what stood at the start of each sprint; the first one is the baseline.
#[must_use]
pub fn bars(at_starts: &[Sums]) -> Vec<Bar> {
    let first = at_starts.first().copied().unwrap_or_default();
    let mut before = first.scope;
    let bar = |sums: &Sums| {
        let added = round::nine(sums.scope - before);
        before = sums.scope;
        Bar {
            top: round::nine(first.scope - sums.done),
            bottom: round::nine(first.scope - sums.scope),
            remaining: sums.remaining(),
            added,
        }
    };
    at_starts.iter().map(bar).collect()
}

/// How many sprints what remains will take: ⌈remaining ÷ velocity⌉; `None` where the velocity is not above zero.
#[must_use]
pub fn sprints_left(remaining: f64, velocity: f64) -> Option<u32> {
    match round::amount(remaining) {
        Some(remaining) if remaining > 0.0 => round::times(remaining, velocity),
        Some(_) | None => Some(0),
    }
}

/// What has to be done in each sprint until the target; `None` where none is left.
#[must_use]
pub fn required_rate(remaining: f64, sprints: u32) -> Option<f64> {
    let remaining = round::amount(remaining).unwrap_or(0.0);
    (sprints > 0).then(|| round::nine(remaining / f64::from(sprints)))
}

/// A line of the fan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ray {
    /// What each sprint adds.
    pub velocity: f64,
    /// What is done at the end of each coming sprint, until the scope is reached.
    pub done: Vec<f64>,
    /// The sprint that reaches the scope, from 1; 0 where it is reached already, `None` where it never is.
    pub finish: Option<u32>,
}

/// What may come, from what is done today.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fan {
    /// As slow as the slowest sprint.
    pub slow: Ray,
    /// At the velocity.
    pub likely: Ray,
    /// As fast as the fastest sprint.
    pub fast: Ray,
}

/// The fan of a burnup: three lines from what is done towards the scope.
#[must_use]
pub fn fan(now: &Sums, velocity: &Velocity) -> Fan {
    Fan {
        slow: ray(now, velocity.min),
        likely: ray(now, velocity.value),
        fast: ray(now, velocity.max),
    }
}

fn ray(now: &Sums, velocity: f64) -> Ray {
    let finish = sprints_left(now.remaining(), velocity);
    let upto = finish.unwrap_or(0).min(SPRINTS_MAX);
    let done = (1..=upto)
        .map(|sprint| round::nine(now.done + velocity * f64::from(sprint)).min(now.scope));
    Ray {
        velocity,
        done: done.collect(),
        finish,
    }
}
