//! How ready the open item is, computed from the Definition of Ready: raw, shaped or ready, and what is missing (PB-06,
//! PB-32).

use leptos::prelude::*;
use shared::planning::ready::Meter;

use super::Open;

/// The line; it opens to what is missing.
#[component]
pub(super) fn Readiness(open: Open) -> impl IntoView {
    let desk = open.desk;
    let meter = Memo::new(move |_| {
        let row = open.row.get().filter(|row| row.status.is_open())?;
        desk.rows.with(|rows| {
            let find = |id| rows.row(id).map(AsRef::as_ref);
            desk.judge.with(|judge| Some(judge.meter(&row, &find)))
        })
    });
    let shape = move || meter.with(|meter| meter.as_ref().map_or("", Meter::shape));
    let count = move || {
        meter.with(|meter| {
            let meter = meter.as_ref();
            meter.map_or_else(String::new, |meter| {
                format!("{} of {}", meter.passed, meter.of)
            })
        })
    };
    let list = move |of: fn(&Meter) -> &Vec<String>| {
        meter.with(|meter| {
            meter
                .as_ref()
                .map_or_else(Vec::new, |meter| of(meter).clone())
        })
    };
    let missing = move || list(|meter| &meter.missing);
    let advised = move || list(|meter| &meter.advised);
    view! {
        <Show when=move || meter.with(Option::is_some)>
            <details class="readiness" class:ready=move || shape() == "Ready">
                <summary>
                    <strong>{shape}</strong>
                    <span class="soft">{count} " checks passed"</span>
                </summary>
                {move || lines("Missing", missing())}
                {move || lines("Advised", advised())}
                {move || (missing().is_empty() && advised().is_empty()).then(|| view! { <p class="soft">"Nothing is missing."</p> })}
            </details>
        </Show>
    }
}

fn lines(label: &'static str, lines: Vec<String>) -> AnyView {
    if lines.is_empty() {
        return ().into_any();
    }
    view! {
        <p class="soft">{label}</p>
        <ul aria-label=label>
            {lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
        </ul>
    }
    .into_any()
}
