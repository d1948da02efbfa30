//! Stories of one room with an in-memory log. The numbers in the names are those of `PROTOCOL.md`.

mod convergence;
mod feeding;
mod handshake;
mod presence;
mod reconciling;
mod storing;
mod world;
