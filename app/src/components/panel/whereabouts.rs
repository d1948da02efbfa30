//! Which list the item is in, and whether it went stale.

use leptos::prelude::*;
use shared::{
    model::{Field, Part, view::place_name},
    planning::staleness::Tier,
};

use super::{Open, changed};
use crate::{
    components::freshness::{self, chip},
    state::layer::{Layer, Pick},
    ui::icon::{Icon, icon},
    words,
};

/// The line below the title.
#[component]
pub(super) fn Whereabouts(open: Open) -> impl IntoView {
    let Open { desk, id, .. } = open;
    let place = open.field(|row| row.place);
    let name = move || {
        let place = place.get().unwrap_or(shared::model::Place::Product);
        desk.things.with(|things| place_name(things, place))
    };
    let moved = changed::said(open, Part::Place);
    let tier = freshness::tier(desk, id);
    let told = Memo::new(move |_| {
        let tier = tier.get()?;
        let row = open.row.get()?;
        let (age, mut reasons) = desk
            .judge
            .with(|judge| (judge.age(&row), judge.reasons(&row)));
        if tier == Tier::Fresh {
            // What is new needs no reasons; what was said of it lately does.
            reasons.clear();
        }
        if let Some(wanted) = wanted(open) {
            reasons.push(wanted);
        }
        let days = usize::try_from(age).unwrap_or(0);
        let mut text = match days {
            0 => "touched today".to_owned(),
            days => format!("last touched {} ago", words::count(days, "day", "days")),
        };
        for reason in reasons {
            text.push_str(" · ");
            text.push_str(&reason);
        }
        Some((tier, text))
    });
    view! {
        <div class="whereabouts">
            <button
                aria-label=move || format!("List: {}", name())
                title="Move to another list"
                aria-haspopup="dialog"
                on:click=move |event| {
                    desk.selection.clear();
                    desk.selection.place(id);
                    desk.show_layer_at(Layer::Pick(Pick::Place), &event);
                }
            >
                <span class="cut">{name}</span>
                {icon(Icon::Chevron)}
            </button>
            {move || moved.get().map(|said| view! { <span class="soft changed">"place and rank " {said}</span> })}
            {move || told.get().map(|(tier, text)| view! { {chip(tier)} <span class="soft">{text}</span> })}
            {move || {
                let lacked = open.row.with(|row| {
                    row.as_ref().map(|row| row.text(Field::PulledNotReady).to_owned())
                });
                lacked
                    .filter(|lacked| !lacked.is_empty())
                    .map(|lacked| view! { <span class="soft">"Pulled not ready: " {lacked}</span> })
            }}
            {move || {
                let reason = open.row.with(|row| {
                    row.as_ref().map(|row| row.text(Field::ArchiveReason).to_owned())
                });
                let away = tier.get().is_none();
                reason
                    .filter(|reason| away && !reason.is_empty())
                    .map(|reason| view! { <span class="soft">"Archived because: " {reason}</span> })
            }}
        </div>
    }
}

/// Who said that it is still wanted, and until when.
fn wanted(open: Open) -> Option<String> {
    let row = open.row.get()?;
    let name = words::author(open.desk, row.doer(Field::WantedBy)?);
    let until = row.text(Field::WantedUntil);
    Some(if until.is_empty() {
        format!("still wanted, says {name}")
    } else {
        format!("still wanted until {until}, says {name}")
    })
}
