//! Small questions about the chosen items: to which rank, and why archive.

use leptos::prelude::*;
use shared::intent::{Intent, Target};

use crate::{
    commands,
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
    words,
};

/// A number for the chosen items, or a neighbour by name.
#[component]
pub fn MoveToRank(desk: Desk) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let count = commands::ranked_targets(desk).len();
    let place = commands::place_of_targets(desk);
    let last = desk.rows.with_untracked(|rows| rows.ranked_in(place).len());
    let wrong = RwSignal::new(None::<String>);
    let submit = move || {
        let typed = text.with_untracked(|text| text.trim().replace(',', ""));
        match typed.parse::<usize>() {
            Ok(number) if number >= 1 => {
                desk.close_layer();
                commands::move_to_rank(desk, number.min(last));
            }
            _ => match by_reference(desk, &typed) {
                Some(target) => {
                    desk.close_layer();
                    commands::move_to(desk, target);
                }
                None => wrong.set(Some(format!(
                    "A number from 1 to {}, or the key of an item to go above.",
                    words::number(last)
                ))),
            },
        }
    };
    view! {
        <Dialog label="Move to rank" shape=Shape::Card on_close=move |()| desk.close_layer()>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>{format!("Move {} to rank", words::count(count, "item", "items"))}</h2>
                <label>
                    {format!("Rank, 1 to {}, or an item’s key", words::number(last))}
                    <input
                        class="field"
                        data-focus=""
                        aria-label="Rank"
                        autocomplete="off"
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                    />
                </label>
                <p class="wrong" role="alert">{move || wrong.get()}</p>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                    <button type="submit" class="primary">"Move"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Above the item that people call so.
fn by_reference(desk: Desk, typed: &str) -> Option<Target> {
    desk.rows.with_untracked(|rows| {
        let open = rows.all().filter(|row| row.status.is_open());
        let mut open = open.filter(|row| rows.reference(row).eq_ignore_ascii_case(typed));
        let named = open.next()?;
        Some(Target::Before(named.id))
    })
}

/// A reason to put the chosen items away.
#[component]
pub fn ArchiveDialog(desk: Desk) -> impl IntoView {
    let items = desk.targets();
    let count = items.len();
    let reason = RwSignal::new(String::new());
    let submit = move || {
        desk.close_layer();
        desk.intend_loudly(Intent::Archive {
            items: items.clone(),
            reason: reason.get_untracked().trim().to_owned(),
        });
        desk.selection.clear();
    };
    view! {
        <Dialog label="Archive" shape=Shape::Card on_close=move |()| desk.close_layer()>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>{format!("Archive {}", words::count(count, "item", "items"))}</h2>
                <p class="soft">"Archived items leave the list and can be restored at any time."</p>
                <label>
                    "Reason (optional)"
                    <input
                        class="field"
                        data-focus=""
                        aria-label="Reason"
                        autocomplete="off"
                        maxlength="500"
                        on:input=move |event| reason.set(event_target_value(&event))
                    />
                </label>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                    <button type="submit" class="primary">"Archive"</button>
                </div>
            </form>
        </Dialog>
    }
}
