//! The open backlog: what is known of it, what is chosen in it, and the way to its session.
//!
//! Everything a person does goes through [`Desk::intend`]: it is on the screen at once and the session confirms it.

mod hear;
mod lists;
mod past;
mod pull;
pub mod triage;
mod want;

pub use self::lists::{REVIEW_CARD, cards_element};

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use leptos::prelude::*;
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Recent,
    ids::{DocumentId, ItemId, PersonId, TabId},
    intent::{Intent, Target},
    model::{
        Author, Detail, Disputes, Doubted, Person, Row, Thing, Things, claim,
        role::{self, Right},
        thing,
    },
    planning::similar::Titles,
    product::{Check, Family, Judge, check, once::Shares},
    session::messages::{
        AccessStatus, DeviceState, Founding, Keys, Open, Present, RelayState, SyncStatus,
        ToSession, Work,
    },
    sync::access::{Deed, Role, Secret, Verdict, authorize},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, MouseEvent};

use self::want::Waiting as Unanswered;
use crate::state::{
    address_bar::AddressBar,
    arrange::Look,
    board::Board,
    evidence::Evidence,
    files::Known,
    filter::{Filter, Sieve},
    items::Items,
    layer::{Layer, row_element},
    notices::Notices,
    rows::{Rows, Totals},
    scores::{self, Scores},
    selection::Selection,
    shown::Shown,
    sprints::SprintsLook,
    triage::Waiting,
};
use crate::{
    address::{Place, Screen},
    components::recent,
    platform::{
        device, door,
        link::Link,
        page::{self, GivenFile},
        timer,
    },
};

/// The element that holds the list.
pub const LIST: &str = "ranked-list";
/// Who looks at what is told at most this often, in milliseconds.
const PRESENCE_MS: i32 = 150;
/// What changed lately is asked for at most this often, in milliseconds.
const RECENT_MS: i32 = 2_000;

/// How far a long piece of work has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is done.
    pub what: Work,
    /// Parts done.
    pub done: u64,
    /// Parts in all.
    pub of: u64,
}

/// How a readable export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values.
    Csv,
    /// JSON.
    Json,
}

