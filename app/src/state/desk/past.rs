//! The past of all items, as long as a report is on the screen: asked of the session when one opens, let go when it
//! closes.

use leptos::prelude::*;
use shared::{model::History, product::trail::Past, session::messages::ToSession};

use super::Desk;

/// What the page knows of the past.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// Whether a report wants it.
    is_wanted: bool,
    /// Whether everything was told.
    is_whole: bool,
    past: Past,
}

impl Told {
    /// The past; `None` while it is still being told.
    #[must_use]
    pub fn whole(&self) -> Option<&Past> {
        self.is_whole.then_some(&self.past)
    }
}

impl Desk {
    /// Keeps the past at hand as long as whoever calls this is on the screen.
    pub fn use_past(self) {
        self.past.set(Told {
            is_wanted: true,
            ..Told::default()
        });
        self.say(ToSession::Histories { wanted: true });
        on_cleanup(move || {
            self.past.set(Told::default());
            self.say(ToSession::Histories { wanted: false });
        });
    }

    pub(super) fn hear_past(self, histories: Vec<History>, left: u64) {
        if !self.past.with_untracked(|told| told.is_wanted) {
            return;
        }
        let take = |told: &mut Told| {
            told.past.take(histories);
            told.is_whole |= left == 0;
        };
        // Nobody looks until it is whole.
        if left == 0 || self.past.with_untracked(|told| told.is_whole) {
            self.past.update(take);
        } else {
            self.past.update_untracked(take);
        }
    }
}
