//! All filters, with how many items of the list each would show.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Field, Kind, Row, Status, thing},
    product::Check,
};

use super::{
    BUTTON,
    part::{Part, Wish},
};
use crate::{
    components::kind_icon::{kind_label, status_label},
    platform::page,
    state::{
        desk::Desk,
        filter::{Assignee, Filter},
    },
    ui::dialog::{Dialog, Shape},
    words,
};

const SHOWN_MAX: usize = 40;

/// The dialog.
#[component]
pub fn FilterDialog(desk: Desk) -> impl IntoView {
    let at = page::element(BUTTON).map(|button| {
        let rect = button.get_bounding_client_rect();
        (rect.left(), rect.bottom() + 4.0)
    });
    view! {
        <Dialog label="Filter" shape=Shape::Menu at=at on_close=move |()| desk.close_layer()>
            <div class="filter-groups">
                {kinds(desk)}
                {statuses(desk)}
                {checks(desk)}
                {records(desk, Collection::Goals, "Goals", Part::Goal)}
                {records(desk, Collection::Initiatives, "Initiatives", Part::Initiative)}
                {records(desk, Collection::Themes, "Themes", Part::Theme)}
                {assignees(desk)}
                {categories(desk)}
                {tags(desk)}
            </div>
        </Dialog>
    }
}

/// The open items of the list on the screen, whatever else is filtered.
fn counted(desk: Desk, fits: impl Fn(&Row) -> bool) -> usize {
    let place = desk.filter.with(Filter::place);
    let list = desk.rows.with(|rows| rows.ranked_in(place));
    list.iter().filter(|row| fits(row)).count()
}

fn kinds(desk: Desk) -> AnyView {
    let counts = Memo::new(move |_| {
        let sieve = desk.sieve(desk.filter.get().but_kinds());
        desk.rows
            .with(|rows| rows.kinds(|row| sieve.fits(row, rows)))
    });
    let options = Kind::ALL
        .iter()
        .map(|kind| {
            let kind = *kind;
            let count = Signal::derive(move || {
                counts.with(|counts| counts.get(&kind).copied().unwrap_or(0))
            });
            option(desk, Part::Kind(kind), kind_label(kind).into_any(), count)
        })
        .collect_view();
    group("Type", options.into_any())
}

fn statuses(desk: Desk) -> AnyView {
    let counts = Memo::new(move |_| desk.rows.with(|rows| rows.statuses()));
    let options = Status::ALL
        .iter()
        .filter(|status| **status != Status::Withdrawn)
        .map(|status| {
            let status = *status;
            let count = Signal::derive(move || {
                counts.with(|counts| counts.get(&status).copied().unwrap_or(0))
            });
            let label = status_label(status).into_any();
            option(desk, Part::Status(status), label, count)
        })
        .collect_view();
    group("Status", options.into_any())
}

fn checks(desk: Desk) -> AnyView {
    let counts = Memo::new(move |_| {
        let judge = desk.judge.get().knowing(desk.alike.get());
        desk.rows.with(|rows| {
            let find = |id| rows.row(id).map(AsRef::as_ref);
            let count = |check: &Check| {
                let holds = |row: &Row| judge.holds(*check, row, &find);
                (*check, counted(desk, holds))
            };
            Check::ALL.iter().map(count).collect::<BTreeMap<_, _>>()
        })
    });
    let options = Check::ALL
        .iter()
        .map(|check| {
            let check = *check;
            let count = Signal::derive(move || {
                counts.with(|counts| counts.get(&check).copied().unwrap_or(0))
            });
            option(desk, Part::Check(check), check.label().into_any(), count)
        })
        .collect_view();
    let totals = desk.totals;
    let unestimated = Signal::derive(move || totals.with(|totals| totals.unestimated));
    let conflicted = Signal::derive(move || totals.with(|totals| totals.conflicted));
    let next = Signal::derive(move || {
        let next = desk.judge.with(|judge| judge.settings.next_up);
        next.min(totals.with(|totals| totals.items))
    });
    let all = Signal::derive(move || {
        desk.rows
            .with(|rows| rows.places().map(|(_, list)| list.len()).sum())
    });
    let top = move || {
        let settings = desk.judge.with(|judge| judge.settings.next_up);
        (settings > 0).then(|| option(desk, Part::Top(settings), "Next up".into_any(), next))
    };
    let more = view! {
        {top}
        {option(desk, Part::Everywhere, "Every list".into_any(), all)}
        {option(desk, Part::Unestimated, "Unestimated".into_any(), unestimated)}
        {option(desk, Part::Conflicted, "2 values".into_any(), conflicted)}
        {options}
    };
    group("More", more.into_any())
}

