//! One metric of a scorecard: what it asks, and which values it offers.

use serde::{Deserialize, Serialize};

use crate::{model::item::words, planning::round};

/// More values than this are typed in, not chosen.
const VALUES_MAX: usize = 200;

words! {
    /// Which values a metric offers within its range.
    Sequence {
        /// Evenly, by a step.
        Linear = "linear", "Even steps";
        /// 0, 1, 2, 4, 8, 16 …
        Powers = "powers", "Powers of two";
        /// 0, 1, 2, 3, 5, 8, 13 …
        Fibonacci = "fibonacci", "Fibonacci";
        /// Those listed.
        Custom = "custom", "Own values";
    }
}

/// A metric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What it is known by, whatever it is called.
    pub id: String,
    /// What it is called, also in equations.
    pub name: String,
    /// What the values mean.
    pub description: String,
    /// Which values it offers.
    pub sequence: Sequence,
    /// The values, for [`Sequence::Custom`].
    pub values: Vec<f64>,
    /// The step, for [`Sequence::Linear`].
    pub step: f64,
    /// The least value.
    pub low: f64,
    /// The greatest value.
    pub high: f64,
    /// Its weight; negative for a cost.
    pub weight: f64,
    /// Shown before a value.
    pub prefix: String,
    /// Shown after a value. `%` shows the fraction 0.8 as 80 %.
    pub suffix: String,
    /// The version of the scorecard since which this scale holds.
    pub since: u32,
}

impl Metric {
    /// A metric from `low` to `high` in steps of one, of weight one.
    #[must_use]
    pub fn new(id: &str, name: &str, low: f64, high: f64) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            sequence: Sequence::Linear,
            values: Vec::new(),
            step: 1.0,
            low,
            high,
            weight: 1.0,
            prefix: String::new(),
            suffix: String::new(),
            since: 0,
        }
    }

    /// The values to choose from, upwards; none where there are too many, and people type one.
    #[must_use]
    pub fn choices(&self) -> Vec<f64> {
        let mut values: Vec<f64> = match self.sequence {
            Sequence::Linear => return self.steps(),
            Sequence::Powers => growing(1.0, 2.0, |last, _| last * 2.0),
            Sequence::Fibonacci => growing(1.0, 2.0, |last, before| last + before),
            Sequence::Custom => self.values.clone(),
        };
        values.retain(|value| self.accepts(*value));
        values.sort_by(f64::total_cmp);
        values.dedup();
        values.truncate(VALUES_MAX);
        values
    }

    fn steps(&self) -> Vec<f64> {
        let count = (self.high - self.low) / self.step;
        if round::nine(self.step) <= 0.0 || !(0.0..VALUES_MAX as f64).contains(&count) {
            return Vec::new();
        }
        let count = round::nine(count).floor() as usize;
        (0..=count)
            .map(|step| round::nine(self.low + step as f64 * self.step))
            .collect()
    }

    /// Whether a value is within the range.
    #[must_use]
    pub fn accepts(&self, value: f64) -> bool {
        value.is_finite() && round::at_most(self.low, value) && round::at_most(value, self.high)
    }

    /// Whether it holds fractions that are shown in percent.
    #[must_use]
    pub fn is_percent(&self) -> bool {
        self.suffix.trim() == "%"
    }

    /// A value as people read it: `$5`, `80 %`.
    #[must_use]
    pub fn text(&self, value: f64) -> String {
        if self.is_percent() {
            return format!("{}{} %", self.prefix, round::text(value * 100.0, 3));
        }
        format!("{}{}{}", self.prefix, round::text(value, 3), self.suffix)
    }

    /// The value that people typed, with or without prefix and suffix; `None` where it is no number in the range.
    #[must_use]
    pub fn read(&self, typed: &str) -> Option<f64> {
        let typed = typed.trim();
        let typed = typed.strip_prefix(self.prefix.trim()).unwrap_or(typed);
        let typed = typed.strip_suffix(self.suffix.trim()).unwrap_or(typed);
        let number: f64 = typed.trim().parse().ok()?;
        let value = if self.is_percent() {
            number / 100.0
        } else {
            number
        };
        self.accepts(value).then_some(value)
    }

    /// Whether another metric has the same scale, so that inputs keep their meaning.
    #[must_use]
    pub fn same_scale(&self, other: &Self) -> bool {
        let values = |metric: &Self| match metric.sequence {
            Sequence::Custom => metric.values.clone(),
            Sequence::Linear => vec![metric.step],
            Sequence::Powers | Sequence::Fibonacci => Vec::new(),
        };
        (self.sequence, self.low, self.high) == (other.sequence, other.low, other.high)
            && values(self) == values(other)
    }
}

/// 0, then the first two, then what follows from the last two.
fn growing(first: f64, second: f64, next: fn(f64, f64) -> f64) -> Vec<f64> {
    let mut values = vec![0.0, first, second];
    for at in 2..60 {
        values.push(next(values[at], values[at - 1]));
    }
    values
}

/// The numbers in a line of them, `3, 2, 1; 0.5`; what is no number is left out.
#[must_use]
pub fn values_of(line: &str) -> Vec<f64> {
    let parts = line.split([',', ';', ' ', '\t']);
    let numbers = parts.filter_map(|part| part.trim().parse::<f64>().ok());
    numbers
        .filter(|number| number.is_finite())
        .take(VALUES_MAX)
        .collect()
}
