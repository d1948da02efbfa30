//! Dragging rows with mouse, pen or finger. A finger takes hold by the grip or by resting on the row.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, Target},
    session::messages::Level,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

use super::Frame;
use crate::{
    commands,
    input::drag::{self, HOLD_MS, SLOP, TREMBLE},
    platform::{page, timer},
    state::{desk::Desk, shown::Shown},
    words,
};

/// A pointer that is down on a row.
#[derive(Clone, Copy, Debug)]
struct Press {
    id: u64,
    item: ItemId,
    pointer: i32,
    x: f64,
    y: f64,
    finger: bool,
    /// Drags as soon as it moves.
    eager: bool,
}

/// Rows that are being dragged.
#[derive(Clone, Debug, PartialEq)]
struct Drag {
    items: Vec<ItemId>,
    x: f64,
    y: f64,
    gap: usize,
}

/// The drag of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dragging {
    desk: Desk,
    frame: Frame,
    press: StoredValue<Option<Press>>,
    drag: RwSignal<Option<Drag>>,
    count: StoredValue<u64>,
}

impl Dragging {
    pub(super) fn new(desk: Desk, frame: Frame) -> Self {
        Self {
            desk,
            frame,
            press: StoredValue::new(None),
            drag: RwSignal::new(None),
            count: StoredValue::new(0),
        }
    }

    pub(super) fn is_on(self) -> bool {
        self.drag.with(Option::is_some)
    }

    pub(super) fn lifts(self, item: ItemId) -> bool {
        self.drag
            .with(|drag| drag.as_ref().is_some_and(|drag| drag.items.contains(&item)))
    }

    pub(super) fn is_pressed_by_finger(self) -> bool {
        self.press.get_value().is_some_and(|press| press.finger)
    }

