//! The bytes of files that this device holds for the items of backlogs, in a database of their own.
//!
//! | store | key | value |
//! | --- | --- | --- |
//! | `files` | document, hash | bytes |
//! | `sent` | document, hash | whether the relay has confirmed them |

use std::cell::RefCell;

use js_sys::{Array, Uint8Array};
use shared::ids::{DocumentId, FileHash};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::IdbDatabase;

use super::{
    Database, Mode, StorageError, Stores,
    backlogs::{key_of, part, range_of},
    transact,
};

thread_local! {
    static CONNECTION: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}
static DATABASE: Database = Database {
    name: "cutline-files",
    version: 1,
    create: create_stores,
    connection: &CONNECTION,
};

const FILES: &str = "files";
const SENT: &str = "sent";
const ALL: [&str; 2] = [FILES, SENT];

fn create_stores(database: &IdbDatabase) -> Result<(), JsValue> {
    for name in ALL {
        database.create_object_store(name)?;
    }
    Ok(())
}

/// Keeps a file; once this answers it is on the disk.
pub async fn keep(
    document: DocumentId,
    hash: FileHash,
    bytes: &Uint8Array,
    sent: bool,
) -> Result<(), StorageError> {
    let key = name(document, hash);
    transact(&DATABASE, &ALL, Mode::Strict, async |stores: &Stores| {
        stores.put(FILES, &key, bytes)?;
        stores.put(SENT, &key, &JsValue::from_bool(sent))
    })
    .await
}

/// The files that are held for a backlog, in the order of their hashes, and of each whether the relay has confirmed it.
pub async fn held(document: DocumentId) -> Result<Vec<(FileHash, bool)>, StorageError> {
    let range = range_of(&key_of(document))?;
    transact(&DATABASE, &ALL, Mode::Read, async |stores: &Stores| {
        let names = stores.get_all_keys(FILES, &range).await?;
        let mut held = Vec::new();
        for name in names.iter() {
            let sent = stores.get(SENT, &name).await?.is_truthy();
            held.extend(hash_in(&name).map(|hash| (hash, sent)));
        }
        Ok(held)
    })
    .await
}

/// The bytes of a file, where this device holds it.
pub async fn read(
    document: DocumentId,
    hash: FileHash,
) -> Result<Option<Uint8Array>, StorageError> {
    let key = name(document, hash);
    transact(&DATABASE, &[FILES], Mode::Read, async |stores: &Stores| {
        Ok(stores.get(FILES, &key).await?.dyn_into().ok())
    })
    .await
}

/// Notes whether the relay has a file.
pub async fn note_sent(
    document: DocumentId,
    hash: FileHash,
    sent: bool,
) -> Result<(), StorageError> {
    let key = name(document, hash);
    transact(
        &DATABASE,
        &[SENT],
        Mode::Relaxed,
        async |stores: &Stores| stores.put(SENT, &key, &JsValue::from_bool(sent)),
    )
    .await
}

/// Removes all files that are held for a backlog.
pub async fn forget(document: DocumentId) -> Result<(), StorageError> {
    let range = range_of(&key_of(document))?;
    transact(&DATABASE, &ALL, Mode::Strict, async |stores: &Stores| {
        stores.remove(FILES, &range)?;
        stores.remove(SENT, &range)
    })
    .await
}

fn name(document: DocumentId, hash: FileHash) -> JsValue {
    Array::of2(&key_of(document), &JsValue::from_str(&hash.to_string())).into()
}

fn hash_in(name: &JsValue) -> Option<FileHash> {
    part(name, 1)?.as_string()?.parse().ok()
}
