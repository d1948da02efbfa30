//! Whether rank and score agree (`PB-31`): where they differ most is worth a talk.

use serde::{Deserialize, Serialize};

use crate::planning::round;

/// An item's rank beside the rank its score would give it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// Which of the items given.
    pub item: usize,
    /// Its rank among the scored items, from 1.
    pub rank: usize,
    /// Its rank by score, from 1; equal scores share the mean of theirs.
    pub score_rank: f64,
    /// `rank − score_rank`: above zero where the score says it should stand higher.
    pub difference: f64,
}

/// How rank and score agree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Spearman's ρ: 1 the same order, −1 the opposite one; `None` for fewer than two scored items.
    pub rho: Option<f64>,
    /// Every scored item, the largest difference first, then by rank.
    pub differences: Vec<Difference>,
}

/// Compares the scores of items that are given in rank order; higher is better. Items without a score stand aside.
#[must_use]
pub fn agreement(scores: &[Option<f64>]) -> Agreement {
    let scored: Vec<(usize, f64)> = scores
        .iter()
        .enumerate()
        .filter_map(|(item, score)| {
            Some((item, round::nine(score.filter(|score| score.is_finite())?)))
        })
        .collect();
    let ranks = score_ranks(&scored);
    let differ = |(at, (item, _)): (usize, &(usize, f64))| {
        let rank = at + 1;
        let difference = round::nine(rank as f64 - ranks[at]);
        Difference {
            item: *item,
            rank,
            score_rank: ranks[at],
            difference,
        }
    };
    let mut differences: Vec<Difference> = scored.iter().enumerate().map(differ).collect();
    let squares: f64 = differences
        .iter()
        .map(|item| item.difference * item.difference)
        .sum();
    let n = scored.len() as f64;
    let rho = (scored.len() > 1).then(|| 1.0 - 6.0 * squares / (n * (n * n - 1.0)));
    differences.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()));
    Agreement { rho, differences }
}

/// The rank by score of each, in the order given.
fn score_ranks(scored: &[(usize, f64)]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..scored.len()).collect();
    order.sort_by(|a, b| scored[*b].1.total_cmp(&scored[*a].1));
    let mut ranks = vec![0.0; scored.len()];
    let mut from = 0;
    for equal in order.chunk_by(|a, b| scored[*a].1 == scored[*b].1) {
        let mean = from as f64 + (equal.len() as f64 + 1.0) / 2.0;
        equal.iter().for_each(|at| ranks[*at] = mean);
        from += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pb_31_rank_vs_score() {
        let same = agreement(&[Some(9.0), Some(5.0), None, Some(1.0)]);
        assert_eq!(same.rho, Some(1.0));
        let opposite = agreement(&[Some(1.0), Some(5.0), Some(9.0)]);
        assert_eq!(opposite.rho, Some(-1.0));
        let first = opposite.differences[0];
        assert_eq!(
            (first.item, first.rank, first.score_rank, first.difference),
            (0, 1, 3.0, -2.0)
        );
        // d = −1, 1, 0, 0: ρ = 1 − 6·2 ÷ (4·15).
        let near = agreement(&[Some(7.0), Some(8.0), Some(3.0), Some(2.0)]);
        assert_eq!(near.rho, Some(0.8));
        assert_eq!(agreement(&[Some(1.0)]).rho, None);
        assert_eq!(agreement(&[Some(f64::NAN), None]).differences, []);
    }

    #[test]
    fn pb_31_equal_scores_share_their_ranks() {
        let tied = agreement(&[Some(5.0), Some(5.0), Some(1.0)]);
        let ranks: Vec<f64> = tied
            .differences
            .iter()
            .map(|item| item.score_rank)
            .collect();
        assert_eq!(ranks, [1.5, 1.5, 3.0]);
    }

    proptest! {
        #[test]
        fn rho_is_between_opposite_and_same(scores in prop::collection::vec(0..1_000_000_u32, 2..40)) {
            let mut scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
            let found = agreement(&scores.iter().copied().map(Some).collect::<Vec<_>>());
            let rho = found.rho.unwrap();
            prop_assert!((-1.0 - 1e-9..=1.0).contains(&rho));
            let sum: f64 = found.differences.iter().map(|item| item.difference).sum();
            prop_assert!(sum.abs() < 1e-6);
            scores.sort_by(|a, b| b.total_cmp(a));
            scores.dedup();
            let sorted = agreement(&scores.iter().copied().map(Some).collect::<Vec<_>>());
            prop_assert!(sorted.rho.is_none_or(|rho| rho == 1.0));
        }
    }
}
