//! The sprints in their order, the sides to look at them from, and the field for a new one (BT-12).

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Place, Scalar},
    product::{
        Term,
        sprints::{self, Sprint, State},
    },
};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    address::Screen,
    state::{desk::Desk, filter::Filter, sprints::Side, things},
    ui::icon::{Icon, icon},
    words,
};

fn in_sprint(id: RecordId) -> Filter {
    Filter {
        place: Some(Place::Sprint(id)),
        ..Filter::default()
    }
}

/// Shows a sprint.
pub(super) fn show(desk: Desk, id: RecordId) {
    if !matches!(
        desk.sprints.side.get_untracked(),
        Side::Stories | Side::Planning
    ) {
        desk.sprints.side.set(Side::Stories);
    }
    desk.bar.show_filtered(Screen::Sprints, in_sprint(id));
}

pub(super) fn rail(desk: Desk, here: Memo<Option<RecordId>>) -> AnyView {
    let all = Memo::new(move |_| desk.things.with(sprints::all));
    let name = move || words::terms(desk, Term::Sprint);
    view! {
        <aside class="sprints-rail" aria-label=name>
            <h2 class="hidden">{name}</h2>
            {sides(desk)}
            <ul class="sprint-list">
                <For each=move || all.get() key=|one| (one.id, one.name.clone(), one.state, one.days()) let(one)>
                    {entry(desk, one, here)}
                </For>
            </ul>
            {add(desk, all)}
            {away(desk)}
        </aside>
    }
    .into_any()
}

fn sides(desk: Desk) -> AnyView {
    let side = desk.sprints.side;
    let one = move |own: Side| {
        view! {
            <button
                class="quiet"
                aria-pressed=move || (side.get() == own).to_string()
                on:click=move |_| side.set(own)
            >
                {move || match own {
                    Side::Stories => words::term(desk, Term::Sprint),
                    other => other.label().to_owned(),
                }}
            </button>
        }
    };
    view! {
        <div class="sprint-sides" role="group" aria-label="Look at">
            {Side::ALL.iter().map(|side| one(*side)).collect_view()}
        </div>
    }
    .into_any()
}

/// When it is, in words.
pub(super) fn days(sprint: &Sprint) -> String {
    match (sprint.start, sprint.end) {
        (Some(start), Some(end)) => format!("{start} – {end}"),
        (Some(start), None) => format!("from {start}"),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => "no days yet".to_owned(),
    }
}

fn entry(desk: Desk, sprint: Sprint, here: Memo<Option<RecordId>>) -> AnyView {
    let id = sprint.id;
    let state = sprint.state;
    let is_here = move || {
        here.get() == Some(id) && !matches!(desk.sprints.side.get(), Side::Flow | Side::Nested)
    };
    view! {
        <li>
            <a
                class="sprint-link"
                href=desk.bar.link_filtered(Screen::Sprints, in_sprint(id))
                aria-current=move || is_here().then_some("true")
                on:click=move |event| {
                    if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                        event.prevent_default();
                        show(desk, id);
                    }
                }
            >
                <span class="cut">{sprint.name.clone()}</span>
                <span class=format!("sprint-state {}", state.word())>
                    {(state == State::Closed).then(|| icon(Icon::Done))}
                    {state.label()}
                </span>
                <span class="soft">{days(&sprint)}</span>
            </a>
        </li>
    }
    .into_any()
}

/// A new sprint, with the days after the last one.
fn add(desk: Desk, all: Memo<Vec<Sprint>>) -> AnyView {
    let make = move |typed: String| {
        let typed = typed.trim().to_owned();
        let name = if typed.is_empty() {
            let term = untrack(|| words::term(desk, Term::Sprint));
            format!("{term} {}", all.with_untracked(Vec::len) + 1)
        } else {
            typed
        };
        let today = untrack(|| desk.day());
        let (start, end) = all.with_untracked(|all| sprints::next_days(all, today));
        let last = all.with_untracked(|all| all.last().and_then(|one| one.release));
        let mut more = vec![
            ("start".to_owned(), Some(Scalar::from(start.to_string()))),
            ("end".to_owned(), Some(end.to_string().into())),
        ];
        if let Some(release) = last {
            more.push(("release".to_owned(), Some(release.to_string().into())));
        }
        if let Some(id) = things::add(desk, Collection::Sprints, &name, more) {
            show(desk, id);
        }
    };
    let label = move || format!("Add a {}", words::term(desk, Term::Sprint).to_lowercase());
    let field = NodeRef::<leptos::html::Input>::new();
    let submit = move || {
        if let Some(field) = field.get() {
            make(field.value());
            field.set_value("");
        }
    };
    view! {
        <fieldset class="plain" disabled=move || !desk.may_edit()>
            <div class="add">
                <input
                    node_ref=field
                    class="field"
                    aria-label=label
                    placeholder=label
                    autocomplete="off"
                    maxlength="200"
                    on:keydown=move |event| {
                        let own = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                        if event.key() == "Enter" && !event.is_composing() && own.is_some() {
                            event.prevent_default();
                            submit();
                        }
                    }
                />
                <button class="quiet" aria-label=move || format!("{} now", label()) title=label on:click=move |_| submit()>
                    {icon(Icon::Plus)}
                </button>
            </div>
        </fieldset>
    }
    .into_any()
}

/// Archived sprints, each with the way back.
fn away(desk: Desk) -> AnyView {
    let away = Memo::new(move |_| {
        desk.things
            .with(|things| things::put_away(things, Collection::Sprints))
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
                                on:click=move |_| things::archive(desk, Collection::Sprints, id, false)
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
