//! Sprints as the backlog holds them: their days, who is there, what fits them, and what they came to (BT-12, BT-15).
//!
//! What a sprint was committed to and what was finished in it stand in registers of its own, one for each story with
//! its estimate at that moment. So a closed sprint's numbers follow from the sprint alone and nothing that happens to
//! its stories later changes them; what two people wrote into them while apart adds up to both.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::{ItemId, PersonId, RecordId},
    model::{
        Collection, Facts, Place, Row, Scalar, Status, Thing, Things,
        item::words,
        thing::{self, is_on, number, text},
    },
    planning::{
        capacity::{self, Ahead},
        day::Day,
        round,
        velocity::{self, Average, Closed, Rule, Velocity},
        working_days::{self, Calendar},
    },
    time::Timestamp,
};

use super::{Settings, check::moment};

words! {
    /// How far a sprint is.
    State {
        /// Stories are being chosen.
        Planned = "planned", "Planned";
        /// The team committed to it.
        Committed = "committed", "Committed";
        /// It is over.
        Closed = "closed", "Closed";
    }
}

/// A sprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Sprint {
    /// The sprint.
    pub id: RecordId,
    /// What it is called.
    pub name: String,
    /// What it is to reach; empty when unsaid.
    pub goal: String,
    /// Its first day.
    pub start: Option<Day>,
    /// Its last day.
    pub end: Option<Day>,
    /// The release that it belongs to.
    pub release: Option<RecordId>,
    /// How far it is.
    pub state: State,
    /// What it should hold at most, where somebody typed it.
    pub capacity: Option<f64>,
    /// Why it does not count for the velocity, where somebody said so.
    pub excluded: Option<String>,
    /// When it was committed, and by whom.
    pub committed: (Option<Timestamp>, Option<PersonId>),
    /// When it was closed, and by whom.
    pub closed: (Option<Timestamp>, Option<PersonId>),
    /// What was in it when it was committed, with the estimates then.
    pub stories: BTreeMap<ItemId, f64>,
    /// What was finished in it when it was closed, with the estimates then.
    pub finished: BTreeMap<ItemId, f64>,
    /// What was proposed for it, and by whom.
    pub proposed: BTreeMap<ItemId, PersonId>,
    /// What was proposed to be taken out of it, and by whom.
    pub leaving: BTreeMap<ItemId, PersonId>,
}

impl Sprint {
    fn of(id: RecordId, facts: &Facts) -> Self {
        let line = |key| text(facts, key).to_owned();
        let person = |value: &Scalar| value.text()?.parse().ok();
        let state = State::from_word(text(facts, "state")).unwrap_or(State::Planned);
        Self {
            id,
            name: line("name"),
            goal: line("goal"),
            start: text(facts, "start").parse().ok(),
            end: text(facts, "end").parse().ok(),
            release: text(facts, "release").parse().ok(),
            state,
            capacity: number(facts, "capacity"),
            excluded: Some(line("excluded")).filter(|reason| !reason.is_empty()),
            committed: (
                moment(number(facts, "committed_at")),
                text(facts, "committed_by").parse().ok(),
            ),
            closed: (
                moment(number(facts, "closed_at")),
                text(facts, "closed_by").parse().ok(),
            ),
            stories: by_item(facts, "story:", Scalar::number),
            finished: by_item(facts, "finished:", Scalar::number),
            proposed: by_item(facts, "proposed:", person),
            leaving: by_item(facts, "leaving:", person),
        }
    }

    /// The backlog that it is.
    #[must_use]
    pub const fn place(&self) -> Place {
        Place::Sprint(self.id)
    }

    /// Its record.
    #[must_use]
    pub const fn thing(&self) -> Thing {
        Thing::Record(Collection::Sprints, self.id)
    }

    /// Its first and last day, where both are known.
    #[must_use]
    pub fn days(&self) -> Option<(Day, Day)> {
        self.start.zip(self.end)
    }

    /// Whether today is one of its days.
    #[must_use]
    pub fn is_on(&self, today: Day) -> bool {
        self.days()
            .is_some_and(|(start, end)| start <= today && today <= end)
    }

