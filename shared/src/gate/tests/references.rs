//! G8, rule by rule: a change whose operations refer to what is not there.

use automerge::{
    ObjId,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType},
};

use super::*;

/// A log of two writers who have not seen each other, and what the first one made before.
struct Log {
    index: ChangeIndex,
    references: References,
    ada: AutoCommit,
    list: ObjId,
    map: ObjId,
    /// The names of what the other writer made.
    bobs_map: OpId,
    bobs_element: OpId,
    bobs_value: OpId,
}

fn log() -> Log {
    let mut ada = document(1, true);
    let map = ada.put_object(ROOT, "map", ObjType::Map).unwrap();
    let list = ada.put_object(ROOT, "list", ObjType::List).unwrap();
    ada.insert(&list, 0, "first").unwrap();
    ada.insert(&list, 1, "second").unwrap();
    ada.put(&map, "key", "value").unwrap();
    let mut changes = vec![last(&mut ada)];
    let mut bob = ada.fork().with_actor(ActorId::from([2; 16]));
    bob.put_object(ROOT, "bob's", ObjType::Map).unwrap();
    bob.insert(&list, 1, "between").unwrap();
    bob.put(&map, "key", "bob's").unwrap();
    changes.push(last(&mut bob));
    let bob = ActorId::from([2; 16]);
    let (mut index, mut references) = (ChangeIndex::default(), References::default());
    for change in &changes {
        take(change, &mut index, &mut references).unwrap();
    }
    Log {
        index,
        references,
        ada,
        list,
        map,
        bobs_map: OpId(6, bob.clone()),
        bobs_element: OpId(7, bob.clone()),
        bobs_value: OpId(8, bob),
    }
}

impl Log {
    /// What becomes of an edit of the first writer whose operations are altered.
    fn alters(
        mut self,
        edit: impl FnOnce(&mut AutoCommit, &ObjId, &ObjId),
        alter: impl FnOnce(&mut Vec<Op>),
    ) -> Result<Admitted, Refusal> {
        edit(&mut self.ada, &self.list, &self.map);
        let mut expanded = Change::from_bytes(last(&mut self.ada)).unwrap().decode();
        alter(&mut expanded.operations);
        expanded.hash = None;
        let change = Change::from(expanded);
        take(change.raw_bytes(), &mut self.index, &mut self.references)
    }
}

fn refused(what: &'static str) -> Result<Admitted, Refusal> {
    Err(Refusal::Malformed(what))
}

fn put(document: &mut AutoCommit, _: &ObjId, map: &ObjId) {
    document.put(map, "key", "another").unwrap();
}

fn insert(document: &mut AutoCommit, list: &ObjId, _: &ObjId) {
    document.insert(list, 1, "inserted").unwrap();
}

fn nothing_is_altered(_: &mut Vec<Op>) {}

#[test]
fn g8_what_is_there_may_be_referred_to() {
    assert!(log().alters(put, nothing_is_altered).is_ok());
    assert!(log().alters(insert, nothing_is_altered).is_ok());
}

#[test]
fn g8_an_object_is_there_and_is_one() {
    let ada = ActorId::from([1; 16]);
    for (id, what) in [
        (OpId(3, ada.clone()), "a value"),
        (OpId(6, ada.clone()), "the operation itself"),
        (OpId(99, ada), "nothing"),
        (log().bobs_map, "an object that the writer has not seen"),
    ] {
        let found = log().alters(put, |operations| operations[0].obj = ObjectId::Id(id));
        assert_eq!(found, refused("object"), "{what}");
    }
}

#[test]
fn g8_a_key_fits_its_object() {
    let in_a_map = |operations: &mut Vec<Op>| operations[0].obj = ObjectId::Root;
    assert_eq!(log().alters(insert, in_a_map), refused("key"));
    let list = OpId(2, ActorId::from([1; 16]));
    let in_a_list = |operations: &mut Vec<Op>| operations[0].obj = ObjectId::Id(list);
    assert_eq!(log().alters(put, in_a_list), refused("key"));
    let at_the_head = |operations: &mut Vec<Op>| {
        operations[0].key = Key::Seq(ElementId::Head);
        operations[0].insert = false;
    };
    assert_eq!(log().alters(insert, at_the_head), refused("key"));
}

