//! What every report is computed from: the past, the settings, the day and the zone.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Thing, Things, thing},
    planning::{
        day::Day,
        velocity::{Closed, Velocity},
        working_days::Calendar,
    },
    product::{
        sprints::{self, Sprint, TeamVelocity},
        trail::Past,
        zone::Offsets,
    },
    time::Timestamp,
};

use crate::{platform::clock, state::desk::Desk};

/// A year, in milliseconds.
const YEAR_MS: i64 = 366 * 86_400_000;

/// Signals that reports share.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// The backlog.
    pub desk: Desk,
    /// Its time zone.
    pub zone: Memo<Arc<Offsets>>,
    /// Its closed sprints with their numbers.
    pub closed: Memo<Arc<Vec<(Sprint, Closed)>>>,
    /// What the team does in a sprint.
    pub velocity: Memo<Option<TeamVelocity>>,
}

impl Source {
    /// The signals, as long as whoever calls this is on the screen.
    #[must_use]
    pub fn of(desk: Desk) -> Self {
        let name = Memo::new(move |_| {
            desk.things.with(|things| {
                let product = things.get(&Thing::Product);
                product.map_or_else(String::new, |facts| thing::text(facts, "zone").to_owned())
            })
        });
        let began = Memo::new(move |_| desk.past.with(|told| told.whole().and_then(Past::began)));
        let zone = Memo::new(move |_| {
            desk.today.track();
            let now = clock::now();
            let from = began.get().unwrap_or(now).max(Timestamp::from_ms(0));
            let offset = clock::offsets(&name.get());
            Arc::new(Offsets::between(
                from.plus_ms(-YEAR_MS),
                now.plus_ms(YEAR_MS),
                offset,
            ))
        });
        let closed = Memo::new(move |_| Arc::new(desk.things.with(sprints::closed)));
        let velocity = Memo::new(move |_| desk.things.with(sprints::team_velocity));
        Self {
            desk,
            zone,
            closed,
            velocity,
        }
    }

    /// Today in the backlog's zone. Followed.
    #[must_use]
    pub fn today(self) -> Day {
        let today = self.desk.today.with(|today| today.parse().ok());
        today.unwrap_or_else(|| self.zone.with(|zone| Day::of(clock::now(), &**zone)))
    }

    /// Which days are worked on. Followed.
    #[must_use]
    pub fn calendar(self) -> Calendar {
        self.desk.calendar()
    }

    /// Whether the past is here. Followed.
    #[must_use]
    pub fn is_told(self) -> bool {
        self.desk.past.with(|told| told.whole().is_some())
    }

    /// Computes something from the past; nothing while it is being told.
    pub fn look<T>(self, look: impl FnOnce(&Past, &Things, &Offsets) -> Option<T>) -> Option<T> {
        let zone = self.zone.get();
        self.desk.past.with(|told| {
            let past = told.whole()?;
            self.desk.things.with(|things| look(past, things, &zone))
        })
    }

    /// The records of a collection that have a chart, those that begin last first.
    #[must_use]
    pub fn records(self, collection: Collection) -> Vec<(RecordId, String)> {
        self.desk.things.with(|things| {
            let records = thing::records(things, collection).into_iter();
            let mut dated: Vec<(String, RecordId, String)> = records
                .map(|(id, facts)| {
                    let start = thing::text(facts, "start").to_owned();
                    (start, id, thing::text(facts, "name").to_owned())
                })
                .collect();
            dated.sort_by(|a, b| b.cmp(a));
            dated.into_iter().map(|(_, id, name)| (id, name)).collect()
        })
    }
}

/// The velocity with the span of the sprints that it comes from.
#[must_use]
pub fn span(velocity: &TeamVelocity) -> Velocity {
    let value = velocity.value;
    let (min, max) = velocity
        .measured
        .map_or((value, value), |measured| (measured.min, measured.max));
    Velocity {
        value,
        min: min.min(value),
        max: max.max(value),
        sprints: velocity.measured.map_or(0, |measured| measured.sprints),
        provisional: velocity
            .measured
            .is_none_or(|measured| measured.provisional),
    }
}
