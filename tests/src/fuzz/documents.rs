//! Changes and documents through the gate into Automerge, files to import, and stores on a bad disk.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
};

use automerge::{Automerge, Change};
use server::store::{
    Store,
    sqlite::{self, SqliteStore, store_file},
};
use shared::{
    gate::{self, ChangeIndex, References, Refusal},
    ids::DocumentId,
    import::{Options, import},
};

use super::{Input, seeds};

/// A log at each of its changes.
#[derive(Debug)]
pub(super) struct Documents {
    moments: Vec<Moment>,
}

#[derive(Clone, Debug, Default)]
struct Moment {
    index: ChangeIndex,
    references: References,
    document: Automerge,
}

impl Documents {
    pub(super) fn new() -> Self {
        let mut moments = vec![Moment::default()];
        for change in seeds::changes(seeds::LOG, seeds::LOG_STEPS) {
            let mut moment = moments.last().cloned().unwrap_or_default();
            let admitted = moment.admit(&change).expect("an honest change");
            moment.take(&admitted);
            moments.push(moment);
        }
        Self { moments }
    }

    /// A change at the first moment that it may come. Says whether the gate lets it in.
    pub(super) fn change(&self, bytes: &[u8]) -> Result<bool, String> {
        for moment in &self.moments {
            match moment.admit(bytes) {
                Ok(admitted) if moment.clone().takes(&admitted) => return Ok(true),
                Ok(_) => return Err("an admitted change breaks the document".to_owned()),
                // It may fit a later moment.
                Err(Refusal::MissingDependencies { .. } | Refusal::ActorSequenceTaken { .. }) => {}
                Err(_) => return Ok(false),
            }
        }
        Ok(false)
    }

    /// A document from a file. What it claims is bounded; that automerge may still fail on it costs a browser that one
    /// import. Says whether it is one.
    pub(super) fn whole(bytes: &[u8]) -> bool {
        let bounded = gate::bounded_document(bytes).is_ok();
        let load = || Automerge::load(bytes).is_ok();
        bounded && catch_unwind(load).unwrap_or(false)
    }
}

impl Moment {
    fn admit(&self, bytes: &[u8]) -> Result<gate::Admitted, Refusal> {
        let admitted = gate::admit(bytes, &self.index)?;
        self.references
            .check(&admitted.meta, &admitted.operations, &self.index)?;
        Ok(admitted)
    }

    fn take(&mut self, admitted: &gate::Admitted) {
        assert!(self.takes(admitted), "an honest change");
    }

    /// Whether the document takes a change and is the same after it was saved and loaded.
    fn takes(&mut self, admitted: &gate::Admitted) -> bool {
        let (meta, operations) = (&admitted.meta, &admitted.operations);
        let Ok(located) = self.references.check(meta, operations, &self.index) else {
            return false;
        };
        self.references.add(located);
        self.index.add(meta);
        let document = &mut self.document;
        catch_unwind(AssertUnwindSafe(|| {
            let change = Change::from_bytes(admitted.bytes.clone()).expect("the gate has read it");
            document.apply_changes([change]).is_ok()
                && Automerge::load(&document.save())
                    .is_ok_and(|again| again.get_heads() == document.get_heads())
        }))
        .unwrap_or(false)
    }
}

/// A file to import. Says whether anything is in it.
pub(super) fn import_file(input: &Input) -> bool {
    import(&input.name, input.bytes.clone(), Options::default()).is_ok()
}

/// A store whose file holds these bytes. Says whether it opens.
pub(super) fn open_store(bytes: &[u8]) -> bool {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(store_file(folder.path()), bytes).expect("a file");
    drop(sqlite::check(folder.path()));
    let Ok(store) = SqliteStore::open(folder.path()) else {
        return false;
    };
    let document = DocumentId::from_bytes([9; 16]);
    let look = async {
        drop(store.documents().await);
        drop(store.snapshot(document).await);
        let opened = store.open(document).await;
        let read = store.read(document, 1, 1 << 20).await;
        opened.is_ok() && read.is_ok()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(look)
}
