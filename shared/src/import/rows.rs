//! Rows of a table into items.

use std::collections::BTreeMap;

use csv::StringRecord;

use crate::{
    document::takes_field,
    export,
    import::{
        ITEMS_MAX, ImportedComment, ImportedItem, bounds,
        cells::{Cells, criteria, points, tags},
        columns::{self, Column},
        date::{self, Reading},
        error::ImportError,
        excerpt,
        links::{Links, attached, urls},
        preview::{Field, Format, Options, Preview, Problems},
        settle::{Found, UNREADABLE_DATE, settle_dates, settle_names, sort_by_rank},
        story,
        table::{COLUMNS_MAX, Table},
        wiki, words,
    },
    model::{Collection, Field as Register, Kind, Scalar, Status},
};

/// A table that is being read row by row.
#[derive(Debug)]
pub(super) struct TableImport {
    table: Table,
    format: Format,
    headers: Vec<String>,
    columns: Vec<Column>,
    options: Options,
    found: Vec<Found>,
    /// The row in which each key was first used.
    keys: BTreeMap<String, usize>,
    /// Rows with fewer cells than the header: (first, how many).
    narrow: (usize, usize),
    problems: Problems,
    links: Links,
}

impl TableImport {
    pub(super) fn new(text: String, delimiter: u8, options: Options) -> Result<Self, ImportError> {
        let headers = super::table::first_row(&text, delimiter);
        if headers.len() > COLUMNS_MAX {
            return Err(ImportError::TooManyColumns { limit: COLUMNS_MAX });
        }
        let format = columns::format(&headers);
        let (mut table, loose_quotes) = Table::new(text, delimiter)?;
        let columns = columns::map(format, &headers, &options);
        if !columns
            .iter()
            .any(|column| column.mapping.field == Some(Field::Title))
        {
            return Err(ImportError::NoTitleColumn { headers });
        }
        table.next_row();
        let mut problems = Problems::default();
        for row in loose_quotes {
            problems.warn(row, "Text follows a closing quote in a cell; the quotes around the first part are dropped.");
        }
        Ok(Self {
            table,
            format,
            headers,
            columns,
            options,
            found: Vec::new(),
            keys: BTreeMap::new(),
            narrow: (0, 0),
            problems,
            links: Links::default(),
        })
    }

    /// Reads so many rows; says whether there are more.
    pub(super) fn step(&mut self, rows: usize) -> Result<bool, ImportError> {
        for _ in 0..rows {
            let Some((row, record)) = self.table.next_row() else {
                return Ok(false);
            };
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if self.found.len() == ITEMS_MAX {
                return Err(ImportError::TooManyItems {
                    row,
                    limit: ITEMS_MAX,
                });
            }
            let record = record.clone();
            if self.is_aligned(row, &record) {
                let cells = self.cells(&record);
                self.take(row, &cells);
            }
        }
        Ok(true)
    }

    pub(super) fn position(&self) -> u64 {
        self.table.position()
    }

    /// Whether the cells of a row stand below their headers.
    fn is_aligned(&mut self, row: usize, record: &StringRecord) -> bool {
        let (cells, columns) = (record.len(), self.headers.len());
        let first = record.get(0).unwrap_or_default();
        if record
            .iter()
            .skip(columns)
            .any(|cell| !cell.trim().is_empty())
        {
            let reason = format!(
                "It has {cells} of {columns} columns, so its values do not stand below their headers. Check its quotes and delimiters."
            );
            self.problems.leave_out(row, first, reason);
            return false;
        }
        if record
            .iter()
            .map(str::trim)
            .eq(self.headers.iter().map(String::as_str))
        {
            self.problems
                .leave_out(row, first, "It repeats the header.");
            return false;
        }
        if cells < columns {
            self.narrow = (
                if self.narrow.1 == 0 {
                    row
                } else {
                    self.narrow.0
                },
                self.narrow.1 + 1,
            );
        }
        true
    }

    /// The cells that are not empty, by field, in the order of the columns.
    fn cells(&mut self, record: &StringRecord) -> Cells {
        let mut cells = Cells::default();
        for (column, cell) in self.columns.iter_mut().zip(record) {
            if cell.trim().is_empty() {
                continue;
            }
            let cell = export::unguarded(cell);
            column.mapping.filled += 1;
            if column.mapping.filled == 1 {
                column.mapping.example = excerpt(cell);
            }
            if let Some(field) = column.mapping.field {
                cells.add(field, cell);
            }
        }
        cells
    }

