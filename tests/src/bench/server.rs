//! The servers that are compared, behind one face.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use shared::ids::DocumentId;

use super::{
    corpus::Corpus,
    fleet::{Meeting, Tongue},
    relay::{BROADCAST_ARGUMENT, SYNC},
    yjs::{Dialect, Kind, YjsCorpus, YjsServer},
};
use crate::relay::RunningRelay;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// The yardstick.
    Broadcast,
    /// The relay.
    Cutline,
    /// One of the Yjs servers.
    Yjs(Kind),
}

/// A running server. Ends when this is dropped.
pub enum Server {
    /// The yardstick.
    Broadcast(Broadcast),
    /// The relay.
    Cutline(RunningRelay),
    /// One of the Yjs servers.
    Yjs(YjsServer),
}

impl Sort {
    /// The yardstick and the relay, and the Yjs servers where they are wanted.
    #[must_use]
    pub fn all(yjs: bool) -> Vec<Self> {
        let mut all = vec![Self::Broadcast];
        all.extend(Self::with_documents(yjs));
        all
    }

    /// Those that keep documents.
    #[must_use]
    pub fn with_documents(yjs: bool) -> Vec<Self> {
        let mut all = vec![Self::Cutline];
        if yjs {
            all.extend([Kind::YWebsocket, Kind::Hocuspocus].map(Self::Yjs));
        }
        all
    }

    /// What stands in the tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Broadcast => "broadcast",
            Self::Cutline => "cutline",
            Self::Yjs(Kind::YWebsocket) => "y-websocket",
            Self::Yjs(Kind::Hocuspocus) => "hocuspocus",
        }
    }

    /// Starts one on a free port, over an empty folder.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(self) -> Result<Server, String> {
        Ok(match self {
            Self::Broadcast => Server::Broadcast(Broadcast::start()?),
            Self::Cutline => Server::Cutline(RunningRelay::start()),
            Self::Yjs(kind) => Server::Yjs(YjsServer::start(kind)?),
        })
    }

    /// A backlog of so many items in the server's own kind of document, and so many edits by each of so many people.
    ///
    /// # Errors
    /// When Yjs is wanted and node is missing or fails.
    pub fn corpus(self, items: usize, editors: usize, edits_each: usize) -> Result<Corpus, String> {
        match self {
            Self::Broadcast | Self::Cutline => Ok(Corpus::new(SEED, items, editors, edits_each)),
            Self::Yjs(_) => Ok(YjsCorpus::new(items, editors, edits_each)?.as_corpus()),
        }
    }
}

/// Makes the same corpus again.
const SEED: u64 = 1;

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Server {}", self.pid())
    }
}

impl Server {
    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        match self {
            Self::Broadcast(server) => server.process.id(),
            Self::Cutline(relay) => relay.pid(),
            Self::Yjs(server) => server.pid(),
        }
    }

    /// People at work on one of its documents.
    #[must_use]
    pub fn meeting<'a>(&self, document: usize, corpus: &'a Corpus) -> Meeting<'a> {
        let mut id = [7; 16];
        id[..8].copy_from_slice(&(document as u64).to_be_bytes());
        let (url, tongue) = match self {
            Self::Broadcast(server) => (format!("{}/{document}", server.url), Tongue::Plain),
            Self::Cutline(relay) => (relay.socket(SYNC), Tongue::Cutline),
            Self::Yjs(server) => {
                let kind = server.kind();
                (
                    server.url(document),
                    Tongue::Yjs(Dialect { kind, document }),
                )
            }
        };
        Meeting {
            url,
            tongue,
            document: DocumentId::from_bytes(id),
            corpus,
        }
    }

    /// Ends it, in an orderly way or by SIGKILL, and starts it again over what it kept.
    ///
    /// # Errors
    /// When it does not start again.
    pub fn restart(&mut self, orderly: bool) -> Result<(), String> {
        match self {
            Self::Broadcast(server) => *server = Broadcast::start()?,
            Self::Cutline(relay) => {
                if orderly {
                    relay.stop();
                } else {
                    relay.kill();
                }
                relay.resume();
            }
            Self::Yjs(server) => server.restart(orderly)?,
        }
        Ok(())
    }
}

/// The yardstick as a process of its own: this program with a hidden argument.
#[derive(Debug)]
pub struct Broadcast {
    process: Child,
    url: String,
}

impl Broadcast {
    fn start() -> Result<Self, String> {
        let program = env::current_exe().map_err(|error| error.to_string())?;
        let mut process = Command::new(program)
            .arg(BROADCAST_ARGUMENT)
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = process.stdout.take().ok_or("stdout is piped")?;
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .map_err(|error| error.to_string())?;
        let url = format!("{}/socket", line.trim().replacen("http://", "ws://", 1));
        Ok(Self { process, url })
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
