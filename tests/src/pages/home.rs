//! The first page: begin a backlog, or go on with one that this browser knows.

use std::path::Path;

use crate::{
    browser::{Tab, any, containing},
    relay::RunningRelay,
};

use super::{BacklogPage, ImportDialog};

/// The start page in a tab.
#[derive(Clone, Copy, Debug)]
pub struct HomePage<'t>(pub &'t Tab);

impl<'t> HomePage<'t> {
    /// Opens the relay's start page.
    #[track_caller]
    #[must_use]
    pub fn open(tab: &'t Tab, relay: &RunningRelay) -> Self {
        tab.open(&relay.url("/"));
        Self(tab).is_shown()
    }

    /// Waits until it is there.
    #[track_caller]
    #[must_use]
    pub fn is_shown(self) -> Self {
        self.0.find("button", "New backlog").appears();
        self
    }

    /// Begins an empty backlog.
    #[track_caller]
    #[must_use]
    pub fn begin(self, name: &str) -> BacklogPage<'t> {
        self.0.find("textbox", "Name of the new backlog").fill(name);
        self.0.press("Enter");
        let page = BacklogPage(self.0).is_shown();
        page.name().holds(name);
        page
    }

    /// Opens the example.
    #[track_caller]
    #[must_use]
    pub fn open_example(self) -> BacklogPage<'t> {
        self.0.find("button", "Open the example").click();
        BacklogPage(self.0).is_shown()
    }

    /// Chooses a file to begin a backlog with.
    #[track_caller]
    #[must_use]
    pub fn choose_file(self, path: &Path) -> ImportDialog<'t> {
        self.0.find("button", "Import a file").click();
        let dialog = ImportDialog(self.0);
        dialog.choose_file(path);
        dialog
    }

    /// Drops a file on the page to begin a backlog with.
    #[track_caller]
    #[must_use]
    pub fn drop_file(self, path: &Path) -> ImportDialog<'t> {
        self.0.drop_file(path);
        ImportDialog(self.0)
    }

    /// The names of the backlogs that this browser knows, as they are listed.
    #[must_use]
    pub fn known(self) -> Vec<String> {
        self.0.find("list", "Backlogs").find("link", any()).names()
    }

    /// Opens a backlog that this browser knows.
    #[track_caller]
    #[must_use]
    pub fn open_known(self, name: &str) -> BacklogPage<'t> {
        self.0
            .find("list", "Backlogs")
            .find("link", containing(name))
            .click();
        BacklogPage(self.0).is_shown()
    }
}
