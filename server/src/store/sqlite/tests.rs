//! What only a store on a disk can get wrong: locks, damage, full disks, torn logs, old and foreign files.

use std::{fs, sync::Arc};

use automerge::{ActorId, Automerge, ROOT, transaction::Transactable};
use bytes::Bytes;
use futures_util::future::join_all;
use rusqlite::{Connection, params};
use tempfile::TempDir;

use super::{
    super::{
        contract::{change, document, file_hash, get_file, put_file, run},
        files::Begun,
    },
    *,
};

#[tokio::test]
async fn the_sqlite_store_keeps_the_contract() {
    let folders = std::sync::Mutex::new(Vec::new());
    run(|| {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        folders.lock().unwrap().push(folder);
        Arc::new(store)
    })
    .await;
}

#[tokio::test]
async fn a_store_opens_with_what_it_acknowledged() {
    let folder = TempDir::new().unwrap();
    let before = {
        let store = SqliteStore::open(folder.path()).unwrap();
        let epoch = created(&store).await;
        append(&store, epoch, &["a", "b"]).await;
        store.open(document(1)).await.unwrap()
    };
    assert!(!schema::wal_of(&store_file(folder.path())).exists());
    let store = SqliteStore::open(folder.path()).unwrap();
    let after = store.open(document(1)).await.unwrap();
    assert_eq!(after, before);
}

/// A folder that was put back from a copy may be older than what clients have seen.
#[tokio::test]
async fn a_copied_folder_has_new_epochs() {
    let folder = TempDir::new().unwrap();
    let copy = TempDir::new().unwrap();
    let copy_to = |from: &TempDir, to: &TempDir| {
        for name in ["cutline.db", "cutline.lock"] {
            fs::copy(from.path().join(name), to.path().join(name)).unwrap();
        }
    };
    let epoch_in = async |folder: &TempDir| {
        let store = SqliteStore::open(folder.path()).unwrap();
        let opened = store.open(document(1)).await.unwrap();
        (opened.epoch, opened.last_seq)
    };
    let epoch = {
        let store = SqliteStore::open(folder.path()).unwrap();
        let epoch = created(&store).await;
        append(&store, epoch, &["a"]).await;
        epoch
    };
    copy_to(&folder, &copy);
    assert_eq!(epoch_in(&folder).await, (epoch, 1));
    let (copied, last_seq) = epoch_in(&copy).await;
    assert_ne!(copied, epoch, "in another place");
    assert_eq!(last_seq, 1);
    copy_to(&copy, &folder);
    let (restored, _) = epoch_in(&folder).await;
    assert!(![epoch, copied].contains(&restored), "onto the same files");
    assert_eq!(epoch_in(&folder).await, (restored, 1));
}

#[tokio::test]
async fn appends_at_once_share_commits() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    let mut epochs = Vec::new();
    for n in 0..16 {
        epochs.push(store.open(document(n)).await.unwrap().epoch);
    }
    let before = store.commits();
    let answers: Vec<_> = (0..25)
        .flat_map(|round| (0..16).map(move |n| (round, n)))
        .map(|(round, n)| {
            let changes = vec![change(&format!("{round}-{n}"))];
            store.append(document(n), epochs[usize::from(n)], changes)
        })
        .collect();
    assert!(join_all(answers).await.iter().all(Result::is_ok));
    let commits = store.commits() - before;
    assert!(
        (1..200).contains(&commits),
        "{commits} transactions for 400 appends"
    );
}

#[test]
fn a_second_relay_on_the_folder_is_refused() {
    let folder = TempDir::new().unwrap();
    let first = SqliteStore::open(folder.path()).unwrap();
    let refused = SqliteStore::open(folder.path()).unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }));
    assert!(refused.to_string().contains("another relay is running"));
    drop(first);
    SqliteStore::open(folder.path()).unwrap();
}

