//! What the session says, and what becomes of it on the screen.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    model::{Detail, Row, View, ViewPatch, attachment::MARK},
    session::messages::{DeviceState, FromSession, Level, Outcome, Present, RelayState},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    Desk, Progress,
    want::{Voice, Waiting, may_show_at_once},
};
use crate::{
    app::begun,
    platform::{
        device::{self, Persistence},
        files, page,
    },
    state::notices::Offer,
};

const PERSIST_SAID: &str = "cutline-persist-said";

impl Desk {
    pub(super) fn hear(self, message: FromSession) {
        match message {
            FromSession::View { view, cached } => self.hear_view(view, cached),
            FromSession::Patch { patch, own } => self.take_patch(&patch, own),
            FromSession::Detail(detail) => self.detail.set(Some(Arc::new(*detail))),
            FromSession::Done { number, outcome } => self.finish(number, outcome),
            FromSession::Status(status) => {
                let is_on_relay = status.relay == RelayState::Live && status.unsent == 0;
                // Once it is somewhere, it is not made anew by a page that finds nothing on this device.
                if status.device == DeviceState::Saved || is_on_relay {
                    page::forget_setting(&begun(self.document));
                    let kept = self.access.with_untracked(|access| access.secret);
                    if kept.is_some() && device::arrived_with(self.document) == kept {
                        device::has_arrived(self.document);
                    }
                }
                self.status.set(status);
            }
            FromSession::Presence(present) => self.hear_presence(present),
            FromSession::Access(access) => self.access.set(access),
            FromSession::Backup { file_name, bytes } => {
                files::download(&file_name, "application/octet-stream", &bytes);
                self.tell_where_files_are();
            }
            FromSession::Everything { name, items } => self.export(&name, &items),
            FromSession::Progress { what, done, of } => {
                self.progress
                    .set((done < of).then_some(Progress { what, done, of }));
            }
            FromSession::Histories { histories, left } => self.hear_past(histories, left),
            FromSession::Recent(recent) => self.recent.set(Arc::new(recent)),
            FromSession::Notice(notice) => {
                let offer = (notice.level == Level::Danger).then_some(Offer::Backup);
                self.notices.tell(notice.level, notice.text, offer);
            }
        }
    }

    fn hear_view(self, view: View, cached: bool) {
        let again = self.confirmed.get_untracked();
        self.take_view(view);
        if !cached {
            self.confirmed.set(true);
            self.ask_what_changed();
            self.progress.set(None);
            if again && let Some(item) = self.item.get_untracked() {
                // A new leader counts the versions of the text anew.
                self.watch(Some(item));
            }
        }
    }

    /// The whole view, and on top of it what was done and is not confirmed.
    pub(super) fn take_view(self, view: View) {
        self.name.set(view.name);
        self.people.set(view.people);
        self.things.set(view.things);
        self.disputes.set(view.disputes);
        self.doubted.set(view.doubted);
        self.rows.update(|rows| {
            rows.replace(view.rows);
            self.sent.update_value(|sent| {
                for waiting in sent.pending.values_mut() {
                    if let Some(intent) = waiting.intent.as_ref().filter(|it| may_show_at_once(it))
                    {
                        waiting.foreseen = self.foresee(rows, intent);
                    }
                }
            });
        });
        self.has_view.set(true);
    }

    fn take_patch(self, patch: &ViewPatch, own: bool) {
        self.ask_what_changed();
        if !own && !patch.rows.is_empty() {
            self.moving.set(false);
        }
        if let Some(name) = &patch.name {
            self.name.set(name.clone());
        }
        if !patch.people.is_empty() {
            self.people
                .update(|people| people.extend(patch.people.clone()));
        }
        if !patch.things.is_empty() {
            self.things
                .update(|things| things.extend(patch.things.clone()));
        }
        if !patch.disputes.is_empty() {
            self.disputes.update(|disputes| {
                disputes.extend(patch.disputes.clone());
                disputes.retain(|_, left| !left.is_empty());
            });
        }
        if !patch.doubted.is_empty() {
            self.doubted.update(|doubted| {
                doubted.extend(patch.doubted.clone());
                doubted.retain(|_, left| !left.is_empty());
            });
        }
        if !patch.rows.is_empty() || !patch.gone.is_empty() {
            self.rows.update(|rows| rows.patch(patch));
        }
    }

