//! The rules of `MODEL.md`, each under its number.

use shared::{
    document::{Backlog, Rejection},
    ids::{CommentId, CriterionId, ItemId, PersonId},
    intent::{Intent, NewItem, Target, TextEdit, Value},
    model::{Author, Field, Kind, Person, Status},
};

use crate::peer::{Peer, meet};

impl Peer {
    fn outline(&self) -> String {
        self.backlog
            .ranked()
            .map(|row| row.title.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn detail(&self, item: ItemId) -> shared::model::Detail {
        self.backlog.detail(item).unwrap()
    }
}

fn two() -> (Peer, Peer, Vec<ItemId>) {
    let mut ada = Peer::first(1);
    let items = ada.adds_titled(&["a", "b", "c", "d", "e"]);
    let bob = ada.joins(2);
    (ada, bob, items)
}

#[test]
fn o1_new_items_stand_in_their_order_at_the_target() {
    let (mut ada, _, items) = two();
    assert_eq!(ada.outline(), "a b c d e");
    let item = NewItem::titled(ItemId::random(&mut ada.rng), "x");
    ada.tries(&Intent::Add {
        items: vec![item],
        at: Target::After(items[1]),
    })
    .unwrap();
    let item = NewItem::titled(ItemId::random(&mut ada.rng), "top");
    ada.tries(&Intent::Add {
        items: vec![item],
        at: Target::Top,
    })
    .unwrap();
    assert_eq!(ada.outline(), "top a b x c d e");
}

#[test]
fn o2_a_block_keeps_its_order_and_nobody_else_moves() {
    let (mut ada, _, items) = two();
    ada.tries(&Intent::Move {
        items: vec![items[4], items[0]],
        to: Target::Before(items[2]),
    })
    .unwrap();
    assert_eq!(ada.outline(), "b a e c d");
    ada.tries(&Intent::Move {
        items: vec![items[3]],
        to: Target::Top,
    })
    .unwrap();
    assert_eq!(ada.outline(), "d b a e c");
    assert_eq!(
        ada.tries(&Intent::Move {
            items: vec![items[3]],
            to: Target::After(items[3])
        }),
        Err(Rejection::OntoItself)
    );
}

#[test]
fn o3_blocks_dropped_at_one_place_while_apart_do_not_interleave() {
    let (mut ada, mut bob, items) = two();
    let drop_at = Target::After(items[0]);
    for (peer, letter) in [(&mut ada, 'x'), (&mut bob, 'y')] {
        let new = (0..20)
            .map(|n| NewItem::titled(ItemId::random(&mut peer.rng), format!("{letter}{n}")))
            .collect();
        peer.tries(&Intent::Add {
            items: new,
            at: drop_at,
        })
        .unwrap();
    }
    meet(&mut ada, &mut bob);
    let letters: String = ada
        .outline()
        .split(' ')
        .map(|title| title.chars().next().unwrap())
        .collect();
    let changes = letters
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0] != pair[1])
        .count();
    assert!(changes <= 7, "{letters}");
}

