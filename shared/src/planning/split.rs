//! Splitting what is too large (`BT-47`), and adding up what was split without counting twice (`BT-31`, `BT-51`).

use serde::{Deserialize, Serialize};

use super::round;

/// A way to split, with the question that finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What it is known by.
    pub id: &'static str,
    /// What people read.
    pub name: &'static str,
    /// The question to ask of the item.
    pub question: &'static str,
}

/// The patterns, in the order to try them.
pub const PATTERNS: &[Pattern] = &[
    pattern(
        "workflow",
        "Workflow steps",
        "Can you do the begin and the end of the workflow first, and what is between later?",
    ),
    pattern(
        "operations",
        "Operations",
        "Does it say “manage” or the like? Can creating, reading, updating and deleting each stand alone?",
    ),
    pattern(
        "rules",
        "Business-rule variations",
        "Does it follow several rules? Which one is enough to begin with?",
    ),
    pattern(
        "data",
        "Data variations",
        "Does it handle several kinds of data? Which one comes first?",
    ),
    pattern(
        "entry",
        "Data-entry methods",
        "Is the way to enter data elaborate? Is a plain one enough to begin with?",
    ),
    pattern(
        "effort",
        "Major effort",
        "Does the first of several variants carry most of the work? Do that one, then the rest.",
    ),
    pattern(
        "simple",
        "Simple, then complex",
        "What is the simplest form that is of use? Which complications can follow?",
    ),
    pattern(
        "performance",
        "Defer performance",
        "Can it work first, and be fast, secure or scalable later?",
    ),
    pattern(
        "spike",
        "Break out a spike",
        "What do you need to find out before you can split it? Make that an item with a time limit.",
    ),
];

const fn pattern(id: &'static str, name: &'static str, question: &'static str) -> Pattern {
    Pattern { id, name, question }
}

/// The questions of INVEST. All but the one about size come before a split; where it is not valuable, merge instead.
pub const INVEST: &[(&str, &str)] = &[
    (
        "independent",
        "Independent: can it be done without waiting for others?",
    ),
    ("negotiable", "Negotiable: is the how still open?"),
    ("valuable", "Valuable: does somebody gain from it alone?"),
    ("estimable", "Estimable: do you know enough to size it?"),
    ("small", "Small: does it fit a sprint with room to spare?"),
    ("testable", "Testable: can you tell when it is done?"),
];

/// What to say before a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Advice {
    /// Split it.
    Split,
    /// It is of no value alone: merge it with what makes it valuable.
    Merge,
    /// It is small enough.
    Leave,
}

/// Whether to split an item of a size, where nothing above `largest` fits a sprint.
#[must_use]
pub fn advice(valuable: bool, estimate: Option<f64>, largest: Option<f64>) -> Advice {
    let small = estimate
        .zip(largest)
        .is_some_and(|(size, largest)| round::at_most(size, largest));
    match (valuable, small) {
        (false, _) => Advice::Merge,
        (true, true) => Advice::Leave,
        (true, false) => Advice::Split,
    }
}

/// How the parts of a split add up beside the whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reconciled {
    /// What the parts add up to.
    pub parts: f64,
    /// How many parts have no estimate.
    pub unestimated: usize,
    /// The estimate of the whole less its parts: above zero where something is left, below where the parts are more.
    pub left: Option<f64>,
    /// Which parts are larger than what fits a sprint.
    pub too_large: Vec<usize>,
}

/// Puts the estimates of the parts beside that of the whole.
#[must_use]
pub fn reconcile(whole: Option<f64>, parts: &[Option<f64>], largest: Option<f64>) -> Reconciled {
    let sizes: Vec<Option<f64>> = parts
        .iter()
        .map(|part| part.and_then(round::amount))
        .collect();
    let sum = round::nine(sizes.iter().flatten().sum());
    let exceeds = |size: f64| largest.is_some_and(|largest| !round::at_most(size, largest));
    Reconciled {
        parts: sum,
        unestimated: sizes.iter().filter(|size| size.is_none()).count(),
        left: whole
            .and_then(round::amount)
            .map(|whole| round::nine(whole - sum)),
        too_large: (0..sizes.len())
            .filter(|at| sizes[*at].is_some_and(exceeds))
            .collect(),
    }
}

