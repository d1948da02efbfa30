//! The rules of `MODEL.md` about places, things and triage, each under its number, with people who are apart.

use rand::Rng;
use shared::{
    document::{Backlog, Rejection},
    export,
    ids::{CommentId, CriterionId, FileHash, ItemId, RecordId},
    import::{ImportedItem, Known, Options, import},
    intent::{Intent, NewItem, Target, TextEdit, Value},
    model::{
        Attachment, Author, Collection, Field, Part, Place, Scalar, Status, Thing, Things,
        attachment, thing,
    },
    time::Timestamp,
};

use crate::peer::{Peer, meet, places, put};

fn mark(item: ItemId, key: &str) -> Intent {
    Intent::Mark {
        items: vec![item],
        key: key.to_owned(),
        value: Some(true.into()),
    }
}

fn file(peer: &Peer, name: &str) -> Attachment {
    Attachment::new(FileHash::from_bytes([7; 32]), 5, (name, "image/png"))
        .by(peer.backlog.author(), peer.now)
}

fn file_key(peer: &mut Peer) -> String {
    format!("{}{}", attachment::MARK, RecordId::random(&mut peer.rng))
}

fn attach(item: ItemId, key: &str, file: Option<&Attachment>) -> Intent {
    Intent::Mark {
        items: vec![item],
        key: key.to_owned(),
        value: file.map(|file| file.to_string().into()),
    }
}

fn file_names(peer: &Peer, item: ItemId) -> Vec<String> {
    let files = attachment::attachments(&peer.row(item));
    files.into_iter().map(|(_, file)| file.name).collect()
}

fn two(count: usize) -> (Peer, Peer, Vec<ItemId>) {
    let mut ada = Peer::first(1);
    let items = ada.adds(count);
    let bob = ada.joins(2);
    (ada, bob, items)
}

#[test]
fn p1_pb_03_an_item_that_leaves_and_comes_back_has_its_old_rank() {
    let (mut ada, _, items) = two(6);
    let release = Place::Release(ada.makes(Collection::Releases, "1.0"));
    ada.wants(&places(&[items[3], items[1]], release));
    assert_eq!(
        ada.list(Place::Product),
        [items[0], items[2], items[4], items[5]]
    );
    assert_eq!(ada.list(release), [items[1], items[3]]);
    ada.wants(&Intent::Move {
        items: vec![items[3]],
        to: Target::Top,
    });
    assert_eq!(ada.list(release), [items[3], items[1]]);
    ada.wants(&places(&[items[1], items[3]], Place::Product));
    assert_eq!(ada.list(Place::Product), items);
    // And the rank that it had in the release is kept too.
    ada.wants(&places(&[items[1], items[3]], release));
    assert_eq!(ada.list(release), [items[3], items[1]]);
}

#[test]
fn p2_pb_07_one_undo_of_a_pull_restores_every_rank() {
    let (mut ada, _, items) = two(8);
    let release = Place::Release(ada.makes(Collection::Releases, "1.0"));
    let step = ada.wants(&places(&items[..5], release));
    let again = ada.takes_back(step);
    assert_eq!(ada.list(Place::Product), items);
    assert_eq!(ada.list(release), []);
    ada.takes_back(again);
    assert_eq!(ada.list(release), items[..5]);
}

#[test]
fn p2_a_place_and_a_rank_in_it_can_be_named_at_once() {
    let (mut ada, _, items) = two(5);
    let later = Place::List(ada.makes(Collection::Lists, "Later"));
    ada.wants(&places(&items[..2], later));
    ada.wants(&Intent::Place {
        items: vec![items[4]],
        place: later,
        at: Some(Target::Before(items[1])),
    });
    assert_eq!(ada.list(later), [items[0], items[4], items[1]]);
    // A drop beside an item of another place goes there too.
    ada.wants(&Intent::Move {
        items: vec![items[0]],
        to: Target::After(items[2]),
    });
    assert_eq!(ada.list(Place::Product), [items[2], items[0], items[3]]);
}

#[test]
fn p3_items_moved_into_a_list_that_somebody_removes_while_apart_are_in_the_product_backlog() {
    let (mut ada, mut bob, items) = two(4);
    let list = ada.makes(Collection::Lists, "Later");
    meet(&mut ada, &mut bob);
    let removal = ada.puts(Thing::Record(Collection::Lists, list), "archived", true);
    bob.wants(&places(&[items[2], items[0]], Place::List(list)));
    assert_eq!(bob.list(Place::List(list)), [items[0], items[2]]);
    meet(&mut ada, &mut bob);
    for peer in [&ada, &bob] {
        assert_eq!(peer.list(Place::Product), items);
    }
    // Once the list is back, so are they.
    ada.takes_back(removal);
    meet(&mut ada, &mut bob);
    assert_eq!(bob.list(Place::List(list)), [items[0], items[2]]);
    assert_eq!(bob.list(Place::Product), [items[1], items[3]]);
}

