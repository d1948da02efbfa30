//! A file taken over a second time: what is new in it is added, and items that are there become what it says.
//!
//! Only what differs is written. A file never takes anything off an item: what it leaves empty, and tags, criteria and
//! comments that it does not name, stay.

use automerge::{ObjId, ObjType, ScalarValue};
use rand::Rng;

use super::{
    Context, Edits, TEXT_BYTES_MAX, add, below, estimate, grouped, line, long_text, note,
    optional_line, title,
};
use crate::{
    document::{
        Backlog, Rejection,
        edit::{Edit, Owner, Slot},
        read,
        text_edit::Splice,
    },
    intent::{NewItem, Target, Update},
    model::{
        Detail, Row,
        rank::{self, Near, RankKey},
    },
};

pub(super) fn import<R: Rng>(
    backlog: &Backlog,
    items: &[NewItem],
    at: Target,
    updates: &[Update],
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    let mut edits = Vec::new();
    let mut updated = 0_usize;
    for update in updates {
        let before = edits.len();
        bring_up(backlog, update, ctx, &mut edits)?;
        updated += usize::from(edits.len() > before);
    }
    let mut added = 0_usize;
    match add(backlog, items, at, ctx) {
        Ok(addition) => {
            let is_new = |edit: &&Edit| matches!(edit, Edit::Create { .. });
            added = addition.edits.iter().filter(is_new).count();
            edits.extend(addition.edits);
        }
        // Nothing is new, or a crash came after the last addition.
        Err(Rejection::Empty(_)) if items.is_empty() => {}
        Err(Rejection::Exists) if items.iter().all(|item| backlog.knows(item.id)) => {}
        Err(rejection) => return Err(rejection),
    }
    if edits.is_empty() {
        return Err(Rejection::Nothing("The backlog holds all of that already."));
    }
    let said = format!(
        "Imported: {} added, {} updated",
        grouped(added),
        grouped(updated)
    );
    Ok(Edits::new("import", edits, said))
}

/// The edits that make an item what a file says. One that is gone meanwhile is left alone.
fn bring_up<R: Rng>(
    backlog: &Backlog,
    update: &Update,
    ctx: &mut Context<'_, R>,
    edits: &mut Vec<Edit>,
) -> Result<(), Rejection> {
    let (Some(row), Some(object)) = (backlog.row(update.item), backlog.item_object(update.item))
    else {
        return Ok(());
    };
    set_registers(backlog, update, row, &object, edits)?;
    describe(backlog, update, &object, edits)?;
    for tag in &update.tags {
        // As where items are added: a tag that can't be one is left out.
        if let Ok(tag) = line(tag, "A tag")
            && !row.tags.contains(&tag)
        {
            let slot = Slot {
                owner: Owner::Item(update.item),
                path: vec!["tags".into(), tag.into()],
            };
            edits.push(Edit::put(slot, true));
        }
    }
    if (!update.criteria.is_empty() || !update.comments.is_empty())
        && let Some(detail) = backlog.detail(update.item)
    {
        add_criteria(backlog, update, &detail, &object, ctx, edits)?;
        add_comments(update, &detail, edits)?;
    }
    Ok(())
}

fn set_registers(
    backlog: &Backlog,
    update: &Update,
    row: &Row,
    object: &ObjId,
    edits: &mut Vec<Edit>,
) -> Result<(), Rejection> {
    let mut is_reworded = false;
    let mut put = |register: &'static str, value: ScalarValue| {
        edits.push(Edit::put(Slot::item(update.item, register), value));
    };
    if let Some(text) = &update.title {
        let text = title(text)?;
        if text != row.title {
            put("title", text.into());
            is_reworded = true;
        }
    }
    if let Some(kind) = update.kind.filter(|kind| *kind != row.kind) {
        put("kind", kind.word().into());
    }
    if let Some(status) = update.status.filter(|status| *status != row.status) {
        put("status", status.word().into());
    }
    if let Some(points) = estimate(update.estimate)?
        && row.estimate != Some(points)
    {
        put("estimate", points.into());
    }
    for (register, what, text) in [
        ("for_whom", "For whom", &update.for_whom),
        ("benefit", "The benefit", &update.benefit),
    ] {
        let Some(text) = text else { continue };
        let text = optional_line(text, what)?;
        let held = read::scalar(backlog.doc(), object, register);
        let is_held = held.as_ref().and_then(ScalarValue::as_str) == Some(text.as_str());
        if !text.is_empty() && !is_held {
            put(register, text.into());
        }
    }
    if is_reworded {
        edits.push(note(update.item, "reworded"));
    }
    Ok(())
}

