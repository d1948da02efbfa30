//! The ranked list: as many rows as fit the screen, however many there are.
//!
//! Rows are of one height and placed by it, so that a row which moves travels there. Keys go to the list as a whole, which
//! names the row with the cursor: a row that scrolls away or moves takes no focus with it.

pub mod cut_lines;
mod dragging;
mod inline_title;
mod row;
pub(crate) mod window;

use leptos::{html, prelude::*};
use shared::{
    ids::ItemId,
    session::messages::{DeviceState, RelayState, SyncStatus},
};
use web_sys::HtmlElement;

use self::{
    cut_lines::CutLines, dragging::Dragging, inline_title::InlineTitle, row::ItemRow,
    window::Window,
};
use crate::{
    platform::page,
    state::{
        desk::{Desk, LIST},
        filter::Filter,
        grouping::Head,
        layer::row_element,
        shown::Shown,
    },
    words,
};

/// Rows drawn beyond each edge, so that none is missing while the browser scrolls ahead of the page.
const BEYOND: usize = 20;
/// The same until the first rows are on the screen, which nothing may delay.
const BEYOND_AT_FIRST: usize = 1;
/// So many more are drawn in each frame from then on.
const BEYOND_EACH: usize = 4;
/// How many rows a screen key goes.
pub const LIST_PAGE: isize = 15;
/// Below this width rows have two lines, in pixels.
const NARROW: f64 = 640.0;
const ROW_WIDE: f64 = 36.0;
const ROW_NARROW: f64 = 64.0;

/// Cells that the rows of a view have besides.
#[derive(Clone, Copy, Debug)]
pub struct Extra {
    /// The class of the list, which gives them their columns.
    pub class: &'static str,
    /// Draws them for an item.
    pub cells: fn(Desk, ItemId) -> AnyView,
}

/// What the parts of the list share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) scroller: NodeRef<html::Div>,
    /// How far it is scrolled, in pixels.
    pub(crate) top: RwSignal<f64>,
    /// What is seen of it, in pixels.
    pub(crate) size: RwSignal<(f64, f64)>,
    /// In pixels.
    pub(crate) row_height: Memo<f64>,
    /// How many rows are drawn beyond each edge.
    beyond: RwSignal<usize>,
}

impl Frame {
    fn new() -> Self {
        let size = RwSignal::new((1_000.0, 800.0));
        Self {
            scroller: NodeRef::new(),
            top: RwSignal::new(0.0),
            size,
            beyond: RwSignal::new(BEYOND_AT_FIRST),
            row_height: Memo::new(move |_| {
                if size.get().0 < NARROW {
                    ROW_NARROW
                } else {
                    ROW_WIDE
                }
            }),
        }
    }

    /// A list whose rows are of one height however wide it is.
    pub(crate) fn of_height(height: f64) -> Self {
        Self {
            row_height: Memo::new(move |_| height),
            ..Self::new()
        }
    }

    /// The rows that are to be drawn of a list.
    pub(crate) fn window(self, shown: Memo<Shown>) -> Memo<Window> {
        let window = Memo::new(move |_| {
            let (top, seen) = (self.top.get(), self.size.get().1);
            let beyond = self.beyond.get();
            shown.with(|shown| Window::of(shown, (top, seen), self.row_height.get(), beyond))
        });
        Effect::new(move |done: Option<bool>| {
            let is_drawn = window.with(|window| !window.is_empty());
            if is_drawn && done != Some(true) {
                self.draws_more();
            }
            is_drawn || done == Some(true)
        });
        window
    }

    /// Draws what is beyond what is seen, once that is on the screen: a few rows a frame, so that none gets long.
    fn draws_more(self) {
        page::after_paint(move || {
            // The list may be gone by then.
            let drawn = self.beyond.try_get_untracked();
            if let Some(drawn) = drawn.filter(|drawn| *drawn < BEYOND) {
                self.beyond.set((drawn + BEYOND_EACH).min(BEYOND));
                self.draws_more();
            }
        });
    }