    fn take(&mut self, row: usize, cells: &Cells) {
        let title = bounds::one_line(cells.first(Field::Title));
        if title.is_empty() {
            self.problems
                .leave_out(row, cells.example(), "It has no title.");
            return;
        }
        let mut item = ImportedItem::titled(title);
        item.key = self.key(cells);
        if !item.key.is_empty() {
            if let Some(first) = self.keys.get(&item.key) {
                let example = format!("{}, first used in row {first}", item.key);
                let reason =
                    "Its key was used before in this file; the first row with it is taken.";
                self.problems.leave_out(row, &example, reason);
                return;
            }
            self.keys.insert(item.key.clone(), row);
        }
        item.estimate = self.estimate(row, cells);
        item.status = self.status(row, cells);
        item.tags = cells.all(Field::Tags).flat_map(tags).collect();
        item.for_whom = cells.first(Field::ForWhom).to_owned();
        item.benefit = cells.first(Field::Benefit).to_owned();
        item.description = self.description(cells);
        item.criteria = cells.all(Field::Criteria).flat_map(criteria).collect();
        item.requirements = cells.all(Field::Requirements).flat_map(criteria).collect();
        item.more = self.more(row, cells);
        self.link(row, cells, &mut item);
        self.set_kind(row, cells, &mut item);
        let mut comment_dates = Vec::new();
        for cell in cells.all(Field::Comment) {
            let (comment, at) = self.comment(cell);
            item.comments.push(comment);
            comment_dates.push(at);
        }
        bounds_with_dates(&mut item, &mut comment_dates, row, &mut self.problems);
        let date_text = cells.first(Field::Created).trim().to_owned();
        let created = date::read(&date_text);
        if created.is_none() && !date_text.is_empty() {
            self.problems.leave_out(row, &date_text, UNREADABLE_DATE);
        }
        self.found.push(Found {
            row,
            item,
            created,
            comment_dates,
            rank: cells.first(Field::Rank).trim().to_owned(),
            part_of: bounds::one_line(cells.first(Field::PartOf)),
            depends_on: cells.all(Field::DependsOn).flat_map(tags).collect(),
            date_text,
        });
    }

    /// Plain numbers get a mark, so that nobody takes them for ranks.
    fn key(&self, cells: &Cells) -> String {
        let key = bounds::one_line(cells.first(Field::Key));
        let number = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
        if number && self.format != Format::CutlineCsv {
            format!("#{key}")
        } else {
            key
        }
    }

    fn estimate(&mut self, row: usize, cells: &Cells) -> Option<f64> {
        let cell = cells.first(Field::Estimate);
        let estimate = points(cell);
        if estimate.is_none() && !cell.trim().is_empty() {
            self.problems.leave_out(
                row,
                cell,
                "Its estimate is not a number from 0 to 1,000,000.",
            );
        }
        estimate
    }

    /// The further registers that tables have columns for.
    fn more(&mut self, row: usize, cells: &Cells) -> Vec<(Register, Scalar)> {
        let mut more = Vec::new();
        for (column, register) in [
            (Field::Value, Register::Value),
            (Field::Hours, Register::Hours),
        ] {
            let cell = cells.first(column).trim();
            let number = cell.replace(',', ".").parse().map(Scalar::Number).ok();
            match number.filter(|number| takes_field(register, number)) {
                Some(number) => more.push((register, number)),
                None if cell.is_empty() => {}
                None => self
                    .problems
                    .leave_out(row, cell, "It is not a number that fits."),
            }
        }
        let category = Scalar::Text(bounds::one_line(cells.first(Field::Category)));
        if takes_field(Register::Category, &category) {
            more.push((Register::Category, category));
        }
        more
    }

    /// Where it is, and what it is linked to but for other items.
    fn link(&mut self, row: usize, cells: &Cells, item: &mut ImportedItem) {
        let problems = &mut self.problems;
        item.id = bounds::one_line(cells.first(Field::CutlineId));
        item.place = self
            .links
            .place(cells.first(Field::List), &self.options, row, problems);
        for (field, prefix, collection) in [
            (Field::Goals, "goal", Collection::Goals),
            (Field::Initiatives, "initiative", Collection::Initiatives),
            (Field::Themes, "theme", Collection::Themes),
        ] {
            for cell in cells.all(field) {
                let marks = self.links.marks((prefix, collection), cell, row, problems);
                item.marks.extend(marks);
            }
        }
        for cell in cells.all(Field::Links) {
            item.marks.extend(urls(cell, row, problems));
        }
        for cell in cells.all(Field::Attachments) {
            item.marks.extend(attached(cell, row, problems));
        }
        item.marks.sort_by(|(a, _), (b, _)| a.cmp(b));
        item.marks.dedup();
    }

