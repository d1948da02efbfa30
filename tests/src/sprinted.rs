//! A backlog with a past of sprints in a release: committed, worked on day by day, closed; the last one is under way. For
//! charts, their pictures and their benchmark.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    ids::{DocumentId, ItemId, PersonId, RecordId},
    intent::{Intent, NewItem, Target, Value},
    model::{Collection, Field, History, Person, Place, Scalar, Status, Thing, Things},
    planning::day::{Day, Utc},
    time::Timestamp,
};

const HOUR_MS: i64 = 3_600_000;
const SPRINT_DAYS: i64 = 14;
/// The last sprint began so many days ago.
const UNDER_WAY: i64 = 8;

/// How large it is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// How many items.
    pub items: usize,
    /// How many sprints, the last one included.
    pub sprints: usize,
    /// At least so many entries of the trail.
    pub entries: usize,
}

/// The backlog with all its changes.
#[derive(Debug)]
pub struct Sprinted {
    /// The backlog.
    pub document: DocumentId,
    /// Who wrote it.
    pub person: PersonId,
    /// Every change, in order.
    pub changes: Vec<Vec<u8>>,
    backlog: Backlog,
    rng: ChaCha8Rng,
    release: RecordId,
}

impl Sprinted {
    /// The backlog as it is at a moment. Its days are those of UTC.
    ///
    /// # Panics
    /// When the backlog refuses what people can do.
    #[must_use]
    pub fn at(now: Timestamp, size: Size) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        let document = DocumentId::random(&mut rng);
        let person = PersonId::random(&mut rng);
        let release = RecordId::random(&mut rng);
        let today = Day::of(now, &Utc);
        let last = today.plus(-UNDER_WAY);
        let first = last.plus(-SPRINT_DAYS * (size.sprints as i64 - 1));
        let begun = hour(first, -24 * 7);
        let (backlog, made) = Backlog::create("Reports", person, rng.random(), begun);
        let mut team = Self {
            document,
            person,
            changes: vec![made.bytes],
            backlog,
            rng,
            release,
        };
        let items = team.begin(begun, first, today, size.items);
        // Two thirds of the items are worked on; the rest is ahead.
        let per_sprint = (items.len() * 2 / 3 / size.sprints).max(6);
        for (nth, own) in items.chunks(per_sprint).take(size.sprints).enumerate() {
            let start = first.plus(SPRINT_DAYS * nth as i64);
            let spare = &items[items.len() - size.sprints..][nth..=nth];
            team.sprint(nth, start, now, own, spare);
        }
        team.estimate_again(begun, now, &items, size);
        team
    }

    /// The past of its items.
    #[must_use]
    pub fn histories(&self) -> Vec<History> {
        self.backlog.histories()
    }

    /// Its release, among its things.
    #[must_use]
    pub const fn release(&self) -> (&Things, RecordId) {
        (self.backlog.things(), self.release)
    }

    fn begin(&mut self, at: Timestamp, first: Day, today: Day, count: usize) -> Vec<ItemId> {
        let profile = Person {
            name: "Ada Lovelace".to_owned(),
            colour: 7,
        };
        let person = self.person;
        self.wants(at, &Intent::Introduce { person, profile });
        self.put(at, Thing::Product, &[("zone", "UTC".into())]);
        let release = Thing::Record(Collection::Releases, self.release);
        let values = [
            ("name", "1.0".into()),
            ("start", first.to_string().into()),
            ("target", today.plus(60).to_string().into()),
        ];
        self.put(at, release, &values);
        let categories = ["Search", "Export", "Sign-in", "Speed"];
        let items: Vec<NewItem> = (1..=count)
            .map(|number| NewItem {
                key: format!("PLAN-{number}"),
                estimate: Some([1.0, 2.0, 3.0, 5.0, 8.0][number % 5]),
                more: vec![
                    (Field::Category, categories[number % 4].into()),
                    (Field::Value, ((number * 37 % 100) as f64).into()),
                ],
                place: Place::Release(self.release),
                ..NewItem::titled(
                    ItemId::random(&mut self.rng),
                    format!("As a planner I want part {number} to work"),
                )
            })
            .collect();
        let ids = items.iter().map(|item| item.id).collect();
        let at_end = Target::Bottom;
        self.wants(at, &Intent::Add { items, at: at_end });
        ids
    }

    /// One sprint: most of it is done, a little comes in, is estimated anew and leaves.
    fn sprint(
        &mut self,
        nth: usize,
        start: Day,
        now: Timestamp,
        items: &[ItemId],
        spare: &[ItemId],
    ) {
        let sprint = RecordId::random(&mut self.rng);
        let thing = Thing::Record(Collection::Sprints, sprint);
        let place = Place::Sprint(sprint);
        let values = [
            ("name", format!("Sprint {}", nth + 1).into()),
            ("start", start.to_string().into()),
            ("end", start.plus(SPRINT_DAYS - 1).to_string().into()),
            ("release", self.release.to_string().into()),
        ];
        self.put(hour(start, -48), thing, &values);
        self.moves(hour(start, -30), items, place);
        let committed = hour(start, 7);
        let mut values = self.sizes("story", items);
        values.push(("state".to_owned(), "committed".into()));
        values.push(("committed_at".to_owned(), ms(committed)));
        self.put_all(committed, thing, values);
        for day in 1..SPRINT_DAYS {
            let at = hour(start.plus(day), 14);
            if at >= now {
                return;
            }
            let begin = (day as usize - 1) * items.len() / SPRINT_DAYS as usize;
            let end = day as usize * items.len() / SPRINT_DAYS as usize;
            self.stands(at, &items[begin..end], Status::Doing);
            let finished = begin.saturating_sub(1)..end.saturating_sub(1);
            self.stands(at.plus_ms(HOUR_MS), &items[finished], Status::Done);
            match day {
                3 => self.moves(at.plus_ms(2 * HOUR_MS), spare, place),
                5 => self.set(
                    at.plus_ms(2 * HOUR_MS),
                    &items[items.len() - 1..],
                    Value::Estimate(Some(13.0)),
                ),
                6 => {
                    let why = Some("Waits for the licence".into());
                    self.set(
                        at.plus_ms(2 * HOUR_MS),
                        spare,
                        Value::Field(Field::Blocked, why),
                    );
                }
                _ => {}
            }
        }
        let closed = hour(start.plus(SPRINT_DAYS - 1), 18);
        if closed >= now {
            return;
        }
        let in_it = self.backlog.rows().filter(|row| row.place == place);
        let finished = in_it.filter(|row| row.status == Status::Done);
        let finished: Vec<ItemId> = finished.map(|row| row.id).collect();
        let mut values = self.sizes("finished", &finished);
        values.push(("state".to_owned(), "closed".into()));
        values.push(("closed_at".to_owned(), ms(closed)));
        self.put_all(closed, thing, values);
        let left: Vec<ItemId> = self.backlog.ranked_in(place).map(|row| row.id).collect();
        self.moves(closed, &left, Place::Release(self.release));
    }

    /// Fills the trail: every item is estimated again and again.
    fn estimate_again(&mut self, from: Timestamp, now: Timestamp, items: &[ItemId], size: Size) {
        let written = items.len() * 5;
        let rounds = size.entries.saturating_sub(written).div_ceil(items.len());
        let span = now.ms_since(from) / (rounds as i64 + 1);
        for round in 0..rounds {
            let at = from.plus_ms(span * (round as i64 + 1));
            let value = [1.0, 2.0, 3.0, 5.0, 8.0][round % 5];
            self.set(at, items, Value::Estimate(Some(value)));
        }
    }

    fn moves(&mut self, at: Timestamp, items: &[ItemId], place: Place) {
        if !items.is_empty() {
            let items = items.to_vec();
            self.wants(
                at,
                &Intent::Place {
                    items,
                    place,
                    at: None,
                },
            );
        }
    }

    fn stands(&mut self, at: Timestamp, items: &[ItemId], status: Status) {
        self.set(at, items, Value::Status(status));
    }

    fn set(&mut self, at: Timestamp, items: &[ItemId], value: Value) {
        if !items.is_empty() {
            let items = items.to_vec();
            self.wants(at, &Intent::Set { items, value });
        }
    }

    /// The sizes that items have now, as registers of a sprint.
    fn sizes(&self, key: &str, items: &[ItemId]) -> Vec<(String, Scalar)> {
        let size = |item: &ItemId| self.backlog.row(*item).and_then(|row| row.estimate);
        items
            .iter()
            .map(|item| (format!("{key}:{item}"), size(item).unwrap_or(0.0).into()))
            .collect()
    }

    fn put(&mut self, at: Timestamp, thing: Thing, values: &[(&str, Scalar)]) {
        let values = values.iter();
        let values = values.map(|(key, value)| ((*key).to_owned(), value.clone()));
        self.put_all(at, thing, values.collect());
    }

    fn put_all(&mut self, at: Timestamp, thing: Thing, values: Vec<(String, Scalar)>) {
        let values = values.into_iter();
        let values = values.map(|(key, value)| (key, Some(value))).collect();
        self.wants(at, &Intent::Put { thing, values });
    }

    fn wants(&mut self, at: Timestamp, intent: &Intent) {
        let mut plan = self
            .backlog
            .plan(intent, at, &mut self.rng)
            .expect("people can do this");
        while !plan.is_finished() {
            let made = self.backlog.perform(&mut plan, at, &mut self.rng);
            let made = made.expect("the document takes it");
            self.changes.extend(made.map(|change| change.bytes));
        }
        drop(self.backlog.take_patch());
    }
}

fn hour(day: Day, hours: i64) -> Timestamp {
    day.start(&Utc).plus_ms(hours * HOUR_MS)
}

/// Milliseconds stay far below 2^53.
fn ms(at: Timestamp) -> Scalar {
    Scalar::Number(at.ms() as f64)
}

/// The moment by this machine's clock.
///
/// # Panics
/// Where it stands before 1970.
#[must_use]
pub fn now() -> Timestamp {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .expect("the clock is after 1970");
    Timestamp::from_ms(i64::try_from(now.as_millis()).unwrap_or(i64::MAX))
}
