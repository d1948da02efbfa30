//! IndexedDB as transactions with an honest answer, in windows and workers alike.
//!
//! A transaction answers when it is complete, not when its last request succeeded, and says so when it was aborted or
//! there was no room. A connection that the browser lost (WebKit does) is opened again. What is stored for backlogs is
//! [`backlogs`]' business, what of the files of their items that of [`kept_files`].

pub mod backlogs;
pub mod kept_files;

use std::{cell::RefCell, fmt, pin::Pin, thread::LocalKey};

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, IdbDatabase, IdbFactory, IdbObjectStore, IdbOpenDbRequest, IdbRequest,
    IdbTransaction,
};

use super::{global, object, property, timer};

/// How long to wait before opening the database again after the connection was lost.
const PAUSES_MS: [i32; 3] = [50, 250, 1_000];

/// One database of this origin. What is kept for another purpose has one of its own: an upgrade of one that tabs of an
/// earlier Cutline have open would lock them out of it.
#[derive(Debug)]
pub struct Database {
    name: &'static str,
    version: u32,
    /// Makes the stores of a new one.
    create: fn(&IdbDatabase) -> Result<(), JsValue>,
    connection: &'static LocalKey<RefCell<Option<IdbDatabase>>>,
}

/// Why the device's storage did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageError {
    /// There is no room.
    Full,
    /// A newer leader has taken over the backlog.
    Fenced,
    /// What this device held of the backlog was removed since it was claimed: a write would be a part without the whole.
    Cleared,
    /// The connection to the database is gone; opening it again may help.
    Lost(String),
    /// Anything else, in the browser's words.
    Failed(String),
}

impl fmt::Display for StorageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("this device has no room left for the backlog"),
            Self::Fenced => f.write_str("another tab has taken over this backlog"),
            Self::Cleared => {
                f.write_str("the browser's storage was cleared while the backlog was open")
            }
            Self::Lost(words) => write!(f, "the browser lost its storage ({words})"),
            Self::Failed(words) => write!(f, "the browser's storage failed ({words})"),
        }
    }
}

impl StorageError {
    fn from_exception(exception: &DomException) -> Self {
        let words = format!("{}: {}", exception.name(), exception.message());
        match exception.name().as_str() {
            "QuotaExceededError" => Self::Full,
            "UnknownError" | "InvalidStateError" | "AbortError" => Self::Lost(words),
            _ => Self::Failed(words),
        }
    }
}

impl From<JsValue> for StorageError {
    fn from(thrown: JsValue) -> Self {
        match thrown.dyn_ref::<DomException>() {
            Some(exception) => Self::from_exception(exception),
            None => Self::Failed(format!("{thrown:?}")),
        }
    }
}

/// What a transaction may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Read.
    Read,
    /// Write; complete means handed to the system.
    Relaxed,
    /// Write; complete means on the disk.
    Strict,
}

/// Runs `work` in one transaction over those stores of a database and answers when it is complete. Where the connection is
/// lost the whole is done again on a new one, so `work` may run more than once.
pub async fn transact<T>(
    database: &'static Database,
    stores: &[&str],
    mode: Mode,
    work: impl AsyncFn(&Stores) -> Result<T, StorageError>,
) -> Result<T, StorageError> {
    // What goes around the work is the same for all, and stands in the module once.
    let (work, found) = (&work, &RefCell::new(None));
    let work = move |stores: Stores| -> Working<'_> {
        Box::pin(async move {
            let value = work(&stores).await?;
            found.replace(Some(value));
            Ok(())
        })
    };
    repeat(database, stores, mode, &work).await?;
    let nothing = || StorageError::Failed("it answered nothing".to_owned());
    found.take().ok_or_else(nothing)
}

type Working<'w> = Pin<Box<dyn Future<Output = Result<(), StorageError>> + 'w>>;

async fn repeat<'w>(
    database: &'static Database,
    stores: &[&str],
    mode: Mode,
    work: &(dyn Fn(Stores) -> Working<'w> + 'w),
) -> Result<(), StorageError> {
    let mut pauses = PAUSES_MS.iter();
    loop {
        let lost = match attempt(database, stores, mode, work).await {
            Err(StorageError::Lost(words)) => StorageError::Lost(words),
            settled => return settled,
        };
        database.disconnect();
        match pauses.next() {
            Some(&pause_ms) => timer::sleep(pause_ms).await,
            None => return Err(lost),
        }
    }
}

async fn attempt<'w>(
    database: &'static Database,
    stores: &[&str],
    mode: Mode,
    work: &(dyn Fn(Stores) -> Working<'w> + 'w),
) -> Result<(), StorageError> {
    let database = database.connect().await?;
    let transaction = begin(&database, stores, mode)?;
    let ended = settled(|end| {
        transaction.set_oncomplete(Some(end));
        transaction.set_onabort(Some(end));
    });
    let worked = work(Stores {
        transaction: transaction.clone(),
    })
    .await;
    if worked.is_err() {
        // Throws where a failed request has aborted it already.
        drop(transaction.abort());
    }
    let event = JsFuture::from(ended).await?;
    worked?;
    if property(&event, "type") == JsValue::from_str("complete") {
        return Ok(());
    }
    Err(transaction.error().map_or_else(
        || StorageError::Lost("aborted".to_owned()),
        |exception| StorageError::from_exception(&exception),
    ))
}

