//! One release: its days, how full it is, who agreed to it, and its items by rank (BT-02, BT-11, BT-17, BT-20).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    model::{Collection, Place, Status, Thing},
    product::{Check, Term, releases::outlook::too_large},
};

use super::{Known, Picture, gauge, known, picture, plan, shipped, signs};
use crate::{
    address::Screen,
    components::{
        bulk_bar::BulkBar,
        filter_bar::FilterBar,
        list::{RankedList, cut_lines::CutLines},
        list_link::list_link,
        quick_add::QuickAdd,
        register::{self, Register},
    },
    state::{
        desk::Desk,
        filter::Filter,
        layer::{Layer, ReleaseStep},
    },
    ui::icon::{Icon, icon},
    words,
};

/// The page.
#[component]
pub(super) fn ReleasePage(desk: Desk, id: RecordId) -> impl IntoView {
    let picture = picture(desk);
    let known = known(picture, id);
    let is_shipped = Memo::new(move |_| {
        known.with(|known| known.as_ref().is_some_and(|one| one.release.is_shipped))
    });
    let plans = desk.board.plans;
    view! {
        <div class="list-side release-side">
            <FilterBar desk/>
            <div class="release-head">
                {title(desk, id, known, picture)}
                {facts(desk, id, known, picture)}
            </div>
            {move || {
                if is_shipped.get() {
                    shipped::shipped(desk, id, known)
                } else if plans.get() {
                    plan::split(desk, id, known)
                } else {
                    list(desk)
                }
            }}
        </div>
    }
}

fn list(desk: Desk) -> AnyView {
    let cut = CutLines::of(desk, true);
    view! {
        <div class="list-frame">
            <RankedList desk cut/>
        </div>
        <fieldset class="plain" disabled=move || !desk.may_edit()>
            <BulkBar desk/>
            <QuickAdd desk/>
        </fieldset>
    }
    .into_any()
}

fn register(desk: Desk, id: RecordId, key: &str) -> Register {
    Register::new(desk, Thing::Record(Collection::Releases, id), key)
}

/// The line with the name, the days and what can be done.
fn title(
    desk: Desk,
    id: RecordId,
    known: Memo<Option<Known>>,
    picture: Memo<Arc<Picture>>,
) -> AnyView {
    let is_shipped =
        move || known.with(|known| known.as_ref().is_some_and(|one| one.release.is_shipped));
    let time_left = move || {
        let (today, calendar) = picture.with(|picture| (picture.today, picture.calendar.clone()));
        known.with(|known| {
            let known = known.as_ref();
            known.map(|one| one.release.time_left(&calendar, today))
        })
    };
    let is_late = move || {
        let today = picture.with(|picture| picture.today);
        known.with(|known| {
            known.as_ref().is_some_and(|one| {
                let late = one.release.target.is_some_and(|target| target < today);
                !one.release.is_shipped && (late || one.release.is_backwards())
            })
        })
    };
    let plans = desk.board.plans;
    let has_sprints = move || desk.judge.with(|judge| judge.settings.has_sprints());
    let step = move |step: ReleaseStep| move |_| desk.show_layer(Layer::Release(id, step));
    view! {
        <div class="release-title">
            <button
                class="quiet"
                aria-label=move || format!("All {}", words::terms(desk, Term::Release).to_lowercase())
                title=move || words::own(desk, "All releases")
                on:click=move |_| desk.bar.show_screen(Screen::Releases)
            >
                {icon(Icon::Back)}
            </button>
            <h2 class="hidden">{move || known.with(|known| known.as_ref().map(|one| one.release.name.clone()))}</h2>
            {register::bare_line(register(desk, id, "name"), "Release name", "Name", "release-name")}
            <span class="time-left" class:late=is_late>{time_left}</span>
            <span class="grow"></span>
            <fieldset class="plain release-verbs" disabled=move || !desk.may_edit()>
                <Show when=move || !is_shipped()>
                    <button aria-pressed=move || plans.get().to_string() on:click=move |_| plans.update(|on| *on ^= true)>
                        "Plan"
                    </button>
                    <Show when=has_sprints>
                        <button on:click=step(ReleaseStep::Sprints)>
                            {move || format!("Generate {}\u{2026}", words::terms(desk, Term::Sprint).to_lowercase())}
                        </button>
                    </Show>
                    <button on:click=step(ReleaseStep::Ship)>"Ship\u{2026}"</button>
                </Show>
                <button
                    class="quiet"
                    aria-label=move || words::own(desk, "Menu of this release")
                    aria-haspopup="menu"
                    on:click=move |event| desk.show_layer_at(Layer::Column(Place::Release(id)), &event)
                >
                    {icon(Icon::Menu)}
                </button>
            </fieldset>
        </div>
    }
    .into_any()
}