fn records(
    desk: Desk,
    collection: Collection,
    legend: &'static str,
    part: fn(RecordId) -> Part,
) -> AnyView {
    let records = Memo::new(move |_| {
        desk.things.with(|things| {
            let records = thing::records(things, collection).into_iter();
            records
                .map(|(id, facts)| (id, thing::text(facts, "name").to_owned()))
                .collect::<Vec<_>>()
        })
    });
    let count = move |id: RecordId| {
        Signal::derive(move || {
            let mut filter = desk.filter.get().cleared();
            part(id).toggle(&mut filter);
            let sieve = desk.sieve(filter);
            desk.rows
                .with(|rows| counted(desk, |row| sieve.fits(row, rows)))
        })
    };
    (move || {
        let records = records.get();
        (!records.is_empty()).then(|| {
            let options = records
                .into_iter()
                .map(|(id, name)| option(desk, part(id), name.into_any(), count(id)))
                .collect_view();
            group(legend, options.into_any())
        })
    })
    .into_any()
}

fn assignees(desk: Desk) -> AnyView {
    let counts = Memo::new(move |_| {
        let mut counts: BTreeMap<Assignee, usize> = BTreeMap::new();
        let place = desk.filter.with(Filter::place);
        for row in desk.rows.with(|rows| rows.ranked_in(place)).iter() {
            *counts.entry(Assignee::of(row)).or_default() += 1;
        }
        counts
    });
    (move || {
        let counts = counts.get();
        let somebody = counts.keys().any(|one| *one != Assignee::Nobody);
        somebody.then(|| {
            let options = counts.into_iter().map(|(assignee, count)| {
                let part = Part::Assignee(assignee);
                let label = part.label(desk).into_any();
                option(desk, part, label, Signal::derive(move || count))
            });
            group("Assignee", options.collect_view().into_any())
        })
    })
    .into_any()
}

fn categories(desk: Desk) -> AnyView {
    let counts = Memo::new(move |_| {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let place = desk.filter.with(Filter::place);
        for row in desk.rows.with(|rows| rows.ranked_in(place)).iter() {
            *counts
                .entry(row.text(Field::Category).to_owned())
                .or_default() += 1;
        }
        counts
    });
    (move || {
        let counts = counts.get();
        counts.keys().any(|name| !name.is_empty()).then(|| {
            let options = counts.into_iter().take(SHOWN_MAX).map(|(name, count)| {
                let part = Part::Category(name);
                let label = part.label(desk).into_any();
                option(desk, part, label, Signal::derive(move || count))
            });
            group("Category", options.collect_view().into_any())
        })
    })
    .into_any()
}

fn tags(desk: Desk) -> AnyView {
    let tags = Memo::new(move |_| {
        let mut tags: Vec<(String, usize)> =
            desk.rows.with(|rows| rows.tags()).into_iter().collect();
        tags.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        tags.truncate(SHOWN_MAX);
        tags
    });
    let wish = RwSignal::new(first_wish(&desk.filter.get_untracked()));
    let wishes = Wish::CHOICES
        .iter()
        .map(|choice| {
            let choice = *choice;
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="tag-wish"
                        prop:checked=move || wish.get() == choice
                        on:change=move |_| wish.set(choice)
                    />
                    {choice.label()}
                </label>
            }
        })
        .collect_view();
    let options = move || {
        let wish = wish.get();
        let options = tags.get().into_iter().map(|(tag, count)| {
            let label = tag.clone().into_any();
            let part = Part::Tag(wish, tag);
            option(desk, part, label, Signal::derive(move || count))
        });
        options.collect_view()
    };
    let has_tags = move || tags.with(|tags| !tags.is_empty());
    view! {
        <fieldset hidden=move || !has_tags()>
            <legend>"Tags"</legend>
            <div class="wishes" role="radiogroup" aria-label="Items have">{wishes}</div>
            {options}
        </fieldset>
    }
    .into_any()
}

/// How tags are asked for already.
fn first_wish(filter: &Filter) -> Wish {
    let wishes = Part::of(filter).into_iter().filter_map(|part| match part {
        Part::Tag(wish, _) => Some(wish),
        _ => None,
    });
    wishes.min().unwrap_or(Wish::All)
}

fn group(legend: &'static str, options: AnyView) -> AnyView {
    view! { <fieldset><legend>{legend}</legend>{options}</fieldset> }.into_any()
}

fn option(desk: Desk, part: Part, label: AnyView, count: Signal<usize>) -> AnyView {
    let name = {
        let part = part.clone();
        Memo::new(move |_| part.label(desk))
    };
    let checked = {
        let part = part.clone();
        Memo::new(move |_| desk.filter.with(|filter| part.is_on(filter)))
    };
    view! {
        <label class="check">
            <input
                type="checkbox"
                aria-label=move || format!("{}, {}", name.get(), words::number(count.get()))
                prop:checked=move || checked.get()
                on:change=move |_| desk.bar.refine(|filter| part.toggle(filter))
            />
            <span class="cut">{label}</span>
            <span class="soft">{move || words::number(count.get())}</span>
        </label>
    }
    .into_any()
}
