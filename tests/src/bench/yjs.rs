//! The Yjs servers that people compare with: `y-websocket` with LevelDB and Hocuspocus with files, both from npm, in
//! processes of their own. Their packages are installed into `tests/yjs` when they are first wanted.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use shared::ids::{DocumentId, PersonId};
use tempfile::TempDir;

use super::corpus::{Corpus, Editor};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `y-websocket`'s own.
    YWebsocket,
    /// Hocuspocus.
    Hocuspocus,
}

/// What is spoken about one document of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Whose.
    pub kind: Kind,
    /// Which of the documents.
    pub document: usize,
}

impl Dialect {
    /// The document's name on the server.
    #[must_use]
    pub fn name(self) -> String {
        format!("bench-{}", self.document)
    }
}

/// A running server. Ends when this is dropped, with its folder.
#[derive(Debug)]
pub struct YjsServer {
    kind: Kind,
    process: Child,
    port: u16,
    data: TempDir,
}

/// A document and edits of it, made by Yjs itself.
#[derive(Clone, Debug)]
pub struct YjsCorpus {
    /// The whole document in one update.
    pub founding: Vec<u8>,
    /// Each client's edits, an update each.
    pub editors: Vec<Vec<Vec<u8>>>,
}

impl YjsServer {
    /// Starts a server on a free port, over an empty folder.
    ///
    /// # Errors
    /// When node is missing, the packages can't be installed, or the server does not start.
    pub fn start(kind: Kind) -> Result<Self, String> {
        let data = tempfile::tempdir().map_err(text)?;
        let port = free_port()?;
        let process = spawn(kind, port, data.path())?;
        Ok(Self {
            kind,
            process,
            port,
            data,
        })
    }

    /// Ends the server, in an orderly way or by SIGKILL, and starts it again on its port and folder.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn restart(&mut self, orderly: bool) -> Result<(), String> {
        let signal = if orderly { "-TERM" } else { "-KILL" };
        let pid = self.process.id().to_string();
        let killed = Command::new("kill").args([signal, &pid]).status();
        killed.map_err(|error| format!("kill: {error}"))?;
        self.process.wait().map_err(text)?;
        self.process = spawn(self.kind, self.port, self.data.path())?;
        Ok(())
    }

    /// The socket of one of its documents.
    #[must_use]
    pub fn url(&self, document: usize) -> String {
        let kind = self.kind;
        let name = Dialect { kind, document }.name();
        format!("ws://127.0.0.1:{}/{name}", self.port)
    }

    /// Which server this is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.process.id()
    }
}

fn spawn(kind: Kind, port: u16, data: &Path) -> Result<Child, String> {
    let mut command = Command::new("node");
    match kind {
        Kind::YWebsocket => command
            .arg("node_modules/y-websocket/bin/server.cjs")
            .env("HOST", "127.0.0.1")
            .env("PORT", port.to_string())
            .env("YPERSISTENCE", data),
        Kind::Hocuspocus => command
            .args(["bench.mjs", "hocuspocus"])
            .arg(data)
            .arg(port.to_string()),
    };
    let mut process = command
        .current_dir(installed()?)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("node: {error}"))?;
    let output = process.stdout.take().ok_or("stdout is piped")?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    if !lines.any(|line| line.contains("running")) {
        return Err("the server does not start".to_owned());
    }
    Ok(process)
}

/// How far an update goes for each client that wrote in it, by Yjs itself.
///
/// # Errors
/// When node is missing or the update is none.
pub fn clocks_in(update: &[u8]) -> Result<BTreeMap<u64, u64>, String> {
    let file = tempfile::NamedTempFile::new().map_err(text)?;
    fs::write(file.path(), update).map_err(text)?;
    let told = Command::new("node")
        .args(["bench.mjs", "clocks"])
        .arg(file.path())
        .current_dir(installed()?)
        .output()
        .map_err(|error| format!("node: {error}"))?;
    serde_json::from_slice(&told.stdout).map_err(|error| format!("the clocks of Yjs: {error}"))
}

impl Drop for YjsServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

impl YjsCorpus {
    /// So many items, clients, and edits of each.
    ///
    /// # Errors
    /// When node is missing or fails.
    pub fn new(items: usize, clients: usize, edits: usize) -> Result<Self, String> {
        let folder = installed()?;
        let file = tempfile::NamedTempFile::new().map_err(text)?;
        let made = Command::new("node")
            .args(["bench.mjs", "corpus"])
            .args([items, clients, edits].map(|number| number.to_string()))
            .arg(file.path())
            .current_dir(folder)
            .status()
            .map_err(|error| format!("node: {error}"))?;
        if !made.success() {
            return Err(format!("the documents of Yjs: {made}"));
        }
        let bytes = fs::read(file.path()).map_err(text)?;
        let mut parts = parts(&bytes).into_iter();
        let founding = parts.next().ok_or("no founding update")?;
        let all: Vec<Vec<u8>> = parts.collect();
        if all.len() != clients * edits {
            return Err(format!(
                "{} edits instead of {}",
                all.len(),
                clients * edits
            ));
        }
        let editors = all.chunks(edits).map(<[Vec<u8>]>::to_vec).collect();
        Ok(Self { founding, editors })
    }

