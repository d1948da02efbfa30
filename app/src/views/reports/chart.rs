//! A chart: lines, bars or areas over points in a row, drawn as plain SVG. One point is looked at: a click or the arrow
//! keys choose it. The same numbers stand in a table below.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::scale::{Scale, place};
use crate::words;

/// How a series is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A line.
    Line,
    /// A dashed line: what should be, or may come.
    Dashed,
    /// A bar at each point.
    Bars,
    /// All that is below a line.
    Area,
    /// A short level line at each point.
    Ticks,
    /// Not at all: it stands in the legend and in the table.
    Unseen,
}

/// A row of numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What they are.
    pub name: String,
    /// How they are drawn.
    pub look: Look,
    /// The colour's class: `k-main`, `k-soft`, `k-scope`, `k-good`, `k-more`.
    pub colour: &'static str,
    /// A number for each point; none where nothing is known.
    pub values: Vec<Option<f64>>,
    /// Where bars begin; at zero where it is empty.
    pub base: Vec<f64>,
}

impl Series {
    /// A series whose bars, if any, begin at zero.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        look: Look,
        colour: &'static str,
        values: Vec<Option<f64>>,
    ) -> Self {
        Self {
            name: name.into(),
            look,
            colour,
            values,
            base: Vec::new(),
        }
    }
}

/// What a chart shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// What it is, for those who don't see it.
    pub name: String,
    /// What its points are: `Day`.
    pub points: String,
    /// Each point's name.
    pub labels: Vec<String>,
    /// Its rows of numbers.
    pub series: Vec<Series>,
    /// Marks above points: `+5`.
    pub marks: Vec<(usize, String)>,
    /// Points with a ground of their own: days that nobody works on.
    pub shaded: Vec<usize>,
    /// What the numbers count: `points`.
    pub unit: String,
}

impl Chart {
    /// The last point of which anything but the ideal is known.
    #[must_use]
    pub fn last(&self) -> usize {
        let known = |series: &Series| match series.look {
            Look::Dashed => None,
            Look::Line | Look::Bars | Look::Area | Look::Ticks | Look::Unseen => {
                series.values.iter().rposition(Option::is_some)
            }
        };
        let last = self.series.iter().filter_map(known).max();
        last.unwrap_or(self.labels.len().saturating_sub(1))
    }

    fn scale(&self) -> Scale {
        let values = self.series.iter().flat_map(|series| {
            let base = series.base.iter().copied();
            series.values.iter().flatten().copied().chain(base)
        });
        Scale::over(values)
    }

    /// What a point says: `17 Nov: Remaining 15, Ideal 16.2`.
    fn say(&self, at: usize) -> String {
        let label = self.labels.get(at).cloned().unwrap_or_default();
        let values = self.series.iter().filter_map(|series| {
            let value = series.values.get(at).copied().flatten()?;
            Some(format!("{} {}", series.name, words::points(value)))
        });
        let mut said: Vec<String> = values.collect();
        let marks = self.marks.iter().filter(|(point, _)| *point == at);
        said.extend(marks.map(|(_, text)| format!("scope {text}")));
        format!("{label}: {}", said.join(", "))
    }
}

/// The chart with its legend and its table. `at` is the point that is looked at.
pub fn figure(chart: Memo<Chart>, at: RwSignal<Option<usize>>) -> AnyView {
    let looked_at = move || chart.with(|chart| at.get().unwrap_or_else(|| chart.last()));
    let name = move || chart.with(|chart| chart.name.clone());
    view! {
        <figure class="chart" aria-label=name>
            {move || chart.with(|chart| legend(chart, looked_at()))}
            <div class="plot">
                {move || chart.with(y_axis)}
                <div class="canvas">
                    {move || chart.with(drawing)}
                    {move || chart.with(marks)}
                    {move || {
                        let count = chart.with(|chart| chart.labels.len());
                        let left = place(looked_at(), count) / 10.0;
                        view! { <i class="chart-cursor" style:left=format!("{left:.2}%")></i> }
                    }}
                    {chooser(chart, at)}
                </div>
                {move || chart.with(x_axis)}
            </div>
            {table(chart)}
        </figure>
    }
    .into_any()
}

