//! The promises of [`Store`], checked. Each implementation runs [`run`], also behind wrappers that inject faults.

#![allow(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    reason = "this is a test that other packages can run"
)]

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use shared::{
    ids::{DocumentId, FileHash, PersonId},
    limits::{FILE_BYTES_MAX, FILES_BYTES_MAX, FILES_MAX},
    sync::access::{Role, Verifier},
    time::Timestamp,
};

use super::{
    Epoch, NewChange, Snapshot, Store, StoreError,
    files::{Begun, FILE_CHUNK_BYTES, UploadId},
    links::{LINKS_MAX, Link, Shelf},
};

/// Checks every promise, each on a store of its own from `make`.
pub async fn run(make: impl Fn() -> Arc<dyn Store>) {
    an_unknown_document_begins_with_its_first_append(make()).await;
    changes_are_numbered_from_one_without_gaps(make()).await;
    a_repeated_append_answers_the_old_number(make()).await;
    the_order_of_calls_is_the_order_of_the_log(make()).await;
    a_refused_append_stores_nothing(make()).await;
    reading_stops_at_the_bound_but_gives_one(make()).await;
    the_two_newest_snapshots_are_kept(make()).await;
    documents_are_listed(make()).await;
    writers_at_once_leave_no_gap(make()).await;
    a_backlog_is_founded_once_with_its_first_link(make()).await;
    links_are_added_and_replaced(make()).await;
    a_person_belongs_to_the_first_key(make()).await;
    a_removed_document_does_not_come_back_by_itself(make()).await;
    a_file_is_there_once_all_of_it_is(make()).await;
    files_take_no_more_room_than_they_may(make()).await;
    files_go_with_their_document(make()).await;
}

async fn a_removed_document_does_not_come_back_by_itself(store: Arc<dyn Store>) {
    let epoch = store.open(document(1)).await.unwrap().epoch;
    assert_eq!(
        store.remove(document(1)).await,
        Err(StoreError::UnknownDocument)
    );
    for document in [document(1), document(2)] {
        let appended = store.append(document, epoch, vec![change("a"), change("b")]);
        appended.await.unwrap();
    }
    let snapshot = Snapshot {
        epoch,
        seq: 2,
        heads: Vec::new(),
        body: Bytes::from_static(b"both"),
    };
    store
        .put_snapshot(document(1), epoch, snapshot)
        .await
        .unwrap();
    store.remove(document(1)).await.unwrap();
    assert_eq!(store.open(document(1)).await, Err(StoreError::Removed));
    assert_eq!(store.read(document(1), 1, usize::MAX).await, Ok(Vec::new()));
    assert_eq!(
        store.snapshot(document(1)).await,
        Err(StoreError::UnknownDocument)
    );
    let again = store.append(document(1), epoch, vec![change("a")]).await;
    assert_eq!(again, Err(StoreError::Removed));
    let left = store.documents().await.unwrap();
    assert_eq!(
        left.iter().map(|info| info.document).collect::<Vec<_>>(),
        [document(2)]
    );
    store.readmit(document(1)).await.unwrap();
    assert_eq!(
        store.readmit(document(1)).await,
        Err(StoreError::UnknownDocument)
    );
    let appended = store.append(document(1), epoch, vec![change("b")]).await;
    assert_eq!(appended.unwrap().seqs, [1], "it begins anew");
}

/// A change that is sound as bytes: its content is the text. Automerge would not accept it.
#[must_use]
pub fn change(text: &str) -> NewChange {
    let mut chunk = vec![1, u8::try_from(text.len()).unwrap()];
    chunk.extend_from_slice(text.as_bytes());
    let hash = Sha256::digest(&chunk).into();
    let mut body = vec![0x85, 0x6f, 0x4a, 0x83];
    let hash_bytes: &[u8; 32] = &hash;
    body.extend_from_slice(&hash_bytes[..4]);
    body.extend_from_slice(&chunk);
    NewChange {
        hash,
        meta: text.as_bytes().to_vec(),
        body: Bytes::from(body),
    }
}

