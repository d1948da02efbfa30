//! Where the bytes of the items' files are, as far as this page knows.

use std::collections::{BTreeMap, BTreeSet};

use shared::{
    ids::{FileHash, PersonId},
    model::Attachment,
};

/// What is known of files, by their hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What this device holds, and whether the relay has confirmed it.
    pub held: BTreeMap<FileHash, bool>,
    /// What the relay has, since it last said so.
    pub there: Option<BTreeSet<FileHash>>,
    /// What is on its way.
    pub moving: BTreeSet<FileHash>,
    /// Why something did not get there.
    pub troubles: BTreeMap<FileHash, String>,
    /// Whether this page brings files to the relay right now.
    pub is_sending: bool,
    /// Whether there was more to bring since it began.
    pub has_more: bool,
}

/// Where one file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// Nothing is known, or nothing worth a word.
    Somewhere,
    /// On its way.
    Moving,
    /// Here, and not on the relay yet.
    OnThisDevice,
    /// Here and on the relay.
    Sent,
    /// Neither here nor on the relay.
    OnAnotherDevice,
}

impl Known {
    /// Where a file is. The relay's confirmation is worth telling to who attached it.
    #[must_use]
    pub fn whereabouts(&self, file: &Attachment, me: PersonId) -> Whereabouts {
        let hash = file.hash;
        if self.moving.contains(&hash) {
            return Whereabouts::Moving;
        }
        match self.held.get(&hash) {
            Some(false) => Whereabouts::OnThisDevice,
            Some(true) if file.by == me => Whereabouts::Sent,
            Some(true) => Whereabouts::Somewhere,
            None => match &self.there {
                Some(there) if !there.contains(&hash) => Whereabouts::OnAnotherDevice,
                Some(_) | None => Whereabouts::Somewhere,
            },
        }
    }

    /// Takes in what the relay has. Answers what of it was not known of the files that are held here.
    pub fn hear(&mut self, there: BTreeSet<FileHash>) -> Vec<(FileHash, bool)> {
        let mut news = Vec::new();
        for (hash, sent) in &mut self.held {
            let is_there = there.contains(hash);
            if *sent != is_there {
                *sent = is_there;
                news.push((*hash, is_there));
            }
        }
        self.troubles.retain(|hash, _| !there.contains(hash));
        self.there = Some(there);
        news
    }

    /// The files to bring: those that are held here, that an item names, and that the relay lacks.
    #[must_use]
    pub fn to_bring(&self, named: &BTreeSet<FileHash>) -> Vec<FileHash> {
        let lacking = self.held.iter().filter(|(_, sent)| !**sent);
        lacking
            .map(|(hash, _)| *hash)
            .filter(|hash| named.contains(hash))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(n: u8) -> FileHash {
        FileHash::from_bytes([n; 32])
    }

    fn known(held: &[(u8, bool)]) -> Known {
        Known {
            held: held.iter().map(|(n, sent)| (hash(*n), *sent)).collect(),
            ..Known::default()
        }
    }

    #[test]
    fn f5_a_relay_that_lost_files_gets_them_again() {
        let mut known = known(&[(1, true), (2, true), (3, false), (4, false)]);
        let news = known.hear([hash(2), hash(3)].into());
        assert_eq!(news, [(hash(1), false), (hash(3), true)]);
        let named = [1, 2, 3].map(hash).into();
        assert_eq!(known.to_bring(&named), [hash(1)]);
        assert_eq!(known.to_bring(&[4].map(hash).into()), [hash(4)]);
    }

    #[test]
    fn pb_32_a_file_says_where_it_is() {
        let (me, other) = (PersonId::from_bytes([1; 16]), PersonId::from_bytes([2; 16]));
        let file = |n: u8, by: PersonId| {
            Attachment::new(hash(n), 1, ("a", "text/plain")).by(by, Default::default())
        };
        let mut known = known(&[(1, false), (2, true)]);
        let of = |known: &Known, n: u8, by: PersonId| known.whereabouts(&file(n, by), me);
        assert_eq!(of(&known, 1, me), Whereabouts::OnThisDevice);
        assert_eq!(of(&known, 2, me), Whereabouts::Sent);
        assert_eq!(of(&known, 2, other), Whereabouts::Somewhere);
        assert_eq!(
            of(&known, 3, other),
            Whereabouts::Somewhere,
            "not asked yet"
        );
        known.hear([hash(2)].into());
        assert_eq!(of(&known, 3, other), Whereabouts::OnAnotherDevice);
        known.moving.insert(hash(1));
        assert_eq!(of(&known, 1, me), Whereabouts::Moving);
    }
}