    pub(crate) fn element(self) -> Option<HtmlElement> {
        self.scroller.get_untracked().map(Into::into)
    }

    /// Scrolls as little as needed to show a row.
    pub(crate) fn reveal(self, place: usize) {
        let Some(scroller) = self.element() else {
            return;
        };
        let height = self.row_height.get_untracked();
        let (top, bottom) = (place as f64 * height, (place + 1) as f64 * height);
        // What is known already: to ask the browser would make it lay the page out in the middle of a step.
        let from = self.top.get_untracked();
        let seen = self.size.get_untracked().1;
        let to = if top < from {
            top
        } else if bottom > from + seen {
            bottom - seen
        } else {
            return;
        };
        // Lists are far shorter than 2^31 pixels.
        scroller.set_scroll_top(to as i32);
        self.top.set(to);
    }
}

/// The list.
#[component]
pub fn RankedList(
    desk: Desk,
    /// Cut lines to draw in it.
    #[prop(optional)]
    cut: Option<CutLines>,
    /// Cells that its rows have besides.
    #[prop(optional)]
    extra: Option<Extra>,
) -> impl IntoView {
    let frame = Frame::new();
    let dragging = Dragging::new(desk, frame);
    let window = frame.window(desk.shown);
    follow_size(frame);
    follow_cursor(desk, frame);
    mark_first_rows(desk, window);
    let is_narrow = move || frame.row_height.get() > ROW_WIDE;
    let is_moving = move || desk.moving.get() && !dragging.is_on();
    view! {
        <div
            class="scroller"
            class:narrow=is_narrow
            class:moving=is_moving
            class:with-sums=cut.is_some_and(|cut| cut.columns)
            class:with-score=extra.is_some_and(|extra| extra.class == "with-score")
            class:dragging=move || dragging.is_on()
            node_ref=frame.scroller
            on:scroll=move |_| {
                if let Some(scroller) = frame.element() {
                    frame.top.set(f64::from(scroller.scroll_top()));
                }
            }
            on:pointermove=move |event| dragging.moved(&event)
            on:pointerup=move |event| dragging.released(&event)
            on:pointercancel=move |_| dragging.cancel()
            on:touchmove=move |event| {
                if dragging.is_on() {
                    event.prevent_default();
                }
            }
            on:contextmenu=move |event| {
                if dragging.is_pressed_by_finger() {
                    event.prevent_default();
                }
            }
            on:keydown=move |event| {
                if event.key() == "Escape" && dragging.is_on() {
                    event.prevent_default();
                    dragging.cancel();
                }
            }
        >
            <div
                id=LIST
                class="rows"
                role="grid"
                tabindex="0"
                aria-label="Ranked list"
                aria-multiselectable="true"
                aria-rowcount=move || desk.shown.with(Shown::line_count).to_string()
                aria-activedescendant=move || active(desk, window)
                style:height=move || {
                    let lines = desk.shown.with(Shown::line_count);
                    format!("{}px", lines as f64 * frame.row_height.get())
                }
            >
                <For
                    each=move || window.get().heads()
                    key=|(line, head)| (*line, head.name.clone(), head.count, head.points.to_bits())
                    let((line, head))
                >
                    {heading(desk, frame, line, head)}
                </For>
                <For each=move || window.get().items() key=|id| *id let(id)>
                    <ItemRow desk frame dragging id window cut extra/>
                </For>
            </div>
            {cut.map(|cut| cut.draw(frame))}
            <InlineTitle desk frame/>
            {dragging.line()}
        </div>
        <Emptiness desk/>
        {dragging.ghost()}
    }
}

