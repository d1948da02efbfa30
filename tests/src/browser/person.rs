//! Somebody with a browser of their own, and what their pages and workers tell.

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    thread,
};

use serde_json::{Value, json};

use super::{
    devtools::{devtools, lock, scratch},
    tab::Tab,
    wire::Wire,
};

/// Somebody with a browser of their own: nothing is stored in it at first, and all of it is gone when they leave.
///
/// Leaving fails the test when a page or worker complained: errors on the console, exceptions, violations of the
/// Content-Security-Policy, failed requests.
pub struct Person {
    pub(super) context: String,
    pub(super) heard: Arc<Heard>,
    pub(super) downloads: PathBuf,
    pub(super) taken: Mutex<BTreeSet<String>>,
    wire: Wire,
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Person")
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

impl Default for Person {
    fn default() -> Self {
        Self::new()
    }
}

impl Person {
    /// Somebody new.
    #[must_use]
    pub fn new() -> Self {
        let wire = Wire::new();
        let params = json!({ "disposeOnDetach": true, "proxyServer": wire.address(), "proxyBypassList": "<-loopback>" });
        let made = devtools()
            .ask(None, "Target.createBrowserContext", params)
            .expect("a browser context");
        let context = made["browserContextId"]
            .as_str()
            .expect("a context has an id")
            .to_owned();
        let downloads = scratch().join(&context);
        fs::create_dir_all(&downloads).expect("the target folder can be written");
        let folder = downloads.canonicalize().expect("the folder was just made");
        let params = json!({ "behavior": "allowAndName", "browserContextId": context,
            "downloadPath": folder.to_str().expect("the path is UTF-8"), "eventsEnabled": true });
        devtools()
            .ask(None, "Browser.setDownloadBehavior", params)
            .expect("downloads are kept");
        let person = Self {
            context,
            heard: Arc::default(),
            downloads,
            taken: Mutex::default(),
            wire,
        };
        person.may(&["clipboard-read", "clipboard-write", "persistent-storage"]);
        person
    }

    /// Somebody new with one tab.
    #[must_use]
    pub fn with_tab() -> (Self, Tab) {
        let person = Self::new();
        let tab = person.tab();
        (person, tab)
    }

    /// One more tab of this person.
    #[must_use]
    pub fn tab(&self) -> Tab {
        Tab::new(&self.context, &self.heard)
    }

    /// Grants what a browser asks people for.
    fn may(&self, permissions: &[&str]) {
        for permission in permissions {
            let params = json!({ "permission": { "name": permission }, "setting": "granted",
                "browserContextId": self.context });
            devtools()
                .ask(None, "Browser.setPermission", params)
                .expect("the browser knows the permission");
        }
    }

    /// Cuts all tabs, workers and service workers off the network, or lets them back: open sockets break, requests fail,
    /// and the browser says that it is offline. Failed requests are expected from now on.
    pub fn offline(&self, off: bool) {
        self.expect_network_errors();
        self.heard.offline.store(off, Ordering::SeqCst);
        self.wire.cut(off);
        for session in lock(&self.heard.sessions).clone() {
            self.heard.cut(&session);
        }
    }

    /// Breaks every open connection once; new ones are made as before.
    pub fn break_connections(&self) {
        self.expect_network_errors();
        self.wire.close_all();
    }

    /// From now on failed requests and sockets are part of the story.
    pub fn expect_network_errors(&self) {
        self.heard.network_may_fail.store(true, Ordering::SeqCst);
    }

    /// What pages and workers complained of since this was last asked.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.heard.complaints))
    }

    /// Bytes that came over the network, headers included.
    #[must_use]
    pub fn received_bytes(&self) -> u64 {
        self.wire.received_bytes()
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        let complaints = self.complaints();
        devtools().forget(&self.heard);
        drop(devtools().ask(
            None,
            "Target.disposeBrowserContext",
            json!({ "browserContextId": self.context }),
        ));
        drop(fs::remove_dir_all(&self.downloads));
        assert!(
            thread::panicking() || complaints.is_empty(),
            "pages or workers complained:\n{}",
            complaints.join("\n")
        );
    }
}

/// What the pages and workers of one person tell.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) complaints: Mutex<Vec<String>>,
    pub(super) sessions: Mutex<BTreeSet<String>>,
    /// Element behind the last file chooser that a page asked for.
    pub(super) chooser: Mutex<Option<i64>>,
    /// How far the person's clock is ahead of the machine's, in milliseconds.
    pub(super) ahead_ms: AtomicI64,
    offline: AtomicBool,
    network_may_fail: AtomicBool,
}

