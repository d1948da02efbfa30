//! What people do: random intents on what they see.

use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    ids::{CommentId, CriterionId, ItemId},
    intent::{Intent, NewItem, Target, TextEdit, Value},
    model::{Kind, Status},
    session::messages::ToSession,
};

const WORDS: &[&str] = &[
    "poker", "vote", "story", "deck", "card", "round", "reveal", "🃏", "naïve", "timer",
];

/// The next thing that somebody wants.
pub(crate) fn wants(backlog: &Backlog, number: u64, rng: &mut ChaCha8Rng) -> ToSession {
    let items: Vec<ItemId> = backlog.rows().map(|row| row.id).collect();
    if items.len() < 3 || rng.random_ratio(1, 8) {
        return ToSession::Intend {
            number,
            intent: add(&items, rng),
        };
    }
    match rng.random_range(0..20) {
        0 => ToSession::Undo { number },
        1 => ToSession::Redo { number },
        _ => ToSession::Intend {
            number,
            intent: change(backlog, &items, rng),
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
    match rng.random_range(0..12) {
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
        },
        10 => Intent::AddComment {
            item,
            id: CommentId::random(rng),
            text: word(rng),
        },
        _ => describe(backlog, item, rng),
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