#[test]
fn p3_what_was_in_a_removed_sprint_is_in_its_release() {
    let (mut ada, _, items) = two(3);
    let release = ada.makes(Collection::Releases, "1.0");
    let sprint = ada.makes(Collection::Sprints, "Sprint 1");
    let thing = Thing::Record(Collection::Sprints, sprint);
    ada.puts(thing, "release", release.to_string());
    ada.wants(&places(&items, Place::Sprint(sprint)));
    ada.puts(thing, "archived", true);
    assert_eq!(ada.list(Place::Release(release)).len(), 3);
    ada.puts(
        Thing::Record(Collection::Releases, release),
        "archived",
        true,
    );
    assert_eq!(ada.list(Place::Product), items);
    assert!(matches!(
        ada.tries(&places(&items[..1], Place::Sprint(sprint))),
        Err(Rejection::Gone)
    ));
}

#[test]
fn p4_two_places_given_while_apart_are_one_place_and_two_values() {
    let (mut ada, mut bob, items) = two(2);
    let one = ada.makes(Collection::Releases, "1.0");
    let other = ada.makes(Collection::Releases, "2.0");
    meet(&mut ada, &mut bob);
    ada.wants(&places(&items[..1], Place::Release(one)));
    bob.wants(&places(&items[..1], Place::Release(other)));
    meet(&mut ada, &mut bob);
    assert_eq!(ada.row(items[0]).conflicts, [Field::Place]);
    let detail = bob.backlog.detail(items[0]).unwrap();
    let mut shown: Vec<&str> = detail.conflicts[0]
        .values
        .iter()
        .map(|value| value.shown.as_str())
        .collect();
    shown.sort_unstable();
    assert_eq!(shown, ["1.0", "2.0"]);
}

#[test]
fn pb_12_an_order_shares_out_the_ranks_that_its_items_have() {
    let (mut ada, _, items) = two(6);
    let step = ada.wants(&Intent::Order {
        items: vec![items[5], items[0], items[2]],
    });
    assert_eq!(
        ada.list(Place::Product),
        [items[5], items[1], items[0], items[3], items[4], items[2]]
    );
    ada.takes_back(step);
    assert_eq!(ada.list(Place::Product), items);
    let same = Intent::Order {
        items: items.clone(),
    };
    assert!(matches!(ada.tries(&same), Err(Rejection::Nothing(_))));
}

#[test]
fn pb_21_declining_keeps_reason_and_decider_and_can_be_taken_back() {
    let (mut ada, _, items) = two(2);
    let decline = |reason: &str, day: Option<&str>| Intent::Decline {
        items: vec![items[0]],
        reason: reason.to_owned(),
        note: "not now".to_owned(),
        reconsider_on: day.map(str::to_owned),
    };
    assert!(ada.tries(&decline("because", None)).is_err());
    assert!(ada.tries(&decline("obsolete", Some("2026-02-30"))).is_err());
    ada.wants(&decline("out-of-vision", Some("2027-01-01")));
    let row = ada.row(items[0]);
    assert_eq!(row.status, Status::Declined);
    assert_eq!(row.text(Field::DeclineReason), "out-of-vision");
    assert_eq!(row.text(Field::ReconsiderOn), "2027-01-01");
    assert_eq!(
        row.text(Field::DeclinedBy),
        ada.backlog.author().to_string()
    );
    assert_eq!(ada.list(Place::Product), items[1..]);
    ada.wants(&Intent::Restore {
        items: vec![items[0]],
    });
    assert_eq!(ada.list(Place::Product), items);
    assert_eq!(ada.row(items[0]).text(Field::DeclineNote), "not now");
    let trail = ada.backlog.detail(items[0]).unwrap().trail;
    let said: Vec<&str> = trail.iter().map(|(_, said)| said.as_str()).collect();
    assert_eq!(said, ["status=todo", "status=declined", "status=todo"]);
}

#[test]
fn g1_pb_21_two_requests_merged_into_each_other_while_apart_leave_one_open() {
    let (mut ada, mut bob, items) = two(3);
    let merge = |from: ItemId, into: ItemId| Intent::Merge {
        items: vec![from],
        into,
    };
    ada.wants(&merge(items[0], items[1]));
    let back = bob.wants(&merge(items[1], items[0]));
    meet(&mut ada, &mut bob);
    let stays = items[0].min(items[1]);
    assert_eq!(ada.list(Place::Product).len(), 2);
    assert!(ada.list(Place::Product).contains(&stays));
    // Taken back by one of them, the other's merge holds.
    bob.takes_back(back);
    meet(&mut ada, &mut bob);
    assert_eq!(ada.list(Place::Product), items[1..]);
    // And what is merged into something that was merged goes where that went.
    ada.wants(&merge(items[2], items[0]));
    assert_eq!(ada.row(items[2]).item(Field::MergedInto), Some(items[1]));
    assert!(matches!(
        ada.tries(&merge(items[1], items[0])),
        Err(Rejection::Nothing(_))
    ));
}

