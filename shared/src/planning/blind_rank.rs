//! A team's private orders put together (`only-here` 4-22): how much they agree, where they do not, and the order
//! that the Borda count proposes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::round;

/// An item in the orders of all people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed<I> {
    /// The item.
    pub item: I,
    /// Its Borda count: one point for each item ranked below it, in each order.
    pub points: f64,
    /// Its mean rank, from 1.
    pub mean_rank: f64,
    /// The highest and the lowest rank that somebody gave it.
    pub ranks: (f64, f64),
    /// How far the ranks lie apart: their standard deviation.
    pub disagreement: f64,
}

/// Orders put together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Together<I> {
    /// Kendall's W: 1 where all orders are the same, 0 where they cancel out; `None` for fewer than two orders or two
    /// items.
    pub agreement: Option<f64>,
    /// The items in the order that is proposed: most points first; equal ones in the order they were given.
    pub proposal: Vec<Placed<I>>,
}

impl<I> Together<I> {
    /// The items that people disagree on most, first; those all agree on are left out.
    #[must_use]
    pub fn disputed(&self) -> Vec<&Placed<I>> {
        let mut disputed: Vec<&Placed<I>> = self
            .proposal
            .iter()
            .filter(|item| item.disagreement > 1e-9)
            .collect();
        disputed.sort_by(|a, b| b.disagreement.total_cmp(&a.disagreement));
        disputed
    }
}

/// Puts orders of the same items together, best first each. Items that an order leaves out share the mean of the
/// ranks left; what an order names twice counts where it comes first, and what is not among `items` does not count.
#[must_use]
pub fn together<I: Ord + Clone>(items: &[I], orders: &[Vec<I>]) -> Together<I> {
    let mut known: BTreeMap<&I, usize> = BTreeMap::new();
    let mut distinct: Vec<&I> = Vec::new();
    for item in items {
        known.entry(item).or_insert_with(|| {
            distinct.push(item);
            distinct.len() - 1
        });
    }
    let ranks: Vec<Vec<f64>> = orders.iter().map(|order| ranks(order, &known)).collect();
    let count = distinct.len() as f64;
    let people = ranks.len() as f64;
    let placed = |(place, item): (usize, &&I)| {
        let own: Vec<f64> = ranks.iter().map(|order| order[place]).collect();
        let mean = round::mean(&own).unwrap_or(0.0);
        let square = |rank: &f64| (rank - mean) * (rank - mean);
        let variance = round::mean(&own.iter().map(square).collect::<Vec<f64>>()).unwrap_or(0.0);
        Placed {
            item: (*item).clone(),
            points: round::nine(own.iter().map(|rank| count - rank).sum()),
            mean_rank: mean,
            ranks: (
                own.iter().copied().fold(count, f64::min),
                own.iter().copied().fold(0.0, f64::max),
            ),
            disagreement: variance.sqrt(),
        }
    };
    let mut proposal: Vec<Placed<I>> = distinct.iter().enumerate().map(placed).collect();
    let agreement = (orders.len() > 1 && distinct.len() > 1).then(|| {
        let mean_sum = people * (count + 1.0) / 2.0;
        let square = |item: &Placed<I>| (item.mean_rank * people - mean_sum).powi(2);
        let s: f64 = proposal.iter().map(square).sum();
        round::nine(12.0 * s / (people * people * (count.powi(3) - count))).clamp(0.0, 1.0)
    });
    proposal.sort_by(|a, b| b.points.total_cmp(&a.points));
    Together {
        agreement,
        proposal,
    }
}

/// The rank of each known item in an order, from 1.
fn ranks<I: Ord>(order: &[I], known: &BTreeMap<&I, usize>) -> Vec<f64> {
    let mut ranks = vec![0.0; known.len()];
    let mut next = 1.0;
    for place in order.iter().filter_map(|item| known.get(item)) {
        if ranks[*place] == 0.0 {
            ranks[*place] = next;
            next += 1.0;
        }
    }
    let shared = f64::midpoint(next, known.len() as f64);
    ranks
        .iter_mut()
        .filter(|rank| **rank == 0.0)
        .for_each(|rank| *rank = shared);
    ranks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn orders(orders: &[&str]) -> Together<char> {
        let items: Vec<char> = "abcd".chars().collect();
        let orders: Vec<Vec<char>> = orders.iter().map(|order| order.chars().collect()).collect();
        together(&items, &orders)
    }

    fn proposed(together: &Together<char>) -> String {
        together.proposal.iter().map(|placed| placed.item).collect()
    }

    #[test]
    fn only_here_4_22_identical_lists_agree_and_reversed_ones_cancel_out() {
        let same = orders(&["cabd", "cabd", "cabd"]);
        assert_eq!(
            (same.agreement, proposed(&same).as_str()),
            (Some(1.0), "cabd")
        );
        assert!(same.disputed().is_empty());
        assert_eq!(orders(&["abcd", "dcba"]).agreement, Some(0.0));
        assert_eq!(orders(&["abcd"]).agreement, None);
        assert_eq!(orders(&[]).agreement, None);
    }

    #[test]
    fn only_here_4_22_the_proposal_counts_points_and_names_what_is_disputed() {
        let found = orders(&["abcd", "abdc", "dabc"]);
        assert_eq!(proposed(&found), "abdc");
        let first = &found.proposal[0];
        assert_eq!((first.points, first.ranks), (8.0, (1.0, 2.0)));
        assert_eq!(found.disputed()[0].item, 'd');
    }

    #[test]
    fn only_here_4_22_lists_may_be_short_or_odd() {
        let found = orders(&["a", "aabz", ""]);
        let a = found
            .proposal
            .iter()
            .find(|placed| placed.item == 'a')
            .unwrap();
        assert_eq!((a.ranks, a.mean_rank), ((1.0, 2.5), 1.5));
        let sum: f64 = found.proposal.iter().map(|placed| placed.points).sum();
        assert_eq!(sum, 18.0);
    }

    proptest! {
        #[test]
        fn agreement_is_a_share_and_points_are_kept(lists in prop::collection::vec(Just("abcdefg".chars().collect::<Vec<char>>()).prop_shuffle(), 2..8)) {
            let items: Vec<char> = "abcdefg".chars().collect();
            let found = together(&items, &lists);
            prop_assert!((0.0..=1.0).contains(&found.agreement.unwrap()));
            let sum: f64 = found.proposal.iter().map(|placed| placed.points).sum();
            prop_assert!((sum - 21.0 * lists.len() as f64).abs() < 1e-6);
        }
    }
}
