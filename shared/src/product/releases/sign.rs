//! The two sign-offs of a release's scope (BT-05, `MODEL.md` R1).
//!
//! A sign-off keeps the scope that was agreed to: each item with its size. It counts as long as that is the scope. So no
//! change has to clear it: whatever changes the scope, also while apart, does so by itself, and taking the change back
//! brings the agreement back.

use std::collections::BTreeMap;

use super::Scope;
use crate::{
    ids::{ItemId, PersonId},
    model::{Author, Became, Facts, item::words, role::Right, thing::text},
    product::trail::Past,
    time::Timestamp,
};

words! {
    /// Who signs.
    Side {
        /// Product management.
        Product = "pm", "Product management";
        /// Engineering.
        Engineering = "eng", "Engineering";
    }
}

impl Side {
    /// The register that holds the sign-off.
    #[must_use]
    pub const fn register(self) -> &'static str {
        match self {
            Self::Product => "signed:pm",
            Self::Engineering => "signed:eng",
        }
    }

    /// What somebody has to be allowed for it.
    #[must_use]
    pub const fn right(self) -> Right {
        match self {
            Self::Product => Right::SignForProduct,
            Self::Engineering => Right::SignForEngineering,
        }
    }
}

/// More items than this can't be signed off at once: the sign-off stands in one register.
pub const ITEMS_MAX: usize = 1_500;

/// A sign-off as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Each item with its size then.
    pub scope: BTreeMap<ItemId, Option<f64>>,
}

impl Signature {
    /// The sign-off of a scope as it is now; `None` where that is empty or too large.
    #[must_use]
    pub fn of(scope: &Scope, by: PersonId, at: Timestamp) -> Option<Self> {
        let fits = (1..=ITEMS_MAX).contains(&scope.members.len());
        fits.then(|| Self {
            by,
            at,
            scope: sizes(scope),
        })
    }

    /// Reads a register; `None` where it holds none.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let by = words.next()?.parse().ok()?;
        let at = Timestamp::from_ms(words.next()?.parse().ok()?);
        let scope = words.filter_map(|word| {
            let (item, size) = word.split_once('=')?;
            Some((item.parse().ok()?, size.parse().ok()))
        });
        Some(Self {
            by,
            at,
            scope: scope.collect(),
        })
    }

    /// What the register holds.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = format!("{} {}", self.by, self.at.ms());
        for (item, size) in &self.scope {
            let size = size.map_or_else(|| "-".to_owned(), |size| size.to_string());
            text.push_str(&format!(" {item}={size}"));
        }
        text
    }
}

fn sizes(scope: &Scope) -> BTreeMap<ItemId, Option<f64>> {
    let members = scope.members.iter();
    members
        .map(|member| (member.item, member.size.size))
        .collect()
}

/// How the scope differs from the one that was signed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drift {
    /// The item came in.
    Added(ItemId),
    /// The item went out.
    Removed(ItemId),
    /// The item's size was, and is.
    Resized(ItemId, Option<f64>, Option<f64>),
}

impl Drift {
    /// The item.
    #[must_use]
    pub const fn item(self) -> ItemId {
        match self {
            Self::Added(item) | Self::Removed(item) | Self::Resized(item, ..) => item,
        }
    }

    /// Who made it and when, as far as the past of the item says: its last move in or out, or its last estimate, after
    /// the sign-off.
    #[must_use]
    pub fn by(self, past: &Past, signed: Timestamp) -> Option<(Author, Timestamp)> {
        let history = past.item(self.item())?;
        let concerns = |became: &Became| match (self, became) {
            (Self::Resized(..), Became::Estimate(_)) => true,
            (Self::Added(_) | Self::Removed(_), Became::Place(_) | Became::Status(_)) => true,
            (_, Became::Estimate(_) | Became::Place(_) | Became::Status(_) | Became::Kind(_)) => {
                false
            }
        };
        let mut backwards = history.transitions().iter().rev();
        let found = backwards.find(|one| concerns(&one.became) && one.at >= signed)?;
        Some((history.by(found)?, found.at))
    }
}

/// A side's sign-off with what became of the scope since.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Whose.
    pub side: Side,
    /// The sign-off, where there is one.
    pub signature: Option<Signature>,
    /// What changed since, by item; empty while it counts.
    pub drift: Vec<Drift>,
}

