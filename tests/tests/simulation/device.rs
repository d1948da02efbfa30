//! A browser: a session, the storage below it, and the tab in front of it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use shared::{
    ids::{DocumentId, PersonId, TabId},
    model::{Person, Row},
    session::{
        Effect, Event, Session, Stored, Write,
        messages::{Founding, FromSession, Keys, Notice, Open, SyncStatus, ToSession},
    },
    sync::frame::Hash,
    time::Timestamp,
};

/// What is on the disk of one browser.
#[derive(Debug, Default, Clone)]
pub(crate) struct Disk {
    pub(crate) stored: Stored,
    pub(crate) full: bool,
    /// It was full when the session began, which therefore knows nothing of what is stored.
    unread: bool,
}

impl Disk {
    fn perform(&mut self, write: Write) {
        if let Some((through, bytes)) = write.snapshot {
            self.stored.snapshot = Some(bytes);
            self.stored.chunks.retain(|(number, _)| *number > through);
        }
        self.stored.chunks.extend(write.append);
        self.stored.meta = Some(write.meta);
        if write.view.is_some() {
            self.stored.view = write.view;
        }
    }
}

/// One browser with its person.
#[derive(Debug)]
pub(crate) struct Device {
    open: Open,
    pub(crate) session: Session,
    pub(crate) disk: Disk,
    /// Writes that storage was given and has not done.
    writes: VecDeque<(u64, Write)>,
    pub(crate) tab: TabId,
    pub(crate) number: u64,
    /// Counts the sessions of this device, so that a dead one's events reach nobody.
    pub(crate) life: u64,
    pub(crate) status: Option<SyncStatus>,
    pub(crate) notices: Vec<Notice>,
    /// Changes that were on this disk while the session said so.
    pub(crate) durable: BTreeSet<Hash>,
    /// Changes that a slow disk writes although the same work has other names by now.
    renamed: BTreeSet<Hash>,
    /// A copy of the profile, with what was durable then.
    copy: Option<(Disk, BTreeSet<Hash>)>,
    pub(crate) online: bool,
    /// How far the machine's clock is ahead, in milliseconds.
    pub(crate) clock_ms: i64,
    pub(crate) wants_link: bool,
    pub(crate) links: u64,
}

/// What the world has to do for a device.
#[derive(Debug)]
pub(crate) enum Wish {
    Event(Event),
    Connect,
    Disconnect,
    Send(Vec<u8>),
}

impl Device {
    pub(crate) fn new(index: u8, document: DocumentId, create: bool, rng: &mut ChaCha8Rng) -> Self {
        let tab = TabId::random(rng);
        let open = Open {
            document,
            tab,
            person: PersonId::from_bytes([index + 1; 16]),
            profile: Person {
                name: format!("Person {index}"),
                colour: index,
            },
            relay: String::new(),
            create: create.then(|| Founding {
                name: "Simulated".to_owned(),
                at: Timestamp::default(),
                secret: "5a".repeat(32).parse().unwrap(),
            }),
            keys: Keys::default(),
        };
        let session = Session::new(open.clone(), rng.random());
        Self {
            open,
            session,
            disk: Disk::default(),
            writes: VecDeque::new(),
            tab,
            number: 0,
            life: 0,
            status: None,
            notices: Vec::new(),
            durable: BTreeSet::new(),
            renamed: BTreeSet::new(),
            copy: None,
            online: true,
            clock_ms: 0,
            wants_link: false,
            links: 0,
        }
    }

    /// The browser dies: what storage has not done is lost, and a new session begins with what is on the disk.
    pub(crate) fn crash(&mut self, rng: &mut ChaCha8Rng) {
        self.writes.clear();
        self.life += 1;
        self.tab = TabId::random(rng);
        self.number = 0;
        self.open.tab = self.tab;
        self.status = None;
        self.wants_link = false;
        self.disk.unread = self.disk.full;
        if self.disk.stored.meta.is_some() {
            // Pages ask for a new backlog only until it is somewhere.
            self.open.create = None;
        }
        self.session = Session::new(self.open.clone(), rng.random());
    }

    /// Somebody copies the browser's profile.
    pub(crate) fn copy_profile(&mut self) {
        self.copy = Some((self.disk.clone(), self.durable.clone()));
    }

    /// The profile is put back to the copy; the browser has to die with it.
    pub(crate) fn put_profile_back(&mut self) -> bool {
        let Some((disk, durable)) = self.copy.clone() else {
            return false;
        };
        self.disk = disk;
        self.durable = durable;
        true
    }

