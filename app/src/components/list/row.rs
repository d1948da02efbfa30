//! One item in the list.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{ids::ItemId, model::Row};
use web_sys::MouseEvent;

use super::{
    Extra, Frame,
    cut_lines::{self, CutLines},
    dragging::Dragging,
    window::Window,
};
use crate::{
    components::{
        evidence::evidence_badge,
        freshness::TierChip,
        kind_icon::{kind_label, status_label},
        stories,
        tag_view::tag_view,
    },
    state::{
        desk::Desk,
        layer::{Layer, Pick, row_element},
    },
    ui::icon::{Icon, icon},
    words,
};

const TAGS_SHOWN_MAX: usize = 3;

/// A row: rank, type, reference, title, and what else there is room for.
#[component]
pub(super) fn ItemRow(
    desk: Desk,
    frame: Frame,
    dragging: Dragging,
    id: ItemId,
    window: Memo<Window>,
    cut: Option<CutLines>,
    extra: Option<Extra>,
) -> impl IntoView {
    // Its content alone: a re-rank draws no cell anew.
    let row = desk.row(id);
    let place = Memo::new(move |_| window.with(|window| window.place(id)).unwrap_or_default());
    let number = Signal::derive(move || place.get().1);
    let is_selected = Memo::new(move |_| desk.selection.items.with(|items| items.contains(&id)));
    let is_cursor = Memo::new(move |_| desk.selection.cursor.get() == Some(id));
    let is_open = Memo::new(move |_| desk.item.get() == Some(id));
    let is_below = Memo::new(move |_| {
        let standing = cut.and_then(|cut| cut.standing(place.get().1));
        standing.is_some_and(|standing| standing.below_all)
    });
    let is_next = Memo::new(move |_| {
        let number = place.get().1;
        number > 0 && number <= desk.judge.with(|judge| judge.settings.next_up)
    });
    let label = move || row.with(|row| row.as_ref().map(|row| row_label(desk, row, place.get().1)));
    view! {
        <div
            id=row_element(id)
            class="row"
            class:selected=move || is_selected.get()
            class:cursor=move || is_cursor.get()
            class:open=move || is_open.get()
            class:lifted=move || dragging.lifts(id)
            class:next-up=move || is_next.get()
            class:below=move || is_below.get()
            role="row"
            aria-rowindex=move || (place.get().0 + 1).to_string()
            aria-selected=move || is_selected.get().to_string()
            aria-label=label
            style:transform=move || {
                format!("translateY({}px)", place.get().0 as f64 * frame.row_height.get())
            }
            on:click=move |event| click(desk, id, &event)
            on:dblclick=move |_| desk.editing.set(Some(id))
            on:pointerdown=move |event| dragging.pressed(id, &event)
        >
            <span class="grip" role="gridcell" aria-hidden="true">{icon(Icon::Grip)}</span>
            <span class="pick" role="gridcell">
                <input
                    type="checkbox"
                    tabindex="-1"
                    aria-label="Select"
                    prop:checked=move || is_selected.get()
                    on:click=move |event| {
                        event.stop_propagation();
                        if event.shift_key() {
                            extend(desk, id);
                        } else {
                            desk.selection.toggle(id);
                        }
                    }
                />
            </span>
            <span class="rank" role="gridcell">
                {move || match place.get().1 {
                    0 => "–".to_owned(),
                    number => words::number(number),
                }}
            </span>
            {move || row.get().map(|row| cells(desk, id, &row, (number, cut, extra)))}
            <Lookers desk id/>
        </div>
    }
}

