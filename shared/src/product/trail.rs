//! From the trails of items (`MODEL.md` T1) to what the formulas of charts take: the burndown of a sprint or a release,
//! the cumulative flow, what was finished in each period (BT-23, BT-24).
//!
//! Everything here is a function of the trail, so what a chart says of a closed sprint never changes. An entry counts at
//! the time that its writer's clock gave it, also where it came later. Work that was imported stands where it is from
//! its import on: what was done before that is done, and finished in no period.

use std::collections::{BTreeMap, BTreeSet};

use super::check::moment;
use crate::{
    ids::{ItemId, RecordId},
    model::{Author, Became, Collection, Facts, History, Place, Status, Thing, Things, thing},
    planning::{
        burndown::{Event, Span, What},
        day::{Day, Zone},
        flow::{Move, Step},
    },
    time::Timestamp,
};

/// The past of all items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    items: BTreeMap<ItemId, History>,
}

impl Past {
    /// Takes in what was told; a later telling of an item replaces an earlier one.
    pub fn take(&mut self, histories: Vec<History>) {
        let told = histories.into_iter().map(|history| (history.item, history));
        self.items.extend(told);
    }

    /// The past of an item.
    #[must_use]
    pub fn item(&self, item: ItemId) -> Option<&History> {
        self.items.get(&item)
    }

    /// Every item's, by id.
    pub fn all(&self) -> impl Iterator<Item = &History> {
        self.items.values()
    }

    /// The first moment that anything is known of.
    #[must_use]
    pub fn began(&self) -> Option<Timestamp> {
        let firsts = self
            .all()
            .filter_map(|history| history.transitions().first());
        firsts.map(|first| first.at).min()
    }
}

/// What a chart is of: where an item has to be to count for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope(BTreeSet<Place>);

impl Scope {
    /// A sprint.
    #[must_use]
    pub fn sprint(sprint: RecordId) -> Self {
        Self([Place::Sprint(sprint)].into())
    }

    /// A release with its sprints, also those that were put away; and what it was as a list (`MODEL.md` P3).
    #[must_use]
    pub fn release(things: &Things, release: RecordId) -> Self {
        let mut places = BTreeSet::from([Place::Release(release), Place::List(release)]);
        for (thing, facts) in things {
            if let Thing::Record(Collection::Sprints, sprint) = thing
                && thing::text(facts, "release").parse() == Ok(release)
            {
                places.insert(Place::Sprint(*sprint));
            }
        }
        Self(places)
    }

    /// Whether a place belongs to it.
    #[must_use]
    pub fn holds(&self, place: Place) -> bool {
        self.0.contains(&place)
    }
}

/// What somebody did to an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// To which item.
    pub item: ItemId,
    /// Who, where it is known.
    pub by: Option<Author>,
    /// What they set.
    pub became: Became,
}

/// The events of a chart, each with the deed behind it at the same place.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trail {
    /// What the formulas take.
    pub events: Vec<Event<ItemId>>,
    /// What people read behind a point of the chart.
    pub deeds: Vec<Deed>,
}

/// How an item stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stand {
    place: Place,
    status: Status,
    size: Option<f64>,
}

impl Stand {
    /// Before its first entry: an item that says nothing of its place is made in the product backlog.
    const BEGIN: Self = Self {
        place: Place::Product,
        status: Status::Todo,
        size: None,
    };

    const fn take(&mut self, became: Became) {
        match became {
            Became::Status(status) => self.status = status,
            Became::Place(place) => self.place = place,
            Became::Estimate(size) => self.size = size,
            Became::Kind(_) => {}
        }
    }

    fn counts(self, scope: &Scope) -> bool {
        let is_gone = self.status.is_cleared() || matches!(self.status, Status::Withdrawn);
        scope.holds(self.place) && !is_gone
    }
}

/// Plays the past of an item: its moments in order, each with how it stood before and after, and what was set. What was
/// set at the same moment is one step: an item is made with all that is known of it. Before its first moment an item
/// does not stand anywhere.
fn play(history: &History, mut each: impl FnMut(Option<Stand>, Stand, &[Deed])) {
    let mut before = None;
    let mut deeds: Vec<Deed> = Vec::new();
    for same in history.transitions().chunk_by(|a, b| a.at == b.at) {
        let mut now = before.unwrap_or(Stand::BEGIN);
        deeds.clear();
        for transition in same {
            now.take(transition.became);
            deeds.push(Deed {
                at: transition.at,
                item: history.item,
                by: history.by(transition),
                became: transition.became,
            });
        }
        each(before, now, &deeds);
        before = Some(now);
    }
}

