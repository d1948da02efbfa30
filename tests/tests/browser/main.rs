//! What people can do, in a real browser against the real relay: one module for each thing.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod harness;
mod updates;
