//! The equations of scorecards (`formulas.md` §5.5): written by people, checked while they type, always computable.
//!
//! A formula has numbers, names of metrics, `+ − * / ( )`, comparisons (which give 1 or 0) and the functions `min`,
//! `max`, `round`, `ceil`, `abs` and `if(condition, then, otherwise)`; nothing else. A name is written as it is
//! called, several words included (`Time criticality`), with `_` for spaces (`time_criticality`), or in quotes where
//! it holds signs or begins with a digit (`"User-business value"`). Upper and lower case are the same, as are spaces
//! and signs. Multiplication is always written: `2 * Reach`.
//!
//! [`Equation::parse`] says what is wrong and where; [`Equation::value`] then cannot fail but for a *missing* result.

mod parse;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::round;

/// The longest equation, in characters; it also bounds the work of computing one.
pub const LENGTH_MAX: usize = 1_000;
/// How deep parentheses, functions and signs nest at most, so that no equation exhausts a browser's stack.
pub const DEPTH_MAX: usize = 32;

/// What is wrong with an equation, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// Where it begins, in characters from the start.
    pub from: usize,
    /// Where it ends, in characters from the start.
    pub to: usize,
    /// A sentence for the person who writes the equation.
    pub message: String,
}

/// Why an equation has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Missing {
    /// This input, counted in the order of the names, has no value.
    Input(usize),
    /// Something is divided by zero.
    DivisionByZero,
    /// The result is larger than any number.
    TooLarge,
}

/// An equation that is well formed.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    root: Node,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Metric(usize),
    Negative(Box<Node>),
    /// Terms, and whether each is subtracted.
    Sum(Vec<(bool, Node)>),
    /// Factors, and whether each divides.
    Product(Vec<(bool, Node)>),
    Compare(Comparison, Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Min,
    Max,
    Round,
    Ceil,
    Abs,
    If,
}

impl Function {
    const ALL: [(&'static str, Self); 6] = [
        ("min", Self::Min),
        ("max", Self::Max),
        ("round", Self::Round),
        ("ceil", Self::Ceil),
        ("abs", Self::Abs),
        ("if", Self::If),
    ];

    /// How many arguments it takes, from and to.
    const fn takes(self) -> (usize, usize) {
        match self {
            Self::Min | Self::Max => (1, usize::MAX),
            Self::Round | Self::Ceil | Self::Abs => (1, 1),
            Self::If => (3, 3),
        }
    }
}

impl Equation {
    /// Reads an equation over metrics with these names.
    ///
    /// # Errors
    /// What is wrong first, from the left.
    pub fn parse(text: &str, names: &[&str]) -> Result<Self, Problem> {
        parse::parse(text, names).map(|root| Self { root })
    }

    /// Its value for inputs in the order of the names; always a finite number where there is one. What an `if` does
    /// not choose is not computed and may lack its inputs.
    ///
    /// # Errors
    /// Why there is none.
    pub fn value(&self, inputs: &[Option<f64>]) -> Result<f64, Missing> {
        self.root.value(inputs).map(|value| value + 0.0)
    }

    /// The metrics that it names, counted in the order of the names.
    #[must_use]
    pub fn metrics(&self) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        self.root.metrics(&mut found);
        found
    }
}

impl Node {
    fn value(&self, inputs: &[Option<f64>]) -> Result<f64, Missing> {
        let value = match self {
            Self::Number(number) => *number,
            Self::Metric(index) => {
                let input = inputs.get(*index).copied().flatten();
                input
                    .filter(|input| input.is_finite())
                    .ok_or(Missing::Input(*index))?
            }
            Self::Negative(node) => -node.value(inputs)?,
            Self::Sum(terms) => terms.iter().try_fold(0.0, |sum, (minus, term)| {
                let term = term.value(inputs)?;
                Ok(if *minus { sum - term } else { sum + term })
            })?,
            Self::Product(factors) => {
                factors.iter().try_fold(1.0, |product, (divides, factor)| {
                    let factor = factor.value(inputs)?;
                    match divides {
                        false => Ok(product * factor),
                        true if round::nine(factor) == 0.0 => Err(Missing::DivisionByZero),
                        true => Ok(product / factor),
                    }
                })?
            }
            Self::Compare(comparison, left, right) => {
                let (left, right) = (left.value(inputs)?, right.value(inputs)?);
                f64::from(comparison.holds(left, right))
            }
            Self::Call(Function::If, arguments) => match arguments.as_slice() {
                [condition, then, otherwise] => {
                    let chosen = round::nine(condition.value(inputs)?) != 0.0;
                    (if chosen { then } else { otherwise }).value(inputs)?
                }
                _ => 0.0,
            },
            Self::Call(function, arguments) => {
                let values = arguments.iter().map(|argument| argument.value(inputs));
                function.of(&values.collect::<Result<Vec<f64>, Missing>>()?)
            }
        };
        if value.is_finite() {
            Ok(value)
        } else {
            Err(Missing::TooLarge)
        }
    }

    fn metrics(&self, found: &mut BTreeSet<usize>) {
        match self {
            Self::Number(_) => {}
            Self::Metric(index) => {
                found.insert(*index);
            }
            Self::Negative(node) => node.metrics(found),
            Self::Sum(parts) | Self::Product(parts) => {
                parts.iter().for_each(|(_, part)| part.metrics(found));
            }
            Self::Compare(_, left, right) => {
                left.metrics(found);
                right.metrics(found);
            }
            Self::Call(_, arguments) => arguments.iter().for_each(|part| part.metrics(found)),
        }
    }
}

impl Function {
    fn of(self, values: &[f64]) -> f64 {
        let first = values.first().copied().unwrap_or(0.0);
        match self {
            Self::Min => values.iter().copied().fold(first, f64::min),
            Self::Max => values.iter().copied().fold(first, f64::max),
            Self::Round => round::nine(first).round(),
            Self::Ceil => round::up(first),
            Self::Abs => first.abs(),
            Self::If => first,
        }
    }
}

impl Comparison {
    fn holds(self, left: f64, right: f64) -> bool {
        let order = round::compare(left, right);
        match self {
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::More => order.is_gt(),
            Self::AtLeast => order.is_ge(),
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
        }
    }
}

/// A name as equations compare it: lower case, every sign and space one space.
#[must_use]
pub fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            folded.extend(letter.to_lowercase());
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// A name as an equation can hold it: in quotes where it needs them.
#[must_use]
pub fn written(name: &str) -> String {
    let plain = name.starts_with(char::is_alphabetic)
        && name
            .chars()
            .all(|letter| letter.is_alphanumeric() || letter == ' ' || letter == '_');
    let word = folded(name);
    if plain && Function::ALL.iter().all(|(function, _)| *function != word) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', " "))
    }
}

/// An equation after its metrics got other names, each (as it was called, as it is called). What is no equation stays as
/// it is.
#[must_use]
pub fn renamed(text: &str, names: &[(&str, &str)]) -> String {
    parse::renamed(text, names)
}

#[cfg(test)]
mod tests;
