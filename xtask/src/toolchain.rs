//! A Rust compiler with the standard library for the browser.
//!
//! Three ways, tried in order: the toolchain has it already; rustup adds it; or Debian's packaged sources of the
//! standard library are built once and kept. The last one needs no download site but Debian's and the registry of crates.

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Result, cargo, check, machine::install_debian_packages, output, say};

/// The platform that the app is compiled for.
pub(crate) const BROWSER: &str = "wasm32-unknown-unknown";

/// The compiler and sources that Debian offers for building browsers: far newer than its ordinary Rust.
const DEBIAN_PACKAGES: [&str; 2] = ["rustc-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// Makes compiling for the browser possible. Names the compiler to use where it isn't the ordinary one.
pub(crate) fn for_browser() -> Result<Option<PathBuf>> {
    let ordinary = PathBuf::from(output(Command::new("rustc").args(["--print", "sysroot"]))?);
    if has_browser_library(&ordinary) {
        return Ok(None);
    }
    let built = Sysroot {
        folder: cache()?.join("wasm-sysroot"),
    };
    if built.is_current() {
        return Ok(Some(built.compiler()));
    }
    say("adding the browser's standard library to the Rust toolchain");
    let added = check(Command::new("rustup").args(["target", "add", BROWSER]));
    if added.is_ok() && has_browser_library(&ordinary) {
        return Ok(None);
    }
    say("rustup can't add it here: building it from Debian's sources, once, in a few minutes");
    install_debian_packages(&DEBIAN_PACKAGES)?;
    built.build(&ordinary)?;
    Ok(Some(built.compiler()))
}

fn has_browser_library(sysroot: &Path) -> bool {
    let is_std = |name: &str| name.starts_with("libstd-") && name.ends_with(".rlib");
    fs::read_dir(library(sysroot, BROWSER)).is_ok_and(|files| {
        files
            .flatten()
            .any(|file| file.file_name().to_str().is_some_and(is_std))
    })
}

/// Where a sysroot keeps what is linked for a platform.
fn library(sysroot: &Path, platform: &str) -> PathBuf {
    platform_folder(sysroot, platform).join("lib")
}

fn platform_folder(sysroot: &Path, platform: &str) -> PathBuf {
    sysroot.join("lib/rustlib").join(platform)
}

fn cache() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .ok_or("there is no home folder to keep the standard library in")?;
    Ok(cache.join("cutline"))
}

fn debian_version() -> Result<String> {
    output(Command::new(DEBIAN_RUSTC).arg("-vV"))
}

/// A folder that joins Debian's compiler, rustup's linker and the standard library built from Debian's sources.
struct Sysroot {
    folder: PathBuf,
}

impl Sysroot {
    fn compiler(&self) -> PathBuf {
        self.folder.join("bin/rustc")
    }

    /// A library serves only the compiler that built it.
    fn is_current(&self) -> bool {
        let built_by = fs::read_to_string(self.folder.join("version"));
        has_browser_library(&self.folder)
            && built_by.is_ok_and(|built_by| debian_version().is_ok_and(|now| now == built_by))
    }

    /// Builds beside the final place and moves there in one step: half a sysroot is never used.
    fn build(&self, ordinary: &Path) -> Result {
        let parent = self.folder.parent().expect("it lies in the cache folder");
        fs::create_dir_all(parent)?;
        let workshop = tempfile::tempdir_in(parent)?;
        let fresh = workshop.path().join("sysroot");

        let library_files = compile_library(&workshop.path().join("build"))?;
        fs::create_dir_all(library(&fresh, BROWSER))?;
        for file in fs::read_dir(library_files)? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            if name.ends_with(".rlib") && !name.starts_with("libsysroot-") {
                fs::rename(file.path(), library(&fresh, BROWSER).join(name))?;
            }
        }

        let version = debian_version()?;
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .ok_or("Debian's compiler doesn't name its platform")?;
        let tools = platform_folder(&fresh, host).join("bin");
        fs::create_dir_all(&tools)?;
        symlink(library(Path::new("/usr"), host), library(&fresh, host))?;
        let linker = platform_folder(ordinary, host).join("bin/rust-lld");
        symlink(linker, tools.join("rust-lld"))?;

        // The compiler looks for its sysroot beside the real program, so a link would lead back to /usr.
        let compiler = fresh.join("bin/rustc");
        fs::create_dir_all(fresh.join("bin"))?;
        let sysroot = self.folder.display();
        let script = format!("#!/bin/sh\nexec {DEBIAN_RUSTC} --sysroot '{sysroot}' \"$@\"\n");
        fs::write(&compiler, script)?;
        fs::set_permissions(&compiler, fs::Permissions::from_mode(0o755))?;
        fs::write(fresh.join("version"), version)?;

        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::rename(fresh, &self.folder)?;
        Ok(())
    }
}

/// Compiles the standard library as a dependency of an empty crate; returns the folder with its files.
fn compile_library(folder: &Path) -> Result<PathBuf> {
    const MANIFEST: &str = "[package]\nname = \"sysroot\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    check(
        cargo("build")
            .current_dir(folder)
            .args([
                "--release",
                "--target",
                BROWSER,
                "-Zbuild-std=std,panic_abort,test",
            ])
            .env("CARGO_TARGET_DIR", folder.join("target"))
            // The app is optimised together with the library, which takes more than machine code.
            .env("RUSTFLAGS", "-Cembed-bitcode=yes")
            .env("RUSTC", DEBIAN_RUSTC)
            // Building the standard library is what this switch is for; nothing else is built with it.
            .env("RUSTC_BOOTSTRAP", "1"),
    )?;
    Ok(folder.join("target").join(BROWSER).join("release/deps"))
}
