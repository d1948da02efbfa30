//! JSON: Cutline's own, GitHub issues and Trello boards.

mod github;
mod trello;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    document::ESTIMATE_MAX,
    export,
    import::{
        ITEMS_MAX, ImportedItem, bounds,
        error::ImportError,
        preview::{Format, Preview, Problems},
    },
};

/// Reads a whole file. `name` is used where the file does not name itself.
pub(super) fn read(text: &str, name: String) -> Result<Preview, ImportError> {
    let value: Value = serde_json::from_str(text).map_err(|error| broken(&error))?;
    if value.get("format").and_then(Value::as_str) == Some(export::FORMAT) {
        return own(value, name);
    }
    if value.get("lists").is_some_and(Value::is_array)
        && value.get("cards").is_some_and(Value::is_array)
    {
        return trello::read(&value, name);
    }
    match github::issues(&value) {
        Some(issues) => github::read(&issues, name),
        None => Err(ImportError::UnknownJson),
    }
}

fn broken(error: &serde_json::Error) -> ImportError {
    let whole = error.to_string();
    let message = whole
        .split(" at line ")
        .next()
        .unwrap_or_default()
        .to_owned();
    ImportError::BrokenJson {
        line: error.line(),
        column: error.column(),
        message,
    }
}

fn own(value: Value, name: String) -> Result<Preview, ImportError> {
    let version = value
        .get("version")
        .and_then(Value::as_u64)
        .unwrap_or(export::VERSION);
    if version > export::VERSION {
        return Err(ImportError::NewerVersion { version });
    }
    let document: export::Document =
        serde_json::from_value(value).map_err(|error| broken(&error))?;
    let mut list = List::default();
    let (things, unknown) = document.things();
    if let Some(first) = unknown.first() {
        let example = format!("{first}, one of {}", unknown.len());
        list.problems
            .leave_out(1, &example, "Some settings are not known here.");
    }
    for item in document.items {
        let mut item = ImportedItem::from(item);
        let row = list.next_entry();
        if item
            .estimate
            .is_some_and(|points| !(0.0..=ESTIMATE_MAX).contains(&points))
        {
            let example = item
                .estimate
                .map(|points| points.to_string())
                .unwrap_or_default();
            list.problems.leave_out(
                row,
                &example,
                "Its estimate is not a number from 0 to 1,000,000.",
            );
            item.estimate = None;
        }
        list.take(item)?;
    }
    let name = if document.name.trim().is_empty() {
        name
    } else {
        document.name
    };
    let preview = list.finish(name, Format::CutlineJson)?;
    Ok(Preview { things, ..preview })
}

/// Collects the entries of a file that has no rows: they are counted from 1.
#[derive(Debug, Default)]
struct List {
    entries: usize,
    items: Vec<ImportedItem>,
    keys: BTreeMap<String, usize>,
    problems: Problems,
}

impl List {
    /// Begins the next entry and gives its number.
    fn next_entry(&mut self) -> usize {
        self.entries += 1;
        self.entries
    }

    /// Takes the item of the current entry.
    fn take(&mut self, mut item: ImportedItem) -> Result<(), ImportError> {
        let row = self.entries;
        if self.items.len() == ITEMS_MAX {
            return Err(ImportError::TooManyItems {
                row,
                limit: ITEMS_MAX,
            });
        }
        bounds::fit(&mut item, row, &mut self.problems);
        if item.title.is_empty() {
            self.problems
                .leave_out(row, &item.description, "It has no title.");
        } else if let Some(first) = self.keys.get(&item.key) {
            let example = format!("{}, first used in entry {first}", item.key);
            self.problems.leave_out(
                row,
                &example,
                "Its key was used before in this file; the first one is taken.",
            );
        } else {
            if !item.key.is_empty() {
                self.keys.insert(item.key.clone(), row);
            }
            self.items.push(item);
        }
        Ok(())
    }

    fn finish(self, name: String, format: Format) -> Result<Preview, ImportError> {
        if self.items.is_empty() {
            let reason = self.problems.first_reason();
            return Err(ImportError::NoItems {
                reason: reason.unwrap_or_else(|| "Its list is empty.".into()),
            });
        }
        Ok(Preview::new(
            name,
            format,
            Vec::new(),
            self.items,
            self.problems,
        ))
    }
}

/// A text of an object; empty where there is none.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The entries of a list; none where there is no list.
fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
