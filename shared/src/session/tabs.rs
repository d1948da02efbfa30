//! What pages ask of the session, and what they are shown.

use std::collections::BTreeSet;

use crate::{
    document::{Backlog, Step},
    ids::{ItemId, PersonId, TabId},
    intent::{Intent, TextEdit},
    model::{Person, Row},
    session::{
        BACKUP_MAGIC, Session,
        core::{Kind, Running, Stage},
        messages::{DeviceState, FromSession, Level, Outcome, SyncStatus, ToSession},
        rescue::backup_file,
    },
    sync::access::may_want,
    time::Timestamp,
};

/// Edits of one description within this time are one step of undo, in milliseconds.
const TYPING_MS: i64 = 2_000;
/// How many steps of undo are kept for a tab.
const STEPS_MAX: usize = 500;

/// One page.
#[derive(Debug)]
pub(super) struct Tab {
    pub(super) person: PersonId,
    pub(super) profile: Person,
    pub(super) watched: Option<ItemId>,
    pub(super) looks_at: Option<ItemId>,
    text: TextBase,
    undo: Vec<Step>,
    redo: Vec<Step>,
    typed_at: Option<Timestamp>,
    status: Option<SyncStatus>,
    /// The items whose past is still to be told, for a page that wants it.
    pub(super) untold: Option<BTreeSet<ItemId>>,
}

/// The text that the page shows of the watched item, as a place in the text's history.
#[derive(Debug, Default)]
struct TextBase {
    /// The version that the page last took over.
    version: u64,
    /// How far the history is accounted for in `foreign`.
    seen: u64,
    /// What others did since, as it applies to the page's text with its own edits.
    foreign: Vec<crate::document::Splice>,
    /// How many of the page's edits are in the document.
    own: u64,
}

impl Session {
    pub(super) fn handle_tab(&mut self, tab: TabId, message: ToSession) {
        let busy = self.running.is_some() || !matches!(self.stage, Stage::Ready);
        match message {
            ToSession::Attach { person, profile } => self.attach(tab, person, profile),
            ToSession::Detach => {
                self.tabs.remove(&tab);
                self.announce_presence();
            }
            ToSession::Present { item } => {
                if let Some(tab) = self.tabs.get_mut(&tab) {
                    tab.looks_at = item;
                }
                self.announce_presence();
            }
            ToSession::Wake => self.wake(),
            ToSession::UseLink { secret } if matches!(self.stage, Stage::Ready) => {
                self.use_link(secret);
            }
            later if busy => self.waiting.push_back((tab, later)),
            ToSession::Watch { item } => self.watch(tab, item),
            ToSession::Intend { number, intent, at } => {
                self.intend(tab, number, intent, at.min(self.now));
            }
            ToSession::Undo { number } => self.step_back(tab, number, Kind::Undo),
            ToSession::Redo { number } => self.step_back(tab, number, Kind::Redo),
            ToSession::Backup => self.backup(tab),
            ToSession::Everything => self.everything(tab),
            ToSession::Recent { since } => {
                let recent = self.backlog.recent(since);
                self.tell(tab, FromSession::Recent(recent));
            }
            ToSession::Histories { wanted } => self.want_histories(tab, wanted),
            ToSession::Merge { bytes } => self.merge(&bytes),
            ToSession::UseLink { secret } => self.use_link(secret),
            ToSession::HandOutRefused => self.hand_out_aside(tab),
            ToSession::DiscardRefused => self.discard_aside(),
        }
    }

    fn attach(&mut self, id: TabId, person: PersonId, profile: Person) {
        let fresh = Tab {
            person,
            profile: profile.clone(),
            watched: None,
            looks_at: None,
            text: TextBase::default(),
            undo: Vec::new(),
            redo: Vec::new(),
            typed_at: None,
            status: None,
            untold: None,
        };
        let tab = self.tabs.entry(id).or_insert(fresh);
        tab.profile = profile.clone();
        tab.status = None;
        self.open.profile = profile;
        if matches!(self.stage, Stage::Ready) {
            self.show_view_to(id);
        }
        self.show_access_to(id);
        self.show_presence_to(id);
        self.announce_presence();
    }