/// What takes clicks and keys. It lies above the drawing and is the one stop of the tab key.
fn chooser(chart: Memo<Chart>, at: RwSignal<Option<usize>>) -> AnyView {
    let last = move || chart.with(|chart| chart.labels.len().saturating_sub(1));
    let now = move || {
        let point = at.get().unwrap_or_else(|| chart.with(Chart::last));
        point.min(last())
    };
    let key = move |event: KeyboardEvent| {
        let here = now();
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => here.saturating_sub(1),
            "ArrowRight" | "ArrowUp" => (here + 1).min(last()),
            "PageUp" => here.saturating_sub(7),
            "PageDown" => (here + 7).min(last()),
            "Home" => 0,
            "End" => last(),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        at.set(Some(to));
    };
    let pointer = move |event: PointerEvent| {
        let target = event.current_target();
        let Some(element) = target.and_then(|target| target.dyn_into::<Element>().ok()) else {
            return;
        };
        let width = element.get_bounding_client_rect().width();
        if width > 0.0 {
            let share = (f64::from(event.offset_x()) / width).clamp(0.0, 0.999);
            let count = last() + 1;
            at.set(Some((share * count as f64) as usize));
        }
    };
    view! {
        <div
            class="chooser"
            role="slider"
            tabindex="0"
            aria-label=move || chart.with(|chart| format!("{} of {}", chart.points, chart.name))
            aria-valuemin="0"
            aria-valuemax=move || last().to_string()
            aria-valuenow=move || now().to_string()
            aria-valuetext=move || chart.with(|chart| chart.say(now()))
            on:keydown=key
            on:pointerdown=pointer
        ></div>
    }
    .into_any()
}

fn legend(chart: &Chart, at: usize) -> AnyView {
    let label = chart.labels.get(at).cloned().unwrap_or_default();
    let entries = chart
        .series
        .iter()
        .map(|series| {
            let value = series.values.get(at).copied().flatten();
            let shown = value.map_or_else(|| "–".to_owned(), words::points);
            let dashed = series.look == Look::Dashed;
            view! {
                <li><i class=format!("series-key {}", series.colour) class:dashed=dashed></i>{series.name.clone()} <strong>{shown}</strong></li>
            }
        })
        .collect_view();
    view! {
        <figcaption class="legend">
            <strong class="point">{label}</strong>
            <ul>{entries}</ul>
        </figcaption>
    }
    .into_any()
}

fn y_axis(chart: &Chart) -> AnyView {
    let scale = chart.scale();
    let ticks = scale.ticks();
    let ticks = ticks.into_iter().map(|tick| {
        let top = scale.y(tick) / 10.0;
        view! { <span style:top=format!("{top:.2}%")>{words::points(tick)}</span> }
    });
    let unit = chart.unit.clone();
    view! {
        <div class="y-axis" aria-hidden="true">
            <em>{unit}</em>
            {ticks.collect_view()}
        </div>
    }
    .into_any()
}

/// As many names of points as find room on a phone.
fn x_axis(chart: &Chart) -> AnyView {
    let count = chart.labels.len();
    let step = count.div_ceil(6).max(1);
    let labels = chart.labels.iter().enumerate().step_by(step);
    let labels = labels.map(|(at, label)| {
        let left = place(at, count) / 10.0;
        view! { <span style:left=format!("{left:.2}%")>{label.clone()}</span> }
    });
    view! { <div class="x-axis" aria-hidden="true">{labels.collect_view()}</div> }.into_any()
}

fn marks(chart: &Chart) -> AnyView {
    let count = chart.labels.len();
    let is_crowded = chart.marks.len() > 14;
    let marks = chart.marks.iter().map(|(at, text)| {
        let left = place(*at, count) / 10.0;
        let text = (!is_crowded).then(|| text.clone());
        view! { <span style:left=format!("{left:.2}%")>{text}</span> }
    });
    view! { <div class="marks" aria-hidden="true">{marks.collect_view()}</div> }.into_any()
}

fn drawing(chart: &Chart) -> AnyView {
    let scale = chart.scale();
    let count = chart.labels.len();
    let slot = 1000.0 / count.max(1) as f64;
    let mut paths: Vec<(String, String)> = Vec::new();
    for at in &chart.shaded {
        let left = place(*at, count) - slot / 2.0;
        let d = format!("M{left:.1} 0h{slot:.1}v1000h-{slot:.1}z");
        paths.push(("shade".to_owned(), d));
    }
    for tick in scale.ticks() {
        let class = if tick == 0.0 { "grid zero" } else { "grid" };
        paths.push((class.to_owned(), format!("M0 {:.1}h1000", scale.y(tick))));
    }
    for series in &chart.series {
        let (kind, d) = match series.look {
            Look::Line => ("line", line(series, &scale, count)),
            Look::Dashed => ("line dashed", line(series, &scale, count)),
            Look::Area => ("area", area(series, &scale, count)),
            Look::Bars => ("area", bars(series, &scale, count)),
            Look::Ticks => ("line", level(series, &scale, count)),
            Look::Unseen => continue,
        };
        paths.push((format!("{kind} {}", series.colour), d));
    }
    let paths = paths
        .into_iter()
        .map(|(class, d)| view! { <path class=class d=d></path> })
        .collect_view();
    view! {
        <svg viewBox="0 0 1000 1000" preserveAspectRatio="none" role="img" aria-label=chart.name.clone()>
            {paths}
        </svg>
    }
    .into_any()
}

