//! Goals, lists and the like as people change them: making, setting, ordering, putting away.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{
        Collection, Facts, Scalar, Thing, Things,
        rank::{self, Near, RankKey},
        thing,
    },
};

use super::desk::Desk;

/// A register's name with what it is set to.
pub type Setting = (String, Option<Scalar>);

/// Sets one register.
pub fn set(desk: Desk, thing: Thing, key: &str, value: Option<Scalar>) -> u64 {
    put(desk, thing, vec![(key.to_owned(), value)])
}

/// Sets registers as one step.
pub fn put(desk: Desk, thing: Thing, values: Vec<Setting>) -> u64 {
    desk.intend(Intent::Put { thing, values })
}

/// Makes a record after the others of its collection; nothing where the name is blank.
pub fn add(desk: Desk, collection: Collection, name: &str, more: Vec<Setting>) -> Option<RecordId> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() {
        return None;
    }
    let id = desk.draw(RecordId::random);
    let last = orders(desk, collection)
        .last()
        .and_then(|(_, key)| key.clone());
    let mut values = vec![("name".to_owned(), Some(name.into()))];
    values.push(("order".to_owned(), between(desk, last.as_ref(), None)));
    values.extend(more);
    put(desk, Thing::Record(collection, id), values);
    Some(id)
}

/// Moves a record up (-1) or down (1) among those that are not put away.
pub fn step(desk: Desk, collection: Collection, id: RecordId, down: bool) {
    let mut orders = orders(desk, collection);
    let Some(at) = orders.iter().position(|(own, _)| *own == id) else {
        return;
    };
    if (at == 0 && !down) || (at + 1 == orders.len() && down) {
        return;
    }
    orders.remove(at);
    let to = if down { at + 1 } else { at - 1 };
    let key = |place: Option<usize>| place.and_then(|place| orders.get(place)?.1.clone());
    let (before, after) = (key(to.checked_sub(1)), key(Some(to)));
    let order = between(desk, before.as_ref(), after.as_ref());
    set(desk, Thing::Record(collection, id), "order", order);
}

/// Puts a record away, or brings it back; said with an offer to take it back.
pub fn archive(desk: Desk, collection: Collection, id: RecordId, away: bool) {
    desk.intend_loudly(Intent::Put {
        thing: Thing::Record(collection, id),
        values: vec![("archived".to_owned(), Some(away.into()))],
    });
}

/// The records of a collection that were put away, with their names.
#[must_use]
pub fn put_away(things: &Things, collection: Collection) -> Vec<(RecordId, String)> {
    let all = things.iter().filter_map(|(thing, facts)| match thing {
        Thing::Record(own, id)
            if *own == collection && thing::exists(facts) && thing::is_on(facts, "archived") =>
        {
            Some((*id, thing::text(facts, "name").to_owned()))
        }
        Thing::Record(..) | Thing::Product | Thing::Person(_) => None,
    });
    all.collect()
}

/// The records of a collection in their order, with their names, followed.
#[must_use]
pub fn names(desk: Desk, collection: Collection) -> Memo<Vec<(RecordId, String)>> {
    Memo::new(move |_| {
        desk.things.with(|things| {
            let records = thing::records(things, collection).into_iter();
            records
                .map(|(id, facts)| (id, thing::text(facts, "name").to_owned()))
                .collect()
        })
    })
}

/// The ids of a collection in their order, followed.
#[must_use]
pub fn ids(desk: Desk, collection: Collection) -> Memo<Vec<RecordId>> {
    Memo::new(move |_| {
        desk.things.with(|things| {
            let records = thing::records(things, collection).into_iter();
            records.map(|(id, _)| id).collect()
        })
    })
}

/// The registers of a thing, followed.
#[must_use]
pub fn facts(desk: Desk, thing: Thing) -> Memo<Facts> {
    Memo::new(move |_| {
        desk.things
            .with(|things| things.get(&thing).cloned().unwrap_or_default())
    })
}

fn orders(desk: Desk, collection: Collection) -> Vec<(RecordId, Option<RankKey>)> {
    desk.things.with_untracked(|things| {
        let records = thing::records(things, collection).into_iter();
        records
            .map(|(id, facts)| (id, thing::text(facts, "order").parse().ok()))
            .collect()
    })
}

/// A rank key between two; anywhere where they leave no room.
fn between(desk: Desk, before: Option<&RankKey>, after: Option<&RankKey>) -> Option<Scalar> {
    let after = after.filter(|after| before.is_none_or(|before| before < *after));
    let keys = desk.draw(|rng| rank::block(before, after, 1, Near::Left, rng));
    keys.first().map(|key| key.as_str().into())
}
