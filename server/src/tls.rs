//! https without a proxy: certificates from files, used anew when the files change.
//!
//! Handshakes run beside each other, so that a client that dawdles over its own keeps nobody out.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, mpsc},
    task::AbortHandle,
    time::timeout,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
    server::TlsStream,
};

use crate::limits::{ACCEPT_AGAIN, HANDSHAKE, HANDSHAKES_AT_ONCE};

/// Why https can't be served.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file could not be read as what it should be.
    #[error("{path} cannot be used for https: {detail}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// Certificate and key don't go together.
    #[error("the certificate {certificate} and the key {key} cannot be used together: {source}")]
    Pair {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why.
        source: rustls::Error,
    },
}

/// A certificate and its key, in files that something else renews.
#[derive(Debug)]
pub struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    loaded: Mutex<Loaded>,
}

struct Loaded {
    acceptor: TlsAcceptor,
    seen: [Mark; 2],
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loaded")
            .field("seen", &self.seen)
            .finish_non_exhaustive()
    }
}

/// What a file looks like from outside. Writing it or putting another in its place changes that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mark {
    number: u64,
    len: u64,
    changed: (i64, i64),
}

impl Certificates {
    /// Reads both files.
    ///
    /// # Errors
    /// When they can't be read or don't go together.
    pub fn load(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let seen = [mark_of(certificate), mark_of(key)];
        let acceptor = read(certificate, key)?;
        Ok(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            loaded: Mutex::new(Loaded { acceptor, seen }),
        })
    }

    /// What greets the next connection: read anew when a file has changed. A pair that can't be used, perhaps since only
    /// one of its files is written yet, leaves the former in use.
    fn acceptor(&self) -> TlsAcceptor {
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = [mark_of(&self.certificate), mark_of(&self.key)];
        if seen != loaded.seen {
            loaded.seen = seen;
            match read(&self.certificate, &self.key) {
                Ok(acceptor) => {
                    loaded.acceptor = acceptor;
                    tracing::info!(certificate = %self.certificate.display(), "the certificate was read anew");
                }
                Err(error) => {
                    tracing::error!(%error, "the former certificate stays in use");
                }
            }
        }
        loaded.acceptor.clone()
    }
}

fn mark_of(path: &Path) -> Mark {
    fs::metadata(path).map_or_else(
        |_| Mark::default(),
        |file| Mark {
            number: file.ino(),
            len: file.len(),
            changed: (file.ctime(), file.ctime_nsec()),
        },
    )
}

fn read(certificate: &Path, key: &Path) -> Result<TlsAcceptor, TlsError> {
    let unusable = |path: &Path, detail: String| TlsError::File {
        path: path.to_owned(),
        detail,
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(certificate, error.to_string()))?;
    if chain.is_empty() {
        return Err(unusable(
            certificate,
            "there is no certificate in it".to_owned(),
        ));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, error.to_string()))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_no_client_auth()
                .with_single_cert(chain, secret)
        });
    let mut config = config.map_err(|source| TlsError::Pair {
        certificate: certificate.to_owned(),
        key: key.to_owned(),
        source,
    })?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts connections once their handshake is done.
#[derive(Debug)]
pub struct TlsListener {
    greeted: mpsc::Receiver<(TlsStream<TcpStream>, std::net::SocketAddr)>,
    address: std::net::SocketAddr,
    accepting: AbortHandle,
}

impl TlsListener {
    /// Speaks TLS on this listener from here on.
    ///
    /// # Errors
    /// When the listener has no address.
    pub fn new(listener: TcpListener, certificates: Certificates) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, greeted) = mpsc::channel(1);
        let accepting = tokio::spawn(accept_all(listener, Arc::new(certificates), sender));
        Ok(Self {
            greeted,
            address,
            accepting: accepting.abort_handle(),
        })
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl axum::serve::Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.greeted.recv().await {
            Some(connection) => connection,
            // The other end lives as long as this does, unless the process is being torn down.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}

async fn accept_all(
    listener: TcpListener,
    certificates: Arc<Certificates>,
    greeted: mpsc::Sender<(TlsStream<TcpStream>, std::net::SocketAddr)>,
) {
    let permits = Arc::new(Semaphore::new(HANDSHAKES_AT_ONCE));
    while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
        let (stream, peer) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
                continue;
            }
        };
        // Frames are small and people wait for them. Where it can't be set, they wait a little longer.
        drop(stream.set_nodelay(true));
        let acceptor = certificates.acceptor();
        let greeted = greeted.clone();
        tokio::spawn(async move {
            let _permit = permit;
            match timeout(HANDSHAKE, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => drop(greeted.send((stream, peer)).await),
                Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
                Err(_) => tracing::debug!("a TLS handshake took too long"),
            }
        });
    }
}
