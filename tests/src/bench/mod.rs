//! What the benchmark measures, on real parts: meetings at the [`relay`] and its [`upkeep`], beside a plain broadcast of
//! the same bytes and the Yjs servers of [`yjs`]; and the [`app`] in real Chromium. It prints figures and judges nothing; README says which figures are wanted.

pub mod app;
pub mod broadcast;
pub mod corpus;
pub mod figures;
pub mod fleet;
pub mod history;
pub mod relay;
pub mod reports;
pub mod screens;
pub mod server;
pub mod upkeep;
pub mod yjs;
