//! The items of the open backlog for what does not depend on their order.

use std::sync::Arc;

use leptos::prelude::*;

use super::rows::{List, Rows};

/// Follows the items, but not their ranks: a re-rank, the commonest step, then computes nothing anew but the order.
#[derive(Clone, Copy, Debug)]
pub struct Items {
    rows: RwSignal<Rows>,
    content: Memo<u64>,
}

impl Items {
    /// Of these rows.
    #[must_use]
    pub fn of(rows: RwSignal<Rows>) -> Self {
        Self {
            rows,
            content: Memo::new(move |_| rows.with(Rows::content)),
        }
    }

    /// Reads something that ranks have no part in. Followed.
    pub fn with<T>(self, read: impl FnOnce(&Rows) -> T) -> T {
        self.content.track();
        self.rows.with_untracked(read)
    }

    /// A list of rows in its order; told anew only where that list changed.
    #[must_use]
    pub fn list(self, read: impl Fn(&Rows) -> List + Send + Sync + 'static) -> Memo<List> {
        Memo::new_with_compare(move |_| self.rows.with(&read), is_another)
    }
}

fn is_another(former: Option<&List>, now: Option<&List>) -> bool {
    match (former, now) {
        (Some(former), Some(now)) => {
            !(Arc::ptr_eq(former, now) || former.is_empty() && now.is_empty())
        }
        _ => true,
    }
}