    pub(super) fn show_view(&mut self) {
        let tabs: Vec<TabId> = self.tabs.keys().copied().collect();
        for tab in tabs {
            self.show_view_to(tab);
            self.show_detail(tab);
        }
    }

    fn show_view_to(&mut self, tab: TabId) {
        let view = self.backlog.view();
        self.tell(
            tab,
            FromSession::View {
                view,
                cached: !self.backlog.is_ready(),
            },
        );
    }

    fn watch(&mut self, id: TabId, item: Option<ItemId>) {
        let version = item.map_or(0, |item| self.backlog.text_version(item));
        if let Some(tab) = self.tabs.get_mut(&id) {
            tab.watched = item;
            tab.text = TextBase {
                version,
                seen: version,
                foreign: Vec::new(),
                own: 0,
            };
        }
        self.show_detail(id);
    }

    pub(super) fn show_detail(&mut self, id: TabId) {
        let Some(tab) = self.tabs.get(&id) else {
            return;
        };
        let own = tab.text.own;
        if let Some(mut detail) = tab.watched.and_then(|item| self.backlog.detail(item)) {
            detail.edits_included = own;
            self.tell(id, FromSession::Detail(Box::new(detail)));
        }
    }

    fn intend(&mut self, id: TabId, number: u64, intent: Intent, at: Timestamp) {
        if !self.storage.is_new_number(id, number) {
            self.done(id, number, String::new());
            return;
        }
        let may = self
            .access
            .role
            .map_or(Ok(()), |role| may_want(role, &intent));
        if let Err(denial) = may {
            self.reject(id, number, denial.to_string());
            return;
        }
        if let Err(reason) = self.introduce(id) {
            self.reject(id, number, reason);
            return;
        }
        let plan = match &intent {
            Intent::EditDescription {
                item,
                version,
                edit,
            } => {
                let splice = self.place_edit(id, *item, *version, edit);
                self.backlog.plan_edit(*item, splice, at, &mut self.rng)
            }
            other => self.backlog.plan(other, at, &mut self.rng),
        };
        match plan {
            Ok(plan) => self.run(Running {
                tab: id,
                number,
                edits: plan.ahead(),
                plan,
                at,
                kind: Kind::Intent,
            }),
            Err(rejection) => self.reject(id, number, rejection.to_string()),
        }
        if let Intent::EditDescription { item, .. } = intent {
            self.note_own_edit(id, item);
        }
    }

    /// Before the first change of a person stands who they are, and again when that has changed.
    fn introduce(&mut self, id: TabId) -> Result<(), String> {
        let Some(tab) = self.tabs.get(&id) else {
            return Ok(());
        };
        let (person, profile) = (tab.person, tab.profile.clone());
        if !self.backlog.is_ready()
            || profile.name.trim().is_empty()
            || self.backlog.person(person) == Some(&profile)
        {
            return Ok(());
        }
        let intent = Intent::Introduce { person, profile };
        let mut plan = self
            .backlog
            .plan(&intent, self.now, &mut self.rng)
            .map_err(|rejection| rejection.to_string())?;
        while !plan.is_finished() {
            match self.backlog.perform(&mut plan, self.now, &mut self.rng) {
                Ok(Some(change)) => self.record_own(change),
                Ok(None) => {}
                Err(rejection) => return Err(rejection.to_string()),
            }
        }
        Ok(())
    }

    fn run(&mut self, running: Running) {
        self.running = Some(running);
        self.run_slice();
    }

