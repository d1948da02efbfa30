//! From an intent to the edits that carry it out: the rules of the backlog, before anything is written.

mod things;
mod triage;
mod update;
mod values;

pub(crate) use self::values::{takes_field, takes_mark, takes_register};

use std::collections::{BTreeMap, BTreeSet};

use automerge::{ReadDoc, ScalarValue};
use rand::Rng;

use crate::{
    document::{
        Backlog, Rejection,
        edit::{Edit, Owner, Slot, status_before_archive},
        read,
        text_edit::Splice,
    },
    ids::{CriterionId, ItemId},
    intent::{Intent, NewItem, Target, Value},
    model::{
        Field, Person, Place, Status,
        rank::{self, Near, RankKey},
    },
    time::Timestamp,
};

/// The longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 500;
/// The longest of the other one-line texts, in characters.
pub const LINE_CHARS_MAX: usize = 1_000;
/// The longest text that stands in one register, in bytes; the relay refuses longer ones.
pub const TEXT_BYTES_MAX: usize = 60_000;
/// The largest estimate.
pub const ESTIMATE_MAX: f64 = 1_000_000.0;
/// How many items one intent adds at most.
pub const ITEMS_PER_INTENT_MAX: usize = 50_000;

/// Where the words and the order of a plan come from.
pub(crate) struct Context<'a, R> {
    pub(crate) now: Timestamp,
    pub(crate) rng: &'a mut R,
    pub(crate) author: crate::ids::PersonId,
    pub(crate) author_name: &'a str,
    /// Lists and releases that the same step makes or brings back: its items can go there.
    pub(crate) made: BTreeSet<Place>,
}

/// Edits with the words for them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Edits {
    /// The intent's name, kept in each change's message.
    pub(crate) label: String,
    pub(crate) edits: Vec<Edit>,
    /// What was done, in the past tense.
    pub(crate) said: String,
    /// The item whose new rank completes the sentence.
    pub(crate) moved: Option<ItemId>,
}

impl Edits {
    fn new(label: &str, edits: Vec<Edit>, said: impl Into<String>) -> Self {
        Self {
            label: label.to_owned(),
            edits,
            said: said.into(),
            moved: None,
        }
    }
}

pub(crate) fn plan<R: Rng>(
    backlog: &Backlog,
    intent: &Intent,
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    let mut edits = bare(backlog, intent, ctx)?;
    edits.edits.extend(notes(intent));
    Ok(edits)
}

/// What shows that an item is wanted (`formulas.md` §5.11), and what rewords it. Not: importing, tagging many at once,
/// putting away.
fn notes(intent: &Intent) -> Vec<Edit> {
    let (items, reworded): (&[ItemId], bool) = match intent {
        Intent::Set { items, value } => (items, matches!(value, Value::Title(_))),
        Intent::Tag { items, .. } if items.len() == 1 => (items, false),
        Intent::Move { items, .. }
        | Intent::Place { items, .. }
        | Intent::Mark { items, .. }
        | Intent::Restore { items }
        | Intent::Keep { items, .. } => (items, false),
        Intent::Merge { into, .. } => (std::slice::from_ref(into), false),
        Intent::AddCriterion { item, .. }
        | Intent::SetCriterionText { item, .. }
        | Intent::RemoveCriterion { item, .. } => (std::slice::from_ref(item), true),
        // A description notes itself that it was changed.
        Intent::EditDescription { item, .. }
        | Intent::MeetCriterion { item, .. }
        | Intent::MoveCriterion { item, .. }
        | Intent::Settle { item, .. } => (std::slice::from_ref(item), false),
        Intent::Put { values, .. } => return things::touched_items(values).map(touch).collect(),
        Intent::Add { .. }
        | Intent::Import { .. }
        | Intent::Tag { .. }
        | Intent::Archive { .. }
        | Intent::Decline { .. }
        | Intent::Order { .. }
        // A comment says itself when it was made, and who may only comment may write nothing else.
        | Intent::AddComment { .. }
        | Intent::SetComment { .. }
        | Intent::RemoveComment { .. }
        | Intent::Rename { .. }
        | Intent::Introduce { .. }
        | Intent::Together { .. } => (&[], false),
    };
    let mut notes: Vec<Edit> = items.iter().copied().map(touch).collect();
    if reworded {
        notes.extend(items.iter().map(|item| note(*item, "reworded")));
    }
    notes
}

