//! What a file holds and what becomes of it, as tables.

use std::sync::Arc;

use leptos::prelude::*;
use shared::import::{ImportedItem, NotImported, Preview, Source, Warning};

use crate::{components::kind_icon::kind_label, state::desk::Desk, words};

/// How many of the items are shown.
const ROWS_SHOWN: usize = 20;

/// What becomes of the file's rows.
#[component]
pub(super) fn PreviewTables(preview: Arc<Preview>) -> impl IntoView {
    let left_out = (!preview.not_imported.is_empty()).then(|| left_out(&preview.not_imported));
    let warned = (!preview.warnings.is_empty()).then(|| warned(&preview.warnings));
    view! {
        {left_out}
        {warned}
        {first_rows(&preview.items)}
    }
}

/// What a file holds, in a line.
pub(super) fn summary(desk: Option<Desk>, preview: &Preview) -> String {
    let mut parts = vec![
        preview.format.label().to_owned(),
        words::count(preview.items.len(), "item", "items"),
    ];
    for (kind, count) in &preview.kinds {
        let kind = desk.map_or_else(|| kind.label().to_owned(), |desk| words::kind(desk, *kind));
        parts.push(format!("{} {kind}", words::number(*count)));
    }
    for (status, count) in &preview.statuses {
        parts.push(format!("{} {}", words::number(*count), status.label()));
    }
    parts.push(format!("{} estimated", words::number(preview.estimated)));
    parts.join(" · ")
}

/// Asks how dates are written that may be read in two ways.
pub(super) fn ambiguous(example: &str, on_day_first: Callback<bool>) -> impl IntoView + use<> {
    view! {
        <div class="notice warning">
            <span class="text">{format!("Is “{example}” written day first or month first? Until you say, such dates are left out.")}</span>
            <button type="button" on:click=move |_| on_day_first.run(true)>"Day first"</button>
            <button type="button" on:click=move |_| on_day_first.run(false)>"Month first"</button>
        </div>
    }
}

fn left_out(all: &[NotImported]) -> impl IntoView + use<> {
    view! {
        <section aria-label="Not imported">
            <h3>"Not imported"</h3>
            <div class="table" tabindex="0" role="region" aria-label="Not imported, table">
                <table>
                    <thead><tr><th>"Where"</th><th>"How many"</th><th>"Why"</th><th>"Example"</th></tr></thead>
                    <tbody>
                        {all
                            .iter()
                            .map(|one| {
                                let place = match &one.source {
                                    Source::Column(column) => format!("Column {column}"),
                                    Source::Rows(rows) => rows_said(rows, one.count),
                                };
                                view! {
                                    <tr>
                                        <td>{place}</td>
                                        <td>{words::number(one.count)}</td>
                                        <td>{one.reason.clone()}</td>
                                        <td class="soft">{one.example.clone()}</td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </section>
    }
}

fn warned(all: &[Warning]) -> impl IntoView + use<> {
    view! {
        <section aria-label="Imported with changes">
            <h3>"Imported with changes"</h3>
            <ul>
                {all
                    .iter()
                    .map(|one| {
                        view! { <li>{one.text.clone()} " " <span class="soft">{rows_said(&one.rows, one.count)}</span></li> }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}

fn rows_said(rows: &[usize], count: usize) -> String {
    const LISTED: usize = 5;
    let listed: Vec<String> = rows
        .iter()
        .take(LISTED)
        .map(|row| words::number(*row))
        .collect();
    let more = count.saturating_sub(listed.len());
    let one = if count == 1 { "Row" } else { "Rows" };
    match more {
        0 => format!("{one} {}", listed.join(", ")),
        more => format!(
            "{one} {} and {} more",
            listed.join(", "),
            words::number(more)
        ),
    }
}

fn first_rows(items: &[ImportedItem]) -> impl IntoView + use<> {
    let rows = items
        .iter()
        .take(ROWS_SHOWN)
        .zip(1_usize..)
        .map(|(item, number)| {
            view! {
                <tr>
                    <td>{number}</td>
                    <td>{kind_label(item.kind)}</td>
                    <td>{item.key.clone()}</td>
                    <td>{item.title.clone()}</td>
                    <td>{item.estimate.map(words::points)}</td>
                    <td>{item.status.label()}</td>
                </tr>
            }
        })
        .collect_view();
    let more = items.len().saturating_sub(ROWS_SHOWN);
    view! {
        <section aria-label="First items">
            <h3>"First items"</h3>
            <div class="table" tabindex="0" role="region" aria-label="First items, table">
                <table>
                    <thead>
                        <tr><th>"Rank"</th><th>"Type"</th><th>"Key"</th><th>"Title"</th><th>"Estimate"</th><th>"Status"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {(more > 0).then(|| view! { <p class="soft">{format!("and {} more", words::number(more))}</p> })}
        </section>
    }
}