/// The id of the test's nth document.
#[must_use]
pub fn document(n: u8) -> DocumentId {
    DocumentId::from_bytes([n; 16])
}

async fn create(store: &Arc<dyn Store>, n: u8) -> Epoch {
    let opened = store.open(document(n)).await.unwrap();
    store
        .append(document(n), opened.epoch, Vec::new())
        .await
        .unwrap();
    opened.epoch
}

fn changes(prefix: &str, count: usize) -> Vec<NewChange> {
    (0..count)
        .map(|n| change(&format!("{prefix}{n}")))
        .collect()
}

async fn an_unknown_document_begins_with_its_first_append(store: Arc<dyn Store>) {
    let looked = store.open(document(1)).await.unwrap();
    assert_eq!(
        (looked.last_seq, looked.metas.len(), looked.snapshot),
        (0, 0, None)
    );
    let other = store.open(document(1)).await.unwrap();
    assert_ne!(other.epoch, looked.epoch, "epochs are random");
    assert!(
        store.documents().await.unwrap().is_empty(),
        "looking leaves no trace"
    );
    let unknown = store.read(document(9), 1, 1).await;
    assert_eq!(unknown, Ok(Vec::new()));
    let unknown = store.snapshot(document(9)).await;
    assert_eq!(unknown, Err(StoreError::UnknownDocument));
    store
        .append(document(1), looked.epoch, changes("a", 1))
        .await
        .unwrap();
    let begun = store.open(document(1)).await.unwrap();
    assert_eq!((begun.epoch, begun.last_seq), (looked.epoch, 1));
    let late = store
        .append(document(1), other.epoch, changes("b", 1))
        .await;
    assert_eq!(late, Err(StoreError::EpochChanged), "only one log begins");
}

async fn changes_are_numbered_from_one_without_gaps(store: Arc<dyn Store>) {
    let epoch = create(&store, 1).await;
    let first = store
        .append(document(1), epoch, changes("a", 3))
        .await
        .unwrap();
    assert_eq!(first.seqs, [1, 2, 3]);
    let second = store
        .append(document(1), epoch, changes("b", 2))
        .await
        .unwrap();
    assert_eq!(second.seqs, [4, 5]);
    let other = create(&store, 2).await;
    let apart = store
        .append(document(2), other, changes("a", 1))
        .await
        .unwrap();
    assert_eq!(apart.seqs, [1], "each document counts for itself");
    let opened = store.open(document(1)).await.unwrap();
    assert_eq!(opened.last_seq, 5);
    let expected: Vec<(u64, Vec<u8>)> = [(1, "a0"), (2, "a1"), (3, "a2"), (4, "b0"), (5, "b1")]
        .map(|(seq, text)| (seq, text.as_bytes().to_vec()))
        .into();
    assert_eq!(opened.metas, expected);
}

async fn a_repeated_append_answers_the_old_number(store: Arc<dyn Store>) {
    let epoch = create(&store, 1).await;
    store
        .append(document(1), epoch, changes("a", 3))
        .await
        .unwrap();
    let mixed = vec![change("a1"), change("new"), change("a0"), change("new")];
    let answer = store.append(document(1), epoch, mixed).await.unwrap();
    assert_eq!(answer.seqs, [2, 4, 1, 4]);
    let all = store.read(document(1), 1, usize::MAX).await.unwrap();
    assert_eq!(all.len(), 4);
}

async fn the_order_of_calls_is_the_order_of_the_log(store: Arc<dyn Store>) {
    let epoch = create(&store, 1).await;
    let answers: Vec<_> = changes("a", 40)
        .into_iter()
        .map(|change| store.append(document(1), epoch, vec![change]))
        .collect();
    // Awaited backwards: queued is queued.
    for (n, answer) in answers.into_iter().enumerate().rev() {
        assert_eq!(answer.await.unwrap().seqs, [n as u64 + 1]);
    }
    drop(store.append(document(1), epoch, vec![change("unheard")]));
    let last = store.append(document(1), epoch, vec![change("last")]).await;
    assert_eq!(last.unwrap().seqs, [42], "a dropped answer drops no work");
}