#[test]
fn g2_pb_28_a_renamed_tag_renames_what_others_tag_meanwhile() {
    let (mut ada, mut bob, items) = two(3);
    let tag = |items: &[ItemId], tag: &str, on| Intent::Tag {
        items: items.to_vec(),
        tag: tag.to_owned(),
        on,
    };
    ada.wants(&tag(&items[..1], "ui", true));
    meet(&mut ada, &mut bob);
    let step = ada.puts(Thing::Product, "tag:ui:now", "web");
    bob.wants(&tag(&items[1..], "ui", true));
    meet(&mut ada, &mut bob);
    for item in &items {
        assert_eq!(ada.row(*item).tags, ["web"]);
    }
    ada.wants(&tag(&items[..1], "web", false));
    assert_eq!(ada.row(items[0]).tags, Vec::<String>::new());
    ada.takes_back(step);
    meet(&mut ada, &mut bob);
    assert_eq!(bob.row(items[1]).tags, ["ui"]);
}

#[test]
fn pb_11_a_goal_archived_while_somebody_links_to_it_keeps_the_link() {
    let (mut ada, mut bob, items) = two(1);
    let goal = ada.makes(Collection::Goals, "Fewer tickets");
    meet(&mut ada, &mut bob);
    let thing = Thing::Record(Collection::Goals, goal);
    ada.puts(thing, "archived", true);
    bob.wants(&Intent::Mark {
        items: items.clone(),
        key: format!("goal:{goal}"),
        value: Some(true.into()),
    });
    meet(&mut ada, &mut bob);
    let row = ada.row(items[0]);
    assert_eq!(row.marked("goal").collect::<Vec<_>>(), [goal.as_str()]);
    assert!(!thing::is_live(
        ada.backlog.things(),
        Collection::Goals,
        goal
    ));
}

#[test]
fn t1_every_transition_of_one_step_stands_in_the_trail() {
    let (mut ada, _, items) = two(1);
    let later = Place::List(ada.makes(Collection::Lists, "Later"));
    ada.wants(&Intent::Together {
        name: "accept".to_owned(),
        said: "Accepted".to_owned(),
        parts: vec![
            places(&items, later),
            Intent::Set {
                items: items.clone(),
                value: Value::Estimate(Some(5.0)),
            },
            Intent::Set {
                items: items.clone(),
                value: Value::Status(Status::Doing),
            },
        ],
    });
    let trail = ada.backlog.detail(items[0]).unwrap().trail;
    let said: Vec<&str> = trail.iter().map(|(_, said)| said.as_str()).collect();
    let place = format!("place={}", later.word());
    assert_eq!(said, ["status=todo", &place, "estimate=5", "status=doing"]);
}

#[test]
fn pb_24_what_shows_that_an_item_is_wanted_counts_and_nothing_else_does() {
    let (mut ada, _, items) = two(3);
    let made = ada.row(items[0]).touched;
    ada.wants(&Intent::Tag {
        items: items.clone(),
        tag: "bulk".to_owned(),
        on: true,
    });
    ada.wants(&Intent::Move {
        items: vec![items[2]],
        to: Target::Top,
    });
    assert_eq!(ada.row(items[0]).touched, made);
    assert!(ada.row(items[2]).touched > made);
    ada.wants(&Intent::Keep {
        items: vec![items[0]],
        until: Some("2027-03-01".to_owned()),
    });
    let row = ada.row(items[0]);
    assert!(row.touched > made);
    assert_eq!(row.text(Field::WantedUntil), "2027-03-01");
}

#[test]
fn bt_30_what_was_done_lately_is_told_with_who_and_when() {
    let (mut a, mut b, items) = two(2);
    let since = a.now.plus_ms(500);
    b.now = a.now.plus_ms(10_000);
    a.wants(&Intent::Set {
        items: vec![items[0]],
        value: Value::Estimate(Some(3.0)),
    });
    b.wants(&Intent::Archive {
        items: vec![items[1]],
        reason: String::new(),
    });
    meet(&mut a, &mut b);
    let told: Vec<(bool, String)> = a
        .backlog
        .recent(since)
        .into_iter()
        .map(|change| (change.by.is_some(), change.intent))
        .collect();
    assert_eq!(
        told,
        [
            (true, "archive".to_owned()),
            (true, "set estimate".to_owned())
        ]
    );
    assert_eq!(a.backlog.recent(since), b.backlog.recent(since));
    assert!(a.backlog.recent(b.now.plus_ms(1)).is_empty());
    assert!(
        a.backlog
            .row(items[1])
            .is_some_and(|row| row.cleared == Some(b.now))
    );
}

