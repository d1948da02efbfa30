//! https from certificate files, which something else renews while the relay runs.

use std::{fs, path::Path, process::Command, sync::Arc};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tests::relay::{RunningRelay, binary};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName},
    },
};
use tokio_tungstenite::client_async;

#[tokio::test]
async fn relay_speaks_https_and_takes_renewed_certificates() {
    let folder = TempDir::new().unwrap();
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
    let first = issue();
    write(&first, &certificate, &key);
    let relay = RunningRelay::start_with(&[
        "--tls-certificate",
        &certificate.to_string_lossy(),
        "--tls-key",
        &key.to_string_lossy(),
    ]);
    relay.prints("https://");
    assert!(health(connect(relay.port(), &first).await.unwrap()).await);
    let second = issue();
    // Half a renewal: the former pair stays in use.
    fs::write(&certificate, second.cert.pem()).unwrap();
    assert!(health(connect(relay.port(), &first).await.unwrap()).await);
    assert!(connect(relay.port(), &second).await.is_err());
    fs::write(&key, second.signing_key.serialize_pem()).unwrap();
    let stream = connect(relay.port(), &second).await.unwrap();
    assert!(connect(relay.port(), &first).await.is_err());

    let (_socket, response) = client_async("wss://localhost/automerge", stream)
        .await
        .unwrap();
    assert_eq!(response.status().as_u16(), 101);
    // Somebody who speaks no TLS, and somebody who says nothing, keep nobody out.
    let mut plain = TcpStream::connect(("127.0.0.1", relay.port()))
        .await
        .unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let _silent = TcpStream::connect(("127.0.0.1", relay.port()))
        .await
        .unwrap();
    assert!(health(connect(relay.port(), &second).await.unwrap()).await);
}

#[test]
fn relay_names_a_certificate_that_it_cannot_use() {
    let folder = TempDir::new().unwrap();
    let [certificate, key] = ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
    let refused = || {
        let output = Command::new(binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(folder.path().join("data"))
            .args([Path::new("--tls-certificate"), &certificate])
            .args([Path::new("--tls-key"), &key])
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = refused();
    assert!(
        said.contains("certificate.pem cannot be used for https"),
        "{said}"
    );
    write(&issue(), &certificate, &key);
    fs::write(&certificate, "no certificate").unwrap();
    let said = refused();
    assert!(said.contains("there is no certificate in it"), "{said}");
    fs::write(&certificate, issue().cert.pem()).unwrap();
    let said = refused();
    assert!(said.contains("cannot be used together"), "{said}");
    assert!(!said.contains("PRIVATE KEY"), "{said}");
}

type Issued = CertifiedKey<rcgen::KeyPair>;

fn issue() -> Issued {
    generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap()
}

fn write(issued: &Issued, certificate: &Path, key: &Path) {
    fs::write(certificate, issued.cert.pem()).unwrap();
    fs::write(key, issued.signing_key.serialize_pem()).unwrap();
}

/// A connection that trusts this certificate and no other.
async fn connect(port: u16, trusted: &Issued) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(trusted.cert.der().to_vec()))
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn health(mut stream: TlsStream<TcpStream>) -> bool {
    let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    // The end of the connection may come without a goodbye of TLS.
    drop(stream.read_to_string(&mut answer).await);
    answer.starts_with("HTTP/1.1 200")
}
