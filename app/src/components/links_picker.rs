//! Choosing goals, initiatives and themes for the items that a command acts on (PB-10).

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::Intent,
    model::{Collection, Scalar},
};

use super::pickers::walk;
use crate::{
    address::Screen,
    state::{desk::Desk, things},
    ui::icon::{Icon, icon},
};

/// The collections that items are linked to: (collection, heading, mark).
pub const LINKED: &[(Collection, &str, &str)] = &[
    (Collection::Goals, "Goals", "goal"),
    (Collection::Initiatives, "Initiatives", "initiative"),
    (Collection::Themes, "Themes", "theme"),
];

/// The lists of goals, initiatives and themes, each with a switch.
pub fn links(desk: Desk, items: Vec<ItemId>) -> AnyView {
    let items = StoredValue::new(items);
    let groups = LINKED
        .iter()
        .map(|(collection, heading, mark)| group(desk, items, *collection, heading, mark))
        .collect_view();
    let is_empty = move || {
        LINKED
            .iter()
            .all(|(collection, ..)| things::ids(desk, *collection).with(Vec::is_empty))
    };
    view! {
        <div class="links-picker" on:keydown=walk>
            {groups}
            <Show when=is_empty>
                <p class="soft">"There are no goals, initiatives or themes yet."</p>
                <button
                    class="option"
                    data-focus=""
                    on:click=move |_| {
                        desk.close_layer();
                        desk.bar.show_screen(Screen::Strategy);
                    }
                >
                    "Open the strategy"
                </button>
            </Show>
        </div>
    }
    .into_any()
}

fn group(
    desk: Desk,
    items: StoredValue<Vec<ItemId>>,
    collection: Collection,
    heading: &'static str,
    mark: &'static str,
) -> AnyView {
    let names = things::names(desk, collection);
    view! {
        <Show when=move || names.with(|names| !names.is_empty())>
            <div class="options" role="group" aria-label=heading>
                <h3>{heading}</h3>
                <For each=move || names.get() key=Clone::clone let((id, name))>
                    {option(desk, items, (mark, id), name)}
                </For>
            </div>
        </Show>
    }
    .into_any()
}

fn option(
    desk: Desk,
    items: StoredValue<Vec<ItemId>>,
    (mark, id): (&'static str, RecordId),
    name: String,
) -> AnyView {
    let key = StoredValue::new(format!("{mark}:{id}"));
    let on = Memo::new(move |_| {
        items.with_value(|items| {
            desk.rows.with(|rows| {
                let mut known = items.iter().filter_map(|id| rows.row(*id)).peekable();
                known.peek().is_some()
                    && known
                        .all(|row| key.with_value(|key| row.mark(key).is_some_and(Scalar::is_on)))
            })
        })
    });
    view! {
        <button
            class="option"
            role="checkbox"
            aria-checked=move || on.get().to_string()
            on:click=move |_| {
                desk.intend(Intent::Mark {
                    items: items.get_value(),
                    key: key.get_value(),
                    value: (!on.get_untracked()).then_some(Scalar::Flag(true)),
                });
            }
        >
            <span class="box" aria-hidden="true">{move || on.get().then(|| icon(Icon::Check))}</span>
            <span class="cut">{name}</span>
        </button>
    }
    .into_any()
}
