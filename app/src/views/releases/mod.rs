//! Releases: all of them on a roadmap, or one with its items, its scope and who agreed to it (BT-02, PB-07, PB-38).

mod gauge;
mod overview;
mod page;
mod plan;
mod roadmap;
mod shipped;
mod signs;
mod steps;

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::Place,
    planning::{day::Day, working_days::Calendar},
    product::{
        releases::{
            self, Release, Scope,
            outlook::{Outlook, Pace, outlook},
        },
        sprints,
    },
};

pub use self::steps::dialog;
use crate::state::{desk::Desk, filter::Filter};

/// The screen.
#[component]
pub fn ReleasesView(desk: Desk) -> impl IntoView {
    let open = Memo::new(move |_| open_release(desk));
    move || match open.get() {
        Some(id) => view! { <page::ReleasePage desk id/> }.into_any(),
        None => view! { <overview::Overview desk/> }.into_any(),
    }
}

/// The release on the screen, as the address says. Followed.
fn open_release(desk: Desk) -> Option<RecordId> {
    let place = desk.filter.with(|filter| filter.place)?;
    let Place::Release(id) = place else {
        return None;
    };
    desk.things
        .with(|things| releases::one(things, id).is_some())
        .then_some(id)
}

/// The filter that names a release in the address.
fn filter_of(id: RecordId) -> Filter {
    Filter {
        place: Some(Place::Release(id)),
        ..Filter::default()
    }
}

/// A release with what follows from it.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    release: Release,
    scope: Scope,
    outlook: Outlook,
}

/// All releases as they stand today.
#[derive(Clone, Debug, PartialEq)]
struct Picture {
    releases: Vec<Known>,
    /// The pace to plan with, and where it comes from.
    velocity: Option<(f64, String)>,
    today: Day,
    /// The days that the team works on.
    calendar: Calendar,
}

impl Picture {
    fn of(desk: Desk) -> Self {
        let today = desk.judge.with(|judge| judge.today);
        desk.things.with(|things| {
            let mut scopes = desk
                .rows
                .with(|rows| releases::scopes(things, rows.all().map(AsRef::as_ref)));
            let velocity = sprints::team_velocity(things).map(|velocity| {
                let explained = velocity.explained(sprints::rule(things));
                (velocity.value, explained)
            });
            let known = |release: Release| {
                let scope = scopes.remove(&release.id).unwrap_or_default();
                let ahead = sprints::ahead(things, release.id, today);
                let pace = Pace {
                    velocity: velocity.as_ref().map(|(value, _)| *value),
                    ahead: &ahead,
                    today,
                };
                let outlook = outlook(&release, &scope, pace);
                Known {
                    release,
                    scope,
                    outlook,
                }
            };
            let all = releases::all(things).into_iter();
            let releases = all.map(known).collect();
            Self {
                releases,
                velocity,
                today,
                calendar: desk.calendar(),
            }
        })
    }

    fn one(&self, id: RecordId) -> Option<&Known> {
        self.releases.iter().find(|known| known.release.id == id)
    }
}

/// All releases, followed while the screen is open.
fn picture(desk: Desk) -> Memo<Arc<Picture>> {
    Memo::new(move |_| Arc::new(Picture::of(desk)))
}

/// One of them, followed.
fn known(picture: Memo<Arc<Picture>>, id: RecordId) -> Memo<Option<Known>> {
    Memo::new(move |_| picture.with(|picture| picture.one(id).cloned()))
}
