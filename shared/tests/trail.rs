//! Charts out of the trail that real intents leave: of sprints, releases and the whole backlog (BT-23, BT-24,
//! `formulas.md` §5.9 and §5.10).
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    ids::{ItemId, PersonId, RecordId},
    intent::{Intent, NewItem, Target, Value},
    model::{
        Author, Became, Collection, Facts, Field, History, Place, Scalar, Status, Thing, Things,
    },
    planning::{
        burndown::{Burndown, Kind, Span, burndown, closed, sums_at},
        day::{Day, Utc, Zone},
        flow::cumulative_flow,
        velocity::Closed,
        working_days::Calendar,
    },
    product::{
        forecasts::{Source, hindsight, outlook, periods},
        trail::{
            Measure, Past, STATES, Scope, Trail, finished, last_moved, moves, release_span,
            sprint_span,
        },
    },
    time::Timestamp,
};

const HOUR: i64 = 3_600_000;

/// One person with a backlog, who does everything at moments that the test names.
struct Team {
    backlog: Backlog,
    rng: ChaCha8Rng,
    changes: Vec<Vec<u8>>,
    sprint: RecordId,
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// An hour of a day in UTC.
fn at(text: &str, hour: i64) -> Timestamp {
    day(text).start(&Utc).plus_ms(hour * HOUR)
}

/// Berlin in 2026: summer time from 29 March 01:00 UTC to 25 October 01:00 UTC.
fn berlin(at: Timestamp) -> i32 {
    let summer = 1_774_746_000_000..1_792_890_000_000;
    if summer.contains(&at.ms()) { 120 } else { 60 }
}

impl Team {
    fn new() -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let (backlog, first) = Backlog::create(
            "Poker",
            PersonId::random(&mut rng),
            rng.random(),
            at("2026-01-01", 0),
        );
        let sprint = RecordId::random(&mut rng);
        let mut team = Self {
            backlog,
            rng,
            changes: vec![first.bytes],
            sprint,
        };
        let thing = Thing::Record(Collection::Sprints, sprint);
        team.puts(at("2026-01-01", 1), thing, &[("name", "Sprint 1".into())]);
        team
    }

    fn wants(&mut self, now: Timestamp, intent: &Intent) {
        let mut plan = self.backlog.plan(intent, now, &mut self.rng).unwrap();
        while !plan.is_finished() {
            let made = self.backlog.perform(&mut plan, now, &mut self.rng).unwrap();
            self.changes.extend(made.map(|change| change.bytes));
        }
        drop(self.backlog.take_patch());
    }

    fn adds(&mut self, now: Timestamp, estimates: &[f64]) -> Vec<ItemId> {
        let items: Vec<NewItem> = estimates
            .iter()
            .map(|estimate| NewItem {
                estimate: Some(*estimate),
                ..NewItem::titled(ItemId::random(&mut self.rng), "item")
            })
            .collect();
        let ids = items.iter().map(|item| item.id).collect();
        let at = Target::Bottom;
        self.wants(now, &Intent::Add { items, at });
        ids
    }

    fn puts(&mut self, now: Timestamp, thing: Thing, values: &[(&str, Scalar)]) {
        let values = values.iter();
        let values = values.map(|(key, value)| ((*key).to_owned(), Some(value.clone())));
        let values = values.collect();
        self.wants(now, &Intent::Put { thing, values });
    }

    fn commits(&mut self, now: Timestamp, first: &str, last: &str) {
        let sprint = Thing::Record(Collection::Sprints, self.sprint);
        let values = [
            ("start", first.into()),
            ("end", last.into()),
            ("state", "committed".into()),
            ("committed_at", (now.ms() as f64).into()),
        ];
        self.puts(now, sprint, &values);
    }

    fn closes(&mut self, now: Timestamp) {
        let sprint = Thing::Record(Collection::Sprints, self.sprint);
        let closed_at = (now.ms() as f64).into();
        self.puts(
            now,
            sprint,
            &[("state", "closed".into()), ("closed_at", closed_at)],
        );
    }

