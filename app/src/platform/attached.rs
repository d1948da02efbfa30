//! The files of items on their way between the person, this device and the relay. Their bytes stay outside of the module's
//! memory, which never shrinks.

use std::fmt;

use js_sys::{Function, JSON, Promise, Uint8Array};
use shared::{
    ids::{DocumentId, FileHash},
    model::attachment::Hashing,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileList, RequestInit, Response, Url};

use super::{files, http, indexed_db::kept_files, page, property, timer};

/// So much is hashed in one go: a frame's worth of work on a slow device.
const SLICE_BYTES: u32 = 256 * 1024;

/// The bytes of a file.
#[derive(Clone, Debug)]
pub struct Content(Uint8Array);

impl Content {
    /// The hash that names them. The page goes on meanwhile.
    pub async fn hash(&self) -> FileHash {
        let mut hashing = Hashing::default();
        let mut slice = Vec::new();
        let mut from = 0;
        while from < self.0.length() {
            let to = from.saturating_add(SLICE_BYTES).min(self.0.length());
            slice.resize((to - from) as usize, 0);
            self.0.subarray(from, to).copy_to(&mut slice);
            hashing.add(&slice);
            from = to;
            timer::sleep(0).await;
        }
        hashing.hash()
    }

    /// How many there are.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        u64::from(self.0.length())
    }

    /// Hands them to the person as a download. Nothing that is opened from there runs in this page's name.
    pub fn hand_out(&self, name: &str) {
        files::hand_out(name, "application/octet-stream", &self.0);
    }

    /// Keeps them on this device; once this answers they are on the disk. Otherwise says why not.
    pub async fn keep(
        &self,
        document: DocumentId,
        hash: FileHash,
        sent: bool,
    ) -> Result<(), String> {
        let kept = kept_files::keep(document, hash, &self.0, sent).await;
        page::set_setting(&note(document), "yes");
        kept.map_err(|error| error.to_string())
    }

    /// What this device holds.
    pub async fn held(document: DocumentId, hash: FileHash) -> Option<Self> {
        let read = kept_files::read(document, hash).await;
        read.ok().flatten().map(Self)
    }
}

/// Whether this device may hold files of a backlog.
#[must_use]
pub fn holds_any(document: DocumentId) -> bool {
    page::setting(&note(document)).is_some()
}

/// Removes what this device holds of a backlog's files.
pub async fn forget(document: DocumentId) {
    if holds_any(document) && kept_files::forget(document).await.is_ok() {
        page::forget_setting(&note(document));
    }
}

fn note(document: DocumentId) -> String {
    format!("cutline-files:{document}")
}

/// Bytes at an address within this page, for as long as this lives.
#[derive(Debug)]
pub struct Picture {
    /// The address.
    pub address: String,
}

impl Picture {
    /// A picture of that type.
    #[must_use]
    pub fn of(content: &Content, media_type: &str) -> Option<Self> {
        let address = files::address_of(media_type, &content.0).ok()?;
        Some(Self { address })
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // Fails for what is no address.
        drop(Url::revoke_object_url(&self.address));
    }
}

/// A file that the person hands over, not read yet.
#[derive(Clone, Debug)]
pub struct Given {
    /// The name they know it by.
    pub name: String,
    /// What the browser says it is.
    pub media_type: String,
    /// Its size.
    pub bytes: u64,
    file: web_sys::File,
}

impl Given {
    /// All files of a list.
    #[must_use]
    pub fn all(list: Option<FileList>) -> Vec<Self> {
        let list = list.into_iter().flat_map(|list| {
            let count = list.length();
            (0..count).filter_map(move |at| list.get(at))
        });
        list.map(|file| Self {
            name: file.name(),
            media_type: file.type_(),
            // Sizes are whole numbers far below 2^53.
            bytes: file.size() as u64,
            file,
        })
        .collect()
    }

    /// Its bytes, if the browser can read them: folders it can't.
    pub async fn read(&self) -> Option<Content> {
        let read: Function = property(&self.file, "arrayBuffer").dyn_into().ok()?;
        let promise: Promise = read.call0(&self.file).ok()?.dyn_into().ok()?;
        let buffer = JsFuture::from(promise).await.ok()?;
        Some(Content(Uint8Array::new(&buffer)))
    }
}

