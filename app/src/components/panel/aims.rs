//! What the open item is for: its goals, initiatives and themes, and whether that makes it aligned (PB-10).

use leptos::prelude::*;
use shared::{
    intent::Intent,
    model::{Thing, thing},
};

use super::Open;
use crate::{
    components::links_picker::LINKED,
    state::layer::{Layer, Pick},
    ui::icon::{Icon, icon},
};

/// The links as chips, and the way to change them.
#[component]
pub(super) fn Aims(open: Open) -> impl IntoView {
    let desk = open.desk;
    let links = Memo::new(move |_| linked(open));
    let aligned = Memo::new(move |_| {
        let judge = desk.judge.get();
        open.row.with(|row| {
            row.as_ref()
                .is_none_or(|row| judge.strategy.is_aligned(row))
        })
    });
    view! {
        <div class="labelled">
            <span>"Serves"</span>
            <div class="tag-list">
                <For each=move || links.get() key=Clone::clone let((key, name, away))>
                    <span class="tag" class:away=away>
                        {name.clone()}
                        {away.then_some(" (archived)")}
                        <button
                            class="quiet"
                            aria-label=format!("Unlink {name}")
                            on:click=move |_| {
                                open.intend(Intent::Mark {
                                    items: vec![open.id],
                                    key: key.clone(),
                                    value: None,
                                });
                            }
                        >
                            {icon(Icon::Close)}
                        </button>
                    </span>
                </For>
                {move || (!aligned.get()).then(|| view! { <span class="unaligned">"Not aligned"</span> })}
                <button
                    class="quiet to-link"
                    aria-haspopup="dialog"
                    on:click=move |event| {
                        desk.selection.clear();
                        desk.selection.place(open.id);
                        desk.show_layer_at(Layer::Pick(Pick::Links), &event);
                    }
                >
                    "Link\u{2026}"
                </button>
            </div>
        </div>
    }
}

/// The links of the item: (mark, name, whether it was archived).
fn linked(open: Open) -> Vec<(String, String, bool)> {
    open.row.with(|row| {
        let Some(row) = row else { return Vec::new() };
        open.desk.things.with(|things| {
            let mut found = Vec::new();
            for (collection, _, mark) in LINKED {
                for (key, _) in row.marks.iter().filter(|(_, value)| value.is_on()) {
                    let id = key
                        .strip_prefix(*mark)
                        .and_then(|rest| rest.strip_prefix(':'));
                    let Some(id) = id.and_then(|id| id.parse().ok()) else {
                        continue;
                    };
                    let Some(facts) = things.get(&Thing::Record(*collection, id)) else {
                        continue;
                    };
                    let name = format!("{}: {}", collection.label(), thing::text(facts, "name"));
                    found.push((key.clone(), name, thing::is_on(facts, "archived")));
                }
            }
            found
        })
    })
}