#[test]
fn c1_the_same_field_set_while_apart_holds_two_values_until_settled() {
    let (mut ada, mut bob, items) = two();
    ada.tries(&Intent::Set {
        items: vec![items[0]],
        value: Value::Estimate(Some(5.0)),
    })
    .unwrap();
    bob.tries(&Intent::Set {
        items: vec![items[0]],
        value: Value::Estimate(Some(8.0)),
    })
    .unwrap();
    meet(&mut ada, &mut bob);
    assert_eq!(
        ada.backlog.row(items[0]).unwrap().conflicts,
        [Field::Estimate]
    );
    let conflicts = ada.detail(items[0]).conflicts;
    assert_eq!(conflicts.len(), 1);
    let shown: Vec<_> = conflicts[0]
        .values
        .iter()
        .map(|value| value.shown.as_str())
        .collect();
    assert_eq!(shown.len(), 2);
    let row = ada.backlog.row(items[0]).unwrap();
    assert_eq!(
        shown[0],
        row.estimate.unwrap().to_string(),
        "the winner stands first"
    );
    let authors: Vec<_> = conflicts[0]
        .values
        .iter()
        .map(|value| value.by.unwrap())
        .collect();
    let own = [&ada, &bob].map(|peer| Author::known(peer.backlog.author()));
    assert!(own.iter().all(|author| authors.contains(author)));
    assert!(
        conflicts[0]
            .values
            .iter()
            .all(|value| value.at.ms() > 1_700_000_000_000)
    );
    let other = conflicts[0].values[1].clone();
    bob.tries(&Intent::Settle {
        item: items[0],
        field: Field::Estimate,
        token: other.token.clone(),
    })
    .unwrap();
    meet(&mut ada, &mut bob);
    assert_eq!(ada.backlog.row(items[0]).unwrap().conflicts, []);
    assert_eq!(
        ada.backlog
            .row(items[0])
            .unwrap()
            .estimate
            .unwrap()
            .to_string(),
        other.shown
    );
    let again = Intent::Settle {
        item: items[0],
        field: Field::Estimate,
        token: other.token,
    };
    assert!(matches!(ada.tries(&again), Err(Rejection::Nothing(_))));
}

#[test]
fn c2_equal_values_set_while_apart_are_no_conflict() {
    let (mut ada, mut bob, items) = two();
    for peer in [&mut ada, &mut bob] {
        peer.tries(&Intent::Set {
            items: vec![items[0]],
            value: Value::Kind(Kind::Bug),
        })
        .unwrap();
    }
    meet(&mut ada, &mut bob);
    assert_eq!(ada.backlog.row(items[0]).unwrap().conflicts, []);
}

#[test]
fn c3_one_item_moved_by_two_has_one_place_and_shows_the_other() {
    let (mut ada, mut bob, items) = two();
    ada.tries(&Intent::Move {
        items: vec![items[2]],
        to: Target::Top,
    })
    .unwrap();
    bob.tries(&Intent::Move {
        items: vec![items[2]],
        to: Target::Bottom,
    })
    .unwrap();
    meet(&mut ada, &mut bob);
    assert_eq!(ada.backlog.ranked().count(), 5);
    assert_eq!(ada.backlog.row(items[2]).unwrap().conflicts, [Field::Rank]);
}

#[test]
fn i4_an_archived_item_keeps_what_others_did_to_it_and_its_rank() {
    let (mut ada, mut bob, items) = two();
    bob.tries(&Intent::Set {
        items: vec![items[1]],
        value: Value::Status(Status::Doing),
    })
    .unwrap();
    meet(&mut ada, &mut bob);
    ada.tries(&Intent::Archive {
        items: vec![items[1]],
        reason: "obsolete".into(),
    })
    .unwrap();
    let comment = Intent::AddComment {
        item: items[1],
        id: CommentId::random(&mut bob.rng),
        text: "Still **wanted**".into(),
    };
    bob.tries(&comment).unwrap();
    meet(&mut ada, &mut bob);
    assert_eq!(ada.outline(), "a c d e");
    ada.tries(&Intent::Restore {
        items: vec![items[1]],
    })
    .unwrap();
    assert_eq!(ada.outline(), "a b c d e");
    assert_eq!(ada.backlog.row(items[1]).unwrap().status, Status::Doing);
    assert_eq!(ada.detail(items[1]).comments.len(), 1);
}

#[test]
fn t1_transitions_stand_in_the_trail() {
    let (mut ada, _, items) = two();
    ada.tries(&Intent::Set {
        items: vec![items[0]],
        value: Value::Status(Status::Done),
    })
    .unwrap();
    ada.tries(&Intent::Set {
        items: vec![items[0]],
        value: Value::Estimate(Some(3.0)),
    })
    .unwrap();
    ada.tries(&Intent::Set {
        items: vec![items[0]],
        value: Value::Title("renamed".into()),
    })
    .unwrap();
    let trail: Vec<_> = ada
        .detail(items[0])
        .trail
        .into_iter()
        .map(|(_, entry)| entry)
        .collect();
    assert_eq!(trail, ["status=todo", "status=done", "estimate=3"]);
}

