//! Who did what lately, from the metadata of the changes themselves (BT-30).

use std::collections::BTreeSet;

use automerge::ChangeHash;
use serde::{Deserialize, Serialize};

use super::{authors::Authors, read::change_time};
use crate::{model::Author, time::Timestamp};

/// Stands before the word of an intent that was taken back.
pub const TAKEN_BACK: &str = "undo ";

/// So many changes are looked at, however many there were.
const LOOKED_AT_MAX: usize = 2_000;

/// One change as people are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recent {
    /// When, by the clock of whoever made it.
    pub at: Timestamp,
    /// Who, where the change says so.
    pub by: Option<Author>,
    /// The word of the intent: `move`, `set`, `add`; empty where another program made it.
    pub intent: String,
}

/// The changes since a moment, the latest first. It goes back from the heads and stops at older changes, so it costs what
/// it finds, however long the history is.
pub(super) fn recent(authors: Authors<'_>, since: Timestamp) -> Vec<Recent> {
    let doc = authors.doc();
    let mut ahead: Vec<ChangeHash> = doc.get_heads();
    let mut seen: BTreeSet<ChangeHash> = ahead.iter().copied().collect();
    let mut found = Vec::new();
    while let Some(hash) = ahead.pop() {
        if found.len() >= LOOKED_AT_MAX {
            break;
        }
        let Some(meta) = doc.get_change_meta_by_hash(&hash) else {
            continue;
        };
        let at = change_time(meta.timestamp);
        if at < since {
            continue;
        }
        found.push(Recent {
            at,
            by: authors.of_change(&meta),
            intent: meta.message.as_deref().map(intent_of).unwrap_or_default(),
        });
        ahead.extend(meta.deps.iter().filter(|hash| seen.insert(**hash)));
    }
    found.sort_by_key(|change| std::cmp::Reverse(change.at));
    found
}

/// The word in a change's message.
pub(super) fn intent_of(message: &str) -> String {
    let read: Option<serde_json::Value> = serde_json::from_str(message).ok();
    read.and_then(|message| Some(message.get("intent")?.as_str()?.to_owned()))
        .unwrap_or_default()
}
