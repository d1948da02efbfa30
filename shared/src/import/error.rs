//! Why a file cannot be imported, in sentences that name the place, the cause and what to do.

use serde::{Deserialize, Serialize};

/// A file that was refused as a whole; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ImportError {
    /// There is nothing in it.
    #[error("The file is empty. Choose a file with at least one item.")]
    Empty,
    /// It is larger than what is read.
    #[error(
        "The file is too large: {} MB; files of up to {} MB can be imported. Split it into parts and import them one after another.",
        megabytes(*.bytes),
        super::FILE_BYTES_MAX / 1_048_576
    )]
    TooLarge {
        /// How large it is.
        bytes: u64,
    },
    /// It is UTF-16, as some spreadsheets write it.
    #[error(
        "The file is UTF-16 text. Save it as UTF-8 (in Excel: “CSV UTF-8”) and import it again."
    )]
    Utf16,
    /// Some of its bytes are not UTF-8.
    #[error(
        "Row {row} is not UTF-8 text: byte 0x{value:02X} at position {offset} of the file. Save the file as UTF-8 (in Excel: “CSV UTF-8”) and import it again."
    )]
    NotUtf8 {
        /// The row with the first such byte, counted from 1 with the header.
        row: usize,
        /// Its position in the file, counted from 0.
        offset: usize,
        /// The byte.
        value: u8,
    },
    /// It holds a byte that no text has.
    #[error(
        "Row {row} holds a NUL byte, so this is not a text file or it is damaged. Export it again, as CSV, JSON or text."
    )]
    Nul {
        /// The row, counted from 1 with the header.
        row: usize,
    },
    /// A quoted cell never ends.
    #[error(
        "A quote that opens in row {row} (line {line} of the file) is never closed. Close it with another \" or double it if it belongs to the text, and import the file again."
    )]
    UnclosedQuote {
        /// The row in which it opens, counted from 1 with the header.
        row: usize,
        /// The line of the file in which it opens, counted from 1.
        line: usize,
    },
    /// No column says what the items are called.
    #[error("{}", no_title_column(.headers))]
    NoTitleColumn {
        /// The header as it was found.
        headers: Vec<String>,
    },
    /// The header has more cells than any tracker's.
    #[error(
        "Row 1 has more than {limit} columns. Check its delimiters and line ends, or keep only the columns to import."
    )]
    TooManyColumns {
        /// How many are taken.
        limit: usize,
    },
    /// There are rows, but none of them is an item.
    #[error("No row of the file is an item. {reason}")]
    NoItems {
        /// What became of the first row.
        reason: String,
    },
    /// There are more items than a backlog takes at once.
    #[error(
        "Row {row} is beyond the {limit} items that can be imported at once. Split the file into parts and import them one after another."
    )]
    TooManyItems {
        /// The first row that is too many.
        row: usize,
        /// How many are taken.
        limit: usize,
    },
    /// It is not valid JSON.
    #[error("The JSON is broken at line {line}, column {column}: {message}. Export it again.")]
    BrokenJson {
        /// The line, counted from 1.
        line: usize,
        /// The column, counted from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// It is valid JSON of an unknown shape.
    #[error(
        "This JSON is not a Cutline export, a Trello board or a list of GitHub issues. Export the items as CSV and import that."
    )]
    UnknownJson,
    /// A newer Cutline wrote it.
    #[error(
        "The file was written by a newer Cutline (format version {version}). Reload this page to get the newest version, then import it again."
    )]
    NewerVersion {
        /// The version of the file's format.
        version: u64,
    },
}

fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_048_576)
}

fn no_title_column(headers: &[String]) -> String {
    let found: Vec<String> = headers
        .iter()
        .take(12)
        .map(|header| format!("“{}”", super::excerpt(header)))
        .collect();
    let more = if headers.len() > 12 { ", …" } else { "" };
    format!(
        "No column in row 1 is called Title, Summary or Name. Found: {}{more}. Name the column that holds the titles “Title” and import the file again.",
        found.join(", ")
    )
}