#[test]
fn bad_values_are_refused_with_a_reason_and_change_nothing() {
    let (mut ada, _, items) = two(1);
    let sprint = Thing::Record(Collection::Sprints, RecordId::random(&mut ada.rng));
    let before = ada.backlog.view();
    let refused = [
        put(Thing::Product, "nonsense", "x"),
        put(Thing::Product, "method", "waterfall"),
        put(Thing::Product, "velocity", -1.0),
        put(Thing::Product, "velocity", f64::NAN),
        put(Thing::Product, "name", ""),
        put(sprint, "start", "tomorrow"),
        Intent::Put {
            thing: sprint,
            values: vec![
                ("start".to_owned(), Some("2026-12-01".into())),
                ("end".to_owned(), Some("2026-11-01".into())),
            ],
        },
        Intent::Mark {
            items: items.clone(),
            key: format!("depends:{}", items[0]),
            value: Some(true.into()),
        },
        Intent::Mark {
            items: items.clone(),
            key: "goals".to_owned(),
            value: Some(true.into()),
        },
        Intent::Set {
            items: items.clone(),
            value: Value::Field(Field::Value, Some("much".into())),
        },
        Intent::Set {
            items: items.clone(),
            value: Value::Field(Field::Rank, Some("a".into())),
        },
    ];
    for intent in refused {
        let reason = ada.tries(&intent).unwrap_err().to_string();
        assert!(reason.ends_with('.'), "{intent:?}: {reason}");
    }
    assert_eq!(ada.backlog.view(), before);
}

#[test]
fn u1_what_is_done_to_things_can_be_undone_and_redone() {
    let (mut ada, _, items) = two(4);
    let goal = Thing::Record(Collection::Goals, RecordId::random(&mut ada.rng));
    let list = ada.makes(Collection::Lists, "Later");
    let intents = [
        put(goal, "name", "Fewer tickets"),
        put(Thing::Product, "vision", "Everything ranked"),
        put(Thing::Person(ada.backlog.author()), "role", "pm"),
        places(&items[..2], Place::List(list)),
        Intent::Order {
            items: vec![items[3], items[2]],
        },
        Intent::Mark {
            items: items.clone(),
            key: "score:rice:reach".to_owned(),
            value: Some(3.0.into()),
        },
        Intent::Set {
            items: items.clone(),
            value: Value::Field(Field::Criticality, Some("must".into())),
        },
        Intent::Decline {
            items: items[..1].to_vec(),
            reason: "other".to_owned(),
            note: String::new(),
            reconsider_on: None,
        },
        Intent::Merge {
            items: items[..1].to_vec(),
            into: items[1],
        },
        Intent::Keep {
            items: items.clone(),
            until: None,
        },
    ];
    let plain = |peer: &Peer| {
        let mut view = peer.backlog.view();
        for row in &mut view.rows {
            // When somebody last did something is not undone.
            row.touched = Timestamp::default();
            row.estimated = None;
            row.reworded = None;
            row.cleared = None;
        }
        view.things.retain(|_, facts| !facts.is_empty());
        view
    };
    for intent in intents {
        let before = plain(&ada);
        let step = ada.wants(&intent);
        let after = plain(&ada);
        assert_ne!(before, after, "{intent:?}");
        let again = ada.takes_back(step);
        assert_eq!(plain(&ada), before, "undo {intent:?}");
        let step = ada.takes_back(again);
        assert_eq!(plain(&ada), after, "redo {intent:?}");
        ada.takes_back(step);
    }
}

/// Every item as files carry it, open ones in their ranked order, and the things.
fn exported(backlog: &Backlog) -> (Vec<ImportedItem>, Things) {
    let mut rows: Vec<_> = backlog.rows().cloned().collect();
    rows.sort_by(|a, b| {
        let key = |row: &shared::model::Row| (!row.status.is_open(), row.place);
        key(a)
            .cmp(&key(b))
            .then_with(|| shared::model::order::compare(a, b))
    });
    let items = rows.iter().filter_map(|row| {
        let detail = backlog.detail(row.id)?;
        Some(ImportedItem::from_backlog(row, &detail))
    });
    (items.collect(), backlog.view().things)
}

/// The same with titles for ids, which differ from backlog to backlog.
fn by_titles(items: &[ImportedItem], things: &Things) -> String {
    let things = things
        .iter()
        .map(|(thing, facts)| {
            let mut facts = facts.clone();
            facts.remove("by");
            if *thing == Thing::Product {
                facts.remove("name");
            }
            (*thing, facts)
        })
        .filter(|(thing, facts)| !facts.is_empty() && !matches!(thing, Thing::Person(_)));
    let mut text = format!("{items:#?}{:#?}", things.collect::<Things>());
    for item in items {
        text = text.replace(&item.id, &item.title);
    }
    text
}

