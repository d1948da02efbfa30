//! When the backlog was refined and its order reviewed, by whom, and saying that it was (PB-17, PB-18, PB-31).

use leptos::prelude::*;
use shared::{
    ids::PersonId,
    model::{Scalar, Thing, thing},
    product::{Check, check::moment},
    time::Timestamp,
};

use crate::{
    components::list_link::list_link,
    platform::device,
    state::{desk::Desk, filter::Filter, things},
    words,
};

const REVIEWED_BY: &str = "reviewed_by:product";

/// When the order of the ranked list was last looked through, and by whom. Followed.
#[must_use]
pub fn reviewed(desk: Desk) -> Option<(Timestamp, String)> {
    desk.things.with(|things| {
        let facts = things.get(&Thing::Product)?;
        let at = moment(thing::number(facts, "reviewed:product"))?;
        let by = thing::text(facts, REVIEWED_BY).parse::<PersonId>();
        let by = by.map_or_else(
            |_| "somebody".to_owned(),
            |by| words::doer(desk, Thing::Product, REVIEWED_BY, by),
        );
        Some((at, by))
    })
}

/// How many days ago something was, in words.
#[must_use]
pub fn days_ago(now: Timestamp, then: Timestamp) -> String {
    match now.ms_since(then).max(0) / 86_400_000 {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        days => format!("{days} days ago"),
    }
}

pub(super) fn section(desk: Desk, untouched: Signal<usize>) -> AnyView {
    let refined = move || desk.judge.with(|judge| judge.refined);
    let refined_words = move || match refined() {
        Some(at) => format!("Last refinement {}", days_ago(device::now(), at)),
        None => "Never refined yet".to_owned(),
    };
    let rank_words = move || match reviewed(desk) {
        Some((at, by)) => format!("Rank reviewed {} by {by}", days_ago(device::now(), at)),
        None => "Rank never reviewed yet".to_owned(),
    };
    let rest = Signal::derive(move || {
        let items = words::count(untouched.get(), "item", "items");
        format!("{items} not changed since")
    });
    let filter = Signal::derive(|| Filter::checking(Check::Untouched));
    let cadence = move || {
        let said = desk.things.with(|things| {
            let facts = things.get(&Thing::Product);
            facts.map_or_else(String::new, |facts| {
                thing::text(facts, "process:cadence").to_owned()
            })
        });
        (!said.is_empty()).then(|| view! { <span class="soft">{format!("Refined {said}")}</span> })
    };
    view! {
        <section class="part" aria-label="Refinement">
            <h3>"Refinement"</h3>
            <div class="review-row">
                <span>{refined_words}</span>
                {cadence}
                {move || refined().map(|_| list_link(desk, filter, rest))}
                <span class="grow"></span>
                <button on:click=move |_| mark(desk, &["refined"], None)>"Refined just now"</button>
            </div>
            <div class="review-row">
                <span>{rank_words}</span>
                <span class="grow"></span>
                <button on:click=move |_| mark(desk, &["reviewed:product"], Some(REVIEWED_BY))>
                    "I reviewed the rank"
                </button>
            </div>
        </section>
    }
    .into_any()
}

/// Says that something was done now, and by whom.
fn mark(desk: Desk, when: &[&str], who: Option<&str>) {
    // Milliseconds stay far below 2^53.
    let now = Scalar::Number(device::now().ms() as f64);
    let mut values: Vec<things::Setting> = when
        .iter()
        .map(|key| ((*key).to_owned(), Some(now.clone())))
        .collect();
    values.extend(who.map(|key| (key.to_owned(), Some(desk.me.to_string().into()))));
    things::put(desk, Thing::Product, values);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_31_days_are_said_as_people_say_them() {
        let now = Timestamp::from_ms(100 * 86_400_000);
        assert_eq!(days_ago(now, now), "today");
        assert_eq!(days_ago(now, now.plus_ms(-86_400_000)), "yesterday");
        assert_eq!(days_ago(now, now.plus_ms(-12 * 86_400_000)), "12 days ago");
        assert_eq!(days_ago(now, now.plus_ms(5_000)), "today");
    }
}
