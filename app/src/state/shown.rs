//! The list as it is filtered now. Pure.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    ids::ItemId,
    model::{Collection, Place, Row, Things, thing},
    product::once::Shares,
};

use super::{
    arrange::{Look, Sort},
    filter::Sieve,
    grouping::{self, GroupBy, Lines},
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
    /// The headings between them.
    lines: Arc<Lines>,
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
            && self.lines == other.lines
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
                lines: Arc::default(),
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
            lines: Arc::default(),
        }
    }

    /// The same rows in another order; each keeps its number.
    #[must_use]
    pub fn sorted(self, sort: Sort, score: impl Fn(&Row) -> Option<f64>) -> Self {
        if sort.is_rank() {
            return self;
        }
        let mut rows = Vec::clone(&self.rows);
        sort.sort(&mut rows, score);
        Self {
            sorted: true,
            ..self.in_order(rows)
        }
    }

    /// The same rows in another order; each keeps its number.
    fn in_order(self, rows: Vec<Arc<Row>>) -> Self {
        let number: BTreeMap<ItemId, usize> = (0..self.len())
            .filter_map(|place| Some((self.id(place)?, self.number(place))))
            .collect();
        let numbers = rows
            .iter()
            .map(|row| number.get(&row.id).copied().unwrap_or(0))
            .collect();
        Self {
            rows: Arc::new(rows),
            numbers: Some(Arc::new(numbers)),
            ..self
        }
    }

    /// The same rows under headings; each keeps its number.
    #[must_use]
    pub fn grouped(self, by: GroupBy, things: &Things, shares: &Shares) -> Self {
        let (rows, heads) = grouping::group(&self.rows, by, things, shares);
        Self {
            lines: Arc::new(Lines { heads }),
            ..self.in_order(rows)
        }
    }

    /// The product backlog and its lists, one after the other (PB-03). Numbers are those of each list.
    #[must_use]
    pub fn whole(rows: &Rows, sieve: &Sieve, things: &Things) -> Self {
        let lists = thing::records(things, Collection::Lists)
            .into_iter()
            .map(|(id, _)| Place::List(id));
        let places = [Place::Product].into_iter().chain(lists);
        let places = places.map(|place| rows.ranked_in(place));
        let closed = rows.closed().iter();
        let closed = closed.filter(|row| row.place.is_product_backlog());
        Self::fitting(rows, sieve, places, closed)
    }

    /// What fits of several lists, and of closed items where those are wanted.
    fn fitting<'a>(
        rows: &Rows,
        sieve: &Sieve,
        lists: impl Iterator<Item = List>,
        closed: impl Iterator<Item = &'a Arc<Row>>,
    ) -> Self {
        let mut shown: Vec<Arc<Row>> = Vec::new();
        let mut numbers = Vec::new();
        for list in lists {
            for (place, row) in list.iter().enumerate() {
                if sieve.fits(row, rows) {
                    shown.push(row.clone());
                    numbers.push(place + 1);
                }
            }
        }
        if sieve.filter().wants_closed() {
            for row in closed.filter(|row| sieve.fits(row, rows)) {
                shown.push(row.clone());
                numbers.push(0);
            }
        }
        Self {
            rows: Arc::new(shown),
            numbers: Some(Arc::new(numbers)),
            sorted: false,
            lines: Arc::default(),
        }
    }

    /// What a list shows, looked at in some way.
    #[must_use]
    pub fn looked_at(
        rows: &Rows,
        sieve: &Sieve,
        look: Look,
        (things, shares): (&Things, &Shares),
        score: impl Fn(&Row) -> Option<f64>,
    ) -> Self {
        let shown = if look.whole {
            Self::whole(rows, sieve, things)
        } else {
            Self::of(rows, sieve)
        };
        let shown = shown.sorted(look.sort, score);
        match look.group() {
            Some(by) => shown.grouped(by, things, shares),
            None => shown,
        }
    }

    /// The headings between the rows.
    #[must_use]
    pub fn lines(&self) -> &Lines {
        &self.lines
    }

    /// How many lines it has, headings included.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.rows.len() + self.lines.heads.len()
    }

    /// The line on which an item is.
    #[must_use]
    pub fn line_of(&self, item: ItemId) -> Option<usize> {
        self.place(item).map(|place| self.lines.of_row(place))
    }

    /// Whether the rows are not simply those of one list from its first rank on.
    #[must_use]
    pub fn is_arranged(&self) -> bool {
        self.sorted || !self.lines.heads.is_empty()
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
        let lists = places.into_iter().map(|(_, list)| list);
        Self::fitting(rows, sieve, lists, rows.closed().iter())
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
    use crate::state::{
        arrange::{Direction, SortBy},
        filter::Filter,
        rows::tests::row,
    };

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
        let sorted = shown(&rows, Filter::default()).sorted(
            Sort {
                by: SortBy::Rank,
                direction: Direction::Descending,
            },
            |_| None,
        );
        let numbers: Vec<usize> = (0..3).map(|place| sorted.number(place)).collect();
        assert_eq!((numbers, sorted.is_sorted()), (vec![3, 2, 1], true));
        let closed = Filter {
            statuses: [Status::Done].into(),
            ..Filter::default()
        };
        let found = shown(&rows, closed);
        assert_eq!((found.len(), found.number(0)), (1, 0));
    }

    #[test]
    fn pb_03_the_whole_product_backlog_is_what_is_accepted_and_in_no_release() {
        let list = "a".repeat(12).parse().unwrap();
        let release = "b".repeat(12).parse().unwrap();
        let mut things = Things::new();
        for (collection, id, name) in [
            (Collection::Lists, list, "Later"),
            (Collection::Releases, release, "1.0"),
        ] {
            let facts = [("created", 1.0.into()), ("name", name.into())]
                .map(|(key, value): (&str, shared::model::Scalar)| (key.to_owned(), value));
            things.insert(shared::model::Thing::Record(collection, id), facts.into());
        }
        let in_place = |id: &str, place: Place| Row {
            place,
            ..row(id, "A")
        };
        let mut rows = Rows::default();
        rows.replace(vec![
            in_place("a", Place::Product),
            in_place("b", Place::List(list)),
            in_place("c", Place::Release(release)),
            in_place("d", Place::Inbox),
            in_place("e", Place::Product),
        ]);
        let look = Look {
            whole: true,
            ..Look::default()
        };
        let sieve = Sieve::new(Filter::default(), None);
        let shown = Shown::looked_at(&rows, &sieve, look, (&things, &Shares::default()), |_| None);
        let titles: String = shown.rows().iter().map(|row| row.title.as_str()).collect();
        assert_eq!(titles, "aeb");
        let heads = shown.lines().heads.iter();
        let names: Vec<&str> = heads.map(|head| head.name.as_str()).collect();
        assert_eq!(names, ["Product backlog", "Later"]);
        // Taking the item out of its release brings it back, at its rank.
        rows.put(Arc::new(in_place("c", Place::Product)));
        let shown = Shown::looked_at(&rows, &sieve, look, (&things, &Shares::default()), |_| None);
        assert_eq!((shown.len(), shown.number(1)), (4, 2));
    }
}