/// A heading between the rows of a grouped list.
fn heading(desk: Desk, frame: Frame, line: usize, head: Head) -> impl IntoView {
    let dot = head.colour.map(|colour| format!("dot c{colour}"));
    let numbers = format!(
        "{} · {}",
        words::count(head.count, "item", "items"),
        untrack(|| words::effort(desk, head.points))
    );
    view! {
        <div
            class="heading"
            role="row"
            aria-rowindex=(line + 1).to_string()
            style:transform=move || format!("translateY({}px)", line as f64 * frame.row_height.get())
        >
            <span role="gridcell">
                {dot.map(|dot| view! { <span class=dot aria-hidden="true"></span> })}
                <strong>{head.name}</strong>
                <span class="soft">{numbers}</span>
            </span>
        </div>
    }
}

fn active(desk: Desk, window: Memo<Window>) -> Option<String> {
    let cursor = desk.selection.cursor.get()?;
    window
        .with(|window| window.place(cursor).is_some())
        .then(|| row_element(cursor))
}

pub(crate) fn follow_size(frame: Frame) {
    Effect::new(move |_| {
        let scroller = frame.scroller.get()?;
        page::watch_size(&scroller, move |width, height| {
            // The list may be gone when its element's last size is told.
            let known = frame.size.try_get_untracked();
            if known.is_some_and(|known| known != (width, height)) {
                frame.size.set((width, height));
            }
        })
    });
}

/// Whatever moves the cursor by intention brings it into view.
fn follow_cursor(desk: Desk, frame: Frame) {
    Effect::new(move |_| {
        desk.reveal.track();
        let place = desk
            .selection
            .cursor
            .get_untracked()
            .and_then(|item: ItemId| desk.shown.with_untracked(|shown| shown.line_of(item)));
        if let Some(line) = place {
            frame.reveal(line);
        }
    });
    Effect::new(move |_| {
        desk.selection.cursor.track();
        desk.tell_presence();
    });
}

fn mark_first_rows(desk: Desk, window: Memo<Window>) {
    Effect::new(move |done: Option<bool>| {
        let there = desk.has_view.get() && window.with(|window| !window.is_empty());
        if there && done != Some(true) {
            page::after_paint(|| {
                page::mark("cutline-rows");
                page::set_body_data("rows", "true");
            });
        }
        there || done == Some(true)
    });
}

/// Whether the relay can't be asked, or was asked and does not have the backlog.
fn is_out_of_reach(status: &SyncStatus) -> bool {
    match status.relay {
        RelayState::Offline
        | RelayState::Live
        | RelayState::Troubled(_)
        | RelayState::Refused(_) => status.device != DeviceState::Loading,
        RelayState::Connecting => false,
    }
}

/// What stands where no rows are.
#[component]
fn Emptiness(desk: Desk) -> impl IntoView {
    let state = Memo::new(move |_| {
        if !desk.shown.with(|shown| shown.is_empty()) {
            return "";
        }
        if !desk.filter.with(Filter::is_empty) {
            return "filtered";
        }
        if desk.confirmed.get() {
            "empty"
        } else if desk.status.with(is_out_of_reach) {
            "away"
        } else {
            "reading"
        }
    });
    move || {
        match state.get() {
        "filtered" => Some(
            view! {
                <div class="emptiness">
                    <p>"Nothing fits the filter."</p>
                    <button on:click=move |_| desk.bar.refine(|filter| *filter = filter.cleared())>
                        "Show the whole list"
                    </button>
                </div>
            }
            .into_any(),
        ),
        "empty" => Some(
            view! {
                <div class="emptiness">
                    <p>"An empty list. Type what comes to mind below and press Enter."</p>
                    <p class="soft">
                        "Paste many lines for many items, or drop a file anywhere. Then drag, or press "
                        <kbd>"Alt"</kbd> <kbd>"↑"</kbd> ", to rank."
                    </p>
                </div>
            }
            .into_any(),
        ),
        "away" => Some(
            view! {
                <div class="emptiness">
                    <p>"This backlog is not on this device yet."</p>
                    <p class="soft">"It comes as soon as the relay can be reached and has it. A backup file can be merged from the menu."</p>
                </div>
            }
            .into_any(),
        ),
        "reading" => Some(view! { <div class="emptiness soft"><p>"reading…"</p></div> }.into_any()),
        _ => None,
    }
    }
}
