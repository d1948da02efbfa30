//! The harness itself, on a page that needs no relay: what it promises to the other tests.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use tests::browser::{DESKTOP, Look, PHONE, Part, Person, any, file, starting};
use tokio_tungstenite::tungstenite;

const PAGE: &str = r#"<!doctype html><html lang="en"><title>Trial</title><meta name="viewport" content="width=device-width"><body>
<main><h1>Trial</h1>
<label>Name <input id="name"></label> <button id="add">Add</button>
<label>File <input type="file" id="file"></label> <a id="get" href="data:text/plain,hello" download="hello.txt">Get</a>
<ul id="rows" aria-label="Rows"></ul><p id="said"></p></main><script src="/page.js"></script>"#;

const SCRIPT: &str = r#"
const said = document.getElementById("said"), rows = document.getElementById("rows"), name = document.getElementById("name");
const row = text => { const li = document.createElement("li"); li.setAttribute("aria-label", text); li.textContent = text;
  li.style.cssText = "height:40px; touch-action:none"; rows.append(li);
  let moved = 0;
  li.onpointerdown = event => { moved = 0; li.setPointerCapture(event.pointerId); };
  li.onpointermove = event => { if (event.buttons) moved += 1; };
  li.onpointerup = event => { said.textContent = `${event.pointerType} moved ${text} ${moved > 3} to ${
    [...rows.children].findIndex(r => { const b = r.getBoundingClientRect(); return event.clientY >= b.top && event.clientY < b.bottom; })}`; };
  li.ondblclick = () => { said.textContent = `twice ${text}`; }; };
["one", "two", "three"].forEach(row);
document.getElementById("add").onclick = () => row(name.value);
name.onkeydown = event => { if (event.key === "Enter") row(name.value); if (event.altKey) said.textContent = `Alt ${event.key}`; };
name.onpaste = event => { event.preventDefault(); said.textContent = `pasted ${event.clipboardData.getData("text/plain").split("\n").length}`; };
document.getElementById("file").onchange = async event => { said.textContent = `file ${await event.target.files[0].text()}`; };
document.ondragover = event => event.preventDefault();
document.ondrop = async event => { event.preventDefault(); said.textContent = `dropped ${await event.dataTransfer.files[0].text()}`; };
const worker = new Worker("/worker.js");
const ask = () => new Promise(done => { worker.onmessage = event => done(event.data); worker.postMessage(0); });
const socket = new WebSocket(`ws://${location.host}/socket`);
"#;

const WORKER: &str = r#"let socket; onmessage = async event => { if (event.data === "day") { postMessage(new Date().toISOString().slice(0, 10)); return; } if (event.data) { socket ??= new WebSocket(event.data); socket.onopen = () => socket.send("x");
  socket.onmessage = () => postMessage("echo"); socket.onclose = () => postMessage("closed"); if (socket.readyState === 1) socket.send("x"); if (socket.readyState > 1) { socket = undefined; postMessage("closed"); } return; } try { await fetch("/page.js?" + Math.random()); postMessage("reached"); } catch { postMessage("cut off"); } };"#;

const SERVICE_WORKER: &str = r#"
oninstall = event => event.waitUntil(caches.open("trial").then(cache => cache.addAll(["/", "/page.js", "/worker.js"])).then(() => skipWaiting()));
onactivate = event => event.waitUntil(clients.claim());
onfetch = event => event.respondWith(caches.match(event.request).then(found => found ?? fetch(event.request)));
onmessage = async event => { if (event.data) throw new Error(event.data); let said; try { await fetch("/page.js?" + Math.random()); said = "reached"; } catch { said = "cut off"; } event.source.postMessage(said); };
"#;

fn answer(stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut first, mut line) = (String::new(), String::new());
    reader.read_line(&mut first).unwrap();
    while reader.read_line(&mut line).is_ok_and(|count| count > 2) {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or("/");
    let (kind, body) = match path.split('?').next().unwrap_or("/") {
        "/page.js" => ("text/javascript", SCRIPT),
        "/worker.js" => ("text/javascript", WORKER),
        "/sw.js" => ("text/javascript", SERVICE_WORKER),
        "/favicon.ico" => ("image/png", ""),
        _ => ("text/html", PAGE),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Content-Security-Policy: default-src 'self'; style-src 'unsafe-inline'; connect-src *\r\n\r\n",
        body.len()
    );
    let mut stream = stream;
    drop(
        stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body.as_bytes())),
    );
}

fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(|| answer(stream));
        }
    });
    format!("http://localhost:{port}/")
}

fn trial() -> (Person, tests::browser::Tab) {
    let (person, tab) = Person::with_tab();
    // The page's socket is refused by this small server.
    person.expect_network_errors();
    tab.open(&site());
    (person, tab)
}

#[test]
fn people_have_storage_of_their_own_and_tabs_share_it() {
    let site = site();
    let (ada, tab) = Person::with_tab();
    let bob = Person::new();
    for person in [&ada, &bob] {
        person.expect_network_errors();
    }
    tab.open(&site);
    drop(tab.value("localStorage.setItem('who', 'Ada')"));
    let (second, other) = (ada.tab(), bob.tab());
    second.open(&site);
    other.open(&site);
    assert_eq!(second.value("localStorage.getItem('who')"), "Ada");
    assert!(other.value("localStorage.getItem('who')").is_null());
}

#[test]
fn elements_are_found_by_role_and_name_and_used() {
    let (_ada, tab) = trial();
    tab.find("textbox", "Name").click();
    tab.type_text("four");
    tab.find("button", "Add").click();
    tab.find("listitem", "four").appears();
    tab.find("textbox", "Name").fill("five").holds("five");
    tab.press("Enter");
    let rows = tab.find("list", "Rows").find("listitem", any());
    tab.until_equal(&5, || rows.count());
    assert_eq!(
        tab.find("listitem", starting("f")).names(),
        ["four", "five"]
    );
    tab.find("listitem", "two").double_click();
    tab.sees("twice two");
    tab.find("textbox", "Name").focus();
    tab.press("Alt+ArrowDown");
    tab.sees("Alt ArrowDown");
    tab.type_keys(" Six?");
    tab.find("textbox", "Name").holds("five Six?");
    tab.press("Control+a");
    tab.press("Backspace");
    tab.find("textbox", "Name").holds("");
    tab.paste("a\nb\nc");
    tab.sees("pasted 3");
}

#[test]
fn mouse_and_finger_drag() {
    let (_ada, tab) = trial();
    tab.find("listitem", "one")
        .drag_to(&tab.find("listitem", "three"), Part::Lower);
    tab.sees("mouse moved one true to 2");
    tab.on(PHONE);
    assert_eq!(tab.value("innerWidth"), 360);
    tab.find("listitem", "three")
        .touch_drag_to(&tab.find("listitem", "one"), Part::Upper, 0);
    tab.sees("touch moved three true to 0");
    tab.on(DESKTOP);
    tab.likes(Look::Dark, true);
    assert_eq!(
        tab.value(
            "matchMedia('(prefers-color-scheme: dark) and (prefers-reduced-motion)').matches"
        ),
        true
    );
}

#[test]
fn files_go_in_and_come_out() {
    let (ada, tab) = trial();
    let path = file("in.txt", b"inside");
    tab.find("button", starting("File"))
        .click_and_choose_file(&path);
    tab.sees("file inside");
    tab.drop_file(&path);
    tab.sees("dropped inside");
    tab.find("link", "Get").click();
    let got = ada.next_download();
    assert_eq!(
        (got.name.as_str(), got.text().as_str()),
        ("hello.txt", "hello")
    );
}

#[test]
fn offline_reaches_workers_and_service_workers() {
    let (ada, tab) = trial();
    tab.until("navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => true)");
    tab.until("navigator.serviceWorker.controller !== null");
    let through_service_worker = "new Promise(done => { navigator.serviceWorker.onmessage = e => done(e.data);
        navigator.serviceWorker.startMessages(); navigator.serviceWorker.controller.postMessage(0); })";
    assert_eq!(tab.value("ask()"), "reached");
    assert_eq!(tab.value(through_service_worker), "reached");
    ada.offline(true);
    assert_eq!(tab.value("ask()"), "cut off");
    assert_eq!(tab.value(through_service_worker), "cut off");
    assert_eq!(tab.value("navigator.onLine"), false);
    tab.reload();
    tab.find("heading", "Trial").appears();
    assert_eq!(
        tab.value("ask()"),
        "cut off",
        "a worker that starts while its person is offline"
    );
    ada.offline(false);
    assert_eq!(tab.value("ask()"), "reached");
    assert_eq!(tab.value(through_service_worker), "reached");
}

