//! What a room counts for its operator: how often something was refused, and why. Nothing in it says who or what.

use std::{collections::BTreeMap, mem};

use crate::sync::{
    frame::{Goodbye, RefusalCode},
    room::Room,
};

/// Counts since they were last taken, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Changes that are not in the log.
    pub refused: BTreeMap<&'static str, u64>,
    /// Connections that the room ended.
    pub dismissed: BTreeMap<&'static str, u64>,
}

impl Tally {
    /// Whether nothing was counted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.refused.is_empty() && self.dismissed.is_empty()
    }

    pub(super) fn refused(&mut self, code: &RefusalCode) {
        *self.refused.entry(code.label()).or_default() += 1;
    }

    pub(super) fn dismissed(&mut self, reason: Goodbye) {
        *self.dismissed.entry(reason.label()).or_default() += 1;
    }
}

impl Room {
    /// What was counted since the last call.
    #[must_use]
    pub fn take_tally(&mut self) -> Tally {
        mem::take(&mut self.tally)
    }
}
