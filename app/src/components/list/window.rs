//! Which rows of the list are drawn. Pure.

use std::collections::BTreeMap;

use shared::ids::ItemId;

use crate::state::{
    grouping::{Head, Line},
    shown::Shown,
};

/// The window moves in steps of so many rows: most scrolling then draws nothing.
const STEP: usize = 8;

/// The drawn rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Window {
    items: Vec<ItemId>,
    /// Line of the list, and rank number or 0.
    places: BTreeMap<ItemId, (usize, usize)>,
    /// Headings with their lines.
    heads: Vec<(usize, Head)>,
}

impl Window {
    /// The rows that are seen, from `top` on in pixels, and so many beyond each edge.
    pub(crate) fn of(
        shown: &Shown,
        (top, seen): (f64, f64),
        row_height: f64,
        beyond: usize,
    ) -> Self {
        let first = ((top / row_height).max(0.0) as usize).saturating_sub(beyond) / STEP * STEP;
        let count = (seen / row_height).max(0.0) as usize + 2 * beyond + STEP;
        let last = (first + count).min(shown.line_count());
        // A list that has become shorter may be scrolled beyond its end for a moment.
        let first = first.min(last.saturating_sub(count.min(last)));
        let lines = shown.lines();
        let mut drawn = Self::default();
        for line in first..last {
            match lines.at(line) {
                Line::Head(nth) => {
                    let head = lines.heads.get(nth).cloned();
                    drawn.heads.extend(head.map(|head| (line, head)));
                }
                Line::Row(place) => {
                    if let Some(id) = shown.id(place) {
                        drawn.items.push(id);
                        drawn.places.insert(id, (line, shown.number(place)));
                    }
                }
            }
        }
        drawn
    }

    pub(crate) fn items(&self) -> Vec<ItemId> {
        self.items.clone()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The drawn headings with their lines.
    pub(crate) fn heads(&self) -> Vec<(usize, Head)> {
        self.heads.clone()
    }

    /// On which line of the list a drawn item is, and its rank number or 0.
    pub(crate) fn place(&self, item: ItemId) -> Option<(usize, usize)> {
        self.places.get(&item).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{
        filter::{Filter, Sieve},
        rows::{Rows, tests::row},
    };

    fn shown(count: usize) -> Shown {
        let mut rows = Rows::default();
        let digit = |n: usize| char::from(b'a' + (n % 26) as u8);
        let name =
            |n: usize| format!("{}{}{}", digit(n / 676), digit(n / 26), digit(n)).replace('l', "L");
        rows.replace(
            (0..count)
                .map(|n| row(&name(n), &format!("{n:06}1")))
                .collect(),
        );
        Shown::of(&rows, &Sieve::new(Filter::default(), None))
    }

    #[test]
    fn everything_that_is_seen_is_drawn_and_little_more() {
        let shown = shown(10_000);
        for top in [0.0, 35.0, 36.0, 5_000.0, 180_123.0, 359_200.0] {
            let window = Window::of(&shown, (top, 800.0), 36.0, 20);
            for y in [top, top + 400.0, (top + 799.0).min(359_999.0)] {
                let item = shown.id((y / 36.0) as usize).unwrap();
                assert!(window.place(item).is_some(), "{y} of {top}");
            }
            assert!(window.items.len() < 90);
        }
    }

    #[test]
    fn small_steps_draw_nothing_new() {
        let shown = shown(1_000);
        let one = Window::of(&shown, (3_600.0, 800.0), 36.0, 20);
        assert_eq!(one, Window::of(&shown, (3_640.0, 800.0), 36.0, 20));
    }

    #[test]
    fn a_list_that_became_short_is_drawn_though_scrolled_far() {
        let window = Window::of(&shown(3), (90_000.0, 800.0), 36.0, 20);
        assert_eq!(window.items.len(), 3);
    }
}
