//! What a backlog is and how it travels: the model, the document, and both ends of the sync protocol.
//!
//! Everything here is pure. There is no clock, no randomness and no I/O: time and random bytes come in as arguments,
//! bytes and effects go out as values, so the whole system runs in one deterministic simulation.
//!
//! A tour: [`model`] holds plain values (items, ranks, the view of a backlog); [`intent`] is all that a person can
//! want; [`document`] keeps a backlog as one Automerge document and turns an intent into one change; [`session`] is
//! one browser's document with its storage and connection; [`sync`] is the wire protocol with both of its ends;
//! [`planning`] computes what people plan by (limit lines, scores, forecasts) from plain values;
//! [`gate`] admits changes to the relay's log; [`door`] speaks to stock Automerge clients; [`import`] and [`export`]
//! read and write files; [`product`] is what a backlog says about itself: settings, strategy, checks. `MODEL.md` and
//! `PROTOCOL.md` state the numbered rules that tests carry.

pub mod document;
pub mod door;
pub mod export;
pub mod gate;
pub mod ids;
pub mod import;
pub mod intent;
pub mod limits;
pub mod model;
pub mod planning;
pub mod product;
pub mod session;
pub mod sync;
pub mod time;
