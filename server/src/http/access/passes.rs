//! Who has been let in: sessions, which a cookie names, and the tickets with which they open sockets. In memory alone: a
//! relay that starts anew asks browsers for their secrets again.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use shared::{
    ids::{DocumentId, LinkId},
    sync::access::{Grant, Secret, Verifier},
    time::Timestamp,
};

/// How long a session lives without use, in milliseconds: a working day and a night.
pub(super) const SESSION_MS: i64 = 24 * 60 * 60 * 1_000;
/// How long a ticket waits for its socket, in milliseconds.
pub(super) const TICKET_MS: i64 = 30_000;
/// Sessions at most; the one that would end first makes room. More than connections, since closed pages leave theirs.
const SESSIONS_MAX: usize = 50_000;

/// What somebody was let in with.
#[derive(Debug)]
pub(in crate::http) struct Pass {
    /// Where to.
    pub(in crate::http) document: DocumentId,
    /// What for.
    pub(in crate::http) grant: Grant,
    /// When the link expires.
    pub(in crate::http) ends: Option<Timestamp>,
    /// Set when the link is revoked.
    shut: AtomicBool,
}

impl Pass {
    /// A pass that lets in until its link ends.
    pub(super) fn new(document: DocumentId, grant: Grant, ends: Option<Timestamp>) -> Self {
        Self {
            document,
            grant,
            ends,
            shut: AtomicBool::new(false),
        }
    }

    /// Whether it still lets in.
    pub(in crate::http) fn is_good(&self, now: Timestamp) -> bool {
        !self.shut.load(Ordering::SeqCst) && self.ends.is_none_or(|ends| now < ends)
    }
}

/// All passes of this relay.
#[derive(Debug, Default)]
pub(super) struct Passes {
    sessions: BTreeMap<Verifier, (Timestamp, Arc<Pass>)>,
    tickets: BTreeMap<Verifier, (Timestamp, Arc<Pass>)>,
    /// Of everybody who is in, also stock clients, who have no session.
    all: Vec<Weak<Pass>>,
}

impl Passes {
    /// Begins a session; gives what its cookie holds.
    pub(super) fn begin(&mut self, pass: Arc<Pass>, now: Timestamp) -> Secret {
        if self.sessions.len() >= SESSIONS_MAX {
            self.sessions.retain(|_, (ends, _)| *ends > now);
        }
        if self.sessions.len() >= SESSIONS_MAX {
            let first = self.sessions.iter().min_by_key(|(_, (ends, _))| *ends);
            let first = first.map(|(token, _)| *token);
            first.map(|token| self.sessions.remove(&token));
        }
        let token = random();
        self.note(&pass);
        self.sessions
            .insert(token.verifier(), (now.plus_ms(SESSION_MS), pass));
        token
    }

    /// The session that a cookie names, which lives on.
    pub(super) fn session(&mut self, token: &Secret, now: Timestamp) -> Option<Arc<Pass>> {
        let (ends, pass) = self.sessions.get_mut(&token.verifier())?;
        if *ends <= now || !pass.is_good(now) {
            self.sessions.remove(&token.verifier());
            return None;
        }
        *ends = now.plus_ms(SESSION_MS);
        Some(Arc::clone(pass))
    }

    /// A ticket for one socket.
    pub(super) fn ticket(&mut self, pass: Arc<Pass>, now: Timestamp) -> Secret {
        self.tickets.retain(|_, (ends, _)| *ends > now);
        let ticket = random();
        self.tickets
            .insert(ticket.verifier(), (now.plus_ms(TICKET_MS), pass));
        ticket
    }

    /// Whom a ticket lets in. It is used up.
    pub(super) fn redeem(&mut self, ticket: &Secret, now: Timestamp) -> Option<Arc<Pass>> {
        let (ends, pass) = self.tickets.remove(&ticket.verifier())?;
        (now < ends && pass.is_good(now)).then_some(pass)
    }

    /// Keeps a pass in view, so that revoking its link reaches it.
    pub(super) fn note(&mut self, pass: &Arc<Pass>) {
        if self.all.len() == self.all.capacity() {
            self.all.retain(|pass| pass.strong_count() > 0);
        }
        self.all.push(Arc::downgrade(pass));
    }