async fn a_refused_append_stores_nothing(store: Arc<dyn Store>) {
    let epoch = create(&store, 1).await;
    let stale = store.append(document(1), epoch ^ 1, changes("a", 1)).await;
    assert_eq!(stale, Err(StoreError::EpochChanged));
    let mut forged = changes("a", 2);
    forged[1].hash[31] ^= 1;
    let mismatch = store.append(document(1), epoch, forged).await;
    assert_eq!(mismatch, Err(StoreError::HashMismatch));
    let opened = store.open(document(1)).await.unwrap();
    assert_eq!(opened.last_seq, 0);
}

async fn reading_stops_at_the_bound_but_gives_one(store: Arc<dyn Store>) {
    let epoch = create(&store, 1).await;
    let appended = changes("a", 5);
    let len = appended[0].body.len();
    store
        .append(document(1), epoch, appended.clone())
        .await
        .unwrap();
    let seqs =
        |found: Vec<(u64, Vec<u8>)>| found.into_iter().map(|(seq, _)| seq).collect::<Vec<_>>();
    let read = async |from, bytes| seqs(store.read(document(1), from, bytes).await.unwrap());
    assert_eq!(read(1, 0).await, [1]);
    assert_eq!(read(2, 2 * len).await, [2, 3]);
    assert_eq!(read(2, 2 * len - 1).await, [2]);
    assert_eq!(read(5, usize::MAX).await, [5]);
    assert!(read(6, usize::MAX).await.is_empty());
    let all = store.read(document(1), 1, usize::MAX).await.unwrap();
    let bodies: Vec<Bytes> = all.into_iter().map(|(_, body)| body.into()).collect();
    let expected: Vec<Bytes> = appended.into_iter().map(|change| change.body).collect();
    assert_eq!(bodies, expected);
}

async fn the_two_newest_snapshots_are_kept(store: Arc<dyn Store>) {
    let epoch = create(&store, 1).await;
    store
        .append(document(1), epoch, changes("a", 4))
        .await
        .unwrap();
    assert_eq!(store.snapshot(document(1)).await.unwrap(), None);
    let snapshot = |seq: u64| Snapshot {
        epoch,
        seq,
        heads: vec![[u8::try_from(seq).unwrap(); 32], [9; 32]],
        body: Bytes::from(format!("document at {seq}")),
    };
    for seq in [1, 3, 2, 4, 4] {
        store
            .put_snapshot(document(1), epoch, snapshot(seq))
            .await
            .unwrap();
    }
    assert_eq!(
        store.snapshot(document(1)).await.unwrap(),
        Some(snapshot(4))
    );
    let stale = store
        .put_snapshot(document(1), epoch ^ 1, snapshot(5))
        .await;
    assert_eq!(stale, Err(StoreError::EpochChanged));
    let opened = store.open(document(1)).await.unwrap();
    let info = opened.snapshot.unwrap();
    assert_eq!((info.seq, info.len), (4, "document at 4".len() as u64));
}

async fn documents_are_listed(store: Arc<dyn Store>) {
    assert!(store.documents().await.unwrap().is_empty());
    for n in [3, 1, 2] {
        let epoch = create(&store, n).await;
        let count = usize::from(n);
        store
            .append(document(n), epoch, changes("a", count))
            .await
            .unwrap();
    }
    let list = store.documents().await.unwrap();
    let short: Vec<_> = list
        .iter()
        .map(|info| (info.document, info.last_seq))
        .collect();
    assert_eq!(
        short,
        [(document(1), 1), (document(2), 2), (document(3), 3)]
    );
    assert_eq!(list[1].bytes, 2 * change("a0").body.len() as u64);
}

