//! One browser's session, without a relay: what it stores, shows, takes back and refuses.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::VecDeque;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use shared::{
    document::Backlog,
    gate::name_of,
    ids::{CommentId, DocumentId, ItemId, PersonId, TabId},
    intent::{Intent, NewItem, Target, TextEdit, Value},
    model::{Collection, Comment, Detail, Doubted, Field, Person, Status, Thing, View},
    session::{
        CachedView, Effect, Event, Session, Stored, Write,
        messages::{
            DeviceState, Founding, FromSession, Keys, Level, Open, Outcome, RelayState, ToSession,
        },
    },
    sync::{
        access::{Role, Secret},
        frame::{ClientFrame, Hash, Mark, RefusalCode, RelayFrame, decode, encode},
        standing::Span,
    },
    time::Timestamp,
};

/// A browser whose storage answers at once, unless it is told to fail.
struct Browser {
    session: Session,
    open: Open,
    now: Timestamp,
    disk: Stored,
    writes: Vec<Write>,
    fails: Option<bool>,
    /// Present while storage takes its time: what it is going to answer.
    unanswered: Option<Vec<Event>>,
    /// Storage can be read again at the next write, and holds this.
    recovers: Option<Stored>,
    heard: Vec<(TabId, FromSession)>,
    sent: Vec<ClientFrame>,
    hung_up: bool,
    queue: VecDeque<Event>,
    rng: ChaCha8Rng,
}

fn tab(n: u8) -> TabId {
    format!("tab{n}11111111").parse().unwrap()
}

fn attach(open: &Open) -> ToSession {
    ToSession::Attach {
        person: open.person,
        profile: open.profile.clone(),
    }
}

impl Browser {
    fn new(name: Option<&str>) -> Self {
        let open = Open {
            document: DocumentId::from_bytes([5; 16]),
            tab: tab(1),
            person: PersonId::from_bytes([7; 16]),
            profile: Person {
                name: "Ada".into(),
                colour: 2,
            },
            relay: String::new(),
            create: name.map(|name| Founding {
                name: name.to_owned(),
                at: Timestamp::from_ms(1_700_000_000_000),
                secret: Secret::random(&mut ChaCha8Rng::seed_from_u64(4)),
            }),
            keys: Keys::default(),
        };
        let mut browser = Self {
            session: Session::new(open.clone(), [1; 32]),
            open,
            now: Timestamp::from_ms(1_700_000_000_000),
            disk: Stored::default(),
            writes: vec![],
            fails: None,
            unanswered: None,
            recovers: None,
            heard: vec![],
            sent: vec![],
            hung_up: false,
            queue: VecDeque::new(),
            rng: ChaCha8Rng::seed_from_u64(3),
        };
        browser.start();
        browser
    }

    fn start(&mut self) {
        self.give(Event::FromTab {
            tab: tab(1),
            message: attach(&self.open),
        });
        self.give(Event::Opened(self.disk.clone()));
    }

    /// The browser dies and is opened again.
    fn reopen(&mut self) {
        self.session = Session::new(
            Open {
                create: None,
                ..self.open.clone()
            },
            [2; 32],
        );
        self.heard.clear();
        self.start();
    }

    fn give(&mut self, event: Event) {
        self.queue.push_back(event);
        while let Some(event) = self.queue.pop_front() {
            self.now = self.now.plus_ms(10);
            for effect in self.session.handle(event, self.now) {
                match effect {
                    Effect::ToTab { tab, message } => self.heard.push((tab, message)),
                    Effect::Write { ticket, write } => {
                        let answer = self.storage_answers(ticket, write);
                        match &mut self.unanswered {
                            Some(unanswered) => unanswered.push(answer),
                            None => self.queue.push_back(answer),
                        }
                    }
                    Effect::Continue => self.queue.push_back(Event::Continue),
                    Effect::Send(bytes) => self.sent.push(decode(&bytes).unwrap()),
                    Effect::Disconnect => self.hung_up = true,
                    Effect::Connect | Effect::FetchSnapshot => {}
                }
            }
        }
    }

    fn storage_answers(&mut self, ticket: u64, write: Write) -> Event {
        if let Some(stored) = self.recovers.take() {
            return Event::Recovered { ticket, stored };
        }
        if let Some(full) = self.fails {
            let reason = "broken".into();
            return Event::WriteFailed {
                ticket,
                reason,
                full,
            };
        }
        self.perform(write);
        Event::Written { ticket }
    }

    /// What storage has kept to itself it says now.
    fn storage_is_done(&mut self) {
        for answer in self.unanswered.take().unwrap_or_default() {
            self.give(answer);
        }
    }

    fn hears(&mut self, frame: &RelayFrame) {
        self.give(Event::Received(encode(frame)));
    }

    fn perform(&mut self, write: Write) {
        if let Some((through, bytes)) = &write.snapshot {
            self.disk.snapshot = Some(bytes.clone());
            self.disk.chunks.retain(|(number, _)| number > through);
        }
        self.disk.chunks.extend(write.append.clone());
        self.disk.meta = Some(write.meta.clone());
        self.disk.view = write.view.clone().or(self.disk.view.take());
        self.writes.push(write);
    }

    fn says(&mut self, from: u8, message: ToSession) {
        self.give(Event::FromTab {
            tab: tab(from),
            message,
        });
    }

    fn wants(&mut self, from: u8, number: u64, intent: Intent) -> Outcome {
        let at = self.now;
        self.says(from, ToSession::Intend { number, intent, at });
        self.outcome(from, number)
    }

    fn outcome(&self, from: u8, wanted: u64) -> Outcome {
        let done = self
            .heard
            .iter()
            .rev()
            .find_map(|(to, message)| match message {
                FromSession::Done { number, outcome } if *to == tab(from) && *number == wanted => {
                    Some(outcome.clone())
                }
                _ => None,
            });
        done.unwrap()
    }

