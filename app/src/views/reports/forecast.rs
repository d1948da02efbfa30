//! When it will be done, and how much by a day, played ten thousand times from what was finished before
//! (`formulas.md` §5.10). The same document gives the same days to everybody.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Place, Status},
    planning::{
        day::Day,
        forecast::{
            PERCENTILES, PERIODS_MAX, Samples, TRIALS, TooLittle, WINDOW, calibration, how_many,
            when,
        },
    },
    product::{
        Settings, Term,
        forecasts::{self, Source as Drawn},
        releases,
        trail::Scope,
    },
};

use super::{
    chart::{self, Chart, Look, Series},
    dates,
    how::how,
    source::Source,
};
use crate::words;

/// The likelihood that the sentence names, in percent.
const LIKELY: u32 = 85;
/// Bars of the histogram beyond this are one.
const BARS_MAX: usize = 40;

/// What somebody chose.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Choice {
    from: Drawn,
    release: Option<RecordId>,
    window: usize,
    growth: (f64, f64),
    by: Option<Day>,
}

/// A forecast.
#[derive(Clone, Debug, PartialEq)]
struct Found {
    samples: Vec<f64>,
    remaining: f64,
    seed: u64,
    /// For each of [`PERCENTILES`], the periods and the day after them.
    when: Vec<(u32, f64, Option<Day>)>,
    histogram: Vec<(f64, usize)>,
    /// The periods until the asked day, and for each of [`PERCENTILES`] how much is done by then.
    many: Option<(u32, Vec<(u32, f64)>)>,
    held: Option<(f64, usize)>,
}

/// The report.
pub fn report(source: Source) -> AnyView {
    let choice = RwSignal::new(Choice {
        from: Drawn::Items,
        release: None,
        window: WINDOW,
        growth: (1.0, 1.0),
        by: None,
    });
    let found = Memo::new(move |_| forecast(source, choice.get()));
    let at = RwSignal::new(None::<usize>);
    let picture = Memo::new(move |_| {
        let name = period_name(source, choice.get().from, true);
        found.with(|found| match found {
            Some(Ok(found)) => histogram(&found.histogram, name),
            Some(Err(_)) | None => Chart::default(),
        })
    });
    let body = move || {
        let problem = found.with(|found| match found {
            None => Some("reading…".to_owned()),
            Some(Err(problem)) => Some(format!("No forecast yet: {problem}.")),
            Some(Ok(_)) => None,
        });
        match problem {
            Some(problem) => view! { <p class="soft" role="status">{problem}</p> }.into_any(),
            None => view! {
                {statement(source, choice, found)}
                {percentiles(source, choice, found)}
                {chart::figure(picture, at)}
            }
            .into_any(),
        }
    };
    // The body is made anew only where there is a forecast or none; its numbers follow by themselves.
    let is_there = Memo::new(move |_| {
        found.with(|found| found.as_ref().map(|found| found.as_ref().err().copied()))
    });
    let body = move || {
        let _is_there = is_there.get();
        untrack(body)
    };
    view! {
        {choices(source, choice)}
        {body}
    }
    .into_any()
}

fn forecast(source: Source, choice: Choice) -> Option<Result<Found, TooLittle>> {
    let today = source.today();
    let days = period_days(source, choice);
    let remaining = remaining(source, choice);
    let closed: Vec<_> = source
        .closed
        .with(|closed| closed.iter().map(|(_, sums)| sums.clone()).collect());
    source.look(|past, _, zone| {
        let periods = forecasts::periods(past, &closed, choice.from, today, zone);
        let samples = match Samples::last(&periods, choice.window) {
            Ok(samples) => samples,
            Err(problem) => return Some(Err(problem)),
        };
        let outcome = when(&samples, remaining, choice.growth, TRIALS);
        let day = |periods: f64| {
            let is_never = periods >= f64::from(PERIODS_MAX);
            let past_days = (periods as i64).saturating_mul(days) - 1;
            (!is_never).then(|| today.plus(past_days.max(0)))
        };
        let when = PERCENTILES.map(|percent| {
            let periods = outcome.percentile(percent);
            (percent, periods, day(periods))
        });
        let many = choice.by.map(|by| {
            let whole = (by.days_since(today) + 1).max(0) / days;
            let whole = u32::try_from(whole).unwrap_or(PERIODS_MAX);
            let many = how_many(&samples, whole, TRIALS);
            (
                whole,
                PERCENTILES
                    .map(|percent| (percent, many.at_least(percent)))
                    .to_vec(),
            )
        });
        let before = forecasts::hindsight(&periods, choice.window, LIKELY);
        Some(Ok(Found {
            samples: samples.values().to_vec(),
            remaining,
            seed: outcome.seed,
            when: when.to_vec(),
            histogram: outcome.histogram(),
            many,
            held: calibration(&before).map(|share| (share, before.len())),
        }))
    })
}

