//! Primitives that know nothing of backlogs.

pub mod dialog;
pub mod icon;
