//! A store that lives and dies with its process: for tests and trials. Everything is answered at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use futures_util::{FutureExt, future, future::BoxFuture};
use shared::{
    ids::{DocumentId, FileHash, PersonId},
    limits::{FILES_BYTES_MAX, FILES_MAX},
    sync::access::Verifier,
};

use super::{
    Answer, Appended, DocumentInfo, Epoch, Hash, Health, NewChange, Numbered, Opened, Snapshot,
    SnapshotInfo, Store, StoreError, chunk_has_hash,
    files::{Begun, FileStore, UploadId},
    links::{LINKS_MAX, Link, LinkStore, PEOPLE_MAX, Shelf},
};

/// Backlogs in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    documents: Mutex<BTreeMap<DocumentId, Document>>,
    removed: Mutex<BTreeSet<DocumentId>>,
    uploads: Mutex<BTreeMap<UploadId, Upload>>,
}

/// A file that is coming in.
#[derive(Debug)]
struct Upload {
    document: DocumentId,
    hash: FileHash,
    bytes: u64,
    chunks: Vec<Bytes>,
}

#[derive(Debug)]
struct Document {
    links: Vec<Link>,
    files: BTreeMap<FileHash, Vec<Bytes>>,
    people: BTreeMap<PersonId, Verifier>,
    epoch: Epoch,
    changes: Vec<NewChange>,
    seqs: BTreeMap<Hash, u64>,
    snapshots: Vec<Snapshot>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn documents(&self) -> MutexGuard<'_, BTreeMap<DocumentId, Document>> {
        self.documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn removed(&self) -> MutexGuard<'_, BTreeSet<DocumentId>> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn uploads(&self) -> MutexGuard<'_, BTreeMap<UploadId, Upload>> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs on a document that has to exist.
    fn with<T: Send + 'static>(
        &self,
        document: DocumentId,
        work: impl FnOnce(&mut Document) -> Result<T, StoreError>,
    ) -> Answer<T> {
        let result = match self.documents().get_mut(&document) {
            None => Err(StoreError::UnknownDocument),
            Some(held) => work(held),
        };
        future::ready(result).boxed()
    }
}

impl Store for MemoryStore {
    fn open(&self, document: DocumentId) -> Answer<Opened> {
        if self.removed().contains(&document) {
            return future::ready(Err(StoreError::Removed)).boxed();
        }
        let opened = match self.documents().get(&document) {
            None => Opened::unknown(),
            Some(held) => Opened {
                epoch: held.epoch,
                last_seq: held.last_seq(),
                bytes: held.changes.iter().map(|it| it.body.len() as u64).sum(),
                metas: (1..)
                    .zip(held.changes.iter().map(|change| change.meta.clone()))
                    .collect(),
                snapshot: held.snapshot_info(),
            },
        };
        future::ready(Ok(opened)).boxed()
    }

    fn append(
        &self,
        document: DocumentId,
        epoch: Epoch,
        changes: Vec<NewChange>,
    ) -> Answer<Appended> {
        let sound = |change: &NewChange| chunk_has_hash(&change.body, &change.hash);
        if !changes.iter().all(sound) {
            return future::ready(Err(StoreError::HashMismatch)).boxed();
        }
        if self.removed().contains(&document) {
            return future::ready(Err(StoreError::Removed)).boxed();
        }
        self.documents()
            .entry(document)
            .or_insert_with(|| Document::new(epoch));
        self.with(document, |held| {
            held.under(epoch)?;
            Ok(Appended {
                seqs: changes
                    .into_iter()
                    .map(|change| held.push(change))
                    .collect(),
            })
        })
    }

    fn read(&self, document: DocumentId, from_seq: u64, bytes_max: usize) -> Answer<Vec<Numbered>> {
        let mut bytes = 0;
        let mut found = Vec::new();
        if let Some(held) = self.documents().get(&document) {
            for (seq, change) in (1..).zip(&held.changes) {
                if seq < from_seq {
                    continue;
                }
                bytes += change.body.len();
                if bytes > bytes_max && !found.is_empty() {
                    break;
                }
                found.push((seq, change.body.to_vec()));
            }
        }
        future::ready(Ok(found)).boxed()
    }

