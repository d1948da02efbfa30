//! The tags: how they look, what they are called, how often they are used (PB-28).

use leptos::prelude::*;
use shared::{
    model::{Scalar, Thing},
    product::tags::{self, Pattern},
};

use super::{options, own};
use crate::{
    components::{list_link::list_link, register::bare_choice, tag_view::tag_view},
    state::{desk::Desk, filter::Filter, things},
    words,
};

pub(super) fn section(desk: Desk) -> AnyView {
    let tags = Memo::new(move |_| {
        let tags = desk.rows.with(|rows| rows.tags());
        tags.into_keys().collect::<Vec<String>>()
    });
    super::section(
        "Tags",
        "Give a tag the name of another to merge them; both can be undone.",
        view! {
            <Show
                when=move || tags.with(|tags| !tags.is_empty())
                fallback=|| view! { <p class="soft">"No item has a tag yet."</p> }
            >
                <div class="table">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Tag"</th>
                                <th scope="col">"Name"</th>
                                <th scope="col">"Colour"</th>
                                <th scope="col">"Pattern"</th>
                                <th scope="col">"Open items"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <For each=move || tags.get() key=Clone::clone let(tag)>
                                {row(desk, tag)}
                            </For>
                        </tbody>
                    </table>
                </div>
            </Show>
        }
        .into_any(),
    )
}

fn row(desk: Desk, tag: String) -> AnyView {
    let patterns: Vec<(&str, &str)> = Pattern::ALL
        .iter()
        .skip(1)
        .map(|pattern| (pattern.word(), pattern.label()))
        .collect();
    let count = {
        let tag = tag.clone();
        Memo::new(move |_| {
            desk.rows
                .with(|rows| rows.tags().get(&tag).copied().unwrap_or(0))
        })
    };
    let filter = {
        let tag = tag.clone();
        Signal::derive(move || Filter {
            tags: [tag.clone()].into(),
            ..Filter::default()
        })
    };
    let (name, shown) = (tag.clone(), tag.clone());
    let rename = {
        let tag = tag.clone();
        move |typed: String| {
            let typed = typed.split_whitespace().collect::<Vec<_>>().join(" ");
            if !typed.is_empty() && typed != tag {
                rename(desk, &tag, &typed);
            }
        }
    };
    view! {
        <tr>
            <th scope="row">{tag_view(desk, shown)}</th>
            <td>
                <input
                    class="field"
                    aria-label=format!("Name of tag {tag}")
                    autocomplete="off"
                    maxlength="60"
                    prop:value=name
                    on:change=move |event| rename(event_target_value(&event))
                />
            </td>
            <td>{colour(desk, &tag)}</td>
            <td>{bare_choice(own(desk, &format!("tag:{tag}:pattern")), format!("Pattern of tag {tag}"), "Plain", options(&patterns))}</td>
            <td>{list_link(desk, filter, Signal::derive(move || words::number(count.get())))}</td>
        </tr>
    }
    .into_any()
}

/// Calls a tag otherwise; its look goes along where the new name has none.
fn rename(desk: Desk, from: &str, to: &str) {
    let mut values = vec![(format!("tag:{from}:now"), Some(to.into()))];
    let was_renamed = desk.things.with_untracked(|things| {
        let product = things.get(&Thing::Product);
        product.is_some_and(|facts| facts.contains_key(&format!("tag:{to}:now")))
    });
    if was_renamed {
        // A name that is taken back must not lead on to another.
        values.push((format!("tag:{to}:now"), None));
    }
    let look = desk.things.with_untracked(|things| {
        let has_own = tags::look(things, to).is_some();
        tags::look(things, from).filter(|_| !has_own)
    });
    if let Some(look) = look {
        let colour = Scalar::Number(f64::from(look.colour));
        values.push((format!("tag:{to}:colour"), Some(colour)));
        values.push((
            format!("tag:{to}:pattern"),
            Some(look.pattern.word().into()),
        ));
    }
    things::put(desk, Thing::Product, values);
}

fn colour(desk: Desk, tag: &str) -> AnyView {
    let register = own(desk, &format!("tag:{tag}:colour"));
    let value = register.value();
    let chosen = move || value.with(|value| value.as_ref().and_then(Scalar::number));
    let options = words::COLOURS
        .iter()
        .zip(0_u8..)
        .map(|(word, index)| {
            let is_chosen = move || chosen() == Some(f64::from(index));
            view! { <option value=index.to_string() prop:selected=is_chosen>{*word}</option> }
        })
        .collect_view();
    view! {
        <select
            aria-label=format!("Colour of tag {tag}")
            on:change=move |event| {
                register.set(event_target_value(&event).parse().ok().map(Scalar::Number));
            }
        >
            <option value="" prop:selected=move || chosen().is_none()>"None"</option>
            {options}
        </select>
    }
    .into_any()
}
