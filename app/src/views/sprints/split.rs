//! Splitting what is too large into stories: INVEST first, then nine patterns to try, the estimates beside each other
//! (BT-47).

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    planning::split::{self, Advice, INVEST, PATTERNS, Pattern},
    product::{
        sprint_steps::{self, Part},
        sprints,
    },
};

use crate::{
    platform::page,
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
    ui::icon::{Icon, icon},
    words,
};

/// A part that is being typed.
#[derive(Clone, Copy, PartialEq)]
struct Draft {
    id: ItemId,
    title: RwSignal<String>,
    estimate: RwSignal<String>,
}

impl Draft {
    fn new(desk: Desk) -> Self {
        Self {
            id: desk.draw(ItemId::random),
            title: RwSignal::new(String::new()),
            estimate: RwSignal::new(String::new()),
        }
    }

    /// Its size; `None` where what was typed is no estimate.
    fn size(self) -> Option<Option<f64>> {
        self.estimate.with(|text| words::parse_estimate(text))
    }

    fn element(self, what: &str) -> String {
        format!("part-{what}-{}", self.id)
    }
}

/// The wizard.
#[component]
pub fn SplitDialog(desk: Desk, item: ItemId) -> impl IntoView {
    let Some(row) = desk.rows.with_untracked(|rows| rows.row(item).cloned()) else {
        return view! { <Dialog label="Split" shape=Shape::Card on_close=move |()| desk.close_layer()><p>"This item is not in the backlog any more."</p></Dialog> }.into_any();
    };
    let whole = row.estimate;
    let largest = desk
        .things
        .with_untracked(sprints::team_velocity)
        .map(|velocity| velocity.value / 2.0);
    let drafts = RwSignal::new(vec![Draft::new(desk), Draft::new(desk)]);
    let wrong = RwSignal::new(None::<&'static str>);
    let held = RwSignal::new(sprint_steps::answered(&row));
    let submit = {
        let row = row.clone();
        move || {
            let mut parts = Vec::new();
            for draft in drafts.get_untracked() {
                let title = draft.title.get_untracked().trim().to_owned();
                if title.is_empty() {
                    continue;
                }
                let Some(estimate) = untrack(|| draft.size()) else {
                    wrong.set(Some(
                        "An estimate is a number, such as 3 or 0.5, or nothing.",
                    ));
                    return;
                };
                let invest = sprint_steps::answers(&held.get_untracked(), estimate, largest);
                parts.push(Part {
                    id: draft.id,
                    title,
                    estimate,
                    invest,
                });
            }
            if parts.is_empty() {
                wrong.set(Some("Give at least one part a title."));
                return;
            }
            desk.close_layer();
            desk.intend_loudly(sprint_steps::split(&row, &parts));
        }
    };
    let size = whole.map_or_else(
        || "no estimate".to_owned(),
        |whole| untrack(|| words::effort(desk, whole)),
    );
    view! {
        <Dialog label="Split into stories" shape=Shape::Sheet on_close=move |()| desk.close_layer()>
            <form
                class="question split"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>"Split into stories"</h2>
                <p><strong>{row.title.clone()}</strong> <span class="soft">{format!(" · {size}")}</span></p>
                {invest(desk, whole, largest, held)}
                {patterns()}
                {parts(desk, drafts)}
                <p class="split-sum" role="status">{move || words::own(desk, &sum(whole, &drafts.get(), largest))}</p>
                <p class="wrong" role="alert">{move || wrong.get()}</p>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                    <button type="submit" class="primary">"Split"</button>
                </div>
            </form>
        </Dialog>
    }
    .into_any()
}

/// INVEST, and what follows from it.
fn invest(
    desk: Desk,
    whole: Option<f64>,
    largest: Option<f64>,
    held: RwSignal<[Option<bool>; INVEST.len()]>,
) -> AnyView {
    let check = move |at: usize| {
        view! {
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || held.with(|held| held[at] == Some(true))
                    prop:indeterminate=move || held.with(|held| held[at].is_none())
                    on:change=move |event| held.update(|held| held[at] = Some(event_target_checked(&event)))
                />
                <span>{untrack(|| words::own(desk, INVEST[at].1))}</span>
            </label>
        }
    };
    let is = |id: &str| INVEST.iter().position(|(own, _)| *own == id);
    let (valuable, small) = (is("valuable"), is("small"));
    let said = move || {
        let valuable = valuable.is_none_or(|at| held.with(|held| held[at] != Some(false)));
        match split::advice(valuable, whole, largest) {
            Advice::Merge => {
                "Of no value alone: merge it with what makes it valuable rather than split it."
                    .to_owned()
            }
            Advice::Leave => {
                let largest = largest.map(words::points).unwrap_or_default();
                let said = format!(
                    "Small enough: at most {largest} fits a sprint well. Split it only for another reason."
                );
                words::own(desk, &said)
            }
            Advice::Split => {
                let others = held.with(|held| {
                    held.iter()
                        .enumerate()
                        .filter(|(at, holds)| **holds == Some(false) && Some(*at) != small)
                        .count()
                });
                match others {
                    0 => "Split it.".to_owned(),
                    _ => "Split it; what does not hold yet should hold for each part.".to_owned(),
                }
            }
        }
    };
    view! {
        <fieldset class="invest">
            <legend>"First: does it hold?"</legend>
            {(0..INVEST.len()).map(check).collect_view()}
            <p class="soft" role="status">{said}</p>
            <p class="soft">"The parts keep these answers; you can change them on each."</p>
        </fieldset>
    }
    .into_any()
}

/// The ways to split, tried one after the other.
fn patterns() -> AnyView {
    let chosen = RwSignal::new(0_usize);
    let one = move |(at, pattern): (usize, &'static Pattern)| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (chosen.get() == at).to_string()
                on:click=move |_| chosen.set(at)
            >
                {format!("{}. {}", at + 1, pattern.name)}
            </button>
        }
    };
    view! {
        <div class="patterns" role="group" aria-label="Ways to split">
            {PATTERNS.iter().enumerate().map(one).collect_view()}
        </div>
        <p class="pattern-question" role="status">{move || PATTERNS.get(chosen.get()).map(|pattern| pattern.question)}</p>
    }
    .into_any()
}

