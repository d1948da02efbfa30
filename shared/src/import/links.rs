//! What cells say of lists, goals and other items by name (BT-49). Records get ids that follow from their names, so that
//! everything that names one means the same; a backlog that has one of that name takes its own: see
//! [`crate::import::Taken::into_intent`].

use sha2::{Digest, Sha256};

use super::{
    bounds::one_line,
    cells::tags,
    preview::{Options, Problems},
    words::plain,
};
use crate::{
    document::{takes_mark, takes_register},
    ids::RecordId,
    model::{Collection, Facts, Place, Scalar, Thing, Things},
};

/// The digits of ids.
const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// The records that a file names, gathered row by row.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Them.
    pub(super) things: Things,
}

impl Links {
    /// Where a cell says that an item is; nothing where it says nothing.
    pub(super) fn place(
        &mut self,
        cell: &str,
        options: &Options,
        row: usize,
        problems: &mut Problems,
    ) -> Option<Place> {
        let cell = one_line(cell);
        match plain(&cell).as_str() {
            "" => return None,
            "inbox" => return Some(Place::Inbox),
            "product backlog" => return Some(Place::Product),
            _ => {}
        }
        let is = |word: &str, usual: &str, own: &str| {
            let word = plain(word);
            word == usual || (!own.is_empty() && word == plain(own))
        };
        let (collection, name) = match cell.split_once(": ") {
            Some((word, name)) if is(word, "release", &options.terms.release) => {
                (Collection::Releases, name)
            }
            Some((word, name)) if is(word, "sprint", &options.terms.sprint) => {
                (Collection::Sprints, name)
            }
            Some((word, name)) if is(word, "list", "") => (Collection::Lists, name),
            _ => (Collection::Lists, cell.as_str()),
        };
        let id = self.record(collection, name, row, problems)?;
        Place::of_record(collection, id)
    }

    /// The marks of an item that is linked to these, by name.
    pub(super) fn marks(
        &mut self,
        (prefix, collection): (&str, Collection),
        cell: &str,
        row: usize,
        problems: &mut Problems,
    ) -> Vec<(String, Scalar)> {
        let names = tags(cell).into_iter();
        let ids = names.filter_map(|name| self.record(collection, &name, row, problems));
        ids.map(|id| (format!("{prefix}:{id}"), true.into()))
            .collect()
    }

    fn record(
        &mut self,
        collection: Collection,
        name: &str,
        row: usize,
        problems: &mut Problems,
    ) -> Option<RecordId> {
        let name = one_line(name);
        if name.is_empty() {
            return None;
        }
        let id = named(collection, &name);
        let thing = Thing::Record(collection, id);
        let value = Scalar::Text(name);
        if !takes_register(thing, "name", &value) {
            let example = value.text().unwrap_or_default();
            problems.leave_out(row, example, "This name is too long.");
            return None;
        }
        self.things
            .entry(thing)
            .or_insert_with(|| Facts::from([("name".to_owned(), value)]));
        Some(id)
    }
}

/// Addresses in one cell, one a line.
pub(super) fn urls(cell: &str, row: usize, problems: &mut Problems) -> Vec<(String, Scalar)> {
    let lines = cell.lines().map(one_line).filter(|line| !line.is_empty());
    let mut marks = Vec::new();
    for (nth, line) in lines.enumerate() {
        let key = format!("url:{}", digits(&format!("url {nth} {line}")));
        let value = Scalar::Text(line);
        if takes_mark(&key, &value) {
            marks.push((key, value));
        } else {
            let example = value.text().unwrap_or_default();
            problems.leave_out(row, example, "This link is too long.");
        }
    }
    marks
}

/// A file of a Jira item, `when;who;name;address`, as a link: its bytes stay where they are.
pub(super) fn attached(cell: &str, row: usize, problems: &mut Problems) -> Vec<(String, Scalar)> {
    let cell = one_line(cell);
    if cell.is_empty() {
        return Vec::new();
    }
    let (said, address) = cell.rsplit_once(';').unwrap_or(("", &cell));
    let name = said.splitn(3, ';').last().unwrap_or_default();
    file_link(name, address, row, problems)
}

/// A file elsewhere, as a link with its name.
pub(super) fn file_link(
    name: &str,
    address: &str,
    row: usize,
    problems: &mut Problems,
) -> Vec<(String, Scalar)> {
    let (name, address) = (one_line(name), one_line(address));
    if !address.starts_with("https://") && !address.starts_with("http://") {
        problems.leave_out(
            row,
            &name,
            "Attachments without an address stay where they are.",
        );
        return Vec::new();
    }
    urls(format!("{name} {address}").trim(), row, problems)
}

/// The id of the record that has a name, whoever imports it.
fn named(collection: Collection, name: &str) -> RecordId {
    let digits = digits(&format!("{} {}", collection.word(), plain(name)));
    digits.parse().expect("twelve digits are an id")
}

fn digits(text: &str) -> String {
    let hash = Sha256::digest(text.as_bytes());
    let digit = |byte: &u8| char::from(DIGITS[usize::from(*byte) % DIGITS.len()]);
    hash.iter().take(12).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bt_49_places_are_read_by_name_and_each_name_is_one_list() {
        let mut links = Links::default();
        let mut problems = Problems::default();
        let options = Options::default();
        let mut place = |cell: &str| links.place(cell, &options, 2, &mut problems);
        assert_eq!(place(" inbox "), Some(Place::Inbox));
        assert_eq!(place("Product backlog"), Some(Place::Product));
        assert_eq!(place(""), None);
        assert_eq!(place("Later"), place("List: later"));
        assert!(matches!(place("Release: 1.0"), Some(Place::Release(_))));
        assert!(matches!(place("List: Inbox"), Some(Place::List(_))));
        assert!(matches!(place("Sprint: 5"), Some(Place::Sprint(_))));
        assert_eq!(links.things.len(), 4);
    }

    #[test]
    fn names_and_links_that_do_not_fit_are_left_out_and_told() {
        let mut links = Links::default();
        let mut problems = Problems::default();
        let long = "x".repeat(2_000);
        let goals = ("goal", Collection::Goals);
        assert!(links.marks(goals, &long, 2, &mut problems).is_empty());
        assert!(urls(&long, 3, &mut problems).is_empty());
        let found = urls("Docs https://a.b\n\nhttps://c.d", 3, &mut problems);
        assert_eq!(found.len(), 2);
        assert!(links.things.is_empty());
        assert!(problems.first_reason().is_some());
    }
}
