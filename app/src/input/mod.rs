//! From keys and pointers to commands and intents.

pub mod drag;
pub mod keymap;
