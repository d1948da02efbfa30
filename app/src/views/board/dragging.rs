//! Dragging cards within and between columns, with mouse, pen or finger. A finger takes hold by resting on the card.

use leptos::prelude::*;
use shared::{ids::ItemId, intent::Intent, model::Place, session::messages::Level};
use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, HtmlElement, PointerEvent};

use super::{column::CARD_HEIGHT, column_element};
use crate::{
    commands,
    input::drag::{self, HOLD_MS, SLOP, TREMBLE},
    platform::{page, timer},
    state::desk::{Desk, cards_element},
    words,
};

const BOARD: &str = "board";

/// A pointer that is down on a card.
#[derive(Clone, Copy, Debug)]
struct Press {
    id: u64,
    item: ItemId,
    pointer: i32,
    x: f64,
    y: f64,
    finger: bool,
}

/// Cards that are being dragged.
#[derive(Clone, Debug, PartialEq)]
struct Drag {
    items: Vec<ItemId>,
    x: f64,
    y: f64,
    over: Option<Over>,
}

/// Where they would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Over {
    place: Place,
    /// Between which cards; `None` in a column that is sorted or folded.
    gap: Option<usize>,
}

/// The drag of the board.
#[derive(Clone, Copy, Debug)]
pub(in crate::views) struct Dragging {
    desk: Desk,
    press: StoredValue<Option<Press>>,
    drag: RwSignal<Option<Drag>>,
    count: StoredValue<u64>,
}

impl Dragging {
    pub(in crate::views) fn new(desk: Desk) -> Self {
        Self {
            desk,
            press: StoredValue::new(None),
            drag: RwSignal::new(None),
            count: StoredValue::new(0),
        }
    }

    pub(in crate::views) fn is_on(self) -> bool {
        self.drag.with(Option::is_some)
    }

    pub(super) fn lifts(self, item: ItemId) -> bool {
        self.drag
            .with(|drag| drag.as_ref().is_some_and(|drag| drag.items.contains(&item)))
    }

    pub(in crate::views) fn aims_at(self, place: Place) -> bool {
        self.over().is_some_and(|over| over.place == place)
    }

    pub(super) fn is_pressed_by_finger(self) -> bool {
        self.press.get_value().is_some_and(|press| press.finger)
    }

    fn over(self) -> Option<Over> {
        self.drag
            .with(|drag| drag.as_ref().and_then(|drag| drag.over))
    }

    /// A pointer goes down on a card.
    pub(super) fn pressed(self, item: ItemId, event: &PointerEvent) {
        if event.button() != 0 || !event.is_primary() {
            return;
        }
        let finger = event.pointer_type() == "touch";
        let id = self.count.get_value() + 1;
        self.count.set_value(id);
        self.press.set_value(Some(Press {
            id,
            item,
            pointer: event.pointer_id(),
            x: f64::from(event.client_x()),
            y: f64::from(event.client_y()),
            finger,
        }));
        if finger {
            self.take_hold_later(id);
        }
    }

    fn take_hold_later(self, id: u64) {
        wasm_bindgen_futures::spawn_local(async move {
            timer::sleep(HOLD_MS).await;
            let still = self.press.try_get_value().flatten();
            if let Some(press) = still.filter(|press| press.id == id) {
                self.begin(press, press.x, press.y);
            }
        });
    }

    /// A pointer moves over the board.
    pub(super) fn moved(self, event: &PointerEvent) {
        let Some(press) = self.press.get_value() else {
            return;
        };
        if press.pointer != event.pointer_id() {
            return;
        }
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        if self.drag.with_untracked(Option::is_some) {
            self.aim(x, y);
            return;
        }
        let distance = (x - press.x).hypot(y - press.y);
        if !press.finger && distance > SLOP {
            self.begin(press, x, y);
        } else if press.finger && distance > TREMBLE {
            // The finger scrolls.
            self.press.set_value(None);
        }
    }

    fn begin(self, press: Press, x: f64, y: f64) {
        let selected = self.desk.selection.items.get_untracked();
        let items = if selected.contains(&press.item) {
            self.desk.targets()
        } else {
            self.desk.selection.clear();
            vec![press.item]
        };
        self.desk.selection.place(press.item);
        if let Some(board) = page::element(BOARD) {
            // A pointer that is gone already can't be captured; its end ends the drag as well.
            drop(board.set_pointer_capture(press.pointer));
        }
        self.drag.set(Some(Drag {
            items,
            x,
            y,
            over: None,
        }));
        self.aim(x, y);
        self.scroll_on();
    }

    fn aim(self, x: f64, y: f64) {
        let over = untrack(|| {
            let columns = self.desk.columns();
            if let Some(place) = page::data_at(x, y, "drop")
                .as_deref()
                .and_then(Place::from_word)
            {
                return Some(Over { place, gap: None });
            }
            columns
                .into_iter()
                .find(|place| rect(&column_element(*place)).is_some_and(|rect| spans(&rect, x)))
                .map(|place| Over {
                    place,
                    gap: self.gap(place, y),
                })
        });
        self.drag.update(|drag| {
            if let Some(drag) = drag {
                (drag.x, drag.y) = (x, y);
                drag.over = over;
            }
        });
    }