    fn adds(&mut self, number: u64, titles: &[&str]) -> Vec<ItemId> {
        let items: Vec<_> = titles
            .iter()
            .map(|title| NewItem::titled(ItemId::random(&mut self.rng), *title))
            .collect();
        let ids = items.iter().map(|item| item.id).collect();
        self.wants(
            1,
            number,
            Intent::Add {
                items,
                at: Target::Bottom,
            },
        );
        ids
    }

    fn outline(&self) -> String {
        self.session
            .backlog()
            .ranked()
            .map(|row| row.title.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn detail(&self, to: u8) -> Detail {
        let detail = self
            .heard
            .iter()
            .rev()
            .find_map(|(heard, message)| match message {
                FromSession::Detail(detail) if *heard == tab(to) => Some(detail.as_ref().clone()),
                _ => None,
            });
        detail.unwrap()
    }

    fn device(&self) -> DeviceState {
        let state = self
            .heard
            .iter()
            .rev()
            .find_map(|(_, message)| match message {
                FromSession::Status(status) => Some(status.device.clone()),
                _ => None,
            });
        state.unwrap()
    }

    fn view(&self) -> View {
        self.session.backlog().view()
    }

    fn later(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
        self.give(Event::Tick);
    }
}

#[test]
fn what_was_wanted_while_the_document_was_read_is_dated_when_it_was_wanted() {
    let mut ada = Browser::new(Some("Poker"));
    let wanted = ada.now.plus_ms(-86_400_000);
    let item = NewItem::titled(ItemId::random(&mut ada.rng), "yesterday");
    let (id, at) = (item.id, Target::Top);
    let intent = Intent::Add {
        items: vec![item],
        at,
    };
    let wants = |number, intent, at| ToSession::Intend { number, intent, at };
    ada.says(1, wants(1, intent, wanted));
    let done = Intent::Set {
        items: vec![id],
        value: Value::Status(Status::Done),
    };
    // Nobody wants something later than now.
    ada.says(1, wants(2, done, ada.now.plus_ms(86_400_000)));
    let row = ada.session.backlog().row(id).unwrap();
    assert_eq!(row.created, wanted);
    assert!(row.touched > wanted && row.touched <= ada.now, "{row:?}");
}

#[test]
fn a_backlog_that_is_founded_again_gets_the_same_first_change_and_the_same_link() {
    let mut ada = Browser::new(Some("Poker"));
    let founded = |ada: &Browser| (ada.session.backlog().changes(), ada.session.knock());
    let before = founded(&ada);
    assert_eq!(before.0.len(), 1);
    // It dies with nothing on its disk, and later its page asks for the backlog again.
    ada.disk = Stored::default();
    ada.session = Session::new(ada.open.clone(), [9; 32]);
    ada.now = ada.now.plus_ms(60_000);
    ada.start();
    assert_eq!(founded(&ada), before);
    // Two such browsers don't write under one name.
    ada.adds(1, &["a"]);
    let second = ada.session.backlog().changes()[1];
    let (actor, number) = ada.session.backlog().place_of(&second).unwrap();
    assert!(actor != *ada.open.document.as_bytes() && number == 1);
}

#[test]
fn a_relay_that_could_not_store_is_asked_again_when_it_says_nothing_more() {
    let mut ada = Browser::new(Some("Poker"));
    let_in(&mut ada, Role::Owner);
    let pushed = ada.sent.iter().rev().find_map(|frame| match frame {
        ClientFrame::Push { batch, .. } => Some(*batch),
        _ => None,
    });
    let founding = ada.session.backlog().changes()[0];
    let stored = RelayFrame::Acknowledged {
        batch: pushed.unwrap(),
        changes: vec![(founding, 1)],
    };
    let detail = "full".to_owned();
    ada.hears(&stored);
    ada.hears(&RelayFrame::Troubled { detail });
    ada.later(299_000);
    assert!(!ada.hung_up);
    ada.later(2_000);
    assert!(ada.hung_up);
}

#[test]
fn everything_is_there_after_reopening() {
    let mut ada = Browser::new(Some("Poker"));
    let items = ada.adds(1, &["a", "b", "c"]);
    ada.wants(
        1,
        2,
        Intent::Move {
            items: vec![items[2]],
            to: Target::Top,
        },
    );
    let before = ada.view();
    assert_eq!(ada.device(), DeviceState::Saved);
    ada.reopen();
    assert_eq!(ada.outline(), "c a b");
    assert_eq!(ada.view(), before);
    assert!(ada.writes.iter().any(|write| write.strict));
}

#[test]
fn the_cached_view_opens_at_its_heads_and_follows_later_changes() {
    let mut ada = Browser::new(Some("Poker"));
    let items = ada.adds(1, &["a", "b", "c"]);
    ada.later(3_000);
    let cached: CachedView = postcard::from_bytes(ada.disk.view.as_ref().unwrap()).unwrap();
    assert_eq!(cached.view, ada.view());
    assert_eq!(cached.heads, ada.session.backlog().heads());
    ada.wants(
        1,
        2,
        Intent::Set {
            items: vec![items[0]],
            value: Value::Title("later".into()),
        },
    );
    let before = ada.view();
    ada.reopen();
    assert_eq!(ada.view(), before);
    assert_eq!(ada.outline(), "later b c");
}

#[test]
fn a_number_that_was_carried_out_is_not_carried_out_again_even_after_reopening() {
    let mut ada = Browser::new(Some("Poker"));
    let item = NewItem::titled(ItemId::random(&mut ada.rng), "once");
    let intent = Intent::Add {
        items: vec![item],
        at: Target::Top,
    };
    ada.wants(1, 1, intent.clone());
    assert!(matches!(
        ada.wants(1, 1, intent.clone()),
        Outcome::Applied { .. }
    ));
    ada.reopen();
    assert!(matches!(ada.wants(1, 1, intent), Outcome::Applied { .. }));
    assert_eq!(ada.outline(), "once");
}

#[test]
fn undo_and_redo_go_step_by_step_and_say_what_they_did() {
    let mut ada = Browser::new(Some("Poker"));
    ada.adds(1, &["a"]);
    ada.adds(2, &["b"]);
    ada.says(1, ToSession::Undo { number: 3 });
    assert_eq!(ada.outline(), "a");
    let Outcome::Applied {
        said,
        can_undo,
        can_redo,
    } = ada.outcome(1, 3)
    else {
        panic!()
    };
    assert_eq!(
        (said.as_str(), can_undo, can_redo),
        ("Undone: Added b", true, true)
    );
    ada.says(1, ToSession::Undo { number: 4 });
    assert_eq!(ada.outline(), "");
    ada.says(1, ToSession::Undo { number: 5 });
    assert!(matches!(ada.outcome(1, 5), Outcome::Rejected { .. }));
    ada.says(1, ToSession::Redo { number: 6 });
    ada.says(1, ToSession::Redo { number: 7 });
    assert_eq!(ada.outline(), "a b");
    ada.says(1, ToSession::Undo { number: 8 });
    ada.adds(9, &["c"]);
    ada.says(1, ToSession::Redo { number: 10 });
    assert!(
        matches!(ada.outcome(1, 10), Outcome::Rejected { .. }),
        "a new step ends what could be done again"
    );
}

#[test]
fn a_tab_takes_back_only_its_own_steps() {
    let mut ada = Browser::new(Some("Poker"));
    ada.says(2, attach(&ada.open.clone()));
    ada.adds(1, &["a"]);
    ada.says(2, ToSession::Undo { number: 1 });
    assert!(matches!(ada.outcome(2, 1), Outcome::Rejected { .. }));
    assert_eq!(ada.outline(), "a");
}

#[test]
fn typing_is_one_step_of_undo() {
    let mut ada = Browser::new(Some("Poker"));
    let item = ada.adds(1, &["a"])[0];
    ada.says(1, ToSession::Watch { item: Some(item) });
    for (n, letter) in "Hello".chars().enumerate() {
        let edit = TextEdit {
            at: n,
            delete: 0,
            insert: letter.to_string(),
        };
        ada.wants(
            1,
            2 + n as u64,
            Intent::EditDescription {
                item,
                version: 0,
                edit,
            },
        );
    }
    assert_eq!(ada.detail(1).description, "Hello");
    assert_eq!(ada.detail(1).edits_included, 5);
    ada.says(1, ToSession::Undo { number: 10 });
    assert_eq!(ada.detail(1).description, "");
    ada.says(1, ToSession::Redo { number: 11 });
    assert_eq!(ada.detail(1).description, "Hello");
}

#[test]
fn t2_two_tabs_type_on_what_each_of_them_sees() {
    let mut ada = Browser::new(Some("Poker"));
    let item = ada.adds(1, &["a"])[0];
    ada.says(2, attach(&ada.open.clone()));
    let edit = |version, at, insert: &str| Intent::EditDescription {
        item,
        version,
        edit: TextEdit {
            at,
            delete: 0,
            insert: insert.into(),
        },
    };
    ada.says(1, ToSession::Watch { item: Some(item) });
    ada.wants(1, 2, edit(0, 0, "one two"));
    ada.says(2, ToSession::Watch { item: Some(item) });
    let seen = ada.detail(2).description_version;
    // Neither has taken over what the other typed: each keeps typing at the end of its own words.
    ada.wants(1, 3, edit(0, 3, " A"));
    ada.wants(2, 1, edit(seen, 7, " B"));
    ada.wants(1, 4, edit(0, 5, "A"));
    ada.wants(2, 2, edit(seen, 9, "B"));
    assert_eq!(ada.detail(1).description, "one AA two BB");
    assert_eq!(
        (ada.detail(1).edits_included, ada.detail(2).edits_included),
        (3, 2)
    );
    // Then the second tab takes the text over and types at its very start.
    let version = ada.detail(2).description_version;
    ada.wants(2, 3, edit(version, 0, "> "));
    ada.wants(1, 5, edit(0, 6, "A"));
    assert_eq!(ada.detail(2).description, "> one AAA two BB");
}

#[test]
fn a_full_device_says_so_keeps_working_and_writes_everything_later() {
    let mut ada = Browser::new(Some("Poker"));
    ada.fails = Some(true);
    ada.adds(1, &["kept"]);
    assert_eq!(ada.outline(), "kept");
    assert!(matches!(ada.device(), DeviceState::Failed(_)));
    let warned = ada
        .heard
        .iter()
        .any(|(_, message)| matches!(message, FromSession::Notice(n) if n.level == Level::Danger));
    assert!(warned);
    ada.fails = None;
    ada.later(6_000);
    assert_eq!(ada.device(), DeviceState::Saved);
    ada.reopen();
    assert_eq!(ada.outline(), "kept");
}

#[test]
fn a_backup_brings_everything_to_another_device_and_merges_twice_without_harm() {
    let mut ada = Browser::new(Some("Poker"));
    ada.adds(1, &["a", "b"]);
    ada.says(1, ToSession::Backup);
    let backup = |browser: &Browser| {
        let bytes = browser
            .heard
            .iter()
            .rev()
            .find_map(|(_, message)| match message {
                FromSession::Backup { bytes, file_name } => {
                    Some((file_name.clone(), bytes.clone()))
                }
                _ => None,
            });
        bytes.unwrap()
    };
    let (name, bytes) = backup(&ada);
    assert_eq!(name, "Poker.cutline");
    let mut other = Browser::new(None);
    for _ in 0..2 {
        other.says(
            1,
            ToSession::Merge {
                bytes: bytes.clone(),
            },
        );
        assert_eq!(other.view(), ada.view());
    }
    for (broken, reason) in [
        (b"junk".to_vec(), "not a Cutline backup"),
        (bytes[..40].to_vec(), "can't be read"),
    ] {
        let heads = other.session.backlog().heads();
        other.says(1, ToSession::Merge { bytes: broken });
        let Some((_, FromSession::Notice(notice))) = other.heard.last() else {
            panic!()
        };
        assert!(notice.text.contains(reason), "{}", notice.text);
        assert_eq!(other.session.backlog().heads(), heads);
    }
}

#[test]
fn a_large_import_runs_in_slices_with_progress_and_is_one_step() {
    let mut ada = Browser::new(Some("Poker"));
    let items = (0..2_500)
        .map(|n| NewItem {
            description: "Some text. ".repeat(20),
            ..NewItem::titled(ItemId::random(&mut ada.rng), format!("item {n}"))
        })
        .collect();
    ada.wants(
        1,
        1,
        Intent::Add {
            items,
            at: Target::Bottom,
        },
    );
    assert_eq!(ada.session.backlog().ranked().count(), 2_500);
    assert!(
        ada.heard
            .iter()
            .any(|(_, message)| matches!(message, FromSession::Progress { .. }))
    );
    ada.says(1, ToSession::Undo { number: 2 });
    assert_eq!(ada.session.backlog().ranked().count(), 0);
}

#[test]
fn stored_chunks_become_one_verified_snapshot_when_idle() {
    let mut ada = Browser::new(Some("Poker"));
    for number in 1..1_010 {
        let title = format!("title {number}");
        ada.adds(number, &[title.as_str()]);
    }
    let before = ada.view();
    ada.later(11_000);
    assert!(ada.disk.snapshot.is_some());
    assert!(ada.disk.chunks.len() < 10);
    ada.reopen();
    assert_eq!(ada.view(), before);
}

#[test]
fn a_damaged_copy_says_so_and_does_not_stop_the_session() {
    let mut ada = Browser::new(Some("Poker"));
    ada.adds(1, &["a"]);
    ada.disk.snapshot = Some(vec![1, 2, 3]);
    ada.disk.chunks.clear();
    ada.reopen();
    let told = ada
        .heard
        .iter()
        .any(|(_, message)| matches!(message, FromSession::Notice(n) if n.level == Level::Danger));
    assert!(told);
    assert!(matches!(
        ada.wants(1, 9, Intent::Rename { name: "x".into() }),
        Outcome::Rejected { .. }
    ));
}

#[test]
fn r6_a_comparison_that_is_cut_short_begins_anew() {
    let mut browser = Browser::new(Some("Poker"));
    browser.adds(1, &["one"]);
    let welcome = encode(&RelayFrame::Welcome {
        epoch: 5,
        last_seq: 0,
        snapshot: None,
        reconcile: true,
        peer: 1,
    });
    browser.give(Event::Connected);
    browser.give(Event::Received(welcome));
    assert!(matches!(
        browser.sent.last(),
        Some(ClientFrame::Have { last: true, .. })
    ));
    browser.give(Event::Disconnected);
    browser.give(Event::Connected);
    let Some(ClientFrame::Hello { cursor, .. }) = browser.sent.last() else {
        panic!("a connection begins with a Hello");
    };
    assert_eq!(*cursor, None, "it never learnt what the relay lacks");
}

#[test]
fn r1_what_the_relay_wants_again_goes_before_what_builds_on_it() {
    let mut ada = Browser::new(Some("Poker"));
    ada.adds(1, &["a"]);
    let known = ada.session.backlog().changes();
    ada.unanswered = Some(Vec::new());
    ada.adds(2, &["b"]);
    // The relay lost all but the founding. The second item is not on this device's disk yet.
    ada.give(Event::Connected);
    ada.hears(&RelayFrame::Welcome {
        epoch: 6,
        last_seq: 1,
        snapshot: None,
        reconcile: true,
        peer: 1,
    });
    ada.hears(&RelayFrame::Want {
        hashes: known[1..].to_vec(),
        lacks_nothing_until: Mark::after(&known[..1]),
        more: false,
    });
    ada.storage_is_done();
    let pushed: Vec<Hash> = pushed(&ada).iter().map(|it| name_of(it)).collect();
    assert_eq!(pushed, ada.session.backlog().changes()[1..]);
}

#[test]
fn stored_work_under_numbers_that_another_browser_used_is_written_again() {
    let mut ada = Browser::new(Some("Poker"));
    ada.adds(1, &["shared"]);
    let before = ada.disk.clone();
    ada.adds(2, &["hers"]);
    let hers = std::mem::replace(&mut ada.disk, before);
    // A copy of the profile wrote under the same number, and the relay has that.
    ada.reopen();
    ada.rng = ChaCha8Rng::seed_from_u64(4);
    ada.adds(3, &["the copy's"]);
    let log: Vec<Vec<u8>> = {
        let backlog = ada.session.backlog();
        let changes = backlog.changes();
        changes.iter().filter_map(|it| backlog.change(it)).collect()
    };
    // Her device can't be read at first. It can be at the first write, when the log is here already.
    ada.disk = Stored::default();
    ada.unanswered = Some(Vec::new());
    ada.recovers = Some(hers);
    ada.reopen();
    let_in(&mut ada, Role::Owner);
    let count = log.len() as u64;
    ada.hears(&RelayFrame::Changes {
        from_seq: 1,
        changes: log.clone(),
        last_seq: count,
    });
    ada.storage_is_done();
    assert_eq!(ada.outline(), "shared hers the copy's");
    // The next connection compares, and hers goes to the relay under a number of its own.
    ada.give(Event::Connected);
    ada.sent.clear();
    ada.hears(&RelayFrame::Welcome {
        epoch: 5,
        last_seq: count,
        snapshot: None,
        reconcile: true,
        peer: 2,
    });
    let hashes: Vec<Hash> = log.iter().map(|change| name_of(change)).collect();
    let mark = Mark::after(&hashes);
    let mut lacking = ada.session.backlog().changes();
    lacking.retain(|hash| log.iter().all(|change| name_of(change) != *hash));
    ada.hears(&RelayFrame::Want {
        hashes: lacking,
        lacks_nothing_until: mark,
        more: false,
    });
    let pushed = pushed(&ada);
    assert_eq!(pushed.len(), 1);
    let place = |change: &[u8]| ada.session.backlog().place_of(&name_of(change)).unwrap();
    assert!(log.iter().all(|change| place(change) != place(&pushed[0])));
}

#[test]
fn a_connection_that_owes_an_answer_and_says_nothing_is_given_up() {
    let mut ada = Browser::new(Some("Poker"));
    ada.give(Event::Connected);
    ada.later(10_000);
    assert!(!ada.hung_up);
    ada.later(31_000);
    assert!(ada.hung_up);
}

#[test]
fn an_import_that_was_cut_short_goes_on_where_it_stopped() {
    let mut ada = Browser::new(Some("Poker"));
    let items: Vec<NewItem> = (0..2_500)
        .map(|n| NewItem::titled(ItemId::random(&mut ada.rng), format!("item {n}")))
        .collect();
    let intent = Intent::Add {
        items,
        at: Target::Bottom,
    };
    let message = ToSession::Intend {
        number: 1,
        intent,
        at: ada.now,
    };
    // The browser dies after the first slice and its write.
    let from = tab(1);
    ada.now = ada.now.plus_ms(10);
    for effect in ada.session.handle(
        Event::FromTab {
            tab: from,
            message: message.clone(),
        },
        ada.now,
    ) {
        if let Effect::Write { write, .. } = effect {
            ada.perform(write);
        }
    }
    ada.reopen();
    let kept = ada.session.backlog().ranked().count();
    assert!(kept > 0 && kept < 2_500, "{kept}");
    ada.says(1, message);
    assert_eq!(ada.session.backlog().ranked().count(), 2_500);
}

/// The relay lets a browser in by a link with this role.
fn let_in(browser: &mut Browser, role: Role) {
    browser.give(Event::Connected);
    let welcome = RelayFrame::Welcome {
        epoch: 5,
        last_seq: 0,
        snapshot: None,
        reconcile: false,
        peer: 1,
    };
    for frame in [welcome, RelayFrame::Access { role, name: None }] {
        browser.hears(&frame);
    }
}

/// A change by somebody who knows this browser's document and writes what they like: a comment in its person's name.
fn forged(browser: &Browser, actor: [u8; 16], id: CommentId) -> Vec<u8> {
    let item = browser.view().rows[0].id;
    let text = "not by her".to_owned();
    let intent = Intent::AddComment { item, id, text };
    written(browser, browser.open.person, actor, &[intent]).remove(0)
}

/// The changes of somebody who knows this browser's document and wants this.
fn written(
    browser: &Browser,
    person: PersonId,
    actor: [u8; 16],
    intents: &[Intent],
) -> Vec<Vec<u8>> {
    let known = browser.session.backlog().save();
    let mut backlog = Backlog::load(&known, person, actor).unwrap();
    backlog.read_all().unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let changes = intents.iter().map(|intent| {
        let mut plan = backlog.plan(intent, browser.now, &mut rng).unwrap();
        let made = backlog.perform(&mut plan, browser.now, &mut rng).unwrap();
        drop(backlog.take_patch());
        made.unwrap().bytes
    });
    changes.collect()
}

fn comment_id(digit: &str) -> CommentId {
    digit.repeat(12).parse().unwrap()
}

/// A browser with one item and an own comment, let in, with these changes of others behind its own on the relay.
fn with_others(
    unverified: Vec<Span>,
    others: impl Fn(&Browser) -> Vec<Vec<u8>>,
) -> (Browser, ItemId) {
    let mut ada = Browser::new(Some("Poker"));
    let item = ada.adds(1, &["one"])[0];
    let (id, text) = (comment_id("1"), "hers".to_owned());
    ada.wants(1, 2, Intent::AddComment { item, id, text });
    let_in(&mut ada, Role::Editor);
    let mut changes = pushed(&ada);
    changes.extend(others(&ada));
    let last_seq = changes.len() as u64;
    let told = RelayFrame::Unverified {
        spans: unverified,
        until: 0,
    };
    ada.hears(&told);
    let changes = RelayFrame::Changes {
        from_seq: 1,
        changes,
        last_seq,
    };
    ada.hears(&changes);
    ada.says(1, ToSession::Watch { item: Some(item) });
    (ada, item)
}

fn comments(browser: &Browser) -> Vec<Comment> {
    let mut details = browser.heard.iter().rev();
    let detail = details.find_map(|(_, message)| match message {
        FromSession::Detail(detail) => Some(detail.comments.clone()),
        _ => None,
    });
    detail.unwrap()
}

fn verified(browser: &Browser, digit: &str) -> bool {
    let comments = comments(browser);
    let one = comments.iter().find(|one| one.id == comment_id(digit));
    one.unwrap().by.unwrap().verified
}

#[test]
fn a14_an_unverified_author_is_marked_and_remembered_and_own_work_is_ones_own() {
    let forger = [66; 16];
    let span = |actor| Span {
        actor,
        first: 1,
        count: 9,
    };
    let (mut ada, item) = with_others(vec![span(forger)], |ada| {
        vec![forged(ada, forger, comment_id("2"))]
    });
    assert!(verified(&ada, "1"));
    assert!(!verified(&ada, "2"));
    // Whatever the relay believes, this device knows what it wrote.
    let own = shared::gate::describe(&pushed(&ada)[0], &Default::default());
    let told = RelayFrame::Unverified {
        spans: vec![span(own.unwrap().actor)],
        until: 4,
    };
    ada.hears(&told);
    ada.says(1, ToSession::Watch { item: Some(item) });
    assert!(verified(&ada, "1"));
    // The answer names all; what another log was unsure of is forgotten.
    assert!(verified(&ada, "2"));
    let told = RelayFrame::Unverified {
        spans: vec![span(forger)],
        until: 4,
    };
    ada.hears(&told);
    assert!(!verified(&ada, "2"), "it is shown at once");
    ada.reopen();
    ada.says(1, ToSession::Watch { item: Some(item) });
    assert!(verified(&ada, "1"));
    assert!(!verified(&ada, "2"));
}

#[test]
fn a14_a_comment_in_anothers_name_is_unverified_however_sure_its_writer_is() {
    let writer = PersonId::from_bytes([8; 16]);
    let (ada, _) = with_others(Vec::new(), |ada| {
        // Somebody proved, whose change puts another person into the comment.
        let known = ada.session.backlog().save();
        let mut doc = automerge::AutoCommit::load(&known).unwrap();
        doc.set_actor(automerge::ActorId::from([8; 16]));
        let author = automerge::Author::from(writer.as_bytes().to_vec());
        let mut doc = doc.with_author(Some(author));
        put_comment(&mut doc, &ada.open.person.to_string());
        let change = doc.get_last_local_change().unwrap();
        vec![change.raw_bytes().to_vec()]
    });
    assert!(!verified(&ada, "3"));
}

#[test]
fn a14_a_sign_off_in_anothers_name_is_unverified_however_sure_its_writer_is() {
    let (bob, actor) = (PersonId::from_bytes([8; 16]), [8; 16]);
    let release = Thing::Record(Collection::Releases, "1".repeat(12).parse().unwrap());
    let put = |thing, key: &str, value: String| Intent::Put {
        thing,
        values: vec![(key.to_owned(), Some(value.into()))],
    };
    let sign_off = |person: PersonId| format!("{person} 0 {}=-", "2".repeat(12));
    let (mut ada, item) = with_others(Vec::new(), |ada| {
        let hers = ada.open.person;
        let items = vec![ada.view().rows[0].id];
        let declined = Value::Field(Field::DeclinedBy, Some(hers.to_string().into()));
        let intents = [
            put(release, "name", "1.0".to_owned()),
            put(release, "signed:pm", sign_off(hers)),
            put(release, "signed:eng", sign_off(bob)),
            put(Thing::Product, "reviewed_by:product", hers.to_string()),
            Intent::Set {
                items,
                value: declined,
            },
        ];
        written(ada, bob, actor, &intents)
    });
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    let product = (Thing::Product, keys(&["reviewed_by:product"]));
    for _ in 0..2 {
        let view = ada.view();
        let of_release = (release, keys(&["signed:pm"]));
        assert_eq!(view.doubted, Doubted::from([product.clone(), of_release]));
        let row = view.rows.iter().find(|row| row.id == item).unwrap();
        assert_eq!(
            row.doer(Field::DeclinedBy).map(|by| by.verified),
            Some(false)
        );
        // What the device keeps for its next start says the same.
        ada.reopen();
    }
    // In the very same words: it is hers now.
    ada.wants(1, 5, put(release, "signed:pm", sign_off(ada.open.person)));
    assert_eq!(ada.view().doubted, Doubted::from([product.clone()]));
    let news = ada
        .heard
        .iter()
        .rev()
        .find_map(|(_, message)| match message {
            FromSession::Patch { patch, .. } => Some(patch.doubted.clone()),
            _ => None,
        });
    assert_eq!(news, Some(Doubted::from([(release, keys(&[]))])));
    // Nor is a name sure that he wrote himself, once nobody vouches for him.
    let_in(&mut ada, Role::Editor);
    let span = Span {
        actor,
        first: 1,
        count: 9,
    };
    ada.hears(&RelayFrame::Unverified {
        spans: vec![span],
        until: 9,
    });
    let of_release = (release, keys(&["by", "signed:eng"]));
    assert_eq!(ada.view().doubted, Doubted::from([product, of_release]));
}

/// Writes a comment with id 3 beside the first one, in this name.
fn put_comment(doc: &mut automerge::AutoCommit, by: &str) {
    use automerge::{ObjType, ROOT, transaction::Transactable};
    let comments = below(doc, &ROOT, "comments").unwrap();
    let one = comment_id("3");
    let one = doc
        .put_object(&comments, one.as_str(), ObjType::Map)
        .unwrap();
    for (key, value) in [("by", by), ("name", "Ada"), ("text", "not by her")] {
        doc.put(&one, key, value).unwrap();
    }
    doc.commit();
}

/// The object under a key, however deep.
fn below(
    doc: &automerge::AutoCommit,
    object: &automerge::ObjId,
    wanted: &str,
) -> Option<automerge::ObjId> {
    use automerge::ReadDoc;
    doc.keys(object).find_map(|key| {
        let (value, found) = doc.get(object, &key).unwrap()?;
        let is_it = key == wanted && value.is_object();
        is_it.then(|| found.clone()).or_else(|| {
            value
                .is_object()
                .then(|| below(doc, &found, wanted))
                .flatten()
        })
    })
}

#[test]
fn a14_a_browser_vouches_for_what_it_wrote_and_passes_on_the_rest() {
    let (mut ada, _) = with_others(Vec::new(), |ada| {
        vec![forged(ada, [66; 16], comment_id("2"))]
    });
    let hashes = ada.session.backlog().changes();
    ada.give(Event::Disconnected);
    ada.reopen();
    ada.sent.clear();
    ada.give(Event::Connected);
    // The relay's log was put back to its beginning.
    let welcome = RelayFrame::Welcome {
        epoch: 6,
        last_seq: 0,
        snapshot: None,
        reconcile: true,
        peer: 1,
    };
    let want = RelayFrame::Want {
        hashes: hashes.clone(),
        lacks_nothing_until: Mark::default(),
        more: false,
    };
    for frame in [welcome, want] {
        ada.hears(&frame);
    }
    let mut passed_on = Vec::new();
    for frame in &ada.sent {
        if let ClientFrame::Push {
            changes,
            passed_on: places,
            ..
        } = frame
        {
            passed_on.extend(places.iter().map(|place| changes[*place as usize].clone()));
        }
    }
    assert_eq!(pushed(&ada).len(), hashes.len());
    assert_eq!(passed_on.len(), 1);
    let meta = shared::gate::describe(&passed_on[0], &Default::default());
    assert_eq!(meta.unwrap().actor, [66; 16]);
}

#[test]
fn a14_who_writes_under_this_browsers_actor_does_not_get_its_word() {
    let actor_of = |change: &[u8]| {
        let meta = shared::gate::describe(change, &Default::default());
        meta.unwrap().actor
    };
    let (mut ada, _) = with_others(Vec::new(), |ada| {
        let own = actor_of(&pushed(ada)[0]);
        vec![forged(ada, own, comment_id("2"))]
    });
    let hijacked = actor_of(&pushed(&ada)[0]);
    ada.sent.clear();
    ada.adds(7, &["two"]);
    let written = pushed(&ada);
    assert_eq!(written.len(), 1);
    assert_ne!(actor_of(&written[0]), hijacked);
}

fn pushed(browser: &Browser) -> Vec<Vec<u8>> {
    let pushes = browser.sent.iter().filter_map(|frame| match frame {
        ClientFrame::Push { changes, .. } => Some(changes.clone()),
        _ => None,
    });
    pushes.flatten().collect()
}

#[test]
fn a1_the_app_refuses_by_itself_what_the_link_does_not_allow() {
    let mut ada = Browser::new(Some("Poker"));
    ada.adds(1, &["one"]);
    let item = ada.session.backlog().rows().next().unwrap().id;
    let rename = || Intent::Rename { name: "x".into() };
    let comment = |n: u8| Intent::AddComment {
        item,
        id: n.to_string().repeat(12).parse().unwrap(),
        text: "hello".into(),
    };
    let is_applied = |outcome: Outcome| matches!(outcome, Outcome::Applied { .. });
    for (n, role) in [(0, Role::Viewer), (1, Role::Commenter), (2, Role::Editor)] {
        let_in(&mut ada, role);
        let number = 10 + 10 * u64::from(n);
        let renames = is_applied(ada.wants(1, number, rename()));
        let comments = is_applied(ada.wants(1, number + 1, comment(n + 1)));
        let expected = match role {
            Role::Viewer => (false, false),
            Role::Commenter => (false, true),
            Role::Editor | Role::Owner => (true, true),
        };
        assert_eq!((renames, comments), expected, "{role:?}");
        ada.give(Event::Disconnected);
    }
}

#[test]
fn a4_refused_changes_leave_the_document_are_kept_aside_and_handed_out() {
    let mut ada = Browser::new(Some("Poker"));
    ada.adds(1, &["one"]);
    let_in(&mut ada, Role::Editor);
    let stored = pushed(&ada);
    for (batch, change) in (1..).zip(&stored) {
        let changes = vec![(shared::gate::name_of(change), batch)];
        let acknowledged = RelayFrame::Acknowledged { batch, changes };
        ada.hears(&acknowledged);
    }
    ada.give(Event::Disconnected);
    ada.adds(5, &["offline"]);
    ada.wants(
        1,
        6,
        Intent::Rename {
            name: "Offline".into(),
        },
    );
    ada.sent.clear();
    let_in(&mut ada, Role::Viewer);
    // What the relay has already, it acknowledges to anybody.
    let mut refused = pushed(&ada);
    refused.retain(|change| !stored.contains(change));
    assert!(
        refused.len() >= 2,
        "it does not know before the relay says so"
    );
    for change in &refused {
        let refused = RelayFrame::Refused {
            batch: 1,
            hash: shared::gate::name_of(change),
            code: RefusalCode::Forbidden,
            detail: "Your link lets you read this backlog, not change it.".into(),
        };
        ada.hears(&refused);
    }
    let shown = |browser: &Browser| -> Vec<String> {
        let rows = browser.session.backlog().rows();
        rows.map(|row| row.title.clone()).collect()
    };
    assert_eq!(shown(&ada), ["one"]);
    assert_eq!(ada.session.backlog().name(), "Poker");
    let count = |browser: &Browser| {
        let mut statuses = browser
            .heard
            .iter()
            .filter_map(|(_, message)| match message {
                FromSession::Status(status) => Some(status.refused),
                _ => None,
            });
        statuses.next_back().unwrap()
    };
    assert_eq!(count(&ada), refused.len() as u64);
    // It is so after a restart, and the file brings everything back.
    ada.reopen();
    assert_eq!(shown(&ada), ["one"]);
    ada.give(Event::FromTab {
        tab: tab(1),
        message: ToSession::HandOutRefused,
    });
    let file = ada.heard.iter().find_map(|(_, message)| match message {
        FromSession::Backup { bytes, .. } => Some(bytes.clone()),
        _ => None,
    });
    let mut owner = Browser::new(None);
    owner.give(Event::FromTab {
        tab: tab(1),
        message: ToSession::Merge {
            bytes: file.unwrap(),
        },
    });
    let mut titles = shown(&owner);
    titles.sort();
    assert_eq!(titles, ["offline", "one"]);
    assert_eq!(owner.session.backlog().name(), "Offline");
    ada.give(Event::FromTab {
        tab: tab(1),
        message: ToSession::DiscardRefused,
    });
    assert_eq!(count(&ada), 0);
}

#[test]
fn a1_a_backlog_has_a_secret_from_its_first_moment_and_keeps_it() {
    let mut ada = Browser::new(Some("Poker"));
    let own = ada.session.knock();
    assert!(own.secret.is_some() && own.founds);
    ada.reopen();
    assert_eq!(ada.session.knock(), own);
    let secret = "5a".repeat(32).parse().unwrap();
    ada.give(Event::FromTab {
        tab: tab(1),
        message: ToSession::UseLink { secret },
    });
    ada.reopen();
    assert_eq!(ada.session.knock().secret, Some(secret));
    let_in(&mut ada, Role::Viewer);
    ada.reopen();
    assert!(
        !ada.session.knock().founds,
        "who may only read puts nothing on a relay"
    );
}

#[test]
fn a1_the_relay_is_told_of_a_secret_only_once_it_is_on_the_device() {
    let ada = Browser::new(Some("Poker"));
    let attached = Event::FromTab {
        tab: tab(1),
        message: attach(&ada.open),
    };
    let mut session = Session::new(ada.open.clone(), [3; 32]);
    drop(session.handle(attached, ada.now));
    let begun = session.handle(Event::Opened(Stored::default()), ada.now);
    let connects = |effects: &[Effect]| effects.iter().any(|it| matches!(it, Effect::Connect));
    assert!(!connects(&begun), "a page closed now would lose the secret");
    let ticket = begun.iter().find_map(|effect| match effect {
        Effect::Write { ticket, .. } => Some(*ticket),
        _ => None,
    });
    let ticket = ticket.expect("the beginning is written");
    let failed = Event::WriteFailed {
        ticket,
        reason: "no storage here".into(),
        full: false,
    };
    let mut other = Session::new(ada.open.clone(), [3; 32]);
    drop(other.handle(Event::Opened(Stored::default()), ada.now));
    assert!(
        connects(&other.handle(failed, ada.now)),
        "the relay is safer than memory"
    );
    assert!(connects(
        &session.handle(Event::Written { ticket }, ada.now)
    ));
}

#[test]
fn a1_nothing_wakes_a_session_to_connect_while_its_secret_is_written() {
    let mut ada = Browser::new(Some("Poker"));
    ada.says(1, ToSession::Backup);
    let backup = ada.heard.iter().find_map(|(_, message)| match message {
        FromSession::Backup { bytes, .. } => Some(bytes.clone()),
        _ => None,
    });
    let mut other = Browser::new(None);
    other.give(Event::Disconnected);
    let connects = |browser: &Browser| {
        let wakeup = browser.session.next_wakeup();
        wakeup.is_some_and(|(_, wants)| wants == "connect")
    };
    assert!(connects(&other));
    let message = ToSession::Merge {
        bytes: backup.unwrap(),
    };
    let merged = Event::FromTab {
        tab: tab(1),
        message,
    };
    // The disk takes its time.
    let effects = other.session.handle(merged, other.now);
    assert!(effects.iter().any(|it| matches!(it, Effect::Write { .. })));
    assert!(!connects(&other));
}

#[test]
fn a5_a_link_that_opens_nothing_is_said_and_rests() {
    let mut ada = Browser::new(Some("Poker"));
    let_in(&mut ada, Role::Editor);
    let goodbye = RelayFrame::Goodbye {
        reason: shared::sync::frame::Goodbye::NoAccess,
        detail: "No more.".into(),
    };
    ada.hears(&goodbye);
    ada.give(Event::Disconnected);
    let last = ada
        .heard
        .iter()
        .rev()
        .find_map(|(_, message)| match message {
            FromSession::Status(status) => Some(status.relay.clone()),
            _ => None,
        });
    assert_eq!(last, Some(RelayState::Refused("No more.".into())));
    let (at, _) = ada.session.next_wakeup().unwrap();
    let connects_at = at.ms_since(ada.now);
    assert!(connects_at <= 300_000, "{connects_at}");
    let adds = ada.adds(7, &["still works"]);
    drop(adds);
    assert!(
        ada.session
            .backlog()
            .rows()
            .any(|row| row.title == "still works")
    );
}

/// What a tab was told of the past, in the order of telling: how many items, and how many were left.
fn told(browser: &mut Browser, to: u8) -> Vec<(usize, u64)> {
    let heard = std::mem::take(&mut browser.heard).into_iter();
    heard
        .filter_map(|(heard, message)| match message {
            FromSession::Histories { histories, left } if heard == tab(to) => {
                Some((histories.len(), left))
            }
            _ => None,
        })
        .collect()
}

#[test]
fn t1_the_past_is_told_in_slices_to_who_asks_and_then_as_it_changes() {
    let mut browser = Browser::new(Some("Poker"));
    let titles: Vec<String> = (0..600).map(|n| format!("item {n}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let items = browser.adds(1, &titles);
    let estimate = |items: &[ItemId], size: f64| Intent::Set {
        items: items.to_vec(),
        value: Value::Estimate(Some(size)),
    };
    browser.wants(1, 2, estimate(&items[..5], 3.0));
    assert_eq!(told(&mut browser, 1), [], "nobody asked");
    browser.says(1, ToSession::Histories { wanted: true });
    assert_eq!(told(&mut browser, 1), [(256, 344), (256, 88), (88, 0)]);
    browser.wants(1, 3, estimate(&items[..2], 5.0));
    assert_eq!(told(&mut browser, 1), [(2, 0)]);
    browser.says(1, ToSession::Undo { number: 4 });
    assert_eq!(told(&mut browser, 1), [(2, 0)]);
    browser.says(1, ToSession::Histories { wanted: false });
    browser.wants(1, 5, estimate(&items[..2], 8.0));
    assert_eq!(told(&mut browser, 1), []);
}

#[test]
fn t1_a_backlog_without_items_has_no_past_and_says_so() {
    let mut browser = Browser::new(Some("Poker"));
    browser.says(1, ToSession::Histories { wanted: true });
    assert_eq!(told(&mut browser, 1), [(0, 0)]);
    browser.adds(1, &["one"]);
    assert_eq!(told(&mut browser, 1), [(1, 0)]);
}

#[test]
fn a_clock_that_is_set_back_puts_nothing_off() {
    let mut ada = Browser::new(Some("Trial"));
    ada.give(Event::Disconnected);
    let wait_ms = |ada: &Browser| {
        let (at, _) = ada.session.next_wakeup().unwrap();
        at.ms_since(ada.now)
    };
    let before = wait_ms(&ada);
    assert!(before > 0 && before < 60_000, "{before}");
    ada.now = ada.now.plus_ms(-48 * 60 * 60 * 1_000);
    ada.give(Event::Tick);
    let after = wait_ms(&ada);
    assert!(after <= before && after > before - 1_000, "{after}");
}
