//! A backlog with a long past, written through the same intents that people use.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    ids::{DocumentId, ItemId, PersonId, RecordId},
    intent::{Intent, NewItem, Target, Value},
    model::{Collection, Field, Place, Scalar, Thing},
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
        let (document, person, mut writer) = begin(seed);
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

    /// So many items in full use: most in the product backlog, the others in a list, a release and the Inbox; with goals,
    /// scores, two cut lines, and a part that nobody has touched for long.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn in_use(seed: u64, items: usize) -> Result<Self, String> {
        let (document, person, mut writer) = begin(seed);
        let ids = writer.import(items)?;
        writer.plan(&ids)?;
        Ok(Self {
            document,
            person,
            changes: writer.changes,
        })
    }
}

fn begin(seed: u64) -> (DocumentId, PersonId, Writer) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let document = DocumentId::random(&mut rng);
    let person = PersonId::random(&mut rng);
    let (backlog, first) = Backlog::create("Benchmark", person, rng.random(), BEGINNING);
    let writer = Writer {
        backlog,
        rng,
        now: BEGINNING,
        changes: vec![first.bytes],
    };
    (document, person, writer)
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

    fn plan(&mut self, ids: &[ItemId]) -> Result<(), String> {
        let every = |nth: usize, from: usize| -> Vec<ItemId> {
            ids.iter().copied().skip(from).step_by(nth).collect()
        };
        for nth in 0..5 {
            let goal = self.record(Collection::Goals, &format!("Goal {nth}"), &[])?;
            self.mark(every(7, nth), &format!("goal:{goal}"), true.into())?;
        }
        let list = self.record(Collection::Lists, "Later", &[])?;
        let release = self.record(Collection::Releases, "1.0", &[])?;
        for (items, place) in [
            (every(10, 3), Place::List(list)),
            (every(25, 6), Place::Release(release)),
            (every(200, 9), Place::Inbox),
        ] {
            self.take(&Intent::Place {
                items,
                place,
                at: None,
            })?;
        }
        let worth = Value::Field(Field::Value, Some(50.0.into()));
        self.take(&Intent::Set {
            items: every(3, 0),
            value: worth,
        })?;
        self.score(ids)?;
        for (id, name, capacity) in [("a", "Commit", 500.0), ("b", "Stretch", 2_000.0)] {
            let values = vec![
                (format!("line:{id}:name"), name.into()),
                (format!("line:{id}:capacity"), Scalar::Number(capacity)),
                (format!("line:{id}:unit"), "points".into()),
            ];
            self.put(Thing::Product, values)?;
        }
        Ok(())
    }

    /// Two metrics, of which a third of the items have inputs.
    fn score(&mut self, ids: &[ItemId]) -> Result<(), String> {
        let metric = |id: &str, name: &str, weight: f64| {
            [
                (format!("metric:{id}:name"), name.into()),
                (format!("metric:{id}:low"), Scalar::Number(0.0)),
                (format!("metric:{id}:high"), Scalar::Number(10.0)),
                (format!("metric:{id}:weight"), Scalar::Number(weight)),
            ]
        };
        let mut parts = vec![("kind".to_owned(), Scalar::from("simple"))];
        parts.extend(metric("value", "Value", 2.0));
        parts.extend(metric("effort", "Effort", -1.0));
        let card = self.record(Collection::Scorecards, "Worth", &parts)?;
        let chosen = ("scorecard".to_owned(), card.to_string().into());
        self.put(Thing::Product, vec![chosen])?;
        for input in 0..10_u8 {
            let items: Vec<ItemId> = ids.iter().copied().skip(input.into()).step_by(30).collect();
            for (metric, value) in [("value", input), ("effort", (input * 7) % 10)] {
                let key = format!("score:{card}:{metric}");
                self.mark(items.clone(), &key, Scalar::Number(value.into()))?;
            }
        }
        Ok(())
    }

    fn record(
        &mut self,
        collection: Collection,
        name: &str,
        more: &[(String, Scalar)],
    ) -> Result<RecordId, String> {
        let id = RecordId::random(&mut self.rng);
        let mut values = vec![("name".to_owned(), Scalar::from(name))];
        values.extend_from_slice(more);
        self.put(Thing::Record(collection, id), values)?;
        Ok(id)
    }

    fn put(&mut self, thing: Thing, values: Vec<(String, Scalar)>) -> Result<(), String> {
        let values = values.into_iter();
        self.take(&Intent::Put {
            thing,
            values: values.map(|(key, value)| (key, Some(value))).collect(),
        })
    }

    fn mark(&mut self, items: Vec<ItemId>, key: &str, value: Scalar) -> Result<(), String> {
        self.take(&Intent::Mark {
            items,
            key: key.to_owned(),
            value: Some(value),
        })
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
    fn a_backlog_in_use_fills_every_screen() {
        let history = History::in_use(1, 60).expect("people can do this");
        assert!(history.changes.len() > 40);
    }

    #[test]
    fn a_history_is_as_long_as_asked() {
        let history = History::new(1, 10, 50).expect("people can do this");
        assert_eq!(history.changes.len(), 50);
    }
}
