//! Which items a list shows. Pure; the address holds it.
//!
//! A [`Filter`] is what was asked for; a [`Sieve`] is ready to answer for many rows.

use std::{collections::BTreeSet, sync::Arc};

use shared::{
    ids::{PersonId, RecordId},
    model::{Field, Kind, Place, Row, Status},
    product::{Check, Judge},
};

use super::rows::Rows;

/// What somebody looks for. The default shows the whole ranked list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The backlog or list; the product backlog when unsaid.
    pub place: Option<Place>,
    /// Every backlog and list together, instead of one.
    pub everywhere: bool,
    /// Words that must all be in the title, key, reference, tags or for-whom.
    pub text: String,
    /// One of these types, or any.
    pub kinds: BTreeSet<Kind>,
    /// One of these statuses, or open.
    pub statuses: BTreeSet<Status>,
    /// All of these tags.
    pub tags: BTreeSet<String>,
    /// One of these tags, or any.
    pub any_tags: BTreeSet<String>,
    /// None of these tags.
    pub no_tags: BTreeSet<String>,
    /// One of these goals, or any.
    pub goals: BTreeSet<RecordId>,
    /// One of these initiatives, or any.
    pub initiatives: BTreeSet<RecordId>,
    /// One of these themes, or any.
    pub themes: BTreeSet<RecordId>,
    /// One of these categories, or any; the empty one is that of items without.
    pub categories: BTreeSet<String>,
    /// One of these people, or any; nobody is [`Assignee::Nobody`].
    pub assignees: BTreeSet<Assignee>,
    /// All of these checks; of the staleness tiers, one.
    pub checks: BTreeSet<Check>,
    /// Only so many of the first items.
    pub top: Option<usize>,
    /// Only what has no estimate.
    pub unestimated: bool,
    /// Only what holds two values.
    pub conflicted: bool,
}

/// Who works on an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assignee {
    /// Nobody yet.
    Nobody,
    /// This person.
    Person(PersonId),
}

impl Assignee {
    /// Who works on an item.
    #[must_use]
    pub fn of(row: &Row) -> Self {
        row.text(Field::Assignee)
            .parse()
            .map_or(Self::Nobody, Self::Person)
    }
}

impl Filter {
    /// Whether it shows the whole of its list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == self.cleared()
    }

    /// The whole of the same list.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self {
            place: self.place,
            everywhere: self.everywhere,
            ..Self::default()
        }
    }

    /// Only what a check says yes to.
    #[must_use]
    pub fn checking(check: Check) -> Self {
        Self {
            checks: [check].into(),
            ..Self::default()
        }
    }

    /// The same, looking for other words.
    #[must_use]
    pub fn with_text(self, text: &str) -> Self {
        Self {
            text: text.to_owned(),
            ..self
        }
    }

    /// The backlog or list that it shows.
    #[must_use]
    pub fn place(&self) -> Place {
        self.place.unwrap_or(Place::Product)
    }

    /// How many of its parts are set besides the text.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.kinds.len().min(1)
            + self.statuses.len().min(1)
            + self.tags.len()
            + self.any_tags.len().min(1)
            + self.no_tags.len()
            + self.goals.len().min(1)
            + self.initiatives.len().min(1)
            + self.themes.len().min(1)
            + self.categories.len().min(1)
            + self.assignees.len().min(1)
            + self.checks.len()
            + usize::from(self.top.is_some())
            + usize::from(self.unestimated)
            + usize::from(self.conflicted)
    }

    /// Whether items that are not in the ranked list can fit.
    #[must_use]
    pub fn wants_closed(&self) -> bool {
        self.statuses.iter().any(|status| !status.is_open())
    }

    /// Whether settings and strategy decide what fits.
    #[must_use]
    pub fn needs_judge(&self) -> bool {
        !self.checks.is_empty() || !self.goals.is_empty()
    }

    /// The same filter without the types: what the counts of the type filter count.
    #[must_use]
    pub fn but_kinds(&self) -> Self {
        Self {
            kinds: BTreeSet::new(),
            ..self.clone()
        }
    }
}

/// A filter that is ready to be asked about many rows.
#[derive(Clone, Debug)]
pub struct Sieve {
    filter: Filter,
    /// The words to look for, folded.
    words: Vec<String>,
    judge: Option<Arc<Judge>>,
}

