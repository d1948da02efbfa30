//! Kano: what people feel when something is there, and when it is not.

use serde::{Deserialize, Serialize};

use crate::model::item::words;

words! {
    /// An answer to "how would you feel".
    Answer {
        /// I like it.
        Like = "like", "I like it";
        /// It must be that way.
        MustBe = "must-be", "It must be";
        /// I am neutral.
        Neutral = "neutral", "I am neutral";
        /// I can live with it.
        LiveWith = "live-with", "I can live with it";
        /// I dislike it.
        Dislike = "dislike", "I dislike it";
    }
}

words! {
    /// What a pair of answers says of something.
    Category {
        /// Delights where it is there, is not missed where it is not.
        Attractive = "attractive", "Attractive";
        /// The more the better.
        OneDimensional = "one-dimensional", "One-dimensional";
        /// Taken for granted.
        MustBe = "must-be", "Must-be";
        /// Nobody cares.
        Indifferent = "indifferent", "Indifferent";
        /// Better without.
        Reverse = "reverse", "Reverse";
        /// The answers contradict each other.
        Questionable = "questionable", "Questionable";
    }
}

/// The category of an answer "if it is there" and one "if it is absent".
#[must_use]
pub const fn category(present: Answer, absent: Answer) -> Category {
    use Category::{Attractive, Indifferent, MustBe, OneDimensional, Questionable, Reverse};
    match (present, absent) {
        (Answer::Like, Answer::Like) | (Answer::Dislike, Answer::Dislike) => Questionable,
        (Answer::Like, Answer::MustBe | Answer::Neutral | Answer::LiveWith) => Attractive,
        (Answer::Like, Answer::Dislike) => OneDimensional,
        (Answer::Dislike, _)
        | (Answer::MustBe | Answer::Neutral | Answer::LiveWith, Answer::Like) => Reverse,
        (Answer::MustBe | Answer::Neutral | Answer::LiveWith, Answer::Dislike) => MustBe,
        (
            Answer::MustBe | Answer::Neutral | Answer::LiveWith,
            Answer::MustBe | Answer::Neutral | Answer::LiveWith,
        ) => Indifferent,
    }
}

/// How often each category was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Attractive.
    pub attractive: u32,
    /// One-dimensional.
    pub one_dimensional: u32,
    /// Must-be.
    pub must_be: u32,
    /// Indifferent.
    pub indifferent: u32,
    /// Reverse.
    pub reverse: u32,
    /// Questionable.
    pub questionable: u32,
}

impl Counts {
    /// Counts pairs of answers (present, absent).
    #[must_use]
    pub fn of(answers: impl IntoIterator<Item = (Answer, Answer)>) -> Self {
        let mut counts = Self::default();
        for (present, absent) in answers {
            let count = match category(present, absent) {
                Category::Attractive => &mut counts.attractive,
                Category::OneDimensional => &mut counts.one_dimensional,
                Category::MustBe => &mut counts.must_be,
                Category::Indifferent => &mut counts.indifferent,
                Category::Reverse => &mut counts.reverse,
                Category::Questionable => &mut counts.questionable,
            };
            *count = count.saturating_add(1);
        }
        counts
    }

    /// How much having it satisfies, 0 to 1; `None` without answers that say something.
    #[must_use]
    pub fn better(&self) -> Option<f64> {
        Some((f64::from(self.attractive) + f64::from(self.one_dimensional)) / self.telling()?)
    }

    /// How much lacking it dissatisfies, −1 to 0; `None` without answers that say something.
    #[must_use]
    pub fn worse(&self) -> Option<f64> {
        Some(0.0 - (f64::from(self.one_dimensional) + f64::from(self.must_be)) / self.telling()?)
    }

    fn telling(&self) -> Option<f64> {
        let counts = [
            self.attractive,
            self.one_dimensional,
            self.must_be,
            self.indifferent,
        ];
        let sum: f64 = counts.into_iter().map(f64::from).sum();
        (sum > 0.0).then_some(sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_5_6_kano_table() {
        let rows = ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"];
        for (present, row) in Answer::ALL.iter().zip(rows) {
            for (absent, letter) in Answer::ALL.iter().zip(row.chars()) {
                let found = category(*present, *absent).label().chars().next();
                assert_eq!(found, Some(letter), "{present:?} {absent:?}");
            }
        }
    }

    #[test]
    fn formulas_5_6_kano_better_and_worse_vector() {
        let counts = Counts {
            attractive: 30,
            one_dimensional: 40,
            must_be: 20,
            indifferent: 10,
            ..Counts::default()
        };
        assert_eq!(counts.better(), Some(0.7));
        assert_eq!(counts.worse(), Some(-0.6));
        assert_eq!(
            Counts {
                reverse: 3,
                questionable: 2,
                ..Counts::default()
            }
            .better(),
            None
        );
        let counted = Counts::of([
            (Answer::Like, Answer::Dislike),
            (Answer::Like, Answer::Neutral),
        ]);
        assert_eq!((counted.one_dimensional, counted.attractive), (1, 1));
    }
}
