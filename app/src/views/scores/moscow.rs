//! MoSCoW: how the planned effort is shared out, and what that risks.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, Value},
    model::{Field, Row},
    planning::score::moscow::{Criticality, Shares},
    product::{once, releases::Unit},
};

use crate::{
    state::{desk::Desk, filter::Filter, rows::List},
    words,
};

const SHOWN: usize = 100;

/// The view.
#[component]
pub fn Moscow(desk: Desk) -> impl IntoView {
    let list = move || {
        let place = desk.filter.with(Filter::place);
        desk.rows.with(|rows| rows.ranked_in(place))
    };
    let columns = move || {
        let list = list();
        let mut all: Vec<Option<Criticality>> =
            Criticality::ALL.iter().copied().map(Some).collect();
        all.push(None);
        all.into_iter()
            .map(|own| column(desk, own, &list))
            .collect_view()
    };
    view! {
        <div class="screen-scroll">
            {move || summary(&list())}
            <div class="moscow">{columns}</div>
        </div>
    }
}

fn of(row: &shared::model::Row) -> Option<Criticality> {
    Criticality::from_word(row.text(Field::Criticality))
}

fn summary(list: &List) -> AnyView {
    let judged = list.iter().filter(|row| of(row).is_some());
    let once = once::Shares::among(judged.map(AsRef::as_ref));
    let size = |row: &Row| once.share(row, Unit::Points).size();
    let shares = Shares::of(list.iter().map(|row| (of(row), size(row))));
    let told = match shares.shares {
        None => "Estimate items and say how critical they are to see the shares.".to_owned(),
        Some(parts) => {
            let [must, should, could] = parts.map(|part| (part * 100.0).round());
            format!("Must {must} % · Should {should} % · Could {could} % of the planned effort")
        }
    };
    let left_out = words::count(shares.unestimated, "item is", "items are");
    let left_out =
        (shares.unestimated > 0).then(|| format!("{left_out} not estimated and left out."));
    let warning = |warning: String| view! { <p class="wrong">{warning}</p> };
    let warnings = shares.warnings().into_iter().map(warning).collect_view();
    view! { <p>{told}</p> <p class="soft">{left_out}</p> {warnings} }.into_any()
}

fn column(desk: Desk, own: Option<Criticality>, list: &List) -> AnyView {
    let label = own.map_or("Not sorted", Criticality::label);
    let items: Vec<(ItemId, String)> = list
        .iter()
        .filter(|row| of(row) == own)
        .map(|row| (row.id, row.title.clone()))
        .collect();
    let lines = items
        .iter()
        .take(SHOWN)
        .map(|(id, title)| line(desk, own, *id, title))
        .collect_view();
    let more = items.len().saturating_sub(SHOWN);
    let more = (more > 0).then(|| format!("and {} more", words::number(more)));
    view! {
        <section aria-label=label>
            <h2>{format!("{label} · {}", words::number(items.len()))}</h2>
            <ul class="moves">{lines}</ul>
            <p class="soft">{more}</p>
        </section>
    }
    .into_any()
}

fn line(desk: Desk, own: Option<Criticality>, id: ItemId, title: &str) -> AnyView {
    let option = |it: &Criticality| {
        view! { <option value=it.word() selected=own == Some(*it)>{it.label()}</option> }
    };
    let options = Criticality::ALL.iter().map(option).collect_view();
    let set = move |word: String| {
        let value = (!word.is_empty()).then(|| word.into());
        desk.intend(Intent::Set {
            items: vec![id],
            value: Value::Field(Field::Criticality, value),
        });
    };
    view! {
        <li>
            <button class="quiet cut" on:click=move |_| desk.open_item(id)>{title.to_owned()}</button>
            <select
                aria-label=format!("Criticality of {title}")
                on:change=move |event| set(event_target_value(&event))
            >
                <option value="" selected=own.is_none()>"–"</option>
                {options}
            </select>
        </li>
    }
    .into_any()
}
