//! A backlog: the ranked list and what is around it.

use serde_json::{Value, json};

use shared::ids::{DocumentId, PersonId};

use crate::{
    access,
    bench::{fleet::found, relay::SYNC},
    browser::{Element, Part, Tab, any, containing, starting},
    demo::Demo,
    relay::RunningRelay,
    sprinted::{Size, Sprinted, now},
};

use super::Panel;

/// How long a finger rests on a row before it takes hold, in milliseconds: a little more than the app asks for.
const HOLD_MS: u32 = 500;

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
        number: row.querySelector('.rank')?.textContent.trim() ?? '',
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

    /// The address of its list, without what it filters.
    #[must_use]
    pub fn address(self) -> String {
        let address = self.0.address();
        let page = address.split(['?', '#']).next().unwrap_or_default();
        match page.split_once("/b/") {
            Some((origin, rest)) => {
                let id = rest.split('/').next().unwrap_or_default();
                format!("{origin}/b/{id}")
            }
            None => page.to_owned(),
        }
    }

    /// The link that this browser hands on.
    #[must_use]
    #[track_caller]
    pub fn link(self) -> String {
        self.0.find("button", "Share: copy link").click();
        self.announces("Link copied");
        self.0.clipboard()
    }

    /// The address under which stock clients know it.
    #[must_use]
    pub fn automerge_url(self) -> String {
        let link = self.address();
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

    /// Waits until two pages of one size list the same. Both are asked each time: rows beyond what is seen are drawn a few
    /// a frame.
    #[track_caller]
    pub fn lists_the_same_as(self, other: Self) {
        self.0.until_some(|| {
            let (mine, theirs) = (self.lines(), other.lines());
            if mine == theirs && !mine.is_empty() {
                Ok(())
            } else {
                Err(format!("{mine:#?} is not {theirs:#?}"))
            }
        });
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
                .and_then(|line| line.number.replace(',', "").parse().ok())
                .unwrap_or(1);
            let contiguous = lines
                .iter()
                .zip(first..)
                .all(|(line, number)| line.number == grouped(number));
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
        self.0.find("row", containing(&format!(" {title}, ")))
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
        self.0.find("textbox", "Add an item")
    }

    /// Puts the cursor of the list on an item; a click also opens it, so it is closed again.
    #[track_caller]
    pub fn choose(self, title: &str) {
        self.row(title).click();
        Panel(self.0).is_shown().close();
    }

    /// Opens an item beside the list.
    #[track_caller]
    #[must_use]
    pub fn open_item(self, title: &str) -> Panel<'t> {
        self.row(title).click();
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
        self.row(title).drag_to(&self.row(to), part);
    }

    /// A backlog in full use, put on the relay and opened.
    ///
    /// # Panics
    /// When the relay does not take it.
    #[track_caller]
    #[must_use]
    pub fn demo(tab: &'t Tab, relay: &RunningRelay) -> Self {
        let demo = Demo::at(now());
        Self::founded(tab, relay, demo.document, demo.person, &demo.changes)
    }

    /// A backlog with a past of sprints, put on the relay and opened.
    ///
    /// # Panics
    /// When the relay does not take it.
    #[track_caller]
    #[must_use]
    pub fn sprinted(tab: &'t Tab, relay: &RunningRelay, size: Size) -> Self {
        Self::of(tab, relay, &Sprinted::at(now(), size))
    }

    /// The same with one that is made already.
    ///
    /// # Panics
    /// When the relay does not take it.
    #[track_caller]
    #[must_use]
    pub fn of(tab: &'t Tab, relay: &RunningRelay, made: &Sprinted) -> Self {
        Self::founded(tab, relay, made.document, made.person, &made.changes)
    }

    #[track_caller]
    fn founded(
        tab: &'t Tab,
        relay: &RunningRelay,
        document: DocumentId,
        person: PersonId,
        changes: &[Vec<u8>],
    ) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("threads can be started");
        let url = relay.socket(SYNC);
        runtime
            .block_on(found(&url, document, person, changes))
            .expect("the relay takes the backlog");
        let page = Self::open(tab, &relay.url(&access::path_of(document)));
        // A long past takes its time to be fetched and read.
        tab.until_within(std::time::Duration::from_secs(600), || match page.chip() {
            chip if chip == "saved on the relay" => Ok(()),
            chip => Err(format!("fetching: {chip}")),
        });
        page
    }

    /// The names of the screens that the backlog offers.
    #[must_use]
    pub fn screens(self) -> Vec<String> {
        let links = self.0.value(
            "[...document.querySelectorAll('nav[aria-label=Screens] a')].map(a => a.firstChild.textContent.trim())",
        );
        let names = links.as_array().cloned().unwrap_or_default();
        names
            .iter()
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect()
    }

    /// Goes to another screen of the backlog by its link.
    #[track_caller]
    pub fn shows_screen(self, name: &str) {
        let screens = self.0.find("navigation", "Screens");
        let link = screens.find("link", starting(name));
        link.click();
        self.0.until_some(|| match link.attribute("aria-current") {
            Some(_) => Ok(()),
            None => Err(format!("{name} is not the current screen")),
        });
    }

    /// Shows every view, one after the other, and tells its name: each screen with all of its sides, and the first
    /// release, also while it is planned.
    #[track_caller]
    pub fn each_view(self, mut look: impl FnMut(&str)) {
        for screen in self.screens() {
            self.shows_screen(&screen);
            match self.sides() {
                None => look(&screen),
                Some((group, sides)) => {
                    for (nth, side) in sides.iter().enumerate() {
                        let button = self.0.find("group", group).find("button", any()).nth(nth);
                        button.click();
                        look(&format!("{screen}, {}", side.to_lowercase()));
                    }
                }
            }
            if screen == "Releases" {
                let table = self.0.find("region", "Releases");
                table.find("link", any()).nth(0).click();
                self.0.find("button", "Plan").appears();
                look("A release");
                self.0.find("button", "Plan").click();
                look("A release, planned");
            }
        }
    }

    /// The sides of the screen, where it has several, with the name of their group.
    fn sides(self) -> Option<(&'static str, Vec<String>)> {
        ["Show", "Report", "Look at"].into_iter().find_map(|group| {
            let group_of = self.0.find("group", group);
            group_of.is_there().then(|| {
                let buttons = group_of.find("button", any());
                (group, buttons.names())
            })
        })
    }

    /// Waits until a cut line says this of itself.
    #[track_caller]
    pub fn line_says(self, text: &str) {
        self.0.find("slider", any()).reads(text);
    }

    /// Drags the cut line below an item.
    #[track_caller]
    pub fn drag_line_below(self, title: &str) {
        self.0
            .find("slider", any())
            .drag_to(&self.row(title), Part::Lower);
    }

    /// Pulls items all the same that are not ready, when the app asks.
    #[track_caller]
    pub fn pulls_anyway(self) {
        let dialog = self.0.find("dialog", "Pull what is not ready");
        dialog.find("button", "Pull anyway").click();
        dialog.goes();
    }

    /// Drags an item with a finger before or after another one.
    #[track_caller]
    pub fn touch_drag(self, title: &str, to: &str, part: Part) {
        self.row(title).touch_drag_to(&self.row(to), part, HOLD_MS);
    }

    /// Runs a command by its name in the palette.
    #[track_caller]
    pub fn command(self, name: &str) {
        self.0.press("Control+k");
        self.0.find("combobox", "Find a command or item").appears();
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
            .value("document.querySelector('.sync')?.innerText.trim() ?? ''");
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
        self.0.find("searchbox", "Search").fill(text);
    }

    /// Whether the header counts so many items now.
    #[must_use]
    pub fn counts(self, count: usize) -> bool {
        self.count() == counted(count)
    }

    fn count(self) -> String {
        let numbers = self
            .0
            .evaluate("document.querySelector('.numbers')?.textContent ?? ''");
        let numbers = numbers.unwrap_or_default();
        let first = numbers.as_str().unwrap_or_default().split(" · ").next();
        first.unwrap_or_default().to_owned()
    }

    /// Waits until the header counts so many items.
    #[track_caller]
    pub fn items_are(self, count: usize) {
        self.0.until_equal(&counted(count), || self.count());
    }

    /// Waits until exactly these others are here.
    #[track_caller]
    pub fn people_are(self, names: &[&str]) {
        self.0.until_some(|| {
            let people = self.people();
            let all = names
                .iter()
                .all(|name| people.iter().any(|person| person.contains(name)));
            if all && people.len() == names.len() {
                Ok(())
            } else {
                Err(format!("{people:?} are here, not {names:?}"))
            }
        });
    }

    /// Sets an item's estimate by keyboard.
    #[track_caller]
    pub fn set_estimate(self, title: &str, points: &str) {
        self.choose(title);
        self.press("p");
        self.0.find("textbox", "Estimate in points").fill(points);
        self.0.press("Enter");
        self.0.find("dialog", "Estimate").goes();
    }

    /// Puts a tag on an item.
    #[track_caller]
    pub fn tag(self, title: &str, tag: &str) {
        self.choose(title);
        self.press("g");
        self.0.find("textbox", "Find or make a tag").fill(tag);
        self.0.press("Enter");
        self.0.press("Escape");
        self.0.find("dialog", "Tags").goes();
    }

    /// Waits until the app is kept in this browser, so that it starts without a network.
    #[track_caller]
    pub fn works_offline(self) {
        self.0
            .until("navigator.serviceWorker.ready.then(() => true)");
    }

    /// The dialog that a file is imported with, once it is open.
    #[must_use]
    pub const fn import_dialog(self) -> super::ImportDialog<'t> {
        super::ImportDialog(self.0)
    }

    /// Chooses a file in the dialog that merges backups.
    #[track_caller]
    pub fn choose_backup(self, path: &std::path::Path) {
        self.0
            .find("dialog", "Merge a backup")
            .find("button", starting("Backup file"))
            .choose_file(path);
    }

    /// Says who one is.
    #[track_caller]
    pub fn introduce(self, name: &str) {
        self.command("Your name and colour");
        let dialog = self.0.find("dialog", "Your name and colour");
        dialog.find("textbox", "Name").fill(name);
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

fn counted(count: usize) -> String {
    if count == 1 {
        "1 item".to_owned()
    } else {
        format!("{} items", grouped(count))
    }
}

/// A whole number with thousands separators, as the app writes it.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