    /// The working days left, today included (BT-12); `None` without days.
    #[must_use]
    pub fn days_left(&self, calendar: &Calendar, today: Day) -> Option<u32> {
        let (start, end) = self.days()?;
        Some(calendar.left(start, end, today))
    }

    /// Its working days; `None` without days.
    #[must_use]
    pub fn working_days(&self, calendar: &Calendar) -> Option<u32> {
        let (start, end) = self.days()?;
        Some(calendar.between(start, end))
    }

    /// What was in it when it was committed.
    #[must_use]
    pub fn commitment(&self) -> f64 {
        round::nine(self.stories.values().sum())
    }

    /// What was finished in it and is open again: told beside its numbers, which stay (`formulas.md` §5.8).
    pub fn reopened<'a>(
        &'a self,
        find: impl Fn(ItemId) -> Option<Row> + 'a,
    ) -> impl Iterator<Item = ItemId> + 'a {
        self.finished
            .keys()
            .copied()
            .filter(move |item| find(*item).is_some_and(|row| row.status.is_open()))
    }
}

fn by_item<T>(
    facts: &Facts,
    prefix: &str,
    read: impl Fn(&Scalar) -> Option<T>,
) -> BTreeMap<ItemId, T> {
    facts
        .range(prefix.to_owned()..)
        .take_while(|(key, _)| key.starts_with(prefix))
        .filter_map(|(key, value)| Some((key[prefix.len()..].parse().ok()?, read(value)?)))
        .collect()
}

/// The sprints that are not put away: those with a start by that, then the others in their order.
#[must_use]
pub fn all(things: &Things) -> Vec<Sprint> {
    let records = thing::records(things, Collection::Sprints).into_iter();
    let mut sprints: Vec<Sprint> = records.map(|(id, facts)| Sprint::of(id, facts)).collect();
    sprints.sort_by_key(|sprint| (sprint.start.is_none(), sprint.start));
    sprints
}

/// One sprint, unless it is put away.
#[must_use]
pub fn one(things: &Things, id: RecordId) -> Option<Sprint> {
    let facts = things.get(&Thing::Record(Collection::Sprints, id))?;
    (thing::exists(facts) && !is_on(facts, "archived")).then(|| Sprint::of(id, facts))
}

/// The closed sprints with what they came to, in the order of their close. A story that two of them finished, as people
/// who were apart can make it, counts in the first.
#[must_use]
pub fn closed(things: &Things) -> Vec<(Sprint, Closed)> {
    let mut sprints = all(things);
    sprints.retain(|sprint| sprint.state == State::Closed);
    sprints.sort_by_key(|sprint| (sprint.closed.0, sprint.id));
    let mut counted = BTreeSet::new();
    let with_sums = |sprint: Sprint| {
        let own: Vec<(ItemId, f64)> = sprint
            .finished
            .iter()
            .filter(|(item, _)| counted.insert(**item))
            .map(|(item, size)| (*item, *size))
            .collect();
        let begun = own.iter().filter_map(|(item, _)| sprint.stories.get(item));
        let sums = Closed {
            done: round::nine(own.iter().map(|(_, size)| size).sum()),
            committed: sprint.commitment(),
            committed_done: round::nine(begun.sum()),
            excluded: sprint.excluded.clone(),
        };
        (sprint, sums)
    };
    sprints.into_iter().map(with_sums).collect()
}

/// What one of the closed sprints, in the order of their close, finished: what counts for it, with the estimates then.
pub fn finished(closed: &[(Sprint, Closed)], place: usize) -> impl Iterator<Item = (ItemId, f64)> {
    let (before, from) = closed.split_at(place.min(closed.len()));
    let own = from
        .first()
        .into_iter()
        .flat_map(|(sprint, _)| &sprint.finished);
    let is_new = move |item: &ItemId| {
        let mut earlier = before.iter();
        !earlier.any(|(sprint, _)| sprint.finished.contains_key(item))
    };
    own.filter(move |(item, _)| is_new(item))
        .map(|(item, size)| (*item, *size))
}

/// Where a team's velocity comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// Somebody typed it into the settings.
    Typed,
    /// The last closed sprints.
    Sprints,
}

/// The velocity that a team plans with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TeamVelocity {
    /// Effort per sprint.
    pub value: f64,
    /// Where it comes from.
    pub source: Source,
    /// What the closed sprints say, where there are any that count.
    pub measured: Option<Velocity>,
}

