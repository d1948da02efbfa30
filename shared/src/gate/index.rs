//! What the gate knows of the changes that are stored: their graph, without their contents.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    gate::{ChangeMeta, Landmark},
    sync::frame::Hash,
};

/// The graph of a log's changes, in the log's order. It may run ahead of the log: the gate judges a change by all that
/// it admitted before, while others hear only of what [`Self::stored_until`] marked as stored.
#[derive(Clone, Debug, Default)]
pub struct ChangeIndex {
    /// In the order they were added: each after those it is built on.
    order: Vec<Hash>,
    nodes: Vec<Node>,
    places: BTreeMap<Hash, u32>,
    actors: BTreeMap<[u8; 16], Actor>,
    /// Hashes of the ids of all comments.
    comments: BTreeSet<u64>,
    heads: BTreeSet<Hash>,
    stored: u32,
    stored_heads: BTreeSet<Hash>,
}

#[derive(Clone, Debug)]
struct Node {
    max_op: u64,
    /// Places of the changes that this one is built on.
    deps: Box<[u32]>,
}

#[derive(Clone, Debug)]
struct Actor {
    next_seq: u64,
    /// The place of its last change.
    last: u32,
    author: Option<[u8; 16]>,
    /// In the order of their counters.
    landmarks: Vec<(u64, Landmark)>,
}

impl ChangeIndex {
    /// Takes a stored or admitted change in. One that is known already changes nothing.
    pub fn add(&mut self, meta: &ChangeMeta) {
        if self.contains(&meta.hash) {
            return;
        }
        let place = count(self.order.len());
        let deps = meta
            .deps
            .iter()
            .filter_map(|dep| self.places.get(dep).copied())
            .collect();
        self.nodes.push(Node {
            max_op: meta.max_op,
            deps,
        });
        self.places.insert(meta.hash, place);
        self.order.push(meta.hash);
        let first = Actor {
            next_seq: 1,
            last: place,
            author: meta.author,
            landmarks: Vec::new(),
        };
        let actor = self.actors.entry(meta.actor).or_insert(first);
        actor.next_seq = actor.next_seq.max(meta.seq + 1);
        actor.last = place;
        actor.landmarks.extend_from_slice(&meta.landmarks);
        for (_, landmark) in &meta.landmarks {
            if let Landmark::Comment(id) = landmark {
                self.comments.insert(*id);
            }
        }
        for dep in &meta.deps {
            self.heads.remove(dep);
        }
        self.heads.insert(meta.hash);
    }

    /// Marks the first changes, so many in number, as stored: what others may be told of. The mark only moves forward.
    pub fn stored_until(&mut self, changes: usize) {
        let until = count(changes.min(self.order.len()));
        while self.stored < until {
            let place = self.stored as usize;
            for dep in &self.nodes[place].deps {
                self.stored_heads.remove(&self.order[*dep as usize]);
            }
            self.stored_heads.insert(self.order[place]);
            self.stored += 1;
        }
    }

    /// How many changes are stored; they are the first of [`Self::hashes`].
    #[must_use]
    pub fn stored_len(&self) -> usize {
        self.stored as usize
    }

    /// The stored changes that no other stored one is built on, in order of their hashes.
    #[must_use]
    pub fn stored_heads(&self) -> Vec<Hash> {
        self.stored_heads.iter().copied().collect()
    }

    /// Whether a change is here.
    #[must_use]
    pub fn contains(&self, hash: &Hash) -> bool {
        self.places.contains_key(hash)
    }

    /// How many changes are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether nothing is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The changes that no other is built on.
    #[must_use]
    pub fn heads(&self) -> Vec<Hash> {
        self.heads.iter().copied().collect()
    }

    /// Every change, each after those it is built on.
    #[must_use]
    pub fn hashes(&self) -> &[Hash] {
        &self.order
    }

    /// Those of these that are not here.
    #[must_use]
    pub fn missing(&self, hashes: &[Hash]) -> Vec<Hash> {
        hashes
            .iter()
            .filter(|hash| !self.contains(hash))
            .copied()
            .collect()
    }

    /// What a change is built on.
    #[must_use]
    pub fn deps(&self, hash: &Hash) -> Vec<Hash> {
        let Some(place) = self.places.get(hash) else {
            return Vec::new();
        };
        self.deps_at(*place)
            .iter()
            .map(|dep| self.order[*dep as usize])
            .collect()
    }

    /// The counter of a change's last operation.
    #[must_use]
    pub fn max_op(&self, hash: &Hash) -> Option<u64> {
        self.places
            .get(hash)
            .map(|place| self.nodes[*place as usize].max_op)
    }

    /// The number of an actor's next change, from 1.
    #[must_use]
    pub fn next_seq(&self, actor: &[u8; 16]) -> u64 {
        self.actors.get(actor).map_or(1, |actor| actor.next_seq)
    }

    /// The person behind an actor, as its first change says.
    #[must_use]
    pub fn author(&self, actor: &[u8; 16]) -> Option<[u8; 16]> {
        self.actors.get(actor).and_then(|actor| actor.author)
    }

