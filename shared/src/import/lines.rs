//! Plain text with one user story or item a line.

use std::collections::BTreeMap;

use crate::import::{
    ITEMS_MAX, ImportedItem, bounds,
    error::ImportError,
    preview::{Format, Preview, Problems},
    story,
};

/// A text that is being read line by line.
#[derive(Debug)]
pub(super) struct LinesImport {
    text: String,
    position: usize,
    row: usize,
    items: Vec<ImportedItem>,
    keys: BTreeMap<String, usize>,
    problems: Problems,
}

impl LinesImport {
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            position: 0,
            row: 0,
            items: Vec::new(),
            keys: BTreeMap::new(),
            problems: Problems::default(),
        }
    }

    /// Reads so many lines; says whether there are more.
    pub(super) fn step(&mut self, lines: usize) -> Result<bool, ImportError> {
        for _ in 0..lines {
            let rest = &self.text[self.position..];
            if rest.is_empty() {
                return Ok(false);
            }
            let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
            let line = &rest[..end];
            let ending = if rest[end..].starts_with("\r\n") {
                2
            } else {
                1
            };
            self.position = (self.position + end + ending).min(self.text.len());
            self.row += 1;
            if line.trim().is_empty() {
                continue;
            }
            if self.items.len() == ITEMS_MAX {
                return Err(ImportError::TooManyItems {
                    row: self.row,
                    limit: ITEMS_MAX,
                });
            }
            let item = story::from_line(line);
            self.take(item);
        }
        Ok(true)
    }

    fn take(&mut self, mut item: ImportedItem) {
        if item.title.is_empty() {
            self.problems.leave_out(self.row, "", "It has no text.");
            return;
        }
        if let Some(first) = self.keys.get(&item.key) {
            let example = format!("{}, first used in row {first}", item.key);
            let reason = "Its key was used before in this file; the first row with it is taken.";
            self.problems.leave_out(self.row, &example, reason);
            return;
        }
        bounds::fit(&mut item, self.row, &mut self.problems);
        if !item.key.is_empty() {
            self.keys.insert(item.key.clone(), self.row);
        }
        self.items.push(item);
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    pub(super) fn finish(self, name: String) -> Result<Preview, ImportError> {
        if self.items.is_empty() {
            let reason = self.problems.first_reason();
            return Err(ImportError::NoItems {
                reason: reason.unwrap_or_else(|| "All lines are blank.".into()),
            });
        }
        Ok(Preview::new(
            name,
            Format::Lines,
            Vec::new(),
            self.items,
            self.problems,
        ))
    }
}
