//! The cut lines in the list: drawn between the rows, moved by pointer or arrow keys.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    intent::Intent,
    model::{Place, Scalar, Thing},
    product::Term,
};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent, PointerEvent};

use super::Frame;
use crate::{
    input::drag,
    state::{
        cut::{self, Cut, Cuts, Standing, Unit},
        desk::Desk,
        filter::Filter,
        shown::Shown,
    },
    words,
};

/// The cut lines of the list on the screen, with the one that is being moved as it would be.
#[derive(Clone, Copy, Debug)]
pub struct CutLines {
    desk: Desk,
    /// The lines.
    pub cuts: Memo<Arc<Cuts>>,
    /// The line in hand and the capacity that it would get.
    held: RwSignal<Option<(String, f64)>>,
    /// The velocity that forecast lines are drawn for, while they are wanted.
    pub velocity: RwSignal<Option<f64>>,
    /// What of a release's capacity is taken by items that are not in the list.
    elsewhere: Signal<f64>,
    /// Whether rows show their sums and notes.
    pub columns: bool,
}

impl CutLines {
    /// The lines of the list that the desk shows.
    #[must_use]
    pub fn of(desk: Desk, columns: bool) -> Self {
        let held: RwSignal<Option<(String, f64)>> = RwSignal::new(None);
        let velocity = RwSignal::new(None);
        let place = Memo::new(move |_| desk.filter.with(Filter::place));
        let of_release = Memo::new(move |_| {
            let place = place.get();
            if !matches!(place, Place::Release(_)) {
                return None;
            }
            let today = desk.judge.with(|judge| judge.today);
            desk.rows.with(|rows| {
                desk.things.with(|things| {
                    desk.shares
                        .with(|shares| cut::release_line(things, rows, shares, place, today))
                })
            })
        });
        let drawn = Memo::new(move |_| {
            let mut drawn = desk.things.with(|things| cut::drawn(things, place.get()));
            let own = of_release.with(|own| own.as_ref().map(|(line, _)| line.clone()));
            drawn.splice(0..0, own);
            drawn
        });
        let missing = Memo::new(move |_| desk.things.with(cut::missing));
        let list = desk.items.list(move |rows| rows.ranked_in(place.get()));
        let cuts = Memo::new(move |_| {
            let mut drawn = drawn.get();
            if let Some((id, capacity)) = held.get()
                && let Some(line) = drawn.iter_mut().find(|line| line.id == id)
            {
                line.capacity = capacity;
            }
            let shares = desk.shares.get();
            list.with(|list| {
                Arc::new(cut::cut(
                    list,
                    &shares,
                    &drawn,
                    missing.get(),
                    velocity.get(),
                ))
            })
        });
        Effect::new(move |_| {
            // The session's own word replaces what was shown ahead of it.
            drawn.track();
            held.set(None);
        });
        Self {
            desk,
            cuts,
            held,
            velocity,
            elsewhere: Signal::derive(move || {
                of_release.with(|own| own.as_ref().map_or(0.0, |(_, elsewhere)| *elsewhere))
            }),
            columns,
        }
    }

    /// Changes a line's settings.
    pub fn put(self, id: &str, values: &[(&str, Scalar)]) {
        let values = values
            .iter()
            .map(|(key, value)| (format!("line:{id}:{key}"), Some(value.clone())))
            .collect();
        self.desk.intend(Intent::Put {
            thing: Thing::Product,
            values,
        });
    }

    fn set_capacity(self, id: &str, capacity: f64) {
        self.held.set(Some((id.to_owned(), capacity)));
        if id != cut::RELEASE_LINE {
            self.put(id, &[("capacity", capacity.into())]);
            return;
        }
        let place = self.desk.filter.with_untracked(Filter::place);
        if let Some(thing) = place.record() {
            let typed = capacity + self.elsewhere.get_untracked();
            self.desk.intend(Intent::Put {
                thing,
                values: vec![("capacity".to_owned(), Some(typed.into()))],
            });
        }
    }

    /// How a row with this number stands.
    pub(super) fn standing(self, number: usize) -> Option<Standing> {
        self.cuts.with(|cuts| cuts.standing(number))
    }

    /// How many of the shown rows stand above a line after so many items.
    fn shown_above(self, after: usize) -> usize {
        self.desk.shown.with(|shown| {
            (0..shown.len())
                .take_while(|place| (1..=after).contains(&shown.number(*place)))
                .count()
        })
    }

