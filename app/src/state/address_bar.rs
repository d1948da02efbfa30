//! The address as a signal: pages read it, links and filters write it, back and forward move it.

use leptos::prelude::*;
use shared::ids::ItemId;

use crate::{
    address::{Address, Place, Screen},
    platform::{listener::Listener, page},
    state::{arrange::Look, filter::Filter, report::Report},
};

/// The address of this page.
#[derive(Clone, Copy, Debug)]
pub struct AddressBar(RwSignal<Address>);

impl AddressBar {
    /// Follows the browser's address for as long as the present owner lives.
    #[must_use]
    pub fn follow() -> Self {
        let now = || Address::parse(&page::address());
        let bar = Self(RwSignal::new(now()));
        if let Some(window) = web_sys::window() {
            let listener = Listener::on(&window, "popstate", move || bar.0.set(now()));
            StoredValue::new_local(listener);
        }
        bar
    }

    /// The page.
    #[must_use]
    pub fn place(self) -> Memo<Place> {
        Memo::new(move |_| self.0.with(|address| address.place.clone()))
    }

    /// What of the backlog is shown.
    #[must_use]
    pub fn screen(self) -> Memo<Screen> {
        Memo::new(move |_| self.0.with(|address| address.screen))
    }

    /// Where a link to another screen of this backlog leads.
    #[must_use]
    pub fn link_to(self, screen: Screen) -> String {
        self.link_filtered(screen, Filter::default())
    }

    /// Where a link to another screen of this backlog leads that is filtered so.
    #[must_use]
    pub fn link_filtered(self, screen: Screen, filter: Filter) -> String {
        let place = self.0.with(|address| address.place.clone());
        Address {
            place,
            screen,
            filter,
            look: Look::default(),
            report: None,
            item: None,
        }
        .to_string()
    }

    /// Shows another screen, with nothing filtered.
    pub fn show_screen(self, screen: Screen) {
        self.show_filtered(screen, Filter::default());
    }

    /// Shows another screen filtered so.
    pub fn show_filtered(self, screen: Screen, filter: Filter) {
        let mut address = self.0.get_untracked();
        address.screen = screen;
        address.filter = filter;
        address.look = Look::default();
        address.report = None;
        self.show(address, true);
    }

    /// The report that is looked at, where one was chosen.
    #[must_use]
    pub fn report(self) -> Memo<Option<Report>> {
        Memo::new(move |_| self.0.with(|address| address.report))
    }

    /// Looks at a report, of the same sprint or release.
    pub fn show_report(self, report: Report) {
        let mut address = self.0.get_untracked();
        address.report = Some(report);
        self.show(address, true);
    }

    /// In which order and under which headings the list is looked at.
    #[must_use]
    pub fn look(self) -> Memo<Look> {
        Memo::new(move |_| self.0.with(|address| address.look))
    }

    /// Looks at the list in another way.
    pub fn look_at(self, change: impl FnOnce(&mut Look)) {
        let mut address = self.0.get_untracked();
        change(&mut address.look);
        self.show(address, false);
    }

    /// What filters and arranges the list, as it stands in the address: what a saved view keeps.
    #[must_use]
    pub fn query(self) -> String {
        let address = Address {
            report: None,
            item: None,
            ..self.0.get()
        };
        let text = address.to_string();
        text.split_once('?')
            .map(|(_, query)| query.to_owned())
            .unwrap_or_default()
    }

    /// Shows the list as a query says.
    pub fn show_query(self, query: &str) {
        let now = self.0.get_untracked();
        let read = Address::parse(&format!("/?{query}"));
        self.show(
            Address {
                screen: Screen::List,
                filter: read.filter,
                look: read.look,
                report: None,
                ..now
            },
            true,
        );
    }

    /// What the list shows.
    #[must_use]
    pub fn filter(self) -> Memo<Filter> {
        Memo::new(move |_| self.0.with(|address| address.filter.clone()))
    }

    /// The open item.
    #[must_use]
    pub fn item(self) -> Memo<Option<ItemId>> {
        Memo::new(move |_| self.0.with(|address| address.item))
    }

    /// Goes to a page.
    pub fn go(self, place: Place) {
        self.show(Address::of(place), true);
    }

    /// Changes the filter in place.
    pub fn refine(self, change: impl FnOnce(&mut Filter)) {
        let mut address = self.0.get_untracked();
        change(&mut address.filter);
        self.show(address, false);
    }

    /// Opens an item or closes the open one; back closes what was opened.
    pub fn open_item(self, item: Option<ItemId>) {
        let mut address = self.0.get_untracked();
        if address.item == item {
            return;
        }
        let opens = address.item.is_none();
        address.item = item;
        self.show(address, opens);
    }

    fn show(self, address: Address, new_step: bool) {
        if self.0.with_untracked(|now| *now == address) {
            return;
        }
        page::set_address(&address.to_string(), new_step);
        self.0.set(address);
    }
}