    /// What an object that an actor made is, if it holds comments, votes or people.
    #[must_use]
    pub fn landmark(&self, actor: &[u8; 16], counter: u64) -> Option<Landmark> {
        let landmarks = &self.actors.get(actor)?.landmarks;
        let at = landmarks.binary_search_by_key(&counter, |(counter, _)| *counter);
        at.ok().map(|at| landmarks[at].1)
    }

    /// Whether there is a comment whose id has this hash.
    #[must_use]
    pub fn has_comment(&self, id: u64) -> bool {
        self.comments.contains(&id)
    }

    /// Whether what is built on these changes follows the last change of an actor; always, if it has none.
    #[must_use]
    pub fn follows_last_of(&self, actor: &[u8; 16], deps: &[Hash]) -> bool {
        let Some(actor) = self.actors.get(actor) else {
            return true;
        };
        self.ancestors_from(self.places_of(deps), actor.last)
            .contains(&actor.last)
    }

    /// The changes that a holder of these heads lacks, each after those it is built on. Unknown heads count for nothing.
    #[must_use]
    pub fn after(&self, heads: &[Hash]) -> Vec<Hash> {
        let places = self.lacking(&self.heads, self.places_of(heads));
        places
            .into_iter()
            .map(|place| self.order[place as usize])
            .collect()
    }

    /// The places of the changes that somebody who has seen these has not seen, in order.
    pub(super) fn unseen(&self, seen: &[Hash]) -> Vec<u32> {
        self.lacking(&self.heads, self.places_of(seen))
    }

    /// Where a change stands in [`Self::hashes`].
    #[must_use]
    pub fn place(&self, hash: &Hash) -> Option<usize> {
        self.places.get(hash).map(|place| *place as usize)
    }

    /// The place of a stored change.
    pub(crate) fn stored_place(&self, hash: &Hash) -> Option<u32> {
        self.places
            .get(hash)
            .copied()
            .filter(|place| *place < self.stored)
    }

    /// The places of the stored changes that a holder of those at these places lacks, in order.
    pub(crate) fn stored_after(&self, held: impl IntoIterator<Item = u32>) -> Vec<u32> {
        self.lacking(&self.stored_heads, held)
    }

    /// The places that the change at a place is built on.
    pub(crate) fn deps_at(&self, place: u32) -> &[u32] {
        &self.nodes[place as usize].deps
    }

    /// These places and those they are built on, as far back as a place.
    pub(crate) fn ancestors_from(
        &self,
        of: impl IntoIterator<Item = u32>,
        floor: u32,
    ) -> BTreeSet<u32> {
        let mut found = BTreeSet::new();
        let mut todo: Vec<u32> = of.into_iter().collect();
        while let Some(place) = todo.pop() {
            if place >= floor && found.insert(place) {
                todo.extend_from_slice(self.deps_at(place));
            }
        }
        found
    }

    fn places_of(&self, hashes: &[Hash]) -> Vec<u32> {
        hashes
            .iter()
            .filter_map(|hash| self.places.get(hash).copied())
            .collect()
    }

    /// The ancestors of `heads` that are not ancestors of `held`, in order. A place is later than all that it is built
    /// on, so walking both back from the latest place on costs what lies between them, whatever the log's length.
    fn lacking(&self, heads: &BTreeSet<Hash>, held: impl IntoIterator<Item = u32>) -> Vec<u32> {
        // By the distance from the latest place: where many write at once thousands wait, and are passed in a row.
        let latest = count(self.order.len()).saturating_sub(1);
        let mut waiting: Vec<Option<Side>> = Vec::new();
        let mark = |waiting: &mut Vec<Option<Side>>, place: u32, side| {
            let at = (latest - place) as usize;
            if at >= waiting.len() {
                waiting.resize(at + 1, None);
            }
            waiting[at].replace(side)
        };
        for place in held {
            mark(&mut waiting, place, Side::Held);
        }
        let mut lacking_in_wait = 0_usize;
        for place in heads.iter().filter_map(|head| self.places.get(head)) {
            let at = (latest - place) as usize;
            if waiting.get(at).copied().flatten().is_none() {
                lacking_in_wait += 1;
                mark(&mut waiting, *place, Side::Lacking);
            }
        }
        let mut found = Vec::new();
        let mut at = 0;
        while lacking_in_wait > 0
            && let Some(side) = waiting.get(at).copied()
        {
            let place = latest - count(at);
            at += 1;
            let Some(side) = side else { continue };
            if side == Side::Lacking {
                lacking_in_wait -= 1;
                found.push(place);
            }
            for dep in self.deps_at(place) {
                let before = waiting.get((latest - dep) as usize).copied().flatten();
                let is_held = side == Side::Held || before == Some(Side::Held);
                let now = if is_held { Side::Held } else { Side::Lacking };
                mark(&mut waiting, *dep, now);
                lacking_in_wait += usize::from(now == Side::Lacking);
                lacking_in_wait -= usize::from(before == Some(Side::Lacking));
            }
        }
        found.reverse();
        found
    }
}

/// Whether a holder of some heads has a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Held,
    Lacking,
}

fn count(changes: usize) -> u32 {
    u32::try_from(changes).expect("a log has fewer than 2^32 changes")
}