/// The open backlog.
#[derive(Clone, Copy, Debug)]
pub struct Desk {
    /// Which.
    pub document: DocumentId,
    /// Who sits here.
    pub me: PersonId,
    /// Their name and colour.
    pub profile: RwSignal<Person>,
    /// The backlog's name.
    pub name: RwSignal<String>,
    /// Its items.
    pub rows: RwSignal<Rows>,
    /// The same for what does not depend on their order.
    pub items: Items,
    /// Everybody who has edited.
    pub people: RwSignal<BTreeMap<PersonId, Person>>,
    /// Settings, roles, goals, lists, releases, scorecards and the like.
    pub things: RwSignal<Things>,
    /// The scores of all items by the chosen scorecard, computed while somebody looks at them.
    pub scores: Memo<Option<Arc<Scores>>>,
    /// Those of their registers that hold several values.
    pub disputes: RwSignal<Disputes>,
    /// Those that say who did something, where that person did not write it themselves.
    pub doubted: RwSignal<Doubted>,
    /// What of the backlog is on the screen.
    pub screen: Memo<Screen>,
    /// The list's numbers.
    pub totals: Memo<Totals>,
    /// What the list shows.
    pub filter: Memo<Filter>,
    /// What settings and strategy say of items.
    pub judge: Memo<Arc<Judge>>,
    /// In which order and under which headings.
    pub look: Memo<Look>,
    /// The items of the product backlog that look like others; found out when it is asked for.
    pub alike: Memo<Arc<BTreeSet<ItemId>>>,
    /// Today in the backlog's time zone.
    pub today: RwSignal<String>,
    /// What waits at triage today.
    pub waiting: Memo<Arc<Vec<Waiting>>>,
    /// The card that was chosen in the Inbox.
    pub looked_at: RwSignal<Option<ItemId>>,
    /// What people asked for, by item.
    pub evidence: Memo<Arc<Evidence>>,
    /// The past of all items, while a report is on the screen.
    pub past: RwSignal<past::Told>,
    /// Which item is part of which.
    pub family: Memo<Arc<Family>>,
    /// What every item counts for in sums.
    pub shares: Memo<Arc<Shares>>,
    /// The list.
    pub shown: Memo<Shown>,
    /// The open item.
    pub item: Memo<Option<ItemId>>,
    /// Where the bytes of files are.
    pub files: RwSignal<Arc<Known>>,
    /// The open item's detail.
    pub detail: RwSignal<Option<Arc<Detail>>>,
    /// How this device looks at the board.
    pub board: Board,
    /// How this page looks at sprints.
    pub sprints: SprintsLook,
    /// Cursor and selection.
    pub selection: Selection,
    /// Whose title is edited in place.
    pub editing: RwSignal<Option<ItemId>>,
    /// What lies above the page.
    pub layer: RwSignal<Option<Layer>>,
    /// Where a menu goes that a click asked for, in pixels of the window.
    clicked_at: StoredValue<Option<(f64, f64)>>,
    /// Where the work is.
    pub status: RwSignal<SyncStatus>,
    /// Who did what in the last hour, the latest first.
    pub recent: RwSignal<Arc<Vec<Recent>>>,
    /// What the person may do, and by which link.
    pub access: RwSignal<AccessStatus>,
    /// Who else is here.
    pub present: RwSignal<Arc<Vec<Present>>>,
    /// A long piece of work.
    pub progress: RwSignal<Option<Progress>>,
    /// Whether rows are on the screen, if only those of last time.
    pub has_view: RwSignal<bool>,
    /// Whether the document itself has been seen.
    pub confirmed: RwSignal<bool>,
    /// Why the backlog does not open on this device, and is not tried any more.
    pub broken: RwSignal<Option<String>>,
    /// Whether there is a step to take back.
    pub can_undo: RwSignal<bool>,
    /// Whether there is a step to do again.
    pub can_redo: RwSignal<bool>,
    /// Whether rows travel to their new places: only right after a move.
    pub moving: RwSignal<bool>,
    /// Counts requests to bring the cursor into view.
    pub reveal: RwSignal<u64>,
    /// The address.
    pub bar: AddressBar,
    /// What the person is told.
    pub notices: Notices,
    /// The number of the last step that the session answered.
    pub answered: RwSignal<u64>,
    /// How many edits of the text were sent since the open item is watched.
    pub edits_sent: StoredValue<u64>,
    /// A file that was dropped or pasted, and where its items go, until the import takes it.
    dropped: StoredValue<Option<(GivenFile, Target)>>,
    /// A step that waits for an answer.
    asked: StoredValue<Option<pull::Asked>>,
    /// All titles, with how many there were.
    titles: StoredValue<Option<(usize, Arc<Titles<ItemId>>)>>,
    tab: TabId,
    link: StoredValue<Option<Link>, LocalStorage>,
    sent: StoredValue<Sent>,
    rng: StoredValue<ChaCha8Rng>,
}

/// What was said to the session and not answered yet.
#[derive(Debug, Default)]
struct Sent {
    number: u64,
    /// By number.
    pending: BTreeMap<u64, Unanswered>,
    presence_due: bool,
    recent_due: bool,
    persist_asked: bool,
    export: Option<ExportFormat>,
    moves: u64,
}