async fn writers_at_once_leave_no_gap(store: Arc<dyn Store>) {
    let epoch = create(&store, 1).await;
    let writers = (0..8).map(|writer| {
        let store = Arc::clone(&store);
        async move {
            let mut seqs = Vec::new();
            for n in 0..25 {
                let own = change(&format!("{writer}-{n}"));
                let common = change(&format!("common {n}"));
                let answer = store.append(document(1), epoch, vec![own, common]).await;
                seqs.push(answer.unwrap().seqs[0]);
            }
            assert!(seqs.is_sorted(), "one writer's changes stay in order");
            seqs
        }
    });
    let mut own: Vec<u64> = join_all(writers).await.concat();
    own.sort_unstable();
    own.dedup();
    assert_eq!(own.len(), 8 * 25, "no number is given twice");
    let all = store.read(document(1), 1, usize::MAX).await.unwrap();
    let seqs: Vec<u64> = all.into_iter().map(|(seq, _)| seq).collect();
    assert_eq!(seqs, (1..=8 * 25 + 25).collect::<Vec<u64>>());
}

/// The test's nth link.
#[must_use]
pub fn link(n: u64, role: Role) -> Link {
    let mut verifier = [0; 32];
    verifier[..8].copy_from_slice(&n.to_be_bytes());
    let digits: String = format!("{n:012}").replace('0', "z");
    Link {
        id: digits.parse().unwrap(),
        verifier: Verifier::from_bytes(verifier),
        role,
        label: format!("Link {n}"),
        created: Timestamp::from_ms(i64::try_from(n).unwrap()),
        expires: None,
        revoked: None,
    }
}

async fn a_backlog_is_founded_once_with_its_first_link(store: Arc<dyn Store>) {
    let links = store.links();
    let unknown = links.shelf(document(1)).await.unwrap();
    assert_eq!(unknown, Shelf::default());
    let owner = link(1, Role::Owner);
    assert_eq!(links.found(document(1), owner.clone()).await, Ok(true));
    let late = links.found(document(1), link(2, Role::Owner)).await;
    assert_eq!(late, Ok(false));
    let founded = Shelf {
        exists: true,
        links: vec![owner],
    };
    assert_eq!(links.shelf(document(1)).await.unwrap(), founded);
    let opened = store.open(document(1)).await.unwrap();
    assert_eq!(opened.last_seq, 0);
    let again = store.open(document(1)).await.unwrap();
    assert_eq!(again.epoch, opened.epoch, "its log has begun");
    store
        .append(document(1), opened.epoch, changes("a", 1))
        .await
        .unwrap();
    create(&store, 3).await;
    let without = Shelf {
        exists: true,
        links: Vec::new(),
    };
    assert_eq!(links.shelf(document(3)).await.unwrap(), without);
    let brought = links.found(document(3), link(3, Role::Owner)).await;
    assert_eq!(brought, Ok(false), "it is there already");
}

async fn links_are_added_and_replaced(store: Arc<dyn Store>) {
    let links = store.links();
    let unknown = links.put_link(document(1), link(1, Role::Viewer)).await;
    assert_eq!(unknown, Err(StoreError::UnknownDocument));
    create(&store, 1).await;
    let mut viewer = link(2, Role::Viewer);
    for added in [link(1, Role::Editor), viewer.clone()] {
        assert_eq!(links.put_link(document(1), added).await, Ok(true));
    }
    viewer.revoked = Some(Timestamp::from_ms(9));
    viewer.expires = Some(Timestamp::from_ms(10));
    viewer.label = "Gone".to_owned();
    assert_eq!(links.put_link(document(1), viewer.clone()).await, Ok(true));
    let shelf = links.shelf(document(1)).await.unwrap();
    assert_eq!(shelf.links, [link(1, Role::Editor), viewer.clone()]);
    let mut copied = link(3, Role::Owner);
    copied.verifier = viewer.verifier;
    assert_eq!(links.put_link(document(1), copied).await, Ok(false));
    let count = u64::try_from(LINKS_MAX).unwrap();
    for n in 4..count + 2 {
        assert_eq!(
            links.put_link(document(1), link(n, Role::Viewer)).await,
            Ok(true)
        );
    }
    let one_more = links
        .put_link(document(1), link(count + 2, Role::Viewer))
        .await;
    assert_eq!(one_more, Ok(false));
    assert_eq!(
        links.put_link(document(1), viewer).await,
        Ok(true),
        "one that is there"
    );
}

