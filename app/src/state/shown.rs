//! The list as it is filtered now. Pure.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    ids::ItemId,
    model::{Place, Row},
};

use super::{
    arrange::Sort,
    filter::Sieve,
    rows::{List, Rows},
};

/// The rows that a list shows, in order, each with its true rank number.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    rows: List,
    /// Rank numbers from 1, 0 for items that have none; `None` where the list is the whole ranked list.
    numbers: Option<Arc<Vec<usize>>>,
    /// Whether they stand in another order than their rank.
    sorted: bool,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        let same_rows = || {
            let pairs = || self.rows.iter().zip(other.rows.iter());
            self.rows.len() == other.rows.len() && pairs().all(|(a, b)| Arc::ptr_eq(a, b))
        };
        (Arc::ptr_eq(&self.rows, &other.rows) || same_rows())
            && self.numbers == other.numbers
            && self.sorted == other.sorted
    }
}

impl Shown {
    /// Filters.
    #[must_use]
    pub fn of(rows: &Rows, sieve: &Sieve) -> Self {
        let filter = sieve.filter();
        if filter.everywhere {
            return Self::everywhere(rows, sieve);
        }
        let list = rows.ranked_in(filter.place());
        if filter.is_empty() {
            return Self {
                rows: list,
                numbers: None,
                sorted: false,
            };
        }
        let fits = |row: &Row| sieve.fits(row, rows);
        let mut shown: Vec<Arc<Row>> = Vec::new();
        let mut numbers = Vec::new();
        for (place, row) in list.iter().enumerate() {
            if fits(row) {
                shown.push(row.clone());
                numbers.push(place + 1);
            }
        }
        if filter.wants_closed() {
            // The product backlog shows what was closed wherever it was.
            let here = |row: &&Arc<Row>| filter.place.is_none_or(|place| row.place == place);
            for row in rows.closed().iter().filter(here).filter(|row| fits(row)) {
                shown.push(row.clone());
                numbers.push(0);
            }
        }
        Self {
            rows: Arc::new(shown),
            numbers: Some(Arc::new(numbers)),
            sorted: false,
        }
    }

    /// The same rows in another order; each keeps its number.
    #[must_use]
    pub fn sorted(self, sort: Sort, score: impl Fn(&Row) -> Option<f64>) -> Self {
        if sort.is_rank() {
            return self;
        }
        let number: BTreeMap<ItemId, usize> = (0..self.len())
            .filter_map(|place| Some((self.id(place)?, self.number(place))))
            .collect();
        let mut rows = Vec::clone(&self.rows);
        sort.sort(&mut rows, score);
        let numbers = rows
            .iter()
            .map(|row| number.get(&row.id).copied().unwrap_or(0))
            .collect();
        Self {
            rows: Arc::new(rows),
            numbers: Some(Arc::new(numbers)),
            sorted: true,
        }
    }

    /// Whether the rows stand in another order than their rank, so that moving one by hand means nothing.
    #[must_use]
    pub const fn is_sorted(&self) -> bool {
        self.sorted
    }

    /// What fits of every backlog and list, the product backlog first.
    fn everywhere(rows: &Rows, sieve: &Sieve) -> Self {
        let mut places: Vec<(Place, List)> = rows
            .places()
            .map(|(place, list)| (place, list.clone()))
            .collect();
        places.sort_by_key(|(place, _)| (*place != Place::Product, *place));
        let mut shown: Vec<Arc<Row>> = Vec::new();
        let mut numbers = Vec::new();
        for (_, list) in places {
            for (place, row) in list.iter().enumerate() {
                if sieve.fits(row, rows) {
                    shown.push(row.clone());
                    numbers.push(place + 1);
                }
            }
        }
        if sieve.filter().wants_closed() {
            for row in rows.closed().iter().filter(|row| sieve.fits(row, rows)) {
                shown.push(row.clone());
                numbers.push(0);
            }
        }
        Self {
            rows: Arc::new(shown),
            numbers: Some(Arc::new(numbers)),
            sorted: false,
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The item at a place.
    #[must_use]
    pub fn id(&self, place: usize) -> Option<ItemId> {
        self.rows.get(place).map(|row| row.id)
    }

    /// The rank number at a place: from 1, 0 for none.
    #[must_use]
    pub fn number(&self, place: usize) -> usize {
        match &self.numbers {
            Some(numbers) => numbers.get(place).copied().unwrap_or(0),
            None => place + 1,
        }
    }

    /// Where an item is.
    #[must_use]
    pub fn place(&self, item: ItemId) -> Option<usize> {
        self.rows.iter().position(|row| row.id == item)
    }

    /// All items in order.
    #[must_use]
    pub fn ids(&self) -> Vec<ItemId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    /// All rows in order.
    #[must_use]
    pub fn rows(&self) -> &[Arc<Row>] {
        &self.rows
    }
}

#[cfg(test)]
mod tests {
    use shared::model::Status;

    use super::*;
    use crate::state::{filter::Filter, rows::tests::row};

    fn shown(rows: &Rows, filter: Filter) -> Shown {
        Shown::of(rows, &Sieve::new(filter, None))
    }

    #[test]
    fn filtered_rows_keep_their_true_numbers() {
        let mut rows = Rows::default();
        let mut done = row("d", "A");
        done.status = Status::Done;
        rows.replace(vec![row("a", "B"), row("b", "C"), row("ab", "D"), done]);
        let filter = Filter {
            text: "b".to_owned(),
            ..Filter::default()
        };
        let found = shown(&rows, filter);
        let numbers: Vec<usize> = (0..found.len()).map(|place| found.number(place)).collect();
        assert_eq!(numbers, [2, 3]);
        let all = shown(&rows, Filter::default());
        assert_eq!((all.len(), all.number(2)), (3, 3));
        let closed = Filter {
            statuses: [Status::Done].into(),
            ..Filter::default()
        };
        let found = shown(&rows, closed);
        assert_eq!((found.len(), found.number(0)), (1, 0));
    }
}