const fn touch(item: ItemId) -> Edit {
    note(item, "touched")
}

const fn note(item: ItemId, register: &'static str) -> Edit {
    Edit::Note { item, register }
}

fn bare<R: Rng>(
    backlog: &Backlog,
    intent: &Intent,
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    match intent {
        Intent::Add { items, at } => add(backlog, items, *at, ctx),
        Intent::Set { items, value } => set(backlog, items, value, ctx.now),
        Intent::Tag { items, tag, on } => self::tag(backlog, items, tag, *on),
        Intent::Move { items, to } => move_items(backlog, items, *to, ctx),
        Intent::Archive { items, reason } => archive(backlog, items, reason),
        Intent::Restore { items } => restore(backlog, items),
        Intent::EditDescription { item, edit, .. } => describe(backlog, *item, Splice::from(edit)),
        Intent::AddCriterion {
            item,
            id,
            text,
            requirement,
        } => add_criterion(backlog, *item, *id, (text, *requirement), ctx),
        Intent::SetCriterionText { item, id, text } => {
            let text = line(text, "A criterion")?;
            criterion(
                backlog,
                *item,
                *id,
                Edit::put(below(*item, "criteria", id.as_str(), "text"), text),
                "Changed a criterion of",
            )
        }
        Intent::MeetCriterion { item, id, met } => {
            let said = if *met {
                "Ticked a criterion of"
            } else {
                "Unticked a criterion of"
            };
            criterion(
                backlog,
                *item,
                *id,
                Edit::put(below(*item, "criteria", id.as_str(), "met"), *met),
                said,
            )
        }
        Intent::MoveCriterion { item, id, before } => {
            move_criterion(backlog, *item, *id, *before, ctx)
        }
        Intent::RemoveCriterion { item, id } => {
            let edit = Edit::put(below(*item, "criteria", id.as_str(), "removed"), true);
            criterion(backlog, *item, *id, edit, "Removed a criterion of")
        }
        Intent::AddComment { item, id, text } => {
            let text = long_text(text, "A comment")?;
            let name = backlog.reference(present(backlog, *item)?);
            let put = |register, value: ScalarValue| {
                Edit::put(below(*item, "comments", id.as_str(), register), value)
            };
            let edits = vec![
                put("by", ctx.author.to_string().into()),
                put("name", ctx.author_name.into()),
                put("at", ctx.now.ms().into()),
                put("text", text.into()),
            ];
            Ok(Edits::new("comment", edits, format!("Commented on {name}")))
        }
        Intent::SetComment { item, id, text } => {
            let text = long_text(text, "A comment")?;
            let name = backlog.reference(present(backlog, *item)?);
            let edit = Edit::put(below(*item, "comments", id.as_str(), "text"), text);
            Ok(Edits::new(
                "comment",
                vec![edit],
                format!("Changed a comment on {name}"),
            ))
        }
        Intent::RemoveComment { item, id } => {
            let name = backlog.reference(present(backlog, *item)?);
            let edit = Edit::put(below(*item, "comments", id.as_str(), "removed"), true);
            Ok(Edits::new(
                "comment",
                vec![edit],
                format!("Removed a comment from {name}"),
            ))
        }
        Intent::Settle { item, field, token } => settle(backlog, *item, *field, token),
        Intent::Rename { name } => {
            let name = line(name, "A backlog's name")?;
            let slot = Slot {
                owner: Owner::Product,
                path: vec!["name".into()],
            };
            Ok(Edits::new(
                "rename",
                vec![Edit::put(slot, name.clone())],
                format!("Renamed the backlog to {name}"),
            ))
        }
        Intent::Introduce { person, profile } => introduce(*person, profile),
        Intent::Import { items, at, updates } => update::import(backlog, items, *at, updates, ctx),
        Intent::Place { items, place, at } => triage::place(backlog, items, *place, *at, ctx),
        Intent::Order { items } => triage::order(backlog, items, ctx),
        Intent::Mark { items, key, value } => things::mark(backlog, items, key, value.as_ref()),
        Intent::Put { thing, values } => things::put(backlog, *thing, values, ctx),
        Intent::Decline {
            items,
            reason,
            note,
            reconsider_on,
        } => triage::decline(
            backlog,
            items,
            (reason, note, reconsider_on.as_deref()),
            ctx,
        ),
        Intent::Merge { items, into } => triage::merge(backlog, items, *into),
        Intent::Keep { items, until } => triage::keep(backlog, items, until.as_deref(), ctx),
        Intent::Together { name, said, parts } => together(backlog, name, said, parts, ctx),
    }
}

