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

use crate::{
    state::{desk::Desk, report::Report},
    ui::tabs::tab,
    words,
};
use source::Source;

fn label(desk: Desk, report: Report) -> String {
    match report {
        Report::Sprint => words::term(desk, Term::Sprint),
        Report::Daily => "Daily".to_owned(),
        Report::Release => words::term(desk, Term::Release),
        Report::Forecast => "Forecast".to_owned(),
        Report::Velocity => "Velocity".to_owned(),
        Report::Flow => "Flow".to_owned(),
        Report::Groups => "Groups and scores".to_owned(),
        Report::Revisit => "Revisit".to_owned(),
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
    let chosen = desk.bar.report();
    let report = Memo::new(move |_| {
        let chosen = chosen.get();
        let known = offered().find(|one| Some(*one) == chosen);
        known.or_else(|| offered().next())
    });
    let tabs = move || {
        let tab = |one: Report| {
            let is_chosen = Signal::derive(move || report.get() == Some(one));
            let choose = move || desk.bar.show_report(one);
            tab(move || label(desk, one), is_chosen, choose)
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