impl Desk {
    /// Opens a backlog, or makes one of that name.
    #[must_use]
    pub fn open(
        document: DocumentId,
        create: Option<String>,
        bar: AddressBar,
        notices: Notices,
    ) -> Self {
        let mut rng = device::random();
        let create = create.map(|name| Founding {
            name,
            at: device::now(),
            secret: Secret::random(&mut rng),
        });
        let (me, profile) = device::person();
        let rows = RwSignal::new(Rows::default());
        let items = Items::of(rows);
        let filter = bar.filter();
        let look = bar.look();
        let things = RwSignal::new(Things::new());
        let judge = Memo::new(move |_| {
            things.with(|things| {
                let product = things.get(&Thing::Product);
                let zone = product.map_or("", |facts| thing::text(facts, "zone"));
                let offset = device::offset_minutes(zone);
                Arc::new(Judge::of(things, device::now(), offset))
            })
        });
        let alike = Memo::new(move |_| {
            let list = rows.with(|rows| rows.ranked_in(shared::model::Place::Product));
            Arc::new(check::alike(list.iter().map(AsRef::as_ref)))
        });
        let card = Memo::new(move |_| things.with(scores::chosen));
        let today = RwSignal::new(String::new());
        let scores = Memo::new_with_compare(
            move |_| {
                let card = card.get()?;
                Some(items.with(|rows| Arc::new(Scores::of(card, rows.all()))))
            },
            |_, _| true,
        );
        let shares = Memo::new(move |_| {
            items.with(|rows| {
                let all = || rows.all().map(AsRef::as_ref);
                Arc::new(things.with(|things| Shares::of(things, all())))
            })
        });
        let evidence = triage::evidence(items, things);
        let desk = Self {
            document,
            me,
            profile: RwSignal::new(profile),
            name: RwSignal::new(
                create
                    .as_ref()
                    .map_or_else(String::new, |new| new.name.clone()),
            ),
            rows,
            items,
            people: RwSignal::new(BTreeMap::new()),
            things,
            disputes: RwSignal::new(Disputes::new()),
            doubted: RwSignal::new(Doubted::new()),
            scores,
            screen: bar.screen(),
            totals: Memo::new(move |_| {
                let place = filter.with(Filter::place);
                shares.with(|shares| items.with(|rows| rows.totals(place, shares)))
            }),
            filter,
            judge,
            alike,
            look,
            today,
            waiting: triage::waiting(items, today),
            looked_at: RwSignal::new(None),
            evidence,
            past: RwSignal::new(past::Told::default()),
            family: Memo::new(move |_| {
                Arc::new(items.with(|rows| Family::of(rows.all().map(AsRef::as_ref))))
            }),
            shares,
            shown: Memo::new(move |_| {
                let look = look.get();
                let sieve = sieve(filter.get(), judge, alike);
                let score = lists::scoring(look.sort.by, scores, evidence);
                let arranged = |things: &Things, shares: &Shares| {
                    rows.with(|rows| Shown::looked_at(rows, &sieve, look, (things, shares), score))
                };
                if look.is_plain() {
                    arranged(&Things::new(), &Shares::default())
                } else {
                    shares.with(|shares| things.with(|things| arranged(things, shares)))
                }
            }),
            item: bar.item(),
            files: RwSignal::new(Arc::default()),
            detail: RwSignal::new(None),
            board: Board::of(document),
            sprints: SprintsLook::default(),
            selection: Selection::default(),
            editing: RwSignal::new(None),
            layer: RwSignal::new(None),
            clicked_at: StoredValue::new(None),
            status: RwSignal::new(SyncStatus {
                device: DeviceState::Loading,
                relay: RelayState::Connecting,
                unsent: 0,
                refused: 0,
                last_contact: None,
            }),
            recent: RwSignal::new(Arc::default()),
            access: RwSignal::new(AccessStatus::default()),
            present: RwSignal::new(Arc::default()),
            progress: RwSignal::new(None),
            has_view: RwSignal::new(create.is_some()),
            confirmed: RwSignal::new(false),
            broken: RwSignal::new(None),
            can_undo: RwSignal::new(false),
            can_redo: RwSignal::new(false),
            moving: RwSignal::new(false),
            reveal: RwSignal::new(0),
            bar,
            notices,
            answered: RwSignal::new(0),
            edits_sent: StoredValue::new(0),
            dropped: StoredValue::new(None),
            asked: StoredValue::new(None),
            titles: StoredValue::new(None),
            tab: TabId::random(&mut rng),
            link: StoredValue::new_local(None),
            sent: StoredValue::new(Sent::default()),
            rng: StoredValue::new(rng),
        };
        desk.follow_the_day();
        if create.is_none() {
            match device::view_at_hand(document) {
                Some(view) => desk.take_view(view),
                None => desk.show_cached_view(),
            }
        }
        desk.connect(create);
        desk
    }

    /// Somebody who a register of a thing says did something, as sure as that is. Followed.
    #[must_use]
    pub fn doer(self, thing: Thing, key: &str, person: PersonId) -> Author {
        self.doubted
            .with(|doubted| claim::author(doubted, thing, key, person))
    }

