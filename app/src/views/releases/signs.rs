//! The two sign-offs of a release's scope, and what made them no longer count (BT-05).

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    model::{Collection, Facts, Thing},
    product::releases::sign::{Drift, Side, Signature, Standing, is_agreed, standings},
    time::Timestamp,
};

use super::Known;
use crate::{
    components::unverified,
    platform::device,
    state::{desk::Desk, things},
    ui::icon::{Icon, icon},
    words,
};

/// So many changes are told one by one.
const TOLD_MAX: usize = 6;

/// Both sides.
pub(super) fn signs(desk: Desk, id: RecordId, known: Memo<Option<Known>>) -> AnyView {
    let facts = things::facts(desk, Thing::Record(Collection::Releases, id));
    let both = Memo::new(move |_| {
        known.with(|known| {
            let scope = known.as_ref().map(|known| known.scope.clone());
            facts.with(|facts: &Facts| standings(facts, &scope.unwrap_or_default()))
        })
    });
    let agreed = Memo::new(move |_| both.with(|both| is_agreed(both)));
    let is_shipped =
        move || known.with(|known| known.as_ref().is_some_and(|one| one.release.is_shipped));
    let drifted =
        Memo::new(move |_| both.with(|both| both.iter().any(|one| !one.drift.is_empty())));
    view! {
        <Show when=move || !is_shipped()>
            <div class="signs" role="group" aria-label="Sign-offs of the scope">
                <strong class="agreed" class:on=move || agreed.get()>
                    {move || icon(if agreed.get() { Icon::Check } else { Icon::Todo })}
                    {move || if agreed.get() { "Scope agreed" } else { "Scope not agreed" }}
                </strong>
                {Side::ALL.iter().map(|side| one(desk, id, known, both, *side)).collect_view()}
                <Show when=move || drifted.get()>{changes(desk, both)}</Show>
            </div>
        </Show>
    }
    .into_any()
}

fn one(
    desk: Desk,
    id: RecordId,
    known: Memo<Option<Known>>,
    both: Memo<Vec<Standing>>,
    side: Side,
) -> AnyView {
    let standing =
        Memo::new(move |_| both.with(|both| both.iter().find(|one| one.side == side).cloned()));
    let thing = Thing::Record(Collection::Releases, id);
    let told = move || {
        standing.with(|standing| {
            let Some(standing) = standing else {
                return String::new();
            };
            let Some(signature) = &standing.signature else {
                return format!("{}: not signed", side.label());
            };
            let who = words::person(desk, signature.by);
            let ago = words::ago(device::now(), signature.at);
            match standing.drift.len() {
                0 => format!("{}: signed by {who}, {ago}", side.label()),
                count => format!(
                    "{}: signed by {who}, {ago}, for another scope: {} since",
                    side.label(),
                    words::count(count, "change", "changes")
                ),
            }
        })
    };
    let by = move || {
        standing.with(|standing| {
            let signature = standing.as_ref()?.signature.as_ref()?;
            Some(desk.doer(thing, side.register(), signature.by))
        })
    };
    let counts = move || standing.with(|one| one.as_ref().is_some_and(Standing::counts));
    let is_signed =
        move || standing.with(|one| one.as_ref().is_some_and(|one| one.signature.is_some()));
    let verb = move || {
        if is_signed() {
            "Sign again"
        } else {
            "Sign off"
        }
    };
    let sign = move |_| {
        let signature = known.with_untracked(|known| {
            let scope = known.as_ref().map(|known| &known.scope)?;
            Signature::of(scope, desk.me, device::now())
        });
        match signature {
            Some(signature) => {
                let value = Some(signature.write().into());
                things::set(desk, thing, side.register(), value);
            }
            None => desk
                .notices
                .say("A scope of 1 to 1,500 items can be signed off."),
        }
    };
    let withdraw = move |_| {
        things::set(desk, thing, side.register(), None);
    };
    let may = move || desk.may_edit() && desk.may(side.right());
    view! {
        <div class="sign" class:on=counts>
            {move || icon(if counts() { Icon::Check } else { Icon::Todo })}
            <span>{told} " " {move || unverified::mark(desk, by())}</span>
            <Show when=may>
                <Show when=move || !counts()>
                    <button aria-label=move || format!("{} for {}", verb(), side.label().to_lowercase()) on:click=sign>
                        {verb}
                    </button>
                </Show>
                <Show when=counts>
                    <button class="quiet" aria-label=format!("Withdraw the sign-off of {}", side.label().to_lowercase()) on:click=withdraw>
                        "Withdraw"
                    </button>
                </Show>
            </Show>
        </div>
    }
    .into_any()
}

/// What changed since the older of the sign-offs, and who did it.
fn changes(desk: Desk, both: Memo<Vec<Standing>>) -> AnyView {
    desk.use_past();
    let found = Memo::new(move |_| {
        both.with(|both| {
            let drifted = both.iter().filter(|one| !one.drift.is_empty());
            let oldest = drifted.min_by_key(|one| one.signature.as_ref().map(|own| own.at));
            let signed = oldest.and_then(|one| one.signature.as_ref().map(|own| own.at));
            let drift = oldest.map(|one| one.drift.clone()).unwrap_or_default();
            (drift, signed.unwrap_or_default())
        })
    });
    let lines = move || {
        let (drift, signed) = found.get();
        drift
            .into_iter()
            .take(TOLD_MAX)
            .map(|drift| view! { <li>{said(desk, drift, signed)}</li> })
            .collect_view()
    };
    let more = move || {
        let count = found.with(|(drift, _)| drift.len());
        let rest = count.saturating_sub(TOLD_MAX);
        (rest > 0).then(|| view! { <li>{format!("and {} more", words::number(rest))}</li> })
    };
    view! {
        <div class="drift">
            <p>"A sign-off counts for the scope that it was given for. Since then:"</p>
            <ul aria-label="Changes of scope">{lines} {more}</ul>
        </div>
    }
    .into_any()
}

/// `Bob, 3 min ago: took out “Search”`. Followed.
fn said(desk: Desk, drift: Drift, signed: Timestamp) -> String {
    let title = desk.rows.with(|rows| {
        let row = rows.row(drift.item());
        row.map_or_else(|| "an item".to_owned(), |row| row.title.clone())
    });
    let size = |size: Option<f64>| size.map_or_else(|| "none".to_owned(), words::points);
    let what = match drift {
        Drift::Added(_) => format!("\u{201c}{title}\u{201d} came in"),
        Drift::Removed(_) => format!("\u{201c}{title}\u{201d} went out"),
        Drift::Resized(_, was, is) => {
            format!(
                "\u{201c}{title}\u{201d} went from {} to {}",
                size(was),
                size(is)
            )
        }
    };
    let by = desk.past.with(|told| drift.by(told.whole()?, signed));
    match by {
        Some((author, at)) => format!(
            "{what}: {}, {}",
            words::author(desk, author),
            words::ago(device::now(), at)
        ),
        None => what,
    }
}