impl Trail {
    /// The events of all that ever was in a scope. What happened to an item outside of it counts as well: it may be
    /// estimated before it comes in.
    #[must_use]
    pub fn of(past: &Past, scope: &Scope) -> Self {
        let mut trail = Self::default();
        for history in past.all() {
            let comes_in =
                |became: &Became| matches!(became, Became::Place(place) if scope.holds(*place));
            let mut entries = history.transitions().iter();
            if entries.any(|entry| comes_in(&entry.became)) {
                trail.add(history, scope);
            }
        }
        trail
    }

    fn add(&mut self, history: &History, scope: &Scope) {
        play(history, |before, now, deeds| {
            let (was_in, is_in) = (
                before.is_some_and(|before| before.counts(scope)),
                now.counts(scope),
            );
            let is_done = |stand: Stand| stand.status == Status::Done;
            let was_done = before.is_some_and(is_done);
            // A change of several registers is told by the one that brought it about.
            let last = |of: fn(&Became) -> bool| {
                let found = deeds.iter().rev().find(|deed| of(&deed.became));
                found.or(deeds.last()).copied()
            };
            let moved = || last(|became| matches!(became, Became::Place(_)));
            let stood = || last(|became| matches!(became, Became::Status(_)));
            let sized = || last(|became| matches!(became, Became::Estimate(_)));
            let across = || match before {
                Some(before) if before.place == now.place => stood(),
                Some(_) | None => moved(),
            };
            if was_in && !is_in {
                self.push(across(), What::Left);
            }
            if before.map_or(now.size.is_some(), |before| before.size != now.size) {
                self.push(sized(), What::Estimated(now.size));
            }
            if is_done(now) != was_done {
                let what = if was_done { What::Reopened } else { What::Done };
                self.push(stood(), what);
            }
            if is_in && !was_in {
                self.push(across(), What::Entered);
            }
        });
    }

    fn push(&mut self, deed: Option<Deed>, what: What) {
        if let Some(deed) = deed {
            self.push_of(deed.item, deed, what);
        }
    }

    /// What somebody did may change the size of another item: of the one that it is part of.
    fn push_of(&mut self, item: ItemId, deed: Deed, what: What) {
        let at = deed.at;
        self.events.push(Event { at, item, what });
        self.deeds.push(deed);
    }

    /// The same with no effort counted twice (BT-31): an item counts for nothing while a part of it that is estimated
    /// counts as well. `parents` says what is part of what, as it is now.
    #[must_use]
    pub fn counting_once(self, parents: &BTreeMap<ItemId, ItemId>) -> Self {
        if parents.is_empty() {
            return self;
        }
        let parents = without_circles(parents);
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by_key(|place| self.events[*place].at);
        // Whether an item is in it, and its own size.
        let mut own: BTreeMap<ItemId, (bool, Option<f64>)> = BTreeMap::new();
        // How many of its parts count.
        let mut below: BTreeMap<ItemId, usize> = BTreeMap::new();
        let mut once = Self::default();
        for place in order {
            let (event, deed) = (self.events[place], self.deeds[place]);
            let state = own.entry(event.item).or_default();
            let before = counts_itself(*state);
            match event.what {
                What::Entered => state.0 = true,
                What::Left => state.0 = false,
                What::Estimated(size) => state.1 = size,
                What::Done | What::Reopened => {}
            }
            let after = counts_itself(*state);
            let is_covered = below.get(&event.item).is_some_and(|parts| *parts > 0);
            if !(is_covered && matches!(event.what, What::Estimated(_))) {
                once.push_of(event.item, deed, event.what);
            }
            if before == after {
                continue;
            }
            let mut here = event.item;
            while let Some(parent) = parents.get(&here) {
                let parts = below.entry(*parent).or_default();
                let was_covered = *parts > 0;
                *parts = if after { *parts + 1 } else { *parts - 1 };
                let size = own.get(parent).and_then(|(_, size)| *size);
                if was_covered != (*parts > 0) && size.is_some() {
                    let size = size.filter(|_| was_covered);
                    once.push_of(*parent, deed, What::Estimated(size));
                }
                here = *parent;
            }
        }
        once
    }
}