#[test]
fn a_newer_or_foreign_or_broken_file_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = store_file(folder.path());
    let prepare = |sql: &str| {
        drop(fs::remove_file(&file));
        let connection = Connection::open(&file).unwrap();
        connection.execute_batch(sql).unwrap();
    };
    let refusal = || {
        let before = fs::read(&file).unwrap();
        let refused = SqliteStore::open(folder.path()).unwrap_err();
        assert!(fs::read(&file).unwrap() == before, "the file was touched");
        refused
    };
    let application = schema::APPLICATION_ID;
    prepare(&format!(
        "PRAGMA application_id = {application}; PRAGMA user_version = 99; CREATE TABLE t (a);"
    ));
    assert!(matches!(refusal(), OpenError::Newer { found: 99, .. }));
    prepare("CREATE TABLE recipes (name)");
    assert!(matches!(refusal(), OpenError::Foreign { .. }));
    fs::write(
        &file,
        "This is no database at all, but quite long.\n".repeat(50),
    )
    .unwrap();
    let refused = refusal();
    assert!(matches!(refused, OpenError::Corrupt { .. }));
    assert!(refused.to_string().contains("cutline restore"));
    assert!(refused.to_string().contains(&*file.to_string_lossy()));
}

#[tokio::test]
async fn a_store_with_broken_pages_is_left_alone() {
    let folder = TempDir::new().unwrap();
    {
        let store = SqliteStore::open(folder.path()).unwrap();
        let epoch = created(&store).await;
        let texts: Vec<String> = (0..400).map(|n| format!("{n:0>100}")).collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        append(&store, epoch, &texts).await;
    }
    let file = store_file(folder.path());
    let mut bytes = fs::read(&file).unwrap();
    let page = 8192;
    for start in (page..bytes.len()).step_by(page) {
        bytes[start..start + 8].fill(0xAA);
    }
    fs::write(&file, &bytes).unwrap();
    let refused = SqliteStore::open(folder.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Corrupt { .. }), "{refused}");
    assert!(fs::read(&file).unwrap() == bytes, "the file was touched");
}

/// The files that every earlier version wrote. They open for ever, and stay as they were beside the store.
#[tokio::test]
async fn a_store_of_every_earlier_version_opens_and_is_kept() {
    for version in 1..schema::version() {
        let folder = TempDir::new().unwrap();
        let golden = format!(
            "{}/fixtures/store-v{version}.db",
            env!("CARGO_MANIFEST_DIR")
        );
        fs::copy(golden, store_file(folder.path())).unwrap();
        assert_eq!(check(folder.path()).unwrap().problems, []);
        assert_eq!(list(folder.path()).unwrap()[0].file_bytes, 0);
        let store = SqliteStore::open(folder.path()).unwrap();
        let opened = store.open(document(1)).await.unwrap();
        assert_eq!(opened.metas, [(1, b"a".to_vec()), (2, b"b".to_vec())]);
        let changes = store.read(document(1), 1, usize::MAX).await.unwrap();
        assert_eq!(changes[1].1, change("b").body);
        let snapshot = store.snapshot(document(1)).await.unwrap().unwrap();
        assert_eq!((snapshot.seq, &snapshot.body[..]), (2, &b"both"[..]));
        append(&store, opened.epoch, &["after"]).await;
        let store: Arc<dyn Store> = Arc::new(store);
        let file = put_file(&store, 1, b"a sketch").await;
        assert!(get_file(&store, 1, file).await.is_some());
        drop(store);

        let kept = folder.path().join(format!("cutline-format-{version}.db"));
        let number = |pragma: &str| {
            let connection = Connection::open(&kept).unwrap();
            connection
                .query_row(pragma, [], |row| row.get::<_, i64>(0))
                .unwrap()
        };
        assert_eq!(number("PRAGMA user_version"), version);
        assert_eq!(number("SELECT count(*) FROM change"), 2);
        // The way back, and forward again.
        restore(folder.path(), &kept).unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        assert_eq!(store.open(document(1)).await.unwrap().last_seq, 2);
    }
}

#[tokio::test]
async fn an_older_store_that_cannot_be_copied_is_left_alone() {
    let folder = TempDir::new().unwrap();
    let file = store_file(folder.path());
    fs::copy(
        concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/store-v1.db"),
        &file,
    )
    .unwrap();
    // Something that no copy can take the place of.
    fs::create_dir(folder.path().join("cutline-format-1.db")).unwrap();
    let refused = SqliteStore::open(folder.path()).unwrap_err();
    assert!(matches!(refused, OpenError::NoCopy { .. }), "{refused}");
    let connection = Connection::open(&file).unwrap();
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
    assert_eq!(found, Ok(1));
}

