//! Why the open item was put away at triage: declined or merged, by whom, and until when (PB-23).

use leptos::prelude::*;
use shared::model::{Field, Row, Status};

use super::Open;
use crate::{components::triage::reason_label, state::desk::Desk, words};

/// A line on top, while the item is away.
#[component]
pub(super) fn Away(open: Open) -> impl IntoView {
    let said = Memo::new(move |_| {
        open.row
            .with(|row| row.as_ref().and_then(|row| say(open.desk, row)))
    });
    let into = Memo::new(move |_| {
        open.row.with(|row| {
            let row = row.as_ref().filter(|row| row.status == Status::Merged)?;
            row.item(Field::MergedInto)
        })
    });
    move || {
        said.get().map(|said| {
            view! {
                <div class="away">
                    <p>{said}</p>
                    {into
                        .get()
                        .map(|into| {
                            view! { <button class="quiet" on:click=move |_| open.desk.open_item(into)>"Open it"</button> }
                        })}
                </div>
            }
        })
    }
}

fn say(desk: Desk, row: &Row) -> Option<String> {
    let with = |said: String, more: &str| {
        if more.is_empty() {
            said
        } else {
            format!("{said}: {more}")
        }
    };
    match row.status {
        Status::Declined => {
            let by = row.doer(Field::DeclinedBy);
            let by = by.map(|by| format!(" by {}", words::author(desk, by)));
            let reason = reason_label(row.text(Field::DeclineReason)).to_lowercase();
            let mut said = format!("Declined{}, {reason}", by.unwrap_or_default());
            said = with(said, row.text(Field::DeclineNote));
            said.push('.');
            let day = row.text(Field::ReconsiderOn);
            if !day.is_empty() {
                said.push_str(&format!(" To be reconsidered on {day}."));
            }
            let condition = row.text(Field::ReconsiderIf);
            if !condition.is_empty() {
                said.push_str(&format!(" To be reconsidered if {condition}."));
            }
            Some(said)
        }
        Status::Merged => {
            let into = row.item(Field::MergedInto)?;
            let name = desk.rows.with(|rows| {
                let row = rows.row(into)?;
                Some(format!("{} {}", rows.reference(row), row.title))
            });
            Some(format!("Merged into {}.", name.unwrap_or_default()))
        }
        Status::Todo
        | Status::Doing
        | Status::Done
        | Status::Dropped
        | Status::Archived
        | Status::Withdrawn => None,
    }
}
