//! Puts the app's files, the folder named by `CUTLINE_APP_BUNDLE`, into the program.
//!
//! Without that variable nothing is put in: then `cutline serve --app FOLDER` serves a folder, and a plain `cargo build`
//! never has to build the app.

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=CUTLINE_APP_BUNDLE");
    let entries = match env::var_os("CUTLINE_APP_BUNDLE") {
        Some(folder) => entries(&PathBuf::from(folder).canonicalize()?)?,
        None => Vec::new(),
    };
    let table = format!("&[{}]", entries.join(","));
    let out = env::var_os("OUT_DIR").ok_or("cargo names no folder for what is generated")?;
    fs::write(PathBuf::from(out).join("bundle.rs"), table)?;
    Ok(())
}

/// Source text of one `(name, content)` per file, in the order of their names.
fn entries(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.ok_or("the app's files have plain names")?;
        entries.push(format!("({name:?}, include_bytes!({path:?}))"));
    }
    entries.sort();
    Ok(entries)
}