/// Several intents as one step. What can't be done by now is left out; when nothing can, the first reason is given.
fn together<R: Rng>(
    backlog: &Backlog,
    name: &str,
    said: &str,
    parts: &[Intent],
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    let name = line(name, "A step's name")?;
    let mut edits = Edits::new(&name, Vec::new(), optional_line(said, "A sentence")?);
    ctx.made = parts.iter().filter_map(things::made).collect();
    let mut refused = None;
    for part in parts {
        if matches!(part, Intent::Together { .. }) {
            return Err(Rejection::Nothing("A step can't stand in a step."));
        }
        match plan(backlog, part, ctx) {
            Ok(part) => edits.edits.extend(part.edits),
            Err(reason) => refused = refused.or(Some(reason)),
        }
    }
    match refused {
        Some(reason) if edits.edits.is_empty() => Err(reason),
        Some(_) | None => Ok(edits),
    }
}

fn below(item: ItemId, map: &'static str, id: &str, register: &'static str) -> Slot {
    Slot::below(item, map, id, register)
}

fn present(backlog: &Backlog, item: ItemId) -> Result<ItemId, Rejection> {
    backlog.row(item).map(|row| row.id).ok_or(Rejection::Gone)
}

/// The items that are still there, in the order of the list.
fn present_items(backlog: &Backlog, items: &[ItemId]) -> Result<Vec<ItemId>, Rejection> {
    let mut found: Vec<_> = items
        .iter()
        .filter_map(|item| backlog.row(*item))
        .map(|row| (row.rank.clone(), row.id))
        .collect();
    found.sort();
    found.dedup();
    if found.is_empty() {
        Err(Rejection::Gone)
    } else {
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }
}

fn many(backlog: &Backlog, items: &[ItemId]) -> String {
    match items {
        [one] => backlog.reference(*one),
        _ => format!("{} items", grouped(items.len())),
    }
}

/// A number as people read it: `1,680`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

fn line(text: &str, what: &'static str) -> Result<String, Rejection> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().count() {
        0 => Err(Rejection::Empty(what)),
        length if length > LINE_CHARS_MAX => Err(Rejection::TooLong(what, LINE_CHARS_MAX)),
        _ => Ok(text),
    }
}

fn title(text: &str) -> Result<String, Rejection> {
    let text = line(text, "A title")?;
    if text.chars().count() > TITLE_CHARS_MAX {
        Err(Rejection::TooLong("A title", TITLE_CHARS_MAX))
    } else {
        Ok(text)
    }
}

/// A one-line text that may be empty.
fn optional_line(text: &str, what: &'static str) -> Result<String, Rejection> {
    if text.trim().is_empty() {
        Ok(String::new())
    } else {
        line(text, what)
    }
}

fn long_text(text: &str, what: &'static str) -> Result<String, Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::Empty(what));
    }
    if text.len() > TEXT_BYTES_MAX {
        Err(Rejection::TooLong(what, TEXT_BYTES_MAX))
    } else {
        Ok(text.to_owned())
    }
}

fn estimate(estimate: Option<f64>) -> Result<Option<f64>, Rejection> {
    match estimate {
        Some(points) if !points.is_finite() || !(0.0..=ESTIMATE_MAX).contains(&points) => {
            Err(Rejection::Estimate)
        }
        other => Ok(other),
    }
}

/// Keys for a block of items at a target, and the neighbours that have to be re-keyed for it.
fn placed<R: Rng>(
    backlog: &Backlog,
    moving: &[ItemId],
    count: usize,
    (in_place, target): (Place, Target),
    ctx: &mut Context<'_, R>,
) -> Result<(Vec<RankKey>, Vec<Edit>), Rejection> {
    let others: Vec<(ItemId, RankKey)>;
    let order = if moving.is_empty() {
        backlog.order(in_place)
    } else {
        others = backlog
            .order(in_place)
            .iter()
            .filter(|(id, _)| !moving.contains(id))
            .cloned()
            .collect();
        &others
    };
    let position = |item: ItemId| {
        order
            .iter()
            .position(|(id, _)| *id == item)
            .ok_or(Rejection::Gone)
    };
    let (at, near) = match target {
        Target::Top => (0, Near::Right),
        Target::Bottom => (order.len(), Near::Left),
        Target::Before(item) => (position(item)?, Near::Right),
        Target::After(item) => (position(item)? + 1, Near::Left),
    };
    let placement = rank::place(order, at, count, near, ctx.rng);
    let rekeyed = placement
        .rekeyed
        .iter()
        .map(|(id, key)| Edit::put(Slot::rank(*id, in_place), key.as_str()))
        .collect();
    Ok((placement.keys, rekeyed))
}

