//! Closing a sprint: what becomes of each story that is not finished (BT-57).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    model::{Collection, Place, Row, Status, thing, view::place_name},
    product::{
        sprint_steps::{self, Fate, Ways},
        sprints::{self, Load, Sprint, State},
    },
};

use crate::{
    commands,
    platform::device,
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
    words,
};

/// Where stories of a sprint go back to: its release, or the product backlog.
pub(super) fn back(desk: Desk, sprint: &Sprint) -> Place {
    desk.things.with_untracked(|things| {
        let release = sprint
            .release
            .filter(|id| thing::is_live(things, Collection::Releases, *id));
        release.map_or(Place::Product, Place::Release)
    })
}

/// The next sprint that is not closed.
fn next(desk: Desk, sprint: &Sprint) -> Option<Sprint> {
    let all = desk.things.with_untracked(sprints::all);
    let at = all.iter().position(|one| one.id == sprint.id)?;
    all.into_iter()
        .skip(at + 1)
        .find(|one| one.state != State::Closed)
}

/// What was chosen for a story.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Back,
    Next,
    Split,
}

/// The question.
#[component]
pub fn CloseDialog(desk: Desk, id: RecordId) -> impl IntoView {
    let own = move |text| untrack(|| words::own(desk, text));
    let sprint = desk
        .things
        .with_untracked(|things| sprints::one(things, id));
    let Some(sprint) = sprint else {
        return view! { <Dialog label=own("Close sprint") shape=Shape::Card on_close=move |()| desk.close_layer()><p>{own("This sprint was archived.")}</p></Dialog> }.into_any();
    };
    // What others finish or put in while the question is open, and what the device knew better, is asked about as well.
    let stories = Memo::new(move |_| commands::sprint_stories(desk, id));
    let load =
        Memo::new(move |_| stories.with(|stories| Load::of(stories.iter().map(AsRef::as_ref))));
    let open = Memo::new(move |_| {
        let mut open: Vec<Arc<Row>> = stories.get();
        open.retain(|row| row.status.is_open());
        open
    });
    let next = next(desk, &sprint);
    let usual = if next.is_some() { Way::Next } else { Way::Back };
    let ways = Ways {
        back: back(desk, &sprint),
        next: next.as_ref().map(Sprint::place),
    };
    let chosen = RwSignal::new(BTreeMap::<ItemId, Way>::new());
    let done = RwSignal::new(BTreeMap::<ItemId, String>::new());
    let wrong = RwSignal::new(false);
    let names = (
        desk.things
            .with_untracked(|things| place_name(things, ways.back)),
        next.as_ref().map(|next| next.name.clone()),
    );
    let title = format!("Close {}", sprint.name);
    let nothing_left = move || open.with(Vec::is_empty);
    let names = StoredValue::new(names);
    let rows = move || {
        let lines = open.get().into_iter();
        lines
            .map(|row| names.with_value(|names| line(desk, &row, chosen, done, usual, names)))
            .collect_view()
    };
    let submit = desk.once_read({
        let sprint = sprint.clone();
        move || {
            let typed = done.get_untracked();
            let chosen = chosen.get_untracked();
            let mut fates = BTreeMap::new();
            for row in open.get_untracked() {
                let fate = match chosen.get(&row.id).unwrap_or(&usual) {
                    Way::Next => Fate::Next,
                    Way::Split => {
                        let typed = typed
                            .get(&row.id)
                            .and_then(|text| words::parse_estimate(text))
                            .flatten();
                        let Some(done) =
                            typed.filter(|done| row.estimate.is_none_or(|all| *done <= all))
                        else {
                            wrong.set(true);
                            return;
                        };
                        Fate::Split {
                            done,
                            rest: desk.draw(ItemId::random),
                        }
                    }
                    Way::Back => Fate::Back,
                };
                fates.insert(row.id, fate);
            }
            let counted: BTreeSet<ItemId> = desk.things.with_untracked(|things| {
                let closed = sprints::closed(things).into_iter();
                closed
                    .flat_map(|(one, _)| one.finished.into_keys())
                    .collect()
            });
            let fate = |item: ItemId| fates.get(&item).copied().unwrap_or(Fate::Back);
            let stories = stories.get_untracked();
            let stories: Vec<&Row> = stories.iter().map(AsRef::as_ref).collect();
            desk.close_layer();
            desk.intend_loudly(sprint_steps::close(
                &sprint,
                &stories,
                fate,
                ways,
                &counted,
                (desk.me, device::now()),
            ));
        }
    });
    let told = move || {
        let load = load.get();
        let cleared = load
            .cleared()
            .map(|share| format!("Cleared {} %: ", share.round()));
        format!(
            "{}{} of {} done, {} of {}.",
            cleared.unwrap_or_default(),
            words::number(load.stories_done),
            words::count(load.stories, "story", "stories"),
            words::points(load.done),
            words::effort(desk, load.points),
        )
    };
    view! {
        <Dialog label=title.clone() shape=Shape::Sheet on_close=move |()| desk.close_layer()>
            <form
                class="question close-sprint"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>{title}</h2>
                <p>{told}</p>
                <Show when=move || !nothing_left()>
                    <p class="soft">"What becomes of what is not finished? Points count where a story is finished."</p>
                    <ul class="fates">{rows}</ul>
                </Show>
                <p class="wrong" role="alert">{move || wrong.get().then_some("Say how much of a split story is done: a number up to its estimate.")}</p>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                    <button type="submit" class="primary" data-focus="">{own("Close sprint")}</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

fn line(
    desk: Desk,
    row: &Row,
    chosen: RwSignal<BTreeMap<ItemId, Way>>,
    done: RwSignal<BTreeMap<ItemId, String>>,
    usual: Way,
    (back, next): &(String, Option<String>),
) -> AnyView {
    let id = row.id;
    let is = move |way: Way| chosen.with(|chosen| *chosen.get(&id).unwrap_or(&usual) == way);
    let size = row.estimate.map_or_else(
        || "no estimate".to_owned(),
        |size| untrack(|| words::effort(desk, size)),
    );
    let begun = (row.status == Status::Doing).then_some(" · begun");
    let title = row.title.clone();
    let next = next.clone().map(|name| view! { <option value="next" prop:selected=move || is(Way::Next)>{format!("To {name}")}</option> });
    view! {
        <li>
            <span class="cut">{title.clone()}</span>
            <span class="soft">{size} {begun}</span>
            <select
                aria-label=format!("What becomes of {title}")
                on:change=move |event| {
                    let way = match event_target_value(&event).as_str() {
                        "next" => Way::Next,
                        "split" => Way::Split,
                        _ => Way::Back,
                    };
                    chosen.update(|chosen| {
                        chosen.insert(id, way);
                    });
                }
            >
                {next}
                <option value="back" prop:selected=move || is(Way::Back)>{format!("Back to {back}")}</option>
                <option value="split" prop:selected=move || is(Way::Split)>"Split done and remaining"</option>
            </select>
            <Show when=move || is(Way::Split)>
                <input
                    class="field"
                    inputmode="decimal"
                    aria-label=format!("Done of {title}")
                    placeholder="done"
                    autocomplete="off"
                    prop:value=move || done.with_untracked(|done| done.get(&id).cloned()).unwrap_or_default()
                    on:input=move |event| done.update(|done| drop(done.insert(id, event_target_value(&event))))
                />
            </Show>
        </li>
    }
    .into_any()
}