/// A line through what is known, with a dot where a known point stands alone.
fn line(series: &Series, scale: &Scale, count: usize) -> String {
    let mut d = String::new();
    let mut open = false;
    for (at, value) in series.values.iter().enumerate() {
        match value {
            Some(value) => {
                let (x, y) = (place(at, count), scale.y(*value));
                let verb = if open { 'L' } else { 'M' };
                d.push_str(&format!("{verb}{x:.1} {y:.1}"));
                if !open {
                    d.push_str("h0");
                }
                open = true;
            }
            None => open = false,
        }
    }
    d
}

fn area(series: &Series, scale: &Scale, count: usize) -> String {
    let zero = scale.y(0.0);
    let known: Vec<(f64, f64)> = series
        .values
        .iter()
        .enumerate()
        .filter_map(|(at, value)| Some((place(at, count), scale.y((*value)?))))
        .collect();
    let (Some(first), Some(last)) = (known.first(), known.last()) else {
        return String::new();
    };
    let top: String = known
        .iter()
        .map(|(x, y)| format!("L{x:.1} {y:.1}"))
        .collect();
    format!("M{:.1} {zero:.1}{top}L{:.1} {zero:.1}z", first.0, last.0)
}

fn bars(series: &Series, scale: &Scale, count: usize) -> String {
    let width = 640.0 / count.max(1) as f64;
    let bar = |(at, value): (usize, &Option<f64>)| {
        let value = (*value)?;
        let base = series.base.get(at).copied().unwrap_or(0.0);
        let (left, from, to) = (
            place(at, count) - width / 2.0,
            scale.y(base),
            scale.y(value),
        );
        Some(format!(
            "M{left:.1} {from:.1}V{to:.1}h{width:.1}V{from:.1}z"
        ))
    };
    series.values.iter().enumerate().filter_map(bar).collect()
}

fn level(series: &Series, scale: &Scale, count: usize) -> String {
    let width = 800.0 / count.max(1) as f64;
    let tick = |(at, value): (usize, &Option<f64>)| {
        let left = place(at, count) - width / 2.0;
        Some(format!("M{left:.1} {:.1}h{width:.1}", scale.y((*value)?)))
    };
    series.values.iter().enumerate().filter_map(tick).collect()
}

/// The same as a table, made when it is opened.
fn table(chart: Memo<Chart>) -> AnyView {
    let is_open = RwSignal::new(false);
    let rows = move || {
        chart.with(|chart| {
            let head = chart.series.iter();
            let head = head.map(|series| view! { <th scope="col">{series.name.clone()}</th> });
            let scopes = !chart.marks.is_empty();
            let row = |at: usize| {
                let cells = chart.series.iter().map(|series| {
                    let value = series.values.get(at).copied().flatten();
                    view! { <td>{value.map(words::points)}</td> }
                });
                let marks: Vec<&str> = chart
                    .marks
                    .iter()
                    .filter(|(point, _)| *point == at)
                    .map(|(_, text)| text.as_str())
                    .collect();
                view! {
                    <tr>
                        <th scope="row">{chart.labels.get(at).cloned()}</th>
                        {cells.collect_view()}
                        {scopes.then(|| view! { <td>{marks.join(", ")}</td> })}
                    </tr>
                }
            };
            view! {
                <table class="sheet-table report-table">
                    <caption class="hidden">{chart.name.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{chart.points.clone()}</th>
                            {head.collect_view()}
                            {scopes.then(|| view! { <th scope="col">"Scope change"</th> })}
                        </tr>
                    </thead>
                    <tbody>{(0..chart.labels.len()).map(row).collect_view()}</tbody>
                </table>
            }
        })
    };
    view! {
        <div class="as-table">
            <button
                class="quiet"
                aria-expanded=move || is_open.get().to_string()
                on:click=move |_| is_open.update(|open| *open = !*open)
            >
                {move || if is_open.get() { "Hide the table" } else { "Show as a table" }}
            </button>
            <Show when=move || is_open.get()>
                <div class="table-scroll" tabindex="0" role="group" aria-label="Table">{rows}</div>
            </Show>
        </div>
    }
    .into_any()
}
