//! The dialog that says what a file holds before anything is imported.

use serde_json::Value;

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

    /// Waits until the table of columns says that a column becomes this.
    #[track_caller]
    #[must_use]
    pub fn column_becomes(self, column: &str, field: &str) -> Self {
        let cell = format!(
            "[...document.querySelectorAll('.import [aria-label=Columns] tbody tr')]
                .find(row => row.cells[0].innerText === {})?.cells[1]",
            Value::from(column)
        );
        let said = format!(
            "(cell => cell?.querySelector('select')?.selectedOptions[0].label ?? cell?.innerText)({cell})"
        );
        self.0
            .until_equal(&Value::from(field), || self.0.value(&said));
        self
    }

    /// Says what a column becomes.
    #[track_caller]
    #[must_use]
    pub fn map_column(self, column: &str, field: &str) -> Self {
        let select = self
            .dialog()
            .find("combobox", &*format!("{column} becomes"));
        select.focus();
        select.appears();
        self.0.until(&format!(
            "(select => {{
                const option = [...select.options].find(option => option.label === {});
                if (!option) return false;
                select.value = option.value;
                select.dispatchEvent(new Event('change', {{ bubbles: true }}));
                return document.activeElement === select;
            }})(document.activeElement)",
            Value::from(field)
        ));
        self.column_becomes(column, field)
    }

    /// Says what becomes of items that are there already.
    #[track_caller]
    #[must_use]
    pub fn chooses(self, what: &str) -> Self {
        self.dialog().find("radio", starting(what)).click();
        self
    }

    /// Waits until there is nothing to import.
    #[track_caller]
    #[must_use]
    pub fn imports_nothing(self) -> Self {
        self.0
            .until("document.querySelector('.import .buttons .primary').disabled");
        self
    }

    /// Notes from now on what every progress bar of the page shows.
    #[track_caller]
    pub fn records_progress(self) {
        drop(self.0.value(
            "void (globalThis.progressSeen = {}, new MutationObserver(() => {
                for (const bar of document.querySelectorAll('progress')) {
                    (progressSeen[bar.ariaLabel] ??= new Set()).add(bar.value);
                }
            }).observe(document.body, { subtree: true, childList: true, characterData: true }))",
        ));
    }

    /// How many different values a progress bar has shown since [`Self::records_progress`].
    #[track_caller]
    #[must_use]
    pub fn progress(self, name: &str) -> u64 {
        let seen = self.0.value(&format!(
            "Math.max(0, ...Object.entries(progressSeen).map(([name, seen]) => name.startsWith({}) ? seen.size : 0))",
            Value::from(name)
        ));
        seen.as_u64().unwrap_or_default()
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