/// Which sprints count, and how, as the team set it.
#[must_use]
pub fn rule(things: &Things) -> Rule {
    let usual = Rule::default();
    let Some(facts) = things.get(&Thing::Product) else {
        return usual;
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the register takes 0 to 1,000"
    )]
    let window = number(facts, "velocity_window").map(|window| window.clamp(0.0, 1_000.0) as usize);
    Rule {
        window: window.unwrap_or(usual.window),
        average: Average::from_word(text(facts, "velocity_mean")).unwrap_or(usual.average),
    }
}

/// The velocity to plan with: the one that was typed, else that of the closed sprints; `None` without either.
#[must_use]
pub fn team_velocity(things: &Things) -> Option<TeamVelocity> {
    let closed: Vec<Closed> = closed(things).into_iter().map(|(_, sums)| sums).collect();
    let measured = velocity::velocity(&closed, rule(things));
    let typed = Settings::of(things).velocity;
    let (value, source) = match typed {
        Some(typed) => (typed, Source::Typed),
        None => (round::nine(measured?.value), Source::Sprints),
    };
    Some(TeamVelocity {
        value,
        source,
        measured,
    })
}

impl TeamVelocity {
    /// Where it comes from, for people: `typed in the settings`, `mean of the last 3 sprints, 12–20`.
    #[must_use]
    pub fn explained(&self, rule: Rule) -> String {
        let span = |velocity: &Velocity| {
            let (min, max) = (round::text(velocity.min, 1), round::text(velocity.max, 1));
            format!("{min}\u{2013}{max}")
        };
        match (self.source, &self.measured) {
            (Source::Typed, Some(measured)) => {
                format!("typed in the settings; closed sprints: {}", span(measured))
            }
            (Source::Typed, None) | (Source::Sprints, None) => "typed in the settings".to_owned(),
            (Source::Sprints, Some(measured)) => {
                let average = rule.average.label().to_lowercase();
                let sprints = match measured.sprints {
                    1 => "the last sprint".to_owned(),
                    many => format!("the last {many} sprints"),
                };
                let span = span(measured);
                let doubt = if measured.provisional {
                    ", provisional"
                } else {
                    ""
                };
                format!("{average} of {sprints}, {span}{doubt}")
            }
        }
    }
}

/// Somebody of the team in a sprint.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Which share of a full week they work, in percent.
    pub availability: f64,
    /// Their time in the sprint, in working days.
    pub time: capacity::Person,
    /// The days of the sprint on which they are away: which part of the day, 0 to 1.
    pub off: BTreeMap<Day, f64>,
}

/// Who works in a sprint: those with the team's role; where nobody has it, everybody whose availability was set. Those
/// who left are not among them.
#[must_use]
pub fn team(things: &Things, days: Option<(Day, Day)>) -> Vec<Member> {
    let people: Vec<(PersonId, &Facts)> = things
        .iter()
        .filter_map(|(thing, facts)| match thing {
            Thing::Person(person) if !is_on(facts, "left") => Some((*person, facts)),
            Thing::Person(_) | Thing::Product | Thing::Record(..) => None,
        })
        .collect();
    let has_team = people
        .iter()
        .any(|(_, facts)| text(facts, "role") == "team");
    let works = |facts: &Facts| match has_team {
        true => text(facts, "role") == "team",
        false => facts.contains_key("availability"),
    };
    let people = people.into_iter().filter(|(_, facts)| works(facts));
    let calendar = Settings::of(things).calendar;
    people
        .map(|(person, facts)| member(person, facts, &calendar, days))
        .collect()
}

fn member(
    person: PersonId,
    facts: &Facts,
    calendar: &Calendar,
    days: Option<(Day, Day)>,
) -> Member {
    let availability = number(facts, "availability")
        .unwrap_or(100.0)
        .clamp(0.0, 100.0);
    let share = availability / 100.0;
    let within = |day: &Day| days.is_some_and(|(start, end)| start <= *day && *day <= end);
    let off: BTreeMap<Day, f64> = facts
        .range("off:".to_owned()..)
        .take_while(|(key, _)| key.starts_with("off:"))
        .filter_map(|(key, value)| Some((key[4..].parse().ok()?, value.number()?)))
        .filter(|(day, part)| within(day) && *part > 0.0)
        .collect();
    let working = days.map_or(0, |(start, end)| calendar.between(start, end));
    let away: f64 = off
        .iter()
        .filter(|(day, _)| calendar.is_working(**day))
        .map(|(_, part)| part.min(1.0))
        .sum();
    Member {
        person,
        availability,
        // Somebody who works half of each day is missed for half of it.
        time: capacity::Person {
            working: round::nine(f64::from(working) * share),
            off: round::nine(away * share),
        },
        off,
    }
}

