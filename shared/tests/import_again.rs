//! A file that is imported into a backlog which has some of its keys: skipped, updated or added again, as one step.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::{Backlog, Rejection, Step},
    ids::{ItemId, PersonId},
    import::{Known, Options, import},
    intent::{Intent, Target, TextEdit, Value},
    model::{Kind, Status},
    time::Timestamp,
};

const FIRST: &str = "\
Key,Title,Estimate,Labels,Description
A-1,One,3,old,Text of one
A-2,Two,5,,Text of two
";

const SECOND: &str = "\
Key,Title,Type,Status,Estimate,Labels,Description
A-2,Two anew,Bug,In Progress,8,new,Text of two
A-3,Three,,,1,,
A-1,One,,,,\"old,more\",The text of one
";

struct Desk {
    backlog: Backlog,
    rng: ChaCha8Rng,
    now: Timestamp,
}

impl Desk {
    fn new() -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let now = Timestamp::from_ms(1_700_000_000_000);
        let (backlog, _) = Backlog::create("Again", PersonId::random(&mut rng), rng.random(), now);
        let mut desk = Self { backlog, rng, now };
        desk.imports(FIRST, Known::Skip).unwrap();
        desk
    }

    fn keys(&self) -> BTreeMap<String, ItemId> {
        let rows = self.backlog.rows();
        rows.map(|row| (row.key.clone(), row.id)).collect()
    }

    fn wants(&mut self, intent: &Intent) -> Result<Step, Rejection> {
        self.now = self.now.plus_ms(1_000);
        let plan = self.backlog.plan(intent, self.now, &mut self.rng)?;
        Ok(self.performs(plan))
    }

    fn performs(&mut self, mut plan: shared::document::Plan) -> Step {
        while !plan.is_finished() {
            self.backlog
                .perform(&mut plan, self.now, &mut self.rng)
                .unwrap();
        }
        drop(self.backlog.take_patch());
        plan.into_step()
    }

    fn imports(&mut self, file: &str, known: Known) -> Result<Step, Rejection> {
        let preview = import("file.csv", file.into(), Options::default()).unwrap();
        let taken = preview.take(&self.keys(), known, self.now, &mut self.rng);
        self.wants(&Intent::Import {
            items: taken.items,
            at: Target::Bottom,
            updates: taken.updates,
        })
    }

    /// Key, title, type, status, estimate, tags and description of every item in ranked order.
    fn shows(&self) -> Vec<String> {
        let mut rows: Vec<_> = self.backlog.rows().collect();
        rows.sort_by(|a, b| a.rank.cmp(&b.rank));
        rows.iter()
            .map(|row| {
                let detail = self.backlog.detail(row.id).unwrap();
                format!(
                    "{} {} {:?} {:?} {:?} {} {}",
                    row.key,
                    row.title,
                    row.kind,
                    row.status,
                    row.estimate.unwrap_or(-1.0),
                    row.tags.join("+"),
                    detail.description
                )
            })
            .collect()
    }
}

const BEFORE: [&str; 2] = [
    "A-1 One Feature Todo 3.0 old Text of one",
    "A-2 Two Feature Todo 5.0  Text of two",
];

#[test]
fn keys_that_are_there_are_counted_and_skipped() {
    let mut desk = Desk::new();
    let preview = import("file.csv", SECOND.into(), Options::default()).unwrap();
    assert_eq!(preview.known(&desk.keys()), 2);
    desk.imports(SECOND, Known::Skip).unwrap();
    let [one, two] = BEFORE;
    assert_eq!(desk.shows(), [one, two, "A-3 Three Feature Todo 1.0  "]);
}

#[test]
fn i6_an_update_writes_what_differs_keeps_ranks_and_is_one_step() {
    let mut desk = Desk::new();
    let before = desk.shows();
    let step = desk.imports(SECOND, Known::Update).unwrap();
    assert_eq!(
        desk.shows(),
        [
            "A-1 One Feature Todo 3.0 more+old The text of one",
            "A-2 Two anew Bug Doing 8.0 new Text of two",
            "A-3 Three Feature Todo 1.0  ",
        ]
    );
    let plan = desk.backlog.plan_back(step).unwrap();
    let redo = desk.performs(plan);
    assert_eq!(desk.shows(), before);
    let plan = desk.backlog.plan_back(redo).unwrap();
    desk.performs(plan);
    assert_eq!(desk.shows().len(), 3);
}