fn counts_itself((is_in, size): (bool, Option<f64>)) -> bool {
    is_in && size.is_some_and(|size| size > 0.0)
}

/// What people who are apart made part of each other: the smallest of such a circle is part of nothing.
fn without_circles(parents: &BTreeMap<ItemId, ItemId>) -> BTreeMap<ItemId, ItemId> {
    let mut open = parents.clone();
    for start in parents.keys() {
        let mut path = vec![*start];
        while let Some(next) = path.last().and_then(|last| open.get(last)).copied() {
            if let Some(at) = path.iter().position(|seen| *seen == next) {
                if let Some(least) = path[at..].iter().min() {
                    open.remove(least);
                }
                break;
            }
            path.push(next);
        }
    }
    open
}

impl Trail {
    /// The same with the stories that were split when their sprint was closed: what of them was done is done in it, at its
    /// close (BT-57). `finished` is what the close says was finished, `closed` the last moment that counts.
    #[must_use]
    pub fn with_splits(mut self, finished: &BTreeMap<ItemId, f64>, closed: Timestamp) -> Self {
        for (item, size) in finished {
            let of_item = |event: &Event<ItemId>| event.item == *item;
            let before = self.events.iter().filter(|event| event.at <= closed);
            let state = before.filter(|event| of_item(event)).fold(
                (false, false),
                |(is_in, is_done), event| match event.what {
                    What::Entered => (true, is_done),
                    What::Left => (false, is_done),
                    What::Done => (is_in, true),
                    What::Reopened => (is_in, false),
                    What::Estimated(_) => (is_in, is_done),
                },
            );
            // What was done before the close needs no other word, and what was not in it was finished elsewhere.
            if state != (true, false) {
                continue;
            }
            let at_close = |what: fn(&What) -> bool| {
                let events = self.events.iter().enumerate();
                let mut own = events
                    .filter(|(_, event)| of_item(event) && event.at > closed && what(&event.what));
                own.next().map(|(place, _)| place)
            };
            let Some(done) = at_close(|what| matches!(what, What::Done)) else {
                continue;
            };
            let estimated = at_close(|what| matches!(what, What::Estimated(_)))
                .filter(|place| self.events[*place].at == self.events[done].at);
            if let Some(place) = estimated {
                self.events[place].at = closed;
                self.events[place].what = What::Estimated(Some(*size));
            }
            self.events[done].at = closed;
        }
        self
    }
}

/// Who finished an item that a sprint counts, and when: the last time before its close, else at it.
#[must_use]
pub fn finish(history: &History, closed: Timestamp) -> Option<Deed> {
    let all = history.transitions().iter();
    let mut done = all.filter(|entry| entry.became == Became::Status(Status::Done));
    let before = done.clone().rfind(|entry| entry.at <= closed);
    let found = before.or_else(|| done.next())?;
    Some(Deed {
        at: found.at,
        item: history.item,
        by: history.by(found),
        became: found.became,
    })
}

/// The span of a sprint that was committed; `None` for one that was not.
#[must_use]
pub fn sprint_span(sprint: &Facts, today: Day, zone: &dyn Zone) -> Option<Span> {
    let state = thing::text(sprint, "state");
    if !matches!(state, "committed" | "closed") {
        return None;
    }
    let day = |key| thing::text(sprint, key).parse::<Day>().ok();
    let moment = |key| moment(thing::number(sprint, key));
    let started = match (moment("committed_at"), day("start")) {
        (Some(at), _) => at,
        (None, Some(first)) => first.start(zone),
        (None, None) => return None,
    };
    let first = day("start").unwrap_or_else(|| Day::of(started, zone));
    let closed = moment("closed_at").filter(|_| state == "closed");
    Some(Span {
        started,
        first,
        last: day("end").unwrap_or(first).max(first),
        // What closing a sprint moves out of it happens at its close, not before it.
        closed: closed.map(|at| at.plus_ms(-1)),
        today,
    })
}

/// The span of a release with a start; it goes on until it is shipped.
#[must_use]
pub fn release_span(release: &Facts, today: Day, zone: &dyn Zone) -> Option<Span> {
    let day = |key| thing::text(release, key).parse::<Day>().ok();
    let made = moment(thing::number(release, "created")).map(|at| Day::of(at, zone));
    let first = day("start").or(made)?;
    let shipped = day("shipped").filter(|_| thing::text(release, "state") == "shipped");
    Some(Span {
        // Its baseline is what is in it when its first day begins.
        started: first.start(zone).plus_ms(-1),
        first,
        last: day("target").unwrap_or(first).max(first),
        closed: shipped.map(|day| day.end(zone).plus_ms(-1)),
        today,
    })
}

