//! What became of the item, and when.

use leptos::prelude::*;
use shared::{model::Status, time::Timestamp};

use super::Open;
use crate::{platform::device, words};

/// Status, place and estimate transitions, newest first.
#[component]
pub(super) fn Trail(open: Open) -> impl IntoView {
    let lines = Memo::new(move |_| {
        let mut lines: Vec<(Timestamp, String)> = open
            .detail
            .with(|detail| detail.as_ref().map(|detail| detail.trail.clone()))
            .unwrap_or_default();
        lines.reverse();
        lines
    });
    let created = Memo::new(move |_| {
        let created = open.row.with(|row| row.as_ref().map(|row| row.created))?;
        let by = open
            .detail
            .with(|detail| detail.as_ref().and_then(|detail| detail.created_by));
        let name = by.and_then(|by| {
            open.desk
                .people
                .with(|people| people.get(&by).map(|person| person.name.clone()))
        });
        let ago = words::ago(device::now(), created);
        Some(match name {
            Some(name) => format!("Made by {name} {ago}"),
            None => format!("Made {ago}"),
        })
    });
    view! {
        <details class="trail">
            <summary>"History"</summary>
            <ul>
                {move || {
                    lines
                        .get()
                        .into_iter()
                        .map(|(at, what)| {
                            view! {
                                <li>
                                    <span>{say(&what)}</span>
                                    <span class="soft">{words::ago(device::now(), at)}</span>
                                </li>
                            }
                        })
                        .collect_view()
                }}
                <li class="soft">{move || created.get()}</li>
            </ul>
        </details>
    }
}

/// A transition in words.
fn say(what: &str) -> String {
    match what.split_once('=') {
        Some(("status", word)) => {
            let label = Status::from_word(word).map(Status::label);
            format!("Status: {}", label.unwrap_or(word))
        }
        Some(("estimate", "")) => "Estimate: none".to_owned(),
        Some(("estimate", points)) => format!("Estimate: {points}"),
        Some(("place", place)) => format!("Place: {place}"),
        _ => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::say;

    #[test]
    fn transitions_are_said_in_words() {
        assert_eq!(say("status=done"), "Status: Done");
        assert_eq!(say("estimate="), "Estimate: none");
        assert_eq!(say("estimate=3"), "Estimate: 3");
        assert_eq!(say("anything else"), "anything else");
    }
}
