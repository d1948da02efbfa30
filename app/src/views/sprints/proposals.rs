//! What was proposed for a sprint: ghosts that the team takes in or turns down (BT-06).

use leptos::prelude::*;
use shared::{ids::ItemId, model::role::Right, product::sprint_steps, product::sprints::State};

use super::page::Here;
use crate::{state::desk::Desk, words};

pub(super) fn proposals(here: Here) -> AnyView {
    let Here {
        desk, id, sprint, ..
    } = here;
    // What is in the sprint by now is no proposal any more.
    let waiting = Memo::new(move |_| {
        let proposed = sprint.with(|sprint| {
            sprint
                .as_ref()
                .map(|sprint| sprint.proposed.clone())
                .unwrap_or_default()
        });
        desk.rows.with(|rows| {
            let open = proposed.into_iter().filter(|(item, _)| {
                rows.row(*item).is_some_and(|row| {
                    row.status.is_open() && row.place != shared::model::Place::Sprint(id)
                })
            });
            open.collect::<Vec<_>>()
        })
    });
    let decides = move || desk.may(Right::Commit) && !here.is(State::Closed);
    let all = move || {
        waiting.with_untracked(|waiting| {
            waiting
                .iter()
                .map(|(item, _)| *item)
                .collect::<Vec<ItemId>>()
        })
    };
    let take = move |items: Vec<ItemId>| {
        if let Some(sprint) = sprint.get_untracked() {
            desk.intend_loudly(sprint_steps::accept(&sprint, &items));
        }
    };
    let leave = move |items: Vec<ItemId>| {
        if let Some(sprint) = sprint.get_untracked() {
            desk.intend_loudly(sprint_steps::turn_down(&sprint, &items));
        }
    };
    view! {
        <Show when=move || waiting.with(|waiting| !waiting.is_empty())>
            <section class="proposals" aria-label="Proposed">
                <h3>
                    "Proposed"
                    <Show when=move || decides() && waiting.with(Vec::len).gt(&1)>
                        <button class="quiet" on:click=move |_| take(all())>"Take all"</button>
                    </Show>
                </h3>
                <ul>
                    <For each=move || waiting.get() key=|(item, _)| *item let((item, by))>
                        <li class="ghost-row">
                            <button class="quiet title cut" on:click=move |_| desk.open_item(item)>{title(desk, item)}</button>
                            <span class="soft">{format!("by {}", words::person(desk, by))}</span>
                            <Show when=decides>
                                <button
                                    aria-label=format!("Take {} into the sprint", title(desk, item))
                                    on:click=move |_| take(vec![item])
                                >
                                    "Take"
                                </button>
                            </Show>
                            <Show when=move || decides() || by == desk.me>
                                <button
                                    class="quiet"
                                    aria-label=format!("Turn down {}", title(desk, item))
                                    on:click=move |_| leave(vec![item])
                                >
                                    {if by == desk.me { "Take back" } else { "Turn down" }}
                                </button>
                            </Show>
                        </li>
                    </For>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

fn title(desk: Desk, item: ItemId) -> String {
    desk.rows.with(|rows| {
        rows.row(item)
            .map(|row| row.title.clone())
            .unwrap_or_default()
    })
}
