//! Where it stands: charts and reports, all computed from the trail and the settings (BT-22, BT-23, BT-24).

mod behind;
mod chart;
mod dates;
mod flow;
mod forecast;
mod groups;
mod how;
mod pick;
mod release;
mod scale;
mod source;
mod sprint;
mod velocity;

use leptos::prelude::*;
use shared::product::Term;

use crate::{state::desk::Desk, words};
use source::Source;

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Report {
    Sprint,
    Daily,
    Release,
    Forecast,
    Velocity,
    Flow,
    Groups,
    Revisit,
}

impl Report {
    const ALL: &[Self] = &[
        Self::Sprint,
        Self::Daily,
        Self::Release,
        Self::Forecast,
        Self::Velocity,
        Self::Flow,
        Self::Groups,
        Self::Revisit,
    ];

    fn label(self, desk: Desk) -> String {
        match self {
            Self::Sprint => words::term(desk, Term::Sprint),
            Self::Daily => "Daily".to_owned(),
            Self::Release => words::term(desk, Term::Release),
            Self::Forecast => "Forecast".to_owned(),
            Self::Velocity => "Velocity".to_owned(),
            Self::Flow => "Flow".to_owned(),
            Self::Groups => "Groups and scores".to_owned(),
            Self::Revisit => "Revisit".to_owned(),
        }
    }

    /// Whether it is of sprints, which not every team has.
    const fn is_of_sprints(self) -> bool {
        matches!(self, Self::Sprint | Self::Daily | Self::Velocity)
    }
}

/// The view.
#[component]
pub fn ReportsView(desk: Desk) -> impl IntoView {
    desk.use_past();
    let source = Source::of(desk);
    let has_sprints = Memo::new(move |_| desk.judge.with(|judge| judge.settings.has_sprints()));
    let offered = move || {
        let all = Report::ALL.iter().copied();
        all.filter(move |report| has_sprints.get() || !report.is_of_sprints())
    };
    let chosen = RwSignal::new(None::<Report>);
    let report = Memo::new(move |_| chosen.get().or_else(|| offered().next()));
    let tabs = move || {
        let tab = |one: Report| {
            view! {
                <button
                    class="tab"
                    aria-pressed=move || (report.get() == Some(one)).to_string()
                    on:click=move |_| chosen.set(Some(one))
                >
                    {move || one.label(desk)}
                </button>
            }
        };
        offered().map(tab).collect_view()
    };
    let shown = move || match report.get() {
        Some(Report::Sprint) => sprint::report(source, false),
        Some(Report::Daily) => sprint::report(source, true),
        Some(Report::Release) => release::report(source),
        Some(Report::Forecast) => forecast::report(source),
        Some(Report::Velocity) => velocity::report(source),
        Some(Report::Flow) => flow::report(source),
        Some(Report::Groups) => groups::report(source),
        Some(Report::Revisit) => groups::again(source),
        None => ().into_any(),
    };
    view! {
        <div class="scores-side">
            <div class="tool-row">
                <h2 class="hidden">"Reports"</h2>
                <div class="tabs" role="group" aria-label="Report">{tabs}</div>
            </div>
            <div class="screen-scroll">
                <div class="report">{shown}</div>
            </div>
        </div>
    }
}
