//! Where things stand in the document. `MODEL.md` shows the whole shape.

use std::collections::BTreeMap;

use automerge::{
    Automerge, AutomergeError, ObjId, ObjType, ROOT, ReadDoc, TextEncoding,
    transaction::Transactable,
};

use crate::{ids::ItemId, model::Collection};

/// The major version of the shape that this code reads and writes (`MODEL.md` I1).
pub const SCHEMA: u64 = 1;

/// Where in the root the version of the shape stands.
pub(crate) const SCHEMA_KEY: &str = "schema";

pub(crate) const BUCKETS: usize = 128;

/// Top-level containers, all made in the document's first change so that two people never make rival ones.
pub(crate) const CONTAINERS: [&str; 12] = [
    "product",
    "people",
    "items",
    "lists",
    "releases",
    "sprints",
    "goals",
    "initiatives",
    "themes",
    "feedback",
    "scorecards",
    "meetings",
];

/// The maps of every item, made in the change that makes the item.
pub(crate) const ITEM_MAPS: [&str; 5] = ["rank", "tags", "criteria", "comments", "trail"];

/// How texts are counted in documents: as browsers do.
pub(crate) const ENCODING: TextEncoding = TextEncoding::Utf16CodeUnit;

/// The bucket of an item: patches cost in proportion to the map that holds the changed object, so items stand in 128.
pub(crate) fn bucket(item: ItemId) -> usize {
    let hash = item
        .as_str()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    usize::try_from((hash ^ (hash >> 32)) % BUCKETS as u64).expect("less than 128")
}

pub(crate) fn bucket_key(bucket: usize) -> String {
    format!("{bucket:02x}")
}

/// The objects that every read and write starts from.
#[derive(Clone, Debug)]
pub(crate) struct Roots {
    pub(crate) product: ObjId,
    pub(crate) people: ObjId,
    pub(crate) buckets: Vec<ObjId>,
    pub(crate) records: BTreeMap<Collection, ObjId>,
}

/// Why bytes are not a backlog that this version can open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Not an Automerge document, or a damaged one.
    #[error("the document can't be read: {0}")]
    Unreadable(String),
    /// An Automerge document of something else.
    #[error("the document is not a Cutline backlog")]
    NotABacklog,
    /// Written by a later version, and never written to by this one.
    #[error(
        "the backlog was written by a newer version of Cutline (schema {0}); load the page anew to get that version"
    )]
    Newer(u64),
}

pub(crate) fn create(tx: &mut impl Transactable, name: &str) -> Result<(), AutomergeError> {
    tx.put(ROOT, SCHEMA_KEY, SCHEMA)?;
    for container in CONTAINERS {
        let object = tx.put_object(ROOT, container, ObjType::Map)?;
        if container == "items" {
            for bucket in 0..BUCKETS {
                tx.put_object(&object, bucket_key(bucket), ObjType::Map)?;
            }
        }
        if container == "product" {
            tx.put(&object, "name", name)?;
        }
    }
    Ok(())
}

/// Finds the containers, once the first change is there.
pub(crate) fn roots(doc: &Automerge) -> Result<Roots, OpenError> {
    let schema = match doc.get(ROOT, SCHEMA_KEY) {
        Ok(Some((value, _))) => value
            .as_u64()
            .or_else(|| value.as_i64().and_then(|value| u64::try_from(value).ok())),
        Ok(None) | Err(_) => None,
    };
    match schema {
        Some(SCHEMA) => {}
        Some(newer) if newer > SCHEMA => return Err(OpenError::Newer(newer)),
        Some(_) | None => return Err(OpenError::NotABacklog),
    }
    let map = |parent: &ObjId, key: &str| match doc.get(parent, key) {
        Ok(Some((value, object))) if value.is_object() => Ok(object),
        Ok(_) | Err(_) => Err(OpenError::NotABacklog),
    };
    let items = map(&ROOT, "items")?;
    let buckets = (0..BUCKETS)
        .map(|bucket| map(&items, &bucket_key(bucket)))
        .collect::<Result<_, _>>()?;
    let records = Collection::ALL
        .iter()
        .map(|collection| Ok((*collection, map(&ROOT, collection.word())?)))
        .collect::<Result<_, _>>()?;
    Ok(Roots {
        product: map(&ROOT, "product")?,
        people: map(&ROOT, "people")?,
        buckets,
        records,
    })
}
