//! The worker: it holds a backlog for every tab of this browser, or follows the tab that does.

/// Listens for the message that says what to do.
pub fn start() {}