    fn hear_presence(self, present: Vec<Present>) {
        self.people.update(|people| {
            for one in &present {
                people.insert(one.person, one.profile.clone());
            }
        });
        self.present.set(Arc::new(present));
    }

    fn finish(self, number: u64, outcome: Outcome) {
        let waiting = self
            .sent
            .try_update_value(|sent| sent.pending.remove(&number))
            .flatten();
        self.answered.set(number);
        if self.progress.with_untracked(Option::is_some) {
            self.progress.set(None);
        }
        match outcome {
            Outcome::Applied {
                said,
                can_undo,
                can_redo,
            } => {
                self.can_undo.set(can_undo);
                self.can_redo.set(can_redo);
                self.tell_done(waiting.as_ref(), said, can_undo);
                self.ask_to_persist();
            }
            Outcome::Rejected { reason } => {
                self.take_back(waiting);
                self.notices.tell(Level::Warning, reason, None);
            }
        }
    }

    fn tell_done(self, waiting: Option<&Waiting>, said: String, can_undo: bool) {
        let Some(waiting) = waiting.filter(|_| !said.is_empty()) else {
            return;
        };
        match waiting.voice {
            Voice::Silent => {}
            Voice::Spoken => self.notices.say(&said),
            Voice::Shown => {
                let offer = (can_undo && waiting.intent.is_some()).then_some(Offer::Undo);
                self.notices.tell(Level::Info, said, offer);
            }
        }
    }

    /// Rows go back to what they were, unless something newer has come since.
    fn take_back(self, waiting: Option<Waiting>) {
        let Some(waiting) = waiting.filter(|waiting| !waiting.foreseen.is_empty()) else {
            return;
        };
        self.rows.update(|rows| {
            for (before, shown) in waiting.foreseen {
                let untouched = rows
                    .row(shown.id)
                    .is_some_and(|now| Arc::ptr_eq(now, &shown));
                match before {
                    _ if !untouched => {}
                    Some(before) => rows.put(before),
                    None => rows.remove(shown.id),
                }
            }
        });
    }

    fn ask_to_persist(self) {
        let asked = self
            .sent
            .try_update_value(|sent| std::mem::replace(&mut sent.persist_asked, true))
            .unwrap_or(true);
        if asked {
            return;
        }
        spawn_local(async move {
            let refused = device::persist().await == Persistence::Refused;
            if refused && page::setting(PERSIST_SAID).is_none() {
                page::set_setting(PERSIST_SAID, "yes");
                self.notices.tell(
                    Level::Warning,
                    "This browser does not promise to keep what is stored. The relay keeps a copy; a file is safest.",
                    Some(Offer::Backup),
                );
            }
        });
    }

    /// A file of the backlog says of the items' files what they are, and does not hold them.
    fn tell_where_files_are(self) {
        let marks = |row: &Arc<Row>| row.marks.iter().any(|(key, _)| key.starts_with(MARK));
        if self.rows.with_untracked(|rows| rows.all().any(marks)) {
            let said = "It names the files of items; the files themselves stay on the relay and on the devices that hold them.";
            self.notices.tell(Level::Info, said, None);
        }
    }

    fn export(self, name: &str, items: &[(Row, Detail)]) {
        let format = self
            .sent
            .try_update_value(|sent| sent.export.take())
            .flatten();
        if let Some(format) = format {
            self.things.with_untracked(|things| {
                crate::components::export::hand_out(name, items, things, format);
            });
            self.tell_where_files_are();
        }
    }
}