/// A child of an item, for [`roll_up`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Child {
    /// Its estimate.
    pub estimate: Option<f64>,
    /// Whether it is done.
    pub done: bool,
    /// Whether it will not be done, and does not count.
    pub dropped: bool,
}

/// The size of an item with its children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RollUp {
    /// The size that counts; `None` where nothing is estimated.
    pub size: Option<f64>,
    /// The part of it that is done.
    pub done: f64,
    /// Whether it is the sum of the children, and the item's own estimate does not count.
    pub from_children: bool,
    /// Children that count.
    pub children: usize,
    /// Those of them that are done.
    pub children_done: usize,
    /// Those of them without an estimate.
    pub unestimated: usize,
}

/// Adds up an item: a feature with estimated stories counts for their sum and never for both.
#[must_use]
pub fn roll_up(own: Option<f64>, own_done: bool, children: &[Child]) -> RollUp {
    let counted = || children.iter().filter(|child| !child.dropped);
    let size = |child: &Child| child.estimate.and_then(round::amount);
    let from_children = counted().any(|child| size(child).is_some());
    let own = own.and_then(round::amount);
    let all = round::nine(counted().filter_map(size).sum());
    let done = round::nine(counted().filter(|child| child.done).filter_map(size).sum());
    RollUp {
        size: if from_children { Some(all) } else { own },
        done: match from_children {
            true => done,
            false => own.filter(|_| own_done).unwrap_or(0.0),
        },
        from_children,
        children: counted().count(),
        children_done: counted().filter(|child| child.done).count(),
        unestimated: counted().filter(|child| size(child).is_none()).count(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn bt_47_nine_patterns_in_order() {
        let ids: Vec<&str> = PATTERNS.iter().map(|pattern| pattern.id).collect();
        let expected = [
            "workflow",
            "operations",
            "rules",
            "data",
            "entry",
            "effort",
            "simple",
            "performance",
            "spike",
        ];
        assert_eq!(ids, expected);
        assert_eq!(INVEST.len(), 6);
        assert_eq!(advice(true, Some(13.0), Some(10.0)), Advice::Split);
        assert_eq!(advice(true, None, Some(10.0)), Advice::Split);
        assert_eq!(advice(true, Some(10.0), Some(10.0)), Advice::Leave);
        assert_eq!(advice(false, Some(13.0), Some(10.0)), Advice::Merge);
    }

    #[test]
    fn bt_47_the_remaining_estimate_is_reconciled() {
        let found = reconcile(Some(13.0), &[Some(5.0), Some(11.0), None], Some(10.0));
        assert_eq!(
            (found.parts, found.left, found.unestimated),
            (16.0, Some(-3.0), 1)
        );
        assert_eq!(found.too_large, [1]);
        assert_eq!(reconcile(None, &[Some(5.0)], None).left, None);
    }

    #[test]
    fn bt_31_points_never_count_twice() {
        let child = |estimate, done| Child {
            estimate,
            done,
            dropped: false,
        };
        let dropped = Child {
            estimate: Some(100.0),
            done: false,
            dropped: true,
        };
        let found = roll_up(
            Some(20.0),
            false,
            &[
                child(Some(5.0), true),
                child(Some(8.0), false),
                child(None, true),
                dropped,
            ],
        );
        assert_eq!(
            (found.size, found.done, found.from_children),
            (Some(13.0), 5.0, true)
        );
        assert_eq!(
            (found.children, found.children_done, found.unestimated),
            (3, 2, 1)
        );
        let own = roll_up(Some(20.0), true, &[child(None, false)]);
        assert_eq!(
            (own.size, own.done, own.from_children),
            (Some(20.0), 20.0, false)
        );
        assert_eq!(roll_up(None, true, &[]).size, None);
    }

    proptest! {
        #[test]
        fn done_is_never_more_than_the_size(children in prop::collection::vec((prop::option::of(0.0..50.0_f64), any::<bool>(), any::<bool>()), 0..12), own in prop::option::of(0.0..50.0_f64), done in any::<bool>()) {
            let children: Vec<Child> =
                children.into_iter().map(|(estimate, done, dropped)| Child { estimate, done, dropped }).collect();
            let found = roll_up(own, done, &children);
            prop_assert!(round::at_most(found.done, found.size.unwrap_or(0.0)));
        }
    }
}
