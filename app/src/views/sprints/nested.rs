//! Features with their stories and where these are; each counts once (BT-31, BT-51).

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::{Row, view::place_name},
    planning::split::RollUp,
};

use crate::{
    components::kind_icon::{kind_label, status_label},
    state::desk::Desk,
    words,
};

/// More features than these are found through the list.
const SHOWN_MAX: usize = 200;

pub(super) fn nested(desk: Desk) -> AnyView {
    let wholes = Memo::new(move |_| {
        let family = desk.family.get();
        desk.rows.with(|rows| {
            let mut found: Vec<_> = family
                .wholes()
                .filter(|id| family.parent(*id).is_none())
                .filter_map(|id| rows.row(id))
                .map(|row| (row.place, row.rank.clone(), row.id))
                .collect();
            found.sort();
            found
                .into_iter()
                .map(|(.., id)| id)
                .take(SHOWN_MAX)
                .collect::<Vec<ItemId>>()
        })
    });
    view! {
        <section class="nested" aria-label="Features and their stories">
            <Show
                when=move || wholes.with(|wholes| !wholes.is_empty())
                fallback=|| view! { <p class="soft">"Nothing is split into stories yet. Choose a feature and press Shift+S."</p> }
            >
                <ul><For each=move || wholes.get() key=|id| *id let(id)>{whole(desk, id)}</For></ul>
            </Show>
        </section>
    }
    .into_any()
}

fn whole(desk: Desk, id: ItemId) -> AnyView {
    let children = Memo::new(move |_| desk.family.with(|family| family.children(id).to_vec()));
    view! {
        <li class="nested-whole">
            <div class="nested-head">{entry(desk, id)} <span class="soft">{sum(desk, id)}</span></div>
                <ul>
                    <For each=move || children.get() key=|id| *id let(child)>
                        {move || {
                            let has_parts = desk.family.with(|family| !family.children(child).is_empty());
                            if has_parts {
                                whole(desk, child)
                            } else {
                                view! { <li class="nested-part">{entry(desk, child)}</li> }.into_any()
                            }
                        }}
                    </For>
                </ul>
        </li>
    }
    .into_any()
}

fn entry(desk: Desk, id: ItemId) -> AnyView {
    let row = desk.row(id);
    (move || row.get().map(|row| face(desk, &row))).into_any()
}

/// What it is, where it is, and how it stands.
fn face(desk: Desk, row: &Row) -> AnyView {
    let id = row.id;
    let place = row.place;
    view! {
        <span class="nested-face">
            {kind_label(row.kind)}
            <button class="quiet title cut" on:click=move |_| desk.open_item(id)>{row.title.clone()}</button>
            <span class="soft">{row.estimate.map(|size| untrack(|| words::effort(desk, size)))}</span>
            <span class="soft cut">{move || desk.things.with(|things| place_name(things, place))}</span>
            {status_label(row.status)}
        </span>
    }
    .into_any()
}

/// What an item adds up to, followed.
fn sum(desk: Desk, id: ItemId) -> impl Fn() -> String + Clone + Send + Sync + 'static {
    move || desk.family.with(|family| said(desk, &family.roll_up(id)))
}

fn said(desk: Desk, sum: &RollUp) -> String {
    let stories = format!(
        "{} of {} done",
        sum.children_done,
        words::count(sum.children, "story", "stories")
    );
    let points = match (sum.size, sum.from_children) {
        (Some(size), true) => format!(
            " · {} of {}, the sum of its stories",
            words::points(sum.done),
            words::effort(desk, size)
        ),
        (Some(size), false) => format!(
            " · {} of its own, its stories have none",
            words::effort(desk, size)
        ),
        (None, _) => String::new(),
    };
    let bare = match sum.unestimated {
        0 => String::new(),
        count => format!(" · {} unestimated", words::number(count)),
    };
    format!("{stories}{points}{bare}")
}