fn add<R: Rng>(
    backlog: &Backlog,
    items: &[NewItem],
    at: Target,
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    if items.is_empty() {
        return Err(Rejection::Empty("An addition"));
    }
    if items.len() > ITEMS_PER_INTENT_MAX {
        return Err(Rejection::TooMany(ITEMS_PER_INTENT_MAX));
    }
    let mut checked = Vec::with_capacity(items.len());
    let mut ids = std::collections::BTreeSet::new();
    for item in items {
        if !ids.insert(item.id) {
            return Err(Rejection::Exists);
        }
        // An addition that a crash cut short goes on where it stopped.
        if backlog.knows(item.id) {
            continue;
        }
        let mut item = item.clone();
        item.title = title(&item.title)?;
        item.for_whom = optional_line(&item.for_whom, "For whom")?;
        item.benefit = optional_line(&item.benefit, "The benefit")?;
        item.estimate = estimate(item.estimate)?;
        if item.description.len() > TEXT_BYTES_MAX {
            return Err(Rejection::TooLong("A description", TEXT_BYTES_MAX));
        }
        item.tags = item
            .tags
            .iter()
            .filter_map(|tag| line(tag, "A tag").ok())
            .collect();
        if !backlog.lens().is_live(item.place) && !ctx.made.contains(&item.place) {
            item.place = Place::Product;
        }
        item.more
            .retain(|(field, value)| values::of_field(*field, Some(value)).is_ok());
        item.marks
            .retain(|(key, value)| values::of_mark(key, Some(value)).is_ok());
        checked.push(item);
    }
    if checked.is_empty() {
        return Err(Rejection::Exists);
    }
    let said = match checked.as_slice() {
        [one] => format!("Added {}", one.title),
        many => format!("Added {} items", grouped(many.len())),
    };
    let moved = if let [one] = checked.as_slice() {
        Some(one.id)
    } else {
        None
    };
    let edits = creations(backlog, checked, at, ctx)?;
    Ok(Edits {
        label: "add".into(),
        edits,
        said,
        moved,
    })
}

/// The items in their order, each with a key in its own place: where they are wanted in the place of the target, last in
/// the others.
fn creations<R: Rng>(
    backlog: &Backlog,
    items: Vec<NewItem>,
    at: Target,
    ctx: &mut Context<'_, R>,
) -> Result<Vec<Edit>, Rejection> {
    let anchor = match at {
        Target::Before(anchor) | Target::After(anchor) => {
            Some(backlog.row(anchor).ok_or(Rejection::Gone)?.place)
        }
        Target::Top | Target::Bottom => None,
    };
    let mut counts: BTreeMap<Place, usize> = BTreeMap::new();
    for item in &items {
        *counts.entry(item.place).or_default() += 1;
    }
    let mut edits = Vec::new();
    let mut keys: BTreeMap<Place, std::vec::IntoIter<RankKey>> = BTreeMap::new();
    for (place, count) in counts {
        let there = anchor.is_none_or(|anchor| anchor == place);
        let target = if there { at } else { Target::Bottom };
        let (placed, rekeyed) = placed(backlog, &[], count, (place, target), ctx)?;
        edits.extend(rekeyed);
        keys.insert(place, placed.into_iter());
    }
    for item in items {
        let key = keys.get_mut(&item.place).and_then(Iterator::next);
        edits.push(Edit::Create {
            rank: key.map(|key| key.as_str().to_owned()).unwrap_or_default(),
            item: Box::new(item),
        });
    }
    Ok(edits)
}

