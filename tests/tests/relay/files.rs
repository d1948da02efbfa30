//! F1–F6 over real requests: the files of items are put and got by those who may, whole or not at all.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::json;
use server::store::{
    Store,
    contract::{file_hash, get_file, put_file},
    files::{Begun, UploadId},
    memory::MemoryStore,
    sqlite::SqliteStore,
};
use shared::{
    ids::{DocumentId, FileHash},
    limits::{FILE_BYTES_MAX, FILES_BYTES_MAX},
    sync::access::Secret,
};
use tempfile::TempDir;
use tests::{
    access::{self, Answered, Knock, send},
    in_process::InProcess,
};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    time::{sleep, timeout},
};

const SKETCH: &[u8] = b"<svg onload='alert(1)'/>";

fn secret(n: u8) -> Secret {
    format!("{n:02x}").repeat(32).parse().unwrap()
}

fn document(n: u8) -> DocumentId {
    DocumentId::from_bytes([n; 16])
}

/// The cookie of whoever comes with the nth secret; the first brings the backlog.
async fn cookie(relay: &InProcess, document: DocumentId, n: u8) -> String {
    let knock = Knock {
        secret: Some(secret(n)),
        founds: n == 1,
        ..Knock::default()
    };
    let entry = access::join(&relay.sync(), document, &knock).await;
    entry.unwrap().cookie
}

fn path(document: DocumentId, hash: impl std::fmt::Display) -> String {
    format!("/api/v1/backlogs/{document}/files/{hash}")
}

async fn put(relay: &InProcess, path: &str, headers: &[(&str, &str)], bytes: &[u8]) -> Answered {
    let length = bytes.len().to_string();
    let headers = [&[("content-length", &length[..])], headers].concat();
    send(&relay.sync(), "PUT", path, &headers, bytes).await
}

async fn get(relay: &InProcess, path: &str, cookie: &str) -> Answered {
    send(&relay.sync(), "GET", path, &[("cookie", cookie)], b"").await
}

async fn link(relay: &InProcess, document: DocumentId, owner: &str, n: u8, role: &str) {
    let body = json!({
        "id": char::from(b'a' + n).to_string().repeat(12),
        "verifier": secret(n).verifier().to_string(),
        "role": role,
    });
    let links = format!("/api/v1/backlogs/{document}/links");
    let headers = [("cookie", owner)];
    let made = access::request(&relay.sync(), "POST", &links, &headers, Some(&body)).await;
    assert_eq!(made.status, 200);
}

#[tokio::test]
async fn f2_editors_put_files_and_everybody_who_is_let_in_gets_them() {
    let relay = InProcess::start().await;
    let owner = cookie(&relay, document(1), 1).await;
    let hash = file_hash(SKETCH);
    let at = path(document(1), hash);
    let list = format!("/api/v1/backlogs/{}/files", document(1));
    for (n, role) in (2..).zip(["viewer", "commenter", "editor", "owner"]) {
        link(&relay, document(1), &owner, n, role).await;
        let cookie = cookie(&relay, document(1), n).await;
        let mine = format!("by a {role}");
        let own = path(document(1), file_hash(mine.as_bytes()));
        let put = put(&relay, &own, &[("cookie", &cookie)], mine.as_bytes()).await;
        let may = matches!(role, "editor" | "owner");
        assert_eq!(put.status, if may { 201 } else { 403 }, "{role}");
        let got = get(&relay, &own, &cookie).await;
        assert_eq!(got.status, if may { 200 } else { 404 }, "{role}");
        assert_eq!(get(&relay, &list, &cookie).await.status, 200, "{role}");
    }

    // Again and again is once.
    for expected in [201, 200, 200] {
        let put = put(&relay, &at, &[("cookie", &owner)], SKETCH).await;
        assert_eq!(put.status, expected);
    }
    let viewer = cookie(&relay, document(1), 2).await;
    assert_eq!(get(&relay, &at, &viewer).await.body, SKETCH);
    let listed = get(&relay, &list, &viewer).await.body;
    let listed: Vec<FileHash> = serde_json::from_slice(&listed).unwrap();
    assert_eq!(listed.len(), 3);
    assert!(listed.contains(&hash));
}

