//! A backlog with a long past, written through the same intents that people use.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    ids::{DocumentId, ItemId, PersonId},
    intent::{Intent, NewItem, Target, Value},
    time::Timestamp,
};

/// Between two steps of the past, in milliseconds.
const STEP_MS: i64 = 60_000;

/// 2026-01-01.
const BEGINNING: Timestamp = Timestamp::from_ms(1_767_225_600_000);

/// A backlog with all its changes.
#[derive(Debug)]
pub struct History {
    /// The backlog.
    pub document: DocumentId,
    /// Who wrote it all.
    pub person: PersonId,
    /// Every change, in order.
    pub changes: Vec<Vec<u8>>,
}

struct Writer {
    backlog: Backlog,
    rng: ChaCha8Rng,
    now: Timestamp,
    changes: Vec<Vec<u8>>,
}

impl History {
    /// So many items, imported and then refined and ranked until there are so many changes.
    ///
    /// # Errors
    /// When the document refuses an intent that people can have.
    pub fn new(seed: u64, items: usize, changes: usize) -> Result<Self, String> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let document = DocumentId::random(&mut rng);
        let person = PersonId::random(&mut rng);
        let (backlog, first) = Backlog::create("Benchmark", person, rng.random(), BEGINNING);
        let mut writer = Writer {
            backlog,
            rng,
            now: BEGINNING,
            changes: vec![first.bytes],
        };
        let ids = writer.import(items)?;
        while writer.changes.len() < changes {
            writer.refine(&ids)?;
        }
        Ok(Self {
            document,
            person,
            changes: writer.changes,
        })
    }
}

impl Writer {
    fn import(&mut self, count: usize) -> Result<Vec<ItemId>, String> {
        let items: Vec<NewItem> = (1..=count)
            .map(|number| {
                let title = format!("As a planner I want item {number} to be in its place");
                let mut item = NewItem::titled(ItemId::random(&mut self.rng), title);
                item.key = format!("BENCH-{number}");
                item.estimate = Some(f64::from(self.rng.random_range(1..14_u8)));
                item.description =
                    format!("What item {number} is about, in a sentence or two. It was imported.");
                item
            })
            .collect();
        let ids = items.iter().map(|item| item.id).collect();
        self.take(&Intent::Add {
            items,
            at: Target::Bottom,
        })?;
        Ok(ids)
    }

    fn refine(&mut self, ids: &[ItemId]) -> Result<(), String> {
        let any = |rng: &mut ChaCha8Rng| ids[rng.random_range(0..ids.len())];
        let items = vec![any(&mut self.rng)];
        let intent = match self.rng.random_range(0..3_u8) {
            0 => {
                let to = match any(&mut self.rng) {
                    neighbour if neighbour == items[0] => Target::Top,
                    neighbour => Target::After(neighbour),
                };
                Intent::Move { items, to }
            }
            1 => Intent::Set {
                items,
                value: Value::Estimate(Some(f64::from(self.rng.random_range(1..100_u8)))),
            },
            _ => Intent::Set {
                items,
                value: Value::Title(format!("Refined: {}", ItemId::random(&mut self.rng))),
            },
        };
        self.take(&intent)
    }

    fn take(&mut self, intent: &Intent) -> Result<(), String> {
        self.now = self.now.plus_ms(STEP_MS);
        let mut plan = self
            .backlog
            .plan(intent, self.now, &mut self.rng)
            .map_err(|refused| refused.to_string())?;
        while !plan.is_finished() {
            let made = self.backlog.perform(&mut plan, self.now, &mut self.rng);
            self.changes.extend(
                made.map_err(|error| error.to_string())?
                    .map(|change| change.bytes),
            );
        }
        // Rows are known from here on.
        drop(self.backlog.take_patch());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_is_as_long_as_asked() {
        let history = History::new(1, 10, 50).expect("people can do this");
        assert_eq!(history.changes.len(), 50);
    }
}
