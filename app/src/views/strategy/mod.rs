//! Why the backlog is as it is: vision, goals, initiatives, themes, and the items behind each (PB-10, PB-11, PB-25, PB-46).

mod goal;
mod initiative;
mod items;
mod shelf;
mod theme;
mod vision;

use leptos::prelude::*;
use shared::{
    model::{Collection, Place},
    product::{Check, strategy},
};

use self::vision::Vision;
use crate::{
    components::list_link::list_link,
    state::{desk::Desk, filter::Filter},
    words,
};

/// The screen.
#[component]
pub fn StrategyView(desk: Desk) -> impl IntoView {
    view! {
        <div class="screen-scroll strategy">
            <div class="strategy-column">
                <div class="strategy-head">
                    <h2 class="hidden">"Strategy"</h2>
                    {alignment(desk)}
                </div>
                {orphans(desk)}
                <Vision desk/>
                {shelf::shelf(desk, Collection::Goals, "Goals", "What shall be true, and by how much", goal::card)}
                {shelf::shelf(desk, Collection::Initiatives, "Initiatives", "An effort towards a goal", initiative::card)}
                {shelf::shelf(desk, Collection::Themes, "Themes", "A subject across initiatives", theme::card)}
            </div>
        </div>
    }
}

/// How much of the ranked list is aligned, with the way to the rest.
fn alignment(desk: Desk) -> AnyView {
    let counts = Memo::new(move |_| desk.alignment());
    let unaligned = move || counts.with(|(linked, open)| open - linked);
    let text = Signal::derive(move || {
        let rest = words::count(unaligned(), "item", "items");
        format!("{rest} not aligned")
    });
    let share = move || {
        let (linked, open) = counts.get();
        words::share(linked, open).map_or_else(
            || "No open items yet".to_owned(),
            |share| {
                format!(
                    "{share} of {} aligned",
                    words::count(open, "open item", "open items")
                )
            },
        )
    };
    view! {
        <p class="alignment">
            <strong>{share}</strong>
            {move || {
                (unaligned() > 0)
                    .then(|| list_link(desk, Signal::derive(|| Filter::checking(Check::Unaligned)), text))
            }}
        </p>
    }
    .into_any()
}

/// What lost its goals when they were archived, with an offer to review it (PB-25).
fn orphans(desk: Desk) -> AnyView {
    let count = Memo::new(move |_| {
        let judge = desk.judge.get();
        desk.rows.with(|rows| {
            let open = rows.all().filter(|row| row.status.is_open());
            open.filter(|row| judge.strategy.is_orphaned(row)).count()
        })
    });
    let filter = Signal::derive(|| Filter {
        everywhere: true,
        ..Filter::checking(Check::Orphaned)
    });
    let said = move || {
        let verb = if count.get() == 1 { "is" } else { "are" };
        let items = words::count(count.get(), "item", "items");
        format!("{items} {verb} linked only to archived goals.")
    };
    (move || {
        (count.get() > 0).then(|| {
            view! {
                <p class="notice warning review" role="status">
                    <span class="text">{said}</span>
                    {list_link(desk, filter, Signal::derive(|| "Review".to_owned()))}
                </p>
            }
        })
    })
    .into_any()
}

impl Desk {
    /// How many open items of the ranked list are linked to what is pursued: (linked, open). Followed.
    #[must_use]
    pub fn alignment(self) -> (usize, usize) {
        let judge = self.judge.get();
        let list = self.items.with(|rows| rows.ranked_in(Place::Product));
        strategy::alignment(&judge.strategy, list.iter().map(AsRef::as_ref))
    }
}
