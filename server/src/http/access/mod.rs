//! Who is let in: secrets, persons, invitations, sessions and tickets. What somebody may do once they are in is decided
//! in `shared::sync::access`; [`join`] and [`links`] have the requests.

use std::{
    fmt,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};
use shared::{
    ids::{DocumentId, LinkId, PersonId},
    sync::access::{Grant, Role, Secret, Verifier},
    time::Timestamp,
};

pub(super) use self::passes::Pass;
use self::{
    caller::{Caller, Proxies},
    limiter::Limiter,
    passes::Passes,
};
use crate::{
    clock::Clock,
    rooms::Rooms,
    settings::{Create, Settings},
    store::{
        Store, StoreError,
        links::{Link, Shelf},
    },
};

pub mod caller;
pub(super) mod join;
mod limiter;
pub(super) mod links;
mod passes;

/// The subprotocol of Cutline's own sockets.
pub(super) const SUBPROTOCOL: &str = "cutline";
/// Stands before the ticket among a socket's subprotocols.
const TICKET: &str = "ticket.";
/// The name of the session's cookie, which is sent to its backlog's requests alone.
const COOKIE: &str = "cutline-session";

/// Who is let in; clones share it.
#[derive(Clone)]
pub struct Access {
    inner: Arc<Inner>,
}

struct Inner {
    store: Arc<dyn Store>,
    rooms: Rooms,
    create: Create,
    /// The hash of the invitation to put new backlogs on this relay.
    invite: Option<Verifier>,
    proxies: Proxies,
    clock: Clock,
    passes: Mutex<Passes>,
    limiter: Mutex<Limiter>,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("create", &self.inner.create)
            .finish_non_exhaustive()
    }
}

/// What somebody shows at the door.
#[derive(Clone, Debug)]
pub(super) struct Knock {
    pub(super) document: DocumentId,
    /// Secrets of links. One of them has to fit.
    pub(super) secrets: Vec<Secret>,
    /// Whom they speak for, and the key that proves it.
    pub(super) person: Option<(PersonId, Secret)>,
    /// Whether they bring the backlog, if the relay does not know it.
    pub(super) founds: bool,
    /// The relay's invitation.
    pub(super) invite: Option<String>,
}

/// Why somebody is not let in.
#[derive(Debug)]
pub(super) enum Turned {
    /// There is nothing here for them. The same for a backlog that is not there and one that is not theirs.
    Away,
    /// They tried too many wrong secrets.
    Slowly,
    /// The store did not answer.
    Store(StoreError),
}

