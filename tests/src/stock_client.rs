//! A stock `@automerge/automerge-repo` client in node, as any script or tool outside this repository would be.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::json;

/// How long a change may take to get there.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long one search goes.
const ONE_SEARCH: Duration = Duration::from_secs(2);

/// What the client sees.
#[derive(Clone, Debug, Deserialize)]
pub struct Seen {
    /// The backlog's `automerge:` address.
    pub url: String,
    /// The backlog's name.
    pub name: String,
    /// Its items by id.
    pub items: BTreeMap<String, SeenItem>,
    /// What others have said to it, in order.
    pub heard: Vec<String>,
    /// Whether it was told that the backlog is not there.
    pub unavailable: bool,
}

/// What the client sees of an item.
#[derive(Clone, Debug, Deserialize)]
pub struct SeenItem {
    /// Its title.
    pub title: String,
    /// The word of its status.
    pub status: String,
}

/// A client process. Ends when this is dropped.
#[derive(Debug)]
pub struct StockClient {
    process: Child,
    input: ChildStdin,
    seen: mpsc::Receiver<Seen>,
    last: Option<Seen>,
}

impl StockClient {
    /// Makes a backlog at a relay's socket.
    #[must_use]
    pub fn create(socket: &str) -> Self {
        Self::open(socket, "new")
    }

    /// Opens a backlog by its `automerge:` URL at a relay's socket.
    #[must_use]
    pub fn open(socket: &str, url: &str) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop/client.mjs");
        let mut process = Command::new("node")
            .arg(script)
            .args([socket, url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node starts");
        let input = process.stdin.take().expect("stdin is piped");
        let output = process.stdout.take().expect("stdout is piped");
        let (sender, seen) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let Ok(now) = serde_json::from_str(&line) else {
                    continue;
                };
                if sender.send(now).is_err() {
                    return;
                }
            }
        });
        Self {
            process,
            input,
            seen,
            last: None,
        }
    }

    /// Waits until what the client sees is as wanted.
    #[track_caller]
    pub fn until(&mut self, wanted: impl Fn(&Seen) -> bool) -> Seen {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(seen) = self.last.as_ref().filter(|seen| wanted(seen)) {
                return seen.clone();
            }
            match self
                .seen
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(seen) => self.last = Some(seen),
                Err(_) => panic!("the stock client never saw it; last: {:?}", self.last),
            }
        }
    }

    /// Puts a title as a text that merges.
    pub fn put_title(&mut self, item: &str, title: &str) {
        self.command(&json!({ "title": [item, title] }));
    }

    /// Puts a status as one value.
    pub fn put_status(&mut self, item: &str, word: &str) {
        self.command(&json!({ "status": [item, word] }));
    }

    /// Adds an item.
    pub fn add(&mut self, item: &str, title: &str) {
        self.command(&json!({ "add": [item, title] }));
    }

    /// Adds so many items with this description, 50 in a change.
    pub fn fill(&mut self, count: usize, description: &str) {
        self.command(&json!({ "fill": [count, description] }));
    }

    /// Says something to the other clients of its kind.
    pub fn say(&mut self, message: &str) {
        self.command(&json!({ "say": message }));
    }

    /// Looks for the backlog again until it is there and as wanted. A search of automerge-repo that begins while the
    /// backlog arrives may hear nothing more, so each is given up after a while.
    pub fn finds(&mut self, wanted: impl Fn(&Seen) -> bool) -> Seen {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            self.command(&json!({ "find": ONE_SEARCH.as_millis() as u64 }));
            self.last = None;
            let seen = self.until(|_| true);
            if wanted(&seen) {
                return seen;
            }
        }
        panic!("the stock client never found it; last: {:?}", self.last);
    }

    fn command(&mut self, command: &serde_json::Value) {
        writeln!(self.input, "{command}").expect("the client reads");
    }
}

impl Drop for StockClient {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
