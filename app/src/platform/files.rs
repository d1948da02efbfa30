//! Files from and to the person: read in a worker that is thrown away afterwards, handed out as downloads.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

/// Hands a file to the person. `mime` is its media type.
pub fn download(file_name: &str, mime: &str, bytes: &[u8]) {
    // Making and clicking a link fails only where there is no document, and then there is nobody to hand a file to.
    drop(click_link(file_name, mime, bytes));
}

fn click_link(file_name: &str, mime: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let kind = BlobPropertyBag::new();
    kind.set_type(mime);
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &kind)?;
    let url = Url::create_object_url_with_blob(&blob)?;
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