    fn snapshot(&self, document: DocumentId) -> Answer<Option<Snapshot>> {
        self.with(document, |held| Ok(held.snapshots.last().cloned()))
    }

    fn put_snapshot(&self, document: DocumentId, epoch: Epoch, snapshot: Snapshot) -> Answer<()> {
        self.with(document, |held| {
            held.under(epoch)?;
            held.snapshots.retain(|kept| kept.seq != snapshot.seq);
            held.snapshots.push(Snapshot { epoch, ..snapshot });
            held.snapshots.sort_by_key(|kept| kept.seq);
            let surplus = held.snapshots.len().saturating_sub(2);
            held.snapshots.drain(..surplus);
            Ok(())
        })
    }

    fn documents(&self) -> Answer<Vec<DocumentInfo>> {
        let list = self
            .documents()
            .iter()
            .map(|(document, held)| DocumentInfo {
                document: *document,
                epoch: held.epoch,
                last_seq: held.last_seq(),
                bytes: held
                    .changes
                    .iter()
                    .map(|change| change.body.len() as u64)
                    .sum(),
                file_bytes: held.files.values().map(|file| size_of_all(file)).sum(),
                snapshot: held.snapshot_info(),
            })
            .collect();
        future::ready(Ok(list)).boxed()
    }

    fn remove(&self, document: DocumentId) -> Answer<()> {
        let held = self.documents().remove(&document);
        let result = match held {
            None => Err(StoreError::UnknownDocument),
            Some(_) => {
                self.removed().insert(document);
                Ok(())
            }
        };
        future::ready(result).boxed()
    }

    fn readmit(&self, document: DocumentId) -> Answer<()> {
        let result = match self.removed().remove(&document) {
            false => Err(StoreError::UnknownDocument),
            true => Ok(()),
        };
        future::ready(result).boxed()
    }

    fn health(&self) -> Health {
        Health::Writable
    }

    fn links(&self) -> &dyn LinkStore {
        self
    }

    fn files(&self) -> &dyn FileStore {
        self
    }

    fn failed(&self) -> BoxFuture<'static, String> {
        future::pending().boxed()
    }
}

impl LinkStore for MemoryStore {
    fn shelf(&self, document: DocumentId) -> Answer<Shelf> {
        let shelf = match self.documents().get(&document) {
            None => Shelf::default(),
            Some(held) => Shelf {
                exists: true,
                links: held.links.clone(),
            },
        };
        future::ready(Ok(shelf)).boxed()
    }

    fn found(&self, document: DocumentId, link: Link) -> Answer<bool> {
        let mut documents = self.documents();
        let founds = !documents.contains_key(&document) && !self.removed().contains(&document);
        if founds {
            let mut held = Document::new(rand::random());
            held.links.push(link);
            documents.insert(document, held);
        }
        future::ready(Ok(founds)).boxed()
    }

    fn put_link(&self, document: DocumentId, link: Link) -> Answer<bool> {
        self.with(document, |held| {
            let mut others = held.links.iter().filter(|other| other.id != link.id);
            if others.clone().count() >= LINKS_MAX
                || others.any(|other| other.verifier == link.verifier)
            {
                return Ok(false);
            }
            held.links.retain(|other| other.id != link.id);
            held.links.push(link);
            held.links.sort_by_key(|link| (link.created, link.id));
            Ok(true)
        })
    }

    fn claim_person(&self, document: DocumentId, person: PersonId, key: Verifier) -> Answer<bool> {
        self.with(document, |held| {
            if held.people.len() >= PEOPLE_MAX && !held.people.contains_key(&person) {
                return Ok(false);
            }
            Ok(held.people.entry(person).or_insert(key).matches(&key))
        })
    }
}

impl FileStore for MemoryStore {
    fn hashes(&self, document: DocumentId) -> Answer<Vec<FileHash>> {
        let files = self.documents().get(&document).map(|held| {
            let hashes = held.files.keys();
            hashes.copied().collect()
        });
        future::ready(Ok(files.unwrap_or_default())).boxed()
    }