/// `durability` is not in the stable bindings, hence the call by name.
fn begin(
    database: &IdbDatabase,
    stores: &[&str],
    mode: Mode,
) -> Result<IdbTransaction, StorageError> {
    let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
    let (access, durability) = match mode {
        Mode::Read => ("readonly", "relaxed"),
        Mode::Relaxed => ("readwrite", "relaxed"),
        Mode::Strict => ("readwrite", "strict"),
    };
    let options = object(&[("durability", JsValue::from_str(durability))]);
    let begin: Function = property(database, "transaction").unchecked_into();
    let made = begin.call3(database, &names, &JsValue::from_str(access), &options)?;
    Ok(made.unchecked_into())
}

/// The stores of one running transaction. Only its own requests may be awaited while it runs: it ends when none waits.
#[derive(Debug)]
pub struct Stores {
    transaction: IdbTransaction,
}

impl Stores {
    fn store(&self, name: &str) -> Result<IdbObjectStore, StorageError> {
        Ok(self.transaction.object_store(name)?)
    }

    /// The value of a key; `undefined` where there is none.
    pub async fn get(&self, store: &str, key: &JsValue) -> Result<JsValue, StorageError> {
        answer(&self.store(store)?.get(key)?).await
    }

    /// All values whose keys are in a range, in the order of their keys.
    pub async fn get_all(&self, store: &str, range: &JsValue) -> Result<Array, StorageError> {
        let values = answer(&self.store(store)?.get_all_with_key(range)?).await?;
        Ok(values.unchecked_into())
    }

    /// All keys in a range, in order.
    pub async fn get_all_keys(&self, store: &str, range: &JsValue) -> Result<Array, StorageError> {
        let keys = answer(&self.store(store)?.get_all_keys_with_key(range)?).await?;
        Ok(keys.unchecked_into())
    }

    /// Puts a value under a key; the transaction's end tells whether it worked.
    pub fn put(&self, store: &str, key: &JsValue, value: &JsValue) -> Result<(), StorageError> {
        self.store(store)?.put_with_key(value, key)?;
        Ok(())
    }

    /// Removes a key or a range of keys; the transaction's end tells whether it worked.
    pub fn remove(&self, store: &str, keys: &JsValue) -> Result<(), StorageError> {
        self.store(store)?.delete(keys)?;
        Ok(())
    }
}

/// A promise of the first event that a handler gets. It is never rejected, so nobody has to look at it.
fn settled(hand_over: impl Fn(&Function)) -> Promise {
    Promise::new(&mut |resolve, _| hand_over(&resolve))
}

async fn answer(request: &IdbRequest) -> Result<JsValue, StorageError> {
    let done = settled(|done| {
        request.set_onsuccess(Some(done));
        request.set_onerror(Some(done));
    });
    JsFuture::from(done).await?;
    match request.error()? {
        Some(exception) => Err(StorageError::from_exception(&exception)),
        None => Ok(request.result()?),
    }
}

impl Database {
    async fn connect(&'static self) -> Result<IdbDatabase, StorageError> {
        if let Some(open) = self.connection.with_borrow(Clone::clone) {
            return Ok(open);
        }
        let database = self.open().await?;
        self.connection.set(Some(database.clone()));
        Ok(database)
    }

    /// Closes the connection; the next transaction opens another.
    fn disconnect(&self) {
        if let Some(database) = self.connection.take() {
            database.close();
        }
    }

    async fn open(&'static self) -> Result<IdbDatabase, StorageError> {
        let factory = global("indexedDB");
        if !factory.is_object() {
            return Err(StorageError::Failed("there is none here".to_owned()));
        }
        let factory: IdbFactory = factory.unchecked_into();
        let request: IdbOpenDbRequest = factory.open_with_u32(self.name, self.version)?;
        let upgrade = Closure::<dyn FnMut()>::new({
            let request = request.clone();
            move || {
                if let Ok(database) = request.result() {
                    // A store that can't be made fails the transactions that need it, with a better message.
                    drop((self.create)(&database.unchecked_into()));
                }
            }
        });
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let database: IdbDatabase = answer(&request).await?.unchecked_into();
        request.set_onupgradeneeded(None);

        // A newer Cutline wants to upgrade, or the browser closed the connection: let go, and open again when needed.
        let let_go: Function = Closure::<dyn FnMut()>::new(|| self.disconnect())
            .into_js_value()
            .unchecked_into();
        database.set_onversionchange(Some(&let_go));
        database.set_onclose(Some(&let_go));
        Ok(database)
    }
}

/// A record with these fields.
fn record(fields: &[(&str, JsValue)]) -> Object {
    object(fields)
}

/// A record with one field changed or added.
fn amend(of: &Object, field: &str, value: &JsValue) -> Result<(), StorageError> {
    Reflect::set(of, &JsValue::from_str(field), value)?;
    Ok(())
}
