//! The score of the open item (BT-16).

use leptos::prelude::*;
use shared::model::Part;

use super::{Open, changed};
use crate::components::score_inputs::ScoreInputs;

/// The section, once the backlog has a scorecard.
#[component]
pub(super) fn ScoreSection(open: Open) -> impl IntoView {
    let name = Memo::new(move |_| {
        open.desk.scores.with(|scores| {
            let scores = scores.as_ref()?;
            Some(scores.card.card.name.clone())
        })
    });
    move || {
        name.get().map(|name| {
            view! {
                <section class="scores" aria-label="Score">
                    {changed::heading(open, format!("Score: {name}"), Part::Scores)}
                    <ScoreInputs desk=open.desk item=open.id/>
                </section>
            }
        })
    }
}