/// What is not done of the release, or of all that is open.
fn remaining(source: Source, choice: Choice) -> f64 {
    let desk = source.desk;
    let scope = choice
        .release
        .map(|release| desk.things.with(|things| Scope::release(things, release)));
    desk.rows.with(|rows| {
        let open = rows.all().filter(|row| {
            let is_in = match &scope {
                Some(scope) => scope.holds(row.place),
                None => row.place != Place::Inbox,
            };
            is_in && matches!(row.status, Status::Todo | Status::Doing)
        });
        match choice.from.counts_items() {
            true => open.count() as f64,
            false => open.filter_map(|row| row.estimate).sum(),
        }
    })
}

fn period_days(source: Source, choice: Choice) -> i64 {
    match choice.from {
        Drawn::Items | Drawn::Weeks => 7,
        Drawn::Sprints => source.desk.things.with(|things| {
            let release = choice
                .release
                .and_then(|release| releases::one(things, release));
            release.map_or(14, |release| release.sprint_days)
        }),
    }
}

fn period_name(source: Source, from: Drawn, many: bool) -> String {
    match (from, many) {
        (Drawn::Sprints, true) => words::terms(source.desk, Term::Sprint).to_lowercase(),
        (Drawn::Sprints, false) => words::term(source.desk, Term::Sprint).to_lowercase(),
        (Drawn::Items | Drawn::Weeks, true) => "weeks".to_owned(),
        (Drawn::Items | Drawn::Weeks, false) => "week".to_owned(),
    }
}

fn amount(source: Source, from: Drawn, amount: f64) -> String {
    match from.counts_items() {
        true => words::count(amount as usize, "item", "items"),
        false => words::effort(source.desk, amount),
    }
}

fn choices(source: Source, choice: RwSignal<Choice>) -> AnyView {
    let desk = source.desk;
    let has_sprints = Settings::has_sprints;
    let from = move || {
        let has_sprints = desk.judge.with(|judge| has_sprints(&judge.settings));
        let offered = Drawn::ALL.iter().copied();
        let offered = offered.filter(move |from| has_sprints || *from != Drawn::Sprints);
        let option = |from: Drawn| {
            let is_it = move || choice.get().from == from;
            view! { <option value=from.word() prop:selected=is_it>{from.label()}</option> }
        };
        offered.map(option).collect_view()
    };
    let releases = move || {
        let option =
            |(id, name): (RecordId, String)| view! { <option value=id.to_string()>{name}</option> };
        source
            .records(Collection::Releases)
            .into_iter()
            .map(option)
            .collect_view()
    };
    let set_from = move |event| {
        if let Some(from) = Drawn::from_word(&event_target_value(&event)) {
            choice.update(|choice| choice.from = from);
        }
    };
    let set_release = move |event| {
        choice.update(|choice| choice.release = event_target_value(&event).parse().ok())
    };
    let set_window = move |event| {
        let typed: Option<usize> = event_target_value(&event).parse().ok();
        choice.update(|choice| choice.window = typed.unwrap_or(WINDOW).clamp(1, 1_000));
    };
    let factor = |event| {
        words::parse_estimate(&event_target_value(&event))
            .flatten()
            .map_or(1.0, |percent| 1.0 + percent / 100.0)
    };
    let set_low = move |event| {
        choice.update(|choice| choice.growth = (factor(event), choice.growth.1.max(1.0)))
    };
    let set_high = move |event| choice.update(|choice| choice.growth.1 = factor(event));
    let set_by =
        move |event| choice.update(|choice| choice.by = event_target_value(&event).parse().ok());
    view! {
        <div class="report-choices">
            <label class="inline">"From" <select on:change=set_from>{from}</select></label>
            <label class="inline">
                "Of"
                <select on:change=set_release>
                    <option value="">"all open items"</option>
                    {releases}
                </select>
            </label>
            <label class="inline">"Last periods" <input class="field short" type="number" min="5" max="104" value=WINDOW.to_string() on:input=set_window/></label>
            <label class="inline">"Scope grows by at least %" <input class="field short" inputmode="decimal" placeholder="0" on:input=set_low/></label>
            <label class="inline">"at most %" <input class="field short" inputmode="decimal" placeholder="0" on:input=set_high/></label>
            <label class="inline">"How much by" <input class="field" type="date" on:input=set_by/></label>
        </div>
    }
    .into_any()
}

type Shown = Memo<Option<Result<Found, TooLittle>>>;

fn with<T>(found: Shown, read: impl FnOnce(&Found) -> T) -> Option<T> {
    found.with(|found| match found {
        Some(Ok(found)) => Some(read(found)),
        Some(Err(_)) | None => None,
    })
}

