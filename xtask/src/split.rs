//! Takes the app's module apart, so that a browser first fetches only what it needs first.
//!
//! The app names its parts (`app/src/parts.rs`). The main module keeps what the page needs to show a backlog; each part
//! gets a file, and so does what several of them share. A file is named after the parts that need it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use wasm_split_cli_support::{Options, SplitWasm, transform};

use crate::{Result, pack::placeholder};

/// What the linker has to leave in a module that is to be taken apart.
pub(crate) const LINK_FLAG: &str = "-Clink-arg=--emit-relocs";

/// The feature that makes the app's parts fetched ones.
pub(crate) const FEATURE: &str = "split";

/// The script that fetches the parts, as the main module calls it.
const LOADER: &str = "./parts.js";

/// The line by which that script gets at the main module's.
const TO_MAIN: &str = "import { initSync } from \"main\";\n";

/// Where the main module is, once [`take_apart`] has made it.
pub(crate) fn main_module(folder: &Path) -> PathBuf {
    folder.join("main.wasm")
}

/// Takes a linked module apart. The folder, which is made anew, gets the main module, which still has to be bound to
/// JavaScript, the other files and the loader.
pub(crate) fn take_apart(wasm: &Path, folder: &Path) -> Result {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let (bytes, main) = (fs::read(wasm)?, main_module(folder));
    let mut options = Options::new(&bytes);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.link_name = LOADER;
    options.main_module = "main";
    let made =
        transform(options).map_err(|error| format!("the app can't be taken apart: {error:#}"))?;
    name_files(&made, folder)
}

/// Names each file after the parts that need it, in the loader too, and strips it of what only a debugger reads.
fn name_files(made: &SplitWasm, folder: &Path) -> Result {
    let mut needed_by = BTreeMap::<&str, Vec<&str>>::new();
    for (part, files) in &made.prefetch_map {
        for file in files {
            needed_by.entry(file).or_default().push(part);
        }
    }
    let loader = folder.join(LOADER);
    let mut script = fs::read_to_string(&loader)?;
    for (file, mut parts) in needed_by {
        parts.sort_unstable();
        let name = format!("{}.wasm", parts.join("-"));
        let bytes = strip(&fs::read(folder.join(format!("{file}.wasm")))?)?;
        fs::write(folder.join(&name), bytes)?;
        fs::remove_file(folder.join(format!("{file}.wasm")))?;
        script = script.replace(&format!("\"./{file}.wasm\""), &quoted(&placeholder(&name)));
    }
    fs::write(loader, script)?;
    Ok(())
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// All files of the parts, by their names, in order.
pub(crate) fn files(folder: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_part = path.extension().is_some_and(|ending| ending == "wasm");
        if is_part && path != main_module(folder) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            files.push((name.into_owned(), fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// Whether a file is fetched for a part, by its name.
pub(crate) fn is_for(name: &str, part: &str) -> bool {
    name.strip_suffix(".wasm")
        .is_some_and(|stem| stem.split('-').any(|named| named == part))
}

/// Puts the loader into the script that binds the main module: apart, each would have to name the other by its content.
pub(crate) fn join(glue: &str, folder: &Path) -> Result<String> {
    let loader = fs::read_to_string(folder.join(LOADER))?;
    let loader = loader
        .strip_prefix(TO_MAIN)
        .ok_or("the loader begins with another line")?;
    let names: Vec<&str> = loader
        .lines()
        .filter_map(|line| line.strip_prefix("export const "))
        .filter_map(|rest| Some(rest.split_once(' ')?.0))
        .collect();
    let mut joined = String::new();
    let mut is_named = false;
    for line in glue.lines() {
        if line.starts_with("import ") && line.contains(LOADER) {
            continue;
        }
        if line.trim_start().starts_with(&quoted(LOADER)) {
            // Once for every function that it offers.
            if !is_named {
                joined.push_str(&format!("{}: parts,\n", quoted(LOADER)));
            }
            is_named = true;
            continue;
        }
        joined.push_str(line);
        joined.push('\n');
    }
    if !is_named || joined.contains("\"{{") {
        return Err("the script that binds the app has changed its form".into());
    }
    joined.push_str(&loader.replace("export const ", "const "));
    joined.push_str(&format!("const parts = {{ {} }};\n", names.join(", ")));
    Ok(joined)
}

/// A module without its custom sections, which are names and notes.
fn strip(module: &[u8]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let (header, mut rest) = module
        .split_at_checked(HEADER)
        .ok_or("a module without a header")?;
    let mut stripped = header.to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let (length, content) = number(after).ok_or("a section without a length")?;
        let whole = 1 + (after.len() - content.len()) + length;
        let (section, next) = rest
            .split_at_checked(whole)
            .ok_or("a section longer than its module")?;
        if *kind != CUSTOM {
            stripped.extend_from_slice(section);
        }
        rest = next;
    }
    Ok(stripped)
}

/// A number in seven bits a byte, the lowest first, and what follows it.
fn number(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_usize;
    for (at, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &[u8] = b"\0asm\x01\0\0\0";

    #[test]
    fn a_module_is_stripped_of_its_custom_sections_alone() {
        let long = [&[1, 0x80, 0x01][..], &[7; 128]].concat();
        let module = [HEADER, &[0, 3, 9, 9, 9], &long, &[0, 1, 9]].concat();
        assert_eq!(strip(&module).unwrap(), [HEADER, &long].concat());
        assert!(strip(&module[..module.len() - 1]).is_err());
    }

    #[test]
    fn a_file_belongs_to_every_part_in_its_name() {
        assert!(is_for("aside-session.wasm", "session"));
        assert!(is_for("session.wasm", "session"));
        assert!(!is_for("sessions.wasm", "session"));
        assert!(!is_for("app.js", "app"));
    }

    #[test]
    fn the_loader_is_joined_to_the_script_that_binds_the_app() {
        let folder = tempfile::tempdir().unwrap();
        let loader = format!("{TO_MAIN}export const load_it = () => \"{{{{it.wasm}}}}\";\n");
        fs::write(folder.path().join(LOADER), loader).unwrap();
        let glue =
            "import * as import1 from \"./parts.js\"\nuse({\n  \"./parts.js\": import1,\n});\n";
        assert_eq!(
            join(glue, folder.path()).unwrap(),
            "use({\n\"./parts.js\": parts,\n});\nconst load_it = () => \"{{it.wasm}}\";\nconst parts = { load_it };\n"
        );
        assert!(join("use();\n", folder.path()).is_err());
    }
}
