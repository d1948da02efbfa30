//! Pulling what is not ready into a release or sprint: it is asked about once, and the item keeps what it lacked (PB-32).

use super::{
    Judge,
    ready::{Find, stage, stage_of},
};
use crate::{
    ids::ItemId,
    intent::{Intent, Value},
    model::Field,
};

/// An item that an intent pulls although it is not ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unready {
    /// The item.
    pub item: ItemId,
    /// The labels of the required checks that it does not pass where it is now.
    pub missing: Vec<String>,
}

impl Unready {
    /// What the item keeps.
    #[must_use]
    pub fn words(&self) -> String {
        self.missing.join(", ")
    }
}

/// The open items that an intent takes a stage further although the meter that people see does not say "ready". Left out
/// is what was pulled before with the same things missing: it has been asked about. A list that becomes a release pulls
/// nothing.
#[must_use]
pub fn unready(judge: &Judge, intent: &Intent, find: Find<'_>) -> Vec<Unready> {
    match intent {
        Intent::Place { items, place, .. } => {
            let rows = items.iter().filter_map(|item| find(*item));
            let pulled = rows.filter(|row| row.status.is_open() && stage(row) < stage_of(*place));
            pulled
                .filter_map(|row| {
                    let missing = judge.meter(row, find).missing();
                    let found = Unready {
                        item: row.id,
                        missing,
                    };
                    let is_new = row.text(Field::PulledNotReady) != found.words();
                    (!found.missing.is_empty() && is_new).then_some(found)
                })
                .collect()
        }
        Intent::Together { name, parts, .. } if name != "convert" => parts
            .iter()
            .flat_map(|part| unready(judge, part, find))
            .collect(),
        _ => Vec::new(),
    }
}

/// The same intent as one step that also keeps on each item what it lacks.
#[must_use]
pub fn recorded(intent: Intent, unready: &[Unready]) -> Intent {
    let notes = unready.iter().map(|one| Intent::Set {
        items: vec![one.item],
        value: Value::Field(Field::PulledNotReady, Some(one.words().into())),
    });
    match intent {
        Intent::Together {
            name,
            said,
            mut parts,
        } => {
            parts.extend(notes);
            Intent::Together { name, said, parts }
        }
        one => {
            let said = match unready.len() {
                1 => "Pulled 1 item that is not ready".to_owned(),
                many => format!("Pulled {many} items that are not ready"),
            };
            Intent::Together {
                name: "place".to_owned(),
                said,
                parts: std::iter::once(one).chain(notes).collect(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        ids::RecordId,
        model::{Place, Row, Things},
        time::Timestamp,
    };

    fn id(letter: char) -> ItemId {
        letter.to_string().repeat(12).parse().unwrap()
    }

    fn into(items: &[ItemId], place: Place) -> Intent {
        Intent::Place {
            items: items.to_vec(),
            place,
            at: None,
        }
    }

    #[test]
    fn pb_32_what_is_not_ready_is_asked_about_once_when_it_is_pulled() {
        let judge = Judge::of(&Things::new(), Timestamp::from_ms(0), 0);
        let mut ready = Row::blank(id('a'));
        ready.described = true;
        ready.benefits = true;
        ready.for_whom = "players".to_owned();
        ready.estimate = Some(3.0);
        let raw = Row::blank(id('b'));
        let mut rows: BTreeMap<ItemId, Row> =
            [ready, raw].into_iter().map(|row| (row.id, row)).collect();
        let record: RecordId = "abcdefghijkm".parse().unwrap();
        let release = Place::Release(record);
        let both = [id('a'), id('b')];
        let asked = |rows: &BTreeMap<ItemId, Row>, intent: &Intent| {
            unready(&judge, intent, &|id| rows.get(&id))
        };

        // Nothing is pursued, so nothing can be aligned.
        let found = asked(&rows, &into(&both, release));
        let of_raw = found.iter().find(|one| one.item == id('b')).unwrap();
        assert!(of_raw.words().contains("Has a description"));
        assert!(asked(&rows, &into(&both, Place::List(record))).is_empty());

        let Intent::Together { parts, .. } = recorded(into(&both, release), &found) else {
            panic!("several things are one step");
        };
        assert_eq!(parts.len(), 1 + found.len());
        let kept = Intent::Set {
            items: vec![id('b')],
            value: Value::Field(Field::PulledNotReady, Some(of_raw.words().into())),
        };
        assert!(parts.contains(&kept));

        // Asked once: what it lacked then is what it lacks now.
        let words = of_raw.words();
        let raw = rows.get_mut(&id('b')).unwrap();
        raw.set_field(Field::PulledNotReady, Some(words.into()));
        let again = asked(&rows, &into(&both, release));
        assert!(again.iter().all(|one| one.item != id('b')));

        // What is there already, or done, is not pulled.
        let raw = rows.get_mut(&id('b')).unwrap();
        raw.set_field(Field::PulledNotReady, None);
        raw.place = release;
        assert!(asked(&rows, &into(&[id('b')], release)).is_empty());
        let raw = rows.get_mut(&id('b')).unwrap();
        raw.place = Place::Product;
        raw.status = crate::model::Status::Done;
        assert!(asked(&rows, &into(&[id('b')], release)).is_empty());
    }
}