fn statement(source: Source, choice: RwSignal<Choice>, found: Shown) -> AnyView {
    let said = move || {
        let from = choice.get().from;
        with(found, |found| {
            let likely = found.when.iter().find(|(percent, ..)| *percent == LIKELY);
            let (_, periods, day) = likely.copied().unwrap_or_default();
            let count = periods as usize;
            let name = period_name(source, from, count != 1);
            match day {
                Some(day) => format!(
                    "{LIKELY} % likely within {} {name}, by {}",
                    words::number(count),
                    dates::long(day)
                ),
                None => format!("More than {} {name}", words::number(PERIODS_MAX as usize)),
            }
        })
    };
    let held = move || {
        with(found, |found| match found.held {
            Some((share, count)) => format!(
                "{} % of {} held",
                words::points(share.round()),
                words::count(count, "earlier forecast", "earlier forecasts")
            ),
            None => "too few periods to look back on".to_owned(),
        })
    };
    let left = move || {
        let from = choice.get().from;
        with(found, |found| amount(source, from, found.remaining))
    };
    let inputs = move || {
        let choice = choice.get();
        with(found, |found| {
            let samples: Vec<String> = found
                .samples
                .iter()
                .map(|sample| words::points(*sample))
                .collect();
            vec![
                (
                    "Remaining".to_owned(),
                    amount(source, choice.from, found.remaining),
                ),
                (choice.from.label().to_owned(), samples.join(", ")),
                (
                    "Scope growth".to_owned(),
                    format!(
                        "{} to {} %",
                        words::points((choice.growth.0 - 1.0) * 100.0),
                        words::points((choice.growth.1 - 1.0) * 100.0)
                    ),
                ),
                ("Trials".to_owned(), words::number(TRIALS)),
                ("Seed".to_owned(), found.seed.to_string()),
            ]
        })
        .unwrap_or_default()
    };
    view! {
        <div class="statement" role="status">
            <p class="say">
                {said}
                {how(
                    "how-forecast",
                    "the forecast",
                    "Each of ten thousand trials draws past periods, those with nothing included, until the remaining work is done. The likelihood is the share of trials that needed no more periods. The draws begin with a seed made of the inputs, so everybody sees the same days. Earlier forecasts: at the end of each past period the same is asked of the work of the three after it.",
                    inputs,
                )}
            </p>
            <dl class="facts-line">
                <div><dt>"Remaining"</dt><dd>{left}</dd></div>
                <div><dt>"Calibration"</dt><dd>{held}</dd></div>
            </dl>
        </div>
    }
    .into_any()
}

fn percentiles(source: Source, choice: RwSignal<Choice>, found: Shown) -> AnyView {
    let rows = move || {
        let from = choice.get().from;
        with(found, |found| {
            let row = |(nth, (percent, periods, day)): (usize, &(u32, f64, Option<Day>))| {
                let many = found.many.as_ref().and_then(|(_, many)| many.get(nth));
                let many = many.map(|(_, many)| amount(source, from, *many));
                view! {
                    <tr>
                        <th scope="row">{format!("{percent} %")}</th>
                        <td>{words::points(*periods)}</td>
                        <td>{day.map_or_else(|| "–".to_owned(), dates::long)}</td>
                        {many.map(|many| view! { <td>{many}</td> })}
                    </tr>
                }
            };
            found.when.iter().enumerate().map(row).collect_view()
        })
    };
    let head = move || {
        with(found, |found| {
            let whole = found.many.as_ref().map(|(whole, _)| *whole)?;
            let name = period_name(source, choice.get().from, whole != 1);
            Some(view! { <th scope="col">{format!("At least, in {whole} {name}")}</th> })
        })
        .flatten()
    };
    let periods = move || {
        let name = period_name(source, choice.get().from, true);
        format!("Within {name}")
    };
    view! {
        <div class="table-scroll" tabindex="0" role="group" aria-label="Likelihoods">
            <table class="sheet-table report-table">
                <thead>
                    <tr>
                        <th scope="col">"Likely"</th>
                        <th scope="col">{periods}</th>
                        <th scope="col">"By"</th>
                        {head}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn histogram(found: &[(f64, usize)], periods: String) -> Chart {
    let first = found.first().map_or(0.0, |(periods, _)| *periods);
    let last = found.last().map_or(0.0, |(periods, _)| *periods);
    let count = ((last - first) as usize + 1).min(BARS_MAX);
    let mut trials = vec![0_usize; count];
    for (periods, times) in found {
        let at = ((periods - first) as usize).min(count - 1);
        trials[at] += times;
    }
    let label = |at: usize| words::points(first + at as f64);
    Chart {
        name: format!("Trials by number of {periods}"),
        points: "Periods".to_owned(),
        labels: (0..count).map(label).collect(),
        series: vec![Series::new(
            "Trials",
            Look::Bars,
            "k-main",
            trials.into_iter().map(|times| Some(times as f64)).collect(),
        )],
        unit: "trials".to_owned(),
        ..Chart::default()
    }
}
