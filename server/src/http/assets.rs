//! The app's files, from inside the program or from a folder, with the headers that keep a page safe and quick.
//!
//! Every file but the page and the service worker has a hash of its content in its name and may be kept for ever.
//! Compressed forms lie beside a file, with `.br` and `.gz` behind its name. Nothing is read or compressed per request.

use std::{collections::BTreeMap, fmt, fs, io, path::Path};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use sha2::{Digest as _, Sha256};

static EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/bundle.rs"));

const PAGE: &str = "index.html";

/// What a page may do: run this relay's scripts and module, and talk to this relay. Pictures may also come from what the
/// person has chosen on the device. Nothing inline, nothing from elsewhere, and no other site may frame it.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; manifest-src 'self'; \
    style-src 'self'; font-src 'self'; img-src 'self' data: blob:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Sent with every file. A backlog's address is all one needs to open it, so it is told to nobody (`referrer-policy`).
const SAFETY: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Every file of the app, by its name.
pub struct Assets {
    files: BTreeMap<String, File>,
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.files.keys()).finish()
    }
}

impl Assets {
    /// The files inside this program; `None` where it was built without the app.
    #[must_use]
    pub fn embedded() -> Option<Self> {
        let files = EMBEDDED
            .iter()
            .map(|(name, content)| ((*name).to_owned(), Bytes::from_static(content)));
        (!EMBEDDED.is_empty()).then(|| Self::new(files.collect()))
    }

    /// The files of a folder as they are now. Fails where the folder can't be read or holds no app.
    pub fn folder(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if let (Ok(name), true) = (
                entry.file_name().into_string(),
                entry.file_type()?.is_file(),
            ) {
                files.insert(name, Bytes::from(fs::read(entry.path())?));
            }
        }
        if !files.contains_key(PAGE) {
            let problem = format!("{} holds no {PAGE}", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotFound, problem));
        }
        Ok(Self::new(files))
    }

    fn new(contents: BTreeMap<String, Bytes>) -> Self {
        let packed = |name: &str, coding: &str| contents.get(&format!("{name}.{coding}")).cloned();
        let files = contents
            .iter()
            .filter(|(name, _)| !name.ends_with(".br") && !name.ends_with(".gz"))
            .map(|(name, content)| {
                let file = File {
                    media_type: media_type(name),
                    lasting: is_hashed(name),
                    tag: tag(content),
                    brotli: packed(name, "br"),
                    gzip: packed(name, "gz"),
                    plain: content.clone(),
                };
                (name.clone(), file)
            });
        Self {
            files: files.collect(),
        }
    }

    /// Answers a GET of a path that is not the relay's own: the file of that name; the page for every path without an
    /// ending, since the app itself knows what to show there; 404 otherwise.
    #[must_use]
    pub fn answer(&self, path: &str, headers: &HeaderMap) -> Response<Body> {
        let name = path.trim_start_matches('/');
        let last = name.rsplit('/').next().unwrap_or_default();
        let name = if last.contains('.') { name } else { PAGE };
        let mut response = match self.files.get(name) {
            Some(file) => file.answer(headers),
            None => missing(),
        };
        for (name, value) in SAFETY {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}

/// One file in all its forms.
struct File {
    media_type: &'static str,
    /// The name holds a hash of the content, which therefore never changes.
    lasting: bool,
    /// The same for all forms, and therefore a weak one.
    tag: HeaderValue,
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl File {
    fn answer(&self, asked: &HeaderMap) -> Response<Body> {
        let (coding, content) = match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts(asked, "br") => (Some("br"), brotli),
            (_, Some(gzip)) if accepts(asked, "gzip") => (Some("gzip"), gzip),
            _ => (None, &self.plain),
        };
        let is_known =
            lists(asked, &header::IF_NONE_MATCH).any(|tag| tag.as_bytes() == self.tag.as_bytes());
        let mut response = if is_known {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            Response::new(Body::from(content.clone()))
        };

        let lifetime = if self.lasting {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(lifetime));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::ETAG, self.tag.clone());
        if !is_known {
            headers.insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static(self.media_type),
            );
            if let Some(coding) = coding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            }
        }
        response
    }
}

