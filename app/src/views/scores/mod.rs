//! Scorecards (BT-16, BT-36, PB-31): scoring, comparing, and where rank and score differ.

mod compare;
mod differences;
mod editor;
mod kano;
mod list;
mod moscow;
mod quadrant;

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{Collection, Thing},
    planning::score::{Scorecard, templates::templates},
};

use crate::{
    state::{desk::Desk, scores},
    ui::icon::{Icon, icon},
    ui::tabs::tab,
};

/// What of it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tab {
    List,
    Compare,
    Differences,
    Quadrant,
    Moscow,
    Kano,
    Editor,
}

impl Tab {
    const ALL: &[(Self, &'static str)] = &[
        (Self::List, "Scores"),
        (Self::Compare, "Compare"),
        (Self::Differences, "Rank vs score"),
        (Self::Quadrant, "Value and effort"),
        (Self::Moscow, "MoSCoW"),
        (Self::Kano, "Kano"),
        (Self::Editor, "Scorecard"),
    ];
}

/// The view.
#[component]
pub fn ScoresView(desk: Desk) -> impl IntoView {
    let chosen = RwSignal::new(Tab::List);
    let has_card = Memo::new(move |_| desk.scores.with(Option::is_some));
    let tabs = Tab::ALL
        .iter()
        .map(|(one, label)| {
            let (one, label) = (*one, *label);
            let is_chosen = Signal::derive(move || chosen.get() == one);
            tab(move || label.to_owned(), is_chosen, move || chosen.set(one))
        })
        .collect_view();
    let shown = move || {
        let needs_card = !matches!(chosen.get(), Tab::Quadrant | Tab::Moscow | Tab::Kano);
        if needs_card && !has_card.get() {
            return view! { <Begin desk/> }.into_any();
        }
        match chosen.get() {
            Tab::List => view! { <list::ScoreList desk/> }.into_any(),
            Tab::Compare => view! { <compare::Compare desk/> }.into_any(),
            Tab::Differences => view! { <differences::Differences desk/> }.into_any(),
            Tab::Quadrant => view! { <quadrant::QuadrantView desk/> }.into_any(),
            Tab::Moscow => view! { <moscow::Moscow desk/> }.into_any(),
            Tab::Kano => view! { <kano::Kano desk/> }.into_any(),
            Tab::Editor => view! { <editor::Editor desk/> }.into_any(),
        }
    };
    view! {
        <div class="scores-side">
            <div class="tool-row">
                <Cards desk/>
                <div class="tabs" role="group" aria-label="Show">{tabs}</div>
            </div>
            {shown}
        </div>
    }
}

/// Which scorecard lists are sorted by.
#[component]
fn Cards(desk: Desk) -> impl IntoView {
    let cards = Memo::new(move |_| {
        let cards = desk.things.with(scores::cards).into_iter();
        cards.map(|it| (it.id, it.card.name)).collect::<Vec<_>>()
    });
    let chosen = Memo::new(move |_| Some(desk.things.with(scores::chosen)?.id));
    let options = move || {
        let option = |(id, name): (RecordId, String)| {
            let is_it = move || chosen.get() == Some(id);
            view! { <option value=id.to_string() prop:selected=is_it>{name}</option> }
        };
        cards.get().into_iter().map(option).collect_view()
    };
    view! {
        <Show when=move || cards.with(|cards| !cards.is_empty())>
            <select
                aria-label="Scorecard"
                on:change=move |event| {
                    desk.intend(choose(event_target_value(&event)));
                }
            >
                {options}
            </select>
        </Show>
    }
}

fn choose(id: String) -> Intent {
    Intent::Put {
        thing: Thing::Product,
        values: vec![("scorecard".to_owned(), Some(id.into()))],
    }
}

/// Scorecards to begin with.
#[component]
fn Begin(desk: Desk) -> impl IntoView {
    view! {
        <div class="screen-scroll">
            <h2>"Choose a scorecard to begin with"</h2>
            <p class="soft">"Metrics, weights and the equation can be changed at any time."</p>
            <TemplateList desk/>
        </div>
    }
}

/// The templates with what they are for.
#[component]
fn TemplateList(desk: Desk) -> impl IntoView {
    let cards = templates()
        .into_iter()
        .map(|template| {
            let name = template.card.name.clone();
            let formula = template.card.formula();
            view! {
                <li>
                    <button class="template" on:click=move |_| make(desk, &template.card)>
                        {icon(Icon::Plus)} <strong>{name}</strong>
                    </button>
                    <p>{formula}</p>
                    <p class="soft">{template.help}</p>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="templates">{cards}</ul> }
}

/// A new scorecard, which lists are then sorted by.
fn make(desk: Desk, card: &Scorecard) {
    let id = desk.draw(RecordId::random);
    let record = Intent::Put {
        thing: Thing::Record(Collection::Scorecards, id),
        values: scores::registers(card, None),
    };
    desk.intend_loudly(Intent::Together {
        name: "scorecard".to_owned(),
        said: format!("Added scorecard {}", card.name),
        parts: vec![record, choose(id.to_string())],
    });
}
