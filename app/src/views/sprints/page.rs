//! One sprint: goal, days, what fits it and what is in it; with the backlog beside it while it is planned (BT-03, BT-12,
//! BT-15, BT-21, BT-56).

use leptos::prelude::*;
use shared::{
    ids::{PersonId, RecordId},
    model::{Collection, Place, Thing, role::Right},
    planning::{day::Day, round, working_days::Calendar},
    product::{
        Term,
        sprints::{self, Load, Sprint, State},
    },
};

use super::{people, proposals, push};
use crate::{
    commands,
    components::register::{Register, bare_line, choice, day, line, number},
    state::{
        desk::Desk,
        layer::Layer,
        sprints::{Side, sources},
        things,
    },
    ui::icon::{Icon, icon},
    views::board::stage,
    words,
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Here {
    pub(super) desk: Desk,
    pub(super) id: RecordId,
    pub(super) sprint: Memo<Option<Sprint>>,
    /// What is in it, without features whose stories count for them.
    pub(super) load: Memo<Load>,
}

impl Here {
    fn register(self, key: &str) -> Register {
        let thing = shared::model::Thing::Record(Collection::Sprints, self.id);
        Register::new(self.desk, thing, key)
    }

    pub(super) fn is(self, state: State) -> bool {
        self.sprint
            .with(|sprint| sprint.as_ref().is_some_and(|sprint| sprint.state == state))
    }

    pub(super) fn limit(self) -> Option<sprints::Limit> {
        let sprint = self.sprint.get()?;
        self.desk
            .things
            .with(|things| sprints::limit(things, &sprint))
    }

    fn said<T>(self, say: impl Fn(&Sprint) -> T) -> Option<T> {
        self.sprint.with(|sprint| sprint.as_ref().map(say))
    }
}

pub(super) fn page(desk: Desk, id: RecordId) -> AnyView {
    let load = Memo::new(move |_| {
        let stories = commands::sprint_stories(desk, id);
        let family = desk.family.get();
        Load::of(
            stories
                .iter()
                .map(AsRef::as_ref)
                .filter(|row| !family.is_split(row.id)),
        )
    });
    let here = Here {
        desk,
        id,
        sprint: super::sprint(desk, id),
        load,
    };
    view! {
        <section class="sprint-page" aria-label="The sprint">
            <fieldset class="plain" disabled=move || !desk.may_edit()><div class="sprint-head">
                {head(here)}
                {registers(here)}
                {numbers(here)}
                {push::push(here)}
                {proposals::proposals(here)}
                {people::people(here)}
            </div></fieldset>
            {columns(here)}
        </section>
    }
    .into_any()
}

fn head(here: Here) -> AnyView {
    let Here { desk, id, .. } = here;
    let state = Memo::new(move |_| here.said(|sprint| sprint.state).unwrap_or(State::Planned));
    let left = move || {
        let today = desk.day();
        let calendar = desk.calendar();
        here.said(|sprint| days_left(sprint, &calendar, today))
            .unwrap_or_default()
    };
    let may = move || desk.may(Right::Commit);
    let word = move || words::term(desk, Term::Sprint).to_lowercase();
    let commit = desk.once_read(move || {
        if let Some(sprint) = here.sprint.get_untracked() {
            commands::commit_sprint(desk, &sprint);
        }
    });
    view! {
        <div class="sprint-title">
            {bare_line(here.register("name"), "Sprint name", "Name", "record-name")}
            <span class=move || format!("sprint-state {}", state.get().word())>{move || state.get().label()}</span>
            <span class="soft">{left}</span>
            <span class="grow"></span>
            <Show when=move || state.get() == State::Planned>
                <button
                    class="primary"
                    disabled=move || !may()
                    title=move || if may() { "" } else { "Only the team commits" }
                    on:click=move |_| commit()
                >
                    {move || format!("Commit {}", word())}
                </button>
            </Show>
            <Show when=move || state.get() != State::Closed>
                <button
                    class:primary=move || state.get() == State::Committed
                    disabled=move || !may()
                    on:click=move |_| desk.show_layer(Layer::CloseSprint(id))
                >
                    {move || format!("Close {}…", word())}
                </button>
                <button
                    class="quiet"
                    aria-label=move || format!("Archive {}", word())
                    title=move || words::own(desk, "Archive: its stories go back to its release")
                    disabled=move || state.get() == State::Committed && !may()
                    on:click=move |_| things::archive(desk, Collection::Sprints, id, true)
                >
                    {icon(Icon::Archived)}
                </button>
            </Show>
        </div>
        <Show when=move || state.get() == State::Planned && !may()>
            <p class="soft">{move || format!("The team decides what is in a {}. What you put into it waits as a proposal.", word())}</p>
        </Show>
    }
    .into_any()
}

/// How many working days are left, or how many it has.
fn days_left(sprint: &Sprint, calendar: &Calendar, today: Day) -> String {
    let Some((start, end)) = sprint.days() else {
        return "no days yet".to_owned();
    };
    let working = |days: u32| words::count(days as usize, "working day", "working days");
    let (all, left) = (
        sprint.working_days(calendar).unwrap_or(0),
        sprint.days_left(calendar, today).unwrap_or(0),
    );
    match () {
        () if sprint.state == State::Closed => working(all),
        () if today < start => format!("{}, from {start}", working(all)),
        () if today > end => format!("over since {end}"),
        () => format!("{} left of {all}", working(left)),
    }
}

fn registers(here: Here) -> AnyView {
    let Here { desk, .. } = here;
    let releases = things::names(desk, Collection::Releases);
    let release = move || {
        let options = releases
            .get()
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect();
        choice(here.register("release"), "Release", "None", options)
    };
    view! {
        <div class="registers">
            {line(here.register("goal"), "Goal", "What is true when it ends?")}
            {day(here.register("start"), "Start")}
            {day(here.register("end"), "End")}
            {release}
            {number(here.register("capacity"), "Limit", "as suggested")}
            <Show when=move || here.is(State::Closed)>
                {line(here.register("excluded"), "Does not count because", "it counts for the velocity")}
            </Show>
        </div>
    }
    .into_any()
}

fn numbers(here: Here) -> AnyView {
    let Here { desk, load, .. } = here;
    let limit = Memo::new(move |_| here.limit());
    let unit = move || words::terms(desk, Term::Points).to_lowercase();
    let said = move || {
        let load = load.get();
        let held = words::points(load.points);
        let mut text = match limit.get() {
            Some(limit) => {
                let over = round::nine(load.points - limit.value);
                let rest = match over > 0.0 {
                    true => format!("{} over", words::points(over)),
                    false => format!("{} free", words::points(-over)),
                };
                format!(
                    "{held} of {} {} · {rest}",
                    words::points(limit.value),
                    unit()
                )
            }
            None => format!("{held} {}", unit()),
        };
        if load.unestimated > 0 {
            text.push_str(&format!(
                " · {} unestimated",
                words::number(load.unestimated)
            ));
        }
        text
    };
    let is_over = move || {
        limit
            .get()
            .is_some_and(|limit| !round::at_most(load.get().points, limit.value))
    };
    let full = move || {
        limit
            .get()
            .map_or(0.0, |limit| limit.value.max(load.get().points))
    };
    let suggested = move || suggestion(desk, limit.get()?);
    let cleared = move || {
        let load = load.get();
        let cleared = load.cleared()?;
        (!here.is(State::Planned)).then(|| {
            format!(
                "Cleared {} % · {} of {} done",
                cleared.round(),
                words::number(load.stories_done),
                words::count(load.stories, "story", "stories")
            )
        })
    };
    view! {
        <div class="sprint-numbers">
            <p class="sprint-load" class:over=is_over>
                <strong>{said}</strong>
                <Show when=move || limit.get().is_some()>
                    <progress aria-label="How full it is" max=full prop:value=move || load.get().points aria-valuetext=said></progress>
                </Show>
            </p>
            <Show when=move || suggested().is_some()><p class="soft">{suggested}</p></Show>
            <Show when=move || cleared().is_some()><p>{cleared}</p></Show>
            {committed(here)}
        </div>
    }
    .into_any()
}

/// Where the limit comes from: `Suggested 18.3: velocity 20 (typed in the settings) × 92 % of the team's days`.
fn suggestion(desk: Desk, limit: sprints::Limit) -> Option<String> {
    let suggested = limit.suggested?;
    desk.things.with(|things| {
        let velocity = sprints::team_velocity(things)?;
        let share = limit.available.map_or_else(String::new, |share| {
            format!(
                " × {} % of the team\u{2019}s days",
                words::points((share * 1000.0).round() / 10.0)
            )
        });
        Some(format!(
            "Suggested limit {}: velocity {} ({}){share}",
            words::points(suggested),
            words::points(velocity.value),
            velocity.explained(sprints::rule(things)),
        ))
    })
}

/// What was committed, and what a closed sprint came to.
fn committed(here: Here) -> AnyView {
    let desk = here.desk;
    let text = move || {
        let sprint = here.sprint.get()?;
        let thing = Thing::Record(Collection::Sprints, sprint.id);
        let who = |person: Option<PersonId>, key: &str| {
            person.map_or_else(String::new, |person| {
                format!(" by {}", words::doer(desk, thing, key, person))
            })
        };
        match sprint.state {
            State::Planned => None,
            State::Committed => Some(format!(
                "Committed{}: {} in {}",
                who(sprint.committed.1, "committed_by"),
                words::points(sprint.commitment()),
                words::count(sprint.stories.len(), "story", "stories"),
            )),
            State::Closed => {
                let sums = desk.things.with(|things| {
                    sprints::closed(things)
                        .into_iter()
                        .find(|(one, _)| one.id == sprint.id)
                        .map(|(_, sums)| sums)
                })?;
                let kept = sums.say_do().map_or_else(String::new, |share| {
                    format!(" · {} % of the commitment kept", (share * 100.0).round())
                });
                let reopened = desk.rows.with(|rows| {
                    sprint
                        .reopened(|item| rows.row(item).map(|row| row.as_ref().clone()))
                        .count()
                });
                let since = match reopened {
                    0 => String::new(),
                    count => format!(
                        " · {} opened again since, which changes nothing here",
                        words::count(count, "story", "stories")
                    ),
                };
                Some(format!(
                    "Closed{}: {} finished of {} committed{kept}{since}",
                    who(sprint.closed.1, "closed_by"),
                    words::points(sums.done),
                    words::points(sums.committed),
                ))
            }
        }
    };
    view! { <Show when=move || text().is_some()><p>{text}</p></Show> }.into_any()
}

/// The stories, and beside them where they come from.
fn columns(here: Here) -> AnyView {
    let desk = here.desk;
    let columns = Memo::new(move |_| desk.sprint_columns());
    let planning = Memo::new(move |_| desk.sprints.side.get() == Side::Planning);
    let source = move || {
        let all = desk.things.with(sources);
        let now = here.sprint.get().map(|sprint| desk.source_of(&sprint));
        let options = all.into_iter().map(|(place, name)| {
            view! { <option value=place.word() selected=now == Some(place)>{name}</option> }
        });
        view! {
            <label class="sprint-source">
                <span class="soft">"Plan from"</span>
                <select
                    aria-label="Plan from"
                    on:change=move |event| desk.sprints.source.set(Place::from_word(&event_target_value(&event)))
                >
                    {options.collect_view()}
                </select>
            </label>
        }
    };
    view! {
        <Show when=move || planning.get()>{source}</Show>
        <div class="sprint-board">
            {stage(desk, columns, move |stage| {
                view! {
                    <For each=move || columns.get() key=|one| one.place let(one)>{stage.column(one.place)}</For>
                }
                .into_any()
            })}
        </div>
    }
    .into_any()
}
