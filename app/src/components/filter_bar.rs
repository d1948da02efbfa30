//! Search and filters. They live in the address, so a link shows the same list.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::model::{Kind, Status};

use super::kind_icon::{kind_label, status_label};
use crate::{
    platform::page,
    state::{desk::Desk, filter::Filter, layer::Layer},
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
    words,
};

/// The search field.
pub const SEARCH: &str = "search";
const BUTTON: &str = "filter-button";
const TAGS_SHOWN_MAX: usize = 40;

/// The line between header and list.
#[component]
pub fn FilterBar(desk: Desk) -> impl IntoView {
    let text = Memo::new(move |_| desk.filter.with(|filter| filter.text.clone()));
    let parts = Memo::new(move |_| desk.filter.with(Filter::parts));
    let is_filtered = Memo::new(move |_| desk.filter.with(|filter| !filter.is_empty()));
    let found = Memo::new(move |_| {
        let found = desk.shown.with(|shown| shown.len());
        let place = desk.filter.with(Filter::place);
        let all = desk.rows.with(|rows| rows.ranked_in(place).len());
        format!("{} of {}", words::number(found), words::number(all))
    });
    view! {
        <div class="filters" role="search" aria-label="Items">
            <label class="search">
                {icon(Icon::Search)}
                <input
                    id=SEARCH
                    type="search"
                    aria-label="Search"
                    placeholder="Search"
                    autocomplete="off"
                    prop:value=move || text.get()
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        desk.bar.refine(|filter| filter.text = text);
                    }
                    on:keydown=move |event| {
                        if matches!(event.key().as_str(), "Escape" | "Enter" | "ArrowDown") {
                            event.prevent_default();
                            if event.key() == "Escape" {
                                desk.bar.refine(|filter| filter.text.clear());
                            }
                            page::focus(crate::state::desk::LIST);
                        }
                    }
                />
            </label>
            <button
                id=BUTTON
                class="quiet"
                aria-label="Filter"
                aria-haspopup="dialog"
                on:click=move |_| desk.show_layer(Layer::Filters)
            >
                {icon(Icon::Filter)}
                <span class="word">"Filter"</span>
                {move || (parts.get() > 0).then(|| view! { <span class="badge">{parts.get()}</span> })}
            </button>
            <ActiveParts desk/>
            <Show when=move || is_filtered.get()>
                <span class="soft found">{move || found.get()}</span>
                <button class="quiet" on:click=move |_| desk.bar.refine(|filter| *filter = filter.cleared())>
                    "Show all"
                </button>
            </Show>
        </div>
    }
}

/// One part of a filter, as a chip that takes it off.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Kind(Kind),
    Status(Status),
    Tag(String),
    Unestimated,
    Conflicted,
}

impl Part {
    fn of(filter: &Filter) -> Vec<Self> {
        let mut parts: Vec<Self> = filter.kinds.iter().copied().map(Self::Kind).collect();
        parts.extend(filter.statuses.iter().copied().map(Self::Status));
        parts.extend(filter.tags.iter().cloned().map(Self::Tag));
        parts.extend(filter.unestimated.then_some(Self::Unestimated));
        parts.extend(filter.conflicted.then_some(Self::Conflicted));
        parts
    }

    fn label(&self) -> String {
        match self {
            Self::Kind(kind) => kind.label().to_owned(),
            Self::Status(status) => status.label().to_owned(),
            Self::Tag(tag) => tag.clone(),
            Self::Unestimated => "Unestimated".to_owned(),
            Self::Conflicted => "2 values".to_owned(),
        }
    }

    fn is_on(&self, filter: &Filter) -> bool {
        Self::of(filter).contains(self)
    }

    fn toggle(&self, filter: &mut Filter) {
        match self {
            Self::Kind(kind) => toggle(&mut filter.kinds, *kind),
            Self::Status(status) => toggle(&mut filter.statuses, *status),
            Self::Tag(tag) => toggle(&mut filter.tags, tag.clone()),
            Self::Unestimated => filter.unestimated ^= true,
            Self::Conflicted => filter.conflicted ^= true,
        }
    }
}

