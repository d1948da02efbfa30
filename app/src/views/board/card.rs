//! One item on the board.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::{Field, Place, Row},
};
use web_sys::MouseEvent;

use super::{column::CARD_HEIGHT, dragging::Dragging};
use crate::{
    components::{
        freshness::TierChip,
        kind_icon::{of_kind, of_status},
        list::window::Window,
        tag_view::tag_view,
    },
    state::{desk::Desk, layer::row_element},
    ui::icon::{Icon, icon},
    words,
};

const TAGS_SHOWN_MAX: usize = 2;

/// The card.
#[component]
pub(super) fn Card(
    desk: Desk,
    dragging: Dragging,
    id: ItemId,
    place: Place,
    window: Memo<Window>,
) -> impl IntoView {
    let row = desk.row(id);
    let at = Memo::new(move |_| window.with(|window| window.place(id)).unwrap_or_default());
    let is_selected = Memo::new(move |_| desk.selection.items.with(|items| items.contains(&id)));
    let is_cursor = Memo::new(move |_| desk.selection.cursor.get() == Some(id));
    let is_open = Memo::new(move |_| desk.item.get() == Some(id));
    let label = move || row.with(|row| row.as_ref().map(|row| label(desk, row, at.get().1)));
    view! {
        <div
            id=row_element(id)
            class="card"
            class:selected=move || is_selected.get()
            class:cursor=move || is_cursor.get()
            class:open=move || is_open.get()
            class:lifted=move || dragging.lifts(id)
            role="row"
            aria-rowindex=move || (at.get().0 + 1).to_string()
            aria-selected=move || is_selected.get().to_string()
            aria-label=label
            style:transform=move || format!("translateY({}px)", at.get().0 as f64 * CARD_HEIGHT)
            on:click=move |event| click(desk, id, place, &event)
            on:pointerdown=move |event| dragging.pressed(id, &event)
        >
            {move || row.get().map(|row| face(desk, &row, at.get().1))}
        </div>
    }
}

fn label(desk: Desk, row: &Row, number: usize) -> String {
    let rank = match number {
        0 => String::new(),
        number => format!("{}. ", words::number(number)),
    };
    let estimate = match row.estimate {
        Some(estimate) => words::effort(desk, estimate),
        None => "unestimated".to_owned(),
    };
    let reference = desk.rows.with_untracked(|rows| rows.reference(row));
    format!(
        "{rank}{reference} {}, {}, {}, {estimate}",
        row.title,
        words::kind(desk, row.kind),
        row.status.label()
    )
}

fn click(desk: Desk, id: ItemId, place: Place, event: &MouseEvent) {
    if event.shift_key() {
        let ids = untrack(|| desk.column(place)).ids();
        desk.selection.extend(id, &ids);
    } else if event.ctrl_key() || event.meta_key() {
        desk.selection.toggle(id);
    } else {
        desk.selection.clear();
        desk.selection.place(id);
        desk.open_item(id);
    }
}

fn face(desk: Desk, row: &Arc<Row>, number: usize) -> impl IntoView + use<> {
    let reference = desk.rows.with_untracked(|rows| rows.reference(row));
    let more_tags = row.tags.len().saturating_sub(TAGS_SHOWN_MAX);
    let tags: Vec<String> = row.tags.iter().take(TAGS_SHOWN_MAX).cloned().collect();
    let value = row.number(Field::Value).map(words::points);
    let kind = row.kind;
    let status = row.status;
    let blocked = row.text(Field::Blocked).to_owned();
    let criticality = match row.text(Field::Criticality) {
        "must" => Some("Must"),
        "should" => Some("Should"),
        "could" => Some("Could"),
        "wont" => Some("Won\u{2019}t"),
        _ => None,
    };
    let assignee = row.text(Field::Assignee).parse().ok();
    let assignee = assignee.map(|person| words::person(desk, person));
    view! {
        <span class="card-top" role="gridcell">
            <span class=format!("kind kind-{}", kind.word()) title=move || words::kind(desk, kind)>{icon(of_kind(kind))}</span>
            <span class="cut">{reference}</span>
            <span class="grow"></span>
            {(!row.conflicts.is_empty())
                .then(|| view! { <span class="conflict">{icon(Icon::Warning)} "2 values"</span> })}
            <span class="rank" title="Rank in this list">
                {if number == 0 { "–".to_owned() } else { format!("#{}", words::number(number)) }}
            </span>
        </span>
        <span class="title card-title" role="gridcell">{row.title.clone()}</span>
        <span class="card-foot" role="gridcell">
            <span class=format!("status status-{}", status.word()) title=status.label()>
                {icon(of_status(status))} <span class="hidden">{status.label()}</span>
            </span>
            {(!blocked.is_empty())
                .then(|| view! { <span class="conflict" title=blocked>{icon(Icon::Warning)} "Blocked"</span> })}
            {criticality.map(|word| view! { <span title="Criticality">{word}</span> })}
            {assignee.map(|name| view! { <span class="cut" title="Assignee">{name}</span> })}
            <TierChip desk id=row.id/>
            <span class="card-tags">
                {tags.into_iter().map(|tag| tag_view(desk, tag)).collect_view()}
                {(more_tags > 0).then(|| view! { <span class="tag">{format!("+{more_tags}")}</span> })}
            </span>
            {value.map(|value| view! { <span title="Business value">"Value " {value}</span> })}
            <span title="Estimate">{row.estimate.map(|estimate| untrack(|| words::effort(desk, estimate)))}</span>
        </span>
    }
}
