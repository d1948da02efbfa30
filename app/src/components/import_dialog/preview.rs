//! What a file holds and what becomes of it, as tables.

use leptos::prelude::*;
use shared::import::{ColumnMapping, ImportedItem, NotImported, Preview, Source, Warning};

use crate::{components::kind_icon::kind_label, words};

/// How many of the items are shown.
const ROWS_SHOWN: usize = 20;

/// Everything about a file that was read.
#[component]
pub(super) fn PreviewTables(
    preview: Preview,
    #[prop(into)] on_day_first: Callback<bool>,
) -> impl IntoView {
    let summary = summary(&preview);
    let Preview {
        columns,
        items,
        not_imported,
        warnings,
        ambiguous_date,
        ..
    } = preview;
    view! {
        <p class="summary"><strong>{summary}</strong></p>
        {ambiguous_date.map(|example| ambiguous(example, on_day_first))}
        {(!not_imported.is_empty()).then(|| left_out(not_imported))}
        {(!warnings.is_empty()).then(|| warned(warnings))}
        {(!columns.is_empty()).then(|| mapping(columns))}
        {first_rows(&items)}
    }
}

fn summary(preview: &Preview) -> String {
    let mut parts = vec![
        preview.format.label().to_owned(),
        words::count(preview.items.len(), "item", "items"),
    ];
    for (kind, count) in &preview.kinds {
        parts.push(format!("{} {}", words::number(*count), kind.label()));
    }
    for (status, count) in &preview.statuses {
        parts.push(format!("{} {}", words::number(*count), status.label()));
    }
    parts.push(format!("{} estimated", words::number(preview.estimated)));
    parts.join(" · ")
}

fn ambiguous(example: String, on_day_first: Callback<bool>) -> impl IntoView {
    view! {
        <div class="notice warning">
            <span class="text">{format!("Is “{example}” written day first or month first? Until you say, such dates are left out.")}</span>
            <button type="button" on:click=move |_| on_day_first.run(true)>"Day first"</button>
            <button type="button" on:click=move |_| on_day_first.run(false)>"Month first"</button>
        </div>
    }
}

fn left_out(all: Vec<NotImported>) -> impl IntoView {
    view! {
        <section aria-label="Not imported">
            <h3>"Not imported"</h3>
            <div class="table" tabindex="0" role="region" aria-label="Not imported, table">
                <table>
                    <thead><tr><th>"Where"</th><th>"How many"</th><th>"Why"</th><th>"Example"</th></tr></thead>
                    <tbody>
                        {all
                            .into_iter()
                            .map(|one| {
                                let place = match one.source {
                                    Source::Column(column) => format!("Column {column}"),
                                    Source::Rows(rows) => rows_said(&rows, one.count),
                                };
                                view! {
                                    <tr>
                                        <td>{place}</td>
                                        <td>{words::number(one.count)}</td>
                                        <td>{one.reason}</td>
                                        <td class="soft">{one.example}</td>
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

fn warned(all: Vec<Warning>) -> impl IntoView {
    view! {
        <section aria-label="Imported with changes">
            <h3>"Imported with changes"</h3>
            <ul>
                {all
                    .into_iter()
                    .map(|one| {
                        view! { <li>{one.text} " " <span class="soft">{rows_said(&one.rows, one.count)}</span></li> }
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

fn mapping(columns: Vec<ColumnMapping>) -> impl IntoView {
    view! {
        <section aria-label="Columns">
            <h3>"Columns"</h3>
            <div class="table" tabindex="0" role="region" aria-label="Columns, table">
                <table>
                    <thead><tr><th>"Column"</th><th>"Becomes"</th><th>"Filled"</th><th>"Example"</th></tr></thead>
                    <tbody>
                        {columns
                            .into_iter()
                            .map(|one| {
                                view! {
                                    <tr>
                                        <td>{one.column}</td>
                                        <td>{one.field.map_or("not imported", |field| field.label())}</td>
                                        <td>{words::number(one.filled)}</td>
                                        <td class="soft">{one.example}</td>
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