impl Sieve {
    /// Prepares a filter. Without a judge, its checks let everything through.
    #[must_use]
    pub fn new(filter: Filter, judge: Option<Arc<Judge>>) -> Self {
        Self {
            words: filter
                .text
                .split_whitespace()
                .map(str::to_lowercase)
                .collect(),
            filter,
            judge,
        }
    }

    /// The filter.
    #[must_use]
    pub const fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether an item fits.
    #[must_use]
    pub fn fits(&self, row: &Row, rows: &Rows) -> bool {
        let filter = &self.filter;
        let status = if filter.statuses.is_empty() {
            row.status.is_open()
        } else {
            filter.statuses.contains(&row.status)
        };
        status
            && (filter.kinds.is_empty() || filter.kinds.contains(&row.kind))
            && (!filter.unestimated || row.estimate.is_none())
            && (!filter.conflicted || !row.conflicts.is_empty())
            && self.fits_tags(row)
            && self.fits_links(row)
            && self.fits_checks(row, rows)
            && self.fits_top(row, rows)
            && self.has_words(row, rows)
    }

    fn fits_tags(&self, row: &Row) -> bool {
        let filter = &self.filter;
        let has = |tag: &String| row.tags.contains(tag);
        filter.tags.iter().all(has)
            && (filter.any_tags.is_empty() || filter.any_tags.iter().any(has))
            && !filter.no_tags.iter().any(has)
    }

    fn fits_links(&self, row: &Row) -> bool {
        let filter = &self.filter;
        let marked = |prefix: &str, wanted: &BTreeSet<RecordId>| {
            wanted.is_empty()
                || row
                    .marked(prefix)
                    .filter_map(|id| id.parse().ok())
                    .any(|id| wanted.contains(&id))
        };
        let serves_goal = || match &self.judge {
            Some(judge) => filter
                .goals
                .iter()
                .any(|goal| judge.strategy.serves(row, *goal)),
            None => true,
        };
        (filter.goals.is_empty() || serves_goal())
            && marked("initiative", &filter.initiatives)
            && marked("theme", &filter.themes)
            && (filter.categories.is_empty()
                || filter.categories.contains(row.text(Field::Category)))
            && (filter.assignees.is_empty() || filter.assignees.contains(&Assignee::of(row)))
    }

    fn fits_checks(&self, row: &Row, rows: &Rows) -> bool {
        let checks = &self.filter.checks;
        let Some(judge) = self.judge.as_ref().filter(|_| !checks.is_empty()) else {
            return true;
        };
        let mut tiers = checks.iter().filter(|check| check.is_tier()).peekable();
        let find = |id| rows.row(id).map(AsRef::as_ref);
        let holds = |check: &Check| judge.holds(*check, row, &find);
        let fits_tier = tiers.peek().is_none() || tiers.any(holds);
        fits_tier && checks.iter().filter(|check| !check.is_tier()).all(holds)
    }

    fn fits_top(&self, row: &Row, rows: &Rows) -> bool {
        self.filter
            .top
            .is_none_or(|top| rows.rank_of(row).is_some_and(|rank| rank < top))
    }

    fn has_words(&self, row: &Row, rows: &Rows) -> bool {
        let missing: Vec<&String> = self
            .words
            .iter()
            .filter(|word| {
                !(contains(&row.title, word)
                    || contains(&row.key, word)
                    || contains(&row.for_whom, word)
                    || row.tags.iter().any(|tag| contains(tag, word)))
            })
            .collect();
        if missing.is_empty() {
            return true;
        }
        if !row.key.is_empty() {
            return false;
        }
        let reference = rows.reference(row);
        missing.iter().all(|word| contains(&reference, word))
    }
}