/// An item is not part of itself, nor of its own parts.
fn no_circle(backlog: &Backlog, items: &[ItemId], value: &Value) -> Result<(), Rejection> {
    let Value::Field(Field::Parent, Some(parent)) = value else {
        return Ok(());
    };
    let mut here = parent.text().and_then(|parent| parent.parse().ok());
    let mut seen = BTreeSet::new();
    while let Some(item) = here {
        if items.contains(&item) {
            return Err(Rejection::Nothing(
                "An item can\u{2019}t be part of itself or of its own parts.",
            ));
        }
        here = backlog
            .row(item)
            .filter(|_| seen.insert(item))
            .and_then(|row| row.item(Field::Parent));
    }
    Ok(())
}

fn set(
    backlog: &Backlog,
    items: &[ItemId],
    value: &Value,
    now: Timestamp,
) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    no_circle(backlog, &items, value)?;
    let (register, scalar, shown): (_, Option<ScalarValue>, String) = match value {
        Value::Title(text) => {
            let text = title(text)?;
            ("title", Some(text.clone().into()), format!("title {text}"))
        }
        Value::Kind(kind) => (
            "kind",
            Some(kind.word().into()),
            format!("type {}", kind.label()),
        ),
        Value::Status(status) if Status::CHOICES.contains(status) => (
            "status",
            Some(status.word().into()),
            format!("status {}", status.label()),
        ),
        Value::Status(_) => return Err(Rejection::Status),
        Value::Estimate(points) => {
            let points = estimate(*points)?;
            let shown = points.map_or("no estimate".to_owned(), |points| {
                format!("estimate {points}")
            });
            (
                "estimate",
                Some(points.map_or(ScalarValue::Null, ScalarValue::F64)),
                shown,
            )
        }
        Value::ForWhom(text) => (
            "for_whom",
            Some(optional_line(text, "For whom")?.into()),
            "for whom".into(),
        ),
        Value::Benefit(text) => (
            "benefit",
            Some(optional_line(text, "The benefit")?.into()),
            "benefit".into(),
        ),
        // The moment of the change itself: whatever touches the item later is later than the question.
        Value::Field(Field::AskedAt, Some(_)) => (
            Field::AskedAt.word(),
            Some(now.ms().into()),
            "asked".to_owned(),
        ),
        Value::Field(field, value) => (
            field.word(),
            values::of_field(*field, value.as_ref())?,
            field.label().to_lowercase(),
        ),
    };
    let said = format!("{}: {shown}", many(backlog, &items));
    let edits = items.iter().map(|item| Edit::Put {
        slot: Slot::item(*item, register),
        value: scalar.clone(),
        only_if: None,
    });
    Ok(Edits::new(
        &format!("set {register}"),
        edits.collect(),
        said,
    ))
}

fn tag(backlog: &Backlog, items: &[ItemId], tag: &str, on: bool) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    let tag = line(tag, "A tag")?;
    if tag.chars().count() > 50 {
        return Err(Rejection::TooLong("A tag", 50));
    }
    let said = format!(
        "{} {} {tag}",
        many(backlog, &items),
        if on { "tagged" } else { "no longer tagged" }
    );
    let mut edits = Vec::new();
    for item in &items {
        // A tag may stand under a name that it had before it was renamed.
        let mut names = if on {
            Vec::new()
        } else {
            backlog.tag_names(*item, &tag)
        };
        if names.is_empty() {
            names.push(tag.clone());
        }
        edits.extend(names.into_iter().map(|name| {
            let path = vec!["tags".into(), name.into()];
            let owner = Owner::Item(*item);
            Edit::put(Slot { owner, path }, on)
        }));
    }
    Ok(Edits::new("tag", edits, said))
}

fn move_items<R: Rng>(
    backlog: &Backlog,
    items: &[ItemId],
    to: Target,
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    let items = present_items(backlog, items)?;
    if let Target::Before(anchor) | Target::After(anchor) = to
        && items.contains(&anchor)
    {
        return Err(Rejection::OntoItself);
    }
    let place = match to {
        Target::Before(anchor) | Target::After(anchor) => backlog.row(anchor),
        Target::Top | Target::Bottom => items.first().and_then(|item| backlog.row(*item)),
    };
    let place = place.ok_or(Rejection::Gone)?.place;
    let said = format!("Moved {}", many(backlog, &items));
    let edits = move_into(backlog, &items, (place, to), ctx)?;
    Ok(Edits {
        label: "move".into(),
        edits,
        said,
        moved: items.first().copied(),
    })
}