    /// A decision about much at once, to be asked for by calling what this returns. What the device shows first may be
    /// older than what it holds, so the decision waits until the document is read and is about what is there.
    pub fn once_read(self, decide: impl Fn() + 'static) -> impl Fn() + Copy + 'static {
        let asked = RwSignal::new(false);
        Effect::new(move |_| {
            if asked.get() && self.confirmed.get() {
                asked.set(false);
                untrack(&decide);
            }
        });
        move || asked.set(true)
    }

    fn connect(self, create: Option<Founding>) {
        let open = Open {
            document: self.document,
            tab: self.tab,
            person: self.me,
            profile: self.profile.get_untracked(),
            relay: page::relay_url(),
            create,
            keys: Keys {
                secret: device::arrived_with(self.document),
                person: Some(device::person_key()),
                invite: device::invite(),
            },
        };
        let link = Link::open(
            open,
            move |message| self.hear(message),
            move |words| self.broken.set(Some(words)),
        );
        self.link.set_value(Some(link));
    }

    /// Opens the backlog once more after it broke down too often.
    pub fn try_again(self) {
        self.broken.set(None);
        self.link.with_value(|link| {
            if let Some(link) = link {
                link.try_again();
            }
        });
    }

    fn show_cached_view(self) {
        spawn_local(async move {
            if let Some(view) = device::cached_view(self.document).await {
                let is_first = self
                    .has_view
                    .try_get_untracked()
                    .is_some_and(|there| !there);
                if is_first {
                    self.take_view(view);
                }
            }
        });
    }

    /// Rows travel to their places for a moment.
    pub fn travel(self) {
        self.moving.set(true);
        let mine = self
            .sent
            .try_update_value(|sent| {
                sent.moves += 1;
                sent.moves
            })
            .unwrap_or_default();
        spawn_local(async move {
            timer::sleep(300).await;
            let latest = self.sent.try_with_value(|sent| sent.moves);
            if latest == Some(mine) {
                self.moving.try_set(false);
            }
        });
    }

    /// Wants the detail of an item, anew: edits of its text are counted from here.
    pub fn watch(self, item: Option<ItemId>) {
        self.edits_sent.set_value(0);
        self.say(ToSession::Watch { item });
    }

    /// Says something to the session.
    pub fn say(self, message: ToSession) {
        self.link.with_value(|link| {
            if let Some(link) = link {
                link.send(message);
            }
        });
    }

    /// What the person may do, as far as this browser knows: everything, until the relay says less.
    #[must_use]
    pub fn role(self) -> Role {
        self.access.with(AccessStatus::presumed)
    }

    /// Whether the person may change more than their own comments. Followed.
    #[must_use]
    pub fn may_edit(self) -> bool {
        authorize(self.role(), Deed::Change) == Verdict::Allowed
    }

    /// Whether the person may comment. Followed.
    #[must_use]
    pub fn may_comment(self) -> bool {
        !matches!(authorize(self.role(), Deed::Change), Verdict::Refused(_))
    }

    /// A link that opens the backlog as this browser does.
    #[must_use]
    pub fn link_to_here(self) -> String {
        let secret = self.access.with_untracked(|access| access.secret);
        door::link_to(&page::origin(), self.document, secret)
    }

    /// Tells the others, soon, which item is looked at.
    pub fn tell_presence(self) {
        let due = self
            .sent
            .try_update_value(|sent| std::mem::replace(&mut sent.presence_due, true))
            .unwrap_or(true);
        if due {
            return;
        }
        spawn_local(async move {
            timer::sleep(PRESENCE_MS).await;
            let still_here = self
                .sent
                .try_update_value(|sent| sent.presence_due = false)
                .is_some();
            if still_here {
                let item = self
                    .item
                    .get_untracked()
                    .or(self.selection.cursor.get_untracked());
                self.say(ToSession::Present { item });
            }
        });
    }

    /// Asks, soon, who did what in the last hour.
    fn ask_what_changed(self) {
        let due = self
            .sent
            .try_update_value(|sent| std::mem::replace(&mut sent.recent_due, true))
            .unwrap_or(true);
        if due {
            return;
        }
        spawn_local(async move {
            timer::sleep(RECENT_MS).await;
            let still_here = self
                .sent
                .try_update_value(|sent| sent.recent_due = false)
                .is_some();
            if still_here {
                recent::ask(self);
            }
        });
    }

    /// Changes who one is, on this device and for the others.
    pub fn introduce(self, profile: Person) {
        device::set_profile(&profile);
        self.profile.set(profile.clone());
        self.say(ToSession::Attach {
            person: self.me,
            profile: profile.clone(),
        });
        // Who only reads is seen, and stands in no document.
        if untrack(|| self.may_comment()) {
            self.intend(Intent::Introduce {
                person: self.me,
                profile,
            });
        }
    }

    /// Asks for an export in a readable format.
    pub fn ask_for_export(self, format: ExportFormat) {
        self.sent.update_value(|sent| sent.export = Some(format));
        self.say(ToSession::Everything);
    }

    /// Draws something random.
    pub fn draw<T>(self, draw: impl FnOnce(&mut ChaCha8Rng) -> T) -> T {
        self.rng
            .try_update_value(draw)
            .expect("the backlog is open while somebody works in it")
    }

    /// An item's row, followed but for its rank.
    #[must_use]
    pub fn row(self, id: ItemId) -> Memo<Option<Arc<Row>>> {
        Memo::new(move |_| self.items.with(|rows| rows.row(id).cloned()))
    }

    /// The items that a command acts on, in list order: the selected ones, else the one with the cursor, else the open one.
    #[must_use]
    pub fn targets(self) -> Vec<ItemId> {
        let selected: Arc<BTreeSet<ItemId>> = self.selection.items.get_untracked();
        if selected.is_empty() {
            let one = self
                .selection
                .cursor
                .get_untracked()
                .or(self.item.get_untracked());
            return one.into_iter().collect();
        }
        let order = self.order_on_screen();
        let mut seen: Vec<(usize, ItemId)> = selected
            .iter()
            .filter_map(|id| Some((*order.get(id)?, *id)))
            .collect();
        seen.sort_unstable();
        seen.into_iter().map(|(_, id)| id).collect()
    }

    /// How many items a command would act on.
    #[must_use]
    pub fn target_count(self) -> usize {
        let selected = self.selection.items.with_untracked(|items| items.len());
        if selected > 0 {
            return selected;
        }
        let cursor = self.selection.cursor.get_untracked();
        usize::from(cursor.or(self.item.get_untracked()).is_some())
    }

    /// Where new items go: into the list on the screen, or to triage for those who don't decide what belongs (PB-08).
    #[must_use]
    pub fn place_of_new(self) -> shared::model::Place {
        if untrack(|| self.may(Right::Accept)) {
            self.filter.with_untracked(Filter::place)
        } else {
            shared::model::Place::Inbox
        }
    }

    /// A filter, ready to be asked about many rows; followed where settings and strategy decide.
    #[must_use]
    pub fn sieve(self, filter: Filter) -> Sieve {
        sieve(filter, self.judge, self.alike)
    }

    /// Whether the person here is offered an action.
    #[must_use]
    pub fn may(self, right: Right) -> bool {
        self.things.with(|things| role::may(things, self.me, right))
    }

    /// Puts the cursor on an item and brings it into view.
    pub fn place_cursor(self, item: ItemId) {
        self.selection.place(item);
        self.reveal.update(|count| *count += 1);
    }

    /// Opens a dialog or menu.
    pub fn show_layer(self, layer: Layer) {
        self.clicked_at.set_value(None);
        self.layer.set(Some(layer));
    }

    /// Opens a menu under what was clicked.
    pub fn show_layer_at(self, layer: Layer, event: &MouseEvent) {
        let rect = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .map(|target| target.get_bounding_client_rect());
        self.clicked_at
            .set_value(rect.map(|rect| (rect.left(), rect.bottom())));
        self.layer.set(Some(layer));
    }

    /// Closes the dialog or menu; keys go to the list again.
    pub fn close_layer(self) {
        self.layer.set(None);
        page::before_paint(move || {
            if page::is_focus_lost() {
                self.focus_list();
            }
        });
    }

    /// Opens an item beside the list.
    pub fn open_item(self, item: ItemId) {
        self.bar.open_item(Some(item));
    }

    /// Closes the open item.
    pub fn close_item(self) {
        self.bar.open_item(None);
        page::before_paint(move || self.focus_list());
    }

    /// Where a menu about an item goes: under its row, in pixels of the window.
    #[must_use]
    pub fn anchor(self) -> Option<(f64, f64)> {
        if let Some(at) = self.clicked_at.get_value() {
            return Some(at);
        }
        let item = self.selection.cursor.get_untracked()?;
        let rect = page::element(&row_element(item))?.get_bounding_client_rect();
        Some((rect.left() + rect.width() * 0.4, rect.bottom()))
    }

    /// A file was dropped: the import opens with it.
    pub fn drop_file(self, file: GivenFile) {
        self.import(file, Target::Bottom);
    }

    /// Opens the import with a file, whose items go to that place.
    pub fn import(self, file: GivenFile, at: Target) {
        self.dropped.set_value(Some((file, at)));
        self.show_layer(Layer::Import);
    }

    /// The file to import and where its items go, once.
    #[must_use]
    pub fn take_dropped(self) -> Option<(GivenFile, Target)> {
        self.dropped.try_update_value(Option::take).flatten()
    }

    /// Leaves for the start page.
    pub fn go_home(self) {
        self.bar.go(Place::Home);
    }
}

fn sieve(filter: Filter, judge: Memo<Arc<Judge>>, alike: Memo<Arc<BTreeSet<ItemId>>>) -> Sieve {
    let judge = filter.needs_judge().then(|| {
        if filter.checks.contains(&Check::Duplicate) {
            Arc::new(judge.get().knowing(alike.get()))
        } else {
            judge.get()
        }
    });
    Sieve::new(filter, judge)
}
