//! Who changed what in the last hour (BT-30): a line beside the screens, and the whole of it on request.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    document::{Recent, TAKEN_BACK},
    model::Author,
    session::messages::ToSession,
};

use crate::{
    components::unverified,
    platform::device,
    state::{desk::Desk, layer::Layer},
    ui::dialog::{Dialog, Shape},
    words,
};

/// What is told of, in milliseconds.
const HOUR_MS: i64 = 60 * 60 * 1000;

/// What somebody did several times in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    by: Option<Author>,
    intent: String,
    count: usize,
    /// When it was done last.
    last: Recent,
}

/// Asks the session for it.
pub fn ask(desk: Desk) {
    let since = device::now().plus_ms(-HOUR_MS);
    desk.say(ToSession::Recent { since });
}

/// The line: who was it last, and how many changes there were.
pub fn line(desk: Desk) -> AnyView {
    let text = Memo::new(move |_| {
        desk.recent.with(|recent| {
            let last = recent.first()?;
            let who = last.by.map(|by| words::author(desk, by));
            let count = words::count(recent.len(), "change", "changes");
            Some(format!(
                "{count} this hour, last by {}",
                who.as_deref().unwrap_or("somebody")
            ))
        })
    });
    (move || {
        text.get().map(|text| {
            view! {
                <button
                    class="quiet recent"
                    aria-haspopup="dialog"
                    title="Who changed what in the last hour"
                    on:click=move |event| {
                        ask(desk);
                        desk.show_layer_at(Layer::Recent, &event);
                    }
                >
                    {text}
                </button>
            }
        })
    })
    .into_any()
}

/// Everything of the last hour, what somebody did in a row taken together.
#[component]
pub fn RecentDialog(desk: Desk) -> impl IntoView {
    let runs = Memo::new(move |_| desk.recent.with(runs));
    view! {
        <Dialog label="The last hour" shape=Shape::Menu at=desk.anchor() on_close=move |()| desk.close_layer()>
            <div class="recent-list">
                <h2>"The last hour"</h2>
                <ul>
                    {move || runs.get().into_iter().map(|run| entry(desk, &run)).collect_view()}
                </ul>
                <Show when=move || runs.with(Vec::is_empty)>
                    <p class="soft">"Nothing has changed."</p>
                </Show>
            </div>
        </Dialog>
    }
}

fn entry(desk: Desk, run: &Run) -> AnyView {
    let who = run.by.map_or_else(
        || "Somebody".to_owned(),
        |by| words::person(desk, by.person),
    );
    let did = did(&run.intent, run.count);
    let ago = words::ago(device::now(), run.last.at);
    view! { <li><strong>{who}</strong> " " {unverified::mark(desk, run.by)} " " {did} <span class="soft">{ago}</span></li> }.into_any()
}

/// Puts together what one person did in a row, the latest first.
fn runs(recent: &Arc<Vec<Recent>>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for change in recent.iter() {
        match runs.last_mut() {
            Some(run) if run.by == change.by && run.intent == change.intent => run.count += 1,
            Some(_) | None => runs.push(Run {
                by: change.by,
                intent: change.intent.clone(),
                count: 1,
                last: change.clone(),
            }),
        }
    }
    runs
}

/// What was done so many times, in words.
fn did(intent: &str, count: usize) -> String {
    let verb = match intent {
        taken_back if taken_back.starts_with(TAKEN_BACK) => "took back a step",
        "add" => "added items",
        "move" | "order" => "moved items",
        "place" => "moved items elsewhere",
        "archive" => "archived items",
        "restore" => "brought items back",
        "tag" => "tagged items",
        "mark" => "linked or scored items",
        "attach" => "attached or removed files",
        "comment" => "commented",
        "import" => "imported items",
        "create" => "made this backlog",
        "" => "changed something with another program",
        _ => "edited",
    };
    if count == 1 {
        verb.to_owned()
    } else {
        format!("{verb} \u{d7} {}", words::number(count))
    }
}

#[cfg(test)]
mod tests {
    use shared::{ids::PersonId, time::Timestamp};

    use super::*;

    #[test]
    fn bt_30_what_somebody_does_in_a_row_is_told_once() {
        let change = |by: u8, intent: &str| Recent {
            at: Timestamp::from_ms(5),
            by: Some(Author::known(PersonId::from_bytes([by; 16]))),
            intent: intent.to_owned(),
        };
        let recent = Arc::new(vec![
            change(1, "move"),
            change(1, "move"),
            change(2, "move"),
            change(2, "set"),
        ]);
        let counts: Vec<usize> = runs(&recent).iter().map(|run| run.count).collect();
        assert_eq!(counts, [2, 1, 1]);
        assert_eq!(did("move", 1), "moved items");
        assert_eq!(did("set", 3), "edited \u{d7} 3");
    }
}
