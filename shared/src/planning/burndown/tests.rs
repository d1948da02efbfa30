use proptest::prelude::*;

use super::*;
use crate::planning::{
    day::{Utc, tests::berlin},
    velocity::{Average, Rule, Velocity, velocity},
};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// The first day of the vector: a Monday.
fn first() -> Day {
    day("2026-11-16")
}

/// The moment in the middle of the d-th working day; 0 is before the start.
fn on(working_day: i64) -> Timestamp {
    let weekend = if working_day > 5 { 2 } else { 0 };
    first()
        .plus(working_day - 1 + weekend)
        .start(&Utc)
        .plus_ms(12 * 3_600_000)
}

fn event(working_day: i64, item: char, what: What) -> Event<char> {
    Event {
        at: on(working_day),
        item,
        what,
    }
}

fn vector() -> Vec<Event<char>> {
    let mut trail = Vec::new();
    for (item, size) in [('A', 5.0), ('B', 3.0), ('C', 8.0), ('D', 2.0)] {
        trail.push(event(-3, item, What::Estimated(Some(size))));
        trail.push(event(-2, item, What::Entered));
    }
    trail.extend([
        event(2, 'B', What::Done),
        event(3, 'E', What::Estimated(Some(5.0))),
        event(3, 'E', What::Entered),
        event(4, 'A', What::Done),
        event(5, 'C', What::Estimated(Some(13.0))),
        event(6, 'D', What::Left),
        event(7, 'B', What::Reopened),
        event(8, 'B', What::Done),
        event(9, 'C', What::Done),
    ]);
    trail
}

fn span() -> Span {
    Span {
        started: first().start(&Utc),
        first: first(),
        last: day("2026-11-27"),
        closed: None,
        today: day("2026-11-27"),
    }
}

fn chart(trail: &[Event<char>], span: &Span) -> Burndown {
    burndown(trail, span, &Calendar::default(), &Utc)
}

/// The numbers of the start and of the working days.
fn row(chart: &Burndown, of: fn(&Point) -> f64) -> Vec<f64> {
    chart
        .points
        .iter()
        .filter(|point| point.day.is_none() || point.working)
        .map(of)
        .collect()
}

fn sums(point: &Point) -> Sums {
    point.sums.unwrap()
}

#[test]
fn bt_24_burndown_vector() {
    let chart = chart(&vector(), &span());
    assert_eq!(chart.commitment, 18.0);
    let scope = row(&chart, |point| sums(point).scope);
    assert_eq!(
        scope,
        [
            18.0, 18.0, 18.0, 23.0, 23.0, 28.0, 26.0, 26.0, 26.0, 26.0, 26.0
        ]
    );
    let done = row(&chart, |point| sums(point).done);
    assert_eq!(
        done,
        [0.0, 0.0, 3.0, 3.0, 8.0, 8.0, 8.0, 5.0, 8.0, 21.0, 21.0]
    );
    let remaining = row(&chart, |point| sums(point).remaining());
    assert_eq!(
        remaining,
        [
            18.0, 18.0, 15.0, 20.0, 15.0, 20.0, 18.0, 21.0, 18.0, 5.0, 5.0
        ]
    );
    let ideal = row(&chart, |point| point.ideal);
    assert_eq!(
        ideal,
        [18.0, 16.2, 14.4, 12.6, 10.8, 9.0, 7.2, 5.4, 3.6, 1.8, 0.0]
    );
    assert_eq!(round::text(chart.cleared().unwrap(), 0), "81");
}

#[test]
fn bt_24_the_ideal_line_is_flat_over_the_weekend() {
    let chart = chart(&vector(), &span());
    let weekend: Vec<f64> = chart
        .points
        .iter()
        .filter(|point| point.day.is_some() && !point.working)
        .map(|point| point.ideal)
        .collect();
    assert_eq!(weekend, [9.0, 9.0]);
    assert_eq!(chart.points.len(), 13);
}

