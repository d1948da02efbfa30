//! The team's own words for what others call features, releases, sprints and points (PB-14).

use leptos::prelude::*;
use shared::product::Term;

use super::own;
use crate::{components::register::bare_line, state::desk::Desk, words};

pub(super) fn section(desk: Desk) -> AnyView {
    let rows = Term::ALL
        .iter()
        .map(|term| {
            let term = *term;
            let usual = term.label();
            let shown = move || {
                format!("{}, {}", words::term(desk, term), words::terms(desk, term))
            };
            view! {
                <tr>
                    <th scope="row">{usual}</th>
                    <td>{bare_line(own(desk, &format!("term:{}", term.word())), format!("{usual}: one"), usual, "")}</td>
                    <td>{bare_line(own(desk, &format!("term:{}:many", term.word())), format!("{usual}: several"), "as it follows", "")}</td>
                    <td class="soft">{shown}</td>
                </tr>
            }
        })
        .collect_view();
    super::section(
        "Words",
        "What your team calls these. Everywhere the app says one of them, it says yours.",
        view! {
            <div class="table">
                <table>
                    <thead>
                        <tr><th scope="col">"Usually"</th><th scope="col">"One"</th><th scope="col">"Several"</th><th scope="col">"Shown as"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
        .into_any(),
    )
}
