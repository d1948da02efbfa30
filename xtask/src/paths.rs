//! Nothing that is given away tells where it was built: no home folder, no checkout.
//!
//! Compilers put the paths of sources into programs, for panic messages and traces. Release builds get short ones
//! instead; [`check`] refuses a file in which a path of this machine still stands.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Result, root, target};

/// Cargo separates flags by this where they may hold spaces.
const SEPARATOR: &str = "\x1f";

/// Has a build put short paths in place of this machine's.
pub(crate) fn shorten(build: &mut Command) -> &mut Command {
    shorten_with(build, &[])
}

/// The same, with further flags for the compiler.
pub(crate) fn shorten_with<'a>(build: &'a mut Command, further: &[&str]) -> &'a mut Command {
    let mut flags = given_flags();
    flags.extend(further.iter().map(|flag| (*flag).to_owned()));
    // The allocator and the store are written in C.
    let mut c_flags = env::var("CFLAGS").unwrap_or_default();
    for (path, short) in folders() {
        let path = path.display().to_string();
        flags.push(format!("--remap-path-prefix={path}={short}"));
        // These flags are taken apart at spaces. A checkout below such a folder can be run, but not given away.
        if !path.contains(char::is_whitespace) {
            c_flags.push_str(&format!(" -ffile-prefix-map={path}={short}"));
        }
    }
    build
        .env("CARGO_ENCODED_RUSTFLAGS", flags.join(SEPARATOR))
        .env("CFLAGS", c_flags.trim_start())
}

/// The flags that the person builds with, which ours would replace.
fn given_flags() -> Vec<String> {
    if let Ok(encoded) = env::var("CARGO_ENCODED_RUSTFLAGS") {
        return encoded
            .split(SEPARATOR)
            .filter(|flag| !flag.is_empty())
            .map(str::to_owned)
            .collect();
    }
    let flags = env::var("RUSTFLAGS").unwrap_or_default();
    flags.split_whitespace().map(str::to_owned).collect()
}

/// This machine's folders and what stands for each. Of several that fit a path the compiler takes the last.
fn folders() -> Vec<(PathBuf, &'static str)> {
    let home = env::home_dir().filter(|home| home.parent().is_some());
    let cargo = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(home.as_ref()?.join(".cargo")));
    let mut folders = Vec::new();
    folders.extend(home.map(|home| (home, "~")));
    folders.push((root(), "cutline"));
    folders.push((target(), "target"));
    if let Some(cargo) = cargo {
        folders.push((cargo.clone(), "cargo"));
        folders.push((cargo.join("registry/src"), "crates"));
    }
    folders
}

/// Fails where a file holds one of this machine's folders.
pub(crate) fn check(file: &Path) -> Result {
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let names: Vec<String> = folders()
        .into_iter()
        .map(|(folder, _)| format!("{}/", folder.display()))
        .collect();
    match told(&bytes, &names) {
        Some(name) => Err(format!("{} tells of {name}", file.display()).into()),
        None => Ok(()),
    }
}

fn told<'a>(bytes: &[u8], names: &'a [String]) -> Option<&'a str> {
    let holds = |name: &&String| {
        let name = name.as_bytes();
        bytes.windows(name.len()).any(|window| window == name)
    };
    names.iter().find(holds).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_names_a_folder_of_this_machine_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("app.wasm");
        fs::write(&file, "panicked at cutline/app/src/lib.rs").unwrap();
        check(&file).unwrap();
        let path = root().join("app/src/lib.rs");
        fs::write(&file, format!("panicked at {}", path.display())).unwrap();
        assert!(check(&file).is_err());
    }

    #[test]
    fn every_folder_of_this_machine_gets_a_short_name_and_given_flags_stay() {
        let mut build = Command::new("true");
        shorten(&mut build);
        let flags = build
            .get_envs()
            .find(|(name, _)| *name == "CARGO_ENCODED_RUSTFLAGS")
            .and_then(|(_, flags)| flags?.to_str())
            .unwrap();
        for (folder, short) in folders() {
            let flag = format!("--remap-path-prefix={}={short}", folder.display());
            assert!(flags.split(SEPARATOR).any(|given| given == flag), "{flag}");
        }
        for given in given_flags() {
            assert!(flags.split(SEPARATOR).any(|flag| flag == given), "{given}");
        }
    }
}