#[test]
fn bt_49_a_backlog_comes_back_from_its_json_with_lists_goals_feedback_and_settings() {
    for seed in 0..8 {
        let mut a = Peer::first(seed);
        let items = a.adds(8);
        let (list, release) = (
            a.makes(Collection::Lists, "Later"),
            a.makes(Collection::Releases, "1.0"),
        );
        let goal = a.makes(Collection::Goals, "Grow");
        let feedback = a.makes(Collection::Feedback, "Somebody asked");
        a.puts(Thing::Product, "purpose", "To grow");
        a.puts(
            Thing::Record(Collection::Feedback, feedback),
            &format!("item:{}", items[1]),
            true,
        );
        for item in &items {
            let place = match a.rng.random_range(0..4) {
                0 => Place::List(list),
                1 => Place::Release(release),
                2 => Place::Inbox,
                _ => Place::Product,
            };
            drop(a.tries(&places(&[*item], place)));
            let other = items[a.rng.random_range(0..items.len())];
            if other != *item {
                a.wants(&Intent::Mark {
                    items: vec![*item],
                    key: format!("depends:{other}"),
                    value: Some(true.into()),
                });
                // Refused where it would make a circle.
                drop(a.tries(&Intent::Set {
                    items: vec![*item],
                    value: Value::Field(Field::Parent, Some(other.to_string().into())),
                }));
            }
            let linked = a.rng.random::<bool>();
            a.wants(&Intent::Mark {
                items: vec![*item],
                key: format!("goal:{goal}"),
                value: Some(linked.into()),
            });
            let id = CriterionId::random(&mut a.rng);
            a.wants(&Intent::AddCriterion {
                item: *item,
                id,
                text: "it holds".to_owned(),
                requirement: true,
            });
            let (key, file) = (file_key(&mut a), file(&a, "sketch.png"));
            a.wants(&attach(*item, &key, Some(&file)));
        }
        a.wants(&Intent::Archive {
            items: items[..2].to_vec(),
            reason: "cleared".to_owned(),
        });

        let (before, things) = exported(&a.backlog);
        let text = export::json("Poker", &before, &things).into_bytes();
        let preview = import("poker.json", text, Options::default()).unwrap();
        assert!(
            preview.not_imported.is_empty(),
            "{:?}",
            preview.not_imported
        );
        let mut b = Peer::first(seed + 100);
        let taken = preview.take(&Default::default(), Known::Skip, b.now, &mut b.rng);
        let there = Things::new();
        let step = b.wants(&taken.into_intent(Target::Bottom, &there).unwrap());
        let (after, brought) = exported(&b.backlog);
        assert_eq!(by_titles(&after, &brought), by_titles(&before, &things));
        // One step: taking it back leaves nothing.
        b.takes_back(step);
        assert_eq!(b.backlog.rows().count(), 0);
    }
}

#[test]
fn p3_what_goes_into_a_list_that_became_a_release_is_in_the_release() {
    let mut a = Peer::first(1);
    let items = a.adds(3);
    let list = a.makes(Collection::Lists, "Later");
    let mut b = a.joins(2);
    let (old, new) = (
        Thing::Record(Collection::Lists, list),
        Thing::Record(Collection::Releases, list),
    );
    // Its items go along in the step that makes the release.
    a.wants(&places(&items[..1], Place::List(list)));
    a.wants(&Intent::Together {
        name: "convert".to_owned(),
        said: "Made Later a release".to_owned(),
        parts: vec![
            put(new, "name", "Later"),
            places(&items[..1], Place::Release(list)),
            put(old, "archived", true),
        ],
    });
    b.wants(&places(&items[1..2], Place::List(list)));
    meet(&mut a, &mut b);
    for peer in [&a, &b] {
        for item in &items[..2] {
            assert_eq!(peer.row(*item).place, Place::Release(list));
        }
        assert_eq!(peer.list(Place::Product), items[2..]);
    }
}

#[test]
fn pb_21_a_question_is_asked_at_the_moment_of_its_change() {
    let mut ada = Peer::first(31);
    let item = ada.adds(1)[0];
    let set = Intent::Set {
        items: vec![item],
        value: Value::Field(Field::AskedAt, Some(1.0.into())),
    };
    let comment = |peer: &mut Peer, text: &str| Intent::AddComment {
        item,
        id: shared::ids::CommentId::random(&mut peer.rng),
        text: text.to_owned(),
    };
    let question = comment(&mut ada, "For whom?");
    let step = ada.wants(&Intent::Together {
        name: "ask".to_owned(),
        said: "Asked".to_owned(),
        parts: vec![question, set],
    });
    let moments = |peer: &Peer| {
        let row = peer.backlog.row(item).unwrap();
        (row.number(Field::AskedAt), row.touched.ms() as f64)
    };
    // Asking is no answer; whatever comes later is.
    let (asked, touched) = moments(&ada);
    assert_eq!(asked, Some(touched));
    let mut bob = ada.joins(32);
    let answer = comment(&mut bob, "For readers");
    bob.wants(&answer);
    let (asked, touched) = moments(&bob);
    assert!(asked.unwrap() < touched);
    ada.takes_back(step);
    assert_eq!(moments(&ada).0, None);
    assert_eq!(ada.backlog.detail(item).unwrap().comments, []);
}

