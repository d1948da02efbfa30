//! What people do: random intents on what they see.

use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    ids::{CommentId, CriterionId, ItemId, RecordId},
    intent::{Intent, NewItem, Target, TextEdit, Value},
    model::{Collection, Kind, Place, Scalar, Status, Thing},
    session::messages::ToSession,
    time::Timestamp,
};

const WORDS: &[&str] = &[
    "poker", "vote", "story", "deck", "card", "round", "reveal", "🃏", "naïve", "timer",
];

/// The next thing that somebody wants.
pub(crate) fn wants(
    backlog: &Backlog,
    number: u64,
    at: Timestamp,
    rng: &mut ChaCha8Rng,
) -> ToSession {
    let items: Vec<ItemId> = backlog.rows().map(|row| row.id).collect();
    if items.len() < 3 || rng.random_ratio(1, 8) {
        return ToSession::Intend {
            number,
            intent: add(&items, rng),
            at,
        };
    }
    match rng.random_range(0..20) {
        0 => ToSession::Undo { number },
        1 => ToSession::Redo { number },
        _ => ToSession::Intend {
            number,
            intent: change(backlog, &items, rng),
            at,
        },
    }
}

fn word(rng: &mut ChaCha8Rng) -> String {
    format!(
        "{} {}",
        WORDS.choose(rng).unwrap(),
        rng.random_range(0..100)
    )
}

fn target(items: &[ItemId], rng: &mut ChaCha8Rng) -> Target {
    match (rng.random_range(0..4), items.choose(rng)) {
        (0, _) | (_, None) => Target::Top,
        (1, _) => Target::Bottom,
        (2, Some(item)) => Target::Before(*item),
        (_, Some(item)) => Target::After(*item),
    }
}

fn add(items: &[ItemId], rng: &mut ChaCha8Rng) -> Intent {
    let new = (0..rng.random_range(1..4)).map(|_| {
        let description = if rng.random_ratio(1, 2) {
            "As imported.".to_owned()
        } else {
            String::new()
        };
        NewItem {
            description,
            ..NewItem::titled(ItemId::random(rng), word(rng))
        }
    });
    Intent::Add {
        items: new.collect(),
        at: target(items, rng),
    }
}

fn change(backlog: &Backlog, items: &[ItemId], rng: &mut ChaCha8Rng) -> Intent {
    let item = *items.choose(rng).unwrap();
    let some: Vec<ItemId> = items.choose_multiple(rng, 2).copied().collect();
    match rng.random_range(0..20) {
        12 => Intent::Place {
            items: some,
            place: place(backlog, rng),
            at: None,
        },
        13 => Intent::Order { items: some },
        14 => Intent::Mark {
            items: some,
            key: "score:card:reach".into(),
            value: Some(f64::from(rng.random_range(1..9)).into()),
        },
        15 => Intent::Decline {
            items: some,
            reason: "other".into(),
            note: word(rng),
            reconsider_on: None,
        },
        16 => Intent::Merge {
            items: some,
            into: item,
        },
        17 => Intent::Restore { items: some },
        18 | 19 => thing(backlog, rng),
        0..3 => Intent::Move {
            items: some,
            to: target(items, rng),
        },
        3 => Intent::Set {
            items: some,
            value: Value::Title(word(rng)),
        },
        4 => Intent::Set {
            items: some,
            value: Value::Estimate(Some(f64::from(rng.random_range(0..40)))),
        },
        5 => Intent::Set {
            items: some,
            value: Value::Status(*Status::CHOICES.choose(rng).unwrap()),
        },
        6 => Intent::Set {
            items: some,
            value: Value::Kind(*Kind::ALL.choose(rng).unwrap()),
        },
        7 => Intent::Tag {
            items: some,
            tag: "urgent".into(),
            on: rng.random(),
        },
        8 => Intent::Archive {
            items: some,
            reason: "obsolete".into(),
        },
        9 => Intent::AddCriterion {
            item,
            id: CriterionId::random(rng),
            text: word(rng),
            requirement: rng.random(),
        },
        10 => Intent::AddComment {
            item,
            id: CommentId::random(rng),
            text: word(rng),
        },
        _ => describe(backlog, item, rng),
    }
}

/// A list or release that is there, or the product backlog, or the inbox.
fn place(backlog: &Backlog, rng: &mut ChaCha8Rng) -> Place {
    let records = backlog.things().keys().filter_map(|thing| match thing {
        Thing::Record(Collection::Lists, id) => Some(Place::List(*id)),
        Thing::Record(Collection::Releases, id) => Some(Place::Release(*id)),
        _ => None,
    });
    let mut places: Vec<Place> = records.collect();
    places.extend([Place::Product, Place::Inbox]);
    *places.choose(rng).unwrap()
}

/// A new list or release, one that is removed or brought back, a tag that is renamed.
fn thing(backlog: &Backlog, rng: &mut ChaCha8Rng) -> Intent {
    let records: Vec<Thing> = backlog
        .things()
        .keys()
        .filter(|thing| matches!(thing, Thing::Record(..)))
        .copied()
        .collect();
    let (thing, key, value): (Thing, &str, Scalar) =
        match (rng.random_range(0..4), records.choose(rng)) {
            (0, _) => {
                let tags = ["urgent", "later", "soon"];
                let value = (*tags.choose(rng).unwrap()).into();
                (Thing::Product, "tag:urgent:now", value)
            }
            (1, Some(thing)) => (*thing, "archived", rng.random::<bool>().into()),
            _ => {
                let collection = [Collection::Lists, Collection::Releases];
                let id = RecordId::random(rng);
                let thing = Thing::Record(*collection.choose(rng).unwrap(), id);
                (thing, "name", word(rng).into())
            }
        };
    Intent::Put {
        thing,
        values: vec![(key.to_owned(), Some(value))],
    }
}

fn describe(backlog: &Backlog, item: ItemId, rng: &mut ChaCha8Rng) -> Intent {
    let detail = backlog.detail(item).unwrap();
    let length = detail.description.encode_utf16().count();
    let at = rng.random_range(0..=length);
    let edit = TextEdit {
        at,
        delete: rng.random_range(0..=(length - at).min(3)),
        insert: word(rng),
    };
    Intent::EditDescription {
        item,
        version: detail.description_version,
        edit,
    }
}
