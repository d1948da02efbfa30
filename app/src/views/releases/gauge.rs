//! How full a release is, and when it is done at the team's pace (BT-14).

use leptos::prelude::*;
use shared::{
    planning::capacity::ReleaseCapacity,
    product::{Term, releases::Unit},
};

use super::{Known, Picture};
use crate::{state::desk::Desk, words};

/// An amount in a release's unit: `8 points`, `3 hours`, `2 items`. Followed.
pub(super) fn amount(desk: Desk, unit: Unit, amount: f64) -> String {
    match unit {
        Unit::Points => words::effort(desk, amount),
        Unit::Hours => format!("{} hours", words::points(amount)),
        Unit::Count => format!("{} items", words::points(amount)),
    }
}

/// The scope against the capacity in words: `41 of 45 points, 4 free`. Followed.
pub(super) fn fullness(desk: Desk, known: &Known) -> String {
    let unit = known.release.unit;
    let about = if known.scope.unestimated > 0 && unit != Unit::Count {
        "\u{2248} "
    } else {
        ""
    };
    let total = known.scope.total();
    let Some(capacity) = known.outlook.capacity else {
        return format!("{about}{}, no capacity yet", amount(desk, unit, total));
    };
    let taken = taken(known, capacity);
    let left = known.outlook.free.unwrap_or_default();
    let rest = if left < 0.0 {
        format!("{} too much", words::points(-left))
    } else {
        format!("{} free", words::points(left))
    };
    let open = if capacity.derived && known.scope.done > 0.0 {
        "open "
    } else {
        ""
    };
    format!(
        "{about}{} of {} {open}taken, {rest}",
        words::points(taken),
        amount(desk, unit, capacity.value)
    )
}

fn taken(known: &Known, capacity: ReleaseCapacity) -> f64 {
    match capacity.derived {
        true => known.scope.remaining(),
        false => known.scope.total(),
    }
}

/// The bar of it; what is too much stands out by its pattern and its words.
pub(super) fn bar(desk: Desk, known: Memo<Option<Known>>) -> AnyView {
    let shares = Memo::new(move |_| {
        known.with(|known| {
            let known = known.as_ref()?;
            let capacity = known.outlook.capacity?;
            let taken = taken(known, capacity);
            let whole = taken.max(capacity.value).max(f64::MIN_POSITIVE);
            let done = if capacity.derived {
                0.0
            } else {
                known.scope.done
            };
            let share = |part: f64| (part / whole * 100.0).clamp(0.0, 100.0);
            Some((
                share(done),
                share(taken.min(capacity.value) - done),
                share(taken - capacity.value),
            ))
        })
    });
    let text = move || {
        known.with(|known| {
            let known = known.as_ref();
            known.map(|known| fullness(desk, known)).unwrap_or_default()
        })
    };
    view! {
        <div class="gauge" role="img" aria-label=move || format!("Scope and capacity: {}", text())>
            {move || {
                shares
                    .get()
                    .map(|(done, open, over)| {
                        view! {
                            <span class="gauge-done" style:width=format!("{done}%")></span>
                            <span class="gauge-open" style:width=format!("{open}%")></span>
                            <span class="gauge-over" style:width=format!("{over}%")></span>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}

/// Where the capacity comes from, the date that fits the scope, and the scope that fits the date. Followed.
pub(super) fn sentences(desk: Desk, known: &Known, picture: &Picture) -> Vec<String> {
    let mut said = Vec::new();
    let (release, outlook) = (&known.release, &known.outlook);
    match (outlook.capacity, &picture.velocity) {
        (Some(capacity), Some((velocity, from))) if capacity.derived => said.push(format!(
            "Capacity from {} ahead at velocity {} ({from}).",
            words::count_terms(desk, outlook.sprints, Term::Sprint),
            words::points(*velocity)
        )),
        (Some(_), _) => said.push("Capacity as typed.".to_owned()),
        (None, None) if release.unit == Unit::Points => said.push(
            "Type a capacity, or a velocity in the settings, from which it follows.".to_owned(),
        ),
        (None, _) if release.unit != Unit::Points => {
            said.push("Type a capacity in this unit.".to_owned());
        }
        (None, _) => said.push("Give it dates, and the capacity follows from them.".to_owned()),
    }
    if known.scope.unestimated > 0 && release.unit != Unit::Count {
        said.push(format!(
            "{} without estimate, taken for {} in all.",
            words::count(known.scope.unestimated, "item", "items"),
            words::points(known.scope.guessed)
        ));
    }
    match outlook.finish {
        Some(finish) if finish.sprint == 0 => said.push("Nothing remains.".to_owned()),
        Some(finish) => {
            if let Some(day) = finish.day {
                let late = release.target.filter(|target| *target < day);
                let late = late.map(|target| {
                    let days = usize::try_from(day.days_since(target)).unwrap_or_default();
                    format!(", {} after its date", words::count(days, "day", "days"))
                });
                said.push(format!("The scope fits {day}{}.", late.unwrap_or_default()));
            }
        }
        None => {}
    }
    if let (Some(fits), Some(target)) = (outlook.fits, release.target) {
        said.push(format!(
            "{} more fit {target}.",
            amount(desk, release.unit, fits)
        ));
    }
    said
}
