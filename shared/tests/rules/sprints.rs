//! Sprints with people who are apart: committed twice, closed twice, stories moved two ways; each loses nothing.

use std::collections::BTreeSet;

use shared::{
    document::{Rejection, Step},
    ids::{ItemId, RecordId},
    intent::{Intent, Value},
    model::{Collection, Field, Kind, Place, Row, Scalar, Status, Thing},
    product::{
        Family,
        ready::invest,
        sprint_steps::{self, Fate, Part, Ways},
        sprints::{self, Sprint, State},
    },
};

use crate::peer::{Peer, meet, places, put};

impl Peer {
    fn sprint(&self, id: RecordId) -> Sprint {
        sprints::one(self.backlog.things(), id).unwrap()
    }

    fn stories(&self, id: RecordId) -> Vec<Row> {
        let rows = self.backlog.rows();
        rows.filter(|row| row.place == Place::Sprint(id))
            .cloned()
            .collect()
    }

    fn sizes(&mut self, items: &[ItemId], points: f64) {
        self.wants(&Intent::Set {
            items: items.to_vec(),
            value: Value::Estimate(Some(points)),
        });
    }

    fn finishes(&mut self, item: ItemId) {
        self.wants(&Intent::Set {
            items: vec![item],
            value: Value::Status(Status::Done),
        });
    }

    fn commits(&mut self, id: RecordId) {
        let (sprint, stories) = (self.sprint(id), self.stories(id));
        let by = self.backlog.author();
        self.wants(&sprint_steps::commit(&sprint, &stories, by, self.now));
    }

    fn closes(&mut self, id: RecordId, next: RecordId, fate: impl Fn(ItemId) -> Fate) -> Step {
        let (sprint, stories) = (self.sprint(id), self.stories(id));
        let stories: Vec<&Row> = stories.iter().collect();
        let ways = Ways {
            back: Place::Product,
            next: Some(Place::Sprint(next)),
        };
        let by = self.backlog.author();
        let close = sprint_steps::close(
            &sprint,
            &stories,
            fate,
            ways,
            &BTreeSet::new(),
            (by, self.now),
        );
        self.wants(&close)
    }

    fn done(&self, id: RecordId) -> f64 {
        let closed = sprints::closed(self.backlog.things());
        closed
            .iter()
            .find(|(sprint, _)| sprint.id == id)
            .unwrap()
            .1
            .done
    }
}

/// Two people, a sprint with all but the last item, and the sprint after it.
fn sprinting(count: usize) -> (Peer, Peer, Vec<ItemId>, [RecordId; 2]) {
    let mut ada = Peer::first(1);
    let items = ada.adds(count);
    ada.sizes(&items, 3.0);
    let sprints = ["Sprint 1", "Sprint 2"].map(|name| ada.makes(Collection::Sprints, name));
    ada.wants(&places(&items[..count - 1], Place::Sprint(sprints[0])));
    let bob = ada.joins(2);
    (ada, bob, items, sprints)
}

#[test]
fn bt_06_a_sprint_that_two_people_commit_while_apart_holds_what_both_saw() {
    let (mut ada, mut bob, items, [first, _]) = sprinting(4);
    bob.wants(&places(&items[3..], Place::Sprint(first)));
    ada.commits(first);
    bob.commits(first);
    meet(&mut ada, &mut bob);
    let sprint = ada.sprint(first);
    assert_eq!(sprint.state, State::Committed);
    assert_eq!(sprint.stories.len(), 4);
    assert_eq!(sprint.commitment(), 12.0);
}

#[test]
fn bt_48_a_story_moved_to_two_sprints_while_apart_is_in_one_and_shows_both() {
    let (mut ada, mut bob, items, [first, second]) = sprinting(2);
    ada.wants(&places(&items[1..], Place::Sprint(first)));
    bob.wants(&places(&items[1..], Place::Sprint(second)));
    meet(&mut ada, &mut bob);
    let row = ada.row(items[1]);
    assert!(row.place == Place::Sprint(first) || row.place == Place::Sprint(second));
    assert!(row.conflicts.contains(&Field::Place));
    let held = [first, second].map(|sprint| ada.list(Place::Sprint(sprint)).contains(&items[1]));
    assert_eq!(held.iter().filter(|held| **held).count(), 1);
}