#[test]
fn i6_what_a_file_leaves_empty_or_has_no_column_for_stays() {
    let mut desk = Desk::new();
    let id = desk.keys()["A-1"];
    let set = |value| Intent::Set {
        items: vec![id],
        value,
    };
    desk.wants(&set(Value::Kind(Kind::Bug))).unwrap();
    desk.wants(&set(Value::Status(Status::Done))).unwrap();
    desk.imports("Key,Title,Estimate\nA-1,One anew,\n", Known::Update)
        .unwrap();
    assert_eq!(desk.shows()[0], "A-1 One anew Bug Done 3.0 old Text of one");
}

#[test]
fn i6_an_update_that_says_nothing_new_is_refused_and_changes_nothing() {
    let mut desk = Desk::new();
    let refused = desk.imports(FIRST, Known::Update);
    assert!(matches!(refused, Err(Rejection::Nothing(_))), "{refused:?}");
    let refused = desk.imports(FIRST, Known::Skip);
    assert!(matches!(refused, Err(Rejection::Nothing(_))), "{refused:?}");
    assert_eq!(desk.shows(), BEFORE);
}

#[test]
fn added_again_they_stand_beside_those_that_are_there() {
    let mut desk = Desk::new();
    desk.imports(FIRST, Known::AddAgain).unwrap();
    assert_eq!(desk.shows(), [BEFORE, BEFORE].concat());
}

#[test]
fn words_that_people_typed_in_a_description_merge_with_the_files() {
    let mut desk = Desk::new();
    let id = desk.keys()["A-1"];
    desk.wants(&Intent::EditDescription {
        item: id,
        version: 0,
        edit: TextEdit {
            at: 11,
            delete: 0,
            insert: "!".into(),
        },
    })
    .unwrap();
    let step = desk.imports(SECOND, Known::Update).unwrap();
    assert_eq!(
        desk.backlog.detail(id).unwrap().description,
        "The text of one"
    );
    let plan = desk.backlog.plan_back(step).unwrap();
    desk.performs(plan);
    assert_eq!(desk.backlog.detail(id).unwrap().description, "Text of one!");
}

#[test]
fn i6_criteria_and_comments_that_are_there_are_not_doubled() {
    let file = |met: &str| {
        format!(
            "{{\"format\":\"cutline-backlog\",\"version\":1,\"name\":\"n\",\"items\":[{{\"key\":\"A-1\",\"title\":\"One\",
            \"criteria\":[{{\"text\":\"first\",\"met\":{met}}},{{\"text\":\"second\",\"met\":false}}],
            \"comments\":[{{\"name\":\"Ada\",\"at\":\"2026-07-01T10:00:00.000Z\",\"text\":\"Said\"}}]}}]}}"
        )
    };
    let mut desk = Desk::new();
    for met in ["false", "true"] {
        let preview = import("file.json", file(met).into(), Options::default()).unwrap();
        let taken = preview.take(&desk.keys(), Known::Update, desk.now, &mut desk.rng);
        desk.wants(&Intent::Import {
            items: taken.items,
            at: Target::Bottom,
            updates: taken.updates,
        })
        .unwrap();
        let detail = desk.backlog.detail(desk.keys()["A-1"]).unwrap();
        let criteria: Vec<_> = detail
            .criteria
            .iter()
            .map(|criterion| (criterion.text.as_str(), criterion.met))
            .collect();
        assert_eq!(criteria, [("first", met == "true"), ("second", false)]);
        assert_eq!(detail.comments.len(), 1);
        assert_eq!(detail.comments[0].name, "Ada");
    }
}

#[test]
fn an_import_that_a_crash_cut_short_goes_on_where_it_stopped() {
    let mut desk = Desk::new();
    let preview = import("file.csv", SECOND.into(), Options::default()).unwrap();
    let taken = preview.take(&desk.keys(), Known::Update, desk.now, &mut desk.rng);
    let intent = Intent::Import {
        items: taken.items,
        at: Target::Bottom,
        updates: taken.updates,
    };
    desk.wants(&intent).unwrap();
    let after = desk.shows();
    let again = desk.wants(&intent);
    assert!(matches!(again, Err(Rejection::Nothing(_))), "{again:?}");
    assert_eq!(desk.shows(), after);
}
