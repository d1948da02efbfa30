//! Files into items: from bytes to a preview that says what is recognised, what is left out and why.
//!
//! Nothing here knows documents: a [`Preview`] holds plain items, which an intent adds as one step of undo. [`Importer`]
//! works in steps, so that whoever runs it can show how far it has come; a file that is refused changes nothing.
//! [`crate::export`] writes the files that import back exactly.

mod bounds;
mod cells;
mod columns;
mod date;
mod error;
mod example;
mod item;
mod json;
mod known;
mod lines;
mod links;
mod preview;
mod rows;
mod settle;
mod story;
mod table;
mod text;
mod wiki;
mod words;

pub use self::{
    date::to_text,
    error::ImportError,
    example::{EXAMPLE_ATTRIBUTION, example},
    item::{ImportedComment, ImportedItem},
    known::{Known, Taken},
    preview::{
        ColumnMapping, Field, Format, NotImported, Options, Preview, Source, Terms, Warning,
    },
    story::from_line,
};
use self::{lines::LinesImport, rows::TableImport};
use crate::{document::ITEMS_PER_INTENT_MAX, time::Timestamp};

/// The largest file that is read. Text of this size takes about ten times as much memory while it becomes items.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// One import is one intent.
const ITEMS_MAX: usize = ITEMS_PER_INTENT_MAX;
/// How much of a cell is shown as an example.
const EXCERPT_CHARS: usize = 80;

/// An import under way.
#[derive(Debug)]
pub struct Importer {
    name: String,
    total_bytes: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Bytes {
        file_name: String,
        bytes: Vec<u8>,
        options: Options,
    },
    Table(Box<TableImport>),
    Lines(LinesImport),
    Read(Result<Box<Preview>, ImportError>),
}

/// How far an import has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of the file that have become items.
    pub done_bytes: u64,
    /// Bytes of the file.
    pub total_bytes: u64,
    /// Whether [`Importer::finish`] has nothing left to read.
    pub finished: bool,
}

impl Importer {
    /// Begins to import a file. Its name tells its kind, where its contents leave that open.
    #[must_use]
    pub fn new(file_name: &str, bytes: Vec<u8>, options: Options) -> Self {
        Self {
            name: backlog_name(file_name),
            total_bytes: bytes.len() as u64,
            state: State::Bytes {
                file_name: file_name.to_owned(),
                bytes,
                options,
            },
        }
    }

    /// Reads on, about so many rows. After an error nothing is left to read; [`Self::finish`] tells it.
    pub fn step(&mut self, rows: usize) -> Progress {
        let rows = rows.max(1);
        let stepped = match &mut self.state {
            State::Bytes {
                file_name,
                bytes,
                options,
            } => {
                let (bytes, options) = (std::mem::take(bytes), std::mem::take(options));
                open(file_name, &self.name, bytes, options).map(|opened| {
                    self.state = opened;
                    true
                })
            }
            State::Table(table) => table.step(rows),
            State::Lines(lines) => lines.step(rows),
            State::Read(_) => Ok(false),
        };
        let more = stepped.unwrap_or_else(|error| {
            self.state = State::Read(Err(error));
            false
        });
        self.progress(!more || matches!(self.state, State::Read(_)))
    }

    fn progress(&self, finished: bool) -> Progress {
        let done_bytes = match &self.state {
            _ if finished => self.total_bytes,
            State::Bytes { .. } => 0,
            State::Table(table) => table.position().min(self.total_bytes),
            State::Lines(lines) => lines.position() as u64,
            State::Read(_) => self.total_bytes,
        };
        Progress {
            done_bytes,
            total_bytes: self.total_bytes,
            finished,
        }
    }

    /// Reads what is left and gives the result.
    pub fn finish(mut self) -> Result<Preview, ImportError> {
        while !self.step(usize::MAX).finished {}
        match self.state {
            // The first step leaves this state, whatever the file.
            State::Bytes { .. } => Err(ImportError::Empty),
            State::Table(table) => table.finish(self.name),
            State::Lines(lines) => lines.finish(self.name),
            State::Read(read) => read.map(|preview| *preview),
        }
    }
}

/// Imports a file in one go.
pub fn import(file_name: &str, bytes: Vec<u8>, options: Options) -> Result<Preview, ImportError> {
    Importer::new(file_name, bytes, options).finish()
}

/// Decides what kind of file it is and begins to read it.
fn open(
    file_name: &str,
    name: &str,
    bytes: Vec<u8>,
    options: Options,
) -> Result<State, ImportError> {
    let text = text::decode(bytes)?;
    let extension = file_name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_lowercase());
    let begins_json = text.trim_start().starts_with(['{', '[']);
    match extension.as_deref() {
        Some("json") => read_json(&text, name),
        Some("csv" | "tsv" | "tab") => read_table(text, options),
        _ if begins_json && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() => {
            read_json(&text, name)
        }
        _ if looks_like_table(&text) || !options.columns.is_empty() => read_table(text, options),
        _ => Ok(State::Lines(LinesImport::new(text))),
    }
}

fn read_json(text: &str, name: &str) -> Result<State, ImportError> {
    let preview = json::read(text, name.to_owned())?;
    Ok(State::Read(Ok(Box::new(preview))))
}

fn read_table(text: String, options: Options) -> Result<State, ImportError> {
    let delimiter = delimiter(&text);
    Ok(State::Table(Box::new(TableImport::new(
        text, delimiter, options,
    )?)))
}

/// Whether a text is rows of a spreadsheet, as they are copied from one, with a header that names a title.
#[must_use]
pub fn is_copied_table(text: &str) -> bool {
    let headers = table::first_row(text, b'\t');
    let has_rows = text.trim().lines().count() > 1;
    has_rows && headers.len() > 1 && columns::names_a_title(&headers)
}

/// Text without an extension that says so is a table where its first row has several names of columns, one a title's.
fn looks_like_table(text: &str) -> bool {
    let headers = table::first_row(text, delimiter(text));
    headers.len() > 1 && columns::names_a_title(&headers) && columns::known_headers(&headers) > 1
}

/// The delimiter that makes most of the first row into known names, then into cells.
fn delimiter(text: &str) -> u8 {
    let score = |delimiter: &u8| {
        let headers = table::first_row(text, *delimiter);
        (columns::known_headers(&headers), headers.len())
    };
    // The last of equals is taken, so the most common comes last.
    table::DELIMITERS
        .iter()
        .rev()
        .copied()
        .max_by_key(score)
        .unwrap_or(b',')
}

/// A name for the backlog: the file's without folders and extension.
fn backlog_name(file_name: &str) -> String {
    let file = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = match file.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => file,
    };
    let name = bounds::one_line(&stem.replace('_', " "));
    if name.is_empty() {
        "Imported".into()
    } else {
        name.chars().take(EXCERPT_CHARS).collect()
    }
}

/// The beginning of a text, on one line.
fn excerpt(text: &str) -> String {
    let line = bounds::one_line(text);
    if line.chars().count() <= EXCERPT_CHARS {
        return line;
    }
    line.chars().take(EXCERPT_CHARS - 1).chain(['…']).collect()
}

/// A moment that needs no knowledge of its file to be read.
pub(crate) fn read_instant(text: &str) -> Option<Timestamp> {
    date::read(text)?.resolve(None, 0)
}
