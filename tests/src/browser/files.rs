//! Files that go into a page and come out of it.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;

use super::{
    devtools::{devtools, lock, scratch},
    element::Element,
    person::Person,
    tab::Tab,
};

/// A file that a page handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// The name it was given.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Download {
    /// Puts the file where it can be chosen again.
    #[must_use]
    pub fn keep(&self) -> PathBuf {
        file(&self.name, &self.bytes)
    }

    /// What is in it, as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Makes a file that can be chosen; the folder is this test's own.
#[must_use]
pub fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let test = std::thread::current()
        .name()
        .unwrap_or("test")
        .replace("::", "-");
    let folder = scratch().join("files").join(test);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    let path = folder.join(name);
    fs::write(&path, bytes).expect("the target folder can be written");
    path.canonicalize().expect("the file was just written")
}

impl Element<'_> {
    /// Clicks it, which asks for a file, and chooses one.
    #[track_caller]
    pub fn click_and_choose_file(&self, path: &Path) {
        let tab = self.tab;
        *lock(&tab.heard.chooser) = None;
        tab.must(
            "Page.setInterceptFileChooserDialog",
            json!({ "enabled": true }),
        );
        self.click();
        let node = tab.until_some(|| {
            lock(&tab.heard.chooser).ok_or_else(|| format!("{self:?} asks for no file"))
        });
        tab.must(
            "DOM.setFileInputFiles",
            json!({ "files": [path], "backendNodeId": node }),
        );
        tab.must(
            "Page.setInterceptFileChooserDialog",
            json!({ "enabled": false }),
        );
    }

    /// Chooses a file in a file field that is there itself.
    #[track_caller]
    pub fn choose_file(&self, path: &Path) {
        let node = self.tab.until_some(|| self.backend_node());
        self.tab.must(
            "DOM.setFileInputFiles",
            json!({ "files": [path], "backendNodeId": node }),
        );
    }
}

impl Tab {
    /// Drops a file in the middle of the page.
    #[track_caller]
    pub fn drop_file(&self, path: &Path) {
        let width = self.value("innerWidth").as_f64().unwrap_or_default();
        let height = self.value("innerHeight").as_f64().unwrap_or_default();
        for kind in ["dragEnter", "dragOver", "drop"] {
            let params = json!({ "type": kind, "x": width / 2.0, "y": height / 2.0,
                "data": { "items": [], "files": [path], "dragOperationsMask": 1 } });
            self.must("Input.dispatchDragEvent", params);
        }
    }
}

impl Person {
    /// Waits for the next file that any page of this person hands out.
    #[track_caller]
    #[must_use]
    pub fn next_download(&self) -> Download {
        let found = super::eventually(|| {
            let mut taken = lock(&self.taken);
            let here: BTreeSet<String> = fs::read_dir(&self.downloads)
                .map_err(|error| error.to_string())?
                .flatten()
                .filter_map(|entry| entry.file_name().into_string().ok())
                .collect();
            for guid in here.difference(&taken.clone()) {
                if let Some(name) = devtools().downloaded(guid) {
                    let bytes =
                        fs::read(self.downloads.join(guid)).map_err(|error| error.to_string())?;
                    taken.insert(guid.clone());
                    return Ok(Download { name, bytes });
                }
            }
            Err("no file was handed out".to_owned())
        });
        found.unwrap_or_else(|reason| panic!("{reason}"))
    }
}