async fn a_person_belongs_to_the_first_key(store: Arc<dyn Store>) {
    let links = store.links();
    create(&store, 1).await;
    let (ada, bob) = (PersonId::from_bytes([1; 16]), PersonId::from_bytes([2; 16]));
    let (first, second) = (Verifier::from_bytes([1; 32]), Verifier::from_bytes([2; 32]));
    assert_eq!(links.claim_person(document(1), ada, first).await, Ok(true));
    assert_eq!(
        links.claim_person(document(1), ada, second).await,
        Ok(false)
    );
    assert_eq!(links.claim_person(document(1), bob, second).await, Ok(true));
    assert_eq!(links.claim_person(document(1), ada, first).await, Ok(true));
    let elsewhere = links.claim_person(document(2), ada, second).await;
    assert_eq!(elsewhere, Err(StoreError::UnknownDocument));
}

/// The name of these bytes.
#[must_use]
pub fn file_hash(bytes: &[u8]) -> FileHash {
    FileHash::from_bytes(Sha256::digest(bytes).into())
}

async fn begin(store: &Arc<dyn Store>, n: u8, hash: FileHash, bytes: u64) -> Begun {
    let begun = store.files().begin_file(document(n), hash, bytes);
    begun.await.unwrap()
}

async fn taken(store: &Arc<dyn Store>, n: u8, hash: FileHash, bytes: u64) -> UploadId {
    match begin(store, n, hash, bytes).await {
        Begun::Taking(upload) => upload,
        other => panic!("{other:?}"),
    }
}

/// Puts a file into the nth document.
pub async fn put_file(store: &Arc<dyn Store>, n: u8, bytes: &[u8]) -> FileHash {
    let hash = file_hash(bytes);
    let upload = taken(store, n, hash, bytes.len() as u64).await;
    for (number, chunk) in (0..).zip(bytes.chunks(FILE_CHUNK_BYTES)) {
        let chunk = Bytes::copy_from_slice(chunk);
        store
            .files()
            .add_chunk(upload, number, chunk)
            .await
            .unwrap();
    }
    assert_eq!(store.files().finish_file(upload).await, Ok(true));
    hash
}

/// Reads a file of the nth document; nothing where it is not there.
pub async fn get_file(store: &Arc<dyn Store>, n: u8, hash: FileHash) -> Option<Vec<u8>> {
    let files = store.files();
    let size = files.file_size(document(n), hash).await.unwrap()?;
    let mut bytes = Vec::new();
    for number in 0.. {
        match files.chunk(document(n), hash, number).await.unwrap() {
            Some(chunk) => bytes.extend_from_slice(&chunk),
            None => break,
        }
    }
    assert_eq!(bytes.len() as u64, size);
    Some(bytes)
}