    /// The capacity of a line in its own unit when it stands after so many shown rows.
    fn capacity_at(self, unit: Unit, gap: usize) -> f64 {
        let after = self
            .desk
            .shown
            .with_untracked(|shown| gap.checked_sub(1).map_or(0, |last| shown.number(last)));
        let place = self.desk.filter.with_untracked(Filter::place);
        let list = self.desk.rows.with_untracked(|rows| rows.ranked_in(place));
        let alone = cut::Drawn {
            id: String::new(),
            name: String::new(),
            unit,
            capacity: 0.0,
        };
        let missing = self.desk.things.with_untracked(cut::missing);
        let shares = self.desk.shares.get_untracked();
        cut::cut(&list, &shares, &[alone], missing, None).capacity_after(after)
    }

    /// All lines, over the rows of the list.
    pub(super) fn draw(self, frame: Frame) -> impl IntoView {
        let ids = Memo::new(move |_| {
            let of = |cut: &Cut| cut.drawn.id.clone();
            if self.desk.shown.with(Shown::is_arranged) {
                // Lines stand between ranks, and the rows are in another order.
                return Vec::new();
            }
            self.cuts
                .with(|cuts| cuts.lines.iter().map(of).collect::<Vec<_>>())
        });
        view! {
            <For each=move || ids.get() key=Clone::clone let(id)>
                {line(self, frame, id)}
            </For>
            {move || forecast(self, frame)}
        }
    }
}

fn handle_of(event: &PointerEvent) -> Option<HtmlElement> {
    event.current_target()?.dyn_into().ok()
}

fn forecast(lines: CutLines, frame: Frame) -> Vec<AnyView> {
    let drawn = lines.cuts.with(|cuts| cuts.forecast.clone());
    let sprint = |line: shared::planning::limit::ForecastLine| {
        let y = lines.shown_above(line.after) as f64 * frame.row_height.get();
        let note = if line.too_large {
            words::own(lines.desk, " · larger than a sprint")
        } else {
            String::new()
        };
        let name = words::term(lines.desk, Term::Sprint);
        view! {
            <div class="forecast-line" style:transform=format!("translateY({y}px)")>
                <span>{format!("{name} {}{note}", words::number(line.sprint))}</span>
            </div>
        }
        .into_any()
    };
    drawn.into_iter().map(sprint).collect()
}

