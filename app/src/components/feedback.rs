//! Writing down what somebody asked for, from anywhere (PB-19): it belongs to items that are there, or makes one in the
//! Inbox.

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::{Intent, NewItem, Target},
    model::{Collection, Place, Scalar, Thing, thing::SOURCES},
};

use super::item_finder::ItemFinder;
use crate::{
    state::desk::Desk,
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
    words,
};

const NAME_CHARS_MAX: usize = 120;

/// What is typed.
#[derive(Clone, Copy, Debug)]
struct Typed {
    source: RwSignal<&'static str>,
    who: RwSignal<String>,
    day: RwSignal<String>,
    quote: RwSignal<String>,
    weight: RwSignal<String>,
    title: RwSignal<String>,
    items: RwSignal<Vec<ItemId>>,
}

/// The dialog. What is captured about an open item belongs to it unless it is taken off.
#[component]
pub fn FeedbackDialog(desk: Desk, item: Option<ItemId>) -> impl IntoView {
    let line = || RwSignal::new(String::new());
    let typed = Typed {
        source: RwSignal::new("customer"),
        who: line(),
        day: RwSignal::new(desk.today.get_untracked()),
        quote: line(),
        weight: RwSignal::new("1".to_owned()),
        title: line(),
        items: RwSignal::new(item.into_iter().collect()),
    };
    let wrong = RwSignal::new(None::<&'static str>);
    let submit = move || match capture(desk, typed) {
        Ok(intent) => {
            desk.stay();
            desk.intend_loudly(intent);
        }
        Err(reason) => wrong.set(Some(reason)),
    };
    view! {
        <Dialog label="Capture feedback" shape=Shape::Card on_close=move |()| desk.stay()>
            <form
                class="question feedback"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>"Capture feedback"</h2>
                <label>
                    "What was said"
                    <textarea
                        class="field"
                        data-focus=""
                        aria-label="What was said"
                        rows="3"
                        on:input=move |event| typed.quote.set(event_target_value(&event))
                    ></textarea>
                </label>
                <div class="pair">
                    <SourceField typed/>
                    {text("Who", "Name or company", typed.who)}
                </div>
                <div class="pair">
                    <label>
                        "When"
                        <input
                            class="field"
                            type="date"
                            aria-label="When"
                            prop:value=move || typed.day.get()
                            on:input=move |event| typed.day.set(event_target_value(&event))
                        />
                    </label>
                    {text("Weight", "1", typed.weight)}
                </div>
                <About desk typed/>
                <p class="wrong" role="alert">{move || wrong.get()}</p>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.stay()>"Cancel"</button>
                    <button type="submit" class="primary">"Capture"</button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn SourceField(typed: Typed) -> impl IntoView {
    view! {
        <label>
            "Source"
            <select
                aria-label="Source"
                on:change=move |event| {
                    let word = event_target_value(&event);
                    if let Some(source) = SOURCES.iter().find(|source| **source == word) {
                        typed.source.set(source);
                    }
                }
            >
                {SOURCES
                    .iter()
                    .map(|source| {
                        let source = *source;
                        view! {
                            <option value=source prop:selected=move || typed.source.get() == source>{source_label(source)}</option>
                        }
                    })
                    .collect_view()}
            </select>
        </label>
    }
}

/// Which items it is about, or the title of a new one.
#[component]
fn About(desk: Desk, typed: Typed) -> impl IntoView {
    let is_attached = Memo::new(move |_| typed.items.with(|items| !items.is_empty()));
    let add = move |item: ItemId| {
        typed.items.update(|items| {
            if !items.contains(&item) {
                items.push(item);
            }
        });
    };
    view! {
        <fieldset class="about">
            <legend>"About"</legend>
            <ul class="attached">
                <For each=move || typed.items.get() key=|id| *id let(id)>
                    {attached(desk, typed, id)}
                </For>
            </ul>
            <ItemFinder desk label="Attach to an item" except=Vec::new() first=Vec::new() is_focused=false on_choose=add/>
            <Show when=move || !is_attached.get()>
                {text("Or a new item in the Inbox", "Its title; the first line of what was said if empty", typed.title)}
            </Show>
        </fieldset>
    }
}

fn attached(desk: Desk, typed: Typed, id: ItemId) -> AnyView {
    let title = desk.rows.with_untracked(|rows| {
        let row = rows.row(id);
        row.map_or_else(String::new, |row| row.title.clone())
    });
    let label = format!("Don\u{2019}t attach to {title}");
    view! {
        <li class="tag">
            <span class="cut">{title}</span>
            <button
                type="button"
                class="quiet"
                aria-label=label
                on:click=move |_| typed.items.update(|items| items.retain(|other| *other != id))
            >
                {icon(Icon::Close)}
            </button>
        </li>
    }
    .into_any()
}

fn text(label: &'static str, placeholder: &'static str, value: RwSignal<String>) -> AnyView {
    view! {
        <label>
            {label}
            <input
                class="field"
                aria-label=label
                placeholder=placeholder
                autocomplete="off"
                maxlength="500"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

/// What people call a kind of source.
#[must_use]
pub fn source_label(source: &str) -> &'static str {
    match source {
        "customer" => "Customer",
        "support" => "Support",
        "sales" => "Sales",
        "partner" => "Partner",
        _ => "Internal",
    }
}

/// One step: the record, and the new item where it belongs to none.
fn capture(desk: Desk, typed: Typed) -> Result<Intent, &'static str> {
    let get = |text: RwSignal<String>| text.get_untracked().trim().to_owned();
    let quote = get(typed.quote);
    let mut items = typed.items.get_untracked();
    let title = first_line(&get(typed.title)).or_else(|| first_line(&quote));
    if quote.is_empty() && title.is_none() {
        return Err("Write what was said.");
    }
    let weight = match words::parse_estimate(&get(typed.weight)) {
        Some(weight) => weight.unwrap_or(1.0),
        None => return Err("A weight is a number from 0, such as 1 or 2.5."),
    };
    let mut parts = Vec::new();
    if items.is_empty() {
        let Some(title) = title.clone() else {
            return Err("Attach it to an item, or give a new one a title.");
        };
        let id = desk.draw(ItemId::random);
        let mut item = NewItem::titled(id, title);
        item.place = Place::Inbox;
        item.description.clone_from(&quote);
        parts.push(Intent::Add {
            items: vec![item],
            at: Target::Bottom,
        });
        items.push(id);
    }
    let some = |text: String| (!text.is_empty()).then_some(Scalar::Text(text));
    let mut values = vec![
        ("name".to_owned(), title.map(Scalar::Text)),
        (
            "source".to_owned(),
            Some(typed.source.get_untracked().into()),
        ),
        ("who".to_owned(), some(get(typed.who))),
        ("day".to_owned(), some(get(typed.day))),
        ("quote".to_owned(), some(quote)),
        ("weight".to_owned(), Some(Scalar::Number(weight))),
    ];
    values.extend(
        items
            .iter()
            .map(|item| (format!("item:{item}"), Some(Scalar::Flag(true)))),
    );
    values.retain(|(_, value)| value.is_some());
    let record = desk.draw(RecordId::random);
    parts.push(Intent::Put {
        thing: Thing::Record(Collection::Feedback, record),
        values,
    });
    Ok(Intent::Together {
        name: "feedback".to_owned(),
        said: "Captured feedback".to_owned(),
        parts,
    })
}

/// The first line that says something, cut to the length of a title.
fn first_line(text: &str) -> Option<String> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let mut title: String = line.chars().take(NAME_CHARS_MAX).collect();
    if title.len() < line.len() {
        title.push('\u{2026}');
    }
    Some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_19_a_new_item_is_called_after_the_first_line() {
        assert_eq!(
            first_line("\n  Faster, please \nand so on").as_deref(),
            Some("Faster, please")
        );
        assert_eq!(first_line(" \n "), None);
        let long = "word ".repeat(60);
        assert_eq!(
            first_line(&long).map(|title| title.chars().count()),
            Some(NAME_CHARS_MAX + 1)
        );
    }
}
