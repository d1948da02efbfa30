//! What can be done for a backlog that does not open: its stored bytes go into a file as they are, unread, and the device
//! starts over with nothing but the way to the relay.

use super::{BACKUP_MAGIC, Stored, storage::Meta};
use crate::ids::DocumentId;

/// What a device holds of a backlog as a backup file, without reading any of it.
#[must_use]
pub fn raw_backup(document: DocumentId, stored: &Stored) -> Vec<u8> {
    let chunks = stored.chunks.iter().map(|(_, bytes)| bytes.as_slice());
    let parts = stored.snapshot.as_deref().into_iter().chain(chunks);
    let mut file = backup_file(document);
    parts.for_each(|part| file.extend_from_slice(part));
    file
}

/// The beginning of every backup file; the document's chunks follow.
pub(super) fn backup_file(document: DocumentId) -> Vec<u8> {
    [BACKUP_MAGIC.as_slice(), document.as_bytes()].concat()
}

/// What stays of a session's record when its document is given up: by which link the backlog is reached, and the changes
/// that the relay refused. The session that finds it writes under a new actor and fetches everything. `None` when the
/// record can't be read.
#[must_use]
pub fn reached_alone(meta: &[u8]) -> Option<Vec<u8>> {
    let (_, _, access, kept) = Meta::read(meta)?;
    Some(Meta::default().write(None, &access, &kept.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use automerge::{ActorId, AutoCommit, Change, ObjType, ROOT, transaction::Transactable};
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::session::trust::Kept;
    use crate::{
        document::Backlog,
        ids::{ItemId, PersonId},
        intent::{Intent, NewItem, Target},
        session::access::Access,
        sync::{
            access::Secret,
            frame::{Cursor, Mark},
        },
        time::Timestamp,
    };

    const DOCUMENT: DocumentId = DocumentId::from_bytes([1; 16]);

    /// A backlog's first change, the document then, and the changes after it.
    fn story() -> (Vec<u8>, Vec<u8>, Vec<Vec<u8>>) {
        let (mut rng, now) = (ChaCha8Rng::seed_from_u64(1), Timestamp::default());
        let person = PersonId::random(&mut rng);
        let (mut backlog, first) = Backlog::create("Trial", person, [1; 16], now);
        let snapshot = backlog.save();
        let mut add = |title: &str| {
            let item = NewItem::titled(ItemId::random(&mut rng), title);
            let intent = Intent::Add {
                items: vec![item],
                at: Target::Bottom,
            };
            let mut plan = backlog.plan(&intent, now, &mut rng).unwrap();
            let change = backlog.perform(&mut plan, now, &mut rng).unwrap();
            change.unwrap().bytes
        };
        let later = vec![add("one"), add("two")];
        (first.bytes, snapshot, later)
    }

    fn numbered(chunks: Vec<Vec<u8>>) -> Vec<(u64, Vec<u8>)> {
        (1..).zip(chunks).collect()
    }

    /// The changes in a file, as a merge finds them.
    fn read(file: &[u8]) -> usize {
        let document = file.strip_prefix(backup_file(DOCUMENT).as_slice()).unwrap();
        Backlog::changes_of(document).unwrap().len()
    }

    #[test]
    fn stored_bytes_are_a_backup_with_and_without_a_snapshot() {
        let (first, snapshot, later) = story();
        let with = Stored {
            snapshot: Some(snapshot),
            chunks: numbered(later.clone()),
            ..Stored::default()
        };
        assert_eq!(read(&raw_backup(DOCUMENT, &with)), 3);
        let without = Stored {
            chunks: numbered([vec![first], later].concat()),
            ..Stored::default()
        };
        assert_eq!(read(&raw_backup(DOCUMENT, &without)), 3);
    }

    /// A change into an object of somebody who is not there.
    fn poison() -> Vec<u8> {
        let mut stranger = AutoCommit::new().with_actor(ActorId::from([7; 16]));
        let map = stranger.put_object(ROOT, "map", ObjType::Map).unwrap();
        let mut writer = stranger.fork().with_actor(ActorId::from([8; 16]));
        writer.put(&map, "key", 1).unwrap();
        writer.commit();
        let mut expanded = writer.get_last_local_change().unwrap().decode();
        expanded.deps = Vec::new();
        expanded.hash = None;
        Change::from(expanded).raw_bytes().to_vec()
    }

    #[test]
    fn a_change_that_breaks_the_document_stays_behind_when_the_file_is_merged() {
        let (_, snapshot, mut later) = story();
        later.insert(1, poison());
        let stored = Stored {
            snapshot: Some(snapshot),
            chunks: numbered(later),
            ..Stored::default()
        };
        let file = raw_backup(DOCUMENT, &stored);
        let bad = poison();
        assert!(file.windows(bad.len()).any(|part| part == bad));
        assert_eq!(read(&file), 3);
    }

    #[test]
    fn a_device_that_starts_over_knows_its_link_and_nothing_of_the_log() {
        let access = Access {
            secret: Some(Secret::random(&mut ChaCha8Rng::seed_from_u64(7))),
            aside: vec![vec![1, 2, 3]],
            ..Access::default()
        };
        let held = Meta {
            actor: [5; 16],
            next_chunk: 9,
            ..Meta::default()
        };
        let cursor = Cursor {
            epoch: 3,
            mark: Mark {
                seq: 8,
                sum: [4; 32],
            },
        };
        let left = reached_alone(&held.write(Some(cursor), &access, &Kept::default())).unwrap();
        assert_eq!(
            Meta::read(&left),
            Some((Meta::default(), None, access, Some(Kept::default())))
        );
        assert_eq!(reached_alone(b""), None);
    }
}