fn missing() -> Response<Body> {
    let mut response = Response::new(Body::from("There is no such file.\n"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}

/// Whether a browser takes this encoding: it names it, and not with a weight of zero.
fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    lists(asked, &header::ACCEPT_ENCODING).any(|entry| {
        let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
        let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
        name.trim().eq_ignore_ascii_case(coding)
            && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}

/// The entries of a header that holds a list, which may also be sent in several lines.
fn lists<'a>(asked: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    asked
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

fn tag(content: &[u8]) -> HeaderValue {
    let digest = Sha256::digest(content);
    let hex: String = digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    HeaderValue::from_str(&format!("W/\"{hex}\""))
        .expect("hexadecimal digits are allowed in headers")
}

/// Whether a name ends like `-0123456789abcdef.js`.
fn is_hashed(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "wasm" => "application/wasm",
        "webmanifest" => "application/manifest+json",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASHED: &str = "/app-0123456789abcdef.wasm";

    fn assets() -> Assets {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [
            ("index.html", "the page"),
            ("app-0123456789abcdef.wasm", "module"),
            ("app-0123456789abcdef.wasm.br", "brotli"),
            ("app-0123456789abcdef.wasm.gz", "gzip"),
        ] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        Assets::folder(folder.path()).unwrap()
    }

    fn get(path: &str, asked: &[(HeaderName, &'static str)]) -> Response<Body> {
        let asked = asked
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        assets().answer(path, &asked.collect())
    }

    #[track_caller]
    fn header<'a>(response: &'a Response<Body>, name: &HeaderName) -> &'a str {
        response
            .headers()
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[test]
    fn a_path_without_an_ending_is_the_page_and_an_unknown_file_is_missing() {
        for path in ["/", "/b/2sT5vbqs", "/b/automerge:2sT5vbqs/items"] {
            let page = get(path, &[]);
            assert_eq!(page.status(), StatusCode::OK, "{path}");
            assert_eq!(
                header(&page, &header::CONTENT_TYPE),
                "text/html; charset=utf-8"
            );
            assert_eq!(header(&page, &header::CACHE_CONTROL), "no-cache");
        }
        for path in [
            "/favicon.ico",
            "/../Cargo.toml",
            "/app-0123456789abcdef.wasm.br",
        ] {
            assert_eq!(get(path, &[]).status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[test]
    fn a_hashed_file_may_be_kept_for_ever() {
        let file = get(HASHED, &[]);
        assert_eq!(
            header(&file, &header::CACHE_CONTROL),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header(&file, &header::CONTENT_TYPE), "application/wasm");
    }

    #[test]
    fn the_best_encoding_that_is_accepted_is_sent() {
        for (accepted, sent) in [
            ("gzip, deflate, br, zstd", "br"),
            ("br;q=0, gzip;q=0.5", "gzip"),
            ("br;q=0.0, gzip; q=0", ""),
            ("BR", "br"),
            ("brotli", ""),
        ] {
            let file = get(HASHED, &[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(header(&file, &header::CONTENT_ENCODING), sent, "{accepted}");
            assert_eq!(header(&file, &header::VARY), "accept-encoding");
        }
        assert_eq!(
            header(
                &get("/", &[(header::ACCEPT_ENCODING, "br")]),
                &header::CONTENT_ENCODING
            ),
            ""
        );
    }

    #[test]
    fn a_known_page_is_not_sent_again() {
        let tag = tag(b"the page").to_str().unwrap().to_owned();
        let asked = |tags: String| {
            HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(&tags).unwrap())])
        };
        let known = assets().answer("/", &asked(format!("\"other\", {tag}")));
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
        let changed = assets().answer("/", &asked("\"other\"".to_owned()));
        assert_eq!(changed.status(), StatusCode::OK);
    }

    #[test]
    fn every_answer_carries_the_policy() {
        for path in ["/", HASHED, "/missing.js"] {
            let policy = get(path, &[]);
            let policy = header(&policy, &header::CONTENT_SECURITY_POLICY);
            assert!(policy.contains("default-src 'none'"), "{path}");
            assert!(
                !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
                "{path}"
            );
        }
    }

    #[test]
    fn a_folder_without_a_page_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(
            Assets::folder(folder.path()).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
    }
}
