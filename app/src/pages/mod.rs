//! One file for each page.

pub mod backlog;
pub mod home;
