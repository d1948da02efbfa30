//! What the end-to-end tests, the benchmark and the pictures share: a real browser, a real relay, and the pages as people
//! know them.

pub mod access;
pub mod author;
pub mod bench;
pub mod browser;
pub mod demo;
pub mod fuzz;
pub mod in_process;
pub mod pages;
pub mod panics;
pub mod peer;
pub mod relay;
pub mod sprinted;
pub mod stock_client;