#[tokio::test]
async fn f2_what_is_unknown_and_what_is_forbidden_are_answered_alike() {
    let relay = InProcess::start().await;
    let owner = cookie(&relay, document(1), 1).await;
    let stranger = cookie(&relay, document(2), 1).await;
    let hash = file_hash(SKETCH);
    let at = path(document(1), hash);
    assert_eq!(
        put(&relay, &at, &[("cookie", &owner)], SKETCH).await.status,
        201
    );

    let unknown = get(&relay, &path(document(3), hash), &owner).await;
    assert_eq!(unknown.status, 404);
    for cookie in ["", &stranger, "cutline-session=0"] {
        let got = get(&relay, &at, cookie).await;
        assert_eq!((got.status, &got.body), (404, &unknown.body), "{cookie}");
        let put = put(&relay, &at, &[("cookie", cookie)], SKETCH).await;
        assert_eq!((put.status, &put.body), (404, &unknown.body), "{cookie}");
        let list = format!("/api/v1/backlogs/{}/files", document(1));
        assert_eq!(get(&relay, &list, cookie).await.status, 404, "{cookie}");
    }
    // Of those who are let in, everybody learns which files there are.
    for nothing in [file_hash(b"other").to_string(), "x".repeat(64), "..".into()] {
        assert_eq!(
            get(&relay, &path(document(1), nothing), &owner)
                .await
                .status,
            404
        );
    }
    let foreign = [("cookie", &owner[..]), ("origin", "https://evil.example")];
    assert_eq!(put(&relay, &at, &foreign, SKETCH).await.status, 403);
    let read = send(&relay.sync(), "GET", &at, &foreign, b"").await;
    assert_eq!(read.status, 403);
}

#[tokio::test]
async fn f2_bytes_that_are_not_what_they_are_called_are_not_kept() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let relay = InProcess::over(Arc::clone(&store)).await;
    let owner = cookie(&relay, document(1), 1).await;
    let at = path(document(1), file_hash(SKETCH));
    let wrong = put(&relay, &at, &[("cookie", &owner)], b"something else").await;
    assert_eq!(wrong.status, 422);
    let none = send(&relay.sync(), "PUT", &at, &[("cookie", &owner)], b"").await;
    assert_eq!(none.status, 400, "it says no length");
    assert_eq!(get_file(&store, 1, file_hash(SKETCH)).await, None);
    assert_eq!(
        put(&relay, &at, &[("cookie", &owner)], SKETCH).await.status,
        201
    );
}