#[test]
fn u1_each_intent_can_be_undone_and_redone() {
    let (mut ada, _, items) = two();
    let item = items[1];
    let id = CriterionId::random(&mut ada.rng);
    let comment = CommentId::random(&mut ada.rng);
    let intents = [
        Intent::Add {
            items: vec![NewItem::titled(ItemId::random(&mut ada.rng), "new")],
            at: Target::Top,
        },
        Intent::Set {
            items: vec![item, items[2]],
            value: Value::Title("both".into()),
        },
        Intent::Set {
            items: vec![item],
            value: Value::Estimate(Some(2.5)),
        },
        Intent::Set {
            items: vec![item],
            value: Value::ForWhom("moderator".into()),
        },
        Intent::Tag {
            items: vec![item],
            tag: "urgent".into(),
            on: true,
        },
        Intent::Move {
            items: vec![items[4], items[3]],
            to: Target::Top,
        },
        Intent::Archive {
            items: vec![item],
            reason: String::new(),
        },
        Intent::EditDescription {
            item,
            version: 0,
            edit: TextEdit {
                at: 0,
                delete: 0,
                insert: "Héllo 🃏".into(),
            },
        },
        Intent::AddCriterion {
            item,
            id,
            text: "works offline".into(),
            requirement: false,
        },
        Intent::AddComment {
            item,
            id: comment,
            text: "yes".into(),
        },
        Intent::Rename {
            name: "Planning poker".into(),
        },
    ];
    for intent in intents {
        let state = |peer: &Peer| {
            (
                peer.backlog.view(),
                peer.outline(),
                peer.backlog.detail(item),
            )
        };
        let trailless = |peer: &Peer| {
            let (mut view, outline, detail) = state(peer);
            for row in &mut view.rows {
                // When somebody last did something is not undone.
                row.touched = row.created;
                row.estimated = None;
                row.reworded = None;
                row.cleared = None;
            }
            (
                view,
                outline,
                detail.map(|detail| shared::model::Detail {
                    trail: vec![],
                    trail_by: vec![],
                    trail_why: vec![],
                    description_version: 0,
                    changed: vec![],
                    ..detail
                }),
            )
        };
        let before = trailless(&ada);
        let step = ada.tries(&intent).unwrap();
        let after = trailless(&ada);
        assert_ne!(before.0, after.0, "{intent:?} changes something");
        let back = ada.takes_back(step);
        assert_eq!(trailless(&ada), before, "{intent:?} undone");
        let again = ada.takes_back(back);
        assert_eq!(trailless(&ada), after, "{intent:?} redone");
        ada.takes_back(again);
        assert_eq!(trailless(&ada), before, "{intent:?} undone again");
    }
}

#[test]
fn u2_undo_leaves_alone_what_somebody_set_since() {
    let (mut ada, mut bob, items) = two();
    let step = ada
        .tries(&Intent::Set {
            items: vec![items[0], items[1]],
            value: Value::Estimate(Some(5.0)),
        })
        .unwrap();
    meet(&mut ada, &mut bob);
    bob.tries(&Intent::Set {
        items: vec![items[1]],
        value: Value::Estimate(Some(8.0)),
    })
    .unwrap();
    meet(&mut ada, &mut bob);
    ada.takes_back(step);
    assert_eq!(ada.backlog.row(items[0]).unwrap().estimate, None);
    assert_eq!(ada.backlog.row(items[1]).unwrap().estimate, Some(8.0));
}

