//! The board: columns of cards.

use serde_json::Value;

use crate::browser::{Element, Part, Tab, containing, starting};

use super::BacklogPage;

/// How long a finger rests on a card before it takes hold, in milliseconds: a little more than the app asks for.
const HOLD_MS: u32 = 500;

/// The board in a tab.
#[derive(Clone, Copy, Debug)]
pub struct BoardPage<'t>(pub &'t Tab);

impl<'t> BoardPage<'t> {
    /// Goes to the board of the open backlog.
    #[track_caller]
    #[must_use]
    pub fn of(page: BacklogPage<'t>) -> Self {
        page.0.find("link", "Board").click();
        Self(page.0).is_shown()
    }

    /// Waits until it is there.
    #[track_caller]
    #[must_use]
    pub fn is_shown(self) -> Self {
        self.0.until("!!document.getElementById('board')");
        self
    }

    /// The page around it.
    #[must_use]
    pub const fn page(self) -> BacklogPage<'t> {
        BacklogPage(self.0)
    }

    /// The names of the columns from left to right.
    #[must_use]
    pub fn columns(self) -> Vec<String> {
        texts(&self.0.value(
            "[...document.querySelectorAll('.column')].map(column => column.getAttribute('aria-label'))",
        ))
    }

    /// Waits until these columns are there, from left to right.
    #[track_caller]
    pub fn columns_are(self, names: &[&str]) {
        let wanted: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        self.0.until_equal(&wanted, || self.columns());
    }

    /// The titles in a column that are drawn now, from the first to the last.
    #[must_use]
    pub fn titles(self, column: &str) -> Vec<String> {
        texts(&self.0.value(&format!(
            "[...document.querySelector('.column[aria-label={}]')?.querySelectorAll('.card') ?? []]
                .map(card => ({{ top: card.getBoundingClientRect().top, card }}))
                .sort((a, b) => a.top - b.top)
                .map(({{ card }}) => card.querySelector('.title')?.textContent.trim() ?? '')",
            Value::from(column),
        )))
    }

    /// Waits until a column shows exactly these titles.
    #[track_caller]
    pub fn shows(self, column: &str, titles: &[&str]) {
        let wanted: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        self.0.until_equal(&wanted, || self.titles(column));
    }

    /// The card of the item with this title.
    #[must_use]
    pub fn card(self, title: &str) -> Element<'t> {
        self.0.find("row", containing(&format!(" {title}, ")))
    }

    /// A column.
    #[must_use]
    pub fn column(self, name: &str) -> Element<'t> {
        self.0.find("region", name.to_owned())
    }

    /// Drags a card with the mouse before or after another one.
    #[track_caller]
    pub fn drag(self, title: &str, to: &str, part: Part) {
        self.card(title).drag_to(&self.card(to), part);
    }

    /// Drags a card with the mouse into the lower part of a column.
    #[track_caller]
    pub fn drag_into(self, title: &str, column: &str) {
        self.card(title).drag_to(&self.column(column), Part::Lower);
    }

    /// Drags a card with a finger before or after another one.
    #[track_caller]
    pub fn touch_drag(self, title: &str, to: &str, part: Part) {
        self.card(title)
            .touch_drag_to(&self.card(to), part, HOLD_MS);
    }

    /// Puts the cursor on a card; a click also opens the item, so it is closed again.
    #[track_caller]
    pub fn choose(self, title: &str) {
        self.card(title).click();
        super::Panel(self.0).is_shown().close();
    }

    /// Adds a column after those of its kind.
    #[track_caller]
    pub fn add_column(self, kind: &'static str, name: &str) {
        self.0.find("button", kind).click();
        self.0.find("textbox", "Name").fill(name);
        self.0.press("Enter");
        self.column(name).appears();
    }

    /// Chooses in the menu of a column.
    #[track_caller]
    pub fn menu(self, column: &str, entry: &str) {
        self.0.find("button", format!("Menu of {column}")).click();
        self.0.find("menuitem", starting(entry)).click();
    }

    /// Sorts a column.
    #[track_caller]
    pub fn sort(self, column: &str, by: &str) {
        let button = format!("Sort {column}: ");
        self.0.find("button", starting(&button)).click();
        self.0.find("menuitemradio", by.to_owned()).click();
        self.0.press("Escape");
        self.0.find("dialog", "Sort").goes();
    }
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(|text| text.as_str().map(str::to_owned))
        .collect()
}
