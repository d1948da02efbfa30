//! The rules of `MODEL.md`, each under its number, with people who are apart.
#![allow(clippy::unwrap_used, reason = "tests")]

mod items;
mod peer;
mod planning;
mod releases;
mod sprints;
