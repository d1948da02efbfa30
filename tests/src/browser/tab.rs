//! One tab: going to places, asking the page, waiting for it.

use std::{fmt, fs, path::PathBuf, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    PATIENCE,
    devtools::{devtools, target},
    element::{Element, Name},
    eventually,
    person::Heard,
};

/// One tab of a person.
pub struct Tab {
    session: String,
    target: String,
    pub(super) heard: Arc<Heard>,
}

impl fmt::Debug for Tab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tab")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// Keeps what a page copied with the page, since all tests share the one clipboard.
const KEEP_COPIED: &str = "if (navigator.clipboard) {
    const write = Clipboard.prototype.writeText;
    navigator.clipboard.writeText = function (text) { return write.call(this, text).then(() => { window.copied = text; }); };
}";

impl Tab {
    pub(super) fn new(context: &str, heard: &Arc<Heard>) -> Self {
        // A window of its own, so that the tab counts as visible and draws.
        let params =
            json!({ "url": "about:blank", "browserContextId": context, "newWindow": true });
        let made = devtools()
            .ask(None, "Target.createTarget", params)
            .expect("a tab");
        let target = made["targetId"]
            .as_str()
            .expect("a target has an id")
            .to_owned();
        let params = json!({ "targetId": target, "flatten": true });
        let attached = devtools()
            .ask(None, "Target.attachToTarget", params)
            .expect("the new tab is there");
        let session = attached["sessionId"]
            .as_str()
            .expect("a session has an id")
            .to_owned();
        heard.adopt(&session);
        let tab = Self {
            session,
            target,
            heard: Arc::clone(heard),
        };
        tab.must("Page.enable", json!({}));
        tab.must(
            "Emulation.setFocusEmulationEnabled",
            json!({ "enabled": true }),
        );
        tab.run_first(KEEP_COPIED);
        tab
    }

    /// Asks the page's DevTools session.
    ///
    /// # Errors
    /// With the browser's reason.
    pub fn ask(&self, method: &str, params: Value) -> Result<Value, String> {
        devtools().ask(Some(&self.session), method, params)
    }

    #[track_caller]
    pub(super) fn must(&self, method: &str, params: Value) -> Value {
        match self.ask(method, params) {
            Ok(answer) => answer,
            Err(reason) => self.fail(&reason),
        }
    }

    /// Goes to an address and waits until its document is loaded.
    #[track_caller]
    pub fn open(&self, url: &str) {
        let gone = self.must("Page.navigate", json!({ "url": url }));
        if let Some(error) = gone.get("errorText") {
            self.fail(&format!("{url}: {error}"));
        }
        self.until("document.readyState === 'complete'");
    }

    /// Loads the page anew and waits until its document is loaded.
    #[track_caller]
    pub fn reload(&self) {
        let mark = "globalThis.formerDocument = true";
        if let Err(reason) = self.evaluate(mark) {
            self.fail(&reason);
        }
        self.must("Page.reload", json!({}));
        self.until("!globalThis.formerDocument && document.readyState === 'complete'");
    }

