//! The same list under headings, without moving an item (PB-27). Pure.
//!
//! An item that belongs to several groups stands under the first of them, so that every item is there once.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    model::{Collection, Field, Kind, Place, Row, Things, thing, view::place_name},
    product::{once::Shares, releases::Unit, settings},
};

use super::board::colour;

/// What a list is grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupBy {
    /// Backlog or list.
    List,
    /// Category.
    Category,
    /// Initiative.
    Initiative,
    /// Theme.
    Theme,
    /// Goal.
    Goal,
    /// Tag.
    Tag,
    /// Type.
    Kind,
}

impl GroupBy {
    /// All of them, in the order of the menu.
    pub const ALL: &[Self] = &[
        Self::Category,
        Self::Initiative,
        Self::Theme,
        Self::Goal,
        Self::Tag,
        Self::Kind,
        Self::List,
    ];

    /// The word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Category => "category",
            Self::Initiative => "initiative",
            Self::Theme => "theme",
            Self::Goal => "goal",
            Self::Tag => "tag",
            Self::Kind => "type",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Category => "Category",
            Self::Initiative => "Initiative",
            Self::Theme => "Theme",
            Self::Goal => "Goal",
            Self::Tag => "Tag",
            Self::Kind => "Type",
        }
    }

    /// What a word says.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|by| by.word() == word)
    }
}

/// A heading over the rows from `first` on.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// The first row below it, counted from 0.
    pub first: usize,
    /// What it says.
    pub name: String,
    /// Its colour, where it has one.
    pub colour: Option<u8>,
    /// How many rows stand below it.
    pub count: usize,
    /// Their part of the list's effort: what counts elsewhere in it counts there (BT-31).
    pub points: f64,
}

/// Where a row stands: groups are ordered by the first part, then by name.
type Group = (usize, String, Option<u8>);

/// What is known of groups before any row is looked at.
struct Known<'a> {
    by: GroupBy,
    things: &'a Things,
    /// The position, name and colour of each record that can be a group.
    records: BTreeMap<String, (usize, String, Option<u8>)>,
}

impl<'a> Known<'a> {
    fn of(by: GroupBy, things: &'a Things) -> Self {
        let collection = match by {
            GroupBy::Initiative => Some(Collection::Initiatives),
            GroupBy::Theme => Some(Collection::Themes),
            GroupBy::Goal => Some(Collection::Goals),
            GroupBy::List => Some(Collection::Lists),
            GroupBy::Category | GroupBy::Tag | GroupBy::Kind => None,
        };
        let records = collection
            .map(|collection| thing::records(things, collection))
            .unwrap_or_default()
            .into_iter()
            .enumerate()
            .map(|(nth, (id, facts))| {
                let name = thing::text(facts, "name").to_owned();
                (id.to_string(), (nth + 1, name, colour(facts)))
            })
            .collect();
        Self {
            by,
            things,
            records,
        }
    }

    /// The first group that a row belongs to.
    fn group(&self, row: &Row) -> Group {
        let none = |what: &str| (usize::MAX, format!("No {what}"), None);
        let linked = |prefix: &str, what: &str| {
            let own = row.marked(prefix).filter_map(|id| self.records.get(id));
            own.min().cloned().unwrap_or_else(|| none(what))
        };
        match self.by {
            GroupBy::Initiative => linked("initiative", "initiative"),
            GroupBy::Theme => linked("theme", "theme"),
            GroupBy::Goal => linked("goal", "goal"),
            GroupBy::Category => match row.text(Field::Category) {
                "" => none("category"),
                category => (1, category.to_owned(), None),
            },
            GroupBy::Tag => match row.tags.first() {
                Some(tag) => (1, tag.clone(), None),
                None => none("tag"),
            },
            GroupBy::Kind => {
                let nth = Kind::ALL.iter().position(|kind| *kind == row.kind);
                (
                    nth.unwrap_or_default(),
                    settings::kind(self.things, row.kind),
                    None,
                )
            }
            GroupBy::List => match row.place {
                Place::List(id) => self
                    .records
                    .get(id.as_str())
                    .cloned()
                    .unwrap_or_else(|| none("list")),
                place => (0, place_name(self.things, place), None),
            },
        }
    }
}

