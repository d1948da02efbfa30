//! Whether the disk has room. The relay stops storing while there is still some left: what else runs on the machine, and
//! a person who makes room, need it too.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use super::super::Health;

/// With less than this left, a disk that refused once is not asked again by those who only want to know.
const ROOM_BYTES_MIN: u64 = 1 << 20;

/// The room on the disk that holds the store.
#[derive(Debug)]
pub(super) struct Space {
    folder: PathBuf,
    keep_free: AtomicU64,
    full: AtomicBool,
}

impl Space {
    /// Watches the disk of this folder: with less than `keep_free` bytes left it counts as full.
    pub(super) fn new(folder: PathBuf, keep_free: u64) -> Self {
        Self {
            folder,
            keep_free: AtomicU64::new(keep_free),
            full: AtomicBool::new(false),
        }
    }

    /// Whether so little is left that nothing is to be added. Where that can't be told, the disk has its say.
    pub(super) fn is_short(&self) -> bool {
        self.less_than(self.keep_free.load(Ordering::Relaxed))
    }

    /// What became of a write: whether there was no room for it.
    pub(super) fn note(&self, full: bool) {
        let before = self.full.swap(full, Ordering::Relaxed);
        match (before, full) {
            (false, true) => tracing::error!(
                folder = %self.folder.display(),
                "no room on the disk: changes wait in the browsers until there is"
            ),
            (true, false) => tracing::info!("there is room on the disk again"),
            (true, true) | (false, false) => {}
        }
    }

    /// Whether there is room now.
    pub(super) fn health(&self) -> Health {
        let enough = self.keep_free.load(Ordering::Relaxed).max(ROOM_BYTES_MIN);
        let full = self.is_short() || (self.full.load(Ordering::Relaxed) && self.less_than(enough));
        if full { Health::Full } else { Health::Writable }
    }

    fn less_than(&self, bytes: u64) -> bool {
        bytes > 0
            && rustix::fs::statvfs(&self.folder)
                .is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < bytes)
    }

    /// Another bound from now on: a disk that fills and empties on demand.
    #[cfg(test)]
    pub(super) fn keep_free(&self, bytes: u64) {
        self.keep_free.store(bytes, Ordering::Relaxed);
    }
}
