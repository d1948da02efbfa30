//! The data folder: where the store file lies, and the lock that keeps a second relay out.

use std::{
    fs::{self, File, TryLockError},
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
    _file: File,
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
            .write(true)
            .open(folder.join("cutline.lock"))
            .map_err(wrap)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
                folder: folder.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(wrap(source)),
        }
    }
}

/// Makes renames in the folder durable.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