#[test]
fn pb_33_every_group_says_when_it_last_changed_and_who_did_it() {
    let mut ada = Peer::first(1);
    let item = ada.adds(1)[0];
    let mut bob = ada.joins(2);
    let [by_ada, by_bob] = [&ada, &bob].map(|peer| Author::known(peer.backlog.author()));
    let last = |peer: &Peer, part: Part| {
        let detail = peer.backlog.detail(item).unwrap();
        detail
            .last(part)
            .map(|changed| (changed.at, changed.by.unwrap()))
    };
    let made = ada.now;
    assert_eq!(last(&ada, Part::Basics), Some((made, by_ada)));
    assert_eq!(last(&ada, Part::Why), None);
    assert_eq!(last(&ada, Part::Description), None);
    let set = |value: Value| Intent::Set {
        items: vec![item],
        value,
    };
    let criterion = CriterionId::random(&mut bob.rng);
    let intents = [
        (set(Value::Title("Faster".into())), Part::Basics),
        (set(Value::Estimate(Some(3.0))), Part::Estimate),
        (
            Intent::Tag {
                items: vec![item],
                tag: "fast".into(),
                on: true,
            },
            Part::Basics,
        ),
        (
            Intent::EditDescription {
                item,
                version: 0,
                edit: TextEdit {
                    at: 0,
                    delete: 0,
                    insert: "words".into(),
                },
            },
            Part::Description,
        ),
        (
            Intent::AddCriterion {
                item,
                id: criterion,
                text: "works".into(),
                requirement: true,
            },
            Part::Requirements,
        ),
        (
            set(Value::Field(Field::Problem, Some("slow".into()))),
            Part::Why,
        ),
        (
            set(Value::Field(Field::Value, Some(8.0.into()))),
            Part::Worth,
        ),
        (
            set(Value::Field(Field::Hours, Some(8.0.into()))),
            Part::Work,
        ),
        (mark(item, "goal:abcdefghijkm"), Part::Aims),
        (mark(item, "depends:abcdefghijkm"), Part::Work),
        (mark(item, "invest:small"), Part::Invest),
        (
            Intent::AddComment {
                item,
                id: CommentId::random(&mut bob.rng),
                text: "hm".into(),
            },
            Part::Comments,
        ),
    ];
    for (intent, part) in intents {
        // What one group holds is not the change of another.
        let others = |peer: &Peer| {
            let changed = peer.backlog.detail(item).unwrap().changed;
            changed
                .into_iter()
                .filter(|changed| changed.part != part)
                .collect::<Vec<_>>()
        };
        let before = others(&bob);
        let step = bob.wants(&intent);
        assert_eq!(last(&bob, part), Some((bob.now, by_bob)), "{intent:?}");
        assert_eq!(others(&bob), before, "{intent:?}");
        // Taking it back changes the group once more, though nothing may be left to ask.
        bob.takes_back(step);
        if part != Part::Comments {
            assert_eq!(
                last(&bob, part),
                Some((bob.now, by_bob)),
                "{intent:?} undone"
            );
        }
        assert_eq!(others(&bob), before, "{intent:?} undone");
    }
    for change in &bob.changes[ada.changes.len()..] {
        ada.backlog.absorb(&change.bytes, true).unwrap();
    }
    let changed = |peer: &Peer| peer.backlog.detail(item).unwrap().changed;
    assert_eq!(changed(&ada), changed(&bob));
}

#[test]
fn pb_33_a_text_that_changes_the_scope_outdates_the_estimate() {
    let mut ada = Peer::first(1);
    let item = ada.adds(1)[0];
    ada.wants(&Intent::Set {
        items: vec![item],
        value: Value::Estimate(Some(3.0)),
    });
    let is_older = |peer: &Peer| {
        let row = peer.backlog.row(item).unwrap();
        row.reworded > row.estimated
    };
    assert!(!is_older(&ada));
    ada.wants(&Intent::EditDescription {
        item,
        version: 0,
        edit: TextEdit {
            at: 0,
            delete: 0,
            insert: "and more".into(),
        },
    });
    assert!(is_older(&ada));
    ada.wants(&Intent::Set {
        items: vec![item],
        value: Value::Estimate(Some(5.0)),
    });
    assert!(!is_older(&ada));
    let id = CriterionId::random(&mut ada.rng);
    ada.wants(&Intent::AddCriterion {
        item,
        id,
        text: "and more".into(),
        requirement: false,
    });
    assert!(is_older(&ada));
}

#[test]
fn pb_41_the_trail_says_who() {
    let mut ada = Peer::first(33);
    let item = ada.adds(1)[0];
    let mut bob = ada.joins(34);
    bob.wants(&Intent::Set {
        items: vec![item],
        value: Value::Status(Status::Done),
    });
    let detail = bob.backlog.detail(item).unwrap();
    let [ada, bob] = [&ada, &bob].map(|peer| Author::known(peer.backlog.author()));
    assert_eq!(detail.trail_by, [Some(ada), Some(bob)]);
    assert_eq!(detail.trail.len(), detail.trail_by.len());
}

