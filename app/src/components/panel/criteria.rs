//! Acceptance criteria and requirements as checklists.

use leptos::prelude::*;
use shared::{
    ids::CriterionId,
    intent::Intent,
    model::{Criterion, Part},
};

use super::{Open, changed};
use crate::ui::icon::{Icon, icon};

/// The acceptance criteria.
#[component]
pub(super) fn Criteria(open: Open) -> impl IntoView {
    checklist(open, false)
}

/// The requirements (PB-32).
#[component]
pub(super) fn Requirements(open: Open) -> impl IntoView {
    checklist(open, true)
}

fn checklist(open: Open, requirement: bool) -> impl IntoView {
    let (heading, add_label, part) = if requirement {
        ("Requirements", "Add a requirement", Part::Requirements)
    } else {
        ("Acceptance criteria", "Add a criterion", Part::Criteria)
    };
    let criteria = Memo::new(move |_| {
        let all = open.detail.with(|detail| {
            let detail = detail.as_ref()?;
            Some(detail.criteria.clone())
        });
        let mut all = all.unwrap_or_default();
        all.retain(|one| one.requirement == requirement);
        all
    });
    let ids = move || criteria.with(|all| all.iter().map(|one| one.id).collect::<Vec<_>>());
    let text = RwSignal::new(String::new());
    let add = move || {
        let typed = text.with_untracked(|text| text.trim().to_owned());
        if !typed.is_empty() {
            let id = open.desk.draw(CriterionId::random);
            open.intend(Intent::AddCriterion {
                item: open.id,
                id,
                text: typed,
                requirement,
            });
            text.set(String::new());
        }
    };
    view! {
        <section class="criteria" aria-label=heading>
            {changed::heading(open, heading, part)}
            <ul>
                <For each=ids key=|id| *id let(id)>
                    <CriterionLine open criteria id/>
                </For>
            </ul>
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    add();
                }
            >
                <input
                    class="field"
                    aria-label=add_label
                    placeholder=add_label
                    autocomplete="off"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </form>
        </section>
    }
}

#[component]
fn CriterionLine(open: Open, criteria: Memo<Vec<Criterion>>, id: CriterionId) -> impl IntoView {
    let item = open.id;
    let one = Memo::new(move |_| criteria.with(|all| all.iter().find(|one| one.id == id).cloned()));
    let text = move || one.get().map(|one| one.text).unwrap_or_default();
    let met = move || one.get().is_some_and(|one| one.met);
    let shift = move |up: bool| {
        let before = criteria.with_untracked(|all| {
            let at = all.iter().position(|one| one.id == id)?;
            let to = if up { at.checked_sub(1)? } else { at + 2 };
            (up || at + 1 < all.len()).then(|| all.get(to).map(|one| one.id))
        });
        if let Some(before) = before {
            open.intend(Intent::MoveCriterion { item, id, before });
        }
    };
    view! {
        <li class="criterion" class:met=met>
            <input
                type="checkbox"
                aria-label=move || format!("Met: {}", text())
                prop:checked=met
                on:change=move |event| {
                    let met = event_target_checked(&event);
                    open.intend(Intent::MeetCriterion { item, id, met });
                }
            />
            <input
                class="field"
                aria-label="Criterion"
                autocomplete="off"
                prop:value=text
                on:change=move |event| {
                    let typed = event_target_value(&event).trim().to_owned();
                    if !typed.is_empty() && typed != untrack(text) {
                        open.intend(Intent::SetCriterionText { item, id, text: typed });
                    }
                }
                on:keydown=move |event| {
                    if event.alt_key() && matches!(event.key().as_str(), "ArrowUp" | "ArrowDown") {
                        event.prevent_default();
                        event.stop_propagation();
                        shift(event.key() == "ArrowUp");
                    }
                }
            />
            <button class="quiet" aria-label=move || format!("Move up: {}", text()) on:click=move |_| shift(true)>{icon(Icon::Up)}</button>
            <button class="quiet" aria-label=move || format!("Move down: {}", text()) on:click=move |_| shift(false)>{icon(Icon::Down)}</button>
            <button
                class="quiet"
                aria-label=move || format!("Remove: {}", text())
                on:click=move |_| {
                    open.desk.intend_loudly(Intent::RemoveCriterion { item, id });
                }
            >
                {icon(Icon::Close)}
            </button>
        </li>
    }
}
