//! Planning poker (`formulas.md` §5.13): whether a round agrees, what it suggests, and who speaks first.

use serde::{Deserialize, Serialize};

use super::round;

/// A card of a scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What is on it.
    pub label: String,
    /// What it is worth.
    pub value: f64,
}

/// The cards to choose from, upwards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scale(Vec<Card>);

impl Scale {
    /// A scale of numbers; what is no number is left out.
    #[must_use]
    pub fn of(values: &[f64]) -> Self {
        Self::labelled(values.iter().map(|value| Card {
            label: round::text(*value, 3),
            value: *value,
        }))
    }

    /// A scale of labelled cards; what is no number is left out.
    #[must_use]
    pub fn labelled(cards: impl IntoIterator<Item = Card>) -> Self {
        let mut cards: Vec<Card> = cards
            .into_iter()
            .filter(|card| card.value.is_finite())
            .collect();
        cards.sort_by(|a, b| a.value.total_cmp(&b.value));
        cards.dedup_by(|a, b| round::compare(a.value, b.value).is_eq());
        Self(cards)
    }

    /// The scale of a backlog's setting: `fibonacci`, `powers`, `tshirt`, `hours`, or the values of its own.
    #[must_use]
    pub fn from_setting(word: &str, values: &[f64]) -> Self {
        match word {
            "powers" => Self::of(&[0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]),
            "tshirt" => Self::labelled(
                [
                    ("XS", 1.0),
                    ("S", 2.0),
                    ("M", 3.0),
                    ("L", 5.0),
                    ("XL", 8.0),
                    ("XXL", 13.0),
                ]
                .map(|(label, value)| Card {
                    label: label.to_owned(),
                    value,
                }),
            ),
            "hours" => Self::of(&[0.0, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0, 40.0]),
            "custom" if !values.is_empty() => Self::of(values),
            _ => Self::of(&[0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0, 40.0, 100.0]),
        }
    }

    /// Its cards, upwards.
    #[must_use]
    pub fn cards(&self) -> &[Card] {
        &self.0
    }

    /// The first card worth at least this much; the highest one where none is.
    #[must_use]
    pub fn up(&self, value: f64) -> Option<usize> {
        let found = self
            .0
            .iter()
            .position(|card| round::at_most(value, card.value));
        found.or_else(|| self.0.len().checked_sub(1))
    }
}

/// What somebody played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Vote {
    /// A card of the scale, by its place.
    Card(usize),
    /// "I can't say" (`?`).
    Unsure,
    /// "Go on without me".
    Pass,
}

/// How a round came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Round<V> {
    /// Whether all cards lie at most one step apart.
    pub consensus: bool,
    /// The card to take: the most played one where two thirds played it, else the median, rounded up to a card.
    pub suggestion: Option<usize>,
    /// How many steps the cards lie apart.
    pub spread: usize,
    /// Who played lowest and highest, where the cards lie two steps or more apart. They are asked first.
    pub outliers: Vec<V>,
    /// How many played each card.
    pub counts: Vec<usize>,
    /// How many are unsure.
    pub unsure: usize,
    /// How many passed.
    pub passed: usize,
}

/// Reads the votes of a round. Cards that are not on the scale count as unsure.
#[must_use]
pub fn read<V: Clone>(scale: &Scale, votes: &[(V, Vote)]) -> Round<V> {
    let card = |vote: Vote| match vote {
        Vote::Card(place) if place < scale.0.len() => Some(place),
        Vote::Card(_) | Vote::Unsure | Vote::Pass => None,
    };
    let played: Vec<(&V, usize)> = votes
        .iter()
        .filter_map(|(who, vote)| Some((who, card(*vote)?)))
        .collect();
    let passed = votes.iter().filter(|(_, vote)| *vote == Vote::Pass).count();
    let mut counts = vec![0; scale.0.len()];
    played.iter().for_each(|(_, place)| counts[*place] += 1);
    let low = played.iter().map(|(_, place)| *place).min();
    let high = played.iter().map(|(_, place)| *place).max();
    let spread = high.unwrap_or(0) - low.unwrap_or(0);
    let is_outlier = |place: usize| spread >= 2 && (Some(place) == low || Some(place) == high);
    Round {
        consensus: !played.is_empty() && spread <= 1,
        suggestion: suggestion(scale, &counts, played.len()),
        spread,
        outliers: played
            .iter()
            .filter(|(_, place)| is_outlier(*place))
            .map(|(who, _)| (*who).clone())
            .collect(),
        counts,
        unsure: votes.len() - played.len() - passed,
        passed,
    }
}

