//! The rules of `MODEL.md` about releases, each under its number, with people who are apart.

use shared::{
    document::Step,
    ids::{ItemId, RecordId},
    intent::{Intent, Target, Value},
    model::{Collection, Field, Place, Scalar, Status, Thing},
    planning::{day::Day, limit::Missing, working_days::Calendar},
    product::{
        releases::{
            self, Release, Scope, Unit,
            outlook::{Pace, outlook, pull},
            ship::{Rest, done_and_open, ship},
            sign::{Drift, Side, Signature, is_agreed, standings},
        },
        trail::Past,
    },
    time::Timestamp,
};

use crate::peer::{self, Peer, meet, places};

impl Peer {
    fn release(&self, id: RecordId) -> Release {
        releases::one(self.backlog.things(), id).unwrap()
    }

    fn scope(&self, id: RecordId) -> Scope {
        let mut scopes = releases::scopes(self.backlog.things(), self.backlog.rows());
        scopes.remove(&id).unwrap_or_default()
    }

    fn signs(&mut self, id: RecordId, side: Side) {
        let signature = Signature::of(&self.scope(id), self.backlog.author(), self.now);
        self.wants(&put(id, side.register(), signature.unwrap().write()));
    }

    /// Whether the scope is agreed, and what the sides say has changed.
    fn agreement(&self, id: RecordId) -> (bool, Vec<Vec<Drift>>) {
        let facts = &self.backlog.things()[&Thing::Record(Collection::Releases, id)];
        let both = standings(facts, &self.scope(id));
        let agreed = is_agreed(&both);
        (agreed, both.into_iter().map(|one| one.drift).collect())
    }