    pub(crate) fn first_events(&self) -> [Event; 2] {
        let attach = ToSession::Attach {
            person: self.open.person,
            profile: self.open.profile.clone(),
        };
        let stored = if self.disk.unread {
            Stored::default()
        } else {
            self.disk.stored.clone()
        };
        [
            Event::Opened(stored),
            Event::FromTab {
                tab: self.tab,
                message: attach,
            },
        ]
    }

    pub(crate) fn handle(&mut self, event: Event, now: Timestamp) -> Vec<Wish> {
        let effects = self.session.handle(event, now.plus_ms(self.clock_ms));
        let mut wishes = Vec::new();
        for effect in effects {
            match effect {
                Effect::ToTab { message, .. } => self.hear(message),
                Effect::Write { ticket, write } => {
                    self.writes.push_back((ticket, write));
                    wishes.push(Wish::Event(Event::Written { ticket }));
                }
                Effect::Connect => wishes.push(Wish::Connect),
                Effect::Send(bytes) => wishes.push(Wish::Send(bytes)),
                Effect::Disconnect => wishes.push(Wish::Disconnect),
                Effect::FetchSnapshot => {
                    wishes.push(Wish::Event(Event::Snapshot(Err("none here".into()))))
                }
                Effect::Continue => wishes.push(Wish::Event(Event::Continue)),
            }
        }
        wishes
    }

    /// When the session wants to be woken, by the world's time.
    pub(crate) fn next_wakeup(&self) -> Option<Timestamp> {
        let (at, _) = self.session.next_wakeup()?;
        Some(at.plus_ms(-self.clock_ms))
    }

    /// Storage comes to a write: it is done, or there is no room.
    pub(crate) fn storage_answers(&mut self, ticket: u64) -> Option<Event> {
        let at = self
            .writes
            .iter()
            .position(|(queued, _)| *queued == ticket)?;
        let (_, write) = self.writes.remove(at)?;
        if self.disk.full {
            return Some(Event::WriteFailed {
                ticket,
                reason: "no room".into(),
                full: true,
            });
        }
        if std::mem::take(&mut self.disk.unread) {
            let stored = self.disk.stored.clone();
            return Some(Event::Recovered { ticket, stored });
        }
        let written = hashes_in(&write).filter(|hash| !self.renamed.contains(hash));
        self.durable.extend(written);
        self.disk.perform(write);
        Some(Event::Written { ticket })
    }

    fn hear(&mut self, message: FromSession) {
        match message {
            FromSession::Status(status) => self.status = Some(status),
            FromSession::Notice(notice) => {
                if ["written again", "kept aside"]
                    .iter()
                    .any(|said| notice.text.contains(said))
                {
                    // The same work has other names now, or is in no document any more.
                    let backlog = self.session.backlog();
                    self.durable.retain(|hash| backlog.contains(hash));
                    let on_the_way = self.writes.iter().flat_map(|(_, write)| hashes_in(write));
                    self.renamed
                        .extend(on_the_way.filter(|hash| !backlog.contains(hash)));
                }
                self.notices.push(notice);
            }
            _ => {}
        }
    }

    pub(crate) fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// The titles of the ranked list with everything a row shows, for comparing.
    pub(crate) fn outline(&self) -> Vec<String> {
        self.session
            .backlog()
            .ranked()
            .map(|row| format!("{:?}", undoubted(row)))
            .collect()
    }

    /// Every item with its description.
    pub(crate) fn everything(&self) -> BTreeMap<String, String> {
        let backlog = self.session.backlog();
        backlog
            .rows()
            .map(|row| {
                let mut detail = backlog.detail(row.id).unwrap();
                // A device knows of its own work that it is.
                for author in detail.comments.iter_mut().filter_map(|one| one.by.as_mut()) {
                    author.verified = true;
                }
                let said = detail.comments;
                let told = format!(
                    "{:?} {:?} {:?} {:?}",
                    undoubted(row),
                    detail.description,
                    detail.criteria,
                    said
                );
                (row.id.to_string(), told)
            })
            .collect()
    }
}

/// A row without what a device knows of its own work alone.
fn undoubted(row: &Row) -> Row {
    Row {
        doubted: Vec::new(),
        ..row.clone()
    }
}

fn hashes_in(write: &Write) -> impl Iterator<Item = Hash> {
    write.append.iter().map(|(_, bytes)| {
        let change = automerge::Change::from_bytes(bytes.clone()).unwrap();
        change.hash().0
    })
}