#[test]
fn bt_57_closing_sends_each_story_its_way_and_one_undo_brings_all_back() {
    let (mut ada, _, items, [first, second]) = sprinting(5);
    ada.commits(first);
    ada.finishes(items[0]);
    let rest = ItemId::random(&mut ada.rng);
    let fate = |item: ItemId| match () {
        () if item == items[1] => Fate::Back,
        () if item == items[2] => Fate::Next,
        () => Fate::Split { done: 1.0, rest },
    };
    let step = ada.closes(first, second, fate);
    assert_eq!(ada.sprint(first).state, State::Closed);
    assert_eq!(ada.list(Place::Product), [items[1], items[4]]);
    assert_eq!(ada.list(Place::Sprint(second)), [items[2], rest]);
    assert_eq!(
        (ada.row(items[3]).status, ada.row(items[3]).estimate),
        (Status::Done, Some(1.0))
    );
    assert_eq!(ada.row(rest).estimate, Some(2.0));
    assert_eq!(ada.done(first), 4.0);
    let closed = sprints::closed(ada.backlog.things());
    assert_eq!(
        (closed[0].1.committed, closed[0].1.committed_done),
        (12.0, 6.0)
    );
    // What happens later changes no number of it.
    ada.wants(&Intent::Set {
        items: vec![items[0]],
        value: Value::Status(Status::Doing),
    });
    ada.sizes(&items, 8.0);
    assert_eq!(ada.done(first), 4.0);
    let sprint = ada.sprint(first);
    let reopened: Vec<ItemId> = sprint.reopened(|item| Some(ada.row(item))).collect();
    assert_eq!(reopened, [items[0]]);
    ada.takes_back(step);
    assert_eq!(ada.sprint(first).state, State::Committed);
    assert!(ada.list(Place::Sprint(first)).contains(&items[1]));
    assert!(ada.backlog.row(rest).is_none());
}

#[test]
fn bt_57_a_sprint_that_two_people_close_while_apart_counts_what_either_saw_finished_once() {
    let (mut ada, mut bob, items, [first, second]) = sprinting(4);
    for peer in [&mut ada, &mut bob] {
        peer.finishes(items[0]);
    }
    bob.finishes(items[1]);
    let rests = [ItemId::random(&mut ada.rng), ItemId::random(&mut bob.rng)];
    ada.closes(first, second, |item| match item == items[2] {
        true => Fate::Split {
            done: 1.0,
            rest: rests[0],
        },
        false => Fate::Next,
    });
    bob.closes(first, second, |_| Fate::Split {
        done: 1.0,
        rest: rests[1],
    });
    meet(&mut ada, &mut bob);
    assert_eq!(ada.sprint(first).state, State::Closed);
    // The first two, and the part of the third.
    assert_eq!(ada.done(first), 7.0);
    // Ada sent the second on, where it is done and finished already: nothing is counted twice.
    assert_eq!(ada.row(items[1]).status, Status::Done);
    ada.closes(second, first, |_| Fate::Back);
    assert_eq!(ada.done(second), 0.0);
    // Both rests are there: somebody can merge them.
    assert!(rests.iter().all(|rest| ada.backlog.row(*rest).is_some()));
}

#[test]
fn bt_57_what_somebody_puts_into_a_sprint_that_was_closed_meanwhile_is_there_and_open() {
    let (mut ada, mut bob, items, [first, second]) = sprinting(4);
    ada.closes(first, second, |_| Fate::Next);
    bob.wants(&places(&items[3..], Place::Sprint(first)));
    meet(&mut ada, &mut bob);
    assert_eq!(ada.list(Place::Sprint(first)), [items[3]]);
    assert_eq!(ada.done(first), 0.0);
}