    fn moves(&mut self, now: Timestamp, item: ItemId, place: Place) {
        let items = vec![item];
        self.wants(
            now,
            &Intent::Place {
                items,
                place,
                at: None,
            },
        );
    }

    fn pulls(&mut self, now: Timestamp, item: ItemId) {
        self.moves(now, item, Place::Sprint(self.sprint));
    }

    fn sets(&mut self, now: Timestamp, item: ItemId, value: Value) {
        let items = vec![item];
        self.wants(now, &Intent::Set { items, value });
    }

    fn stands(&mut self, now: Timestamp, item: ItemId, status: Status) {
        self.sets(now, item, Value::Status(status));
    }

    fn past(&self) -> Past {
        let mut past = Past::default();
        past.take(self.backlog.histories());
        past
    }

    fn facts(&self) -> Facts {
        let sprint = Thing::Record(Collection::Sprints, self.sprint);
        self.backlog.things()[&sprint].clone()
    }

    fn closed(&self) -> Option<Closed> {
        let span = sprint_span(&self.facts(), day("2027-06-01"), &Utc)?;
        let trail = Trail::of(&self.past(), &Scope::sprint(self.sprint));
        Some(closed(&trail.events, span.started, span.closed?))
    }

    fn chart(&self, today: Day, zone: &dyn Zone) -> (Burndown, Trail) {
        let trail = Trail::of(&self.past(), &Scope::sprint(self.sprint));
        let span = sprint_span(&self.facts(), today, zone).unwrap();
        let chart = burndown(&trail.events, &span, &Calendar::default(), zone);
        (chart, trail)
    }
}

fn remaining(chart: &Burndown) -> Vec<f64> {
    let sums = chart.points.iter().filter_map(|point| point.sums);
    sums.map(|sums| sums.remaining()).collect()
}

/// The vector of §5.9: two working weeks, of which every step leaves its trail.
fn vector() -> (Team, [ItemId; 5]) {
    let mut team = Team::new();
    let made = at("2026-11-01", 9);
    let ids: [ItemId; 5] = team
        .adds(made, &[5.0, 3.0, 8.0, 2.0, 5.0])
        .try_into()
        .unwrap();
    let [a, b, c, d, e] = ids;
    for item in [a, b, c, d] {
        team.pulls(at("2026-11-13", 9), item);
    }
    team.commits(at("2026-11-16", 7), "2026-11-16", "2026-11-27");
    team.stands(at("2026-11-17", 12), b, Status::Done);
    team.pulls(at("2026-11-18", 12), e);
    team.stands(at("2026-11-19", 12), a, Status::Done);
    team.sets(at("2026-11-20", 12), c, Value::Estimate(Some(13.0)));
    team.moves(at("2026-11-23", 12), d, Place::Product);
    team.stands(at("2026-11-24", 12), b, Status::Todo);
    team.stands(at("2026-11-25", 12), b, Status::Done);
    team.stands(at("2026-11-26", 12), c, Status::Done);
    (team, ids)
}

#[test]
fn bt_24_formulas_5_9_the_vector_out_of_a_real_trail() {
    let (team, [_, b, ..]) = vector();
    let (chart, trail) = team.chart(day("2026-11-27"), &Utc);
    assert_eq!(chart.commitment, 18.0);
    let working = |chart: &Burndown| -> Vec<f64> {
        let points = chart.points.iter();
        let points = points.filter(|point| point.day.is_none() || point.working);
        points
            .map(|point| point.sums.unwrap().remaining())
            .collect()
    };
    let wanted = [
        18.0, 18.0, 15.0, 20.0, 15.0, 20.0, 18.0, 21.0, 18.0, 5.0, 5.0,
    ];
    assert_eq!(working(&chart), wanted);
    assert_eq!((chart.now.scope, chart.now.done), (26.0, 21.0));
    let kinds: Vec<Kind> = chart.changes.iter().map(|change| change.kind).collect();
    let done = Kind::Done;
    let wanted = [
        done,
        Kind::Added,
        done,
        Kind::Reestimated,
        Kind::Removed,
        Kind::Reopened,
        done,
        done,
    ];
    assert_eq!(kinds, wanted);
    // A reopen raises what remains, not the scope; and the deed behind it says whose it was.
    let reopened = chart.changes[5];
    assert_eq!((reopened.scope, reopened.done), (0.0, -3.0));
    let deed = trail.deeds[reopened.event];
    assert_eq!((deed.item, deed.became), (b, Became::Status(Status::Todo)));
    assert_eq!(deed.by, Some(Author::known(team.backlog.author())));
}