#[test]
fn t2_two_people_typing_keep_both_their_words() {
    let (mut ada, mut bob, items) = two();
    let edit = |at, delete, insert: &str| Intent::EditDescription {
        item: items[0],
        version: 0,
        edit: TextEdit {
            at,
            delete,
            insert: insert.into(),
        },
    };
    ada.tries(&edit(0, 0, "Hello world")).unwrap();
    meet(&mut ada, &mut bob);
    ada.tries(&edit(5, 0, ", dear")).unwrap();
    bob.tries(&edit(11, 0, "!")).unwrap();
    meet(&mut ada, &mut bob);
    assert_eq!(ada.detail(items[0]).description, "Hello, dear world!");
    assert_eq!(bob.detail(items[0]).description, "Hello, dear world!");
}

#[test]
fn t3_an_imported_description_first_edited_by_two_shows_both() {
    let mut ada = Peer::first(5);
    let item = NewItem {
        description: "As imported".into(),
        ..NewItem::titled(ItemId::random(&mut ada.rng), "x")
    };
    let id = item.id;
    ada.tries(&Intent::Add {
        items: vec![item],
        at: Target::Bottom,
    })
    .unwrap();
    let mut bob = ada.joins(6);
    for (peer, word) in [(&mut ada, "Ada: "), (&mut bob, "Bob: ")] {
        let edit = TextEdit {
            at: 0,
            delete: 0,
            insert: word.into(),
        };
        peer.tries(&Intent::EditDescription {
            item: id,
            version: 0,
            edit,
        })
        .unwrap();
    }
    meet(&mut ada, &mut bob);
    let conflicts = ada.detail(id).conflicts;
    assert_eq!(conflicts[0].field, Field::Description);
    let mut shown: Vec<_> = conflicts[0]
        .values
        .iter()
        .map(|value| value.shown.clone())
        .collect();
    assert_eq!(shown[0], ada.detail(id).description);
    shown.sort();
    assert_eq!(shown, ["Ada: As imported", "Bob: As imported"]);
}

#[test]
fn bad_input_is_refused_with_a_reason_and_changes_nothing() {
    let (mut ada, _, items) = two();
    let heads = ada.backlog.heads();
    let set = |value| Intent::Set {
        items: vec![items[0]],
        value,
    };
    for (intent, reason) in [
        (set(Value::Title("  ".into())), Rejection::Empty("A title")),
        (
            set(Value::Title("x".repeat(501))),
            Rejection::TooLong("A title", 500),
        ),
        (set(Value::Estimate(Some(f64::NAN))), Rejection::Estimate),
        (set(Value::Estimate(Some(-1.0))), Rejection::Estimate),
        (set(Value::Estimate(Some(1e9))), Rejection::Estimate),
        (set(Value::Status(Status::Archived)), Rejection::Status),
        (
            Intent::Move {
                items: vec![items[0]],
                to: Target::Before("abcdefghijkm".parse().unwrap()),
            },
            Rejection::Gone,
        ),
        (
            Intent::Add {
                items: vec![],
                at: Target::Top,
            },
            Rejection::Empty("An addition"),
        ),
        (
            Intent::Add {
                items: vec![NewItem::titled(items[0], "again")],
                at: Target::Top,
            },
            Rejection::Exists,
        ),
    ] {
        assert_eq!(ada.tries(&intent), Err(reason), "{intent:?}");
    }
    assert_eq!(ada.backlog.heads(), heads);
}

#[test]
fn i1_a_newer_schema_is_refused() {
    use automerge::{Automerge, ROOT, transaction::Transactable};
    let mut newer = Automerge::new();
    newer
        .transact::<_, _, automerge::AutomergeError>(|tx| tx.put(ROOT, "schema", 2))
        .unwrap();
    let error = Backlog::load(&newer.save(), PersonId::from_bytes([1; 16]), [2; 16]).unwrap_err();
    assert!(error.to_string().contains("newer version"), "{error}");
    let error = Backlog::load(
        &Automerge::new().save(),
        PersonId::from_bytes([1; 16]),
        [2; 16],
    )
    .unwrap_err();
    assert!(
        error.to_string().contains("not a Cutline backlog"),
        "{error}"
    );
    assert!(Backlog::load(b"garbage", PersonId::from_bytes([1; 16]), [2; 16]).is_err());
}