/// A description that people have typed in is changed where it differs, so that their words merge; one that was only ever
/// imported is replaced.
fn describe(
    backlog: &Backlog,
    update: &Update,
    object: &ObjId,
    edits: &mut Vec<Edit>,
) -> Result<(), Rejection> {
    let Some(text) = update.description.as_ref().filter(|text| !text.is_empty()) else {
        return Ok(());
    };
    if text.len() > TEXT_BYTES_MAX {
        return Err(Rejection::TooLong("A description", TEXT_BYTES_MAX));
    }
    let before = read::description(backlog.doc(), object);
    if before == *text {
        return Ok(());
    }
    let item = update.item;
    let is_typed = matches!(
        read::object(backlog.doc(), object, "description"),
        Some((ObjType::Text, _))
    );
    if is_typed {
        let splice = Splice::between(&before, text);
        edits.push(Edit::Splice { item, splice });
    } else {
        edits.push(Edit::put(Slot::item(item, "description"), text.clone()));
        edits.push(note(item, "described"));
    }
    Ok(())
}

fn add_criteria<R: Rng>(
    backlog: &Backlog,
    update: &Update,
    detail: &Detail,
    object: &ObjId,
    ctx: &mut Context<'_, R>,
    edits: &mut Vec<Edit>,
) -> Result<(), Rejection> {
    let mut put = |id: &str, register, value: ScalarValue| {
        edits.push(Edit::put(
            below(update.item, "criteria", id, register),
            value,
        ));
    };
    let mut new = Vec::new();
    for (id, text, met) in &update.criteria {
        let text = line(text, "A criterion")?;
        match detail.criteria.iter().find(|known| known.text == text) {
            Some(known) if known.met != *met => put(known.id.as_str(), "met", (*met).into()),
            Some(_) => {}
            None => new.push((id.as_str(), text, *met)),
        }
    }
    let is_reworded = !new.is_empty();
    let orders = orders(backlog, object, new.len(), ctx);
    for ((id, text, met), order) in new.into_iter().zip(orders) {
        put(id, "text", text.into());
        put(id, "order", order.as_str().into());
        if met {
            put(id, "met", true.into());
        }
    }
    if is_reworded {
        edits.push(note(update.item, "reworded"));
    }
    Ok(())
}

/// Order keys for criteria after those that are there.
fn orders<R: Rng>(
    backlog: &Backlog,
    object: &ObjId,
    count: usize,
    ctx: &mut Context<'_, R>,
) -> Vec<RankKey> {
    let criteria = read::object(backlog.doc(), object, "criteria");
    let held = criteria.map_or_else(Vec::new, |(_, map)| {
        read::criteria_order(backlog.doc(), &map)
    });
    let last = held
        .iter()
        .filter_map(|(_, key)| key.parse::<RankKey>().ok())
        .next_back();
    rank::block(last.as_ref(), None, count, Near::Left, ctx.rng)
}

fn add_comments(update: &Update, detail: &Detail, edits: &mut Vec<Edit>) -> Result<(), Rejection> {
    for (id, name, at, text) in &update.comments {
        if detail.comments.iter().any(|known| known.text == *text) {
            continue;
        }
        let put = |register, value: ScalarValue| {
            Edit::put(below(update.item, "comments", id.as_str(), register), value)
        };
        edits.push(put("name", name.as_str().into()));
        edits.push(put("at", at.ms().into()));
        edits.push(put("text", long_text(text, "A comment")?.into()));
    }
    Ok(())
}
