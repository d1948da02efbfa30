//! The dialog that says what a file holds before anything is imported.

use crate::browser::Tab;

use super::BacklogPage;

/// The import dialog in a tab.
#[derive(Clone, Copy, Debug)]
pub struct ImportDialog<'t>(pub &'t Tab);

impl<'t> ImportDialog<'t> {
    /// Waits until the dialog says this.
    #[track_caller]
    #[must_use]
    pub fn says(self, text: &str) -> Self {
        self.0.find("dialog", "Import").reads(text);
        self
    }

    /// Waits until the file is refused for this reason.
    #[track_caller]
    #[must_use]
    pub fn refuses(self, reason: &str) -> Self {
        self.0
            .find("dialog", "Import")
            .find("alert", crate::browser::any())
            .reads(reason);
        self
    }

    /// Imports what is shown.
    #[track_caller]
    #[must_use]
    pub fn accept(self) -> BacklogPage<'t> {
        self.0
            .find("dialog", "Import")
            .find("button", crate::browser::starting("Import"))
            .click();
        BacklogPage(self.0).is_shown()
    }

    /// Leaves everything as it was.
    #[track_caller]
    pub fn cancel(self) {
        self.0.press("Escape");
        self.0.find("dialog", "Import").goes();
    }
}