    /// The same in the shape that the fleet takes; its ids mean nothing to a Yjs server.
    #[must_use]
    pub fn as_corpus(&self) -> Corpus {
        let editor = |changes: &Vec<Vec<u8>>| Editor {
            person: PersonId::from_bytes([1; 16]),
            changes: changes.clone(),
        };
        Corpus {
            document: DocumentId::from_bytes([1; 16]),
            founder: PersonId::from_bytes([1; 16]),
            founding: vec![self.founding.clone()],
            editors: self.editors.iter().map(editor).collect(),
        }
    }
}

fn parts(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk() {
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let (part, rest) = rest.split_at(length.min(rest.len()));
        parts.push(part.to_vec());
        bytes = rest;
    }
    parts
}

/// The folder with the packages, which are installed where they are missing.
fn installed() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("yjs");
    if !folder.join("node_modules/yjs").exists() {
        // No scripts: every package brings what it needs, or is not used by these servers.
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .status()
            .map_err(|error| format!("npm: {error}"))?;
        if !installed.success() {
            return Err(format!("npm ci: {installed}"));
        }
    }
    Ok(folder)
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(text)?;
    Ok(listener.local_addr().map_err(text)?.port())
}

fn text(error: std::io::Error) -> String {
    error.to_string()
}

/// The frames of the two protocols, which differ by a name in front.
pub(super) mod wire {
    use super::{Dialect, Kind};

    const SYNC: u8 = 0;
    const SYNC_REPLY: u8 = 4;
    const AUTH: u8 = 2;
    const STEP_1: u8 = 0;
    const STEP_2: u8 = 1;
    const UPDATE: u8 = 2;

    /// What a frame brings.
    #[derive(Debug, PartialEq, Eq)]
    pub(in super::super) enum Said<'a> {
        Update(&'a [u8]),
        /// The answer to a question for everything.
        Everything(&'a [u8]),
        Other,
    }

    /// Says who is there, for the server that asks.
    pub(in super::super) fn enter(dialect: Dialect) -> Option<Vec<u8>> {
        let mut frame = begin(dialect);
        frame.extend([AUTH, 0]);
        push_bytes(&mut frame, b"nobody");
        push_bytes(&mut frame, b"4.7.0");
        (dialect.kind == Kind::Hocuspocus).then_some(frame)
    }

    /// Asks for everything.
    pub(in super::super) fn ask(dialect: Dialect) -> Vec<u8> {
        let mut frame = begin(dialect);
        frame.extend([SYNC, STEP_1]);
        push_bytes(&mut frame, &[0]);
        frame
    }

    pub(in super::super) fn update(dialect: Dialect, update: &[u8]) -> Vec<u8> {
        let mut frame = begin(dialect);
        frame.extend([SYNC, UPDATE]);
        push_bytes(&mut frame, update);
        frame
    }

    pub(in super::super) fn read(kind: Kind, frame: &[u8]) -> Said<'_> {
        let after_name = match kind {
            Kind::YWebsocket => Some(frame),
            Kind::Hocuspocus => take_bytes(frame).map(|(_, rest)| rest),
        };
        let Some([SYNC | SYNC_REPLY, what, rest @ ..]) = after_name else {
            return Said::Other;
        };
        match (*what, take_bytes(rest)) {
            (UPDATE, Some((update, _))) => Said::Update(update),
            (STEP_2, Some((update, _))) => Said::Everything(update),
            _ => Said::Other,
        }
    }

    /// Client and clock of the first thing in an update: what names it on its way.
    pub(in super::super) fn key(update: &[u8]) -> Option<u64> {
        let (_clients, rest) = take_number(update)?;
        let (_structs, rest) = take_number(rest)?;
        let (client, rest) = take_number(rest)?;
        let (clock, _) = take_number(rest)?;
        Some(client << 32 | clock)
    }

    fn begin(dialect: Dialect) -> Vec<u8> {
        let mut frame = Vec::new();
        if dialect.kind == Kind::Hocuspocus {
            push_bytes(&mut frame, dialect.name().as_bytes());
        }
        frame
    }

    fn push_bytes(frame: &mut Vec<u8>, bytes: &[u8]) {
        let mut length = bytes.len();
        while length > 0x7f {
            frame.push((length & 0x7f) as u8 | 0x80);
            length >>= 7;
        }
        frame.push(length as u8);
        frame.extend_from_slice(bytes);
    }

    fn take_bytes(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
        let (length, rest) = take_number(bytes)?;
        rest.split_at_checked(usize::try_from(length).ok()?)
    }

    fn take_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
        let mut number = 0;
        for (at, byte) in bytes.iter().enumerate().take(9) {
            number |= u64::from(byte & 0x7f) << (7 * at);
            if byte & 0x80 == 0 {
                return Some((number, &bytes[at + 1..]));
            }
        }
        None
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_is_written_is_read() {
            let update_bytes = vec![7; 300];
            for kind in [Kind::YWebsocket, Kind::Hocuspocus] {
                let dialect = Dialect { kind, document: 7 };
                let frame = update(dialect, &update_bytes);
                assert_eq!(read(kind, &frame), Said::Update(&update_bytes));
                assert_eq!(read(kind, &ask(dialect)), Said::Other);
            }
            // One client, one struct, client 1000, clock 5.
            assert_eq!(key(&[1, 1, 0xe8, 0x07, 5, 0]), Some(1000 << 32 | 5));
        }
    }
}
