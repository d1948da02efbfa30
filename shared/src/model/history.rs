//! The past of an item as plain values: what its trail says (`MODEL.md` T1). Reports are computed from it.

use serde::{Deserialize, Serialize};

use super::{Author, Kind, Place, Status};
use crate::{ids::ItemId, time::Timestamp};

/// What an entry of the trail set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Became {
    /// The item stands elsewhere on its way.
    Status(Status),
    /// It is in another backlog or list.
    Place(Place),
    /// It was estimated, or its estimate was taken away.
    Estimate(Option<f64>),
    /// It has another type.
    Kind(Kind),
}

impl Became {
    /// Reads an entry of the trail, `status=done`; `None` for one that this version does not know.
    #[must_use]
    pub fn read(entry: &str) -> Option<Self> {
        let (register, value) = entry.split_once('=')?;
        match register {
            "status" => Status::from_word(value).map(Self::Status),
            "place" => Place::from_word(value).map(Self::Place),
            "kind" => Kind::from_word(value).map(Self::Kind),
            "estimate" => {
                let size = value.parse().ok();
                Some(Self::Estimate(
                    size.filter(|size: &f64| size.is_finite() && *size >= 0.0),
                ))
            }
            _ => None,
        }
    }
}

/// One entry of the trail.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// When, by the clock of whoever made it.
    pub at: Timestamp,
    /// Who: a place in [`History::people`], counted from 1; 0 where nobody knows.
    by: u16,
    /// What it set.
    pub became: Became,
}

/// The past of one item, oldest first. Items whose creation was undone have one as well: they stood in charts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Which.
    pub item: ItemId,
    /// Everybody who made an entry, each once: sixteen bytes for a person, not for an entry.
    people: Vec<Author>,
    transitions: Vec<Transition>,
}

impl History {
    /// An item without a past.
    #[must_use]
    pub const fn of(item: ItemId) -> Self {
        Self {
            item,
            people: Vec::new(),
            transitions: Vec::new(),
        }
    }

    /// Adds the next entry.
    pub fn push(&mut self, at: Timestamp, by: Option<Author>, became: Became) {
        let place = by.map(|by| {
            let known = self.people.iter().position(|person| *person == by);
            known.unwrap_or_else(|| {
                self.people.push(by);
                self.people.len() - 1
            })
        });
        let by = place.and_then(|place| u16::try_from(place + 1).ok());
        self.transitions.push(Transition {
            at,
            by: by.unwrap_or(0),
            became,
        });
    }

    /// Its entries, oldest first.
    #[must_use]
    pub fn transitions(&self) -> &[Transition] {
        &self.transitions
    }

    /// Who made one of its entries.
    #[must_use]
    pub fn by(&self, transition: &Transition) -> Option<Author> {
        let place = usize::from(transition.by).checked_sub(1)?;
        self.people.get(place).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::PersonId;

    #[test]
    fn t1_entries_are_read_and_what_is_unknown_is_left_out() {
        assert_eq!(
            Became::read("status=done"),
            Some(Became::Status(Status::Done))
        );
        assert_eq!(
            Became::read("place=inbox"),
            Some(Became::Place(Place::Inbox))
        );
        assert_eq!(
            Became::read("estimate=0.5"),
            Some(Became::Estimate(Some(0.5)))
        );
        for none in ["estimate=none", "estimate=", "estimate=-3", "estimate=NaN"] {
            assert_eq!(Became::read(none), Some(Became::Estimate(None)), "{none}");
        }
        for unknown in ["", "status", "status=flying", "mood=good"] {
            assert_eq!(Became::read(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn t1_everybody_is_named_once() {
        let mut history = History::of("abcdefghijkm".parse().unwrap());
        let [ada, bob] = [1, 2].map(|byte| Author::known(PersonId::from_bytes([byte; 16])));
        for by in [Some(ada), None, Some(bob), Some(ada)] {
            history.push(Timestamp::default(), by, Became::Status(Status::Todo));
        }
        let by: Vec<_> = history
            .transitions()
            .iter()
            .map(|one| history.by(one))
            .collect();
        assert_eq!(by, [Some(ada), None, Some(bob), Some(ada)]);
        assert_eq!(history.people.len(), 2);
    }
}
