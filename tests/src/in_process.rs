//! A relay inside the test's own process, over any store: for what a separate process can't show.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use server::{
    Relay, ServeError,
    limits::{BACKLOGS_MAX, CONNECTIONS_PER_ADDRESS_MAX},
    settings::{AccessSettings, DataFolder, Operation, Settings},
    store::{
        Store,
        memory::MemoryStore,
        sqlite::{OpenError, SqliteStore},
    },
};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// How long a former relay's store may take to close.
const PATIENCE: Duration = Duration::from_secs(30);

/// A serving relay. Stops when dropped.
#[derive(Debug)]
pub struct InProcess {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), ServeError>>,
}

impl InProcess {
    /// A relay over an empty store in memory.
    pub async fn start() -> Self {
        Self::over(Arc::new(MemoryStore::new())).await
    }

    /// A relay over the store in this folder.
    ///
    /// # Panics
    /// When the store can't be opened.
    pub async fn in_folder(folder: &Path) -> Self {
        let store = SqliteStore::open(folder).expect("a store");
        Self::over(Arc::new(store)).await
    }

    /// A relay over the store in this folder, at the address of one that has stopped.
    ///
    /// # Panics
    /// When the store can't be opened or the address is taken.
    pub async fn again(folder: &Path, address: SocketAddr) -> Self {
        // The former relay's store closes a moment after the relay.
        let opened = timeout(PATIENCE, async {
            loop {
                match SqliteStore::open(folder) {
                    Err(OpenError::InUse { .. }) => sleep(Duration::from_millis(10)).await,
                    opened => return opened,
                }
            }
        });
        let store = opened
            .await
            .expect("the folder gets free")
            .expect("a store");
        Self::at(address, Arc::new(store), AccessSettings::default()).await
    }

    /// A relay over this store.
    ///
    /// # Panics
    /// When there is no free port.
    pub async fn over(store: Arc<dyn Store>) -> Self {
        Self::over_with(store, AccessSettings::default()).await
    }

    /// A relay over an empty store in memory that lets in as these settings say.
    pub async fn with(access: AccessSettings) -> Self {
        Self::over_with(Arc::new(MemoryStore::new()), access).await
    }

    async fn over_with(store: Arc<dyn Store>, access: AccessSettings) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), store, access).await
    }

    async fn at(address: SocketAddr, store: Arc<dyn Store>, access: AccessSettings) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("the listener has an address");
        let settings = Settings {
            data: DataFolder {
                folder: "unused".into(),
            },
            listen: address.to_string(),
            connections_per_address: CONNECTIONS_PER_ADDRESS_MAX,
            backlogs: BACKLOGS_MAX,
            app: None,
            allow_origin: Vec::new(),
            operation: Operation::default(),
            access,
        };
        let (stop, stopped) = oneshot::channel();
        let relay = Relay::over(store, &settings).expect("a relay without an app");
        let task = tokio::spawn(relay.serve(listener, async { drop(stopped.await) }));
        Self {
            address,
            stop: Some(stop),
            task,
        }
    }

    /// The socket of Cutline's protocol.
    #[must_use]
    pub fn sync(&self) -> String {
        format!("ws://{}/api/v1/sync", self.address)
    }

    /// The socket of stock Automerge clients.
    #[must_use]
    pub fn door(&self) -> String {
        format!("ws://{}/automerge", self.address)
    }

    /// The address of a path.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks the relay to stop and waits until it has.
    ///
    /// # Panics
    /// When it panicked.
    pub async fn stop(mut self) -> Result<(), ServeError> {
        drop(self.stop.take());
        (&mut self.task).await.expect("the relay does not panic")
    }

    /// Waits until the relay ends by itself.
    ///
    /// # Panics
    /// When it panicked.
    pub async fn ended(mut self) -> Result<(), ServeError> {
        (&mut self.task).await.expect("the relay does not panic")
    }
}