#[tokio::test]
async fn a_disk_with_little_room_is_left_alone_until_there_is_more() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    assert_eq!(store.health(), Health::Writable);
    store.space.keep_free(u64::MAX);
    assert_eq!(store.health(), Health::Full, "before anybody writes");
    let refused = store.append(document(1), epoch, vec![change("a")]).await;
    assert_eq!(refused, Err(StoreError::Full));
    assert_eq!(store.open(document(1)).await.unwrap().last_seq, 0);
    assert_eq!(
        store.readmit(document(2)).await,
        Err(StoreError::UnknownDocument)
    );
    store.space.keep_free(0);
    assert_eq!(
        store.health(),
        Health::Writable,
        "before anybody writes again"
    );
    append(&store, epoch, &["a"]).await;
}

#[test]
fn a_store_that_may_not_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    // A file where the folder should be: nobody can write into that, not even root.
    let file = folder.path().join("not-a-folder");
    fs::write(&file, "").unwrap();
    let refused = SqliteStore::open(&file).unwrap_err();
    assert!(matches!(refused, OpenError::Folder { .. }), "{refused}");
    assert!(
        refused.to_string().contains("be able to write"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_full_disk_refuses_without_losing_and_resumes_by_itself() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    append(&store, epoch, &["before"]).await;
    let limit = |pages| {
        store
            .handle()
            .queue(|reply| Job::LimitPages { pages, reply })
    };
    limit(1).await.unwrap();
    // A small row still fits into a page that is there; a long snapshot does not, and keeps nothing else out.
    let large = Snapshot {
        epoch,
        seq: 1,
        heads: Vec::new(),
        body: Bytes::from(vec![7; 1 << 20]),
    };
    let snapshot = store.put_snapshot(document(1), epoch, large.clone());
    let small = store.append(document(1), epoch, vec![change("small")]);
    assert_eq!(snapshot.await, Err(StoreError::Full));
    assert_eq!(small.await.unwrap().seqs, [2]);
    let many: Vec<NewChange> = (0..900).map(|n| change(&format!("{n:0>100}"))).collect();
    let refused = store.append(document(1), epoch, many.clone()).await;
    assert_eq!(refused, Err(StoreError::Full));
    let opened = store.open(document(1)).await.unwrap();
    assert_eq!(opened.last_seq, 2, "nothing of a refused append is stored");
    limit(1 << 20).await.unwrap();
    assert_eq!(
        store.append(document(1), epoch, many).await.unwrap().seqs[0],
        3
    );
    store.put_snapshot(document(1), epoch, large).await.unwrap();
}

/// A real file system without room, where the test may mount one.
#[tokio::test]
async fn a_full_file_system_refuses_without_losing() {
    let folder = TempDir::new().unwrap();
    let Some(mount) = SmallDisk::mount(folder.path()) else {
        return;
    };
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    let mut stored: u64 = 0;
    let refused = loop {
        let changes: Vec<_> = (0..200)
            .map(|n| change(&format!("{stored}/{n:0>100}")))
            .collect();
        match store.append(document(1), epoch, changes).await {
            Ok(appended) => stored = *appended.seqs.last().unwrap(),
            Err(error) => break error,
        }
    };
    assert_eq!(refused, StoreError::Full);
    let all = store.read(document(1), 1, usize::MAX).await.unwrap();
    assert_eq!(all.len() as u64, stored);
    fs::remove_file(folder.path().join("ballast")).unwrap();
    append(&store, epoch, &["room again"]).await;
    drop(store);
    drop(mount);
}

#[tokio::test]
async fn a_damaged_change_comes_back_from_the_snapshot() {
    let folder = TempDir::new().unwrap();
    let written = real_changes(4);
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    store
        .append(document(1), epoch, written.clone())
        .await
        .unwrap();
    let body = saved(&written);
    let snapshot = Snapshot {
        epoch,
        seq: 4,
        heads: Vec::new(),
        body,
    };
    store
        .put_snapshot(document(1), epoch, snapshot)
        .await
        .unwrap();
    damage(
        folder.path(),
        "UPDATE change SET body = zeroblob(60) WHERE seq = 2",
    );
    let all = store.read(document(1), 1, usize::MAX).await.unwrap();
    assert_eq!(bodies(all), bodies_of(&written));
    let opened = store.open(document(1)).await.unwrap();
    assert_eq!(
        opened.epoch, epoch,
        "nothing happened that clients need to know"
    );
}

#[tokio::test]
async fn a_damaged_change_and_its_successors_wait_until_it_is_brought_back() {
    let folder = TempDir::new().unwrap();
    let written = real_changes(4);
    let apart = real_changes(1).remove(0);
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    store
        .append(document(1), epoch, written.clone())
        .await
        .unwrap();
    store
        .append(document(1), epoch, vec![apart.clone()])
        .await
        .unwrap();
    damage(
        folder.path(),
        "UPDATE change SET body = zeroblob(60) WHERE seq = 2",
    );

    let damaged = store.read(document(1), 1, usize::MAX).await;
    assert_eq!(damaged, Err(StoreError::Damaged));
    let opened = store.open(document(1)).await.unwrap();
    assert_ne!(opened.epoch, epoch);
    let kept = store.read(document(1), 1, usize::MAX).await.unwrap();
    assert_eq!(bodies(kept), [written[0].body.clone(), apart.body.clone()]);
    let stale = store
        .append(document(1), epoch, vec![written[1].clone()])
        .await;
    assert_eq!(stale, Err(StoreError::EpochChanged));

    let back = store
        .append(document(1), opened.epoch, vec![written[1].clone()])
        .await;
    assert_eq!(back.unwrap().seqs, [3]);
    let healed = store.open(document(1)).await.unwrap();
    assert_eq!((healed.epoch, healed.last_seq), (opened.epoch, 5));
    let all = store.read(document(1), 1, usize::MAX).await.unwrap();
    let order = [&written[0], &apart, &written[1], &written[2], &written[3]];
    assert_eq!(bodies(all), order.map(|change| change.body.clone()));
}

#[tokio::test]
async fn damaged_entries_are_found_when_the_document_is_opened() {
    for harm in [
        "UPDATE change SET meta = x'00' WHERE seq = 3",
        "UPDATE change SET hash = zeroblob(32) WHERE seq = 3",
        "UPDATE change SET seq = 9 WHERE seq = 3",
        "DELETE FROM change WHERE seq = 3",
        "UPDATE document SET next_seq = 40",
        "UPDATE document SET next_seq = 3",
    ] {
        let folder = TempDir::new().unwrap();
        let written = real_changes(4);
        let store = SqliteStore::open(folder.path()).unwrap();
        let epoch = created(&store).await;
        store
            .append(document(1), epoch, written.clone())
            .await
            .unwrap();
        damage(folder.path(), harm);
        let opened = store.open(document(1)).await.unwrap();
        assert_ne!(opened.epoch, epoch, "{harm}");
        let known = store
            .append(document(1), opened.epoch, written.clone())
            .await;
        assert_eq!(known.unwrap().seqs.len(), 4, "{harm}");
        let healed = store.open(document(1)).await.unwrap();
        assert_eq!(healed.last_seq, 4, "{harm}");
    }
}

#[tokio::test]
async fn a_damaged_snapshot_gives_way_to_the_older_one() {
    let folder = TempDir::new().unwrap();
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    append(&store, epoch, &["a", "b"]).await;
    for seq in [1, 2] {
        let body = Bytes::from(vec![7; 99]);
        let snapshot = Snapshot {
            epoch,
            seq,
            heads: Vec::new(),
            body,
        };
        store
            .put_snapshot(document(1), epoch, snapshot)
            .await
            .unwrap();
    }
    damage(
        folder.path(),
        "UPDATE snapshot SET body = zeroblob(99) WHERE seq = 2",
    );
    let found = store.snapshot(document(1)).await.unwrap().unwrap();
    assert_eq!(found.seq, 1);
    let report = check(folder.path()).unwrap();
    assert_eq!(report.problems.len(), 1, "{report:?}");
    let detail = &report.problems[0].detail;
    assert!(detail.contains("snapshot up to change 2"), "{detail}");
}

/// Whatever part of the write-ahead log survives, the store opens with a prefix that holds all that was flushed.
#[tokio::test]
async fn torn_and_flipped_logs_recover_a_prefix() {
    let folder = TempDir::new().unwrap();
    let file = store_file(folder.path());
    let wal = schema::wal_of(&file);
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    let mut ends = Vec::new();
    for n in 0..25 {
        append(&store, epoch, &[&format!("change {n}")]).await;
        ends.push(schema::file_len(&wal));
    }
    let (main, log) = (fs::read(&file).unwrap(), fs::read(&wal).unwrap());
    let scratch = TempDir::new().unwrap();
    let recovered = async |log: &[u8]| {
        let file = store_file(scratch.path());
        fs::write(&file, &main).unwrap();
        fs::write(schema::wal_of(&file), log).unwrap();
        let store = SqliteStore::open(scratch.path()).unwrap();
        let opened = store.open(document(1)).await.unwrap();
        let all = store.read(document(1), 1, usize::MAX).await.unwrap();
        let expected = (0..opened.last_seq).map(|n| change(&format!("change {n}")).body);
        assert!(bodies(all).into_iter().eq(expected), "not a prefix");
        opened.last_seq
    };
    let flushed_by = |at: usize| ends.iter().filter(|end| **end as usize <= at).count() as u64;
    for cut in (0..=log.len()).step_by(log.len() / 40) {
        assert!(
            recovered(&log[..cut]).await >= flushed_by(cut),
            "cut at {cut}"
        );
    }
    let mut random: u64 = 12_345;
    for _ in 0..40 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let at = usize::try_from(random >> 33).unwrap() % log.len();
        let mut flipped = log.clone();
        flipped[at] ^= 1 << (random >> 16 & 7);
        let least = if at < 32 { 0 } else { flushed_by(at) };
        assert!(recovered(&flipped).await >= least, "flip at {at}");
    }
}

