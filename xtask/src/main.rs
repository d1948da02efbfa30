//! `cargo xtask`: sets up, builds, runs and tests all of Cutline.
//!
//! What a machine lacks is installed on the way ([`toolchain`], [`machine`]). The app becomes a folder of files
//! ([`bundle`], [`pack`]), which the relay's program then carries inside. Plain `cargo build` and `cargo test -p shared`
//! need none of this.

mod bundle;
mod icons;
mod machine;
mod pack;
mod paths;
mod size;
mod split;
mod toolchain;

use std::{
    env,
    error::Error,
    path::{self, Path, PathBuf},
    process::{Command, ExitCode},
};

use bundle::Kind;

/// What may go wrong is told to the person, and nothing else is done about it.
type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const HELP: &str = "\
cargo xtask COMMAND [ARGUMENTS]

  run [ARGUMENTS]    build everything and start the relay: `cutline serve ARGUMENTS`
  test [ARGUMENTS]   build and check everything, then `cargo test ARGUMENTS`, browser tests included
  bench [ARGUMENTS]  measure the relay and the app; `cargo xtask bench --help` lists what
  screenshots        take the pictures in docs anew
  setup              only install what the others would install on the way
  build              the one program to host: target/release/cutline with the app inside
  bundle [--dev]     the app's files alone, in target/bundle/release (or target/bundle/dev, quick to build)
  size               what a browser downloads, file by file
  icons              draw the PNG icons again from icon.svg
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let done = perform(&command, &arguments.collect::<Vec<_>>());
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn perform(command: &str, arguments: &[String]) -> Result {
    match (command, arguments) {
        ("run", arguments) => run(arguments),
        ("test", arguments) => test(arguments),
        ("bench", arguments) => against_release("bench", arguments),
        ("screenshots", []) => against_release("screenshots", &[]),
        ("build", []) => build(),
        ("bundle", []) => bundle::build(Kind::Release).map(drop),
        ("bundle", [option]) if option == "--dev" => bundle::build(Kind::Dev).map(drop),
        ("setup", []) => set_up(),
        ("size", []) => size::check(&bundle::build(Kind::Release)?),
        ("icons", []) => icons::draw(),
        ("help" | "--help" | "-h", _) => {
            eprint!("{HELP}");
            Ok(())
        }
        _ => Err(format!("no such command\n\n{HELP}").into()),
    }
}

/// Everything that building and testing need and a machine may lack.
fn set_up() -> Result {
    toolchain::for_browser()?;
    machine::install_make()?;
    machine::install_browser()?;
    machine::install_npm_packages(&root().join("tests"))
}

/// Builds all and serves until it is stopped.
fn run(arguments: &[String]) -> Result {
    let relay = build_relay(&bundle::build(Kind::Release)?)?;
    check(Command::new(relay).arg("serve").args(arguments))
}

/// The program that a person hosts, with the app inside.
fn build() -> Result {
    let relay = build_relay(&bundle::build(Kind::Release)?)?;
    paths::check(&relay)
}

/// The same around a bundle that is built.
fn build_relay(bundle: &Path) -> Result<PathBuf> {
    machine::install_make()?;
    say("building the relay");
    check(
        paths::shorten(&mut cargo("build"))
            .args(["--release", "--package", "server", "--bin", "cutline"])
            .env("CUTLINE_APP_BUNDLE", bundle),
    )?;
    Ok(target().join("release/cutline"))
}

/// All checks. Tests that need a relay run the one that people get.
fn test(arguments: &[String]) -> Result {
    say("checking the format");
    check(cargo("fmt").args(["--all", "--check"]))?;
    let bundle = bundle::build(Kind::Release)?;
    size::check(&bundle)?;
    set_up()?;
    let relay = build_relay(&bundle)?;
    paths::check(&relay)?;

    say("checking the code");
    check(
        cargo("clippy")
            .args(["--workspace", "--all-targets", "--", "--deny", "warnings"])
            .env("CUTLINE_APP_BUNDLE", &bundle),
    )?;
    // Programs and tests in one go: asked for apart, they would be built with different features, twice.
    say("building the tests");
    check(
        cargo("build")
            .args(["--workspace", "--lib", "--bins", "--tests"])
            .env("CUTLINE_APP_BUNDLE", &bundle),
    )?;
    say("testing");
    check(
        cargo("test")
            .arg("--workspace")
            .args(arguments)
            .env("CUTLINE_APP_BUNDLE", &bundle)
            .env("CUTLINE_BIN", relay),
    )
}

/// Runs a program of the tests package on release builds.
fn against_release(program: &str, arguments: &[String]) -> Result {
    machine::install_make()?;
    machine::install_browser()?;
    let bundle = bundle::build(Kind::Release)?;
    say(&format!("building the relay and `{program}`"));
    check(
        // As `build` does, lest the two build everything anew in turn.
        paths::shorten(&mut cargo("build"))
            .args(["--release", "--package", "server", "--package", "tests"])
            .args(["--bin", "cutline", "--bin", program])
            .env("CUTLINE_APP_BUNDLE", &bundle),
    )?;
    check(
        Command::new(target().join("release").join(program))
            .args(arguments)
            .env("CUTLINE_APP_BUNDLE", &bundle)
            .env("CUTLINE_BIN", target().join("release/cutline")),
    )
}

/// One line about what happens next.
fn say(what: &str) {
    eprintln!("xtask: {what}");
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_path_buf()
}

/// Where builds go.
fn target() -> PathBuf {
    let named = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root().join("target"));
    // One that is named relative to another folder than the workspace's still means that one.
    path::absolute(&folder).unwrap_or(folder)
}

/// The cargo that started this program, in the workspace's folder.
fn cargo(command: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(root())
        .env("CARGO_TARGET_DIR", target())
        .arg(command);
    cargo
}

/// Runs a command to its end; anything but success is an error.
fn check(command: &mut Command) -> Result {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command
        .status()
        .map_err(|error| format!("{name} can't be started: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{name} ended with {status}").into())
    }
}

/// What a command prints.
fn output(command: &mut Command) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .output()
        .map_err(|error| format!("{name} can't be started: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    } else {
        let problem = String::from_utf8_lossy(&output.stderr);
        Err(format!("{name} ended with {}: {problem}", output.status).into())
    }
}
