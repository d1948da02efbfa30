//! People with copies of one backlog, who work apart and meet.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::{Backlog, MadeChange, Rejection, Step},
    ids::{ItemId, PersonId, RecordId},
    intent::{Intent, NewItem, Target},
    model::{Collection, Place, Row, Scalar, Thing},
    time::Timestamp,
};

/// Somebody with a copy of the backlog.
pub(crate) struct Peer {
    pub(crate) backlog: Backlog,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) now: Timestamp,
    pub(crate) changes: Vec<MadeChange>,
}

impl Peer {
    pub(crate) fn first(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let now = Timestamp::from_ms(1_700_000_000_000);
        let (backlog, change) =
            Backlog::create("Poker", PersonId::random(&mut rng), rng.random(), now);
        Self {
            backlog,
            rng,
            now,
            changes: vec![change],
        }
    }

    pub(crate) fn joins(&self, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut backlog = Backlog::unknown(PersonId::random(&mut rng), rng.random());
        for change in &self.changes {
            backlog.absorb(&change.bytes, true).unwrap();
        }
        drop(backlog.take_patch());
        Self {
            backlog,
            rng,
            now: self.now,
            changes: self.changes.clone(),
        }
    }

    pub(crate) fn tries(&mut self, intent: &Intent) -> Result<Step, Rejection> {
        self.now = self.now.plus_ms(1_000);
        let mut plan = self.backlog.plan(intent, self.now, &mut self.rng)?;
        while !plan.is_finished() {
            let made = self.backlog.perform(&mut plan, self.now, &mut self.rng)?;
            self.changes.extend(made);
        }
        drop(self.backlog.take_patch());
        self.agrees_with_itself();
        Ok(plan.into_step())
    }

    pub(crate) fn wants(&mut self, intent: &Intent) -> Step {
        self.tries(intent).unwrap()
    }

    pub(crate) fn takes_back(&mut self, step: Step) -> Step {
        self.now = self.now.plus_ms(1_000);
        let mut plan = self.backlog.plan_back(step).unwrap();
        while !plan.is_finished() {
            let made = self.backlog.perform(&mut plan, self.now, &mut self.rng);
            self.changes.extend(made.unwrap());
        }
        drop(self.backlog.take_patch());
        self.agrees_with_itself();
        plan.into_step()
    }

    /// What it follows is what it would read anew.
    pub(crate) fn agrees_with_itself(&self) {
        let mut anew = Backlog::load(&self.backlog.save(), self.backlog.author(), [7; 16]).unwrap();
        anew.read_all().unwrap();
        assert_eq!(self.backlog.view(), anew.view());
        let places: Vec<Place> = anew.rows().map(|row| row.place).collect();
        for place in places {
            let ids = |backlog: &Backlog| {
                let rows = backlog.ranked_in(place);
                rows.map(|row| row.id).collect::<Vec<_>>()
            };
            assert_eq!(ids(&self.backlog), ids(&anew));
        }
    }

    /// Adds so many items at the bottom.
    pub(crate) fn adds(&mut self, count: usize) -> Vec<ItemId> {
        let titles = (0..count).map(|n| (format!("item {n}"), None));
        self.adds_these(titles.collect())
    }

    pub(crate) fn adds_titled(&mut self, titles: &[&str]) -> Vec<ItemId> {
        let titles = titles.iter().map(|title| ((*title).to_owned(), None));
        self.adds_these(titles.collect())
    }

    pub(crate) fn adds_worth(&mut self, estimates: &[f64]) -> Vec<ItemId> {
        let titles = estimates
            .iter()
            .map(|estimate| (format!("worth {estimate}"), Some(*estimate)));
        self.adds_these(titles.collect())
    }

    fn adds_these(&mut self, items: Vec<(String, Option<f64>)>) -> Vec<ItemId> {
        let items: Vec<NewItem> = items
            .into_iter()
            .map(|(title, estimate)| NewItem {
                estimate,
                ..NewItem::titled(ItemId::random(&mut self.rng), title)
            })
            .collect();
        let ids = items.iter().map(|item| item.id).collect();
        self.wants(&Intent::Add {
            items,
            at: Target::Bottom,
        });
        ids
    }

    pub(crate) fn makes(&mut self, collection: Collection, name: &str) -> RecordId {
        let id = RecordId::random(&mut self.rng);
        self.puts(Thing::Record(collection, id), "name", name);
        id
    }

    pub(crate) fn puts(&mut self, thing: Thing, key: &str, value: impl Into<Scalar>) -> Step {
        self.wants(&put(thing, key, value))
    }

    pub(crate) fn list(&self, place: Place) -> Vec<ItemId> {
        self.backlog.ranked_in(place).map(|row| row.id).collect()
    }

    pub(crate) fn row(&self, item: ItemId) -> Row {
        self.backlog.row(item).unwrap().clone()
    }
}

pub(crate) fn put(thing: Thing, key: &str, value: impl Into<Scalar>) -> Intent {
    Intent::Put {
        thing,
        values: vec![(key.to_owned(), Some(value.into()))],
    }
}

pub(crate) fn places(items: &[ItemId], place: Place) -> Intent {
    Intent::Place {
        items: items.to_vec(),
        place,
        at: None,
    }
}

/// Each takes what the other made; afterwards both have the same.
pub(crate) fn meet(a: &mut Peer, b: &mut Peer) {
    let (of_a, of_b) = (a.changes.clone(), b.changes.clone());
    for (peer, changes) in [(&mut *a, of_b), (&mut *b, of_a)] {
        for change in changes {
            let (_, new) = peer.backlog.absorb(&change.bytes, true).unwrap();
            if new {
                peer.changes.push(change);
            }
        }
        drop(peer.backlog.take_patch());
        peer.agrees_with_itself();
    }
    assert_eq!(a.backlog.heads(), b.backlog.heads());
    assert_eq!(a.backlog.view(), b.backlog.view());
}
