//! A backlog: the ranked list and what is around it.

use serde_json::{Value, json};

use crate::{
    browser::{Element, Part, Tab, any, containing, starting},
    relay::RunningRelay,
};

use super::Panel;

/// A backlog in a tab.
#[derive(Clone, Copy, Debug)]
pub struct BacklogPage<'t>(pub &'t Tab);

/// One line of the list as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, or nothing where it has no rank.
    pub number: String,
    /// Its title.
    pub title: String,
}

/// What the list shows, from its first drawn row to its last. Rows are drawn in any order, so places decide.
const LINES: &str = "[...document.querySelectorAll('#ranked-list [id^=row-]')]
    .map(row => ({ top: row.getBoundingClientRect().top, row }))
    .sort((a, b) => a.top - b.top)
    .map(({ row }) => ({
        number: row.querySelector('.number')?.textContent.trim() ?? '',
        title: row.querySelector('.title')?.textContent.trim() ?? '',
        id: row.id.slice(4),
    }))";

impl<'t> BacklogPage<'t> {
    /// Opens a backlog by its address and waits until its rows are there.
    #[track_caller]
    #[must_use]
    pub fn open(tab: &'t Tab, address: &str) -> Self {
        tab.open(address);
        Self(tab).is_shown()
    }

    /// A new backlog with these items, sent to the relay.
    #[track_caller]
    #[must_use]
    pub fn with(tab: &'t Tab, relay: &RunningRelay, titles: &[&str]) -> Self {
        let page = super::HomePage::open(tab, relay).begin("Trial");
        page.add_all(titles);
        page.is_saved();
        page
    }

    /// Waits until it is there.
    #[track_caller]
    #[must_use]
    pub fn is_shown(self) -> Self {
        self.0.until(
            "location.pathname.startsWith('/b/') && !!document.getElementById('ranked-list')",
        );
        self
    }

    /// The address without what it filters.
    #[must_use]
    pub fn link(self) -> String {
        self.0
            .address()
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    /// The address under which stock clients know it.
    #[must_use]
    pub fn automerge_url(self) -> String {
        let link = self.link();
        format!("automerge:{}", link.rsplit('/').next().unwrap_or_default())
    }

    /// The lines that are drawn now.
    #[must_use]
    pub fn lines(self) -> Vec<Line> {
        let cell = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let lines = self.0.value(LINES);
        let lines = lines.as_array().cloned().unwrap_or_default();
        lines
            .iter()
            .map(|line| Line {
                number: cell(line, "number"),
                title: cell(line, "title"),
            })
            .collect()
    }

    /// The titles that are drawn now.
    #[must_use]
    pub fn titles(self) -> Vec<String> {
        self.lines().into_iter().map(|line| line.title).collect()
    }

    /// Waits until the list shows exactly these titles.
    #[track_caller]
    pub fn shows(self, titles: &[&str]) {
        let wanted: Vec<String> = titles.iter().map(|title| (*title).to_owned()).collect();
        self.0.until_equal(&wanted, || self.titles());
    }

    /// Waits until the numbers are 1…n without a gap, as far as they are drawn.
    #[track_caller]
    pub fn is_numbered(self) {
        self.0.until_some(|| {
            let lines = self.lines();
            let first: usize = lines
                .first()
                .and_then(|line| line.number.parse().ok())
                .unwrap_or(1);
            let contiguous = lines
                .iter()
                .zip(first..)
                .all(|(line, number)| line.number == number.to_string());
            if contiguous {
                Ok(())
            } else {
                Err(format!("numbers have gaps: {lines:?}"))
            }
        });
    }

    /// The id of the item with this title.
    #[track_caller]
    #[must_use]
    pub fn id(self, title: &str) -> String {
        self.0.until_some(|| {
            let lines = self.0.evaluate(LINES)?;
            let line = lines
                .as_array()
                .into_iter()
                .flatten()
                .find(|line| line["title"] == title);
            let id = line.and_then(|line| line["id"].as_str()).map(str::to_owned);
            id.ok_or_else(|| format!("no line is titled {title:?}: {lines}"))
        })
    }

    /// The row of the item with this title.
    #[must_use]
    pub fn row(self, title: &str) -> Element<'t> {
        self.0.find("row", containing(title))
    }

    /// What an element of the item's row reads, by its class.
    #[track_caller]
    #[must_use]
    pub fn cell(self, title: &str, class: &str) -> String {
        let id = self.id(title);
        let cell = self.0.value(&format!(
            "document.getElementById({})?.querySelector({})?.innerText.trim() ?? ''",
            Value::from(format!("row-{id}")),
            Value::from(format!(".{class}")),
        ));
        cell.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the row of the item with this title reads this somewhere.
    #[track_caller]
    pub fn row_reads(self, title: &str, text: &str) {
        self.0.until_some(|| {
            let id = self.id(title);
            let row = self.0.evaluate(&format!(
                "document.getElementById({})?.innerText ?? ''",
                Value::from(format!("row-{id}"))
            ))?;
            let row = row.as_str().unwrap_or_default();
            if row.contains(text) {
                Ok(())
            } else {
                Err(format!("the row of {title:?} reads {row:?}, not {text:?}"))
            }
        });
    }

    /// Adds one item after the others: type, Enter.
    #[track_caller]
    pub fn add(self, title: &str) {
        self.add_all(&[title]);
    }

    /// Adds items one after the other without leaving the field.
    #[track_caller]
    pub fn add_all(self, titles: &[&str]) {
        let field = self.quick_add();
        for title in titles {
            field.focus();
            self.0.type_text(title);
            self.0.press("Enter");
            field.holds("");
        }
        self.0.press("Escape");
    }

    /// The field of quick add.
    #[must_use]
    pub fn quick_add(self) -> Element<'t> {
        self.0.find("textbox", starting("Add"))
    }

