//! The further fields of the open item in calm groups: each is closed while it holds nothing (PB-32, PB-25, BT-07,
//! BT-41, BT-44).

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Field, Part, Row, item::CRITICALITIES},
};

use super::{Open, changed, custom, further, invest, urls};
use crate::state::layer::{ItemLink, Layer};

/// A group: what it is, and what of it a row holds.
struct Group {
    part: Part,
    fields: &'static [Field],
    marks: &'static str,
}

const WHY: Group = Group {
    part: Part::Why,
    fields: &[Field::Problem, Field::Experience],
    marks: "",
};
const WORTH: Group = Group {
    part: Part::Worth,
    fields: &[Field::Value, Field::Criticality, Field::Category],
    marks: "",
};
const WORK: Group = Group {
    part: Part::Work,
    fields: &[
        Field::Hours,
        Field::Assignee,
        Field::Blocked,
        Field::Question,
        Field::Parent,
    ],
    marks: "depends:",
};
const FATE: Group = Group {
    part: Part::Fate,
    fields: &[Field::SupersededBy, Field::ObsoleteBecause],
    marks: "",
};
const LINKS: Group = Group {
    part: Part::Links,
    fields: &[],
    marks: "url:",
};
const CUSTOM: Group = Group {
    part: Part::Custom,
    fields: &[],
    marks: "custom:",
};

/// All groups.
#[component]
pub(super) fn More(open: Open) -> impl IntoView {
    let why = [
        further::text(open, Field::Problem, "Which problem does it solve?"),
        further::text(open, Field::Experience, "What should people experience?"),
    ];
    let worth = [
        further::number(open, Field::Value, false),
        further::choice(open, Field::Criticality, CRITICALITIES, criticality),
        further::line(open, Field::Category, "A word to group by"),
    ];
    let work = [
        further::number(open, Field::Hours, true),
        further::person(open, Field::Assignee),
        further::line(open, Field::Blocked, "Why it can\u{2019}t go on"),
        further::line(open, Field::Question, "What has to be answered first"),
        further::item(open, Field::Parent, ItemLink::Parent),
        depends(open),
    ];
    let fate = [
        further::item(open, Field::SupersededBy, ItemLink::SupersededBy),
        further::line(open, Field::ObsoleteBecause, "Why nobody needs it any more"),
    ];
    view! {
        <div class="groups">
            {group(open, &WHY, why.into_iter().collect_view().into_any())}
            {group(open, &WORTH, worth.into_iter().collect_view().into_any())}
            {invest::group(open)}
            {group(open, &WORK, work.into_iter().collect_view().into_any())}
            {group(open, &LINKS, urls::urls(open))}
            {group(open, &FATE, fate.into_iter().collect_view().into_any())}
            {group(open, &CUSTOM, custom::custom(open))}
        </div>
    }
}

fn group(open: Open, group: &'static Group, body: AnyView) -> AnyView {
    let held = Memo::new(move |_| {
        open.row
            .with(|row| row.as_ref().map_or(0, |row| held(row, group)))
    });
    let changed = changed::said(open, group.part);
    // It stays as the person left it while the item is open.
    let begins_open = held.get_untracked() > 0;
    view! {
        <details class="group" open=begins_open>
            <summary>
                <span>{group.part.label()}</span>
                <span class="soft">
                    {move || match (held.get(), changed.get()) {
                        (0, None) => "empty".to_owned(),
                        (0, Some(changed)) => format!("empty \u{b7} {changed}"),
                        (_, changed) => changed.unwrap_or_default(),
                    }}
                </span>
            </summary>
            <div class="fields">{body}</div>
        </details>
    }
    .into_any()
}

fn held(row: &Row, group: &Group) -> usize {
    let fields = group
        .fields
        .iter()
        .filter(|field| row.field(**field).is_some());
    let marks = row
        .marks
        .iter()
        .filter(|(key, _)| !group.marks.is_empty() && key.starts_with(group.marks));
    fields.count() + marks.count()
}

fn criticality(word: &str) -> &'static str {
    match word {
        "must" => "Must have",
        "should" => "Should have",
        "could" => "Could have",
        _ => "Won\u{2019}t have",
    }
}

/// What has to be done first.
fn depends(open: Open) -> AnyView {
    let others = Memo::new(move |_| {
        open.row.with(|row| {
            let row = row.as_ref();
            row.map_or_else(Vec::new, |row| {
                row.marked("depends")
                    .filter_map(|id| id.parse::<ItemId>().ok())
                    .collect()
            })
        })
    });
    let take_off = move |other: ItemId| {
        open.intend(Intent::Mark {
            items: vec![open.id],
            key: format!("depends:{other}"),
            value: None,
        });
    };
    view! {
        <div class="labelled">
            <span>"Depends on"</span>
            <div class="tag-list">
                <For each=move || others.get() key=|id| *id let(other)>
                    {further::named_item(open, other, Callback::new(move |()| take_off(other)))}
                </For>
                <button
                    class="quiet"
                    aria-haspopup="dialog"
                    aria-label="Depends on: add an item"
                    on:click=move |_| open.desk.show_layer(Layer::Link(open.id, ItemLink::DependsOn))
                >
                    "Add\u{2026}"
                </button>
            </div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rows::tests::row;

    #[test]
    fn pb_32_a_group_counts_what_it_holds() {
        let mut item = row("a", "V");
        assert_eq!(held(&item, &WORK), 0);
        item.set_field(Field::Hours, Some(3.0.into()));
        item.set_mark("depends:abcdefghijkm", Some(true.into()));
        assert_eq!((held(&item, &WORK), held(&item, &WORTH)), (2, 0));
    }
}
