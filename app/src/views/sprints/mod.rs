//! Sprints: their days and people, what is in them, planning, and how work flows into them.

pub mod close;
mod nested;
mod page;
mod people;
mod proposals;
mod push;
mod rail;
pub mod split;

use leptos::prelude::*;
use shared::{
    model::Place,
    product::sprints::{self, Sprint},
};

use super::board::stage;
use crate::{
    components::bulk_bar::BulkBar,
    state::{board::Column, desk::Desk, sprints::Side},
    words,
};

/// The screen.
#[component]
pub fn SprintsView(desk: Desk) -> impl IntoView {
    let side = desk.sprints.side;
    let here = Memo::new(move |_| desk.sprint_here());
    let content = move || match side.get() {
        Side::Stories | Side::Planning => match here.get() {
            Some(id) => page::page(desk, id),
            None => empty(desk),
        },
        Side::Flow => flow(desk),
        Side::Nested => nested::nested(desk),
    };
    view! {
        <div class="sprints-side">
            {rail::rail(desk, here)}
            <div class="sprints-main">{content}</div>
            <BulkBar desk/>
        </div>
    }
}

fn empty(desk: Desk) -> AnyView {
    view! {
        <p class="soft sprints-empty">
            {move || format!("No {} yet. ", words::term(desk, shared::product::Term::Sprint).to_lowercase())}
            "Add one on the left: it gets the two weeks from the next Monday, which you can change."
        </p>
    }
    .into_any()
}

/// A sprint, followed.
pub(super) fn sprint(desk: Desk, id: shared::ids::RecordId) -> Memo<Option<Sprint>> {
    Memo::new(move |_| desk.things.with(|things| sprints::one(things, id)))
}

/// Product backlog, releases and sprints, one within the other (BT-38).
fn flow(desk: Desk) -> AnyView {
    let columns = Memo::new(move |_| desk.sprint_columns());
    let part = move |is: fn(&Place) -> bool| {
        Memo::new(move |_| {
            columns.with(|columns| {
                columns
                    .iter()
                    .filter(|one| is(&one.place))
                    .cloned()
                    .collect::<Vec<Column>>()
            })
        })
    };
    let product = part(|place| matches!(place, Place::Product));
    let releases = part(|place| matches!(place, Place::Release(_)));
    let sprints = part(|place| matches!(place, Place::Sprint(_)));
    let heading = move |name: String, parts: Memo<Vec<Column>>| {
        let count = Memo::new(move |_| {
            parts.with(|parts| {
                desk.rows.with(|rows| {
                    parts
                        .iter()
                        .map(|one| rows.ranked_in(one.place).len())
                        .sum::<usize>()
                })
            })
        });
        view! {
            <h3 class="flow-name">
                {name} <span class="soft">{move || words::count(count.get(), "item", "items")}</span>
            </h3>
        }
    };
    stage(desk, columns, move |stage| {
        let level = move |parts: Memo<Vec<Column>>| {
            view! {
                <div class="flow-columns">
                    <For each=move || parts.get() key=|one| one.place let(one)>{stage.column(one.place)}</For>
                </div>
            }
        };
        let releases_name = words::terms(desk, shared::product::Term::Release);
        let sprints_name = words::terms(desk, shared::product::Term::Sprint);
        let (releases_label, sprints_label) = (
            format!("Stage: {releases_name}"),
            format!("Stage: {sprints_name}"),
        );
        view! {
            <section class="flow-level" aria-label="Stage: product backlog">
                {heading("Product backlog".to_owned(), product)}
                {level(product)}
            </section>
            <section class="flow-level second" aria-label=releases_label>
                {heading(releases_name, releases)}
                {level(releases)}
            </section>
            <section class="flow-level third" aria-label=sprints_label>
                {heading(sprints_name, sprints)}
                {level(sprints)}
            </section>
        }
        .into_any()
    })
}