/// Puts items at a target of a place, whichever place they come from.
fn move_into<R: Rng>(
    backlog: &Backlog,
    items: &[ItemId],
    (place, to): (Place, Target),
    ctx: &mut Context<'_, R>,
) -> Result<Vec<Edit>, Rejection> {
    let (keys, mut edits) = placed(backlog, items, items.len(), (place, to), ctx)?;
    for (item, key) in items.iter().zip(keys) {
        edits.push(Edit::put(Slot::rank(*item, place), key.as_str()));
        if backlog.row(*item).is_some_and(|row| row.place != place) {
            edits.push(Edit::put(Slot::item(*item, "place"), place.word()));
        }
    }
    Ok(edits)
}

fn archive(backlog: &Backlog, items: &[ItemId], reason: &str) -> Result<Edits, Rejection> {
    let items: Vec<_> = present_items(backlog, items)?;
    let reason = optional_line(reason, "A reason")?;
    let mut edits = Vec::new();
    for item in items.iter().filter(|item| {
        backlog
            .row(**item)
            .is_some_and(|row| row.status != Status::Archived)
    }) {
        edits.push(Edit::put(
            Slot::item(*item, "status"),
            Status::Archived.word(),
        ));
        if !reason.is_empty() {
            edits.push(Edit::put(
                Slot::item(*item, "archive_reason"),
                reason.clone(),
            ));
        }
    }
    if edits.is_empty() {
        return Err(Rejection::Nothing("They are archived already."));
    }
    Ok(Edits::new(
        "archive",
        edits,
        format!("Archived {}", many(backlog, &items)),
    ))
}

fn restore(backlog: &Backlog, items: &[ItemId]) -> Result<Edits, Rejection> {
    let items: Vec<_> = present_items(backlog, items)?;
    let archived = items
        .iter()
        .filter(|item| backlog.row(**item).is_some_and(|row| row.status.is_away()));
    let mut edits: Vec<Edit> = Vec::new();
    for item in archived {
        let Some(object) = backlog.item_object(*item) else {
            continue;
        };
        let status = status_before_archive(&read::transitions(backlog.doc(), &object));
        edits.push(Edit::put(Slot::item(*item, "status"), status.word()));
        for register in ["merged_into", "reconsider_on"] {
            if read::scalar(backlog.doc(), &object, register).is_some() {
                edits.push(Edit::take_away(Slot::item(*item, register)));
            }
        }
    }
    if edits.is_empty() {
        return Err(Rejection::Nothing("They were not put away."));
    }
    Ok(Edits::new(
        "restore",
        edits,
        format!("Restored {}", many(backlog, &items)),
    ))
}

fn describe(backlog: &Backlog, item: ItemId, splice: Splice) -> Result<Edits, Rejection> {
    let object = backlog.item_object(item).ok_or(Rejection::Gone)?;
    if read::description(backlog.doc(), &object).len() + splice.insert.len() > TEXT_BYTES_MAX {
        return Err(Rejection::TooLong("A description", TEXT_BYTES_MAX));
    }
    let said = format!("Edited the description of {}", backlog.reference(item));
    Ok(Edits::new(
        "describe",
        vec![Edit::Splice { item, splice }],
        said,
    ))
}

fn criterion(
    backlog: &Backlog,
    item: ItemId,
    id: CriterionId,
    edit: Edit,
    said: &str,
) -> Result<Edits, Rejection> {
    let object = backlog.item_object(item).ok_or(Rejection::Gone)?;
    let criteria = read::object(backlog.doc(), &object, "criteria")
        .ok_or(Rejection::Gone)?
        .1;
    if !matches!(backlog.doc().get(&criteria, id.as_str()), Ok(Some(_))) {
        return Err(Rejection::Gone);
    }
    Ok(Edits::new(
        "criteria",
        vec![edit],
        format!("{said} {}", backlog.reference(item)),
    ))
}

