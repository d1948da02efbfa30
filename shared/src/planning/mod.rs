//! The rules people plan by, as pure functions over plain values: what fits, what scores highest, what is ready,
//! what went stale, when it will be done.
//!
//! Nothing here knows of documents, rows or screens: callers hand in small structs and show what comes back. Numbers
//! are `f64`, rounded to nine decimals before they are compared ([`round`]). A missing input makes a result *missing*
//! with a reason, never zero. Absurd numbers (negative sizes, infinities) have a defined outcome and never panic.
//!
//! A day is a calendar day in the backlog's time zone: [`day`].

pub mod blind_rank;
pub mod burndown;
pub mod capacity;
pub mod day;
pub mod equation;
pub mod flow;
pub mod forecast;
pub mod health;
pub mod limit;
pub mod poker;
pub mod ready;
pub mod report;
pub mod round;
pub mod score;
pub mod similar;
pub mod split;
pub mod staleness;
pub mod velocity;
pub mod working_days;
