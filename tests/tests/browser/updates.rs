//! One build of the app at a time: kept for use without a network, replaced only when the person agrees, and forgotten
//! when no page uses it. The app itself is a stand-in here; page, scripts, service worker and headers are the real ones.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex},
};

use axum::{Router, extract::State, http::HeaderMap, response::IntoResponse, routing::get};
use server::http::assets::Assets;
use tests::browser::{Person, Tab};
use tokio::{net::TcpListener, runtime::Runtime, sync::Semaphore};

const FIRST: &str = "1111111111111111";
const SECOND: &str = "2222222222222222";

/// A file that is answered only when the site is told to, and keeps the service worker busy until then.
const SLOW: &str = "/slow-0000000000000000.js";

/// Says which build it is, starts a worker and talks to it before it can listen, and tells of a newer build.
const APP: &str = r#"
// A worker is slow to start here: the first message is there before it is.
export default async () => {
  if (!self.document) await new Promise((heard) => addEventListener("message", heard, { once: true }));
};
export const start_page = (address) => {
  const say = (text) => { const line = document.createElement("p"); line.textContent = text; document.body.append(line); };
  const worker = new Worker(address, { type: "module" });
  worker.onmessage = (event) => say(`the worker heard ${event.data}`);
  worker.postMessage("one");
  worker.postMessage("two");
  addEventListener("cutline-update", () => say("a newer build waits"));
  say("build {{version}}");
  performance.mark("cutline-rows");
};
export const start_worker = () => { self.onmessage = (event) => self.postMessage(event.data); };
"#;

/// Serves one build, until it is told to serve another.
struct Site {
    address: SocketAddr,
    served: Arc<Mutex<Arc<Assets>>>,
    slow: Arc<Semaphore>,
    _runtime: Runtime,
}

impl Site {
    fn new(version: &str) -> Self {
        let runtime = Runtime::new().unwrap();
        let served = Arc::new(Mutex::new(build(version)));
        let slow = Arc::new(Semaphore::new(0));
        let answers = Arc::clone(&slow);
        let router = Router::new()
            .route("/healthz", get(|| async { "ok" }))
            // Asked for by the browser when it shows a file without a page.
            .route("/favicon.ico", get(|| async { "" }))
            .route(SLOW, get(async move || drop(answers.acquire().await)))
            .fallback(answer)
            .with_state(Arc::clone(&served));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            served,
            slow,
            _runtime: runtime,
        }
    }

    fn serve(&self, version: &str) {
        *self.served.lock().unwrap() = build(version);
    }

    fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.address.port())
    }
}

async fn answer(
    State(served): State<Arc<Mutex<Arc<Assets>>>>,
    uri: axum::http::Uri,
    headers: HeaderMap,
) -> impl IntoResponse {
    let assets = Arc::clone(&served.lock().unwrap());
    assets.answer(uri.path(), &headers)
}

/// The files of a build in which only the app's module is a stand-in.
fn build(version: &str) -> Arc<Assets> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../app");
    let hashed = |name: &str| {
        let (stem, ending) = name.rsplit_once('.').unwrap();
        format!("{stem}-{version}.{ending}")
    };
    let read = |path: &str| fs::read_to_string(source.join(path)).unwrap();
    let files = [
        ("app.js", APP.to_owned()),
        ("app.wasm", String::new()),
        ("style.css", String::new()),
        ("icon.svg", read("public/icon.svg")),
        ("icon-192.png", String::new()),
        ("icon-512.png", String::new()),
        ("manifest.webmanifest", read("public/manifest.webmanifest")),
        ("worker.js", read("public/worker.js")),
        ("boot.js", read("public/boot.js")),
        ("index.html", read("index.html")),
    ];
    let addresses = files
        .iter()
        .map(|(name, _)| format!("/{}", hashed(name)))
        .collect::<Vec<_>>();
    let fill = |text: &str| {
        let text = text
            .replace("{{version}}", version)
            .replace("{{session}}", "[]")
            .replace("{{files}}", &format!("{addresses:?}"));
        files
            .iter()
            .zip(&addresses)
            .fold(text, |text, ((name, _), address)| {
                text.replace(&format!("{{{{{name}}}}}"), address)
            })
    };
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), fill(text)).unwrap();
    for (name, text) in &files {
        write(&hashed(name), text);
    }
    write("index.html", &read("index.html"));
    write("sw.js", &read("public/sw.js"));
    Arc::new(Assets::folder(folder.path()).unwrap())
}

/// Opens a page of the first build and waits until the app is kept in the browser.
#[track_caller]
fn open(tab: &Tab, site: &Site) {
    tab.open(&site.url("/b/some-backlog"));
    tab.sees(&format!("build {FIRST}"));
    tab.until("navigator.serviceWorker.controller !== null");
}

