//! Value against effort: a picture, and the same as lists.

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    model::Field,
    planning::score::quadrant::{Quadrant, Split, quadrants},
};

use crate::{
    state::{desk::Desk, filter::Filter},
    words,
};

/// Value and effort, where they are known.
type Pair = (Option<f64>, Option<f64>);

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;

/// One item.
#[derive(Clone, Debug, PartialEq)]
struct Dot {
    id: ItemId,
    title: String,
    value: f64,
    effort: f64,
    quadrant: Quadrant,
}

/// The view.
#[component]
pub fn QuadrantView(desk: Desk) -> impl IntoView {
    let by_median = RwSignal::new(true);
    let dots = Memo::new(move |_| dots(desk, by_median.get()));
    let shown = move || {
        let dots = dots.get();
        if dots.is_empty() {
            view! { <p class="soft">"Give items a business value and an estimate to see them here."</p> }
                .into_any()
        } else {
            view! { {picture(desk, &dots)} {lists(desk, &dots)} }.into_any()
        }
    };
    view! {
        <div class="screen-scroll">
            <label class="inline">
                "Split at the"
                <select on:change=move |event| by_median.set(event_target_value(&event) == "median")>
                    <option value="median">"median"</option>
                    <option value="midpoint">"middle of the scale"</option>
                </select>
            </label>
            {shown}
        </div>
    }
}

fn dots(desk: Desk, by_median: bool) -> Vec<Dot> {
    let place = desk.filter.with(Filter::place);
    let list = desk.rows.with(|rows| rows.ranked_in(place));
    let pairs: Vec<Pair> = list
        .iter()
        .map(|row| (row.number(Field::Value), row.estimate))
        .collect();
    let split = if by_median {
        Split::Median
    } else {
        let greatest =
            |of: fn(&Pair) -> Option<f64>| pairs.iter().filter_map(of).fold(0.0, f64::max);
        Split::Midpoint {
            value: (0.0, greatest(|pair| pair.0)),
            effort: (0.0, greatest(|pair| pair.1)),
        }
    };
    let places = quadrants(&pairs, split);
    let known = list.iter().zip(pairs).zip(places);
    let dot = known.filter_map(|((row, (value, effort)), quadrant)| {
        Some(Dot {
            id: row.id,
            title: row.title.clone(),
            value: value?,
            effort: effort?,
            quadrant: quadrant?,
        })
    });
    dot.collect()
}

fn picture(desk: Desk, dots: &[Dot]) -> AnyView {
    let most_value = dots.iter().map(|dot| dot.value).fold(1.0, f64::max);
    let most_effort = dots.iter().map(|dot| dot.effort).fold(1.0, f64::max);
    let marks = dots
        .iter()
        .map(|dot| {
            let id = dot.id;
            let x = 40.0 + dot.effort.max(0.0) / most_effort * (WIDTH - 60.0);
            let y = HEIGHT - 30.0 - dot.value.max(0.0) / most_value * (HEIGHT - 50.0);
            let said = format!(
                "{}: value {}, effort {}, {}",
                dot.title,
                words::points(dot.value),
                words::points(dot.effort),
                dot.quadrant.label()
            );
            view! {
                <circle
                    class=format!("dot {}", dot.quadrant.word())
                    cx=x.to_string()
                    cy=y.to_string()
                    r="6"
                    on:click=move |_| desk.open_item(id)
                >
                    <title>{said}</title>
                </circle>
            }
        })
        .collect_view();
    view! {
        <svg
            class="quadrant"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            role="img"
            aria-label="Value against effort; the lists below say the same"
        >
            <path class="axis" d=format!("M40 10V{}H{}", HEIGHT - 30.0, WIDTH - 10.0)></path>
            <text x=(WIDTH - 10.0).to_string() y=(HEIGHT - 10.0).to_string() text-anchor="end">"effort"</text>
            <text x="46" y="20">"value"</text>
            {marks}
        </svg>
    }
    .into_any()
}

fn lists(desk: Desk, dots: &[Dot]) -> AnyView {
    let line = |dot: &Dot| {
        let id = dot.id;
        let told = format!(
            "{} / {}",
            words::points(dot.value),
            words::points(dot.effort)
        );
        view! {
            <li>
                <button class="quiet" on:click=move |_| desk.open_item(id)>{dot.title.clone()}</button>
                <span class="soft" title="value / effort">{told}</span>
            </li>
        }
    };
    let group = |quadrant: &Quadrant| {
        let own = dots.iter().filter(|dot| dot.quadrant == *quadrant);
        let lines = own.map(line).collect_view();
        view! {
            <section>
                <h2><span class=format!("key {}", quadrant.word())></span>{quadrant.label()}</h2>
                <ul class="moves">{lines}</ul>
            </section>
        }
    };
    let groups = Quadrant::ALL.iter().map(group).collect_view();
    view! { <div class="quadrant-lists">{groups}</div> }.into_any()
}
