//! The relay over real sockets: what its clients and its operator see.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod access;
mod administration;
mod authors;
mod command_line;
mod door;
mod durability;
mod faulty_store;
mod files;
mod healing;
mod http;
mod operation;
mod protocol;
mod samod_client;
mod slow_peer;
mod stock_client;
mod timeouts;
mod tls;
mod weight;
