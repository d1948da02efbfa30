//! How fresh an item is, in words (PB-24). Fresh ones say nothing in lists.

use leptos::prelude::*;
use shared::{ids::ItemId, planning::staleness::Tier};

use crate::state::desk::Desk;

/// The tier of an open item, followed.
#[must_use]
pub fn tier(desk: Desk, id: ItemId) -> Memo<Option<Tier>> {
    Memo::new(move |_| {
        let row = desk.items.with(|rows| rows.row(id).cloned())?;
        row.status
            .is_open()
            .then(|| desk.judge.with(|judge| judge.tier(&row)))
    })
}

/// A chip, unless the item is fresh.
#[component]
pub fn TierChip(desk: Desk, id: ItemId) -> impl IntoView {
    let tier = tier(desk, id);
    move || {
        let tier = tier.get().filter(|tier| *tier != Tier::Fresh)?;
        Some(chip(tier))
    }
}

/// The chip of a tier.
pub fn chip(tier: Tier) -> AnyView {
    view! { <span class=format!("tier tier-{}", tier.word())>{tier.label()}</span> }.into_any()
}
