//! The cells of one row, and the values in them that are more than text.

use std::collections::BTreeMap;

use crate::{
    document::ESTIMATE_MAX,
    import::{preview::Field, story},
};

/// The cells of a row by field.
#[derive(Debug, Default)]
pub(super) struct Cells(BTreeMap<Field, Vec<String>>);

impl Cells {
    /// Adds a cell that is not empty.
    pub(super) fn add(&mut self, field: Field, cell: &str) {
        self.0.entry(field).or_default().push(cell.to_owned());
    }

    /// Something to recognise the row by.
    pub(super) fn example(&self) -> &str {
        self.0.values().flatten().next().map_or("", String::as_str)
    }

    /// The first cell of a field; empty where there is none.
    pub(super) fn first(&self, field: Field) -> &str {
        self.all(field).next().unwrap_or_default()
    }

    /// The cells of a field.
    pub(super) fn all(&self, field: Field) -> impl Iterator<Item = &str> {
        self.0.get(&field).into_iter().flatten().map(String::as_str)
    }
}

/// A number of points: `5`, `5.0`, `0,5`, `3 pts`.
pub(super) fn points(text: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let number = ["story points", "points", "point", "pts", "pt", "sp"]
        .iter()
        .find_map(|unit| text.strip_suffix(unit))
        .unwrap_or(&text)
        .trim();
    let well_formed = !number.is_empty()
        && number
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'e' | b'-'));
    let parsed: f64 = if well_formed {
        number.replace(',', ".").parse().ok()?
    } else {
        return None;
    };
    (parsed.is_finite() && (0.0..=ESTIMATE_MAX).contains(&parsed)).then_some(parsed.abs())
}

/// Tags in one cell, separated by commas or, where there is none, by semicolons. A tag with a comma is quoted.
pub(super) fn tags(cell: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = cell.trim();
    let separator = if rest.contains(',') || rest.contains('"') {
        ','
    } else {
        ';'
    };
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('"').and_then(|inner| {
            let end = closing_quote(inner)?;
            let after = inner[end + 1..].trim_start();
            let ends = after.is_empty() || after.starts_with(separator);
            ends.then(|| (inner[..end].replace("\"\"", "\""), after))
        });
        let (tag, after) = quoted.unwrap_or_else(|| {
            let end = rest.find(separator).unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        });
        tags.push(tag);
        rest = after.strip_prefix(separator).unwrap_or(after).trim_start();
    }
    tags
}

/// Where a quote ends that is not doubled.
fn closing_quote(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find('"')?;
        if text[at + 1..].starts_with('"') {
            from = at + 2;
        } else {
            return Some(at);
        }
    }
}

/// Criteria in one cell, one a line.
pub(super) fn criteria(cell: &str) -> Vec<(String, bool)> {
    cell.lines()
        .map(story::without_list_marker)
        .map(|(text, met)| (text.trim().to_owned(), met))
        .filter(|(text, _)| !text.is_empty())
        .collect()
}
