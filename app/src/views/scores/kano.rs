//! Kano: what people would feel with and without something. Answers are kept with the item, one pair a person asked.

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::Intent,
    model::Row,
    planning::score::kano::{Answer, Category, Counts},
};

use crate::{
    state::{desk::Desk, filter::Filter},
    words,
};

const SHOWN: usize = 100;

/// The pairs of answers that an item has.
fn answers(row: &Row) -> Vec<(Answer, Answer)> {
    let pairs = row.marks.iter().filter(|(key, _)| key.starts_with("kano:"));
    let read = pairs.filter_map(|(_, value)| {
        let (present, absent) = value.text()?.split_once('|')?;
        Some((Answer::from_word(present)?, Answer::from_word(absent)?))
    });
    read.collect()
}

/// The category that most answers gave; of several the one that matters most.
fn most(counts: &Counts) -> Option<Category> {
    let each = [
        (Category::MustBe, counts.must_be),
        (Category::OneDimensional, counts.one_dimensional),
        (Category::Attractive, counts.attractive),
        (Category::Indifferent, counts.indifferent),
        (Category::Reverse, counts.reverse),
        (Category::Questionable, counts.questionable),
    ];
    let top = each.iter().map(|(_, count)| *count).max()?;
    let first = each.iter().find(|(_, count)| *count == top && top > 0)?;
    Some(first.0)
}

/// The view.
#[component]
pub fn Kano(desk: Desk) -> impl IntoView {
    let lines = move || {
        let place = desk.filter.with(Filter::place);
        let list = desk.rows.with(|rows| rows.ranked_in(place));
        list.iter()
            .take(SHOWN)
            .map(|row| line(desk, row))
            .collect_view()
    };
    view! {
        <div class="screen-scroll">
            <Ask desk/>
            <table class="sheet-table">
                <thead>
                    <tr>
                        <th scope="col">"Item"</th>
                        <th scope="col">"Answers"</th>
                        <th scope="col">"Category"</th>
                        <th scope="col" title="How much having it satisfies">"Better"</th>
                        <th scope="col" title="How much lacking it dissatisfies">"Worse"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
}

fn line(desk: Desk, row: &Row) -> AnyView {
    let id = row.id;
    let answers = answers(row);
    let count = words::number(answers.len());
    let counts = Counts::of(answers);
    let share = |part: Option<f64>| part.map_or("–".to_owned(), |part| format!("{part:.2}"));
    view! {
        <tr>
            <td><button class="quiet" on:click=move |_| desk.open_item(id)>{row.title.clone()}</button></td>
            <td>{count}</td>
            <td>{most(&counts).map_or("–", Category::label)}</td>
            <td>{share(counts.better())}</td>
            <td>{share(counts.worse())}</td>
        </tr>
    }
    .into_any()
}

/// One person's answers about the open item.
#[component]
fn Ask(desk: Desk) -> impl IntoView {
    let present = RwSignal::new(Answer::Like);
    let absent = RwSignal::new(Answer::Neutral);
    let about = Memo::new(move |_| {
        let id = desk.item.get().or(desk.selection.cursor.get())?;
        desk.rows
            .with(|rows| Some((id, rows.row(id)?.title.clone())))
    });
    let add = move |item: ItemId| {
        let id = desk.draw(RecordId::random);
        let pair = [
            present.get_untracked().word(),
            absent.get_untracked().word(),
        ]
        .join("|");
        desk.intend(Intent::Mark {
            items: vec![item],
            key: format!("kano:{id}"),
            value: Some(pair.into()),
        });
    };
    move || match about.get() {
        None => {
            view! { <p class="soft">"Open an item to add what somebody answered about it."</p> }
                .into_any()
        }
        Some((id, title)) => view! {
            <fieldset class="cut-one" aria-label="Answers">
                <strong class="cut">{title}</strong>
                {choice("If it is there:", present)}
                {choice("If it is not:", absent)}
                <button on:click=move |_| add(id)>"Add answer"</button>
            </fieldset>
        }
        .into_any(),
    }
}

fn choice(label: &'static str, signal: RwSignal<Answer>) -> AnyView {
    let option = |it: &Answer| {
        let it = *it;
        view! { <option value=it.word() prop:selected=move || signal.get() == it>{it.label()}</option> }
    };
    let options = Answer::ALL.iter().map(option).collect_view();
    view! {
        <label class="inline">
            {label}
            <select
                on:change=move |event| {
                    if let Some(answer) = Answer::from_word(&event_target_value(&event)) {
                        signal.set(answer);
                    }
                }
            >
                {options}
            </select>
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rows::tests::row;

    #[test]
    fn formulas_5_6_answers_are_read_from_the_item() {
        let mut item = row("a", "V");
        for (key, pair) in [
            ("kano:1", "like|dislike"),
            ("kano:2", "like|neutral"),
            ("kano:3", "like|dislike"),
            ("kano:4", "x|y"),
        ] {
            item.set_mark(key, Some(pair.into()));
        }
        let counts = Counts::of(answers(&item));
        assert_eq!(most(&counts), Some(Category::OneDimensional));
        assert_eq!(most(&Counts::default()), None);
    }
}
