//! A backlog in full use: the example's stories, judged, sorted into lists, aligned and planned, with two people and a
//! past. For pictures and for checks of every screen.

use std::collections::BTreeSet;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    ids::{CommentId, CriterionId, DocumentId, ItemId, PersonId, RecordId},
    import,
    intent::{Intent, NewItem, Target, Value},
    model::{Collection, Field, Kind, Person, Place, Row, Scalar, Status, Thing},
    planning::day::{Day, Utc},
    product::{
        sprint_steps::{self, Fate, Part, Ways},
        sprints::{self, Sprint},
    },
    time::Timestamp,
};

const DAY_MS: i64 = 86_400_000;

/// The backlog with all its changes.
#[derive(Debug)]
pub struct Demo {
    /// The backlog.
    pub document: DocumentId,
    /// Who wrote it.
    pub person: PersonId,
    /// Every change, in order.
    pub changes: Vec<Vec<u8>>,
    backlog: Backlog,
    rng: ChaCha8Rng,
    now: Timestamp,
}

impl Demo {
    /// The backlog as it is at a moment, after half a year of work.
    ///
    /// # Panics
    /// When the backlog refuses what people can do.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let document = DocumentId::random(&mut rng);
        let person = PersonId::random(&mut rng);
        let begun = now.plus_ms(-180 * DAY_MS);
        let (backlog, first) = Backlog::create("Planning poker", person, rng.random(), begun);
        let mut demo = Self {
            document,
            person,
            changes: vec![first.bytes],
            backlog,
            rng,
            now: begun,
        };
        let items = demo.begin();
        demo.now = now.plus_ms(-40 * DAY_MS);
        demo.judge(&items);
        demo.align(&items);
        demo.sort(&items);
        demo.now = now.plus_ms(-16 * DAY_MS);
        demo.sprint(&items, now);
        demo.now = now.plus_ms(-2 * DAY_MS);
        demo.gather(&items);
        demo
    }

    fn begin(&mut self) -> Vec<ItemId> {
        let profile = Person {
            name: "Ada Lovelace".to_owned(),
            colour: 7,
        };
        let person = self.person;
        self.wants(&Intent::Introduce { person, profile });
        self.put(Thing::Person(person), &[("role", "pm".into())]);
        self.put(
            Thing::Product,
            &[
                ("vision", "Every team estimates together, wherever its people are, and trusts the result.".into()),
                ("velocity", 15.0.into()),
                ("accountable", person.to_string().into()),
            ],
        );
        let (_, _, stories) = import::example();
        let items: Vec<NewItem> = stories
            .into_iter()
            .map(|story| story.into_new_item(self.now, &mut self.rng))
            .collect();
        let ids = items.iter().map(|item| item.id).collect();
        self.wants(&Intent::Add {
            items,
            at: Target::Bottom,
        });
        ids
    }

    fn judge(&mut self, items: &[ItemId]) {
        let points = [3.0, 5.0, 1.0, 8.0, 2.0, 13.0, 3.0, 5.0, 2.0, 8.0, 1.0, 3.0];
        for (item, points) in items.iter().zip(points.iter().cycle()).take(36) {
            self.set(&[*item], Value::Estimate(Some(*points)));
        }
        let worth = [90.0, 40.0, 70.0, 20.0, 80.0, 55.0];
        for (item, value) in items.iter().zip(worth.iter().cycle()).take(24) {
            self.set(&[*item], Value::Field(Field::Value, Some((*value).into())));
        }
        for (nth, item) in items.iter().take(20).enumerate() {
            let word = ["must", "should", "could"][nth % 3];
            self.set(
                &[*item],
                Value::Field(Field::Criticality, Some(word.into())),
            );
        }
        self.set(&items[20..24], Value::Kind(Kind::Bug));
        self.set(&items[24..27], Value::Kind(Kind::Technical));
        self.set(&items[1..3], Value::Status(Status::Doing));
        self.set(&items[45..48], Value::Status(Status::Done));
        for (tag, range) in [("session", 0..9), ("estimate", 6..18), ("archive", 30..40)] {
            self.wants(&Intent::Tag {
                items: items[range].to_vec(),
                tag: tag.to_owned(),
                on: true,
            });
        }
        for item in &items[..8] {
            for text in [
                "Given an open session, everybody sees it within a second",
                "It works with twelve players",
            ] {
                let id = CriterionId::random(&mut self.rng);
                self.wants(&Intent::AddCriterion {
                    item: *item,
                    id,
                    text: text.to_owned(),
                    requirement: false,
                });
            }
        }
        let id = CommentId::random(&mut self.rng);
        self.wants(&Intent::AddComment {
            item: items[0],
            id,
            text: "Shall observers see it too?".to_owned(),
        });
    }

    fn align(&mut self, items: &[ItemId]) {
        let goal = self.makes(
            Collection::Goals,
            &[
                ("name", "Shorter estimation meetings".into()),
                ("metric", "Minutes per item".into()),
                ("unit", "min".into()),
                ("baseline", 9.0.into()),
                ("target", 4.0.into()),
                ("current", 6.5.into()),
                ("due", "2027-03-31".into()),
            ],
        );
        let second = self.makes(
            Collection::Goals,
            &[
                ("name", "Teams come back".into()),
                ("metric", "Sessions per team and month".into()),
                ("baseline", 1.0.into()),
                ("target", 4.0.into()),
                ("current", 2.0.into()),
            ],
        );
        let initiative = self.makes(
            Collection::Initiatives,
            &[
                ("name", "Sessions that run themselves".into()),
                ("start", "2026-10-01".into()),
                ("end", "2027-02-28".into()),
            ],
        );
        let theme = self.makes(Collection::Themes, &[("name", "Remote teams".into())]);
        for (key, range) in [
            (format!("goal:{goal}"), 0..14),
            (format!("goal:{second}"), 10..22),
            (format!("initiative:{initiative}"), 0..18),
            (format!("theme:{theme}"), 4..20),
        ] {
            self.wants(&Intent::Mark {
                items: items[range].to_vec(),
                key,
                value: Some(true.into()),
            });
        }
    }

    fn sort(&mut self, items: &[ItemId]) {
        let release = self.makes(
            Collection::Releases,
            &[
                ("name", "2.0".into()),
                ("start", "2026-11-02".into()),
                ("target", "2027-01-29".into()),
                ("capacity", 45.0.into()),
            ],
        );
        let later = self.makes(
            Collection::Lists,
            &[("name", "Later".into()), ("stage", "later".into())],
        );
        let ideas = self.makes(
            Collection::Lists,
            &[("name", "Ideas".into()), ("stage", "parking".into())],
        );
        for (place, range) in [
            (Place::Release(release), 8..13),
            (Place::List(later), 36..42),
            (Place::List(ideas), 42..45),
            (Place::Inbox, 48..53),
        ] {
            self.wants(&Intent::Place {
                items: items[range].to_vec(),
                place,
                at: None,
            });
        }
        self.put(
            Thing::Product,
            &[
                ("line:commit:name", "Commit".into()),
                ("line:commit:capacity", 30.0.into()),
                ("line:stretch:name", "Stretch".into()),
                ("line:stretch:capacity", 45.0.into()),
            ],
        );
        self.wants(&Intent::Archive {
            items: items[33..36].to_vec(),
            reason: "Nobody asked for it in a year".to_owned(),
        });
    }

    /// A sprint that was closed and one under way, with a story that was split.
    fn sprint(&mut self, items: &[ItemId], now: Timestamp) {
        let day = |days: i64| Scalar::from(Day::of(now.plus_ms(days * DAY_MS), &Utc).to_string());
        let sprints = [("Sprint 1", -17, -4), ("Sprint 2", -3, 10)].map(|(name, start, end)| {
            self.makes(
                Collection::Sprints,
                &[
                    ("name", name.into()),
                    ("start", day(start)),
                    ("end", day(end)),
                ],
            )
        });
        self.put(
            Thing::Record(Collection::Sprints, sprints[1]),
            &[("goal", "Two teams run a session alone".into())],
        );
        for (sprint, range) in [(sprints[0], 13..16), (sprints[1], 16..20)] {
            self.wants(&Intent::Place {
                items: items[range].to_vec(),
                place: Place::Sprint(sprint),
                at: None,
            });
            self.commits(sprint);
        }
        self.set(&items[13..15], Value::Status(Status::Done));
        self.set(&items[16..17], Value::Status(Status::Done));
        self.set(&items[17..18], Value::Status(Status::Doing));
        self.set(
            &items[17..18],
            Value::Field(Field::Blocked, Some("Waits for the new server".into())),
        );
        let (first, stories) = self.sprint_with(sprints[0]);
        let stories: Vec<&Row> = stories.iter().collect();
        let ways = Ways {
            back: Place::Product,
            next: Some(Place::Sprint(sprints[1])),
        };
        self.now = now.plus_ms(-4 * DAY_MS);
        let who = (self.person, self.now);
        self.wants(&sprint_steps::close(
            &first,
            &stories,
            |_| Fate::Next,
            ways,
            &BTreeSet::new(),
            who,
        ));
        let parts = ["Begin a round by hand", "Begin rounds on a schedule"].map(|title| Part {
            id: ItemId::random(&mut self.rng),
            title: title.to_owned(),
            estimate: Some(3.0),
            invest: sprint_steps::answers(&[Some(true); 6], Some(3.0), None),
        });
        let whole = self
            .backlog
            .row(items[8])
            .expect("it is in the release")
            .clone();
        self.wants(&sprint_steps::split(&whole, &parts));
        let (second, _) = self.sprint_with(sprints[1]);
        self.wants(&sprint_steps::propose(&second, &[parts[0].id], self.person));
    }

    fn sprint_with(&self, id: RecordId) -> (Sprint, Vec<Row>) {
        let sprint = sprints::one(self.backlog.things(), id).expect("the sprint was made");
        let rows = self
            .backlog
            .rows()
            .filter(|row| row.place == Place::Sprint(id));
        (sprint, rows.cloned().collect())
    }

    fn commits(&mut self, id: RecordId) {
        let (sprint, stories) = self.sprint_with(id);
        self.wants(&sprint_steps::commit(
            &sprint,
            &stories,
            self.person,
            self.now,
        ));
    }

    fn gather(&mut self, items: &[ItemId]) {
        for (nth, (source, who, quote)) in [
            (
                "customer",
                "Northwind",
                "We lose ten minutes a meeting to find the right item.",
            ),
            (
                "support",
                "Helpdesk",
                "Third call this week about reopened rounds.",
            ),
            ("sales", "Field team", "Asked for in every demo."),
        ]
        .into_iter()
        .enumerate()
        {
            let about = format!("item:{}", items[nth]);
            self.makes(
                Collection::Feedback,
                &[
                    ("source", source.into()),
                    ("who", who.into()),
                    ("quote", quote.into()),
                    ("day", "2026-11-16".into()),
                    ("weight", 3.0.into()),
                    (&about, true.into()),
                ],
            );
        }
        self.wants(&Intent::Decline {
            items: items[52..].to_vec(),
            reason: "out-of-vision".to_owned(),
            note: "Teams use a wiki for this".to_owned(),
            reconsider_on: Some("2027-06-01".to_owned()),
        });
    }

    fn makes(&mut self, collection: Collection, values: &[(&str, Scalar)]) -> RecordId {
        let id = RecordId::random(&mut self.rng);
        self.put(Thing::Record(collection, id), values);
        id
    }

    fn put(&mut self, thing: Thing, values: &[(&str, Scalar)]) {
        let values = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Some(value.clone())))
            .collect();
        self.wants(&Intent::Put { thing, values });
    }

    fn set(&mut self, items: &[ItemId], value: Value) {
        self.wants(&Intent::Set {
            items: items.to_vec(),
            value,
        });
    }

    fn wants(&mut self, intent: &Intent) {
        self.now = self.now.plus_ms(90_000);
        let mut plan = self
            .backlog
            .plan(intent, self.now, &mut self.rng)
            .expect("people can do this");
        while !plan.is_finished() {
            let made = self.backlog.perform(&mut plan, self.now, &mut self.rng);
            let made = made.expect("the document takes it");
            self.changes.extend(made.map(|change| change.bytes));
        }
        drop(self.backlog.take_patch());
    }
}
