//! All commands and items, to be found by typing.

use leptos::prelude::*;
use shared::ids::ItemId;
use web_sys::KeyboardEvent;

use crate::{
    commands::{self, Command, Group},
    platform::page,
    state::{desk::Desk, filter},
    ui::dialog::{Dialog, Shape},
    words,
};

const FOUND_MAX: usize = 12;
/// What is most often looked for stands first; going about is what keys are for.
const ORDER: &[Group] = &[
    Group::Order,
    Group::Edit,
    Group::Triage,
    Group::Backlog,
    Group::Go,
];

/// Something to choose.
#[derive(Clone)]
enum Found {
    Command(&'static Command),
    Item(ItemId, String, String),
}

impl Found {
    fn choose(&self, desk: Desk) {
        desk.close_layer();
        match self {
            Self::Command(command) => (command.run)(desk),
            Self::Item(item, ..) => {
                desk.place_cursor(*item);
                desk.open_item(*item);
            }
        }
    }
}

/// The palette.
#[component]
pub fn Palette(desk: Desk) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found = Signal::derive_local(move || find(desk, &text.get()));
    let keys = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" => chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" if !event.is_composing() => {
                let one = found.with_untracked(|found| found.get(chosen.get_untracked()).cloned());
                if let Some(one) = one {
                    one.choose(desk);
                }
            }
            _ => return,
        }
        event.prevent_default();
        // The choice may have closed the palette.
        page::after_paint(move || {
            if let Some(chosen) = chosen.try_get_untracked() {
                page::scroll_to(&option_id(chosen));
            }
        });
    };
    view! {
        <Dialog label="Commands" shape=Shape::Palette on_close=move |()| desk.close_layer()>
            <input
                class="field"
                data-focus=""
                role="combobox"
                aria-label="Find a command or item"
                aria-expanded="true"
                aria-controls="palette-options"
                aria-autocomplete="list"
                aria-activedescendant=move || option_id(chosen.get())
                placeholder="Find a command or item"
                autocomplete="off"
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    chosen.set(0);
                }
                on:keydown=keys
            />
            <div id="palette-options" class="options" role="listbox" aria-label="Found">
                {move || {
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(nth, one)| option(desk, nth, one, chosen))
                        .collect_view()
                }}
            </div>
            <Show when=move || found.with(Vec::is_empty)>
                <p class="soft none">"Nothing is called that."</p>
            </Show>
        </Dialog>
    }
}

fn option_id(nth: usize) -> String {
    format!("palette-{nth}")
}

fn option(desk: Desk, nth: usize, one: Found, chosen: RwSignal<usize>) -> impl IntoView {
    let (label, more) = match &one {
        Found::Command(command) => (command.label_for(desk), command.shown_key()),
        Found::Item(_, title, number) => (title.clone(), number.clone()),
    };
    view! {
        <div
            id=option_id(nth)
            class="option"
            role="option"
            aria-selected=move || (chosen.get() == nth).to_string()
            on:pointermove=move |_| {
                if chosen.get_untracked() != nth {
                    chosen.set(nth);
                }
            }
            on:click=move |_| one.choose(desk)
        >
            <span class="cut">{label}</span>
            <kbd>{more}</kbd>
        </div>
    }
}

fn find(desk: Desk, text: &str) -> Vec<Found> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |label: &str| words.iter().all(|word| filter::contains(label, word));
    let mut found: Vec<Found> = ORDER
        .iter()
        .flat_map(|group| commands::all().filter(|command| command.group == *group))
        .filter(|command| {
            command.id != "palette" && fits(&command.label_for(desk)) && (command.enabled)(desk)
        })
        .map(Found::Command)
        .collect();
    if !words.is_empty() {
        desk.rows.with_untracked(|rows| {
            let list = rows.ranked_in(
                desk.filter
                    .with_untracked(crate::state::filter::Filter::place),
            );
            let items = list.iter().enumerate().filter(|(_, row)| {
                words.iter().all(|word| {
                    filter::contains(&row.title, word) || filter::contains(&row.key, word)
                }) || rows.reference(row).eq_ignore_ascii_case(text.trim())
            });
            found.extend(items.take(FOUND_MAX).map(|(place, row)| {
                let title = format!("{} {}", rows.reference(row), row.title);
                Found::Item(row.id, title, format!("#{}", words::number(place + 1)))
            }));
        });
    }
    found
}
