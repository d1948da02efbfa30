//! Where items go: another backlog or list, an order, declined, merged, kept.

use rand::Rng;

use super::{
    Context, Edits, Target, many, move_into, optional_line, placed, present, present_items, values,
};
use crate::{
    document::{
        Backlog, Rejection,
        edit::{Edit, Slot},
        read,
    },
    ids::ItemId,
    model::{Field, Place, Scalar, Status, rank::RankKey},
};

pub(super) fn place<R: Rng>(
    backlog: &Backlog,
    items: &[ItemId],
    place: Place,
    at: Option<Target>,
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    if !backlog.lens().is_live(place) && !ctx.made.contains(&place) {
        return Err(Rejection::Gone);
    }
    if backlog.lens().is_live(place) && !backlog.lens().takes(place) {
        return Err(Rejection::Nothing(
            "It is shipped: nothing goes into it any more.",
        ));
    }
    if let Some(Target::Before(anchor) | Target::After(anchor)) = at
        && (items.contains(&anchor) || backlog.row(anchor).is_none_or(|row| row.place != place))
    {
        return Err(Rejection::OntoItself);
    }
    let edits = match at {
        Some(at) => move_into(backlog, &items, (place, at), ctx)?,
        None => back_to(backlog, &items, place, ctx)?,
    };
    let said = format!(
        "Moved {} to {}",
        many(backlog, &items),
        backlog.place_name(place)
    );
    Ok(Edits {
        moved: items.first().copied().filter(|_| items.len() == 1),
        ..Edits::new("place", edits, said)
    })
}

/// To the ranks that the items had there before; last for those that were never there.
fn back_to<R: Rng>(
    backlog: &Backlog,
    items: &[ItemId],
    place: Place,
    ctx: &mut Context<'_, R>,
) -> Result<Vec<Edit>, Rejection> {
    let knows = |item: &ItemId| {
        let object = backlog.item_object(*item)?;
        read::rank_in(backlog.doc(), &object, place)
    };
    let (known, new): (Vec<ItemId>, Vec<ItemId>) =
        items.iter().partition(|item| knows(item).is_some());
    let elsewhere = |item: &&ItemId| backlog.row(**item).is_some_and(|row| row.place != place);
    let mut edits: Vec<Edit> = known
        .iter()
        .filter(elsewhere)
        .map(|item| Edit::put(Slot::item(*item, "place"), place.word()))
        .collect();
    if !new.is_empty() {
        edits.extend(move_into(backlog, &new, (place, Target::Bottom), ctx)?);
    }
    if edits.is_empty() {
        return Err(Rejection::OntoItself);
    }
    Ok(edits)
}

/// The items share out the keys they have in the order in which they are named.
pub(super) fn order<R: Rng>(
    backlog: &Backlog,
    items: &[ItemId],
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    let first = items.iter().find_map(|item| backlog.row(*item));
    let place = first.ok_or(Rejection::Gone)?.place;
    let mut seen = std::collections::BTreeSet::new();
    let items: Vec<ItemId> = items
        .iter()
        .filter(|item| backlog.row(**item).is_some_and(|row| row.place == place))
        .filter(|item| seen.insert(**item))
        .copied()
        .collect();
    let mut keys: Vec<(RankKey, ItemId)> = items
        .iter()
        .filter_map(|item| Some((backlog.row(*item)?.rank.parse().ok()?, *item)))
        .collect();
    keys.sort();
    let distinct = keys.len() == items.len() && keys.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let (keys, mut edits): (Vec<RankKey>, Vec<Edit>) = if distinct {
        (keys.into_iter().map(|(key, _)| key).collect(), Vec::new())
    } else {
        placed(backlog, &items, items.len(), (place, Target::Top), ctx)?
    };
    for (item, key) in items.iter().zip(keys) {
        let same = backlog
            .row(*item)
            .is_some_and(|row| row.rank == key.as_str());
        if !same {
            edits.push(Edit::put(Slot::rank(*item, place), key.as_str()));
        }
    }
    if edits.is_empty() {
        return Err(Rejection::Nothing("They are in that order already."));
    }
    let said = format!("Ranked {} anew", many(backlog, &items));
    Ok(Edits::new("order", edits, said))
}

pub(super) fn decline<R: Rng>(
    backlog: &Backlog,
    items: &[ItemId],
    (reason, note, reconsider_on): (&str, &str, Option<&str>),
    ctx: &Context<'_, R>,
) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    let reason = Scalar::from(reason);
    let reason = values::of_field(Field::DeclineReason, Some(&reason))?;
    if reason.is_none() {
        return Err(Rejection::Empty("A reason"));
    }
    let note = optional_line(note, "A note")?;
    let day = reconsider_on.map(Scalar::from);
    let day = values::of_field(Field::ReconsiderOn, day.as_ref())?;
    let mut edits = Vec::new();
    for item in &items {
        let mut put = |field: Field, value| {
            edits.push(Edit::Put {
                slot: Slot::item(*item, field.word()),
                value,
                only_if: None,
            });
        };
        put(Field::Status, Some(Status::Declined.word().into()));
        put(Field::DeclineReason, reason.clone());
        put(Field::DeclinedBy, Some(ctx.author.to_string().into()));
        put(Field::ReconsiderOn, day.clone());
        let note = (!note.is_empty()).then(|| note.as_str().into());
        put(Field::DeclineNote, note);
    }
    let said = format!("Declined {}", many(backlog, &items));
    Ok(Edits::new("decline", edits, said))
}

/// The item that stays is the one at the end of its own merges, so that nobody has to look for it.
pub(super) fn merge(backlog: &Backlog, items: &[ItemId], into: ItemId) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    let into = survivor(backlog, present(backlog, into)?);
    if items.contains(&into) {
        return Err(Rejection::Nothing("An item can't be merged into itself."));
    }
    let mut edits = Vec::new();
    for item in &items {
        let status = Slot::item(*item, Field::Status.word());
        edits.push(Edit::put(status, Status::Merged.word()));
        let slot = Slot::item(*item, Field::MergedInto.word());
        edits.push(Edit::put(slot, into.to_string()));
    }
    let said = format!(
        "Merged {} into {}",
        many(backlog, &items),
        backlog.reference(into)
    );
    Ok(Edits::new("merge", edits, said))
}

fn survivor(backlog: &Backlog, item: ItemId) -> ItemId {
    let mut here = item;
    let mut steps = 0;
    while let Some(row) = backlog.row(here)
        && row.status == Status::Merged
        && let Some(next) = row.item(Field::MergedInto)
        && steps < 64
    {
        here = next;
        steps += 1;
    }
    here
}

pub(super) fn keep<R: Rng>(
    backlog: &Backlog,
    items: &[ItemId],
    until: Option<&str>,
    ctx: &Context<'_, R>,
) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    let until = until.map(Scalar::from);
    let until = values::of_field(Field::WantedUntil, until.as_ref())?;
    let mut edits = Vec::new();
    for item in &items {
        let by = Slot::item(*item, Field::WantedBy.word());
        edits.push(Edit::put(by, ctx.author.to_string()));
        edits.push(Edit::Put {
            slot: Slot::item(*item, Field::WantedUntil.word()),
            value: until.clone(),
            only_if: None,
        });
    }
    let said = format!("{}: still wanted", many(backlog, &items));
    Ok(Edits::new("keep", edits, said))
}
