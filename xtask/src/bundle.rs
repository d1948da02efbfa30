//! The app as a folder of files: compiled for the browser, bound to JavaScript, named by content, compressed.
//!
//! Nothing is written anew where nothing changed, so that a second call takes a moment and rebuilds no relay.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use wasm_bindgen_cli_support::Bindgen;

use crate::{
    Result, cargo, check,
    pack::{Files, hash, placeholder},
    paths, root, say, split, target, toolchain,
};

/// Whom a bundle is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Everybody: small to download.
    Release,
    /// Whoever is changing the app: quick to build, with names in its traces.
    Dev,
}

impl Kind {
    fn profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "wasm-dev",
        }
    }

    fn glue(self) -> PathBuf {
        target().join("wasm/glue").join(self.profile())
    }

    /// Where its parts are, where it is taken apart.
    fn parts(self) -> Option<PathBuf> {
        (self == Self::Release).then(|| self.glue().with_extension("parts"))
    }

    fn folder(self) -> PathBuf {
        target().join("bundle").join(match self {
            Self::Release => "release",
            Self::Dev => "dev",
        })
    }
}

/// Builds the app; returns the folder with its files.
pub(crate) fn build(kind: Kind) -> Result<PathBuf> {
    let compiler = toolchain::for_browser()?;
    say("building the app for the browser");
    let wasm = compile(kind, compiler)?;
    let glue = bind(kind, &wasm)?;
    if kind == Kind::Release {
        paths::check(&glue.join("app_bg.wasm"))?;
        for (name, _) in split::files(&glue.with_extension("parts"))? {
            paths::check(&glue.with_extension("parts").join(name))?;
        }
    }
    let parts = Parts::read(kind, glue)?;
    let folder = pack(kind, &parts)?;
    say(&format!("the app is in {}", folder.display()));
    Ok(folder)
}

fn compile(kind: Kind, compiler: Option<PathBuf>) -> Result<PathBuf> {
    let folder = target().join("wasm");
    let mut build = cargo("build");
    build
        .args(["--package", "app", "--lib"])
        .args(["--target", toolchain::BROWSER, "--profile", kind.profile()])
        .env("CARGO_TARGET_DIR", &folder);
    if let Some(compiler) = compiler {
        build.env("RUSTC", compiler);
    }
    if kind == Kind::Release {
        build.args(["--features", split::FEATURE]);
        paths::shorten_with(&mut build, &[split::LINK_FLAG]);
    }
    check(&mut build)?;
    Ok(folder
        .join(toolchain::BROWSER)
        .join(kind.profile())
        .join("app.wasm"))
}

/// Makes the JavaScript that a browser needs to use the module; returns the folder with both.
fn bind(kind: Kind, wasm: &Path) -> Result<PathBuf> {
    let folder = kind.glue();
    let made_from = folder.join("made-from");
    let source = hash([fs::read(wasm)?.as_slice()]);
    if fs::read_to_string(&made_from).is_ok_and(|former| former == source) {
        return Ok(folder);
    }
    let parts = kind.parts();
    let mut bindgen = Bindgen::new();
    match &parts {
        Some(parts) => {
            split::take_apart(wasm, parts)?;
            bindgen
                .input_path(split::main_module(parts))
                // The parts find what they share with it under the linker's names.
                .keep_lld_exports(true)
                .demangle(false);
        }
        None => drop(bindgen.input_path(wasm)),
    }
    bindgen
        .out_name("app")
        .web(true)?
        .typescript(false)
        .remove_name_section(kind == Kind::Release)
        .remove_producers_section(true)
        .generate(&folder)?;
    fs::write(made_from, source)?;
    Ok(folder)
}

/// All that a bundle is made of. Texts may name other files in double braces.
struct Parts {
    wasm: Vec<u8>,
    /// What the module was taken apart into, by name.
    further: Vec<(String, Vec<u8>)>,
    glue: String,
    style: String,
    page: String,
    boot: String,
    worker: String,
    service_worker: String,
    manifest: String,
    icons: Vec<(&'static str, Vec<u8>)>,
}

impl Parts {
    fn read(kind: Kind, glue: PathBuf) -> Result<Self> {
        let script = read(glue.join("app.js"), fs::read_to_string)?;
        let (script, further) = match kind.parts() {
            Some(parts) => (split::join(&script, &parts)?, split::files(&parts)?),
            None => (script, Vec::new()),
        };
        let public = root().join("app/public");
        let text = |name: &str| read(public.join(name), fs::read_to_string);
        let icon = |name: &'static str| Ok((name, read(public.join(name), fs::read)?));
        Ok(Self {
            wasm: read(glue.join("app_bg.wasm"), fs::read)?,
            further,
            glue: script,
            style: style()?,
            page: read(root().join("app/index.html"), fs::read_to_string)?,
            boot: text("boot.js")?,
            worker: text("worker.js")?,
            service_worker: text("sw.js")?,
            manifest: text("manifest.webmanifest")?,
            icons: ["icon.svg", "icon-192.png", "icon-512.png"]
                .into_iter()
                .map(icon)
                .collect::<Result<_>>()?,
        })
    }

