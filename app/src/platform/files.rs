//! Files from and to the person: read in a worker that is thrown away afterwards, handed out as downloads.

use std::{cell::RefCell, fmt, rc::Rc};

use js_sys::{Array, Uint8Array};
use shared::import::{ImportError, Options, Preview};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use super::{
    ImportReply, WorkerStart, promise,
    worker_process::{FromWorker, WorkerProcess},
};

/// Why there is nothing to import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotRead {
    /// The file is refused.
    Refused(ImportError),
    /// The reading came to no end, for this reason.
    Broken(String),
}

impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Broken(words) => write!(
                f,
                "The file could not be read to its end ({words}). Nothing was imported."
            ),
        }
    }
}

/// Says what importing a file would do, or why it can't be imported. `on_progress` hears how much has been read of how
/// much. Dropping the future stops the work.
pub async fn parse(
    file_name: &str,
    bytes: Vec<u8>,
    options: Options,
    on_progress: impl Fn(u64, u64) + 'static,
) -> Result<Preview, NotRead> {
    let start = WorkerStart::Import {
        file_name: file_name.to_owned(),
        bytes,
        options,
    };
    let answer = Rc::new(RefCell::new(None));
    let (answered, tell) = promise();
    let on_event = {
        let answer = Rc::clone(&answer);
        Rc::new(move |event: FromWorker| {
            let settled = match event {
                FromWorker::Message(bytes) => match postcard::from_bytes(&bytes) {
                    Ok(ImportReply::Progress { done, of }) => return on_progress(done, of),
                    Ok(ImportReply::Read(read)) => read.map_err(NotRead::Refused),
                    Err(error) => Err(NotRead::Broken(error.to_string())),
                },
                FromWorker::Signal(_) => return,
                FromWorker::Broken(words) => Err(NotRead::Broken(words)),
            };
            *answer.borrow_mut() = Some(settled);
            drop(tell.call0(&JsValue::UNDEFINED));
        })
    };
    let worker =
        WorkerProcess::start(&start, move |event| on_event(event)).map_err(NotRead::Broken)?;
    // The promise is never rejected.
    drop(JsFuture::from(answered).await);
    drop(worker);
    answer
        .take()
        .unwrap_or_else(|| Err(NotRead::Broken("no answer".to_owned())))
}

/// Hands a file to the person. `mime` is its media type.
pub fn download(file_name: &str, mime: &str, bytes: &[u8]) {
    hand_out(file_name, mime, &Uint8Array::from(bytes));
}

/// Hands a file to the person whose bytes lie outside of this module's memory.
pub fn hand_out(file_name: &str, mime: &str, bytes: &Uint8Array) {
    // Making and clicking a link fails only where there is no document, and then there is nobody to hand a file to.
    drop(click_link(file_name, mime, bytes));
}

/// An address within this page at which these bytes are, until it is revoked.
pub fn address_of(mime: &str, bytes: &Uint8Array) -> Result<String, JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type(mime);
    let parts = Array::of1(bytes);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind)?;
    Url::create_object_url_with_blob(&blob)
}

fn click_link(file_name: &str, mime: &str, bytes: &Uint8Array) -> Result<(), JsValue> {
    let url = address_of(mime, bytes)?;
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or(JsValue::UNDEFINED)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(file_name);
    link.click();
    // Downloads begin at once but Safari reads the address later; a minute is ample.
    wasm_bindgen_futures::spawn_local(async move {
        super::timer::sleep(60_000).await;
        drop(Url::revoke_object_url(&url));
    });
    Ok(())
}
