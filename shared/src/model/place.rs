//! The backlog or list that an item is in: one register, so that moving it there is atomic.

use serde::{Deserialize, Serialize};

use super::thing::{Collection, Thing};
use crate::ids::RecordId;

/// Where an item is. Its word is also the scope of its rank key there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// Not triaged yet (PB-08).
    Inbox,
    /// The product backlog's ranked list.
    Product,
    /// A list beside it: a parking lot or a planning stage (PB-12, BT-37).
    List(RecordId),
    /// A release backlog.
    Release(RecordId),
    /// A sprint backlog.
    Sprint(RecordId),
}

impl Place {
    /// The word that stands in documents, addresses and exports.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Inbox => "inbox".to_owned(),
            Self::Product => "product".to_owned(),
            Self::List(id) => format!("list:{id}"),
            Self::Release(id) => format!("release:{id}"),
            Self::Sprint(id) => format!("sprint:{id}"),
        }
    }

    /// The place of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.split_once(':') {
            None if word == "inbox" => Some(Self::Inbox),
            None if word == "product" => Some(Self::Product),
            Some(("list", id)) => id.parse().ok().map(Self::List),
            Some(("release", id)) => id.parse().ok().map(Self::Release),
            Some(("sprint", id)) => id.parse().ok().map(Self::Sprint),
            None | Some(_) => None,
        }
    }

    /// The place that a record is, if it is one.
    #[must_use]
    pub const fn of_record(collection: Collection, id: RecordId) -> Option<Self> {
        match collection {
            Collection::Lists => Some(Self::List(id)),
            Collection::Releases => Some(Self::Release(id)),
            Collection::Sprints => Some(Self::Sprint(id)),
            Collection::Goals
            | Collection::Initiatives
            | Collection::Themes
            | Collection::Feedback
            | Collection::Scorecards
            | Collection::Meetings => None,
        }
    }

    /// The record that stands for it, where there is one.
    #[must_use]
    pub const fn record(self) -> Option<Thing> {
        match self {
            Self::Inbox | Self::Product => None,
            Self::List(id) => Some(Thing::Record(Collection::Lists, id)),
            Self::Release(id) => Some(Thing::Record(Collection::Releases, id)),
            Self::Sprint(id) => Some(Thing::Record(Collection::Sprints, id)),
        }
    }

    /// What a list becomes as a release, and a release as a list: the record of the same id (`MODEL.md` P3).
    #[must_use]
    pub const fn converted(self) -> Option<Self> {
        match self {
            Self::List(id) => Some(Self::Release(id)),
            Self::Release(id) => Some(Self::List(id)),
            Self::Inbox | Self::Product | Self::Sprint(_) => None,
        }
    }

    /// Whether what is there belongs to the product backlog: accepted, and in no release or sprint (PB-03).
    #[must_use]
    pub const fn is_product_backlog(self) -> bool {
        matches!(self, Self::Product | Self::List(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_places_and_nothing_else_does() {
        let id: RecordId = "abcdefghijkm".parse().unwrap();
        for place in [
            Place::Inbox,
            Place::Product,
            Place::List(id),
            Place::Release(id),
            Place::Sprint(id),
        ] {
            assert_eq!(Place::from_word(&place.word()), Some(place));
        }
        for word in ["", "list", "list:", "list:x", "planet:abcdefghijkm"] {
            assert_eq!(Place::from_word(word), None, "{word}");
        }
    }
}
