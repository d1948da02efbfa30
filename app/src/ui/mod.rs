//! Primitives that know nothing of backlogs.

pub mod dialog;
pub mod field;
pub mod icon;
pub mod tabs;
