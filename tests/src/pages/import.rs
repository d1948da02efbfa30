//! The dialog that says what a file holds before anything is imported.

use crate::browser::{Element, Tab, any, starting};

use super::BacklogPage;

/// The import dialog in a tab.
#[derive(Clone, Copy, Debug)]
pub struct ImportDialog<'t>(pub &'t Tab);

impl<'t> ImportDialog<'t> {
    /// Chooses a file in the dialog.
    #[track_caller]
    pub fn choose_file(self, path: &std::path::Path) {
        self.dialog()
            .find("button", starting("File to import"))
            .choose_file(path);
    }

    fn dialog(self) -> Element<'t> {
        self.0.find("dialog", "Import a file")
    }

    /// Waits until the dialog says this.
    #[track_caller]
    #[must_use]
    pub fn says(self, text: &str) -> Self {
        self.dialog().reads(text);
        self
    }

    /// Waits until the file is refused for this reason.
    #[track_caller]
    #[must_use]
    pub fn refuses(self, reason: &str) -> Self {
        self.dialog().find("alert", any()).reads(reason);
        self
    }

    /// Imports what is shown.
    #[track_caller]
    #[must_use]
    pub fn accept(self) -> BacklogPage<'t> {
        self.dialog().find("button", starting("Import ")).click();
        BacklogPage(self.0).is_shown()
    }

    /// Leaves everything as it was.
    #[track_caller]
    pub fn cancel(self) {
        self.0.press("Escape");
        self.dialog().goes();
    }
}
