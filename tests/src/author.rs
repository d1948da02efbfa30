//! Somebody who writes: a real document whose changes a relay admits, without a browser around it.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use shared::{
    document::{Backlog, MadeChange},
    ids::{DocumentId, ItemId, PersonId},
    intent::{Intent, NewItem, Target},
    sync::frame::Hash,
    time::Timestamp,
};

/// A person with a backlog in memory. All they do follows from the seed.
#[derive(Debug)]
pub struct Author {
    /// The author of all changes.
    pub person: PersonId,
    backlog: Backlog,
    rng: ChaCha8Rng,
    written: Vec<MadeChange>,
}

impl Author {
    /// Begins a backlog; its first change is written.
    #[must_use]
    pub fn begin(seed: u64) -> (DocumentId, Self) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let document = DocumentId::random(&mut rng);
        let person = PersonId::random(&mut rng);
        let actor = rand::Rng::random(&mut rng);
        let (backlog, first) = Backlog::create("A backlog", person, actor, Timestamp::default());
        let author = Self {
            person,
            backlog,
            rng,
            written: vec![first],
        };
        (document, author)
    }

    /// Joins a backlog whose first changes are these.
    ///
    /// # Panics
    /// When they are not a backlog.
    #[must_use]
    pub fn join(seed: u64, changes: &[MadeChange]) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let person = PersonId::random(&mut rng);
        let actor = rand::Rng::random(&mut rng);
        let mut author = Self {
            person,
            backlog: Backlog::unknown(person, actor),
            rng,
            written: Vec::new(),
        };
        for change in changes {
            author.take(&change.bytes);
        }
        author
            .backlog
            .read_all()
            .expect("the changes are a backlog");
        author
    }

    /// Writes an item at the bottom of the list: one change.
    ///
    /// # Panics
    /// When the backlog has not been read.
    pub fn add(&mut self, title: &str) -> MadeChange {
        let item = NewItem::titled(ItemId::random(&mut self.rng), title);
        let intent = Intent::Add {
            items: vec![item],
            at: Target::Bottom,
        };
        let now = Timestamp::default();
        let mut plan = self
            .backlog
            .plan(&intent, now, &mut self.rng)
            .expect("an item can be added");
        let change = self
            .backlog
            .perform(&mut plan, now, &mut self.rng)
            .expect("the document takes an item")
            .expect("an item is a change");
        assert!(plan.is_finished(), "one item is one change");
        self.written.push(change.clone());
        change
    }

    /// Takes what somebody else wrote.
    ///
    /// # Panics
    /// When it is not a change.
    pub fn take(&mut self, change: &[u8]) {
        self.backlog.absorb(change, false).expect("a change");
    }

    /// All that this person wrote, in order.
    #[must_use]
    pub fn written(&self) -> &[MadeChange] {
        &self.written
    }

    /// The hashes of all changes that the document has.
    #[must_use]
    pub fn holds(&self) -> Vec<Hash> {
        self.backlog.changes()
    }

    /// The bytes of changes that this person wrote, by hash.
    #[must_use]
    pub fn bytes_of(&self, hashes: &[Hash]) -> Vec<Vec<u8>> {
        let written: BTreeMap<Hash, &MadeChange> = self
            .written
            .iter()
            .map(|change| (change.hash, change))
            .collect();
        hashes
            .iter()
            .filter_map(|hash| written.get(hash).map(|change| change.bytes.clone()))
            .collect()
    }
}
