//! Finding an item by its title or reference: a field with what fits below it.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::{Row, Status},
};
use web_sys::KeyboardEvent;

use super::kind_icon::kind_label;
use crate::{
    platform::page,
    state::{desk::Desk, filter, rows::Rows},
};

const FOUND_MAX: usize = 8;

/// One item that fits.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    id: ItemId,
    kind: shared::model::Kind,
    reference: String,
    title: String,
}

/// The field. Nothing is offered but `first` until something is typed.
#[component]
pub fn ItemFinder(
    desk: Desk,
    label: &'static str,
    /// Items that make no sense here.
    except: Vec<ItemId>,
    /// What is offered before anything is typed.
    first: Vec<ItemId>,
    /// Whether a dialog begins here.
    is_focused: bool,
    #[prop(into)] on_choose: Callback<ItemId>,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let except = StoredValue::new(except);
    let first = StoredValue::new(first);
    let found = Memo::new(move |_| {
        desk.rows.with(|rows| {
            except.with_value(|except| {
                first.with_value(|first| find(rows, &text.get(), except, first))
            })
        })
    });
    let choose = move |id: ItemId| {
        text.set(String::new());
        chosen.set(0);
        on_choose.run(id);
    };
    let keys = move |event: KeyboardEvent| {
        let count = found.with_untracked(Vec::len).max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|chosen| *chosen = (*chosen + 1) % count),
            "ArrowUp" => chosen.update(|chosen| *chosen = (*chosen + count - 1) % count),
            "Enter" if !event.is_composing() => {
                let one = found.with_untracked(|found| found.get(chosen.get_untracked()).cloned());
                if let Some(one) = one {
                    choose(one.id);
                }
            }
            _ => return,
        }
        event.prevent_default();
        page::after_paint(move || {
            if let Some(chosen) = chosen.try_get_untracked() {
                page::scroll_to(&option_id(chosen));
            }
        });
    };
    view! {
        <div class="finder">
            <input
                class="field"
                data-focus=is_focused.then_some("")
                role="combobox"
                aria-label=label
                aria-expanded=move || (!found.with(Vec::is_empty)).to_string()
                aria-controls="finder-options"
                aria-autocomplete="list"
                aria-activedescendant=move || {
                    found.with(|found| (!found.is_empty()).then(|| option_id(chosen.get())))
                }
                placeholder="Title or key"
                autocomplete="off"
                prop:value=move || text.get()
                on:input=move |event| {
                    text.set(event_target_value(&event));
                    chosen.set(0);
                }
                on:keydown=keys
            />
            <div id="finder-options" class="options" role="listbox" aria-label="Items found">
                {move || {
                    found
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(nth, one)| option(nth, one, chosen, Callback::new(choose)))
                        .collect_view()
                }}
            </div>
            <Show when=move || found.with(Vec::is_empty) && !text.with(|text| text.trim().is_empty())>
                <p class="soft">"No item is called that."</p>
            </Show>
        </div>
    }
}

fn option_id(nth: usize) -> String {
    format!("finder-{nth}")
}

fn option(nth: usize, one: Found, chosen: RwSignal<usize>, choose: Callback<ItemId>) -> AnyView {
    let id = one.id;
    view! {
        <div
            id=option_id(nth)
            class="option"
            role="option"
            aria-selected=move || (chosen.get() == nth).to_string()
            on:click=move |_| choose.run(id)
        >
            {kind_label(one.kind)}
            <span class="cut grow">{one.title}</span>
            <span class="soft">{one.reference}</span>
        </div>
    }
    .into_any()
}

fn find(rows: &Rows, text: &str, except: &[ItemId], first: &[ItemId]) -> Vec<Found> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let is_offered = |row: &Row| !except.contains(&row.id) && row.status != Status::Merged;
    let fits = |row: &Row| {
        words
            .iter()
            .all(|word| filter::contains(&row.title, word) || filter::contains(&row.key, word))
            || rows.reference(row).eq_ignore_ascii_case(text.trim())
    };
    let show = |row: &Row| Found {
        id: row.id,
        kind: row.kind,
        reference: rows.reference(row),
        title: row.title.clone(),
    };
    if words.is_empty() {
        let known = first.iter().filter_map(|id| rows.row(*id));
        return known
            .filter(|row| is_offered(row))
            .map(|row| show(row))
            .collect();
    }
    // Open items stand before closed ones.
    let open = rows.places().flat_map(|(_, list)| list.iter());
    open.chain(rows.closed().iter())
        .filter(|row| is_offered(row) && fits(row))
        .take(FOUND_MAX)
        .map(|row| show(row))
        .collect()
}
