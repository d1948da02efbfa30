//! The big picture of the open items: their groups with points and scores, and which to look at again (BT-22).

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use shared::{
    ids::{ItemId, RecordId},
    intent::{Intent, Target},
    model::{Collection, Field, Place, Row, Things, thing},
    planning::{
        report::{Group, Item, groups, histogram, revisit},
        staleness::Tier,
    },
    product::Term,
};

use super::{
    behind::item_link,
    chart::{self, Chart, Look, Series},
    how::how,
    source::Source,
};
use crate::{
    components::list_link::list_link,
    state::{desk::Desk, filter::Filter},
    ui::tabs::tab,
    words,
};

/// Bars of a histogram.
const BARS: usize = 8;
/// What was touched later is not offered for another look, in days.
const OLDER_THAN: i64 = 90;

/// What items are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Category,
    Theme,
    Initiative,
}

impl By {
    const ALL: &[Self] = &[Self::Category, Self::Theme, Self::Initiative];

    const fn label(self) -> &'static str {
        match self {
            Self::Category => "Category",
            Self::Theme => "Theme",
            Self::Initiative => "Initiative",
        }
    }
}

/// The open items with what the formulas take, in the order of rank.
fn open(desk: Desk) -> Vec<(Arc<Row>, Item)> {
    let scores = desk.scores.get();
    let judge = desk.judge.get();
    desk.rows.with(|rows| {
        let list = rows
            .all()
            .filter(|row| row.status.is_open() && row.place != Place::Inbox);
        let item = |row: &Arc<Row>| {
            let item = Item {
                estimate: row.estimate,
                score: scores.as_ref().and_then(|scores| scores.raw(row.id)),
                age: judge.age(row),
            };
            (row.clone(), item)
        };
        list.map(item).collect()
    })
}

/// A group's name with the filter that shows it; nothing for items that are in none.
type Key = Option<(String, String)>;

fn keys(by: By, row: &Row, things: &Things) -> Vec<Key> {
    let named = |collection: Collection, prefix: &'static str| {
        let ids = row
            .marked(prefix)
            .filter_map(|id| id.parse::<RecordId>().ok());
        let live = ids.filter(|id| thing::is_live(things, collection, *id));
        let named = live.map(|id| {
            let facts = things.get(&shared::model::Thing::Record(collection, id));
            let name = facts
                .map_or("", |facts| thing::text(facts, "name"))
                .to_owned();
            Some((name, id.to_string()))
        });
        named.collect::<Vec<Key>>()
    };
    let found = match by {
        By::Category => match row.text(Field::Category) {
            "" => Vec::new(),
            category => vec![Some((category.to_owned(), category.to_owned()))],
        },
        By::Theme => named(Collection::Themes, "theme"),
        By::Initiative => named(Collection::Initiatives, "initiative"),
    };
    if found.is_empty() { vec![None] } else { found }
}

fn filter(by: By, key: &str) -> Filter {
    let mut filter = Filter {
        everywhere: true,
        ..Filter::default()
    };
    match by {
        By::Category => {
            filter.categories.insert(key.to_owned());
        }
        By::Theme => filter.themes.extend(key.parse::<RecordId>().ok()),
        By::Initiative => filter.initiatives.extend(key.parse::<RecordId>().ok()),
    }
    filter
}