    fn ships(&mut self, id: RecordId, rest: Rest) -> Step {
        let (_, open) = done_and_open(self.backlog.things(), id, self.backlog.rows());
        let open = open.into_iter().map(|row| row.id).collect();
        self.wants(&ship(
            &self.release(id),
            day("2026-11-21"),
            "Notes",
            open,
            rest,
        ))
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn put(release: RecordId, key: &str, value: impl Into<Scalar>) -> Intent {
    peer::put(Thing::Record(Collection::Releases, release), key, value)
}

fn set(item: ItemId, value: Value) -> Intent {
    Intent::Set {
        items: vec![item],
        value,
    }
}

/// Two people, a release with the first two of four items.
fn two() -> (Peer, Peer, RecordId, Vec<ItemId>) {
    let mut ada = Peer::first(1);
    let items = ada.adds_worth(&[5.0, 3.0, 8.0, 2.0]);
    let release = ada.makes(Collection::Releases, "2.0");
    ada.wants(&places(&items[..2], Place::Release(release)));
    let bob = ada.joins(2);
    (ada, bob, release, items)
}

#[test]
fn r1_a_sign_off_while_somebody_apart_changes_the_scope_does_not_count() {
    let (mut ada, mut bob, release, items) = two();
    ada.signs(release, Side::Product);
    meet(&mut ada, &mut bob);
    // Engineering signs what it sees; meanwhile an item goes out and another one grows.
    bob.signs(release, Side::Engineering);
    assert!(bob.agreement(release).0);
    ada.wants(&places(&items[..1], Place::Product));
    let grows = ada.wants(&set(items[1], Value::Estimate(Some(13.0))));
    meet(&mut ada, &mut bob);
    let mut changed = vec![
        Drift::Removed(items[0]),
        Drift::Resized(items[1], Some(3.0), Some(13.0)),
    ];
    changed.sort_by_key(|drift| drift.item());
    assert_eq!(ada.agreement(release), (false, vec![changed.clone(); 2]));
    // Who did it stands in the past of the items.
    let mut past = Past::default();
    past.take(bob.backlog.histories());
    let author = ada.backlog.author();
    for drift in &changed {
        let signed = Timestamp::from_ms(1_700_000_000_000);
        assert_eq!(
            drift.by(&past, signed).unwrap().0.person,
            author,
            "{drift:?}"
        );
    }
    // Taken back, what both signed is the scope again.
    ada.takes_back(grows);
    ada.wants(&places(&items[..1], Place::Release(release)));
    meet(&mut ada, &mut bob);
    assert_eq!(bob.agreement(release), (true, vec![Vec::new(), Vec::new()]));
}

#[test]
fn r1_both_sides_sign_while_apart() {
    let (mut ada, mut bob, release, _) = two();
    ada.signs(release, Side::Product);
    bob.signs(release, Side::Engineering);
    assert!(!ada.agreement(release).0 && !bob.agreement(release).0);
    meet(&mut ada, &mut bob);
    assert!(ada.agreement(release).0 && bob.agreement(release).0);
}

#[test]
fn r1_a_story_of_the_same_size_is_no_change_of_scope() {
    let (mut ada, _, release, items) = two();
    ada.signs(release, Side::Product);
    let stories = ada.adds_worth(&[2.0, 3.0]);
    for story in &stories {
        let parent = Some(items[0].to_string().into());
        ada.wants(&set(*story, Value::Field(Field::Parent, parent)));
    }
    ada.wants(&places(&stories, Place::Release(release)));
    assert_eq!(ada.agreement(release).1[0], []);
    ada.wants(&set(stories[0], Value::Estimate(Some(3.0))));
    let grown = Drift::Resized(items[0], Some(5.0), Some(6.0));
    assert_eq!(ada.agreement(release).1[0], [grown]);
}

#[test]
fn r2_what_goes_into_a_release_that_is_shipped_meanwhile_is_in_the_product_backlog() {
    let (mut ada, mut bob, release, items) = two();
    ada.wants(&set(items[0], Value::Status(Status::Done)));
    let step = ada.ships(release, Rest::OldRank);
    bob.wants(&places(&items[2..3], Place::Release(release)));
    bob.wants(&set(items[3], Value::Status(Status::Done)));
    bob.wants(&places(&items[3..], Place::Release(release)));
    meet(&mut ada, &mut bob);
    assert!(bob.release(release).is_shipped);
    assert_eq!(bob.list(Place::Product), items[1..3]);
    for done in [items[0], items[3]] {
        assert_eq!(bob.row(done).place, Place::Release(release));
    }
    // Nothing goes into it any more.
    let refused = bob.tries(&places(&items[1..2], Place::Release(release)));
    let words = refused.unwrap_err().to_string();
    assert!(words.contains("shipped"), "{words}");
    // Opened again, a shipped item is work again.
    bob.wants(&set(items[0], Value::Status(Status::Todo)));
    assert_eq!(bob.row(items[0]).place, Place::Product);
    meet(&mut ada, &mut bob);
    // With the shipping taken back, everything is where it was put.
    ada.takes_back(step);
    meet(&mut ada, &mut bob);
    assert_eq!(bob.list(Place::Release(release)).len(), 3);
}

#[test]
fn p3_what_goes_into_a_release_that_is_put_away_meanwhile_is_never_invisible() {
    let (mut ada, mut bob, release, items) = two();
    ada.wants(&put(release, "archived", true));
    bob.wants(&places(&items[2..3], Place::Release(release)));
    meet(&mut ada, &mut bob);
    assert_eq!(bob.list(Place::Product).len(), 4);
    assert!(ada.tries(&places(&items, Place::Release(release))).is_err());
    ada.wants(&put(release, "archived", false));
    meet(&mut ada, &mut bob);
    assert_eq!(bob.list(Place::Release(release)).len(), 3);
}

#[test]
fn pb_16_the_history_says_which_releases_an_item_was_in_and_why_it_left() {
    let (mut ada, mut bob, release, items) = two();
    bob.wants(&places(&items[..1], Place::Product));
    bob.wants(&places(&items[..1], Place::Release(release)));
    let shipped = bob.ships(release, Rest::Top);
    bob.takes_back(shipped);
    meet(&mut ada, &mut bob);
    let detail = ada.backlog.detail(items[0]).unwrap();
    let lines = detail.trail.iter().zip(&detail.trail_why);
    let moves: Vec<(&str, &str)> = lines
        .map(|((_, what), why)| (what.as_str(), why.as_str()))
        .filter(|(what, _)| what.starts_with("place="))
        .collect();
    let there = format!("place={}", Place::Release(release).word());
    let last = moves.len() - 4;
    assert_eq!(
        moves[last..],
        [
            ("place=product", "place"),
            (there.as_str(), "place"),
            ("place=product", "ship"),
            (there.as_str(), "undo ship"),
        ]
    );
    let bob = bob.backlog.author();
    let by = detail.trail_by.last().unwrap().map(|by| by.person);
    assert_eq!(by, Some(bob));
}

#[test]
fn bt_17_every_position_in_a_release_is_taken_once() {
    let (mut ada, mut bob, release, items) = two();
    let place = Place::Release(release);
    ada.wants(&places(&items, place));
    meet(&mut ada, &mut bob);
    // Both put something at the top while they are apart.
    for (peer, item) in [(&mut ada, items[1]), (&mut bob, items[2])] {
        let (items, to) = (vec![item], Target::Top);
        peer.wants(&Intent::Move { items, to });
    }
    meet(&mut ada, &mut bob);
    assert_eq!(ada.list(place), bob.list(place));
    let mut ranked = ada.list(place);
    ranked.sort();
    ranked.dedup();
    assert_eq!(ranked.len(), items.len());
    // There is no other order than the rank: nothing in a row but its key says what comes first.
    let keys: Vec<String> = ada
        .list(place)
        .iter()
        .map(|id| ada.row(*id).rank.clone())
        .collect();
    assert!(keys.is_sorted());
}

#[test]
fn pb_40_two_people_ship_at_once() {
    let (mut ada, mut bob, release, items) = two();
    let next = ada.makes(Collection::Releases, "3.0");
    meet(&mut ada, &mut bob);
    ada.ships(release, Rest::Top);
    bob.ships(release, Rest::Release(next));
    meet(&mut ada, &mut bob);
    assert!(ada.release(release).is_shipped);
    // Every item is in one place, and says that there is another.
    assert!(ada.list(Place::Release(release)).is_empty());
    let mut all = ada.list(Place::Product);
    all.extend(ada.list(Place::Release(next)));
    all.sort();
    let mut wanted = items.clone();
    wanted.sort();
    assert_eq!(all, wanted);
    assert!(ada.row(items[0]).conflicts.contains(&Field::Place));
}

#[test]
fn pb_40_shipping_is_one_step() {
    let (mut ada, _, release, items) = two();
    let before = (ada.list(Place::Product), ada.list(Place::Release(release)));
    let step = ada.ships(release, Rest::Top);
    assert_eq!(ada.list(Place::Product)[..2], items[..2]);
    assert_eq!(ada.release(release).notes, "Notes");
    ada.takes_back(step);
    assert!(!ada.release(release).is_shipped);
    let after = (ada.list(Place::Product), ada.list(Place::Release(release)));
    assert_eq!(after, before);
}

#[test]
fn pb_07_one_undo_restores_the_rank_of_all_that_was_pulled() {
    let (mut ada, _, release, items) = two();
    let before = ada.list(Place::Product);
    let found = pull(
        ada.backlog.ranked_in(Place::Product),
        Unit::Points,
        9.0,
        Missing::Median,
    );
    assert_eq!(found.items, items[2..3]);
    let step = ada.wants(&Intent::Place {
        items: found.items,
        place: Place::Release(release),
        at: Some(Target::Bottom),
    });
    assert_eq!(ada.list(Place::Release(release)), items[..3]);
    ada.takes_back(step);
    assert_eq!(ada.list(Place::Product), before);
}

#[test]
fn bt_11_a_release_that_ends_before_it_starts_is_refused_and_told_where_two_made_it() {
    let (mut ada, mut bob, release, _) = two();
    ada.wants(&put(release, "start", "2026-11-02"));
    ada.wants(&put(release, "target", "2026-12-18"));
    let refused = ada.tries(&put(release, "target", "2026-11-01"));
    let words = refused.unwrap_err().to_string();
    assert_eq!(words, "The end can't be before the start.");
    meet(&mut ada, &mut bob);
    // Each is right alone.
    ada.wants(&put(release, "start", "2026-12-07"));
    bob.wants(&put(release, "target", "2026-11-27"));
    meet(&mut ada, &mut bob);
    let both = ada.release(release);
    assert!(both.is_backwards());
    assert_eq!(both.days(), None);
    let today = day("2026-11-21");
    assert_eq!(
        both.time_left(&Calendar::default(), today),
        "ends before it starts"
    );
    let pace = Pace {
        velocity: Some(10.0),
        ahead: &[],
        today,
    };
    assert_eq!(outlook(&both, &ada.scope(release), pace).capacity, None);
}

#[test]
fn bt_14_a_capacity_that_is_absurd_is_refused_with_a_reason() {
    let (mut ada, _, release, _) = two();
    for absurd in [-1.0, f64::NAN, f64::INFINITY, 1e12] {
        let words = ada.tries(&put(release, "capacity", absurd)).unwrap_err();
        assert!(words.to_string().starts_with("The capacity"), "{words}");
    }
    assert!(ada.tries(&put(release, "sprint_days", 0.0)).is_err());
    assert_eq!(ada.release(release).capacity, None);
}