fn line(lines: CutLines, frame: Frame, id: String) -> AnyView {
    let find = {
        let id = id.clone();
        move |cuts: &Arc<Cuts>| {
            let at = cuts.lines.iter().position(|cut| cut.drawn.id == id)?;
            // Lines at one place stand side by side.
            let after = cuts.lines[at].line.after;
            let beside = cuts.lines[..at]
                .iter()
                .filter(|cut| cut.line.after == after);
            Some((cuts.lines[at].clone(), beside.count()))
        }
    };
    let cut = Memo::new(move |_| lines.cuts.with(&find));
    let gap = Memo::new(move |_| {
        cut.with(|cut| {
            cut.as_ref()
                .map_or(0, |(cut, _)| lines.shown_above(cut.line.after))
        })
    });
    let unit = move || cut.with_untracked(|cut| cut.as_ref().map(|(cut, _)| cut.drawn.unit));
    let grabbed = RwSignal::new(false);
    let moved = {
        let id = id.clone();
        move |event: &PointerEvent| {
            let (Some(scroller), Some(unit)) = (frame.element(), unit()) else {
                return;
            };
            let y = f64::from(event.client_y()) - scroller.get_bounding_client_rect().top()
                + f64::from(scroller.scroll_top());
            let rows = lines.desk.shown.with_untracked(|shown| shown.len());
            let gap = drag::gap_at(y, frame.row_height.get_untracked(), rows);
            lines
                .held
                .set(Some((id.clone(), lines.capacity_at(unit, gap))));
        }
    };
    let released = {
        let id = id.clone();
        move || {
            grabbed.set(false);
            if let Some((_, capacity)) = lines.held.get_untracked() {
                lines.set_capacity(&id, capacity);
            }
        }
    };
    let key = move |event: &KeyboardEvent| {
        let step: isize = match event.key().as_str() {
            "ArrowUp" | "ArrowLeft" => -1,
            "ArrowDown" | "ArrowRight" => 1,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        let rows = lines.desk.shown.with_untracked(|shown| shown.len());
        let next = gap.get_untracked().saturating_add_signed(step).min(rows);
        if let Some(unit) = unit() {
            lines.set_capacity(&id, lines.capacity_at(unit, next));
            frame.reveal(next.saturating_sub(1));
        }
    };
    let text = move || {
        cut.with(|cut| {
            cut.as_ref()
                .map(|(cut, _)| said(lines.desk, cut))
                .unwrap_or_default()
        })
    };
    let name = move || {
        cut.with(|cut| {
            let name = cut.as_ref().map(|(cut, _)| cut.drawn.name.clone());
            format!("Cut line {}", name.unwrap_or_default())
        })
    };
    let capacity = move || cut.with(|cut| cut.as_ref().map_or(0.0, |(cut, _)| cut.drawn.capacity));
    let side = move || cut.with(|cut| cut.as_ref().map_or(0, |(_, beside)| *beside));
    view! {
        <div
            class="cut-line"
            class:held=move || grabbed.get()
            style:transform=move || {
                format!("translateY({}px)", gap.get() as f64 * frame.row_height.get())
            }
        >
            <span
                class="cut-handle"
                role="slider"
                tabindex="0"
                aria-orientation="vertical"
                aria-label=name
                aria-valuemin="0"
                aria-valuenow=move || capacity().to_string()
                aria-valuetext=text
                style:margin-right=move || format!("{}px", 8 + side() * 240)
                on:pointerdown=move |event| {
                    if event.button() == 0 {
                        event.prevent_default();
                        event.stop_propagation();
                        if let Some(handle) = handle_of(&event) {
                            // A pointer that is gone already can't be captured; nothing is held then.
                            drop(handle.set_pointer_capture(event.pointer_id()));
                            drop(handle.focus());
                        }
                        grabbed.set(true);
                    }
                }
                on:pointermove=move |event| {
                    if grabbed.get_untracked() {
                        event.stop_propagation();
                        moved(&event);
                    }
                }
                on:pointerup=move |event| {
                    if grabbed.get_untracked() {
                        event.stop_propagation();
                        released();
                    }
                }
                on:pointercancel=move |_| {
                    grabbed.set(false);
                    lines.held.set(None);
                }
                on:keydown=move |event| key(&event)
            >
                {text}
            </span>
        </div>
    }
    .into_any()
}

/// What a line counts, in the team's word (PB-14). Followed.
#[must_use]
pub fn unit_name(desk: Desk, unit: Unit) -> String {
    match unit {
        Unit::Points => words::terms(desk, Term::Points).to_lowercase(),
        Unit::Hours | Unit::Count => unit.label().to_owned(),
    }
}

/// What a line says of itself.
fn said(desk: Desk, cut: &Cut) -> String {
    let unit = unit_name(desk, cut.drawn.unit);
    let of = format!(
        "{}: {} of {} {unit}",
        cut.drawn.name,
        words::points(cut.line.used),
        words::points(cut.drawn.capacity)
    );
    if cut.line.stopped {
        format!("{of} · next has no estimate")
    } else if cut.line.first_exceeds {
        format!("{of} · rank 1 alone exceeds it")
    } else {
        format!("{of} · {} free", words::points(cut.line.free))
    }
}

/// The sum and the note of a row.
pub(super) fn cells(lines: CutLines, number: Signal<usize>) -> impl IntoView {
    let standing = Memo::new(move |_| lines.standing(number.get()));
    let sum = move || {
        standing.with(|standing| {
            let standing = standing.as_ref()?;
            let about = if standing.guessed { "≈ " } else { "" };
            Some(format!("{about}{}", words::points(standing.cumulative)))
        })
    };
    let note = move || {
        standing.with(|standing| {
            let standing = standing.as_ref()?;
            let fits = standing
                .fits
                .as_ref()
                .map(|name| format!("would fit {name}"));
            fits.or_else(|| Some(format!("below {}", standing.below.as_ref()?)))
        })
    };
    let fits = move || standing.with(|it| it.as_ref().is_some_and(|it| it.fits.is_some()));
    view! {
        <span class="cell-sum" role="gridcell" title="Sum up to here">{sum}</span>
        <span class="cell-note" class:fits=fits role="gridcell">{note}</span>
    }
}
