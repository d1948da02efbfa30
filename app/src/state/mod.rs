//! What the page knows, by kind: the backlog's rows, the address, selection and focus, notices, and the open backlog
//! that ties them to its session.

pub mod address_bar;
pub mod arrange;
pub mod board;
pub mod cut;
pub mod desk;
pub mod disputes;
pub mod evidence;
pub mod files;
pub mod filter;
pub mod grouping;
pub mod items;
pub mod layer;
pub mod notices;
pub mod report;
pub mod rows;
pub mod scores;
pub mod selection;
pub mod shown;
pub mod sprints;
pub mod things;
pub mod triage;
pub mod typing;