    /// Moves an edit past what others did since the version that it was made on.
    fn place_edit(
        &mut self,
        id: TabId,
        item: ItemId,
        version: u64,
        edit: &TextEdit,
    ) -> crate::document::Splice {
        let mut own = crate::document::Splice::from(edit);
        let Some(tab) = self.tabs.get_mut(&id) else {
            return own;
        };
        if tab.watched != Some(item) {
            tab.watched = Some(item);
            tab.text = TextBase {
                version,
                seen: version,
                foreign: Vec::new(),
                own: 0,
            };
        } else if version > tab.text.version {
            tab.text = TextBase {
                version,
                seen: version,
                foreign: Vec::new(),
                own: tab.text.own,
            };
        }
        tab.text
            .foreign
            .extend(self.backlog.text_since(item, tab.text.seen).iter().cloned());
        for foreign in &mut tab.text.foreign {
            let (own_after, foreign_after) = crate::document::Splice::bridge(&own, foreign);
            own = own_after;
            *foreign = foreign_after;
        }
        own
    }

    fn note_own_edit(&mut self, id: TabId, item: ItemId) {
        let version = self.backlog.text_version(item);
        if let Some(tab) = self.tabs.get_mut(&id) {
            tab.text.seen = version;
            tab.text.own += 1;
        }
        self.show_detail(id);
    }

    fn step_back(&mut self, id: TabId, number: u64, kind: Kind) {
        if !self.storage.is_new_number(id, number) {
            self.done(id, number, String::new());
            return;
        }
        if let Err(denial) = self.may_change() {
            self.reject(id, number, denial.to_string());
            return;
        }
        let Some(tab) = self.tabs.get_mut(&id) else {
            return;
        };
        let steps = if kind == Kind::Undo {
            &mut tab.undo
        } else {
            &mut tab.redo
        };
        let Some(step) = steps.pop() else {
            let what = if kind == Kind::Undo { "undo" } else { "redo" };
            self.reject(id, number, format!("There is nothing to {what}."));
            return;
        };
        match self.backlog.plan_back(step) {
            Ok(plan) => self.run(Running {
                tab: id,
                number,
                edits: plan.ahead(),
                plan,
                at: self.now,
                kind,
            }),
            Err(rejection) => self.reject(id, number, rejection.to_string()),
        }
    }

    pub(super) fn finish(&mut self, running: Running) {
        let Running {
            tab: id,
            number,
            plan,
            kind,
            ..
        } = running;
        let said = self.backlog.said(&plan);
        let said = match kind {
            Kind::Undo => format!("Undone: {said}"),
            Kind::Redo => format!("Done again: {said}"),
            Kind::Intent => said,
        };
        let step = plan.into_step();
        let now = self.now;
        if let Some(tab) = self.tabs.get_mut(&id).filter(|_| !step.is_empty()) {
            match kind {
                Kind::Intent => tab.keep_step(step, now),
                Kind::Redo => tab.undo.push(step),
                Kind::Undo => tab.redo.push(step),
            }
        }
        self.done(id, number, said);
    }

    fn done(&mut self, id: TabId, number: u64, said: String) {
        self.say_status_again(id);
        let (can_undo, can_redo) = self.tabs.get(&id).map_or((false, false), |tab| {
            (!tab.undo.is_empty(), !tab.redo.is_empty())
        });
        self.tell(
            id,
            FromSession::Done {
                number,
                outcome: Outcome::Applied {
                    said,
                    can_undo,
                    can_redo,
                },
            },
        );
    }

    /// A page takes its work for unsaved until it hears otherwise.
    fn say_status_again(&mut self, id: TabId) {
        if let Some(tab) = self.tabs.get_mut(&id) {
            tab.status = None;
        }
    }

    pub(super) fn reject(&mut self, id: TabId, number: u64, reason: String) {
        self.say_status_again(id);
        self.tell(
            id,
            FromSession::Done {
                number,
                outcome: Outcome::Rejected { reason },
            },
        );
    }

    fn backup(&mut self, id: TabId) {
        let saved = self.backlog.save();
        self.hand_out(id, "", &saved);
    }