async fn a_file_is_there_once_all_of_it_is(store: Arc<dyn Store>) {
    let files = store.files();
    let bytes: Vec<u8> = (0..FILE_CHUNK_BYTES * 2 + 5).map(|n| n as u8).collect();
    let (hash, size) = (file_hash(&bytes), bytes.len() as u64);
    let unknown = files.begin_file(document(1), hash, size).await;
    assert_eq!(unknown, Err(StoreError::UnknownDocument));
    for n in [1, 2] {
        create(&store, n).await;
    }

    let cut = taken(&store, 1, hash, size).await;
    let first = Bytes::copy_from_slice(&bytes[..FILE_CHUNK_BYTES]);
    files.add_chunk(cut, 0, first.clone()).await.unwrap();
    assert_eq!(get_file(&store, 1, hash).await, None);
    assert_eq!(files.hashes(document(1)).await, Ok(Vec::new()));
    assert_eq!(files.finish_file(cut).await, Ok(false), "a part is missing");
    assert_eq!(files.finish_file(cut).await, Ok(false), "it is gone");
    let dropped = taken(&store, 1, hash, size).await;
    files.add_chunk(dropped, 0, first).await.unwrap();
    files.abandon_file(dropped).await.unwrap();
    assert_eq!(files.finish_file(dropped).await, Ok(false));

    // Two bring the same file at once.
    let late = taken(&store, 1, hash, size).await;
    assert_eq!(put_file(&store, 1, &bytes).await, hash);
    for (number, chunk) in (0..).zip(bytes.chunks(FILE_CHUNK_BYTES)) {
        let chunk = Bytes::copy_from_slice(chunk);
        files.add_chunk(late, number, chunk).await.unwrap();
    }
    assert_eq!(files.finish_file(late).await, Ok(true));
    assert_eq!(begin(&store, 1, hash, size).await, Begun::Held);
    assert_eq!(get_file(&store, 1, hash).await, Some(bytes));
    assert_eq!(files.hashes(document(1)).await, Ok(vec![hash]));
    assert_eq!(get_file(&store, 2, hash).await, None, "another's file");
    let empty = put_file(&store, 2, b"").await;
    assert_eq!(get_file(&store, 2, empty).await, Some(Vec::new()));
    let listed = store.documents().await.unwrap();
    let sizes: Vec<u64> = listed.iter().map(|info| info.file_bytes).collect();
    assert_eq!(sizes, [size, 0]);
}

async fn files_take_no_more_room_than_they_may(store: Arc<dyn Store>) {
    for n in [1, 2, 3] {
        create(&store, n).await;
    }
    let hash = |n: u64| file_hash(&n.to_be_bytes());
    let full = FILES_BYTES_MAX / FILE_BYTES_MAX;
    let mut coming = Vec::new();
    for n in 0..full {
        coming.push(taken(&store, 1, hash(n), FILE_BYTES_MAX).await);
    }
    assert_eq!(full * FILE_BYTES_MAX, FILES_BYTES_MAX, "to the edge");
    assert_eq!(begin(&store, 1, hash(full), 1).await, Begun::NoRoom);
    assert!(matches!(
        begin(&store, 1, hash(full), 0).await,
        Begun::Taking(_)
    ));
    assert!(matches!(
        begin(&store, 2, hash(full), 1).await,
        Begun::Taking(_)
    ));
    store.files().abandon_file(coming[0]).await.unwrap();
    assert!(matches!(
        begin(&store, 1, hash(full), 1).await,
        Begun::Taking(_)
    ));

    let many = (0..FILES_MAX).map(|n| store.files().begin_file(document(3), hash(n), 0));
    let begun = join_all(many).await;
    assert!(
        begun
            .iter()
            .all(|begun| matches!(begun, Ok(Begun::Taking(_))))
    );
    assert_eq!(begin(&store, 3, hash(FILES_MAX), 0).await, Begun::NoRoom);
}

async fn files_go_with_their_document(store: Arc<dyn Store>) {
    for n in [1, 2] {
        create(&store, n).await;
    }
    let hash = put_file(&store, 1, b"a sketch").await;
    put_file(&store, 2, b"a sketch").await;
    let coming = taken(&store, 1, file_hash(b"more"), 4).await;
    store.remove(document(1)).await.unwrap();
    // What was on its way comes late.
    let chunk = Bytes::from_static(b"more");
    store.files().add_chunk(coming, 0, chunk).await.unwrap();
    assert_eq!(store.files().finish_file(coming).await, Ok(false));
    assert_eq!(get_file(&store, 1, hash).await, None);
    let refused = store.files().begin_file(document(1), hash, 8).await;
    assert_eq!(refused, Err(StoreError::Removed));
    assert!(get_file(&store, 2, hash).await.is_some());
    store.readmit(document(1)).await.unwrap();
    create(&store, 1).await;
    assert_eq!(get_file(&store, 1, hash).await, None);
}
