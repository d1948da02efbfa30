//! What this device holds of backlogs, and the fence that lets one tab write at a time.
//!
//! Every write names the leader epoch under which its writer claimed the backlog and is refused once somebody else has
//! claimed it since: a tab that was frozen and wakes up can't write over its successor.
//!
//! | store | key | value |
//! | --- | --- | --- |
//! | `backlogs` | document | leader epoch, the session's record, summary |
//! | `chunks` | document, number | bytes |
//! | `snapshots` | document | bytes |
//! | `views` | document | bytes of the view to show first |
//! | `outbox` | document, tab, number | intents given before the document was there |

use std::cell::RefCell;

use js_sys::{Array, Object, Uint8Array};
use shared::{
    ids::{DocumentId, TabId},
    session::{Stored, Summary, Write},
};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbKeyRange};

use super::{Database, Mode, StorageError, Stores, amend, record, transact};
use crate::platform::{bytes_of, clock, property};

thread_local! {
    static CONNECTION: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}
static DATABASE: Database = Database {
    name: "cutline",
    version: 1,
    create: create_stores,
    connection: &CONNECTION,
};

const BACKLOGS: &str = "backlogs";
const CHUNKS: &str = "chunks";
const SNAPSHOTS: &str = "snapshots";
const VIEWS: &str = "views";
const OUTBOX: &str = "outbox";
const ALL: [&str; 5] = [BACKLOGS, CHUNKS, SNAPSHOTS, VIEWS, OUTBOX];

const EPOCH: &str = "leader_epoch";
const META: &str = "meta";
const SUMMARY: &str = "summary";
const TRIES: &str = "outbox_tries";

/// How often an outbox is tried. An intent that stops the worker every time must not lock people out of the backlog.
const TRIES_MAX: u64 = 3;

/// A backlog that the caller may write to, until somebody else claims it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// To be named in every write.
    pub epoch: LeaderEpoch,
    /// What the device holds.
    pub stored: Stored,
    /// Intents that were given before the document was there, in their order.
    pub outbox: Vec<Kept>,
    /// How many intents were given up, since no attempt to carry them out ever came to a write.
    pub given_up: usize,
}

/// Which leader, of all that a backlog has had on this device. Rises with every claim, also past a removal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeaderEpoch(pub u64);

impl From<LeaderEpoch> for u64 {
    fn from(LeaderEpoch(epoch): LeaderEpoch) -> Self {
        epoch
    }
}

/// An intent in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The tab that it was given in.
    pub tab: TabId,
    /// The tab's running number.
    pub number: u64,
    /// What [`keep`] was given.
    pub bytes: Vec<u8>,
}

/// Makes the stores of a new database.
fn create_stores(database: &IdbDatabase) -> Result<(), JsValue> {
    for name in ALL {
        database.create_object_store(name)?;
    }
    Ok(())
}

/// Takes over a backlog and reads all that is held of it.
pub async fn claim(document: DocumentId) -> Result<Claim, StorageError> {
    let key = key_of(document);
    transact(&DATABASE, &ALL, Mode::Strict, async |stores: &Stores| {
        let held = stores.get(BACKLOGS, &key).await?;
        let epoch = next_epoch(epoch_of(&held));
        let renewed = if held.is_object() {
            held.unchecked_into::<Object>()
        } else {
            record(&[])
        };
        amend(&renewed, EPOCH, &epoch_value(epoch))?;

        let stored = read_stored(stores, &key, &renewed).await?;
        let mut outbox = read_outbox(stores, &key).await?;
        let tries = whole(&property(&renewed, TRIES)).unwrap_or(0);
        let mut given_up = 0;
        if outbox.is_empty() || tries >= TRIES_MAX {
            amend(&renewed, TRIES, &JsValue::from_f64(0.0))?;
            stores.remove(OUTBOX, &range_of(&key)?)?;
            given_up = std::mem::take(&mut outbox).len();
        } else {
            amend(&renewed, TRIES, &JsValue::from_f64((tries + 1) as f64))?;
        }
        stores.put(BACKLOGS, &key, &renewed)?;
        Ok(Claim {
            epoch,
            stored,
            outbox,
            given_up,
        })
    })
    .await
}

async fn read_stored(
    stores: &Stores,
    key: &JsValue,
    held: &JsValue,
) -> Result<Stored, StorageError> {
    let numbers = stores.get_all_keys(CHUNKS, &range_of(key)?).await?;
    let chunks = stores.get_all(CHUNKS, &range_of(key)?).await?;
    Ok(Stored {
        meta: bytes_of(&property(held, META)),
        snapshot: bytes_of(&stores.get(SNAPSHOTS, key).await?),
        view: bytes_of(&stores.get(VIEWS, key).await?),
        chunks: numbers
            .iter()
            .zip(chunks.iter())
            .filter_map(|(name, chunk)| Some((last_number(&name)?, bytes_of(&chunk)?)))
            .collect(),
    })
}

