//! What was proposed for a sprint, to come in or to leave it: ghosts that the team decides on (BT-06).

use leptos::prelude::*;
use shared::{
    ids::{ItemId, PersonId},
    intent::Intent,
    model::{Collection, Place, Thing, role::Right},
    product::{
        Term, sprint_steps,
        sprints::{Sprint, State},
    },
};

use super::page::Here;
use crate::{state::desk::Desk, words};

/// Which way stories are to go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

impl Way {
    const fn name(self) -> &'static str {
        match self {
            Self::In => "Proposed",
            Self::Out => "Proposed to take out",
        }
    }

    /// The register that says who proposed it.
    fn register(self, item: ItemId) -> String {
        match self {
            Self::In => format!("proposed:{item}"),
            Self::Out => format!("leaving:{item}"),
        }
    }

    /// The verbs of the team: to do it, and not to.
    const fn verbs(self) -> (&'static str, &'static str) {
        match self {
            Self::In => ("Take", "Turn down"),
            Self::Out => ("Take out", "Keep"),
        }
    }

    fn labels(self, desk: Desk, title: &str) -> (String, String) {
        let sprint = words::term(desk, Term::Sprint).to_lowercase();
        match self {
            Self::In => (
                format!("Take {title} into the {sprint}"),
                format!("Turn down {title}"),
            ),
            Self::Out => (
                format!("Take {title} out of the {sprint}"),
                format!("Keep {title} in the {sprint}"),
            ),
        }
    }

    fn done(self, desk: Desk, sprint: &Sprint, items: &[ItemId]) -> Intent {
        match self {
            Self::In => sprint_steps::accept(sprint, items),
            Self::Out => sprint_steps::take_out(sprint, items, super::close::back(desk, sprint)),
        }
    }

    fn left(self, sprint: &Sprint, items: &[ItemId]) -> Intent {
        match self {
            Self::In => sprint_steps::turn_down(sprint, items),
            Self::Out => sprint_steps::keep(sprint, items),
        }
    }
}

pub(super) fn proposals(here: Here) -> AnyView {
    view! {
        {list(here, Way::In)}
        {list(here, Way::Out)}
    }
    .into_any()
}

fn list(here: Here, way: Way) -> AnyView {
    let Here {
        desk, id, sprint, ..
    } = here;
    let thing = Thing::Record(Collection::Sprints, id);
    let waiting = waiting(here, way);
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
            desk.intend_loudly(way.done(desk, &sprint, &items));
        }
    };
    let leave = move |items: Vec<ItemId>| {
        if let Some(sprint) = sprint.get_untracked() {
            desk.intend_loudly(way.left(&sprint, &items));
        }
    };
    let (verb, other) = way.verbs();
    view! {
        <Show when=move || waiting.with(|waiting| !waiting.is_empty())>
            <section class="proposals" aria-label=way.name()>
                <h3>
                    {way.name()}
                    <Show when=move || decides() && waiting.with(Vec::len).gt(&1)>
                        <button class="quiet" on:click=move |_| take(all())>{format!("{verb} all")}</button>
                    </Show>
                </h3>
                <ul>
                    <For each=move || waiting.get() key=|(item, _)| *item let((item, by))>
                        <li class="ghost-row">
                            <button class="quiet title cut" on:click=move |_| desk.open_item(item)>{title(desk, item)}</button>
                            <span class="soft">{move || format!("by {}", words::doer(desk, thing, &way.register(item), by))}</span>
                            <Show when=decides>
                                <button
                                    aria-label=move || way.labels(desk, &title(desk, item)).0
                                    on:click=move |_| take(vec![item])
                                >
                                    {verb}
                                </button>
                            </Show>
                            <Show when=move || decides() || by == desk.me>
                                <button
                                    class="quiet"
                                    aria-label=move || way.labels(desk, &title(desk, item)).1
                                    on:click=move |_| leave(vec![item])
                                >
                                    {if by == desk.me { "Take back" } else { other }}
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

/// What waits for a decision, and who proposed it. What went its way by now is no proposal any more.
fn waiting(here: Here, way: Way) -> Memo<Vec<(ItemId, PersonId)>> {
    let Here {
        desk, id, sprint, ..
    } = here;
    Memo::new(move |_| {
        let proposed = sprint.with(|sprint| {
            let sprint = sprint.as_ref();
            let own = sprint.map(|sprint| match way {
                Way::In => sprint.proposed.clone(),
                Way::Out => sprint.leaving.clone(),
            });
            own.unwrap_or_default()
        });
        desk.rows.with(|rows| {
            let open = proposed.into_iter().filter(|(item, _)| {
                rows.row(*item).is_some_and(|row| {
                    let is_in = row.place == Place::Sprint(id);
                    row.status.is_open() && is_in == (way == Way::Out)
                })
            });
            open.collect()
        })
    })
}

fn title(desk: Desk, item: ItemId) -> String {
    desk.rows.with(|rows| {
        rows.row(item)
            .map(|row| row.title.clone())
            .unwrap_or_default()
    })
}
