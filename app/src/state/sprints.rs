//! How this page looks at sprints: which one, from which side, and beside which backlog.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Place, Things, thing, view::place_name},
    planning::{day::Day, working_days::Calendar},
    product::sprints::{self, Sprint, State},
};

use super::{
    board::{self, Column},
    desk::Desk,
};

/// What of the sprints is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// One sprint.
    #[default]
    Stories,
    /// One sprint beside the backlog that its stories come from (BT-21).
    Planning,
    /// Product backlog, releases and sprints beside each other (BT-38).
    Flow,
    /// Features with their stories and where these are (BT-31).
    Nested,
}

impl Side {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[Self::Stories, Self::Planning, Self::Flow, Self::Nested];

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Stories => "Sprint",
            Self::Planning => "Planning",
            Self::Flow => "Flow",
            Self::Nested => "Nested",
        }
    }
}

/// How this page looks at sprints. Nobody else sees it.
#[derive(Clone, Copy, Debug)]
pub struct SprintsLook {
    /// From which side.
    pub side: RwSignal<Side>,
    /// Where stories are planned from, where somebody chose it.
    pub source: RwSignal<Option<Place>>,
}

impl Default for SprintsLook {
    fn default() -> Self {
        Self {
            side: RwSignal::new(Side::default()),
            source: RwSignal::new(None),
        }
    }
}

impl Desk {
    /// Today in the backlog's time zone. Followed.
    #[must_use]
    pub fn day(self) -> Day {
        self.judge.with(|judge| judge.today)
    }

    /// The days that the team works on. Followed.
    #[must_use]
    pub fn calendar(self) -> Calendar {
        self.judge.with(|judge| judge.settings.calendar.clone())
    }

    /// The sprint on the screen: the one in the address, else the one of today, else the next that is not closed.
    /// Followed.
    #[must_use]
    pub fn sprint_here(self) -> Option<RecordId> {
        let named = self.filter.with(|filter| filter.place);
        let today = self.day();
        self.things.with(|things| {
            let all = sprints::all(things);
            let is = |id: RecordId| all.iter().any(|sprint| sprint.id == id);
            match named {
                Some(Place::Sprint(id)) if is(id) => Some(id),
                Some(_) | None => usual(&all, today),
            }
        })
    }

    /// Where stories of a sprint are planned from: what was chosen, else its release, else the product backlog. Followed.
    #[must_use]
    pub fn source_of(self, sprint: &Sprint) -> Place {
        let chosen = self.sprints.source.get();
        let release = sprint.release.map(Place::Release);
        self.things.with(|things| {
            chosen
                .filter(|place| is_there(things, *place))
                .or(release.filter(|place| is_there(things, *place)))
                .unwrap_or(Place::Product)
        })
    }

    /// The columns of the sprints' screen, from left to right. Followed.
    #[must_use]
    pub fn sprint_columns(self) -> Vec<Column> {
        let here = || {
            let id = self.sprint_here()?;
            self.things.with(|things| sprints::one(things, id))
        };
        let places = match self.sprints.side.get() {
            Side::Nested => Vec::new(),
            Side::Stories => here().iter().map(Sprint::place).collect(),
            Side::Planning => here()
                .iter()
                .flat_map(|sprint| [self.source_of(sprint), sprint.place()])
                .collect(),
            Side::Flow => self.things.with(flow),
        };
        self.things.with(|things| {
            let column = |place: Place| board::column_of(things, place);
            places.into_iter().map(column).collect()
        })
    }
}

fn usual(all: &[Sprint], today: Day) -> Option<RecordId> {
    let open = |sprint: &&Sprint| sprint.state != State::Closed;
    let found = all
        .iter()
        .filter(open)
        .find(|sprint| sprint.is_on(today))
        .or_else(|| all.iter().find(open))
        .or(all.last());
    found.map(|sprint| sprint.id)
}

fn is_there(things: &Things, place: Place) -> bool {
    match place {
        Place::Release(id) => thing::is_live(things, Collection::Releases, id),
        Place::List(id) => thing::is_live(things, Collection::Lists, id),
        Place::Product => true,
        Place::Inbox | Place::Sprint(_) => false,
    }
}

/// Product backlog, releases that are not shipped, sprints that are not closed.
fn flow(things: &Things) -> Vec<Place> {
    let releases = thing::records(things, Collection::Releases).into_iter();
    let releases = releases.filter(|(_, facts)| thing::text(facts, "state") != "shipped");
    let sprints = sprints::all(things).into_iter();
    [Place::Product]
        .into_iter()
        .chain(releases.map(|(id, _)| Place::Release(id)))
        .chain(
            sprints
                .filter(|sprint| sprint.state != State::Closed)
                .map(|sprint| sprint.place()),
        )
        .collect()
}

/// Where stories can be planned from, with their names.
#[must_use]
pub fn sources(things: &Things) -> Vec<(Place, String)> {
    let of = |collection, place: fn(RecordId) -> Place| {
        thing::records(things, collection)
            .into_iter()
            .map(move |(id, _)| place(id))
    };
    [Place::Product]
        .into_iter()
        .chain(of(Collection::Releases, Place::Release))
        .chain(of(Collection::Lists, Place::List))
        .map(|place| (place, place_name(things, place)))
        .collect()
}
