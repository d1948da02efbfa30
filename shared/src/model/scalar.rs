//! One value as it stands in a register of the document.

use serde::{Deserialize, Serialize};

/// A value of one register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scalar {
    /// Words, an id, a choice, or a day as `2026-11-21`.
    Text(String),
    /// A number, always finite.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

impl Scalar {
    /// The words, where it holds words.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Flag(_) => None,
        }
    }

    /// The number, where it holds one.
    #[must_use]
    pub const fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(_) | Self::Flag(_) => None,
        }
    }

    /// Whether it says yes.
    #[must_use]
    pub const fn is_on(&self) -> bool {
        matches!(self, Self::Flag(true))
    }
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Scalar {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Scalar {
    fn from(on: bool) -> Self {
        Self::Flag(on)
    }
}
