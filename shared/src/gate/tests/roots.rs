//! G9 at the root of a backlog: what founds one, what nobody may do to one, and that no intent ever does.

use rand::Rng;

use super::*;
use crate::{
    document::{Backlog, MadeChange},
    ids::PersonId,
    time::Timestamp,
};

/// A backlog as somebody found it, and the log that has its first change.
struct Founded {
    founder: AutoCommit,
    index: ChangeIndex,
    references: References,
}

fn first() -> MadeChange {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let (person, actor) = (PersonId::random(&mut rng), rng.random());
    let (_, first) = Backlog::create("Trial", person, actor, Timestamp::default());
    first
}

fn founded() -> Founded {
    let first = first().bytes;
    let (mut index, mut references) = (ChangeIndex::default(), References::default());
    take(&first, &mut index, &mut references).unwrap();
    let mut founder = document(7, true);
    founder
        .apply_changes([Change::from_bytes(first).unwrap()])
        .unwrap();
    Founded {
        founder,
        index,
        references,
    }
}

impl Founded {
    /// What becomes of an edit by another program.
    fn says(mut self, edit: impl FnOnce(&mut AutoCommit)) -> Result<Admitted, Refusal> {
        edit(&mut self.founder);
        let change = last(&mut self.founder);
        take(&change, &mut self.index, &mut self.references)
    }
}

const REFUSED: Result<Admitted, Refusal> = Err(Refusal::Malformed("root of a backlog"));

#[test]
fn g9_nobody_puts_another_schema_into_a_backlog() {
    let puts = |schema: u64| founded().says(|it| it.put(ROOT, "schema", schema).unwrap());
    assert_eq!(puts(2), REFUSED);
    assert_eq!(puts(0), REFUSED);
    assert_eq!(
        founded().says(|it| it.delete(ROOT, "schema").unwrap()),
        REFUSED
    );
}

#[test]
fn g9_nobody_hides_a_container_behind_another_one() {
    let hidden = founded().says(|it| drop(it.put_object(ROOT, "items", ObjType::Map).unwrap()));
    assert_eq!(hidden, REFUSED);
    let removed = founded().says(|it| it.delete(ROOT, "people").unwrap());
    assert_eq!(removed, REFUSED);
    let overwritten = founded().says(|it| it.put(ROOT, "product", "a text").unwrap());
    assert_eq!(overwritten, REFUSED);
}

#[test]
fn g9_a_rival_beginning_is_refused() {
    let mut rival = founded();
    let mut rng = ChaCha8Rng::seed_from_u64(10);
    let (person, actor) = (PersonId::random(&mut rng), rng.random());
    let (_, first) = Backlog::create("Rival", person, actor, Timestamp::default());
    let found = take(&first.bytes, &mut rival.index, &mut rival.references);
    assert_eq!(found, REFUSED);
}

#[test]
fn g9_other_programs_keep_their_own_things_within_the_containers() {
    let at_root = founded().says(|it| it.put(ROOT, "my-tool", "state").unwrap());
    assert_eq!(at_root, REFUSED);
    let within = founded().says(|it| {
        let (_, product) = it.get(ROOT, "product").unwrap().unwrap();
        let own = it.put_object(&product, "my-tool", ObjType::Map).unwrap();
        it.put(&own, "state", 3).unwrap();
        it.put(&product, "schema", "a word like any other").unwrap();
    });
    assert!(within.is_ok(), "{within:?}");
}

#[test]
fn g9_a_backlog_may_be_founded_in_steps() {
    let (mut index, mut references) = (ChangeIndex::default(), References::default());
    let mut tool = document(3, true);
    let mut step = |tool: &mut AutoCommit| take(&last(tool), &mut index, &mut references);
    tool.put_object(ROOT, "product", ObjType::Map).unwrap();
    step(&mut tool).unwrap();
    tool.put(ROOT, "schema", 1).unwrap();
    tool.put_object(ROOT, "items", ObjType::Map).unwrap();
    step(&mut tool).unwrap();
    tool.put_object(ROOT, "people", ObjType::Map).unwrap();
    step(&mut tool).unwrap();
    tool.put_object(ROOT, "people", ObjType::Map).unwrap();
    assert_eq!(step(&mut tool), REFUSED);
}

#[test]
fn g9_a_beginning_has_only_what_belongs_to_a_backlog() {
    for odd in ["schema", "items"] {
        let mut tool = document(3, true);
        tool.put(ROOT, "schema", 1).unwrap();
        tool.put(ROOT, odd, "a text").unwrap();
        let (mut index, mut references) = (ChangeIndex::default(), References::default());
        let found = take(&last(&mut tool), &mut index, &mut references);
        assert_eq!(found, REFUSED, "{odd}");
    }
}

#[test]
fn g9_documents_that_are_no_backlogs_have_any_root() {
    let (mut index, mut references) = (ChangeIndex::default(), References::default());
    let mut tool = document(3, false);
    for value in ["a", "b"] {
        tool.put(ROOT, "title", value).unwrap();
        tool.put_object(ROOT, "items", ObjType::List).unwrap();
        take(&last(&mut tool), &mut index, &mut references).unwrap();
    }
}

#[test]
fn g9_holds_for_what_was_learnt_from_the_log() {
    let first = first().bytes;
    let mut founded = founded();
    let mut learnt = References::default();
    learnt.learn(&first);
    founded.references = learnt;
    assert_eq!(
        founded.says(|it| it.put(ROOT, "schema", 2).unwrap()),
        REFUSED
    );
}