/// The report on groups and scores.
pub fn report(source: Source) -> AnyView {
    let desk = source.desk;
    let by = RwSignal::new(By::Category);
    let items = Memo::new_with_compare(move |_| Arc::new(open(desk)), |_, _| true);
    let found = Memo::new(move |_| {
        let by = by.get();
        let items = items.get();
        desk.things.with(|things| {
            let each = items.iter().flat_map(|(row, item)| {
                keys(by, row, things)
                    .into_iter()
                    .map(move |key| (key, *item))
            });
            let each: Vec<(Key, Item)> = each.collect();
            let mut of: BTreeMap<Key, Vec<Item>> = BTreeMap::new();
            for (key, item) in &each {
                of.entry(key.clone()).or_default().push(*item);
            }
            let sums = groups(each).into_iter();
            sums.map(|(key, group)| {
                let own = of.remove(&key).unwrap_or_default();
                let bars: Vec<usize> = histogram(&own, BARS).iter().map(|bar| bar.count).collect();
                (key, group, bars)
            })
            .collect::<Vec<_>>()
        })
    });
    let at = RwSignal::new(None::<usize>);
    let picture = Memo::new(move |_| {
        let all: Vec<Item> = items.with(|items| items.iter().map(|(_, item)| *item).collect());
        score_chart(&all)
    });
    let has_scores = Memo::new(move |_| picture.with(|chart| !chart.labels.is_empty()));
    let tabs = By::ALL.iter().map(|one| {
        let one = *one;
        let is_chosen = Signal::derive(move || by.get() == one);
        tab(
            move || one.label().to_owned(),
            is_chosen,
            move || by.set(one),
        )
    });
    let rows = move || {
        let by = by.get();
        let rows = found
            .get()
            .into_iter()
            .map(|(key, group, bars)| row(desk, by, key, group, bars));
        rows.collect_view()
    };
    let effort = move || words::terms(desk, Term::Points);
    view! {
        <div class="report-choices">
            <div class="tabs" role="group" aria-label="Group by">{tabs.collect_view()}</div>
            {how(
                "how-groups",
                "the table",
                "All open items that were accepted. An item in several groups counts in each. Points add up the estimates that there are. The mean is that of the scores by the chosen scorecard. The bars show how the scores of a group are spread from its lowest to its highest.",
                move || vec![
                    ("Open items".to_owned(), words::number(items.with(|items| items.len()))),
                    ("Scorecard".to_owned(), desk.scores.with(|scores| scores.as_ref().map_or_else(|| "none".to_owned(), |scores| scores.card.card.name.clone()))),
                ],
            )}
        </div>
        <div class="table-scroll tall" tabindex="0" role="group" aria-label="Groups">
            <table class="sheet-table report-table">
                <thead>
                    <tr>
                        <th scope="col">{move || by.get().label()}</th>
                        <th scope="col">"Items"</th>
                        <th scope="col">{effort}</th>
                        <th scope="col">"Unestimated"</th>
                        <th scope="col">"Mean score"</th>
                        <th scope="col">"Scores"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Show
            when=move || has_scores.get()
            fallback=|| view! { <p class="soft">"Choose a scorecard and score items to see how their scores are spread."</p> }
        >
            <section class="behind" aria-label="Scores of all open items">
                <h3>"Scores of all open items"</h3>
                {chart::figure(picture, at)}
            </section>
        </Show>
    }
    .into_any()
}

fn row(desk: Desk, by: By, key: Key, group: Group, bars: Vec<usize>) -> AnyView {
    let name = match key {
        Some((name, key)) => {
            let filter = filter(by, &key);
            list_link(
                desk,
                Signal::derive(move || filter.clone()),
                Signal::derive(move || name.clone()),
            )
        }
        None => view! { <span class="soft">"None"</span> }.into_any(),
    };
    let most = bars.iter().copied().max().unwrap_or(0).max(1);
    let said: Vec<String> = bars.iter().map(ToString::to_string).collect();
    let said = format!(
        "Items from the lowest to the highest score: {}",
        said.join(", ")
    );
    let is_empty = bars.is_empty();
    let bars = bars.into_iter().map(|count| {
        let height = 100 * count / most;
        view! { <i style:height=format!("{height}%")></i> }
    });
    let bars = bars.collect_view();
    let mean = group.score.map_or_else(
        || "–".to_owned(),
        |mean| words::points((mean * 10.0).round() / 10.0),
    );
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td>{words::number(group.count)}</td>
            <td>{words::points(group.points)}</td>
            <td>{words::number(group.unestimated)}</td>
            <td>{mean}</td>
            <td>{(!is_empty).then(|| view! { <span class="small-bars" role="img" aria-label=said>{bars}</span> })}</td>
        </tr>
    }
    .into_any()
}