fn toggle<T: Ord + Clone>(set: &mut BTreeSet<T>, value: T) {
    if !set.remove(&value) {
        set.insert(value);
    }
}

#[component]
fn ActiveParts(desk: Desk) -> impl IntoView {
    let parts = Memo::new(move |_| desk.filter.with(Part::of));
    view! {
        <For each=move || parts.get() key=Clone::clone let(part)>
            {
                let label = part.label();
                let remove = format!("Remove filter {label}");
                view! {
                    <button
                        class="chip active"
                        aria-label=remove
                        on:click=move |_| desk.bar.refine(|filter| part.toggle(filter))
                    >
                        <span>{label}</span>
                        {icon(Icon::Close)}
                    </button>
                }
            }
        </For>
    }
}

/// All filters, with how many items each would show.
#[component]
pub fn FilterDialog(desk: Desk) -> impl IntoView {
    let at = page::element(BUTTON).map(|button| {
        let rect = button.get_bounding_client_rect();
        (rect.left(), rect.bottom() + 4.0)
    });
    let kinds = Memo::new(move |_| {
        let filter = desk.filter.get().but_kinds();
        let words = filter.words();
        desk.rows
            .with(|rows| rows.kinds(|row| filter.fits(row, &words, || rows.reference(row))))
    });
    let statuses = Memo::new(move |_| desk.rows.with(|rows| rows.statuses()));
    let tags = Memo::new(move |_| {
        let mut tags: Vec<(String, usize)> =
            desk.rows.with(|rows| rows.tags()).into_iter().collect();
        tags.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        tags.truncate(TAGS_SHOWN_MAX);
        tags
    });
    let totals = desk.totals;
    let kind_options = Kind::ALL
        .iter()
        .map(|kind| {
            let kind = *kind;
            let count =
                Signal::derive(move || kinds.with(|kinds| kinds.get(&kind).copied().unwrap_or(0)));
            option(desk, Part::Kind(kind), kind_label(kind).into_any(), count)
        })
        .collect_view();
    let status_options = Status::ALL
        .iter()
        .filter(|status| **status != Status::Withdrawn)
        .map(|status| {
            let status = *status;
            let count = Signal::derive(move || {
                statuses.with(|statuses| statuses.get(&status).copied().unwrap_or(0))
            });
            option(
                desk,
                Part::Status(status),
                status_label(status).into_any(),
                count,
            )
        })
        .collect_view();
    let unestimated = Signal::derive(move || totals.with(|totals| totals.unestimated));
    let conflicted = Signal::derive(move || totals.with(|totals| totals.conflicted));
    view! {
        <Dialog label="Filter" shape=Shape::Menu at=at on_close=move |()| desk.close_layer()>
            <div class="filter-groups">
                <fieldset><legend>"Type"</legend>{kind_options}</fieldset>
                <fieldset><legend>"Status"</legend>{status_options}</fieldset>
                <fieldset>
                    <legend>"More"</legend>
                    {option(desk, Part::Unestimated, "Unestimated".into_any(), unestimated)}
                    {option(desk, Part::Conflicted, "2 values".into_any(), conflicted)}
                </fieldset>
                <Show when=move || tags.with(|tags| !tags.is_empty())>
                    <fieldset>
                        <legend>"Tags"</legend>
                        <For each=move || tags.get() key=Clone::clone let((tag, count))>
                            {option(
                                desk,
                                Part::Tag(tag.clone()),
                                tag.into_any(),
                                Signal::derive(move || count),
                            )}
                        </For>
                    </fieldset>
                </Show>
            </div>
        </Dialog>
    }
}

fn option(desk: Desk, part: Part, label: AnyView, count: Signal<usize>) -> impl IntoView {
    let name = part.label();
    let checked = {
        let part = part.clone();
        Memo::new(move |_| desk.filter.with(|filter| part.is_on(filter)))
    };
    view! {
        <label class="check">
            <input
                type="checkbox"
                aria-label=move || format!("{name}, {}", words::number(count.get()))
                prop:checked=move || checked.get()
                on:change=move |_| desk.bar.refine(|filter| part.toggle(filter))
            />
            <span class="cut">{label}</span>
            <span class="soft">{move || words::number(count.get())}</span>
        </label>
    }
}
