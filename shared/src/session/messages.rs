//! What a page and the worker that holds the document say to each other. The same messages travel between a page and its
//! own worker and, over the tabs' channel, between a page and the worker of the leading tab.

use serde::{Deserialize, Serialize};

use crate::{
    document::Recent,
    ids::{DocumentId, ItemId, PersonId, TabId},
    intent::Intent,
    model::{Detail, History, Person, View, ViewPatch},
    sync::{
        access::{Role, Secret},
        frame::Known,
    },
    time::Timestamp,
};

/// From a page to the session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToSession {
    /// The page is here and wants the whole view. Sent first, and again to a new leader.
    Attach {
        /// Who looks.
        person: PersonId,
        /// Their name and colour.
        profile: Person,
    },
    /// The person wants something. Numbers rise by one for each tab; a number that was applied before is not applied again.
    Intend {
        /// The tab's running number, from 1.
        number: u64,
        /// What they want.
        intent: Intent,
        /// When they wanted it: the session may still be reading its document.
        at: Timestamp,
    },
    /// Take back the tab's latest step that is not taken back yet. Numbered like an intent.
    Undo {
        /// The tab's running number.
        number: u64,
    },
    /// Do the step again that was taken back last. Numbered like an intent.
    Redo {
        /// The tab's running number.
        number: u64,
    },
    /// The item whose detail the page shows, if any; it gets [`FromSession::Detail`] at once and after each change.
    Watch {
        /// The open item.
        item: Option<ItemId>,
    },
    /// What others may see of this person now.
    Present {
        /// The item they look at.
        item: Option<ItemId>,
    },
    /// Hand out the whole document as a file.
    Backup,
    /// Hand out every item with all its fields, for an export in a readable format.
    Everything,
    /// Open the backlog with the secret of another link.
    UseLink {
        /// The secret.
        secret: Secret,
    },
    /// Hand out the document with the changes in it that the relay refused, as a file.
    HandOutRefused,
    /// Forget the changes that the relay refused.
    DiscardRefused,
    /// Merge a backup file of this backlog.
    Merge {
        /// The file's bytes.
        bytes: Vec<u8>,
    },
    /// The machine says that the network is back, or the page became visible: try to connect now.
    Wake,
    /// The page goes away.
    Detach,
    /// Tell who did what since a moment.
    Recent {
        /// From when on.
        since: Timestamp,
    },
    /// Tell the past of all items, and of each that changes from then on; or stop.
    Histories {
        /// Whether it is wanted.
        wanted: bool,
    },
}

/// From the session to a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromSession {
    /// The whole view; replaces everything the page had.
    View {
        /// The view.
        view: View,
        /// Whether it is the cached view, which the document has yet to confirm.
        cached: bool,
    },
    /// The view has changed.
    Patch {
        /// What has changed.
        patch: ViewPatch,
        /// Whose doing: this page's own intent, or not.
        own: bool,
    },
    /// The detail of the watched item.
    Detail(Box<Detail>),
    /// An intent, undo or redo with this number was taken.
    Done {
        /// The tab's running number.
        number: u64,
        /// What it did, or why nothing.
        outcome: Outcome,
    },
    /// Where the work is.
    Status(SyncStatus),
    /// Who else is here, whole.
    Presence(Vec<Present>),
    /// The document as a file, for [`ToSession::Backup`].
    Backup {
        /// A proposed name.
        file_name: String,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// All items in their ranked order, then the others, for [`ToSession::Everything`].
    Everything {
        /// The backlog's name.
        name: String,
        /// Each row with its detail.
        items: Vec<(crate::model::Row, Detail)>,
    },
    /// How far a long piece of work has come.
    Progress {
        /// What is being done.
        what: Work,
        /// Parts done.
        done: u64,
        /// Parts in all.
        of: u64,
    },
    /// Something the person should know.
    Notice(Notice),
    /// Who did what, the latest first, for [`ToSession::Recent`].
    Recent(Vec<Recent>),
    /// What the person may do, and by which link.
    Access(AccessStatus),
    /// The past of some items, for [`ToSession::Histories`]. Each replaces what was said of its item before.
    Histories {
        /// The items with their past.
        histories: Vec<History>,
        /// How many items are still to be told of.
        left: u64,
    },
}