#[tokio::test]
async fn f3_a_file_has_a_largest_size_and_a_backlog_a_largest_sum() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let relay = InProcess::over(Arc::clone(&store)).await;
    let owner = cookie(&relay, document(1), 1).await;
    let headers = [("cookie", &owner[..])];
    let largest = vec![7; FILE_BYTES_MAX as usize];
    let hash = file_hash(&largest);
    let at = path(document(1), hash);
    assert_eq!(put(&relay, &at, &headers, &largest).await.status, 201);
    assert_eq!(get(&relay, &at, &owner).await.body, largest);
    let larger = [&largest[..], b"x"].concat();
    let at = path(document(1), file_hash(&larger));
    let refused = put(&relay, &at, &headers, &larger[..1024]);
    assert_eq!(
        refused.await.status,
        422,
        "what is said counts, not the name"
    );
    let length = larger.len().to_string();
    let said = [("cookie", &owner[..]), ("content-length", &length)];
    let refused = send(&relay.sync(), "PUT", &at, &said, b"").await;
    assert_eq!(refused.status, 413);
    assert!(String::from_utf8_lossy(&refused.body).contains("10 MB"));

    let mut left = FILES_BYTES_MAX - FILE_BYTES_MAX;
    let mut n = 0_u64;
    let mut coming: Vec<UploadId> = Vec::new();
    while left > 4 {
        let bytes = (left - 4).min(FILE_BYTES_MAX);
        let begun = store
            .files()
            .begin_file(document(1), file_hash(&n.to_be_bytes()), bytes);
        match begun.await {
            Ok(Begun::Taking(upload)) => coming.push(upload),
            other => panic!("{other:?}"),
        }
        (left, n) = (left - bytes, n + 1);
    }
    let full = put(
        &relay,
        &path(document(1), file_hash(b"fives")),
        &headers,
        b"fives",
    )
    .await;
    assert_eq!(full.status, 507);
    assert!(String::from_utf8_lossy(&full.body).contains("200 MB"));
    let edge = put(
        &relay,
        &path(document(1), file_hash(b"four")),
        &headers,
        b"four",
    )
    .await;
    assert_eq!(edge.status, 201);
    // Other backlogs have room of their own.
    let other = cookie(&relay, document(2), 1).await;
    let at = path(document(2), file_hash(b"fives"));
    assert_eq!(
        put(&relay, &at, &[("cookie", &other)], b"fives")
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn f4_nothing_in_a_file_runs_at_the_address_of_the_relay() {
    let relay = InProcess::start().await;
    let owner = cookie(&relay, document(1), 1).await;
    let at = path(document(1), file_hash(SKETCH));
    let typed = [("cookie", &owner[..]), ("content-type", "image/svg+xml")];
    assert_eq!(put(&relay, &at, &typed, SKETCH).await.status, 201);
    let head = get(&relay, &at, &owner).await.head.to_lowercase();
    for line in [
        "content-type: application/octet-stream",
        "content-disposition: attachment",
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'; sandbox",
        "cross-origin-resource-policy: same-origin",
        "cache-control: no-store",
        &format!("content-length: {}", SKETCH.len()),
    ] {
        assert!(head.contains(line), "{line} is not in {head}");
    }
}

#[tokio::test]
async fn f4_a_damaged_file_is_never_handed_out_whole() {
    let folder = TempDir::new().unwrap();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
    let relay = InProcess::over(Arc::clone(&store)).await;
    let owner = cookie(&relay, document(1), 1).await;
    // A store takes bytes as they come: only whoever brings and whoever reads them looks at the hash.
    let wrong = file_hash(b"the true ones");
    let begun = store.files().begin_file(document(1), wrong, 5);
    let Ok(Begun::Taking(upload)) = begun.await else {
        panic!("there is room");
    };
    let chunk = Bytes::from_static(b"false");
    store.files().add_chunk(upload, 0, chunk).await.unwrap();
    assert_eq!(store.files().finish_file(upload).await, Ok(true));
    let got = get(&relay, &path(document(1), wrong), &owner).await;
    assert_eq!(got.body, b"", "the connection is cut before its end");
}

#[tokio::test]
async fn f2_a_file_is_on_the_disk_before_it_is_confirmed_and_a_cut_one_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let relay = InProcess::in_folder(folder.path()).await;
    let address = relay.address();
    let owner = cookie(&relay, document(1), 1).await;
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let hash = file_hash(&bytes);
    let at = path(document(1), hash);

    let mut cut = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "PUT {at} HTTP/1.1\r\nHost: {address}\r\nCookie: {owner}\r\nContent-Length: {}\r\n\r\n",
        bytes.len()
    );
    cut.write_all(head.as_bytes()).await.unwrap();
    cut.write_all(&bytes[..200_000]).await.unwrap();
    drop(cut);
    assert_eq!(get(&relay, &at, &owner).await.status, 404);
    assert_eq!(
        put(&relay, &at, &[("cookie", &owner)], &bytes).await.status,
        201
    );
    drop(relay);

    let relay = InProcess::again(folder.path(), address).await;
    let owner = cookie(&relay, document(1), 1).await;
    assert_eq!(get(&relay, &at, &owner).await.body, bytes);
}

#[tokio::test]
async fn f3_what_was_cut_gives_its_room_back() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let relay = InProcess::over(Arc::clone(&store)).await;
    let owner = cookie(&relay, document(1), 1).await;
    put_file(&store, 1, b"small").await;
    let mut n = 0_u64;
    // All that is left is less than a file and more than half of one.
    loop {
        let begun =
            store
                .files()
                .begin_file(document(1), file_hash(&n.to_be_bytes()), FILE_BYTES_MAX);
        n += 1;
        if begun.await == Ok(Begun::NoRoom) {
            break;
        }
    }
    let bytes = vec![1; FILE_BYTES_MAX as usize - 100];
    let at = path(document(1), file_hash(&bytes));
    let mut cut = TcpStream::connect(relay.address()).await.unwrap();
    let head = format!(
        "PUT {at} HTTP/1.1\r\nHost: {}\r\nCookie: {owner}\r\nContent-Length: {}\r\n\r\n",
        relay.address(),
        bytes.len()
    );
    cut.write_all(head.as_bytes()).await.unwrap();
    cut.write_all(&bytes[..1_000_000]).await.unwrap();
    drop(cut);
    let fits = async {
        while put(&relay, &at, &[("cookie", &owner)], &bytes).await.status != 201 {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(60), fits).await.unwrap();
}
