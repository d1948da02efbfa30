//! Who is there in a sprint: how much of the week, and which days they are off (BT-15).

use leptos::prelude::*;
use shared::{
    ids::PersonId,
    model::{Scalar, Thing},
    planning::{day::Day, working_days},
    product::sprints::{self, Member},
};

use super::page::Here;
use crate::{
    components::register::{Register, bare_number},
    state::things,
    words,
};

/// More days than this get no column each.
const DAYS_MAX: usize = 45;

pub(super) fn people(here: Here) -> AnyView {
    let Here { desk, sprint, .. } = here;
    let days = Memo::new(move |_| {
        let span = sprint.with(|sprint| sprint.as_ref().and_then(sprints::Sprint::days));
        let calendar = desk.calendar();
        span.map(|(start, end)| {
            let working = working_days::days(start, end).filter(|day| calendar.is_working(*day));
            working.take(DAYS_MAX).collect::<Vec<Day>>()
        })
        .unwrap_or_default()
    });
    let team = Memo::new(move |_| {
        let span = sprint.with(|sprint| sprint.as_ref().and_then(sprints::Sprint::days));
        desk.things.with(|things| sprints::team(things, span))
    });
    let ids =
        Memo::new(move |_| team.with(|team| team.iter().map(|one| one.person).collect::<Vec<_>>()));
    let summary = move || {
        team.with(|team| {
            let off: f64 = team.iter().map(|one| one.time.off).sum();
            let who = words::count(team.len(), "person", "people");
            match off > 0.0 {
                true => format!("{who}, {} off", words::points(off)),
                false => who,
            }
        })
    };
    let table = move || {
        let days = days.get();
        let heads = days
            .iter()
            .map(|day| view! { <th scope="col">{short(*day)}</th> })
            .collect_view();
        view! {
            <div class="table" tabindex="0" role="region" aria-label="Availability and days off">
                <table>
                    <thead><tr><th scope="col">"Who"</th><th scope="col">"Works, %"</th>{heads}</tr></thead>
                    <tbody>
                        <For each=move || ids.get() key=|id| *id let(person)>{row(here, team, days.clone(), person)}</For>
                    </tbody>
                </table>
            </div>
        }
    };
    view! {
        <details class="sprint-people">
            <summary>"People " <span class="soft">{summary}</span></summary>
            <Show
                when=move || team.with(|team| !team.is_empty())
                fallback=|| view! { <p class="soft">"Give people the role Team in the settings: who is there decides what fits."</p> }
            >
                {table}
            </Show>
        </details>
    }
    .into_any()
}

fn short(day: Day) -> String {
    let text = day.to_string();
    format!("{} {}", day.weekday(), text.get(8..).unwrap_or_default())
}

fn row(here: Here, team: Memo<Vec<Member>>, days: Vec<Day>, person: PersonId) -> AnyView {
    let desk = here.desk;
    let name = words::person(desk, person);
    let cell = |day: Day| {
        let part = Memo::new(move |_| {
            let own = team.with(|team| {
                team.iter()
                    .find(|one| one.person == person)
                    .and_then(|one| one.off.get(&day).copied())
            });
            own.unwrap_or(0.0)
        });
        let word = move || match part.get() {
            0.0 => "there",
            part if part < 1.0 => "half",
            _ => "off",
        };
        let label = {
            let name = name.clone();
            move || format!("{name}, {} {day}: {}", day.weekday(), word())
        };
        let turn = move |_| {
            let next = match part.get_untracked() {
                0.0 => Some(Scalar::from(1.0)),
                part if part >= 1.0 => Some(0.5.into()),
                _ => None,
            };
            things::set(desk, Thing::Person(person), &format!("off:{day}"), next);
        };
        view! {
            <td>
                <button class=move || format!("quiet day {}", word()) aria-label=label title="There, off, half a day" on:click=turn>
                    {move || match part.get() { 0.0 => "·", part if part < 1.0 => "½", _ => "off" }}
                </button>
            </td>
        }
    };
    let cells = days.into_iter().map(cell).collect_view();
    let availability = Register::new(desk, Thing::Person(person), "availability");
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            <td>{bare_number(availability, format!("Availability of {name}"), "100")}</td>
            {cells}
        </tr>
    }
    .into_any()
}