impl Heard {
    /// Prepares a session of a page or a worker: it is heard, and has the network its person has.
    ///
    /// Not of a service worker: one with a debugger is not ended when it has nothing to do, and one that a newer one
    /// replaces is ended although it has. Pages tell of its errors, and the wire has its network.
    ///
    /// Nothing is waited for: a worker that is held at its start answers some questions only once it runs, and not every
    /// kind of target has every domain.
    pub(super) fn adopt(self: &Arc<Self>, session: &str) {
        lock(&self.sessions).insert(session.to_owned());
        devtools().listen_to(session, self);
        for domain in ["Runtime", "Log", "Network"] {
            drop(devtools().send(Some(session), &format!("{domain}.enable"), json!({})));
        }
        if self.offline.load(Ordering::SeqCst) {
            drop(devtools().send(
                Some(session),
                "Network.emulateNetworkConditions",
                self.network(),
            ));
        }
        drop(self.set_clock(session));
        drop(devtools().send(Some(session), "ServiceWorker.enable", json!({})));
        let params = json!({ "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true,
            "filter": [{ "type": "service_worker", "exclude": true }, {}] });
        drop(devtools().send(Some(session), "Target.setAutoAttach", params));
        drop(devtools().send(Some(session), "Runtime.runIfWaitingForDebugger", json!({})));
    }

    fn network(&self) -> Value {
        let offline = self.offline.load(Ordering::SeqCst);
        json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 })
    }

    fn cut(&self, session: &str) {
        // A worker that has just ended has no network to lose.
        drop(devtools().ask(
            Some(session),
            "Network.emulateNetworkConditions",
            self.network(),
        ));
    }

    /// Takes one event of a session. Runs on the thread that reads the pipe, so it must not wait for an answer.
    pub(super) fn take(self: &Arc<Self>, session: &str, method: &str, params: &Value) {
        match method {
            "Target.attachedToTarget" => {
                if let Some(child) = params["sessionId"].as_str() {
                    self.adopt(child);
                }
            }
            "Target.detachedFromTarget" => {
                lock(&self.sessions).remove(params["sessionId"].as_str().unwrap_or_default());
            }
            "Page.javascriptDialogOpening" => {
                drop(devtools().send(
                    Some(session),
                    "Page.handleJavaScriptDialog",
                    json!({ "accept": true }),
                ));
            }
            "Page.fileChooserOpened" => *lock(&self.chooser) = params["backendNodeId"].as_i64(),
            _ => {
                if let Some(complaint) = complaint(method, params)
                    && !(self.network_may_fail.load(Ordering::SeqCst)
                        && is_about_network(&complaint))
                {
                    lock(&self.complaints).push(complaint);
                }
            }
        }
    }
}

fn complaint(method: &str, params: &Value) -> Option<String> {
    match method {
        "ServiceWorker.workerErrorReported" => Some(params["errorMessage"].to_string()),
        "Runtime.exceptionThrown" => {
            let details = &params["exceptionDetails"];
            Some(format!(
                "{} {}",
                details["text"], details["exception"]["description"]
            ))
        }
        "Runtime.consoleAPICalled" => {
            let level = params["type"].as_str()?;
            let arguments = params["args"].as_array()?;
            let texts: Vec<String> = arguments
                .iter()
                .map(|argument| match argument["value"].as_str() {
                    Some(text) => text.to_owned(),
                    None => argument["description"].to_string(),
                })
                .collect();
            matches!(level, "error" | "warning" | "assert")
                .then(|| format!("console.{level}: {}", texts.join(" ")))
        }
        "Log.entryAdded" => {
            let entry = &params["entry"];
            // The browser itself asks for an icon where a page names none.
            let asked_by_browser = entry["url"]
                .as_str()
                .is_some_and(|url| url.ends_with("/favicon.ico"));
            (entry["level"] == "error" && !asked_by_browser)
                .then(|| format!("{} {}", entry["text"], entry["url"]))
        }
        _ => None,
    }
}

fn is_about_network(complaint: &str) -> bool {
    [
        "net::ERR_",
        "WebSocket connection to",
        "Failed to fetch",
        "status of 50",
        // A service worker that was fetching the app.
        "ServiceWorker failed to install",
        "resulted in a network error response",
    ]
    .iter()
    .any(|sign| complaint.contains(sign))
}
