//! What somebody typed into a text, as one splice, and where a caret goes when the text changes under it. Pure.
//!
//! Positions count UTF-16 units, as browsers do.

use shared::intent::TextEdit;

/// The one splice that makes `new` of `old`; `None` where they are equal. `caret` is where the caret stands in `new`:
/// it tells which of several equal letters was typed.
#[must_use]
pub fn splice(old: &str, new: &str, caret: usize) -> Option<TextEdit> {
    if old == new {
        return None;
    }
    let old: Vec<u16> = old.encode_utf16().collect();
    let new: Vec<u16> = new.encode_utf16().collect();
    let common = |count: usize| count.min(old.len()).min(new.len());
    // What was typed ends at the caret, so what is unchanged before it cannot reach further than this.
    let latest = caret.saturating_sub(new.len().saturating_sub(old.len()));
    let mut at = (0..common(latest))
        .take_while(|place| old[*place] == new[*place])
        .count();
    if at > 0 && is_first_half(old[at - 1]) {
        at -= 1;
    }
    let mut same_end = (0..common(usize::MAX) - at)
        .take_while(|place| old[old.len() - 1 - place] == new[new.len() - 1 - place])
        .count();
    if same_end > 0 && is_second_half(old[old.len() - same_end]) {
        same_end -= 1;
    }
    Some(TextEdit {
        at,
        delete: old.len() - at - same_end,
        insert: String::from_utf16_lossy(&new[at..new.len() - same_end]),
    })
}

/// Where a caret in `old` belongs in `new`.
#[must_use]
pub fn carry(caret: usize, old: &str, new: &str) -> usize {
    let Some(edit) = splice(old, new, usize::MAX) else {
        return caret;
    };
    if caret <= edit.at {
        return caret;
    }
    let inserted = edit.insert.encode_utf16().count();
    if caret >= edit.at + edit.delete {
        caret - edit.delete + inserted
    } else {
        edit.at + inserted
    }
}

const fn is_first_half(unit: u16) -> bool {
    matches!(unit, 0xD800..=0xDBFF)
}

const fn is_second_half(unit: u16) -> bool {
    matches!(unit, 0xDC00..=0xDFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(at: usize, delete: usize, insert: &str) -> Option<TextEdit> {
        Some(TextEdit {
            at,
            delete,
            insert: insert.to_owned(),
        })
    }

    #[test]
    fn typing_is_one_splice() {
        assert_eq!(splice("ab", "axb", 2), edit(1, 0, "x"));
        assert_eq!(splice("axb", "ab", 1), edit(1, 1, ""));
        assert_eq!(splice("hello", "help", 4), edit(3, 2, "p"));
        assert_eq!(splice("", "é", 1), edit(0, 0, "é"));
        assert_eq!(splice("same", "same", 2), None);
    }

    #[test]
    fn the_caret_tells_which_of_equal_letters_was_typed() {
        assert_eq!(splice("aaa", "aaaa", 1), edit(0, 0, "a"));
        assert_eq!(splice("aaa", "aaaa", 4), edit(3, 0, "a"));
        assert_eq!(splice("aaa", "aa", 1), edit(1, 1, ""));
    }

    #[test]
    fn letters_of_two_units_are_never_cut() {
        assert_eq!(splice("😀", "😁", 2), edit(0, 2, "😁"));
        assert_eq!(splice("a😀", "a😀😀", 5), edit(3, 0, "😀"));
    }

    #[test]
    fn carets_stay_with_their_letters() {
        assert_eq!(carry(3, "hello", "hello world"), 3);
        assert_eq!(carry(5, "world", "hello world"), 11);
        assert_eq!(carry(4, "abcdef", "af"), 1);
        assert_eq!(carry(6, "abcdef", "af"), 2);
    }
}
