//! Which list the person is in: on most screens there is one, on the board each column is one.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::{Place, Row, Status},
    product::releases,
};

use super::{Desk, LIST};
use crate::{
    address::Screen,
    platform::page,
    state::{
        arrange::{Sort, SortBy},
        board,
        evidence::Evidence,
        filter::Filter,
        scores::Scores,
        shown::Shown,
    },
};

/// The element with the cards of a column.
#[must_use]
pub fn cards_element(place: Place) -> String {
    format!("cards-{}", place.word())
}

/// The element of the item that is reviewed.
pub const REVIEW_CARD: &str = "review-card";

/// What an order needs that stands in no row, followed: scores, or what was heard (PB-09).
pub(super) fn scoring(
    by: SortBy,
    scores: Memo<Option<Arc<Scores>>>,
    evidence: Memo<Arc<Evidence>>,
) -> impl Fn(&Row) -> Option<f64> {
    let scores = (by == SortBy::Score).then(|| scores.get()).flatten();
    let heard = matches!(by, SortBy::Feedback | SortBy::Weight).then(|| evidence.get());
    move |row| match (by, &heard) {
        (SortBy::Feedback, Some(heard)) => heard.heard(row.id).map(|heard| heard.count as f64),
        (SortBy::Weight, Some(heard)) => heard.heard(row.id).map(|heard| heard.weight),
        _ => scores.as_ref().and_then(|scores| scores.raw(row.id)),
    }
}

impl Desk {
    /// What a column of the board shows, followed.
    #[must_use]
    pub fn column(self, place: Place) -> Shown {
        let sort = self.board.sort(place);
        let mut filter = Filter {
            place: Some(place),
            everywhere: false,
            ..self.filter.get()
        };
        if matches!(place, Place::Sprint(_)) && filter.statuses.is_empty() {
            // A sprint shows what it has finished.
            filter.statuses = [Status::Todo, Status::Doing, Status::Done].into();
        }
        let sieve = self.sieve(filter);
        self.rows
            .with(|rows| Shown::of(rows, &sieve))
            .sorted(sort, self.scoring(sort))
    }

    /// What an order needs that stands in no row, followed.
    pub fn scoring(self, sort: Sort) -> impl Fn(&Row) -> Option<f64> {
        scoring(sort.by, self.scores, self.evidence)
    }

    /// Whether items stand in columns: on the board, on the roadmap, and where a release is planned. Followed.
    #[must_use]
    pub fn has_columns(self) -> bool {
        match self.screen.get() {
            Screen::Board | Screen::Sprints => true,
            Screen::Releases => self.board.plans.get() || self.release_here().is_none(),
            _ => false,
        }
    }

    /// The release whose page is on the screen. Followed.
    fn release_here(self) -> Option<Place> {
        let place = self.filter.with(|filter| filter.place);
        place.filter(|place| matches!(place, Place::Release(_)))
    }

    /// The places of the columns, from left to right.
    #[must_use]
    pub fn columns(self) -> Vec<Place> {
        if self.screen.get() == Screen::Releases {
            let releases = match self.release_here() {
                Some(place) => vec![place],
                None => {
                    let open = self.things.with(releases::open);
                    open.into_iter().map(|release| release.place()).collect()
                }
            };
            return [Place::Product].into_iter().chain(releases).collect();
        }
        let columns = match self.screen.get() {
            Screen::Sprints => self.sprint_columns(),
            _ => self.things.with(board::columns),
        };
        columns.into_iter().map(|column| column.place).collect()
    }

    /// The column that has the cursor; the first with anything in it otherwise.
    #[must_use]
    pub fn column_here(self) -> Place {
        let cursor = self.selection.cursor.get();
        let here =
            cursor.and_then(|item| self.rows.with(|rows| rows.row(item).map(|row| row.place)));
        let columns = self.columns();
        here.filter(|place| columns.contains(place))
            .or_else(|| {
                let mut filled = columns
                    .iter()
                    .filter(|place| !self.column(**place).is_empty());
                filled.next().or(columns.first()).copied()
            })
            .unwrap_or(Place::Product)
    }

    /// The list that keys go through.
    #[must_use]
    pub fn here(self) -> Shown {
        untrack(|| match self.has_columns() {
            true => self.column(self.column_here()),
            false => self.shown.get(),
        })
    }

    /// Where each item stands on the screen, from the first to the last.
    #[must_use]
    pub fn order_on_screen(self) -> BTreeMap<ItemId, usize> {
        untrack(|| {
            let ids: Vec<ItemId> = match self.has_columns() {
                true => self
                    .columns()
                    .into_iter()
                    .flat_map(|place| self.column(place).ids())
                    .collect(),
                false => self.shown.with(Shown::ids),
            };
            ids.into_iter().zip(0..).collect()
        })
    }

    /// Keys go to the list with the cursor.
    pub fn focus_list(self) {
        let element = untrack(|| match self.screen.get() {
            Screen::Inbox => super::triage::CARD.to_owned(),
            Screen::Review => REVIEW_CARD.to_owned(),
            _ if self.has_columns() => cards_element(self.column_here()),
            _ => LIST.to_owned(),
        });
        page::focus(&element);
    }
}