    /// A pointer goes down on a row.
    pub(super) fn pressed(self, item: ItemId, event: &PointerEvent) {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let within = |selector: &str| {
            target
                .as_ref()
                .is_some_and(|target| target.closest(selector).ok().flatten().is_some())
        };
        let ranked = self
            .desk
            .rows
            .with_untracked(|rows| rows.row(item).is_some_and(|row| row.status.is_open()));
        if event.button() != 0 || !event.is_primary() || within("input") || !ranked {
            return;
        }
        let finger = event.pointer_type() == "touch";
        let grip = within(".grip");
        if finger && !grip && within("button") {
            return;
        }
        let id = self.count.get_value() + 1;
        self.count.set_value(id);
        self.press.set_value(Some(Press {
            id,
            item,
            pointer: event.pointer_id(),
            x: f64::from(event.client_x()),
            y: f64::from(event.client_y()),
            finger,
            eager: !finger || grip,
        }));
        if finger && !grip {
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

    /// A pointer moves over the list.
    pub(super) fn moved(self, event: &PointerEvent) {
        let Some(press) = self.press.get_value() else {
            return;
        };
        if press.pointer != event.pointer_id() {
            return;
        }
        let (x, y) = (f64::from(event.client_x()), f64::from(event.client_y()));
        if self.drag.with_untracked(Option::is_some) {
            self.place(x, y);
            return;
        }
        let distance = (x - press.x).hypot(y - press.y);
        if press.eager && distance > SLOP {
            self.begin(press, x, y);
        } else if !press.eager && distance > TREMBLE {
            // The finger scrolls.
            self.press.set_value(None);
        }
    }

    fn begin(self, press: Press, x: f64, y: f64) {
        let selected = self.desk.selection.items.get_untracked();
        let items = if selected.contains(&press.item) {
            commands::ranked_targets(self.desk)
        } else {
            self.desk.selection.clear();
            vec![press.item]
        };
        self.desk.selection.place(press.item);
        if let Some(scroller) = self.frame.element() {
            // A pointer that is gone already can't be captured; its end ends the drag as well.
            drop(scroller.set_pointer_capture(press.pointer));
        }
        self.drag.set(Some(Drag {
            items,
            x,
            y,
            gap: 0,
        }));
        self.place(x, y);
        self.scroll_on();
    }

    fn place(self, x: f64, y: f64) {
        let Some(scroller) = self.frame.element() else {
            return;
        };
        let within =
            y - scroller.get_bounding_client_rect().top() + f64::from(scroller.scroll_top());
        let height = self.frame.row_height.get_untracked();
        let lines = self.desk.shown.with_untracked(|shown| {
            let closed = (0..shown.len()).find(|place| shown.number(*place) == 0);
            closed.map_or(shown.line_count(), |place| shown.lines().of_row(place))
        });
        let gap = drag::gap_at(within, height, lines);
        let whole = self.desk.look.with_untracked(|look| look.whole);
        self.drag.update(|drag| {
            if let Some(drag) = drag {
                let within = self.group_of(&drag.items).filter(|_| !whole);
                let gap = within.map_or(gap, |(begin, end)| gap.clamp(begin, end));
                (drag.x, drag.y, drag.gap) = (x, y, gap);
            }
        });
    }

    /// The lines of the one group that all these stand in: dragging changes a rank, never what an item belongs to.
    fn group_of(self, items: &[ItemId]) -> Option<(usize, usize)> {
        self.desk.shown.with_untracked(|shown| {
            let mut groups = items.iter().map(|item| {
                let place = shown.place(*item)?;
                shown.lines().of_group(place)
            });
            let first = groups.next()??;
            groups.all(|group| group == Some(first)).then_some(first)
        })
    }

    /// Scrolls a little each frame while the pointer is near an edge.
    fn scroll_on(self) {
        page::before_paint(move || {
            let Some(drag) = self.drag.try_get_untracked().flatten() else {
                return;
            };
            if let Some(scroller) = self.frame.element() {
                let rect = scroller.get_bounding_client_rect();
                let step = drag::scroll_step(drag.y - rect.top(), rect.height());
                if step != 0.0 {
                    scroller.set_scroll_top(scroller.scroll_top() + step.round() as i32);
                    self.place(drag.x, drag.y);
                }
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
        if self.desk.shown.with_untracked(Shown::is_sorted) {
            self.desk.notices.tell(Level::Info, commands::SORTED, None);
            return;
        }
        if let Some(to) = self.target(&drag) {
            self.desk.intend(Intent::Move {
                items: drag.items,
                to,
            });
        }
    }

    fn target(self, drag: &Drag) -> Option<Target> {
        self.desk.shown.with_untracked(|shown| {
            let all = shown.ids();
            let gap = shown.lines().rows_above(drag.gap);
            let Some((first, count)) = shown.lines().group_at(drag.gap) else {
                return drag::target_at(gap, &all, &drag.items);
            };
            let group = &all[first..first + count];
            if drag.items.iter().all(|item| group.contains(item)) {
                drag::target_at(gap - first, group, &drag.items)
            } else if self.desk.look.with_untracked(|look| look.whole) {
                // Into another list: against a neighbour that stays there.
                let stays = |id: &&ItemId| !drag.items.contains(id);
                let below = group[gap - first..].iter().find(stays);
                let above = group[..gap - first].iter().rev().find(stays);
                below
                    .map(|id| Target::Before(*id))
                    .or(above.map(|id| Target::After(*id)))
            } else {
                drag::target_at(gap, &all, &drag.items)
            }
        })
    }

    /// Nothing is moved.
    pub(super) fn cancel(self) {
        self.press.set_value(None);
        if self.drag.with_untracked(Option::is_some) {
            self.drag.set(None);
        }
    }

    /// The line where the rows would go.
    pub(super) fn line(self) -> impl IntoView {
        move || {
            let gap = self.drag.with(|drag| drag.as_ref().map(|drag| drag.gap))?;
            let y = gap as f64 * self.frame.row_height.get();
            Some(
                view! { <div class="drop-line" style:transform=format!("translateY({y}px)")></div> },
            )
        }
    }

    /// What hangs on the pointer.
    pub(super) fn ghost(self) -> impl IntoView {
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
