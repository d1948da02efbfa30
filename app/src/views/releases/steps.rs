//! The dialogs of a release: shipping it (PB-40), and cutting its days into sprints (BT-46).

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{
        Collection, Scalar, Thing,
        rank::{self, Near},
        thing,
    },
    planning::{day::Day, working_days::Cut},
    product::{
        Term,
        releases::{
            self, Release,
            outlook::{next, sprints_to_make},
            ship::{Rest, done_and_open, notes, ship},
        },
        sprints,
    },
};

use crate::{
    state::{desk::Desk, layer::ReleaseStep},
    ui::dialog::{Dialog, Shape},
    words,
};

/// The dialog of a step.
pub fn dialog(desk: Desk, id: RecordId, step: ReleaseStep) -> AnyView {
    let release = desk
        .things
        .with_untracked(|things| releases::one(things, id));
    let Some(release) = release else {
        return ().into_any();
    };
    match step {
        ReleaseStep::Ship => view! { <Ship desk release/> }.into_any(),
        ReleaseStep::Sprints => view! { <Sprints desk release/> }.into_any(),
    }
}

#[component]
fn Ship(desk: Desk, release: Release) -> impl IntoView {
    let today = desk.judge.with_untracked(|judge| judge.today);
    let (id, name) = (release.id, release.name.clone());
    let text = if release.notes.is_empty() {
        desk.things.with_untracked(|things| {
            desk.rows.with_untracked(|rows| {
                let (done, _) = done_and_open(things, id, rows.all().map(AsRef::as_ref));
                notes(&release, &done)
            })
        })
    } else {
        release.notes.clone()
    };
    let open = Memo::new(move |_| {
        desk.things.with(|things| {
            desk.rows.with(|rows| {
                let (_, open) = done_and_open(things, id, rows.all().map(AsRef::as_ref));
                open.into_iter().map(|row| row.id).collect::<Vec<_>>()
            })
        })
    });
    let after = StoredValue::new(desk.things.with_untracked(|things| next(things, &release)));
    let rest = RwSignal::new(Rest::OldRank);
    let typed = RwSignal::new(text);
    let on = RwSignal::new(today.to_string());
    let wrong = RwSignal::new(false);
    let submit = desk.once_read(move || {
        let Ok(day) = on.get_untracked().parse::<Day>() else {
            wrong.set(true);
            return;
        };
        desk.close_layer();
        let intent = ship(
            &release,
            day,
            &typed.get_untracked(),
            open.get_untracked(),
            rest.get_untracked(),
        );
        desk.intend_loudly(intent);
    });
    let choice = move |own: Rest, label: String| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="rest"
                    prop:checked=move || rest.get() == own
                    on:change=move |_| rest.set(own)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <Dialog label=untrack(|| words::own(desk, "Ship release")) shape=Shape::Sheet on_close=move |()| desk.close_layer()>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>{format!("Ship {name}")}</h2>
                <label>
                    "Shipped on"
                    <input
                        class="field"
                        type="date"
                        aria-label="Shipped on"
                        prop:value=move || on.get()
                        on:input=move |event| on.set(event_target_value(&event))
                    />
                    <span class="wrong" role="alert">{move || wrong.get().then_some("Choose a day.")}</span>
                </label>
                <label>
                    "Release notes, in Markdown"
                    <textarea
                        class="field notes"
                        rows="10"
                        aria-label="Release notes"
                        maxlength="20000"
                        prop:value=move || typed.get()
                        on:input=move |event| typed.set(event_target_value(&event))
                    ></textarea>
                </label>
                <Show when=move || open.with(|open| !open.is_empty())>
                    <fieldset class="choices">
                        <legend>
                            {move || {
                                let count = words::count(open.with(Vec::len), "item is", "items are");
                                format!("{count} not done. Where to?")
                            }}
                        </legend>
                        {choice(Rest::OldRank, "Product backlog, at the rank it had".to_owned())}
                        {choice(Rest::Top, "Top of the product backlog".to_owned())}
                        {after
                            .get_value()
                            .map(|after| choice(Rest::Release(after.id), format!("Top of {}", after.name)))}
                    </fieldset>
                </Show>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                    <button type="submit" class="primary" data-focus="">"Ship it"</button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Sprints(desk: Desk, release: Release) -> impl IntoView {
    let made_until = desk.things.with_untracked(|things| {
        let own = sprints::all(things).into_iter();
        own.filter(|sprint| sprint.release == Some(release.id))
            .filter_map(|sprint| sprint.end)
            .max()
    });
    let length = RwSignal::new(release.sprint_days.to_string());
    let kept = StoredValue::new(release.clone());
    let cut = Memo::new(move |_| {
        let length: i64 = length.with(|length| length.trim().parse().ok())?;
        let release = kept.get_value();
        (1..=365)
            .contains(&length)
            .then(|| sprints_to_make(&release, length, made_until))
            .flatten()
    });
    let some = move || cut.with(|cut| cut.as_ref().is_some_and(|cut| !cut.sprints.is_empty()));
    let sprint = move || words::term(desk, Term::Sprint).to_lowercase();
    let told = move || {
        cut.with(|cut| match cut {
            None if release.days().is_none() => {
                let release = words::term(desk, Term::Release).to_lowercase();
                format!("Give the {release} a start and a target first.")
            }
            None => format!("1 to 365 days per {}.", sprint()),
            Some(cut) => {
                let count = words::count_terms(desk, cut.sprints.len(), Term::Sprint);
                let over = usize::try_from(cut.leftover).unwrap_or_default();
                let over = words::count(over, "day is", "days are");
                let after = made_until
                    .map(|day| format!(" after those until {day}"))
                    .unwrap_or_default();
                format!("{count}{after}; {over} left over.")
            }
        })
    };
    let submit = move || {
        if let Some(cut) = cut.get_untracked().filter(|cut| !cut.sprints.is_empty()) {
            let days = length.with_untracked(|length| length.trim().parse().unwrap_or(14.0));
            desk.close_layer();
            desk.intend_loudly(made(desk, &kept.get_value(), &cut, days));
        }
    };
    let listed = move || {
        cut.with(|cut| {
            let slots = cut.as_ref().map(|cut| cut.sprints.clone());
            slots.unwrap_or_default()
        })
        .into_iter()
        .map(|slot| view! { <li>{format!("{} \u{2013} {}", slot.start, slot.end)}</li> })
        .collect_view()
    };
    let title = format!(
        "Generate {}",
        untrack(|| words::terms(desk, Term::Sprint)).to_lowercase()
    );
    view! {
        <Dialog label=title.clone() shape=Shape::Card on_close=move |()| desk.close_layer()>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>{title}</h2>
                <label>
                    {move || format!("Days per {}", sprint())}
                    <input
                        class="field"
                        data-focus=""
                        aria-label=move || format!("Days per {}", sprint())
                        inputmode="numeric"
                        autocomplete="off"
                        prop:value=move || length.get()
                        on:input=move |event| length.set(event_target_value(&event))
                    />
                </label>
                <p role="status">{told}</p>
                <ol class="slots">{listed}</ol>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                    <button type="submit" class="primary" disabled=move || !some()>"Generate"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// The sprints as one step, named on from those that there are.
fn made(desk: Desk, release: &Release, cut: &Cut, days: f64) -> Intent {
    let word = untrack(|| words::term(desk, Term::Sprint));
    let (first, last) = desk.things.with_untracked(|things| {
        let all = thing::records(things, Collection::Sprints);
        let orders = all.iter().map(|(_, facts)| thing::text(facts, "order"));
        let last = orders.max().and_then(|key| key.parse().ok());
        (all.len() + 1, last)
    });
    let keys =
        desk.draw(|rng| rank::block(last.as_ref(), None, cut.sprints.len(), Near::Left, rng));
    let mut parts: Vec<Intent> = cut
        .sprints
        .iter()
        .zip(keys)
        .zip(first..)
        .map(|((slot, key), number)| {
            let text = |key: &str, text: String| (key.to_owned(), Some(Scalar::Text(text)));
            Intent::Put {
                thing: Thing::Record(Collection::Sprints, desk.draw(RecordId::random)),
                values: vec![
                    text("name", format!("{word} {number}")),
                    text("start", slot.start.to_string()),
                    text("end", slot.end.to_string()),
                    text("release", release.id.to_string()),
                    text("order", key.as_str().to_owned()),
                ],
            }
        })
        .collect();
    parts.push(Intent::Put {
        thing: release.thing(),
        values: vec![("sprint_days".to_owned(), Some(days.into()))],
    });
    let count = untrack(|| words::count_terms(desk, cut.sprints.len(), Term::Sprint));
    Intent::Together {
        name: "generate".to_owned(),
        said: format!("Made {count} of {}", release.name),
        parts,
    }
}
