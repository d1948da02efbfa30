//! Counts the open sockets: so many at most, and none left when the relay stops.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{CONNECTIONS_MAX, DOOR_CONNECTIONS_MAX};

/// The places for sockets; clones share them.
#[derive(Clone, Debug)]
pub struct Connections {
    all: Arc<Semaphore>,
    door: Arc<Semaphore>,
}

/// A socket's place. Given back when dropped.
#[derive(Debug)]
pub struct Place {
    _all: OwnedSemaphorePermit,
    _door: Option<OwnedSemaphorePermit>,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            door: Arc::new(Semaphore::new(DOOR_CONNECTIONS_MAX)),
        }
    }
}

impl Connections {
    /// A place for one of Cutline's own clients, unless all are taken.
    #[must_use]
    pub fn enter(&self) -> Option<Place> {
        Some(Place {
            _all: Arc::clone(&self.all).try_acquire_owned().ok()?,
            _door: None,
        })
    }

    /// A place for a stock Automerge client, unless all are taken.
    #[must_use]
    pub fn enter_by_door(&self) -> Option<Place> {
        Some(Place {
            _all: Arc::clone(&self.all).try_acquire_owned().ok()?,
            _door: Some(Arc::clone(&self.door).try_acquire_owned().ok()?),
        })
    }

    /// Waits until every place has been given back.
    pub async fn all_gone(&self) {
        let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
        drop(self.all.acquire_many(all).await);
    }
}