/// What the person may do, and by which link.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessStatus {
    /// The role that the relay last gave to this browser; `None` while it never did.
    pub role: Option<Role>,
    /// The secret with which this browser opens the backlog.
    pub secret: Option<Secret>,
    /// The name that somebody whom the relay trusts vouches for.
    pub name: Option<String>,
}

impl AccessStatus {
    /// The role to offer controls for: everything, until the relay says less.
    #[must_use]
    pub fn presumed(&self) -> Role {
        self.role.unwrap_or(Role::Owner)
    }
}

/// What became of an intent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was applied; the sentence says what it did and is read to screen readers.
    Applied {
        /// For example `Moved MESOS-12, now 3 of 1,680`.
        said: String,
        /// Whether there is a step to take back.
        can_undo: bool,
        /// Whether there is a step to do again.
        can_redo: bool,
    },
    /// Nothing has changed; the sentence says why and what to do.
    Rejected {
        /// The reason.
        reason: String,
    },
}

/// A long piece of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Work {
    /// The document is read from this device.
    Loading,
    /// Items of a file are added.
    Importing,
    /// Changes of others are merged.
    Merging,
}

/// Where the work is. Never says "saved" before it is durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncStatus {
    /// This device.
    pub device: DeviceState,
    /// The relay.
    pub relay: RelayState,
    /// Own changes that the relay has not acknowledged.
    pub unsent: u64,
    /// Changes that the relay refused; they are kept aside on this device.
    pub refused: u64,
    /// When the relay last acknowledged or sent something.
    pub last_contact: Option<Timestamp>,
}

/// Whether the work is on this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeviceState {
    /// The document is not read yet.
    Loading,
    /// Changes are being written.
    Saving,
    /// Every change is durable.
    Saved,
    /// Writing failed; the work is in memory and, when connected, on the relay. Says why and what to do.
    Failed(String),
}

/// Whether the work is on the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RelayState {
    /// No connection; work goes on.
    Offline,
    /// A connection is being made, or what was missed is being fetched.
    Connecting,
    /// In step.
    Live,
    /// The relay can't take changes now; says why. Tried again by itself.
    Troubled(String),
    /// The relay will not serve this backlog to this version; says what to do.
    Refused(String),
}

/// Somebody who has the backlog open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// Distinguishes several tabs or devices of a person.
    pub peer: u64,
    /// Who.
    pub person: PersonId,
    /// Their name and colour.
    pub profile: Person,
    /// The item they look at.
    pub item: Option<ItemId>,
    /// How far it is sure who they are.
    pub known: Known,
}

/// Something the person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How much it matters.
    pub level: Level,
    /// What happened and what to do.
    pub text: String,
}

/// How much a notice matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something did not go as wanted; work goes on.
    Warning,
    /// Something is at risk until the person acts.
    Danger,
}

/// How a worker is told which backlog it holds: the first message it gets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Open {
    /// The backlog.
    pub document: DocumentId,
    /// This tab.
    pub tab: TabId,
    /// Who looks.
    pub person: PersonId,
    /// Their name and colour.
    pub profile: Person,
    /// Where the relay's socket is, e.g. `ws://localhost:8080/api/v1/sync`.
    pub relay: String,
    /// Present when the backlog is new. The document is then made here.
    pub create: Option<Founding>,
    /// What opens doors.
    pub keys: Keys,
}

/// A backlog that is to be made. A worker that forgot that it made it makes the same first change again, by the same link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founding {
    /// Its name.
    pub name: String,
    /// When its person asked for it.
    pub at: Timestamp,
    /// The secret of its owner's link.
    pub secret: Secret,
}

/// What opens doors at the relay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// The secret of the link that the backlog is opened with, where the address has one.
    pub secret: Option<Secret>,
    /// What proves that this device speaks for its person.
    pub person: Option<Secret>,
    /// The relay's invitation to put new backlogs on it.
    pub invite: Option<String>,
}