    /// By the name of the status first, then by its category; a resolution that gives up overrides both.
    fn status(&mut self, row: usize, cells: &Cells) -> Status {
        let (name, category) = (
            cells.first(Field::Status),
            cells.first(Field::StatusCategory),
        );
        let filled = |field| !cells.first(field).is_empty();
        if filled(Field::Archived) {
            return Status::Archived;
        }
        if filled(Field::Canceled) || words::gives_up(cells.first(Field::Resolution)) {
            return Status::Dropped;
        }
        if filled(Field::Completed) {
            return Status::Done;
        }
        if let Some(status) = words::status(name).or_else(|| words::status(category)) {
            return status;
        }
        if filled(Field::Started) {
            return Status::Doing;
        }
        let status = if filled(Field::Resolution) {
            Status::Done
        } else {
            Status::Todo
        };
        if !name.trim().is_empty() {
            let text = format!(
                "The status “{}” is not known; such items become “{}”.",
                excerpt(name),
                status.label()
            );
            self.problems.warn(row, text);
        }
        status
    }

    fn set_kind(&mut self, row: usize, cells: &Cells, item: &mut ImportedItem) {
        let name = cells.first(Field::Kind);
        let is_own = !self.options.terms.feature.is_empty()
            && words::plain(name) == words::plain(&self.options.terms.feature);
        let known = if is_own {
            Some(Kind::Feature)
        } else {
            words::kind(name)
        };
        if known.is_none() && !name.trim().is_empty() {
            let text = format!(
                "The type “{}” is not known; such items become features.",
                excerpt(name)
            );
            self.problems.warn(row, text);
        }
        if let Some(kind) = known {
            item.kind = kind;
        }
        let may_tell =
            self.format != Format::CutlineCsv && known.is_none_or(|kind| kind == Kind::Story);
        let told = may_tell && story::tell(item);
        let has_form =
            !item.for_whom.is_empty() && known.is_none() && self.format != Format::CutlineCsv;
        if has_form && !told {
            item.kind = Kind::Story;
        }
    }

    fn description(&self, cells: &Cells) -> String {
        let text = cells.first(Field::Description);
        match self.format {
            Format::CutlineCsv => text.to_owned(),
            format if format.is_jira() => wiki::to_markdown(text),
            _ => text.replace("\r\n", "\n").trim().to_owned(),
        }
    }

    fn comment(&self, cell: &str) -> (ImportedComment, Option<Reading>) {
        let plain = |text: &str| ImportedComment {
            text: text.to_owned(),
            ..ImportedComment::default()
        };
        match self.format {
            Format::CutlineCsv => match export::split_comment(cell) {
                Some((at, name, text)) => (
                    ImportedComment {
                        name,
                        at: None,
                        text: text.to_owned(),
                    },
                    date::read(at),
                ),
                None => (plain(cell), None),
            },
            format if format.is_jira() => {
                let mut parts = cell.splitn(3, ';');
                match (
                    parts.next().and_then(date::read),
                    parts.next(),
                    parts.next(),
                ) {
                    (Some(at), Some(author), Some(body)) => {
                        let comment = ImportedComment {
                            name: author.trim().to_owned(),
                            at: None,
                            text: wiki::to_markdown(body),
                        };
                        (comment, Some(at))
                    }
                    _ => (plain(&wiki::to_markdown(cell)), None),
                }
            }
            _ => (plain(cell.trim()), None),
        }
    }

    pub(super) fn finish(mut self, name: String) -> Result<Preview, ImportError> {
        if self.found.is_empty() {
            let reason = self.problems.first_reason();
            return Err(ImportError::NoItems {
                reason: reason.unwrap_or_else(|| "There is nothing below the header.".into()),
            });
        }
        if let (first, count @ 1..) = self.narrow {
            let text = format!(
                "{count} rows have fewer cells than the header; their missing cells are taken as empty."
            );
            self.problems.warn(first, text);
        }
        for column in &self.columns {
            let Column { mapping, reason } = column;
            // A repeated header that is empty below is no loss.
            if mapping.field.is_none() && mapping.filled > 0 {
                self.problems.leave_out_column(mapping, *reason);
            }
        }
        let ambiguous_date = settle_dates(&mut self.found, &self.options, &mut self.problems);
        settle_names(&mut self.found, &mut self.problems);
        sort_by_rank(&mut self.found);
        let columns = self
            .columns
            .into_iter()
            .map(|column| column.mapping)
            .collect();
        let items = self.found.into_iter().map(|found| found.item).collect();
        let mut preview = Preview::new(name, self.format, columns, items, self.problems);
        preview.ambiguous_date = ambiguous_date;
        preview.things = self.links.things;
        Ok(preview)
    }
}

/// Fits an item with its comments while their dates stay with them.
fn bounds_with_dates(
    item: &mut ImportedItem,
    dates: &mut Vec<Option<Reading>>,
    row: usize,
    problems: &mut Problems,
) {
    let mut with_text = item
        .comments
        .iter()
        .map(|comment| !comment.text.trim().is_empty());
    dates.retain(|_| with_text.next().unwrap_or(true));
    bounds::fit(item, row, problems);
    dates.truncate(item.comments.len());
}