/// How full it is and who agreed; the fields behind a summary.
fn facts(
    desk: Desk,
    id: RecordId,
    known: Memo<Option<Known>>,
    picture: Memo<Arc<Picture>>,
) -> AnyView {
    let fullness = move || {
        known.with(|known| {
            let known = known.as_ref();
            known
                .map(|known| gauge::fullness(desk, known))
                .unwrap_or_default()
        })
    };
    let is_over = move || {
        known.with(|known| {
            let free = known.as_ref().and_then(|known| known.outlook.free);
            free.is_some_and(|free| free < 0.0)
        })
    };
    let sentences = move || {
        known.with(|known| {
            let Some(known) = known else {
                return Vec::new();
            };
            picture.with(|picture| gauge::sentences(desk, known, picture))
        })
    };
    let goal = move || {
        known.with(|known| {
            let goal = known.as_ref().map(|one| one.release.goal.clone());
            goal.filter(|goal| !goal.is_empty())
        })
    };
    view! {
        <div class="release-facts">
            {move || goal().map(|goal| view! { <p class="release-goal">{goal}</p> })}
            <div class="release-full">
                {gauge::bar(desk, known)}
                <strong class:late=is_over>{fullness}</strong>
            </div>
            <details class="computed">
                <summary>"How this is computed"</summary>
                <ul>{move || sentences().into_iter().map(|said| view! { <li>{said}</li> }).collect_view()}</ul>
            </details>
            {outlook(desk, known, picture)}
            {defined(desk, id, known)}
            {warnings(desk, known, picture)}
            {signs::signs(desk, id, known)}
            <details class="release-fields">
                <summary>"Dates, capacity, goal"</summary>
                <fieldset class="plain registers" disabled=move || !desk.may_edit()>
                    {register::day(register(desk, id, "start"), "Start")}
                    {register::day(register(desk, id, "target"), "Target")}
                    {register::number(register(desk, id, "capacity"), "Capacity", "from velocity")}
                    {register::choice(register(desk, id, "unit"), "Counted in", "Points", units())}
                    {register::number(register(desk, id, "sprint_days"), "Days per sprint", "14")}
                    {register::line(register(desk, id, "goal"), "Goal", "What is better afterwards")}
                    {register::person(register(desk, id, "owner"), "Owner")}
                </fieldset>
            </details>
        </div>
    }
    .into_any()
}

fn units() -> Vec<(String, String)> {
    use shared::product::releases::Unit;
    let others = [Unit::Hours, Unit::Count].into_iter();
    others
        .map(|unit| (unit.word().to_owned(), unit.label().to_owned()))
        .collect()
}

/// The date that fits the scope and the scope that fits the date, in one line (BT-14).
fn outlook(desk: Desk, known: Memo<Option<Known>>, picture: Memo<Arc<Picture>>) -> AnyView {
    let text = move || {
        known.with(|known| {
            let known = known.as_ref()?;
            let (release, outlook) = (&known.release, &known.outlook);
            if release.is_shipped {
                return None;
            }
            let scope_fits = outlook.finish?.day.map_or_else(
                || "Nothing remains".to_owned(),
                |day| format!("The scope fits {day}"),
            );
            let date_fits = outlook.fits.zip(release.target).map(|(fits, target)| {
                format!(
                    "; {} fit {target}, {} are open",
                    gauge::amount(desk, release.unit, fits),
                    words::points(known.scope.remaining())
                )
            });
            let from = picture.with(|picture| {
                let velocity = picture.velocity.as_ref();
                velocity
                    .map(|(value, from)| format!(" (velocity {}, {from})", words::points(*value)))
            });
            Some(format!(
                "{scope_fits}{}{}.",
                date_fits.unwrap_or_default(),
                from.unwrap_or_default()
            ))
        })
    };
    (move || text().map(|text| view! { <p class="outlook">{text}</p> })).into_any()
}

/// How much of it names its problem and has acceptance criteria, with the way to the rest (BT-20).
fn defined(desk: Desk, id: RecordId, known: Memo<Option<Known>>) -> AnyView {
    let counts = Memo::new(move |_| {
        known.with(|known| {
            let scope = known.as_ref().map(|known| &known.scope);
            scope.map_or((0, 0), |scope| (scope.defined(), scope.members.len()))
        })
    });
    let filter = Signal::derive(move || Filter {
        place: Some(Place::Release(id)),
        ..Filter::checking(Check::Unready)
    });
    let text = Signal::derive(move || {
        let (defined, all) = counts.get();
        format!(
            "{} with criteria and problem",
            words::share(defined, all).unwrap_or_default()
        )
    });
    let done = Signal::derive(move || Filter {
        place: Some(Place::Release(id)),
        statuses: [Status::Done].into(),
        ..Filter::default()
    });
    let done_text = Signal::derive(move || {
        known.with(|known| {
            let count = known.as_ref().map_or(0, |known| known.scope.done_count());
            format!("{} done", words::number(count))
        })
    });
    view! {
        <Show when=move || counts.get().1.gt(&0)>
            <p class="release-links">
                {list_link(desk, filter, text)}
                {list_link(desk, done, done_text)}
            </p>
        </Show>
    }
    .into_any()
}

/// Items that are too large for it (BT-08).
fn warnings(desk: Desk, known: Memo<Option<Known>>, picture: Memo<Arc<Picture>>) -> AnyView {
    let found = Memo::new(move |_| {
        known.with(|known| {
            let Some(known) = known else {
                return Vec::new();
            };
            let velocity =
                picture.with(|picture| picture.velocity.as_ref().map(|(value, _)| *value));
            desk.rows.with(|rows| {
                let members = known.scope.members.iter();
                let rows = members.filter_map(|member| rows.row(member.item));
                let large = rows.filter(|row| row.status.is_open()).filter_map(|row| {
                    let why = too_large(&known.release, row, velocity)?;
                    Some((row.id, row.title.clone(), why))
                });
                large.collect::<Vec<(ItemId, String, String)>>()
            })
        })
    });
    view! {
        <Show when=move || found.with(|found| !found.is_empty())>
            <ul class="too-large" aria-label="Too large for this release">
                <For each=move || found.get() key=Clone::clone let((id, title, why))>
                    <li>
                        {icon(Icon::Warning)}
                        <button class="quiet" on:click=move |_| desk.open_item(id)>{title}</button>
                        <span>{why}</span>
                    </li>
                </For>
            </ul>
        </Show>
    }
    .into_any()
}
