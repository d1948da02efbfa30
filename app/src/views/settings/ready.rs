//! The Definition of Ready: which checks count, from which stage on, and for which types (PB-18, PB-32).

use leptos::prelude::*;
use shared::{
    model::{Kind, Scalar},
    planning::ready::{Check, Stage},
    product::{Term, ready::all_checks},
};

use super::own;
use crate::{
    components::register::{Register, bare_line},
    state::desk::Desk,
    words,
};

pub(super) fn section(desk: Desk) -> AnyView {
    let checks = Memo::new(move |_| desk.things.with(all_checks));
    let ids = Memo::new(move |_| {
        checks.with(|checks| {
            let ids = checks.iter().map(|(check, _)| check.id.clone());
            ids.collect::<Vec<String>>()
        })
    });
    super::section(
        "Definition of Ready",
        "An item is ready once it passes every required check of the stage it is at.",
        view! {
            <div class="table">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"On"</th>
                            <th scope="col">"Check"</th>
                            <th scope="col">"From"</th>
                            <th scope="col">"Required"</th>
                            <th scope="col">"Types"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || ids.get() key=Clone::clone let(id)>
                            {row(desk, checks, id)}
                        </For>
                    </tbody>
                </table>
            </div>
        }
        .into_any(),
    )
}

fn row(desk: Desk, checks: Memo<Vec<(Check, bool)>>, id: String) -> AnyView {
    let register = {
        let id = id.clone();
        move |part: &str| own(desk, &format!("ready:{id}:{part}"))
    };
    let check = Memo::new(move |_| {
        checks.with(|checks| checks.iter().find(|(check, _)| check.id == id).cloned())
    });
    let Some((first, _)) = check.get_untracked() else {
        return ().into_any();
    };
    let usual = first.rule.label();
    let is_on = move || check.with(|check| check.as_ref().is_some_and(|(_, on)| *on));
    let is_required =
        move || check.with(|check| check.as_ref().is_some_and(|(check, _)| check.required));
    let off = register("off");
    let required = register("required");
    view! {
        <tr>
            <td>{switch(off, format!("{usual}: on"), is_on, |on| (!on).then_some(Scalar::Flag(true)))}</td>
            <th scope="row">{bare_line(register("label"), format!("{usual}: words"), usual, "")}</th>
            <td>{stage(desk, register("stage"), usual, check)}</td>
            <td>{switch(required, format!("{usual}: required"), is_required, |on| Some(Scalar::Flag(on)))}</td>
            <td>{kinds(desk, register("kinds"), usual, check)}</td>
        </tr>
    }
    .into_any()
}

fn switch(
    register: Register,
    label: String,
    is_on: impl Fn() -> bool + Send + Sync + 'static,
    value: fn(bool) -> Option<Scalar>,
) -> AnyView {
    view! {
        <input
            type="checkbox"
            aria-label=label
            prop:checked=is_on
            on:change=move |event| {
                register.set(value(event_target_checked(&event)));
            }
        />
    }
    .into_any()
}

fn stage(
    desk: Desk,
    register: Register,
    usual: &'static str,
    check: Memo<Option<(Check, bool)>>,
) -> AnyView {
    let now = move || check.with(|check| check.as_ref().map(|(check, _)| check.stage));
    let options = Stage::ALL
        .iter()
        .map(|stage| {
            let stage = *stage;
            let label = move || match stage {
                Stage::Product => "Product backlog".to_owned(),
                Stage::Release => words::term(desk, Term::Release),
                Stage::Sprint => words::term(desk, Term::Sprint),
            };
            view! { <option value=stage.word() prop:selected=move || now() == Some(stage)>{label}</option> }
        })
        .collect_view();
    view! {
        <select
            aria-label=format!("{usual}: from")
            on:change=move |event| {
                register.set(Some(event_target_value(&event).into()));
            }
        >
            {options}
        </select>
    }
    .into_any()
}

/// All types, or one of them.
fn kinds(
    desk: Desk,
    register: Register,
    usual: &'static str,
    check: Memo<Option<(Check, bool)>>,
) -> AnyView {
    let now = move || {
        check.with(|check| {
            let kinds = check.as_ref().map(|(check, _)| check.kinds.clone());
            kinds.unwrap_or_default()
        })
    };
    let options = Kind::ALL
        .iter()
        .map(|kind| {
            let kind = *kind;
            let is_chosen = move || now() == [kind];
            view! { <option value=kind.word() prop:selected=is_chosen>{move || words::kind(desk, kind)}</option> }
        })
        .collect_view();
    view! {
        <select
            aria-label=format!("{usual}: types")
            on:change=move |event| {
                register.set(Some(event_target_value(&event).into()));
            }
        >
            <option value="all" prop:selected=move || now().is_empty()>"All"</option>
            {options}
        </select>
    }
    .into_any()
}