/// Whether a text has a folded word in it, whatever its case.
#[must_use]
pub fn contains(text: &str, folded: &str) -> bool {
    if folded.is_empty() {
        return true;
    }
    if text.is_ascii() && folded.is_ascii() {
        let (text, word) = (text.as_bytes(), folded.as_bytes());
        return text
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(folded)
}

#[cfg(test)]
mod tests {
    use shared::{
        model::{Thing, Things},
        time::Timestamp,
    };

    use super::*;
    use crate::state::rows::tests::row;

    fn fits(filter: &Filter, row: &Row) -> bool {
        let mut rows = Rows::default();
        rows.replace(vec![row.clone()]);
        Sieve::new(filter.clone(), None).fits(row, &rows)
    }

    #[test]
    fn everything_contains_nothing() {
        assert!(contains("Later", "") && contains("", ""));
        assert!(contains("Later", "late") && !contains("Later", "now"));
    }

    #[test]
    fn every_word_must_be_somewhere() {
        let mut item = row("abcd", "V");
        item.title = "Slow über Query".to_owned();
        item.tags = vec!["Database".to_owned()];
        let with = |text: &str| Filter {
            text: text.to_owned(),
            ..Filter::default()
        };
        assert!(fits(&with("QUERY slow"), &item));
        assert!(fits(&with("ÜBER base"), &item));
        assert!(fits(&with("abc"), &item));
        assert!(!fits(&with("slow missing"), &item));
        item.key = "MESOS-1".to_owned();
        assert!(!fits(&with("abc"), &item));
        assert!(fits(&with("mesos-1"), &item));
    }

    #[test]
    fn closed_items_show_only_when_asked_for() {
        let mut item = row("a", "V");
        item.status = Status::Archived;
        assert!(!fits(&Filter::default(), &item));
        let archived = Filter {
            statuses: [Status::Archived].into(),
            ..Filter::default()
        };
        assert!(fits(&archived, &item) && archived.wants_closed());
    }

    #[test]
    fn parts_are_all_required() {
        let mut item = row("a", "V");
        item.tags = vec!["x".to_owned(), "y".to_owned()];
        let filter = Filter {
            tags: ["x".to_owned(), "y".to_owned()].into(),
            unestimated: true,
            ..Filter::default()
        };
        assert!(fits(&filter, &item));
        item.estimate = Some(0.0);
        assert!(!fits(&filter, &item));
        assert_eq!(filter.parts(), 3);
    }

    #[test]
    fn pb_28_tags_are_asked_for_with_and_or_and_not() {
        let mut item = row("a", "V");
        item.tags = vec!["x".to_owned(), "y".to_owned()];
        let asks = |all: &[&str], any: &[&str], none: &[&str]| {
            let set = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
            let filter = Filter {
                tags: set(all),
                any_tags: set(any),
                no_tags: set(none),
                ..Filter::default()
            };
            fits(&filter, &item)
        };
        assert!(asks(&["x", "y"], &[], &[]));
        assert!(!asks(&["x", "z"], &[], &[]));
        assert!(asks(&[], &["z", "y"], &["q"]));
        assert!(!asks(&[], &["z"], &[]));
        assert!(!asks(&["x"], &[], &["y"]));
    }

    #[test]
    fn links_people_and_categories_are_one_of_those_asked_for() {
        let theme: RecordId = "abcdefghijkm".parse().unwrap();
        let somebody = PersonId::from_bytes([7; 16]);
        let mut item = row("a", "V");
        let asks = |change: &dyn Fn(&mut Filter), item: &Row| {
            let mut filter = Filter::default();
            change(&mut filter);
            fits(&filter, item)
        };
        let by_theme = |filter: &mut Filter| filter.themes = [theme].into();
        let by_nobody = |filter: &mut Filter| filter.assignees = [Assignee::Nobody].into();
        let by_category =
            |filter: &mut Filter| filter.categories = ["Core".to_owned(), "UI".to_owned()].into();
        assert!(!asks(&by_theme, &item) && asks(&by_nobody, &item));
        assert!(!asks(&by_category, &item));
        item.set_mark(&format!("theme:{theme}"), Some(true.into()));
        item.set_field(Field::Assignee, Some(somebody.to_string().into()));
        item.set_field(Field::Category, Some("UI".into()));
        assert!(asks(&by_theme, &item) && !asks(&by_nobody, &item));
        assert!(asks(&by_category, &item));
    }

    #[test]
    fn pb_17_checks_and_the_top_are_asked_of_a_judge() {
        let mut rows = Rows::default();
        rows.replace(vec![row("a", "A"), row("b", "B"), row("c", "C")]);
        let things: Things = [(Thing::Product, [].into())].into();
        let judge = Arc::new(Judge::of(&things, Timestamp::from_ms(0), 0));
        let mut filter = Filter::checking(Check::Unaligned);
        filter.top = Some(2);
        assert!(filter.needs_judge());
        let sieve = Sieve::new(filter, Some(judge));
        let list = rows.ranked_in(Place::Product);
        let found: Vec<&str> = list
            .iter()
            .filter(|row| sieve.fits(row, &rows))
            .map(|row| row.title.as_str())
            .collect();
        assert_eq!(found, ["a", "b"]);
    }
}