fn row_label(desk: Desk, row: &Row, number: usize) -> String {
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

fn click(desk: Desk, id: ItemId, event: &MouseEvent) {
    if event.shift_key() {
        extend(desk, id);
    } else if event.ctrl_key() || event.meta_key() {
        desk.selection.toggle(id);
    } else {
        desk.selection.clear();
        desk.selection.place(id);
        desk.open_item(id);
    }
}

fn extend(desk: Desk, id: ItemId) {
    let ids = desk.shown.with_untracked(|shown| shown.ids());
    desk.selection.extend(id, &ids);
}

/// Opens a picker for a row, or for all selected ones when it is among them.
fn pick(desk: Desk, id: ItemId, pick: Pick, event: &MouseEvent) {
    event.stop_propagation();
    if !desk
        .selection
        .items
        .with_untracked(|items| items.contains(&id))
    {
        desk.selection.clear();
    }
    desk.selection.place(id);
    desk.show_layer_at(Layer::Pick(pick), event);
}

fn cells(
    desk: Desk,
    id: ItemId,
    row: &Arc<Row>,
    (number, cut, extra): (Signal<usize>, Option<CutLines>, Option<Extra>),
) -> impl IntoView + use<> {
    let reference = desk.rows.with_untracked(|rows| rows.reference(row));
    let estimate = row.estimate.map(|estimate| words::size(desk, estimate));
    let estimate_label = match &estimate {
        Some(points) => format!("Estimate: {points}"),
        None => "Estimate: none".to_owned(),
    };
    let more_tags = row.tags.len().saturating_sub(TAGS_SHOWN_MAX);
    let tags: Vec<String> = row.tags.iter().take(TAGS_SHOWN_MAX).cloned().collect();
    let (met, all) = row.criteria;
    let conflicts = row
        .conflicts
        .iter()
        .map(|field| field.label())
        .collect::<Vec<_>>();
    view! {
        <span class="cell-kind" role="gridcell">
            <button tabindex="-1" aria-label=format!("Type: {}", words::kind(desk, row.kind)) on:click=move |event| pick(desk, id, Pick::Kind, &event)>
                {kind_label(row.kind)}
            </button>
        </span>
        <span class="cell-reference" role="gridcell">{reference}</span>
        <span class="cell-title" role="gridcell">
            <span class="title">{row.title.clone()}</span>
            {stories::badge(desk, id)}
            {evidence_badge(desk, id)}
            {(!conflicts.is_empty())
                .then(|| {
                    view! { <span class="conflict" title=conflicts.join(", ")>{icon(Icon::Warning)} "2 values"</span> }
                })}
            <Unaligned desk id/>
            <TierChip desk id/>
            {(!row.for_whom.is_empty()).then(|| view! { <span class="for-whom" title="For whom">{row.for_whom.clone()}</span> })}
            {(!tags.is_empty())
                .then(|| {
                    view! {
                        <span class="tags">
                            {tags
                                .into_iter()
                                .map(|tag| tag_view(desk, tag))
                                .collect_view()}
                            {(more_tags > 0).then(|| view! { <span class="tag">{format!("+{more_tags}")}</span> })}
                        </span>
                    }
                })}
        </span>
        <span class="cell-criteria" role="gridcell">
            {(all > 0)
                .then(|| {
                    view! {
                        <span title="Acceptance criteria met">{icon(Icon::Check)} {format!("{met}/{all}")}</span>
                    }
                })}
        </span>
        <span class="cell-comments" role="gridcell">
            {(!row.tags.is_empty())
                .then(|| {
                    view! { <span class="tag-count" title=row.tags.join(", ")>{icon(Icon::Tag)} {row.tags.len()}</span> }
                })}
            {(row.comments > 0).then(|| view! { <span title="Comments">{icon(Icon::Comment)} {row.comments}</span> })}
        </span>
        <span class="cell-estimate" role="gridcell">
            <button tabindex="-1" aria-label=estimate_label on:click=move |event| pick(desk, id, Pick::Estimate, &event)>
                {estimate.unwrap_or_else(|| "–".to_owned())}
            </button>
        </span>
        {cut.filter(|cut| cut.columns).map(|cut| cut_lines::cells(cut, number))}
        {extra.map(|extra| (extra.cells)(desk, id))}
        <span class="cell-status" role="gridcell">
            <button tabindex="-1" aria-label=format!("Status: {}", row.status.label()) on:click=move |event| pick(desk, id, Pick::Status, &event)>
                {status_label(row.status)}
            </button>
        </span>
    }
}

/// Says so where an item serves no goal and no initiative, once there are any (PB-10).
#[component]
fn Unaligned(desk: Desk, id: ItemId) -> impl IntoView {
    let is_unaligned = Memo::new(move |_| {
        desk.judge.with(|judge| {
            judge.strategy.is_pursued()
                && desk.items.with(|rows| {
                    rows.row(id)
                        .is_some_and(|row| row.status.is_open() && !judge.strategy.is_aligned(row))
                })
        })
    });
    move || {
        is_unaligned
            .get()
            .then(|| view! { <span class="unaligned">"Not aligned"</span> })
    }
}

/// Who else looks at this item.
#[component]
fn Lookers(desk: Desk, id: ItemId) -> impl IntoView {
    let lookers = Memo::new(move |_| {
        let present = desk.present.get();
        let here = present
            .iter()
            .filter(|one| one.item == Some(id) && one.person != desk.me);
        here.map(|one| (one.profile.name.clone(), one.profile.colour))
            .collect::<Vec<_>>()
    });
    view! {
        <span class="lookers" role="gridcell">
            {move || {
                lookers
                    .get()
                    .into_iter()
                    .take(3)
                    .map(|(name, colour)| {
                        let said = format!("{name} looks at this");
                        view! { <span class=format!("looker c{colour}") role="img" title=said.clone() aria-label=said></span> }
                    })
                    .collect_view()
            }}
        </span>
    }
}
