//! The questions of INVEST, which a story answers before it goes into a sprint (`formulas.md` §5.12).

use leptos::prelude::*;
use shared::{
    intent::Intent,
    model::{Kind, Part, Scalar},
    product::ready::{INVEST, invest},
};

use super::Open;

/// The group, for stories and for what was asked already.
pub(super) fn group(open: Open) -> AnyView {
    let answered = open.field(invest);
    let is_asked = Memo::new(move |_| {
        let is_story = open
            .row
            .with(|row| row.as_ref().is_some_and(|row| row.kind == Kind::Story));
        is_story || answered.get().unwrap_or_default() > 0
    });
    let changed = super::changed::said(open, Part::Invest);
    let changed = move || changed.get().map(|changed| format!(" \u{b7} {changed}"));
    let said = move || match answered.get().unwrap_or_default() {
        0 => "not answered".to_owned(),
        some => format!("{some} of {} answered", INVEST.len()),
    };
    view! {
        <Show when=move || is_asked.get()>
            <details class="group">
                <summary>
                    <span>"INVEST"</span>
                    <span class="soft">{said} {changed}</span>
                </summary>
                <div class="fields invest-answers">
                    {INVEST.iter().map(|(name, asks)| question(open, name, asks)).collect_view()}
                </div>
            </details>
        </Show>
    }
    .into_any()
}

fn question(open: Open, name: &'static str, asks: &'static str) -> AnyView {
    let key = StoredValue::new(format!("invest:{name}"));
    let answer = Memo::new(move |_| {
        open.row.with(|row| {
            let row = row.as_ref()?;
            key.with_value(|key| row.mark(key).map(Scalar::is_on))
        })
    });
    let (label, meaning) = asks.split_once(": ").unwrap_or((asks, ""));
    let option = move |word: &'static str, text: &'static str, own: Option<bool>| {
        view! { <option value=word prop:selected=move || answer.get() == own>{text}</option> }
    };
    view! {
        <label title=meaning>
            <span>{label}</span>
            <select
                aria-label=asks
                on:change=move |event| {
                    let value = match event_target_value(&event).as_str() {
                        "yes" => Some(Scalar::Flag(true)),
                        "no" => Some(Scalar::Flag(false)),
                        _ => None,
                    };
                    open.intend(Intent::Mark { items: vec![open.id], key: key.get_value(), value });
                }
            >
                {option("", "\u{2013}", None)}
                {option("yes", "Yes", Some(true))}
                {option("no", "No", Some(false))}
            </select>
        </label>
    }
    .into_any()
}