/// Rows in the order of their groups, each group in the order they come, with the headings.
#[must_use]
pub fn group(
    rows: &[Arc<Row>],
    by: GroupBy,
    things: &Things,
    shares: &Shares,
) -> (Vec<Arc<Row>>, Vec<Head>) {
    let known = Known::of(by, things);
    let mut groups: BTreeMap<Group, Vec<Arc<Row>>> = BTreeMap::new();
    for row in rows {
        groups
            .entry(known.group(row))
            .or_default()
            .push(row.clone());
    }
    let mut sorted = Vec::with_capacity(rows.len());
    let mut heads = Vec::with_capacity(groups.len());
    for ((_, name, colour), members) in groups {
        heads.push(Head {
            first: sorted.len(),
            name,
            colour,
            count: members.len(),
            points: shares.sum(members.iter().map(AsRef::as_ref), Unit::Points),
        });
        sorted.extend(members);
    }
    (sorted, heads)
}

/// Lines of a list with headings between its rows, counted from 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lines {
    /// The headings in order.
    pub heads: Vec<Head>,
}

/// What stands on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A heading, by its number.
    Head(usize),
    /// A row, by its number.
    Row(usize),
}

impl Lines {
    /// The line of a row.
    #[must_use]
    pub fn of_row(&self, row: usize) -> usize {
        row + self.heads.partition_point(|head| head.first <= row)
    }

    /// The line of a heading.
    #[must_use]
    pub fn of_head(&self, nth: usize) -> usize {
        self.heads.get(nth).map_or(nth, |head| head.first + nth)
    }

    /// What stands on a line.
    #[must_use]
    pub fn at(&self, line: usize) -> Line {
        let above = self.heads_above(line + 1);
        match above.checked_sub(1) {
            Some(nth) if self.of_head(nth) == line => Line::Head(nth),
            Some(_) | None => Line::Row(line - above),
        }
    }

    /// How many rows stand above a line.
    #[must_use]
    pub fn rows_above(&self, line: usize) -> usize {
        line - self.heads_above(line)
    }