#[test]
fn bt_57_what_was_done_of_a_story_that_is_split_at_the_close_shows_on_the_burndown() {
    let (mut team, [.., e]) = vector();
    let close = at("2026-11-27", 16);
    let finished = [(e, 2.0)].into();
    // The session writes what the page wanted a moment later.
    team.closes(close);
    team.sets(close.plus_ms(3), e, Value::Estimate(Some(2.0)));
    team.stands(close.plus_ms(3), e, Status::Done);
    let span = sprint_span(&team.facts(), day("2026-12-20"), &Utc).unwrap();
    let trail = Trail::of(&team.past(), &Scope::sprint(team.sprint));
    let draw = |trail: &Trail| burndown(&trail.events, &span, &Calendar::default(), &Utc);
    let without = draw(&trail);
    assert_eq!((without.now.scope, without.now.done), (26.0, 21.0));
    let trail = trail.with_splits(&finished, span.closed.unwrap());
    let chart = draw(&trail);
    assert_eq!((chart.now.scope, chart.now.done), (23.0, 23.0));
    assert!(chart.after_close.is_empty());
    // What a later sprint finished, or this one before its close, stays as it was.
    let (mut later, [a, .., e]) = vector();
    later.moves(at("2026-11-26", 18), e, Place::Product);
    later.closes(close);
    later.stands(close.plus_ms(3), e, Status::Done);
    let trail = Trail::of(&later.past(), &Scope::sprint(later.sprint));
    let both = [(e, 2.0), (a, 5.0)].into();
    let closed = span.closed.unwrap();
    assert_eq!(trail.clone().with_splits(&both, closed), trail);
}

#[test]
fn bt_24_what_closing_moves_out_still_stands_in_the_chart() {
    let (mut team, [_, _, _, _, e]) = vector();
    let close = at("2026-11-27", 16);
    // The clock of the page that closes and that of its session may say the very same.
    team.closes(close);
    team.moves(close, e, Place::Product);
    let (chart, _) = team.chart(day("2026-12-20"), &Utc);
    assert_eq!((chart.now.scope, chart.now.remaining()), (26.0, 5.0));
    assert_eq!(chart.points.last().unwrap().day, Some(day("2026-11-27")));
    let closed = team.closed().unwrap();
    assert_eq!(
        (closed.committed, closed.done, closed.committed_done),
        (18.0, 21.0, 16.0)
    );
}

#[test]
fn bt_24_the_chart_runs_past_the_planned_end_until_the_sprint_is_closed() {
    let (mut team, [_, _, _, _, e]) = vector();
    team.stands(at("2026-12-01", 9), e, Status::Done);
    let (open, _) = team.chart(day("2026-12-02"), &Utc);
    assert_eq!(open.points.last().unwrap().day, Some(day("2026-12-02")));
    assert_eq!(remaining(&open).last(), Some(&0.0));
    team.closes(at("2026-12-01", 18));
    let (closed, _) = team.chart(day("2027-01-20"), &Utc);
    assert_eq!(closed.points.last().unwrap().day, Some(day("2026-12-01")));
}

#[test]
fn bt_24_days_end_where_they_end_in_the_backlogs_zone() {
    // Summer time ends in the night before the second day; the last day is the last of the year elsewhere.
    for (first, last, late, shown) in [
        (
            "2026-10-24",
            "2026-10-27",
            at("2026-10-24", 22),
            "2026-10-25",
        ),
        (
            "2026-10-24",
            "2026-10-27",
            at("2026-10-25", 22).plus_ms(HOUR / 2),
            "2026-10-25",
        ),
        (
            "2026-10-24",
            "2026-10-27",
            at("2026-10-25", 23),
            "2026-10-26",
        ),
        (
            "2026-12-29",
            "2027-01-03",
            at("2026-12-31", 23),
            "2027-01-01",
        ),
    ] {
        let mut team = Team::new();
        let [a] = team.adds(at("2026-01-05", 0), &[3.0])[..] else {
            unreachable!()
        };
        team.pulls(at("2026-01-06", 0), a);
        team.commits(at(first, 6), first, last);
        team.stands(late, a, Status::Done);
        let (chart, _) = team.chart(day("2027-03-01"), &berlin);
        let point = chart.changes[0].point;
        assert_eq!(chart.points[point].day, Some(day(shown)), "{first}");
    }
}