async fn read_outbox(stores: &Stores, key: &JsValue) -> Result<Vec<Kept>, StorageError> {
    let names = stores.get_all_keys(OUTBOX, &range_of(key)?).await?;
    let kept = stores.get_all(OUTBOX, &range_of(key)?).await?;
    Ok(names
        .iter()
        .zip(kept.iter())
        .filter_map(|(name, bytes)| {
            Some(Kept {
                tab: part(&name, 1)?.as_string()?.parse().ok()?,
                number: last_number(&name)?,
                bytes: bytes_of(&bytes)?,
            })
        })
        .collect())
}

/// Writes all or nothing, unless the backlog was claimed by somebody else meanwhile.
pub async fn write(
    document: DocumentId,
    epoch: LeaderEpoch,
    write: &Write,
) -> Result<(), StorageError> {
    let key = key_of(document);
    let mode = if write.strict {
        Mode::Strict
    } else {
        Mode::Relaxed
    };
    let summary = encode_summary(&write.summary)?;
    transact(&DATABASE, &ALL[..4], mode, async |stores: &Stores| {
        let held = stores.get(BACKLOGS, &key).await?;
        match epoch_of(&held) {
            None => return Err(StorageError::Cleared),
            Some(current) if current != epoch => return Err(StorageError::Fenced),
            Some(_) => {}
        }
        if let Some((covered, bytes)) = &write.snapshot {
            stores.put(SNAPSHOTS, &key, &Uint8Array::from(bytes.as_slice()))?;
            stores.remove(CHUNKS, &range_to(&key, *covered)?)?;
        }
        for (number, bytes) in &write.append {
            stores.put(
                CHUNKS,
                &numbered(&key, *number),
                &Uint8Array::from(bytes.as_slice()),
            )?;
        }
        if let Some(view) = &write.view {
            stores.put(VIEWS, &key, &Uint8Array::from(view.as_slice()))?;
        }
        // Without the count of tries: the session got as far as a write.
        let renewed = record(&[
            (EPOCH, epoch_value(epoch)),
            (META, Uint8Array::from(write.meta.as_slice()).into()),
            (SUMMARY, Uint8Array::from(summary.as_slice()).into()),
        ]);
        stores.put(BACKLOGS, &key, &renewed)
    })
    .await
}

/// Every backlog on this device with its summary.
pub async fn list() -> Result<Vec<(DocumentId, Summary)>, StorageError> {
    transact(
        &DATABASE,
        &[BACKLOGS],
        Mode::Read,
        async |stores: &Stores| {
            let names = stores.get_all_keys(BACKLOGS, &JsValue::UNDEFINED).await?;
            let records = stores.get_all(BACKLOGS, &JsValue::UNDEFINED).await?;
            let known = names.iter().zip(records.iter());
            Ok(known
                .filter_map(|(name, held)| {
                    // A backlog that was only ever looked for has no summary.
                    let summary = bytes_of(&property(&held, SUMMARY))?;
                    let summary = postcard::from_bytes(&summary).unwrap_or_default();
                    Some((name.as_string()?.parse().ok()?, summary))
                })
                .collect())
        },
    )
    .await
}

/// The bytes of the view to show first.
pub async fn view(document: DocumentId) -> Result<Option<Vec<u8>>, StorageError> {
    let key = key_of(document);
    transact(&DATABASE, &[VIEWS], Mode::Read, async |stores: &Stores| {
        Ok(bytes_of(&stores.get(VIEWS, &key).await?))
    })
    .await
}

/// What this device holds of a backlog, without claiming it.
pub async fn held(document: DocumentId) -> Result<Stored, StorageError> {
    let key = key_of(document);
    transact(&DATABASE, &ALL[..4], Mode::Read, async |stores: &Stores| {
        let held = stores.get(BACKLOGS, &key).await?;
        read_stored(stores, &key, &held).await
    })
    .await
}

