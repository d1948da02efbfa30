//! The columns of a file and what each becomes, which the person can change.

use leptos::prelude::*;
use shared::import::{ColumnMapping, Field};

use crate::words;

/// A column, by its place, is to become something else.
pub(super) type Choice = (usize, Option<Field>);

/// The table of columns, where the file has any. Its rows stay when the file is read again, and the focus in them.
#[component]
pub(super) fn Columns(
    columns: RwSignal<Vec<ColumnMapping>>,
    #[prop(into)] on_choice: Callback<Choice>,
) -> impl IntoView {
    let names = Memo::new(move |_| {
        columns.with(|columns| {
            let names = columns.iter().map(|column| column.column.clone());
            names.collect::<Vec<_>>()
        })
    });
    move || {
        let names = names.get();
        (!names.is_empty()).then(|| {
            let lines: Vec<AnyView> = names
                .into_iter()
                .enumerate()
                .map(|(at, name)| line(columns, at, name, on_choice).into_any())
                .collect();
            view! {
                <section aria-label="Columns">
                    <h3>"Columns"</h3>
                    <div class="table" tabindex="0" role="region" aria-label="Columns, table">
                        <table>
                            <thead><tr><th>"Column"</th><th>"Becomes"</th><th>"Filled"</th><th>"Example"</th></tr></thead>
                            <tbody>{lines}</tbody>
                        </table>
                    </div>
                </section>
            }
        })
    }
}

fn line(
    columns: RwSignal<Vec<ColumnMapping>>,
    at: usize,
    name: String,
    on_choice: Callback<Choice>,
) -> impl IntoView {
    let field =
        Memo::new(move |_| columns.with(|columns| columns.get(at).and_then(|column| column.field)));
    let filled =
        move || columns.with(|columns| columns.get(at).map(|column| words::number(column.filled)));
    let example =
        move || columns.with(|columns| columns.get(at).map(|column| column.example.clone()));
    let options: Vec<AnyView> = Field::ALL
        .iter()
        .map(|one| {
            view! { <option value=one.label() prop:selected=move || field.get() == Some(*one)>{one.label()}</option> }
                .into_any()
        })
        .collect();
    view! {
        <tr>
            <td>{name.clone()}</td>
            <td>
                <select
                    aria-label=format!("{name} becomes")
                    on:change=move |event| {
                        let chosen = event_target_value(&event);
                        let field = Field::ALL.iter().copied().find(|field| field.label() == chosen);
                        on_choice.run((at, field));
                    }
                >
                    <option value="" prop:selected=move || field.get().is_none()>"not imported"</option>
                    {options}
                </select>
            </td>
            <td>{filled}</td>
            <td class="soft">{example}</td>
        </tr>
    }
}