#[test]
fn i5_a_large_addition_is_cut_into_changes_the_relay_takes() {
    let mut ada = Peer::first(3);
    let text = "word ".repeat(400);
    let items: Vec<NewItem> = (0..1_000)
        .map(|n| NewItem {
            description: text.clone(),
            ..NewItem::titled(ItemId::random(&mut ada.rng), format!("item {n}"))
        })
        .collect();
    let step = ada
        .tries(&Intent::Add {
            items,
            at: Target::Bottom,
        })
        .unwrap();
    assert!(ada.changes.len() > 10);
    assert!(
        ada.changes
            .iter()
            .all(|change| change.bytes.len() < 128 * 1024)
    );
    assert_eq!(ada.backlog.ranked().count(), 1_000);
    ada.takes_back(step);
    assert_eq!(ada.backlog.ranked().count(), 0);
}

#[test]
fn people_are_known_by_their_latest_name() {
    let (mut ada, mut bob, _) = two();
    let profile = Person {
        name: "Ada".into(),
        colour: 3,
    };
    ada.tries(&Intent::Introduce {
        person: ada.backlog.author(),
        profile: profile.clone(),
    })
    .unwrap();
    meet(&mut ada, &mut bob);
    assert_eq!(bob.backlog.person(ada.backlog.author()), Some(&profile));
}

#[test]
fn fields_that_other_programs_write_as_texts_are_read() {
    use automerge::{AutoCommit, ObjType, ReadDoc, transaction::Transactable};
    let mut ada = Peer::first(7);
    let item = NewItem::titled(ItemId::random(&mut ada.rng), "before");
    let id = item.id;
    ada.tries(&Intent::Add {
        items: vec![item],
        at: Target::Bottom,
    })
    .unwrap();
    let mut script = AutoCommit::load(&ada.backlog.save()).unwrap();
    let (_, items) = script.get(automerge::ROOT, "items").unwrap().unwrap();
    let buckets: Vec<String> = script.keys(&items).collect();
    let object = buckets
        .iter()
        .find_map(|bucket| {
            let (_, bucket) = script.get(&items, bucket.as_str()).ok()??;
            Some(script.get(&bucket, id.as_str()).ok()??.1)
        })
        .unwrap();
    for (field, words) in [("title", "from a script"), ("status", "doing")] {
        let text = script.put_object(&object, field, ObjType::Text).unwrap();
        script.splice_text(&text, 0, 0, words).unwrap();
    }
    script.commit();
    let change = script.get_last_local_change().unwrap();
    ada.backlog.absorb(change.raw_bytes(), true).unwrap();
    let rows = ada.backlog.take_patch().rows;
    let row = rows.iter().find(|row| row.id == id).unwrap();
    assert_eq!(
        (row.title.as_str(), row.status),
        ("from a script", Status::Doing)
    );
}

#[test]
fn p3_a_disputed_rank_is_seen_and_settled_whichever_moves_were_taken_back() {
    // Three people move an item apart from each other. A bit says of each whether they take it back; changes come in
    // any order of people.
    for case in 0..8 * 6_usize {
        let (taken_back, order) = (case / 6, case % 6);
        let mut ada = Peer::first(case as u64);
        let items = ada.adds(3);
        let mut changes = Vec::new();
        for nth in 0..3 {
            let mut peer = ada.joins(100 + nth);
            let before = peer.changes.len();
            let step = peer.wants(&Intent::Move {
                items: vec![items[1]],
                to: Target::Top,
            });
            if taken_back & (1 << nth) > 0 {
                peer.takes_back(step);
            }
            changes.push(peer.changes[before..].to_vec());
        }
        let first = changes.remove(order % 3);
        let second = changes.remove(order / 3);
        for change in [first, second].iter().chain(&changes).flatten() {
            ada.backlog.absorb(&change.bytes, true).unwrap();
            drop(ada.backlog.take_patch());
            ada.agrees_with_itself();
        }
    }
}
