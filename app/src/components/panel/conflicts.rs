//! Fields that two people set while apart: both values, who set them and when. One click settles it.

use leptos::prelude::*;
use shared::{
    intent::Intent,
    model::{Conflict, ConflictValue},
};

use super::Open;
use crate::{
    components::unverified,
    platform::device,
    ui::icon::{Icon, icon},
    words,
};

/// What has two values.
#[component]
pub(super) fn Conflicts(open: Open) -> impl IntoView {
    let conflicts = Memo::new(move |_| {
        open.detail
            .with(|detail| detail.as_ref().map(|detail| detail.conflicts.clone()))
            .unwrap_or_default()
    });
    move || {
        conflicts
            .get()
            .into_iter()
            .map(|conflict| one(open, conflict))
            .collect_view()
    }
}

fn one(open: Open, conflict: Conflict) -> impl IntoView {
    let Conflict { field, values } = conflict;
    let label = format!("2 values: {}", field.label());
    view! {
        <section class="conflict-card" aria-label=label>
            <h2>{icon(Icon::Warning)} {format!("{}: 2 values", field.label())}</h2>
            <p class="soft">"Set while apart. Choose the one that holds."</p>
            <ul>
                {values
                    .into_iter()
                    .enumerate()
                    .map(|(nth, value)| {
                        let (who, by) = (who(open, &value), value.by);
                        let ConflictValue { shown, token, .. } = value;
                        let shown = if shown.is_empty() { "empty".to_owned() } else { shown };
                        let keep = format!("Keep {shown}");
                        let settle = move |_| {
                            open.intend(Intent::Settle {
                                item: open.id,
                                field,
                                token: token.clone(),
                            });
                        };
                        view! {
                            <li>
                                <span class="value">{shown}</span>
                                <span class="soft">
                                    {who} {unverified::mark(open.desk, by)} {(nth == 0).then_some(" · shown now")}
                                </span>
                                <button aria-label=keep on:click=settle>"Keep"</button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

fn who(open: Open, value: &ConflictValue) -> String {
    let name = value.by.and_then(|by| {
        open.desk
            .people
            .with_untracked(|people| people.get(&by.person).map(|person| person.name.clone()))
    });
    let name = name.unwrap_or_else(|| "somebody".to_owned());
    format!("{name}, {}", words::ago(device::now(), value.at))
}