    /// Names this build. It stands inside of some of its files, so it is made from what they are made from.
    fn version(&self) -> String {
        let texts = [
            &self.glue,
            &self.style,
            &self.page,
            &self.boot,
            &self.worker,
            &self.service_worker,
            &self.manifest,
        ];
        let texts = texts.into_iter().map(|text| text.as_bytes());
        let icons = self.icons.iter().map(|(_, bytes)| bytes.as_slice());
        let further = self.further.iter().map(|(_, bytes)| bytes.as_slice());
        hash(
            [self.wasm.as_slice()]
                .into_iter()
                .chain(further)
                .chain(texts)
                .chain(icons),
        )
    }
}

/// All style sheets in the order of their names.
fn style() -> Result<String> {
    let mut sheets = fs::read_dir(root().join("app/style"))?
        .map(|entry| Ok(entry?.path()))
        .filter(|path| {
            path.as_ref().map_or(true, |path| {
                path.extension().is_some_and(|ending| ending == "css")
            })
        })
        .collect::<Result<Vec<_>>>()?;
    sheets.sort();
    let texts = sheets
        .into_iter()
        .map(|path| read(path, fs::read_to_string))
        .collect::<Result<Vec<_>>>()?;
    Ok(texts.join("\n"))
}

fn read<T>(path: PathBuf, with: fn(PathBuf) -> io::Result<T>) -> Result<T> {
    let name = path.display().to_string();
    with(path).map_err(|error| format!("{name}: {error}").into())
}

/// Fills a new folder and puts it in the former one's place, unless they are the same.
fn pack(kind: Kind, parts: &Parts) -> Result<PathBuf> {
    let folder = kind.folder();
    let version = parts.version();
    let mark = folder.with_extension("version");
    if folder.exists() && fs::read_to_string(&mark).is_ok_and(|former| former == version) {
        return Ok(folder);
    }
    say("compressing the app's files");
    let fresh = folder.with_extension("new");
    if fresh.exists() {
        fs::remove_dir_all(&fresh)?;
    }
    fs::create_dir_all(&fresh)?;
    write(
        Files::new(fresh.clone(), folder.clone(), kind == Kind::Release),
        parts,
        &version,
    )?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(fresh, &folder)?;
    fs::write(mark, version)?;
    Ok(folder)
}

/// Writes files after those that they name.
fn write(mut files: Files, parts: &Parts, version: &str) -> Result {
    files.add_hashed("app.wasm", &parts.wasm)?;
    for (name, bytes) in &parts.further {
        files.add_hashed(name, bytes)?;
    }
    let glue = files.fill(&parts.glue)?;
    files.add_hashed("app.js", glue.as_bytes())?;
    files.add_hashed("style.css", parts.style.as_bytes())?;
    for (name, bytes) in &parts.icons {
        files.add_hashed(name, bytes)?;
    }
    let manifest = files.fill(&parts.manifest)?;
    files.add_hashed("manifest.webmanifest", manifest.as_bytes())?;
    let worker = files.fill(&parts.worker)?;
    files.add_hashed("worker.js", worker.as_bytes())?;
    let first = files.needed_for("session");
    let boot = parts
        .boot
        .replace(&placeholder("version"), version)
        .replace(&placeholder("session"), &format!("{first:?}"));
    let boot = files.fill(&boot)?;
    files.add_hashed("boot.js", boot.as_bytes())?;
    let page = files.fill(&parts.page)?;
    // The page twice: hashed for the service worker, which must not mix builds, and plain for everybody else.
    files.add_hashed("index.html", page.as_bytes())?;
    files.add_named("index.html", &page)?;
    let all = files.addresses().collect::<Vec<_>>();
    let service_worker = parts
        .service_worker
        .replace(&placeholder("version"), version)
        .replace(&placeholder("files"), &format!("{all:?}"));
    files.add_named("sw.js", &files.fill(&service_worker)?)
}
