//! The app's pages as people know them: what stands where, and what one does with it. Roles, names and keys are known here
//! alone, so a renamed button is renamed once.

mod backlog;
mod board;
mod home;
mod import;
mod panel;

pub use backlog::{BacklogPage, Line};
pub use board::BoardPage;
pub use home::HomePage;
pub use import::ImportDialog;
pub use panel::Panel;
