//! A2–A6: what the room lets whom do.

use automerge::{
    ActorId, Author, AutoCommit, ObjId, ObjType, ROOT, ReadDoc, transaction::Transactable,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::{
    stock_client::{StockClient, until_quiet},
    world::{Made, World, refusals, writer},
};
use crate::{
    document::{Backlog, MadeChange},
    ids::{CommentId, ItemId, LinkId, PersonId},
    intent::{Intent, NewItem, Target, Value},
    model::Person,
    sync::{
        access::{Grant, Role},
        frame::{ClientFrame, Goodbye, Known, RefusalCode, RelayFrame},
        room::{Event, PeerId},
    },
    time::Timestamp,
};

const NOW: Timestamp = Timestamp::from_ms(1_700_000_000_000);

fn grant(person: u8, role: Role, link: &str) -> Grant {
    Grant {
        role,
        link: Some(link.repeat(12).parse::<LinkId>().unwrap()),
        person: Some(PersonId::from_bytes([person; 16])),
        name: None,
    }
}

/// Somebody's copy of a backlog.
struct Copy {
    backlog: Backlog,
    rng: ChaCha8Rng,
}

impl Copy {
    /// A copy of this person, who writes under the actor with this number, with all these changes.
    fn of(person: u8, actor: u8, changes: &[MadeChange]) -> Self {
        let mut backlog = Backlog::unknown(PersonId::from_bytes([person; 16]), [actor; 16]);
        for change in changes {
            backlog.absorb(&change.bytes, true).unwrap();
        }
        drop(backlog.take_patch());
        let rng = ChaCha8Rng::seed_from_u64(actor.into());
        Self { backlog, rng }
    }

    fn want(&mut self, intent: &Intent) -> Vec<Made> {
        let mut plan = self.backlog.plan(intent, NOW, &mut self.rng).unwrap();
        let mut made = Vec::new();
        while !plan.is_finished() {
            made.extend(
                self.backlog
                    .perform(&mut plan, NOW, &mut self.rng)
                    .unwrap()
                    .map(|change| Made {
                        hash: change.hash,
                        bytes: change.bytes,
                    }),
            );
        }
        drop(self.backlog.take_patch());
        made
    }

    fn comment(&mut self, item: ItemId, digit: &str, text: &str) -> Vec<Made> {
        self.want(&Intent::AddComment {
            item,
            id: comment(digit),
            text: text.to_owned(),
        })
    }
}

fn comment(digit: &str) -> CommentId {
    digit.repeat(12).parse().unwrap()
}

fn item() -> ItemId {
    "a".repeat(12).parse().unwrap()
}

fn title(text: &str) -> Intent {
    Intent::Set {
        items: vec![item()],
        value: Value::Title(text.to_owned()),
    }
}

/// A backlog with one item, which the owner (person 1) has commented on, on the relay.
fn commented() -> (World, PeerId, Vec<MadeChange>) {
    let mut world = World::new();
    let owner = world.founder();
    let person = PersonId::from_bytes([1; 16]);
    let (backlog, first) = Backlog::create("Team", person, [1; 16], NOW);
    let mut copy = Copy {
        backlog,
        rng: ChaCha8Rng::seed_from_u64(1),
    };
    let add = Intent::Add {
        items: vec![NewItem::titled(item(), "First")],
        at: Target::Top,
    };
    let mut made = vec![Made {
        hash: first.hash,
        bytes: first.bytes,
    }];
    made.extend(copy.want(&add));
    made.extend(copy.comment(item(), "1", "by the owner"));
    push(&mut world, owner, 1, &made);
    assert_eq!(refusals(&world.hear(owner)), []);
    let changes = made
        .into_iter()
        .map(|made| MadeChange {
            hash: made.hash,
            bytes: made.bytes,
        })
        .collect();
    (world, owner, changes)
}

fn push(world: &mut World, peer: PeerId, batch: u64, changes: &[Made]) {
    world.push(peer, batch, &changes.iter().collect::<Vec<_>>());
    world.settle();
}

/// Pushes as somebody with a grant; whether it was forbidden, as a whole.
#[track_caller]
fn is_forbidden(world: &mut World, peer: PeerId, batch: u64, changes: &[Made]) -> bool {
    let before = world.log.changes.len();
    push(world, peer, batch, changes);
    let refused = refusals(&world.hear(peer));
    if refused.is_empty() {
        assert_eq!(world.log.changes.len(), before + changes.len());
        return false;
    }
    assert_eq!(refused.len(), changes.len(), "{refused:?}");
    assert_eq!(refused[0], (changes[0].hash, RefusalCode::Forbidden));
    assert_eq!(world.log.changes.len(), before, "nothing is stored");
    true
}

#[test]
fn a2_a_viewers_changes_are_refused_stored_nowhere_and_reach_nobody() {
    let (mut world, owner, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let viewer = world.enter(2, seq, grant(2, Role::Viewer, "v"));
    assert_eq!(world.access[&viewer].0, Role::Viewer);
    let mut copy = Copy::of(2, 2, &changes);
    let edit = copy.want(&title("Mine"));
    assert!(is_forbidden(&mut world, viewer, 1, &edit));
    let remark = Copy::of(2, 3, &changes).comment(item(), "2", "hello");
    assert!(is_forbidden(&mut world, viewer, 2, &remark));
    assert_eq!(world.hear(owner), [], "nobody hears of it");
    // What the log has already is no change.
    let known = Made {
        hash: changes[0].hash,
        bytes: changes[0].bytes.clone(),
    };
    push(&mut world, viewer, 3, &[known]);
    assert_eq!(refusals(&world.hear(viewer)), []);
}

#[test]
fn a2_a_viewer_hears_what_others_do_and_is_seen() {
    let (mut world, owner, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let viewer = world.enter(2, seq, grant(2, Role::Viewer, "v"));
    let edit = Copy::of(1, 9, &changes).want(&title("Theirs"));
    push(&mut world, owner, 2, &edit);
    let heard = world.hear(viewer);
    assert!(matches!(&heard[..], [RelayFrame::Changes { .. }]));
    world.hear(owner);
    world.say(viewer, &here("Vera"));
    let heard = world.hear(owner);
    assert!(matches!(&heard[..], [RelayFrame::Presence { .. }]));
}

#[test]
fn a3_a_commenter_introduces_themselves_comments_and_changes_their_comments() {
    let (mut world, owner, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let commenter = world.enter(2, seq, grant(2, Role::Commenter, "c"));
    let mut copy = Copy::of(2, 2, &changes);
    let profile = Person {
        name: "Cleo".to_owned(),
        colour: 3,
    };
    let person = PersonId::from_bytes([2; 16]);
    let renamed = Person {
        name: "Cleo C.".to_owned(),
        colour: 3,
    };
    let id = comment("2");
    let wishes = [
        Intent::Introduce { person, profile },
        Intent::AddComment {
            item: item(),
            id,
            text: "hello".to_owned(),
        },
        Intent::SetComment {
            item: item(),
            id,
            text: "hello there".to_owned(),
        },
        Intent::Introduce {
            person,
            profile: renamed,
        },
        Intent::RemoveComment { item: item(), id },
    ];
    for (batch, wish) in (1..).zip(&wishes) {
        let made = copy.want(wish);
        assert!(
            !is_forbidden(&mut world, commenter, batch, &made),
            "{wish:?}"
        );
    }
    assert!(world.has_news(owner), "others hear of it");
}

#[test]
fn a3_a_commenter_takes_their_comment_back() {
    let (mut world, _, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let commenter = world.enter(2, seq, grant(2, Role::Commenter, "c"));
    let mut copy = Copy::of(2, 2, &changes);
    let add = Intent::AddComment {
        item: item(),
        id: comment("2"),
        text: "oh".to_owned(),
    };
    let mut plan = copy.backlog.plan(&add, NOW, &mut copy.rng).unwrap();
    let made = copy.backlog.perform(&mut plan, NOW, &mut copy.rng).unwrap();
    let made = made.map(|made| Made {
        hash: made.hash,
        bytes: made.bytes,
    });
    push(&mut world, commenter, 1, &[made.unwrap()]);
    let mut back = copy.backlog.plan_back(plan.into_step()).unwrap();
    let undone = copy.backlog.perform(&mut back, NOW, &mut copy.rng).unwrap();
    let undone = undone.map(|made| Made {
        hash: made.hash,
        bytes: made.bytes,
    });
    assert!(!is_forbidden(&mut world, commenter, 2, &[undone.unwrap()]));
}

#[test]
fn a3_a_commenter_changes_nothing_else_and_speaks_in_no_other_name() {
    let (mut world, owner, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let commenter = world.enter(2, seq, grant(2, Role::Commenter, "c"));
    let person = |person: u8| PersonId::from_bytes([person; 16]);
    let profile = Person {
        name: "Ada".to_owned(),
        colour: 1,
    };
    let wishes = [
        title("Mine"),
        Intent::Rename {
            name: "Mine".to_owned(),
        },
        Intent::Add {
            items: vec![NewItem::titled("b".repeat(12).parse().unwrap(), "Second")],
            at: Target::Top,
        },
        Intent::SetComment {
            item: item(),
            id: comment("1"),
            text: "not said by the owner".to_owned(),
        },
        Intent::RemoveComment {
            item: item(),
            id: comment("1"),
        },
        Intent::Introduce {
            person: person(1),
            profile,
        },
    ];
    for (batch, wish) in (1..).zip(&wishes) {
        let made = Copy::of(2, 2, &changes).want(wish);
        assert!(
            is_forbidden(&mut world, commenter, batch, &made),
            "{wish:?}"
        );
    }
    // Under somebody else's name: the author of the change, and the person in the comment.
    let as_owner = Copy::of(1, 8, &changes).comment(item(), "3", "as the owner");
    assert!(is_forbidden(&mut world, commenter, 10, &as_owner));
    assert_eq!(world.hear(owner), []);
}

/// A comment by person 2, written by hand: a map under this id with these fields.
fn forged(changes: &[MadeChange], id: CommentId, fields: &[(&str, &str)]) -> Made {
    let mut doc = AutoCommit::new().with_author(Some(Author::from(vec![2; 16])));
    doc.set_actor(ActorId::from([2; 16]));
    for change in changes {
        let change = automerge::Change::from_bytes(change.bytes.clone()).unwrap();
        doc.apply_changes([change]).unwrap();
    }
    let below = |doc: &AutoCommit, object: &ObjId, key: &str| {
        doc.get(object, key).unwrap().map(|(_, object)| object)
    };
    let items = below(&doc, &ROOT, "items").unwrap();
    let buckets: Vec<String> = doc.keys(&items).collect();
    let item = buckets.iter().find_map(|bucket| {
        let bucket = below(&doc, &items, bucket)?;
        below(&doc, &bucket, item().as_str())
    });
    let comments = below(&doc, &item.unwrap(), "comments").unwrap();
    let comment = doc.put_object(&comments, id.as_str(), ObjType::Map);
    let comment = comment.unwrap();
    for (key, value) in fields {
        doc.put(&comment, *key, *value).unwrap();
    }
    doc.commit().unwrap();
    let change = doc.get_last_local_change().unwrap();
    Made {
        hash: change.hash().0,
        bytes: change.raw_bytes().to_vec(),
    }
}

#[test]
fn a3_a_commenter_neither_signs_for_others_nor_covers_their_comments() {
    let (mut world, _, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let commenter = world.enter(2, seq, grant(2, Role::Commenter, "c"));
    let by = |person: u8| PersonId::from_bytes([person; 16]).to_string();
    let (owner, own) = (by(1), by(2));
    let wrong: [&[(&str, &str)]; 3] = [
        &[("by", &owner), ("text", "signed by another")],
        &[("name", "The owner"), ("text", "nobody behind the name")],
        &[("name", "The owner"), ("by", &owner)],
    ];
    for (batch, fields) in (1..).zip(wrong) {
        let made = forged(&changes, comment("4"), fields);
        assert!(
            is_forbidden(&mut world, commenter, batch, &[made]),
            "{fields:?}"
        );
    }
    // Made as if before the owner's comment, a second map under its id would hide it.
    let before = &changes[..changes.len() - 1];
    let covering = forged(before, comment("1"), &[("by", &own), ("text", "x")]);
    assert!(is_forbidden(&mut world, commenter, 9, &[covering]));
    let fields = [("by", own.as_str()), ("name", "C"), ("text", "x")];
    let honest = forged(&changes, comment("4"), &fields);
    assert!(!is_forbidden(&mut world, commenter, 10, &[honest]));
}

#[test]
fn a3_who_commented_before_the_relay_started_may_still_change_their_comment() {
    let (mut world, _, mut changes) = commented();
    let seq = world.log.changes.len() as u64;
    let commenter = world.enter(2, seq, grant(2, Role::Commenter, "c"));
    let mut copy = Copy::of(2, 2, &changes);
    let made = copy.comment(item(), "2", "hello");
    push(&mut world, commenter, 1, &made);
    changes.extend(made.into_iter().map(|made| MadeChange {
        hash: made.hash,
        bytes: made.bytes,
    }));
    world.restart();
    let seq = world.log.changes.len() as u64;
    let commenter = world.enter(2, seq, grant(2, Role::Commenter, "c"));
    let again = copy.want(&Intent::SetComment {
        item: item(),
        id: comment("2"),
        text: "hello again".to_owned(),
    });
    assert!(!is_forbidden(&mut world, commenter, 1, &again));
    let theirs = Copy::of(2, 5, &changes).want(&Intent::SetComment {
        item: item(),
        id: comment("1"),
        text: "not mine".to_owned(),
    });
    assert!(is_forbidden(&mut world, commenter, 2, &theirs));
}

#[test]
fn a4_a_refused_change_refuses_only_itself() {
    let (mut world, _, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let commenter = world.enter(2, seq, grant(2, Role::Commenter, "c"));
    let edit = Copy::of(2, 2, &changes).want(&title("Mine"));
    let remark = Copy::of(2, 3, &changes).comment(item(), "2", "hello");
    world.push(commenter, 1, &[&edit[0], &remark[0]]);
    world.settle();
    assert_eq!(
        refusals(&world.hear(commenter)),
        [(edit[0].hash, RefusalCode::Forbidden)]
    );
    assert!(world.log.hashes().contains(&remark[0].hash));
}

#[test]
fn a5_who_came_by_a_revoked_link_is_told_and_leaves_at_once() {
    let (mut world, owner, changes) = commented();
    let seq = world.log.changes.len() as u64;
    let editor = grant(2, Role::Editor, "e");
    let (first, second) = (
        world.enter(2, seq, editor.clone()),
        world.enter(3, seq, editor.clone()),
    );
    let other = world.enter(4, seq, grant(4, Role::Editor, "f"));
    let edit = Copy::of(2, 2, &changes).want(&title("Queued"));
    let running = Copy::of(1, 7, &changes).want(&title("Running"));
    world.push(owner, 2, &[&running[0]]);
    world.push(first, 1, &[&edit[0]]);
    world.act(Event::Revoked { link: editor.link });
    for peer in [first, second] {
        assert_eq!(world.closed[&peer], Goodbye::NoAccess.close_code());
        let last = world.hear(peer).pop();
        assert!(matches!(
            last,
            Some(RelayFrame::Goodbye {
                reason: Goodbye::NoAccess,
                ..
            })
        ));
    }
    assert!(!world.closed.contains_key(&other) && !world.closed.contains_key(&owner));
    world.settle();
    assert!(
        !world.log.hashes().contains(&edit[0].hash),
        "what waited is dropped"
    );
    let edit = Copy::of(4, 4, &changes).want(&title("Goes on"));
    assert!(!is_forbidden(&mut world, other, 1, &edit));
    assert_eq!(world.hear(first), [], "nothing new");
}

#[test]
fn a6_presence_names_whom_the_connection_speaks_for() {
    let (mut world, owner, _) = commented();
    let seq = world.log.changes.len() as u64;
    let mut vouched = grant(2, Role::Viewer, "v");
    vouched.name = Some("Vera Vouched".to_owned());
    // The Hello claims to be person 1.
    let viewer = world.enter(1, seq, vouched);
    world.say(viewer, &here("The owner"));
    let heard = world.hear(owner);
    let [
        RelayFrame::Presence {
            present: Some(present),
            ..
        },
    ] = &heard[..]
    else {
        panic!("{heard:?}");
    };
    assert_eq!(present.person, PersonId::from_bytes([2; 16]));
    assert_eq!(present.profile.name, "Vera Vouched");
    assert_eq!(present.known, Known::Vouched);
    let stranger = Grant {
        person: None,
        ..grant(3, Role::Viewer, "v")
    };
    let stranger = world.enter(3, seq, stranger);
    world.say(stranger, &here("Stranger"));
    let heard = world.hear(owner);
    let [
        RelayFrame::Presence {
            present: Some(present),
            ..
        },
    ] = &heard[..]
    else {
        panic!("{heard:?}");
    };
    assert_eq!(present.known, Known::Claimed);
}

#[test]
fn a2_a_stock_client_by_a_viewers_link_reads_and_changes_nothing() {
    let mut world = World::new();
    let founder = world.founder();
    world.push(founder, 1, &[&writer(1, 1).set("title", "first")]);
    world.settle();
    let mut stock = StockClient::new("reader", 9);
    stock.connect_as(&mut world, grant(9, Role::Viewer, "v"));
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(stock.get("title").as_deref(), Some("first"));
    stock.set("title", "mine");
    stock.speak(&mut world);
    until_quiet(&mut world, &mut [&mut stock]);
    assert_eq!(world.log.changes.len(), 1);
}

fn here(name: &str) -> ClientFrame {
    ClientFrame::Presence {
        profile: Person {
            name: name.to_owned(),
            colour: 3,
        },
        item: None,
    }
}