    fn begin_file(&self, document: DocumentId, hash: FileHash, bytes: u64) -> Answer<Begun> {
        if self.removed().contains(&document) {
            return future::ready(Err(StoreError::Removed)).boxed();
        }
        let mut uploads = self.uploads();
        self.with(document, |held| {
            if held.files.contains_key(&hash) {
                return Ok(Begun::Held);
            }
            let coming = uploads
                .values()
                .filter(|upload| upload.document == document)
                .map(|upload| upload.bytes);
            let there = held.files.values().map(|file| size_of_all(file));
            let (files, taken) = coming
                .chain(there)
                .fold((0, 0), |(files, taken), bytes| (files + 1, taken + bytes));
            if files >= FILES_MAX || taken + bytes > FILES_BYTES_MAX {
                return Ok(Begun::NoRoom);
            }
            let last = uploads.keys().next_back();
            let id = UploadId(last.map_or(1, |UploadId(last)| last + 1));
            let upload = Upload {
                document,
                hash,
                bytes,
                chunks: Vec::new(),
            };
            uploads.insert(id, upload);
            Ok(Begun::Taking(id))
        })
    }

    fn add_chunk(&self, upload: UploadId, _number: u32, chunk: Bytes) -> Answer<()> {
        if let Some(upload) = self.uploads().get_mut(&upload) {
            upload.chunks.push(chunk);
        }
        future::ready(Ok(())).boxed()
    }

    fn finish_file(&self, upload: UploadId) -> Answer<bool> {
        let upload = self.uploads().remove(&upload);
        let Some(upload) = upload.filter(|upload| size_of_all(&upload.chunks) == upload.bytes)
        else {
            return future::ready(Ok(false)).boxed();
        };
        let mut documents = self.documents();
        let held = documents.get_mut(&upload.document);
        let is_there = held.map(|held| held.files.insert(upload.hash, upload.chunks));
        future::ready(Ok(is_there.is_some())).boxed()
    }

    fn abandon_file(&self, upload: UploadId) -> Answer<()> {
        self.uploads().remove(&upload);
        future::ready(Ok(())).boxed()
    }

    fn file_size(&self, document: DocumentId, hash: FileHash) -> Answer<Option<u64>> {
        let documents = self.documents();
        let file = documents
            .get(&document)
            .and_then(|held| held.files.get(&hash));
        future::ready(Ok(file.map(|file| size_of_all(file)))).boxed()
    }

    fn chunk(&self, document: DocumentId, hash: FileHash, number: u32) -> Answer<Option<Bytes>> {
        let documents = self.documents();
        let file = documents
            .get(&document)
            .and_then(|held| held.files.get(&hash));
        let chunk = file.and_then(|file| file.get(number as usize)).cloned();
        future::ready(Ok(chunk)).boxed()
    }
}

fn size_of_all(chunks: &[Bytes]) -> u64 {
    chunks.iter().map(|chunk| chunk.len() as u64).sum()
}

impl Document {
    fn new(epoch: Epoch) -> Self {
        Self {
            links: Vec::new(),
            files: BTreeMap::new(),
            people: BTreeMap::new(),
            epoch,
            changes: Vec::new(),
            seqs: BTreeMap::new(),
            snapshots: Vec::new(),
        }
    }

    fn under(&self, epoch: Epoch) -> Result<(), StoreError> {
        if epoch == self.epoch {
            Ok(())
        } else {
            Err(StoreError::EpochChanged)
        }
    }

    fn last_seq(&self) -> u64 {
        self.changes.len() as u64
    }

    fn snapshot_info(&self) -> Option<SnapshotInfo> {
        self.snapshots.last().map(|snapshot| SnapshotInfo {
            seq: snapshot.seq,
            len: snapshot.body.len() as u64,
        })
    }

    fn push(&mut self, change: NewChange) -> u64 {
        let next = self.last_seq() + 1;
        let seq = *self.seqs.entry(change.hash).or_insert(next);
        if seq == next {
            self.changes.push(change);
        }
        seq
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn the_memory_store_keeps_the_contract() {
        super::super::contract::run(|| Arc::new(MemoryStore::new()) as Arc<dyn Store>).await;
    }
}
