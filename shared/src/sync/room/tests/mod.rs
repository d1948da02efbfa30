//! Stories of one room with an in-memory log. The numbers in the names are those of `PROTOCOL.md`.

mod access;
mod convergence;
mod door;
mod doubts;
mod feeding;
mod handshake;
mod learning;
mod limits;
mod presence;
mod reconciling;
mod stock_client;
mod storing;
mod world;
