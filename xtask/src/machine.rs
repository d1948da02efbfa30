//! Gets programs and packages onto the machine, from Debian and npm.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{Result, check, output, say};

/// Chromium, for the tests that look through a person's eyes.
pub(crate) fn install_browser() -> Result {
    let chromium = env::var("CHROMIUM").unwrap_or_else(|_| "chromium".to_owned());
    if runs(&chromium) {
        return Ok(());
    }
    say("installing Chromium");
    install_debian_packages(&["chromium"])
}

/// Make, with which the relay's allocator is built.
pub(crate) fn install_make() -> Result {
    if runs("make") {
        return Ok(());
    }
    say("installing make");
    install_debian_packages(&["make"])
}

/// What `package-lock.json` lists, unless it is there already.
pub(crate) fn install_npm_packages(folder: &Path) -> Result {
    let wanted = fs::read(folder.join("package-lock.json"))?;
    let installed = folder.join("node_modules/.installed-lock.json");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    if !runs("npm") {
        return Err("npm is missing: install node 20 or newer".into());
    }
    say("installing the tests' npm packages");
    check(
        Command::new("npm")
            .current_dir(folder)
            .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
            .args(["--loglevel", "error"]),
    )?;
    fs::write(installed, wanted)?;
    Ok(())
}

/// Installs what is missing of these, as root or through sudo.
pub(crate) fn install_debian_packages(names: &[&str]) -> Result {
    let installed = |name: &&str| {
        output(Command::new("dpkg-query").args([
            "--show",
            "--showformat=${db:Status-Abbrev}",
            name,
        ]))
        .is_ok_and(|status| status.starts_with("ii"))
    };
    if names.iter().all(installed) {
        return Ok(());
    }
    check(&mut as_root(&["apt-get", "update", "--quiet"])?)?;
    let install = [
        "apt-get",
        "install",
        "--quiet",
        "--yes",
        "--no-install-recommends",
    ];
    check(as_root(&install)?.args(names))
}

fn as_root(words: &[&str]) -> Result<Command> {
    let is_root = output(Command::new("id").arg("-u"))? == "0";
    let prefix: &[&str] = if is_root { &["env"] } else { &["sudo", "env"] };
    let mut command = Command::new(prefix[0]);
    command
        .args(&prefix[1..])
        .arg("DEBIAN_FRONTEND=noninteractive")
        .args(words);
    Ok(command)
}

fn runs(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
