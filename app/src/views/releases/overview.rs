//! All releases: the roadmap, the product backlog beside it to drag from, and the table of both for everybody (PB-38).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Place, Thing, thing},
    product::Term,
};

use super::{Known, Picture, filter_of, gauge, known, picture, roadmap};
use crate::{
    address::Screen,
    components::{bulk_bar::BulkBar, filter_bar::FilterBar},
    state::{desk::Desk, layer::Layer, things},
    ui::icon::{Icon, icon},
    views::board::{ColumnView, Dragging, board_events},
    words,
};

/// The overview.
#[component]
pub(super) fn Overview(desk: Desk) -> impl IntoView {
    let picture = picture(desk);
    let dragging = Dragging::new(desk);
    let columns = Memo::new(move |_| desk.things.with(crate::state::board::columns));
    let none = move || picture.with(|picture| picture.releases.is_empty());
    let body = view! {
        <div class="roadmap-side">
            <ColumnView desk dragging columns place=Place::Product/>
            <div class="roadmap-main">
                <div class="roadmap-head">
                    <h2>{move || words::screen(desk, Screen::Releases)}</h2>
                    <span class="grow"></span>
                    <button
                        class:primary=none
                        disabled=move || !desk.may_edit()
                        on:click=move |_| desk.show_layer(Layer::NewColumn(Collection::Releases))
                    >
                        {icon(Icon::Plus)}
                        {move || format!("New {}", words::term(desk, Term::Release).to_lowercase())}
                    </button>
                </div>
                <Show when=none>
                    <p class="soft">
                        {move || words::term(desk, Term::Release)}
                        ": what ships together. Make one, give it a date, then drag items onto it or pull them from the top of the product backlog."
                    </p>
                </Show>
                {roadmap::roadmap(desk, dragging, picture)}
                {table(desk, picture)}
                {away(desk)}
            </div>
        </div>
    };
    view! {
        <div class="board-side">
            <FilterBar desk/>
            {board_events(dragging, body.into_any())}
            <BulkBar desk/>
            {dragging.ghost()}
        </div>
    }
}

fn table(desk: Desk, picture: Memo<Arc<Picture>>) -> AnyView {
    let ids = Memo::new(move |_| {
        picture.with(|picture| {
            let ids = picture.releases.iter().map(|known| known.release.id);
            ids.collect::<Vec<RecordId>>()
        })
    });
    view! {
        <Show when=move || ids.with(|ids| !ids.is_empty())>
            <div class="table release-table" role="region" aria-label="Releases" tabindex="0">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Dates"</th>
                            <th scope="col">"Scope and capacity"</th>
                            <th scope="col">"Done"</th>
                            <th scope="col">"Defined"</th>
                            <th scope="col"><span class="hidden">"Change"</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || ids.get() key=|id| *id let(id)>
                            {line(desk, picture, id)}
                        </For>
                    </tbody>
                </table>
            </div>
        </Show>
    }
    .into_any()
}

fn line(desk: Desk, picture: Memo<Arc<Picture>>, id: RecordId) -> AnyView {
    let known = known(picture, id);
    let of = move |get: fn(&Known) -> String| {
        known.with(|known| known.as_ref().map(get).unwrap_or_default())
    };
    let name = move || of(|known| known.release.name.clone());
    let state = move || {
        picture.with(|picture| {
            let known = picture.one(id);
            known
                .map(|known| known.release.time_left(&picture.calendar, picture.today))
                .unwrap_or_default()
        })
    };
    let fullness = move || {
        known.with(|known| {
            let known = known.as_ref();
            known
                .map(|known| gauge::fullness(desk, known))
                .unwrap_or_default()
        })
    };
    view! {
        <tr>
            <th scope="row">{link(desk, id, Signal::derive(name))}</th>
            <td>{state}</td>
            <td class="figures-cell">{move || of(dates)}</td>
            <td class="gauge-cell">
                {gauge::bar(desk, known)}
                <span class="soft">{fullness}</span>
            </td>
            <td>{move || of(|known| {
                format!("{} of {}", words::number(known.scope.done_count()), words::number(known.scope.members.len()))
            })}</td>
            <td>{move || of(|known| {
                words::share(known.scope.defined(), known.scope.members.len()).unwrap_or_default()
            })}</td>
            <td class="row-tools">
                <button class="quiet" aria-label=move || format!("Move {} up", name()) title="Earlier" on:click=move |_| things::step(desk, Collection::Releases, id, false)>
                    {icon(Icon::Up)}
                </button>
                <button class="quiet" aria-label=move || format!("Move {} down", name()) title="Later" on:click=move |_| things::step(desk, Collection::Releases, id, true)>
                    {icon(Icon::Down)}
                </button>
                <button class="quiet" aria-label=move || format!("Rename {}", name()) title="Rename" on:click=move |_| desk.show_layer(Layer::EditColumn(Place::Release(id)))>
                    {icon(Icon::Pencil)}
                </button>
                <button class="quiet" aria-label=move || format!("Archive {}", name()) title="Archive" on:click=move |_| things::archive(desk, Collection::Releases, id, true)>
                    {icon(Icon::Archived)}
                </button>
            </td>
        </tr>
    }
    .into_any()
}

fn dates(known: &Known) -> String {
    let day = |day: Option<shared::planning::day::Day>| {
        day.map_or_else(|| "?".to_owned(), |day| day.to_string())
    };
    match (known.release.start, known.release.target) {
        (None, None) => String::new(),
        (start, target) => format!("{} \u{2013} {}", day(start), day(target)),
    }
}

/// A link to a release's page.
pub(super) fn link(desk: Desk, id: RecordId, text: Signal<String>) -> AnyView {
    view! {
        <a
            href=move || desk.bar.link_filtered(Screen::Releases, filter_of(id))
            on:click=move |event| {
                if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                    event.prevent_default();
                    desk.bar.show_filtered(Screen::Releases, filter_of(id));
                }
            }
        >
            {move || text.get()}
        </a>
    }
    .into_any()
}

/// Releases that were put away, each with the way back.
fn away(desk: Desk) -> AnyView {
    let away = Memo::new(move |_| {
        desk.things.with(|things| {
            let all = things.iter().filter_map(|(thing, facts)| match thing {
                Thing::Record(Collection::Releases, id)
                    if thing::exists(facts) && thing::is_on(facts, "archived") =>
                {
                    Some((*id, thing::text(facts, "name").to_owned()))
                }
                Thing::Record(..) | Thing::Product | Thing::Person(_) => None,
            });
            all.collect::<Vec<_>>()
        })
    });
    view! {
        <Show when=move || away.with(|away| !away.is_empty())>
            <details class="away">
                <summary>{move || format!("Archived ({})", away.with(Vec::len))}</summary>
                <ul>
                    <For each=move || away.get() key=Clone::clone let((id, name))>
                        <li>
                            <span class="cut">{name.clone()}</span>
                            <button
                                class="quiet"
                                aria-label=format!("Restore {name}")
                                on:click=move |_| things::archive(desk, Collection::Releases, id, false)
                            >
                                "Restore"
                            </button>
                        </li>
                    </For>
                </ul>
            </details>
        </Show>
    }
    .into_any()
}