    /// Puts the cursor of the list on an item.
    #[track_caller]
    pub fn choose(self, title: &str) {
        self.row(title).click();
    }

    /// Opens an item beside the list.
    #[track_caller]
    #[must_use]
    pub fn open_item(self, title: &str) -> Panel<'t> {
        self.0.until("!document.querySelector('dialog[open]')");
        self.focus_list();
        self.choose(title);
        self.0.press("Enter");
        Panel(self.0).is_shown()
    }

    /// Puts the focus on the list.
    #[track_caller]
    pub fn focus_list(self) {
        drop(
            self.0
                .value("document.getElementById('ranked-list').focus()"),
        );
    }

    /// Presses keys while the list has the focus.
    #[track_caller]
    pub fn press(self, chord: &str) {
        self.focus_list();
        self.0.press(chord);
    }

    /// Drags an item with the mouse before or after another one.
    #[track_caller]
    pub fn drag(self, title: &str, to: &str, part: Part) {
        self.handle(title).drag_to(&self.row(to), part);
    }

    /// Drags an item with a finger before or after another one.
    #[track_caller]
    pub fn touch_drag(self, title: &str, to: &str, part: Part) {
        self.handle(title).touch_drag_to(&self.row(to), part, 0);
    }

    /// What an item is dragged by.
    fn handle(self, title: &str) -> Element<'t> {
        self.row(title)
    }

    /// Runs a command by its name in the palette.
    #[track_caller]
    pub fn command(self, name: &str) {
        self.0.press("Control+k");
        self.0.find("combobox", any()).appears();
        self.0.type_text(name);
        self.0.find("option", starting(name)).click();
    }

    /// Takes the last step back.
    #[track_caller]
    pub fn undo(self) {
        self.press("Control+z");
    }

    /// Does it again.
    #[track_caller]
    pub fn redo(self) {
        self.press("Control+y");
    }

    /// Gives the backlog a name.
    #[track_caller]
    pub fn rename(self, name: &str) {
        self.name().fill(name);
        self.0.press("Enter");
        self.name().holds(name);
    }

    /// The field with the backlog's name.
    #[must_use]
    pub fn name(self) -> Element<'t> {
        self.0.find("textbox", "Backlog name")
    }

    /// What the chip says about where the work is.
    #[must_use]
    pub fn chip(self) -> String {
        let chip = self
            .0
            .value("document.querySelector('.chip')?.innerText.trim() ?? ''");
        chip.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the chip says this.
    #[track_caller]
    pub fn chip_says(self, text: &str) {
        self.0.until_some(|| {
            let chip = self.chip();
            if chip.contains(text) {
                Ok(())
            } else {
                Err(format!("the chip says {chip:?}, not {text:?}"))
            }
        });
    }

    /// Waits until everything is on the relay's disk.
    #[track_caller]
    pub fn is_saved(self) {
        self.chip_says("saved on the relay");
    }

    /// Waits until screen readers were told this.
    #[track_caller]
    pub fn announces(self, text: &str) {
        let text = Value::from(text);
        self.0.until(&format!(
            "[...document.querySelectorAll('[aria-live],[role=status],[role=alert],[role=log]')].some(e => e.textContent.includes({text}))"
        ));
    }

    /// The names of those who are here, as the header shows them.
    #[must_use]
    pub fn people(self) -> Vec<String> {
        self.0
            .find("list", "People here")
            .find("listitem", any())
            .names()
    }

    /// Searches the list.
    #[track_caller]
    pub fn search(self, text: &str) {
        self.0.find("searchbox", any()).fill(text);
    }

    /// Says who one is.
    #[track_caller]
    pub fn introduce(self, name: &str) {
        self.command("Your name and colour");
        let dialog = self.0.find("dialog", containing("name"));
        dialog.find("textbox", containing("ame")).fill(name);
        self.0.press("Enter");
        dialog.goes();
    }

    /// Makes items quickly through one paste.
    #[track_caller]
    pub fn paste_lines(self, lines: &[String]) {
        self.quick_add().focus();
        self.0.paste(&lines.join("\n"));
    }

    /// Scrolls the list by pixels.
    #[track_caller]
    pub fn scroll_to(self, top: f64) {
        drop(self.0.value(&format!(
            "(() => {{ let e = document.getElementById('ranked-list');
                while (e && e.scrollHeight <= e.clientHeight) e = e.parentElement;
                (e ?? document.scrollingElement).scrollTop = {}; }})()",
            json!(top)
        )));
    }
}