/// What a sprint should hold at most, and how that comes about (BT-15).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// The limit in force: the typed one, else the suggested one.
    pub value: f64,
    /// Whether it was typed.
    pub typed: bool,
    /// Velocity times availability, where there is a velocity.
    pub suggested: Option<f64>,
    /// Which share of the team's days is there; `None` where nothing is known of it.
    pub available: Option<f64>,
}

/// The limit of a sprint; `None` without a typed one and without a velocity.
#[must_use]
pub fn limit(things: &Things, sprint: &Sprint) -> Option<Limit> {
    let velocity = team_velocity(things).map(|velocity| velocity.value);
    limit_with(things, sprint, velocity)
}

fn limit_with(things: &Things, sprint: &Sprint, velocity: Option<f64>) -> Option<Limit> {
    let people: Vec<capacity::Person> = team(things, sprint.days())
        .iter()
        .map(|one| one.time)
        .collect();
    let available = capacity::available(&people);
    let suggested = velocity.map(|velocity| capacity::sprint_limit(velocity, available));
    Some(Limit {
        value: sprint.capacity.or(suggested)?,
        typed: sprint.capacity.is_some(),
        suggested,
        available,
    })
}

/// The sprints of a release that are not closed and not over, with what each holds (BT-14).
#[must_use]
pub fn ahead(things: &Things, release: RecordId, today: Day) -> Vec<Ahead> {
    let velocity = team_velocity(things).map(|velocity| velocity.value);
    all(things)
        .iter()
        .filter(|sprint| sprint.release == Some(release) && sprint.state != State::Closed)
        .filter_map(|sprint| {
            let end = sprint.end.filter(|end| *end >= today)?;
            let limit = limit_with(things, sprint, velocity)?.value;
            Some(Ahead { end, limit })
        })
        .collect()
}

/// The points of stories: all, done, and how many have no estimate. Dropped ones and those put away do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Stories that count.
    pub stories: usize,
    /// Those that are done.
    pub stories_done: usize,
    /// Their estimates.
    pub points: f64,
    /// The estimates of those that are done.
    pub done: f64,
    /// Those without an estimate.
    pub unestimated: usize,
}

impl Load {
    /// Adds up stories.
    #[must_use]
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Self {
        let mut load = Self::default();
        for row in rows {
            let done = row.status == Status::Done;
            if !done && !row.status.is_open() {
                continue;
            }
            let size = row.estimate.unwrap_or(0.0);
            load.stories += 1;
            load.points += size;
            load.unestimated += usize::from(row.estimate.is_none());
            if done {
                load.stories_done += 1;
                load.done += size;
            }
        }
        load.points = round::nine(load.points);
        load.done = round::nine(load.done);
        load
    }

    /// How much of it is cleared, in percent: by points, or by stories where none is estimated (BT-57).
    #[must_use]
    pub fn cleared(&self) -> Option<f64> {
        let (done, all) = match self.points > 0.0 {
            true => (self.done, self.points),
            false => (self.stories_done as f64, self.stories as f64),
        };
        (all > 0.0).then(|| 100.0 * done / all)
    }
}

