//! Fields that the team made up for this backlog (PB-32). Their names and kinds are settings; an item holds the values.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{Scalar, Thing, thing},
};

use super::Open;
use crate::ui::icon::{Icon, icon};

/// What a field of the team's takes: (word, what people read).
const KINDS: [(&str, &str); 4] = [
    ("text", "Text"),
    ("number", "Number"),
    ("day", "Date"),
    ("yes", "Yes or no"),
];

/// One field: (id, name, kind).
type Custom = (String, String, String);

/// The fields, and a way to make another.
pub(super) fn custom(open: Open) -> AnyView {
    let desk = open.desk;
    let all = Memo::new(move |_| {
        desk.things.with(|things| {
            let product = things.get(&Thing::Product);
            let groups = product.map(|facts| thing::groups(facts, "custom"));
            let groups = groups.into_iter().flatten();
            groups
                .filter(|(_, parts)| !parts.get("removed").is_some_and(|value| value.is_on()))
                .filter_map(|(id, parts)| {
                    let text = |key: &str| parts.get(key).and_then(|value| value.text());
                    let kind = text("kind").unwrap_or("text").to_owned();
                    Some((id.to_owned(), text("name")?.to_owned(), kind))
                })
                .collect::<Vec<Custom>>()
        })
    });
    view! {
        <For each=move || all.get() key=Clone::clone let(one)>{field(open, one)}</For>
        <NewField open/>
    }
    .into_any()
}

fn field(open: Open, (id, name, kind): Custom) -> AnyView {
    let key = StoredValue::new(format!("custom:{id}"));
    let value = Memo::new(move |_| {
        open.row.with(|row| {
            let row = row.as_ref()?;
            key.with_value(|key| row.mark(key).cloned())
        })
    });
    let text = move || {
        value
            .get()
            .and_then(|value| value.text().map(str::to_owned))
            .unwrap_or_default()
    };
    let set = move |value: String| {
        if value.trim() != untrack(text) {
            let value = value.trim();
            open.intend(Intent::Mark {
                items: vec![open.id],
                key: key.get_value(),
                value: (!value.is_empty()).then(|| Scalar::from(value)),
            });
        }
    };
    let control = if kind == "yes" {
        view! {
            <input
                type="checkbox"
                aria-label=name.clone()
                prop:checked=move || text() == "yes"
                on:change=move |event| set(if event_target_checked(&event) { "yes".to_owned() } else { String::new() })
            />
        }
        .into_any()
    } else {
        let is_number = kind == "number";
        view! {
            <input
                class="field"
                aria-label=name.clone()
                type=match kind.as_str() {
                    "day" => "date",
                    "number" => "number",
                    _ => "text",
                }
                step=is_number.then_some("any")
                autocomplete="off"
                placeholder="none"
                prop:value=text
                on:change=move |event| set(event_target_value(&event))
            />
        }
        .into_any()
    };
    let label = format!("Remove the field {name} from this backlog");
    view! {
        <div class="labelled custom">
            <span class="cut">{name}</span>
            {control}
            <button
                class="quiet"
                aria-label=label
                title="Remove this field from the backlog"
                on:click=move |_| {
                    let removed = (format!("custom:{id}:removed"), Some(Scalar::Flag(true)));
                    open.desk.intend_loudly(Intent::Put { thing: Thing::Product, values: vec![removed] });
                }
            >
                {icon(Icon::Close)}
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn NewField(open: Open) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let kind = RwSignal::new("text");
    let add = move || {
        let named = name.get_untracked().trim().to_owned();
        if named.is_empty() {
            return;
        }
        let id = open.desk.draw(RecordId::random);
        let values = vec![
            (format!("custom:{id}:name"), Some(Scalar::Text(named))),
            (
                format!("custom:{id}:kind"),
                Some(kind.get_untracked().into()),
            ),
        ];
        open.intend(Intent::Put {
            thing: Thing::Product,
            values,
        });
        name.set(String::new());
    };
    view! {
        <form
            class="new-field"
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            <input
                class="field"
                aria-label="New field for all items"
                placeholder="New field for all items"
                autocomplete="off"
                maxlength="60"
                prop:value=move || name.get()
                on:input=move |event| name.set(event_target_value(&event))
            />
            <select
                aria-label="What the new field takes"
                on:change=move |event| {
                    let word = event_target_value(&event);
                    if let Some((own, _)) = KINDS.iter().find(|(own, _)| *own == word) {
                        kind.set(own);
                    }
                }
            >
                {KINDS.iter().map(|(word, label)| view! { <option value=*word>{*label}</option> }).collect_view()}
            </select>
            <button type="submit" disabled=move || name.with(|name| name.trim().is_empty())>"Add"</button>
        </form>
    }
}