#[test]
fn pb_19_bt_19_feedback_and_the_item_it_makes_are_one_step() {
    let mut ada = Peer::first(35);
    let mut item = NewItem::titled(ItemId::random(&mut ada.rng), "Dark mode");
    item.place = Place::Inbox;
    let id = item.id;
    let record = Thing::Record(Collection::Feedback, RecordId::random(&mut ada.rng));
    let step = ada.wants(&Intent::Together {
        name: "feedback".to_owned(),
        said: "Captured feedback".to_owned(),
        parts: vec![
            Intent::Add {
                items: vec![item],
                at: Target::Bottom,
            },
            Intent::Put {
                thing: record,
                values: vec![
                    ("source".to_owned(), Some("customer".into())),
                    (format!("item:{id}"), Some(true.into())),
                ],
            },
        ],
    });
    let is_there = |peer: &Peer| {
        let facts = peer.backlog.things().get(&record);
        let heard = facts.is_some_and(thing::exists);
        (heard, peer.backlog.row(id).is_some())
    };
    assert_eq!(is_there(&ada), (true, true));
    let back = ada.takes_back(step);
    assert_eq!(is_there(&ada), (false, false));
    ada.takes_back(back);
    assert_eq!(is_there(&ada), (true, true));
}

#[test]
fn c1_a_register_of_a_goal_set_while_apart_holds_both_values_until_one_is_chosen() {
    let (mut ada, mut bob, _) = two(1);
    let id = ada.makes(Collection::Goals, "Revenue");
    let goal = Thing::Record(Collection::Goals, id);
    meet(&mut ada, &mut bob);
    ada.puts(goal, "target", 40.0);
    bob.puts(goal, "target", 50.0);
    ada.puts(goal, "unit", "teams");
    bob.puts(goal, "unit", "teams");
    ada.puts(Thing::Product, "purpose", "Win");
    bob.puts(Thing::Product, "purpose", "Learn");
    meet(&mut ada, &mut bob);

    // The same value set twice is no conflict (C2).
    let of_goal = &ada.backlog.disputes()[&goal];
    assert_eq!(of_goal.len(), 1);
    assert_eq!(of_goal[0].key, "target");
    let shown = thing::number(&ada.backlog.things()[&goal], "target");
    assert_eq!(of_goal[0].values[0].value, shown.map(Scalar::Number));
    let mut values: Vec<f64> = of_goal[0]
        .values
        .iter()
        .map(|value| value.value.as_ref().unwrap().number().unwrap())
        .collect();
    values.sort_by(f64::total_cmp);
    assert_eq!(values, [40.0, 50.0]);
    let by: Vec<_> = of_goal[0].values.iter().map(|value| value.by).collect();
    for peer in [&ada, &bob] {
        assert!(by.contains(&Some(Author::known(peer.backlog.author()))));
    }
    assert_eq!(ada.backlog.disputes()[&Thing::Product][0].key, "purpose");

    // Choosing one settles it for all, and can be taken back.
    let step = bob.puts(goal, "target", 40.0);
    meet(&mut ada, &mut bob);
    assert!(!ada.backlog.disputes().contains_key(&goal));
    assert_eq!(
        thing::number(&ada.backlog.things()[&goal], "target"),
        Some(40.0)
    );
    bob.takes_back(step);
    meet(&mut ada, &mut bob);
    assert_eq!(thing::number(&ada.backlog.things()[&goal], "target"), shown);
}

#[test]
fn bt_49_a_table_brings_back_lists_releases_goals_and_links_by_their_names() {
    let mut a = Peer::first(3);
    let items = a.adds(4);
    let list = a.makes(Collection::Lists, "Later");
    let release = a.makes(Collection::Releases, "1.0");
    let goal = a.makes(Collection::Goals, "Grow, fast");
    a.wants(&places(&items[1..2], Place::List(list)));
    a.wants(&places(&items[2..3], Place::Release(release)));
    a.wants(&places(&items[3..], Place::Inbox));
    let mark = |item: ItemId, key: String, value: Scalar| Intent::Mark {
        items: vec![item],
        key,
        value: Some(value),
    };
    a.wants(&mark(items[0], format!("goal:{goal}"), true.into()));
    a.wants(&mark(
        items[0],
        format!("depends:{}", items[1]),
        true.into(),
    ));
    a.wants(&mark(
        items[0],
        "url:abcdefghijkm".to_owned(),
        "Docs https://a.b".into(),
    ));
    a.wants(&Intent::Set {
        items: vec![items[2]],
        value: Value::Field(Field::Parent, Some(items[0].to_string().into())),
    });
    let (before, things) = exported(&a.backlog);
    let text = export::csv(&before, &things).into_bytes();
    let preview = import("poker.csv", text, Options::default()).unwrap();
    assert!(
        preview.not_imported.is_empty(),
        "{:?}",
        preview.not_imported
    );

    // Into a new backlog.
    let mut b = Peer::first(4);
    let known = std::collections::BTreeMap::new();
    let taken = preview.clone().take(&known, Known::Skip, b.now, &mut b.rng);
    b.wants(&taken.into_intent(Target::Bottom, &Things::new()).unwrap());
    let row = |title: &str| {
        let row = b.backlog.rows().find(|row| row.title == title);
        row.unwrap().clone()
    };
    let places: Vec<String> = (0..4)
        .map(|nth| b.backlog.place_name(row(&format!("item {nth}")).place))
        .collect();
    assert_eq!(places, ["Product backlog", "Later", "1.0", "Inbox"]);
    let first = row("item 0");
    let goal_of_b = Thing::Record(
        Collection::Goals,
        first.marked("goal").next().unwrap().parse().unwrap(),
    );
    assert_eq!(
        thing::text(&b.backlog.things()[&goal_of_b], "name"),
        "Grow, fast"
    );
    let needed = row("item 1").id.to_string();
    assert_eq!(first.marked("depends").collect::<Vec<_>>(), [needed]);
    let url = first.marks.iter().find(|(key, _)| key.starts_with("url:"));
    assert_eq!(url.unwrap().1, "Docs https://a.b".into());
    assert_eq!(row("item 2").item(Field::Parent), Some(first.id));

    // Into the backlog it came from, once more: lists and goals are the ones that are there, and items are known by id.
    let ids = before
        .iter()
        .map(|item| (item.id.clone(), item.id.parse().unwrap()));
    let ids = ids.collect();
    assert_eq!(preview.known(&ids), 4);
    let taken = preview.take(&ids, Known::AddAgain, a.now, &mut a.rng);
    a.wants(
        &taken
            .into_intent(Target::Bottom, a.backlog.things())
            .unwrap(),
    );
    assert_eq!(a.list(Place::List(list)).len(), 2);
    assert_eq!(a.list(Place::Release(release)).len(), 2);
    let goals = thing::records(a.backlog.things(), Collection::Goals);
    assert_eq!(goals.len(), 1);
}

