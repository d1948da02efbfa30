//! The open item beside the list, with all its fields; the whole screen on a phone.

mod aims;
mod away;
pub(crate) mod changed;
mod comments;
mod conflicts;
mod criteria;
mod custom;
mod description;
mod fields;
pub(crate) mod files;
mod further;
mod invest;
pub mod markdown;
mod more;
mod readiness;
mod scores;
mod trail;
mod urls;
mod whereabouts;

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, Value},
    model::{Detail, Part, Place, Row, role::Right},
};
use web_sys::HtmlTextAreaElement;

use self::{
    aims::Aims,
    away::Away,
    comments::Comments,
    conflicts::Conflicts,
    criteria::{Criteria, Requirements},
    description::Description,
    fields::Fields,
    more::More,
    readiness::Readiness,
    scores::ScoreSection,
    trail::Trail,
    whereabouts::Whereabouts,
};
use crate::{
    commands,
    components::{evidence::evidence_list, stories},
    parts,
    state::{desk::Desk, layer::Layer},
    ui::icon::{Icon, icon},
    words,
};

/// The field with the open item's title.
pub const TITLE: &str = "item-title";

/// What the parts of the panel share.
#[derive(Clone, Copy, Debug)]
struct Open {
    desk: Desk,
    id: ItemId,
    row: Memo<Option<Arc<Row>>>,
    /// The detail, once it is here.
    detail: Memo<Option<Arc<Detail>>>,
}

impl Open {
    fn intend(self, intent: Intent) -> u64 {
        self.desk.intend(intent)
    }

    fn set(self, value: Value) {
        self.intend(Intent::Set {
            items: vec![self.id],
            value,
        });
    }

    fn field<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        get: impl Fn(&Row) -> T + Send + Sync + 'static,
    ) -> Memo<Option<T>> {
        Memo::new(move |_| self.row.with(|row| row.as_ref().map(|row| get(row))))
    }
}

/// The panel, while an item is open.
#[component]
pub fn ItemPanel(desk: Desk) -> impl IntoView {
    let is_open = Memo::new(move |_| desk.item.get().is_some());
    move || {
        is_open
            .get()
            .then(|| parts::PANEL.view(move |view| view(desk), move || desk.close_item()))
    }
}

/// The open item, whichever it is.
pub(crate) fn item_panel(desk: Desk) -> AnyView {
    (move || desk.item.get().map(|id| view! { <Panel desk id/> })).into_any()
}

#[component]
fn Panel(desk: Desk, id: ItemId) -> impl IntoView {
    let open = Open {
        desk,
        id,
        row: desk.row(id),
        detail: Memo::new(move |_| desk.detail.get().filter(|detail| detail.id == id)),
    };
    let is_here = Memo::new(move |_| open.row.with(Option::is_some));
    view! {
        <aside
            class="panel"
            aria-label="Item"
            on:dragover=|event| files::dragged(&event)
            on:dragleave=|event| files::dragged_away(&event)
            on:drop=move |event| files::dropped(open, &event)
        >
            <PanelHead open/>
            <Show
                when=move || is_here.get()
                fallback=move || view! { <p class="soft none">{move || missing(desk)}</p> }
            >
                <div class="panel-body">
                    <fieldset class="plain" disabled=move || !desk.may_edit()>
                        <Title open/>
                        <Whereabouts open/>
                        <Readiness open/>
                        <Away open/>
                        <Conflicts open/>
                        <Fields open/>
                        <div class="fields"><Aims open/> {changed::line(open, Part::Aims)}</div>
                        {stories::section(desk, id)}
                        <p class="to-split">
                            <button class="quiet" on:click=move |_| desk.show_layer(Layer::Split(id))>"Split into stories…"</button>
                        </p>
                        <Description open/>
                        <Requirements open/>
                        <Criteria open/>
                        <ScoreSection open/>
                        <More open/>
                        {evidence_list(desk, id, true)}
                    </fieldset>
                    {files::files(open)}
                    <fieldset class="plain" disabled=move || !desk.may_comment()>
                        <Comments open/>
                    </fieldset>
                    <Trail open/>
                </div>
            </Show>
        </aside>
    }
}

fn missing(desk: Desk) -> &'static str {
    if desk.confirmed.get() {
        "This item is not in the backlog, or its creation was undone."
    } else {
        "reading…"
    }
}

#[component]
fn PanelHead(open: Open) -> impl IntoView {
    let Open { desk, .. } = open;
    let reference = Memo::new(move |_| {
        desk.rows.with(|rows| {
            let row = rows.row(open.id)?;
            let reference = rows.reference(row);
            Some(match rows.rank_of(row) {
                Some(place) => format!("{reference} · rank {}", words::number(place + 1)),
                None => format!("{reference} · {}", row.status.label()),
            })
        })
    });
    let is_away = open.field(|row| row.status.is_away());
    let in_triage = open.field(|row| row.place == Place::Inbox && row.status.is_open());
    let may_decide = move || in_triage.get() == Some(true) && desk.may(Right::Accept);
    let act = move |id: &'static str| {
        desk.look_at(Some(open.id));
        commands::run(id, desk);
    };
    view! {
        <div class="panel-head">
            <h2 class="hidden">"Item"</h2>
            <span class="reference">{move || reference.get()}</span>
            <span class="grow"></span>
            <button class="quiet step" aria-label="Move up" title="Move up" on:click=move |_| act("move-up")>{icon(Icon::Up)}</button>
            <button class="quiet step" aria-label="Move down" title="Move down" on:click=move |_| act("move-down")>{icon(Icon::Down)}</button>
            {move || if may_decide() {
                view! {
                    <button class="quiet" on:click=move |_| act("triage-accept")>"Accept…"</button>
                    <button class="quiet" on:click=move |_| act("triage-decline")>"Decline…"</button>
                }
                .into_any()
            } else {
                view! { <button class="quiet" title="Move to rank…" on:click=move |_| act("move-to-rank")>"Rank…"</button> }.into_any()
            }}
            {move || if is_away.get() == Some(true) {
                view! { <button class="quiet" on:click=move |_| act("restore")>"Restore"</button> }.into_any()
            } else {
                view! { <button class="quiet" on:click=move |_| act("archive")>"Archive…"</button> }.into_any()
            }}
            <button class="quiet" aria-label="Close item" title="Close (Esc)" on:click=move |_| desk.close_item()>{icon(Icon::Close)}</button>
        </div>
    }
}

#[component]
fn Title(open: Open) -> impl IntoView {
    let title = open.field(|row| row.title.clone());
    let keep = move |typed: String| {
        let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
        if !typed.is_empty() && title.get_untracked().as_ref() != Some(&typed) {
            open.set(Value::Title(typed));
        }
    };
    view! {
        <textarea
            id=TITLE
            class="title"
            aria-label="Title"
            rows="1"
            prop:value=move || title.get().unwrap_or_default()
            on:change=move |event| keep(event_target_value(&event))
            on:keydown=move |event| {
                if event.is_composing() {
                    return;
                }
                match event.key().as_str() {
                    "Enter" => {
                        event.prevent_default();
                        keep(event_target_value(&event));
                    }
                    "Escape" => {
                        event.prevent_default();
                        let field: HtmlTextAreaElement = event_target(&event);
                        let kept = title.get_untracked().unwrap_or_default();
                        // The first one takes back what was typed.
                        if field.value() == kept {
                            open.desk.close_item();
                        } else {
                            field.set_value(&kept);
                        }
                    }
                    _ => {}
                }
            }
        ></textarea>
    }
}
