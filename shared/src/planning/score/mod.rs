//! Scorecards (`BT-16`): metrics that people fill in, and how they become one number to sort by.
//!
//! A [`Scorecard`] is plain data that people edit; [`Scorecard::scorer`] checks it once and then scores any number of
//! items. The [`templates`] are scorecards to begin with. Beside them stand the schemes that are no number:
//! [`quadrant`], [`moscow`], [`kano`], and [`agreement`] between rank and score.

pub mod agreement;
pub mod kano;
mod metric;
pub mod moscow;
pub mod quadrant;
pub mod templates;

use serde::{Deserialize, Serialize};

pub use metric::{Metric, Sequence, values_of};

use crate::model::item::words;

use super::{
    equation::{self, Equation, Problem},
    round,
};

words! {
    /// How the inputs of a scorecard become a score.
    Method {
        /// Σ weight × metric.
        Simple = "simple", "Weighted sum";
        /// The equation that people wrote.
        Equation = "equation", "Equation";
        /// 0 to 100, each metric by its share of its range, by weight; a negative weight is a cost.
        Normalised = "normalised", "Weighted 0–100";
    }
}

/// A way to score items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    /// What it is called.
    pub name: String,
    /// The id of the template it came from; empty otherwise.
    pub template: String,
    /// The period that reach is counted in (`quarter`); empty where it does not matter.
    pub period: String,
    /// Its metrics, in order.
    pub metrics: Vec<Metric>,
    /// How they become a score.
    pub method: Method,
    /// The equation, for [`Method::Equation`].
    pub equation: String,
    /// For [`Method::Normalised`]: whether missing inputs drop out instead of making the score missing.
    pub drop_missing: bool,
    /// Goes up by one with every edit that can change a score.
    pub version: u32,
}

/// A score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The number to sort by.
    pub raw: f64,
    /// How many of the inputs that it needs are given; fewer than `asked` only where missing ones drop out.
    pub given: usize,
    /// How many inputs it needs.
    pub asked: usize,
}

impl Score {
    /// The number to show: the next whole one above.
    #[must_use]
    pub fn shown(&self) -> f64 {
        round::up(self.raw)
    }

    /// The number with up to three decimals, for schemes whose scores are small.
    #[must_use]
    pub fn exact(&self) -> String {
        round::text(self.raw, 3)
    }
}

/// Why an item has no score. It says so to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Missing {
    /// These metrics have no value.
    #[error("needs {}", .0.join(", "))]
    Inputs(Vec<String>),
    /// Something is divided by zero.
    #[error("divides by zero")]
    DivisionByZero,
    /// The result is larger than any number.
    #[error("is too large")]
    TooLarge,
    /// A range or a sum of weights that the score divides by is zero.
    #[error("{0}")]
    Empty(String),
}

/// A scorecard that was checked, ready to score.
#[derive(Clone, Debug)]
pub struct Scorer {
    metrics: Vec<Metric>,
    rule: Rule,
    /// The metrics that a score needs.
    needs: Vec<usize>,
}

#[derive(Clone, Debug)]
enum Rule {
    Simple,
    Equation(Equation),
    Normalised { drop_missing: bool },
}

impl Scorecard {
    /// Checks the scorecard.
    ///
    /// # Errors
    /// What is wrong with its equation.
    pub fn scorer(&self) -> Result<Scorer, Problem> {
        let names: Vec<&str> = self
            .metrics
            .iter()
            .map(|metric| metric.name.as_str())
            .collect();
        let weighted = || {
            let used = |&index: &usize| self.metrics[index].weight != 0.0;
            (0..self.metrics.len()).filter(used).collect()
        };
        let (rule, needs) = match self.method {
            Method::Simple => (Rule::Simple, weighted()),
            Method::Normalised => (
                Rule::Normalised {
                    drop_missing: self.drop_missing,
                },
                weighted(),
            ),
            Method::Equation => {
                let equation = Equation::parse(&self.equation, &names)?;
                let needs = equation.metrics().into_iter().collect();
                (Rule::Equation(equation), needs)
            }
        };
        Ok(Scorer {
            metrics: self.metrics.clone(),
            rule,
            needs,
        })
    }