/// Removes what this device holds of a backlog but for this record of the session. Whoever has claimed it can't write
/// any more.
pub async fn start_over(document: DocumentId, meta: &[u8]) -> Result<(), StorageError> {
    let key = key_of(document);
    transact(&DATABASE, &ALL, Mode::Strict, async |stores: &Stores| {
        let held = stores.get(BACKLOGS, &key).await?;
        let renewed = record(&[
            (EPOCH, epoch_value(next_epoch(epoch_of(&held)))),
            (META, Uint8Array::from(meta).into()),
            (SUMMARY, property(&held, SUMMARY)),
        ]);
        for store in [SNAPSHOTS, VIEWS] {
            stores.remove(store, &key)?;
        }
        for store in [CHUNKS, OUTBOX] {
            stores.remove(store, &range_of(&key)?)?;
        }
        stores.put(BACKLOGS, &key, &renewed)
    })
    .await
}

/// Removes all that this device holds of a backlog. Whoever has claimed it can't write any more.
pub async fn forget(document: DocumentId) -> Result<(), StorageError> {
    let key = key_of(document);
    transact(&DATABASE, &ALL, Mode::Strict, async |stores: &Stores| {
        for store in [BACKLOGS, SNAPSHOTS, VIEWS] {
            stores.remove(store, &key)?;
        }
        for store in [CHUNKS, OUTBOX] {
            stores.remove(store, &range_of(&key)?)?;
        }
        Ok(())
    })
    .await
}

/// Keeps an intent for whoever claims the backlog next.
pub async fn keep(
    document: DocumentId,
    tab: TabId,
    number: u64,
    bytes: &[u8],
) -> Result<(), StorageError> {
    let name = kept_name(document, tab, number);
    transact(
        &DATABASE,
        &[OUTBOX],
        Mode::Strict,
        async |stores: &Stores| stores.put(OUTBOX, &name, &Uint8Array::from(bytes)),
    )
    .await
}

/// Removes a tab's intents up to that number: the document has them.
pub async fn release(document: DocumentId, tab: TabId, up_to: u64) -> Result<(), StorageError> {
    let range = IdbKeyRange::bound(
        &kept_name(document, tab, 0),
        &kept_name(document, tab, up_to),
    )?;
    transact(
        &DATABASE,
        &[OUTBOX],
        Mode::Relaxed,
        async |stores: &Stores| stores.remove(OUTBOX, &range),
    )
    .await
}

fn encode_summary(summary: &Summary) -> Result<Vec<u8>, StorageError> {
    postcard::to_stdvec(summary).map_err(|error| StorageError::Failed(error.to_string()))
}

/// Above every epoch that a removed record may have had: milliseconds rise faster than leaders change.
fn next_epoch(held: Option<LeaderEpoch>) -> LeaderEpoch {
    let now = u64::try_from(clock::now().ms()).unwrap_or(0);
    LeaderEpoch(held.map_or(0, |LeaderEpoch(epoch)| epoch + 1).max(now))
}

fn epoch_of(held: &JsValue) -> Option<LeaderEpoch> {
    if !held.is_object() {
        return None;
    }
    whole(&property(held, EPOCH)).map(LeaderEpoch)
}

// Numbers in the database are doubles; chunks and epochs stay far below 2^53.
fn epoch_value(LeaderEpoch(epoch): LeaderEpoch) -> JsValue {
    JsValue::from_f64(epoch as f64)
}

fn whole(value: &JsValue) -> Option<u64> {
    value.as_f64().map(|number| number as u64)
}

pub(super) fn key_of(document: DocumentId) -> JsValue {
    JsValue::from_str(&document.to_string())
}

fn numbered(key: &JsValue, number: u64) -> JsValue {
    Array::of2(key, &JsValue::from_f64(number as f64)).into()
}

fn kept_name(document: DocumentId, tab: TabId, number: u64) -> JsValue {
    Array::of3(
        &key_of(document),
        &JsValue::from_str(tab.as_str()),
        &JsValue::from_f64(number as f64),
    )
    .into()
}

pub(super) fn part(name: &JsValue, index: u32) -> Option<JsValue> {
    Some(name.dyn_ref::<Array>()?.get(index))
}

fn last_number(name: &JsValue) -> Option<u64> {
    let name = name.dyn_ref::<Array>()?;
    whole(&name.get(name.length().checked_sub(1)?))
}

/// All composite keys that begin with a document's: an array sorts after every number and string.
pub(super) fn range_of(key: &JsValue) -> Result<JsValue, StorageError> {
    let first = Array::of1(key);
    let after_last = Array::of2(key, &Array::new());
    Ok(IdbKeyRange::bound(&first, &after_last)?.into())
}

fn range_to(key: &JsValue, number: u64) -> Result<JsValue, StorageError> {
    Ok(IdbKeyRange::bound(&Array::of1(key), &numbered(key, number))?.into())
}
