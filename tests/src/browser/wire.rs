//! The wire between one person and the world: a SOCKS 5 proxy that can be cut.
//!
//! The browser's own emulation of being offline fails requests but leaves open sockets silent; a machine that loses its
//! network breaks them. This breaks them.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use super::devtools::lock;

/// The proxy of one person.
#[derive(Clone, Debug, Default)]
pub(super) struct Wire(Arc<State>);

#[derive(Debug, Default)]
struct State {
    cut: AtomicBool,
    port: u16,
    open: Mutex<Vec<TcpStream>>,
    received_bytes: AtomicU64,
}

impl Wire {
    pub(super) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener
            .local_addr()
            .expect("a bound listener has an address")
            .port();
        let wire = Self(Arc::new(State {
            port,
            ..State::default()
        }));
        let accepting = wire.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let wire = accepting.clone();
                match stream {
                    Ok(stream) => drop(thread::spawn(move || wire.carry(stream))),
                    Err(_) => return,
                }
            }
        });
        wire
    }

    /// The proxy as a browser context names it.
    pub(super) fn address(&self) -> String {
        format!("socks5://127.0.0.1:{}", self.0.port)
    }

    /// Breaks every connection and takes no other, or lets them through again.
    pub(super) fn cut(&self, cut: bool) {
        self.0.cut.store(cut, Ordering::SeqCst);
        if cut {
            self.close_all();
        }
    }

    pub(super) fn close_all(&self) {
        for stream in lock(&self.0.open).drain(..) {
            // The other side may have closed it already.
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    /// Bytes that came from servers.
    pub(super) fn received_bytes(&self) -> u64 {
        self.0.received_bytes.load(Ordering::SeqCst)
    }

    fn carry(&self, mut browser: TcpStream) {
        let Ok(server) = greet(&mut browser) else {
            return;
        };
        let (Ok(from_browser), Ok(to_server)) = (browser.try_clone(), server.try_clone()) else {
            return;
        };
        {
            let mut open = lock(&self.0.open);
            if self.0.cut.load(Ordering::SeqCst) {
                return;
            }
            open.retain(|stream| stream.peer_addr().is_ok());
            open.extend(
                [browser.try_clone(), server.try_clone()]
                    .into_iter()
                    .flatten(),
            );
        }
        thread::spawn(move || pass(from_browser, to_server, |_| {}));
        let state = Arc::clone(&self.0);
        pass(server, browser, |count| {
            state.received_bytes.fetch_add(count, Ordering::SeqCst);
        });
    }
}

/// SOCKS 5 without a password: answers, and opens the connection that is asked for.
fn greet(browser: &mut TcpStream) -> io::Result<TcpStream> {
    let mut head = [0; 2];
    browser.read_exact(&mut head)?;
    let mut methods = vec![0; usize::from(head[1])];
    browser.read_exact(&mut methods)?;
    browser.write_all(&[5, 0])?;
    let mut request = [0; 4];
    browser.read_exact(&mut request)?;
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            browser.read_exact(&mut address)?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        3 => {
            let mut length = [0; 1];
            browser.read_exact(&mut length)?;
            let mut name = vec![0; usize::from(length[0])];
            browser.read_exact(&mut name)?;
            String::from_utf8(name).map_err(|_| ErrorKind::InvalidData)?
        }
        _ => return Err(ErrorKind::Unsupported.into()),
    };
    let mut port = [0; 2];
    browser.read_exact(&mut port)?;
    match TcpStream::connect((host.as_str(), u16::from_be_bytes(port))) {
        Ok(server) => {
            server.set_nodelay(true)?;
            browser.set_nodelay(true)?;
            browser.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
            Ok(server)
        }
        Err(error) => {
            browser.write_all(&[5, 5, 0, 1, 0, 0, 0, 0, 0, 0])?;
            Err(error)
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut count: impl FnMut(u64)) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(bytes) = from.read(&mut buffer)
        && bytes > 0
    {
        count(bytes as u64);
        if to.write_all(&buffer[..bytes]).is_err() {
            break;
        }
    }
    drop(to.shutdown(Shutdown::Write));
}