    fn gap(self, place: Place, y: f64) -> Option<usize> {
        let scroller = scroller(place)?;
        let shown = self.desk.column(place);
        if shown.is_sorted() {
            return None;
        }
        let within =
            y - scroller.get_bounding_client_rect().top() + f64::from(scroller.scroll_top());
        let ranked = (0..shown.len())
            .take_while(|at| shown.number(*at) > 0)
            .count();
        Some(drag::gap_at(within, CARD_HEIGHT, ranked))
    }

    /// Scrolls a little each frame while the pointer is near an edge of its column or of the board.
    fn scroll_on(self) {
        page::before_paint(move || {
            let Some(drag) = self.drag.try_get_untracked().flatten() else {
                return;
            };
            let mut scrolled = false;
            if let Some(scroller) = drag.over.and_then(|over| scroller(over.place)) {
                let rect = scroller.get_bounding_client_rect();
                let step = drag::scroll_step(drag.y - rect.top(), rect.height());
                if step != 0.0 {
                    scroller.set_scroll_top(scroller.scroll_top() + step.round() as i32);
                    scrolled = true;
                }
            }
            if let Some(board) = page::element(BOARD) {
                let rect = board.get_bounding_client_rect();
                let step = drag::scroll_step(drag.x - rect.left(), rect.width());
                if step != 0.0 {
                    board.set_scroll_left(board.scroll_left() + step.round() as i32);
                    scrolled = true;
                }
            }
            if scrolled {
                self.aim(drag.x, drag.y);
            }
            self.scroll_on();
        });
    }

    /// The pointer goes up.
    pub(super) fn released(self, event: &PointerEvent) {
        let pressed = self.press.get_value();
        if pressed.is_none_or(|press| press.pointer != event.pointer_id()) {
            return;
        }
        self.press.set_value(None);
        let Some(drag) = self.drag.get_untracked() else {
            return;
        };
        self.drag.set(None);
        if let Some(over) = drag.over {
            self.drop_at(drag.items, over);
        }
    }

    fn drop_at(self, items: Vec<ItemId>, over: Over) {
        let shown = untrack(|| self.desk.column(over.place));
        let all_here = items.iter().all(|item| shown.place(*item).is_some());
        match over.gap {
            None if all_here && shown.is_sorted() => {
                self.desk.notices.tell(Level::Info, commands::SORTED, None);
            }
            None if all_here => {}
            None => commands::move_into(self.desk, items, over.place, None),
            Some(gap) if all_here => {
                if let Some(to) = drag::target_at(gap, &shown.ids(), &items) {
                    self.desk.intend(Intent::Move { items, to });
                }
            }
            Some(gap) => {
                let others = |id: &ItemId| !items.contains(id);
                let ids = shown.ids();
                let before = ids[..gap.min(ids.len())].iter().filter(|id| others(id));
                let gap = before.count();
                let stay: Vec<ItemId> = (0..shown.len())
                    .filter(|at| shown.number(*at) > 0)
                    .filter_map(|at| shown.id(at))
                    .filter(others)
                    .collect();
                let to = drag::target_into(gap, &stay);
                commands::move_into(self.desk, items, over.place, Some(to));
            }
        }
    }

    /// Nothing is moved.
    pub(super) fn cancel(self) {
        self.press.set_value(None);
        if self.drag.with_untracked(Option::is_some) {
            self.drag.set(None);
        }
    }

    /// The line where the cards would go in a column.
    pub(super) fn line(self, place: Place) -> impl IntoView {
        let gap = Memo::new(move |_| {
            let over = self.over().filter(|over| over.place == place);
            over.and_then(|over| over.gap)
        });
        move || {
            let y = gap.get()? as f64 * CARD_HEIGHT - 4.0;
            Some(
                view! { <div class="drop-line" style:transform=format!("translateY({y}px)")></div> },
            )
        }
    }

    /// What hangs on the pointer.
    pub(in crate::views) fn ghost(self) -> impl IntoView {
        let text = Memo::new(move |_| {
            let items = self
                .drag
                .with(|drag| drag.as_ref().map(|drag| drag.items.clone()))?;
            let [one] = items[..] else {
                return Some(words::count(items.len(), "item", "items"));
            };
            self.desk
                .rows
                .with_untracked(|rows| rows.row(one).map(|row| row.title.clone()))
        });
        move || {
            text.get().map(|text| {
                let at = move || {
                    let (x, y) = self
                        .drag
                        .with(|drag| drag.as_ref().map_or((0.0, 0.0), |drag| (drag.x, drag.y)));
                    format!("translate({}px, {}px)", x + 12.0, y + 12.0)
                };
                view! { <div class="ghost" aria-hidden="true" style:transform=at>{text}</div> }
            })
        }
    }
}

/// What scrolls in a column.
fn scroller(place: Place) -> Option<HtmlElement> {
    page::element(&cards_element(place))?
        .parent_element()?
        .dyn_into()
        .ok()
}

fn rect(id: &str) -> Option<DomRect> {
    page::element(id).map(|element| Element::get_bounding_client_rect(&element))
}

fn spans(rect: &DomRect, x: f64) -> bool {
    (rect.left()..=rect.right()).contains(&x)
}
