//! Which items a list shows. Pure; the address holds it.

use std::collections::BTreeSet;

use shared::model::{Kind, Place, Row, Status};

/// What somebody looks for. The default shows the whole ranked list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// The backlog or list; the product backlog when unsaid.
    pub place: Option<Place>,
    /// Words that must all be in the title, key, reference, tags or for-whom.
    pub text: String,
    /// One of these types, or any.
    pub kinds: BTreeSet<Kind>,
    /// One of these statuses, or open.
    pub statuses: BTreeSet<Status>,
    /// All of these tags.
    pub tags: BTreeSet<String>,
    /// Only what has no estimate.
    pub unestimated: bool,
    /// Only what holds two values.
    pub conflicted: bool,
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
            ..Self::default()
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
        usize::from(!self.kinds.is_empty())
            + usize::from(!self.statuses.is_empty())
            + self.tags.len()
            + usize::from(self.unestimated)
            + usize::from(self.conflicted)
    }

    /// Whether items that are not in the ranked list can fit.
    #[must_use]
    pub fn wants_closed(&self) -> bool {
        self.statuses.iter().any(|status| !status.is_open())
    }

    /// The words to look for, folded.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        self.text
            .split_whitespace()
            .map(str::to_lowercase)
            .collect()
    }

    /// Whether an item fits; `words` are [`Filter::words`], `reference` is what people call it.
    #[must_use]
    pub fn fits(&self, row: &Row, words: &[String], reference: impl FnOnce() -> String) -> bool {
        let status = if self.statuses.is_empty() {
            row.status.is_open()
        } else {
            self.statuses.contains(&row.status)
        };
        status && self.fits_but_status(row, words, reference)
    }

    fn fits_but_status(
        &self,
        row: &Row,
        words: &[String],
        reference: impl FnOnce() -> String,
    ) -> bool {
        (self.kinds.is_empty() || self.kinds.contains(&row.kind))
            && (!self.unestimated || row.estimate.is_none())
            && (!self.conflicted || !row.conflicts.is_empty())
            && self.tags.iter().all(|tag| row.tags.contains(tag))
            && has_words(row, words, reference)
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

fn has_words(row: &Row, words: &[String], reference: impl FnOnce() -> String) -> bool {
    if words.is_empty() {
        return true;
    }
    let missing: Vec<&String> = words
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
    let reference = reference();
    missing.iter().all(|word| contains(&reference, word))
}

/// Whether a text has a folded word in it, whatever its case.
#[must_use]
pub fn contains(text: &str, folded: &str) -> bool {
    if text.is_ascii() && folded.is_ascii() {
        let (text, word) = (text.as_bytes(), folded.as_bytes());
        return text
            .windows(word.len().max(1))
            .any(|part| part.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(folded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rows::tests::row;

    fn fits(filter: &Filter, row: &Row) -> bool {
        filter.fits(row, &filter.words(), || "ABCD".to_owned())
    }

    #[test]
    fn every_word_must_be_somewhere() {
        let mut item = row("a", "V");
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
}