#[test]
fn bt_24_scope_changes_are_marked_as_such() {
    let trail = vector();
    let chart = chart(&trail, &span());
    let told: Vec<(char, Kind, f64, f64)> = chart
        .changes
        .iter()
        .map(|change| {
            (
                trail[change.event].item,
                change.kind,
                change.scope,
                change.done,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ('B', Kind::Done, 0.0, 3.0),
            ('E', Kind::Added, 5.0, 0.0),
            ('A', Kind::Done, 0.0, 5.0),
            ('C', Kind::Reestimated, 5.0, 0.0),
            ('D', Kind::Removed, -2.0, 0.0),
            ('B', Kind::Reopened, 0.0, -3.0),
            ('B', Kind::Done, 0.0, 3.0),
            ('C', Kind::Done, 0.0, 13.0),
        ]
    );
    assert!(chart.changes.iter().all(
        |change| chart.points[change.point].day == Some(Day::of(trail[change.event].at, &Utc))
    ));
    assert!(Kind::Reestimated.is_scope() && !Kind::Reopened.is_scope());
}

#[test]
fn bt_24_days_to_come_have_no_numbers() {
    let today = Span {
        today: first().plus(3),
        ..span()
    };
    let chart = chart(&vector(), &today);
    let known = chart
        .points
        .iter()
        .filter(|point| point.sums.is_some())
        .count();
    assert_eq!((known, chart.points.len()), (5, 13));
    assert_eq!((chart.now.scope, chart.now.done), (23.0, 8.0));
    assert_eq!(chart.ideal_now(), 10.8);
    let statement = sprint_on_track(&chart);
    assert_eq!(
        statement.say("pts", "day"),
        "Behind by 4.2 pts (about 2 days)"
    );
}

#[test]
fn bt_24_it_runs_past_the_planned_end_until_it_is_closed() {
    let mut trail = vector();
    trail.push(Event {
        at: day("2026-11-30").start(&Utc).plus_ms(1),
        item: 'E',
        what: What::Done,
    });
    let late = Span {
        closed: Some(day("2026-12-01").start(&Utc)),
        today: day("2026-12-20"),
        ..span()
    };
    let chart = chart(&trail, &late);
    let last = chart.points.last().unwrap();
    assert_eq!((last.day, last.ideal), (Some(day("2026-12-01")), 0.0));
    assert_eq!(sums(last).remaining(), 0.0);
    assert_eq!(sprint_on_track(&chart).say("pts", "day"), "Done");
}

#[test]
fn only_here_4_20_what_happens_after_the_close_is_an_annotation() {
    let closed = Span {
        closed: Some(day("2026-11-27").end(&Utc)),
        today: day("2026-12-20"),
        ..span()
    };
    let before = chart(&vector(), &closed);
    let mut trail = vector();
    trail.push(Event {
        at: day("2026-12-02").start(&Utc),
        item: 'A',
        what: What::Reopened,
    });
    trail.push(Event {
        at: day("2026-12-03").start(&Utc),
        item: 'E',
        what: What::Left,
    });
    trail.push(Event {
        at: day("2026-12-03").start(&Utc),
        item: 'Z',
        what: What::Estimated(Some(3.0)),
    });
    let after = chart(&trail, &closed);
    assert_eq!(after.points, before.points);
    assert_eq!((after.now, &after.changes), (before.now, &before.changes));
    assert_eq!(after.after_close, [trail.len() - 3, trail.len() - 2]);
    let numbers =
        |trail: &[Event<char>]| super::closed(trail, closed.started, closed.closed.unwrap());
    assert_eq!(numbers(&trail), numbers(&vector()));
}

#[test]
fn formulas_5_8_velocity_counts_the_estimate_at_completion() {
    let mut trail = vector();
    // Estimated anew after it was done: the number of the completion stays.
    trail.push(event(10, 'A', What::Estimated(Some(1.0))));
    let numbers = closed(&trail, span().started, span().stop(&Utc));
    assert_eq!((numbers.done, numbers.committed), (21.0, 18.0));
    // Of A5 B3 C8 D2, all but D was done.
    assert_eq!(numbers.committed_done, 16.0);
    let found = velocity(
        &[numbers],
        Rule {
            window: 3,
            average: Average::Mean,
        },
    )
    .unwrap();
    assert_eq!((found.value, found.provisional), (21.0, true));
}

#[test]
fn formulas_5_8_what_was_done_before_or_elsewhere_does_not_count() {
    let trail = [
        event(-3, 'A', What::Estimated(Some(5.0))),
        event(-2, 'A', What::Entered),
        event(-1, 'A', What::Done),
        event(1, 'B', What::Estimated(Some(3.0))),
        event(2, 'B', What::Done),
        event(3, 'B', What::Entered),
        event(3, 'C', What::Estimated(Some(8.0))),
        event(3, 'C', What::Entered),
        event(4, 'C', What::Done),
        event(5, 'C', What::Reopened),
    ];
    assert_eq!(closed(&trail, span().started, span().stop(&Utc)).done, 0.0);
}

#[test]
fn bt_23_release_bars_and_rates() {
    let at = |scope, done| Sums {
        scope,
        done,
        ..Sums::default()
    };
    let drawn = bars(&[at(100.0, 0.0), at(110.0, 20.0), at(105.0, 45.0)]);
    assert_eq!(
        drawn[1],
        Bar {
            top: 80.0,
            bottom: -10.0,
            remaining: 90.0,
            added: 10.0
        }
    );
    assert_eq!(
        drawn[2],
        Bar {
            top: 55.0,
            bottom: -5.0,
            remaining: 60.0,
            added: -5.0
        }
    );
    assert!(
        drawn
            .iter()
            .all(|bar| bar.top - bar.bottom == bar.remaining)
    );
    assert_eq!(sprints_left(60.0, 25.0), Some(3));
    assert_eq!(sprints_left(0.0, 0.0), Some(0));
    assert_eq!(sprints_left(60.0, 0.0), None);
    assert_eq!(required_rate(60.0, 2), Some(30.0));
    assert_eq!(required_rate(60.0, 0), None);
    assert!(bars(&[]).is_empty());
}

#[test]
fn bt_23_on_track_in_words() {
    // However little it is, "about 0 sprints" would say nothing.
    assert_eq!(
        on_track(51.0, 25.0, 2).say("pts", "sprint"),
        "Behind by 1 pts (about 1 sprint)"
    );
    assert_eq!(
        on_track(63.0, 25.0, 2).say("pts", "sprint"),
        "Behind by 13 pts (about 1 sprint)"
    );
    assert_eq!(
        on_track(110.0, 25.0, 2).say("pts", "sprint"),
        "Behind by 60 pts (about 2 sprints)"
    );
    assert_eq!(on_track(50.0, 25.0, 2).say("pts", "sprint"), "On track");
    assert_eq!(
        on_track(40.0, 25.0, 2).say("pts", "sprint"),
        "On track, 10 pts ahead"
    );
    assert_eq!(
        on_track(40.0, 0.0, 2).say("pts", "sprint"),
        "Behind by 40 pts"
    );
    assert_eq!(on_track(0.0, 0.0, 0).say("pts", "sprint"), "Done");
}

#[test]
fn bt_23_the_fan_crosses_the_scope() {
    let now = Sums {
        scope: 100.0,
        done: 40.0,
        ..Sums::default()
    };
    let velocity = Velocity {
        value: 25.0,
        min: 0.0,
        max: 60.0,
        sprints: 3,
        provisional: false,
    };
    let fan = fan(&now, &velocity);
    assert_eq!(
        (fan.likely.finish, fan.fast.finish, fan.slow.finish),
        (Some(3), Some(1), None)
    );
    assert_eq!(fan.likely.done, [65.0, 90.0, 100.0]);
}

#[test]
fn bt_24_days_end_where_they_end_in_the_zone() {
    // Two hours before midnight in UTC is tomorrow in Berlin; summer time ends on 25 October.
    let start = day("2026-10-23");
    let trail = [
        Event {
            at: start.start(&berlin).plus_ms(-5),
            item: 'A',
            what: What::Estimated(Some(4.0)),
        },
        Event {
            at: start.start(&berlin).plus_ms(-4),
            item: 'A',
            what: What::Entered,
        },
        Event {
            at: day("2026-10-26").start(&berlin).plus_ms(-1),
            item: 'A',
            what: What::Done,
        },
    ];
    let span = Span {
        started: start.start(&berlin),
        first: start,
        last: day("2026-10-27"),
        closed: None,
        today: day("2026-10-27"),
    };
    let chart = burndown(&trail, &span, &Calendar::default(), &berlin);
    let done: Vec<f64> = chart.points.iter().map(|point| sums(point).done).collect();
    assert_eq!(done, [0.0, 0.0, 0.0, 4.0, 4.0, 4.0]);
}

#[test]
fn absurd_spans_have_an_outcome() {
    let backwards = Span {
        last: day("2020-01-01"),
        ..span()
    };
    assert!(!chart(&vector(), &backwards).points.is_empty());
    let early = Span {
        today: day("0001-01-01"),
        closed: Some(Timestamp::from_ms(i64::MAX)),
        ..span()
    };
    assert_eq!(chart(&vector(), &early).commitment, 18.0);
    let endless = Span {
        last: first().plus(1_000_000),
        ..span()
    };
    assert!(chart(&vector(), &endless).points.len() <= DAYS_MAX as usize + 2);
}

fn trail() -> impl Strategy<Value = Vec<Event<char>>> {
    let what = prop_oneof![
        Just(What::Entered),
        Just(What::Left),
        prop::option::of((0_u32..200).prop_map(|tenths| f64::from(tenths) / 10.0))
            .prop_map(What::Estimated),
        Just(What::Done),
        Just(What::Reopened),
    ];
    let event = (
        -3_i64..14,
        prop::sample::select(&['A', 'B', 'C', 'D'][..]),
        what,
    );
    prop::collection::vec(
        event.prop_map(|(day, item, what)| Event {
            at: first().plus(day).start(&Utc).plus_ms(1),
            item,
            what,
        }),
        0..60,
    )
}

#[test]
fn bt_24_a_chart_is_the_same_for_who_looks_with_a_slow_clock() {
    let closed = |today| Span {
        closed: Some(on(9).plus_ms(1)),
        today,
        ..span()
    };
    let at_close = chart(&vector(), &closed(day("2026-11-26")));
    assert_eq!(at_close.now.remaining(), 5.0);
    assert_eq!(chart(&vector(), &closed(first())), at_close);
    // Of a sprint that goes on, what is done later today counts.
    let open = Span {
        today: Day::of(on(9), &Utc),
        ..span()
    };
    assert_eq!(chart(&vector(), &open).now, at_close.now);
}

proptest! {
    #[test]
    fn markers_explain_every_step_of_the_chart(trail in trail()) {
        let chart = chart(&trail, &span());
        for point in 1..chart.points.len() {
            let (before, after) = (sums(&chart.points[point - 1]), sums(&chart.points[point]));
            let own = || chart.changes.iter().filter(|change| change.point == point);
            let scope: f64 = own().map(|change| change.scope).sum();
            let done: f64 = own().map(|change| change.done).sum();
            prop_assert!((after.scope - before.scope - scope).abs() < 1e-6);
            prop_assert!((after.done - before.done - done).abs() < 1e-6);
            prop_assert!(after.remaining() >= 0.0);
        }
    }

    #[test]
    fn a_closed_chart_is_a_function_of_the_trail_up_to_its_close(trail in trail(), more in trail()) {
        let closed = Span { closed: Some(day("2026-11-27").end(&Utc)), today: day("2027-01-01"), ..span() };
        let mut longer = trail.clone();
        longer.extend(more.into_iter().map(|event| Event { at: event.at.plus_ms(30 * 86_400_000), ..event }));
        let (short, long) = (chart(&trail, &closed), chart(&longer, &closed));
        prop_assert_eq!(short.points, long.points);
        prop_assert_eq!(short.changes, long.changes);
    }

    #[test]
    fn the_order_in_which_days_are_asked_does_not_matter(trail in trail(), days in prop::collection::vec(-4_i64..15, 0..10)) {
        let moments: Vec<Timestamp> = days.iter().map(|day| first().plus(*day).start(&Utc)).collect();
        let together = sums_at(&trail, &moments);
        for (moment, sums) in moments.iter().zip(together) {
            prop_assert_eq!(sums_at(&trail, &[*moment]), vec![sums]);
        }
    }
}
