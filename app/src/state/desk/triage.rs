//! What of the open backlog waits for a decision, and which of it is looked at.

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Place, Thing, Things, thing},
    planning::{
        day::{Day, Fixed},
        similar::Titles,
    },
};
use wasm_bindgen_futures::spawn_local;

use super::Desk;
use crate::{
    address::Screen,
    platform::{clock, page, timer},
    state::{
        evidence::{self, Evidence},
        items::Items,
        rows::Rows,
        triage::{self, Waiting},
    },
};

/// The element that holds the card.
pub const CARD: &str = "triage-card";
/// The day is looked up anew this often, in milliseconds.
const DAY_MS: i32 = 60_000;

pub(super) fn waiting(items: Items, today: RwSignal<String>) -> Memo<Arc<Vec<Waiting>>> {
    let inbox = items.list(|rows| rows.ranked_in(Place::Inbox));
    Memo::new(move |_| {
        let today = today.get();
        inbox.track();
        Arc::new(items.with(|rows| triage::waiting(rows, &today)))
    })
}

pub(super) fn evidence(items: Items, things: RwSignal<Things>) -> Memo<Arc<Evidence>> {
    // Merges change seldom and rows often: what was heard is gathered anew only for what matters to it.
    let merged: Memo<BTreeMap<ItemId, ItemId>> =
        Memo::new(move |_| items.with(|rows| evidence::merged(rows.all().map(|row| &**row))));
    Memo::new(move |_| {
        Arc::new(things.with(|things| merged.with(|merged| Evidence::of(things, merged))))
    })
}

impl Desk {
    /// Keeps [`Desk::today`] true, also past midnight.
    pub(super) fn follow_the_day(self) {
        let zone = Memo::new(move |_| {
            self.things.with(|things| {
                let product = things.get(&Thing::Product);
                product.map_or_else(String::new, |facts| thing::text(facts, "zone").to_owned())
            })
        });
        Effect::new(move |_| self.look_up_the_day(&zone.get()));
        spawn_local(async move {
            while let Some(zone) = zone.try_get_untracked() {
                self.look_up_the_day(&zone);
                timer::sleep(DAY_MS).await;
            }
        });
    }

    fn look_up_the_day(self, zone: &str) {
        let zone = Fixed(clock::offset_minutes(zone));
        let today = Day::of(clock::now(), &zone).to_string();
        if self.today.try_with_untracked(|now| *now != today) == Some(true) {
            self.today.set(today);
        }
    }

    /// The card that is looked at in the Inbox: the chosen one, else the first that waits. Followed.
    #[must_use]
    pub fn card(self) -> Option<ItemId> {
        let today = self.today.get();
        let chosen = self.looked_at.get().filter(|id| {
            self.rows.with(|rows| {
                rows.row(*id)
                    .is_some_and(|row| triage::is_undecided(row, &today))
            })
        });
        chosen.or_else(|| {
            self.waiting
                .with(|waiting| waiting.first().map(|one| one.row.id))
        })
    }

    /// Chooses the card.
    pub fn look_at(self, item: Option<ItemId>) {
        self.looked_at.set(item);
        self.selection.clear();
        if let Some(item) = item {
            self.selection.place(item);
        }
    }

    /// The open items whose titles resemble an item's, the most alike first.
    #[must_use]
    pub fn similar_to(self, item: ItemId) -> Vec<ItemId> {
        self.rows.with_untracked(|rows| {
            let Some(row) = rows.row(item) else {
                return Vec::new();
            };
            let alike = self.titles(rows).like(&row.title, Some(item)).into_iter();
            alike
                .map(|(id, _)| id)
                .filter(|id| rows.row(*id).is_some_and(|row| row.status.is_open()))
                .collect()
        })
    }

    /// An index of all titles, made anew when items were added: suggestions may be a word behind.
    fn titles(self, rows: &Rows) -> Arc<Titles<ItemId>> {
        let count = rows.all().count();
        let known = self.titles.get_value();
        if let Some((_, titles)) = known.filter(|(of, _)| *of == count) {
            return titles;
        }
        let titles = rows.all().map(|row| (row.id, row.title.as_str()));
        let titles = Arc::new(Titles::new(titles));
        self.titles.set_value(Some((count, titles.clone())));
        titles
    }

    /// What a decision is about: the card in the Inbox, elsewhere the items that commands act on.
    #[must_use]
    pub fn decided(self) -> Vec<ItemId> {
        if self.screen.get_untracked() == Screen::Inbox {
            return untrack(|| self.card()).into_iter().collect();
        }
        self.targets()
    }

    /// Decides; the next card comes up.
    pub fn decide(self, items: &[ItemId], intent: Intent) {
        let next = self
            .waiting
            .with_untracked(|waiting| triage::next_after(waiting, items));
        self.close_layer();
        self.intend_loudly(intent);
        if self.screen.get_untracked() == Screen::Inbox {
            self.look_at(next);
            self.look_at_card();
        } else {
            self.selection.clear();
        }
    }

    /// Closes a dialog without a decision.
    pub fn stay(self) {
        self.close_layer();
        self.look_at_card();
    }

    /// Puts the focus on the card, where there is one.
    pub fn look_at_card(self) {
        if self.screen.get_untracked() == Screen::Inbox {
            page::after_paint(|| {
                if page::is_focus_lost() {
                    page::focus(CARD);
                }
            });
        }
    }

    /// Goes to another card.
    pub fn turn_card(self, by: isize) {
        let here = untrack(|| self.card());
        let next = self.waiting.with_untracked(|waiting| {
            let at = waiting.iter().position(|one| Some(one.row.id) == here);
            let last = waiting.len().checked_sub(1)?;
            let to = at.map_or(0, |at| at.saturating_add_signed(by).min(last));
            Some(waiting[to].row.id)
        });
        if next.is_some() {
            self.look_at(next);
            page::focus(CARD);
        }
    }
}
