//! Values in cells of a table, such that they can be read back exactly and harm no spreadsheet.

use std::borrow::Cow;

use crate::import::{ImportedComment, to_text};

/// What begins a formula in some spreadsheet, or passes for it.
const FORMULA_BEGINNINGS: &[char] = &['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// What importing takes an apostrophe off of; other exporters guard these as well.
const GUARDED_BEGINNINGS: &[char] = &[
    '=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠', '∑', '√', '∏', '<', '>', '＜', '＞',
    '≤', '≥', '≠', '±', '÷', '×',
];

/// The cell with an apostrophe where it would begin a formula, or where [`unguarded`] would take one off.
pub(super) fn guarded(cell: &str) -> Cow<'_, str> {
    let bare = cell.trim_start_matches('\'');
    let looks_guarded = bare.len() < cell.len() && bare.starts_with(GUARDED_BEGINNINGS);
    if looks_guarded || cell.starts_with(FORMULA_BEGINNINGS) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell without the apostrophe that guards it.
pub(crate) fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest)
            if rest
                .trim_start_matches('\'')
                .starts_with(GUARDED_BEGINNINGS) =>
        {
            rest
        }
        _ => cell,
    }
}

/// Tags in one cell, separated by commas; those with separators in them are quoted.
pub(super) fn tags(tags: &[String]) -> String {
    let quoted = tags.iter().map(|tag| {
        if tag.contains([',', ';', '"']) {
            format!("\"{}\"", tag.replace('"', "\"\""))
        } else {
            tag.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(", ")
}

/// Criteria in one cell, as a Markdown check list.
pub(super) fn criteria(criteria: &[(String, bool)]) -> String {
    let lines = criteria
        .iter()
        .map(|(text, met)| format!("- [{}] {text}", if *met { 'x' } else { ' ' }));
    lines.collect::<Vec<_>>().join("\n")
}

/// `time;name;text`. A semicolon or backslash in the name is escaped with a backslash.
pub(super) fn comment(comment: &ImportedComment) -> String {
    let at = comment.at.and_then(to_text).unwrap_or_default();
    let name = comment.name.replace('\\', "\\\\").replace(';', "\\;");
    format!("{at};{name};{}", comment.text)
}

/// The time, name and text of a comment's cell.
pub(crate) fn split_comment(cell: &str) -> Option<(&str, String, &str)> {
    let (at, rest) = cell.split_once(';')?;
    let mut name = String::new();
    let mut letters = rest.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            ';' => return Some((at, name, &rest[place + 1..])),
            '\\' => name.extend(letters.next().map(|(_, escaped)| escaped)),
            other => name.push(other),
        }
    }
    None
}