    fn heads_above(&self, line: usize) -> usize {
        let (mut low, mut high) = (0, self.heads.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.of_head(middle) < line {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The rows of the group that a gap above a line belongs to: the first, and how many. `None` without headings.
    #[must_use]
    pub fn group_at(&self, line: usize) -> Option<(usize, usize)> {
        let nth = self.heads_above(line).saturating_sub(1);
        self.heads.get(nth).map(|head| (head.first, head.count))
    }

    /// The lines between which the group of a row stands: below its heading, to below its last row.
    #[must_use]
    pub fn of_group(&self, row: usize) -> Option<(usize, usize)> {
        let nth = self
            .heads
            .partition_point(|head| head.first <= row)
            .checked_sub(1)?;
        let begin = self.of_head(nth) + 1;
        Some((begin, begin + self.heads[nth].count))
    }
}

#[cfg(test)]
mod tests {
    use shared::model::Thing;

    use super::*;
    use crate::state::rows::tests::row;

    fn titles(rows: &[Arc<Row>]) -> String {
        rows.iter().map(|row| row.title.as_str()).collect()
    }

    fn names(heads: &[Head]) -> Vec<(&str, usize)> {
        heads
            .iter()
            .map(|head| (head.name.as_str(), head.count))
            .collect()
    }

    fn three() -> Vec<Arc<Row>> {
        let mut rows = [row("a", "A"), row("b", "B"), row("c", "C")];
        rows[0].tags = vec!["ui".to_owned()];
        rows[1].set_field(Field::Category, Some("Billing".into()));
        rows[1].kind = Kind::Bug;
        rows[2].tags = vec!["core".to_owned(), "ui".to_owned()];
        rows[2].estimate = Some(3.0);
        rows.into_iter().map(Arc::new).collect()
    }

    #[test]
    fn pb_27_groups_keep_the_rank_and_what_belongs_nowhere_is_last() {
        let things = Things::new();
        let (rows, heads) = group(&three(), GroupBy::Tag, &things, &Shares::default());
        assert_eq!(titles(&rows), "cab");
        assert_eq!(names(&heads), [("core", 1), ("ui", 1), ("No tag", 1)]);
        assert_eq!(heads[0].points, 3.0);
        let (rows, heads) = group(&three(), GroupBy::Category, &things, &Shares::default());
        assert_eq!(titles(&rows), "bac");
        assert_eq!(names(&heads), [("Billing", 1), ("No category", 2)]);
        let (rows, heads) = group(&three(), GroupBy::Kind, &things, &Shares::default());
        assert_eq!(titles(&rows), "acb");
        assert_eq!(names(&heads), [("Feature", 2), ("Bug", 1)]);
    }

    #[test]
    fn bt_31_pb_27_groups_add_up_to_the_list_and_count_nothing_twice() {
        let mut rows = [row("a", "A"), row("b", "B"), row("c", "C")];
        let feature = rows[0].id.to_string();
        let part_of = |row: &mut Row| row.set_field(Field::Parent, Some(feature.clone().into()));
        rows[1..].iter_mut().for_each(part_of);
        for (row, estimate) in rows.iter_mut().zip([20.0, 5.0, 8.0]) {
            row.estimate = Some(estimate);
        }
        rows[2].kind = Kind::Bug;
        let things = Things::new();
        let shares = Shares::of(&things, rows.iter());
        let rows: Vec<Arc<Row>> = rows.into_iter().map(Arc::new).collect();
        let (_, heads) = group(&rows, GroupBy::Kind, &things, &shares);
        let points: Vec<f64> = heads.iter().map(|head| head.points).collect();
        assert_eq!(points, [5.0, 8.0]);
    }

    #[test]
    fn pb_27_goals_stand_in_their_order() {
        let mut things = Things::new();
        for (letter, name, order) in [("a", "Later goal", "B"), ("b", "First goal", "A")] {
            let id = letter.repeat(12).parse().unwrap();
            let facts = [
                ("created", shared::model::Scalar::from(1.0)),
                ("name", name.into()),
                ("order", order.into()),
            ];
            things.insert(
                Thing::Record(Collection::Goals, id),
                facts.map(|(key, value)| (key.to_owned(), value)).into(),
            );
        }
        let mut list = three();
        for (nth, goals) in [(0, vec!["a", "b"]), (2, vec!["a"])] {
            let mut row = Row::clone(&list[nth]);
            for goal in goals {
                row.set_mark(&format!("goal:{}", goal.repeat(12)), Some(true.into()));
            }
            list[nth] = Arc::new(row);
        }
        let (rows, heads) = group(&list, GroupBy::Goal, &things, &Shares::default());
        assert_eq!(titles(&rows), "acb");
        assert_eq!(
            names(&heads),
            [("First goal", 1), ("Later goal", 1), ("No goal", 1)]
        );
    }

    #[test]
    fn lines_count_rows_and_headings() {
        let head = |first, count| Head {
            first,
            name: String::new(),
            colour: None,
            count,
            points: 0.0,
        };
        let lines = Lines {
            heads: vec![head(0, 2), head(2, 1), head(3, 3)],
        };
        let all: Vec<Line> = (0..9).map(|line| lines.at(line)).collect();
        use Line::{Head as H, Row as R};
        assert_eq!(all, [H(0), R(0), R(1), H(1), R(2), H(2), R(3), R(4), R(5)]);
        for row in 0..6 {
            assert_eq!(lines.at(lines.of_row(row)), R(row));
        }
        let above: Vec<usize> = (0..10).map(|line| lines.rows_above(line)).collect();
        assert_eq!(above, [0, 0, 1, 2, 2, 3, 3, 4, 5, 6]);
        assert_eq!(lines.of_group(2), Some((4, 5)));
        // A gap right above a heading is the end of the group before it.
        assert_eq!(lines.group_at(3), Some((0, 2)));
        assert_eq!(lines.group_at(4), Some((2, 1)));
        assert_eq!(lines.of_group(4), Some((6, 9)));
        let none = Lines::default();
        assert_eq!(
            (none.of_row(5), none.at(5), none.rows_above(5)),
            (5, R(5), 5)
        );
        assert_eq!(none.of_group(1), None);
    }
}
