//! What people can do, in a real browser against the real relay: one module for each thing. Names begin with the point of
//! issue 2 that they show.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod access;
mod accessible;
mod authors;
mod begin;
mod board;
mod breakdown;
mod cut;
mod data;
mod disputes;
mod edit;
mod files;
mod harness;
mod health;
mod import;
mod lists;
mod offline;
mod panel;
mod parts;
mod product_backlog;
mod rank;
mod ready;
mod release_and_sprint;
mod releases;
mod reports;
mod review;
mod scores;
mod settings;
mod share;
mod sprints;
mod stock_client;
mod strategy;
mod triage;
mod trust;
mod updates;
