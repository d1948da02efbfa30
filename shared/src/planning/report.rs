//! The big picture of a backlog (`BT-22`, `BT-40`): its groups with their points and scores, and what to look at
//! again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::round;

/// What is known of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its size.
    pub estimate: Option<f64>,
    /// Its score.
    pub score: Option<f64>,
    /// Days since it was last touched.
    pub age: i64,
}

/// A group in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// How many items.
    pub count: usize,
    /// What their sizes add up to.
    pub points: f64,
    /// How many have no size.
    pub unestimated: usize,
    /// The mean of their scores; `None` where none has one.
    pub score: Option<f64>,
    /// How many have a score.
    pub scored: usize,
}

/// Adds up groups: categories, themes, types above a line. An item that is in several is given once for each.
#[must_use]
pub fn groups<G: Ord>(items: impl IntoIterator<Item = (G, Item)>) -> BTreeMap<G, Group> {
    let mut groups: BTreeMap<G, Group> = BTreeMap::new();
    for (group, item) in items {
        let group = groups.entry(group).or_default();
        group.count += 1;
        match item.estimate.and_then(round::amount) {
            Some(size) => group.points = round::nine(group.points + size),
            None => group.unestimated += 1,
        }
        if let Some(score) = finite(item.score) {
            let before = group.score.unwrap_or(0.0);
            group.scored += 1;
            group.score = Some(before + (score - before) / group.scored as f64);
        }
    }
    groups
}

fn finite(score: Option<f64>) -> Option<f64> {
    score.filter(|score| score.is_finite())
}

/// A bar of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bar {
    /// The least score in it.
    pub from: f64,
    /// The score that it ends before; the last bar includes it.
    pub to: f64,
    /// How many items.
    pub count: usize,
}

/// The scores in this many bars of the same width; one bar where all are equal, none without scores.
#[must_use]
pub fn histogram(items: &[Item], bars: usize) -> Vec<Bar> {
    let scores: Vec<f64> = items.iter().filter_map(|item| finite(item.score)).collect();
    let low = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let high = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = (high - low) / bars.max(1) as f64;
    if scores.is_empty() || bars == 0 || !width.is_finite() {
        return Vec::new();
    }
    if round::nine(width) <= 0.0 {
        return vec![Bar {
            from: low,
            to: high,
            count: scores.len(),
        }];
    }
    let mut counts = vec![0; bars];
    for score in scores {
        let place = round::nine((score - low) / width).floor() as usize;
        counts[place.min(bars - 1)] += 1;
    }
    let edge = |place: usize| low + width * place as f64;
    let bar = |(place, count)| Bar {
        from: edge(place),
        to: edge(place + 1),
        count,
    };
    counts.into_iter().enumerate().map(bar).collect()
}

/// Items to raise, keep or archive: those that nobody touched for more days than this and that have no score, or one
/// in the lowest quarter. Those without a score come first, then the lowest; of equal ones the oldest.
#[must_use]
pub fn revisit(items: &[Item], older_than_days: i64) -> Vec<usize> {
    let mut scores: Vec<f64> = items.iter().filter_map(|item| finite(item.score)).collect();
    scores.sort_unstable_by(f64::total_cmp);
    let quarter = scores
        .len()
        .div_ceil(4)
        .checked_sub(1)
        .map(|place| scores[place]);
    let low = |item: &Item| match (finite(item.score), quarter) {
        (Some(score), Some(quarter)) => round::at_most(score, quarter),
        (None, _) => true,
        (Some(_), None) => false,
    };
    let listed = |at: &usize| items[*at].age > older_than_days && low(&items[*at]);
    let mut found: Vec<usize> = (0..items.len()).filter(listed).collect();
    let score = |at: usize| finite(items[at].score).unwrap_or(f64::NEG_INFINITY);
    found.sort_by(|a, b| {
        score(*a)
            .total_cmp(&score(*b))
            .then(items[*b].age.cmp(&items[*a].age))
    });
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn item(estimate: Option<f64>, score: Option<f64>, age: i64) -> Item {
        Item {
            estimate,
            score,
            age,
        }
    }

    #[test]
    fn bt_22_groups_have_count_points_and_mean_score() {
        let found = groups([
            ("search", item(Some(5.0), Some(10.0), 0)),
            ("search", item(None, Some(20.0), 0)),
            ("search", item(Some(0.5), None, 0)),
            ("export", item(Some(f64::NAN), Some(f64::NAN), 0)),
        ]);
        let search = Group {
            count: 3,
            points: 5.5,
            unestimated: 1,
            score: Some(15.0),
            scored: 2,
        };
        assert_eq!(found["search"], search);
        assert_eq!(
            found["export"],
            Group {
                count: 1,
                unestimated: 1,
                ..Group::default()
            }
        );
    }

    #[test]
    fn bt_22_histogram_of_scores() {
        let items: Vec<Item> = [0.0, 1.0, 5.0, 9.0, 10.0]
            .map(|score| item(None, Some(score), 0))
            .into();
        let counts: Vec<usize> = histogram(&items, 5).iter().map(|bar| bar.count).collect();
        assert_eq!(counts, [2, 0, 1, 0, 2]);
        assert_eq!(
            histogram(&items[..1], 5),
            [Bar {
                from: 0.0,
                to: 0.0,
                count: 1
            }]
        );
        assert_eq!(histogram(&[], 5), []);
        assert_eq!(histogram(&items, 0), []);
    }

    #[test]
    fn bt_22_revisit_lists_the_lowest_quarter_and_what_has_no_score() {
        let items = [
            item(None, Some(1.0), 100),
            item(None, Some(2.0), 100),
            item(None, Some(8.0), 100),
            item(None, Some(9.0), 100),
            item(None, None, 91),
            item(None, None, 200),
            item(None, None, 90),
        ];
        assert_eq!(revisit(&items, 90), [5, 4, 0]);
        assert_eq!(revisit(&items, 500), [] as [usize; 0]);
        assert_eq!(revisit(&[], 0), [] as [usize; 0]);
    }

    proptest! {
        #[test]
        fn every_scored_item_is_in_one_bar(scores in prop::collection::vec(-1e6..1e6_f64, 0..60), bars in 1_usize..12) {
            let items: Vec<Item> = scores.iter().map(|score| item(None, Some(*score), 0)).collect();
            let counted: usize = histogram(&items, bars).iter().map(|bar| bar.count).sum();
            prop_assert_eq!(counted, items.len());
        }
    }
}