/// Why a file did not go to the relay or come from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotMoved {
    /// The relay can't be reached, or has no time: it is tried again.
    Later,
    /// The relay does not have it, or does not know this browser.
    Missing,
    /// The relay does not want it, for this reason.
    Refused(String),
}

impl fmt::Display for NotMoved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Later => f.write_str("The relay can\u{2019}t be reached."),
            Self::Missing => f.write_str("The relay does not have this file."),
            Self::Refused(words) => f.write_str(words),
        }
    }
}

/// Which files the relay has, in the order of their hashes.
pub async fn on_relay(document: DocumentId) -> Result<Vec<FileHash>, NotMoved> {
    let answered = request("GET", &address(document, ""), None).await?;
    let text = answered.text().map_err(|_| NotMoved::Later)?;
    let text = JsFuture::from(text).await.map_err(|_| NotMoved::Later)?;
    let text = text.as_string().unwrap_or_default();
    let listed = JSON::parse(&text).map_err(|_| NotMoved::Later)?;
    let listed = listed
        .dyn_into::<js_sys::Array>()
        .map_err(|_| NotMoved::Later)?;
    let mut listed: Vec<FileHash> = listed
        .iter()
        .filter_map(|hash| hash.as_string()?.parse().ok())
        .collect();
    listed.sort_unstable();
    Ok(listed)
}

/// Brings a file to the relay; once this answers it is on its disk.
pub async fn put(document: DocumentId, hash: FileHash, content: &Content) -> Result<(), NotMoved> {
    let address = address(document, &format!("/{hash}"));
    request("PUT", &address, Some(&content.0)).await.map(drop)
}

/// Gets a file from the relay, which has its hash.
pub async fn get(document: DocumentId, hash: FileHash) -> Result<Content, NotMoved> {
    let answered = request("GET", &address(document, &format!("/{hash}")), None).await?;
    let body = answered.array_buffer().map_err(|_| NotMoved::Later)?;
    let body = JsFuture::from(body).await.map_err(|_| NotMoved::Later)?;
    let content = Content(Uint8Array::new(&body));
    if content.hash().await == hash {
        Ok(content)
    } else {
        Err(NotMoved::Refused(
            "What arrived is not what was attached. Try again.".to_owned(),
        ))
    }
}

fn address(document: DocumentId, below: &str) -> String {
    http::url(&page::relay_url(), document, &format!("files{below}")).unwrap_or_default()
}

async fn request(
    method: &str,
    address: &str,
    body: Option<&Uint8Array>,
) -> Result<Response, NotMoved> {
    let options = RequestInit::new();
    options.set_method(method);
    if let Some(body) = body {
        options.set_body(body);
    }
    let response = http::send(address, &options)
        .await
        .map_err(|_| NotMoved::Later)?;
    match response.status() {
        200..=299 => Ok(response),
        404 => Err(NotMoved::Missing),
        403 | 413 | 422 | 507 => {
            let text = response.text().map_err(|_| NotMoved::Later)?;
            let text = JsFuture::from(text).await.map_err(|_| NotMoved::Later)?;
            let words = text.as_string().unwrap_or_default();
            // Of what stands between, which speaks in pages, people hear the number.
            let is_page = words.is_empty() || words.trim_start().starts_with('<');
            Err(NotMoved::Refused(if is_page {
                format!(
                    "On the way to the relay it was refused with number {}. Ask whoever runs the relay.",
                    response.status()
                )
            } else {
                words
            }))
        }
        _ => Err(NotMoved::Later),
    }
}

/// Notes whether the relay has a file that this device holds. Not noting it only costs another look.
pub async fn note_sent(document: DocumentId, hash: FileHash, sent: bool) {
    drop(kept_files::note_sent(document, hash, sent).await);
}

/// Which files of a backlog this device holds, in the order of their hashes, and of each whether the relay has confirmed it.
pub async fn held(document: DocumentId) -> Vec<(FileHash, bool)> {
    kept_files::held(document).await.unwrap_or_default()
}