#[test]
fn bt_06_proposals_wait_for_the_team_and_do_not_move_anything() {
    let (mut ada, mut bob, items, [first, _]) = sprinting(4);
    let by = ada.backlog.author();
    ada.wants(&sprint_steps::propose(&ada.sprint(first), &items[3..], by));
    assert_eq!(ada.list(Place::Product), [items[3]]);
    assert_eq!(ada.sprint(first).proposed.get(&items[3]), Some(&by));
    meet(&mut ada, &mut bob);
    let step = bob.wants(&sprint_steps::accept(&bob.sprint(first), &items[3..]));
    assert!(bob.list(Place::Sprint(first)).contains(&items[3]));
    assert!(bob.sprint(first).proposed.is_empty());
    bob.takes_back(step);
    assert!(!bob.sprint(first).proposed.is_empty());
    bob.wants(&sprint_steps::turn_down(&bob.sprint(first), &items[3..]));
    assert!(bob.sprint(first).proposed.is_empty());
    assert_eq!(bob.list(Place::Product), [items[3]]);
}

#[test]
fn bt_06_only_the_team_takes_stories_out_of_a_committed_sprint_and_others_propose_it() {
    let (mut ada, _, items, [first, second]) = sprinting(4);
    let out = |peer: &Peer, intent: &Intent| {
        let found =
            sprint_steps::taken_out(peer.backlog.things(), intent, &|id| peer.backlog.row(id));
        found.into_values().flatten().collect::<Vec<_>>()
    };
    let leave = places(&items[..1], Place::Product);
    let archive = Intent::Archive {
        items: items.clone(),
        reason: String::new(),
    };
    let inside = ada.list(Place::Sprint(first));
    assert_eq!(out(&ada, &leave), [], "before it is committed");
    let rows: Vec<Row> = inside.iter().map(|id| ada.row(*id)).collect();
    let commit = sprint_steps::commit(&ada.sprint(first), &rows, ada.backlog.author(), ada.now);
    ada.wants(&commit);
    assert_eq!(out(&ada, &leave), [items[0]]);
    assert_eq!(out(&ada, &archive), inside);
    assert_eq!(out(&ada, &places(&items[..1], Place::Sprint(first))), []);
    assert_eq!(
        out(&ada, &places(&items[..1], Place::Sprint(second))),
        [items[0]]
    );
    let together = |name: &str| Intent::Together {
        name: name.to_owned(),
        said: String::new(),
        parts: vec![leave.clone()],
    };
    assert_eq!(out(&ada, &together("move")), [items[0]]);
    assert_eq!(out(&ada, &together("ship")), []);

    let by = ada.backlog.author();
    ada.wants(&sprint_steps::propose_out(
        &ada.sprint(first),
        &items[..1],
        by,
    ));
    assert_eq!(ada.list(Place::Sprint(first)), inside);
    assert_eq!(ada.sprint(first).leaving.get(&items[0]), Some(&by));
    let taken = sprint_steps::take_out(&ada.sprint(first), &items[..1], Place::Product);
    let step = ada.wants(&taken);
    assert!(ada.list(Place::Product).contains(&items[0]) && ada.sprint(first).leaving.is_empty());
    ada.takes_back(step);
    ada.wants(&sprint_steps::keep(&ada.sprint(first), &items[..1]));
    assert_eq!(ada.list(Place::Sprint(first)), inside);
    assert!(ada.sprint(first).leaving.is_empty());
}

