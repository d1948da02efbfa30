//! The health of a backlog in a few numbers (`PB-17`); each says how many of how many.

use serde::{Deserialize, Serialize};

/// What is known of an item, in rank order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Whether it passes its Definition of Ready.
    pub ready: bool,
    /// Whether it has an estimate.
    pub estimated: bool,
    /// Whether it serves a goal or an initiative.
    pub aligned: bool,
    /// Whether it is stale or dormant.
    pub stale: bool,
    /// Whether it has acceptance criteria.
    pub criteria: bool,
    /// Whether it looks like another.
    pub duplicate: bool,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// How many.
    pub some: usize,
    /// Of how many.
    pub all: usize,
}

impl Part {
    /// In percent; `None` of none.
    #[must_use]
    pub fn percent(self) -> Option<f64> {
        (self.all > 0).then(|| 100.0 * self.some as f64 / self.all as f64)
    }
}

/// The health of a backlog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Ready ones among the top.
    pub ready: Part,
    /// Estimated ones.
    pub estimated: Part,
    /// Ones that serve a goal.
    pub aligned: Part,
    /// Stale ones.
    pub stale: Part,
    /// Ones without acceptance criteria.
    pub without_criteria: Part,
    /// Possible duplicates.
    pub duplicates: Part,
}

/// Counts open items that are given in rank order; `top` of them (usually 20) should be ready.
#[must_use]
pub fn health(ranked: &[Item], top: usize) -> Health {
    let part = |items: &[Item], of: fn(&Item) -> bool| Part {
        some: items.iter().filter(|item| of(item)).count(),
        all: items.len(),
    };
    Health {
        ready: part(&ranked[..top.min(ranked.len())], |item| item.ready),
        estimated: part(ranked, |item| item.estimated),
        aligned: part(ranked, |item| item.aligned),
        stale: part(ranked, |item| item.stale),
        without_criteria: part(ranked, |item| !item.criteria),
        duplicates: part(ranked, |item| item.duplicate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_17_health_says_how_many_of_how_many() {
        let good = Item {
            ready: true,
            estimated: true,
            aligned: true,
            criteria: true,
            ..Item::default()
        };
        let bad = Item {
            stale: true,
            duplicate: true,
            ..Item::default()
        };
        let found = health(&[good, bad, good, bad], 3);
        assert_eq!(found.ready, Part { some: 2, all: 3 });
        assert_eq!(found.estimated.percent(), Some(50.0));
        assert_eq!(found.aligned, Part { some: 2, all: 4 });
        assert_eq!(found.stale, Part { some: 2, all: 4 });
        assert_eq!(found.without_criteria, Part { some: 2, all: 4 });
        assert_eq!(found.duplicates, Part { some: 2, all: 4 });
        assert_eq!(health(&[], 20).ready.percent(), None);
    }
}
