//! What is decided when all rows of a table are known: the order of day and month, and the order of the items.

use std::collections::BTreeMap;

use crate::{
    import::{
        ImportedItem,
        date::Reading,
        preview::{Options, Problems},
    },
    model::{Field as Register, Scalar},
};

pub(super) const UNREADABLE_DATE: &str = "Its date is in no known form.";
const AMBIGUOUS_DATE: &str =
    "Its date may be day first or month first, and nothing in the file tells which.";

/// An item whose dates and rank are settled when all rows are known.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) row: usize,
    pub(super) item: ImportedItem,
    pub(super) created: Option<Reading>,
    pub(super) comment_dates: Vec<Option<Reading>>,
    pub(super) rank: String,
    /// What the item that it is part of is called.
    pub(super) part_of: String,
    /// What the items are called that have to be done first.
    pub(super) depends_on: Vec<String>,
    pub(super) date_text: String,
}

/// Decides for the whole file whether the day comes first; gives an example where neither file nor person does.
pub(super) fn settle_dates(
    rows: &mut [Found],
    options: &Options,
    problems: &mut Problems,
) -> Option<String> {
    let readings = || {
        rows.iter().flat_map(|found| {
            found
                .created
                .into_iter()
                .chain(found.comment_dates.iter().flatten().copied())
        })
    };
    let told = |day_first| readings().any(|reading| reading.tells_day_first() == Some(day_first));
    let day_first = match (told(true), told(false)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        _ => options.day_first,
    };
    let zone = options.utc_offset_minutes;
    let mut ambiguous = None;
    for found in rows.iter_mut() {
        if let Some(reading) = found.created {
            found.item.created = reading.resolve(day_first, zone);
            if found.item.created.is_none() {
                let open = day_first.is_none() && matches!(reading, Reading::Either { .. });
                let reason = if open {
                    AMBIGUOUS_DATE
                } else {
                    UNREADABLE_DATE
                };
                problems.leave_out(found.row, &found.date_text, reason);
                if open {
                    ambiguous.get_or_insert_with(|| found.date_text.clone());
                }
            }
        }
        for (comment, reading) in found.item.comments.iter_mut().zip(&found.comment_dates) {
            comment.at = reading.and_then(|reading| reading.resolve(day_first, zone));
            if reading.is_some() && comment.at.is_none() {
                problems.warn(
                    found.row,
                    "The date of a comment is not clear; it is taken without.",
                );
                if day_first.is_none() {
                    ambiguous.get_or_insert_with(|| "the date of a comment".to_owned());
                }
            }
        }
    }
    ambiguous
}

/// Items that others name, by key or by what Cutline called them: the names become what the file calls the items.
pub(super) fn settle_names(rows: &mut [Found], problems: &mut Problems) {
    if rows
        .iter()
        .all(|found| found.part_of.is_empty() && found.depends_on.is_empty())
    {
        return;
    }
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    for found in rows.iter_mut() {
        let item = &mut found.item;
        if item.id.is_empty() {
            item.id.clone_from(&item.key);
        }
        for name in [&item.id, &item.key] {
            if !name.is_empty() {
                known.entry(name.clone()).or_insert(item.id.clone());
            }
        }
    }
    for found in rows {
        let mut find = |name: &str| {
            let id = known.get(name).filter(|id| **id != found.item.id);
            if id.is_none() {
                problems.leave_out(found.row, name, "It names an item that is not in the file.");
            }
            id.cloned()
        };
        let part_of = std::mem::take(&mut found.part_of);
        let parent = Some(part_of)
            .filter(|name| !name.is_empty())
            .and_then(|name| find(&name));
        let depends: Vec<String> = std::mem::take(&mut found.depends_on)
            .iter()
            .filter_map(|name| find(name))
            .collect();
        let item = &mut found.item;
        item.more
            .extend(parent.map(|id| (Register::Parent, Scalar::Text(id))));
        item.more.sort_by_key(|(field, _)| *field);
        let marks = depends.into_iter().map(|id| format!("depends:{id}"));
        item.marks.extend(marks.map(|key| (key, true.into())));
        item.marks.sort_by(|(a, _), (b, _)| a.cmp(b));
        item.marks.dedup();
    }
}

/// Rows with a rank in its order, by number where all are numbers; then the others as they come.
pub(super) fn sort_by_rank(found: &mut [Found]) {
    if found.iter().all(|found| found.rank.is_empty()) {
        return;
    }
    let numbers = found
        .iter()
        .filter(|found| !found.rank.is_empty())
        .all(|found| found.rank.parse::<f64>().is_ok());
    found.sort_by(|a, b| {
        let by_number = || {
            let number = |found: &Found| found.rank.parse().unwrap_or(f64::MAX);
            number(a).total_cmp(&number(b))
        };
        let within = || {
            if numbers {
                by_number()
            } else {
                a.rank.cmp(&b.rank)
            }
        };
        a.rank.is_empty().cmp(&b.rank.is_empty()).then_with(within)
    });
}
