//! The relay: keeps backlogs on disk, admits changes, and passes them on to everybody who has the backlog open.
//!
//! [`http`] has the addresses, [`rooms`] the open backlogs, [`store`] what is on the disk. What a frame means and who
//! is told what is decided in `shared`; everything here moves bytes.

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Router,
    serve::{Listener, ListenerExt},
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, oneshot},
    task::JoinSet,
    time::timeout,
};

use self::{
    http::{Shared, access::Access, assets::Assets, connections::Connections},
    limits::{CLOSE, TRANSFERS_MAX},
    metrics::Metrics,
    rooms::Rooms,
    settings::Settings,
    store::{
        Store,
        sqlite::{OpenError, SqliteStore, StoreOptions},
    },
    tls::{Certificates, TlsError, TlsListener},
};

pub mod admin;
mod clock;
pub mod http;
pub mod limits;
pub mod metrics;
pub mod rooms;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod tls;

/// Why the relay does not run, or no longer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The certificate can't be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
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
    certificates: Option<Certificates>,
    metrics: Option<TcpListener>,
    admin: Option<PathBuf>,
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
        let metrics = Metrics::default();
        let options = StoreOptions {
            keep_free: settings.operation.keep_free_bytes(),
            snapshots_kept: settings.operation.snapshots_kept,
            metrics: metrics.store(),
        };
        let store = SqliteStore::open_with(&settings.data.folder, options)?;
        let relay = Self::counting(Arc::new(store), settings, metrics)?;
        Ok(Self {
            admin: Some(settings.data.folder.clone()),
            ..relay
        })
    }

    /// A relay over any store.
    ///
    /// # Errors
    /// When the app's folder holds no app.
    pub fn over(store: Arc<dyn Store>, settings: &Settings) -> Result<Self, ServeError> {
        Self::counting(store, settings, Metrics::default())
    }

    fn counting(
        store: Arc<dyn Store>,
        settings: &Settings,
        metrics: Metrics,
    ) -> Result<Self, ServeError> {
        let assets = match &settings.app {
            None => Assets::embedded(),
            Some(folder) => Some(Assets::folder(folder).map_err(|source| ServeError::App {
                folder: folder.clone(),
                source,
            })?),
        };
        let operation = &settings.operation;
        let certificates = match (&operation.tls_certificate, &operation.tls_key) {
            (Some(certificate), Some(key)) => Some(Certificates::load(certificate, key)?),
            (None, _) | (_, None) => None,
        };
        let rooms = Rooms::counting(settings.backlogs, Arc::clone(&store), metrics.clone());
        rooms.snapshot_every(operation.snapshot_every);
        let invite = settings.access.invite.as_deref();
        let shared = Shared {
            access: Access::new(Arc::clone(&store), rooms.clone(), settings, invite),
            rooms,
            store,
            connections: Connections::new(settings.connections_per_address),
            assets: assets.map(Arc::new),
            metrics,
            transfers: Arc::new(Semaphore::new(TRANSFERS_MAX)),
            origins: settings.allow_origin.clone().into(),
        };
        Ok(Self {
            shared,
            certificates,
            metrics: None,
            admin: None,
        })
    }

    /// Whether it speaks https.
    #[must_use]
    pub fn speaks_tls(&self) -> bool {
        self.certificates.is_some()
    }

    /// Also serves its numbers, on a listener that only the operator should reach.
    #[must_use]
    pub fn with_metrics_on(mut self, listener: TcpListener) -> Self {
        self.metrics = Some(listener);
        self
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
        let (stop, stopped) = oneshot::channel::<()>();
        let mut beside = JoinSet::new();
        if let Some(listener) = self.metrics {
            let numbers = http::operation::router(self.shared.clone());
            beside.spawn(axum::serve(listener, numbers).into_future());
        }
        if let Some(folder) = self.admin {
            match http::admin::listen(&folder) {
                Ok(listener) => {
                    let commands = http::admin::router(self.shared.clone());
                    beside.spawn(axum::serve(listener, commands).into_future());
                }
                // A folder with a very long name, for one. Only the commands about single backlogs miss it.
                Err(error) => tracing::warn!(%error, "the relay's own commands cannot reach it"),
            }
        }
        let router = http::router(self.shared);
        let mut server = match self.certificates {
            Some(certificates) => {
                let listener = TlsListener::new(listener, certificates)?;
                tokio::spawn(accept(listener, router, stopped))
            }
            None => {
                let listener = listener.tap_io(|stream| {
                    // Frames are small and people wait for them. Where it can't be set, they wait a little longer.
                    drop(stream.set_nodelay(true));
                });
                tokio::spawn(accept(listener, router, stopped))
            }
        };
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
        beside.shutdown().await;
        match reason {
            Some(reason) => Err(ServeError::Store(reason)),
            None => Ok(()),
        }
    }
}

async fn accept<L: Listener<Addr = SocketAddr>>(
    listener: L,
    router: Router,
    stopped: oneshot::Receiver<()>,
) -> io::Result<()> {
    // Requests come with the address of who makes them. A tapped listener of any kind knows it.
    let listener = listener.tap_io(|_| {});
    axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async { drop(stopped.await) })
    .await
}