/// A page that shows the first build.
#[track_caller]
fn first_visit() -> (Site, Person, Tab) {
    let site = Site::new(FIRST);
    let (person, tab) = Person::with_tab();
    open(&tab, &site);
    (site, person, tab)
}

/// Serves the second build, and waits until the page offers it.
#[track_caller]
fn offer_the_second(site: &Site, tab: &Tab) {
    site.serve(SECOND);
    drop(tab.value("navigator.serviceWorker.ready.then(kept => kept.update()).then(() => true)"));
    tab.sees("a newer build waits");
}

/// Agrees to the newer build.
#[track_caller]
fn agree(tab: &Tab) {
    drop(tab.value("cutlineUpdate()"));
    tab.sees(&format!("build {SECOND}"));
}

const KEPT_BUILDS: &str = "caches.keys().then(names => names.join(' '))";

#[test]
fn after_the_first_visit_the_app_starts_without_a_network() {
    let (site, ada, tab) = first_visit();
    ada.offline(true);
    tab.open(&site.url("/b/another-backlog?find=rank"));
    tab.sees(&format!("build {FIRST}"));
    tab.sees("the worker heard one");
    tab.sees("the worker heard two");
    // What only the relay knows is never answered from what is kept.
    for path in ["/healthz", "/api/v1/backlogs/x/snapshot", "/automerge"] {
        let asked = format!("fetch('{path}').then(() => 'answered', () => 'no network')");
        assert_eq!(tab.value(&asked), "no network", "{path}");
    }
    ada.offline(false);
    // Requests that were under way when the network came back may still fail.
    tab.until(
        "fetch('/healthz').then(answer => answer.text()).then(text => text === 'ok', () => false)",
    );
}

#[test]
fn a_newer_build_waits_until_the_person_agrees() {
    let (site, ada, tab) = first_visit();
    let other = ada.tab();
    open(&other, &site);

    offer_the_second(&site, &tab);
    other.sees("a newer build waits");
    tab.reload();
    tab.sees(&format!("build {FIRST}"));
    tab.sees("a newer build waits");

    agree(&tab);
    other.sees(&format!("build {SECOND}"));
    only_the_second_is_kept(&tab);
}

#[test]
fn a_newer_build_is_shown_while_the_former_worker_is_busy() {
    let (site, ada, tab) = first_visit();
    let busy = ada.tab();
    busy.open(&site.url(&format!("/icon-{FIRST}.svg")));
    drop(busy.value(&format!("fetch('{SLOW}').catch(() => {{}}); true")));

    offer_the_second(&site, &tab);
    agree(&tab);
    tab.until("navigator.serviceWorker.controller !== null");
    tab.reload();
    tab.sees(&format!("build {SECOND}"));
    assert_eq!(tab.value(WORKERS), "installed activated");
    // It is the build that is shown already, so nobody is asked again.
    tab.sees("the worker heard two");
    assert_eq!(
        tab.value("document.body.innerText.includes('a newer build waits')"),
        false
    );

    site.slow.add_permits(1);
    only_the_second_is_kept(&tab);
}

/// The states of the waiting and of the active service worker.
const WORKERS: &str = "navigator.serviceWorker.getRegistration()\
    .then(kept => `${kept.waiting?.state} ${kept.active?.state}`)";

#[track_caller]
fn only_the_second_is_kept(tab: &Tab) {
    let only = format!("cutline-build-{SECOND}");
    tab.until_equal(&only.into(), || tab.value(KEPT_BUILDS));
}

#[test]
fn a_builds_files_are_kept_while_a_page_uses_them() {
    let (site, ada, tab) = first_visit();
    // A page that stays on its build: here a file, which has no script that would load it anew.
    let old = ada.tab();
    old.open(&site.url(&format!("/icon-{FIRST}.svg")));
    let hold = format!(
        "new Promise(held => navigator.locks.request('cutline-build-{FIRST}', {{ mode: 'shared' }}, \
         () => {{ held(true); return new Promise(release => globalThis.release = release); }}))"
    );
    assert_eq!(old.value(&hold), true);

    offer_the_second(&site, &tab);
    // Nobody uses this one. It is newer than the first build, so when it is gone, the first one was spared.
    drop(tab.value("caches.open('cutline-build-abandoned').then(() => true)"));
    agree(&tab);
    let both = format!("cutline-build-{FIRST} cutline-build-{SECOND}");
    tab.until_equal(&both.into(), || tab.value(KEPT_BUILDS));
    let file =
        format!("fetch('/worker-{FIRST}.js', {{ cache: 'no-store' }}).then(answer => answer.ok)");
    // Just when the new worker takes over, a request may pass it by.
    old.until(&file);

    drop(old.value("release(true)"));
    tab.reload();
    only_the_second_is_kept(&tab);
}