/// The states of the cumulative flow, in their order.
pub const STATES: [&str; 4] = ["To do", "Planned", "Doing", "Done"];

/// The moves of the cumulative flow: of the whole backlog, or of what is in a scope. Triage is before it.
#[must_use]
pub fn moves(past: &Past, scope: Option<&Scope>) -> Vec<Move<ItemId>> {
    let mut moves = Vec::new();
    for history in past.all() {
        let mut stood: Option<Step> = None;
        play(history, |_, now, deeds| {
            let is_in = scope.is_none_or(|scope| scope.holds(now.place));
            let step = match (now.status, now.place) {
                _ if !is_in => stood.map(|_| Step::Dropped),
                (Status::Done, _) => Some(Step::State(3)),
                (Status::Doing, _) => Some(Step::State(2)),
                (Status::Todo, Place::Release(_) | Place::Sprint(_)) => Some(Step::State(1)),
                (Status::Todo, Place::Product | Place::List(_)) => Some(Step::State(0)),
                (Status::Todo, Place::Inbox) => stood,
                // What is put away when it is done is done all the same.
                (Status::Archived, _) if stood == Some(Step::State(3)) => stood,
                (
                    Status::Dropped
                    | Status::Archived
                    | Status::Declined
                    | Status::Merged
                    | Status::Withdrawn,
                    _,
                ) => stood.map(|_| Step::Dropped),
            };
            if step != stood
                && let (Some(to), Some(deed)) = (step, deeds.first())
            {
                moves.push(Move {
                    at: deed.at,
                    item: deed.item,
                    to,
                });
            }
            stood = step;
        });
    }
    moves
}

/// How work that was finished is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Each item is one.
    Items,
    /// By the estimate at completion; without one it is nothing.
    Effort,
}

/// What was finished in each period: done in it and still done at its end. Periods follow each other; each begins at its
/// moment and ends where the next one begins, the last at `end`. Of a scope, or of the whole backlog.
#[must_use]
pub fn finished(
    past: &Past,
    scope: Option<&Scope>,
    begins: &[Timestamp],
    end: Timestamp,
    measure: Measure,
) -> Vec<f64> {
    let mut sums = vec![0.0; begins.len()];
    let period = |at: Timestamp| {
        let begun = begins.partition_point(|begin| *begin <= at);
        begun.checked_sub(1)
    };
    for history in past.all() {
        // The period that it was finished in, and its size then.
        let mut open: Option<(usize, f64)> = None;
        play(history, |before, now, deeds| {
            let Some(at) = deeds.first().map(|deed| deed.at).filter(|at| *at < end) else {
                return;
            };
            let was_done = before.is_none_or(|before| before.status == Status::Done);
            let counts = scope.is_none_or(|scope| scope.holds(now.place));
            match now.status {
                Status::Done if !was_done && counts => {
                    keep(&mut sums, open.take());
                    let size = match measure {
                        Measure::Items => 1.0,
                        Measure::Effort => now.size.unwrap_or(0.0),
                    };
                    open = period(at).map(|period| (period, size));
                }
                Status::Todo | Status::Doing | Status::Dropped | Status::Withdrawn => {
                    let earlier = |(done, _): &(usize, f64)| period(at) != Some(*done);
                    keep(&mut sums, open.take().filter(earlier));
                }
                Status::Done | Status::Archived | Status::Declined | Status::Merged => {}
            }
        });
        keep(&mut sums, open);
    }
    sums.into_iter().map(crate::planning::round::nine).collect()
}

fn keep(sums: &mut [f64], finished: Option<(usize, f64)>) {
    if let Some((period, size)) = finished
        && let Some(sum) = sums.get_mut(period)
    {
        *sum += size;
    }
}

/// When an item last moved: was made, put elsewhere, or changed its status.
#[must_use]
pub fn last_moved(history: &History) -> Option<Timestamp> {
    let moved = |became: Became| matches!(became, Became::Status(_) | Became::Place(_));
    let mut entries = history.transitions().iter().rev();
    entries
        .find(|entry| moved(entry.became))
        .map(|entry| entry.at)
}
