//! The order in which a list is looked at, and what would change if that order were its rank. Pure.

use std::{cmp::Ordering, sync::Arc};

use shared::{
    ids::ItemId,
    model::{Field, Row},
};

use super::grouping::GroupBy;

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SortBy {
    /// Its own order.
    #[default]
    Rank,
    /// The score of the chosen scorecard.
    Score,
    /// Effort.
    Estimate,
    /// Business value.
    Value,
    /// How often it was asked for (PB-09).
    Feedback,
    /// What that weighs.
    Weight,
    /// When it was made.
    Created,
    /// When somebody last did something to it.
    Updated,
    /// Its title.
    Name,
    /// Where it stands.
    Status,
}

impl SortBy {
    /// All of them, in the order of the menu.
    pub const ALL: &[Self] = &[
        Self::Rank,
        Self::Score,
        Self::Estimate,
        Self::Value,
        Self::Feedback,
        Self::Weight,
        Self::Created,
        Self::Updated,
        Self::Name,
        Self::Status,
    ];

    /// The word in addresses and settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rank => "rank",
            Self::Score => "score",
            Self::Estimate => "estimate",
            Self::Value => "value",
            Self::Feedback => "feedback",
            Self::Weight => "weight",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Name => "name",
            Self::Status => "status",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Rank => "Rank",
            Self::Score => "Score",
            Self::Estimate => "Estimate",
            Self::Value => "Business value",
            Self::Feedback => "Requests",
            Self::Weight => "Weight of requests",
            Self::Created => "Created",
            Self::Updated => "Last touched",
            Self::Name => "Name",
            Self::Status => "Status",
        }
    }

    /// The direction that is looked for first: the most valuable, the latest.
    #[must_use]
    pub const fn first_direction(self) -> Direction {
        match self {
            Self::Score
            | Self::Value
            | Self::Feedback
            | Self::Weight
            | Self::Created
            | Self::Updated => Direction::Descending,
            Self::Rank | Self::Estimate | Self::Name | Self::Status => Direction::Ascending,
        }
    }
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The smallest.
    #[default]
    Ascending,
    /// The largest.
    Descending,
}

impl Direction {
    /// Both.
    pub const ALL: &[Self] = &[Self::Ascending, Self::Descending];

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ascending => "Ascending",
            Self::Descending => "Descending",
        }
    }
}

/// An order to look at a list in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Which end comes first.
    pub direction: Direction,
}

impl Sort {
    /// The usual order by something.
    #[must_use]
    pub const fn by(by: SortBy) -> Self {
        Self {
            by,
            direction: by.first_direction(),
        }
    }

    /// Whether it is the list's own order.
    #[must_use]
    pub fn is_rank(self) -> bool {
        self == Self::default()
    }

    /// The word in addresses and settings: `value-desc`.
    #[must_use]
    pub fn word(self) -> String {
        let end = match self.direction {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        format!("{}-{end}", self.by.word())
    }

    /// The order of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let (by, end) = word.rsplit_once('-')?;
        let by = SortBy::ALL.iter().find(|known| known.word() == by)?;
        let direction = match end {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            _ => return None,
        };
        Some(Self { by: *by, direction })
    }

    /// The name that people read: `Business value, descending`.
    #[must_use]
    pub fn label(self) -> String {
        format!(
            "{}, {}",
            self.by.label(),
            self.direction.label().to_lowercase()
        )
    }

    /// Rows of a list, which come in rank order, in this order. What has no value comes last either way; equals stay in
    /// rank order. `score` tells what stands in no row: the score, or what was heard.
    pub fn sort(self, rows: &mut [Arc<Row>], score: impl Fn(&Row) -> Option<f64>) {
        match self.by {
            SortBy::Rank => {
                if self.direction == Direction::Descending {
                    rows.reverse();
                }
            }
            SortBy::Score | SortBy::Feedback | SortBy::Weight => self.by_number(rows, score),
            SortBy::Estimate => self.by_number(rows, |row| row.estimate),
            SortBy::Value => self.by_number(rows, |row| row.number(Field::Value)),
            // Milliseconds of our time are far below 2^53.
            SortBy::Created => self.by_number(rows, |row| Some(row.created.ms() as f64)),
            SortBy::Updated => self.by_number(rows, |row| Some(row.touched.ms() as f64)),
            SortBy::Name => {
                rows.sort_by_cached_key(|row| Directed(row.title.to_lowercase(), self.direction))
            }
            SortBy::Status => rows.sort_by_key(|row| Directed(row.status, self.direction)),
        }
    }

    fn by_number(self, rows: &mut [Arc<Row>], value: impl Fn(&Row) -> Option<f64>) {
        let numbers = |row: &Arc<Row>| value(row).filter(|number| number.is_finite());
        rows.sort_by(|a, b| match (numbers(a), numbers(b)) {
            (Some(a), Some(b)) => self.direction.of(a.total_cmp(&b)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
    }
}

impl Direction {
    fn of(self, order: Ordering) -> Ordering {
        match self {
            Self::Ascending => order,
            Self::Descending => order.reverse(),
        }
    }
}

/// How a list is looked at, besides what it filters. The address holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Look {
    /// In which order.
    pub sort: Sort,
    /// Under which headings.
    pub group: Option<GroupBy>,
    /// Whether the lists beside the product backlog are shown with it (PB-03).
    pub whole: bool,
}

impl Look {
    /// Whether it is the list as it is ranked.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }

    /// The headings: a whole backlog without others stands under its lists.
    #[must_use]
    pub fn group(self) -> Option<GroupBy> {
        self.group
            .or_else(|| (self.whole && self.sort.is_rank()).then_some(GroupBy::List))
    }
}

/// A key that is compared in a direction.
#[derive(PartialEq, Eq)]
struct Directed<T>(T, Direction);

impl<T: Ord> Ord for Directed<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.1.of(self.0.cmp(&other.0))
    }
}

