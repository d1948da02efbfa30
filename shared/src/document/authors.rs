//! Who made an operation, as its change says, and whether the relay saw that person.

use automerge::{ActorId, Automerge, ChangeMetadata, ObjId, ReadDoc};

use super::{Backlog, read};
use crate::{
    ids::PersonId,
    model::{Author, Comment, Row},
    sync::{
        frame::Hash,
        standing::{Span, Unverified},
    },
    time::Timestamp,
};

/// A document, read together with what is known of its changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Authors<'a> {
    doc: &'a Automerge,
    unverified: &'a Unverified,
}

impl<'a> Authors<'a> {
    pub(crate) const fn new(doc: &'a Automerge, unverified: &'a Unverified) -> Self {
        Self { doc, unverified }
    }

    /// The document.
    pub(crate) const fn doc(&self) -> &'a Automerge {
        self.doc
    }

    /// Who made the operation with this id, and when.
    pub(crate) fn of(&self, op: &ObjId) -> (Option<Author>, Timestamp) {
        self.change_of(op).map_or_else(Default::default, |meta| {
            (self.of_change(&meta), read::change_time(meta.timestamp))
        })
    }

    /// The change that an operation is part of.
    pub(crate) fn change_of(&self, op: &ObjId) -> Option<ChangeMetadata<'a>> {
        self.doc
            .get_change_meta_by_hash(&self.doc.hash_for_opid(op)?)
    }

    /// Who made a change.
    pub(crate) fn of_change(&self, meta: &ChangeMetadata<'_>) -> Option<Author> {
        let person = read::author_of(self.doc, &meta.actor)?;
        let actor = actor_of(&meta.actor);
        let is_doubted = actor.is_some_and(|actor| self.unverified.holds(&actor, meta.seq));
        Some(Author {
            person,
            verified: !is_doubted,
        })
    }

    /// Whether some changes of an actor are unverified.
    pub(crate) fn doubts_some_of(&self, actor: &ActorId) -> bool {
        actor_of(actor).is_some_and(|actor| self.unverified.concerns(&actor))
    }

    /// Who said a comment. That is a register of it, which anybody can write who may edit: it is sure where that person
    /// wrote all that is shown.
    pub(crate) fn of_comment(&self, fields: &ObjId, person: PersonId) -> Author {
        let all = ["by", "name", "text"];
        Author {
            person,
            verified: all.iter().all(|key| self.wrote(fields, key, person)),
        }
    }

    /// Whether somebody surely wrote what a register shows, where it shows anything.
    pub(crate) fn wrote(&self, object: &ObjId, key: &str, person: PersonId) -> bool {
        let register = self.doc.get(object, key).ok().flatten();
        register.is_none_or(|(value, op)| {
            !value.is_object() && self.of(&op).0 == Some(Author::known(person))
        })
    }
}

fn actor_of(actor: &ActorId) -> Option<[u8; 16]> {
    actor.to_bytes().try_into().ok()
}

impl Comment {
    /// Who said it, where they are a person of this backlog.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        self.by.map(|author| author.person)
    }
}

impl Backlog {
    pub(crate) const fn authors(&self) -> Authors<'_> {
        Authors::new(&self.doc, &self.unverified)
    }

    /// The actor of a change of this document, and its number.
    #[must_use]
    pub fn place_of(&self, hash: &Hash) -> Option<([u8; 16], u64)> {
        let meta = self
            .doc
            .get_change_meta_by_hash(&automerge::ChangeHash(*hash))?;
        Some((actor_of(&meta.actor)?, meta.seq))
    }

    /// The number of an actor's last change, where it made any.
    #[must_use]
    pub fn last_number_of(&self, actor: [u8; 16]) -> Option<u64> {
        let metas = self.doc.get_changes_meta(&[]);
        let own = metas.iter().filter(|meta| meta.actor.to_bytes() == actor);
        own.map(|meta| meta.seq).max()
    }

    /// The changes whose authors nobody vouches for.
    #[must_use]
    pub const fn unverified(&self) -> &Unverified {
        &self.unverified
    }

    /// Nobody vouches for the authors of these. Says whether that is new.
    pub fn doubt(&mut self, span: &Span) -> bool {
        self.unverified.add(span)
    }

    /// What is known of another document of the same changes.
    pub fn set_unverified(&mut self, unverified: Unverified) {
        self.unverified = unverified;
    }

    /// Forgets which are unverified.
    pub fn take_unverified(&mut self) -> Unverified {
        std::mem::take(&mut self.unverified)
    }

    /// Other changes are unverified now: what was read of their authors is read again.
    pub(crate) fn read_authors_again(&mut self) {
        if let Some(roots) = &self.roots {
            let authors = self.authors();
            let (disputes, doubted) = (
                read::disputes(authors, roots, &self.things),
                read::doubted(authors, roots, &self.things),
            );
            let claiming = |row: &&Row| row.claims().next().is_some();
            let of_rows = self.rows.values().filter(claiming).filter_map(|row| {
                let doubted = read::doubted_fields(authors, &self.item_object(row.id)?, row);
                (doubted != row.doubted).then_some((row.id, doubted))
            });
            let of_rows: Vec<_> = of_rows.collect();
            (self.disputes, self.doubted) = (disputes, doubted);
            for (id, doubted) in of_rows {
                if let Some(row) = self.rows.get_mut(&id) {
                    row.doubted = doubted;
                }
            }
        }
        self.stirred.everything = true;
    }
}