#[tokio::test]
async fn a_backup_of_a_running_store_restores_under_new_epochs() {
    let folder = TempDir::new().unwrap();
    let elsewhere = TempDir::new().unwrap();
    let saved = elsewhere.path().join("monday.db");
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    append(&store, epoch, &["a", "b"]).await;
    let report = backup(folder.path(), &saved).unwrap();
    assert_eq!(
        (report.documents, report.changes, report.problems.len()),
        (1, 2, 0)
    );
    assert!(matches!(
        backup(folder.path(), &saved),
        Err(UpkeepError::TargetExists(_))
    ));
    append(&store, epoch, &["c"]).await;
    let running = restore(folder.path(), &saved);
    assert!(matches!(
        running,
        Err(UpkeepError::Open(OpenError::InUse { .. }))
    ));
    drop(store);

    let aside = restore(folder.path(), &saved).unwrap().unwrap();
    assert!(aside.exists());
    let store = SqliteStore::open(folder.path()).unwrap();
    let opened = store.open(document(1)).await.unwrap();
    assert_eq!(opened.last_seq, 2);
    assert_ne!(opened.epoch, epoch);
}

#[tokio::test]
async fn a_backup_that_is_none_is_not_restored() {
    let folder = TempDir::new().unwrap();
    let elsewhere = TempDir::new().unwrap();
    let file = elsewhere.path().join("notes.txt");
    fs::write(
        &file,
        "not a database, but longer than its header would be".repeat(9),
    )
    .unwrap();
    drop(SqliteStore::open(folder.path()).unwrap());
    let before = fs::read(store_file(folder.path())).unwrap();
    let refused = restore(folder.path(), &file).unwrap_err();
    assert!(refused.to_string().contains("notes.txt"), "{refused}");
    assert!(fs::read(store_file(folder.path())).unwrap() == before);
}