#[test]
fn bt_23_imported_work_stands_where_it_is_and_was_finished_in_no_period() {
    let mut team = Team::new();
    let begin = at("2026-11-02", 0);
    let release = RecordId::random(&mut team.rng);
    let thing = Thing::Record(Collection::Releases, release);
    let values = [
        ("name", "1.0".into()),
        ("start", "2026-11-02".into()),
        ("target", "2026-12-31".into()),
    ];
    team.puts(begin.plus_ms(-HOUR), thing, &values);
    let done = NewItem {
        status: Status::Done,
        estimate: Some(8.0),
        place: Place::Release(release),
        created: Some(at("2024-05-05", 0)),
        ..NewItem::titled(ItemId::random(&mut team.rng), "old")
    };
    let old = done.id;
    let items = vec![done];
    team.wants(
        at("2026-11-05", 9),
        &Intent::Add {
            items,
            at: Target::Bottom,
        },
    );
    let own = team.adds(at("2026-11-05", 10), &[5.0])[0];
    team.moves(at("2026-11-05", 11), own, Place::Release(release));
    team.stands(at("2026-11-12", 9), own, Status::Done);
    let facts = &team.backlog.things()[&thing];
    let span = release_span(facts, day("2026-11-20"), &Utc).unwrap();
    let scope = Scope::release(team.backlog.things(), release);
    let trail = Trail::of(&team.past(), &scope);
    let chart = burndown(&trail.events, &span, &Calendar::default(), &Utc);
    let on = |text: &str| {
        let point = chart
            .points
            .iter()
            .find(|point| point.day == Some(day(text)));
        point.unwrap().sums.unwrap()
    };
    assert_eq!(chart.commitment, 0.0);
    assert_eq!((on("2026-11-05").scope, on("2026-11-05").done), (13.0, 8.0));
    assert_eq!(on("2026-11-12").remaining(), 0.0);
    // It came in as one change with its size and its status.
    let of_old: Vec<_> = chart
        .changes
        .iter()
        .filter(|change| trail.deeds[change.event].item == old)
        .collect();
    assert_eq!(of_old.len(), 1);
    assert_eq!(
        (of_old[0].kind, of_old[0].scope, of_old[0].done),
        (Kind::Added, 8.0, 8.0)
    );
    let weeks = [at("2026-11-02", 0), at("2026-11-09", 0)];
    let count = |measure| finished(&team.past(), None, &weeks, at("2026-11-16", 0), measure);
    assert_eq!(count(Measure::Items), [0.0, 1.0]);
    assert_eq!(count(Measure::Effort), [0.0, 5.0]);
}

#[test]
fn bt_23_a_release_counts_what_is_in_its_sprints_and_once_was_its_list() {
    let mut team = Team::new();
    let now = at("2026-11-02", 0);
    let ids = team.adds(now, &[1.0, 2.0, 4.0, 8.0]);
    let release = RecordId::random(&mut team.rng);
    let facts: Facts = [("release".to_owned(), release.to_string().into())].into();
    let sprint = Thing::Record(Collection::Sprints, team.sprint);
    let things: Things = [(sprint, facts)].into();
    team.moves(now, ids[0], Place::Inbox);
    let mut past = team.past();
    let places = [
        Place::Release(release),
        Place::Sprint(team.sprint),
        Place::List(release),
    ];
    for (item, place) in ids[1..].iter().zip(places) {
        let mut history = History::of(*item);
        history.push(now, None, Became::Estimate(Some(2.0)));
        history.push(now, None, Became::Place(place));
        past.take(vec![history]);
    }
    let trail = Trail::of(&past, &Scope::release(&things, release));
    let scope = sums_at(&trail.events, &[now.plus_ms(1)])[0];
    assert_eq!((scope.items, scope.scope), (3, 6.0));
}

