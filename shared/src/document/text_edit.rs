//! Moving a splice of a text past another one that was made on the same version.
//!
//! The document merges what different browsers type. This is for the pages of one browser: a page types on the version it
//! shows while the session may already hold a newer one. Positions and lengths count UTF-16 units.

use std::ops::Range;

use crate::intent::TextEdit;

/// An insertion with deletions, all in the coordinates of one version of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splice {
    pub(crate) at: usize,
    pub(crate) insert: String,
    /// Ascending, disjoint and not empty.
    pub(crate) deletes: Vec<Range<usize>>,
}

impl From<&TextEdit> for Splice {
    fn from(edit: &TextEdit) -> Self {
        let deleted = edit.at..edit.at.saturating_add(edit.delete);
        Self {
            at: edit.at,
            insert: edit.insert.clone(),
            deletes: if deleted.is_empty() {
                vec![]
            } else {
                std::iter::once(deleted).collect()
            },
        }
    }
}

/// How many UTF-16 units a text has.
pub(crate) fn width(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Which of two insertions at one position stands first.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tie {
    Before,
    After,
}

impl Splice {
    /// The one replacement that makes a text another one, as short as it can be without cutting a character.
    pub(crate) fn between(before: &str, after: &str) -> Self {
        let same = |(a, b): &(char, char)| a == b;
        let length: fn((char, char)) -> usize = |(character, _)| character.len_utf8();
        let start: usize = before
            .chars()
            .zip(after.chars())
            .take_while(same)
            .map(length)
            .sum();
        let (old, new) = (&before[start..], &after[start..]);
        let end: usize = old
            .chars()
            .rev()
            .zip(new.chars().rev())
            .take_while(same)
            .map(length)
            .sum();
        let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
        let at = width(&before[..start]);
        let deleted = at..at + width(old);
        Self {
            at,
            insert: new.to_owned(),
            deletes: if deleted.is_empty() {
                vec![]
            } else {
                vec![deleted]
            },
        }
    }

    /// The splice limited to a text of this many units.
    pub(crate) fn within(mut self, length: usize) -> Self {
        self.at = self.at.min(length);
        for range in &mut self.deletes {
            *range = range.start.min(length)..range.end.min(length);
        }
        self.deletes.retain(|range| !range.is_empty());
        self
    }

    /// Whether it changes nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.insert.is_empty() && self.deletes.is_empty()
    }

    /// Both splices moved past each other: `own` as it applies after `earlier`, and `earlier` as it applies after `own`.
    /// Where both insert at one position, `earlier` stands first.
    pub(crate) fn bridge(own: &Self, earlier: &Self) -> (Self, Self) {
        (
            own.over(earlier, Tie::After),
            earlier.over(own, Tie::Before),
        )
    }

    fn over(&self, other: &Self, tie: Tie) -> Self {
        let added = width(&other.insert);
        let insert_shifts = other.at < self.at || (other.at == self.at && tie == Tie::After);
        let at = self.at - other.deleted_before(self.at) + if insert_shifts { added } else { 0 };
        let mut deletes = Vec::new();
        for range in &self.deletes {
            for kept in other.not_deleted(range) {
                for (piece, behind) in split(&kept, other.at) {
                    let shift = if behind { added } else { 0 };
                    let start = piece.start - other.deleted_before(piece.start) + shift;
                    deletes.push(start..start + piece.len());
                }
            }
        }
        Self {
            at,
            insert: self.insert.clone(),
            deletes,
        }
    }

    fn deleted_before(&self, position: usize) -> usize {
        self.deletes
            .iter()
            .map(|range| range.end.min(position).saturating_sub(range.start))
            .sum()
    }

    /// The parts of `range` that this splice leaves.
    fn not_deleted(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut kept = Vec::new();
        let mut start = range.start;
        for deleted in &self.deletes {
            if deleted.end <= start || deleted.start >= range.end {
                continue;
            }
            if deleted.start > start {
                kept.push(start..deleted.start);
            }
            start = deleted.end;
        }
        if start < range.end {
            kept.push(start..range.end);
        }
        kept
    }

    /// The simple steps that perform the splice one after the other.
    pub(crate) fn steps(&self) -> Vec<TextEdit> {
        let mut steps: Vec<TextEdit> = self
            .deletes
            .iter()
            .rev()
            .map(|range| TextEdit {
                at: range.start,
                delete: range.len(),
                insert: String::new(),
            })
            .collect();
        if !self.insert.is_empty() {
            let at = self.at - self.deleted_before(self.at);
            steps.push(TextEdit {
                at,
                delete: 0,
                insert: self.insert.clone(),
            });
        }
        steps
    }
}

/// A range cut at a position: each part with whether it lies behind the cut.
fn split(range: &Range<usize>, at: usize) -> Vec<(Range<usize>, bool)> {
    if at <= range.start {
        vec![(range.clone(), true)]
    } else if at >= range.end {
        vec![(range.clone(), false)]
    } else {
        vec![(range.start..at, false), (at..range.end, true)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apply(text: &str, splice: &Splice) -> String {
        let mut units: Vec<u16> = text.encode_utf16().collect();
        for step in splice.steps() {
            units.splice(step.at..step.at + step.delete, step.insert.encode_utf16());
        }
        String::from_utf16_lossy(&units)
    }

    fn splice() -> impl Strategy<Value = Splice> {
        (
            0usize..=12,
            "[A-Z]{0,3}",
            proptest::collection::btree_set(0usize..=12, 0..6),
        )
            .prop_map(|(at, insert, cuts)| {
                let cuts: Vec<_> = cuts.into_iter().collect();
                Splice {
                    at,
                    insert,
                    deletes: cuts.chunks_exact(2).map(|pair| pair[0]..pair[1]).collect(),
                }
            })
    }

    proptest! {
        #[test]
        fn t2_two_splices_converge_in_either_order(own in splice(), earlier in splice()) {
            let text = "abcdefghijkl";
            let (own_after, earlier_after) = Splice::bridge(&own, &earlier);
            prop_assert_eq!(apply(&apply(text, &earlier), &own_after), apply(&apply(text, &own), &earlier_after));
        }
    }

    #[test]
    fn a_splice_between_two_texts_changes_only_what_differs() {
        let (before, after) = ("as it 🙂 was before", "as it 🙂 is before");
        let splice = Splice::between(before, after);
        assert_eq!((splice.at, splice.insert.as_str()), (9, "i"));
        assert_eq!(splice.deletes, vec![Range { start: 9, end: 11 }]);
        assert_eq!(apply(before, &splice), after);
        assert!(Splice::between("same", "same").is_empty());
        // The two share their first UTF-16 unit; a character is replaced as a whole.
        let splice = Splice::between("🙂", "🙃");
        assert_eq!((splice.at, splice.insert.as_str()), (0, "🙃"));
        for (before, after) in [("", "aa"), ("aa", "aaa"), ("aaa", "aa"), ("ab", "")] {
            assert_eq!(apply(before, &Splice::between(before, after)), after);
        }
    }

    #[test]
    fn t2_both_keep_their_words() {
        let own = Splice::from(&TextEdit {
            at: 5,
            delete: 0,
            insert: ", dear".into(),
        });
        let earlier = Splice::from(&TextEdit {
            at: 0,
            delete: 5,
            insert: "Howdy".into(),
        });
        let (own_after, _) = Splice::bridge(&own, &earlier);
        assert_eq!(
            apply(&apply("Hello world", &earlier), &own_after),
            "Howdy, dear world"
        );
    }
}