    /// The address shown.
    #[track_caller]
    #[must_use]
    pub fn address(&self) -> String {
        self.value("location.href")
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// The value of a JavaScript expression; promises are waited for.
    ///
    /// # Errors
    /// When it throws, or there is no page to ask.
    pub fn evaluate(&self, expression: &str) -> Result<Value, String> {
        let params = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut done = self.ask("Runtime.evaluate", params)?;
        match done.get("exceptionDetails") {
            Some(error) => Err(format!(
                "{expression}: {} {}",
                error["text"], error["exception"]["description"]
            )),
            None => Ok(done["result"]["value"].take()),
        }
    }

    /// The value of an expression that can't throw.
    #[track_caller]
    #[must_use]
    pub fn value(&self, expression: &str) -> Value {
        match self.evaluate(expression) {
            Ok(value) => value,
            Err(reason) => self.fail(&reason),
        }
    }

    /// Waits until the expression holds, also through reloads.
    #[track_caller]
    pub fn until(&self, expression: &str) {
        self.until_some(|| match self.evaluate(expression)? {
            Value::Bool(true) => Ok(()),
            other => Err(format!("{expression} is {other}")),
        });
    }

    /// Waits until the closure has an answer.
    #[track_caller]
    pub fn until_some<T>(&self, attempt: impl FnMut() -> Result<T, String>) -> T {
        match eventually(attempt) {
            Ok(done) => done,
            Err(reason) => self.fail(&reason),
        }
    }

    /// Waits longer than usual, for what is known to take its time.
    #[track_caller]
    pub fn until_within<T>(
        &self,
        patience: Duration,
        attempt: impl FnMut() -> Result<T, String>,
    ) -> T {
        match super::eventually_within(patience, attempt) {
            Ok(done) => done,
            Err(reason) => self.fail(&reason),
        }
    }

    /// Runs a script at the beginning of every document that this tab opens from now on.
    #[track_caller]
    pub fn run_first(&self, script: &str) {
        self.must(
            "Page.addScriptToEvaluateOnNewDocument",
            json!({ "source": script }),
        );
    }

    /// Waits until what is asked equals what is wanted.
    #[track_caller]
    pub fn until_equal<T: PartialEq + fmt::Debug>(&self, wanted: &T, mut asked: impl FnMut() -> T) {
        self.until_some(|| {
            let found = asked();
            if found == *wanted {
                Ok(())
            } else {
                Err(format!("wanted {wanted:?}, found {found:?}"))
            }
        });
    }

    /// The element that assistive technology knows by this role and name.
    #[must_use]
    pub fn find(&self, role: &'static str, name: impl Into<Name>) -> Element<'_> {
        Element::new(self, role, name.into())
    }

    /// Waits until the page shows this text anywhere.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        let text = Value::from(text);
        self.until(&format!("document.body.innerText.includes({text})"));
    }

    /// Whether the page shows this text now.
    #[track_caller]
    #[must_use]
    pub fn shows(&self, text: &str) -> bool {
        self.value(&format!(
            "document.body.innerText.includes({})",
            Value::from(text)
        )) == true
    }

    /// The page as a PNG picture.
    ///
    /// # Errors
    /// When there is no page to draw.
    pub fn picture(&self) -> Result<Vec<u8>, String> {
        let shot = self.ask("Page.captureScreenshot", json!({ "format": "png" }))?;
        Ok(from_base64(shot["data"].as_str().unwrap_or_default()))
    }

    /// What the page looks like, as a small WebP file.
    ///
    /// # Errors
    /// When there is no page to draw.
    pub fn small_picture(&self) -> Result<Vec<u8>, String> {
        let how = json!({ "format": "webp", "quality": 80 });
        let shot = self.ask("Page.captureScreenshot", how)?;
        Ok(from_base64(shot["data"].as_str().unwrap_or_default()))
    }

    /// Keeps a picture of the page in `target/screenshots`.
    pub fn screenshot(&self, name: &str) {
        let folder = screenshots();
        if let Ok(picture) = self.picture()
            && fs::create_dir_all(&folder).is_ok()
        {
            drop(fs::write(folder.join(format!("{name}.png")), picture));
        }
    }

    /// Closes the tab as a person does.
    pub fn close(self) {}

    /// Ends the tab's process as a crash does: nothing in it runs any more.
    pub fn crash(self) {
        drop(devtools().send(Some(&self.session), "Page.crash", json!({})));
    }

    /// How much this site may store from now on.
    #[track_caller]
    pub fn limit_storage(&self, bytes: Option<u64>) {
        let origin = self.value("location.origin");
        let mut params = json!({ "origin": origin });
        if let Some(bytes) = bytes {
            params["quotaSize"] = bytes.into();
        }
        self.must("Storage.overrideQuotaForOrigin", params);
    }

    /// Gives up: with a picture, the page's text and its complaints.
    #[track_caller]
    pub(super) fn fail(&self, reason: &str) -> ! {
        let test = std::thread::current()
            .name()
            .unwrap_or("test")
            .replace("::", "-");
        self.screenshot(&format!("failed-{test}"));
        let text = self.evaluate("document.body?.innerText");
        let complaints = super::devtools::lock(&self.heard.complaints).clone();
        panic!(
            "{reason}\nwaited up to {PATIENCE:?}; picture: {}\naddress: {:?}\npage: {}\ncomplaints: {complaints:#?}",
            screenshots().join(format!("failed-{test}.png")).display(),
            self.evaluate("location.href"),
            text.map_or_else(
                |error| error,
                |text| text.as_str().unwrap_or_default().to_owned()
            ),
        );
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        drop(devtools().ask(
            None,
            "Target.closeTarget",
            json!({ "targetId": self.target }),
        ));
    }
}

fn screenshots() -> PathBuf {
    target().join("screenshots")
}

fn from_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0);
    for digit in text.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(((bits >> count) & 0xff) as u8);
        }
    }
    bytes
}