#[test]
fn g8_an_element_is_in_the_same_object_and_was_seen() {
    let ada = ActorId::from([1; 16]);
    for (id, what) in [
        (OpId(5, ada.clone()), "a value in a map"),
        (OpId(6, ada.clone()), "the operation itself"),
        (OpId(99, ada), "nothing"),
        (
            log().bobs_element,
            "an element that the writer has not seen",
        ),
    ] {
        let found = log().alters(insert, |operations| {
            operations[0].key = Key::Seq(ElementId::Id(id));
        });
        assert_eq!(found, refused("element"), "{what}");
    }
}

#[test]
fn g8_a_replaced_value_stands_in_the_same_place_and_was_seen() {
    let ada = ActorId::from([1; 16]);
    for (id, what) in [
        (OpId(3, ada.clone()), "an element"),
        (OpId(1, ada.clone()), "what stands under another key"),
        (OpId(6, ada.clone()), "the operation itself"),
        (OpId(99, ada), "nothing"),
        (log().bobs_value, "a value that the writer has not seen"),
    ] {
        let found = log().alters(put, |operations| operations[0].pred = vec![id].into());
        assert_eq!(found, refused("replaced value"), "{what}");
    }
    let deletion = |document: &mut AutoCommit, _: &ObjId, map: &ObjId| {
        document.delete(map, "key").unwrap();
        document.put(map, "key", "again").unwrap();
    };
    let replaces_a_deletion = |operations: &mut Vec<Op>| {
        operations[1].pred = vec![OpId(6, ActorId::from([1; 16]))].into();
    };
    let found = log().alters(deletion, replaces_a_deletion);
    assert_eq!(found, refused("replaced value"));
    let twice = |operations: &mut Vec<Op>| {
        let one = OpId(5, ActorId::from([1; 16]));
        operations[0].pred = vec![one.clone(), one].into();
    };
    assert_eq!(log().alters(put, twice), refused("a value replaced twice"));
}

#[test]
fn g8_an_action_does_what_it_says() {
    let deletes_nothing = |operations: &mut Vec<Op>| {
        operations[0].action = OpType::Delete;
        operations[0].pred = Vec::new().into();
    };
    assert_eq!(
        log().alters(put, deletes_nothing),
        refused("a deletion of nothing")
    );
    let counts_nothing = |operations: &mut Vec<Op>| {
        operations[0].action = OpType::Increment(1);
        operations[0].pred = Vec::new().into();
    };
    assert_eq!(
        log().alters(put, counts_nothing),
        refused("an increment of nothing")
    );
    let inserts_and_replaces = |operations: &mut Vec<Op>| {
        operations[0].pred = vec![OpId(3, ActorId::from([1; 16]))].into();
    };
    assert_eq!(
        log().alters(insert, inserts_and_replaces),
        refused("an insertion that replaces")
    );
    let makes_a_table =
        |operations: &mut Vec<Op>| operations[0].action = OpType::Make(ObjType::Table);
    assert_eq!(log().alters(put, makes_a_table), refused("table"));
}

#[test]
fn g8_a_log_that_was_learnt_judges_like_one_that_was_checked() {
    for seed in 0..10 {
        let changes = honest::changes(seed, 40);
        let (mut index, mut checked) = (ChangeIndex::default(), References::default());
        for change in &changes {
            let mut learnt = References::default();
            let before = index.clone();
            for (hash, known) in before.hashes().iter().zip(&changes) {
                assert_eq!(described(known).unwrap().hash, *hash);
                learnt.learn(known);
            }
            assert_eq!(learnt.len(), checked.len());
            take(change, &mut index.clone(), &mut learnt).unwrap();
            take(change, &mut index, &mut checked).unwrap();
        }
    }
}