#[test]
fn bt_47_a_split_makes_stories_beside_the_whole_that_inherit_its_links_and_undoes_as_one() {
    let mut ada = Peer::first(1);
    let items = ada.adds(2);
    ada.sizes(&items, 13.0);
    let goal = ada.makes(Collection::Goals, "More teams");
    let mark = Intent::Mark {
        items: vec![items[0]],
        key: format!("goal:{goal}"),
        value: Some(true.into()),
    };
    ada.wants(&mark);
    let parts: Vec<Part> = [Some(5.0), Some(3.0)]
        .into_iter()
        .map(|estimate| Part {
            id: ItemId::random(&mut ada.rng),
            title: "a part".to_owned(),
            estimate,
            invest: sprint_steps::answers(
                &[true, true, true, true, false, true].map(Some),
                estimate,
                Some(4.0),
            ),
        })
        .collect();
    let step = ada.wants(&sprint_steps::split(&ada.row(items[0]), &parts));
    assert_eq!(
        ada.list(Place::Product),
        [items[0], parts[0].id, parts[1].id, items[1]]
    );
    let part = ada.row(parts[0].id);
    assert_eq!(
        (part.kind, part.item(Field::Parent)),
        (Kind::Story, Some(items[0]))
    );
    assert_eq!(part.marked("goal").count(), 1);
    // INVEST is answered for each part; small is what fits by its own size.
    let is_small = |id| ada.row(id).mark("invest:small").map(Scalar::is_on);
    assert_eq!(
        parts
            .iter()
            .map(|part| invest(&ada.row(part.id)))
            .collect::<Vec<_>>(),
        [6, 6]
    );
    assert_eq!(
        (is_small(parts[0].id), is_small(parts[1].id)),
        (Some(false), Some(true))
    );
    let sum = Family::of(ada.backlog.rows()).roll_up(items[0]);
    assert_eq!((sum.size, sum.from_children), (Some(8.0), true));
    ada.takes_back(step);
    assert_eq!(ada.list(Place::Product), items);
}

#[test]
fn bt_54_a_feature_that_becomes_a_story_keeps_its_id_rank_and_history() {
    let (mut ada, _, items, [first, _]) = sprinting(2);
    ada.wants(&Intent::Set {
        items: vec![items[0]],
        value: Value::Kind(Kind::Story),
    });
    assert_eq!(ada.list(Place::Sprint(first)), [items[0]]);
    let trail = ada.backlog.detail(items[0]).unwrap().trail;
    let said: Vec<&str> = trail.iter().map(|(_, what)| what.as_str()).collect();
    assert!(
        said.contains(&"kind=story") && said.iter().any(|what| what.starts_with("place=sprint:")),
        "{said:?}"
    );
}

#[test]
fn bt_51_parents_in_a_circle_are_refused_and_opened_where_people_apart_made_one() {
    let mut ada = Peer::first(1);
    let items = ada.adds(3);
    let mut bob = ada.joins(2);
    let part = |item: ItemId, of: ItemId| Intent::Set {
        items: vec![item],
        value: Value::Field(Field::Parent, Some(of.to_string().into())),
    };
    assert!(matches!(
        ada.tries(&part(items[0], items[0])),
        Err(Rejection::Nothing(_))
    ));
    ada.wants(&part(items[1], items[0]));
    bob.wants(&part(items[0], items[2]));
    bob.wants(&part(items[2], items[1]));
    assert!(ada.tries(&part(items[0], items[1])).is_err());
    meet(&mut ada, &mut bob);
    let family = Family::of(ada.backlog.rows());
    let smallest = *items.iter().min().unwrap();
    assert_eq!(family.parent(smallest), None);
    assert_eq!(
        items
            .iter()
            .filter(|item| family.parent(**item).is_some())
            .count(),
        2
    );
}

#[test]
fn bt_12_a_sprint_does_not_end_before_it_starts() {
    let mut ada = Peer::first(1);
    let sprint = Thing::Record(
        Collection::Sprints,
        ada.makes(Collection::Sprints, "Sprint 1"),
    );
    ada.puts(sprint, "start", "2026-11-23");
    assert!(ada.tries(&put(sprint, "end", "2026-11-22")).is_err());
    ada.puts(sprint, "end", "2026-11-23");
}
