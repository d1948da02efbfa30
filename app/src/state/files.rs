//! Where the bytes of the items' files are, as far as this page knows.

use shared::{
    ids::{FileHash, PersonId},
    model::Attachment,
};

/// What is known of files, by their hashes. Few at a time, so lists will do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// What this device holds, and whether the relay has confirmed it.
    pub held: Vec<(FileHash, bool)>,
    /// What the relay has, since it last said so, in order.
    there: Option<Vec<FileHash>>,
    /// What is on its way.
    moving: Vec<FileHash>,
    /// Why something did not get there.
    troubles: Vec<(FileHash, String)>,
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
        match self.sent(hash) {
            Some(false) => Whereabouts::OnThisDevice,
            Some(true) if file.by == me => Whereabouts::Sent,
            Some(true) => Whereabouts::Somewhere,
            None => match self.is_there(hash) {
                Some(false) => Whereabouts::OnAnotherDevice,
                Some(true) | None => Whereabouts::Somewhere,
            },
        }
    }

    /// Of a file that this device holds, whether the relay has confirmed it.
    #[must_use]
    pub fn sent(&self, hash: FileHash) -> Option<bool> {
        let held = self.held.iter().find(|(own, _)| *own == hash);
        held.map(|(_, sent)| *sent)
    }

    /// Whether the relay has a file, once it said which it has.
    #[must_use]
    pub fn is_there(&self, hash: FileHash) -> Option<bool> {
        let there = self.there.as_ref()?;
        Some(there.binary_search(&hash).is_ok())
    }

    /// Why a file did not get to the relay.
    #[must_use]
    pub fn trouble(&self, hash: FileHash) -> Option<String> {
        let found = self.troubles.iter().find(|(own, _)| *own == hash);
        found.map(|(_, said)| said.clone())
    }

    /// A file is on this device.
    pub fn hold(&mut self, hash: FileHash, sent: bool) {
        self.held.retain(|(own, _)| *own != hash);
        self.held.push((hash, sent));
        self.troubles.retain(|(own, _)| *own != hash);
    }

    /// A file is on its way, or no longer.
    pub fn moves(&mut self, hash: FileHash, on: bool) {
        self.moving.retain(|own| *own != hash);
        if on {
            self.moving.push(hash);
        }
    }

    /// The relay has a file, which this device holds as well.
    pub fn arrived(&mut self, hash: FileHash) {
        self.hold(hash, true);
        let there = self.there.get_or_insert_default();
        if let Err(place) = there.binary_search(&hash) {
            there.insert(place, hash);
        }
    }

    /// A file did not get to the relay, and is not tried again for now.
    pub fn fails(&mut self, hash: FileHash, said: String) {
        self.troubles.retain(|(own, _)| *own != hash);
        self.troubles.push((hash, said));
    }

    /// Takes in what the relay has, in order. Answers what of it was not known of the files that are held here.
    pub fn hear(&mut self, there: Vec<FileHash>) -> Vec<(FileHash, bool)> {
        let mut news = Vec::new();
        for (hash, sent) in &mut self.held {
            let is_there = there.binary_search(hash).is_ok();
            if *sent != is_there {
                *sent = is_there;
                news.push((*hash, is_there));
            }
        }
        self.troubles
            .retain(|(hash, _)| there.binary_search(hash).is_err());
        self.there = Some(there);
        news
    }

    /// The files to bring: those that are held here, that an item names, and that the relay lacks.
    #[must_use]
    pub fn to_bring(&self, named: &[FileHash]) -> Vec<FileHash> {
        let lacking = self.held.iter().filter(|(_, sent)| !*sent);
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
        let news = known.hear(vec![hash(2), hash(3)]);
        assert_eq!(news, [(hash(1), false), (hash(3), true)]);
        assert_eq!(known.to_bring(&[1, 2, 3].map(hash)), [hash(1)]);
        assert_eq!(known.to_bring(&[hash(4)]), [hash(4)]);
        known.arrived(hash(1));
        assert!(known.to_bring(&[1, 2, 3].map(hash)).is_empty());
        assert_eq!(known.is_there(hash(1)), Some(true));
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
        known.hear(vec![hash(2)]);
        assert_eq!(of(&known, 3, other), Whereabouts::OnAnotherDevice);
        known.moves(hash(1), true);
        assert_eq!(of(&known, 1, me), Whereabouts::Moving);
        known.moves(hash(1), false);
        known.fails(hash(1), "full".to_owned());
        assert_eq!(known.trouble(hash(1)), Some("full".to_owned()));
        known.arrived(hash(1));
        assert_eq!(known.trouble(hash(1)), None);
    }
}
