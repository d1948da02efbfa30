//! The pipe to Chromium: questions with their answers, and what the browser tells by itself.
//!
//! The browser ends when this process does, however it ends: the pipe closes.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::{
        Arc, LazyLock, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use serde_json::{Value, json};

use super::{PATIENCE, person::Heard};

static DEVTOOLS: LazyLock<DevTools> = LazyLock::new(DevTools::launch);

/// The one browser of this process.
pub(super) fn devtools() -> &'static DevTools {
    &DEVTOOLS
}

/// Locks, also after a test panicked while it held the lock.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) struct DevTools {
    input: Mutex<ChildStdin>,
    next: AtomicU64,
    waiting: Mutex<BTreeMap<u64, mpsc::Sender<Value>>>,
    /// Who hears what a session tells: pages, their workers and their service workers.
    sessions: Mutex<BTreeMap<String, Arc<Heard>>>,
    /// Downloads by the browser's number: proposed name, and whether it is complete.
    downloads: Mutex<BTreeMap<String, (String, bool)>>,
}

/// Where this process keeps what it may throw away.
pub(super) fn scratch() -> PathBuf {
    target()
        .join("tmp")
        .join(format!("browser-{}", std::process::id()))
}

/// The workspace's target folder.
pub(super) fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target")
}

impl DevTools {
    fn launch() -> Self {
        forget_former_runs();
        let profile = scratch().join("profile");
        fs::create_dir_all(&profile).expect("the target folder can be written");
        // The ends of the pipe are the child's file descriptors 3 and 4.
        let mut process = Command::new("sh")
            .args([
                "-c",
                "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1",
            ])
            .arg(env::var_os("CHROMIUM").unwrap_or_else(|| "chromium".into()))
            .args([
                "--headless",
                "--remote-debugging-pipe",
                "--no-sandbox",
                "--disable-gpu",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .args([
                "--disable-sync",
                "--no-first-run",
                "--disable-quic",
                "--mute-audio",
            ])
            .args([
                "--disable-background-timer-throttling",
                "--disable-renderer-backgrounding",
            ])
            .args([
                "--disable-backgrounding-occluded-windows",
                "--disable-dev-shm-usage",
            ])
            .args([
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--lang=en-GB",
            ])
            .arg("--window-size=1280,800")
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Chromium starts: install it or name it in CHROMIUM");
        let input = process.stdin.take().expect("stdin is piped");
        let output = BufReader::new(process.stdout.take().expect("stdout is piped"));
        thread::spawn(move || {
            listen(output);
            drop(process.wait());
        });
        Self {
            input: Mutex::new(input),
            next: AtomicU64::new(1),
            waiting: Mutex::default(),
            sessions: Mutex::default(),
            downloads: Mutex::default(),
        }
    }

    /// Asks the browser, or one of its sessions, and waits for the answer.
    pub(super) fn ask(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<Value, String> {
        let answer = self.send(session, method, params)?;
        let mut answer = answer
            .recv_timeout(PATIENCE)
            .map_err(|_| format!("{method}: the browser does not answer"))?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {}", error["message"])),
            None => Ok(answer["result"].take()),
        }
    }

    /// Asks without waiting; questions are taken in order.
    pub(super) fn send(
        &self,
        session: Option<&str>,
        method: &str,
        params: Value,
    ) -> Result<mpsc::Receiver<Value>, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = mpsc::channel();
        lock(&self.waiting).insert(id, sender);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        lock(&self.input)
            .write_all(&bytes)
            .map_err(|error| format!("{method}: {error}"))?;
        Ok(answer)
    }

    pub(super) fn listen_to(&self, session: &str, heard: &Arc<Heard>) {
        lock(&self.sessions).insert(session.to_owned(), Arc::clone(heard));
    }

    pub(super) fn forget(&self, heard: &Arc<Heard>) {
        lock(&self.sessions).retain(|_, other| !Arc::ptr_eq(heard, other));
    }

    /// The proposed name of a complete download.
    pub(super) fn downloaded(&self, guid: &str) -> Option<String> {
        let downloads = lock(&self.downloads);
        let (name, complete) = downloads.get(guid)?;
        complete.then(|| name.clone())
    }

    fn told(&self, said: &Value) {
        let params = &said["params"];
        let method = said["method"].as_str().unwrap_or_default();
        match method {
            "Browser.downloadWillBegin" => {
                let name = params["suggestedFilename"].as_str().unwrap_or_default();
                let guid = params["guid"].as_str().unwrap_or_default();
                lock(&self.downloads).insert(guid.to_owned(), (name.to_owned(), false));
            }
            "Browser.downloadProgress" if params["state"] == "completed" => {
                let guid = params["guid"].as_str().unwrap_or_default();
                if let Some((_, complete)) = lock(&self.downloads).get_mut(guid) {
                    *complete = true;
                }
            }
            _ => {
                let Some(session) = said["sessionId"].as_str() else {
                    return;
                };
                let Some(heard) = lock(&self.sessions).get(session).cloned() else {
                    return;
                };
                heard.take(session, method, params);
            }
        }
    }
}

fn listen(mut output: impl BufRead) {
    let mut message = Vec::new();
    while output
        .read_until(0, &mut message)
        .is_ok_and(|count| count > 0)
    {
        message.pop();
        if let Ok(said) = serde_json::from_slice::<Value>(&message) {
            let asker = said["id"]
                .as_u64()
                .and_then(|id| lock(&devtools().waiting).remove(&id));
            match asker {
                Some(asker) => drop(asker.send(said)),
                None => devtools().told(&said),
            }
        }
        message.clear();
    }
}

/// Removes what earlier processes left, which could not do so themselves if they were killed.
fn forget_former_runs() {
    let Ok(folders) = fs::read_dir(target().join("tmp")) else {
        return;
    };
    for folder in folders.flatten() {
        let name = folder.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.strip_prefix("browser-")) else {
            continue;
        };
        if !Path::new("/proc").join(pid).exists() || folder.path() == scratch() {
            drop(fs::remove_dir_all(folder.path()));
        }
    }
}