/// An order key for a criterion that then stands before another one, or last.
fn criterion_order<R: Rng>(
    backlog: &Backlog,
    item: ItemId,
    moving: Option<CriterionId>,
    before: Option<CriterionId>,
    ctx: &mut Context<'_, R>,
) -> Result<Vec<(CriterionId, String)>, Rejection> {
    let object = backlog.item_object(item).ok_or(Rejection::Gone)?;
    let criteria = read::object(backlog.doc(), &object, "criteria")
        .ok_or(Rejection::Gone)?
        .1;
    let order: Vec<(CriterionId, RankKey)> = read::criteria_order(backlog.doc(), &criteria)
        .into_iter()
        .filter(|(id, _)| Some(*id) != moving)
        .filter_map(|(id, key)| Some((id, key.parse().ok()?)))
        .collect();
    let at = before
        .and_then(|before| order.iter().position(|(id, _)| *id == before))
        .unwrap_or(order.len());
    let placement = rank::place(
        &order,
        at,
        1,
        if before.is_some() {
            Near::Right
        } else {
            Near::Left
        },
        ctx.rng,
    );
    let mut keys: Vec<(CriterionId, String)> = placement
        .rekeyed
        .iter()
        .map(|(id, key)| (*id, key.as_str().to_owned()))
        .collect();
    let new = placement
        .keys
        .first()
        .map(|key| key.as_str().to_owned())
        .unwrap_or_default();
    if let Some(moving) = moving {
        keys.push((moving, new));
    }
    Ok(keys)
}

fn add_criterion<R: Rng>(
    backlog: &Backlog,
    item: ItemId,
    id: CriterionId,
    (text, requirement): (&str, bool),
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    let text = line(text, "A criterion")?;
    let keys = criterion_order(backlog, item, Some(id), None, ctx)?;
    let slot = |register| below(item, "criteria", id.as_str(), register);
    // What it is comes first, and so goes last when this is undone: until then an undo knows of what it empties.
    let is_required = requirement.then(|| Edit::put(slot("requirement"), true));
    let mut edits: Vec<Edit> = is_required.into_iter().collect();
    edits.push(Edit::put(slot("text"), text));
    edits.extend(
        keys.into_iter()
            .map(|(id, key)| Edit::put(below(item, "criteria", id.as_str(), "order"), key)),
    );
    Ok(Edits::new(
        "criteria",
        edits,
        format!("Added a criterion to {}", backlog.reference(item)),
    ))
}

fn move_criterion<R: Rng>(
    backlog: &Backlog,
    item: ItemId,
    id: CriterionId,
    before: Option<CriterionId>,
    ctx: &mut Context<'_, R>,
) -> Result<Edits, Rejection> {
    if before == Some(id) {
        return Err(Rejection::OntoItself);
    }
    let keys = criterion_order(backlog, item, Some(id), before, ctx)?;
    let edits = keys
        .into_iter()
        .map(|(id, key)| Edit::put(below(item, "criteria", id.as_str(), "order"), key));
    Ok(Edits::new(
        "criteria",
        edits.collect(),
        format!("Moved a criterion of {}", backlog.reference(item)),
    ))
}

fn settle(backlog: &Backlog, item: ItemId, field: Field, token: &str) -> Result<Edits, Rejection> {
    let object = backlog.item_object(item).ok_or(Rejection::Gone)?;
    let place = backlog.row(item).ok_or(Rejection::Gone)?.place;
    let (holder, key) =
        read::register(backlog.doc(), &object, field, place).ok_or(Rejection::Gone)?;
    let all = backlog
        .doc()
        .get_all(&holder, key.as_ref())
        .map_err(|_| Rejection::Gone)?;
    let settled = || Rejection::Nothing("Somebody has settled it already.");
    if all.len() < 2 {
        return Err(settled());
    }
    let (value, id) = all
        .iter()
        .find(|(_, id)| id.to_string() == token)
        .ok_or_else(settled)?;
    let said = format!(
        "Settled the {} of {}",
        field.label().to_lowercase(),
        backlog.reference(item)
    );
    let scalar = match value {
        automerge::Value::Scalar(value) => value.clone().into_owned(),
        automerge::Value::Object(_) => backlog.doc().text(id).unwrap_or_default().into(),
    };
    let slot = match field {
        Field::Rank => Slot::rank(item, place),
        other => Slot {
            owner: Owner::Item(item),
            path: vec![other.word().into()],
        },
    };
    Ok(Edits::new("settle", vec![Edit::put(slot, scalar)], said))
}

fn introduce(person: crate::ids::PersonId, profile: &Person) -> Result<Edits, Rejection> {
    let name = line(&profile.name, "A name")?;
    let put = |register: &'static str, value: ScalarValue| {
        Edit::put(
            Slot {
                owner: Owner::Person(person),
                path: vec![register.into()],
            },
            value,
        )
    };
    let edits = vec![
        put("name", name.into()),
        put("colour", i64::from(profile.colour).into()),
    ];
    Ok(Edits::new("introduce", edits, ""))
}