#[test]
fn k2_pb_32_files_attached_while_apart_are_all_there_whatever_became_of_the_item() {
    let (mut ada, mut bob, items) = two(1);
    let item = items[0];
    let keys = [file_key(&mut ada), file_key(&mut bob)];
    let first = file(&ada, "first.png");
    ada.wants(&attach(item, &keys[0], Some(&first)));
    let second = file(&bob, "second.png");
    bob.wants(&attach(item, &keys[1], Some(&second)));
    bob.wants(&Intent::Archive {
        items: vec![item],
        reason: "nobody asks".to_owned(),
    });
    meet(&mut ada, &mut bob);
    assert_eq!(ada.row(item).status, Status::Archived);
    let mut names = file_names(&ada, item);
    names.sort();
    assert_eq!(names, ["first.png", "second.png"]);

    // One removes a file while the other attaches the same bytes again: what was attached anew stays.
    ada.wants(&attach(item, &keys[0], None));
    let again = file_key(&mut bob);
    bob.wants(&attach(item, &again, Some(&first)));
    meet(&mut ada, &mut bob);
    assert_eq!(file_names(&bob, item).len(), 2);
    assert!(bob.row(item).mark(&keys[0]).is_none());
    assert!(bob.row(item).mark(&again).is_some());
    bob.wants(&Intent::Restore { items });
    assert_eq!(file_names(&bob, item).len(), 2);
}

#[test]
fn k2_pb_32_attaching_and_removing_are_one_step_each() {
    let (mut ada, mut bob, items) = two(1);
    let item = items[0];
    let key = file_key(&mut ada);
    let sketch = file(&ada, "sketch.png");
    let attached = ada.wants(&attach(item, &key, Some(&sketch)));
    assert_eq!(
        attachment::attachments(&ada.row(item)),
        [(key.clone(), sketch.clone())]
    );
    meet(&mut ada, &mut bob);

    let removed = ada.wants(&attach(item, &key, None));
    assert_eq!(file_names(&ada, item), [""; 0]);
    // Somebody else says something meanwhile; the way back is open all the same.
    bob.wants(&Intent::Set {
        items: vec![item],
        value: Value::Title("Faster".to_owned()),
    });
    meet(&mut ada, &mut bob);
    ada.takes_back(removed);
    meet(&mut ada, &mut bob);
    assert_eq!(
        attachment::attachments(&bob.row(item)),
        [(key.clone(), sketch)],
        "with all that was said of it"
    );
    let changed = bob.backlog.detail(item).unwrap();
    let changed = changed.last(Part::Files).unwrap().clone();
    assert_eq!(changed.by, Some(Author::known(ada.backlog.author())));

    let back = ada.takes_back(attached);
    assert_eq!(file_names(&ada, item), [""; 0]);
    ada.takes_back(back);
    assert_eq!(file_names(&ada, item), ["sketch.png"]);
    let lately = ada.backlog.recent(Timestamp::default());
    assert!(lately.iter().any(|change| change.intent == "attach"));
}

#[test]
fn k1_pb_32_what_describes_no_file_is_refused() {
    let (mut ada, _, items) = two(1);
    let key = file_key(&mut ada);
    let wrong = Intent::Mark {
        items: items.clone(),
        key: key.clone(),
        value: Some("sketch.png".into()),
    };
    assert!(ada.tries(&wrong).is_err());
    let flag = mark(items[0], &key);
    assert!(ada.tries(&flag).is_err());
    assert_eq!(file_names(&ada, items[0]), [""; 0]);
}