/// A server of sockets that sends back what it gets.
fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(|| {
                let mut socket = tungstenite::accept(stream).unwrap();
                while let Ok(message) = socket.read() {
                    if socket.send(message).is_err() {
                        return;
                    }
                }
            });
        }
    });
    format!("ws://localhost:{port}/")
}

#[test]
fn offline_reaches_open_sockets_of_workers() {
    let (ada, tab) = trial();
    let echo = echo();
    let ask = format!(
        "new Promise(done => {{ worker.onmessage = event => done(event.data); worker.postMessage('{echo}'); setTimeout(done, 2000, 'silence') }})"
    );
    assert_eq!(tab.value(&ask), "echo");
    ada.offline(true);
    assert_eq!(tab.value(&ask), "closed");
    assert_eq!(
        tab.value(&ask),
        "closed",
        "a socket that is opened while offline"
    );
    ada.offline(false);
    tab.until(&format!("{ask}.then(said => said === 'echo')"));
}

#[test]
fn storage_can_run_out() {
    let (_ada, tab) = trial();
    tab.limit_storage(Some(10_000));
    let fill = "caches.open('big').then(c => c.put('/big', new Response('x'.repeat(1e6)))).then(() => 'kept', e => e.name)";
    assert_eq!(tab.value(fill), "QuotaExceededError");
    tab.limit_storage(None);
    assert_eq!(tab.value(fill), "kept");
}

#[test]
fn complaints_are_heard() {
    let (ada, tab) = Person::with_tab();
    ada.expect_network_errors();
    tab.open(&site());
    drop(tab.value("setTimeout(() => { throw new Error('from the page') })"));
    drop(tab.value("void (document.body.append(Object.assign(document.createElement('script'), { textContent: '1' })))"));
    drop(tab.value("console.error('on the console')"));
    tab.until("navigator.serviceWorker.register('/sw.js').then(kept => kept.installing?.postMessage('from the service worker')).then(() => true)");
    let mut heard = Vec::new();
    tab.until_some(|| {
        heard.extend(ada.complaints());
        let signs = [
            "from the page",
            "Content Security Policy",
            "on the console",
            "from the service worker",
        ];
        let all = signs.iter().all(|sign| {
            heard
                .iter()
                .any(|complaint: &String| complaint.contains(sign))
        });
        if all {
            Ok(())
        } else {
            Err(format!("{heard:?}"))
        }
    });
}

#[test]
fn a_crashed_tab_leaves_the_others() {
    let site = site();
    let (ada, tab) = Person::with_tab();
    ada.expect_network_errors();
    tab.open(&site);
    let second = ada.tab();
    second.open(&site);
    tab.crash();
    second.find("heading", "Trial").appears();
}

#[test]
fn a_person_wakes_up_on_another_day_in_pages_and_workers() {
    let (ada, tab) = trial();
    let in_worker = "new Promise(done => { worker.onmessage = event => done(event.data); worker.postMessage('day'); })";
    let in_page = "new Date(Date.now()).toISOString().slice(0, 10)";
    ada.wakes_up_on("2031-03-03".parse().unwrap());
    assert_eq!(tab.value(in_page), "2031-03-03");
    assert_eq!(tab.value(in_worker), "2031-03-03", "a worker that runs");
    ada.wakes_up_on("2031-03-04".parse().unwrap());
    assert_eq!(tab.value(in_page), "2031-03-04");
    tab.reload();
    assert_eq!(tab.value(in_page), "2031-03-04", "a document that is made");
    assert_eq!(tab.value(in_worker), "2031-03-04", "a worker that starts");
    assert_eq!(tab.value("new Date(0).getUTCFullYear()"), 1970);
    assert_eq!(tab.value("new Date() instanceof Date"), true);
    let second = ada.tab();
    second.open(&tab.address());
    assert_eq!(second.value(in_page), "2031-03-04", "a tab that is opened");
}