fn suggestion(scale: &Scale, counts: &[usize], all: usize) -> Option<usize> {
    let mode = (0..counts.len()).find(|place| all > 0 && counts[*place] * 3 >= all * 2);
    mode.or_else(|| {
        let values = counts
            .iter()
            .zip(&scale.0)
            .flat_map(|(count, card)| std::iter::repeat_n(card.value, *count));
        scale.up(round::median(values.collect())?)
    })
}

/// Rounds of several questions: what is asked about an item.
pub const TEMPLATES: &[(&str, &[&str])] = &[
    ("Points", &["Estimate"]),
    ("RICE", &["Reach", "Impact", "Confidence", "Effort"]),
    (
        "WSJF",
        &[
            "User-business value",
            "Time criticality",
            "Risk reduction",
            "Job size",
        ],
    ),
    ("MoSCoW", &["Criticality"]),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fibonacci() -> Scale {
        Scale::from_setting("fibonacci", &[])
    }

    /// Votes by what is on the cards; a blank passes.
    fn round(cards: &[&str]) -> Round<usize> {
        let scale = fibonacci();
        let vote = |text: &str| match text {
            "?" => Vote::Unsure,
            "" => Vote::Pass,
            label => Vote::Card(
                scale
                    .cards()
                    .iter()
                    .position(|card| card.label == label)
                    .unwrap(),
            ),
        };
        let votes: Vec<(usize, Vote)> = cards.iter().map(|card| vote(card)).enumerate().collect();
        read(&scale, &votes)
    }

    fn suggested(round: &Round<usize>) -> String {
        fibonacci().cards()[round.suggestion.unwrap()].label.clone()
    }

    #[test]
    fn formulas_5_13_poker_consensus_is_one_step() {
        let near = round(&["5", "8", "5", "?", ""]);
        assert!(near.consensus && near.outliers.is_empty());
        assert_eq!((near.spread, near.unsure, near.passed), (1, 1, 1));
        let apart = round(&["3", "8", "5", "8"]);
        assert!(!apart.consensus);
        assert_eq!(apart.outliers, [0, 1, 3]);
        let nobody = round(&["?", ""]);
        assert!(!nobody.consensus && nobody.suggestion.is_none());
    }

    #[test]
    fn formulas_5_13_poker_suggests_the_mode_or_the_median_rounded_up() {
        assert_eq!(suggested(&round(&["3", "3", "13"])), "3");
        assert_eq!(suggested(&round(&["3", "5", "13"])), "5");
        assert_eq!(suggested(&round(&["5", "8"])), "8");
        assert_eq!(suggested(&round(&["3", "3", "8", "8"])), "8");
        assert_eq!(suggested(&round(&["100"])), "100");
    }

    #[test]
    fn bt_13_scales_go_upwards_whatever_was_typed() {
        let own = Scale::from_setting("custom", &[5.0, f64::NAN, 1.0, 5.0, 3.0]);
        let labels: Vec<&str> = own.cards().iter().map(|card| card.label.as_str()).collect();
        assert_eq!(labels, ["1", "3", "5"]);
        assert_eq!(own.up(4.0), Some(2));
        assert_eq!(own.up(9.0), Some(2));
        assert_eq!(Scale::of(&[]).up(1.0), None);
        let foreign = read(&own, &[("mia", Vote::Card(7))]);
        assert_eq!((foreign.unsure, foreign.suggestion), (1, None));
        assert_eq!(Scale::from_setting("tshirt", &[]).cards()[4].label, "XL");
    }

    proptest! {
        #[test]
        fn a_suggestion_lies_between_the_cards_played(places in prop::collection::vec(0_usize..10, 1..12)) {
            let votes: Vec<(usize, Vote)> = places.iter().map(|place| Vote::Card(*place)).enumerate().collect();
            let found = read(&fibonacci(), &votes);
            let suggestion = found.suggestion.unwrap();
            prop_assert!(places.iter().any(|place| *place <= suggestion));
            prop_assert!(places.iter().any(|place| *place >= suggestion));
            prop_assert_eq!(found.consensus, found.spread <= 1);
            prop_assert_eq!(found.outliers.is_empty(), found.consensus);
        }
    }
}