#[test]
fn u1_an_item_whose_creation_is_undone_stays_in_the_charts_it_stood_in() {
    let (mut team, _) = vector();
    let id = ItemId::random(&mut team.rng);
    let item = NewItem {
        estimate: Some(4.0),
        place: Place::Sprint(team.sprint),
        ..NewItem::titled(id, "mistake")
    };
    let add = Intent::Add {
        items: vec![item],
        at: Target::Bottom,
    };
    let now = at("2026-11-26", 14);
    let mut plan = team.backlog.plan(&add, now, &mut team.rng).unwrap();
    while !plan.is_finished() {
        drop(team.backlog.perform(&mut plan, now, &mut team.rng).unwrap());
    }
    let mut back = team.backlog.plan_back(plan.into_step()).unwrap();
    let later = at("2026-11-27", 10);
    while !back.is_finished() {
        drop(
            team.backlog
                .perform(&mut back, later, &mut team.rng)
                .unwrap(),
        );
    }
    drop(team.backlog.take_patch());
    assert!(team.backlog.row(id).is_none());
    let (chart, _) = team.chart(day("2026-11-27"), &Utc);
    let scopes: Vec<f64> = chart
        .points
        .iter()
        .rev()
        .take(2)
        .map(|point| point.sums.unwrap().scope)
        .collect();
    assert_eq!(scopes, [26.0, 30.0]);
}

#[test]
fn bt_23_cumulative_flow_out_of_a_real_trail() {
    let (team, _) = vector();
    let flow = |scope: Option<&Scope>| {
        let moves = moves(&team.past(), scope);
        cumulative_flow(
            &moves,
            STATES.len(),
            day("2026-11-01"),
            day("2026-11-27"),
            &Utc,
        )
    };
    let all = flow(None);
    assert_eq!(all[0].arrivals, [5, 0, 0, 0]);
    assert_eq!(all[12].arrivals, [5, 4, 0, 0]);
    let last = all.last().unwrap();
    assert_eq!((&last.arrivals[..], last.dropped), (&[5, 5, 3, 3][..], 0));
    // Of the sprint alone, what was taken out of it left undone.
    let own = flow(Some(&Scope::sprint(team.sprint)));
    assert_eq!(own[11].arrivals, [0, 0, 0, 0]);
    assert_eq!(own.last().unwrap().dropped, 1);
}

#[test]
fn formulas_5_10_what_is_reopened_in_its_period_was_not_finished_in_it() {
    let (team, _) = vector();
    let days: Vec<Timestamp> = (16..27).map(|n| at(&format!("2026-11-{n}"), 0)).collect();
    let samples = finished(
        &team.past(),
        None,
        &days,
        at("2026-11-27", 0),
        Measure::Effort,
    );
    // B was done on the 17th and again on the 25th; in a period of all these days it was finished once.
    assert_eq!(samples[1], 3.0);
    assert_eq!(samples[9], 3.0);
    let whole = finished(
        &team.past(),
        None,
        &days[..1],
        at("2026-11-27", 0),
        Measure::Effort,
    );
    assert_eq!(whole, [21.0]);
}

#[test]
fn bt_24_what_has_not_moved_is_told_by_the_trail() {
    let (team, [a, .., e]) = vector();
    let past = team.past();
    let moved = |item| last_moved(past.item(item).unwrap());
    assert_eq!(moved(a), Some(at("2026-11-19", 12)));
    assert_eq!(moved(e), Some(at("2026-11-18", 12)));
}

#[test]
fn formulas_5_9_peers_with_the_same_changes_draw_the_same_chart() {
    let (team, _) = vector();
    let mut other = Backlog::unknown(PersonId::from_bytes([9; 16]), [9; 16]);
    for change in &team.changes {
        other.absorb(change, false).unwrap();
    }
    drop(other.take_patch());
    assert_eq!(other.histories(), team.backlog.histories());
}

