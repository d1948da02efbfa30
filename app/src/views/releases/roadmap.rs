//! The roadmap: one bar per release from its start to its date, in lanes by initiative or goal where wanted. Items are
//! dropped onto the bars (PB-38). The table below says the same to those who don't see it.

use std::{collections::BTreeSet, sync::Arc};

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Place, Status},
    planning::day::Day,
};

use super::{Known, Picture, filter_of};
use crate::{address::Screen, state::desk::Desk, views::board::Dragging, words};

/// What lanes stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Lanes {
    #[default]
    None,
    Initiatives,
    Goals,
}

impl Lanes {
    const ALL: [(Self, &str, &str); 3] = [
        (Self::None, "none", "No lanes"),
        (Self::Initiatives, "initiative", "Lanes by initiative"),
        (Self::Goals, "goal", "Lanes by goal"),
    ];

    const fn collection(self) -> Option<Collection> {
        match self {
            Self::None => None,
            Self::Initiatives => Some(Collection::Initiatives),
            Self::Goals => Some(Collection::Goals),
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Initiatives => "initiative",
            Self::Goals => "goal",
        }
    }
}

/// A bar: a release and what of its items is done in its lane.
#[derive(Clone, Debug, PartialEq)]
struct Bar {
    id: RecordId,
    name: String,
    /// From and to, in percent of the span.
    span: (f64, f64),
    is_dated: bool,
    done: usize,
    all: usize,
    told: String,
}

/// A lane with its bars.
#[derive(Clone, Debug, PartialEq)]
struct Lane {
    name: String,
    bars: Vec<Bar>,
}

impl Lane {
    fn label(&self) -> String {
        if self.name.is_empty() {
            "All items".to_owned()
        } else {
            self.name.clone()
        }
    }
}

/// The days on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Span {
    first: Day,
    days: i64,
}

impl Span {
    /// All releases with a little air, and today.
    fn of(picture: &Picture) -> Self {
        let days = |known: &Known| known.release.days();
        let all = picture.releases.iter().filter_map(days);
        let (mut first, mut last) = (picture.today, picture.today.plus(60));
        for (start, target) in all {
            first = first.min(start);
            last = last.max(target);
        }
        let first = first.plus(-7);
        Self {
            first,
            days: (last.plus(14).days_since(first)).max(1),
        }
    }

    fn percent(self, day: Day) -> f64 {
        (day.days_since(self.first) as f64 / self.days as f64 * 100.0).clamp(0.0, 100.0)
    }

    /// The first days of months, as many as can be read.
    fn months(self) -> Vec<(f64, String)> {
        let mut marks: Vec<Day> = (0..=self.days.min(36_525))
            .map(|offset| self.first.plus(offset))
            .filter(|day| day.to_string().ends_with("-01"))
            .collect();
        let every = marks.len().div_ceil(12).max(1);
        marks = marks.into_iter().step_by(every).collect();
        let label = |day: Day| {
            let text = day.to_string();
            text[..text.len() - 3].to_owned()
        };
        marks
            .into_iter()
            .map(|day| (self.percent(day), label(day)))
            .collect()
    }
}

/// The roadmap.
pub(super) fn roadmap(desk: Desk, dragging: Dragging, picture: Memo<Arc<Picture>>) -> AnyView {
    let lanes = RwSignal::new(Lanes::default());
    let span = Memo::new(move |_| picture.with(|picture| Span::of(picture)));
    let shown =
        Memo::new(move |_| picture.with(|picture| of(desk, lanes.get(), span.get(), picture)));
    let some = move || picture.with(|picture| !picture.releases.is_empty());
    let choose = move |event| {
        let word = event_target_value(&event);
        let found = Lanes::ALL.iter().find(|(_, own, _)| *own == word);
        lanes.set(found.map(|(lanes, ..)| *lanes).unwrap_or_default());
    };
    let today = move || {
        format!(
            "{}%",
            span.get().percent(picture.with(|picture| picture.today))
        )
    };
    view! {
        <Show when=some>
            <section class="roadmap" aria-label="Roadmap">
                <label class="inline lanes-choice">
                    <span class="hidden">"Lanes"</span>
                    <select aria-label="Lanes" on:change=choose>
                        {Lanes::ALL
                            .map(|(own, word, label)| {
                                view! { <option value=word prop:selected=move || lanes.get() == own>{label}</option> }
                            })
                            .collect_view()}
                    </select>
                </label>
                <div class="timeline">
                    <div class="months" aria-hidden="true">
                        {move || {
                            span.get()
                                .months()
                                .into_iter()
                                .map(|(at, label)| view! { <span style:left=format!("{at}%")>{label}</span> })
                                .collect_view()
                        }}
                        <span class="today" style:left=today>"today"</span>
                    </div>
                    <span class="today-line" aria-hidden="true" style:left=today></span>
                    <For each=move || shown.get() key=|lane| format!("{lane:?}") let(lane)>
                        <div class="lane" role="group" aria-label=lane.label()>
                            {(!lane.name.is_empty()).then(|| view! { <h3 class="lane-name">{lane.name.clone()}</h3> })}
                            {lane.bars.clone().into_iter().map(|one| bar(desk, dragging, one)).collect_view()}
                        </div>
                    </For>
                </div>
            </section>
        </Show>
    }
    .into_any()
}

