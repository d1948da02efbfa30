//! The data folder: where the store file lies, and the lock that keeps a second relay out.

use std::{
    fs::{self, File, TryLockError},
    io::{Read, Seek, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::schema::OpenError;

/// The store file in its folder.
#[must_use]
pub fn store_file(folder: &Path) -> PathBuf {
    folder.join("cutline.db")
}

/// Holds the folder for this process until dropped. The kernel lets go of it when the process dies.
#[derive(Debug)]
pub(super) struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Makes the folder when there is none, and takes it.
    pub(super) fn take(folder: &Path) -> Result<Self, OpenError> {
        let wrap = |source| OpenError::Folder {
            folder: folder.to_owned(),
            source,
        };
        fs::create_dir_all(folder).map_err(wrap)?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(folder.join("cutline.lock"))
            .map_err(wrap)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                folder: folder.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(wrap(source)),
        }
    }

    /// Whether the store file is not the one that was here last: somebody put a copy in its place, perhaps an older
    /// one. When that can't be told it counts as new, which costs clients a comparison and nothing else.
    pub(super) fn is_new_place(&self, store: &Path) -> bool {
        let mut noted = String::new();
        let read = (&self.file)
            .rewind()
            .and_then(|()| (&self.file).read_to_string(&mut noted));
        let known = [State::Open, State::Closed].map(|state| place_of(store, state).ok());
        read.is_err() || !known.contains(&Some(noted))
    }

    /// Remembers which file the store is.
    pub(super) fn note_place(&self, store: &Path, state: State) {
        let note = || {
            let mut file = &self.file;
            let place = place_of(store, state)?;
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(place.as_bytes())?;
            file.sync_all()
        };
        if let Err(error) = note() {
            tracing::warn!(%error, "the store's place could not be noted; clients will compare at the next start");
        }
    }
}

/// What the note in the lock file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// A store that is written to. After a crash its place is all that is known.
    Open,
    /// A store that was closed in good order: it has not been touched since.
    Closed,
}

/// What a copy of the file does not share with it, even when it was made onto the same file.
fn place_of(store: &Path, state: State) -> std::io::Result<String> {
    let metadata = fs::metadata(store)?;
    let (device, number) = (metadata.dev(), metadata.ino());
    Ok(match state {
        State::Open => format!("{device}:{number}\n"),
        State::Closed => {
            let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
            format!("{device}:{number}:{seconds}.{nanoseconds}\n")
        }
    })
}

/// Makes renames in the folder durable.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