/// The days that a new sprint is offered: after the last one and as long, else two weeks from the next Monday.
#[must_use]
pub fn next_days(sprints: &[Sprint], today: Day) -> (Day, Day) {
    let last = sprints
        .iter()
        .filter_map(Sprint::days)
        .max_by_key(|(_, end)| *end);
    match last {
        Some((start, end)) => (end.plus(1), end.plus(1 + end.days_since(start).max(0))),
        None => {
            let monday = working_days::days(today, today.plus(6))
                .find(|day| day.weekday() == chrono::Weekday::Mon)
                .unwrap_or(today);
            (monday, monday.plus(13))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: char) -> RecordId {
        n.to_string().repeat(12).parse().unwrap()
    }

    fn item(n: char) -> ItemId {
        n.to_string().repeat(12).parse().unwrap()
    }

    fn sprint(things: &mut Things, id: char, facts: &[(&str, Scalar)]) {
        let mut own: Facts = facts
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        own.insert("created".to_owned(), 1.0.into());
        things.insert(Thing::Record(Collection::Sprints, record(id)), own);
    }

    fn person(things: &mut Things, n: u8, facts: &[(&str, Scalar)]) {
        let own = facts
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        things.insert(Thing::Person(PersonId::from_bytes([n; 16])), own);
    }

    fn shut(things: &mut Things, id: char, at: f64, finished: &[(char, f64)]) {
        let mut facts: Vec<(String, Scalar)> = vec![
            ("state".to_owned(), "closed".into()),
            ("closed_at".to_owned(), at.into()),
        ];
        facts.extend(
            finished
                .iter()
                .map(|(id, size)| (format!("finished:{}", item(*id)), (*size).into())),
        );
        let facts: Vec<(&str, Scalar)> = facts
            .iter()
            .map(|(key, value)| (key.as_str(), value.clone()))
            .collect();
        sprint(things, id, &facts);
    }

    #[test]
    fn bt_12_sprints_stand_by_their_start_and_say_how_many_working_days_are_left() {
        let mut things = Things::new();
        sprint(&mut things, 'a', &[("order", "z".into())]);
        sprint(
            &mut things,
            'b',
            &[("start", "2026-12-07".into()), ("end", "2026-12-18".into())],
        );
        sprint(
            &mut things,
            'c',
            &[("start", "2026-11-23".into()), ("end", "2026-12-04".into())],
        );
        sprint(&mut things, 'd', &[("archived", true.into())]);
        let found = all(&things);
        let ids: Vec<RecordId> = found.iter().map(|sprint| sprint.id).collect();
        assert_eq!(ids, [record('c'), record('b'), record('a')]);
        let left = |day: &str| found[0].days_left(&Calendar::default(), day.parse().unwrap());
        assert_eq!(left("2026-11-20"), Some(10));
        assert_eq!(left("2026-11-28"), Some(5));
        assert_eq!(left("2026-12-04"), Some(1));
        assert_eq!(left("2026-12-05"), Some(0));
        assert_eq!(
            found[2].days_left(&Calendar::default(), "2026-12-05".parse().unwrap()),
            None
        );
        assert!(one(&things, record('d')).is_none());
    }

    #[test]
    fn bt_15_the_limit_is_velocity_times_who_is_there() {
        let mut things = Things::new();
        things.insert(
            Thing::Product,
            [("velocity".to_owned(), 20.0.into())].into(),
        );
        sprint(
            &mut things,
            'a',
            &[("start", "2026-11-23".into()), ("end", "2026-12-04".into())],
        );
        let sprint_a = |things: &Things| one(things, record('a')).unwrap();
        let bare = limit(&things, &sprint_a(&things)).unwrap();
        assert_eq!(
            (bare.value, bare.available, bare.typed),
            (20.0, None, false)
        );
        person(
            &mut things,
            1,
            &[
                ("role", "team".into()),
                ("off:2026-11-24", 1.0.into()),
                ("off:2026-11-28", 1.0.into()),
            ],
        );
        person(
            &mut things,
            2,
            &[
                ("role", "team".into()),
                ("availability", 50.0.into()),
                ("off:2026-11-25", 0.5.into()),
            ],
        );
        person(
            &mut things,
            3,
            &[("role", "pm".into()), ("off:2026-11-25", 1.0.into())],
        );
        person(
            &mut things,
            4,
            &[("role", "team".into()), ("left", true.into())],
        );
        // 10 + 5 days, less 1 and a quarter; the Saturday off takes nothing.
        let found = limit(&things, &sprint_a(&things)).unwrap();
        assert_eq!(found.available, Some(round::nine(13.75 / 15.0)));
        assert_eq!(found.value, round::nine(20.0 * round::nine(13.75 / 15.0)));
        assert_eq!(team(&things, sprint_a(&things).days()).len(), 2);
        sprint(&mut things, 'a', &[("capacity", 7.0.into())]);
        let typed = limit(&things, &sprint_a(&things)).unwrap();
        assert_eq!(
            (typed.value, typed.typed, typed.suggested),
            (7.0, true, Some(20.0))
        );
    }

    #[test]
    fn bt_15_velocity_says_where_it_comes_from() {
        let mut things = Things::new();
        assert_eq!(team_velocity(&things), None);
        for (at, (id, done)) in [('a', 37.0), ('b', 47.0), ('c', 50.0), ('d', 57.0)]
            .into_iter()
            .enumerate()
        {
            shut(&mut things, id, at as f64, &[(id, done)]);
        }
        let found = team_velocity(&things).unwrap();
        assert_eq!(found.value, round::nine(154.0 / 3.0));
        assert_eq!(found.source, Source::Sprints);
        assert_eq!(
            found.explained(rule(&things)),
            "mean of the last 3 sprints, 47\u{2013}57"
        );
        let set = [
            ("velocity_window", Scalar::from(0.0)),
            ("velocity_mean", "median".into()),
        ];
        let set = set.map(|(key, value)| (key.to_owned(), value));
        things.insert(Thing::Product, set.into());
        assert_eq!(team_velocity(&things).unwrap().value, 48.5);
        things.insert(
            Thing::Product,
            [("velocity".to_owned(), 30.0.into())].into(),
        );
        let typed = team_velocity(&things).unwrap();
        assert_eq!((typed.value, typed.source), (30.0, Source::Typed));
        assert_eq!(
            typed.explained(rule(&things)),
            "typed in the settings; closed sprints: 47\u{2013}57"
        );
    }

    #[test]
    fn bt_57_a_story_that_two_closed_sprints_finished_counts_in_the_first() {
        let mut things = Things::new();
        shut(&mut things, 'b', 1.0, &[('x', 5.0), ('y', 3.0)]);
        shut(&mut things, 'a', 2.0, &[('x', 5.0), ('z', 2.0)]);
        let found = closed(&things);
        let done: Vec<f64> = found.iter().map(|(_, sums)| sums.done).collect();
        assert_eq!(done, [8.0, 2.0]);
    }

    #[test]
    fn bt_57_cleared_is_by_points_and_without_points_by_stories() {
        let row = |id: char, estimate: Option<f64>, status: Status| Row {
            estimate,
            status,
            ..Row::blank(item(id))
        };
        let rows = [
            row('a', Some(21.0), Status::Done),
            row('b', Some(5.0), Status::Todo),
            row('c', Some(8.0), Status::Dropped),
        ];
        assert_eq!(Load::of(&rows).cleared().map(f64::round), Some(81.0));
        let bare = [row('a', None, Status::Done), row('b', None, Status::Doing)];
        assert_eq!(Load::of(&bare).cleared(), Some(50.0));
        assert_eq!(Load::of(&[]).cleared(), None);
    }

    #[test]
    fn bt_14_sprints_ahead_are_those_of_the_release_that_are_not_over() {
        let mut things = Things::new();
        things.insert(
            Thing::Product,
            [("velocity".to_owned(), 10.0.into())].into(),
        );
        let release = Scalar::from(record('r').to_string());
        for (id, start, end) in [
            ('a', "2026-11-02", "2026-11-13"),
            ('b', "2026-11-16", "2026-11-27"),
            ('c', "2026-11-30", "2026-12-11"),
        ] {
            sprint(
                &mut things,
                id,
                &[
                    ("start", start.into()),
                    ("end", end.into()),
                    ("release", release.clone()),
                ],
            );
        }
        sprint(
            &mut things,
            'd',
            &[("start", "2026-11-30".into()), ("end", "2026-12-11".into())],
        );
        let found = ahead(&things, record('r'), "2026-11-20".parse().unwrap());
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].limit, 10.0);
        let next = next_days(&all(&things), "2026-11-20".parse().unwrap());
        assert_eq!(
            (next.0.to_string(), next.1.to_string()),
            ("2026-12-12".to_owned(), "2026-12-23".to_owned())
        );
        let first = next_days(&[], "2026-11-21".parse().unwrap());
        assert_eq!(first.0.to_string(), "2026-11-23");
    }
}
