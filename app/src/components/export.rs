//! Handing out the backlog in a readable format.

use shared::{
    export,
    import::ImportedItem,
    model::{Detail, Row, Things},
};

use crate::{platform::files, state::desk::ExportFormat};

/// Downloads every item with all its fields.
pub fn hand_out(name: &str, items: &[(Row, Detail)], things: &Things, format: ExportFormat) {
    let items: Vec<ImportedItem> = items
        .iter()
        .map(|(row, detail)| ImportedItem::from_backlog(row, detail))
        .collect();
    let (ending, mime, text) = match format {
        ExportFormat::Csv => ("csv", "text/csv;charset=utf-8", export::csv(&items, things)),
        ExportFormat::Json => (
            "json",
            "application/json",
            export::json(name, &items, things),
        ),
    };
    let file_name = format!("{}.{ending}", file_name(name));
    files::download(&file_name, mime, text.as_bytes());
}

/// The backlog's name with nothing in it that file systems mind.
fn file_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .take(60)
        .collect();
    let kept = kept.trim_matches('-').to_owned();
    if kept.is_empty() {
        "backlog".to_owned()
    } else {
        kept
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn file_names_are_plain() {
        assert_eq!(super::file_name("Team / Q3"), "Team---Q3");
        assert_eq!(super::file_name("…"), "backlog");
    }
}
