//! What this browser may do with the backlog: the link's secret that it holds, the role that the relay last gave it, and
//! own changes that were refused. Those are taken out of the document and kept aside, so that what the person sees is
//! what everybody sees.

use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::{
    document::Backlog,
    ids::TabId,
    session::{
        Session,
        messages::{AccessStatus, FromSession, Level},
    },
    sync::{
        access::{Deed, Denial, Role, Secret, Verdict, authorize},
        frame::Hash,
    },
};

/// What the session knows of its access, as the device keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Access {
    /// The secret of the link that the backlog was opened with, or of the owner's link of a backlog that was made here.
    pub(super) secret: Option<Secret>,
    /// What the relay last let this browser do.
    pub(super) role: Option<Role>,
    /// Refused changes, each after those it is built on.
    pub(super) aside: Vec<Vec<u8>>,
    /// The name that somebody whom the relay trusts vouches for.
    #[serde(skip)]
    pub(super) name: Option<String>,
}

/// With what a shell knocks at the relay, for [`Effect::Connect`](crate::session::Effect::Connect).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knock {
    /// The secret that opens the backlog.
    pub secret: Option<Secret>,
    /// Whether this browser puts the backlog on a relay that does not know it: it holds the backlog, and not by a link
    /// that only lets it read or comment.
    pub founds: bool,
}

impl Session {
    /// With what to knock at the relay now.
    #[must_use]
    pub fn knock(&self) -> Knock {
        let may_found = self.access.role.is_none_or(|role| role >= Role::Editor);
        Knock {
            secret: self.access.secret,
            founds: may_found && !self.backlog.heads().is_empty(),
        }
    }

    /// The person opened the backlog with a link.
    pub(super) fn use_link(&mut self, secret: Secret) {
        if self.access.secret == Some(secret) {
            return;
        }
        self.access.secret = Some(secret);
        // What the former link allowed says nothing about this one.
        self.access.role = None;
        self.storage.note();
        self.show_access();
        self.connect_anew();
    }

    /// The backlog that was only a name here came from a file: a relay that does not know it takes it from this browser
    /// like one that was made here.
    pub(super) fn brings_backlog(&mut self) {
        if self.access.secret.is_none() {
            self.access.secret = Some(Secret::random(&mut self.rng));
            self.storage.pending.founds = true;
            self.storage.note();
            self.show_access();
        }
        if self.access.role.is_none() {
            self.connect_anew();
        }
    }

    /// What the relay lets this connection do.
    pub(super) fn take_access(&mut self, role: Role, name: Option<String>) {
        if self.access.role != Some(role) {
            self.access.role = Some(role);
            self.storage.note();
        } else if self.access.name == name {
            return;
        }
        self.access.name = name;
        self.show_access();
    }

    /// Whether this person may change the document, in one way at least.
    pub(super) fn may_change(&self) -> Result<(), Denial> {
        match self.access.role.map(|role| authorize(role, Deed::Change)) {
            Some(Verdict::Refused(denial)) => Err(denial),
            Some(Verdict::Allowed | Verdict::RemarksOnly) | None => Ok(()),
        }
    }

    /// Whether the relay takes a change that this browser holds and the relay lacks.
    pub(super) fn may_push(&self, hash: &Hash) -> bool {
        match self.access.role.map(|role| authorize(role, Deed::Change)) {
            Some(Verdict::Allowed) | None => true,
            Some(Verdict::RemarksOnly) => self.backlog.is_own(hash),
            Some(Verdict::Refused(_)) => false,
        }
    }

    /// Takes a change that the relay refused, and those built on it, out of the document. They are kept aside.
    pub(super) fn set_aside(&mut self, refused: Hash, detail: &str) {
        let actor = self.rng.random();
        let Ok((backlog, taken)) = self.backlog.without(refused, actor) else {
            self.notice(Level::Danger, detail);
            return;
        };
        self.hold(backlog);
        self.storage.actor = actor;
        let hashes: Vec<Hash> = taken.iter().map(|change| change.hash).collect();
        self.relay_forgets(&hashes);
        self.access
            .aside
            .extend(taken.into_iter().map(|change| change.bytes));
        self.record_anew(&[]);
        self.show_patch(None);
        let count = self.access.aside.len();
        let kept = if count == 1 {
            "1 change was not taken and is kept aside on this device. Links and access, in the menu, has it as a file."
        } else {
            &format!(
                "{count} changes were not taken and are kept aside on this device. Links and access, in the menu, has them as a file."
            )
        };
        self.notice(Level::Danger, format!("{detail} {kept}"));
    }

    /// The backlog with what was refused in it, as a file that an owner or editor can merge.
    pub(super) fn hand_out_aside(&mut self, tab: TabId) {
        let mut whole =
            match Backlog::load(&self.backlog.save(), self.open.person, self.storage.actor) {
                Ok(whole) => whole,
                Err(error) => return self.notice(Level::Warning, error.to_string()),
            };
        let absorbed = self
            .access
            .aside
            .iter()
            .try_for_each(|change| whole.absorb(change, false).map(drop));
        if let Err(error) = absorbed {
            self.notice(Level::Warning, error.to_string());
        }
        let bytes = whole.save();
        self.hand_out(tab, "-with-refused-changes", &bytes);
    }

    /// The person does not need the refused changes any more.
    pub(super) fn discard_aside(&mut self) {
        self.access.aside.clear();
        self.storage.note();
    }

    pub(super) fn show_access(&mut self) {
        let message = FromSession::Access(self.access_status());
        self.tell_all(&message);
    }

    pub(super) fn show_access_to(&mut self, tab: TabId) {
        let message = FromSession::Access(self.access_status());
        self.tell(tab, message);
    }

    fn access_status(&self) -> AccessStatus {
        AccessStatus {
            role: self.access.role,
            secret: self.access.secret,
            name: self.access.name.clone(),
        }
    }
}
