//! What a backlog says about itself: its settings, its strategy, and which items want attention.
//!
//! This is the bridge from the registers of [`crate::model::Things`] and the rows to the rules of planning. It holds no
//! formula of its own that those have, and nothing of a screen.

pub mod check;
pub mod family;
pub mod forecasts;
pub mod once;
pub mod pull;
pub mod ready;
pub mod releases;
pub mod settings;
pub mod sprint_steps;
pub mod sprints;
pub mod strategy;
pub mod tags;
pub mod trail;
pub mod zone;

pub use check::{Check, Judge};
pub use family::Family;
pub use once::{Share, Shares};
pub use settings::{Method, Settings, Term};
pub use strategy::Strategy;
