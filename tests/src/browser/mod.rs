//! Real Chromium, driven over its DevTools pipe.
//!
//! One browser process serves a whole test binary; each [`Person`] has a browser context of their own, in which nothing
//! is stored yet, and any number of [`Tab`]s. Elements are found as people and assistive technology find them: by role
//! and name, with [`Tab::find`]. Every question waits until it has an answer or patience runs out, so tests never sleep.
//! Whatever the pages and their workers complain of is collected and fails the test when its person leaves.

mod accessibility;
mod clock;
mod devtools;
mod element;
mod emulation;
mod files;
mod keyboard;
mod person;
mod pointer;
mod tab;
mod wire;

use std::{
    fmt::Display,
    thread,
    time::{Duration, Instant},
};

pub use element::{Element, Name, any, containing, ending, starting};
pub use emulation::{DESKTOP, Look, PHONE, Viewport};
pub use files::{Download, file};
pub use person::Person;
pub use pointer::Part;
pub use tab::Tab;

/// How long anything may take before a test gives up: generous, since it is only spent on failures.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks at something that is awaited.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Tries until it works; the last failure is the reason when patience runs out.
fn eventually<T, E: Display>(attempt: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    eventually_within(PATIENCE, attempt)
}

fn eventually_within<T, E: Display>(
    patience: Duration,
    mut attempt: impl FnMut() -> Result<T, E>,
) -> Result<T, E> {
    let end = Instant::now() + patience;
    loop {
        match attempt() {
            Ok(done) => return Ok(done),
            Err(reason) if Instant::now() >= end => return Err(reason),
            Err(_) => thread::sleep(LOOK_AGAIN),
        }
    }
}
