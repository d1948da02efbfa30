//! "How is this computed": the rule behind a number and the inputs it was given, a click away.

use leptos::prelude::*;

/// A button that opens the rule. `id` names it on the page; `what` is the number's name.
pub fn how(
    id: &'static str,
    what: &'static str,
    rule: &'static str,
    inputs: impl Fn() -> Vec<(String, String)> + Send + Sync + 'static,
) -> AnyView {
    let inputs = move || {
        let lines = inputs().into_iter();
        let lines = lines.map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
        lines.collect_view()
    };
    view! {
        <button
            class="how quiet"
            aria-label=format!("How {what} is computed")
            title="How is this computed?"
            popovertarget=id
        >
            "?"
        </button>
        <div id=id class="how-text" popover="auto" role="dialog" aria-label=format!("How {what} is computed")>
            <h3>{what}</h3>
            <p>{rule}</p>
            <dl>{inputs}</dl>
        </div>
    }
    .into_any()
}
