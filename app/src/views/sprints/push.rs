//! What to push out of a sprint that holds too much: what is needed least and nobody began (BT-18).

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Field, Place, Status, item::CRITICALITIES},
    planning::capacity::{self, Story},
    product::sprints::State,
};

use super::page::Here;
use crate::words;

pub(super) fn push(here: Here) -> AnyView {
    let Here {
        desk, id, sprint, ..
    } = here;
    let found = Memo::new(move |_| {
        let Some(limit) = here.limit().filter(|_| !here.is(State::Closed)) else {
            return Vec::new();
        };
        let family = desk.family.get();
        let mut rows = desk
            .rows
            .with(|rows| rows.ranked_in(Place::Sprint(id)).to_vec());
        rows.retain(|row| !family.is_split(row.id));
        let done = here.load.get().done;
        let stories: Vec<Story> = rows
            .iter()
            .map(|row| Story {
                criticality: criticality(row.text(Field::Criticality)),
                estimate: row.estimate,
                started: row.status == Status::Doing,
            })
            .collect();
        let pushed = capacity::push_candidates(&stories, (limit.value - done).max(0.0));
        pushed
            .into_iter()
            .map(|at| (rows[at].id, rows[at].title.clone(), rows[at].estimate))
            .collect::<Vec<_>>()
    });
    let back = move || {
        sprint.with_untracked(|sprint| {
            sprint
                .as_ref()
                .map_or(Place::Product, |sprint| super::close::back(desk, sprint))
        })
    };
    let out = move |items: Vec<ItemId>| {
        desk.intend_loudly(Intent::Place {
            items,
            place: back(),
            at: None,
        });
    };
    let all = move || found.with_untracked(|found| found.iter().map(|(id, ..)| *id).collect());
    view! {
        <Show when=move || found.with(|found| !found.is_empty())>
            <section class="push" aria-label="Push candidates">
                <h3>
                    "It holds too much. Needed least and not begun:"
                    <button class="quiet" on:click=move |_| out(all())>"Push all out"</button>
                </h3>
                <ul>
                    <For each=move || found.get() key=|(id, title, size)| (*id, title.clone(), size.map(words::points)) let((item, title, size))>
                        <li>
                            <button class="quiet title cut" on:click=move |_| desk.open_item(item)>{title.clone()}</button>
                            <span class="soft">{size.map(words::points)}</span>
                            <button class="quiet" aria-label=format!("Push out {title}") on:click=move |_| out(vec![item])>"Push out"</button>
                        </li>
                    </For>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

/// How little it is needed: 0 for Must; what nobody sorted counts as Should.
fn criticality(word: &str) -> u8 {
    let at = CRITICALITIES.iter().position(|known| *known == word);
    at.and_then(|at| u8::try_from(at).ok()).unwrap_or(1)
}
