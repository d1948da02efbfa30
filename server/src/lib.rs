//! The relay: keeps backlogs on disk, admits changes, and passes them on to everybody who has the backlog open.
//!
//! [`http`] has the addresses, [`rooms`] the open backlogs, [`store`] what is on the disk. What a frame means and who
//! is told what is decided in `shared`; everything here moves bytes.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::serve::ListenerExt;
use tokio::{net::TcpListener, time::timeout};

use self::{
    http::{Shared, assets::Assets, connections::Connections},
    limits::CLOSE,
    rooms::Rooms,
    settings::Settings,
    store::{
        Store,
        sqlite::{OpenError, SqliteStore},
    },
};

mod clock;
pub mod http;
pub mod limits;
pub mod rooms;
pub mod settings;
pub mod store;

/// Why the relay does not run, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The app can't be served.
    #[error("the app cannot be served from {folder}: {source}")]
    App {
        /// The folder named by the settings.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The store can no longer write. What was acknowledged is safe; the rest is still in the browsers.
    #[error("the store failed and the relay stopped: {0}")]
    Store(String),
    /// The listener failed.
    #[error("connections can no longer be accepted: {0}")]
    Listen(#[from] io::Error),
}

/// A relay with an open store, ready to serve.
#[derive(Debug)]
pub struct Relay {
    shared: Shared,
}

/// Opens the store and serves until `shutdown` comes, then drains.
///
/// # Errors
/// When the store can't be opened, or fails later.
pub async fn serve(
    settings: &Settings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    Relay::open(settings)?.serve(listener, shutdown).await
}

impl Relay {
    /// Takes the data folder and opens the store in it.
    ///
    /// # Errors
    /// When another relay holds it, or it is damaged, or of a newer Cutline; when the app's folder holds no app.
    pub fn open(settings: &Settings) -> Result<Self, ServeError> {
        let store = SqliteStore::open(&settings.data.folder)?;
        Self::over(Arc::new(store), settings)
    }

    /// A relay over any store.
    ///
    /// # Errors
    /// When the app's folder holds no app.
    pub fn over(store: Arc<dyn Store>, settings: &Settings) -> Result<Self, ServeError> {
        let assets = match &settings.app {
            None => Assets::embedded(),
            Some(folder) => Some(Assets::folder(folder).map_err(|source| ServeError::App {
                folder: folder.clone(),
                source,
            })?),
        };
        let shared = Shared {
            rooms: Rooms::limited_to(settings.backlogs, Arc::clone(&store)),
            store,
            connections: Connections::new(settings.connections_per_address),
            assets: assets.map(Arc::new),
            origins: settings.allow_origin.clone().into(),
        };
        Ok(Self { shared })
    }

    /// Serves until `shutdown` comes: then takes no more connections, lets each backlog finish what is on its way to
    /// the disk, and sends everybody away.
    ///
    /// # Errors
    /// When the store fails. Nothing is acknowledged from then on.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let Shared {
            rooms,
            store,
            connections,
            ..
        } = self.shared.clone();
        let failed = store.failed();
        let listener = listener.tap_io(|stream| {
            // Frames are small and people wait for them. Where it can't be set, they wait a little longer.
            drop(stream.set_nodelay(true));
        });
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let router = http::router(self.shared);
        let router = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, router).with_graceful_shutdown(async {
            drop(stopped.await);
        });
        let mut server = tokio::spawn(server.into_future());
        let reason = tokio::select! {
            reason = failed => Some(reason),
            () = shutdown => None,
        };
        drop(stop);
        rooms.stop().await;
        drop(timeout(2 * CLOSE, connections.all_gone()).await);
        if timeout(CLOSE, &mut server).await.is_err() {
            server.abort();
        }
        match reason {
            Some(reason) => Err(ServeError::Store(reason)),
            None => Ok(()),
        }
    }
}