    /// A link opens its backlog no more.
    pub(super) fn shut(&mut self, document: DocumentId, link: Option<LinkId>) {
        let is_meant = |pass: &Pass| pass.document == document && pass.grant.link == link;
        for pass in self.all.iter().filter_map(Weak::upgrade) {
            if is_meant(&pass) {
                pass.shut.store(true, Ordering::SeqCst);
            }
        }
        self.sessions.retain(|_, (_, pass)| !is_meant(pass));
        self.tickets.retain(|_, (_, pass)| !is_meant(pass));
    }
}

fn random() -> Secret {
    Secret::random(&mut rand::rng())
}

#[cfg(test)]
mod tests {
    use shared::sync::access::Role;

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);
    const DOCUMENT: DocumentId = DocumentId::from_bytes([1; 16]);

    fn pass(link: Option<&str>) -> Arc<Pass> {
        let grant = Grant {
            role: Role::Editor,
            link: link.map(|digit| digit.repeat(12).parse().unwrap()),
            person: None,
            name: None,
        };
        Arc::new(Pass::new(DOCUMENT, grant, None))
    }

    #[test]
    fn a8_a_ticket_lets_in_once_and_not_late() {
        let mut passes = Passes::default();
        let (used, late) = (
            passes.ticket(pass(None), NOW),
            passes.ticket(pass(None), NOW),
        );
        assert!(passes.redeem(&used, NOW).is_some());
        assert!(passes.redeem(&used, NOW).is_none());
        assert!(passes.redeem(&late, NOW.plus_ms(TICKET_MS)).is_none());
        assert!(passes.redeem(&random(), NOW).is_none());
    }

    #[test]
    fn a8_a_session_lives_while_it_is_used() {
        let mut passes = Passes::default();
        let token = passes.begin(pass(None), NOW);
        let later = NOW.plus_ms(SESSION_MS - 1);
        assert!(passes.session(&token, later).is_some());
        let later = later.plus_ms(SESSION_MS - 1);
        assert!(passes.session(&token, later).is_some());
        assert!(passes.session(&token, later.plus_ms(SESSION_MS)).is_none());
        assert!(passes.session(&token, later).is_none(), "gone for good");
    }

    #[test]
    fn a5_a_revoked_link_ends_its_sessions_tickets_and_passes_and_no_others() {
        let mut passes = Passes::default();
        let (one, other, by_id) = (pass(Some("a")), pass(Some("b")), pass(None));
        let tokens = [&one, &other, &by_id].map(|pass| passes.begin(Arc::clone(pass), NOW));
        let tickets = [&one, &other, &by_id].map(|pass| passes.ticket(Arc::clone(pass), NOW));
        passes.shut(DOCUMENT, one.grant.link);
        assert!(!one.is_good(NOW));
        assert!(other.is_good(NOW) && by_id.is_good(NOW));
        let let_in = tokens.map(|token| passes.session(&token, NOW).is_some());
        assert_eq!(let_in, [false, true, true]);
        let let_in = tickets.map(|ticket| passes.redeem(&ticket, NOW).is_some());
        assert_eq!(let_in, [false, true, true]);
        passes.shut(DOCUMENT, None);
        assert!(!by_id.is_good(NOW) && other.is_good(NOW));
    }

    #[test]
    fn a7_a_pass_ends_with_its_link() {
        let mut passes = Passes::default();
        let pass = Pass {
            ends: Some(NOW.plus_ms(5)),
            ..Arc::into_inner(pass(Some("a"))).unwrap()
        };
        let token = passes.begin(Arc::new(pass), NOW);
        assert!(passes.session(&token, NOW.plus_ms(4)).is_some());
        assert!(passes.session(&token, NOW.plus_ms(5)).is_none());
    }

    #[test]
    fn sessions_are_bounded() {
        let mut passes = Passes::default();
        let one = pass(None);
        for _ in 0..SESSIONS_MAX + 10 {
            passes.begin(Arc::clone(&one), NOW);
        }
        assert_eq!(passes.sessions.len(), SESSIONS_MAX);
    }
}
