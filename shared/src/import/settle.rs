//! What is decided when all rows of a table are known: the order of day and month, and the order of the items.

use crate::import::{
    ImportedItem,
    date::Reading,
    preview::{Options, Problems},
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