fn bar(desk: Desk, dragging: Dragging, bar: Bar) -> AnyView {
    let place = Place::Release(bar.id);
    let id = bar.id;
    let share = if bar.all == 0 {
        0.0
    } else {
        bar.done as f64 / bar.all as f64 * 100.0
    };
    let (from, to) = bar.span;
    // After the words that are seen, so that who speaks to the page names what they read.
    let told = format!(
        ": {}, {} of {} done",
        bar.told,
        words::number(bar.done),
        words::count(bar.all, "item", "items")
    );
    view! {
        <div class="bar-track">
            <a
                class="bar"
                class:undated=!bar.is_dated
                class:aimed=move || dragging.aims_at(place)
                data-drop=place.word()
                draggable="false"
                href=move || desk.bar.link_filtered(Screen::Releases, filter_of(id))
                style:margin-left=format!("{from}%")
                style:width=format!("{}%", (to - from).max(1.0))
                on:click=move |event| {
                    if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                        event.prevent_default();
                        desk.bar.show_filtered(Screen::Releases, filter_of(id));
                    }
                }
            >
                <span class="bar-done" style:width=format!("{share}%")></span>
                <span class="bar-text">
                    <strong>{bar.name}</strong>
                    " "
                    {format!("{}/{}", words::number(bar.done), words::number(bar.all))}
                    <span class="hidden">{told}</span>
                </span>
            </a>
        </div>
    }
    .into_any()
}

/// The lanes with their bars. Releases that are shipped are part of the past only where they have dates.
fn of(desk: Desk, lanes: Lanes, span: Span, picture: &Picture) -> Vec<Lane> {
    let Some(collection) = lanes.collection() else {
        let bars = picture.releases.iter().map(|known| {
            let counts = (known.scope.done_count(), known.scope.members.len());
            bar_of(known, span, picture, counts)
        });
        return vec![Lane {
            name: String::new(),
            bars: bars.collect(),
        }];
    };
    let names = desk.things.with(|things| {
        let records = shared::model::thing::records(things, collection).into_iter();
        let named = records.map(|(id, facts)| {
            (
                id.to_string(),
                shared::model::thing::text(facts, "name").to_owned(),
            )
        });
        named.collect::<Vec<_>>()
    });
    let known_ids: BTreeSet<&str> = names.iter().map(|(id, _)| id.as_str()).collect();
    let rest = format!("No {}", lanes.mark());
    let all = names
        .iter()
        .map(|(id, name)| (Some(id.as_str()), name.clone()))
        .chain([(None, rest)]);
    let mut found = Vec::new();
    for (id, name) in all {
        let bars: Vec<Bar> = picture
            .releases
            .iter()
            .filter_map(|known| {
                let counts = counts(desk, lanes, known, id, &known_ids);
                // Also an empty release takes what is dropped onto it.
                let shows = counts.1 > 0 || (id.is_none() && known.scope.members.is_empty());
                shows.then(|| bar_of(known, span, picture, counts))
            })
            .collect();
        if !bars.is_empty() {
            found.push(Lane { name, bars });
        }
    }
    found
}

/// How many items of a release are in a lane: (done, all).
fn counts(
    desk: Desk,
    lanes: Lanes,
    known: &Known,
    id: Option<&str>,
    ids: &BTreeSet<&str>,
) -> (usize, usize) {
    desk.rows.with(|rows| {
        let members = known.scope.members.iter();
        let rows = members.filter_map(|member| rows.row(member.item));
        let own = rows.filter(|row| match id {
            Some(id) => row.marked(lanes.mark()).any(|own| own == id),
            None => !row.marked(lanes.mark()).any(|own| ids.contains(own)),
        });
        own.fold((0, 0), |(done, all), row| {
            (done + usize::from(row.status == Status::Done), all + 1)
        })
    })
}

fn bar_of(known: &Known, span: Span, picture: &Picture, (done, all): (usize, usize)) -> Bar {
    let release = &known.release;
    let today = picture.today;
    let left = release.time_left(&picture.calendar, today);
    let days = release.days();
    // Without dates it stands at today, so that it can be dropped onto.
    let (from, to) = days.unwrap_or_else(|| {
        let from = release.start.or(release.target).unwrap_or(today);
        (from, from.plus(28))
    });
    Bar {
        id: release.id,
        name: release.name.clone(),
        span: (span.percent(from), span.percent(to.plus(1))),
        is_dated: days.is_some(),
        done,
        all,
        told: match days {
            Some((start, target)) => {
                format!("{start} to {target}, {left}")
            }
            None => left,
        },
    }
}
