//! Which item has the cursor, and which are selected.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;
use shared::ids::ItemId;

/// Cursor and selection of the list. They stay with their items, whatever moves.
#[derive(Clone, Copy, Debug)]
pub struct Selection {
    /// The item that keys act on.
    pub cursor: RwSignal<Option<ItemId>>,
    /// Selected items.
    pub items: RwSignal<Arc<BTreeSet<ItemId>>>,
    anchor: StoredValue<Option<ItemId>>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            cursor: RwSignal::new(None),
            items: RwSignal::new(Arc::default()),
            anchor: StoredValue::new(None),
        }
    }
}

impl Selection {
    /// Puts the cursor on an item; ranges begin there.
    pub fn place(self, item: ItemId) {
        self.anchor.set_value(Some(item));
        if self.cursor.get_untracked() != Some(item) {
            self.cursor.set(Some(item));
        }
    }

    /// Selects an item, or no longer.
    pub fn toggle(self, item: ItemId) {
        self.items.update(|items| {
            let items = Arc::make_mut(items);
            if !items.remove(&item) {
                items.insert(item);
            }
        });
        self.place(item);
    }

    /// Selects everything from where the range began to an item, in the order of a list.
    pub fn extend(self, to: ItemId, list: &[ItemId]) {
        let anchor = self
            .anchor
            .get_value()
            .or(self.cursor.get_untracked())
            .unwrap_or(to);
        let place = |item: ItemId| list.iter().position(|other| *other == item);
        let (Some(a), Some(b)) = (place(anchor), place(to)) else {
            return self.place(to);
        };
        let range = list[a.min(b)..=a.max(b)].iter().copied();
        self.items.set(Arc::new(range.collect()));
        self.cursor.set(Some(to));
        self.anchor.set_value(Some(anchor));
    }

    /// Selects all these.
    pub fn set(self, items: impl Iterator<Item = ItemId>) {
        self.items.set(Arc::new(items.collect()));
    }

    /// Selects nothing.
    pub fn clear(self) {
        if !self.items.with_untracked(|items| items.is_empty()) {
            self.items.set(Arc::default());
        }
    }
}