#[test]
fn a_sprint_with_absurd_dates_has_a_chart() {
    let mut facts: Facts = [("state".to_owned(), Scalar::from("committed"))].into();
    assert_eq!(sprint_span(&facts, day("2026-01-01"), &Utc), None);
    facts.insert("start".to_owned(), "2026-05-01".into());
    facts.insert("end".to_owned(), "2026-04-01".into());
    facts.insert("committed_at".to_owned(), 9e15.into());
    let span: Span = sprint_span(&facts, day("2026-05-03"), &Utc).unwrap();
    assert_eq!(span.last, day("2026-05-01"));
    drop(burndown::<ItemId>(&[], &span, &Calendar::default(), &Utc));
    facts.insert("state".to_owned(), "planned".into());
    assert_eq!(sprint_span(&facts, day("2026-05-03"), &Utc), None);
}

/// What somebody does at some hour of the sprint, or after it.
fn does(team: &mut Team, items: &[ItemId], now: Timestamp, (item, what): (usize, u8)) {
    let item = items[item % items.len()];
    let place = team.backlog.row(item).unwrap().place;
    match what % 8 {
        0 if place == Place::Sprint(team.sprint) => {}
        1 if place == Place::Product => {}
        0 => team.pulls(now, item),
        1 => team.moves(now, item, Place::Product),
        2 => team.sets(now, item, Value::Estimate(Some(f64::from(what)))),
        3 => team.sets(now, item, Value::Estimate(None)),
        4 => team.stands(now, item, Status::Todo),
        5 => team.stands(now, item, Status::Dropped),
        6 => {
            let value = Value::Field(Field::Problem, Some("why".into()));
            team.sets(now, item, value);
        }
        _ => team.stands(now, item, Status::Done),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn bt_24_charts_of_a_closed_sprint_are_a_function_of_the_trail_up_to_its_close(
        before in prop::collection::vec((0_usize..6, 0_u8..64), 0..25),
        after in prop::collection::vec((0_usize..6, 0_u8..64), 1..25),
    ) {
        let mut team = Team::new();
        let items = team.adds(at("2026-11-01", 0), &[1.0, 2.0, 3.0, 5.0, 8.0, 13.0]);
        for item in &items[..3] {
            team.pulls(at("2026-11-10", 0), *item);
        }
        team.commits(at("2026-11-16", 8), "2026-11-16", "2026-11-27");
        for (hour, deed) in before.iter().enumerate() {
            does(&mut team, &items, at("2026-11-16", 9 + 11 * hour as i64), *deed);
        }
        let close = at("2026-11-27", 17);
        team.closes(close);
        let today = day("2027-02-01");
        let shown = |team: &Team| {
            let (chart, trail) = team.chart(today, &berlin);
            let deeds: Vec<_> = chart.changes.iter().map(|change| (trail.deeds[change.event], change.kind, change.point)).collect();
            let velocity = team.closed();
            (chart.points, chart.commitment, chart.now, deeds, velocity)
        };
        let at_close = shown(&team);
        for (hour, deed) in after.iter().enumerate() {
            does(&mut team, &items, close.plus_ms(hour as i64 * HOUR), *deed);
        }
        prop_assert_eq!(shown(&team), at_close);
    }
}

#[test]
fn bt_23_required_rate_and_finish_of_a_release() {
    let today = day("2026-11-16");
    let stands = |remaining, velocity, target: Option<&str>| {
        outlook(remaining, velocity, today, target.map(day), 14)
    };
    // Two whole sprints fit until the target: 15 remain too much at 20 a sprint.
    let behind = stands(55.0, 20.0, Some("2026-12-13"));
    assert_eq!(
        (behind.until_target, behind.required),
        (Some(2), Some(27.5))
    );
    let said = behind.on_track.unwrap().say("points", "sprint");
    assert_eq!(said, "Behind by 15 points (about 1 sprint)");
    assert_eq!(
        (behind.left, behind.finish),
        (Some(3), Some(day("2026-12-27")))
    );
    let ahead = stands(30.0, 20.0, Some("2026-12-13"));
    assert_eq!(
        ahead.on_track.unwrap().say("points", "sprint"),
        "On track, 10 points ahead"
    );
    // The sprint that is under way counts as one, a target that is over as none.
    assert_eq!(stands(30.0, 20.0, Some("2026-11-17")).until_target, Some(1));
    assert_eq!(stands(30.0, 20.0, Some("2026-11-15")).required, None);
    let none = stands(30.0, 0.0, None);
    assert_eq!((none.left, none.finish, none.on_track), (None, None, None));
    assert_eq!(stands(0.0, 0.0, None).finish, Some(today));
}

#[test]
fn formulas_5_10_weeks_begin_on_mondays_and_the_one_under_way_does_not_count() {
    let (team, _) = vector();
    let of = |source, today| periods(&team.past(), &[], source, day(today), &Utc);
    let sums = |found: Vec<(f64, bool)>| found.into_iter().map(|(sum, _)| sum).collect::<Vec<_>>();
    // The backlog began on Sunday, 1 November.
    assert_eq!(sums(of(Source::Items, "2026-11-30")), [0.0, 0.0, 2.0, 2.0]);
    assert_eq!(sums(of(Source::Weeks, "2026-11-30")), [0.0, 0.0, 8.0, 16.0]);
    assert_eq!(sums(of(Source::Items, "2026-11-29")), [0.0, 0.0, 2.0]);
    assert_eq!(of(Source::Items, "2026-10-01"), []);
    let closed = Closed {
        done: 7.0,
        excluded: Some("ill".into()),
        ..Closed::default()
    };
    let found = periods(
        &team.past(),
        &[closed],
        Source::Sprints,
        day("2026-11-30"),
        &Utc,
    );
    assert_eq!(found, [(7.0, true)]);
}

#[test]
fn only_here_4_15_earlier_forecasts_are_held_against_what_came_true() {
    let steady: Vec<(f64, bool)> = (0..12).map(|_| (5.0, false)).collect();
    let found = hindsight(&steady, 12, 85);
    assert_eq!(found, vec![(3.0, 3.0); 5]);
    assert_eq!(hindsight(&steady[..7], 12, 85), []);
    // After a slump more was forecast than was needed.
    let mut better = steady;
    better[..8].iter_mut().for_each(|period| period.0 = 1.0);
    assert!(
        hindsight(&better, 12, 85)
            .iter()
            .all(|(forecast, came)| forecast >= came)
    );
}

#[test]
fn bt_31_a_feature_and_its_stories_are_never_counted_twice() {
    let mut team = Team::new();
    let [feature, a, b] = team.adds(at("2026-11-02", 0), &[8.0, 3.0, 5.0])[..] else {
        unreachable!()
    };
    let parents = [(a, feature), (b, feature)].into();
    team.pulls(at("2026-11-03", 0), feature);
    team.pulls(at("2026-11-04", 0), a);
    team.pulls(at("2026-11-05", 0), b);
    team.sets(at("2026-11-06", 0), feature, Value::Estimate(Some(13.0)));
    team.stands(at("2026-11-07", 0), a, Status::Done);
    team.moves(at("2026-11-08", 0), a, Place::Product);
    team.moves(at("2026-11-09", 0), b, Place::Product);
    let trail = Trail::of(&team.past(), &Scope::sprint(team.sprint)).counting_once(&parents);
    let ends: Vec<Timestamp> = (3..10)
        .map(|n| at(&format!("2026-11-{n:02}"), 12))
        .collect();
    let sums = sums_at(&trail.events, &ends);
    let scopes: Vec<f64> = sums.iter().map(|sums| sums.scope).collect();
    assert_eq!(scopes, [8.0, 3.0, 8.0, 8.0, 8.0, 5.0, 13.0]);
    assert_eq!(sums[4].done, 3.0);
    // Two that were made part of each other while apart do not both vanish, nor does anybody wait for ever.
    let circle = [(a, feature), (feature, a)].into();
    let trail = Trail::of(&team.past(), &Scope::sprint(team.sprint)).counting_once(&circle);
    assert!(sums_at(&trail.events, &ends[1..2])[0].scope > 0.0);
}
