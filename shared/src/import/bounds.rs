//! Fits an item of a file into the bounds of a backlog. What does not fit is moved or cut with a warning, never silently.

use crate::{
    document::{LINE_CHARS_MAX, TEXT_BYTES_MAX, TITLE_CHARS_MAX},
    import::{ImportedItem, preview::Problems},
};

/// The longest key, in characters: people read it on every row.
const KEY_CHARS_MAX: usize = 100;
/// An item with all its texts, in bytes: it travels in one change, of which the relay takes 128 KiB.
const ITEM_BYTES_MAX: usize = 118_000;
/// All criteria of an item together, in bytes.
const CRITERIA_BYTES_MAX: usize = 30_000;

/// The text on one line, without spaces at its ends or runs of them inside.
pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Fits the item that stands in `row`.
pub(super) fn fit(item: &mut ImportedItem, row: usize, problems: &mut Problems) {
    fit_key(item, row, problems);
    fit_lines(item, row, problems);
    fit_tags(item, row, problems);
    fit_criteria(item, row, problems);
    if cut_bytes(&mut item.description, TEXT_BYTES_MAX) {
        let text =
            format!("The description is longer than {TEXT_BYTES_MAX} bytes; the rest is cut.");
        problems.warn(row, text);
    }
    fit_comments(item, row, problems);
}

fn fit_key(item: &mut ImportedItem, row: usize, problems: &mut Problems) {
    item.key = one_line(&item.key);
    if item.key.chars().count() > KEY_CHARS_MAX {
        let reason = format!("A key can't be longer than {KEY_CHARS_MAX} characters.");
        problems.leave_out(row, &item.key, reason);
        item.key.clear();
    }
}

/// Long one-line texts move to the top of the description, where nothing of them is lost.
fn fit_lines(item: &mut ImportedItem, row: usize, problems: &mut Problems) {
    item.for_whom = one_line(&item.for_whom);
    item.benefit = one_line(&item.benefit);
    for (text, name) in [
        (&mut item.benefit, "benefit"),
        (&mut item.for_whom, "“for whom”"),
    ] {
        if text.chars().count() > LINE_CHARS_MAX {
            let warning = format!(
                "The {name} is longer than {LINE_CHARS_MAX} characters; it stands at the top of the description."
            );
            problems.warn(row, warning);
            prepend(&mut item.description, &std::mem::take(text));
        }
    }
    item.title = one_line(&item.title);
    if item.title.chars().count() > TITLE_CHARS_MAX {
        let warning = format!(
            "The title is longer than {TITLE_CHARS_MAX} characters; the whole of it stands at the top of the description."
        );
        problems.warn(row, warning);
        prepend(&mut item.description, &item.title);
        item.title = cut_at_a_word(&item.title, TITLE_CHARS_MAX);
    }
}

fn fit_tags(item: &mut ImportedItem, row: usize, problems: &mut Problems) {
    let mut tags: Vec<String> = item.tags.iter().map(|tag| one_line(tag)).collect();
    tags.retain(|tag| {
        let fits = tag.chars().count() <= LINE_CHARS_MAX;
        if !fits {
            let reason = format!("A tag can't be longer than {LINE_CHARS_MAX} characters.");
            problems.leave_out(row, tag, reason);
        }
        fits && !tag.is_empty()
    });
    tags.sort();
    tags.dedup();
    item.tags = tags;
}

fn fit_criteria(item: &mut ImportedItem, row: usize, problems: &mut Problems) {
    let mut room = CRITERIA_BYTES_MAX;
    let mut overflow = String::new();
    let mut fits = |(text, _): &mut (String, bool)| {
        *text = one_line(text);
        let fits = text.chars().count() <= LINE_CHARS_MAX && text.len() <= room;
        if fits {
            room -= text.len();
        } else {
            overflow.push_str("\n- ");
            overflow.push_str(text);
        }
        fits && !text.is_empty()
    };
    item.criteria.retain_mut(&mut fits);
    item.requirements.retain_mut(&mut fits);
    if !overflow.is_empty() {
        problems.warn(
            row,
            "Some acceptance criteria are too long; they stand at the end of the description.",
        );
        item.description.push('\n');
        item.description.push_str(&overflow);
    }
}