fn parts(desk: Desk, drafts: RwSignal<Vec<Draft>>) -> AnyView {
    let add = move || {
        let draft = Draft::new(desk);
        drafts.update(|drafts| drafts.push(draft));
        page::before_paint(move || page::focus(&draft.element("title")));
    };
    let number = move |draft: Draft| {
        move || {
            drafts.with(|drafts| {
                drafts
                    .iter()
                    .position(|one| one.id == draft.id)
                    .unwrap_or(0)
                    + 1
            })
        }
    };
    view! {
        <ol class="split-parts">
            <For each=move || drafts.get() key=|draft| draft.id let(draft)>
                <li>
                    <input
                        id=draft.element("title")
                        class="field"
                        aria-label=move || format!("Part {}", number(draft)())
                        placeholder=move || format!("Part {}", number(draft)())
                        autocomplete="off"
                        maxlength="500"
                        prop:value=move || draft.title.get()
                        on:input=move |event| draft.title.set(event_target_value(&event))
                    />
                    <input
                        class="field"
                        inputmode="decimal"
                        aria-label=move || format!("Estimate of part {}", number(draft)())
                        placeholder="size"
                        autocomplete="off"
                        prop:value=move || draft.estimate.get()
                        on:input=move |event| draft.estimate.set(event_target_value(&event))
                    />
                    <button
                        type="button"
                        class="quiet"
                        aria-label=move || format!("Remove part {}", number(draft)())
                        on:click=move |_| drafts.update(|drafts| drafts.retain(|one| one.id != draft.id))
                    >
                        {icon(Icon::Close)}
                    </button>
                </li>
            </For>
        </ol>
        <button type="button" class="quiet" on:click=move |_| add()>{icon(Icon::Plus)} "Another part"</button>
    }
    .into_any()
}

/// The parts beside the whole. Followed.
fn sum(whole: Option<f64>, drafts: &[Draft], largest: Option<f64>) -> String {
    let named: Vec<(usize, Option<f64>)> = drafts
        .iter()
        .enumerate()
        .filter(|(_, draft)| draft.title.with(|title| !title.trim().is_empty()))
        .map(|(at, draft)| (at, draft.size().flatten()))
        .collect();
    let sizes: Vec<Option<f64>> = named.iter().map(|(_, size)| *size).collect();
    let found = split::reconcile(whole, &sizes, largest);
    let mut text = match found.left {
        Some(left) => {
            let whole = words::points(whole.unwrap_or(0.0));
            let rest = match left {
                left if left > 0.0 => format!("{} left", words::points(left)),
                left if left < 0.0 => format!("{} more than the whole", words::points(-left)),
                _ => "nothing left".to_owned(),
            };
            format!("Parts: {} of {whole} · {rest}", words::points(found.parts))
        }
        None => format!("Parts: {}", words::points(found.parts)),
    };
    if found.unestimated > 0 {
        text.push_str(&format!(" · {} unestimated", found.unestimated));
    }
    for at in &found.too_large {
        if let (Some((number, _)), Some(largest)) = (named.get(*at), largest) {
            let largest = words::points(largest);
            text.push_str(&format!(
                " · part {} is larger than {largest}, what fits a sprint well",
                number + 1
            ));
        }
    }
    text
}
