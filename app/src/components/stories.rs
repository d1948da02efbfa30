//! How far a feature is by its stories: beside its title, and in the panel with each of them (BT-51).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{ids::ItemId, model::Row, planning::split::RollUp};

use super::{kind_icon::of_status, panel::changed::in_words};
use crate::{
    state::desk::Desk,
    ui::icon::{Icon, icon},
    words,
};

/// An item with its stories, followed; nothing where it has none that count.
fn sum(desk: Desk, id: ItemId) -> Memo<Option<RollUp>> {
    Memo::new(move |_| {
        desk.family.with(|family| {
            let is_whole = !family.children(id).is_empty();
            let sum = is_whole.then(|| family.roll_up(id))?;
            (sum.children > 0).then_some(sum)
        })
    })
}

/// The stories of an item, the open ones first, followed.
fn below(desk: Desk, id: ItemId) -> Memo<Vec<Arc<Row>>> {
    Memo::new(move |_| {
        let mut stories: Vec<Arc<Row>> = desk.family.with(|family| {
            desk.items.with(|rows| {
                let children = family.children(id).iter();
                children.filter_map(|id| rows.row(*id).cloned()).collect()
            })
        });
        stories.sort_by_key(|row| (!row.status.is_open(), row.created, row.id));
        stories
    })
}

/// `2/5` for the row of an item that has stories.
pub fn badge(desk: Desk, id: ItemId) -> AnyView {
    let sum = sum(desk, id);
    (move || {
        sum.get().map(|sum| {
            let said = format!("{} of {} stories done", sum.children_done, sum.children);
            let text = format!("{}/{}", sum.children_done, sum.children);
            view! {
                <span class="stories-badge" role="img" title=said.clone() aria-label=said>
                    {icon(Icon::Story)} {text}
                </span>
            }
        })
    })
    .into_any()
}

/// The part of the panel, while the item has stories.
pub fn section(desk: Desk, id: ItemId) -> AnyView {
    let sum = sum(desk, id);
    let share = move || sum.get().map_or(0.0, share);
    let told = move || sum.get().map(|sum| told(desk, &sum)).unwrap_or_default();
    let stories = below(desk, id);
    let changed = move || {
        let touched = stories.with(|stories| stories.iter().map(|story| story.touched).max());
        touched.map(|at| format!(" \u{b7} {}", in_words(at, None)))
    };
    view! {
        <Show when=move || sum.with(Option::is_some)>
            <section class="stories" aria-label="Stories">
                <h2>"Stories"</h2>
                <progress aria-label="Progress" max="1" aria-valuetext=told prop:value=share></progress>
                <p class="soft">{told} {changed}</p>
                <ul>
                    <For each=move || stories.get() key=|row| (row.id, row.status, row.estimate.map(f64::to_bits), row.title.clone()) let(row)>
                        {story(desk, &row)}
                    </For>
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

fn story(desk: Desk, row: &Arc<Row>) -> AnyView {
    let id = row.id;
    let estimate = row.estimate.map(|estimate| words::size(desk, estimate));
    view! {
        <li>
            <span class=format!("status status-{}", row.status.word()) title=row.status.label()>
                {icon(of_status(row.status))} <span class="hidden">{row.status.label()}</span>
            </span>
            <button class="quiet cut" on:click=move |_| desk.open_item(id)>{row.title.clone()}</button>
            <span class="soft">{estimate.unwrap_or_else(|| "–".to_owned())}</span>
        </li>
    }
    .into_any()
}

/// By points where stories are estimated, by their number otherwise.
fn share(sum: RollUp) -> f64 {
    match sum.size.filter(|size| sum.from_children && *size > 0.0) {
        Some(size) => sum.done / size,
        None => sum.children_done as f64 / sum.children as f64,
    }
}

fn told(desk: Desk, sum: &RollUp) -> String {
    let stories = words::count(sum.children, "story", "stories");
    let mut text = format!("{} of {stories} done", words::number(sum.children_done));
    if let Some(size) = sum.size.filter(|_| sum.from_children) {
        let all = words::effort(desk, size);
        text.push_str(&format!(" · {} of {all}", words::points(sum.done)));
    }
    if sum.unestimated > 0 {
        text.push_str(&format!(
            " · {} unestimated",
            words::number(sum.unestimated)
        ));
    }
    text
}
