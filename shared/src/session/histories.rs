//! The past of all items for the pages that show reports: told in slices when a page asks, then item by item as they
//! change. Nobody else pays for it.

use std::collections::BTreeSet;

use super::{Effect, Session, messages::FromSession};
use crate::{
    document::Historian,
    ids::{ItemId, TabId},
};

/// How many items are told of in one slice: some milliseconds of reading.
const ITEMS_PER_SLICE: usize = 256;

impl Session {
    pub(super) fn want_histories(&mut self, id: TabId, wanted: bool) {
        let untold = wanted.then(|| {
            self.backlog
                .every_item()
                .into_iter()
                .collect::<BTreeSet<_>>()
        });
        let none = untold.as_ref().is_some_and(BTreeSet::is_empty);
        if let Some(tab) = self.tabs.get_mut(&id) {
            tab.untold = untold;
        }
        if none {
            let histories = Vec::new();
            self.tell(id, FromSession::Histories { histories, left: 0 });
        }
        self.tell_histories();
    }

    /// Tells pages that want it what has changed in the past of items.
    pub(super) fn show_histories(&mut self) {
        let stirred = self.backlog.take_stirred();
        if self.tabs.values().all(|tab| tab.untold.is_none()) {
            return;
        }
        let items = match stirred.everything {
            true => self.backlog.every_item().into_iter().collect(),
            false => stirred.items,
        };
        for tab in self.tabs.values_mut() {
            if let Some(untold) = &mut tab.untold {
                untold.extend(items.iter().copied());
            }
        }
        self.tell_histories();
    }

    /// The next slice for each page that waits for one.
    pub(super) fn tell_histories(&mut self) {
        let mut slices: Vec<(TabId, Vec<ItemId>, u64)> = Vec::new();
        for (id, tab) in &mut self.tabs {
            let Some(untold) = tab.untold.as_mut().filter(|untold| !untold.is_empty()) else {
                continue;
            };
            let rest = untold.iter().nth(ITEMS_PER_SLICE).copied();
            let later = rest.map(|rest| untold.split_off(&rest)).unwrap_or_default();
            let slice = std::mem::replace(untold, later);
            slices.push((*id, slice.into_iter().collect(), untold.len() as u64));
        }
        let mut historian = Historian::of(&self.backlog);
        let told: Vec<_> = slices
            .into_iter()
            .map(|(tab, items, left)| {
                let histories = items.into_iter().filter_map(|item| historian.history(item));
                (
                    tab,
                    FromSession::Histories {
                        histories: histories.collect(),
                        left,
                    },
                )
            })
            .collect();
        let is_more = self
            .tabs
            .values()
            .any(|tab| tab.untold.as_ref().is_some_and(|untold| !untold.is_empty()));
        for (tab, message) in told {
            self.tell(tab, message);
        }
        // One at a time: another one may be on its way for something else.
        if is_more && !self.effects.contains(&Effect::Continue) {
            self.effects.push(Effect::Continue);
        }
    }
}
