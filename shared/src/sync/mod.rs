//! The wire between browsers and the relay: the messages, and the relay's end of the protocol.
//!
//! `PROTOCOL.md` states the rules. The browser's end is part of [`crate::session`], since it can't be told apart from
//! what the browser stores.

pub mod access;
pub mod frame;
pub mod room;
pub mod roster;
pub mod standing;
