//! The trails of all items, read for reports. A trail names no author: the actor that wrote an entry does.

use std::collections::BTreeMap;

use automerge::{ActorId, ObjId, ReadDoc};

use super::{Backlog, read};
use crate::{
    ids::ItemId,
    model::{Author, Became, History},
    time::Timestamp,
};

/// Reads histories and remembers who writes under which actor.
#[derive(Debug)]
pub(crate) struct Historian<'a> {
    backlog: &'a Backlog,
    authors: BTreeMap<ActorId, Option<Author>>,
}

impl<'a> Historian<'a> {
    pub(crate) const fn of(backlog: &'a Backlog) -> Self {
        Self {
            backlog,
            authors: BTreeMap::new(),
        }
    }

    /// The past of an item; of one that was withdrawn as well.
    pub(crate) fn history(&mut self, item: ItemId) -> Option<History> {
        let doc = self.backlog.doc();
        let object = self.backlog.item_object(item)?;
        let mut history = History::of(item);
        for (at, entry, op) in read::transitions(doc, &object) {
            if let Some(became) = Became::read(&entry) {
                let by = self.author(&op);
                history.push(at, by, became);
            }
        }
        Some(history)
    }

    fn author(&mut self, op: &ObjId) -> Option<Author> {
        let ObjId::Id(_, actor, _) = op else {
            return None;
        };
        let authors = self.backlog.authors();
        if authors.doubts_some_of(actor) {
            return authors.of(op).0;
        }
        if let Some(known) = self.authors.get(actor) {
            return *known;
        }
        let author = read::author_of(authors.doc(), actor).map(Author::known);
        self.authors.insert(actor.clone(), author);
        author
    }
}

/// The order of entries: by time, then by change, then as one change wrote them. `0001700000000000~abcd12`.
pub(super) fn entry_order(key: &str) -> Option<(Timestamp, &str, u32)> {
    let (at, rest) = key.split_once('~').unwrap_or((key, ""));
    let digits = rest.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let letters = &rest[..rest.len() - digits.len()];
    Some((
        Timestamp::from_ms(at.parse().ok()?),
        letters,
        digits.parse().unwrap_or(0),
    ))
}

impl Backlog {
    /// Every item that was ever made, also those whose creation was undone.
    pub(crate) fn every_item(&self) -> Vec<ItemId> {
        let buckets = self.roots.iter().flat_map(|roots| &roots.buckets);
        buckets
            .flat_map(|bucket| self.doc.keys(bucket))
            .filter_map(|key| key.parse().ok())
            .collect()
    }

    /// The past of every item, as reports need it.
    #[must_use]
    pub fn histories(&self) -> Vec<History> {
        let mut historian = Historian::of(self);
        let items = self.every_item().into_iter();
        items.filter_map(|item| historian.history(item)).collect()
    }
}
