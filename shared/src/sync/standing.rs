//! Whose word stands behind a change (A14): which changes name an author for whom nobody was there to vouch. The relay
//! tells them to everybody, and a browser remembers them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many spans one frame holds: with the longest numbers still less than a frame.
pub const SPANS_PER_FRAME_MAX: usize = 4_000;

/// Consecutive changes of one actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Under which they are written.
    pub actor: [u8; 16],
    /// The actor's number of the first, from 1.
    pub first: u64,
    /// How many they are.
    pub count: u64,
}

/// Changes whose authors nobody vouches for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unverified {
    /// For each actor its numbers as half-open ranges, apart from each other and in order.
    actors: BTreeMap<[u8; 16], Vec<(u64, u64)>>,
}

impl Unverified {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actors.is_empty()
    }

    /// Whether some of an actor's changes are among them.
    #[must_use]
    pub fn concerns(&self, actor: &[u8; 16]) -> bool {
        self.actors.contains_key(actor)
    }

    /// Whether an actor's change with this number is among them.
    #[must_use]
    pub fn holds(&self, actor: &[u8; 16], number: u64) -> bool {
        let Some(ranges) = self.actors.get(actor) else {
            return false;
        };
        let behind = ranges.partition_point(|(first, _)| *first <= number);
        behind
            .checked_sub(1)
            .is_some_and(|at| number < ranges[at].1)
    }

    /// Adds some. Says whether any is new.
    pub fn add(&mut self, span: &Span) -> bool {
        let (mut first, mut end) = (span.first, span.first.saturating_add(span.count));
        if first == end {
            return false;
        }
        let ranges = self.actors.entry(span.actor).or_default();
        // Those that overlap or touch become one with it.
        let from = ranges.partition_point(|(_, other_end)| *other_end < first);
        let until = ranges.partition_point(|(other_first, _)| *other_first <= end);
        if let Some((other_first, _)) = ranges.get(from).filter(|_| from < until) {
            first = first.min(*other_first);
        }
        if let Some((_, other_end)) = until.checked_sub(1).and_then(|last| ranges.get(last))
            && from < until
        {
            end = end.max(*other_end);
        }
        if ranges[from..until] == [(first, end)] {
            return false;
        }
        ranges.splice(from..until, [(first, end)]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(first: u64, count: u64) -> Span {
        Span {
            actor: [1; 16],
            first,
            count,
        }
    }

    fn held(unverified: &Unverified) -> Vec<u64> {
        (0..20)
            .filter(|number| unverified.holds(&[1; 16], *number))
            .collect()
    }

    #[test]
    fn spans_are_a_set_however_they_come() {
        let mut unverified = Unverified::default();
        assert!(unverified.add(&span(5, 2)));
        assert!(unverified.add(&span(10, 1)));
        assert!(unverified.add(&span(2, 1)));
        assert_eq!(held(&unverified), [2, 5, 6, 10]);
        assert!(!unverified.add(&span(5, 1)), "it is known");
        assert!(unverified.add(&span(6, 4)), "it joins what it touches");
        assert_eq!(held(&unverified), [2, 5, 6, 7, 8, 9, 10]);
        assert_eq!(unverified.actors[&[1; 16]], [(2, 3), (5, 11)]);
        assert!(unverified.add(&span(0, u64::MAX)));
        assert_eq!(unverified.actors[&[1; 16]], [(0, u64::MAX)]);
        assert!(!unverified.holds(&[2; 16], 5));
        assert!(!unverified.concerns(&[2; 16]));
    }
}
