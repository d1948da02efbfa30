//! The links by which backlogs are reached, and the people who were there: what the relay keeps beside each log.
//!
//! Only hashes of secrets are kept. What a role may do is decided in `shared`; whether a link opens its backlog now, by
//! [`Link::opens_at`].

use std::fmt;

use shared::{
    ids::{DocumentId, LinkId, PersonId},
    sync::access::{Role, Verifier},
    time::Timestamp,
};

use super::Answer;

/// How many links one backlog has at most, revoked ones included.
pub const LINKS_MAX: usize = 500;

/// How many people of one backlog are remembered at most; later ones prove nothing.
pub const PEOPLE_MAX: usize = 10_000;

/// One link to a backlog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its id, drawn by whoever made it.
    pub id: LinkId,
    /// The hash of its secret.
    pub verifier: Verifier,
    /// What it lets people do.
    pub role: Role,
    /// What it is for, in the owner's words.
    pub label: String,
    /// When it was made.
    pub created: Timestamp,
    /// From when on it opens nothing, if ever.
    pub expires: Option<Timestamp>,
    /// When it was revoked, if it was.
    pub revoked: Option<Timestamp>,
}

impl Link {
    /// Whether it opens its backlog then.
    #[must_use]
    pub fn opens_at(&self, now: Timestamp) -> bool {
        self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }
}

/// What the store knows of a backlog's links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shelf {
    /// Whether the store holds the backlog.
    pub exists: bool,
    /// Its links, in the order they were made. A backlog of an earlier version, or one that a stock client brought
    /// without a secret, has none: its id alone opens it.
    pub links: Vec<Link>,
}

/// Links and people of each document.
///
/// Promises beside those of [`Store`](super::Store): an answer means that it is durable; what was not done can be tried
/// again.
pub trait LinkStore: fmt::Debug + Send + Sync {
    /// The links of a document.
    fn shelf(&self, document: DocumentId) -> Answer<Shelf>;

    /// Makes a document that the store does not hold, with an empty log and this link. Says whether it did.
    fn found(&self, document: DocumentId, link: Link) -> Answer<bool>;

    /// Adds a link, or puts it in place of the one with its id. Says no when there are [`LINKS_MAX`] already, or another
    /// one has this secret.
    fn put_link(&self, document: DocumentId, link: Link) -> Answer<bool>;

    /// Whether somebody holds the key of a person: of one who is new in this document, who holds it now. Says no when
    /// there are [`PEOPLE_MAX`] already.
    fn claim_person(&self, document: DocumentId, person: PersonId, key: Verifier) -> Answer<bool>;
}
