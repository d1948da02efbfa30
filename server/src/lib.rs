//! The relay: keeps backlogs on disk, admits changes, and passes them on to everybody who has the backlog open.

pub mod store;