    /// How the score is computed, in one line for people.
    #[must_use]
    pub fn formula(&self) -> String {
        match self.method {
            Method::Equation => self.equation.clone(),
            Method::Simple => self.sum_of_weights(),
            Method::Normalised => format!(
                "100 × ({}) ÷ sum of weights, each as a share of its range",
                self.sum_of_weights()
            ),
        }
    }

    fn sum_of_weights(&self) -> String {
        let mut text = String::new();
        for metric in self.metrics.iter().filter(|metric| metric.weight != 0.0) {
            text.push_str(match (text.is_empty(), metric.weight < 0.0) {
                (true, false) => "",
                (true, true) => "−",
                (false, false) => " + ",
                (false, true) => " − ",
            });
            text.push_str(&round::text(metric.weight.abs(), 3));
            text.push_str(" × ");
            text.push_str(&metric.name);
        }
        text
    }

    /// The inputs of an item as people read them, for "how is this computed".
    #[must_use]
    pub fn explain(&self, inputs: &[Option<f64>]) -> Vec<(String, String)> {
        let value = |index: usize| inputs.get(index).copied().flatten();
        let line = |(index, metric): (usize, &Metric)| {
            let text =
                value(index).map_or_else(|| "missing".to_owned(), |value| metric.text(value));
            (metric.name.clone(), text)
        };
        self.metrics.iter().enumerate().map(line).collect()
    }

    /// The metrics whose scale changed since an item was scored with a version.
    #[must_use]
    pub fn older_scale(&self, scored_with: u32) -> Vec<usize> {
        let changed = |&index: &usize| self.metrics[index].since > scored_with;
        (0..self.metrics.len()).filter(changed).collect()
    }

    /// The scorecard after an edit: with its version, and the version since which each scale holds.
    /// Metrics are known by [`Metric::id`]; the equation follows when they are renamed.
    #[must_use]
    pub fn revised(&self, mut edited: Self) -> Self {
        edited.equation = self.with_new_names(&edited);
        let next = self.version.saturating_add(1);
        edited.version = self.version;
        let before = |id: &str| self.metrics.iter().find(|metric| metric.id == id);
        let mut scored_otherwise = edited.method != self.method
            || edited.equation != self.equation
            || edited.drop_missing != self.drop_missing
            || edited.metrics.len() != self.metrics.len();
        for metric in &mut edited.metrics {
            match before(&metric.id) {
                Some(before) if before.same_scale(metric) => {
                    metric.since = before.since;
                    scored_otherwise |=
                        before.weight != metric.weight || before.name != metric.name;
                }
                Some(_) | None => {
                    metric.since = next;
                    scored_otherwise = true;
                }
            }
        }
        if scored_otherwise {
            edited.version = next;
        }
        edited
    }

    /// The equation of an edited scorecard, which names its metrics as they are called now.
    fn with_new_names(&self, edited: &Self) -> String {
        let names: Vec<(&str, &str)> = edited
            .metrics
            .iter()
            .filter_map(|now| {
                let was = self.metrics.iter().find(|metric| metric.id == now.id)?;
                (was.name != now.name).then_some((was.name.as_str(), now.name.as_str()))
            })
            .collect();
        if names.is_empty() {
            return edited.equation.clone();
        }
        equation::renamed(&edited.equation, &names)
    }

    /// What to say of one item's inputs beside its score.
    #[must_use]
    pub fn notes(&self, inputs: &[Option<f64>]) -> Vec<String> {
        let mut notes = Vec::new();
        for (metric, input) in self.metrics.iter().zip(inputs) {
            let Some(input) = *input else { continue };
            if self.template == templates::RICE
                && metric.id == "confidence"
                && round::compare(input, 0.5).is_lt()
            {
                notes.push("Moonshot: confidence is below 50 %".to_owned());
            }
            if !metric.accepts(input) {
                notes.push(format!("{} is outside its range", metric.name));
            }
        }
        notes
    }

