//! The item beside the list.

use crate::browser::{Element, Tab, containing};

/// The open item in a tab.
#[derive(Clone, Copy, Debug)]
pub struct Panel<'t>(pub &'t Tab);

impl<'t> Panel<'t> {
    /// Waits until it is there.
    #[track_caller]
    #[must_use]
    pub fn is_shown(self) -> Self {
        self.region().appears();
        self
    }

    fn region(self) -> Element<'t> {
        self.0.find("complementary", "Item")
    }

    /// Its title.
    #[must_use]
    pub fn title(self) -> Element<'t> {
        self.region().find("textbox", "Title")
    }

    /// One of its fields.
    #[must_use]
    pub fn field(self, name: &str) -> Element<'t> {
        self.region().find("textbox", name)
    }

    /// Its description, as it is written.
    #[must_use]
    pub fn description(self) -> Element<'t> {
        self.region().find("textbox", "Description")
    }

    /// Shows the description as it will read.
    #[track_caller]
    pub fn preview(self) {
        self.of_description("Preview").click();
    }

    /// Shows the description as it is written.
    #[track_caller]
    pub fn write(self) {
        self.of_description("Edit").click();
    }

    fn of_description(self, button: &str) -> Element<'t> {
        self.region()
            .find("region", "Description")
            .find("button", button)
    }

    /// Adds an acceptance criterion.
    #[track_caller]
    pub fn add_criterion(self, text: &str) {
        self.region().find("textbox", "Add a criterion").fill(text);
        self.0.press("Enter");
    }

    /// The box that says whether a criterion is met.
    #[must_use]
    pub fn criterion(self, text: &str) -> Element<'t> {
        self.region().find("checkbox", format!("Met: {text}"))
    }

    /// Says something about the item.
    #[track_caller]
    pub fn comment(self, text: &str) {
        self.region().find("textbox", "Add a comment").fill(text);
        self.region().find("button", "Comment").click();
    }

    /// Waits until the panel reads this.
    #[track_caller]
    pub fn reads(self, text: &str) {
        self.region().reads(text);
    }

    /// A button by its name.
    #[must_use]
    pub fn button(self, name: &str) -> Element<'t> {
        self.region().find("button", containing(name))
    }

    /// Settles a field with two values by choosing the one that reads so.
    #[track_caller]
    pub fn settle(self, value: &str) {
        self.region()
            .find("button", format!("Keep {value}"))
            .click();
    }

    /// Closes it.
    #[track_caller]
    pub fn close(self) {
        self.region().find("button", "Close item").click();
        self.region().goes();
    }
}