    /// A document as a file; `what` is added to its name.
    pub(super) fn hand_out(&mut self, id: TabId, what: &str, document: &[u8]) {
        let mut bytes = backup_file(self.open.document);
        bytes.extend_from_slice(document);
        let name: String = self
            .backlog
            .name()
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .take(60)
            .collect();
        self.tell(
            id,
            FromSession::Backup {
                file_name: format!("{name}{what}.cutline"),
                bytes,
            },
        );
    }

    fn everything(&mut self, id: TabId) {
        let mut rows: Vec<Row> = self.backlog.rows().cloned().collect();
        rows.sort_by(|a, b| {
            (!a.status.is_open())
                .cmp(&!b.status.is_open())
                .then_with(|| crate::model::order::compare(a, b))
        });
        let items = rows
            .into_iter()
            .filter_map(|row| self.backlog.detail(row.id).map(|detail| (row, detail)))
            .collect();
        let name = self.backlog.name().to_owned();
        self.tell(id, FromSession::Everything { name, items });
    }

    /// Merges a backup: every change in it that is not here yet is taken, and offered to the relay.
    fn merge(&mut self, bytes: &[u8]) {
        if let Err(denial) = self.may_change() {
            return self.notice(Level::Warning, format!("{denial} Nothing was changed."));
        }
        let Some(rest) = bytes.strip_prefix(BACKUP_MAGIC.as_slice()) else {
            self.notice(
                Level::Warning,
                "That is not a Cutline backup file. Nothing was changed.",
            );
            return;
        };
        let Some((document, snapshot)) = rest.split_at_checked(16) else {
            self.notice(
                Level::Warning,
                "The backup file is cut short. Nothing was changed.",
            );
            return;
        };
        if document != self.open.document.as_bytes() {
            self.notice(
                Level::Warning,
                "The file is a backup of another backlog. Open it from the start page.",
            );
            return;
        }
        let changes = match Backlog::changes_of(snapshot) {
            Ok(changes) => changes,
            Err(error) => {
                self.notice(
                    Level::Warning,
                    format!("The backup file can't be read: {error}. Nothing was changed."),
                );
                return;
            }
        };
        let was_empty = self.backlog.heads().is_empty();
        let mut merged = 0_usize;
        for change in changes {
            match self.backlog.absorb(&change.bytes, true) {
                Ok((_, true)) => {
                    merged += 1;
                    self.record_own(change);
                }
                Ok((_, false)) => {}
                Err(error) => {
                    self.notice(Level::Warning, error.to_string());
                    break;
                }
            }
        }
        if was_empty && merged > 0 {
            self.brings_backlog();
        }
        self.show_patch(None);
        self.notice(
            Level::Info,
            format!("Merged the backup: {merged} changes were new."),
        );
    }

    pub(super) fn show_status(&mut self) {
        let device = if self.running.is_some() {
            // What is still to be made can't be saved yet.
            DeviceState::Saving
        } else if matches!(self.stage, Stage::Ready) {
            self.storage.state()
        } else {
            DeviceState::Loading
        };
        let mut status = self.relay.status(device);
        status.refused += self.access.aside.len() as u64;
        let behind: Vec<TabId> = self
            .tabs
            .iter()
            .filter(|(_, tab)| tab.status.as_ref() != Some(&status))
            .map(|(id, _)| *id)
            .collect();
        for id in behind {
            if let Some(tab) = self.tabs.get_mut(&id) {
                tab.status = Some(status.clone());
            }
            self.tell(id, FromSession::Status(status.clone()));
        }
    }
}

impl Tab {
    fn keep_step(&mut self, step: Step, now: Timestamp) {
        self.redo.clear();
        let item = step.only_describes();
        let typing = item.is_some()
            && self.undo.last().and_then(Step::only_describes) == item
            && self.typed_at.is_some_and(|at| now.ms_since(at) < TYPING_MS);
        self.typed_at = item.map(|_| now);
        if typing && let Some(last) = self.undo.last_mut() {
            last.merge_later(step);
            return;
        }
        self.undo.push(step);
        if self.undo.len() > STEPS_MAX {
            self.undo.remove(0);
        }
    }
}