    /// What to say of all items scored with it. WSJF compares within a set: each column needs its 1.
    #[must_use]
    pub fn warnings(&self, items: &[Vec<Option<f64>>]) -> Vec<String> {
        if self.template != templates::WSJF {
            return Vec::new();
        }
        let column = |index: usize| {
            items
                .iter()
                .filter_map(move |item| item.get(index).copied().flatten())
        };
        let lacks_one = |(index, _): &(usize, &Metric)| {
            column(*index).next().is_some()
                && !column(*index).any(|input| round::compare(input, 1.0).is_eq())
        };
        let say = |(_, metric): (usize, &Metric)| {
            format!(
                "No item has a 1 in {}: the smallest one should be 1",
                metric.name
            )
        };
        self.metrics
            .iter()
            .enumerate()
            .filter(lacks_one)
            .map(say)
            .collect()
    }
}

impl Scorer {
    /// Scores an item by its inputs, in the order of the metrics.
    ///
    /// # Errors
    /// Why it has no score.
    pub fn score(&self, inputs: &[Option<f64>]) -> Result<Score, Missing> {
        let given = |index: usize| {
            inputs
                .get(index)
                .copied()
                .flatten()
                .filter(|input| input.is_finite())
        };
        let count = self
            .needs
            .iter()
            .filter(|index| given(**index).is_some())
            .count();
        let raw = match &self.rule {
            Rule::Equation(equation) => equation
                .value(inputs)
                .map_err(|why| self.explained(why, &given)),
            Rule::Simple if count < self.needs.len() => Err(self.inputs_missing(&given)),
            Rule::Simple => {
                let parts = self
                    .needs
                    .iter()
                    .filter_map(|index| Some(self.metrics[*index].weight * given(*index)?));
                Ok(parts.sum())
            }
            Rule::Normalised { drop_missing }
                if count < self.needs.len() && (!drop_missing || count == 0) =>
            {
                Err(self.inputs_missing(&given))
            }
            Rule::Normalised { .. } => self.normalised(&given),
        }?;
        if !raw.is_finite() {
            return Err(Missing::TooLarge);
        }
        Ok(Score {
            raw: raw + 0.0,
            given: count,
            asked: self.needs.len(),
        })
    }

    fn normalised(&self, given: &impl Fn(usize) -> Option<f64>) -> Result<f64, Missing> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for index in &self.needs {
            let Some(input) = given(*index) else { continue };
            let metric = &self.metrics[*index];
            let range = metric.high - metric.low;
            if round::nine(range) <= 0.0 {
                return Err(Missing::Empty(format!(
                    "the range of {} is empty",
                    metric.name
                )));
            }
            let share = ((input - metric.low) / range).clamp(0.0, 1.0);
            let share = if metric.weight < 0.0 {
                1.0 - share
            } else {
                share
            };
            sum += metric.weight.abs() * share;
            weights += metric.weight.abs();
        }
        match round::nine(weights) > 0.0 {
            true => Ok(100.0 * sum / weights),
            false => Err(Missing::Empty("no metric has a weight".to_owned())),
        }
    }

    fn inputs_missing(&self, given: &impl Fn(usize) -> Option<f64>) -> Missing {
        let missing = self.needs.iter().filter(|index| given(**index).is_none());
        Missing::Inputs(
            missing
                .map(|index| self.metrics[*index].name.clone())
                .collect(),
        )
    }

    fn explained(&self, why: equation::Missing, given: &impl Fn(usize) -> Option<f64>) -> Missing {
        match why {
            equation::Missing::Input(_) => self.inputs_missing(given),
            equation::Missing::DivisionByZero => Missing::DivisionByZero,
            equation::Missing::TooLarge => Missing::TooLarge,
        }
    }
}

#[cfg(test)]
mod tests;
