//! What is asked before items that are not ready are pulled into a release or sprint (PB-32).

use leptos::prelude::*;
use shared::product::pull::Unready;

use crate::{
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
    words,
};

/// So many items are named one by one.
const NAMED_MAX: usize = 8;

/// The question, while there is one.
#[component]
pub fn PullUnready(desk: Desk) -> impl IntoView {
    let unready = desk.unready_asked();
    let count = unready.len();
    let heading = match count {
        1 => "1 item is not ready".to_owned(),
        many => format!("{} items are not ready", words::number(many)),
    };
    let rest = count.saturating_sub(NAMED_MAX);
    view! {
        <Dialog label="Pull what is not ready" shape=Shape::Card on_close=move |()| desk.leave_unready()>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    desk.pull_unready();
                }
            >
                <h2>{heading}</h2>
                <ul class="lacking">
                    {unready.iter().take(NAMED_MAX).map(|one| lacking(desk, one)).collect_view()}
                </ul>
                {(rest > 0).then(|| view! { <p class="soft">{format!("and {} more", words::number(rest))}</p> })}
                <p class="soft">"Pulled all the same, each keeps what it lacked, under \u{201c}Pulled not ready\u{201d}."</p>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.leave_unready()>"Leave them"</button>
                    <button type="submit" class="primary" data-focus="">"Pull anyway"</button>
                </div>
            </form>
        </Dialog>
    }
}

fn lacking(desk: Desk, one: &Unready) -> AnyView {
    let title = desk.rows.with_untracked(|rows| {
        let row = rows.row(one.item);
        row.map(|row| row.title.clone()).unwrap_or_default()
    });
    view! {
        <li>
            <span class="cut">{title}</span>
            <span class="soft">{one.words()}</span>
        </li>
    }
    .into_any()
}
