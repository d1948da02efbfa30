//! How many items are at each stage from request to done (BT-33).

use leptos::prelude::*;

use crate::{
    state::{desk::Desk, triage::Funnel},
    words,
};

/// The counts, in the order in which items go through.
pub(super) fn funnel(desk: Desk) -> impl IntoView {
    let funnel = Memo::new(move |_| desk.rows.with(|rows| Funnel::of(rows.all())));
    let stages = move || {
        let stages = funnel.get().stages().into_iter();
        stages
            .map(|(label, count)| {
                view! {
                    <div>
                        <dt>{label}</dt>
                        <dd>{words::number(count)}</dd>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <div class="funnel" role="group" aria-label="Items by stage" tabindex="0">
            <dl>{stages}</dl>
        </div>
    }
}