impl Standing {
    /// Whether it counts.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.signature.is_some() && self.drift.is_empty()
    }
}

/// Both sign-offs of a release.
#[must_use]
pub fn standings(facts: &Facts, scope: &Scope) -> Vec<Standing> {
    let now = sizes(scope);
    let standing = |side: &Side| {
        let signature = Signature::read(text(facts, side.register()));
        let drift = signature
            .as_ref()
            .map(|signature| drift(&signature.scope, &now));
        Standing {
            side: *side,
            signature,
            drift: drift.unwrap_or_default(),
        }
    };
    Side::ALL.iter().map(standing).collect()
}

/// Whether the scope is agreed: both sides signed it as it is.
#[must_use]
pub fn is_agreed(standings: &[Standing]) -> bool {
    !standings.is_empty() && standings.iter().all(Standing::counts)
}

fn drift(then: &BTreeMap<ItemId, Option<f64>>, now: &BTreeMap<ItemId, Option<f64>>) -> Vec<Drift> {
    let gone = then.keys().filter(|item| !now.contains_key(*item));
    let mut found: Vec<Drift> = gone.map(|item| Drift::Removed(*item)).collect();
    found.extend(now.iter().filter_map(|(item, size)| match then.get(item) {
        None => Some(Drift::Added(*item)),
        Some(was) if was != size => Some(Drift::Resized(*item, *was, *size)),
        Some(_) => None,
    }));
    found.sort_by_key(|drift| drift.item());
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{item, record, with};
    use super::super::{one, scopes};
    use super::*;
    use crate::model::{Collection, Place, Row, Thing};

    fn row(letter: char, estimate: Option<f64>) -> Row {
        let mut row = Row::blank(item(letter));
        row.place = Place::Release(record('r'));
        row.estimate = estimate;
        row
    }

    fn scope(rows: &[Row]) -> Scope {
        let mut found = scopes(&with(&[]), rows.iter());
        found.remove(&record('r')).unwrap_or_default()
    }

    #[test]
    fn bt_05_a_sign_off_counts_as_long_as_the_scope_is_the_one_that_was_signed() {
        let person = PersonId::from_bytes([7; 16]);
        let rows = [row('a', Some(0.5)), row('b', None), row('c', Some(3.0))];
        let signature = Signature::of(&scope(&rows), person, Timestamp::from_ms(5)).unwrap();
        assert_eq!(Signature::read(&signature.write()).unwrap(), signature);
        let things = with(&[("signed:pm", signature.write().into())]);
        let facts = &things[&Thing::Record(Collection::Releases, record('r'))];
        let of = |rows: &[Row]| standings(facts, &scope(rows)).swap_remove(0);
        assert!(of(&rows).counts());
        assert!(
            !is_agreed(&standings(facts, &scope(&rows))),
            "one is not both"
        );

        let changed = [row('b', Some(2.0)), row('c', Some(3.0)), row('d', None)];
        assert_eq!(
            of(&changed).drift,
            [
                Drift::Removed(item('a')),
                Drift::Resized(item('b'), None, Some(2.0)),
                Drift::Added(item('d')),
            ]
        );
        assert!(!of(&changed).counts());
        assert!(one(&things, record('r')).is_some());
    }

    #[test]
    fn nothing_and_too_much_can_not_be_signed() {
        let person = PersonId::from_bytes([7; 16]);
        let sign = |scope: &Scope| Signature::of(scope, person, Timestamp::from_ms(5));
        assert_eq!(sign(&Scope::default()), None);
        let one = scope(&[row('a', Some(123_456.789))]).members[0];
        let many = |count| Scope {
            members: vec![one; count],
            ..Scope::default()
        };
        assert!(sign(&many(ITEMS_MAX)).is_some());
        assert_eq!(sign(&many(ITEMS_MAX + 1)), None);
        let bytes = (ITEMS_MAX + 4) * " abcdefghijkm=123456.789012345".len();
        assert!(bytes <= crate::document::TEXT_BYTES_MAX);
        for text in ["", "x", "x 5", "07 y a=1"] {
            assert_eq!(Signature::read(text), None, "{text}");
        }
    }
}