#[tokio::test]
async fn a_check_names_what_is_damaged() {
    let folder = TempDir::new().unwrap();
    assert!(matches!(check(folder.path()), Err(UpkeepError::NoStore(_))));
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    append(&store, epoch, &["a", "b"]).await;
    damage(
        folder.path(),
        "UPDATE change SET body = zeroblob(9) WHERE seq = 2",
    );
    let report = check(folder.path()).unwrap();
    assert_eq!(report.problems.len(), 1);
    assert_eq!(report.problems[0].document, Some(document(1)));
    assert!(report.problems[0].detail.contains("[2]"), "{report:?}");
}

#[tokio::test]
async fn a_file_on_its_way_when_the_relay_ended_is_gone() {
    let folder = TempDir::new().unwrap();
    let hash = file_hash(b"a sketch");
    let whole = {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
        let epoch = store.open(document(1)).await.unwrap().epoch;
        store.append(document(1), epoch, Vec::new()).await.unwrap();
        let Ok(Begun::Taking(upload)) = store.files().begin_file(document(1), hash, 8).await else {
            panic!("there is room");
        };
        let chunk = Bytes::from_static(b"a ske");
        store.files().add_chunk(upload, 0, chunk).await.unwrap();
        put_file(&store, 1, b"whole").await
    };
    let store = SqliteStore::open(folder.path()).unwrap();
    assert_eq!(store.hashes(document(1)).await, Ok(vec![whole]));
    let left = Connection::open(store_file(folder.path())).unwrap();
    let count = |table: &str| {
        let sql = format!("SELECT count(*) FROM {table}");
        left.query_row(&sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!((count("file"), count("file_chunk")), (1, 1));
}

#[tokio::test]
async fn a_full_disk_takes_no_file_and_keeps_those_it_has() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(SqliteStore::open(folder.path()).unwrap());
    created(&store).await;
    let any: Arc<dyn Store> = store.clone();
    let hash = put_file(&any, 1, b"a sketch").await;
    store.space.keep_free(u64::MAX);
    let refused = store.begin_file(document(1), file_hash(b"more"), 4).await;
    assert_eq!(refused, Err(StoreError::Full));
    assert!(get_file(&any, 1, hash).await.is_some());
    store.space.keep_free(0);
    put_file(&any, 1, b"more").await;
}

#[tokio::test]
async fn f5_a_damaged_file_is_named_and_dropped_by_a_repair() {
    let folder = TempDir::new().unwrap();
    let saved = folder.path().join("saved.db");
    let (sound, damaged) = {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
        let epoch = store.open(document(1)).await.unwrap().epoch;
        store.append(document(1), epoch, Vec::new()).await.unwrap();
        let sound = put_file(&store, 1, b"a sketch").await;
        (sound, put_file(&store, 1, b"a picture").await)
    };
    backup(folder.path(), &saved).unwrap();
    damage(
        folder.path(),
        "UPDATE file_chunk SET body = x'00' WHERE length(body) = 9",
    );
    let (before, after) = repair(folder.path()).unwrap();
    let detail = &before.problems[0].detail;
    assert!(detail.contains(&damaged.to_string()), "{detail}");
    assert_eq!(after.problems, []);
    let open = || -> Arc<dyn Store> { Arc::new(SqliteStore::open(folder.path()).unwrap()) };
    let store = open();
    assert_eq!(store.files().hashes(document(1)).await, Ok(vec![sound]));
    drop(store);

    // A backup has the files as well.
    restore(folder.path(), &saved).unwrap();
    let store = open();
    let picture = get_file(&store, 1, damaged).await;
    assert_eq!(picture, Some(b"a picture".to_vec()));
    assert_eq!(list(folder.path()).unwrap()[0].file_bytes, 17);
}

/// Each kind of damage that a repair mends, and what it does about what it can't.
#[tokio::test]
async fn a_repair_mends_what_it_can_and_sets_the_rest_aside() {
    let folder = TempDir::new().unwrap();
    let changes = real_changes(6);
    {
        let store = SqliteStore::open(folder.path()).unwrap();
        let epoch = created(&store).await;
        store
            .append(document(1), epoch, changes.clone())
            .await
            .unwrap();
        for seq in [2, 3] {
            let snapshot = Snapshot {
                epoch,
                seq: seq as u64,
                heads: Vec::new(),
                body: saved(&changes[..seq]),
            };
            store
                .put_snapshot(document(1), epoch, snapshot)
                .await
                .unwrap();
        }
    }
    damage(
        folder.path(),
        "UPDATE change SET body = zeroblob(9) WHERE seq = 2",
    );
    damage(
        folder.path(),
        "UPDATE change SET meta = x'00' WHERE seq = 4",
    );
    damage(
        folder.path(),
        "UPDATE change SET body = zeroblob(9) WHERE seq = 5",
    );
    damage(
        folder.path(),
        "UPDATE snapshot SET body = zeroblob(9) WHERE seq = 2",
    );
    let (before, after) = repair(folder.path()).unwrap();
    let named: Vec<&str> = before
        .problems
        .iter()
        .map(|problem| &problem.detail[..])
        .collect();
    assert!(
        named.iter().any(|detail| detail.contains("[2, 4, 5]")),
        "{named:?}"
    );
    assert!(
        named
            .iter()
            .any(|detail| detail.contains("snapshot up to change 2")),
        "{named:?}"
    );
    assert_eq!(after.problems, []);
    assert_eq!(
        (after.changes, after.quarantined),
        (4, 2),
        "the fifth, and the sixth built on it"
    );
    let store = SqliteStore::open(folder.path()).unwrap();
    let read = store.read(document(1), 1, usize::MAX).await.unwrap();
    assert_eq!(bodies(read), bodies_of(&changes[..4]));
    assert_eq!(store.snapshot(document(1)).await.unwrap().unwrap().seq, 3);
    assert!(matches!(
        repair(folder.path()),
        Err(UpkeepError::Open(OpenError::InUse { .. }))
    ));
}

#[tokio::test]
async fn an_export_is_the_whole_document() {
    let folder = TempDir::new().unwrap();
    let written = real_changes(5);
    let store = SqliteStore::open(folder.path()).unwrap();
    let epoch = created(&store).await;
    store
        .append(document(1), epoch, written.clone())
        .await
        .unwrap();
    let body = saved(&written[..3]);
    let snapshot = Snapshot {
        epoch,
        seq: 3,
        heads: Vec::new(),
        body,
    };
    store
        .put_snapshot(document(1), epoch, snapshot)
        .await
        .unwrap();
    let target = folder.path().join("out.automerge");
    export(folder.path(), document(1), &target).unwrap();
    let exported = Automerge::load(&fs::read(&target).unwrap()).unwrap();
    assert_eq!(
        exported.get_heads(),
        Automerge::load(&saved(&written)).unwrap().get_heads()
    );
    let unknown = export(folder.path(), document(9), &folder.path().join("none"));
    assert!(matches!(unknown, Err(UpkeepError::UnknownDocument(_))));
}

async fn created(store: &SqliteStore) -> Epoch {
    let opened = store.open(document(1)).await.unwrap();
    store
        .append(document(1), opened.epoch, Vec::new())
        .await
        .unwrap();
    opened.epoch
}

async fn append(store: &SqliteStore, epoch: Epoch, texts: &[&str]) {
    let changes = texts.iter().map(|text| change(text)).collect();
    store.append(document(1), epoch, changes).await.unwrap();
}

/// Harms the store behind its back.
fn damage(folder: &Path, sql: &str) {
    let connection = Connection::open(store_file(folder)).unwrap();
    connection
        .pragma_update(None, "foreign_keys", false)
        .unwrap();
    assert_eq!(connection.execute(sql, params![]).unwrap(), 1);
}

/// Changes that Automerge made, each upon the one before.
fn real_changes(count: usize) -> Vec<NewChange> {
    let mut automerge = Automerge::new().with_actor(ActorId::random());
    (0..count)
        .map(|n| {
            let mut transaction = automerge.transaction();
            transaction.put(ROOT, "n", n as u64).unwrap();
            transaction.commit();
            let change = automerge.get_last_local_change().unwrap();
            NewChange {
                hash: change.hash().0,
                meta: vec![n as u8],
                body: Bytes::from(change.raw_bytes().to_vec()),
            }
        })
        .collect()
}

fn saved(changes: &[NewChange]) -> Bytes {
    let mut automerge = Automerge::new();
    for change in changes {
        let change = automerge::Change::from_bytes(change.body.to_vec()).unwrap();
        automerge.apply_changes([change]).unwrap();
    }
    Bytes::from(automerge.save())
}

fn bodies(read: Vec<(u64, Vec<u8>)>) -> Vec<Bytes> {
    read.into_iter().map(|(_, body)| body.into()).collect()
}

fn bodies_of(changes: &[NewChange]) -> Vec<Bytes> {
    changes.iter().map(|change| change.body.clone()).collect()
}

/// A file system of two mebibytes, one of them taken by a file named `ballast`.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"])
            .arg(at)
            .stderr(std::process::Stdio::null())
            .status();
        if !mounted.is_ok_and(|status| status.success()) {
            return None;
        }
        fs::write(at.join("ballast"), vec![0; 1 << 20]).unwrap();
        Some(Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(std::process::Command::new("umount").arg(&self.0).status());
    }
}