impl<T: Ord> PartialOrd for Directed<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// An item that gets another number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The item.
    pub item: ItemId,
    /// Its number, from 1.
    pub from: usize,
    /// Its new number, from 1.
    pub to: usize,
}

/// What changes in a list, given in rank order, when some of its items share out their ranks in another order.
#[must_use]
pub fn moves(list: &[Arc<Row>], wanted: &[ItemId]) -> Vec<Moved> {
    let among: std::collections::BTreeSet<ItemId> = wanted.iter().copied().collect();
    let number: std::collections::BTreeMap<ItemId, usize> = list
        .iter()
        .zip(1..)
        .map(|(row, nth)| (row.id, nth))
        .collect();
    let seats = list
        .iter()
        .zip(1..)
        .filter(|(row, _)| among.contains(&row.id))
        .map(|(_, nth)| nth);
    let present = wanted.iter().filter(|item| number.contains_key(item));
    present
        .zip(seats)
        .filter_map(|(item, to)| {
            let from = *number.get(item)?;
            (from != to).then_some(Moved {
                item: *item,
                from,
                to,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use shared::model::Status;

    use super::*;
    use crate::state::rows::tests::row;

    fn valued(id: &str, value: Option<f64>) -> Arc<Row> {
        let mut row = row(id, "A");
        row.set_field(Field::Value, value.map(Into::into));
        Arc::new(row)
    }

    fn list() -> Vec<Arc<Row>> {
        vec![
            valued("a", Some(3.0)),
            valued("b", None),
            valued("c", Some(8.0)),
            valued("d", Some(3.0)),
        ]
    }

    fn titles(rows: &[Arc<Row>]) -> String {
        rows.iter().map(|row| row.title.as_str()).collect()
    }

    #[test]
    fn pb_12_what_has_no_value_is_last_and_equals_keep_their_rank() {
        let mut rows = list();
        Sort::by(SortBy::Value).sort(&mut rows, |_| None);
        assert_eq!(titles(&rows), "cadb");
        let mut rows = list();
        let rising = Sort {
            by: SortBy::Value,
            direction: Direction::Ascending,
        };
        rising.sort(&mut rows, |_| None);
        assert_eq!(titles(&rows), "adcb");
    }

    #[test]
    fn pb_12_every_order_sorts() {
        let mut rows = list();
        let first = Row {
            status: Status::Doing,
            title: "Z".to_owned(),
            estimate: Some(1.0),
            touched: shared::time::Timestamp::from_ms(9),
            ..Row::clone(&rows[3])
        };
        rows[3] = Arc::new(first);
        let sorted = |by, direction| {
            let mut rows = rows.clone();
            Sort { by, direction }.sort(&mut rows, |row| (row.title == "b").then_some(1.0));
            titles(&rows)
        };
        assert_eq!(sorted(SortBy::Rank, Direction::Descending), "Zcba");
        assert_eq!(sorted(SortBy::Name, Direction::Descending), "Zcba");
        assert_eq!(sorted(SortBy::Status, Direction::Descending), "Zabc");
        assert_eq!(sorted(SortBy::Estimate, Direction::Ascending), "Zabc");
        assert_eq!(sorted(SortBy::Updated, Direction::Descending), "Zabc");
        assert_eq!(sorted(SortBy::Score, Direction::Descending), "bacZ");
        assert_eq!(sorted(SortBy::Feedback, Direction::Descending), "bacZ");
    }

    #[test]
    fn words_name_orders() {
        for by in SortBy::ALL {
            for direction in Direction::ALL {
                let sort = Sort {
                    by: *by,
                    direction: *direction,
                };
                assert_eq!(Sort::from_word(&sort.word()), Some(sort));
            }
        }
        assert_eq!(Sort::from_word("value"), None);
        assert_eq!(Sort::from_word("value-up"), None);
    }

    #[test]
    fn bt_36_the_moves_are_those_whose_number_changes() {
        let list = list();
        let ids: Vec<ItemId> = list.iter().map(|row| row.id).collect();
        let wanted = [ids[2], ids[0], ids[3], ids[1]];
        let moves = moves(&list, &wanted);
        let told: Vec<(usize, usize)> = moves.iter().map(|one| (one.from, one.to)).collect();
        assert_eq!(told, [(3, 1), (1, 2), (4, 3), (2, 4)]);
        // Only those that are shown share out their places.
        let some = super::moves(&list, &[ids[2], ids[0]]);
        let told: Vec<(usize, usize)> = some.iter().map(|one| (one.from, one.to)).collect();
        assert_eq!(told, [(3, 1), (1, 3)]);
        assert_eq!(super::moves(&list, &ids), []);
    }
}