fn score_chart(items: &[Item]) -> Chart {
    let bars = histogram(items, BARS);
    let label =
        |bar: &shared::planning::report::Bar| format!("{}–{}", rounded(bar.from), rounded(bar.to));
    Chart {
        name: "Scores of all open items".to_owned(),
        points: "Score".to_owned(),
        labels: bars.iter().map(label).collect(),
        series: vec![Series::new(
            "Items",
            Look::Bars,
            "k-main",
            bars.iter().map(|bar| Some(bar.count as f64)).collect(),
        )],
        unit: "items".to_owned(),
        ..Chart::default()
    }
}

fn rounded(score: f64) -> String {
    words::points((score * 10.0).round() / 10.0)
}

/// The items to raise, keep or archive.
pub fn again(source: Source) -> AnyView {
    let desk = source.desk;
    let older = RwSignal::new(OLDER_THAN);
    let found = Memo::new(move |_| {
        let items = open(desk);
        let known: Vec<Item> = items.iter().map(|(_, item)| *item).collect();
        let found = revisit(&known, older.get()).into_iter();
        found
            .map(|at| (items[at].0.id, items[at].1))
            .collect::<Vec<(ItemId, Item)>>()
    });
    let list = move || {
        let found = found.get();
        if found.is_empty() {
            return view! { <p class="soft">"Nothing waits for another look."</p> }.into_any();
        }
        let count = words::count(found.len(), "item", "items");
        let lines = found
            .into_iter()
            .take(200)
            .map(|(id, item)| line(desk, id, item));
        view! {
            <p class="soft" role="status">{count}</p>
            <ul class="deeds">{lines.collect_view()}</ul>
        }
        .into_any()
    };
    let set = move |event| {
        let typed: Option<i64> = event_target_value(&event).parse().ok();
        older.set(typed.unwrap_or(OLDER_THAN).clamp(0, 36_500));
    };
    view! {
        <div class="report-choices">
            <label class="inline">
                "Not touched for more than, in days"
                <input class="field short" type="number" min="0" value=OLDER_THAN.to_string() on:input=set/>
            </label>
            {how(
                "how-revisit",
                "the revisit list",
                "Open items that nobody touched for longer than this and that have no score, or one in the lowest quarter of all scores. Those without a score come first, then the lowest; of equal ones the oldest.",
                move || vec![("Items".to_owned(), words::number(found.with(Vec::len)))],
            )}
        </div>
        {list}
    }
    .into_any()
}

fn line(desk: Desk, id: ItemId, item: Item) -> AnyView {
    let row = desk.row(id);
    let title = move || {
        row.with_untracked(|row| {
            row.as_ref()
                .map_or_else(String::new, |row| row.title.clone())
        })
    };
    let score = item.score.map_or_else(
        || "no score".to_owned(),
        |score| format!("score {}", rounded(score)),
    );
    let tier = desk
        .judge
        .with_untracked(|judge| row.with_untracked(|row| row.as_ref().map(|row| judge.tier(row))));
    let tier = tier
        .filter(|tier| *tier != Tier::Fresh)
        .map(crate::components::freshness::chip);
    let raise = move |_| {
        desk.intend_loudly(Intent::Move {
            items: vec![id],
            to: Target::Top,
        });
    };
    let keep = move |_| {
        desk.intend_loudly(Intent::Keep {
            items: vec![id],
            until: None,
        });
    };
    let archive = move |_| {
        let reason = "Low or no score, and not touched for long".to_owned();
        desk.intend_loudly(Intent::Archive {
            items: vec![id],
            reason,
        });
    };
    let may = move || desk.may_edit();
    view! {
        <li>
            {item_link(desk, id)}
            {tier}
            <span class="soft">{score}</span>
            <span class="soft">{format!("{} d", item.age)}</span>
            <span class="grow"></span>
            <Show when=may>
                <button class="quiet" aria-label=format!("Raise to the top: {}", title()) on:click=raise>"Raise"</button>
                <button class="quiet" aria-label=format!("Keep: {}", title()) on:click=keep>"Keep"</button>
                <button class="quiet" aria-label=format!("Archive: {}", title()) on:click=archive>"Archive"</button>
            </Show>
        </li>
    }
    .into_any()
}