fn fit_comments(item: &mut ImportedItem, row: usize, problems: &mut Problems) {
    let criteria: usize = item
        .criteria
        .iter()
        .chain(&item.requirements)
        .map(|(text, _)| text.len())
        .sum();
    let mut room = ITEM_BYTES_MAX - item.description.len() - criteria;
    let mut cut = false;
    for comment in &mut item.comments {
        comment.name = cut_at_a_word(&one_line(&comment.name), LINE_CHARS_MAX);
        cut |= cut_bytes(&mut comment.text, room);
        room -= comment.text.len();
    }
    if cut {
        let text = format!(
            "The item with its comments is longer than {ITEM_BYTES_MAX} bytes; the rest is cut."
        );
        problems.warn(row, text);
    }
    item.comments
        .retain(|comment| !comment.text.trim().is_empty());
}

fn prepend(description: &mut String, text: &str) {
    let rest = std::mem::replace(description, text.to_owned());
    if !rest.is_empty() {
        description.push_str("\n\n");
        description.push_str(&rest);
    }
}

/// Cuts before a word so that the text with an ellipsis has at most so many characters.
fn cut_at_a_word(text: &str, chars_max: usize) -> String {
    if text.chars().count() <= chars_max {
        return text.to_owned();
    }
    let end = text
        .char_indices()
        .nth(chars_max - 1)
        .map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    let cut = match head.rfind(' ') {
        // A text without spaces is cut inside its only word.
        Some(space) if space > end / 2 => &head[..space],
        _ => head,
    };
    format!("{}…", cut.trim_end())
}

/// Cuts the end off a text that has more bytes than this; says whether it did.
fn cut_bytes(text: &mut String, bytes_max: usize) -> bool {
    if text.len() <= bytes_max {
        return false;
    }
    let end = text.floor_char_boundary(bytes_max);
    text.truncate(end);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::preview::{Format, Preview};

    fn fitted(mut item: ImportedItem) -> (ImportedItem, Preview) {
        let mut problems = Problems::default();
        fit(&mut item, 7, &mut problems);
        let preview = Preview::new(String::new(), Format::Table, vec![], vec![], problems);
        (item, preview)
    }

    #[test]
    fn a_long_title_is_cut_at_a_word_and_kept_whole_in_the_description() {
        let long = "word ".repeat(200);
        let mut item = ImportedItem::titled(long.clone());
        item.description = "More.".into();
        let (item, preview) = fitted(item);
        assert!(item.title.ends_with("word…"), "{}", item.title);
        assert!(item.title.chars().count() <= TITLE_CHARS_MAX);
        assert_eq!(item.description, format!("{}\n\nMore.", long.trim()));
        assert_eq!(preview.warnings[0].rows, [7]);
    }

    #[test]
    fn a_title_of_one_word_is_cut_inside_it() {
        let (item, _) = fitted(ImportedItem::titled("é".repeat(600)));
        assert_eq!(item.title.chars().count(), TITLE_CHARS_MAX);
    }

    #[test]
    fn a_long_description_is_cut_with_a_warning_that_names_the_row() {
        let mut item = ImportedItem::titled("A");
        item.description = "é".repeat(40_000);
        let (item, preview) = fitted(item);
        assert_eq!(item.description.len(), TEXT_BYTES_MAX);
        assert_eq!(preview.warnings[0].rows, [7]);
    }

    #[test]
    fn long_lines_criteria_and_comments_stay_within_bounds() {
        let mut item = ImportedItem::titled("A");
        item.benefit = "b".repeat(1_001);
        item.for_whom = "w".repeat(1_001);
        item.tags = vec![
            "t".repeat(1_001),
            "b".into(),
            " a ".into(),
            "b".into(),
            String::new(),
        ];
        item.criteria = vec![("c".repeat(1_001), true), ("fine".into(), false)];
        item.key = "k".repeat(101);
        item.comments = vec![crate::import::ImportedComment::default(); 2];
        item.comments[0].text = "x".repeat(ITEM_BYTES_MAX - item.description.len() - 3_014);
        item.comments[1].text = "yz".into();
        let (item, preview) = fitted(item);
        assert!(item.benefit.is_empty() && item.for_whom.is_empty() && item.key.is_empty());
        assert!(item.description.contains(&"b".repeat(1_001)));
        assert!(item.description.contains(&"w".repeat(1_001)));
        assert!(item.description.contains(&"c".repeat(1_001)));
        assert_eq!(item.tags, ["a", "b"]);
        assert_eq!(item.criteria, [("fine".to_owned(), false)]);
        assert_eq!(item.comments[1].text, "y");
        assert_eq!(preview.not_imported.len(), 2);
        assert_eq!(preview.warnings.len(), 4);
    }
}
