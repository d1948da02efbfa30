//! Delimited text: its delimiter, its rows as people count them, and quotes that never close.
//!
//! The rows themselves are parsed by the `csv` crate, which reads on when a quote is not closed and does not count rows as
//! a spreadsheet does; this is where both are found out.

use std::io::Cursor;

use csv::{ReaderBuilder, StringRecord};

use crate::import::error::ImportError;

/// Delimiters in the order in which a tie is decided.
pub(super) const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The most columns of a table: more than any tracker exports, and few enough to show.
pub(super) const COLUMNS_MAX: usize = 5_000;

/// Reads the rows of a table one after another.
#[derive(Debug)]
pub(super) struct Table {
    reader: csv::Reader<Cursor<String>>,
    record: StringRecord,
    /// The row number of each record; blank lines are rows but not records.
    rows: Vec<u32>,
    next: usize,
}

impl Table {
    /// A table of a text whose quotes are all closed.
    pub(super) fn new(text: String, delimiter: u8) -> Result<(Self, Vec<usize>), ImportError> {
        let mut scan = Scan::new(delimiter);
        scan.run(text.as_bytes());
        let loose_quotes = scan.finish()?;
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(Cursor::new(text));
        let table = Self {
            reader,
            record: StringRecord::new(),
            rows: loose_quotes.0,
            next: 0,
        };
        Ok((table, loose_quotes.1))
    }

    /// The next row with its number from 1, or nothing at the end.
    pub(super) fn next_row(&mut self) -> Option<(usize, &StringRecord)> {
        // Reading from memory cannot fail, and the text is known to be UTF-8.
        if !self.reader.read_record(&mut self.record).unwrap_or(false) {
            return None;
        }
        let row = self.rows.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        Some((usize::try_from(row).unwrap_or(usize::MAX), &self.record))
    }

    /// How many bytes have been read.
    pub(super) fn position(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// The cells of the first row that is not blank; one more than [`COLUMNS_MAX`] where it has more.
pub(super) fn first_row(text: &str, delimiter: u8) -> Vec<String> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1_024)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let found = reader.read_record(&mut record).unwrap_or(false);
    let cells = record
        .iter()
        .take(COLUMNS_MAX + 1)
        .map(|cell| cell.trim().to_owned());
    if found { cells.collect() } else { Vec::new() }
}

/// The row of a byte in a file whose delimiter is not known: rows end outside of quotes.
pub(super) fn row_at(bytes: &[u8], at: usize) -> usize {
    let head = &bytes[..at.min(bytes.len())];
    let mut scan = Scan::new(b',');
    scan.run(head);
    scan.row
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    RecordStart,
    FieldStart,
    Unquoted,
    Quoted,
    QuoteInQuoted,
}

/// Follows quotes and line ends by the same rules as the parser.
struct Scan {
    delimiter: u8,
    state: State,
    row: usize,
    line: usize,
    /// Row and line in which the current or last quoted cell opened.
    opened: (usize, usize),
    records: Vec<u32>,
    loose_quotes: Vec<usize>,
    broken: Option<(usize, usize)>,
    after_return: bool,
}

impl Scan {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            state: State::RecordStart,
            row: 1,
            line: 1,
            opened: (1, 1),
            records: Vec::new(),
            loose_quotes: Vec::new(),
            broken: None,
            after_return: false,
        }
    }

    fn run(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.step(*byte);
        }
    }

    fn step(&mut self, byte: u8) {
        let second_half = self.after_return && byte == b'\n';
        self.after_return = byte == b'\r';
        let ends_line = matches!(byte, b'\r' | b'\n');
        if ends_line && !second_half {
            self.line += 1;
        }
        if self.state == State::Quoted {
            if byte == b'"' {
                self.state = State::QuoteInQuoted;
            }
            return;
        }
        if ends_line {
            if !second_half {
                self.row += 1;
            }
            self.state = State::RecordStart;
            return;
        }
        if self.state == State::RecordStart {
            self.records
                .push(u32::try_from(self.row).unwrap_or(u32::MAX));
            self.state = State::FieldStart;
        }
        self.state = match self.state {
            _ if byte == self.delimiter => State::FieldStart,
            State::FieldStart if byte == b'"' => {
                self.opened = (self.row, self.line);
                State::Quoted
            }
            State::QuoteInQuoted if byte == b'"' => State::Quoted,
            State::QuoteInQuoted => {
                self.note_text_after_quote(byte);
                State::Unquoted
            }
            _ => State::Unquoted,
        };
    }

    /// Text right after a closing quote. Where the cell spans lines, the quote that closed it was surely the one that
    /// opens a later cell.
    fn note_text_after_quote(&mut self, byte: u8) {
        if byte == b' ' {
            return;
        }
        if self.opened.1 < self.line {
            self.broken.get_or_insert(self.opened);
        } else {
            self.loose_quotes.push(self.row);
        }
    }

    /// The rows of the records, and the rows with text after a closing quote.
    fn finish(self) -> Result<(Vec<u32>, Vec<usize>), ImportError> {
        let open_at_end = (self.state == State::Quoted).then_some(self.opened);
        match self.broken.or(open_at_end) {
            Some((row, line)) => Err(ImportError::UnclosedQuote { row, line }),
            None => Ok((self.records, self.loose_quotes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        let (mut table, _) = Table::new(text.to_owned(), b',').unwrap();
        let mut rows = Vec::new();
        while let Some((row, record)) = table.next_row() {
            rows.push((row, record.iter().map(str::to_owned).collect()));
        }
        rows
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        let text = "a,b\r\n\r\n\"x\ny\r\nz\",2\r\n3\r\n\n4,\"\"\"q\"\"\"";
        let found = rows(text);
        let numbers: Vec<usize> = found.iter().map(|(row, _)| *row).collect();
        assert_eq!(numbers, [1, 3, 4, 6]);
        assert_eq!(found[1].1, ["x\ny\r\nz", "2"]);
        assert_eq!(found[3].1, ["4", "\"q\""]);
    }

    #[test]
    fn rows_match_the_parser_whatever_the_quotes() {
        let pieces = [
            "a", ",", "\"", "\"\"", "\n", "\r\n", "\r", " ", "é", "\"x\"", ",,",
        ];
        let mut state: usize = 99;
        let mut compared = 0;
        for round in 0..5_000 {
            let mut text = String::new();
            for nth in 0..10 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(round * 31 + nth);
                text.push_str(pieces[(state >> 33) % pieces.len()]);
            }
            if let Ok((mut table, _)) = Table::new(text.clone(), b',') {
                let expected = table.rows.len();
                let mut found = 0;
                while table.next_row().is_some() {
                    found += 1;
                }
                assert_eq!(found, expected, "{text:?}");
                compared += 1;
            }
        }
        assert!(compared > 1_500);
    }

    #[test]
    fn an_unclosed_quote_is_found_where_it_opens() {
        for (text, row, line) in [
            ("t\n\"abc\n", 2, 2),
            ("t,u\n\"a\nb\",c\nd,\"e\nf\n", 3, 4),
            // The quote of row 2 is not closed and swallows the beginning of row 3, whose own cells are quoted.
            ("t,u\n1,\"abc, def\n2,\"ghi\"\n3,x\n", 2, 2),
        ] {
            assert_eq!(
                Table::new(text.to_owned(), b',').err(),
                Some(ImportError::UnclosedQuote { row, line }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn text_after_a_closing_quote_is_told() {
        let (_, loose) = Table::new("t\n\"5\" tall\n\"5\"inch\n".into(), b',').unwrap();
        assert_eq!(loose, [3]);
    }
}
