//! What the gate knows of the changes that are stored: their graph, without their contents.

use std::collections::{BTreeMap, BTreeSet};

use crate::{gate::ChangeMeta, sync::frame::Hash};

/// The graph of a log's changes.
#[derive(Clone, Debug, Default)]
pub struct ChangeIndex {
    changes: BTreeMap<Hash, Node>,
    /// In the order they were added: each after those it is built on.
    order: Vec<Hash>,
    actors: BTreeMap<[u8; 16], Actor>,
    heads: BTreeSet<Hash>,
}

#[derive(Clone, Debug)]
struct Node {
    max_op: u64,
    deps: Vec<Hash>,
    place: usize,
}

#[derive(Clone, Debug)]
struct Actor {
    next_seq: u64,
    author: Option<[u8; 16]>,
}

impl ChangeIndex {
    /// Takes a stored or admitted change in. One that is known already changes nothing.
    pub fn add(&mut self, meta: &ChangeMeta) {
        if self.contains(&meta.hash) {
            return;
        }
        let node = Node {
            max_op: meta.max_op,
            deps: meta.deps.clone(),
            place: self.order.len(),
        };
        self.changes.insert(meta.hash, node);
        self.order.push(meta.hash);
        let actor = self.actors.entry(meta.actor).or_insert(Actor {
            next_seq: 1,
            author: meta.author,
        });
        actor.next_seq = actor.next_seq.max(meta.seq + 1);
        for dep in &meta.deps {
            self.heads.remove(dep);
        }
        self.heads.insert(meta.hash);
    }

    /// Whether a change is here.
    #[must_use]
    pub fn contains(&self, hash: &Hash) -> bool {
        self.changes.contains_key(hash)
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
    pub fn deps(&self, hash: &Hash) -> &[Hash] {
        self.changes.get(hash).map_or(&[], |node| &node.deps)
    }

    /// The counter of a change's last operation.
    #[must_use]
    pub fn max_op(&self, hash: &Hash) -> Option<u64> {
        self.changes.get(hash).map(|node| node.max_op)
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

    /// These changes and all that they are built on.
    #[must_use]
    pub fn ancestors(&self, hashes: &[Hash]) -> BTreeSet<Hash> {
        let mut found = BTreeSet::new();
        let mut todo: Vec<Hash> = hashes
            .iter()
            .filter(|hash| self.contains(hash))
            .copied()
            .collect();
        while let Some(hash) = todo.pop() {
            if found.insert(hash) {
                todo.extend_from_slice(self.deps(&hash));
            }
        }
        found
    }

    /// The changes that a holder of these heads lacks, each after those it is built on.
    #[must_use]
    pub fn after(&self, heads: &[Hash]) -> Vec<Hash> {
        if self.heads.iter().eq(heads.iter().collect::<BTreeSet<_>>()) {
            return Vec::new();
        }
        let held = self.ancestors(heads);
        self.order
            .iter()
            .filter(|hash| !held.contains(*hash))
            .copied()
            .collect()
    }

    /// Where a change stands in [`Self::hashes`].
    #[must_use]
    pub fn place(&self, hash: &Hash) -> Option<usize> {
        self.changes.get(hash).map(|node| node.place)
    }
}