impl From<StoreError> for Turned {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Access {
    /// The door of a relay with these settings. `invite` opens it for new backlogs.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        rooms: Rooms,
        settings: &Settings,
        invite: Option<&str>,
    ) -> Self {
        let inner = Inner {
            store,
            rooms,
            create: settings.access.create(&settings.listen),
            invite: invite.map(invitation),
            proxies: Proxies {
                trusted: settings.access.trusted_proxy.clone(),
                identity: settings.access.identity_header.clone(),
            },
            clock: Clock::start(),
            passes: Mutex::default(),
            limiter: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The moment it is at the door.
    pub(super) fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// How long it is until then.
    pub(super) fn until(&self, then: Timestamp) -> std::time::Duration {
        self.inner.clock.until(then)
    }

    /// Lets somebody in, or not.
    pub(super) async fn admit(&self, knock: Knock, caller: &Caller) -> Result<Arc<Pass>, Turned> {
        if !self.limiter().may_try(caller.address, self.now()) {
            return Err(Turned::Slowly);
        }
        let Some((role, link, ends)) = self.open(&knock).await? else {
            self.limiter().was_wrong(caller.address, self.now());
            return Err(Turned::Away);
        };
        let grant = Grant {
            role,
            link,
            person: self.prove(&knock).await,
            name: caller.name.clone(),
        };
        let pass = Arc::new(Pass::new(knock.document, grant, ends));
        self.passes().note(&pass);
        // The link may have been revoked while the person was looked up.
        let still = self.inner.store.links().shelf(knock.document).await?;
        let is_open = match pass.grant.link {
            Some(id) => still
                .links
                .iter()
                .any(|link| link.id == id && link.opens_at(self.now())),
            None => still.links.is_empty(),
        };
        if is_open { Ok(pass) } else { Err(Turned::Away) }
    }

    /// The role, link and end of what the secrets open.
    async fn open(
        &self,
        knock: &Knock,
    ) -> Result<Option<(Role, Option<LinkId>, Option<Timestamp>)>, StoreError> {
        let links = self.inner.store.links();
        let shelf = links.shelf(knock.document).await?;
        let verifiers: Vec<Verifier> = knock.secrets.iter().map(Secret::verifier).collect();
        if let Some(link) = fitting(&shelf, &verifiers, self.now()) {
            return Ok(Some((link.role, Some(link.id), link.expires)));
        }
        let by_id_alone = Ok(Some((Role::Owner, None, None)));
        if shelf.exists {
            return if shelf.links.is_empty() {
                by_id_alone
            } else {
                Ok(None)
            };
        }
        if !knock.founds || !self.may_create(knock.invite.as_deref()) {
            return Ok(None);
        }
        let Some(verifier) = verifiers.first() else {
            return by_id_alone;
        };
        let link = first_link(*verifier, self.now());
        let id = link.id;
        if links.found(knock.document, link).await? {
            // Who waited for the backlog by its id alone did not bring it.
            self.shut(knock.document, None).await;
            return Ok(Some((Role::Owner, Some(id), None)));
        }
        // Somebody else was quicker; perhaps another tab of the same browser.
        let shelf = links.shelf(knock.document).await?;
        let link = fitting(&shelf, &verifiers, self.now());
        Ok(link.map(|link| (link.role, Some(link.id), link.expires)))
    }

    /// The person whose key was shown, if it is theirs.
    async fn prove(&self, knock: &Knock) -> Option<PersonId> {
        let (person, key) = knock.person?;
        let links = self.inner.store.links();
        let claimed = links.claim_person(knock.document, person, key.verifier());
        match claimed.await {
            Ok(true) => Some(person),
            Ok(false) => None,
            // A backlog that has yet to be stored knows nobody, and a full disk learns nobody.
            Err(StoreError::UnknownDocument | StoreError::Full) => None,
            Err(error) => {
                tracing::warn!(%error, "a person could not be looked up");
                None
            }
        }
    }

    fn may_create(&self, invite: Option<&str>) -> bool {
        match self.inner.create {
            Create::Anyone => true,
            Create::Nobody => false,
            Create::Invite => match (&self.inner.invite, invite) {
                (Some(own), Some(shown)) => own.matches(&invitation(shown)),
                (None, _) | (_, None) => false,
            },
        }
    }

    /// Ends what came by a link at once: sessions, tickets, sockets.
    pub(super) async fn shut(&self, document: DocumentId, link: Option<LinkId>) {
        self.passes().shut(document, link);
        self.inner.rooms.revoked(document, link).await;
    }

    /// The session that a request's cookie names, if it is of this backlog.
    pub(super) fn session(&self, headers: &HeaderMap, document: DocumentId) -> Option<Arc<Pass>> {
        let token = cookie(headers)?;
        let session = self.passes().session(&token, self.now())?;
        (session.document == document).then_some(session)
    }

    /// Whom the ticket among a socket's subprotocols lets in.
    pub(super) fn redeem(&self, headers: &HeaderMap) -> Option<Arc<Pass>> {
        let offered = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL);
        let ticket = offered
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .find_map(|offer| offer.trim().strip_prefix(TICKET)?.parse().ok())?;
        self.passes().redeem(&ticket, self.now())
    }

    pub(super) fn caller(
        &self,
        extensions: &axum::http::Extensions,
        headers: &HeaderMap,
    ) -> Caller {
        self.inner.proxies.caller(extensions, headers)
    }

    /// Whether an address has tried too many wrong secrets.
    pub(super) fn may_try(&self, address: IpAddr) -> bool {
        self.limiter().may_try(address, self.now())
    }

    fn store(&self) -> &dyn Store {
        &*self.inner.store
    }

    fn passes(&self) -> MutexGuard<'_, Passes> {
        self.inner
            .passes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn limiter(&self) -> MutexGuard<'_, Limiter> {
        self.inner
            .limiter
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The strongest link that one of the secrets opens now. Every link is compared with every secret, so that the time it
/// takes tells nothing.
fn fitting<'a>(shelf: &'a Shelf, verifiers: &[Verifier], now: Timestamp) -> Option<&'a Link> {
    let mut found: Option<&Link> = None;
    for link in &shelf.links {
        let fits = verifiers.iter().fold(false, |fits, verifier| {
            fits | verifier.matches(&link.verifier)
        });
        if fits && link.opens_at(now) && found.is_none_or(|found| found.role < link.role) {
            found = Some(link);
        }
    }
    found
}

/// The owner's link of whoever brings a backlog.
fn first_link(verifier: Verifier, now: Timestamp) -> Link {
    Link {
        id: LinkId::random(&mut rand::rng()),
        verifier,
        role: Role::Owner,
        label: "Made with the backlog".to_owned(),
        created: now,
        expires: None,
        revoked: None,
    }
}

fn invitation(text: &str) -> Verifier {
    let digest = Sha256::new()
        .chain_update(b"cutline invite 1")
        .chain_update(text.trim())
        .finalize();
    Verifier::from_bytes(digest.into())
}

fn cookie(headers: &HeaderMap) -> Option<Secret> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            (name == COOKIE).then(|| value.parse().ok())?
        })
}
